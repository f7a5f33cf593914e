"""The order of samples: a permutation of each epoch, whatever the number of processes."""

import random

import pytest

from aidc_runtime.data.order import Permutation, SampleOrder
from aidc_runtime.data.steps import shares


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 16, 17, 1000])
def test_permutation_hits_every_number_once(size: int) -> None:
    place = Permutation(size, 7, size)
    assert sorted(place(index) for index in range(size)) == list(range(size))


def test_permutations_of_small_sets_are_all_drawn() -> None:
    drawn = [tuple(Permutation(3, seed)(index) for index in range(3)) for seed in range(600)]
    assert len(set(drawn)) == 6
    assert min(drawn.count(each) for each in set(drawn)) > 50


@pytest.mark.parametrize("trial", range(20))
def test_each_epoch_holds_every_sample_once(trial: int) -> None:
    draw = random.Random(trial)
    lengths = [draw.choice([0, 1, 2, 13, 50]) for _ in range(draw.randint(1, 9))] + [3]
    order = SampleOrder(draw.randrange(2**32), lengths, True, draw.randint(1, 4))
    for epoch in range(3):
        seen = [order.sample(epoch * order.length + place) for place in range(order.length)]
        assert sorted(seen) == list(range(sum(lengths)))


def test_order_differs_between_epochs_and_seeds() -> None:
    def epoch(seed: int, number: int) -> tuple[int, ...]:
        order = SampleOrder(seed, [20, 20, 20], True, 2)
        return tuple(order.sample(number * 60 + place) for place in range(60))

    assert len({epoch(seed, number) for seed in range(4) for number in range(4)}) == 16
    assert epoch(3, 2) == epoch(3, 2)


def test_order_is_what_it_was_when_runs_began_with_it() -> None:
    # A change of these numbers breaks the resume of runs that started before it.
    order = SampleOrder(11, [4, 3, 5], True, 2)
    assert [order.sample(place) for place in range(24)] == PINNED


def test_without_shuffle_samples_come_as_they_lie() -> None:
    order = SampleOrder(5, [2, 3], False, 1)
    assert [order.sample(place) for place in range(10)] == [0, 1, 2, 3, 4] * 2


@pytest.mark.parametrize("window", [1, 2, 3])
def test_no_more_files_than_the_window_are_mixed(window: int) -> None:
    order = SampleOrder(1, [10] * 7, True, window)
    files = [order.sample(place) // 10 for place in range(70)]
    for first in range(0, 70, 10 * window):
        inside = files[first : first + 10 * window]
        assert len(set(inside)) <= window
        if window > 1 and len(inside) > 10:
            assert inside != sorted(inside, key=inside.index), "files follow each other, they are not mixed"


def test_any_number_of_processes_reads_the_same_steps() -> None:
    order = SampleOrder(2, [30, 11], True, 16)

    def step(number: int, processes: int) -> list[int]:
        places = iter(range(number * 12, (number + 1) * 12))
        return [order.sample(next(places)) for share in shares(12, [1.0] * processes) for _ in range(share)]

    for number in range(8):
        assert step(number, 1) == step(number, 2) == step(number, 5)


def test_an_order_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no samples"):
        SampleOrder(0, [0, 0], True, 1)


@pytest.mark.parametrize(
    ("total", "speeds", "split"),
    [
        (8, [1, 1, 1], [3, 3, 2]),
        (12, [2, 1, 1], [6, 3, 3]),
        (10, [1.0, 0.0], [10, 0]),
        (4, [0.0, 0.0], [2, 2]),
        (5, [float("nan"), 1, 1], [0, 3, 2]),
        (2, [1, 1, 1], [1, 1, 0]),
    ],
)
def test_shares(total: int, speeds: list[float], split: list[int]) -> None:
    assert shares(total, speeds) == split


def test_shares_always_add_up() -> None:
    draw = random.Random(0)
    for _ in range(500):
        speeds = [draw.random() * 10 ** draw.randint(-3, 3) for _ in range(draw.randint(1, 9))]
        total = draw.randint(1, 1000)
        split = shares(total, speeds)
        assert sum(split) == total
        assert all(abs(share - total * speed / sum(speeds)) < 1 for share, speed in zip(split, speeds, strict=True))


PINNED = [11, 2, 9, 3, 1, 7, 10, 0, 8, 6, 4, 5, 3, 1, 6, 4, 2, 0, 5, 7, 8, 10, 9, 11]

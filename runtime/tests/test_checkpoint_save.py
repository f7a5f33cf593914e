"""Saving and going on: other world sizes, S3 with and without its own connector, outages, full disks, other specs."""

import builtins
import errno
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from checkpoint_world import (
    S3Server,
    elements,
    open_store,
    restore_stamped,
    run_world,
    s3_server,
    save_stamped,
    stamped,
    train_tiny,
    values,
)

from aidc_runtime.checkpoint import files
from aidc_runtime.checkpoint.loader import restore
from aidc_runtime.checkpoint.saver import SavedInfo, Saver
from aidc_runtime.exit_codes import BadSpec, StorageAway


@pytest.fixture(scope="module")
def s3() -> Any:
    with s3_server() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server, tmp_path: Path) -> str:
    name = f"bucket-{time.monotonic_ns()}"
    values(run_world(1, tmp_path, make_bucket, name))
    return f"s3://{name}/runs/one"


def make_bucket(name: str) -> None:
    import boto3

    boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"]).create_bucket(Bucket=name)


def test_resharding_learns_the_same(tmp_path: Path) -> None:
    reference = values(run_world(1, tmp_path, train_tiny, str(tmp_path / "reference"), 9))[0]
    parts = []
    for world, until in ((2, 3), (1, 6), (3, 9)):
        losses = values(run_world(world, tmp_path, train_tiny, str(tmp_path / "run"), until))
        assert len(losses[0]) == 3
        parts += losses[0]
    assert parts == pytest.approx(reference, abs=1e-5)
    assert reference[-1] < reference[0]


def test_async_copies_the_state_before_it_changes(tmp_path: Path) -> None:
    told: list[SavedInfo] = []
    saver = Saver(open_store(str(tmp_path)), "async", "hash", told.append)
    state = stamped(1)
    saver.save(1, state, {})
    saver.wait_staged()
    state["model"]["weight"].fill_(99)
    saver.save(2, state, {})
    saver.wait_staged()
    saver.finish()
    assert [info.step for info in told] == [1, 2]
    assert all(info.bytes > 0 and info.error is None for info in told)
    fresh = stamped(0)
    from aidc_runtime.checkpoint.loader import load

    load(saver.store, 1, fresh, None)
    assert elements(fresh) == {1.0}


def test_urgent_waits_for_the_same_step_and_saves_it_once(tmp_path: Path) -> None:
    told: list[SavedInfo] = []
    saver = Saver(open_store(str(tmp_path)), "async", "hash", told.append)
    saver.save(5, stamped(5), {})
    saver.save(5, stamped(5), {}, urgent=True)
    assert [(info.step, info.error) for info in told] == [(5, None)]
    assert saver.store.steps() == [5]
    saver.save(5, stamped(77), {}, urgent=True)  # a whole one is never overwritten
    saver.finish()
    assert restore_stamped(str(tmp_path))[1] == {5.0}


def test_changed_spec_is_a_new_run(tmp_path: Path) -> None:
    save_stamped(str(tmp_path), [5])
    with pytest.raises(BadSpec, match=r"hash, this one has other: .*run\.id"):
        restore(open_store(str(tmp_path)), stamped(0), "other")


def test_progress_must_be_json(tmp_path: Path) -> None:
    saver = Saver(open_store(str(tmp_path)), "async", "hash", lambda info: None)
    with pytest.raises(TypeError):
        saver.save(5, stamped(5), {"tensor": torch.ones(1)})
    saver.finish()


@pytest.mark.parametrize("connector", [True, False])
def test_s3(bucket: str, tmp_path: Path, connector: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(connector, monkeypatch)
    assert files._fast_s3(bucket) == connector
    told = values(run_world(2, tmp_path, save_stamped, bucket, [10, 20, 30]))
    assert [info.error for rank in told for info in rank] == [None] * 6
    for progress, found in values(run_world(3, tmp_path, restore_stamped, bucket)):
        assert (progress.step, found) == (30, {30.0})
    assert values(run_world(1, tmp_path, whole_steps, bucket)) == [[20, 30]]
    assert values(run_world(1, tmp_path, restore_stamped, bucket, 40))[0][1] == {30.0}


def whole_steps(location: str) -> list[int]:
    return open_store(location).steps()


@pytest.mark.parametrize("connector", [True, False])
@pytest.mark.parametrize("listed", [True, False])
def test_s3_is_away_for_some_seconds(
    s3: S3Server, bucket: str, tmp_path: Path, connector: bool, listed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(connector, monkeypatch)
    values(run_world(1, tmp_path, save_stamped, bucket, [10]))
    s3.tell("stop")
    back = threading.Timer(5, s3.tell, ["start"])
    back.start()
    try:
        ends = run_world(1, tmp_path, save_20, bucket, 30.0, listed)
    finally:
        back.join()
    assert values(ends) == [[10, 20]]
    assert values(run_world(1, tmp_path, restore_stamped, bucket))[0][1] == {20.0}


@pytest.mark.parametrize("connector", [True, False])
def test_s3_stays_away(
    s3: S3Server, bucket: str, tmp_path: Path, connector: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(connector, monkeypatch)
    s3.tell("stop")
    try:
        ends = run_world(1, tmp_path, save_20, bucket, 1.0, False)
    finally:
        s3.tell("start")
    assert (ends[0].code, ends[0].value) == (74, "StorageAway")
    assert bucket in ends[0].error


def save_20(location: str, seconds: float, listed: bool) -> list[int]:
    """Save step 20. Not `listed`: the first that needs the store is the writer. Returns the whole steps."""
    saver = Saver(open_store(location, seconds=seconds), "async", "hash", lambda info: None)
    if not listed:
        saver.store.begin = lambda step: True  # type: ignore[method-assign]
    saver.save(20, stamped(20), {})
    saver.wait_staged()
    saver.save(20, stamped(20), {}, urgent=True)
    saver.finish()
    return saver.store.steps()


def choose(connector: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak S3 through s3torchconnector, or through s3fs."""
    if connector:
        pytest.importorskip("s3torchconnector")
    else:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", os.environ["AWS_ENDPOINT_URL"])


def test_disk_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[SavedInfo] = []
    saver = Saver(open_store(str(tmp_path)), "async", "hash", told.append)
    saver.save(10, stamped(10), {})
    saver.wait_staged()
    saver._land(strict=True)
    real = builtins.open

    def full(path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if "w" in mode and str(path).endswith(".distcp"):
            real(path, mode, *arguments, **options).close()
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, mode, *arguments, **options)

    monkeypatch.setattr(builtins, "open", full)
    saver.save(20, stamped(20), {})
    with pytest.raises(StorageAway, match=r"step-00000020.*full.*free space"):
        saver.save(30, stamped(30), {})
    assert saver.failures == 1
    assert "No space left" in str(told[-1].error)
    monkeypatch.undo()
    saver.save(40, stamped(40), {}, urgent=True)
    saver.finish()
    assert sorted(os.listdir(tmp_path / "checkpoints")) == ["step-00000010", "step-00000040"]


def test_urgent_is_tried_although_the_last_one_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saver = Saver(open_store(str(tmp_path)), "async", "hash", lambda info: None)
    with monkeypatch.context() as patch:
        patch.setattr(saver.store, "begin", lambda step: (_ for _ in ()).throw(StorageAway("away")))
        saver.save(10, stamped(10), {})
        saver.wait_staged()
        saver._flight[1].exception()  # type: ignore[index]
    saver.save(20, stamped(20), {}, urgent=True)
    saver.finish()
    assert saver.store.steps() == [20]

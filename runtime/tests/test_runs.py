"""Whole runs: learning, failing, and going on. Each start costs seconds of imports, so tests share what they can."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
from runs import Run, spec, start, write_sentences

CLOSE = 1e-5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data and a tokenizer for all runs."""
    from aidc_runtime.data.tokenizer import keep_tokenizer, train_tokenizer

    folder = tmp_path_factory.mktemp("runs")
    write_sentences(folder / "train.jsonl", 60)
    words = [" ".join(json.loads(line)["tokens"]) for line in (folder / "train.jsonl").read_text().splitlines()]
    keep_tokenizer(train_tokenizer(words, 200, words=True), str(folder / "tokenizer"))
    return folder


@pytest.fixture(scope="module")
def uninterrupted(folder: Path) -> dict[int, float]:
    """Losses of a run without any trouble, in one process."""
    run = start(spec(folder, "whole"), 1)
    assert run.end() == 0, run.text
    assert sorted(run.losses()) == list(range(1, 21))
    return run.losses()


def same(losses: dict[int, float], expected: dict[int, float]) -> None:
    assert losses
    for step, loss in losses.items():
        assert loss == pytest.approx(expected[step], abs=CLOSE), f"step {step}"


def lost(run: Run) -> int:
    """Steps done again after the last start."""
    return int(run.events("resumed")[-1]["lost_steps"])


def test_learns(uninterrupted: dict[int, float]) -> None:
    assert uninterrupted[20] < uninterrupted[1] / 2


def test_two_processes_learn_what_one_learns(folder: Path, uninterrupted: dict[int, float]) -> None:
    """Weights are sharded, and a global batch of 7 splits unevenly. When the first process dies for good, the pod fails, and
    another start goes on from the last checkpoint."""
    path = spec(folder, "sharded", resilience={"max_restarts": 0}, checkpoint={"every_steps": 5, "mode": "sync"})
    run = start(path, 2, AIDC_FAULT="step.13@1")
    assert run.end() == 70, run.text
    assert 12 in run.losses()
    again = start(path, 2)
    assert again.end() == 0, again.text
    assert lost(again) <= 5
    same({**run.losses(), **again.losses()}, uninterrupted)
    assert max(again.losses()) == 20


def test_a_killed_process_is_started_again_in_its_pod(folder: Path, uninterrupted: dict[int, float]) -> None:
    run = start(
        spec(folder, "restarted", parallel={"strategy": "ddp"}, checkpoint={"every_steps": 5, "mode": "sync"}), 2
    )
    run.wait_for("step", lambda fields: fields["step"] >= 7)
    os.kill(worker_of(run, 1), signal.SIGKILL)
    assert run.end() == 0, run.text
    assert lost(run) <= 5
    same(run.losses(), uninterrupted)


def test_told_to_stop_saves_and_loses_nothing_then_goes_on_with_fewer(
    folder: Path, uninterrupted: dict[int, float]
) -> None:
    """Three processes, then one: the world size may change between starts."""
    run = start(spec(folder, "told", checkpoint={"every_steps": 1000, "export": True}), 3)
    run.wait_for("step", lambda fields: fields["step"] >= 4)
    run.process.send_signal(signal.SIGTERM)
    assert run.end() == 75, run.text
    assert max(run.losses()) < 20
    again = start(spec(folder, "told", checkpoint={"every_steps": 1000, "export": True}), 1)
    assert again.end() == 0, again.text
    resumed = again.events("resumed")[-1]
    assert resumed == {"step": max(run.losses()), "lost_steps": 0}
    same({**run.losses(), **again.losses()}, uninterrupted)
    finished = start(spec(folder, "told", checkpoint={"every_steps": 1000, "export": True}), 1)
    assert finished.end() == 0
    assert "complete already" in finished.text
    assert (folder / "runs" / "told" / "export" / "MANIFEST.json").exists()


def test_a_wrong_spec_ends_with_64(folder: Path) -> None:
    path = spec(folder, "wrong", train={"steps": 0})
    run = start(path, 1)
    assert run.end() == 64
    assert "train.steps" in run.text


def test_broken_data_ends_with_65_and_without_restart(folder: Path) -> None:
    write_sentences(folder / "broken.jsonl", 20, broken=3)
    run = start(spec(folder, "broken", data={"train": str(folder / "broken.jsonl"), "max_bad_samples": 2}), 2)
    assert run.end() == 65, run.text
    assert "max_bad_samples" in run.text


def test_a_loss_that_is_no_number_ends_with_76(folder: Path) -> None:
    run = start(spec(folder, "wild", optimizer={"lr": 1e30}, train={"max_grad_norm": None, "max_bad_steps": 1}), 1)
    assert run.end() == 76, run.text
    assert "max_bad_steps" in run.text


def worker_of(run: Run, rank: int) -> int:
    """Process id of a worker."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if (
            f"RANK={rank}".encode() in environment
            and b"worker" in command
            and _below(int(folder.name), run.process.pid)
        ):
            return int(folder.name)
    raise AssertionError(f"no worker of rank {rank}:\n{run.text}")


def _below(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def test_past_its_deadline_a_pod_waits_to_be_told_to_go(folder: Path) -> None:
    run = start(spec(folder, "late", resilience={"deadline": "2020-01-01T00:00:00Z"}), 1)
    for _ in range(600):
        if "waiting to be told" in run.text:
            break
        time.sleep(0.1)
    assert run.process.poll() is None, run.text
    run.process.send_signal(signal.SIGTERM)
    assert run.end() == 75, run.text


def test_processes_started_again_go_on_from_the_nodes_own_disk(folder: Path, uninterrupted: dict[int, float]) -> None:
    local = {"path": str(folder / "nvme"), "every_steps": 2}
    checkpoint = {"every_steps": 1000, "local": local}
    run = start(spec(folder, "local", checkpoint=checkpoint, parallel={"strategy": "fsdp"}), 2)
    run.wait_for("step", lambda fields: fields["step"] >= 9)
    os.kill(worker_of(run, 0), signal.SIGKILL)
    assert run.end() == 0, run.text
    resumed = run.events("resumed")[-1]
    assert resumed["step"] >= 8
    assert resumed["step"] % 2 == 0
    assert resumed["lost_steps"] <= 2
    same(run.losses(), uninterrupted)


def test_a_local_copy_that_not_all_have_is_not_used(folder: Path, uninterrupted: dict[int, float]) -> None:
    """One rank lost its disk: the run goes on from the store."""
    local = {"path": str(folder / "nvme"), "every_steps": 2}
    checkpoint = {"every_steps": 5, "mode": "sync", "local": local}
    path = spec(folder, "half", checkpoint=checkpoint, resilience={"max_restarts": 0})
    run = start(path, 2, AIDC_FAULT="step.8@1")
    assert run.end() == 70, run.text
    for file in (folder / "nvme" / "half").glob("rank-1.*"):
        file.unlink()
    again = start(path, 2)
    assert again.end() == 0, again.text
    assert again.events("resumed")[-1]["step"] == 5
    same(again.losses(), uninterrupted)

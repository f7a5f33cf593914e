"""The process is killed at every point of a save: what is found after that is whole, and the old or the new one."""

import os
import signal
from pathlib import Path

import pytest
from checkpoint_world import End, open_store, restore_stamped, run_world, save_stamped, values

from aidc_runtime.faults.points import SAVE_POINTS

COMMITTED = SAVE_POINTS[SAVE_POINTS.index("save.prune") :]
POINTS = [f"{point}@0" for point in SAVE_POINTS] + ["save.start@1", "save.file@1"]


@pytest.fixture(scope="module", autouse=True)
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Import once, before processes are forked, what DCP imports late."""
    location = str(tmp_path_factory.mktemp("warm"))
    save_stamped(location, [1], mode="sync")
    restore_stamped(location)


def files_of(location: str) -> dict[str, set[str]]:
    root = Path(location) / "checkpoints"
    return {folder.name: {path.name for path in folder.iterdir()} for folder in root.iterdir()}


def test_every_point_is_tried() -> None:
    source = Path(__file__).parent.parent / "src" / "aidc_runtime" / "checkpoint"
    text = "".join(path.read_text() for path in source.glob("*.py"))
    for point in SAVE_POINTS:
        assert f'reach("{point}"' in text


@pytest.mark.parametrize("mode", ["async", "sync"])
@pytest.mark.parametrize("fault", POINTS)
def test_killed_during_a_save(tmp_path: Path, fault: str, mode: str) -> None:
    location = str(tmp_path / "run")
    point, _, rank = fault.partition("@")
    ends = run_world(2, tmp_path, save_stamped, location, [10, 20, 30], fault, mode)
    assert ends[int(rank)].code == -signal.SIGKILL
    survivor: End = ends[1 - int(rank)]
    if point not in COMMITTED:  # else it may or may not have heard of the commit
        assert survivor.value == "PeerLost", survivor.error
    newest = 30 if point in COMMITTED else 20

    for progress, found in values(run_world(2, tmp_path, restore_stamped, location, newest + 10)):
        assert (progress.step, progress.samples, progress.values["note"]) == (newest, newest * 8, f"at {newest}")
        assert found == {float(newest)}

    store = open_store(location)
    assert store.steps() == [newest, newest + 10]
    expected = {"__0_0.distcp", "__1_0.distcp", ".metadata", "commit.json"}
    assert files_of(location) == {f"step-{step:08d}": expected for step in (newest, newest + 10)}


def test_survivor_tells_of_the_lost_save(tmp_path: Path) -> None:
    location = str(tmp_path / "run")
    ends = run_world(2, tmp_path, save_stamped, location, [10, 20], "save.file@1")
    assert ends[0].value == "PeerLost"
    assert "step 20" in ends[0].error
    assert os.listdir(tmp_path / "run" / "checkpoints" / "step-00000020")
    assert open_store(location).steps() == [10]

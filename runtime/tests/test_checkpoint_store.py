"""Which checkpoints are whole, which are torn, and which go. No torch is needed for that."""

import json
import logging
from pathlib import Path

import pytest

from aidc_runtime.checkpoint.store import CheckpointStore
from aidc_runtime.exit_codes import BadSpec, StorageAway

FACTS = {"samples": 1, "tokens": 2, "world_size": 2, "torch": "2.15.0", "spec_hash": "h", "progress": {"samples": 1}}


def write(store: CheckpointStore, step: int, commit: bool = True) -> Path:
    folder = Path(store.folder(step))
    folder.mkdir(parents=True)
    for name in ("__0_0.distcp", "__1_0.distcp", ".metadata"):
        (folder / name).write_bytes(b"x" * step)
    if commit:
        store.commit(step, ["__0_0.distcp", ".metadata"], **FACTS)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> CheckpointStore:
    return CheckpointStore(str(tmp_path / "run"), keep=2, storage_seconds=0.1)


def test_nothing_there(store: CheckpointStore) -> None:
    assert store.steps() == []
    assert store.newest() is None
    assert store.read(5) is None
    assert store.prune() == []
    assert store.completed() is None


def test_newest_is_by_number_not_by_name(store: CheckpointStore) -> None:
    for step in (9, 100, 20):
        write(store, step)
    found = store.newest()
    assert found is not None
    assert found[0] == 100
    assert found[1].files == {"__0_0.distcp": 100, "__1_0.distcp": 100, ".metadata": 100}
    assert (found[1].samples, found[1].tokens, found[1].spec_hash) == (1, 2, "h")
    assert store.steps() == [9, 20, 100]


def truncate(folder: Path) -> None:
    (folder / "__1_0.distcp").write_bytes(b"x")


def lose(folder: Path) -> None:
    (folder / ".metadata").unlink()


def garble(folder: Path) -> None:
    (folder / "commit.json").write_bytes(b'{"step": 20, "fil')


def retype(folder: Path) -> None:
    (folder / "commit.json").write_bytes(b"[1, 2]")


def misplace(folder: Path) -> None:
    text = json.loads((folder / "commit.json").read_text())
    (folder / "commit.json").write_text(json.dumps(text | {"step": 10}))


@pytest.mark.parametrize("damage", [truncate, lose, garble, retype, misplace])
def test_torn_is_told_and_never_chosen(store: CheckpointStore, damage, caplog: pytest.LogCaptureFixture) -> None:
    write(store, 10)
    damage(write(store, 20))
    with caplog.at_level(logging.WARNING):
        found = store.newest()
    assert found is not None
    assert found[0] == 10
    assert "step-00000020 is torn" in caplog.text
    assert store.read(20) is None


def test_prune_leaves_what_may_be_in_flight(store: CheckpointStore) -> None:
    for step in (10, 20, 40, 50):
        write(store, step)
    for step in (15, 45, 60):
        write(store, step, commit=False)
    assert store.prune() == [10, 15, 20, 45]
    names = sorted(path.name for path in Path(store.root).iterdir())
    assert names == ["step-00000040", "step-00000050", "step-00000060"]


def test_begin_clears_debris_and_spares_the_whole(store: CheckpointStore) -> None:
    folder = write(store, 10, commit=False)
    assert store.begin(10)
    assert not folder.exists()
    write(store, 20)
    assert not store.begin(20)
    assert store.steps() == [20]


def test_files_of_other_nodes_that_cannot_be_seen(store: CheckpointStore) -> None:
    write(store, 10, commit=False)
    with pytest.raises(BadSpec, match=r"__7_0\.distcp.*all nodes share"):
        store.commit(10, ["__0_0.distcp", "__7_0.distcp"], **FACTS)
    assert store.steps() == []


def test_complete(store: CheckpointStore) -> None:
    store.mark_complete({"score": 0.5})
    assert store.completed() == {"score": 0.5}
    assert store.steps() == []


def test_a_store_that_is_away_is_not_an_empty_one(store: CheckpointStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, 10)

    def away(*arguments: object, **options: object) -> None:
        raise ConnectionError("refused")

    monkeypatch.setattr("fsspec.implementations.local.LocalFileSystem.find", away)
    with pytest.raises(StorageAway, match=r"listing .*refused"):
        store.newest()

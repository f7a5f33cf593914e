"""Files as one sequence: every format, far and near, whole and broken."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from samples import entity_records, make_spec, write_arrow, write_conll, write_jsonl, write_parquet

from aidc_runtime.config import Data
from aidc_runtime.data.dataset import Budget, Dataset, open_dataset
from aidc_runtime.data.locations import filesystem, read_bytes, write_bytes
from aidc_runtime.exit_codes import BadData, StorageAway
from aidc_runtime.tasks.task import BadSample

RECORDS = entity_records(25)
WRITERS: dict[str, Callable[..., str]] = {
    "parquet": write_parquet,
    "arrow": write_arrow,
    "jsonl": write_jsonl,
    "conll": write_conll,
}


def data(form: str, train: str, **more: Any) -> Data:
    return make_spec("token_classification", train, data={"format": form, "train": train, **more}).data


def opened(form: str, train: str, **more: Any) -> Dataset:
    return open_dataset(data(form, train, **more), train, seconds=0)


@pytest.mark.parametrize("remote", [False, True])
@pytest.mark.parametrize("form", WRITERS)
def test_records_come_by_index_from_many_files(form: str, remote: bool, tmp_path: Path) -> None:
    prefix = str(tmp_path / "train")
    for number, (begin, end) in enumerate([(0, 12), (12, 13), (13, 25)]):
        WRITERS[form](tmp_path / "train" / f"part-{number}.{form}", RECORDS[begin:end])
    write_bytes(f"{prefix}/_SUCCESS", b"")
    if remote:
        prefix = f"memory://{tmp_path.name}-{form}"
        for path in (tmp_path / "train").glob("part*"):
            write_bytes(f"{prefix}/{path.name}", path.read_bytes())
    dataset = opened(form, prefix, shuffle_window=2)
    assert dataset.shard_lengths == [12, 1, 12]
    assert len(dataset) == 25
    assert list(dataset) == RECORDS
    assert [dataset[index] for index in (24, 0, 12, 13, 11, 5)] == [RECORDS[index] for index in (24, 0, 12, 13, 11, 5)]
    assert dataset[3:5] == RECORDS[3:5]
    with pytest.raises(IndexError):
        dataset[25]


def test_arrow_streams_are_read_like_files(tmp_path: Path) -> None:
    assert list(opened("arrow", write_arrow(tmp_path / "x.arrow", RECORDS, stream=True))) == RECORDS


def test_lines_of_text(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes("first\r\n\n   \n  zweite Zeile: ä\nlast".encode())
    records = list(opened("text", str(tmp_path)))
    assert records == [{"text": "first"}, {"text": "  zweite Zeile: ä"}, {"text": "last"}]


def test_marks_of_documents_are_left_out_even_without_a_blank_line(tmp_path: Path) -> None:
    (tmp_path / "x.conll").write_text("-DOCSTART- O\n\n\n-DOCSTART- O\nAnna B-PER\n\n \nruns O\n")
    records = list(opened("conll", str(tmp_path)))
    assert records == [{"tokens": ["Anna"], "tags": ["B-PER"]}, {"tokens": ["runs"], "tags": ["O"]}]


def test_at_most_the_window_of_files_is_open(tmp_path: Path) -> None:
    for number in range(5):
        write_jsonl(tmp_path / f"{number}.jsonl", [{"n": number}])
    dataset = opened("jsonl", str(tmp_path), shuffle_window=2)
    opens: list[int] = []
    inner = dataset._open_shard
    dataset._open_shard = lambda shard: opens.append(shard) or inner(shard)  # type: ignore[func-returns-value]
    for index in (0, 1, 0, 1, 2, 1, 0):
        assert dataset[index] == {"n": index}
        assert len(dataset._open) <= 2
    assert opens == [0, 1, 2, 0]


def test_broken_records_are_replaced_by_the_next_good_one(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"n": 0}\n{broken\n[1]\n{"n": 3}\n{"n": 4')
    dataset = opened("jsonl", str(tmp_path), max_bad_samples=3)
    assert [dataset[index]["n"] for index in range(5)] == [0, 3, 3, 3, 0]
    assert [dataset[index]["n"] for index in (4, 2, 1)] == [0, 3, 3], "whoever asks, and in whatever order"
    assert list(dataset) == [{"n": 0}, {"n": 3}]
    assert len(dataset.budget.met) == 3, "each is counted once"


def test_one_broken_record_more_than_allowed_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"n": 0}\n{broken\n[1]\n{"n": 3}\n')
    dataset = opened("jsonl", str(tmp_path), max_bad_samples=1)
    with pytest.raises(BadData, match=r"2 unreadable .*allowed are 1 \(data.max_bad_samples\).*x.jsonl: record 3"):
        dataset[1]


def test_samples_that_a_task_refuses_count_as_broken(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "x.jsonl", [{"n": n} for n in range(4)])

    def encode(record: Any) -> int:
        if record["n"] < 2:
            raise BadSample("too low")
        return int(record["n"])

    dataset = opened("jsonl", str(tmp_path), max_bad_samples=2)
    assert [dataset.encoded(index, encode) for index in range(4)] == [2, 2, 2, 3]
    dataset = opened("jsonl", str(tmp_path), max_bad_samples=0)
    with pytest.raises(BadData, match=r"x.jsonl: record 1: too low"):
        dataset.encoded(0, encode)
    with pytest.raises(BadData, match=r"not one of the 4 samples"):
        opened("jsonl", str(tmp_path), max_bad_samples=9).encoded(0, _refuse)


def _refuse(record: Any) -> None:
    raise BadSample("never")


@pytest.mark.parametrize("remote", [False, True])
@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_truncated_files_are_named_and_left_out_within_the_budget(form: str, remote: bool, tmp_path: Path) -> None:
    prefix = f"memory://{tmp_path.name}-cut" if remote else str(tmp_path / "train")
    for name in ("a", "b"):
        path = WRITERS[form](tmp_path / "all" / name, RECORDS)
        content = Path(path).read_bytes()
        write_bytes(f"{prefix}/{name}", content[: len(content) // 2] if name == "a" else content)
    write_bytes(f"{prefix}/c", b"")
    with pytest.raises(BadData, match=r"train/a|cut/a"):
        opened(form, prefix)
    dataset = opened(form, prefix, max_bad_samples=2)
    assert list(dataset) == RECORDS


def test_a_broken_row_group_counts_once_and_its_samples_are_replaced(tmp_path: Path) -> None:
    path = Path(write_parquet(tmp_path / "x.parquet", [{"n": n, "text": f"text {n} " * 9} for n in range(30)]))
    import pyarrow.parquet as pq

    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    content = bytearray(path.read_bytes())
    begin = column.dictionary_page_offset or column.data_page_offset
    content[begin : begin + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(content)
    dataset = opened("parquet", str(path), max_bad_samples=1)
    assert [dataset[index]["n"] for index in (9, 10, 19, 20)] == [9, 20, 20, 20]
    with pytest.raises(BadData, match=r"x.parquet: row group 1 of 3 is broken"):
        opened("parquet", str(path))[10]


def test_a_file_that_vanishes_is_named(tmp_path: Path) -> None:
    location = f"memory://{tmp_path.name}-gone/x.parquet"
    write_bytes(location, Path(write_parquet(tmp_path / "x", RECORDS)).read_bytes())
    dataset = opened("parquet", location)
    store, path = filesystem(location)
    store.rm(path)
    with pytest.raises(BadData, match=r"x.parquet is gone"):
        dataset[0]


def test_a_store_that_is_away_is_no_broken_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    location = f"memory://{tmp_path.name}-away/x.parquet"
    write_bytes(location, Path(write_parquet(tmp_path / "x", RECORDS)).read_bytes())
    store, _ = filesystem(location)
    failures = [3]
    inner = type(store).cat_file

    def cat_file(self: Any, *args: Any, **options: Any) -> bytes:
        if failures[0]:
            failures[0] -= 1
            raise ConnectionResetError("reset by peer")
        return bytes(inner(self, *args, **options))

    monkeypatch.setattr(type(store), "cat_file", cat_file)
    assert list(open_dataset(data("parquet", location), location, seconds=30)) == RECORDS
    assert failures == [0]
    failures[0] = 10**6
    with pytest.raises(StorageAway, match=r"x.parquet"):
        opened("parquet", location, max_bad_samples=100)


@pytest.mark.parametrize(
    ("write", "message"),
    [(lambda path: None, "holds no files"), (lambda path: (path / "x.jsonl").write_text("\n\n"), "not one sample")],
)
def test_no_data_is_an_error(write: Callable[[Path], Any], message: str, tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(BadData, match=message):
        opened("jsonl", str(tmp_path))


def test_fingerprint_tells_other_data(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write_jsonl(path, [{"n": 1}, {"n": 2}])
    first = opened("jsonl", str(path)).fingerprint()
    assert opened("jsonl", str(path)).fingerprint() == first
    write_jsonl(path, [{"n": 1}, {"n": 222}])
    assert opened("jsonl", str(path)).fingerprint() != first


def test_budget_message_tells_the_remedy() -> None:
    with pytest.raises(BadData, match=r"Repair the data, or raise the limit"):
        Budget(0).spend("x")


def test_json_of_another_encoding_is_a_broken_record(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(json.dumps({"a": "ä"}, ensure_ascii=False).encode("latin-1"))
    with pytest.raises(BadData, match=r"record 1 .*utf-8"):
        opened("jsonl", str(tmp_path))[0]
    assert read_bytes(str(tmp_path / "x.jsonl"))

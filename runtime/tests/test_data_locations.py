"""Stores: on a disk, in memory, and an S3 that runs here."""

import errno
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aidc_runtime.config import Data
from aidc_runtime.data import locations
from aidc_runtime.data.dataset import open_dataset
from aidc_runtime.data.locations import (
    exists,
    filesystem,
    join,
    list_files,
    patiently,
    read_bytes,
    remove_tree,
    write_bytes,
)
from aidc_runtime.exit_codes import BadSpec, StorageAway


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """An S3 with the bucket `data`; its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        filesystem("s3://data")[0].mkdir("data")
        yield environment["AWS_ENDPOINT_URL_S3"]
    server.stop()


@pytest.fixture(params=["plain", "file", "memory", "s3"])
def prefix(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty prefix in each kind of store."""
    if request.param == "s3":
        request.getfixturevalue("s3")
        return f"s3://data/{tmp_path.name}"
    return {"plain": str(tmp_path), "file": f"file://{tmp_path}", "memory": f"memory://{tmp_path.name}"}[request.param]


def test_what_is_written_is_listed_and_read(prefix: str) -> None:
    write_bytes(join(prefix, "b", "two.txt"), b"22")
    write_bytes(join(prefix, "a.txt"), b"1")
    write_bytes(join(prefix, "a.txt"), b"333")
    found = list_files(prefix)
    assert [(name.rsplit("/", 1)[1], size) for name, size in found] == [("a.txt", 3), ("two.txt", 2)]
    assert [read_bytes(name) for name, _ in found] == [b"333", b"22"]
    assert list_files(found[0][0]) == [found[0]], "a file is listed as itself"


def test_markers_are_left_out(prefix: str) -> None:
    for name in ("_SUCCESS", ".hidden", "_tmp/part.txt", ".git/x", "part_1.txt"):
        write_bytes(join(prefix, name), b"x")
    assert [name.rsplit("/", 1)[1] for name, _ in list_files(prefix)] == ["part_1.txt"]


def test_a_hidden_folder_can_be_listed_by_its_name(prefix: str) -> None:
    write_bytes(join(prefix, "_shards", "x.txt"), b"x")
    assert len(list_files(join(prefix, "_shards"))) == 1


def test_a_prefix_is_a_folder_not_a_beginning_of_names(prefix: str) -> None:
    write_bytes(join(prefix, "train", "x.txt"), b"x")
    write_bytes(join(prefix, "train2", "y.txt"), b"y")
    assert [name.rsplit("/", 1)[1] for name, _ in list_files(join(prefix, "train"))] == ["x.txt"]


def test_removed_trees_are_gone(prefix: str) -> None:
    write_bytes(join(prefix, "run", "step", "x"), b"x")
    assert exists(join(prefix, "run"))
    assert exists(join(prefix, "run", "step", "x"))
    remove_tree(join(prefix, "run"))
    assert not exists(join(prefix, "run"))
    assert list_files(join(prefix, "run")) == []
    remove_tree(join(prefix, "run"))


def test_missing_files_are_told(prefix: str) -> None:
    with pytest.raises(FileNotFoundError):
        read_bytes(join(prefix, "nothing"))


def test_a_failed_local_write_leaves_the_old_file_and_no_debris(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "state.json"
    write_bytes(str(target), b"old")

    def fail(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=r"No space"):
        write_bytes(str(target), b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_what_may_not_be_listed_is_not_taken_for_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is raised by hand: root may read everything."""
    write_bytes(str(tmp_path / "x"), b"x")

    def shut(*args: object, **options: object) -> None:
        raise PermissionError(errno.EACCES, "shut")

    store, _ = filesystem(str(tmp_path))
    monkeypatch.setattr(type(store), "ls", shut)
    with pytest.raises(PermissionError):
        list_files(str(tmp_path))


def test_an_outage_during_listing_is_not_taken_for_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_bytes(str(tmp_path / "x"), b"x")

    def away(*args: object, **options: object) -> None:
        raise OSError(errno.EIO, "away")

    store, _ = filesystem(str(tmp_path))
    monkeypatch.setattr(type(store), "ls", away)
    with pytest.raises(OSError, match=r"away"):
        list_files(str(tmp_path))


def test_patience_lasts_until_the_store_is_back() -> None:
    waits: list[float] = []
    answers = [ConnectionResetError("reset"), OSError(errno.EIO, "io"), TimeoutError("slow"), "done"]

    def action() -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patiently(action, 60, "reading x", waits.append) == "done"
    assert len(waits) == 3
    assert all(0 < wait <= 60 for wait in waits)


def test_patience_ends() -> None:
    def action() -> None:
        raise ConnectionRefusedError("refused")

    with pytest.raises(StorageAway, match=r"reading x failed for 0.05 s, last with ConnectionRefusedError: refused"):
        patiently(action, 0.05, "reading x")


@pytest.mark.parametrize(
    "error", [FileNotFoundError("x"), PermissionError("x"), ValueError("x"), OSError(errno.EROFS, "x")]
)
def test_what_cannot_pass_is_not_tried_again(error: Exception) -> None:
    tries = []

    def action() -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        patiently(action, 60, "reading x")
    assert len(tries) == 1


def test_a_full_store_is_named_at_once() -> None:
    def action() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageAway, match=r"writing y: the store is full"):
        patiently(action, 60, "writing y")


def test_errors_of_an_absent_s3_count_as_transient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9"), ("AWS_ACCESS_KEY_ID", "x")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(Exception, match=r".") as caught:
        read_bytes("s3://data/x")
    assert locations.transient(caught.value)


def test_missing_buckets_are_not_transient(s3: str) -> None:
    with pytest.raises(FileNotFoundError):
        patiently(lambda: read_bytes("s3://no-such-bucket/x"), 60, "reading")


def test_unknown_schemes_are_refused() -> None:
    with pytest.raises(BadSpec, match=r"ftp://.*allowed are file://"):
        filesystem("ftp://host/x")


@pytest.mark.parametrize(
    ("location", "module", "extra"),
    [("hdfs://ns/x", "hdfs_native.fsspec", "hdfs"), ("gs://bucket/x", "gcsfs", "gcs")],
)
def test_a_missing_client_is_named_with_its_remedy(
    location: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BadSpec, match=rf"pip install 'aidc-runtime\[{extra}\]'"):
        filesystem(location)


def test_hdfs_keeps_the_nameservice_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hdfs-site.xml").write_text(
        "<configuration>"
        "<property><name>dfs.ha.namenodes.Lake</name><value>a,b</value></property>"
        "<property><name>dfs.namenode.rpc-address.Lake.a</name><value>127.0.0.1:1</value></property>"
        "<property><name>dfs.namenode.rpc-address.Lake.b</name><value>127.0.0.1:2</value></property>"
        "</configuration>"
    )
    (tmp_path / "core-site.xml").write_text("<configuration></configuration>")
    monkeypatch.setenv("HADOOP_CONF_DIR", str(tmp_path))
    store, path = filesystem("hdfs://Lake/data/train")
    assert (store.host, store.port, path) == ("Lake", None, "/data/train")
    store, path = filesystem("hdfs://namenode:8020/data")
    assert (store.host, store.port, path) == ("namenode", 8020, "/data")


@pytest.mark.parametrize("format", ["jsonl", "parquet", "arrow"])
def test_samples_in_s3_are_those_that_were_written(s3: str, format: str) -> None:
    """Reading goes by ranges, which each client takes in its own way."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table({"text": [f"sample {number}" for number in range(10)]})
    sink = pyarrow.BufferOutputStream()
    if format == "parquet":
        pyarrow.parquet.write_table(table, sink, row_group_size=4)
    elif format == "arrow":
        with pyarrow.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    else:
        sink.write("".join(f"{json.dumps(row)}\n" for row in table.to_pylist()).encode())
    place = f"s3://data/read/{format}/part.{format}"
    write_bytes(place, sink.getvalue().to_pybytes())
    dataset = open_dataset(Data(train=place, format=format), f"s3://data/read/{format}/")
    assert [record["text"] for record in dataset] == [f"sample {number}" for number in range(10)]

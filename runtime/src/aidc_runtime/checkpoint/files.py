"""How torch.distributed.checkpoint (DCP) writes to and reads from any store, patiently."""

import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, TypeVar

from torch.distributed.checkpoint.filesystem import FileSystemBase, FileSystemReader, FileSystemWriter

from aidc_runtime.data.locations import filesystem, join, patiently, scheme_of
from aidc_runtime.faults.points import reach

Result = TypeVar("Result")


class StoreFiles(FileSystemBase):
    """The stores of `data.locations` as DCP wants them. DCP's own FsspecWriter resolves locations by itself: it knows neither
    our HDFS client, nor the endpoint, and asks S3 to make folders, which may try to create the bucket."""

    @contextmanager
    def create_stream(self, path: str | os.PathLike[str], mode: str) -> Iterator[IO[bytes]]:  # type: ignore[override]
        fs, inside = filesystem(os.fspath(path))
        with fs.open(inside, mode) as stream:
            yield stream

    def concat_path(self, path: str | os.PathLike[str], suffix: str) -> str:
        return join(os.fspath(path), suffix)

    def init_path(self, path: str | os.PathLike[str]) -> str:
        return os.fspath(path)

    def rename(self, path: str | os.PathLike[str], new_path: str | os.PathLike[str]) -> None:
        fs, inside = filesystem(os.fspath(path))
        fs.mv(inside, filesystem(os.fspath(new_path))[1])

    def mkdir(self, path: str | os.PathLike[str]) -> None:
        fs, inside = filesystem(os.fspath(path))
        if scheme_of(os.fspath(path)) in ("file", "hdfs", "memory"):
            fs.makedirs(inside, exist_ok=True)

    def exists(self, path: str | os.PathLike[str]) -> bool:
        fs, inside = filesystem(os.fspath(path))
        fs.invalidate_cache()
        return bool(fs.exists(inside))

    def rm_file(self, path: str | os.PathLike[str]) -> None:
        fs, inside = filesystem(os.fspath(path))
        fs.rm_file(inside)

    @classmethod
    def validate_checkpoint_id(cls, checkpoint_id: str | os.PathLike[str]) -> bool:
        return True


class _Patient:
    """Mixed into DCP's writers and readers: what one rank does by itself is tried again while the store is away.
    It goes on where no rank has to know of it, so nothing can hang: collectives come before and after."""

    seconds: float
    path: Any

    def _try(self, action: Callable[[], Result], what: str) -> Result:
        return patiently(lambda: _translated(action), self.seconds, f"{what} {self.path}")


class _PatientWriter(_Patient):
    def prepare_local_plan(self, plan: Any) -> Any:
        prepare = super().prepare_local_plan  # type: ignore[misc]
        plan = self._try(lambda: prepare(plan), "preparing")
        reach("save.start")
        return plan

    def write_data(self, plan: Any, planner: Any) -> Any:
        write = super().write_data  # type: ignore[misc]
        done = self._try(lambda: write(plan, planner), "writing")
        reach("save.file")
        return done

    def finish(self, metadata: Any, results: Any) -> None:
        finish = super().finish  # type: ignore[misc]
        reach("save.metadata")
        self._try(lambda: finish(metadata, results), "writing .metadata of")


class _PatientReader(_Patient):
    def read_metadata(self, *args: Any, **kwargs: Any) -> Any:
        read = super().read_metadata  # type: ignore[misc]
        return self._try(lambda: read(*args, **kwargs), "reading .metadata of")

    def read_data(self, plan: Any, planner: Any) -> Any:
        read = super().read_data  # type: ignore[misc]
        return self._try(lambda: read(plan, planner), "reading")


class StoreWriter(_PatientWriter, FileSystemWriter):
    """Writes a checkpoint to a store through fsspec."""

    def __init__(self, location: str, seconds: float, staged: bool) -> None:
        super().__init__(location, **_writer_options(staged), sync_files=scheme_of(location) == "file")
        self.fs = StoreFiles()  # type: ignore[assignment]
        self.path, self.seconds = location, seconds  # type: ignore[assignment]


class StoreReader(_PatientReader, FileSystemReader):
    """Reads a checkpoint from a store through fsspec."""

    def __init__(self, location: str, seconds: float) -> None:
        super().__init__(location)
        self.fs = StoreFiles()  # type: ignore[assignment]
        self.path, self.seconds = location, seconds  # type: ignore[assignment]


def writer(location: str, seconds: float, staged: bool = False) -> FileSystemWriter:
    """Writer of a checkpoint. `staged`: the tensors are copies in main memory already."""
    if not _fast_s3(location):
        return StoreWriter(location, seconds, staged)
    from s3torchconnector.dcp import S3StorageWriter

    class S3Writer(_PatientWriter, S3StorageWriter):  # type: ignore[misc]
        pass

    made = S3Writer(_region(), location, _s3_config(), **_writer_options(staged))
    made.seconds = seconds
    return made  # type: ignore[no-any-return]


def reader(location: str, seconds: float) -> FileSystemReader:
    """Reader of a checkpoint."""
    if not _fast_s3(location):
        return StoreReader(location, seconds)
    from s3torchconnector.dcp import S3StorageReader

    class S3Reader(_PatientReader, S3StorageReader):  # type: ignore[misc]
        pass

    made = S3Reader(_region(), location, _s3_config())
    made.seconds = seconds
    return made  # type: ignore[no-any-return]


def _writer_options(staged: bool) -> dict[str, Any]:
    """One thread: with more, DCP 2.15 loses the errors of all but the first. Nothing is copied ahead from a device where all is
    in main memory already: it would wait for the device's running computation."""
    return {"thread_count": 1} | ({"per_thread_copy_ahead": 0} if staged else {})


def _fast_s3(location: str) -> bool:
    """Whether S3 is spoken by s3torchconnector (extra `s3`). It does not know AWS_ENDPOINT_URL_S3."""
    installed = importlib.util.find_spec("s3torchconnector") is not None
    return scheme_of(location) == "s3" and installed and "AWS_ENDPOINT_URL_S3" not in os.environ


def _s3_config() -> Any:
    """Few tries of its own, as `patiently` keeps the time. Other servers than Amazon's seldom have names for buckets."""
    from s3torchconnector import S3ClientConfig

    return S3ClientConfig(force_path_style="AWS_ENDPOINT_URL" in os.environ, max_attempts=2)


def _region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


def _translated(action: Callable[[], Result]) -> Result:
    """Do it; errors of s3torchconnector, which has one class for all, become those that `patiently` knows."""
    try:
        return action()
    except Exception as error:
        if type(error).__name__ != "S3Exception":
            raise
        text = str(error)
        if "not found" in text.lower() or "NoSuch" in text:
            raise FileNotFoundError(text) from error
        if "Forbidden" in text or "AccessDenied" in text or "Access Denied" in text:
            raise PermissionError(text) from error
        raise ConnectionError(text) from error

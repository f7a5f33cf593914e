"""Files of samples, each by the number of its record. An open file is held in memory, or mapped where it is local."""

import io
import json
import mmap
import re
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from aidc_runtime.exit_codes import BadData
from aidc_runtime.tasks.task import BadSample, Record

from .locations import filesystem, patiently, scheme_of

if TYPE_CHECKING:
    import pyarrow as pa

LINES = re.compile(rb"^[^\S\n]*\S[^\n]*", re.MULTILINE)
"""Lines that are not blank."""
BLOCKS = re.compile(rb"(?:^[^\S\n]*\S[^\n]*\n?)+", re.MULTILINE)
"""Lines that follow each other without a blank one between."""


class Shard(ABC):
    """An open file."""

    def __init__(self, location: str, size: int, seconds: float) -> None:
        """Open the file of `size` bytes; the store may be away for `seconds`.

        Raises BadSample when it cannot be read at all, BadData when that is forbidden, StorageAway.
        """
        self.location = location
        self.size = size
        self.seconds = seconds

    @abstractmethod
    def __len__(self) -> int:
        """Records of the file."""

    @abstractmethod
    def __getitem__(self, index: int) -> Record:
        """Record `index`, from 0. Raises BadSample; its message is the same for records that broke together."""

    def content(self) -> "bytes | mmap.mmap":
        """All bytes of the file."""
        if scheme_of(self.location) != "file" or not self.size:
            return self.fetch(0, self.size)
        try:
            with open(filesystem(self.location)[1], "rb") as file:
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except PermissionError as error:
            raise forbidden(self.location, error) from error
        except (OSError, ValueError) as error:
            raise BadSample(f"{self.location} cannot be read: {error}") from error

    def fetch(self, start: int, end: int) -> bytes:
        """Bytes from `start` up to `end`."""
        store, path = filesystem(self.location)
        try:
            return bytes(
                patiently(lambda: store.cat_file(path, start=start, end=end), self.seconds, f"reading {self.location}")
            )
        except PermissionError as error:
            raise forbidden(self.location, error) from error
        except FileNotFoundError as error:
            raise BadSample(f"{self.location} is gone since it was listed") from error


def forbidden(location: str, error: BaseException) -> BadData:
    """The error of a file or prefix that the run's identity may not read."""
    return BadData(f"{location} may not be read ({error}): grant the run's identity to list and get it")


class Lines(Shard):
    """Files of lines. Where records begin is found by one pass over the file when it is opened."""

    records = LINES

    def __init__(self, location: str, size: int, seconds: float) -> None:
        super().__init__(location, size, seconds)
        self._content = self.content()
        self._spans = array("q")
        for match in self.records.finditer(self._content):
            if self.counts(match.group()):
                self._spans.extend(match.span())

    def __len__(self) -> int:
        return len(self._spans) // 2

    def __getitem__(self, index: int) -> Record:
        start, end = self._spans[2 * index], self._spans[2 * index + 1]
        try:
            return self.parse(self._content[start:end].decode("utf-8").rstrip("\r\n"))
        except ValueError as error:
            raise BadSample(f"{self.location}: record {index + 1} (at byte {start}) is broken: {error}") from error

    def counts(self, raw: bytes) -> bool:
        """Whether these bytes are a record."""
        return True

    def parse(self, text: str) -> Record:
        """The record of a text. Raises ValueError."""
        raise NotImplementedError


class Text(Lines):
    """A line is a sample: `{"text": line}`."""

    def parse(self, text: str) -> Record:
        return {"text": text}


class Jsonl(Lines):
    """A line is a JSON object."""

    def parse(self, text: str) -> Record:
        record = json.loads(text)
        if not isinstance(record, dict):
            raise ValueError(f"a JSON object is needed, not {type(record).__name__}")
        return record


class Conll(Lines):
    """Columns separated by blanks or tabs, the first the token and the last its tag; a blank line ends a sentence.
    `{"tokens": [...], "tags": [...]}`; documents' marks (`-DOCSTART-`) are left out."""

    records = BLOCKS

    def counts(self, raw: bytes) -> bool:
        return b"\n" in raw.strip() or not raw.lstrip().startswith(b"-DOCSTART-")

    def parse(self, text: str) -> Record:
        rows = [line.split() for line in text.split("\n") if not line.startswith("-DOCSTART-")]
        short = next((row for row in rows if len(row) < 2), None)
        if short is not None:
            raise ValueError(f"a token and its tag are needed in each line, got {' '.join(short)!r}")
        return {"tokens": [row[0] for row in rows], "tags": [row[-1] for row in rows]}


class Parquet(Shard):
    """Row groups are read when one of their records is first asked for, and kept while the file is open."""

    def __init__(self, location: str, size: int, seconds: float) -> None:
        super().__init__(location, size, seconds)
        import pyarrow as pa
        import pyarrow.parquet as pq

        with broken(f"{location} is no whole Parquet file"):
            source = local(self) or pa.PythonFile(Ranges(self), mode="r")
            self._file = pq.ParquetFile(source, pre_buffer=True)
        footer = self._file.metadata
        self._ends = array("q")
        for group in range(footer.num_row_groups):
            self._ends.append((self._ends[-1] if group else 0) + footer.row_group(group).num_rows)
        self._groups: dict[int, pa.Table] = {}

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, index: int) -> Record:
        group = bisect_right(self._ends, index)
        if group not in self._groups:
            with broken(f"{self.location}: row group {group} of {len(self._ends)} is broken"):
                self._groups[group] = self._file.read_row_group(group)
        table = self._groups[group]
        return row(table, index - (self._ends[group] - table.num_rows))


class Arrow(Shard):
    """Arrow IPC, files and streams."""

    def __init__(self, location: str, size: int, seconds: float) -> None:
        super().__init__(location, size, seconds)
        import pyarrow as pa

        with broken(f"{location} is no whole Arrow IPC file"):
            source = local(self) or pa.BufferReader(self.fetch(0, size))
            whole = source.read(6) == b"ARROW1"
            source.seek(0)
            reader = pa.ipc.open_file(source) if whole else pa.ipc.open_stream(source)
            self._table = reader.read_all()

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __getitem__(self, index: int) -> Record:
        return row(self._table, index)


class Ranges(io.RawIOBase):
    """A remote file as pyarrow wants it. Each read is a request of its own, so it can be tried again."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._shard.size}[whence]
        return self._place

    def tell(self) -> int:
        return self._place

    def read(self, size: int = -1) -> bytes:
        end = self._shard.size if size < 0 else min(self._shard.size, self._place + size)
        if end <= self._place:
            return b""
        content = self._shard.fetch(self._place, end)
        self._place = end
        return content


class broken:
    """Turns what pyarrow raises inside the block into a BadSample. It raises OSError also for broken content, so these
    must not be taken for a store that is away; that one has its own error by now."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, (OSError, ValueError, KeyError, NotImplementedError)):
            raise BadSample(f"{self.message}: {error}") from error


def local(shard: Shard) -> "pa.MemoryMappedFile | None":
    """The file mapped into memory, where it lies on a disk of this machine."""
    import pyarrow as pa

    if scheme_of(shard.location) != "file":
        return None
    try:
        return pa.memory_map(filesystem(shard.location)[1])
    except PermissionError as error:
        raise forbidden(shard.location, error) from error


def row(table: "pa.Table", index: int) -> Record:
    """A row as plain Python data."""
    return dict(table.slice(index, 1).to_pylist()[0])


FORMATS: dict[str, type[Shard]] = {
    "parquet": Parquet,
    "arrow": Arrow,
    "jsonl": Jsonl,
    "text": Text,
    "conll": Conll,
}
"""By the name in `data.format`."""

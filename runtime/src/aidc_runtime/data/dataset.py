"""Samples of many files as one sequence."""

import hashlib
import logging
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import Any, TypeVar, overload

from aidc_runtime.config import Data
from aidc_runtime.exit_codes import BadData
from aidc_runtime.tasks.task import BadSample, Record

from .locations import list_files, patiently
from .readers import FORMATS, forbidden

Result = TypeVar("Result")

OPENED_AT_ONCE = 8
"""Files whose lengths are read at the same time when a dataset is opened."""

log = logging.getLogger(__name__)


class Budget:
    """Counts what is unreadable, and gives up when it is more than allowed.

    Each process counts what it met since it started, everything once: a run on several gives up when one of them met more
    than `most`.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.met: set[str] = set()

    def spend(self, what: str) -> None:
        """Count a broken thing, described by `what`. Raises BadData when it is one too many."""
        if what in self.met:
            return
        self.met.add(what)
        log.warning("unreadable (%d of %d allowed): %s", len(self.met), self.most, what)
        if len(self.met) > self.most:
            raise BadData(
                f"{len(self.met)} unreadable samples or files, allowed are {self.most} (data.max_bad_samples). "
                f"The last: {what}. Repair the data, or raise the limit"
            )


class Dataset(Sequence[Record]):
    """Records of all files by their index, in the order of the files' names.

    A broken record is replaced by the next good one, so that what an index stands for depends on the data alone, not on
    who asks. At most `window` files are open; the one not used for longest is closed first. For one thread at a time.
    """

    def __init__(
        self,
        names: Sequence[str],
        lengths: Sequence[int],
        open_shard: Callable[[int], Any],
        window: int,
        budget: Budget,
        sizes: Sequence[int] = (),
    ) -> None:
        """`open_shard(n)` opens file `n`: something with `[index]` that raises BadSample. `sizes`: bytes of the files."""
        self.names = list(names)
        self.shard_lengths = list(lengths)
        self.budget = budget
        self._sizes = list(sizes)
        self._ends = list(accumulate(self.shard_lengths))
        self._open_shard = open_shard
        self._window = window
        self._open: OrderedDict[int, Any] = OrderedDict()

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        """The record at `index`, or the next good one. Raises BadData when too many are broken."""
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        return self.encoded(index, lambda record: record)

    def __iter__(self) -> Iterator[Record]:
        """All good records; broken ones are left out."""
        for index in range(len(self)):
            try:
                yield self._raw(index)
            except BadSample as error:
                self.budget.spend(str(error))

    def encoded(self, index: int, encode: Callable[[Record], Result]) -> Result:
        """What `encode` makes of the record at `index`, or of the next one (from the last on, the first) that can be read
        and that it raises no BadSample for. Raises BadData when too many are broken, or all are."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"sample {index} of {len(self)}")
        for step in range(len(self)):
            place = (index + step) % len(self)
            try:
                record = self._raw(place)
            except BadSample as error:
                self.budget.spend(str(error))
                continue
            try:
                return encode(record)
            except BadSample as error:
                self.budget.spend(f"{self._describe(place)}: {error}")
        raise BadData(f"not one of the {len(self)} samples can be used; the last message tells why the first cannot")

    def fingerprint(self) -> str:
        """Hash of the files' names, lengths and sizes: another one means that a resume would read other samples."""
        content = repr((self.names, self.shard_lengths, self._sizes))
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def _raw(self, index: int) -> Record:
        shard = bisect_right(self._ends, index)
        inside = index - (self._ends[shard - 1] if shard else 0)
        if shard in self._open:
            self._open.move_to_end(shard)
        else:
            # First make room: two files too many at once may be more than there is memory for.
            while len(self._open) >= self._window:
                self._open.popitem(last=False)
            self._open[shard] = self._open_shard(shard)
        return self._open[shard][inside]

    def _describe(self, index: int) -> str:
        shard = bisect_right(self._ends, index)
        return f"{self.names[shard]}: record {index - (self._ends[shard - 1] if shard else 0) + 1}"


def open_dataset(data: Data, location: str, seconds: float = 120.0) -> Dataset:
    """The samples at a location, in the format and with the limits of `data`. The store may be away for `seconds`.

    Every file is looked into once, for the number of its samples: of Parquet only the footer, of other formats all of it.
    Raises BadData when there are none, or too many files are broken; StorageAway.
    """
    try:
        files = patiently(lambda: list_files(location), seconds, f"listing {location}")
    except PermissionError as error:
        raise forbidden(location, error) from error
    if not files:
        raise BadData(f"{location} holds no files (names with a leading . or _ do not count)")
    kind = FORMATS[data.format]
    budget = Budget(data.max_bad_samples)

    def length(file: tuple[str, int]) -> int | BadSample:
        try:
            return len(kind(*file, seconds))
        except BadSample as error:
            return error

    with ThreadPoolExecutor(OPENED_AT_ONCE) as pool:
        lengths = list(pool.map(length, files))
    good: list[tuple[str, int]] = []
    for file, count in zip(files, lengths, strict=True):
        if isinstance(count, BadSample):
            budget.spend(str(count))
        elif count:
            good.append(file)
    if not good:
        raise BadData(f"{location} holds {len(files)} files of the format {data.format}, but not one sample")
    return Dataset(
        [name for name, _ in good],
        [count for count in lengths if isinstance(count, int) and count],
        lambda shard: kind(*good[shard], seconds),
        data.shuffle_window,
        budget,
        [size for _, size in good],
    )

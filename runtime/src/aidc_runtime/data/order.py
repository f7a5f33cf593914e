"""In which order samples come: a pure function of seed, epoch and position. Nothing is stored, and nothing depends on how
many processes there are, so a run goes on exactly where it was, on any number of them."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

MASK = 2**64 - 1
ROUNDS = 6


def mix(value: int) -> int:
    """64 well-stirred bits of a number (the finalizer of splitmix64). Not the `random` module or numpy: their streams may
    change with their versions, and a resume would then read other samples."""
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


class Permutation:
    """A shuffle of the numbers below `size` that needs no memory: a Feistel network over the next power of four, walked
    until the result is below `size`."""

    def __init__(self, size: int, *key: int) -> None:
        self.size = size
        self._half = max(1, ((size - 1).bit_length() + 1) // 2)
        state = 0
        for part in key:
            state = mix(state ^ mix(part))
        self._keys = [mix(state + turn) for turn in range(ROUNDS)]

    def __call__(self, index: int) -> int:
        """Where number `index` goes."""
        half, mask = self._half, (1 << self._half) - 1
        while True:
            left, right = index >> half, index & mask
            for key in self._keys:
                left, right = right, left ^ (mix(right ^ key) & mask)
            index = left << half | right
            if index < self.size:
                return index


class SampleOrder:
    """The endless sequence of samples. Each epoch holds every sample once.

    With `shuffle`, files are shuffled anew for each epoch, and samples inside windows of `window` files that follow each
    other: only so many files need be open at once. Without, samples come as they lie in the files.
    """

    def __init__(self, seed: int, shard_lengths: Sequence[int], shuffle: bool, window: int) -> None:
        """`shard_lengths`: samples of each file, in the order of the files."""
        if sum(shard_lengths) == 0:
            raise ValueError("an order of no samples")
        self.seed = seed
        self.shuffle = shuffle
        self.window = window
        self.length = sum(shard_lengths)
        self._lengths = list(shard_lengths)
        self._starts = [0, *accumulate(self._lengths)]
        # The epoch that is read, and the next one, which prefetching begins with.
        self._epoch = lru_cache(maxsize=2)(self._lay_out)

    def sample(self, global_index: int) -> int:
        """Index in the dataset of the sample at position `global_index` (0, 1, ...) of the run."""
        epoch, position = divmod(global_index, self.length)
        if not self.shuffle:
            return position
        files, ends, mixed = self._epoch(epoch)
        first = bisect_right(ends, position) // self.window * self.window
        begin = ends[first - 1] if first else 0
        place = begin + mixed[first // self.window](position - begin)
        which = bisect_right(ends, place)
        inside = place - (ends[which - 1] if which else 0)
        return self._starts[files[which]] + inside

    def _lay_out(self, epoch: int) -> tuple[list[int], list[int], list[Permutation]]:
        """Of an epoch: its order of files, the position where each ends, and the shuffle of each window."""
        place = Permutation(len(self._lengths), self.seed, epoch, 0)
        files = [place(index) for index in range(len(self._lengths))]
        ends = list(accumulate(self._lengths[file] for file in files))
        mixed = []
        for first in range(0, len(files), self.window):
            begin = ends[first - 1] if first else 0
            size = ends[min(first + self.window, len(ends)) - 1] - begin
            mixed.append(Permutation(size, self.seed, epoch, 1 + first))
        return files, ends, mixed

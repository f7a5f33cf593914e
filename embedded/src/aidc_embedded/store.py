"""State of the added APIs. In memory only; moto keeps its own."""

import threading
from collections import Counter
from typing import Any

Table = dict[Any, Any]


class Store:
    """Tables of records, one per account, region and kind ("eks.addon", "ec2.placement-group", ...).

    `lock` is held by the dispatcher for the whole of an added operation, so handlers read and write tables
    without thinking about threads.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._tables: dict[tuple[str, str, str], Table] = {}

    def table(self, account: str, region: str, kind: str) -> Table:
        with self.lock:
            return self._tables.setdefault((account, region, kind), {})

    def counts(self) -> dict[str, int]:
        """How many records of each kind exist, over all accounts and regions."""
        with self.lock:
            total: Counter[str] = Counter()
            for (_, _, kind), table in self._tables.items():
                total[kind] += len(table)
            return dict(sorted(total.items()))

    def reset(self) -> None:
        with self.lock:
            self._tables.clear()

"""The HTTP server of a pod: `/metrics` for Prometheus, `/healthz` for the kubelet."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from .catalogue import BASE_LABELS, BY_NAME, RESTART_REASONS

Health = Callable[[], tuple[bool, dict[str, Any]]]
"""Whether the pod is healthy, and JSON data about it."""


class Collector(Protocol):
    """What prometheus_client can serve."""

    def collect(self) -> Iterable[Any]: ...


class MetricsServer:
    """Serves in threads of its own until `close`."""

    def __init__(self, address: str, port: int, collectors: Callable[[], Iterable[Any]], health: Health) -> None:
        """`port` 0: any free one. `collectors`: gives the metrics at each request. Raises OSError if the port is taken."""
        self._server = ThreadingHTTPServer((address, port), _handler(collectors, health))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(collectors: Callable[[], Iterable[Any]], health: Health) -> type[BaseHTTPRequestHandler]:
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest(_Several(collectors())))
            elif path == "/healthz":
                well, facts = health()
                self._answer(200 if well else 503, "application/json", json.dumps(facts).encode())
            else:
                self._answer(404, "text/plain", b"/metrics or /healthz\n")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are not logged: probes come every few seconds."""

    return Handler


class _Several:
    def __init__(self, collectors: Iterable[Collector]) -> None:
        self._collectors = list(collectors)

    def collect(self) -> Iterator[Any]:
        for collector in self._collectors:
            yield from collector.collect()


class Restarts:
    """Counts restarts, in the launcher: it outlives the processes that it restarts."""

    def __init__(self, labels: dict[str, str]) -> None:
        self._labels = [labels[name] for name in BASE_LABELS]
        self.counts: Counter[str] = Counter()

    def add(self, reason: str) -> None:
        self.counts[reason] += 1

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily

        metric = BY_NAME["restarts_total"]
        family = CounterMetricFamily(metric.full_name, metric.help, labels=(*BASE_LABELS, *metric.labels))
        for reason in RESTART_REASONS:  # also those that are 0: an alert on a rate needs a first value
            family.add_metric([*self._labels, reason], self.counts[reason])
        yield family


class Processes:
    """Metrics that processes of this pod left in the folder of prometheus_client's multiprocess mode, also dead ones."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Any]:
        from prometheus_client.multiprocess import MultiProcessCollector

        return MultiProcessCollector(None, path=self._folder).collect()


def last_value(collector: Collector, name: str) -> float | None:
    """Newest value of a gauge, whatever its labels; None: it was never set."""
    full = BY_NAME[name].full_name
    values = [sample.value for family in collector.collect() for sample in family.samples if sample.name == full]
    return max((value for value in values if value > 0), default=None)


def progress_health(
    collector: Collector, hang_seconds: float, started: Callable[[], float], clock: Callable[[], float] = time.time
) -> Health:
    """Well as long as the last progress, or the last start of the processes (Unix time), is not older than `hang_seconds`."""

    def health() -> tuple[bool, dict[str, Any]]:
        last = last_value(collector, "last_progress_timestamp_seconds")
        age = clock() - max(last or 0.0, started())
        facts = {"status": "ok" if age <= hang_seconds else "no progress", "seconds_since_progress": round(age, 1)}
        return age <= hang_seconds, facts | {"hang_seconds": hang_seconds}

    return health

"""The metrics of the catalogue as objects of prometheus_client, with the base labels filled in."""

from collections.abc import Mapping
from typing import Any

from .catalogue import BASE_LABELS, BUCKETS, METRICS, Metric


class Instruments:
    """Metrics of one process. Those outside its scopes exist nowhere, and setting them does nothing.

    With PROMETHEUS_MULTIPROC_DIR set, prometheus_client keeps values in files of that folder, one set per process; it looks
    at the variable once, when it is first imported. Counters add up over files, so they survive the process. Gauges of
    the run are of the mode `livemostrecent`: they end with the process (the launcher calls `mark_process_dead`),
    else a node would go on telling a loss after rank 0 moved elsewhere. Those of the node stay, for its health.
    """

    def __init__(self, labels: Mapping[str, str], run: bool, node: bool) -> None:
        self._labels = {name: labels[name] for name in BASE_LABELS}
        self._parents: dict[str, Any] = {}
        self._children: dict[tuple[str, ...], Any] = {}
        self.registry: Any = None
        """Of prometheus_client; None where nothing is told."""
        if run or node:
            import prometheus_client

            prometheus_client.disable_created_metrics()
            self.registry = prometheus_client.CollectorRegistry()
            wanted = [metric for metric in METRICS if (run if metric.scope == "run" else node)]
            # The launcher counts restarts: it outlives the processes.
            self._parents = {metric.name: self._make(metric) for metric in wanted if metric.name != "restarts_total"}

    def _make(self, metric: Metric) -> Any:
        import prometheus_client as prometheus

        arguments = (metric.full_name, metric.help, (*BASE_LABELS, *metric.labels))
        if metric.kind == "counter":
            return prometheus.Counter(*arguments, registry=self.registry)
        if metric.kind == "histogram":
            return prometheus.Histogram(*arguments, registry=self.registry, buckets=BUCKETS)
        mode: Any = "livemostrecent" if metric.scope == "run" else "mostrecent"
        return prometheus.Gauge(*arguments, registry=self.registry, multiprocess_mode=mode)

    def _child(self, name: str, labels: Mapping[str, str]) -> Any:
        key = (name, *labels.values())
        if key not in self._children:
            parent = self._parents.get(name)
            self._children[key] = None if parent is None else parent.labels(**self._labels, **labels)
        return self._children[key]

    def set(self, name: str, value: float | None, **labels: str) -> None:
        """Set a gauge; None leaves it as it is."""
        child = self._child(name, labels)
        if child is not None and value is not None:
            child.set(value)

    def add(self, name: str, value: float, **labels: str) -> None:
        """Raise a counter."""
        child = self._child(name, labels)
        if child is not None:
            child.inc(value)

    def observe(self, name: str, value: float) -> None:
        """Add a value to a histogram."""
        child = self._child(name, {})
        if child is not None:
            child.observe(value)

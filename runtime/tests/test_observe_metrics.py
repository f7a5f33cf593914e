"""The catalogue of metrics, their exposition over processes, and the server."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from aidc_runtime.observe.catalogue import BASE_LABELS, METRICS, PHASES, PREFIX, as_json
from aidc_runtime.observe.instruments import Instruments
from aidc_runtime.observe.server import MetricsServer, Processes, Restarts, last_value, progress_health

LABELS = {"run": "r", "task": "t", "node": "n"}
SOURCE = str(Path(__file__).parents[1] / "src")


def test_names_follow_the_rules_of_prometheus():
    names = [metric.full_name for metric in METRICS]
    assert len(set(names)) == len(names)
    for metric in METRICS:
        assert re.fullmatch(r"train_[a-z][a-z0-9_]*", metric.full_name)
        assert metric.full_name.endswith("_total") == (metric.kind == "counter"), metric.name
        if metric.unit and not metric.name.endswith("_per_token"):
            assert metric.unit in metric.name, metric.name
        assert not set(metric.labels) & set(BASE_LABELS)


def test_the_table_is_json_and_needs_no_heavy_module():
    code = "import json, sys; from aidc_runtime.observe.catalogue import as_json; print(json.dumps(as_json()));"
    code += "sys.exit(any(name in sys.modules for name in ('torch', 'prometheus_client', 'pydantic')))"
    out = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": SOURCE}, capture_output=True)
    assert out.returncode == 0, out.stderr
    assert json.loads(out.stdout) == as_json()
    phases = next(row for row in as_json()["metrics"] if row["name"] == PREFIX + "phase_seconds_total")
    assert (phases["kind"], phases["labels"]) == ("counter", ["phase"])
    assert "compute" in PHASES


WRITER = """
import os, sys
from aidc_runtime.observe.instruments import Instruments
metrics = Instruments({"run": "r", "task": "t", "node": "n"}, run=sys.argv[1] == "0", node=True)
metrics.add("steps_total", 3)
metrics.set("loss", float(sys.argv[2]))
metrics.set("last_step_timestamp_seconds", float(sys.argv[3]))
metrics.observe("step_seconds", 0.2)
os.kill(os.getpid(), 9) if sys.argv[4:] else None
print(os.getpid())
"""


def write(folder: Path, *arguments: str) -> int:
    """A process that sets some metrics and ends; its id."""
    environment = os.environ | {"PYTHONPATH": SOURCE, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    worker = subprocess.Popen([sys.executable, "-c", WRITER, *arguments], env=environment)
    worker.wait()
    return worker.pid


def values(folder: Path) -> dict[str, float]:
    return {sample.name: sample.value for family in Processes(str(folder)).collect() for sample in family.samples}


def test_counters_survive_a_killed_process_and_gauges_of_the_run_do_not(tmp_path):
    from prometheus_client.multiprocess import mark_process_dead

    first = write(tmp_path, "0", "9.5", "100", "kill")
    assert values(tmp_path)["train_loss"] == 9.5
    mark_process_dead(first, str(tmp_path))
    assert "train_loss" not in values(tmp_path)
    assert values(tmp_path)["train_last_step_timestamp_seconds"] == 100
    write(tmp_path, "0", "1.5", "200")
    now = values(tmp_path)
    assert (now["train_steps_total"], now["train_step_seconds_count"], now["train_loss"]) == (6, 2, 1.5)
    assert last_value(Processes(str(tmp_path)), "last_step_timestamp_seconds") == 200


def test_only_rank_0_tells_of_the_run(tmp_path):
    write(tmp_path, "1", "9.5", "100")
    now = values(tmp_path)
    assert "train_steps_total" not in now
    assert now["train_last_step_timestamp_seconds"] == 100


def test_a_process_that_tells_nothing_needs_no_client():
    metrics = Instruments(LABELS, run=False, node=False)
    metrics.add("steps_total", 1)
    metrics.set("loss", 1.0)
    metrics.observe("step_seconds", 1.0)
    assert metrics.registry is None


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture
def served():
    metrics = Instruments(LABELS, run=True, node=True)
    restarts = Restarts(LABELS)
    now = [1000.0]
    health = progress_health(metrics.registry, 60, lambda: 990.0, lambda: now[0])
    server = MetricsServer("127.0.0.1", 0, lambda: [metrics.registry, restarts], health)
    yield metrics, restarts, server.port, now
    server.close()


def test_metrics_are_served_with_their_labels(served):
    metrics, restarts, port, _ = served
    metrics.add("phase_seconds_total", 2.5, phase="compute")
    metrics.set("eval_score", 0.5, metric="f1")
    restarts.add("storage")
    status, text = get(port, "/metrics")
    assert status == 200
    assert 'train_phase_seconds_total{node="n",phase="compute",run="r",task="t"} 2.5' in text
    assert 'train_eval_score{metric="f1",node="n",run="r",task="t"} 0.5' in text
    assert 'train_restarts_total{node="n",reason="storage",run="r",task="t"} 1.0' in text
    assert 'train_restarts_total{node="n",reason="crashed",run="r",task="t"} 0.0' in text
    assert "_created" not in text
    assert get(port, "/elsewhere")[0] == 404


def test_health_ends_when_there_is_no_progress(served):
    metrics, _, port, now = served
    assert get(port, "/healthz")[0] == 200  # just started
    now[0] = 1051
    status, text = get(port, "/healthz")
    assert (status, json.loads(text)["status"]) == (503, "no progress")
    metrics.set("last_progress_timestamp_seconds", 1050)
    assert get(port, "/healthz")[0] == 200
    now[0] = 1111
    assert get(port, "/healthz")[0] == 503


def test_a_taken_port_is_an_error(served):
    with pytest.raises(OSError, match="in use"):
        MetricsServer("127.0.0.1", served[2], lambda: [], lambda: (True, {}))

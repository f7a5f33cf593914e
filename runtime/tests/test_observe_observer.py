"""What the loop tells, and where it arrives: metrics, log, ledger and curves."""

import io
import json
import logging
import sys
import types
from pathlib import Path

import pytest

from aidc_runtime.config.load import parse_spec
from aidc_runtime.exit_codes import BadSpec
from aidc_runtime.observe import logs
from aidc_runtime.observe.energy import EnergyMeter
from aidc_runtime.observe.ledger import Ledger, Past, lost_steps
from aidc_runtime.observe.observer import Observer, Place, StepFacts
from aidc_runtime.observe.phases import PhaseClock, process_age


class Folder:
    """A store of local files, as `aidc_runtime.data.locations`; may be away."""

    away = False

    def _check(self):
        if self.away:
            raise ConnectionError("no route to the store")

    def list_files(self, location):
        self._check()
        if not Path(location).exists():
            raise FileNotFoundError(location)
        return [(str(file), file.stat().st_size) for file in sorted(Path(location).iterdir())]

    def read_bytes(self, location):
        self._check()
        return Path(location).read_bytes()

    def write_bytes(self, location, data):
        self._check()
        Path(location).parent.mkdir(parents=True, exist_ok=True)
        Path(location).write_bytes(data)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def spec_of(output="/nowhere", precision="bf16", **observe):
    return parse_spec(
        json.dumps(
            {
                "version": 1,
                "run": {"id": "seen", "output": str(output)},
                "task": {"name": "causal_lm"},
                "model": {"config": {"model_type": "llama"}},
                "data": {"train": "/nowhere", "format": "text"},
                "train": {"steps": 100, "global_batch": 8, "precision": precision},
                "observe": {"port": 0, "address": "127.0.0.1", "log_every": 2} | observe,
            }
        )
    )


def facts(step, **changes):
    defaults = {"loss": 2.0, "grad_norm": 1.0, "tokens": 1000, "samples": 8, "seconds": 0.5}
    return StepFacts(step=step, **defaults | {"learning_rate": 0.1, "world_size": 2} | changes)


def value(observer, name, **labels):
    labels = {"run": "seen", "task": "causal_lm", "node": "node-a"} | labels
    return observer._metrics.registry.get_sample_value(f"train_{name}", labels)


@pytest.fixture(autouse=True)
def on_a_node(monkeypatch):
    monkeypatch.setenv("AIDC_NODE", "node-a")
    monkeypatch.delenv("AIDC_OUTCOME_DIR", raising=False)
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    yield
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if getattr(handler, "_aidc", False)]:
        root.removeHandler(handler)


def test_a_step_sets_the_metrics():
    beats = []
    observer = Observer(spec_of(), Place(world_size=2), beat=lambda: beats.append(1), clock=Clock())
    observer.describe(flops_per_token=1e9, device="NVIDIA A100-SXM4-80GB", uuids=[])
    for step in (1, 2):
        observer.step(facts(step, peak_memory=77))
    assert value(observer, "steps_total") == 2
    assert value(observer, "tokens_total") == 2000
    assert value(observer, "samples_total") == 16
    assert value(observer, "loss") == 2.0
    assert value(observer, "tokens_per_second_per_device") == 1000
    assert value(observer, "model_flops_per_second") == 1e12
    assert value(observer, "mfu_ratio") == pytest.approx(1 / 312)
    assert value(observer, "step_seconds_count") == 2
    assert value(observer, "last_step_timestamp_seconds") == 1000
    assert value(observer, "peak_memory_bytes") == 77
    assert len(beats) >= 2


def test_no_mfu_for_fp8_and_unknown_devices():
    for precision, device in (("fp8", "NVIDIA H100 80GB HBM3"), ("bf16", "cpu")):
        observer = Observer(spec_of(precision=precision), Place(world_size=2))
        observer.describe(1e9, device, [])
        observer.step(facts(1))
        assert value(observer, "mfu_ratio") in (None, 0)
        assert value(observer, "model_flops_per_second") == 1e12


def test_other_ranks_are_silent(capsys):
    observer = Observer(spec_of(), Place(rank=3, local_rank=1, world_size=4, local_world_size=2))
    observer.step(facts(2))
    observer.evaluated(2, {"f1": 0.5})
    assert observer._metrics.registry is None
    second_node = Observer(spec_of(), Place(rank=2, local_rank=0, world_size=4, local_world_size=2))
    second_node.step(facts(2))
    assert value(second_node, "last_step_timestamp_seconds") > 0
    assert value(second_node, "loss") is None
    assert capsys.readouterr().out == ""


def test_log_lines_are_json(capsys):
    observer = Observer(spec_of(), Place())
    observer.step(facts(1))
    observer.step(facts(2, loss=float("nan")))
    observer.warn("the disk is slow", disk="/dev/x")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in lines] == ["step", "the disk is slow"]  # log_every is 2
    assert lines[0]["fields"]["step"] == 2
    assert lines[0]["fields"]["loss"] == "nan"
    assert (lines[1]["level"], lines[1]["rank"], lines[1]["fields"]) == ("warning", 0, {"disk": "/dev/x"})
    assert set(lines[0]) == {"time", "level", "rank", "message", "fields"}


def test_a_terminal_gets_lines_for_people_and_one_of_progress():
    stream = io.StringIO()
    stream.isatty = lambda: True
    terminal = logs.set_up(0, stream)
    terminal.progress("step 1/2")
    logs.event("saved", step=1, loss=0.123456789)
    terminal.progress("")
    assert "saved  step=1  loss=0.12346\n\r\x1b[2Kstep 1/2" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[2K")


def test_phases_account_for_all_time():
    now = [0.0]
    clock = PhaseClock(already=5, clock=lambda: now[0])

    def work(seconds):
        now[0] += seconds

    work(2)
    clock.settle()
    clock.begun = True
    work(1)
    with clock.phase("compute"):
        work(2)
        with clock.phase("data_wait"):
            work(3)
        work(4)
    clock.redoing = True
    with clock.phase("compute"):
        work(7)
    seconds = {name: value for name, value in clock.settle().items() if value}
    assert seconds == {"startup": 7, "idle": 1, "compute": 6, "data_wait": 3, "recompute": 7}
    with pytest.raises(ValueError, match="coffee"), clock.phase("coffee"):
        pass
    assert process_age() > 0


def run_steps(observer, first, last):
    for step in range(first, last + 1):
        with observer.phase("compute"):
            pass
        observer.step(facts(step))


def test_lost_steps_and_recomputation_come_from_the_ledger(tmp_path):
    clock = Clock()
    first = Observer(spec_of(tmp_path), Place(), Folder(), clock=clock)
    assert first.resumed(0) == 0
    run_steps(first, 1, 27)
    first.close("crashed")
    clock.now += 60
    second = Observer(spec_of(tmp_path), Place(), Folder(), clock=clock)
    assert second.resumed(20) == 7
    assert value(second, "lost_steps_total") == 7
    run_steps(second, 21, 27)
    second._tell_phases()
    assert value(second, "recovery_seconds") == 60
    assert value(second, "phase_seconds_total", phase="recompute") > 0
    assert value(second, "phase_seconds_total", phase="compute") is None
    run_steps(second, 28, 28)
    second._tell_phases()
    assert value(second, "phase_seconds_total", phase="compute") > 0
    second.close("done")
    second.close()
    names = sorted(file.name for file in (tmp_path / "seen" / "ledger").iterdir())
    assert names == ["00000.jsonl", "00001.jsonl"]
    events = [json.loads(line)["event"] for line in (tmp_path / "seen/ledger/00001.jsonl").read_text().splitlines()]
    assert events == ["start", "resume", "done"]


def test_after_a_kill_the_node_still_knows_the_last_step(tmp_path, monkeypatch):
    monkeypatch.setenv("AIDC_OUTCOME_DIR", str(tmp_path / "state" / "outcomes"))
    (tmp_path / "state" / "outcomes").mkdir(parents=True)
    killed = Observer(spec_of(tmp_path), Place(), Folder())
    run_steps(killed, 1, 13)  # and no close
    assert Observer(spec_of(tmp_path), Place(), Folder()).resumed(10) == 3


def test_the_ledger_is_written_at_intervals(tmp_path):
    clock, complaints = Clock(), []
    ledger = Ledger(str(tmp_path / "ledger"), Folder(), complaints.append, interval=30, clock=clock)
    ledger.tick(1, {"compute": 1.0})
    assert not (tmp_path / "ledger").exists()
    clock.now += 31
    ledger.tick(2, {"compute": 2.0})
    ledger._busy.join()
    (line,) = (tmp_path / "ledger" / "00000.jsonl").read_text().splitlines()
    assert json.loads(line) == {"time": clock.now, "event": "progress", "step": 2, "phases": {"compute": 2.0}}
    assert not complaints


def test_a_store_that_is_away_costs_lines_and_not_the_run(tmp_path):
    complaints, store = [], Folder()
    store.away = True
    ledger = Ledger(str(tmp_path / "ledger"), store, complaints.append)
    assert ledger.past == Past()
    ledger.close("done", 3, {})
    assert len(complaints) == 2
    assert all("no route to the store" in complaint for complaint in complaints)


def test_a_torn_ledger_file_is_told(tmp_path):
    (tmp_path / "00004.jsonl").write_text('{"step": 5, "time": 1}\n{"step"')
    complaints = []
    ledger = Ledger(str(tmp_path), Folder(), complaints.append)
    assert (ledger.past.starts, ledger.name) == (5, "00005.jsonl")
    assert "00004.jsonl" in complaints[0]


@pytest.mark.parametrize(("reached", "resumed", "lost"), [(27, 20, 7), (20, 20, 0), (5, 20, 0)])
def test_lost_steps(reached, resumed, lost):
    assert lost_steps(Past(step=reached), resumed) == lost


class Nvml:
    def __init__(self, readings):
        self.readings = readings

    def nvmlInit(self):
        pass

    def nvmlDeviceGetHandleByUUID(self, uuid):
        return uuid

    def nvmlDeviceGetTotalEnergyConsumption(self, handle):
        return self.readings[handle].pop(0)  # millijoules


def test_energy_is_the_difference_over_all_devices():
    meter = EnergyMeter(["a", "b"], Nvml({"a": [1000, 4000, 4500], "b": [0, 2000, 2000]}))
    assert [meter.joules(), meter.joules()] == [5.0, 0.5]
    assert meter.joules() is None  # the counter is gone
    assert "no longer" in meter.problem


def test_without_devices_there_is_no_energy():
    assert EnergyMeter([]).joules() is None
    broken = EnergyMeter(["a"], Nvml({}))
    assert broken.joules() is None
    assert "not measured" in broken.problem


def test_energy_by_token_counts_the_nodes_share(monkeypatch):
    observer = Observer(spec_of(), Place(world_size=4, local_world_size=2))
    observer._energy = EnergyMeter(["a"], Nvml({"a": [0, 2_000_000]}))
    observer.step(facts(1, world_size=4))
    observer.step(facts(2, world_size=4))
    assert value(observer, "device_energy_joules_total") == 2000
    assert value(observer, "energy_joules_per_token") == 2.0  # of 2 x 1000 tokens this node had half


def test_curves_go_to_tensorboard(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    observer = Observer(spec_of(tmp_path, tensorboard=str(tmp_path / "curves")), Place(), Folder())
    observer.step(facts(2))
    observer.evaluated(2, {"f1": 0.5, "report": "text"})
    observer.close()
    events = EventAccumulator(str(tmp_path / "curves" / "seen"))
    events.Reload()
    tags = events.Tags()["tensors"]
    assert {"loss", "grad_norm", "tokens_per_second_per_device", "eval/f1"} <= set(tags)
    assert [event.step for event in events.Tensors("loss")] == [2]


def test_curves_go_to_wandb_with_our_steps(tmp_path, monkeypatch):
    calls = []

    class Run:
        def define_metric(self, *arguments, **keywords):
            calls.append(("define", arguments, keywords))

        def log(self, data):
            calls.append(("log", data["step"], data["loss"]))

        def finish(self):
            calls.append(("finish",))

    module = types.ModuleType("wandb")
    module.init = lambda **keywords: calls.append(("init", keywords["project"], keywords["id"])) or Run()
    monkeypatch.setitem(sys.modules, "wandb", module)
    observer = Observer(spec_of(tmp_path, wandb_project="ours"), Place(), Folder())
    observer.step(facts(2))
    observer.close()
    assert calls[0] == ("init", "ours", "seen")
    assert calls[2:] == [("log", 2, 2.0), ("finish",)]


def test_a_missing_package_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(BadSpec, match="wandb in the image"):
        Observer(spec_of(tmp_path, wandb_project="ours"), Place(), Folder())


def test_one_process_serves_itself():
    import urllib.request

    observer = Observer(spec_of(), Place())
    port = observer.serve()
    observer.step(facts(1))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as page:
        assert 'train_loss{node="node-a",run="seen",task="causal_lm"} 2.0' in page.read().decode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as page:
        assert json.load(page)["status"] == "ok"
    observer.close()

"""The torch elastic launcher, with workers that are small scripts: no torch in them, so each case takes a second or two."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from aidc_runtime.config.load import parse_spec
from aidc_runtime.launchers.torch_elastic import TorchElastic

PRELUDE = """
import json, os, signal, sys, time
from pathlib import Path
here = Path(sys.argv[1])
rank, start = int(os.environ["RANK"]), int(os.environ["TORCHELASTIC_RESTART_COUNT"])
(here / f"pid-{start}-{rank}").write_text(str(os.getpid()))

def leave(code, **facts):
    file = Path(os.environ["AIDC_OUTCOME_DIR"]) / f"rank-{rank}.json"
    file.write_text(json.dumps({"code": code} | facts))
    sys.exit(code)

def all_started(count=2):
    while len(list(here.glob(f"pid-{start}-*"))) < count:
        time.sleep(0.01)
"""


def spec_of(**resilience):
    spec = {
        "version": 1,
        "run": {"id": "launched", "output": "/nowhere"},
        "task": {"name": "causal_lm"},
        "model": {"config": {"model_type": "llama"}},
        "data": {"train": "/nowhere", "format": "text"},
        "train": {"steps": 1, "global_batch": 1},
        "observe": {"port": 0, "address": "127.0.0.1"},
        "resilience": {"max_restarts": 0, "save_seconds": 20} | resilience,
    }
    return parse_spec(json.dumps(spec))


def command_of(folder: Path, body: str) -> list[str]:
    script = folder / "worker.py"
    script.write_text(PRELUDE + textwrap.dedent(body))
    return [sys.executable, str(script), str(folder)]


@pytest.fixture
def launch(tmp_path, monkeypatch):
    """Launches two workers with the given body in this process, and returns the exit code."""
    monkeypatch.setenv("PET_NPROC_PER_NODE", "2")
    monkeypatch.setenv("AIDC_TERMINATION_LOG", str(tmp_path / "termination"))
    for name in ("PET_NNODES", "PET_RDZV_ENDPOINT", "PET_MASTER_ADDR"):
        monkeypatch.delenv(name, raising=False)
    before = signal.getsignal(signal.SIGTERM), os.environ.get("AIDC_OUTCOME_DIR")

    def run(body: str, **resilience) -> int:
        code = TorchElastic(command_of(tmp_path, body)).launch(spec_of(**resilience), "spec.json")
        assert (signal.getsignal(signal.SIGTERM), os.environ.get("AIDC_OUTCOME_DIR")) == before
        return code

    yield run
    assert wait_until(lambda: not alive(tmp_path)), "processes were left behind"


def alive(folder: Path) -> list[int]:
    """Processes that workers noted and that still run."""
    pids = [int(text) for file in folder.glob("pid-*") if (text := file.read_text())]
    return [pid for pid in pids if running(pid)]


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(true, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def once(true, then) -> threading.Thread:
    """Do something in a thread as soon as a condition holds."""
    thread = threading.Thread(target=lambda: wait_until(true) and then(), daemon=True)
    thread.start()
    return thread


def termination(folder: Path) -> dict:
    return json.loads((folder / "termination").read_text())


def starts(folder: Path, rank: int = 0) -> int:
    return len(list(folder.glob(f"pid-*-{rank}")))


def test_all_end_well(launch, tmp_path):
    body = """
    (here / f"env-{rank}").write_text(json.dumps(dict(os.environ)))
    """
    assert launch(body) == 0
    environment = json.loads((tmp_path / "env-1").read_text())
    assert environment["TORCH_DISABLE_SHARE_RDZV_TCP_STORE"] == "1"
    assert (environment["WORLD_SIZE"], environment["LOCAL_RANK"]) == ("2", "1")
    assert environment["AIDC_SPEC"] == "spec.json"
    assert termination(tmp_path)["code"] == 0


def test_a_killed_worker_is_started_again_and_counted(launch, tmp_path, capsys):
    body = """
    all_started()
    if start == 0:
        if rank == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(300)
    while not (here / "scraped").exists():
        time.sleep(0.01)
    """
    pages = []

    def scrape():
        port = re.search(r'"port": (\d+)', capsys.readouterr().out).group(1)
        pages.append(urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode())
        (tmp_path / "scraped").touch()

    once(lambda: starts(tmp_path, 1) == 2, scrape)
    assert launch(body, max_restarts=2) == 0
    assert starts(tmp_path) == 2
    assert re.search(r'train_restarts_total\{.*reason="crashed".*run="launched".*\} 1.0', pages[0])


def test_sigterm_reaches_the_workers_who_save(launch, tmp_path):
    body = """
    signal.signal(signal.SIGTERM, lambda *_: leave(75, reason="signal", step=7, checkpoint="step-00000007"))
    all_started()
    (here / f"ready-{rank}").touch()
    time.sleep(300)
    """
    once(lambda: len(list(tmp_path.glob("ready-*"))) == 2, lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert launch(body, max_restarts=3) == 75
    assert starts(tmp_path) == 1
    said = termination(tmp_path)
    assert (said["code"], said["reason"], said["step"], said["checkpoint"]) == (75, "signal", 7, "step-00000007")


def test_those_who_save_longer_are_not_killed(launch, tmp_path):
    """Rank 0 commits the checkpoint last: torch alone would kill it once rank 1 has left."""
    body = """
    told = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(1))
    all_started()
    if rank == 1:
        leave(75, reason="deadline")
    time.sleep(1)
    (here / "committed").write_text(str(len(told)))
    leave(75, reason="deadline", checkpoint="step-1")
    """
    assert launch(body, max_restarts=3) == 75
    assert (tmp_path / "committed").read_text() == "0"
    assert starts(tmp_path) == 1


def test_bad_data_ends_all_without_a_restart(launch, tmp_path):
    body = """
    all_started()
    if rank == 1:
        leave(65, message="shard-3 is torn")
    time.sleep(300)
    """
    assert launch(body, max_restarts=3) == 65
    assert starts(tmp_path) == 1
    assert termination(tmp_path)["message"] == "shard-3 is torn"


def test_a_bare_final_exit_code_counts_too(launch, tmp_path):
    assert launch("sys.exit(64)", max_restarts=3) == 64
    assert starts(tmp_path) == 1


def test_who_always_crashes_ends_with_70(launch, tmp_path):
    assert launch("raise SystemExit(1)", max_restarts=1) == 70
    assert starts(tmp_path) == 2


@pytest.mark.parametrize("code", [69, 74])
def test_the_last_outcome_names_the_code(launch, tmp_path, code):
    assert launch(f"leave({code}, message='why')", max_restarts=0) == code
    assert termination(tmp_path)["message"] == "why"


def test_who_does_not_save_in_time_is_killed(launch, tmp_path):
    body = """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    all_started()
    (here / f"ready-{rank}").touch()
    time.sleep(300)
    """
    once(lambda: len(list(tmp_path.glob("ready-*"))) == 2, lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert launch(body, max_restarts=3, save_seconds=1) == 70
    assert starts(tmp_path) == 1


def test_children_of_a_killed_worker_do_not_stay(launch, tmp_path):
    body = """
    import subprocess
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    (here / f"pid-child-{rank}").write_text(str(child.pid))
    all_started()
    os.kill(os.getpid(), signal.SIGKILL)
    """
    assert launch(body) == 70


def test_a_bad_node_count_is_a_bad_spec(launch, monkeypatch, tmp_path):
    monkeypatch.setenv("PET_NNODES", "two")
    assert launch("") == 64
    assert "PET_NNODES is 'two'" in termination(tmp_path)["message"]


LAUNCH = """
import sys
sys.path.insert(0, sys.argv[1])
from aidc_runtime.config import load_spec
from aidc_runtime.launchers.torch_elastic import TorchElastic
sys.exit(TorchElastic(sys.argv[3:]).launch(load_spec(sys.argv[2]), sys.argv[2]))
"""


def start_launcher(folder: Path, body: str, environment: dict[str, str], **resilience) -> subprocess.Popen:
    """A launcher in a process of its own."""
    folder.mkdir(exist_ok=True)
    (folder / "spec.json").write_text(spec_of(**resilience).model_dump_json())
    source = str(Path(__file__).parents[1] / "src")
    command = [sys.executable, "-c", LAUNCH, source, str(folder / "spec.json"), *command_of(folder, body)]
    return subprocess.Popen(command, env=os.environ | environment, start_new_session=True)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 75), (signal.SIGKILL, -signal.SIGKILL)])
def test_no_process_stays_behind(tmp_path, number, code):
    body = """
    signal.signal(signal.SIGTERM, lambda *_: leave(75, reason="signal"))
    all_started()
    (here / f"ready-{rank}").touch()
    time.sleep(300)
    """
    launcher = start_launcher(tmp_path, body, {"PET_NPROC_PER_NODE": "2"})
    try:
        assert wait_until(lambda: len(list(tmp_path.glob("ready-*"))) == 2)
        launcher.send_signal(number)
        assert launcher.wait(60) == code
    finally:
        launcher.kill()
        launcher.wait()
    assert wait_until(lambda: not alive(tmp_path), 10)


def free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def two_nodes(tmp_path: Path, body: str, nnodes: str, **resilience) -> list[subprocess.Popen]:
    endpoint = f"127.0.0.1:{free_port()}"
    shared = {
        "PET_NPROC_PER_NODE": "1",
        "PET_NNODES": nnodes,
        "PET_RDZV_ENDPOINT": endpoint,
        "PET_LOCAL_ADDR": "127.0.0.1",
    }
    return [
        start_launcher(tmp_path / f"node-{node}", body, shared | {"PET_NODE_RANK": str(node)}, **resilience)
        for node in range(2)
    ]


def stop(launchers: list[subprocess.Popen]) -> None:
    for launcher in launchers:
        launcher.kill()
        launcher.wait()


def test_a_final_outcome_on_one_node_ends_the_other(tmp_path):
    body = """
    if rank == 1:
        leave(65, message="torn")
    time.sleep(1)
    sys.exit(1)  # as a process whose peer is gone
    """
    launchers = two_nodes(tmp_path, body, "2", max_restarts=5)
    try:
        assert [launcher.wait(120) for launcher in launchers] == [65, 65]
    finally:
        stop(launchers)


def test_a_node_may_leave_an_elastic_run(tmp_path):
    """The node that is told to leave exits with 75; the other goes on alone, without a counted restart."""
    body = """
    if os.environ["WORLD_SIZE"] == "2":
        def save(*_):
            (here.parent / "told").touch()
        signal.signal(signal.SIGTERM, save)
        (here / "together").touch()
        while not (here.parent / "told").exists():  # as if agreed by an all-reduce
            time.sleep(0.02)
        leave(75, reason="signal")
    (here / "alone").touch()
    """
    launchers = two_nodes(tmp_path, body, "1:2", max_restarts=0)
    try:
        assert wait_until(lambda: len(list(tmp_path.glob("node-*/together"))) == 2)
        launchers[1].send_signal(signal.SIGTERM)
        assert launchers[1].wait(120) == 75
        assert launchers[0].wait(120) == 0
        assert (tmp_path / "node-0" / "alone").exists()
    finally:
        stop(launchers)

"""Which launcher, and who takes part."""

import json
import os
import socket
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from aidc_runtime.config.load import parse_spec
from aidc_runtime.exit_codes import BadSpec, FabricBroken
from aidc_runtime.launchers import launcher
from aidc_runtime.launchers.launcher import Launcher, find_launcher
from aidc_runtime.launchers.nodes import Nodes, nodes_of, option, wait_for


class Plain(Launcher):
    """A launcher from outside."""

    def launch(self, spec, spec_path):
        return 42


def install(monkeypatch, **places):
    points = EntryPoints(EntryPoint(name, value, launcher.GROUP) for name, value in places.items())
    monkeypatch.setattr(launcher, "entry_points", lambda group: points)


def test_the_torch_launcher_needs_no_installation(monkeypatch):
    install(monkeypatch)
    assert type(find_launcher("torch")).__name__ == "TorchElastic"


def test_an_installed_launcher_is_found(monkeypatch):
    monkeypatch.setitem(sys.modules, "outside", sys.modules[__name__])
    install(monkeypatch, plain="outside:Plain")
    assert find_launcher("plain").launch(None, "") == 42


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("outside:Missing", "cannot be loaded"),
        ("nowhere.at.all:X", "cannot be loaded"),
        ("json:JSONDecoder", "no subclass"),
    ],
)
def test_a_broken_launcher_is_a_bad_spec(monkeypatch, place, words):
    monkeypatch.setitem(sys.modules, "outside", sys.modules[__name__])
    install(monkeypatch, broken=place)
    with pytest.raises(BadSpec, match=words):
        find_launcher("broken")


def test_an_unknown_name_lists_the_known_ones(monkeypatch):
    install(monkeypatch, plain="outside:Plain")
    with pytest.raises(BadSpec, match="'ray', but the image has only plain, torch"):
        find_launcher("ray")


def spec_of(options=None, **resilience):
    return parse_spec(
        json.dumps(
            {
                "version": 1,
                "run": {"id": "r", "output": "/o"},
                "task": {"name": "causal_lm"},
                "model": {"config": {"model_type": "llama"}},
                "data": {"train": "/d", "format": "text"},
                "train": {"steps": 1, "global_batch": 1},
                "resilience": resilience,
                "launcher": {"options": options or {}},
            }
        )
    )


def test_one_node_meets_itself():
    assert nodes_of(spec_of(), lambda: 0, {}) == Nodes(1, 1, 1, "localhost:0", True, "r")
    assert nodes_of(spec_of(), lambda: 8, {"PET_NPROC_PER_NODE": "gpu"}).processes == 8


def test_the_pods_environment_goes_before_the_spec():
    environment = {
        "PET_NNODES": "2:4",
        "PET_NPROC_PER_NODE": "8",
        "PET_NODE_RANK": "1",
        "PET_RDZV_ENDPOINT": "job-0.job:29500",
        "PET_RDZV_ID": "r-2",
    }
    found = nodes_of(spec_of(min_nodes=3, max_nodes=3), lambda: 1, environment)
    assert found == Nodes(2, 4, 8, "job-0.job:29500", False, "r-2")


def test_the_specs_nodes_and_kubeflows_address():
    found = nodes_of(spec_of(min_nodes=1, max_nodes=3), lambda: 1, {"PET_MASTER_ADDR": "head", "PET_NODE_RANK": "0"})
    assert (found.least, found.most, found.endpoint, found.hosts) == (1, 3, "head:29500", True)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PET_NNODES": "2"}, "PET_RDZV_ENDPOINT"),
        ({"PET_NNODES": "4:2"}, "least"),
        ({"PET_NNODES": "0"}, "PET_NNODES is '0'"),
        ({"PET_NPROC_PER_NODE": "all"}, "PET_NPROC_PER_NODE is 'all'"),
    ],
)
def test_what_cannot_be_is_refused(environment, words):
    with pytest.raises(BadSpec, match=words):
        nodes_of(spec_of(), lambda: 1, environment)


def test_options():
    assert option(spec_of(), "join_seconds") == 600
    assert option(spec_of({"join_seconds": 5}), "join_seconds") == 5
    with pytest.raises(BadSpec, match="join_second;"):
        option(spec_of({"join_second": 5}), "join_seconds")
    with pytest.raises(BadSpec, match="True"):
        option(spec_of({"join_seconds": True}), "join_seconds")


def test_waiting_for_the_first_pod():
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"127.0.0.1:{server.getsockname()[1]}"
        wait_for(endpoint, 5)
    with pytest.raises(FabricBroken, match="nobody listens"):
        wait_for(endpoint, 0)


def test_a_child_whose_parent_is_gone_does_not_start():
    from aidc_runtime.launchers import child

    out = subprocess.run([sys.executable, child.__file__, "1", "echo", "started"], capture_output=True, text=True)
    assert (out.returncode, out.stdout) == (1, "") or os.getpid() == 1


def test_looking_one_up_needs_no_torch():
    code = "import sys; from aidc_runtime.launchers.launcher import find_launcher; find_launcher('torch');"
    code += "sys.exit('torch' in sys.modules)"
    source = str(Path(__file__).parents[1] / "src")
    assert subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": source}).returncode == 0

"""The agent of a node, with a metadata service and a Kubernetes API of our own on the loopback interface."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from aidc_runtime.agent.__main__ import UNKNOWN, step
from aidc_runtime.agent.node import CONDITION, TAINT, Node
from aidc_runtime.agent.notices import REBALANCE, SCHEDULED, SPOT, Metadata


class Fake:
    """Both services, and what was asked of them."""

    def __init__(self) -> None:
        self.paths: dict[str, object] = {}
        self.token, self.tokens = "t0", 0
        self.node = {"metadata": {"resourceVersion": "7"}, "spec": {"taints": [{"key": "gpu", "effect": "NoSchedule"}]}}
        self.node["status"] = {"conditions": [{"type": "Ready", "status": "True"}]}
        self.conflict = False
        self.patches: list[tuple[str, str, dict]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self):
                assert self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
                fake.tokens += 1
                self.answer(200, fake.token.encode())

            def do_GET(self):
                if self.path == "/api/v1/nodes/n1":
                    assert self.headers["Authorization"] == "Bearer secret"
                    return self.answer(200, json.dumps(fake.node).encode())
                if self.headers["X-aws-ec2-metadata-token"] != fake.token:
                    return self.answer(401)
                data = fake.paths.get(self.path.removeprefix("/latest/meta-data/"))
                return self.answer(404) if data is None else self.answer(200, json.dumps(data).encode())

            def do_PATCH(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.patches.append((self.path, self.headers["Content-Type"], body))
                if "spec" in body and fake.conflict:
                    fake.conflict = False
                    return self.answer(409)
                if "spec" in body:
                    fake.node["spec"]["taints"] = body["spec"]["taints"]
                else:
                    new = body["status"]["conditions"]
                    kept = [old for old in fake.node["status"]["conditions"] if old["type"] != new[0]["type"]]
                    fake.node["status"]["conditions"] = kept + new
                return self.answer(200, b"{}")

            def answer(self, status, body=b""):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def taint(self):
        return next((taint for taint in self.node["spec"]["taints"] if taint["key"] == TAINT), None)

    def condition(self):
        return next(each for each in self.node["status"]["conditions"] if each["type"] == CONDITION)


@pytest.fixture
def fake():
    fake = Fake()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


@pytest.fixture
def node(fake, tmp_path):
    (tmp_path / "token").write_text("secret")
    return Node("n1", fake.url, tmp_path)


def test_without_a_notice_nothing_is_changed(fake, node):
    assert step(Metadata(fake.url), node, None) is None
    assert fake.patches == []


def test_a_spot_notice_evicts(fake, node):
    fake.paths[SPOT] = {"action": "terminate", "time": "2026-11-25T10:00:00Z"}
    notice = step(Metadata(fake.url), node, None)
    assert notice.urgent
    assert fake.taint() == {"key": TAINT, "value": "SpotInterruption", "effect": "NoExecute"}
    assert (fake.condition()["status"], fake.condition()["reason"]) == ("True", "SpotInterruption")
    assert "10:00:00Z" in fake.condition()["message"]
    assert {"key": "gpu", "effect": "NoSchedule"} in fake.node["spec"]["taints"]
    assert len(fake.node["status"]["conditions"]) == 2
    (status, taint) = fake.patches
    assert status[:2] == ("/api/v1/nodes/n1/status", "application/strategic-merge-patch+json")
    assert taint[2]["metadata"]["resourceVersion"] == "7"


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        (REBALANCE, {"noticeTime": "2026-11-25T10:00:00Z"}, "RebalanceRecommendation"),
        (SCHEDULED, [{"Code": "system-reboot", "NotBefore": "21 Jan 2027", "State": "active"}], "ScheduledEvent"),
    ],
)
def test_other_notices_keep_new_pods_away(fake, node, path, data, reason):
    fake.paths[path] = data
    step(Metadata(fake.url), node, None)
    assert fake.taint() == {"key": TAINT, "value": reason, "effect": "NoSchedule"}


def test_a_withdrawn_event_is_taken_back(fake, node):
    metadata = Metadata(fake.url)
    fake.paths[SCHEDULED] = [{"Code": "system-reboot", "State": "active"}]
    notice = step(metadata, node, None)
    fake.paths[SCHEDULED] = [{"Code": "system-reboot", "State": "canceled"}]
    assert step(metadata, node, notice) is None
    assert fake.taint() is None
    assert fake.condition()["status"] == "False"


def test_what_an_agent_before_left_is_taken_back(fake, node):
    fake.node["spec"]["taints"].append({"key": TAINT, "value": "ScheduledEvent", "effect": "NoSchedule"})
    assert step(Metadata(fake.url), node, UNKNOWN) is None
    assert fake.taint() is None


def test_the_same_notice_is_told_once(fake, node):
    fake.paths[REBALANCE] = {"noticeTime": "x"}
    metadata = Metadata(fake.url)
    notice = step(metadata, node, None)
    count = len(fake.patches)
    assert step(metadata, node, notice) == notice
    assert len(fake.patches) == count


def test_a_conflict_is_tried_again(fake, node, capsys):
    fake.paths[SPOT] = {"action": "terminate"}
    fake.conflict = True
    metadata = Metadata(fake.url)
    assert step(metadata, node, None) is None
    assert "409" in capsys.readouterr().out
    assert fake.taint() is None
    assert step(metadata, node, None).urgent
    assert fake.taint()["effect"] == "NoExecute"


def test_a_token_that_is_over_is_renewed(fake, node):
    metadata = Metadata(fake.url)
    step(metadata, node, None)
    fake.token = "t1"
    fake.paths[SPOT] = {"action": "stop"}
    assert step(metadata, node, None).urgent
    assert fake.tokens == 2


def test_services_that_are_away_are_told(node, capsys):
    assert step(Metadata("http://127.0.0.1:9"), node, None) is None
    assert "refused" in capsys.readouterr().out


def test_it_needs_nothing_but_the_standard_library():
    source = str(Path(__file__).parents[1] / "src")
    code = f"import sys; sys.path.insert(0, {source!r}); import aidc_runtime.agent.__main__"
    assert subprocess.run([sys.executable, "-S", "-E", "-c", code]).returncode == 0

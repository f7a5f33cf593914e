"""The node's object in the Kubernetes API, changed with the pod's service account. Only the standard library."""

import json
import ssl
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .notices import Notice

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
CONDITION = "InstanceInterruption"
TAINT = "aidc/instance-interruption"
TIMEOUT_SECONDS = 10


class Node:
    """Needs `get` and `patch` on `nodes`, and `patch` on `nodes/status`."""

    def __init__(self, name: str, api: str, account: Path = ACCOUNT) -> None:
        """`api`: `https://host:port`. `account`: folder with `token` and `ca.crt`; the kubelet renews the token in it."""
        self._url, self._account = f"{api}/api/v1/nodes/{name}", account
        authority = account / "ca.crt"
        self._context = ssl.create_default_context(cafile=str(authority)) if authority.exists() else None

    def tell(self, notice: Notice) -> None:
        """Set condition and taint. With an urgent notice pods that do not tolerate the taint are evicted: they get SIGTERM, and
        Kubernetes marks them as disrupted. Told again, it changes nothing but the condition's heartbeat."""
        self._set_condition("True", notice.reason, notice.message)
        self._set_taint(
            {"key": TAINT, "value": notice.reason, "effect": "NoExecute" if notice.urgent else "NoSchedule"}
        )

    def clear(self) -> None:
        """Take both back: EC2 may withdraw a scheduled event."""
        self._set_condition("False", "NoNotice", "EC2 announces nothing")
        self._set_taint(None)

    def _set_condition(self, status: str, reason: str, message: str) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        old = self._condition()
        since = old["lastTransitionTime"] if old.get("status") == status else now
        condition = {"type": CONDITION, "status": status, "reason": reason, "message": message}
        condition |= {"lastHeartbeatTime": now, "lastTransitionTime": since}
        # Conditions are merged by their type.
        self._ask("PATCH", "/status", {"status": {"conditions": [condition]}}, "application/strategic-merge-patch+json")

    def _condition(self) -> dict[str, str]:
        conditions = self._ask("GET").get("status", {}).get("conditions", [])
        return next((condition for condition in conditions if condition["type"] == CONDITION), {})

    def _set_taint(self, taint: dict[str, str] | None) -> None:
        node = self._ask("GET")
        old = node.get("spec", {}).get("taints", [])
        new = [each for each in old if each["key"] != TAINT] + ([taint] if taint else [])
        if [(each["key"], each.get("value"), each["effect"]) for each in old] == [
            (each["key"], each.get("value"), each["effect"]) for each in new
        ]:
            return
        # Taints are replaced as a whole: with the version, so that those of others are not lost. A conflict is tried again.
        version = node["metadata"]["resourceVersion"]
        patch = {"metadata": {"resourceVersion": version}, "spec": {"taints": new}}
        self._ask("PATCH", "", patch, "application/merge-patch+json")

    def _ask(self, method: str, path: str = "", body: Any = None, kind: str = "application/json") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {(self._account / 'token').read_text()}", "Content-Type": kind}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=self._context) as answer:
            result: dict[str, Any] = json.loads(answer.read())
            return result

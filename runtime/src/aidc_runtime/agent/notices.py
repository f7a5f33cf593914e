"""What EC2 says about the end of an instance. Only the standard library."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

IMDS = "http://169.254.169.254"
TOKEN_SECONDS = 21600
TIMEOUT_SECONDS = 5

# Paths below /latest/meta-data, of the EC2 user guide (read 2026-11): "Spot Instance interruption notices", "EC2 instance
# rebalance recommendations" and "View scheduled events". Each is 404 as long as there is no notice; the last may be `[]`.
SPOT = "spot/instance-action"
REBALANCE = "events/recommendations/rebalance"
SCHEDULED = "events/maintenance/scheduled"


@dataclass(frozen=True)
class Notice:
    """The instance will not last."""

    reason: str
    """SpotInterruption, RebalanceRecommendation or ScheduledEvent."""
    message: str
    urgent: bool
    """Whether pods must leave now: in two minutes the instance is gone. Else it should only get no new ones."""


class Metadata:
    """The instance metadata service, version 2."""

    def __init__(self, endpoint: str = IMDS) -> None:
        self._endpoint = endpoint
        self._token = ""

    def notice(self) -> Notice | None:
        """The most urgent notice; None: there is none. Raises OSError where the service cannot be reached."""
        if (spot := self._get(SPOT)) is not None:
            what = f"{spot.get('action', 'terminate')} at {spot.get('time', 'an unknown time')}"
            return Notice("SpotInterruption", f"EC2 takes the instance back: {what}", urgent=True)
        events = [event for event in self._get(SCHEDULED) or [] if event.get("State", "active") == "active"]
        if events:
            event = min(events, key=lambda event: event.get("NotBefore", ""))
            what = f"{event.get('Code')} not before {event.get('NotBefore')}"
            return Notice("ScheduledEvent", f"EC2 announces {what}: {event.get('Description', '')}", urgent=False)
        if (rebalance := self._get(REBALANCE)) is not None:
            when = rebalance.get("noticeTime", "an unknown time")
            return Notice(
                "RebalanceRecommendation", f"EC2 sees a raised risk of interruption since {when}", urgent=False
            )
        return None

    def _get(self, path: str) -> Any:
        """JSON data; None where there is nothing (404)."""
        try:
            return self._ask(path)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            if error.code != 401:
                raise
        self._token = ""  # it is over: once more with a new one
        try:
            return self._ask(path)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def _ask(self, path: str) -> Any:
        if not self._token:
            lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)}
            request = urllib.request.Request(f"{self._endpoint}/latest/api/token", method="PUT", headers=lifetime)
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                self._token = answer.read().decode()
        headers = {"X-aws-ec2-metadata-token": self._token}
        request = urllib.request.Request(f"{self._endpoint}/latest/meta-data/{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            return json.loads(answer.read())

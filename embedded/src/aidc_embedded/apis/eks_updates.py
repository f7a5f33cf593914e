"""EKS updates: every change of a cluster, node group or add-on answers with an update id to wait for.

moto 5.2.5 answers UpdateClusterConfig with a cluster instead of an update, invents ids it then does not
know, and has no DescribeUpdate. Terraform polls DescribeUpdate after each change and fails without it.
Changes are instant here, so an update is "Successful" from the start.
"""

import json
from typing import Any
from uuid import uuid4

from ..call import Call, Params, Record, utcnow
from ._eks import UPDATES, existing_cluster, not_found, of_cluster

SERVICE = "eks"


def record_update(
    call: Call,
    cluster_name: str,
    update_type: str,
    changes: dict[str, Any],
    *,
    nodegroup: str | None = None,
    addon: str | None = None,
) -> Record:
    """Note a finished change and return it in the form the Update... operations answer with."""
    update = {
        "id": str(uuid4()),
        "status": "Successful",
        "type": update_type,
        "params": [{"type": name, "value": _as_text(value)} for name, value in changes.items()],
        "createdAt": utcnow(),
        "errors": [],
    }
    call.table(UPDATES)[cluster_name, update["id"]] = {
        "update": update,
        "nodegroupName": nodegroup,
        "addonName": addon,
    }
    return {"update": update}


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def describe_update(call: Call, params: Params) -> Record:
    existing_cluster(call, params["name"])
    record = call.table(UPDATES).get((params["name"], params["updateId"]))
    if record is None:
        raise not_found(f"No update found for ID: {params['updateId']}", clusterName=params["name"])
    return {"update": record["update"]}


def list_updates(call: Call, params: Params) -> Record:
    records = of_cluster(call, UPDATES, params["name"])
    wanted = (params.get("nodegroupName"), params.get("addonName"))
    ids = [key for key, record in records.items() if (record["nodegroupName"], record["addonName"]) == wanted]
    return {"updateIds": ids}


OPERATIONS = {"DescribeUpdate": describe_update, "ListUpdates": list_updates}

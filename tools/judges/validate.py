"""Judges Kubernetes objects by the schemas of a Kubernetes version, strictly: unknown fields are faults.

Standard input holds {"version": ..., "objects": [...]}; standard output gets, for each object in order, the list of its faults, or null
where the version has no such kind.
"""

import json
import sys

import kubernetes_validate


def faults(data, version):
    try:
        kubernetes_validate.validate(data, version, strict=True)
    except kubernetes_validate.SchemaNotFoundError:
        return None
    except kubernetes_validate.ValidationError as error:
        path = ".".join(str(part) for part in error.path)
        return [f"{path or '(object)'}: {error.message[:300]}"]
    return []


question = json.load(sys.stdin)
json.dump([faults(data, question["version"]) for data in question["objects"]], sys.stdout)

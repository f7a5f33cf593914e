"""EC2: the Amazon Linux images that public SSM parameters name.

moto: answers `/aws/service/ami-amazon-linux-latest/...` with real image ids, but with its default images
switched off (1,300 of them, most for ECS, each with a snapshot in the account) no such image exists.
AWS: has the images.
Breaks without it: `aws_instance` and `aws_launch_template` that take their image from such a parameter
("collecting instance settings: couldn't find resource").
"""

from typing import Any

from moto.core.parse import default_timestamp_parser
from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import Ami
from moto.utilities.utils import load_resource

from ._patch import Replacement, wrap


def _load_amis(original: Replacement, backend: EC2Backend) -> None:
    original(backend)
    for image in _latest_images(backend.region_name):
        if image["ami_id"] not in backend.amis:
            created = image.get("creation_date")
            known = {"creation_date": default_timestamp_parser(created)} if created else {}
            backend.amis[image["ami_id"]] = Ami(backend, **{**image, "owner_alias": "amazon", **known})


def _latest_images(region: str) -> list[dict[str, Any]]:
    try:
        return load_resource(f"ec2/resources/latest_amis/{region}.json")
    except FileNotFoundError:
        return []  # a region moto has no list for


def apply() -> None:
    wrap(EC2Backend, "_load_amis", _load_amis)

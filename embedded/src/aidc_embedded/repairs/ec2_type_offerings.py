"""EC2: every accelerator type of the library's catalog is offered somewhere in us-east-1.

moto: has what AWS told one account, and offers some types of the catalog nowhere in us-east-1: those that are
sold in other regions (trn2 in us-east-2), and some that it knows nowhere (p6e, g4ad, dl1).
AWS: differs by account and over time.
Breaks without it: no stack with such a pool can be planned here, since its data source
`aws_ec2_instance_type_offerings` finds no zone.

The zone of all of them, `us-east-1a`, is an assumption. What moto knows stays as it is, so that a type in a
zone without it is still refused: p6-b200 is in us-east-1c alone.
"""

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

PLACES = {"region": "us-east-1", "availability-zone": "us-east-1a", "availability-zone-id": "use1-az6"}

ASSUMED = (
    "dl1.24xlarge",
    "dl2q.24xlarge",
    "g4ad.xlarge",
    "g4ad.2xlarge",
    "g4ad.4xlarge",
    "g4ad.8xlarge",
    "g4ad.16xlarge",
    "p5e.48xlarge",
    "p6e-gb200.36xlarge",
    "p6e-gb300.36xlarge",
    "trn2.3xlarge",
    "trn2.48xlarge",
    "trn2u.48xlarge",
)


def apply() -> None:
    for location_type, location in PLACES.items():
        offerings = INSTANCE_TYPE_OFFERINGS[location_type]["us-east-1"]
        known = {offering["InstanceType"] for offering in offerings}
        offerings.extend(
            {"InstanceType": name, "Location": location, "LocationType": location_type}
            for name in ASSUMED
            if name not in known
        )

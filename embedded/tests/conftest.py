"""A real server in this process, on a free loopback port, and boto3 clients that talk to it."""

import functools
import os
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from aidc_embedded.environment import prepare_environment

prepare_environment()  # before anything imports moto
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "false"  # loading them takes longer than a test; one test does

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402

REGION = "us-east-1"
ACCOUNT = "123456789012"
ClientFactory = Callable[..., Any]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stock-moto", action="store_true", help="expect every repair test to fail on bare moto"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--stock-moto"):
        return
    for item in items:
        if item.get_closest_marker("repair"):
            item.add_marker(pytest.mark.xfail(strict=True, reason="moto passes: the repair is not needed"))
        else:
            item.add_marker(pytest.mark.skip(reason="says nothing about stock moto"))


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    from aidc_embedded.listener import open_socket, url_of
    from aidc_embedded.server import Application, serve_on

    listener = open_socket("127.0.0.1", 0)
    server = serve_on(listener, Application(stock=request.config.getoption("--stock-moto")))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield url_of(listener)
    server.shutdown()
    thread.join()
    listener.close()


@functools.cache
def new_client(url: str, service: str, region: str) -> Any:
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
    )


@pytest.fixture
def aws(server_url: str) -> ClientFactory:
    """A factory of boto3 clients for an account that is empty at the start of the test."""
    urllib.request.urlopen(urllib.request.Request(f"{server_url}/moto-api/reset", method="POST")).close()

    def client(service: str, region: str = REGION) -> Any:
        return new_client(server_url, service, region)

    return client


@dataclass(frozen=True)
class Vpc:
    id: str
    subnets: list[str]


@pytest.fixture
def vpc(aws: ClientFactory) -> Vpc:
    """A VPC with subnets in two zones."""
    ec2 = aws("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=f"{REGION}{zone}")
        for index, zone in enumerate("ab")
    ]
    return Vpc(vpc_id, [subnet["Subnet"]["SubnetId"] for subnet in subnets])


@pytest.fixture
def cluster(aws: ClientFactory, vpc: Vpc) -> dict[str, Any]:
    """An EKS cluster named "train" that takes access entries."""
    return aws("eks").create_cluster(
        name="train",
        version="1.33",
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/cluster",
        resourcesVpcConfig={"subnetIds": vpc.subnets},
        accessConfig={"authenticationMode": "API"},
    )["cluster"]

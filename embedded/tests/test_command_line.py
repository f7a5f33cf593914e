"""The command line, as the TypeScript side uses it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

SOURCE = Path(__file__).parents[1] / "src"


def environment():
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": str(SOURCE), "AWS_PROFILE": "a-profile-that-does-not-exist"}


def command(*arguments):
    return [sys.executable, "-m", "aidc_embedded", *arguments]


def run(*arguments):
    return subprocess.run(command(*arguments), env=environment(), capture_output=True, text=True, timeout=60)


@contextmanager
def running(*arguments):
    process = subprocess.Popen(
        command(*arguments), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def client(url, service):
    return boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(signature_version="s3v4") if service == "s3" else None,
    )


def test_announces_itself_in_one_line_and_stops_at_sigterm():
    with running() as (process, ready):
        assert ready == {"ready": True, "url": ready["url"], "pid": process.pid, "moto": "5.2.5"}
        assert ready["url"].startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{ready['url']}/_aidc/health") as response:
            assert json.load(response) == {"status": "ok"}
        client(ready["url"], "ec2").describe_vpcs()
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=5)
        assert (process.returncode, output, errors) == (0, "", "")


def test_stops_at_sigint():
    with running() as (process, _):
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=5)
        assert (process.returncode, output, errors) == (0, "", "")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "example.com", "::"])
def test_refuses_hosts_that_are_not_loopback(host):
    result = run("--host", host)
    assert result.returncode == 2
    assert "loopback" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_refuses_a_busy_port():
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        result = run("--port", str(port))
    assert result.returncode == 2
    assert result.stderr == (
        f"error: port {port} on 127.0.0.1 is in use; choose another with --port, or --port 0 for a free one\n"
    )
    assert result.stdout == ""


def test_refuses_an_impossible_port():
    assert run("--port", "70000").returncode == 2


def test_listens_on_other_loopback_addresses():
    with running("--host", "localhost") as (_, ready):
        assert ready["url"].startswith("http://127.0.0.1:")


def test_follows_its_parent():
    parent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with running("--parent", str(parent.pid)) as (process, _):
        parent.kill()  # not waited for: a zombie counts as gone too
        started = time.monotonic()
        assert process.wait(timeout=5) == 0
        assert time.monotonic() - started < 3
    parent.wait()


def test_does_not_start_for_a_parent_that_is_gone():
    parent = subprocess.Popen([sys.executable, "-c", ""])
    parent.wait()
    assert run("--parent", str(parent.pid)).returncode == 0


def test_request_log_has_names_and_no_secrets(tmp_path):
    log = tmp_path / "requests.jsonl"
    with running("--request-log", str(log)) as (_, ready):
        url = ready["url"]
        s3 = client(url, "s3")
        s3.create_bucket(Bucket="data")
        link = s3.generate_presigned_url("put_object", Params={"Bucket": "data", "Key": "k"})
        urllib.request.urlopen(urllib.request.Request(link, data=b"secret weights", method="PUT")).close()
        client(url, "ec2").create_placement_group(GroupName="g", Strategy="cluster")
        client(url, "kms").create_key()
        eks = client(url, "eks")
        with pytest.raises(eks.exceptions.ResourceNotFoundException):
            eks.describe_addon(clusterName="none", addonName="none")
    text = log.read_text()
    for secret in ("weights", "Signature", "test/"):
        assert secret not in text
    entries = [json.loads(line) for line in text.splitlines()]
    assert [(one["service"], one["action"], one["status"]) for one in entries] == [
        ("s3", "CreateBucket", 200),
        ("s3", "PutObject", 200),
        ("ec2", "CreatePlacementGroup", 200),
        ("kms", "CreateKey", 200),
        ("eks", "DescribeAddon", 404),
    ]
    assert set(entries[0]) == {"service", "region", "method", "path", "action", "status"}
    assert (entries[1]["path"], entries[1]["region"]) == ("/data/k", "us-east-1")


def test_unwritable_request_log_is_refused(tmp_path):
    result = run("--request-log", str(tmp_path / "none" / "requests.jsonl"))
    assert result.returncode == 2
    assert "request log" in result.stderr


def test_makes_no_outgoing_connections():
    with socket.socket() as trap, running() as (_, ready):
        trap.bind(("127.0.0.1", 0))
        trap.listen()
        trap.settimeout(1)
        sns = client(ready["url"], "sns")
        topic = sns.create_topic(Name="t")["TopicArn"]
        endpoint = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint)
        with pytest.raises(sns.exceptions.ClientError):
            sns.publish(TopicArn=topic, Message="hello")
        with pytest.raises(TimeoutError):
            trap.accept()

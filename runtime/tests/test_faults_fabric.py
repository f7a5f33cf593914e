"""The preflight of the fabric, on made-up /sys and /dev."""

from pathlib import Path

import pytest

from aidc_runtime.config import Fabric
from aidc_runtime.exit_codes import FabricBroken
from aidc_runtime.faults.fabric import check_fabric

LOG = "node:26:26 [0] NCCL INFO NET/OFI Selected provider is {}, fabric is efa-direct (found 16 nics)"
OLD_LOG = "node:26:26 [0] NCCL INFO NET/OFI Selected Provider is {}"


class Node:
    """A node with devices, as the kernel shows them."""

    def __init__(self, root: Path) -> None:
        self.sysfs, self.dev = root / "sys", root / "dev"
        (self.sysfs / "class/infiniband").mkdir(parents=True)
        (self.dev / "infiniband").mkdir(parents=True)

    def add(self, name: str, driver: str, layer: str = "Unspecified", state: str = "4: ACTIVE", given: bool = True):
        port = self.sysfs / "class/infiniband" / name / "ports/1"
        (port / "hw_counters").mkdir(parents=True)
        (port / "link_layer").write_text(f"{layer}\n")
        (port / "state").write_text(f"{state}\n")
        drivers = self.sysfs / "bus/pci/drivers" / driver
        drivers.mkdir(parents=True, exist_ok=True)
        device = self.sysfs / "class/infiniband" / name / "device"
        device.mkdir()
        (device / "driver").symlink_to(drivers)
        verbs = f"uverbs{len(list((self.sysfs / 'class/infiniband').iterdir())) - 1}"
        (self.sysfs / "class/infiniband_verbs" / verbs).mkdir(parents=True)
        (self.sysfs / "class/infiniband_verbs" / verbs / "ibdev").write_text(f"{name}\n")
        if given:
            (self.dev / "infiniband" / verbs).touch()
        self.count(name, 1000)

    def count(self, name: str, value: int) -> None:
        for counter in ("rx_bytes", "tx_bytes"):
            (self.sysfs / f"class/infiniband/{name}/ports/1/hw_counters/{counter}").write_text(f"{value}\n")

    def check(self, kind="efa", check="enforce", nodes=2, **changes):
        defaults = {"environment": {}, "memlock": -1, "sysfs_root": self.sysfs, "dev_root": self.dev}
        return check_fabric(Fabric(kind=kind, check=check), nodes, **defaults | changes)


@pytest.fixture
def node(tmp_path):
    return Node(tmp_path)


def test_counters_that_grow_prove_efa(node):
    node.add("rdmap0s31", "efa")
    report = node.check(traffic=lambda: node.count("rdmap0s31", 64 << 20))
    assert report.devices == ["rdmap0s31"]
    assert "rdmap0s31" in report.proof


def test_counters_that_stand_still_break_it(node):
    node.add("rdmap0s31", "efa")
    with pytest.raises(FabricBroken, match=r"moved 0 bytes over efa.*security group") as broken:
        node.check(traffic=lambda: None)
    assert broken.value.code == 69


def test_the_traffic_of_other_pods_proves_nothing(node):
    node.add("rdmap0s31", "efa")
    node.add("rdmap1s31", "efa", given=False)
    with pytest.raises(FabricBroken, match="another way"):
        node.check(traffic=lambda: node.count("rdmap1s31", 64 << 20))


@pytest.mark.parametrize("log", [LOG, OLD_LOG])
def test_the_log_of_nccl_proves_it_too(node, log):
    node.add("rdmap0s31", "efa")
    assert "provider efa" in node.check(nccl_log=log.format("efa")).proof
    with pytest.raises(FabricBroken, match="'tcp'"):
        node.check(nccl_log=log.format("tcp"), traffic=lambda: node.count("rdmap0s31", 64 << 20))


def test_without_any_proof_it_is_not_believed(node):
    node.add("rdmap0s31", "efa")
    with pytest.raises(FabricBroken, match="nothing proves"):
        node.check()


def test_no_device_names_the_remedy(node):
    node.add("mlx5_0", "mlx5_core", "InfiniBand")
    with pytest.raises(FabricBroken) as broken:
        node.check()
    message = str(broken.value)
    assert "only mlx5_0 of other kinds" in message
    assert "set fabric.check to warn" in message


def test_a_pod_that_asked_for_no_device(node):
    node.add("rdmap0s31", "efa", given=False)
    with pytest.raises(FabricBroken, match=r"vpc\.amazonaws\.com/efa"):
        node.check()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"memlock": 65536}, "65536 bytes of memory can be locked"),
        ({"environment": {"FI_PROVIDER": "tcp"}}, "FI_PROVIDER is set to 'tcp'"),
        ({"environment": {"NCCL_NET": "Socket"}}, "NCCL_NET"),
    ],
)
def test_what_stands_in_the_way_is_named(node, changes, words):
    node.add("rdmap0s31", "efa")
    with pytest.raises(FabricBroken, match=words):
        node.check(nccl_log=LOG.format("efa"), **changes)


def test_settings_that_do_no_harm(node):
    node.add("rdmap0s31", "efa")
    assert not node.check(nccl_log=LOG.format("efa"), memlock=2 << 30, environment={"FI_PROVIDER": "efa"}).faults


def test_warn_warns_and_goes_on(node):
    with pytest.warns(RuntimeWarning, match="no efa device"):
        assert node.check(check="warn").faults


@pytest.mark.parametrize("changes", [{"check": "off"}, {"kind": "none"}, {"nodes": 1}])
def test_nothing_to_check(node, changes):
    assert not node.check(**changes).faults


@pytest.mark.parametrize(
    ("kind", "layer", "other"), [("infiniband", "InfiniBand", "roce"), ("roce", "Ethernet", "infiniband")]
)
def test_infiniband_and_roce_by_link_layer(node, kind, layer, other):
    node.add("mlx5_0", "mlx5_core", layer)
    assert node.check(kind, traffic=lambda: node.count("mlx5_0", 64 << 20)).devices == ["mlx5_0"]
    with pytest.raises(FabricBroken, match=f"set fabric.kind to {kind}"):
        node.check(other)


def test_a_port_that_is_down(node):
    node.add("mlx5_0", "mlx5_core", "InfiniBand", state="1: DOWN")
    with pytest.raises(FabricBroken, match="no port of mlx5_0 is active"):
        node.check("infiniband")

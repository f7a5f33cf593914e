"""Preflight of the network between nodes: collectives that fall back to TCP run, at a tenth of the speed, and nobody notices."""

import os
import re
import resource
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from aidc_runtime.exit_codes import FabricBroken

if TYPE_CHECKING:
    from aidc_runtime.config import Fabric

ENOUGH_MEMLOCK = 1 << 30
"""Bytes a process must be able to lock. Our own bound: AWS' installer sets no limit, a container's default of 64 KiB or 8 MiB
fails with a message that names neither."""

LEAST_TRAFFIC = 1 << 20
"""Bytes that an all-reduce over nodes must move for its way to be proved. Make it well larger than that."""

# Drivers of Linux under /sys/class/infiniband/<device>/device/driver; link layers as `ports/<n>/link_layer` says.
_LINK_LAYERS = {"infiniband": "InfiniBand", "roce": "Ethernet"}
# Counters of bytes: those of efa and most RoCE drivers in hw_counters, those of InfiniBand in counters (in words of 4 bytes).
_COUNTERS = (
    "hw_counters/rx_bytes",
    "hw_counters/tx_bytes",
    "hw_counters/rdma_read_bytes",
    "hw_counters/rdma_write_bytes",
    "counters/port_rcv_data",
    "counters/port_xmit_data",
)
# aws-ofi-nccl at NCCL_DEBUG=INFO: `NET/OFI Selected provider is efa, fabric is efa-direct (found 16 nics)`; before 1.8 with a
# capital P and without the rest.
_PROVIDER = re.compile(r"NET/OFI Selected provider is (\w+)", re.IGNORECASE)


@dataclass
class FabricReport:
    """What was found."""

    kind: str
    devices: list[str] = field(default_factory=list)
    proof: str = ""
    """How traffic was seen to take the fabric."""
    faults: list[str] = field(default_factory=list)
    """What is wrong, each with its likely cause and the remedy."""


def check_fabric(
    fabric: "Fabric",
    nodes: int,
    traffic: Callable[[], None] | None = None,
    nccl_log: str | None = None,
    sysfs_root: str | Path = "/sys",
    dev_root: str | Path = "/dev",
    environment: Mapping[str, str] = os.environ,
    memlock: int | None = None,
) -> FabricReport:
    """Check that traffic between nodes takes the fabric of the spec. With one node or `off` nothing is looked at.

    `traffic`: an all-reduce of many MiB over nodes, during which the devices' counters must grow. `nccl_log`: what NCCL said
    at NCCL_DEBUG=INFO, the other proof. `memlock`: soft limit in bytes, -1 for none; default: this process' own.
    Raises FabricBroken where the spec says `enforce`; where it says `warn`, warns.
    """
    report = FabricReport(fabric.kind)
    if fabric.kind == "none" or fabric.check == "off" or nodes < 2:
        return report
    devices = _devices(Path(sysfs_root), Path(dev_root), fabric.kind)
    report.devices = [device.name for device in devices]
    report.faults = [*_device_faults(fabric.kind, devices, Path(sysfs_root), Path(dev_root)), *_memlock_faults(memlock)]
    if fabric.kind == "efa":
        report.faults += _provider_faults(environment)
    if not report.faults:
        report.proof, faults = _prove(fabric.kind, devices, traffic, nccl_log)
        report.faults += faults
    if report.faults:
        message = f"the fabric {fabric.kind} is not in use:\n" + "\n".join(f"  - {fault}" for fault in report.faults)
        if fabric.check == "enforce":
            raise FabricBroken(f"{message}\nTo train over TCP nevertheless, set fabric.check to warn.")
        warnings.warn(message, RuntimeWarning, stacklevel=2)
    return report


def _devices(sysfs: Path, dev: Path, kind: str) -> list[Path]:
    """Devices of the kind that this container was given: those whose verbs node lies under /dev/infiniband."""
    given = {
        _text(sysfs / "class/infiniband_verbs" / node.name / "ibdev") for node in (dev / "infiniband").glob("uverbs*")
    }
    found = [device for device in sorted((sysfs / "class/infiniband").glob("*")) if _is_of(device, kind)]
    return [device for device in found if device.name in given] if any(given) else found


def _is_of(device: Path, kind: str) -> bool:
    is_efa = (device / "device/driver").resolve().name == "efa"
    if kind == "efa" or is_efa:
        return kind == "efa" and is_efa
    return any(_text(port / "link_layer") == _LINK_LAYERS[kind] for port in device.glob("ports/*"))


def _device_faults(kind: str, devices: list[Path], sysfs: Path, dev: Path) -> Iterator[str]:
    others = [device.name for device in sorted((sysfs / "class/infiniband").glob("*"))]
    if not devices:
        seen = f"only {', '.join(others)} of other kinds" if others else "none at all"
        remedy = {
            "efa": "the node has no EFA interface or not the efa driver: use an instance type and launch template with EFA",
            "infiniband": "the node has no InfiniBand adapter, or its port runs Ethernet: set fabric.kind to roce then",
            "roce": "the node has no RDMA adapter, or its port runs InfiniBand: set fabric.kind to infiniband then",
        }[kind]
        yield f"no {kind} device under {sysfs}/class/infiniband ({seen}); {remedy}"
    if not list((dev / "infiniband").glob("uverbs*")):
        request = "the resource vpc.amazonaws.com/efa" if kind == "efa" else "the RDMA resource of the device plugin"
        yield f"no {dev}/infiniband/uverbs*: the pod was given no device; it must request {request}"
    if kind != "efa":
        for device in devices:
            states = [_text(port / "state") for port in device.glob("ports/*")]
            if states and not any("ACTIVE" in state for state in states):
                yield f"no port of {device.name} is active ({', '.join(states)}): cable, switch or subnet manager"


def _memlock_faults(limit: int | None) -> Iterator[str]:
    limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] if limit is None else limit
    if limit != resource.RLIM_INFINITY and limit < ENOUGH_MEMLOCK:
        yield (
            f"only {limit} bytes of memory can be locked (ulimit -l), at least {ENOUGH_MEMLOCK} are needed: set "
            "LimitMEMLOCK=infinity for containerd on the node"
        )


def _provider_faults(environment: Mapping[str, str]) -> Iterator[str]:
    provider = environment.get("FI_PROVIDER", "")
    if provider and "efa" not in provider.split(","):
        yield f"FI_PROVIDER is set to {provider!r}, which forbids efa: unset it, libfabric finds efa by itself"
    if environment.get("NCCL_NET", "").lower() == "socket":
        yield f"NCCL_NET is set to {environment['NCCL_NET']!r}, which means TCP: unset it"


def _prove(
    kind: str, devices: list[Path], traffic: Callable[[], None] | None, nccl_log: str | None
) -> tuple[str, list[str]]:
    provider = match.group(1) if nccl_log and (match := _PROVIDER.search(nccl_log)) else None
    if kind == "efa" and provider is not None and provider.lower() != "efa":
        return "", [f"NCCL chose the libfabric provider {provider!r}: the image's libfabric was built without efa"]
    before = _bytes(devices)
    if traffic is not None:
        traffic()
        moved = None if before is None else (_bytes(devices) or 0) - before
        if moved is not None and moved >= LEAST_TRAFFIC:
            return f"{moved} bytes over {', '.join(device.name for device in devices)}", []
        if moved is not None:
            return "", [_detour(kind, moved)]
    if kind == "efa" and provider is not None:
        return f"NCCL chose the provider {provider}", []
    return "", [
        f"nothing proves that traffic takes {kind}: no byte counters of the devices can be read, and no log of NCCL"
    ]


def _detour(kind: str, moved: int) -> str:
    causes = {
        "efa": "the security group must allow all traffic from and to itself; the image needs libfabric and aws-ofi-nccl; "
        "NCCL_DEBUG=INFO must show `NET/OFI Selected provider is efa`",
        "infiniband": "NCCL_IB_DISABLE or NCCL_IB_HCA may exclude the devices; NCCL_DEBUG=INFO must show `NET/IB`",
        "roce": "NCCL_IB_DISABLE or NCCL_IB_HCA may exclude the devices, or NCCL_IB_GID_INDEX is wrong",
    }
    return f"an all-reduce over nodes moved {moved} bytes over {kind}, so it went another way: {causes[kind]}"


def _bytes(devices: list[Path]) -> int | None:
    """Sum of all byte counters; None: there are none."""
    texts = [_text(port / name) for device in devices for port in device.glob("ports/*") for name in _COUNTERS]
    values = [int(text) for text in texts if text.isdigit()]
    return sum(values) if values else None


def _text(file: Path) -> str:
    """Content of a file of sysfs; empty where it is none."""
    try:
        return file.read_text().strip()
    except OSError:
        return ""

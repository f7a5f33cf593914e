"""Energy of NVIDIA devices by NVML's own counter, which counts since the driver was loaded."""

from collections.abc import Sequence
from typing import Any


class EnergyMeter:
    """Joules that some devices used since the last reading. Without NVML, or on devices without the counter, it reads None."""

    def __init__(self, uuids: Sequence[str], nvml: Any = None) -> None:
        """`uuids` as NVML tells them, such as GPU-8a5b...; those of the processes of this node."""
        self._nvml: Any = nvml
        self._handles: list[Any] = []
        self.problem = ""
        """Why nothing is measured; empty: it is, or there is no device."""
        if not uuids:
            return
        try:
            if self._nvml is None:
                import pynvml

                self._nvml = pynvml
            self._nvml.nvmlInit()
            self._handles = [self._nvml.nvmlDeviceGetHandleByUUID(uuid) for uuid in uuids]
            self._last = self._total()
        except Exception as error:  # NVML raises classes of its own for each code; without it training goes on
            self.problem = f"energy is not measured: {error}"
            self._handles = []

    def _total(self) -> float:
        return sum(self._nvml.nvmlDeviceGetTotalEnergyConsumption(handle) for handle in self._handles) / 1000

    def joules(self) -> float | None:
        """Joules since the last call."""
        if not self._handles:
            return None
        try:
            total = self._total()
        except Exception as error:
            self.problem = f"energy is no longer measured: {error}"
            self._handles = []
            return None
        used, self._last = max(0.0, total - self._last), total
        return used


def device_uuids(count: int) -> list[str]:
    """NVML's names of the first `count` devices that this process may see; empty without CUDA."""
    import torch

    if not torch.cuda.is_available():
        return []
    visible = min(count, torch.cuda.device_count())
    return [f"GPU-{torch.cuda.get_device_properties(index).uuid}" for index in range(visible)]

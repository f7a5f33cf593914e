"""How much a model computes, and how much a device could.

Convention: FLOPs that the model needs, one multiply-add as two, recomputed activations not counted. A token costs 2 FLOPs
per matrix parameter forward, 2 for gradients of activations and 2 for gradients of those parameters that are trained
(Kaplan et al. 2020: 6 N when all are); the lookup of embeddings is free. Attention adds 12 * layers * width * length
(Chowdhery et al. 2022, PaLM, appendix B), and half of that where it is causal, since the masked half is not needed
(as MaxText and Llama 3 count; torchtitan and nanochat count it whole, so their MFU is higher at long sequences).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import torch

Precision = Literal["fp32", "bf16", "fp16", "fp8"]


@dataclass(frozen=True)
class Peak:
    """Dense peaks of a device in TFLOP/s; None: the device has no such unit."""

    bf16: float | None
    fp16: float | None
    fp8: float | None
    fp32: float


# By what torch.cuda.get_device_name says, first match wins. The vendor's figures as public tables repeat them (2026-11), not read in the
# data sheets themselves; those state figures with sparsity, twice the dense ones, for all but A10G, V100 and fp32. fp32 is that of the
# plain units, not TF32. The catalogue of instance types (lib/catalog) states no peaks; its names of accelerators are these in lower case.
PEAKS: tuple[tuple[str, Peak], ...] = (
    ("GB300", Peak(2500, 2500, 5000, 80)),  # GB300 NVL72: 360 PFLOP/s bf16 sparse over 72 devices
    ("GB200", Peak(2500, 2500, 5000, 80)),  # GB200 NVL72: 360 PFLOP/s bf16 sparse over 72 devices
    ("B300", Peak(2250, 2250, 4500, 75)),  # HGX B300: 36 PFLOP/s bf16 sparse over 8
    ("B200", Peak(2250, 2250, 4500, 75)),  # HGX B200: 36 PFLOP/s bf16 sparse over 8
    ("H200 NVL", Peak(836, 836, 1671, 60)),
    ("H200", Peak(989, 989, 1979, 67)),
    ("H100 NVL", Peak(836, 836, 1671, 60)),
    ("H100 PCIe", Peak(756, 756, 1513, 51)),
    ("H100", Peak(989, 989, 1979, 67)),
    ("A100", Peak(312, 312, None, 19.5)),
    ("L40S", Peak(362, 362, 733, 91.6)),
    ("L4", Peak(121, 121, 242, 30.3)),
    ("A10G", Peak(70, 70, None, 35)),  # tables disagree: some give it the A10's 125
    ("T4", Peak(None, 65, None, 8.1)),
    ("V100", Peak(None, 125, None, 15.7)),
)


def peak_flops(device_name: str, precision: Precision) -> float | None:
    """Dense peak of a device in FLOP/s; None where it is not known."""
    words = device_name.replace("-", " ").split()
    if "MIG" in words:  # a slice has a part of it
        return None
    for name, peak in PEAKS:
        if all(word in words for word in name.split()):
            tera = getattr(peak, precision)
            return None if tera is None else tera * 1e12
    return None


def mfu(flops_per_second: float, device_name: str, precision: Precision) -> float | None:
    """Model FLOP/s utilization, a ratio. None for fp8, where parts run in bf16 and no peak is the right one."""
    peak = None if precision == "fp8" else peak_flops(device_name, precision)
    return None if peak is None else flops_per_second / peak


def matrix_parameters(model: "torch.nn.Module", config: Mapping[str, Any] | None = None) -> tuple[float, float]:
    """Parameters that each token is multiplied with, all and those of them that are trained.

    Looked-up embeddings do not count, unless they are the output layer too. Of experts (parameters with `.experts.` in their
    name) that part counts that a token is routed to.
    """
    import torch

    config = config or {}
    experts = _first(config, "num_local_experts", "num_experts", "n_routed_experts") or 1
    routed = _first(config, "num_experts_per_tok", "moe_top_k") or experts
    lookups = {id(part.weight) for part in model.modules() if isinstance(part, torch.nn.Embedding)}
    # A tied output layer holds the very tensor of the embedding: as its weight it is a matrix.
    lookups -= {id(part.weight) for part in model.modules() if isinstance(part, torch.nn.Linear)}
    total = trained = 0.0
    for name, parameter in model.named_parameters():
        if parameter.ndim < 2 or id(parameter) in lookups:
            continue
        count = parameter.numel() * (routed / experts if ".experts." in name else 1)
        total += count
        trained += count if parameter.requires_grad else 0
    return total, trained


def flops_per_token(
    matrices: float, trained: float, config: Mapping[str, Any], sequence_length: int, causal: bool
) -> float:
    """FLOPs of a forward and backward pass by token, of a transformer with the given Hugging Face config.

    `matrices`, `trained`: as `matrix_parameters` counts them. `sequence_length`: in tokens.
    """
    layers = _first(config, "num_hidden_layers", "n_layer", "num_layers") or 0
    hidden = _first(config, "hidden_size", "n_embd", "d_model") or 0
    heads = _first(config, "num_attention_heads", "n_head") or 1
    width = heads * (config.get("head_dim") or hidden // heads)
    attention = 12 * layers * width * sequence_length / (2 if causal else 1)
    return 4 * matrices + 2 * trained + attention


def _first(config: Mapping[str, Any], *names: str) -> int | None:
    """The first of some names that the config states."""
    return next((int(config[name]) for name in names if config.get(name)), None)

"""FLOPs of models by hand, and peaks of devices by the names that torch tells."""

import pytest

from aidc_runtime.observe.flops import flops_per_token, matrix_parameters, mfu, peak_flops

LLAMA = {"num_hidden_layers": 2, "hidden_size": 8, "num_attention_heads": 2, "head_dim": 4}


@pytest.mark.parametrize(
    ("name", "precision", "tera"),
    [
        ("NVIDIA A100-SXM4-80GB", "bf16", 312),
        ("NVIDIA A100-SXM4-40GB", "fp8", None),
        ("NVIDIA H100 80GB HBM3", "bf16", 989),
        ("NVIDIA H100 80GB HBM3", "fp8", 1979),
        ("NVIDIA H100 PCIe", "bf16", 756),
        ("NVIDIA H100 NVL", "bf16", 836),
        ("NVIDIA H200", "bf16", 989),
        ("NVIDIA B200", "bf16", 2250),
        ("NVIDIA GB200", "bf16", 2500),
        ("NVIDIA L40S", "bf16", 362),
        ("NVIDIA L4", "bf16", 121),
        ("NVIDIA A10G", "bf16", 70),
        ("Tesla T4", "bf16", None),
        ("Tesla T4", "fp16", 65),
        ("NVIDIA A10", "bf16", None),
        ("NVIDIA H100 80GB HBM3 MIG 1g.10gb", "bf16", None),
        ("cpu", "bf16", None),
    ],
)
def test_peaks(name, precision, tera):
    assert peak_flops(name, precision) == (None if tera is None else tera * 1e12)


def test_mfu_is_told_for_what_has_one_peak():
    assert mfu(494.5e12, "NVIDIA H100 80GB HBM3", "bf16") == pytest.approx(0.5)
    assert mfu(494.5e12, "NVIDIA H100 80GB HBM3", "fp8") is None
    assert mfu(1e12, "something else", "bf16") is None


def test_six_for_each_parameter_and_attention():
    # 12 * layers 2 * width 8 * length 16, and half of it where causal
    assert flops_per_token(1000, 1000, LLAMA, 16, causal=False) == 6000 + 3072
    assert flops_per_token(1000, 1000, LLAMA, 16, causal=True) == 6000 + 1536


def test_frozen_matrices_cost_four():
    assert flops_per_token(1000, 10, LLAMA, 16, causal=True) == 4000 + 20 + 1536


def test_names_of_gpt2():
    assert flops_per_token(0, 0, {"n_layer": 2, "n_embd": 8, "n_head": 2}, 16, causal=False) == 3072


def test_a_published_figure():
    """Llama 3.1 8B at 8,192 tokens: torchtitan's 5,762 tokens/s on an H100 are told as 33 % MFU with attention counted whole."""
    config = {"num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32}
    matrices = 8.03e9 - 128256 * 4096
    flops = flops_per_token(matrices, matrices, config, 8192, causal=False)
    assert mfu(5762 * flops, "NVIDIA H100 80GB HBM3", "bf16") == pytest.approx(0.33, abs=0.02)


def test_embeddings_are_looked_up_unless_tied():
    import torch

    class Model(torch.nn.Module):
        def __init__(self, tied):
            super().__init__()
            self.embedding = torch.nn.Embedding(100, 8)
            self.inner = torch.nn.Linear(8, 8)
            self.head = torch.nn.Linear(8, 100, bias=False)
            self.inner.weight.requires_grad = False
            if tied:
                self.head.weight = self.embedding.weight

    for tied in (False, True):
        assert matrix_parameters(Model(tied)) == (64 + 800, 800)


def test_experts_count_as_far_as_tokens_reach_them():
    import torch

    model = torch.nn.Module()
    model.layer = torch.nn.Module()
    model.layer.experts = torch.nn.Module()
    model.layer.experts.up = torch.nn.Parameter(torch.zeros(4, 2, 3))
    config = {"num_local_experts": 4, "num_experts_per_tok": 2}
    assert matrix_parameters(model, config) == (12, 12)

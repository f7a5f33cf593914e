"""What one GPU does under the runtime, beside a plain PyTorch loop and Accelerate on the same device in the same run.

    python bench/gpu.py [--dry] [--only CASE ...] [--json FILE]

Each case is a process of its own, so that it begins with an empty device. Without a GPU there is `--dry`: tiny models on the CPU,
to see that the cases run; its figures mean nothing.
"""

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from common import ROOT, llama, machine, run, spec, write_tokens

WARM = 5
"""First steps, which are left out: compilation, allocation of memory, clocks."""
TINY = llama(64, 2, 512)
# name -> config, tokens of a sample, samples of a step, LoRA
MODELS: dict[str, tuple[dict[str, Any], int, int, bool]] = {
    "1.3B": (llama(2048, 24, 32000, num_attention_heads=16, num_key_value_heads=16), 2048, 8, False),
    "3B": (llama(3072, 26, 32000, num_attention_heads=24, num_key_value_heads=24), 2048, 4, False),
    "8B LoRA": (
        # Llama 3.1 8B
        llama(4096, 32, 128256, intermediate_size=14336, num_attention_heads=32, num_key_value_heads=8),
        4096,
        2,
        True,
    ),
}
CASES = [f"{model}{compiled}" for model in MODELS for compiled in ("", " compiled")] + ["checkpoints", "recovery"]


class Energy:
    """Joules by NVML since `begin`; None without it."""

    def __init__(self) -> None:
        from aidc_runtime.observe.energy import EnergyMeter, device_uuids

        self._meter = EnergyMeter(device_uuids(1))

    def begin(self) -> None:
        self._meter.joules()

    def end(self) -> float | None:
        return self._meter.joules()


def measured(tokens: list[int], seconds: list[float], joules: float | None, flops: Any = None) -> dict[str, Any]:
    """Figures of steps after the warm ones."""
    rate = statistics.median(count / time for count, time in zip(tokens, seconds, strict=True))
    found = {"tokens_per_second": rate, "joules_per_token": joules / sum(tokens) if joules else None}
    return found | ({"tflops": rate * flops / 1e12, "mfu": mfu(rate * flops)} if flops else {})


def mfu(flops_per_second: float) -> float | None:
    import torch

    from aidc_runtime.observe.flops import mfu

    return mfu(flops_per_second, torch.cuda.get_device_name(), "bf16") if torch.cuda.is_available() else None


def ours(values: dict[str, Any]) -> dict[str, Any]:
    """A run of the runtime."""
    energy, joules = Energy(), []

    def on_step(facts: Any) -> None:
        if facts.step == WARM:
            energy.begin()
        if facts.step == values["train"]["steps"]:
            joules.append(energy.end())

    observer = run(values, on_step)
    facts = observer.facts[WARM:]
    found = measured([f.tokens for f in facts], [f.seconds for f in facts], joules[0], observer._flops_per_token)
    return found | {"gigabytes": (facts[-1].peak_memory or 0) / 1e9}


def plain(rows: list[list[int]], values: dict[str, Any], accelerated: bool) -> dict[str, Any]:
    """The same training by hand: autocast to bf16, fused AdamW, clipping. `accelerated`: with Accelerate in place of autocast."""
    import torch
    from torch.nn.functional import cross_entropy

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = plain_model(values, device)
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=device.type == "cuda")
    passes = partial(torch.autocast, device.type, torch.bfloat16)
    backward: Callable[[Any], None] = torch.Tensor.backward
    if accelerated:
        from accelerate import Accelerator

        accelerator = Accelerator(mixed_precision="bf16", cpu=device.type == "cpu")
        model, optimizer = accelerator.prepare(model, optimizer)
        passes, backward = contextlib.nullcontext, accelerator.backward  # type: ignore[assignment]
    batch, energy = values["train"]["global_batch"], Energy()
    tokens, seconds = [], []
    for step in range(values["train"]["steps"]):
        if step == WARM:
            energy.begin()
        began = time.perf_counter()
        ids = torch.tensor(rows[step * batch : (step + 1) * batch]).to(device)
        with passes():
            logits = model(input_ids=ids).logits
        loss = cross_entropy(logits[:, :-1].flatten(0, 1).float(), ids[:, 1:].flatten())
        backward(loss)
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        loss.item()  # waits for the device, as a loop that tells its loss does
        seconds.append(time.perf_counter() - began)
        tokens.append(ids[:, 1:].numel())
    return measured(tokens[WARM:], seconds[WARM:], energy.end())


def plain_model(values: dict[str, Any], device: Any) -> Any:
    """The spec's model, made on the device."""
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig

    torch.manual_seed(0)
    lora = values["model"].get("lora")
    with device:
        # What is frozen needs no fp32.
        kind = torch.bfloat16 if lora else torch.float32
        model = AutoModelForCausalLM.from_config(LlamaConfig(**values["model"]["config"]), dtype=kind)
    if lora:
        from peft import LoraConfig, get_peft_model

        wanted = LoraConfig(r=lora["rank"], lora_alpha=lora["alpha"], target_modules="all-linear")
        model = get_peft_model(model, wanted, autocast_adapter_dtype=True)
    if values["model"].get("compile"):
        for module in model.modules():
            if type(module).__name__ == "LlamaDecoderLayer":
                module.compile()
    return model.train()


def training(folder: Path, name: str, dry: bool) -> dict[str, Any]:
    """Tokens per second, MFU and joules per token of a model, by the runtime and beside it."""
    model = name.removesuffix(" compiled")
    config, length, batch, lora = MODELS[model]
    steps = 8 if dry else 20
    if dry:
        config, length, batch = TINY, 64, 2
    rows = write_tokens(folder / "tokens.jsonl", steps * batch, length, config["vocab_size"])
    parts: dict[str, Any] = {
        "model": {"compile": name.endswith(" compiled"), "activation_checkpointing": "none"},
        "train": {"steps": steps, "global_batch": batch, "micro_batch": batch, "precision": "bf16"},
    }
    if lora:
        parts["model"]["lora"] = {"rank": 16, "alpha": 32}
    values = spec(folder, "training", config, length, **parts)
    found: dict[str, Any] = {}
    for side, action in {
        "runtime": lambda: ours(values),
        "plain torch": lambda: plain(rows, values, accelerated=False),
        "accelerate": lambda: plain(rows, values, accelerated=True),
    }.items():
        try:
            found[side] = action()
        except (ImportError, RuntimeError) as error:  # out of memory is a RuntimeError
            found[side] = {"failed": f"{type(error).__name__}: {error}"[:200]}
        free()
    return found


def free() -> None:
    """Give back the device's memory."""
    import gc

    import torch

    gc.collect()
    torch._dynamo.reset()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def checkpoints(folder: Path, dry: bool) -> dict[str, Any]:
    """For how long training waits for a checkpoint on a local disk, written at once or beside the training."""
    config, length, batch, _ = (TINY, 64, 2, False) if dry else MODELS["1.3B"]
    found: dict[str, Any] = {}
    for mode, every in (("sync", 5), ("async", 5 if dry else 60)):
        steps = every * 4
        write_tokens(folder / "tokens.jsonl", 64, length, config["vocab_size"])
        train = {"steps": steps, "global_batch": batch, "micro_batch": batch, "precision": "bf16"}
        checkpoint = {"every_steps": every, "mode": mode, "keep": 1}
        observer = run(spec(folder, mode, config, length, train=train, checkpoint=checkpoint))
        # The first one starts threads and pins memory; beside the last one nothing is trained.
        stall = statistics.median(observer.stalls[1:-1])
        step = statistics.median(facts.seconds for facts in observer.facts[WARM:])
        found[mode] = {
            "stall_seconds": stall,
            "write_seconds": statistics.median(end - begin for begin, end in observer.written),
            "gigabytes": observer.bytes / 1e9,
            "percent_of_100_steps": stall / step,
        }
        free()
    return found


def recovery(folder: Path, dry: bool) -> dict[str, Any]:
    """Seconds from SIGKILL of a process to its successor's first step, under the launcher (NCCL on a GPU), with a checkpoint
    every 10 steps."""
    config, length, batch, _ = (TINY, 64, 2, False) if dry else MODELS["1.3B"]
    write_tokens(folder / "tokens.jsonl", 64, length, config["vocab_size"])
    path, log = folder / "recovery.json", folder / "steps"
    train = {"steps": 40, "global_batch": batch, "micro_batch": batch, "precision": "bf16"}
    checkpoint = {"every_steps": 10, "mode": "sync", "export": False}
    resilience = {"max_restarts": 1}
    path.write_text(
        json.dumps(spec(folder, "recovery", config, length, train=train, checkpoint=checkpoint, resilience=resilience))
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "PET_NPROC_PER_NODE": "1",
        "AIDC_BENCH_STEPS": str(log),
    }
    command = [sys.executable, __file__, "--launcher", str(path)]
    with (folder / "log").open("w") as output:
        launcher = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        first = step_reached(log, 17, launcher)
        os.kill(first[1], signal.SIGKILL)
        killed = time.time()
        if launcher.wait(400) != 0:
            raise SystemExit(f"the run did not recover:\n{(folder / 'log').read_text()[-3000:]}")
    finally:
        if launcher.poll() is None:
            os.killpg(launcher.pid, signal.SIGKILL)
    after = [line for line in steps_of(log) if line[1] != first[1]]
    done = max(line[2] for line in steps_of(log) if line[1] == first[1])
    return {"seconds_to_first_step": after[0][0] - killed, "steps_done_again": done - after[0][2] + 1}


def steps_of(log: Path) -> list[tuple[float, int, int]]:
    """Time, process and number of each step."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [(float(when), int(pid), int(step)) for when, pid, step in (line.split() for line in lines)]


def step_reached(log: Path, step: int, launcher: subprocess.Popen[bytes]) -> tuple[float, int, int]:
    while not (found := [line for line in steps_of(log) if line[2] >= step]):
        if launcher.poll() is not None:
            raise SystemExit(f"the run ended early:\n{(log.parent / 'log').read_text()[-3000:]}")
        time.sleep(0.02)
    return found[0]


def launcher(path: str) -> int:
    """What `aidc-run launch` does, with workers that note their steps."""
    from aidc_runtime.config import load_spec
    from aidc_runtime.launchers.torch_elastic import TorchElastic

    return TorchElastic([sys.executable, __file__, "--worker", path]).launch(load_spec(path), path)


def worker(path: str) -> None:
    """What `aidc-run worker` does."""
    import aidc_runtime.worker as worker
    from aidc_runtime.config import load_spec
    from aidc_runtime.faults.outcome import ending_with_outcome
    from aidc_runtime.observe.observer import Observer

    class Noting(Observer):
        def step(self, facts: Any) -> None:
            super().step(facts)
            with open(os.environ["AIDC_BENCH_STEPS"], "a") as log:
                log.write(f"{time.time()} {os.getpid()} {facts.step}\n")

    worker.Observer = Noting  # type: ignore[misc]
    with ending_with_outcome() as words:
        worker.train(load_spec(path), words)


def case(name: str, dry: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="aidc-bench-") as folder, contextlib.redirect_stdout(sys.stderr):
        if name == "checkpoints":
            return checkpoints(Path(folder), dry)
        if name == "recovery":
            return recovery(Path(folder), dry)
        return training(Path(folder), name, dry)


def table(found: dict[str, Any]) -> str:
    """The figures for people."""
    lines = [", ".join(f"{name} {value}" for name, value in found["machine"].items())]
    for name, figures in found["cases"].items():
        for side, values in figures.items():
            values = values if isinstance(values, dict) else {"": values}
            text = "  ".join(
                f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}" for key, value in values.items()
            )
            lines.append(f"{name:18} {side:22} {text}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dry", action="store_true", help="tiny models on any machine: whether it runs")
    parser.add_argument("--only", nargs="*", choices=CASES, default=CASES, help="these cases alone")
    parser.add_argument("--json", type=Path, help="write the figures there")
    for hidden in ("--case", "--launcher", "--worker"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.launcher:
        return launcher(options.launcher)
    if options.worker:
        worker(options.worker)
        return 0
    if options.case:
        print(json.dumps(case(options.case, options.dry)))
        return 0
    import torch

    if not torch.cuda.is_available() and not options.dry:
        print("there is no CUDA device here: nothing is measured (--dry tries the cases on the CPU)")
        return 0
    found: dict[str, Any] = {"machine": machine(), "cases": {}}
    failed = False
    for name in options.only:
        command = [sys.executable, __file__, "--case", name, *(["--dry"] if options.dry else [])]
        ended = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        failed = failed or ended.returncode != 0
        lines = ended.stdout.splitlines()
        found["cases"][name] = json.loads(lines[-1]) if ended.returncode == 0 else {"failed": ended.returncode}
    print(table(found))
    print(json.dumps(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""What the runtime costs beside a plain PyTorch loop, on CPUs: overhead of a step, stall of a checkpoint, and the start.

    python bench/loop.py [--check] [--json FILE]

`--check` exits with 1 where a limit is passed. All figures are of one run, on one machine.
"""

import argparse
import contextlib
import io
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported: less noise, and CPU time that is one thread's

from common import ROOT, llama, machine, run, spec, write_tokens

LIMITS = {"overhead_percent": 3.0, "stall_percent": 5.0}
LENGTH, VOCABULARY = 128, 4096
STEP = {"global_batch": 4, "micro_batch": 2, "precision": "fp32"}
WARM = 5
"""First steps, which are left out."""


class Plain:
    """The same training as a person writes it who needs nothing else: no restarts, no checkpoints, no metrics, one device."""

    def __init__(self, rows: list[list[int]], config: dict[str, Any], lr: float, batch: int, micro_batch: int) -> None:
        import torch
        from transformers import AutoModelForCausalLM, LlamaConfig

        torch.manual_seed(0)
        self.rows, self.batch, self.micro_batch = rows, batch, micro_batch
        self.model = AutoModelForCausalLM.from_config(LlamaConfig(**config)).train()
        parameters = list(self.model.parameters())
        groups = [
            {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": 0.1},
            {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.95))

    def step(self, number: int) -> float:
        """Loss of step `number`, from 0."""
        import torch
        from torch.nn.functional import cross_entropy

        total = 0.0
        first = number * self.batch
        for begin in range(first, first + self.batch, self.micro_batch):
            ids = torch.tensor(self.rows[begin : begin + self.micro_batch])
            logits = self.model(input_ids=ids).logits[:, :-1].flatten(0, 1)
            loss = cross_entropy(logits, ids[:, 1:].flatten()) * self.micro_batch / self.batch
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return total


def overhead(folder: Path, steps: int) -> dict[str, Any]:
    """Both loops in one process, taking turns step by step, so that neighbours on the machine meet both alike.

    CPU time: that of the plain loop is the main thread's while it runs; ours is all the rest of the process, its threads for data,
    metrics and the watchdog included.
    """
    config = llama(256, 4, VOCABULARY)
    rows = write_tokens(folder / "tokens.jsonl", steps * STEP["global_batch"], LENGTH, VOCABULARY)
    plain = Plain(rows, config, 3e-4, STEP["global_batch"], STEP["micro_batch"])
    losses: list[float] = []
    marks: list[tuple[float, float, float, float]] = []

    def take_turns(facts: Any) -> None:
        wall, thread = time.perf_counter(), time.thread_time()
        losses.append(plain.step(facts.step - 1))
        plain_cpu, plain_wall = time.thread_time() - thread, time.perf_counter() - wall
        marks.append((plain_cpu, plain_wall, time.process_time(), time.perf_counter()))

    observer = run(spec(folder, "overhead", config, LENGTH, train={"steps": steps, **STEP}), take_turns)
    ours = [facts.loss for facts in observer.facts]
    worst = max(abs(a - b) for a, b in zip(ours, losses, strict=True))
    if worst > 1e-5:
        raise SystemExit(f"no figures: the losses of the two loops differ by {worst:.2g}")
    pairs = []
    for before, mark in zip(marks[WARM:], marks[WARM + 1 :], strict=False):
        cpu, wall = mark[2] - before[2] - mark[0], mark[3] - before[3] - mark[1]
        pairs.append((cpu, mark[0], wall, mark[1]))
    middle = [statistics.median(column) for column in zip(*pairs, strict=True)]
    return {
        "steps": len(pairs),
        "losses_differ_by": worst,
        "cpu_ms": {"ours": middle[0] * 1000, "plain": middle[1] * 1000},
        "wall_ms": {"ours": middle[2] * 1000, "plain": middle[3] * 1000},
        # Of pairs of neighbouring steps: what both meet alike falls out.
        "overhead_percent": 100 * (statistics.median(pair[0] / pair[1] for pair in pairs) - 1),
        "overhead_wall_percent": 100 * (statistics.median(pair[2] / pair[3] for pair in pairs) - 1),
    }


def stalls(folder: Path, output: str, saves: int) -> dict[str, Any]:
    """For how long a step waits for a checkpoint, written at once or beside the training. The first save of each run, which
    starts threads and clients, is left out, and so is the last one: nothing is trained beside it."""
    config = llama(320, 4, VOCABULARY)
    found: dict[str, Any] = {}
    # Beside the training, each write must be done before the next begins: else the wait for it would be counted.
    for mode, every in (("sync", 2), ("async", 24)):
        steps = every * (saves + 2)
        write_tokens(folder / "tokens.jsonl", 64, LENGTH, VOCABULARY)
        values = spec(
            folder,
            f"stall-{mode}",
            config,
            LENGTH,
            run={"output": output},
            train={"steps": steps, **STEP},
            checkpoint={"every_steps": every, "mode": mode, "keep": 1},
        )
        observer = run(values)
        assert len(observer.written) == saves + 2, "each save must become a checkpoint"
        found[mode] = {"stall_ms": 1000 * min(observer.stalls[1:-1])}  # the least: others share the machine
        found["megabytes"] = observer.bytes / 1e6
        if mode == "async":
            found[mode]["write_ms"] = 1000 * statistics.median(end - begin for begin, end in observer.written[1:-1])
            found[mode] |= beside_writes(observer)
    found["stall_percent"] = 100 * found["async"]["stall_ms"] / found["sync"]["stall_ms"]
    return found


def beside_writes(observer: Any) -> dict[str, float]:
    """Time of steps while a checkpoint is being written, and of others."""
    busy, free = [], []
    for begin, end in zip(observer.ends[WARM:], observer.ends[WARM + 1 :], strict=False):
        written = any(begin < until and end > since for since, until in observer.written)
        (busy if written else free).append(1000 * (end - begin))
    return {"step_ms": statistics.median(free), "step_beside_write_ms": statistics.median(busy or [math.nan])}


def start_up(folder: Path) -> dict[str, Any]:
    """Where the time of a start goes, with two processes under the launcher: a first start, that is killed after its
    checkpoint, and a second one that goes on from it. Seconds of rank 0."""
    write_tokens(folder / "tokens.jsonl", 64, LENGTH, VOCABULARY)
    path = folder / "start.json"
    checkpoint = {"every_steps": 2, "mode": "sync", "export": False}
    train = {"steps": 4, **STEP}
    path.write_text(
        json.dumps(spec(folder, "start", llama(320, 4, VOCABULARY), LENGTH, train=train, checkpoint=checkpoint))
    )
    found = {}
    for name, fault in (("first", "step.3@0"), ("again", "")):
        environment = {
            **os.environ,
            "AIDC_FAULT": fault,
            "PET_NPROC_PER_NODE": "2",
            "AIDC_BENCH_OUT": str(folder / name),
        }
        environment |= {"PYTHONPATH": str(ROOT / "src"), "AIDC_BENCH_BEGAN": str(time.time())}
        command = [sys.executable, __file__, "--launcher", str(path)]
        ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if ended.returncode != (70 if fault else 0):
            raise SystemExit(f"no figures: the {name} start ended with {ended.returncode}:\n{ended.stdout[-3000:]}")
        found[name] = json.loads((folder / name).read_text())
    return found


def launcher(path: str) -> int:
    """What `aidc-run launch` does, with workers that take times."""
    from aidc_runtime.config import load_spec
    from aidc_runtime.launchers.torch_elastic import TorchElastic

    return TorchElastic([sys.executable, __file__, "--worker", path]).launch(load_spec(path), path)


def worker(path: str) -> None:
    """What `aidc-run worker` does; rank 0 writes where the time went until its first step."""
    from aidc_runtime.observe.phases import process_age

    born = time.time() - process_age()
    split = {"launcher": born - float(os.environ["AIDC_BENCH_BEGAN"])}
    import aidc_runtime.worker as worker
    from aidc_runtime.config import load_spec
    from aidc_runtime.faults.outcome import ending_with_outcome
    from aidc_runtime.observe.observer import Observer

    split["imports"] = time.time() - born

    def timed(part: str, name: str) -> None:
        action = getattr(worker, name)

        def wrapped(*arguments: Any, **named: Any) -> Any:
            began = time.time()
            try:
                return action(*arguments, **named)
            finally:
                split[part] = split.get(part, 0.0) + time.time() - began

        setattr(worker, name, wrapped)

    for part, names in {
        "joining": ["join_world"],
        "data": ["prepare"],
        "model": ["build_model", "spread", "make_optimizer"],
        "restore": ["train_state", "restore"],
    }.items():
        for name in names:
            timed(part, name)

    class First(Observer):
        def resumed(self, step: int) -> int:
            self.since = time.time()
            return super().resumed(step)

        def step(self, facts: Any) -> None:
            super().step(facts)
            if "first step" not in split:
                split["first step"] = time.time() - self.since
                split["others"] = time.time() - float(os.environ["AIDC_BENCH_BEGAN"]) - sum(split.values())
                if self._leads:
                    Path(os.environ["AIDC_BENCH_OUT"]).write_text(json.dumps(split))

    worker.Observer = First  # type: ignore[misc]
    with ending_with_outcome() as words:
        worker.train(load_spec(path), words)


def table(found: dict[str, Any]) -> str:
    """The figures for people."""
    step, lines = found["overhead"], [", ".join(f"{name} {value}" for name, value in found["machine"].items()), ""]
    lines.append(f"a step, median of {step['steps']}      ours    plain   overhead   limit")
    for name, ratio, limit in (("cpu_ms", "overhead_percent", "3.0 %"), ("wall_ms", "overhead_wall_percent", "")):
        lines.append(
            f"{name:24} {step[name]['ours']:7.1f}  {step[name]['plain']:7.1f}   {step[ratio]:6.1f} %   {limit}"
        )
    lines += [
        "",
        "a checkpoint          MB   sync stall  async stall    ratio   limit   write  step  step beside it (ms)",
    ]
    for store, stall in found["stalls"].items():
        aside = stall["async"]
        lines.append(
            f"{store:16} {stall['megabytes']:7.1f}   {stall['sync']['stall_ms']:10.1f}  {aside['stall_ms']:11.1f}  "
            f"{stall['stall_percent']:5.1f} %   5.0 %  {aside['write_ms']:6.0f}  {aside['step_ms']:4.0f}  "
            f"{aside['step_beside_write_ms']:4.0f}"
        )
    lines += [
        "",
        "seconds to the first step, 2 processes   "
        + "".join(f"{part:>11}" for part in found["start_up"]["first"])
        + "      total",
    ]
    for name, split in found["start_up"].items():
        lines.append(
            f"{name:40} " + "".join(f"{value:11.2f}" for value in split.values()) + f"{sum(split.values()):11.2f}"
        )
    return "\n".join(lines)


def over_limits(found: dict[str, Any]) -> list[str]:
    """What is above its limit."""
    figures = {"overhead_percent": {"step": found["overhead"]}, "stall_percent": found["stalls"]}
    return [
        f"{name} of {what} is {figure[name]:.1f}, at most {LIMITS[name]}"
        for name, group in figures.items()
        for what, figure in group.items()
        if not figure[name] <= LIMITS[name]
    ]


@contextlib.contextmanager
def s3() -> Iterator[str]:
    """A prefix in an S3 server (moto) of its own process."""
    sys.path.insert(0, str(ROOT / "tests"))
    import s3fs
    from checkpoint_world import S3_SERVER

    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([sys.executable, "-c", S3_SERVER], text=True, **pipes)
    try:
        assert server.stdout is not None
        endpoint = f"http://127.0.0.1:{int(server.stdout.readline())}"
        os.environ |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        os.environ |= {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
        s3fs.S3FileSystem(endpoint_url=endpoint).mkdir("bench")
        yield "s3://bench/runs"
    finally:
        server.kill()
        server.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="exit with 1 where a limit is passed")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--steps", type=int, default=60, help="steps of each loop")
    parser.add_argument("--saves", type=int, default=2, help="checkpoints of each kind that count")
    parser.add_argument("--launcher", help=argparse.SUPPRESS)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.launcher:
        return launcher(options.launcher)
    if options.worker:
        worker(options.worker)
        return 0
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="aidc-bench-") as name:
        folder = Path(name)
        # First, as it is the machine's quietest time: the log would hide the table.
        with contextlib.redirect_stdout(io.StringIO()):
            found["overhead"] = overhead(folder, options.steps)
            found["stalls"] = {"local disk": stalls(folder, str(folder / "stalls"), options.saves)}
            with s3() as output:
                found["stalls"]["s3 on loopback"] = stalls(folder, output, options.saves)
        found["start_up"] = start_up(folder)
    found = {"machine": machine(), **found}
    print(table(found))
    print(json.dumps(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    over = over_limits(found)
    for line in over:
        print(f"over the limit: {line}", file=sys.stderr)
    return 1 if options.check and over else 0


if __name__ == "__main__":
    sys.exit(main())

"""The launch spec: all that a run is told. The one schema of both languages (`aidc-run schema`)."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from .base import ImportPath, Location, Part

Positive = Annotated[int, Field(ge=1)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class Run(Part):
    """Which run this is, and where its results go."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    """Name of the run: everything it writes lies under `<output>/<id>/`."""
    output: Location
    """Prefix of checkpoints, reports and exported models of runs."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """Decides initial weights, the order of samples, and dropout."""


class Task(Part):
    """What is learned, and which columns of the data it reads."""

    name: (
        Literal[
            "causal_lm",
            "token_classification",
            "sequence_classification",
            "pair_ranking",
            "image_classification",
        ]
        | ImportPath
    )
    """One of the built-in tasks, or `package.module:Class` of the user's own."""
    columns: dict[str, str] = {}
    """Names of columns that differ from the task's own, by the task's name: `{"text": "content"}`."""
    labels: list[str] | None = None
    """Labels in the order of their ids. Default: found in the training data, sorted, `O` first."""
    options: dict[str, Any] = {}
    """What a task takes beside this; see its docstring."""


class Lora(Part):
    """Low-rank adapters: only they are trained."""

    rank: Positive = 16
    alpha: Annotated[float, Field(gt=0)] = 32.0
    dropout: Fraction = 0.0
    target_modules: list[str] | Literal["all-linear"] = "all-linear"
    """Names of the linear layers that get an adapter."""


class Model(Part):
    """The model: from a Hugging Face config, from weights with their config, or by an import path."""

    config: dict[str, Any] | None = None
    """A Hugging Face config with its `model_type`; weights are random unless `weights` is given."""
    weights: Location | None = None
    """Folder with `config.json` and `*.safetensors`, as the runtime exports it."""
    import_path: ImportPath | None = None
    """A function `(spec, task) -> torch.nn.Module` of the image."""
    tokenizer: Location | None = None
    """Folder with `tokenizer.json`. Default: that of `weights`; without weights one is trained on the training data."""
    vocabulary_size: Annotated[int, Field(ge=32)] = 8192
    """Size of a tokenizer that is trained here."""
    lora: Lora | None = None
    activation_checkpointing: Literal["none", "blocks"] = "none"
    """`blocks` computes each block's activations again in the backward pass: less memory for about a third more work."""
    compile: bool = False
    """Compile each block with torch.compile."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.import_path is not None and (self.config is not None or self.weights is not None):
            raise ValueError("import_path stands alone: drop config and weights")
        if self.import_path is None and self.config is None and self.weights is None:
            raise ValueError("one of config, weights and import_path is needed")
        if self.config is not None and "model_type" not in self.config:
            raise ValueError("config needs a model_type, such as llama or bert")
        return self


class Data(Part):
    """Where samples come from. Files below a prefix are read in the order of their names."""

    train: Location
    """A file, or a prefix with files of one format."""
    eval: Location | None = None
    """Samples of the evaluation; none, no evaluation."""
    format: Literal["parquet", "arrow", "jsonl", "text", "conll"]
    sequence_length: Annotated[int, Field(ge=8)] = 512
    """Most tokens of a sample; longer ones are cut, or with `pack` continue in the next."""
    pack: bool = False
    """Whether documents are laid end to end and cut into samples of full length (causal_lm only)."""
    shuffle: bool = True
    """Whether the order of samples differs from epoch to epoch. It is a pure function of seed, epoch and index."""
    shuffle_window: Positive = 16
    """Files that are mixed with each other; all that a worker holds open at once."""
    max_bad_samples: Annotated[int, Field(ge=0)] = 0
    """Samples and files that may be unreadable before the run gives up with exit code 65."""
    prefetch: Positive = 2
    """Steps of batches that are prepared ahead."""


class Parallel(Part):
    """How the model is spread. `replicate * shard * tensor` is the number of processes."""

    strategy: Literal["ddp", "fsdp"] = "fsdp"
    """`ddp` keeps the model whole on each device; `fsdp` shards it (FSDP2; with `replicate` > 1 HSDP)."""
    replicate: Positive | Literal["auto"] = "auto"
    """Copies of the model. `auto`: 1 with fsdp, all processes with ddp."""
    shard: Positive | Literal["auto"] = "auto"
    """Devices that share one copy. `auto`: what `replicate` and `tensor` leave."""
    tensor: Positive = 1
    """Devices that share each matrix, inside one node."""
    gradient_compression: Literal["none", "bf16", "powersgd"] = "none"
    """For slow links; ddp only."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.strategy == "ddp" and self.shard not in (1, "auto"):
            raise ValueError("ddp shards nothing: shard is 1")
        if self.strategy == "ddp" and self.tensor != 1:
            raise ValueError("tensor parallelism needs the fsdp strategy")
        if self.strategy != "ddp" and self.gradient_compression != "none":
            raise ValueError("gradient_compression needs the ddp strategy")
        return self


class Train(Part):
    """The steps. Accumulation is derived: `global_batch / (micro_batch * data-parallel size)`, rounded up."""

    steps: Positive
    """Optimizer steps of the whole run."""
    global_batch: Positive
    """Samples of a step, over all devices; whatever their number, so that a resume on fewer of them learns the same."""
    micro_batch: Positive = 8
    """Most samples that a device holds at once."""
    precision: Literal["fp32", "bf16", "fp16", "fp8"] = "bf16"
    """Of the computation. Weights and optimizer state stay fp32. fp8 needs a device that has it, and torchao."""
    max_grad_norm: Annotated[float, Field(gt=0)] | None = 1.0
    """Gradients are scaled down to this norm; null: never."""
    balance: Literal["even", "measured"] = "even"
    """`measured` splits a step in proportion to each device's speed, so that the slowest does not set the pace (ddp only)."""
    max_bad_steps: Annotated[int, Field(ge=0)] = 0
    """Steps in a row whose gradient may be no number (they change nothing) before the run gives up with exit code 76."""
    eval_every: Annotated[int, Field(ge=0)] = 0
    """Steps between evaluations; 0: only at the end."""


class Optimizer(Part):
    """Optimizer of torch."""

    name: Literal["adamw", "sgd", "adafactor"] = "adamw"
    lr: Annotated[float, Field(gt=0)] = 3e-4
    weight_decay: Annotated[float, Field(ge=0)] = 0.1
    """Of matrices; biases and norms have none."""
    betas: tuple[Fraction, Fraction] = (0.9, 0.95)
    momentum: Fraction = 0.9
    """Of sgd."""


class Schedule(Part):
    """Learning rate over the steps: up in `warmup_steps`, then as named (schedules of transformers)."""

    name: Literal["constant", "linear", "cosine", "wsd"] = "cosine"
    warmup_steps: Annotated[int, Field(ge=0)] = 0
    decay_steps: Annotated[int, Field(ge=0)] = 0
    """Length of the fall at the end of wsd."""
    min_ratio: Fraction = 0.1
    """Least learning rate, as a part of `optimizer.lr`, of cosine and wsd."""


class LocalCopies(Part):
    """Copies of the state on each node's own disk, between checkpoints: when processes are started again in the same pods, they go
    on from the newest one. Pods that are made anew go on from the store."""

    path: Annotated[str, Field(pattern=r"^/")]
    """Folder on a disk that outlives the container, such as a volume on the node's NVMe; it holds two copies."""
    every_steps: Positive = 50


class Checkpoint(Part):
    """When state is saved. The newest whole one is found again by itself."""

    every_steps: Positive = 500
    every_seconds: Annotated[float, Field(gt=0)] | None = None
    """Also after so much time, whatever the step."""
    keep: Positive = 3
    """Newest checkpoints that stay."""
    mode: Literal["async", "sync"] = "async"
    """`async` copies the state aside and writes it while training goes on."""
    local: LocalCopies | None = None
    """Cheap copies beside the checkpoints in the store. Default: none."""
    export: bool = True
    """Whether the finished model is exported (safetensors, tokenizer, report, manifest)."""


class Resilience(Part):
    """What happens when something breaks."""

    max_restarts: Annotated[int, Field(ge=0)] = 3
    """Restarts of the processes inside their pods; those of pods are counted by whoever made them."""
    min_nodes: Positive = 1
    max_nodes: Positive = 1
    hang_seconds: Annotated[float, Field(gt=0)] = 600.0
    """Without a step for so long, a process ends itself with exit code 70 and its stacks in the log."""
    save_seconds: Annotated[float, Field(gt=0)] = 90.0
    """Time to save in after a notice, less than the pod's grace period."""
    storage_seconds: Annotated[float, Field(gt=0)] = 120.0
    """How long a store may be away before the run gives up with exit code 74."""
    deadline: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")] | None = None
    """When the capacity ends (UTC), as of a Capacity Block: the state is saved before, and the exit code is 75."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_nodes > self.max_nodes:
            raise ValueError("min_nodes is at most max_nodes")
        return self


class Observe(Part):
    """What can be seen from outside."""

    port: Annotated[int, Field(ge=0, le=65535)] = 9464
    """Of /metrics and /healthz; 0: any free one."""
    address: str = "0.0.0.0"
    """Where the port listens."""
    tensorboard: Location | None = None
    """Prefix of TensorBoard's event files."""
    wandb_project: str | None = None
    """Project in Weights & Biases; the key comes from the environment (WANDB_API_KEY)."""
    log_every: Positive = 10
    """Steps between lines of the log."""


class Fabric(Part):
    """The network between nodes."""

    kind: Literal["none", "efa", "infiniband", "roce"] = "none"
    check: Literal["enforce", "warn", "off"] = "enforce"
    """What happens when traffic between nodes does not take the fabric: exit code 69, a warning, or nothing."""


class Launcher(Part):
    """Who starts the processes."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] = "torch"
    """`torch` (torch elastic), or the name of an entry point of the group `aidc_runtime.launchers`."""
    options: dict[str, Any] = {}


class LaunchSpec(Part):
    """A training run, whole. Bad values are refused before anything is started (exit code 64)."""

    version: Literal[1]
    run: Run
    task: Task
    model: Model
    data: Data
    parallel: Parallel = Parallel()
    train: Train
    optimizer: Optimizer = Optimizer()
    schedule: Schedule = Schedule()
    checkpoint: Checkpoint = Checkpoint()
    resilience: Resilience = Resilience()
    observe: Observe = Observe()
    fabric: Fabric = Fabric()
    launcher: Launcher = Launcher()
    extensions: dict[str, dict[str, Any]] = {}
    """Settings of recipes beside the core, by their name."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.data.pack and self.task.name != "causal_lm":
            raise ValueError("data.pack is for causal_lm")
        if self.schedule.warmup_steps + self.schedule.decay_steps > self.train.steps:
            raise ValueError("schedule.warmup_steps and decay_steps are more than train.steps")
        if self.model.lora is not None and self.parallel.tensor > 1:
            raise ValueError("model.lora goes with shard, not with parallel.tensor")
        if self.train.balance == "measured" and self.parallel.strategy != "ddp":
            raise ValueError(
                "train.balance measured needs the ddp strategy: where weights are sharded, all wait for all"
            )
        return self

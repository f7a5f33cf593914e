"""One process of a run, from joining the others to the exported model."""

import signal
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch

import aidc_runtime.data.locations as locations
from aidc_runtime.checkpoint.export import export_model
from aidc_runtime.checkpoint.loader import restore
from aidc_runtime.checkpoint.local_tier import LocalTier
from aidc_runtime.checkpoint.saver import SavedInfo, Saver
from aidc_runtime.checkpoint.state import train_state
from aidc_runtime.checkpoint.store import CheckpointStore
from aidc_runtime.config import LaunchSpec, spec_hash
from aidc_runtime.data.dataset import Dataset, open_dataset
from aidc_runtime.data.order import SampleOrder
from aidc_runtime.data.packing import packed
from aidc_runtime.data.steps import StepReader
from aidc_runtime.data.tokenizer import has_tokenizer, keep_tokenizer, load_tokenizer, tokenizer_for
from aidc_runtime.exit_codes import BadSpec
from aidc_runtime.faults.fabric import check_fabric
from aidc_runtime.faults.outcome import LastWords
from aidc_runtime.faults.stop import StopSignal
from aidc_runtime.faults.watchdog import Watchdog
from aidc_runtime.model.build import build_model
from aidc_runtime.observe.flops import flops_per_token, matrix_parameters
from aidc_runtime.observe.observer import Observer, Place
from aidc_runtime.tasks.registry import create_task
from aidc_runtime.tasks.task import Task
from aidc_runtime.train.evaluate import evaluator
from aidc_runtime.train.optimize import learning_rate, make_optimizer
from aidc_runtime.train.spread import Spread, spread
from aidc_runtime.train.trainer import Parts, Progress, Trainer
from aidc_runtime.train.world import World, join_world, layout_of


def train(spec: LaunchSpec, words: LastWords, alone: bool = False) -> None:
    """Train to the end, evaluate and export; go on from the newest checkpoint where there is one.

    `alone`: this process is the whole run and nobody launched it, so it serves its metrics itself. Raises RunError.
    """
    with ExitStack() as until_end:
        watchdog = until_end.enter_context(Watchdog(spec.resilience.hang_seconds))
        signals = (signal.SIGTERM, signal.SIGINT) if alone else (signal.SIGTERM,)
        stop = until_end.enter_context(StopSignal(spec.resilience.deadline, spec.resilience.save_seconds, signals))
        observer = Observer(spec, Place.of_environment(), locations, watchdog.beat)
        until_end.callback(observer.close)
        if alone:
            observer.info("metrics are served", port=observer.serve())
        world = join_world(spec.resilience.hang_seconds)
        until_end.callback(world.leave)
        check_fabric(spec.fabric, world.nodes, world.traffic if world.nodes > 1 else None)
        run = Start(spec, world, observer, stop, watchdog, words)
        progress = run.train()
        if world.rank == 0:
            run.hand_over(progress)
            observer.close("done")


@dataclass
class Materials:
    """What a run learns from."""

    task: Task
    train: Dataset
    eval: Dataset | None


def prepare(spec: LaunchSpec, world: World) -> Materials:
    """The task with its tokenizer and labels, and the data. The same in every process."""
    task = create_task(spec)
    documents = open_dataset(spec.data, spec.data.train, spec.resilience.storage_seconds)
    task.tokenizer = _tokenizer(spec, world, task, documents)
    task.prepare(documents)
    judged = None
    if spec.data.eval is not None:
        judged = packed(open_dataset(spec.data, spec.data.eval, spec.resilience.storage_seconds), task)
    return Materials(task, packed(documents, task), judged)


def _tokenizer(spec: LaunchSpec, world: World, task: Task, documents: Dataset) -> Any:
    """The run's tokenizer. One that is trained is kept with the run: training breaks ties as it likes, so another process, or
    another start, would number tokens otherwise."""
    if spec.model.tokenizer or spec.model.weights or not task.needs_tokenizer:
        return tokenizer_for(spec, task, documents)
    kept = locations.join(spec.run.output, spec.run.id, "tokenizer")
    seconds = spec.resilience.storage_seconds
    if world.rank == 0 and not has_tokenizer(kept, seconds):
        trained = tokenizer_for(spec, task, documents)
        if trained is not None:
            keep_tokenizer(trained, kept, seconds)
    world.wait()
    return load_tokenizer(kept, seconds) if has_tokenizer(kept, seconds) else None


class Start:
    """One start of a run in this process."""

    def __init__(
        self,
        spec: LaunchSpec,
        world: World,
        observer: Observer,
        stop: StopSignal,
        watchdog: Watchdog,
        words: LastWords,
    ) -> None:
        self.spec, self.world, self.observer = spec, world, observer
        self.stop, self.watchdog, self.words = stop, watchdog, words
        self.layout = layout_of(spec.parallel, world.size)
        self.store = CheckpointStore.of(spec)
        self.materials = prepare(spec, world)
        observer.alive()

    def train(self) -> Progress:
        """All steps that are left."""
        spec, task, data = self.spec, self.materials.task, self.materials.train
        model = build_model(spec, task)
        self.observer.alive()
        self._describe(model)
        ready = spread(model, spec, self.world, self.layout)
        optimizer = make_optimizer(ready.model, spec.optimizer, self.world.device)
        state = train_state(ready.model, optimizer, frozen=spec.model.lora is None)
        learned = spec_hash(spec)
        saver = Saver(self.store, spec.checkpoint.mode, learned, self._saved)
        local = spec.checkpoint.local
        tier = LocalTier(local.path, spec.run.id, learned, saver.group) if local else None
        with self.observer.phase("restore"):
            found = restore(self.store, state, learned, saver.group)
            if tier:
                found = tier.restore(state, newer_than=found.step if found else 0) or found
        progress = Progress(**found.values) if found else Progress(data=data.fingerprint())
        self._same_data(progress, data)
        self.observer.resumed(progress.step)
        order = SampleOrder(spec.run.seed, data.shard_lengths, spec.data.shuffle, spec.data.shuffle_window)
        batch = (spec.train.global_batch, spec.train.micro_batch)
        with StepReader(data, order, task, *batch, prefetch=spec.data.prefetch) as reader:
            parts = Parts(
                spec=spec,
                world=self.world,
                layout=self.layout,
                task=task,
                spread=ready,
                optimizer=optimizer,
                learning_rate=learning_rate(spec),
                reader=reader,
                save=lambda step, values, urgent: saver.save(step, state, values, urgent),
                saver=saver,
                copy=(lambda step, values: tier.save(step, state, values)) if tier else None,
                observer=self.observer,
                stop=self.stop,
                watchdog=self.watchdog,
                words=self.words,
                evaluate=self._evaluator(ready),
            )
            return Trainer(parts, progress).run()

    def hand_over(self, progress: Progress) -> None:
        """What is left to one process at the end: the exported model, and the mark that the run is complete."""
        report = {name: value for name, value in progress.reports.items() if name != "text"}
        if progress.reports.get("text"):
            self.observer.info("report", text=progress.reports["text"])
        done: dict[str, Any] = {
            "step": progress.step,
            "samples": progress.samples,
            "tokens": progress.tokens,
            "report": report,
        }
        if self.spec.checkpoint.export:
            done["export"] = export(self.spec, self.materials.task, report)
            self.observer.info("exported", location=done["export"])
        self.store.mark_complete(done)

    def _evaluator(self, ready: Spread) -> Any:
        if self.materials.eval is None:
            return None
        size = self.spec.train.micro_batch
        return evaluator(self.materials.task, self.materials.eval, ready, self.world, self.layout, size)

    def _describe(self, model: torch.nn.Module) -> None:
        flops = 0.0
        if self.spec.task.name == "causal_lm" and hasattr(model, "config"):
            # Elsewhere the weight of a batch is not its number of tokens.
            config = model.config.to_dict()
            matrices, trained = matrix_parameters(model, config)
            flops = flops_per_token(matrices, trained, config, self.spec.data.sequence_length, causal=True)
        self.observer.describe(flops, *devices_of(self.world))

    def _saved(self, info: SavedInfo) -> None:
        if info.error is not None:
            self.observer.checkpoint_failed(info.step, RuntimeError(info.error))
            return
        self.words.checkpoint = self.store.folder(info.step)
        if self.world.rank == 0 and info.bytes:
            self.observer.checkpointed(info.step, info.seconds, info.bytes)

    def _same_data(self, progress: Progress, data: Dataset) -> None:
        if progress.data != data.fingerprint():
            raise BadSpec(
                f"the files of data.train {self.spec.data.train} are not those that the checkpoint of step {progress.step} was made "
                "with, so it cannot go on where it was: bring them back, or give the run another run.id"
            )


def export(spec: LaunchSpec, task: Task | None = None, report: dict[str, Any] | None = None) -> str:
    """Export the newest checkpoint to `<output>/<id>/export`; returns that location."""
    known = task or prepare(spec, World(0, 1, 0, 1, torch.device("cpu"))).task
    store = CheckpointStore.of(spec)
    target = locations.join(store.location, "export")
    export_model(store, spec, known, target, lambda: build_model(spec, known), report)
    return target


def devices_of(world: World) -> tuple[str, list[str]]:
    """Name of this process' device, and the ids of all that processes of this node use."""
    if world.device.type != "cuda":
        return "cpu", []
    name = torch.cuda.get_device_name(world.device)
    return name, [f"GPU-{torch.cuda.get_device_properties(index).uuid}" for index in range(world.local_size)]

"""Tasks by name."""

import importlib
from typing import TYPE_CHECKING

from aidc_runtime.config import LaunchSpec
from aidc_runtime.exit_codes import BadSpec

from .task import Task

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

BUILT_IN = {
    "causal_lm": "aidc_runtime.tasks.causal_lm:CausalLm",
    "token_classification": "aidc_runtime.tasks.token_classification:TokenClassification",
    "sequence_classification": "aidc_runtime.tasks.sequence_classification:SequenceClassification",
    "pair_ranking": "aidc_runtime.tasks.pair_ranking:PairRanking",
    "image_classification": "aidc_runtime.tasks.image_classification:ImageClassification",
}


def create_task(spec: LaunchSpec, tokenizer: "PreTrainedTokenizerBase | None" = None) -> Task:
    """The spec's task. A tokenizer that is trained first needs the task's texts: it may be set later, as `task.tokenizer`.

    Raises BadSpec when the class cannot be imported, or is no Task.
    """
    path = BUILT_IN.get(spec.task.name, spec.task.name)
    module, _, name = path.partition(":")
    try:
        kind = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise BadSpec(
            f"task.name {spec.task.name!r} cannot be imported: {error}. Is its package in the image? "
            f"Built in are {', '.join(BUILT_IN)}"
        ) from error
    if not isinstance(kind, type) or not issubclass(kind, Task):
        raise BadSpec(f"task.name {spec.task.name!r} is {kind!r}; a subclass of aidc_runtime.tasks.task.Task is needed")
    missing = sorted(getattr(kind, "__abstractmethods__", ()))
    if missing:
        raise BadSpec(
            f"task.name {spec.task.name!r} lacks the methods {', '.join(missing)} of aidc_runtime.tasks.task.Task"
        )
    return kind(spec, tokenizer)

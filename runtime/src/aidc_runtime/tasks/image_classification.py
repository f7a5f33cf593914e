"""Image classification: one label for a picture, such as the digit it shows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aidc_runtime.exit_codes import BadSpec

from .reports import LabelCounts
from .shared import IGNORED, Columns, Labels, check_options, fill_numbers, find_labels, short
from .task import BadSample, Batch, Record, Sample, Task

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

    from aidc_runtime.config import LaunchSpec
    from aidc_runtime.data.dataset import Dataset


class ImageClassification(Task):
    """Records hold `image`, numbers as lists in lists, (height, width) or (channels, height, width), or in one flat list,
    and `label`. All images are of one size. Options:

    - `shape`: `[height, width]` or `[channels, height, width]`, needed for flat lists, else that of the first image;
    - `scale`: values are divided by it (1), such as 255 for bytes.
    """

    needs_tokenizer = False

    def __init__(self, spec: "LaunchSpec", tokenizer: "PreTrainedTokenizerBase | None" = None) -> None:
        super().__init__(spec, tokenizer)
        self.columns = Columns(spec, ("image", "label"))
        options = check_options(spec, ("shape", "scale"))
        self.scale = options.get("scale", 1)
        if not isinstance(self.scale, (int, float)) or not self.scale > 0:
            raise BadSpec(f"task.options.scale is {self.scale!r}; a number above 0 is needed")
        self.labels = Labels(spec.task.labels, given=True) if spec.task.labels else None
        self.shape: tuple[int, int, int] | None = None
        if "shape" in options:
            shape = options["shape"]
            if (
                not isinstance(shape, list)
                or len(shape) not in (2, 3)
                or not all(isinstance(n, int) and n > 0 for n in shape)
            ):
                raise BadSpec(
                    f"task.options.shape is {shape!r}; [height, width] or [channels, height, width] is needed"
                )
            self.shape = _three(shape)

    def prepare(self, train: "Dataset") -> None:
        if self.shape is None:
            self.shape = train.encoded(0, self._found_shape)
        if self.labels is None:
            self.labels = find_labels(self.spec, (self.columns.get(record, "label") for record in train))

    def texts(self, train: "Dataset") -> tuple[()]:
        return ()

    def model_class(self) -> str:
        return "AutoModelForImageClassification"

    def model_config(self) -> dict[str, Any]:
        channels, height, width = self._shape
        size = height if height == width else [height, width]
        return {"image_size": size, "num_channels": channels} | self._labels.config()

    def encode(self, record: Record) -> Sample:
        import numpy as np

        image = self._array(record)
        if image.size != np.prod(self._shape) or (image.ndim > 1 and _three(image.shape) != self._shape):
            raise BadSample(f"its image has the shape {image.shape}, that of the run is {self._shape}")
        label = self._labels.number(self.columns.need(record, "label", (str, int, float)))
        return {"pixel_values": image.reshape(self._shape) / np.float32(self.scale), "labels": label}

    def collate(self, samples: Sequence[Sample], size: int) -> Batch:
        import torch

        images = torch.zeros((size, *self._shape))
        for number, sample in enumerate(samples):
            images[number] = torch.from_numpy(sample["pixel_values"])
        labels = fill_numbers([sample["labels"] for sample in samples], size, IGNORED, whole=True)
        return {"pixel_values": images, "labels": labels}

    def weight(self, batch: Batch) -> int:
        return int((batch["labels"] != IGNORED).sum())

    def loss(self, outputs: Any, batch: Batch) -> "torch.Tensor":
        from torch.nn.functional import cross_entropy

        return cross_entropy(outputs.logits.float(), batch["labels"], ignore_index=IGNORED, reduction="sum")

    def evaluation(self) -> LabelCounts:
        return LabelCounts(self._labels.names)

    def _array(self, record: Record) -> Any:
        import numpy as np

        value = self.columns.need(record, "image", (list, tuple))
        try:
            image = np.asarray(value, dtype=np.float32)
        except (TypeError, ValueError) as error:
            raise BadSample(f"its image {short(value)} is no list of numbers of one size: {error}") from error
        if image.ndim not in (1, 2, 3) or not np.isfinite(image).all():
            raise BadSample(f"its image has the shape {image.shape} and must have 1 to 3 dimensions and finite numbers")
        return image

    def _found_shape(self, record: Record) -> tuple[int, int, int]:
        image = self._array(record)
        if image.ndim == 1:
            raise BadSpec(f"images are flat lists of {image.size} numbers: set task.options.shape")
        return _three(image.shape)

    @property
    def _shape(self) -> tuple[int, int, int]:
        if self.shape is None:
            raise RuntimeError("prepare() comes first: the size of images is found in the training data")
        return self.shape

    @property
    def _labels(self) -> Labels:
        if self.labels is None:
            raise RuntimeError("prepare() comes first: labels are found in the training data")
        return self.labels


def _three(shape: Sequence[int]) -> tuple[int, int, int]:
    """(channels, height, width)."""
    return (shape[0], shape[1], shape[2]) if len(shape) == 3 else (1, shape[0], shape[1])

"""Reads pictures and words together for a vision-language model, without torchvision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.weights import Index

PICTURE = "<|image_pad|>"
"""What stands for a picture in a line."""


class PictureReader:
    """Does what `Qwen2VLProcessor` does for pictures and text.

    That class also sets up a video processor and so cannot be loaded without torchvision, which
    must match torch to the build; the pictures alone need Pillow only. Its files are the same.
    """

    def __init__(self, image_processor: Any, tokenizer: Any) -> None:
        self.image_processor = image_processor
        self.tokenizer = tokenizer

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> PictureReader:
        """Reads the `processor` folder of a model. Raises OSError where a file is missing."""
        from transformers import Qwen2Tokenizer
        from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import (
            Qwen2VLImageProcessorPil,
        )

        return cls(
            Qwen2VLImageProcessorPil.from_pretrained(folder, local_files_only=True),
            Qwen2Tokenizer.from_pretrained(folder, local_files_only=True),
        )

    def save_pretrained(self, folder: str | Path, **_: object) -> None:
        """Writes the folder."""
        self.image_processor.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)

    def __call__(self, *, text: list[str], images: Any = None, **options: Any) -> Any:
        """Gives the model's inputs; each picture's token is repeated for each of its patches.

        Args:
            text: one line for each prompt; the pictures stand in them in order.
            images: Pillow pictures, all prompts' in order.
            options: goes to the tokenizer: `padding`, `return_tensors`.
        """
        from transformers import BatchFeature

        pictures: dict[str, Any] = {}
        lines = list(text)
        if images is not None:
            pictures = dict(self.image_processor(images=images, return_tensors="pt"))
            merged = self.image_processor.merge_size**2
            counts = iter([int(grid.prod()) // merged for grid in pictures["image_grid_thw"]])
            lines = [_spelt_out(line, counts) for line in lines]
        options.pop("return_tensors", None)
        written = self.tokenizer(lines, return_tensors="pt", **options)
        return BatchFeature({**written, **pictures})


def _spelt_out(line: str, counts: Any) -> str:
    first, *rest = line.split(PICTURE)
    return first + "".join(PICTURE * next(counts) + part for part in rest)


_READERS = {"Qwen2VLProcessor": "pictures", "PixtralProcessor": "words"}


def left_out(index: Index) -> dict[str, None]:
    """Gives the components that diffusers must not read by itself: they ask for torchvision."""
    return {part.name: None for part in index.components if part.class_name in _READERS}


def put_in(pipe: Any, index: Index) -> None:
    """Gives a pipeline what was left out of it.

    Of a processor for pictures and words, of which the pipeline uses the words only, it gets the
    tokenizer.

    Raises:
        InputError: it cannot be read.
    """
    from transformers import AutoTokenizer

    for part in index.components:
        kind = _READERS.get(part.class_name)
        if kind is None:
            continue
        try:
            made = (
                PictureReader.from_pretrained(part.folder)
                if kind == "pictures"
                else AutoTokenizer.from_pretrained(part.folder, local_files_only=True)
            )
        except (OSError, ValueError) as error:
            first = " ".join(str(error).split())[:200]
            raise InputError(f"{part.folder} cannot be read: {first}") from None
        pipe.register_modules(**{part.name: made})

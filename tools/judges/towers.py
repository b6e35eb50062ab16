"""Embeds pictures and texts by models of transformers: CLIP and SigLIP, DINO and DINOv2."""

from __future__ import annotations

from typing import Any

from nightshoot.errors import BackendError
from nightshoot.tools.judges.messages import (
    Classify,
    Embed,
    Embedded,
    Engine,
    Hear,
    ModelSpec,
    ReadText,
    Region,
    Vector,
)
from nightshoot.tools.judges.model import loading, picture_of, squared


def load(spec: ModelSpec) -> Towers:
    """Loads a model; only safetensors are read, and no network is used. Raises InputError."""
    import transformers

    transformers.utils.logging.disable_progress_bar()
    kept = {"local_files_only": True}
    with loading(spec.path, "a model of pictures"):
        model = transformers.AutoModel.from_pretrained(
            spec.path, use_safetensors=True, dtype="float32", **kept
        )
        # Without PIL asked for, what a picture becomes depends on whether torchvision is there.
        pictures = transformers.AutoImageProcessor.from_pretrained(spec.path, backend="pil", **kept)
        words = None
        if spec.engine is Engine.TOWERS:
            words = transformers.AutoTokenizer.from_pretrained(spec.path, **kept)
        model.eval().to(spec.device)
    return Towers(model, pictures, words, spec.device)


class Towers:
    """A model that gives pictures a place, and texts too where it can read."""

    def __init__(self, model: Any, pictures: Any, words: Any, device: str) -> None:
        """Keeps the model, its image processor, and its tokenizer or None."""
        self._model = model
        self._pictures = pictures
        self._words = words
        self._device = device

    def ask(self, question: Embed | Classify | ReadText | Hear) -> Embedded:
        """Embeds. Raises InputError for a file that is no picture."""
        if not isinstance(question, Embed):
            raise BackendError("a model of embeddings only embeds")
        import torch

        with torch.inference_mode():
            texts = self._read(question.texts) if question.texts else ()
            pictures = tuple(self._seen(region) for region in question.pictures)
            scale = getattr(self._model, "logit_scale", None)
            sharpness = 1.0 if scale is None else float(scale.exp())
        return Embedded(pictures=pictures, texts=texts, sharpness=sharpness)

    def _seen(self, region: Region) -> Vector:
        # One at a time: how others fill a batch would show in the last digits.
        picture = squared(picture_of(region))
        given = self._pictures(images=picture, return_tensors="pt").to(self._device)
        if hasattr(self._model, "get_image_features"):
            return _unit(_features(self._model.get_image_features(**given)))[0]
        # Source: DINO and DINOv2 speak for the whole picture by their class token.
        return _unit(self._model(**given).last_hidden_state[:, 0])[0]

    def _read(self, texts: tuple[str, ...]) -> tuple[Vector, ...]:
        if self._words is None:
            raise BackendError("this model does not read texts")
        given = self._words(
            list(texts),
            # Source: SigLIP was trained so (its model card); CLIP pays no heed to padding.
            padding="max_length",
            truncation=True,
            max_length=int(self._model.config.text_config.max_position_embeddings),
            return_tensors="pt",
        ).to(self._device)
        return _unit(_features(self._model.get_text_features(**given)))


def _features(out: Any) -> Any:
    """Gives the tensor, which later versions of transformers wrap."""
    return getattr(out, "pooler_output", out)


def _unit(vectors: Any) -> tuple[Vector, ...]:
    import torch

    normal = torch.nn.functional.normalize(vectors.double(), dim=-1).cpu()
    return tuple(tuple(row) for row in normal.tolist())

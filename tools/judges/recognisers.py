"""Writes down what is said: Whisper by transformers, or by faster-whisper on CTranslate2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, InputError
from nightshoot.tools.judges.messages import (
    Classify,
    Embed,
    Engine,
    Hear,
    Heard,
    ModelSpec,
    ReadText,
)
from nightshoot.tools.judges.model import loading

_RATE = 16_000
"""Hz. Source: Whisper's feature extractor (Radford et al., arXiv 2212.04356)."""


def load(spec: ModelSpec) -> Whisper | FasterWhisper:
    """Loads a recogniser. Raises InputError."""
    return FasterWhisper(spec) if spec.engine is Engine.FASTER_WHISPER else Whisper(spec)


class Whisper:
    """A recogniser of the Whisper family, by transformers. It hears greedily: no dice are cast."""

    def __init__(self, spec: ModelSpec) -> None:
        """Loads it; only safetensors are read, and no network is used. Raises InputError."""
        import transformers

        transformers.utils.logging.disable_progress_bar()
        kept = {"local_files_only": True}
        with loading(spec.path, "a speech recogniser"):
            self._model: Any = transformers.AutoModelForSpeechSeq2Seq.from_pretrained(
                spec.path, use_safetensors=True, dtype="float32", **kept
            )
            self._features: Any = transformers.AutoFeatureExtractor.from_pretrained(
                spec.path, **kept
            )
            self._words: Any = transformers.AutoTokenizer.from_pretrained(spec.path, **kept)
            self._model.eval().to(spec.device)
        self._device = spec.device

    def ask(self, question: Embed | Classify | ReadText | Hear) -> Heard:
        """Hears. Raises InputError where the model does not know the language, or no sound is."""
        asked = _sound_of(question)
        import torch

        samples = _samples(asked.audio)
        # More than the 30 s of one window is heard window by window, and then whole.
        long = len(samples) > self._features.n_samples
        given = self._features(
            samples,
            sampling_rate=_RATE,
            return_tensors="pt",
            return_attention_mask=True,
            **({"truncation": False, "padding": "longest"} if long else {}),
        ).to(self._device)
        with torch.inference_mode():
            tokens = self._model.generate(
                **given,
                **self._language(asked.locale),
                do_sample=False,
                num_beams=1,
                return_timestamps=long,
            )
        return Heard(text=str(self._words.decode(tokens[0], skip_special_tokens=True)).strip())

    def _language(self, locale: Locale) -> dict[str, str]:
        if getattr(self._model.generation_config, "is_multilingual", True):
            return {"language": locale.value, "task": "transcribe"}
        _check_english(locale)
        return {}


class FasterWhisper:
    """The same models, converted for CTranslate2, which hears faster on a CPU."""

    def __init__(self, spec: ModelSpec) -> None:
        """Loads it. Raises InputError."""
        from faster_whisper import WhisperModel

        kind, _, index = spec.device.partition(":")
        with loading(spec.path, "a speech recogniser of CTranslate2"):
            self._model = WhisperModel(
                spec.path,
                device=kind,
                device_index=int(index or 0),
                compute_type="int8" if kind == "cpu" else "float16",
                local_files_only=True,
            )

    def ask(self, question: Embed | Classify | ReadText | Hear) -> Heard:
        """Hears. Raises InputError where the model does not know the language."""
        asked = _sound_of(question)
        if not self._model.model.is_multilingual:
            _check_english(asked.locale)
        parts, _ = self._model.transcribe(
            asked.audio,
            language=asked.locale.value,
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
        )
        return Heard(text="".join(part.text for part in parts).strip())


def _sound_of(question: Embed | Classify | ReadText | Hear) -> Hear:
    if not isinstance(question, Hear):
        raise BackendError("a speech recogniser only hears")
    if not Path(question.audio).is_file():
        raise InputError(f"there is no sound {question.audio}")
    return question


def _check_english(locale: Locale) -> None:
    if locale is not Locale.EN:
        raise InputError(
            f"this recogniser knows English only, and the line is {locale.value}: set model to one "
            "without .en in its name"
        )


def _samples(audio: str) -> Any:
    """Gives a sound as `(samples,) float32`, mono, 16 kHz. Raises InputError where it is none."""
    import av
    import numpy as np

    parts = []
    resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE)
    try:
        with av.open(audio) as opened:
            for frame in opened.decode(audio=0):
                parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
            parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    except (av.FFmpegError, IndexError) as error:
        raise InputError(f"{audio} cannot be read as sound: {error}") from None
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)

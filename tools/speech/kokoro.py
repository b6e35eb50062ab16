"""Speaks with Kokoro-82M on the CPU, in Mandarin and English, without the network."""

from __future__ import annotations

import asyncio
import hashlib
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.shot import Estimate
from nightshoot.domain.vocabulary import Age, Locale, Sex
from nightshoot.errors import BackendError, InputError
from nightshoot.tools.protocols import Available, Capabilities, Utterance, Voice
from nightshoot.tools.speech.delivery import pace
from nightshoot.tools.speech.espeak import Espeak
from nightshoot.tools.speech.kokoro_model import MODEL_PARTS, MODEL_SHA256, KokoroModel, style
from nightshoot.tools.speech.phonemes import in_breaths, kokoro_phonemes
from nightshoot.tools.speech.reading import spoken_text
from nightshoot.tools.speech.trim import SAMPLE_RATE, Samples, finish, trimmed

_MODULES = ("onnxruntime", "misaki", "pypinyin", "espeakng_loader", *MODEL_PARTS)
_DISTRIBUTIONS = ("onnxruntime", "pypinyin", "misaki", "espeakng-loader", "rjieba")

_BREATH = 180
"""The most symbols that are spoken in one run. Source: measured: the model hurries above about 400
of its 510, and its memory grows with the length: 480 MB at 180, 700 MB at 455."""

_PAUSE_S = {".": 0.28, "!": 0.28, "?": 0.28, "…": 0.28, ",": 0.14, ";": 0.2, ":": 0.2, "—": 0.14}
"""The silence between two runs, by the mark that ends the first: what the model does inside one."""


def _voice(name: str, sex: Sex, age: Age, temper: str) -> Voice:
    return Voice(
        id=name, locale=Locale.ZH if name[0] == "z" else Locale.EN, sex=sex, age=age, temper=temper
    )


VOICES = (
    _voice("zm_yunjian", Sex.MALE, Age.ADULT, "calm"),
    _voice("zm_yunyang", Sex.MALE, Age.ADULT, "steady"),
    _voice("zm_yunxi", Sex.MALE, Age.YOUNG, "bright"),
    _voice("zm_yunxia", Sex.MALE, Age.CHILD, "lively"),
    _voice("zf_xiaoxiao", Sex.FEMALE, Age.ADULT, "warm"),
    _voice("zf_xiaoxiao_xiaoyi", Sex.FEMALE, Age.YOUNG, "bright"),
    _voice("zf_xiaobei", Sex.FEMALE, Age.ADULT, "gentle"),
    _voice("zf_xiaobei_xiaoyi", Sex.FEMALE, Age.YOUNG, "clear"),
    _voice("zf_xiaoyi", Sex.FEMALE, Age.CHILD, "lively"),
    _voice("bm_george", Sex.MALE, Age.ADULT, "calm"),
    _voice("am_michael", Sex.MALE, Age.ADULT, "steady"),
    _voice("am_fenrir", Sex.MALE, Age.ADULT, "strong"),
    _voice("am_puck", Sex.MALE, Age.YOUNG, "bright"),
    _voice("bm_fable", Sex.MALE, Age.OLD, "soft"),
    _voice("af_heart", Sex.FEMALE, Age.ADULT, "warm"),
    _voice("af_bella", Sex.FEMALE, Age.YOUNG, "bright"),
    _voice("bf_emma", Sex.FEMALE, Age.ADULT, "even"),
    _voice("af_sarah", Sex.FEMALE, Age.YOUNG, "clear"),
    _voice("bf_isabella", Sex.FEMALE, Age.ADULT, "gentle"),
    _voice("af_kore", Sex.FEMALE, Age.OLD, "low"),
)
"""Nine Mandarin and eleven English voices. Two are even mixtures of two others, named for both: the
only other woman of the model, zf_xiaoni, is understood too badly (0.89 of her syllables, where the
rest reach 0.94 to 1.00). Sex is the model card's; age and temper go by measured pitch and
brightness (children's voices speak at 300 Hz, the men's at 115 to 170)."""


_SPEEDS = {
    "zm_yunyang": 0.90,
    "zm_yunxi": 0.92,
    "zf_xiaoyi": 0.95,
    "zf_xiaobei": 1.08,
    "am_fenrir": 0.92,
    "am_puck": 0.90,
    "af_heart": 0.90,
    "af_bella": 0.92,
    "bf_emma": 0.88,
    "af_sarah": 0.90,
    "bf_isabella": 0.90,
    "af_kore": 0.92,
}
"""Brings hasty and slow voices to about 5 syllables a second in Mandarin and 3.5 words in English.
Source: benchmarks/voices.py, which measured 4.2 to 5.6 and 3.3 to 4.1 at the model's own speed; the
hastiest Mandarin voice is also understood better so (0.96 instead of 0.94)."""


class KokoroSpeech:
    """The voices of the extra `offline`. Deterministic; one line is spoken at a time."""

    def __init__(self, *, threads: int = 2) -> None:
        self._model = KokoroModel(threads=threads)
        self._espeak = Espeak()
        self._voices = {voice.id: voice for voice in VOICES}

    @property
    def name(self) -> str:
        """Gives `kokoro`."""
        return "kokoro"

    @property
    def version(self) -> str:
        """Names the model and every library that has a say in the sound."""
        return "+".join([f"1+{MODEL_SHA256[:8]}", *_libraries()])

    @property
    def capabilities(self) -> Capabilities:
        """Needs the extra, and nothing else."""
        return Capabilities(needs=('the extra "offline"',), licence="Apache-2.0")

    def available(self) -> Available:
        """Looks for the extra's modules without importing them."""
        missing = [module for module in _MODULES if find_spec(module) is None]
        if missing:
            return Available(
                ready=False,
                why=f'{", ".join(missing)} not installed: pip install "nightshoot[offline]"',
            )
        return Available(ready=True)

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Mandarin voices first; narrators lead."""
        return VOICES

    def estimate(self, *, text: str) -> Estimate:
        """Gives nothing: it runs on the CPU of this machine."""
        del text
        return Estimate()

    async def speak(
        self, *, text: str, voice: str, locale: Locale, kind: LineKind, delivery: str, scratch: Path
    ) -> Utterance:
        """Speaks `text`, in whatever mixture of Chinese and Latin script, at the delivery's pace.

        Raises:
            InputError: there is no such voice, or nothing in the text can be spoken.
            BackendError: the extra is missing or its model is damaged.
        """
        if voice not in self._voices:
            raise InputError(f"kokoro has no voice {voice!r}; it has {', '.join(self._voices)}")
        said = spoken_text(text, locale)
        if not said:
            raise InputError(f"nothing in the line {text[:40]!r} can be spoken")
        here = self.available()
        if not here.ready:
            raise BackendError(here.why)
        request = "\0".join((self.version, voice, locale, kind, f"{pace(delivery)}", said))
        path = scratch / f"kokoro-{hashlib.sha256(request.encode()).hexdigest()[:16]}.wav"
        speed = pace(delivery) * _SPEEDS.get(voice, 1.0)
        return await asyncio.to_thread(self._spoken, said, voice, speed, path)

    def _spoken(self, said: str, voice: str, speed: float, path: Path) -> Utterance:
        phonemes = kokoro_phonemes(said, british=voice.startswith("b"), english=self._espeak.ipa)
        styles = style(voice)
        parts: list[Samples] = []
        breaths = in_breaths(phonemes, _BREATH)
        for index, breath in enumerate(breaths):
            sound = self._model.say(breath, styles, speed)
            if index < len(breaths) - 1:
                sound, _ = trimmed(sound)
                pause = np.zeros(
                    int(_PAUSE_S.get(breath[-1], 0.06) * SAMPLE_RATE / speed), np.float32
                )
                parts.extend((sound, pause))
            else:
                parts.append(sound)
        if not parts:
            raise InputError(f"nothing in the line {said[:40]!r} can be spoken")
        finished = finish(np.concatenate(parts), path)
        return Utterance(audio=path, duration_s=finished.duration_s)


@cache
def _libraries() -> tuple[str, ...]:
    """Names the libraries that are installed, which does not change while a process runs."""
    found = []
    for distribution in _DISTRIBUTIONS:
        try:
            found.append(f"{distribution}-{metadata.version(distribution)}")
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)

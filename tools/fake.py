"""Backends for tests: quick, small, and able to misbehave on demand.

They are stand-ins and are named so; no entry point leads to them.
"""

from __future__ import annotations

import asyncio
import wave
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.domain.vocabulary import Age, Locale, Sex
from nightshoot.errors import BackendError, TransientError
from nightshoot.llm import Ask, Out
from nightshoot.tools.protocols import (
    Available,
    Capabilities,
    Footage,
    Painting,
    Progress,
    Score,
    Utterance,
    Voice,
)
from nightshoot.tools.video.encode import FrameWriter

Picture = npt.NDArray[np.uint8]

_SPEECH_RATE = 24_000
_MUSIC_RATE = 48_000


class Defect(StrEnum):
    """How a fake spoils a take."""

    BLACK = "black"
    BLANK = "blank"
    FROZEN = "frozen"
    SHORT = "short"
    """A few frames are missing."""
    FAULT = "fault"
    """The call fails in a way that may pass."""
    BROKEN = "broken"
    """The call fails for good."""


class _Fake:
    """What all fakes share."""

    name = "fake"
    version = "1"
    capabilities = Capabilities(licence="Apache-2.0")

    def __init__(
        self,
        *,
        spoils: Mapping[str, Sequence[Defect | None]] | None = None,
        cost_usd: float = 0.0,
        delay_s: float = 0.0,
    ) -> None:
        """Makes a fake.

        Args:
            spoils: for a shot's id, or `*` for every shot, how its first, second, ... take is
                spoiled; after the last the takes are good.
            cost_usd: what a call is said to cost.
            delay_s: how long a call waits.
        """
        self.calls: list[str] = []
        """The shots or texts that were asked for, in order."""
        self._spoils = dict(spoils or {})
        self._seeds: dict[str, list[int]] = {}
        self._faults: set[tuple[str, int]] = set()
        self._cost_usd = cost_usd
        self._delay_s = delay_s

    def available(self) -> Available:
        """It is always ready."""
        return Available(ready=True)

    def _defect(self, plan: ShotPlan) -> Defect | None:
        """Says how this take is spoiled; takes of a shot are told apart by their seeds."""
        seeds = self._seeds.setdefault(plan.shot, [])
        if plan.seed not in seeds:
            seeds.append(plan.seed)
        wanted = self._spoils.get(plan.shot, self._spoils.get("*", ()))
        place = seeds.index(plan.seed)
        defect = wanted[place] if place < len(wanted) else None
        if defect is Defect.BROKEN:
            raise BackendError(f"the fake broke {plan.shot} as it was told to")
        if defect is Defect.FAULT and (plan.shot, plan.seed) not in self._faults:
            self._faults.add((plan.shot, plan.seed))
            raise TransientError(f"the fake failed {plan.shot} once as it was told to")
        return defect


class FakePainter(_Fake):
    """Paints coloured noise at once; the plan decides every pixel."""

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the price it was made with."""
        return Estimate(cost_usd=self._cost_usd)

    async def paint(self, *, plan: ShotPlan, scratch: Path, progress: Progress) -> Painting:
        """Paints a picture, or a spoiled one."""
        import cv2

        self.calls.append(plan.shot)
        await asyncio.sleep(self._delay_s)
        picture = noise(plan)
        defect = self._defect(plan)
        if defect is Defect.BLACK:
            picture[:] = 0
        elif defect is Defect.BLANK:
            picture[:] = 128
        path = scratch / "keyframe.png"
        path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
        progress(1.0)
        return Painting(picture=path)


class FakeCamera(_Fake):
    """Slides the keyframe sideways; the plan decides every pixel."""

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the price it was made with."""
        return Estimate(cost_usd=self._cost_usd)

    async def film(
        self,
        *,
        plan: ShotPlan,
        keyframe: Path,
        layers: Path | None,
        scratch: Path,
        progress: Progress,
    ) -> Footage:
        """Films a take, or a spoiled one."""
        self.calls.append(plan.shot)
        await asyncio.sleep(self._delay_s)
        defect = self._defect(plan)
        path = await asyncio.to_thread(self._film, plan, keyframe, scratch, defect)
        progress(1.0)
        return Footage(video=path)

    @staticmethod
    def _film(plan: ShotPlan, keyframe: Path, scratch: Path, defect: Defect | None) -> Path:
        import cv2

        picture = cv2.imread(str(keyframe))
        if picture is None:
            raise BackendError(f"{keyframe} is not a picture")
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        picture = cv2.resize(picture, (plan.width, plan.height))
        path = scratch / "take.mp4"
        count = max(1, plan.num_frames - (5 if defect is Defect.SHORT else 0))
        with FrameWriter(path, width=plan.width, height=plan.height, fps=plan.fps) as writer:
            for number in range(count):
                frame = np.roll(picture, 0 if defect is Defect.FROZEN else 2 * number, axis=1)
                if defect is Defect.BLACK:
                    frame = np.zeros_like(frame)
                elif defect is Defect.BLANK:
                    frame = np.full_like(frame, 128)
                writer.write(np.ascontiguousarray(frame, np.uint8))
        return path


class FakeSpeech(_Fake):
    """Speaks each text as a tone, ten characters a second."""

    voices = (
        Voice(id="one", locale=Locale.ZH, sex=Sex.FEMALE, age=Age.ADULT),
        Voice(id="two", locale=Locale.ZH, sex=Sex.MALE, age=Age.ADULT),
        Voice(id="three", locale=Locale.EN, sex=Sex.FEMALE, age=Age.ADULT),
        Voice(id="four", locale=Locale.EN, sex=Sex.MALE, age=Age.ADULT),
    )

    def __init__(self, *, fails: bool = False, name: str = "fake") -> None:
        """Makes a voice that works, or one that cannot be reached."""
        super().__init__()
        self.name = name
        self._fails = fails

    def estimate(self, *, text: str) -> Estimate:
        """It costs nothing."""
        return Estimate()

    async def speak(
        self, *, text: str, voice: str, locale: Locale, kind: LineKind, delivery: str, scratch: Path
    ) -> Utterance:
        """Writes a tone."""
        self.calls.append(text)
        if self._fails:
            raise TransientError("the fake voice cannot be reached, as it was told")
        seconds = max(0.3, len(text) / 10)
        path = scratch / "line.wav"
        tone = _tone(seconds, _SPEECH_RATE, 220 + 40 * [v.id for v in self.voices].index(voice))
        _write_wav(path, tone[:, None], _SPEECH_RATE)
        return Utterance(audio=path, duration_s=len(tone) / _SPEECH_RATE)


class FakeComposer(_Fake):
    """Composes one long tone."""

    def estimate(self, *, score: Score) -> Estimate:
        """It costs nothing."""
        return Estimate()

    async def compose(self, *, score: Score, scratch: Path, progress: Progress) -> Path:
        """Writes a tone of the score's length."""
        self.calls.append(f"{score.duration_s:.2f}")
        path = scratch / "music.wav"
        tone = _tone(score.duration_s, _MUSIC_RATE, 330) // 4
        _write_wav(path, np.stack([tone, tone], axis=1), _MUSIC_RATE)
        progress(1.0)
        return path


def noise(plan: ShotPlan) -> Picture:
    """Gives the picture that the fakes paint for a plan: `(height, width, 3)` uint8 BGR."""
    import cv2

    random = np.random.default_rng(plan.seed)
    coarse = random.integers(40, 216, (9, 9, 3), np.uint8)
    picture = cv2.resize(coarse, (plan.width, plan.height), interpolation=cv2.INTER_CUBIC)
    return picture.astype(np.uint8, copy=False)


def _tone(seconds: float, rate: int, pitch: float) -> npt.NDArray[np.int16]:
    time = np.arange(round(seconds * rate)) / rate
    return (9000 * np.sin(2 * np.pi * pitch * time)).astype(np.int16)


def _write_wav(path: Path, samples: npt.NDArray[np.int16], rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.ascontiguousarray(samples, "<i2").tobytes())


class ScriptedWriter:
    """Answers each task with prepared values, in order; the last one is given again."""

    name = "scripted"
    version = "1"
    model = ""

    def __init__(self, answers: Mapping[str, Sequence[BaseModel | Exception]]) -> None:
        """Makes a writer.

        Args:
            answers: for a task, what it answers, or the error that it raises.
        """
        self.asked: list[Ask[BaseModel]] = []
        self._answers = {task: list(prepared) for task, prepared in answers.items()}

    async def write(self, ask: Ask[Out]) -> Out:
        """Gives the next prepared answer to the task."""
        self.asked.append(ask)  # type: ignore[arg-type]
        prepared = self._answers.get(ask.task)
        if not prepared:
            raise BackendError(f"the scripted writer has no answer to {ask.task}")
        answer = prepared.pop(0) if len(prepared) > 1 else prepared[0]
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, ask.output)
        return answer

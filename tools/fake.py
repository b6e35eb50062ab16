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

from nightshoot.artifacts import Job
from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.domain.storyboard import ControlKind
from nightshoot.domain.vocabulary import Age, CameraMove, Locale, MoveStrength, Sex
from nightshoot.errors import BackendError, InputError, Refused, TransientError
from nightshoot.llm import Ask, Out
from nightshoot.tools.judges.protocol import Exhibit, Subject
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.measure.sound.speech_rate import EXTRA_S, SYLLABLES_A_SECOND
from nightshoot.tools.measure.sound.syllables import syllables
from nightshoot.tools.protocols import (
    NO_FILES,
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
    REFUSED = "refused"
    """The first words are refused, others taken."""
    LAZY = "lazy"
    """The camera stands still unless a strong move is asked for."""
    RUSHED = "rushed"
    """The picture is torn half-way unless a gentle move is asked for."""
    TINTED = "tinted"
    """The picture is good, but dark and red: it does not go with others."""
    CROWDED = "crowded"
    """The picture is blank as long as anything is staged besides one figure."""


class _Fake:
    """What all fakes share."""

    name = "fake"
    version = "1"
    capabilities = Capabilities(licence="Apache-2.0")

    def __init__(
        self,
        *,
        spoils: Mapping[str, Sequence[Defect | None]] | None = None,
        flaws: Mapping[str, Defect] | None = None,
        name: str = "fake",
        ignores: Sequence[str] = (),
        cost_usd: float = 0.0,
        delay_s: float = 0.0,
    ) -> None:
        """Makes a fake.

        Args:
            spoils: for a shot's id, or `*` for every shot, how its first, second, ... take is
                spoiled; after the last the takes are good.
            flaws: for a shot's id, or `*`, how each of its takes is spoiled, whatever the seed.
            name: what it is called.
            ignores: the fields of a plan that it says it does not heed.
            cost_usd: what a call is said to cost.
            delay_s: how long a call waits.
        """
        self.name = name
        self.calls: list[str] = []
        """The shots or texts that were asked for, in order."""
        self._spoils = dict(spoils or {})
        self._flaws = dict(flaws or {})
        self._ignores = frozenset(ignores)
        self._takes: dict[str, list[tuple[int, MoveStrength]]] = {}
        self._faults: set[tuple[str, int]] = set()
        self._refused: dict[tuple[str, int], str] = {}
        self._cost_usd = cost_usd
        self._delay_s = delay_s

    def available(self) -> Available:
        """It is always ready."""
        return Available(ready=True)

    def _defect(self, plan: ShotPlan) -> Defect | None:
        """Says how this take is spoiled; takes are told apart by their seeds and moves."""
        takes = self._takes.setdefault(plan.shot, [])
        take = (plan.seed, plan.camera.strength)
        if take not in takes:
            takes.append(take)
        wanted = self._spoils.get(plan.shot, self._spoils.get("*", ()))
        place = takes.index(take)
        defect = wanted[place] if place < len(wanted) else None
        defect = defect or self._flaw(plan)
        if defect is Defect.BROKEN:
            raise BackendError(f"the fake broke {plan.shot} as it was told to")
        if (
            defect is Defect.REFUSED
            and self._refused.setdefault((plan.shot, plan.seed), plan.prompt) == plan.prompt
        ):
            raise Refused(f"the fake refused the prompt of {plan.shot} as it was told to")
        if defect is Defect.FAULT and (plan.shot, plan.seed) not in self._faults:
            self._faults.add((plan.shot, plan.seed))
            raise TransientError(f"the fake failed {plan.shot} once as it was told to")
        return defect

    def _flaw(self, plan: ShotPlan) -> Defect | None:
        """Says how every such take of the shot is spoiled."""
        defect = self._flaws.get(plan.shot, self._flaws.get("*"))
        staged = len(plan.staging.figures) + len(plan.staging.dressing)
        cured = {
            Defect.LAZY: plan.camera.strength is MoveStrength.STRONG,
            Defect.RUSHED: plan.camera.strength is MoveStrength.GENTLE,
            Defect.CROWDED: staged <= 1,
        }
        return None if defect is None or cured.get(defect, False) else defect


class FakePainter(_Fake):
    """Paints coloured noise at once; the plan decides every pixel."""

    def __init__(
        self,
        *,
        spoils: Mapping[str, Sequence[Defect | None]] | None = None,
        flaws: Mapping[str, Defect] | None = None,
        name: str = "fake",
        ignores: Sequence[str] = (),
        cost_usd: float = 0.0,
        delay_s: float = 0.0,
        references: int = 0,
        controls: tuple[ControlKind, ...] = (),
        loras: bool = False,
    ) -> None:
        """Makes a painter; what it can do besides words is said by the last three."""
        super().__init__(
            spoils=spoils,
            flaws=flaws,
            name=name,
            ignores=ignores,
            cost_usd=cost_usd,
            delay_s=delay_s,
        )
        self.plans: list[ShotPlan] = []
        self.files: list[dict[str, bytes]] = []
        """What it found in the files that it was given, by digest, call by call."""
        self.capabilities = Capabilities(
            licence="Apache-2.0",
            references=references,
            controls=controls,
            loras=loras,
            ignores=self._ignores,
        )

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the price it was made with."""
        return Estimate(cost_usd=self._cost_usd)

    async def paint(
        self,
        *,
        plan: ShotPlan,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Painting:
        """Paints a picture, or a spoiled one."""
        import cv2

        self.calls.append(plan.shot)
        self.plans.append(plan)
        self.files.append({digest: path.read_bytes() for digest, path in files.items()})
        await asyncio.sleep(self._delay_s)
        picture = noise(plan)
        defect = self._defect(plan)
        if defect is Defect.BLACK:
            picture[:] = 0
        elif defect in {Defect.BLANK, Defect.CROWDED}:
            picture[:] = 128
        elif defect is Defect.TINTED:
            picture = np.asarray(picture * (0.35, 0.35, 0.8), np.uint8)
        path = scratch / "keyframe.png"
        path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
        progress(1.0)
        return Painting(picture=path)


class FakeCamera(_Fake):
    """Moves the keyframe as the plan's camera does; the plan decides every pixel."""

    def __init__(
        self,
        *,
        spoils: Mapping[str, Sequence[Defect | None]] | None = None,
        flaws: Mapping[str, Defect] | None = None,
        name: str = "fake",
        ignores: Sequence[str] = (),
        cost_usd: float = 0.0,
        delay_s: float = 0.0,
        references: int = 0,
        last_frame: bool = False,
    ) -> None:
        """Makes a camera; what it takes besides a keyframe is said by the last two."""
        super().__init__(
            spoils=spoils,
            flaws=flaws,
            name=name,
            ignores=ignores,
            cost_usd=cost_usd,
            delay_s=delay_s,
        )
        self.plans: list[ShotPlan] = []
        self.capabilities = Capabilities(
            licence="Apache-2.0",
            references=references,
            last_frame=last_frame,
            ignores=self._ignores,
        )

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
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Footage:
        """Films a take, or a spoiled one."""
        self.calls.append(plan.shot)
        self.plans.append(plan)
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
                share = 0.0 if defect in _FROZEN else number / max(1, plan.num_frames - 1)
                if defect is Defect.RUSHED and number == count // 2:
                    picture = np.ascontiguousarray(picture[::-1, ::-1])
                frame = _moved(picture.astype(np.uint8, copy=False), plan.camera.move, share)
                if defect is Defect.BLACK:
                    frame = np.zeros_like(frame)
                elif defect is Defect.BLANK:
                    frame = np.full_like(frame, 128)
                writer.write(np.ascontiguousarray(frame, np.uint8))
        return path


_FROZEN = frozenset({Defect.FROZEN, Defect.LAZY})

_WAYS: dict[CameraMove, tuple[float, float, float, float]] = {
    CameraMove.PAN_LEFT: (0.2, 0, 0, 0),
    CameraMove.PAN_RIGHT: (-0.2, 0, 0, 0),
    CameraMove.TRUCK_LEFT: (0.2, 0, 0, 0),
    CameraMove.TRUCK_RIGHT: (-0.2, 0, 0, 0),
    CameraMove.FOLLOW: (-0.2, 0, 0, 0),
    CameraMove.ORBIT: (0.1, 0, 0.05, 0),
    CameraMove.TILT_UP: (0, 0.2, 0, 0),
    CameraMove.TILT_DOWN: (0, -0.2, 0, 0),
    CameraMove.PEDESTAL_UP: (0, 0.2, 0, 0),
    CameraMove.PEDESTAL_DOWN: (0, -0.2, 0, 0),
    CameraMove.CRANE: (0, 0.15, 0.05, 0),
    CameraMove.PUSH_IN: (0, 0, 0.25, 0),
    CameraMove.ZOOM_IN: (0, 0, 0.25, 0),
    CameraMove.PULL_OUT: (0, 0, -0.25, 0),
    CameraMove.ZOOM_OUT: (0, 0, -0.25, 0),
    CameraMove.ROLL: (0, 0, 0, 6),
}
"""What a whole move does to a picture: right and down in shares of the width, the logarithm of its
scale, degrees. What is not here stands still."""


def _moved(picture: Picture, move: CameraMove, share: float) -> Picture:
    """Gives the picture after a share of a move; what is beyond its edge is mirrored."""
    import cv2

    height, width = picture.shape[:2]
    right, down, scale, turn = (part * share for part in _WAYS.get(move, (0.0, 0.0, 0.0, 0.0)))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -turn, float(np.exp(scale)))
    matrix[:, 2] += (right * width, down * width)
    moved = cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return moved.astype(np.uint8, copy=False)


class FakeSpeech(_Fake):
    """Speaks each text as a tone that swells once for every syllable, at the pace of a voice."""

    voices: tuple[Voice, ...] = (
        Voice(id="one", locale=Locale.ZH, sex=Sex.FEMALE, age=Age.ADULT),
        Voice(id="two", locale=Locale.ZH, sex=Sex.MALE, age=Age.ADULT),
        Voice(id="three", locale=Locale.EN, sex=Sex.FEMALE, age=Age.ADULT),
        Voice(id="four", locale=Locale.EN, sex=Sex.MALE, age=Age.ADULT),
    )

    def __init__(
        self,
        *,
        fails: bool = False,
        name: str = "fake",
        paid: bool = False,
        refuses: str = "",
        fails_after: int | None = None,
        voices: Sequence[Voice] = (),
        clips: int = 0,
        deterministic: bool = True,
    ) -> None:
        """Makes a voice that works, or one that does not.

        Args:
            fails: it cannot be reached.
            name: what it is called.
            paid: it says that it costs money, and takes a cent a line.
            refuses: it refuses lines with this in them, for their words.
            fails_after: it breaks down for good after so many lines.
            voices: what it offers instead of its own.
            clips: so many lines, the first ones, are clipped.
            deterministic: what it says of itself.
        """
        super().__init__(name=name, cost_usd=0.01 if paid else 0.0)
        self.said: list[tuple[str, str]] = []
        """The texts that were spoken and by which voice, in order."""
        self.voices = tuple(voices) or type(self).voices
        self.capabilities = Capabilities(
            licence="Apache-2.0", paid=paid, deterministic=deterministic
        )
        self._clips = clips
        self._fails = fails
        self._refuses = refuses
        self._fails_after = fails_after

    def estimate(self, *, text: str) -> Estimate:
        """Gives nothing, or the cent of one that is paid."""
        return Estimate(cost_usd=self._cost_usd)

    async def speak(
        self, *, text: str, voice: str, locale: Locale, kind: LineKind, delivery: str, scratch: Path
    ) -> Utterance:
        """Writes the tone, or the one that its faults make of it."""
        self.calls.append(text)
        if self._fails:
            raise TransientError("the fake voice cannot be reached, as it was told")
        if self._fails_after is not None and len(self.calls) > self._fails_after:
            raise BackendError("the fake voice broke down, as it was told")
        ids = [one.id for one in self.voices]
        if voice not in ids:
            raise InputError(f"{self.name} has no voice {voice!r}; it has {', '.join(ids)}")
        if not any(character.isalnum() for character in text):
            raise InputError(f"nothing in the line {text[:40]!r} can be spoken")
        if self._refuses and self._refuses in text:
            raise InputError("the fake voice refuses the words, as it was told")
        self.said.append((text, voice))
        path = scratch / "line.wav"
        tone = _babble(max(1, syllables(text)), locale, 300 + 40 * ids.index(voice))
        if self._clips > 0:
            self._clips -= 1
            tone = np.clip(tone.astype(np.int32) * 4, -9000, 9000).astype(np.int16)
        _write_wav(path, tone[:, None], _SPEECH_RATE)
        return Utterance(audio=path, duration_s=len(tone) / _SPEECH_RATE)


class FakeJudge(_Fake):
    """Answers for measures with the values that it was told, whatever it is shown."""

    def __init__(
        self,
        *,
        name: str = "fake-judge",
        answers: Mapping[str, float | str],
        subjects: Sequence[Subject] = tuple(Subject),
        fails: Sequence[BackendError | InputError] = (),
        frame: int | None = None,
        at_once: int | None = None,
    ) -> None:
        """Makes a judge.

        Args:
            name: what it is called.
            answers: for a measure's id its value, of which 0.5 passes, or why there is none.
            subjects: what it judges.
            fails: is raised by its first calls, in order.
            frame: the frame that convicts.
            at_once: how many calls it wants at the same time.
        """
        super().__init__()
        self.name = name
        self.judges = {subject: tuple(answers) for subject in subjects}
        self.capabilities = Capabilities(licence="Apache-2.0", at_once=at_once)
        self.shown: list[Exhibit] = []
        self._answers = answers
        self._fails = list(fails)
        self._frame = frame

    async def judge(self, exhibit: Exhibit) -> Mapping[str, Finding | NotJudged]:
        """Gives the answers, or raises."""
        self.shown.append(exhibit)
        if self._fails:
            raise self._fails.pop(0)
        return {name: self._answer(name, value) for name, value in self._answers.items()}

    def _answer(self, name: str, value: float | str) -> Finding | NotJudged:
        if isinstance(value, str):
            return NotJudged(value)
        scale = Scale(id=name, unit="share", direction=Direction.AT_LEAST, threshold=0.5)
        return scale.finding(value, f"The fake judge says {name}.", frame=self._frame)


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
    """Gives the picture that the fakes paint for a plan: `(height, width, 3)` uint8 BGR.

    Its colours are those of the place, so that the shots of a scene go together.
    """
    import cv2

    random = np.random.default_rng(plan.seed)
    colours = np.random.default_rng(plan.place_seed).integers(30, 226, (9, 3), np.uint8)
    cells = random.permutation(np.repeat(np.arange(9), 9))
    coarse = colours[cells].reshape(9, 9, 3)
    # Where fields blend, each picture would have colours of its own.
    picture = cv2.resize(coarse, (plan.width, plan.height), interpolation=cv2.INTER_NEAREST)
    # Sharp things of all sizes, so that it has the detail of a picture.
    for number in range(45):
        left, top = (int(random.integers(side)) for side in (plan.width, plan.height))
        wide, high = (
            int(random.integers(4, max(5, side // 5))) for side in (plan.width, plan.height)
        )
        colour = tuple(int(part) for part in colours[number % len(colours)])
        cv2.rectangle(picture, (left, top), (left + wide, top + high), colour, -1)
    return np.asarray(picture, np.uint8)


def _tone(seconds: float, rate: int, pitch: float) -> npt.NDArray[np.int16]:
    time = np.arange(round(seconds * rate)) / rate
    return (9000 * np.sin(2 * np.pi * pitch * time)).astype(np.int16)


def _babble(count: int, locale: Locale, pitch: float) -> npt.NDArray[np.int16]:
    """Gives a tone with `count` syllables, which the measures of spoken lines take for speech."""
    seconds = 0.1 + EXTRA_S[locale] + count / SYLLABLES_A_SECOND
    beats = np.linspace(0, count, round(seconds * _SPEECH_RATE), endpoint=False)
    swell = np.sin(np.pi * (beats % 1))
    tone = (_tone(seconds, _SPEECH_RATE, pitch)[: len(swell)] * swell).astype(np.int16)
    silence = np.zeros(round(0.045 * _SPEECH_RATE), np.int16)
    return np.concatenate([silence, tone, silence])


def _write_wav(path: Path, samples: npt.NDArray[np.int16], rate: int) -> None:
    with path.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.ascontiguousarray(samples, "<i2").tobytes())


class ScriptedWriter:
    """Answers each task with prepared values, in order; the last one is given again."""

    name = "scripted"
    version = "1"
    model = ""

    def __init__(
        self, answers: Mapping[str, Sequence[BaseModel | Exception]], *, sees: bool = False
    ) -> None:
        """Makes a writer.

        Args:
            answers: for a task, what it answers, or the error that it raises.
            sees: it says that it may be sent pictures.
        """
        self.sees = sees
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

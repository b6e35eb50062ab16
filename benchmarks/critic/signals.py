"""Judges clean takes and spoiled ones, and keeps what each measure said of each.

Nothing is summed up here: see `figures.py` for counts and curves, `python -m benchmarks.critic` for
the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.critic import clean
from benchmarks.critic.benign import HAPPENINGS
from benchmarks.critic.clean import Clean, Part
from benchmarks.critic.defects import DEFECTS, Defect, spoiled
from benchmarks.critic.delivery import DELIVERY
from nightshoot.tools.measure.protocol import Measure, NotJudged
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.take.jump_cut import JumpCut
from nightshoot.tools.measure.takes import MEASURES

ALL_DEFECTS: tuple[Defect, ...] = (*DELIVERY, *DEFECTS)

_DELIVERED = {"frame_count", "format", "black_frames", "blank_frames", "dynamic_degree"}
SIGNAL: tuple[Measure[TakeShown], ...] = tuple(
    one for one in MEASURES if one.scale.id not in _DELIVERED | {"camera_motion"}
)
"""Those of light, focus and framing."""

UNPLANNED: tuple[Measure[TakeShown], ...] = tuple(
    one for one in MEASURES if one.scale.id != "camera_motion"
)
"""For footage that nobody planned: which move its camera makes was not asked of it."""

CONFUSED = 10
"""How many takes with a defect all measures judge."""

CLEAN, HAPPENING, DEFECT = "clean", "happening", "defect"


@dataclass(frozen=True, slots=True)
class Told:
    """What measures said of one take."""

    kind: str
    """`CLEAN`, `HAPPENING` or `DEFECT`."""
    id: str
    """Of the happening or the defect; empty for a clean take."""
    grade: float
    source: str
    """The story or the file."""
    index: int
    """Which take of the part."""
    values: dict[str, float]
    """By measure; those that did not judge are not there."""
    failed: tuple[str, ...]
    fully: bool = True
    """Whether all measures judged, and not only those that should convict."""


def convicting(shown: TakeShown, measures: Sequence[Measure[TakeShown]]) -> dict[str, float]:
    """Gives the measures that a take fails, with its values."""
    found = [measure(shown) for measure in measures]
    return {f.measure: f.value for f in found if not isinstance(f, NotJudged) and not f.passed}


def told(
    take: Clean,
    shown: TakeShown,
    measures: Sequence[Measure[TakeShown]],
    *,
    kind: str = CLEAN,
    id: str = "",  # noqa: A002
    grade: float = 0.0,
    index: int = 0,
    fully: bool = True,
) -> Told:
    """Gives what measures say of a take."""
    found = [one for measure in measures if not isinstance(one := measure(shown), NotJudged)]
    return Told(
        kind=kind,
        id=id,
        grade=grade,
        source=take.source,
        index=index,
        values={one.measure: one.value for one in found},
        failed=tuple(one.measure for one in found if not one.passed),
        fully=fully,
    )


def clean_ones(takes: Iterable[Clean], measures: Sequence[Measure[TakeShown]]) -> Iterator[Told]:
    """Judges clean takes, and every fourth one with something harmless that happens in it."""
    for index, take in enumerate(takes):
        yield told(take, take.shown, measures, index=index)
        for happens in HAPPENINGS if index % 4 == 0 else ():
            shown = happens(take.shown, np.random.default_rng(index))
            name = happens.__name__
            yield told(take, shown, measures, kind=HAPPENING, id=name, index=index)


def spoiled_ones(
    takes: Sequence[Clean],
    measures: Sequence[Measure[TakeShown]] = MEASURES,
    *,
    defects: Sequence[Defect] = ALL_DEFECTS,
    noticed_only: bool = False,
    confused: int = CONFUSED,
    seen: Callable[[str], None] = lambda _: None,
) -> Iterator[Told]:
    """Spoils takes with every defect that they can have, at every grade.

    All measures judge the noticed grade of the first `confused` takes, so that it is known what
    else a defect sets off; the rest only those that should convict it.
    """
    for defect in defects:
        own = [one for one in measures if one.scale.id in defect.measures]
        for grade in (defect.noticed,) if noticed_only else defect.grades:
            for index, take in enumerate(takes):
                if not defect.applies(take.shown) or not own:
                    continue
                fully = noticed_only or (grade == defect.noticed and index < confused)
                judges = measures if fully else own
                shown = spoiled(defect, grade, take.shown, _other(takes, index), seed=index)
                yield told(
                    take,
                    shown,
                    judges,
                    kind=DEFECT,
                    id=defect.id,
                    grade=grade,
                    index=index,
                    fully=fully,
                )
        seen(defect.id)


def _other(takes: Sequence[Clean], index: int) -> TakeShown:
    """Gives a take of another source where there is one, else the next."""
    rest = [*takes[index + 1 :], *takes[:index]]
    return next((take for take in rest if take.source != takes[index].source), rest[0]).shown


def real_pieces(part: Part, folder: Path | None) -> list[Clean]:
    """Gives the real footage of a part, in pieces; none where it is not installed."""
    return [
        piece
        for name, whole in clean.footage_of(clean.REAL[part], folder)
        for piece in clean.pieces(name, whole)
    ]


def real_cuts(part: Part, folder: Path | None) -> tuple[int, int]:
    """Gives how many known cuts of real edited footage were caught, and of how many."""
    caught = asked = 0
    names = tuple(name for name in clean.REAL[part] if name in clean.REAL_CUTS)
    for name, whole in clean.footage_of(names, folder):
        cuts = clean.REAL_CUTS[name]
        for before, cut, after in zip((0, *cuts), cuts, (*cuts[1:], len(whole.luma)), strict=False):
            piece = clean.cut_out(whole, max(before, cut - 24), min(after, cut + 24))
            shown = TakeShown(clean.real_plan(piece), piece, clean.painted(piece))
            asked += 1
            caught += "jump_cut" in convicting(shown, (JumpCut(),))
    return caught, asked


def cost(takes: Sequence[Clean]) -> dict[str, float]:
    """Times each measure: seconds of one core for a second of a take, decoding apart.

    The motion that several measures share is found beforehand, and is its own entry.
    """
    seconds = sum(len(take.shown.footage.luma) / float(take.shown.footage.fps) for take in takes)
    spent = {}
    fresh = [TakeShown(one.shown.plan, one.shown.footage, one.shown.keyframe) for one in takes]
    begun = time.process_time()
    for shown in fresh:
        _ = shown.motion
    spent["motion"] = (time.process_time() - begun) / seconds
    for measure in MEASURES:
        begun = time.process_time()
        for shown in fresh:
            measure(shown)
        spent[measure.scale.id] = (time.process_time() - begun) / seconds
    return spent

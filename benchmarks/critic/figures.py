"""Sums up what measures said into figures: counts by grade, a confusion matrix, curves, bounds."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from pydantic import Field

from benchmarks.critic.defects import Defect
from benchmarks.critic.signals import CLEAN, DEFECT, HAPPENING, Told
from nightshoot.domain.review import Direction
from nightshoot.domain.value import Value
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.takes import VERSION

FIGURES = Path(__file__).with_name("figures.json")

CONFIDENCE = 0.95
CURVE_POINTS = 60

_PAIR = re.compile(r"\[\s+(-?[\d.]+),\s+(-?[\d.]+)\s+\]")
"""A point of a curve goes on one line."""


class Count(Value):
    """So many of so many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else 0.0

    @property
    def at_most(self) -> float:
        """The upper end of what the true share may be, at 95 %."""
        return clopper_pearson(self.hits, self.of)[1]

    @property
    def at_least(self) -> float:
        """The lower end of what the true share may be, at 95 %."""
        return clopper_pearson(self.hits, self.of)[0]


class Caught(Value):
    """How many takes with one defect were caught, by grade."""

    unit: str
    noticed: float
    grades: tuple[tuple[float, Count], ...]
    """From mild to severe."""
    fired: dict[str, int] = Field(default_factory=dict)
    """At the noticed grade: how many takes each measure convicts, whether it should or not."""
    fired_of: int = 0
    """How many takes of the noticed grade all measures judged."""
    measures: tuple[str, ...] = ()
    """Those that should convict it, any of them."""

    @property
    def at_noticed(self) -> Count:
        """The grade that a viewer notices."""
        return dict(self.grades)[self.noticed]


class Curve(Value):
    """A ROC curve: what a measure rejects of clean takes and of spoiled ones, at any threshold."""

    all_grades: tuple[tuple[float, float], ...]
    noticed: tuple[tuple[float, float], ...]
    """Of the noticed grade and worse."""
    area_all: float
    area_noticed: float
    threshold: tuple[float, float]
    """Where the measure's own threshold lies: of clean takes, of the noticed grade and worse."""


class PartFigures(Value):
    """What was found on one part."""

    version: str
    """Of the measures of a take."""
    sources: tuple[str, ...]
    clean: Count
    rejected_by: dict[str, int]
    happenings: dict[str, Count]
    spoiled: int
    """How many clean takes the defects were put into."""
    caught: dict[str, Caught]
    curves: dict[str, Curve]
    cuts: Count | None = None
    """Known cuts of real edited footage that were caught."""


class FilmFigures(Value):
    """What was found on finished films."""

    version: str
    """Of the measures of a film."""
    films: int
    clean: Count
    rejected_by: dict[str, int]
    caught: dict[str, Caught]


class Cost(Value):
    """Seconds of one core for each second of a take, decoding apart."""

    seconds: float
    """How much was timed."""
    by_measure: dict[str, float]
    decoding: float
    machine: str

    @property
    def share(self) -> float:
        return sum(self.by_measure.values())


class Figures(Value):
    """All figures."""

    parts: dict[str, PartFigures] = Field(default_factory=dict)
    films: dict[str, FilmFigures] = Field(default_factory=dict)
    cost: Cost | None = None


def read_figures(path: Path = FIGURES) -> Figures:
    """Gives the committed figures; empty ones where there are none yet."""
    return Figures.model_validate_json(path.read_text("utf-8")) if path.exists() else Figures()


def write_figures(figures: Figures, path: Path = FIGURES) -> None:
    """Writes figures as JSON that can be compared line by line."""
    told = json.dumps(figures.model_dump(mode="json"), ensure_ascii=False, indent=1)
    path.write_text(_PAIR.sub(r"[\1, \2]", told) + "\n", "utf-8")


def clopper_pearson(hits: int, of: int) -> tuple[float, float]:
    """Gives the one-sided bounds below and above which the true share lies, each at 95 %.

    Source: Clopper and Pearson, Biometrika 26 (1934): the share at which so few, or so many, hits
    would come up once in twenty times.
    """
    rare = 1 - CONFIDENCE
    low = 0.0 if hits == 0 else _where(lambda share: 1 - _at_most(hits - 1, of, share) - rare)
    high = 1.0 if hits == of else _where(lambda share: rare - _at_most(hits, of, share))
    return low, high


def _where(rises: Callable[[float], float]) -> float:
    """Gives where a rising function of a share crosses nought."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) > 0 else (middle, high)
    return (low + high) / 2


def _at_most(hits: int, of: int, share: float) -> float:
    """Gives how likely it is that at most so many of so many are hit."""
    return sum(math.comb(of, n) * share**n * (1 - share) ** (of - n) for n in range(hits + 1))


def part_figures(
    told: Sequence[Told],
    defects: Sequence[Defect],
    scales: Sequence[Scale],
    *,
    cuts: tuple[int, int] | None = None,
) -> PartFigures:
    """Sums up a part."""
    clean = [one for one in told if one.kind == CLEAN]
    happened = [one for one in told if one.kind == HAPPENING]
    spoiled = [one for one in told if one.kind == DEFECT]
    found = {defect.id: _caught(defect, spoiled) for defect in defects}
    return PartFigures(
        version=VERSION,
        sources=tuple(sorted({one.source for one in clean})),
        clean=Count(hits=sum(bool(one.failed) for one in clean), of=len(clean)),
        rejected_by=_by_measure(clean),
        happenings={
            name: Count(
                hits=sum(bool(one.failed) for one in happened if one.id == name),
                of=sum(one.id == name for one in happened),
            )
            for name in dict.fromkeys(one.id for one in happened)
        },
        spoiled=len({one.index for one in spoiled}),
        caught={name: one for name, one in found.items() if one.at_noticed.of},
        curves={
            scale.id: curve
            for scale in scales
            if (curve := _curve(scale, [*clean, *happened], spoiled, defects))
        },
        cuts=Count(hits=cuts[0], of=cuts[1]) if cuts and cuts[1] else None,
    )


def _by_measure(told: Iterable[Told]) -> dict[str, int]:
    return dict(Counter(name for one in told for name in one.failed).most_common())


def _caught(defect: Defect, spoiled: Sequence[Told]) -> Caught:
    own = [one for one in spoiled if one.id == defect.id]
    grades = []
    for grade in defect.grades:
        there = [one for one in own if one.grade == grade]
        hits = sum(bool(set(one.failed) & set(defect.measures)) for one in there)
        grades.append((grade, Count(hits=hits, of=len(there))))
    return Caught(
        unit=defect.unit,
        measures=defect.measures,
        noticed=defect.noticed,
        grades=tuple(grades),
        fired=_by_measure(one for one in own if one.grade == defect.noticed and one.fully),
        fired_of=sum(one.grade == defect.noticed and one.fully for one in own),
    )


def _curve(
    scale: Scale, good: Sequence[Told], spoiled: Sequence[Told], defects: Sequence[Defect]
) -> Curve | None:
    for_it = {defect.id: defect for defect in defects if scale.id in defect.measures}
    worst = scale.direction is Direction.AT_MOST

    def badness(one: Told) -> float:
        value = one.values.get(scale.id)
        return -math.inf if value is None else value if worst else -value

    every = [one for one in spoiled if one.id in for_it]
    noticed = [
        one
        for one in every
        if for_it[one.id].grades.index(one.grade)
        >= for_it[one.id].grades.index(for_it[one.id].noticed)
    ]
    if not noticed or not good:
        return None
    clean = [badness(one) for one in good]
    all_grades, from_noticed = ([badness(one) for one in ones] for ones in (every, noticed))
    return Curve(
        all_grades=_points(clean, all_grades),
        noticed=_points(clean, from_noticed),
        area_all=round(_area(clean, all_grades), 4),
        area_noticed=round(_area(clean, from_noticed), 4),
        threshold=(
            round(sum(scale.id in one.failed for one in good) / len(good), 4),
            round(sum(scale.id in one.failed for one in noticed) / len(noticed), 4),
        ),
    )


def _points(clean: Sequence[float], bad: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Gives the curve's corners from (0, 0) to (1, 1), thinned."""
    corners = [(0.0, 0.0)]
    for limit in sorted({*clean, *bad}, reverse=True):
        of_clean = sum(one >= limit for one in clean) / len(clean)
        of_bad = sum(one >= limit for one in bad) / len(bad)
        corners.append((round(of_clean, 4), round(of_bad, 4)))
    kept = [corners[0]]
    for before, corner in pairwise(corners):
        far = max(abs(corner[0] - kept[-1][0]), abs(corner[1] - kept[-1][1])) > 1 / CURVE_POINTS
        if far and before not in kept:
            kept.append(before)
        if far:
            kept.append(corner)
    return (*kept, (1.0, 1.0)) if kept[-1] != (1.0, 1.0) else tuple(kept)


def _area(clean: Sequence[float], bad: Sequence[float]) -> float:
    """Gives how likely a spoiled take looks worse than a clean one; a half where they tie."""
    won = sum((b > c) + (b == c) / 2 for b in bad for c in clean)
    return won / (len(bad) * len(clean))

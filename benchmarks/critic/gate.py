"""The gate: a small fixed sample of the calibration, which fails when the critic gets worse.

    python -m benchmarks.critic.gate [--write]

Ten clean takes of the tuned part, 2 s each, none of which may be rejected more than was so when the
floor was written, and each defect at the grade that a viewer notices in three of them. Thresholds
that are moved, or a measure that breaks, show here in half a minute; `python -m benchmarks.critic`
says what the figures are. `--write` writes a new floor, which is for a person to agree with.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
from pydantic import Field

from benchmarks.critic import clean
from benchmarks.critic.clean import Clean, Part
from benchmarks.critic.defects import Defect
from benchmarks.critic.signals import ALL_DEFECTS, convicting, spoiled_ones
from nightshoot.domain.value import Value
from nightshoot.tools.measure.protocol import Measure
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.takes import MEASURES

FLOOR = Path(__file__).with_name("floor.json")

TAKES = 10
SPOILED = (1, 3, 5)
"""Takes whose camera moves and could move the other way, so that every defect fits."""
SECONDS = 2.0
SIZES = ((270, 480), (480, 270))


class Score(Value):
    """How well measures did on the sample."""

    rejected: dict[str, int] = Field(default_factory=dict)
    """Clean takes that each measure rejects; measures that reject none are not there."""
    caught: dict[str, int] = Field(default_factory=dict)
    """Of the spoiled takes of each defect, how many were caught."""


def sample(place: Path) -> list[Clean]:
    """Makes the sample, or reads it from `place`; the same every time."""
    takes = []
    for index, (story, plan) in enumerate(clean.plans(Part.TUNED, TAKES)):
        width, height = SIZES[index % len(SIZES)]
        size = {"width": width, "height": height, "num_frames": round(SECONDS * plan.fps)}
        takes.append(Clean(story, clean.kept(plan.model_copy(update=size), place / f"{index}")))
    return takes


def score(
    takes: Sequence[Clean],
    measures: Sequence[Measure[TakeShown]] = MEASURES,
    defects: Sequence[Defect] = ALL_DEFECTS,
) -> Score:
    """Judges the sample, as it is and with each defect."""
    rejected: dict[str, int] = {}
    for take in takes:
        # A copy has nothing in its cache.
        shown = TakeShown(take.shown.plan, take.shown.footage, take.shown.keyframe)
        for name in convicting(shown, measures):
            rejected[name] = rejected.get(name, 0) + 1
    chosen = [takes[at] for at in SPOILED]
    caught = {defect.id: 0 for defect in defects}
    for defect in defects:
        own = [one for one in measures if one.scale.id in defect.measures]
        for told in spoiled_ones(chosen, own, defects=[defect], noticed_only=True):
            caught[defect.id] += bool(set(told.failed) & set(defect.measures))
    return Score(rejected=rejected, caught=caught)


def worse(found: Score, floor: Score) -> list[str]:
    """Says in which ways a score is below the floor; empty: in none."""
    of = len(SPOILED)
    return [
        *(
            f"{name} rejects {times} of {TAKES} clean takes, not {floor.rejected.get(name, 0)}"
            for name, times in found.rejected.items()
            if times > floor.rejected.get(name, 0)
        ),
        *(
            f"{name} is caught in {times} of {of} takes, not in {floor.caught[name]}"
            for name, times in found.caught.items()
            if times < floor.caught.get(name, of)
        ),
    ]


def read_floor() -> Score:
    """Gives the committed floor."""
    return Score.model_validate_json(FLOOR.read_text("utf-8"))


def main() -> int:
    """Prints what is worse than the floor, or writes a new one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="a new floor")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as place:
        found = score(sample(Path(place)))
    if asked.write:
        FLOOR.write_text(found.model_dump_json(indent=1) + "\n", "utf-8")
        print(FLOOR.read_text("utf-8"))
        return 0
    below = worse(found, read_floor())
    print("\n".join(below) or "no worse than the floor")
    return int(bool(below))


if __name__ == "__main__":
    raise SystemExit(main())

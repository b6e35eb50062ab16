"""What a measure is: one question about one thing that was made, answered by a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from nightshoot.domain.review import Direction, Finding

Shown_contra = TypeVar("Shown_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A measure that has nothing to say here, and why; no verdict either way."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a measure measures, and where good ends."""

    id: str
    """VBench's name (Huang et al., CVPR 2024) where one fits, else a plain one."""
    unit: str
    direction: Direction
    threshold: float
    """With its `Source:` beside the constant that it is given."""

    def finding(self, value: float, note: str, *, frame: int | None = None) -> Finding:
        """Gives the finding of a value.

        Args:
            value: in the scale's unit.
            note: what was seen, and what the next take should do about it.
            frame: the frame that convicts, from 0.
        """
        return Finding(
            measure=self.id,
            value=round(value, 4),
            unit=self.unit,
            threshold=self.threshold,
            direction=self.direction,
            note=note,
            frame=frame,
        )


class Measure(Protocol[Shown_contra]):
    """One measure; one file each below `take/`, `sound/` and `film/`.

    Deterministic, without model weights, and quick: see `Footage` for what it is shown.
    """

    @property
    def scale(self) -> Scale:
        """Its id, unit, direction and threshold."""
        ...

    def __call__(self, shown: Shown_contra) -> Finding | NotJudged:
        """Measures what it is shown."""
        ...

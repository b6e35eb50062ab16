"""Review: what the critic says of a take, in numbers first."""

from __future__ import annotations

from enum import StrEnum

from nightshoot.domain.value import Value


class Direction(StrEnum):
    """Which side of the threshold is good."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Finding(Value):
    """One measure of one take against its threshold."""

    measure: str
    value: float
    unit: str
    threshold: float
    direction: Direction
    note: str
    """What was seen, and what the next take should do about it; fit for the prompt engineer."""
    frame: int | None = None
    """The frame that convicts, counted from 0."""

    @property
    def passed(self) -> bool:
        """Whether the value lies on the good side of the threshold."""
        if self.direction is Direction.AT_LEAST:
            return self.value >= self.threshold
        return self.value <= self.threshold

    @property
    def margin(self) -> float:
        """How far on the good side the value lies, in multiples of the threshold; negative: bad."""
        scale = abs(self.threshold) or 1.0
        signed = self.value - self.threshold
        return (signed if self.direction is Direction.AT_LEAST else -signed) / scale


class Review(Value):
    """A verdict on a take."""

    findings: tuple[Finding, ...]
    not_judged: tuple[str, ...] = ()
    """Measures that could not run here, each with its reason."""

    @property
    def passed(self) -> bool:
        """Whether every finding passed."""
        return all(finding.passed for finding in self.findings)

    @property
    def score(self) -> float:
        """Ranks takes: the share of passed findings, then the worst margin within (-1, 1)."""
        if not self.findings:
            return 1.0
        share = sum(finding.passed for finding in self.findings) / len(self.findings)
        worst = min(finding.margin for finding in self.findings)
        return share + 0.001 * max(-1.0, min(1.0, worst))

    @property
    def note(self) -> str:
        """The notes of what failed, one sentence each."""
        return " ".join(finding.note for finding in self.findings if not finding.passed)

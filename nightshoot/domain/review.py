"""Review: what the critic says of a take, in numbers first."""

from __future__ import annotations

from enum import StrEnum

from nightshoot.domain.value import Value

REFUSED = "refused"
"""The finding against an attempt that came to nothing: moderation refused its words or picture."""

BROKEN = "broken"
"""The same where the backend failed for good, or gave a file that cannot be read."""

NOTHING_CAME = (REFUSED, BROKEN)


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


LATER = (
    "text_alignment",
    "subject_consistency",
    "aesthetic_quality",
    "unasked_text",
    "nudity",
    "transcript",
    "scene_continuity",
    "opinion.",
)
"""How the ids of findings begin that are asked for only where the measures found nothing."""


class Evidence(Value):
    """The picture of a frame that convicts."""

    frame: int
    picture: str
    """The digest of a JPEG."""


def nothing_came(reason: str, *, refused: bool) -> Finding:
    """Gives the finding against an attempt of which nothing came.

    Args:
        reason: what the backend said, in a line.
        refused: moderation refused it.
    """
    return Finding(
        measure=REFUSED if refused else BROKEN,
        value=1,
        unit="failures",
        threshold=0,
        direction=Direction.AT_MOST,
        note=reason,
    )


class Review(Value):
    """A verdict on a take."""

    findings: tuple[Finding, ...]
    not_judged: tuple[str, ...] = ()
    """Measures that could not run here, each with its reason: `identity: no judge for it`."""
    evidence: tuple[Evidence, ...] = ()
    """The frames that the failed findings name."""

    def joined(self, *others: Review) -> Review:
        """Gives one review with all findings, in this order."""
        reviews = (self, *others)
        return Review(
            findings=tuple(one for review in reviews for one in review.findings),
            not_judged=tuple(one for review in reviews for one in review.not_judged),
            evidence=tuple(one for review in reviews for one in review.evidence),
        )

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The findings that convict."""
        return tuple(finding for finding in self.findings if not finding.passed)

    @property
    def passed(self) -> bool:
        """Whether every finding passed."""
        return all(finding.passed for finding in self.findings)

    @property
    def score(self) -> float:
        """Ranks takes: how far they came, the share of passed findings, then the mean margin.

        A take that the measures convict is not looked at further, so it ranks below one that only
        judges of its meaning object to. Not the worst margin: a measure that counts faults has a
        margin of 0 at its best, and all good takes would be alike.
        """
        if not self.findings:
            return 2.0
        came = float(all(finding.measure.startswith(LATER) for finding in self.failed))
        share = sum(finding.passed for finding in self.findings) / len(self.findings)
        margins = [max(-1.0, min(1.0, finding.margin)) for finding in self.findings]
        return came + share + 0.001 * sum(margins) / len(margins)

    @property
    def note(self) -> str:
        """The notes of what failed, one sentence each."""
        return " ".join(finding.note for finding in self.findings if not finding.passed)

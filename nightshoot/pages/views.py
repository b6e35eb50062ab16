"""What the storyboard page shows of each take, worked out before the template lays it out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.film import Ending, Shortage, ShotResult, Take
from nightshoot.domain.remedy import Remedy
from nightshoot.domain.review import Finding, Review
from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.measures import name_of, number, numbers, place_on_bar, unit_of
from nightshoot.pages.notes import fault_in_chinese, told_in_chinese, told_in_english
from nightshoot.pages.silences import Silence, Silences
from nightshoot.pages.words import ENDINGS, PLAINLY, REMEDIES, WORDS

Picture = Callable[[str], str]
"""Gives the data URL of a picture by its digest; empty where it is not at hand."""


@dataclass(frozen=True, slots=True)
class FindingView:
    """One measure against its threshold."""

    id: str
    name: str
    passed: bool
    value: str
    threshold: str
    unit: str
    limit: str
    """`at least` or `at most`."""
    at: int
    """Where on the bar the value lies, in per cent; the threshold is at 50."""
    fault: str
    """What is wrong, in the page's language; empty for what passed."""
    original: str
    """The measure's own sentence, where `fault` is not it."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A frame that convicts, with what it convicts of; or findings that no frame shows."""

    picture: str
    where: str
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class RemedyView:
    """What was changed for a take."""

    kind: str
    told: str
    answers: str


@dataclass(frozen=True, slots=True)
class CandidateView:
    """One of several keyframes."""

    picture: str
    seed: int
    chosen: bool
    passed: bool
    failed: str
    """The names of what it failed."""


@dataclass(frozen=True, slots=True)
class RulingView:
    """What a person said."""

    says: str
    by: str
    at: str
    note: str
    approved: bool
    overrules: bool
    """The critic had said otherwise."""


@dataclass(frozen=True, slots=True)
class Findings:
    """All measures of a keyframe or of a video."""

    of: str
    rows: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class TakeView:
    """One take on the strip."""

    number: int
    used: bool
    state: str
    """`used`, `flagged`, `approved`, `rejected`, `unfilmed`, `turned_down`, `overruled` or
    `unused`."""
    still: str
    kept: int
    painter: str
    camera: str
    """Both empty where they are the film's own."""
    cost_usd: float
    remedies: tuple[RemedyView, ...]
    exhibits: tuple[Exhibit, ...]
    advice: str
    ruling: RulingView | None
    candidates: tuple[CandidateView, ...]
    findings: tuple[Findings, ...]
    good: int
    bad: int
    silences: tuple[Silence, ...]
    prompt: str
    seed: int


@dataclass(frozen=True, slots=True)
class ShotView:
    """A shot's takes, and what it came to."""

    takes: tuple[TakeView, ...]
    used: TakeView
    flagged: bool
    wide: bool
    """Its takes need the page's whole width."""
    ended: str
    why: str
    """What a person should look at, in a line; empty unless it is flagged."""
    plainly: str
    """Why it was filmed by the plain camera; empty where it was filmed as ordered."""


class Viewing:
    """Works out the views of one film's takes."""

    def __init__(
        self, locale: Locale, picture: Picture, silences: Silences, crew: Sequence[tuple[str, str]]
    ) -> None:
        self._locale = locale
        self._words = WORDS[locale]
        self._picture = picture
        self._silences = silences
        self._crew = dict(crew)

    def shot(self, result: ShotResult) -> ShotView:
        """Gives the view of a shot."""
        takes = tuple(self._take(take, result) for take in result.takes)
        used = takes[result.best - 1]
        passed_at_once = len(takes) == 1 and result.ended is Ending.PASSED
        return ShotView(
            takes=takes,
            used=used,
            flagged=result.flagged,
            wide=len(takes) > 1 or result.flagged or used.ruling is not None,
            ended="" if passed_at_once else ENDINGS[self._locale][result.ended],
            why=self._why(result) if result.flagged else "",
            plainly=PLAINLY[self._locale][result.economised] if result.economised else "",
        )

    def finding(
        self, finding: Finding, camera: Camera | None = None, *, film: bool = False
    ) -> FindingView:
        """Gives the view of a finding."""
        chinese = self._locale is Locale.ZH
        told = fault_in_chinese(finding, camera) if chinese and not finding.passed else ""
        value, threshold = numbers(finding)
        return FindingView(
            id=finding.measure,
            name=name_of(finding.measure, self._locale, film=film),
            passed=finding.passed,
            value=value,
            threshold=threshold,
            unit=unit_of(finding, self._locale),
            limit=self._words[finding.direction.value],
            at=place_on_bar(finding),
            fault="" if finding.passed else told or finding.note,
            original=finding.note if told else "",
        )

    def _take(self, take: Take, result: ShotResult) -> TakeView:
        reviews = _reviews(take)
        found = [finding for review in reviews for finding in review.findings]
        used = take.number == result.best
        labels = (self._words["of_keyframe"], self._words["of_take"])
        return TakeView(
            number=take.number,
            used=used,
            state=_state(take, used),
            still=self._picture(take.keyframe),
            kept=take.kept,
            painter=self._unless_usual("image", [one.painter for one in result.takes], take),
            camera=self._unless_usual("video", [one.camera for one in result.takes], take),
            cost_usd=take.cost_usd,
            remedies=tuple(self._remedy(one) for one in take.remedies),
            exhibits=self._exhibits(take),
            advice=take.advice,
            ruling=self._ruling(take.ruling, take) if take.ruling else None,
            candidates=tuple(
                CandidateView(
                    picture=self._picture(one.picture),
                    seed=one.seed,
                    chosen=one.picture == take.keyframe,
                    passed=one.review.passed,
                    failed=self._names([finding.measure for finding in one.review.failed]),
                )
                for one in take.candidates
            ),
            findings=tuple(
                Findings(
                    label, tuple(self.finding(one, take.plan.camera) for one in review.findings)
                )
                for label, review in zip(labels, reviews, strict=False)
            ),
            good=sum(finding.passed for finding in found),
            bad=sum(not finding.passed for finding in found),
            silences=self._silences.of(take),
            prompt=take.plan.prompt,
            seed=take.plan.seed,
        )

    def _unless_usual(self, role: str, names: Sequence[str], take: Take) -> str:
        """Gives who made it, where takes of the shot differ or it is not the film's own."""
        own = take.painter if role == "image" else take.camera
        usual = {self._crew.get(role, own), *filter(None, names)}
        return own if len(usual) > 1 else ""

    def _exhibits(self, take: Take) -> tuple[Exhibit, ...]:
        """Gives what convicts, by the frame that shows it, in the order of the findings."""
        shown = []
        for review, video in zip(_reviews(take), (False, True), strict=False):
            pictures = {one.frame: one.picture for one in review.evidence}
            frames = list(dict.fromkeys(finding.frame for finding in review.failed))
            for frame in frames:
                convicted = [one for one in review.failed if one.frame == frame]
                seen = video and frame is not None and frame in pictures
                shown.append(
                    Exhibit(
                        # A keyframe is its own evidence, and is shown already.
                        picture=self._picture(pictures[frame])
                        if seen and frame is not None
                        else "",
                        where=self._where(frame, take, video=video),
                        findings=tuple(self.finding(one, take.plan.camera) for one in convicted),
                    )
                )
        return tuple(shown)

    def _where(self, frame: int | None, take: Take, *, video: bool) -> str:
        if not video:
            return self._words["see_keyframe"]
        if frame is None:
            return self._words["whole"]
        seconds = float(frame / take.plan.fps)
        return self._words["frame"].format(frame=frame, time=f"{seconds:.2f}")

    def _remedy(self, remedy: Remedy) -> RemedyView:
        chinese = self._locale is Locale.ZH
        return RemedyView(
            kind=REMEDIES[self._locale][remedy.kind],
            told=told_in_chinese(remedy) if chinese else told_in_english(remedy),
            answers=self._names(remedy.reasons),
        )

    def _names(self, measures: Sequence[str]) -> str:
        named = [name_of(one, self._locale) for one in dict.fromkeys(measures)]
        return self._words["join"].join(named)

    def _ruling(self, ruling: Ruling, take: Take) -> RulingView:
        approved = ruling.verdict is Verdict.APPROVED
        reviews = _reviews(take)
        if ruling.made == take.keyframe:
            reviews = reviews[:1]
        return RulingView(
            says=self._words[f"says_{ruling.verdict.value}"],
            by=ruling.by or self._words["unnamed"],
            at=when(ruling.at),
            note=ruling.note,
            approved=approved,
            overrules=approved and not all(review.passed for review in reviews),
        )

    def _why(self, result: ShotResult) -> str:
        if result.economised is Shortage.CAMERA and result.take.passed:
            said = [take.failure.note for take in result.takes if take.failure]
            plainly = PLAINLY[self._locale][Shortage.CAMERA]
            return self._words["stop"].join(dict.fromkeys((plainly, *said)))
        reviews = _reviews(result.take)
        bad = [finding for review in reviews for finding in review.failed]
        told = [
            f"{name_of(one.measure, self._locale)} {number(one, one.value)}"
            f" ({self._words[one.direction.value]} {number(one, one.threshold)})"
            for one in bad
        ]
        if self._locale is Locale.ZH:
            told = [re.sub(r" \((\S+) (\S+)\)", r"（\1 \2）", one) for one in told]
        return self._words["stop"].join(told)


def when(at: str) -> str:
    """Gives a time of ISO 8601 to the minute, with its offset; what is not one, as it is."""
    try:
        read = datetime.fromisoformat(at)
    except ValueError:
        return at
    return read.strftime("%Y-%m-%d %H:%M %z").strip()


def _reviews(take: Take) -> list[Review]:
    return [take.keyframe_review, *([take.video_review] if take.video_review else [])]


def _state(take: Take, used: bool) -> str:
    approved = take.ruling is not None and take.ruling.verdict is Verdict.APPROVED
    if used:
        stands_in = take.economised is Shortage.CAMERA and not approved
        return "flagged" if stands_in or not take.passed else "approved" if approved else "used"
    if take.rejected_by_person:
        return "turned_down"
    if take.failure:
        return "failed"
    if not take.video:
        return "unfilmed"
    if take.passed:
        return "overruled" if approved else "unused"
    return "rejected"

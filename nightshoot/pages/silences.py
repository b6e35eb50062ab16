"""What was not judged: once for the film where it is the same everywhere, else take by take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nightshoot.domain.film import ShotResult, Take
from nightshoot.domain.review import Review
from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.measures import name_of
from nightshoot.pages.notes import reason_in_chinese
from nightshoot.pages.words import WORDS

_SKIPPED = "not asked, as something had failed before"
"""It says nothing of the measure: where the takes before had passed, it would have been asked."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Measures without a verdict, and why."""

    names: str
    why: str
    count: int
    """How many they are."""


class Silences:
    """What was not judged in the takes of one film."""

    def __init__(self, results: Sequence[ShotResult], locale: Locale) -> None:
        self._locale = locale
        reasons: dict[str, set[str]] = defaultdict(set)
        judged: set[str] = set()
        for review in _reviews(take for result in results for take in result.takes):
            judged |= {finding.measure for finding in review.findings}
            for measure, why in _split(review):
                reasons[measure].add(why)
        self._everywhere = {
            measure: whys
            for measure, whys in reasons.items()
            if measure not in judged and len(whys - {_SKIPPED}) <= 1
        }

    @property
    def of_film(self) -> tuple[Silence, ...]:
        """What was judged nowhere, for one reason."""
        return self._grouped(
            (measure, next(iter(whys - {_SKIPPED}), _SKIPPED))
            for measure, whys in self._everywhere.items()
        )

    def of(self, take: Take) -> tuple[Silence, ...]:
        """What else was not judged in a take."""
        return self._grouped(
            dict.fromkeys(
                (measure, why)
                for review in _reviews([take])
                for measure, why in _split(review)
                if measure not in self._everywhere
            )
        )

    def named(self, review: Review, *, film: bool = False) -> tuple[Silence, ...]:
        """Gives all that was not judged in one review."""
        return self._grouped(_split(review), film=film)

    def _grouped(
        self, pairs: Iterable[tuple[str, str]], *, film: bool = False
    ) -> tuple[Silence, ...]:
        by_why: dict[str, list[str]] = defaultdict(list)
        for measure, why in pairs:
            by_why[why].append(name_of(measure, self._locale, film=film))
        told = reason_in_chinese if self._locale is Locale.ZH else str
        join = WORDS[self._locale]["join"]
        return tuple(
            Silence(join.join(names), told(why), len(names))
            for why, names in ((why, tuple(dict.fromkeys(all_))) for why, all_ in by_why.items())
        )


def _reviews(takes: Iterable[Take]) -> Iterator[Review]:
    for take in takes:
        yield take.keyframe_review
        if take.video_review is not None:
            yield take.video_review


def _split(review: Review) -> list[tuple[str, str]]:
    parted = [one.partition(": ") for one in review.not_judged]
    return [(measure, why) for measure, _, why in parted]

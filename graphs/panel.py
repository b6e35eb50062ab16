"""The panel: every judge that is ready is asked, and none of them can fail the film."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.review import Finding, Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, BudgetExceeded, InputError, NightshootError
from nightshoot.graphs.cases import Case, with_evidence
from nightshoot.graphs.workshop import Workshop
from nightshoot.lanes import FilmLane
from nightshoot.tools.judges.protocol import JUDGED, Exhibit, Judge, Subject
from nightshoot.tools.measure import stills
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.measure.stills import write_still

Answer = TypeVar("Answer")

_FAILURES = 2
"""How often in a row somebody may fail before they are not asked again in this run. Source: a
service's bad minute passes between two shots; one that is away would hold up each of them."""


class Witness:
    """Somebody who may be asked, until they have failed too often; the user is told once."""

    def __init__(
        self,
        name: str,
        workshop: Workshop,
        *,
        final: tuple[type[NightshootError], ...] = (),
    ) -> None:
        """Takes somebody's name.

        Args:
            name: what the user knows them by.
            workshop: has the follower who is told.
            final: after such an error they are never asked again, as the next question would meet
                the same.
        """
        self._name = name
        self._final = final
        self._shop = workshop
        self._failed = 0
        self._told = False
        self.proven = False
        """They have answered in this run."""
        self.gone = ""
        """Why they are not asked any more; empty: they are."""

    async def answer(self, ask: Callable[[], Awaitable[Answer]]) -> Answer | NotJudged:
        """Gives the answer, or why there is none. Only a broken store or log is an error."""
        if self.gone:
            return NotJudged(self.gone)
        try:
            answer = await ask()
        except (BackendError, InputError, BudgetExceeded) as error:
            self._failed += 1
            for_good = self._failed >= _FAILURES or isinstance(error, self._final)
            return self._without(str(error), for_good=for_good)
        self._failed, self.proven = 0, True
        return answer

    def _without(self, why: str, *, for_good: bool) -> NotJudged:
        left = bool(self.gone)
        if for_good:
            self.gone = why
        if not self._told or (for_good and not left):
            self._told = True
            then = "is not asked again in this run" if for_good else "is asked about the next shot"
            self._shop.report_once(
                f"Without {self._name}: {why}; the film goes on without that verdict, and "
                f"{self._name} {then}."
            )
        return NotJudged(why)


class JudgeOrder(Value):
    """What decides a judge's answer, besides the files that it is shown."""

    subject: str
    locale: Locale
    plan: ShotPlan | None = None
    frames: tuple[int, ...] = ()
    text: str = ""


class Panel:
    """The judges of one film. Each answer is an action, so that a new judge re-measures nothing."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        standing = workshop.lanes.standing
        self._lanes = {
            judge.name: FilmLane(workshop.floor.lane_of_judge(judge), standing)
            for judge in workshop.tools.judges
        }
        self._witnesses = {
            judge.name: Witness(f"the judge {judge.name}", workshop)
            for judge in workshop.tools.judges
        }

    async def review(self, case: Case) -> Review:
        """Gives what all judges of the subject say, and what none of them answered for."""
        reviews: list[Review] = []
        silent: dict[str, list[str]] = {}
        for judge in self._shop.tools.judges:
            wanted = judge.judges.get(case.subject, ())
            if not wanted:
                continue
            found = await self._witnesses[judge.name].answer(partial(self._ask, judge, case))
            if isinstance(found, NotJudged):
                reasons = dict.fromkeys(wanted, found.why)
            else:
                reasons = dict(_split(one) for one in found.not_judged)
                reviews.append(found.model_copy(update={"not_judged": ()}))
            for name, why in reasons.items():
                silent.setdefault(name, []).append(f"{judge.name}: {why}")
        answered = {one.measure for review in reviews for one in review.findings}
        not_judged = tuple(
            f"{name}: {'; '.join(silent.get(name, ['no judge is installed for it']))}"
            for name in dict.fromkeys([*JUDGED[case.subject], *silent])
            if name not in answered
        )
        return Review(findings=(), not_judged=not_judged).joined(*reviews)

    async def _ask(self, judge: Judge, case: Case) -> Review:
        shop = self._shop
        references = _references(case.plan)
        # What the version depends on may have to be found out, such as the digest of weights.
        version = await asyncio.to_thread(getattr, judge, "version")

        async def make(scratch: Path) -> Made:
            exhibit = await self._exhibit(case, references, scratch)
            found = await judge.judge(exhibit)
            review = _review_of(judge.judges[case.subject], found)
            evidence = await asyncio.to_thread(case.evidence, review.failed, scratch)
            return Made(record=review, outputs=evidence)

        outcome = await shop.perform(
            Action(
                tool=f"judge/{judge.name}",
                version=f"{version} stills {stills.VERSION}",
                request=JudgeOrder(
                    subject=case.subject,
                    locale=case.locale,
                    plan=case.plan,
                    frames=case.frames,
                    text=case.text,
                ),
                inputs={case.subject.value: case.made}
                | {f"reference {who}": digest for who, digest in references.items()},
                assumed=Assumed(record=Review(findings=())),
            ),
            make,
            lane=self._lanes[judge.name],
            shot=case.shot,
        )
        return with_evidence(outcome.read(Review), outcome.outputs)

    async def _exhibit(self, case: Case, references: Mapping[str, str], scratch: Path) -> Exhibit:
        store = self._shop.log.store
        pictures: tuple[Path, ...] = ()
        if case.subject is Subject.KEYFRAME:
            pictures = (case.path,)
        elif case.subject is Subject.TAKE:
            shown = zip(case.frames, await case.pictures(), strict=True)
            pictures = tuple(
                [
                    await asyncio.to_thread(write_still, picture, scratch / f"shown-{at}.png")
                    for at, picture in shown
                ]
            )
        return Exhibit(
            subject=case.subject,
            locale=case.locale,
            plan=case.plan,
            pictures=pictures,
            frames=case.frames,
            references={who: store.path(digest) for who, digest in references.items()},
            audio=case.path if case.subject is Subject.LINE else None,
            text=case.text,
        )


def _references(plan: ShotPlan | None) -> dict[str, str]:
    """Gives the reference pictures' digests by the characters' ids."""
    return {one.id: one.reference for one in plan.cast if one.reference} if plan else {}


def _review_of(wanted: tuple[str, ...], found: Mapping[str, Finding | NotJudged]) -> Review:
    """Gives the review that a judge's answers make; what it left out is said."""
    answers = [(name, found.get(name, NotJudged("it gave no answer"))) for name in wanted]
    return Review(
        findings=tuple(one for _, one in answers if not isinstance(one, NotJudged)),
        not_judged=tuple(
            f"{name}: {one.why}" for name, one in answers if isinstance(one, NotJudged)
        ),
    )


def _split(not_judged: str) -> tuple[str, str]:
    name, _, why = not_judged.partition(": ")
    return name, why

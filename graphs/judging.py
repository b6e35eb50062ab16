"""Who judges what was made: the measures first, then judges with models, then a model with eyes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel

from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.review import Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale
from nightshoot.graphs.cases import Case, frames_shown, with_evidence
from nightshoot.graphs.looking import OPINION, Looking
from nightshoot.graphs.panel import Panel
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.judges.protocol import JUDGED, Subject
from nightshoot.tools.measure import frames, keyframes, lines, takes
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.sound.shown import read_line

_EVIDENCE = "1"
"""Changes whenever a measuring action would store other pictures for the same review."""

_NOT_ASKED = "not asked, as something had failed before"


class LineReviewOrder(Value):
    """What decides how a spoken line is judged, besides its sound."""

    text: str
    locale: Locale


class Judging:
    """Gives the reviews of one film; each is an action of the log.

    Who comes later is asked only where nobody before found anything, as each step costs more than
    the one before: measures need no model, a judge needs one, and the model with eyes needs money.
    What nobody answered for is said in the review.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._panel = Panel(workshop)
        self._looking = Looking(workshop)

    async def keyframe(self, plan: ShotPlan, picture: str, *, action: str = "") -> Review:
        """Gives the verdict on a keyframe.

        Args:
            plan: what was asked for.
            picture: the digest of the PNG.
            action: what happens in the shot, in the board's words.
        """
        case = Case(
            subject=Subject.KEYFRAME,
            made=picture,
            store=self._shop.log.store,
            locale=self._shop.production.sheet.options.locale,
            shot=plan.shot,
            plan=plan,
            action=action,
            frames=(0,),
        )
        measured = await self._measured(
            case,
            keyframes.VERSION,
            plan,
            lambda: keyframes.judge_keyframe(plan, frames.read_picture(case.path)),
        )
        return await self._joined(case, measured)

    async def take(self, plan: ShotPlan, video: str, keyframe: str, *, action: str = "") -> Review:
        """Gives the verdict on a filmed take.

        Args:
            plan: what was asked for.
            video: the digest of the video.
            keyframe: the digest of the keyframe that it was filmed from.
            action: what happens in the shot, in the board's words.
        """
        store = self._shop.log.store
        case = Case(
            subject=Subject.TAKE,
            made=video,
            store=store,
            locale=self._shop.production.sheet.options.locale,
            shot=plan.shot,
            plan=plan,
            action=action,
            frames=frames_shown(plan),
        )

        def judge() -> Review:
            shown = TakeShown(
                plan=plan,
                footage=frames.decode(case.path),
                keyframe=frames.read_picture(store.path(keyframe)),
            )
            return takes.judge_take(shown)

        measured = await self._measured(case, takes.VERSION, plan, judge)
        return await self._joined(case, measured)

    async def line(self, audio: str, *, text: str, locale: Locale, shot: str) -> Review:
        """Gives the verdict on a spoken line.

        Args:
            audio: the digest of the sound.
            text: what should be said.
            locale: its language.
            shot: in which shot it is heard.
        """
        case = Case(
            subject=Subject.LINE,
            made=audio,
            store=self._shop.log.store,
            locale=locale,
            shot=shot,
            text=text,
        )
        measured = await self._measured(
            case,
            lines.VERSION,
            LineReviewOrder(text=text, locale=locale),
            lambda: lines.judge_line(read_line(case.path, text=text, locale=locale)),
        )
        return await self._joined(case, measured)

    async def _measured(
        self, case: Case, version: str, request: BaseModel, judge: Callable[[], Review]
    ) -> Review:
        kind = case.subject.value

        def work(scratch: Path) -> Made:
            review = judge()
            return Made(record=review, outputs=case.evidence(review.findings, scratch))

        outcome = await self._shop.compute(
            Action(
                tool=f"measure/{kind}",
                version=f"{version}.{_EVIDENCE}",
                request=request,
                inputs={kind: case.made},
                assumed=Assumed(record=Review(findings=())),
            ),
            work,
            lane=self._shop.lanes.judging,
            shot=case.shot,
        )
        return with_evidence(outcome.read(Review), outcome.outputs)

    async def _joined(self, case: Case, measured: Review) -> Review:
        """Gives the review of all who are asked, one after the other, until somebody convicts."""
        wanted = JUDGED[case.subject]
        looked = () if case.subject is Subject.LINE else (OPINION,)
        if not measured.passed:
            return measured.joined(_not_asked(*wanted, *looked))
        judged = measured.joined(await self._panel.review(case))
        if not looked:
            return judged
        if not judged.passed:
            return judged.joined(_not_asked(*looked))
        return judged.joined(await self._looking.review(case))


def _not_asked(*names: str) -> Review:
    return Review(findings=(), not_judged=tuple(f"{name}: {_NOT_ASKED}" for name in names))

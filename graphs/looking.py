"""Looking: the critic looks at what measures and judges let pass, where its model has eyes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from nightshoot.agents import critic
from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.opinion import LookedAt, Opinion
from nightshoot.domain.orders import LookOrder, PictureShown
from nightshoot.domain.review import Review
from nightshoot.domain.shot import Cast, ShotPlan
from nightshoot.errors import BudgetExceeded, InputError
from nightshoot.graphs.cases import Case, with_evidence
from nightshoot.graphs.metering import Tab
from nightshoot.graphs.panel import Witness
from nightshoot.graphs.workshop import Workshop
from nightshoot.llm import Metered
from nightshoot.tools.measure import stills
from nightshoot.tools.measure.frames import read_picture
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.measure.stills import shrunk, write_still

OPINION = "opinion"
"""What the model's word is called where there is none."""

LONGEST_SIDE = 768
"""The most pixels that the longer side of a picture has that is sent. Source: services bring the
shorter side to 768 at most (https://platform.openai.com/docs/guides/images-vision); a frame of 9:16
then has 432 by 768, in which a hand of a medium shot is still 30 pixels wide."""


class Looking:
    """Asks the model with eyes. Its answer is an action, paid once for equal pictures and order."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        # A model that takes no pictures, a key that is refused, a budget that is used up.
        self._witness = Witness("the model with eyes", workshop, final=(InputError, BudgetExceeded))
        self._proving = asyncio.Lock()

    async def review(self, case: Case) -> Review:
        """Gives the opinion of a keyframe or a take, or why there is none."""
        found: Review | NotJudged = NotJudged("no model with eyes is configured")
        if self._shop.agents.critic.sees:
            # Until it has answered once, one shot at a time tries it: that it is blind, or away,
            # is found out once and not by every shot.
            async with nullcontext() if self._witness.proven else self._proving:
                found = await self._witness.answer(partial(self._look, case))
        if isinstance(found, NotJudged):
            return Review(findings=(), not_judged=(f"{OPINION}: {found.why}",))
        return found

    async def _look(self, case: Case) -> Review:
        shop, agent = self._shop, self._shop.agents.critic
        assert case.plan is not None, "a line is heard, not looked at"
        people = [one for one in case.plan.cast if one.reference]
        order = _order(case, case.plan, people)
        prompt = shop.agents.prompts.front_matter(critic.LOOK, case.locale)
        action = Action(
            tool=critic.LOOK,
            version=f"{agent.writer.name} {agent.writer.version} prompt {prompt.version} "
            f"stills {stills.VERSION}",
            model=agent.writer.model,
            request=order,
            inputs={case.subject.value: case.made}
            | {f"reference {one.id}": one.reference for one in people},
            assumed=Assumed(),
        )
        frames = [picture.frame for picture in order.pictures]
        tab = Tab(shop.budget, action.key, shop.report_once)

        async def make(scratch: Path) -> Made:
            pictures = await self._pictures(case, people, scratch)
            metered = replace(agent, writer=Metered(agent.writer, tab))
            opinion = await metered.look(order, pictures)
            evidence = await asyncio.to_thread(case.evidence, opinion.findings(frames), scratch)
            return Made(record=opinion, outputs=evidence, cost_usd=tab.used.cost_usd, paid=True)

        try:
            outcome = await shop.perform(action, make, lane=shop.lanes.writing, shot=case.shot)
        except BaseException:
            # Answers that were no good cost as much as good ones.
            shop.counts.cost_usd += tab.used.cost_usd
            raise
        finally:
            shop.count_writing(critic.LOOK.partition("/")[0], tab.used)
        if shop.dry and not outcome.reused:
            return Review(findings=())
        review = Review(findings=outcome.read(Opinion).findings(frames))
        return with_evidence(review, outcome.outputs)

    async def _pictures(
        self, case: Case, people: Sequence[Cast], scratch: Path
    ) -> tuple[Path, ...]:
        """Writes the pictures that are sent, in the order in which the order lists them."""
        store = self._shop.log.store
        references = [store.path(one.reference) for one in people]
        shown = await case.pictures()

        def write() -> tuple[Path, ...]:
            pictures = (*(read_picture(path) for path in references), *shown)
            return tuple(
                write_still(shrunk(picture, longer=LONGEST_SIDE), scratch / f"picture-{number}.jpg")
                for number, picture in enumerate(pictures, 1)
            )

        return await asyncio.to_thread(write)


def _order(case: Case, plan: ShotPlan, people: Sequence[Cast]) -> LookOrder:
    references = [PictureShown(number=at, character=one.id) for at, one in enumerate(people, 1)]
    shown = [
        PictureShown(number=at, frame=frame, at_s=round(float(frame / plan.fps), 2))
        for at, frame in enumerate(case.frames, len(references) + 1)
    ]
    return LookOrder(
        subject=LookedAt(case.subject.value),
        action=case.action,
        staging=plan.staging,
        camera=plan.camera,
        cast=tuple(Cast(id=one.id, name=one.name, look=one.look) for one in plan.cast),
        wording=plan.prompt,
        style=plan.style,
        pictures=(*references, *shown),
        locale=case.locale,
    )

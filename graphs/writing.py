"""The writing steps: concept, screenplay and storyboard, each an action of the log."""

from __future__ import annotations

from dataclasses import Field, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from pydantic import BaseModel

from nightshoot.agents import ideation, screenwriter, storyboarder
from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.brief import Brief
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.screenplay import Concept, Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.events import Stage
from nightshoot.graphs.metering import Tab
from nightshoot.graphs.workshop import Workshop
from nightshoot.llm import Bounded, Metered, Writer
from nightshoot.providers import Provider
from nightshoot.sources.board_table import board_csv, board_xlsx
from nightshoot.sources.fountain_text import fountain_of
from nightshoot.tools.edit.timing import CARDS_S

Given_contra = TypeVar("Given_contra", bound=BaseModel, contravariant=True)
Document_co = TypeVar("Document_co", bound=BaseModel, covariant=True)
Given = TypeVar("Given", bound=BaseModel)
Document = TypeVar("Document", bound=BaseModel)

CONCEPT, SCREENPLAY, STORYBOARD = "concept.yaml", "screenplay.yaml", "storyboard.yaml"


class Agent(Protocol[Given_contra, Document_co]):
    """An agent: a frozen object with a writer, and a call."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def writer(self) -> Writer:
        """Whatever writes for it."""
        ...

    async def __call__(self, given: Given_contra) -> Document_co:
        """Answers."""
        ...


async def asked(
    workshop: Workshop,
    *,
    task: str,
    agent: Agent[Given, Document],
    given: Given,
    output: type[Document],
    shot: str = "",
    assumed: Document | None = None,
) -> Document:
    """Has an agent answer, once for equal questions.

    Args:
        workshop: where it is asked.
        task: `<agent>/<task>`.
        agent: who answers.
        given: the question.
        output: the answer's type.
        shot: the shot that it is about.
        assumed: what a forecast takes for the answer of a language model; None: it is asked.
    """
    prompt = workshop.agents.prompts.front_matter(task, workshop.production.brief.locale)
    action = Action(
        tool=task,
        version=f"{agent.writer.name} {agent.writer.version} prompt {prompt.version}",
        model=agent.writer.model,
        request=given,
        assumed=Assumed(record=assumed) if assumed is not None and agent.writer.model else None,
    )
    tab = Tab(workshop.budget, action.key, workshop.report_once)

    async def make(_: Path) -> Made:
        answer = await replace(agent, writer=Metered(agent.writer, tab))(given)
        return Made(record=answer, cost_usd=tab.used.cost_usd, paid=True)

    try:
        outcome = await workshop.perform(
            action,
            make,
            lane=workshop.lanes.writing,
            shot=shot,
            provider=_endpoint_of(agent.writer),
        )
    except BaseException:
        # Answers that were no good cost as much as good ones.
        workshop.counts.cost_usd += tab.used.cost_usd
        raise
    finally:
        workshop.count_writing(task.partition("/")[0], tab.used)
    return outcome.read(output)


def _endpoint_of(writer: Writer) -> Provider | None:
    """Gives the endpoint that a writer asks; None: it writes by rule."""
    if not writer.model:
        return None
    return Provider(
        tool=f"writing/{writer.model}",
        own_s=writer.longest_s if isinstance(writer, Bounded) else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """From the brief to the storyboard; what a person has edited in the folder wins."""

    workshop: Workshop

    async def conceive(self) -> str:
        """Gives the digest of the concept."""
        shop = self.workshop
        for report in shop.production.source.reports:
            shop.report(report)
        concept = await asked(
            shop,
            task=ideation.TASK,
            agent=shop.agents.ideation,
            given=self._brief,
            output=Concept,
        )
        concept = shop.production.settle(CONCEPT, concept, heading="What the film is about.")
        return shop.keep(concept)

    async def write(self, concept: str) -> str:
        """Gives the digest of the screenplay."""
        shop = self.workshop
        screenplay = await asked(
            shop,
            task=screenwriter.TASK,
            agent=shop.agents.screenwriter,
            given=ScreenplayOrder(brief=self._brief, concept=shop.fetch(concept, Concept)),
            output=Screenplay,
        )
        return self._settle_screenplay(screenplay)

    async def board(self, concept: str, screenplay: str) -> str:
        """Gives the digest of the storyboard."""
        shop = self.workshop
        board = await asked(
            shop,
            task=storyboarder.TASK,
            agent=shop.agents.storyboarder,
            given=BoardOrder(
                brief=self._brief,
                concept=shop.fetch(concept, Concept),
                screenplay=shop.fetch(screenplay, Screenplay),
            ),
            output=Storyboard,
        )
        return self._settle_board(board)

    async def approved(self, stage: Stage, reference: str) -> str:
        """Gives the digest of the document as a person left it."""
        if stage is Stage.SCREENPLAY:
            return self._settle_screenplay(self.workshop.fetch(reference, Screenplay))
        return self._settle_board(self.workshop.fetch(reference, Storyboard))

    @property
    def _brief(self) -> Brief:
        """The order, with the length that the cards leave for the shots."""
        brief = self.workshop.production.brief
        if brief.duration_s is None:
            return brief
        left = max(brief.duration_s - CARDS_S, brief.duration_s / 2)
        return brief.model_copy(update={"duration_s": left})

    def _settle_screenplay(self, screenplay: Screenplay) -> str:
        shop = self.workshop
        screenplay = shop.production.settle(
            SCREENPLAY, screenplay, heading="Every word that is spoken. Edit it, then resume."
        )
        shop.production.write("screenplay.fountain", fountain_of(screenplay).encode())
        shop.production.retitle(screenplay.title)
        for report in screenplay.reports:
            shop.report(report)
        return shop.keep(screenplay)

    def _settle_board(self, board: Storyboard) -> str:
        shop = self.workshop
        board = shop.production.settle(
            STORYBOARD, board, heading="Every shot as it is to be seen. Edit it, then resume."
        )
        screenplay = shop.production.read(SCREENPLAY, Screenplay)
        shop.production.write("storyboard.csv", board_csv(board, screenplay).encode("utf-8-sig"))
        if not shop.dry:
            shop.production.write("storyboard.xlsx", board_xlsx(board, screenplay))
        for report in board.reports:
            shop.report(report)
        return shop.keep(board)

"""Screenwriter: writes every word that is spoken, and what is seen meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.agents.asking import ask
from nightshoot.domain.orders import ScreenplayOrder
from nightshoot.domain.rules import screenplay_violations
from nightshoot.domain.screenplay import Screenplay
from nightshoot.llm import Writer
from nightshoot.prompts import Prompts

TASK = "screenwriter/write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenwriter:
    """Writes the screenplay of a concept; an author's own lines stay as they are."""

    writer: Writer
    prompts: Prompts

    async def __call__(self, given: ScreenplayOrder) -> Screenplay:
        """Gives the screenplay. Raises as `ask` does."""
        screenplay = await ask(
            writer=self.writer,
            prompts=self.prompts,
            task=TASK,
            given=given,
            output=Screenplay,
            locale=given.brief.locale,
            violations=lambda answer: screenplay_violations(given, answer),
        )
        return screenplay.model_copy(update={"written_by": self.writer.name})

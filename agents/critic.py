"""Critic: judges takes by their measures, and says what the next one should do."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.agents.asking import ask
from nightshoot.domain.orders import Advice, AdviceOrder
from nightshoot.llm import Writer
from nightshoot.prompts import Prompts

TASK = "critic/advise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Critic:
    """Turns the findings that convict a take into advice for the prompt engineer.

    The verdict itself is the measures': the critic explains it and cannot overturn it.
    """

    writer: Writer
    prompts: Prompts

    async def __call__(self, given: AdviceOrder) -> Advice:
        """Gives advice for the next take. Raises as `ask` does."""
        return await ask(
            writer=self.writer,
            prompts=self.prompts,
            task=TASK,
            given=given,
            output=Advice,
            locale=given.locale,
            violations=lambda advice: () if advice.note.strip() else ("The note is empty.",),
        )

"""Prompt engineer: words a shot for the generators, and again when the critic objects."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.agents.asking import ask
from nightshoot.domain.orders import Wording, WordingOrder
from nightshoot.llm import Writer
from nightshoot.prompts import Prompts

TASK = "prompt_engineer/word"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptEngineer:
    """Words one shot as a prompt and a negative prompt, in English."""

    writer: Writer
    prompts: Prompts

    async def __call__(self, given: WordingOrder) -> Wording:
        """Gives the wording of a take. Raises as `ask` does."""
        return await ask(
            writer=self.writer,
            prompts=self.prompts,
            task=TASK,
            given=given,
            output=Wording,
            locale=given.locale,
            violations=lambda _: (),
        )

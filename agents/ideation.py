"""Ideation: finds the film in what the user handed in."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.agents.asking import ask
from nightshoot.domain.brief import Brief
from nightshoot.domain.screenplay import Concept
from nightshoot.llm import Writer
from nightshoot.prompts import Prompts

TASK = "ideation/conceive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ideation:
    """Turns a brief into a concept: hook, turn, reversal, ending, people and mood."""

    writer: Writer
    prompts: Prompts

    async def __call__(self, given: Brief) -> Concept:
        """Gives the concept of the film. Raises as `ask` does."""
        return await ask(
            writer=self.writer,
            prompts=self.prompts,
            task=TASK,
            given=given,
            output=Concept,
            locale=given.locale,
            violations=self._violations,
        )

    @staticmethod
    def _violations(concept: Concept) -> tuple[str, ...]:
        ids = [person.id for person in concept.characters]
        return () if len(ids) == len(set(ids)) else ("Character ids must differ.",)

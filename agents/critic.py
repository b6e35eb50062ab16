"""Critic: judges takes by their measures, looks at them, and says what the next one should do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nightshoot.agents.asking import ask
from nightshoot.domain.opinion import Opinion, opinion_violations
from nightshoot.domain.orders import Advice, AdviceOrder, LookOrder
from nightshoot.llm import Seeing, Writer
from nightshoot.prompts import Prompts

TASK = "critic/advise"
LOOK = "critic/look"


@dataclass(frozen=True, slots=True, kw_only=True)
class Critic:
    """Turns the findings that convict a take into advice, and looks at what the measures let pass.

    The verdict of the measures stands: the critic explains it and cannot overturn it. A take that
    passed them is looked at where the writer has eyes.
    """

    writer: Writer
    prompts: Prompts

    @property
    def sees(self) -> bool:
        """Whether the model behind it may be sent pictures."""
        return isinstance(self.writer, Seeing) and self.writer.sees

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

    async def look(self, given: LookOrder, pictures: Sequence[Path]) -> Opinion:
        """Gives an opinion of what the pictures show.

        Args:
            given: what was asked for, and what each picture is.
            pictures: PNG or JPEG, in the order of `given.pictures`.

        Raises:
            InputError: the model takes no pictures, among what else `ask` raises.
        """
        frames = [picture.frame for picture in given.pictures]
        return await ask(
            writer=self.writer,
            prompts=self.prompts,
            task=LOOK,
            given=given,
            output=Opinion,
            locale=given.locale,
            violations=lambda opinion: opinion_violations(opinion, given.subject, frames),
            pictures=tuple(pictures),
        )

"""Storyboarder: decides how every moment of the screenplay is seen."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.agents.asking import ask
from nightshoot.domain.orders import BoardOrder
from nightshoot.domain.rules import storyboard_violations
from nightshoot.domain.storyboard import Storyboard
from nightshoot.llm import Writer
from nightshoot.prompts import Prompts

TASK = "storyboarder/board"


@dataclass(frozen=True, slots=True, kw_only=True)
class Storyboarder:
    """Boards a screenplay; a table that the user gave is obeyed row by row."""

    writer: Writer
    prompts: Prompts

    async def __call__(self, given: BoardOrder) -> Storyboard:
        """Gives the storyboard. Raises as `ask` does."""
        board = await ask(
            writer=self.writer,
            prompts=self.prompts,
            task=TASK,
            given=given,
            output=Storyboard,
            locale=given.brief.locale,
            violations=lambda answer: storyboard_violations(given, answer),
        )
        return board.model_copy(update={"written_by": self.writer.name})

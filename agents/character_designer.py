"""Character designer: words a character's reference sheet, which every shot of them is held to."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.agents.asking import ask
from nightshoot.domain.orders import SheetOrder, Wording
from nightshoot.llm import Writer
from nightshoot.prompts import Prompts

TASK = "character_designer/sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterDesigner:
    """Words one character alone, standing, before plain ground, in English."""

    writer: Writer
    prompts: Prompts

    async def __call__(self, given: SheetOrder) -> Wording:
        """Gives the wording of the sheet. Raises as `ask` does."""
        return await ask(
            writer=self.writer,
            prompts=self.prompts,
            task=TASK,
            given=given,
            output=Wording,
            locale=given.locale,
            violations=lambda _: (),
        )

"""Rehearsal: a writer by rule behind the same seam as a language model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pydantic import BaseModel

from nightshoot.domain.brief import Brief
from nightshoot.domain.orders import (
    AdviceOrder,
    BoardOrder,
    RevisionOrder,
    ScreenplayOrder,
    SheetOrder,
    WordingOrder,
)
from nightshoot.errors import BackendError
from nightshoot.llm import Ask, Out
from nightshoot.tools.writer.rehearsal.advising import advise
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.revising.reviser import revise
from nightshoot.tools.writer.rehearsal.screenwriting import NAME, write_screenplay
from nightshoot.tools.writer.rehearsal.wording import word, word_sheet

VERSION = "7"
"""Changes whenever the same ask would get another answer."""

_TASKS: dict[str, tuple[type[BaseModel], Callable[..., BaseModel]]] = {
    "ideation/conceive": (Brief, conceive),
    "screenwriter/write": (ScreenplayOrder, write_screenplay),
    "storyboarder/board": (BoardOrder, board),
    "prompt_engineer/word": (WordingOrder, word),
    "character_designer/sheet": (SheetOrder, word_sheet),
    "critic/advise": (AdviceOrder, advise),
    "reviser/revise": (RevisionOrder, revise),
}


class Rehearsal:
    """Stages the text that it is given by rule: the same ask, the same answer, without a model."""

    @property
    def name(self) -> str:
        """What documents, the summary and the end card call it."""
        return NAME

    @property
    def version(self) -> str:
        """Part of every action's key."""
        return VERSION

    @property
    def model(self) -> str:
        """There is none."""
        return ""

    async def write(self, ask: Ask[Out]) -> Out:
        """Answers `ask` from its typed input; the rendered prompt is not read.

        Raises:
            BackendError: the task is unknown, or its input or output is not of the task's type.
        """
        if ask.task not in _TASKS:
            known = ", ".join(_TASKS)
            raise BackendError(
                f"{NAME} cannot do {ask.task!r}, only {known}: choose another writer"
            )
        given, answer = _TASKS[ask.task]
        if not isinstance(ask.given, given):
            raise BackendError(
                f"{ask.task} works from a {given.__name__}, not from a {type(ask.given).__name__}"
            )
        found = await asyncio.to_thread(answer, ask.given)
        if not isinstance(found, ask.output):
            raise BackendError(
                f"{ask.task} gives a {type(found).__name__}, not a {ask.output.__name__}"
            )
        return found

"""Reviser: turns what a person wants changed into operations on the film's documents."""

from __future__ import annotations

from dataclasses import dataclass

from nightshoot.agents.asking import ask
from nightshoot.domain.orders import RevisionOrder
from nightshoot.domain.revising import Documents, Impossible, applied
from nightshoot.domain.revision import Revision
from nightshoot.llm import Writer
from nightshoot.prompts import Prompts

TASK = "reviser/revise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviser:
    """Gives operations that the documents allow, or asks, or says why it cannot be done.

    It changes nothing itself: whoever calls it applies the operations, once a person agrees.
    """

    writer: Writer
    prompts: Prompts

    async def __call__(self, given: RevisionOrder) -> Revision:
        """Gives what the request comes to. Raises as `ask` does."""
        return await ask(
            writer=self.writer,
            prompts=self.prompts,
            task=TASK,
            given=given,
            output=Revision,
            locale=given.storyboard.locale,
            violations=lambda revision: violations(given, revision),
        )


def violations(order: RevisionOrder, revision: Revision) -> tuple[str, ...]:
    """Says what keeps a revision from being one: nothing in it, half of it, or impossible."""
    if not (revision.operations or revision.question or revision.refused):
        return ("Give operations, or a question, or say in `refused` why it cannot be done.",)
    if revision.question and (revision.operations or revision.refused):
        return ("A question stands alone: ask it, or give what is clear, not both.",)
    if any(not reason.strip() for reason in revision.refused):
        return ("A refusal needs a reason.",)
    try:
        applied(Documents.of(order), revision.operations)
    except Impossible as error:
        return error.texts(order.storyboard.locale)
    return ()

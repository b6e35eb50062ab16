"""How every agent asks its writer: typed, checked by rules, asked again a few times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel

from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import GaveUp
from nightshoot.llm import Ask, Out, Writer
from nightshoot.prompts import Prompts

_TRIES = 3


async def ask(
    *,
    writer: Writer,
    prompts: Prompts,
    task: str,
    given: BaseModel,
    output: type[Out],
    locale: Locale,
    violations: Callable[[Out], tuple[str, ...]],
    pictures: tuple[Path, ...] = (),
) -> Out:
    """Asks until an answer breaks no rule; each time the broken rules are told.

    Args:
        writer: answers.
        prompts: the crew's prompts.
        task: `<agent>/<task>`.
        given: the typed input.
        output: the type of the answer.
        locale: the language of the prompt.
        violations: says which rules an answer breaks.
        pictures: what a model with eyes looks at, in order.

    Raises:
        GaveUp: the third answer still breaks a rule.
        BackendError: the writer cannot answer.
    """
    prompt = prompts.render(task, locale, given=given)
    broken: tuple[str, ...] = ()
    for _ in range(_TRIES):
        answer = await writer.write(
            Ask(
                task=task,
                given=given,
                prompt=prompt,
                output=output,
                locale=locale,
                violations=broken,
                pictures=pictures,
            )
        )
        broken = violations(answer)
        if not broken:
            return answer
    raise GaveUp(f"{writer.name} broke the rules of {task} three times: {broken[0]}")

"""Reads and renders prompts: `<agent>/<task>.<locale>.md` with front matter."""

from __future__ import annotations

import json
import re
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from pydantic import BaseModel, ConfigDict, ValidationError

from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.llm import Prompt

_FORM = re.compile(
    r"---\n(?P<head>.*?)\n---\n# system\n(?P<system>.*?)\n# user\n(?P<user>.*)", re.DOTALL
)


class FrontMatter(BaseModel):
    """What stands at the head of a prompt's file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: int
    variables: tuple[str, ...]
    output: str
    """The name of the type that the answer must have."""


def quoted(value: object) -> str:
    """Quotes what a user or a document supplies, as data: JSON between marks it cannot contain.

    A `<` in the data is written as its JSON escape, so that no text can close the marks.
    """
    content = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    text = json.dumps(content, ensure_ascii=False, indent=1, default=_plain)
    return "<data>\n" + text.replace("<", "\\u003c") + "\n</data>"


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return str(value)


class Prompts:
    """The prompts of the crew, from the installed package or from another folder of that form."""

    def __init__(self, root: Traversable | None = None) -> None:
        self._root = root or files("nightshoot.prompts")

    @cached_property
    def _environment(self) -> SandboxedEnvironment:
        environment = SandboxedEnvironment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )
        environment.filters["quoted"] = quoted
        return environment

    def front_matter(self, task: str, locale: Locale) -> FrontMatter:
        """Gives the head of a prompt. Raises InputError where there is no such prompt."""
        return self._read(task, locale)[0]

    def render(self, task: str, locale: Locale, **variables: object) -> Prompt:
        """Renders a prompt.

        Args:
            task: `<agent>/<task>`.
            locale: the language of the instructions.
            variables: exactly those that the prompt's head names.

        Raises:
            InputError: there is no such prompt, or the variables are not the ones it names.
        """
        head, system, user = self._read(task, locale)
        if set(variables) != set(head.variables):
            raise InputError(
                f"the prompt {task}.{locale} takes {sorted(head.variables)}, "
                f"not {sorted(variables)}"
            )
        return Prompt(
            id=head.id,
            version=head.version,
            system=self._environment.from_string(system).render(variables).strip(),
            user=self._environment.from_string(user).render(variables).strip(),
        )

    def _read(self, task: str, locale: Locale) -> tuple[FrontMatter, str, str]:
        agent, _, name = task.partition("/")
        file = self._root / agent / f"{name}.{locale}.md"
        try:
            text = file.read_text(encoding="utf-8")
        except OSError:
            raise InputError(f"there is no prompt {task} for {locale}") from None
        return _parsed(text, f"{task}.{locale}")


@lru_cache(maxsize=64)
def _parsed(text: str, name: str) -> tuple[FrontMatter, str, str]:
    """Gives head, system and user of a prompt; the same text is taken apart once."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise InputError(f"the prompt {name} lacks its head, `# system` or `# user`")
    try:
        head = FrontMatter.model_validate(yaml.safe_load(match["head"]))
    except (yaml.YAMLError, ValidationError) as error:
        raise InputError(f"the prompt {name} has a broken head: {error}") from None
    return head, match["system"], match["user"]

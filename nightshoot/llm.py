"""The one seam to whatever writes: a language model behind an endpoint, or a writer by rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from nightshoot.domain.vocabulary import Locale

Out = TypeVar("Out", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A rendered prompt: instructions apart from what a user or a document supplies."""

    id: str
    version: int
    system: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Generic[Out]):
    """A question with a typed answer."""

    task: str
    """`<agent>/<task>`, such as `screenwriter/write`."""
    given: BaseModel
    """The typed input; a writer by rule works from this."""
    prompt: Prompt
    """The same input in words; a language model works from this."""
    output: type[Out]
    locale: Locale
    violations: tuple[str, ...] = ()
    """Rules that the answers before broke, oldest first; empty on the first try."""


class Writer(Protocol):
    """Answers asks with checked values."""

    @property
    def name(self) -> str:
        """What documents, the summary and the end card call it."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same ask would get another answer; part of every action's key."""
        ...

    @property
    def model(self) -> str:
        """The model behind the endpoint; empty where there is none."""
        ...

    async def write(self, ask: Ask[Out]) -> Out:
        """Answers `ask` with a value of its output type.

        Raises:
            GaveUp: no answer fitted the output type after every permitted try.
            TransientError: the endpoint may answer on another try.
            BackendError: it will not, and the message says what to change.
        """
        ...

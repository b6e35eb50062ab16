"""The one seam to whatever writes: a language model behind an endpoint, or a writer by rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, Protocol, TypeVar, runtime_checkable

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
class Usage:
    """What requests to an endpoint used."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Thoughts included, where the endpoint counts them."""
    cost_usd: float = 0.0
    """0.0 where the model's price is not known; the writer says so."""

    def __add__(self, other: Usage) -> Usage:
        """Gives the sum."""
        return Usage(
            requests=self.requests + other.requests,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost_usd=self.cost_usd + other.cost_usd,
        )


class Bill(Protocol):
    """One request's reservation."""

    def pay(self, usage: Usage) -> None:
        """Puts what was really used in the place of what was reserved."""
        ...


class Meter(Protocol):
    """Reserves money before each request to an endpoint, and counts what it used."""

    def request(self, *, most_usd: float) -> AbstractContextManager[Bill]:
        """Reserves the most that one request can cost while it runs.

        A request that ends without `pay` cost nothing, and its reservation is given back. One whose
        outcome is not known, as after a time-out, is paid with the most that it can have used.

        Raises:
            BudgetExceeded: the request would pass a ceiling; it must not be sent.
        """
        ...

    def note(self, text: str) -> None:
        """Takes something that the user should know, a sentence; the same twice is told once."""
        ...


class Counter:
    """A meter without a ceiling: it counts and lets everything through."""

    def __init__(self) -> None:
        self.used = Usage()
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Keeps it."""
        self.notes.append(text)

    @contextmanager
    def request(self, *, most_usd: float) -> Iterator[Counter]:
        """Lets a request through."""
        del most_usd
        yield self

    def pay(self, usage: Usage) -> None:
        """Counts."""
        self.used += usage


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
    pictures: tuple[Path, ...] = ()
    """Pictures that a model with eyes looks at, in order: PNG or JPEG."""
    meter: Meter = field(default_factory=Counter, compare=False)
    """Is asked before each request and told what it used."""


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


@runtime_checkable
class Closing(Protocol):
    """A writer that holds connections."""

    async def aclose(self) -> None:
        """Closes them; it writes no more."""
        ...


@runtime_checkable
class Bounded(Protocol):
    """A writer that gives an ask up by itself."""

    @property
    def longest_s(self) -> float:
        """After how long at most, in seconds."""
        ...


@runtime_checkable
class Seeing(Protocol):
    """A writer of which it is known whether it sees; any other is taken for blind."""

    @property
    def sees(self) -> bool:
        """Whether it may be sent pictures."""
        ...


@dataclass(frozen=True, slots=True)
class Metered:
    """A writer whose every request goes through one meter."""

    writer: Writer
    meter: Meter

    @property
    def name(self) -> str:
        """The writer's."""
        return self.writer.name

    @property
    def version(self) -> str:
        """The writer's."""
        return self.writer.version

    @property
    def model(self) -> str:
        """The writer's."""
        return self.writer.model

    async def write(self, ask: Ask[Out]) -> Out:
        """Answers as the writer does. Raises BudgetExceeded too."""
        return await self.writer.write(replace(ask, meter=self.meter))

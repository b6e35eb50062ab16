"""A list of films to make: its entries, and where each of them stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Literal

from pydantic import Field, JsonValue, ValidationInfo, field_validator

from nightshoot.domain.limits import Limits
from nightshoot.domain.sizes import ASPECTS, parse_size
from nightshoot.domain.time import parse_duration, parse_rate
from nightshoot.domain.value import Value
from nightshoot.errors import InputError


class BatchOptions(Value):
    """The options of `nightshoot make` that an entry has otherwise; None or empty: the usual."""

    out: str = ""
    """The film's folder; a relative one lies below the batch's."""
    duration: str = ""
    aspect: str = ""
    size: str = ""
    fps: str = ""
    locale: Literal["", "auto", "zh", "en"] = ""
    style: str = ""
    writer: str = ""
    image: str = ""
    video: str = ""
    voice: str = ""
    music: str = ""
    takes: int | None = Field(default=None, ge=1, le=20)
    candidates: int | None = Field(default=None, ge=1, le=8)
    other_image: tuple[str, ...] = ()
    other_video: tuple[str, ...] = ()
    shot_usd: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    shot_minutes: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    budget_usd: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    gpu_hours: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    takes_in_all: int | None = Field(default=None, ge=0)
    review: bool = False

    @field_validator("duration", "size", "fps", "aspect")
    @classmethod
    def _can_be_read(cls, text: str, info: ValidationInfo) -> str:
        if not text:
            return text
        try:
            if info.field_name == "duration":
                parse_duration(text)
            elif info.field_name == "size":
                parse_size(text)
            elif info.field_name == "fps":
                parse_rate(text)
            elif text not in ASPECTS:
                raise InputError(f"{text!r} is no shape: choose from {', '.join(ASPECTS)}")
        except InputError as error:
            raise ValueError(str(error)) from None
        return text

    @property
    def limits(self) -> Limits:
        """The most that the film may use."""
        gpu_s = None if self.gpu_hours is None else self.gpu_hours * 3600
        return Limits(usd=self.budget_usd, gpu_s=gpu_s, takes=self.takes_in_all)

    @property
    def given(self) -> dict[str, JsonValue]:
        """The options that are not the usual, by name."""
        return self.model_dump(mode="json", exclude_defaults=True)


class BatchEntry(Value):
    """One film of a list: a brief in words, or a file, and what it has otherwise."""

    brief: str = ""
    """The words; empty where a file is named."""
    path: str = ""
    """The file with the story, the screenplay or the storyboard."""
    name: str = ""
    """What lists and folders call it."""
    priority: int = Field(default=0, ge=-1000, le=1000)
    """The highest is made first."""
    options: BatchOptions = BatchOptions()

    @property
    def canonical(self) -> str:
        """The film that is asked for, as text: its name and its priority do not count."""
        return self.model_dump_json(exclude={"name", "priority"}, exclude_defaults=True)


def keyed(entries: Iterable[BatchEntry]) -> Iterator[tuple[str, BatchEntry]]:
    """Gives each entry with its key: the same for equal entries, but one each time they occur."""
    seen: dict[str, int] = {}
    for entry in entries:
        text = entry.canonical
        seen[text] = seen.get(text, 0) + 1
        yield hashlib.sha256(f"{seen[text]} {text}".encode()).hexdigest(), entry


class EntryState(StrEnum):
    """Where an entry stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """A try failed; it is made again, after those that never failed."""
    CANCELLED = "cancelled"
    """A person called it off."""
    SET_ASIDE = "set_aside"
    """It is not tried again until a person says so: see its cause."""

    @property
    def open(self) -> bool:
        """Whether it is still to be made."""
        return self in (EntryState.WAITING, EntryState.RUNNING, EntryState.FAILED)


class Cause(StrEnum):
    """Why an entry failed, for grouping."""

    INPUT = "input"
    """What was ordered cannot be made: a file, an option, a setting."""
    BACKEND = "backend"
    """A tool or a service could not do its work."""
    PASSING = "passing"
    """A fault that may pass: a time-out, a service that is busy."""
    REFUSED = "refused"
    """A service's moderation would not have it."""
    BUDGET = "budget"
    """The film's own ceiling of money was reached, or the night's."""
    DEADLINE = "deadline"
    """The night was too short for it."""
    STORE = "store"
    """The store could not be read or written."""
    DIED = "died"
    """Whoever made it died, several times."""
    APPROVAL = "approval"
    """It waits for a person's approval, as it was ordered."""
    UNFORESEEN = "unforeseen"
    """A fault of Nightshoot's own; the log has it."""


class BatchFault(Value):
    """What cannot be used in a list, with its place."""

    where: str
    """The file and the line: `films.csv:7`."""
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


class BatchList(Value):
    """A list as read."""

    entries: tuple[BatchEntry, ...]
    faults: tuple[BatchFault, ...] = ()
    """What was left out; the rest goes on."""
    places: tuple[str, ...] = ()
    """Where each entry stands: `films.csv:7`."""

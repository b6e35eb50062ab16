"""What goes wrong at a provider, drawn from a seed: at requests, and with jobs."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar


class Mishap(StrEnum):
    """How one answer goes wrong."""

    BUSY = "429"
    BUSY_FOR = "429 with Retry-After"
    ERROR = "500"
    HANG = "hangs"
    DRIP = "drips"
    RESET = "resets the connection"
    GARBAGE = "answers garbage"
    SLOW = "slow"
    REFUSED = "refuses the prompt"
    # The job is taken, and is to be paid.
    TAKEN_ERROR = "takes the job, 500"
    TAKEN_HANG = "takes the job, hangs"
    TAKEN_RESET = "takes the job, resets"
    TAKEN_GARBAGE = "takes the job, answers garbage"
    TAKEN_WITHOUT_ID = "takes the job, gives no id"
    TAKEN_LATE = "takes the job after the client gave up"
    # A file.
    FILE_BREAKS = "file breaks off"
    FILE_CUT = "file is cut, its length is not said"
    FILE_PAGE = "a page in the file's place"
    FILE_GONE = "file gone for a moment"


class Fate(StrEnum):
    """What becomes of a job."""

    GOOD = "good"
    STUCK = "works on it for long"
    FAILED_FREE = "fails, costs nothing"
    FAILED_PAID = "charges and fails"
    REFUSED_FREE = "refused later, costs nothing"
    REFUSED_PAID = "refused later, charged"
    LOST = "loses the job, charged"
    NO_RESULT = "says done, gives nothing"
    BROKEN = "says done, gives a broken file"
    BLACK = "says done, gives black"
    SHORT = "says done, gives half the length"
    WRONG_KIND = "says done, gives a file of another kind"


_AT_SUBMIT = (
    Mishap.BUSY, Mishap.BUSY_FOR, Mishap.ERROR, Mishap.HANG, Mishap.RESET, Mishap.GARBAGE,
    Mishap.SLOW, Mishap.REFUSED, Mishap.DRIP, Mishap.TAKEN_ERROR, Mishap.TAKEN_HANG,
    Mishap.TAKEN_RESET, Mishap.TAKEN_GARBAGE, Mishap.TAKEN_WITHOUT_ID, Mishap.TAKEN_LATE,
)  # fmt: skip
_AT_ASKING = (
    Mishap.BUSY, Mishap.BUSY_FOR, Mishap.ERROR, Mishap.HANG, Mishap.DRIP, Mishap.RESET,
    Mishap.GARBAGE, Mishap.SLOW,
)  # fmt: skip
_AT_FILE = (
    Mishap.BUSY, Mishap.ERROR, Mishap.HANG, Mishap.DRIP, Mishap.RESET, Mishap.SLOW,
    Mishap.FILE_BREAKS, Mishap.FILE_CUT, Mishap.FILE_PAGE, Mishap.FILE_GONE,
)  # fmt: skip

Kind = TypeVar("Kind", Mishap, Fate)

CALM, USUAL, STORM = 0.03, 0.1, 0.25
"""Shares of the requests that go wrong."""


@dataclass(slots=True, kw_only=True)
class Weather:
    """Decides what happens at one service in one night."""

    seed: str
    share: float
    """Of requests that go wrong; of jobs, half of it."""
    happened: Counter[str] = field(default_factory=Counter)
    _asked: Counter[str] = field(default_factory=Counter)

    def at_submit(self) -> Mishap | None:
        """How the next request for a job is answered."""
        return self._drawn("submit", _AT_SUBMIT, self.share)

    def at_asking(self) -> Mishap | None:
        """How the next question is answered: there are many for each job, so they fail less."""
        return self._drawn("ask", _AT_ASKING, self.share / 2)

    def at_file(self) -> Mishap | None:
        """How the next file is sent."""
        return self._drawn("file", _AT_FILE, self.share)

    def fate(self) -> Fate:
        """What becomes of the next job."""
        bad = tuple(fate for fate in Fate if fate is not Fate.GOOD)
        return self._drawn("fate", bad, self.share / 2) or Fate.GOOD

    def _drawn(self, what: str, kinds: Sequence[Kind], share: float) -> Kind | None:
        number = self._asked[what]
        self._asked[what] += 1
        chance = random.Random(f"{self.seed} {what} {number}")
        if chance.random() >= share:
            return None
        kind = chance.choice(kinds)
        self.happened[f"{what}: {kind.value}"] += 1
        return kind

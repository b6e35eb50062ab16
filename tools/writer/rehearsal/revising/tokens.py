"""What a request is read into: references to shots, lines and people, quoted text, and words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from nightshoot.tools.writer.rehearsal.revising.vocabulary import Meaning


class Mark(StrEnum):
    """What a token is. The values are the letters that stand for it in a pattern."""

    SHOTS = "\ue001"
    LINE = "\ue002"
    PERSON = "\ue003"
    QUOTE = "\ue004"
    SECONDS = "\ue005"
    TAKE = "\ue006"
    PIXELS = "\ue007"
    WORD = "\ue008"
    STOP = "\ue009"
    UNKNOWN = "\ue00a"
    FILE = "\ue00b"


class Way(StrEnum):
    """How a reference names its shots."""

    GIVEN = "given"
    """By number or by all: the shots are known."""
    FOUND = "found"
    """By what is in them."""
    THAT = "that"
    """The one that the conversation is about."""
    NEXT = "next"
    PREVIOUS = "previous"
    MISSING = "missing"
    """By a number that no shot has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Words that stand for shots."""

    way: Way
    shots: tuple[str, ...] = ()
    """Those given, or those that may be meant."""
    groups: tuple[tuple[str, ...], ...] = ()
    """Of several that may be meant, those that belong together, such as the shots of a scene."""
    everything: bool = False
    """The whole film."""
    ranged: bool = False
    """Named as a range, from one shot to another."""
    scene: bool = False
    described: bool = False
    """Named by what is in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWish:
    """Words that stand for a line."""

    shots: Reference | None = None
    speaker: str = ""
    """A character's id, `narrator`, or `female` or `male` for a pronoun; empty: anybody."""
    place: int | None = None
    """From 1 at the first, or from -1 at the last; None: the only one."""
    saying: tuple[str, ...] = ()
    """The lines that say what was quoted."""
    quoted: bool = False
    that: bool = False
    """The one that the conversation is about."""
    kind: str = ""
    """`narration` or `dialogue`; empty: either."""


Value = Reference | LineWish | str | float | int | tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A part of a request."""

    mark: Mark
    start: int
    end: int
    text: str
    value: Value = None
    meanings: tuple[Meaning, ...] = field(default=())

    def values(self, kind: str) -> tuple[str, ...]:
        """Gives what the token may stand for, of one kind of thing."""
        return tuple(one.value for one in self.meanings if one.kind == kind)

    @property
    def is_filler(self) -> bool:
        """Whether the word changes nothing where nothing else claims it."""
        return any(one.kind == "filler" for one in self.meanings)

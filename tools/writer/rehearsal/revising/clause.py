"""A part of a request about one thing: its tokens, and which of them are accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nightshoot.tools.writer.rehearsal.revising.marking import Request
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Token

INVERSE = {
    "closer": "wider",
    "longer": "shorter",
    "brighter": "darker",
    "warmer": "colder",
    "richer": "paler",
    "harder": "flatter",
    "louder": "quieter",
    "larger": "smaller",
    "slower": "faster",
    "older": "younger",
    "higher": "lower",
}
INVERSE |= {other: one for one, other in INVERSE.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A comparative, such as `a bit brighter` or `too dark`."""

    value: str
    """Which way it should go, already turned round for `too` and `less`."""
    steps: int
    """2 for `much`, else 1."""
    complaint: bool
    """It says what is wrong, not what to do."""
    token: Token


@dataclass(slots=True)
class Clause:
    """Tokens up to the next pause; whoever understands a token takes it."""

    request: Request
    tokens: tuple[Token, ...]
    taken: set[int] = field(default_factory=set)

    def marked(self, mark: Mark) -> tuple[Token, ...]:
        """Gives the tokens of a mark that nobody has taken."""
        return tuple(t for t in self.tokens if t.mark is mark and t.start not in self.taken)

    def take(self, *tokens: Token) -> None:
        """Accounts for tokens."""
        self.taken.update(token.start for token in tokens)

    def of(self, kind: str, value: str = "") -> tuple[tuple[Token, str], ...]:
        """Gives the words of a kind that nobody has taken, with what they stand for."""
        return tuple(
            (token, found)
            for token in self.tokens
            if token.start not in self.taken
            for found in token.values(kind)
            if not value or found == value
        )

    def claim(self, kind: str, *values: str) -> bool:
        """Takes every word of a kind (with one of these values); whether there was one."""
        found = [token for token, value in self.of(kind) if not values or value in values]
        self.take(*found)
        return bool(found)

    def has(self, kind: str, *values: str) -> bool:
        """Whether there is a word of a kind that nobody has taken."""
        return any(not values or value in values for _, value in self.of(kind))

    def changes(self) -> tuple[Change, ...]:
        """Gives the comparatives that nobody has taken."""
        return tuple(self._changes())

    def _changes(self) -> Iterator[Change]:
        for place, token in enumerate(self.tokens):
            if token.start in self.taken:
                continue
            around = self.tokens[max(0, place - 2) : place + 3]
            before = self.tokens[max(0, place - 3) : place]
            turned = _near(before, "too") or _near(before, "less")
            lacking = _near(before, "lacking")
            strong = any("strong" in one.values("degree") for one in around)
            for value in token.values("change"):
                yield Change(
                    value=INVERSE[value] if turned else value,
                    steps=2 if strong and not _near(before, "too") else 1,
                    complaint=_near(before, "too") or lacking,
                    token=token,
                )

    def take_change(self, change: Change) -> None:
        """Accounts for a comparative and the words that grade it."""
        place = self.tokens.index(change.token)
        graders = ("degree", "more", "less", "too", "lacking", "enough", "want")
        for token in self.tokens[max(0, place - 3) : place + 3]:
            if any(token.values(kind) for kind in graders):
                self.take(token)
        self.take(change.token)

    @property
    def left(self) -> tuple[Token, ...]:
        """The tokens that nobody has taken and that mean something."""
        idle = ("more", "want")
        return tuple(
            token
            for token in self.tokens
            if token.start not in self.taken
            and token.mark is not Mark.STOP
            and not token.is_filler
            and not any(token.values(kind) for kind in idle)
        )

    @property
    def text(self) -> str:
        """The clause as it was written."""
        return self.request.words(self.tokens[0].start, self.tokens[-1].end) if self.tokens else ""


def _near(tokens: Sequence[Token], kind: str) -> bool:
    return any(token.values(kind) for token in tokens)


def clauses(request: Request, tokens: Sequence[Token]) -> list[Clause]:
    """Gives the clauses of a sentence: split at pauses and at words such as `and`."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.mark is Mark.STOP or token.values("joint"):
            found.append([])
        else:
            found[-1].append(token)
    return [Clause(request, tuple(part)) for part in found if part]


def sentences(request: Request) -> list[tuple[Token, ...]]:
    """Gives the tokens of each sentence."""
    found: list[list[Token]] = [[]]
    for token in request.tokens:
        if token.mark is Mark.STOP and token.text in ".!?;\n":
            found.append([])
        else:
            found[-1].append(token)
    return [tuple(part) for part in found if part]

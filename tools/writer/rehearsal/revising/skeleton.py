"""A request with one letter for each reference, so that its form can be told by a pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Token

S, L, P, Q = Mark.SHOTS.value, Mark.LINE.value, Mark.PERSON.value, Mark.QUOTE.value


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The text between tokens as it is, and each token as the letter of its mark."""

    text: str
    places: tuple[int, ...]
    """For every letter of `text`, and its end, where it begins in the plain text."""
    tokens: tuple[Token | None, ...]
    """For every letter of `text`, the token that it stands for."""

    def token(self, place: int) -> Token:
        """Gives the token at a place of the skeleton's text."""
        found = self.tokens[place]
        if found is None:
            raise ValueError(f"no token stands at {place}")
        return found


def skeleton(
    text: str, tokens: Sequence[Token], start: int = 0, end: int | None = None
) -> Skeleton:
    """Gives the skeleton of `text[start:end]` with these tokens, which do not overlap."""
    stop = len(text) if end is None else end
    letters: list[str] = []
    places: list[int] = []
    held: list[Token | None] = []
    place = start
    inside = sorted(
        (t for t in tokens if start <= t.start and t.end <= stop), key=lambda t: t.start
    )
    for token in inside:
        for at in range(place, token.start):
            letters.append(text[at])
            places.append(at)
            held.append(None)
        letters.append(token.mark.value)
        places.append(token.start)
        held.append(token)
        place = token.end
    for at in range(place, stop):
        letters.append(text[at])
        places.append(at)
        held.append(None)
    return Skeleton("".join(letters), (*places, stop), tuple(held))

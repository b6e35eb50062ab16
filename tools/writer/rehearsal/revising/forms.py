"""Requests that bring words of their own, told by their form: lines, titles, notes and so on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nightshoot.domain.revision import Operation
from nightshoot.tools.writer.rehearsal.revising.patterns import rows
from nightshoot.tools.writer.rehearsal.revising.resolving import Resolver
from nightshoot.tools.writer.rehearsal.revising.skeleton import Skeleton, skeleton
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark, Reference, Token


@dataclass(frozen=True, slots=True)
class Said:
    """A request that has one of the forms."""

    match: re.Match[str]
    bones: Skeleton
    resolver: Resolver

    def token(self, group: str) -> Token | None:
        """Gives the reference in a group, or None where the group is not there."""
        if not self.match.groupdict().get(group):
            return None
        return self.bones.token(self.match.start(group))

    def has(self, group: str) -> bool:
        """Whether the group is there."""
        return bool(self.match.groupdict().get(group))

    def words(self, group: str) -> str:
        """Gives the words of a group as they were written; of a quotation, what is inside."""
        start, end = self.match.span(group)
        while start < end and self.bones.text[start] in " :,":
            start += 1
        if end - start == 1:
            token = self.bones.tokens[start]
            if token is not None and token.mark is Mark.QUOTE:
                return str(token.value)
        return self.resolver.request.words(self.bones.places[start], self.bones.places[end])

    def quoted(self, group: str) -> bool:
        """Whether a group is a quotation and nothing else."""
        return self.match.group(group).strip(" :,") == Mark.QUOTE.value


Maker = Callable[[Said], list[Operation]]


Makers = Mapping[str, Maker]
"""What the forms of a section of the data file make, by name."""


def formed(
    sections: Mapping[str, Makers], resolver: Resolver, tokens: tuple[Token, ...]
) -> list[Operation] | None:
    """Gives what tokens ask for that have one of the forms, or None where they have none.

    Raises:
        Unclear: they have one, and something must be asked.
        Impossible: they have one, and it cannot be done.
    """
    if not tokens:
        return None
    references = [t for t in tokens if t.mark not in (Mark.WORD, Mark.UNKNOWN, Mark.STOP)]
    firm = [t for t in references if not (isinstance(t.value, Reference) and t.value.described)]
    for chosen in (references, firm) if len(firm) < len(references) else (references,):
        bones = skeleton(resolver.request.text, chosen, tokens[0].start, tokens[-1].end)
        for section, makers in sections.items():
            for made, pattern in rows("forms.yaml", section, "<BEFORE>{}<AFTER>"):
                match = pattern.fullmatch(bones.text)
                if match:
                    return makers[made](Said(match, bones, resolver))
    return None

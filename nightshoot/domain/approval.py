"""Ruling: what a person says of a take, which goes before what the critic says."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from nightshoot.domain.value import Value


class Verdict(StrEnum):
    """What a person may say."""

    APPROVED = "approved"
    REJECTED = "rejected"


class Ruling(Value):
    """A person's word on one take. It holds for these very pixels: another take is another case."""

    shot: str
    made: str
    """The digest of the take's video, or of its keyframe where nothing was filmed yet."""
    take: int = Field(ge=1)
    """The number that the take had when the person saw it."""
    verdict: Verdict
    note: str = ""
    """What the next take should do, where it was rejected; why it is good enough, else."""
    by: str = ""
    """Who said so: the account's name on the machine, where it is known."""
    at: str = ""
    """When, in ISO 8601 with the offset from UTC."""


class Rulings(Value):
    """`rulings.yaml`: every ruling on a film, oldest first; the last one on a take holds."""

    rulings: tuple[Ruling, ...] = ()

    def on(self, *made: str) -> Ruling | None:
        """Gives the ruling that holds for a take, by the digests of what was made for it."""
        digests = {digest for digest in made if digest}
        for ruling in reversed(self.rulings):
            if ruling.made in digests:
                return ruling
        return None

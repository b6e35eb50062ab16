"""Versions: what a film was after each accepted revision, and which one the folder shows."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from nightshoot.domain.revision import Operation
from nightshoot.domain.value import Value
from nightshoot.errors import InputError

HEAD = "head"
"""The file of `.nightshoot` with the number of the version that the folder shows."""


class Held(Value):
    """What a folder holds, by name: digests of files, all of them in the store."""

    files: dict[str, str] = Field(default_factory=dict)
    """What Nightshoot wrote."""
    given: dict[str, str] = Field(default_factory=dict)
    """Documents as revised: no agent writes them anew."""
    hand: dict[str, str] = Field(default_factory=dict)
    """What a person edited or put there."""

    @property
    def everything(self) -> dict[str, str]:
        """All files."""
        return {**self.files, **self.given, **self.hand}


class Version(Value):
    """A film as it was accepted."""

    number: int = Field(ge=1)
    parent: int | None = None
    """The version that it was made from; None for a first film."""
    at: str
    """When it was finished, in ISO 8601 with the offset from UTC."""
    author: str = ""
    """Whose account asked for it."""
    request: str = ""
    """In the person's words; empty for a film as it was first made, or remade after hand edits."""
    operations: tuple[Operation, ...] = ()
    told: tuple[str, ...] = ()
    """What each operation changed, a sentence each."""
    held: Held = Held()
    actions: tuple[str, ...] = ()
    """The keys of every action that it rests on, rejected takes included."""
    duration_s: float = 0.0
    made: int = 0
    """How many actions had to be made for it."""
    cost_usd: float = 0.0
    gpu_s: float = 0.0
    wall_s: float = 0.0


class Versions:
    """The versions of one production, each a file of `.nightshoot/versions`."""

    def __init__(self, inner: Path) -> None:
        self._inner = inner
        self._folder = inner / "versions"

    @property
    def head(self) -> int | None:
        """The number of the version that the folder shows; None before the first.

        Raises:
            InputError: the file that says so is broken.
        """
        file = self._inner / HEAD
        if not file.is_file():
            return None
        try:
            return int(file.read_text())
        except ValueError:
            raise InputError(
                f"{file} is broken: write the number of a version into it, one of "
                f"{[version.number for version in self.all()]}"
            ) from None

    def all(self) -> tuple[Version, ...]:
        """Gives every version, oldest first."""
        numbers = sorted(
            int(path.stem) for path in self._folder.glob("*.json") if path.stem.isdigit()
        )
        return tuple(self.get(number) for number in numbers)

    def get(self, number: int) -> Version:
        """Gives a version. Raises InputError where there is none, or its file is broken."""
        file = self._folder / f"{number:04}.json"
        try:
            return Version.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            raise InputError(
                f"there is no version {number}: see `nightshoot log {self._inner.parent}`"
            ) from None
        except (OSError, ValidationError):
            raise InputError(
                f"{file} is broken: bring it back from a copy, or delete it; the other versions "
                "do not need it"
            ) from None

    @property
    def next_number(self) -> int:
        """The number of the version that comes next."""
        numbers = [int(path.stem) for path in self._folder.glob("*.json") if path.stem.isdigit()]
        return max([0, *numbers]) + 1

    @staticmethod
    def note(version: Version) -> tuple[str, str]:
        """Gives the file of a version, below `.nightshoot`, and its text: they are published."""
        return f"versions/{version.number:04}.json", version.model_dump_json(indent=1)

    def delete(self, number: int) -> None:
        """Forgets a version; what it alone used stays in the store until it is cleaned."""
        (self._folder / f"{number:04}.json").unlink(missing_ok=True)

"""What differs between two versions of a film: documents as text, shots as pictures and videos."""

from __future__ import annotations

import difflib
from pathlib import Path

from nightshoot.artifacts import Store
from nightshoot.documents import from_yaml
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale
from nightshoot.versions import Version

DOCUMENTS = (
    "production.yaml",
    "concept.yaml",
    "screenplay.yaml",
    "storyboard.yaml",
    "cast.yaml",
    "rulings.yaml",
)
"""What a person reads; other files follow from them."""

_CONTEXT = 2
"""Lines around a change."""


class DocumentChange(Value):
    """A document that differs."""

    name: str
    lines: tuple[str, ...]
    """A unified diff, without its two head lines."""


class Seen(Value):
    """A shot as one version has it."""

    shot: Shot
    lines: tuple[str, ...]
    """The words that are heard in it."""
    keyframe: str = ""
    """The digest of the still; empty: there is none."""
    take: str = ""
    """The digest of the video."""


class ShotChange(Value):
    """A shot that differs; one side is None where the other version does not have it."""

    id: str
    before: Seen | None
    after: Seen | None
    what: tuple[str, ...]
    """The fields that differ: `camera`, `take`, `lines`."""


class Difference(Value):
    """What differs between two versions."""

    before: int
    after: int
    locale: Locale
    title: str
    width: int
    height: int
    documents: tuple[DocumentChange, ...]
    shots: tuple[ShotChange, ...]
    same: int
    """How many shots are the same to the byte."""


def compare(before: Version, after: Version, *, size: tuple[int, int], store: Store) -> Difference:
    """Gives what differs between two versions.

    Args:
        before: the one on the left.
        after: the one on the right.
        size: of the film's pictures, in pixels.
        store: has the files of both.

    Raises:
        Missing: the store lacks a document of a version.
        InputError: a document of a version cannot be read.
    """
    old, new = _Opened(before, store), _Opened(after, store)
    changes = [
        change for name in DOCUMENTS if (change := _changed(name, old.text(name), new.text(name)))
    ]
    shots = [*new.shots, *(shot for shot in old.shots if shot not in new.shots)]
    found = [_shot_change(shot, old.shots.get(shot), new.shots.get(shot)) for shot in shots]
    return Difference(
        before=before.number,
        after=after.number,
        locale=new.board.locale,
        title=new.board.title,
        width=size[0],
        height=size[1],
        documents=tuple(changes),
        shots=tuple(change for change in found if change.what),
        same=sum(not change.what for change in found),
    )


class _Opened:
    """A version's documents and shots."""

    def __init__(self, version: Version, store: Store) -> None:
        self._files, self._store = version.held.everything, store
        self.board = from_yaml(
            self._path("storyboard.yaml").read_bytes(), Storyboard, name="storyboard.yaml"
        )
        screenplay = from_yaml(
            self._path("screenplay.yaml").read_bytes(), Screenplay, name="screenplay.yaml"
        )
        said = {line.id: line.text for line in screenplay.lines}
        self.shots = {
            shot.id: Seen(
                shot=shot,
                lines=tuple(said.get(line, "") for line in shot.lines),
                keyframe=self._files.get(f"shots/{shot.id}/keyframe.png", ""),
                take=self._files.get(f"shots/{shot.id}/take.mp4", ""),
            )
            for shot in self.board.shots
        }

    def _path(self, name: str) -> Path:
        return self._store.path(self._files.get(name, ""))

    def text(self, name: str) -> list[str]:
        """Gives a document's lines; none where the version does not have it."""
        if name not in self._files:
            return []
        return self._path(name).read_text(encoding="utf-8").splitlines()


def _changed(name: str, old: list[str], new: list[str]) -> DocumentChange | None:
    lines = list(difflib.unified_diff(old, new, lineterm="", n=_CONTEXT))[2:]
    return DocumentChange(name=name, lines=tuple(lines)) if lines else None


def _shot_change(shot: str, old: Seen | None, new: Seen | None) -> ShotChange:
    if old is None or new is None:
        what: tuple[str, ...] = ("added",) if old is None else ("deleted",)
        return ShotChange(id=shot, before=old, after=new, what=what)
    fields = [
        name
        for name in Shot.model_fields
        if name not in ("id", "lines") and getattr(old.shot, name) != getattr(new.shot, name)
    ]
    if old.lines != new.lines:
        fields.append("lines")
    fields += [name for name in ("keyframe", "take") if getattr(old, name) != getattr(new, name)]
    return ShotChange(id=shot, before=old, after=new, what=tuple(fields))

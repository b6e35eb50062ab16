"""Staging: a film's new files side by side with the old ones, put in their place all at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, ValidationError

from nightshoot.artifacts import Store
from nightshoot.domain.value import Value
from nightshoot.errors import InputError
from nightshoot.files import digest_of, write_atomically, writing_to

_JOURNAL = "publish.json"


class Publication(Value):
    """What has to be in the folder when the new version is: kept until it is."""

    files: dict[str, str] = Field(default_factory=dict)
    """Digests of the files that are put in place, by name."""
    removed: tuple[str, ...] = ()
    """Files of the version before that this one does not have."""
    notes: dict[str, str] = Field(default_factory=dict)
    """Files of `.nightshoot` as they are to be, by name: what was written, given, and the head."""


class Staging:
    """Collects files in `.nightshoot/next`, and puts them into the folder together.

    The journal is the moment of truth: before it is written the folder has the old files whole;
    after it, whoever opens the folder next finishes what a kill left half done.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inner = folder / ".nightshoot"
        self._root = self._inner / "next"
        self._names: dict[str, str] = {}

    @property
    def names(self) -> Mapping[str, str]:
        """The digests of the files collected so far, by name."""
        return self._names

    @property
    def unfinished(self) -> bool:
        """Whether it is decided that collected files are the film, and not all are in place."""
        return (self._inner / _JOURNAL).is_file()

    def begin(self) -> None:
        """Makes room; what an earlier run had collected is put in place, or dropped."""
        if self.unfinished:
            self.finish()
        self._names.clear()
        with writing_to(self._inner):
            shutil.rmtree(self._root, ignore_errors=True)
            self._root.mkdir(parents=True)

    def drop(self) -> None:
        """Forgets what was collected, unless it is being put in place."""
        self._names.clear()
        if not self.unfinished:
            shutil.rmtree(self._root, ignore_errors=True)

    def path(self, name: str) -> Path | None:
        """Gives the collected file of this name, or None where it lies in the folder already."""
        path = self._root / name
        return path if name in self._names and path.is_file() else None

    def leave(self, name: str) -> None:
        """Takes a file out of what was collected: the one in the folder stays."""
        self._names.pop(name, None)
        (self._root / name).unlink(missing_ok=True)

    def put(self, name: str, data: bytes, digest: str, *, read: bool = True) -> None:
        """Collects bytes.

        Args:
            name: of the file.
            data: the bytes.
            digest: theirs.
            read: the run will read the file, and must not see what a person makes of the one in the
                folder meanwhile; else one that lies there already is only noted.
        """
        there, target = self._folder / name, self._root / name
        if not read and there.is_file() and digest_of(there) == digest:
            target.unlink(missing_ok=True)
        elif self._names.get(name) != digest or not target.is_file():
            write_atomically(target, data)
        self._names[name] = digest

    def take(self, name: str, digest: str, store: Store) -> None:
        """Collects a file of the store; one that lies in the folder already is only noted."""
        there = self._folder / name
        target = self._root / name
        if there.is_file() and digest_of(there) == digest:
            # What was collected under this name before is not to come in its place.
            target.unlink(missing_ok=True)
        else:
            store.export(digest, target)
            with target.open("rb+") as file:
                os.fsync(file.fileno())
        self._names[name] = digest

    def commit(self, *, removed: tuple[str, ...], notes: Mapping[str, str]) -> None:
        """Decides that what was collected is the film: from now on `finish` puts it in place.

        Raises:
            ArtifactError: there is no space, or no permission; nothing is decided then.
        """
        publication = Publication(files=dict(self._names), removed=removed, notes=dict(notes))
        write_atomically(self._inner / _JOURNAL, publication.model_dump_json().encode())

    def finish(self) -> bool:
        """Finishes a publication that was begun; gives whether there was one.

        Raises:
            InputError: the journal cannot be read.
        """
        journal = self._inner / _JOURNAL
        if not self.unfinished:
            return False
        try:
            publication = Publication.model_validate_json(journal.read_bytes())
        except (OSError, ValidationError):
            raise InputError(
                f"{journal} is broken: move it away, and `nightshoot checkout` brings back a "
                "version whole"
            ) from None
        with writing_to(self._folder):
            for name in publication.files:
                staged = self._root / name
                if staged.is_file():
                    target = self._folder / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    staged.replace(target)
            for name in publication.removed:
                self._remove(name)
        for name, text in publication.notes.items():
            write_atomically(self._inner / name, text.encode())
        journal.unlink()
        self.drop()
        return True

    def _remove(self, name: str) -> None:
        path = self._folder / name
        path.unlink(missing_ok=True)
        for parent in path.parents:
            if parent == self._folder or not parent.is_dir() or any(parent.iterdir()):
                return
            parent.rmdir()

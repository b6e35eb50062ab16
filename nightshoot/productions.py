"""Which productions share a store: a small list in the home, so that nothing of theirs is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
from pydantic import Field, ValidationError

from nightshoot.domain.value import Value
from nightshoot.errors import InputError
from nightshoot.files import sweep_parts, write_atomically, writing_to


class _Listed(Value):
    folders: tuple[str, ...] = Field(default=())


class Productions:
    """The folders of all productions that were made or opened for a run, in `productions.json`."""

    def __init__(self, home: Path) -> None:
        self._file = home / "productions.json"

    def add(self, folder: Path) -> None:
        """Lists a production; waits while the store is cleaned.

        Raises:
            InputError: the list is broken.
            ArtifactError: it cannot be written.
        """
        with self.held():
            listed = self.all()
            if folder.resolve() not in listed:
                self._write((*listed, folder.resolve()))

    def drop(self, folder: Path) -> None:
        """Takes a production off the list. Only while held. Raises InputError: it is not on it."""
        listed = self.all()
        if folder.resolve() not in listed:
            raise InputError(f"{folder.resolve()} is not among the known productions")
        self._write(tuple(one for one in listed if one != folder.resolve()))

    def all(self) -> tuple[Path, ...]:
        """Gives the folders, in the order in which they became known."""
        if not self._file.is_file():
            return ()
        try:
            listed = _Listed.model_validate_json(self._file.read_bytes())
        except (OSError, ValidationError):
            raise InputError(
                f"{self._file} is broken: mend it, it has the folders of all films; without it "
                "nothing is removed from the store"
            ) from None
        return tuple(Path(folder) for folder in listed.folders)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps other processes from listing a production, and so from beginning a run."""
        with writing_to(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self._file.with_suffix(".lock"))
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _write(self, folders: tuple[Path, ...]) -> None:
        listed = _Listed(folders=tuple(str(folder) for folder in folders))
        # While it is held nobody else writes it.
        sweep_parts(self._file)
        write_atomically(self._file, listed.model_dump_json(indent=1).encode())

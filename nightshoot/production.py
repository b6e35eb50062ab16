"""The folder of a film: what a person reads, edits, compares and hands on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import filelock
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from nightshoot.artifacts import Store
from nightshoot.documents import from_yaml, read_yaml, to_yaml
from nightshoot.domain.brief import Brief, FilmOptions, Source
from nightshoot.domain.value import Value
from nightshoot.errors import ArtifactError, InputError
from nightshoot.files import digest_of, is_part, write_atomically, writing_to

Document = TypeVar("Document", bound=BaseModel)
Inner = TypeVar("Inner")

_WRITTEN: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])

_MARK = "production.yaml"


class CrewChoice(Value):
    """The backends that make the film, by name; they stay the same when it is resumed."""

    writer: str
    image: str
    video: str
    voice: str
    """`auto`: the first that works of those that are installed. `none`: captions alone."""
    music: str


class ProductionSheet(Value):
    """`production.yaml`: what was ordered and who makes it."""

    nightshoot: int = 1
    """The version of the folder's form."""
    title: str
    options: FilmOptions
    crew: CrewChoice
    review: bool = False
    """A person approves the screenplay, the storyboard and the keyframes."""
    budget_usd: float | None = Field(default=None, ge=0)


class RunState(Value):
    """Where the last run stands; kept in `.nightshoot/run.json`."""

    run: int = 1
    """Counts the runs; each has checkpoints of its own."""
    state: str = "running"
    """`running`, `awaiting <gate>`, `stopped <stage>` or `done`."""


class Production:
    """A production's folder.

    A file that Nightshoot wrote is known by the digest of what was written. When the bytes on the
    disk have another digest, a person has edited the file: it is *pinned*, wins over what an agent
    would write, and is never overwritten.
    """

    def __init__(self, folder: Path, sheet: ProductionSheet, source: Source) -> None:
        self.folder = folder
        self.sheet = sheet
        self.source = source
        self._inner = folder / ".nightshoot"
        self._written_file = self._inner / "written.json"
        self._written: dict[str, str] = {}
        if self._written_file.is_file():
            self._written = _read_inner(self._written_file, _WRITTEN)

    @classmethod
    def create(cls, folder: Path, sheet: ProductionSheet, source: Source) -> Production:
        """Makes a new production in an empty or a new folder.

        Raises:
            InputError: the folder holds something else, or cannot be written to.
        """
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder} is a file: choose another place with --out")
        try:
            _refuse_taken(folder)
            folder.mkdir(parents=True, exist_ok=True)
            production = cls(folder, sheet, source)
            with production.held():
                # Another process may have been quicker.
                _refuse_taken(folder)
                text = to_yaml(source, heading="What was handed in, as read.")
                production.write("source.yaml", text)
                production.write_sheet()
        except (OSError, ArtifactError) as error:
            if isinstance(error, ArtifactError) and "no space" in str(error):
                raise
            raise InputError(f"{folder} cannot be written to: choose another with --out") from error
        return production

    @classmethod
    def open(cls, folder: Path) -> Production:
        """Opens a production.

        Raises:
            InputError: the folder is not a production, or its sheet is broken.
        """
        if not (folder / _MARK).is_file():
            raise InputError(f"{folder} is not a production: it has no {_MARK}")
        sheet = read_yaml(folder / _MARK, ProductionSheet)
        source = read_yaml(folder / "source.yaml", Source)
        return cls(folder, sheet, source)

    @staticmethod
    def is_production(folder: Path) -> bool:
        """Whether the folder is a production."""
        return (folder / _MARK).is_file()

    @property
    def brief(self) -> Brief:
        """The order that the agents work from."""
        return Brief(source=self.source, **self.sheet.options.model_dump())

    @property
    def checkpoints(self) -> Path:
        """The file of the graphs' checkpoints."""
        return self._inner / "checkpoints.sqlite"

    @property
    def events(self) -> Path:
        """The log of what happened."""
        return self.folder / "events.jsonl"

    def write_sheet(self) -> None:
        """Writes `production.yaml` anew."""
        self._put(_MARK, to_yaml(self.sheet, heading="A Nightshoot production."))

    def retitle(self, title: str) -> None:
        """Puts a title into `production.yaml`."""
        if title != self.sheet.title:
            self.sheet = self.sheet.model_copy(update={"title": title})
            self.write_sheet()

    def settle_voice(self, name: str) -> None:
        """Writes down which voice speaks, so that a resumed film goes on with the same."""
        crew = self.sheet.crew.model_copy(update={"voice": name})
        if crew != self.sheet.crew:
            self.sheet = self.sheet.model_copy(update={"crew": crew})
            self.write_sheet()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the folder: one process at a time works in it.

        What a killed process had half written is removed.

        Raises:
            InputError: another process holds it.
        """
        lock = filelock.FileLock(self._inner / "lock")
        try:
            with writing_to(self.folder):
                self._inner.mkdir(exist_ok=True)
                lock.acquire(timeout=0)
        except filelock.Timeout:
            raise InputError(
                f"another nightshoot is at work in {self.folder}: wait until it ends, or stop it"
            ) from None
        try:
            for path in self.folder.rglob(".*"):
                if is_part(path):
                    path.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    @property
    def run(self) -> RunState | None:
        """Where the last run stands, or None before the first."""
        file = self._inner / "run.json"
        return _read_inner(file, TypeAdapter(RunState)) if file.is_file() else None

    def note_run(self, run: RunState) -> None:
        """Writes down where the run stands."""
        write_atomically(self._inner / "run.json", run.model_dump_json().encode())

    def pinned(self, name: str) -> bool:
        """Whether a person has edited the file `name`, or put it there."""
        path = self.folder / name
        return path.is_file() and _digest(path.read_bytes()) != self._written.get(name)

    @property
    def pins(self) -> tuple[str, ...]:
        """The documents that a person has edited."""
        return tuple(sorted(name for name in self._written if self.pinned(name)))

    def write(self, name: str, data: bytes) -> bool:
        """Writes a file of the folder, unless a person has edited it.

        Args:
            name: the path in the folder, with `/`.
            data: the bytes.

        Returns:
            Whether the file now has these bytes; False where it is pinned.
        """
        if self.pinned(name):
            return False
        if not (self.folder / name).is_file() or self._written.get(name) != _digest(data):
            self._put(name, data)
        return True

    def export(self, name: str, digest: str, store: Store) -> bool:
        """Copies a file of the store into the folder, unless a person's file stands there.

        Returns:
            Whether the folder now has it; False where the file is pinned.
        """
        path = self.folder / name
        if path.is_file():
            if self._written.get(name) == digest and digest_of(path) == digest:
                return True
            there = digest_of(path)
            # Where it is not known what was written here, what the store has too is no edit.
            lost = name not in self._written and store.holds_whole(there)
            if there != self._written.get(name) and not lost:
                return False
        store.export(digest, path, just_before=lambda: self._make_way(name, digest))
        return True

    def settle(self, name: str, document: Document, *, heading: str) -> Document:
        """Writes a document, or gives a person's edit of it.

        Raises:
            InputError: the edited file is not such a document; the message gives its line.
        """
        if self.write(name, to_yaml(document, heading=heading)):
            return document
        return self.read(name, type(document))

    def read(self, name: str, model: type[Document]) -> Document:
        """Reads a document of the folder. Raises InputError with the line where it is broken."""
        path = self.folder / name
        try:
            return from_yaml(path.read_bytes(), model, name=str(path))
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from None

    def _put(self, name: str, data: bytes) -> None:
        digest = _digest(data)
        write_atomically(self.folder / name, data, just_before=lambda: self._make_way(name, digest))

    def _make_way(self, name: str, digest: str) -> None:
        # Our old file goes and the digest is noted before the new one comes: a kill in between
        # leaves no file, never one of ours that would be taken for a person's. The sheet alone
        # stays: without it the folder would be no production, and what is written into it is what
        # stood in it and a little more.
        if name != _MARK:
            (self.folder / name).unlink(missing_ok=True)
        self._note(name, digest)

    def _note(self, name: str, digest: str) -> None:
        self._written[name] = digest
        write_atomically(self._written_file, json.dumps(self._written, indent=1).encode())


def _refuse_taken(folder: Path) -> None:
    """Refuses a folder that holds something; not one where `create` was killed half-way."""
    if not folder.is_dir():
        return
    if Production.is_production(folder):
        raise InputError(
            f"{folder} already holds a film: go on with it by `nightshoot resume {folder}`, or "
            "choose another place with --out"
        )
    names = {path.name for path in folder.iterdir() if not is_part(path)}
    begun = ".nightshoot" in names and names <= {".nightshoot", "source.yaml"}
    if names and not begun:
        raise InputError(f"{folder} already holds something else: choose another place with --out")


def _read_inner(file: Path, form: TypeAdapter[Inner]) -> Inner:
    try:
        return form.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        raise InputError(
            f"{file} is broken: move {file.parent} away, and `nightshoot resume` begins anew with "
            "the documents as they are"
        ) from None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

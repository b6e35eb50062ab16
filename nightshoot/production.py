"""A film's production: what was ordered, how far it is, what a person reads, edits and rules."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import filelock
from pydantic import TypeAdapter

from nightshoot.documents import from_yaml, read_yaml, to_yaml
from nightshoot.domain.approval import Ruling, Rulings, Verdict
from nightshoot.domain.brief import Brief, BriefOptions, Source
from nightshoot.errors import ArtifactError, InputError
from nightshoot.files import is_part, write_atomically, writing_to
from nightshoot.folder import MARK, RULINGS, TAKES_FOLDER, Folder, bytes_digest, read_inner
from nightshoot.sheet import TAKES, ProductionSheet, RunState, TakeNote
from nightshoot.staging import Staging
from nightshoot.versions import HEAD, Version, Versions

_HOLDER = "holder"


class Production(Folder):
    """A production's folder: its order, its run, its takes and what a person said of them.

    `Folder` says whose its files are, and how they are changed all at once.
    """

    def __init__(self, folder: Path, sheet: ProductionSheet, source: Source) -> None:
        super().__init__(folder)
        self.sheet = sheet
        self.source = source

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
        if not (folder / MARK).is_file():
            raise InputError(f"{folder} is not a production: it has no {MARK}")
        _finish(folder)
        sheet = read_yaml(folder / MARK, ProductionSheet)
        source = read_yaml(folder / "source.yaml", Source)
        return cls(folder, sheet, source)

    @staticmethod
    def is_production(folder: Path) -> bool:
        """Whether the folder is a production."""
        return (folder / MARK).is_file()

    @property
    def brief(self) -> Brief:
        """The order that the agents work from."""
        told = self.sheet.options.model_dump(include=set(BriefOptions.model_fields))
        return Brief(source=self.source, **told)

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
        self._put(MARK, to_yaml(self.sheet, heading="A Nightshoot production."))

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
    def held(self, *, wait: bool = False) -> Iterator[None]:
        """Holds the folder: one process at a time works in it.

        What a killed process had half written is removed.

        Args:
            wait: until another process that holds it ends.

        Raises:
            InputError: another process holds it; the message says which, and since when.
        """
        lock = filelock.FileLock(self._inner / "lock")
        try:
            with writing_to(self.folder):
                self._inner.mkdir(exist_ok=True)
                lock.acquire(timeout=-1 if wait else 0)
        except filelock.Timeout:
            raise InputError(
                f"another nightshoot is at work in {self.folder}{self._holder()}: wait until it "
                "ends, or stop it"
            ) from None
        try:
            write_atomically(self._inner / _HOLDER, f"{os.getpid()} {time.time():.0f}".encode())
            self._staging.finish()
            self._staging.drop()
            # Whoever held it before may have published another version since this was opened.
            self._remember()
            if self.is_production(self.folder):
                self.sheet = read_yaml(self.folder / MARK, ProductionSheet)
            for path in self.folder.rglob(".*"):
                if is_part(path):
                    path.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    def _holder(self) -> str:
        """Says which process holds the folder, as far as it is known."""
        with suppress(OSError, ValueError):
            pid, since = (self._inner / _HOLDER).read_text().split()
            at = datetime.fromtimestamp(int(since)).astimezone().isoformat(timespec="minutes")
            return f" (process {pid}, since {at})"
        return ""

    @property
    def run(self) -> RunState | None:
        """Where the last run stands, or None before the first."""
        file = self._inner / "run.json"
        return read_inner(file, TypeAdapter(RunState)) if file.is_file() else None

    def note_run(self, run: RunState) -> None:
        """Writes down where the run stands."""
        write_atomically(self._inner / "run.json", run.model_dump_json().encode())

    @property
    def rulings(self) -> Rulings:
        """What a person said of takes. Raises InputError where `rulings.yaml` is broken."""
        return self.read(RULINGS, Rulings) if self.path(RULINGS).is_file() else Rulings()

    @property
    def rulings_digest(self) -> str:
        """Changes whenever the rulings do; empty where there are none."""
        rulings = self.rulings
        return bytes_digest(rulings.model_dump_json().encode()) if rulings.rulings else ""

    @property
    def rejected_by_person(self) -> bool:
        """Whether a person rejected a take that is shown: in the film, or at the gate."""
        rulings = self.rulings
        shots = {ruling.shot for ruling in rulings.rulings}
        shown = (take for shot in shots for take in self.takes_of(shot) if take.shown)
        words = (rulings.on(take.made) for take in shown)
        return any(word is not None and word.verdict is Verdict.REJECTED for word in words)

    def rule(self, *rulings: Ruling, by_run: bool = False) -> None:
        """Adds rulings to `rulings.yaml`; what a person wrote there stays as it is.

        Args:
            rulings: the new ones.
            by_run: the run that goes on has them: they are no reason for another.
        """
        run = self.run
        known = run is not None and run.rulings == self.rulings_digest
        write_atomically(self.folder / RULINGS, self.with_rulings(*rulings))
        if by_run and run is not None and known:
            self.note_run(run.model_copy(update={"rulings": self.rulings_digest}))

    def with_rulings(self, *rulings: Ruling) -> bytes:
        """Gives the bytes of `rulings.yaml` with more in it; what stands there stays as it is."""
        ruled = Rulings(rulings=(*self.rulings.rulings, *rulings))
        heading = "What a person said of takes, oldest first; the last word on a take holds."
        with suppress(OSError, InputError):
            # Comments stay where the new ones can simply be written below.
            item = to_yaml(Rulings(rulings=rulings)).split(b"\n", 1)[1]
            longer = self.path(RULINGS).read_bytes().rstrip() + b"\n" + item
            if from_yaml(longer, Rulings, name=RULINGS) == ruled:
                return longer
        return to_yaml(ruled, heading=heading)

    def takes_of(self, shot: str) -> tuple[TakeNote, ...]:
        """Gives the takes of a shot as they were last noted, in order."""
        file = self.path(f"{TAKES_FOLDER}/{shot}.json")
        return read_inner(file, TAKES) if file.is_file() else ()

    def note_takes(self, shot: str, takes: tuple[TakeNote, ...]) -> None:
        """Writes down the takes of a shot, for rulings."""
        name, data = f"{TAKES_FOLDER}/{shot}.json", TAKES.dump_json(takes)
        file = self.folder / name
        if self._staged:
            self._staging.put(name, data, bytes_digest(data), read=False)
        elif not (file.is_file() and file.read_bytes() == data):
            write_atomically(file, data)

    @contextmanager
    def staged(self, *, dry: bool = False) -> Iterator[None]:
        """Lays aside what is written meanwhile; the sheet, too, is as before unless published.

        Args:
            dry: nothing will be published, and files of the store are not even copied.
        """
        sheet = self.sheet
        with super().staged(dry=dry):
            try:
                yield
            finally:
                if self._staged:
                    self.sheet = sheet

    @property
    def versions(self) -> Versions:
        """The versions of the film, and which of them the folder shows."""
        return Versions(self._inner)

    def show(self, version: Version) -> None:
        """Has the folder show a version that was not staged: the first, made step by step."""
        file, text = Versions.note(version)
        for name, content in ((file, text), (HEAD, str(version.number))):
            write_atomically(self._inner / name, content.encode())

    def replace_sheet(self, sheet: ProductionSheet) -> None:
        """Has the film made with other choices; `production.yaml` says so once published."""
        self.sheet = sheet
        self.write_sheet()


def _finish(folder: Path) -> None:
    """Finishes what a killed process was putting in place, unless one is at it."""
    lock = filelock.FileLock(folder / ".nightshoot" / "lock")
    if not (folder / ".nightshoot" / "publish.json").is_file():
        return
    with suppress(filelock.Timeout), lock.acquire(timeout=0):
        Staging(folder).finish()


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

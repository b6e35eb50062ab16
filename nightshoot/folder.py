"""The files of a production: which are ours, which a person has edited, which lie aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from nightshoot.artifacts import Store
from nightshoot.documents import from_yaml, to_yaml
from nightshoot.errors import InputError
from nightshoot.files import digest_of, write_atomically
from nightshoot.staging import Staging
from nightshoot.versions import HEAD, Held, Version, Versions

Document = TypeVar("Document", bound=BaseModel)
Inner = TypeVar("Inner")

_WRITTEN: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])

MARK = "production.yaml"
"""The file by which a folder is known for a production."""

_WRITTEN_FILE, _GIVEN_FILE = "written.json", "given.json"

RULINGS = "rulings.yaml"
"""What a person said of takes."""

TAKES_FOLDER = ".nightshoot/takes"
"""Notes on the takes of each shot."""

_DROPPED = ("shots/*/keyframe.png", "shots/*/take.mp4", "shots/*/last_frame.png", "cast/*.png")
"""Where a person may put files of their own."""

_FOLLOWING = ("shots/", "sound/")
"""Folders whose files are those of the film as it is: a revision removes what it does not have."""


class Folder:
    """The files of one production.

    A file that Nightshoot wrote is known by the digest of what was written. When the bytes on the
    disk have another digest, a person has edited the file: it is *pinned*, wins over what an agent
    would write, and is never overwritten. A document that a revision gave is kept in the same way
    until the next one, but is no pin.

    A production that has a film is changed in a `staged` run: what is written lies aside until
    `publish` puts all of it in place, so that a kill leaves the old film whole or the new one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._inner = folder / ".nightshoot"
        self._staging = Staging(folder)
        self._staged = self._dry = False
        self._released: frozenset[str] = frozenset()
        self._before: list[dict[str, str]] = []
        self._written: dict[str, str] = {}
        self._given: dict[str, str] = {}
        # What was read last of each name: a run reads the same few documents many times.
        self._documents: dict[str, tuple[bytes, BaseModel]] = {}
        self._remember()

    @contextmanager
    def staged(self, *, dry: bool = False) -> Iterator[None]:
        """Lays aside what is written meanwhile, until `publish` puts it into the folder at once.

        Args:
            dry: nothing will be published, and files of the store are not even copied.
        """
        self._staging.begin()
        self._staged, self._dry = True, dry
        self._released = frozenset()
        self._before = [dict(self._written), dict(self._given)]
        # Apart from these, which learn what may give way: unpublished, an edit stays one.
        written, given = self._written, self._given
        self._written, self._given = dict(written), dict(given)
        try:
            yield
        finally:
            self._dry, self._released = False, frozenset()
            if self._staged:
                self._staged = False
                self._written, self._given = written, given
                self._staging.drop()

    def publish(self, version: Version | None = None) -> None:
        """Puts what a staged run wrote in its place, and shows `version` from now on.

        Args:
            version: None: the folder shows no other version than before.
        """
        for name in tuple(self._staging.names):
            self._leave_to_its_editor(name)
        new = self._staging.names
        removed = tuple(
            name
            for name in self._written
            if name.startswith(_FOLLOWING) and name not in new and not self._edited(name)
        )
        removed = (*removed, *(name for name in self._released if name not in new))
        for name in removed:
            self._written.pop(name, None)
            self._given.pop(name, None)
        notes = {
            _WRITTEN_FILE: json.dumps(self._written, indent=1),
            _GIVEN_FILE: json.dumps(self._given, indent=1),
        }
        if version is not None:
            file, text = Versions.note(version)
            notes |= {file: text, HEAD: str(version.number)}
        self._staging.commit(removed=removed, notes=notes)
        self._staged = False
        self._staging.finish()

    def _leave_to_its_editor(self, name: str) -> None:
        """Keeps a file that a person edited while the run was going on."""
        path = self.folder / name
        if not path.is_file():
            return
        written, given = (known.get(name) for known in self._before)
        if name in self._released or name.startswith(".nightshoot/"):
            return
        if digest_of(path) in (written, given, self._staging.names[name]):
            return
        self._staging.leave(name)
        for known, old in ((self._written, written), (self._given, given)):
            known.pop(name, None)
            if old is not None:
                known[name] = old

    def give(self, name: str, data: bytes) -> None:
        """Lays aside a document as a revision has it; no agent writes it anew. Only when staged."""
        assert self._staged, "a revision is staged"
        digest = bytes_digest(data)
        if (self.folder / name).is_file():
            # What a person had written there is what was revised: it may give way.
            self._before[1][name] = digest_of(self.folder / name)
        self._staging.put(name, data, digest)
        self._written.pop(name, None)
        if name != RULINGS:
            self._given[name] = digest

    def release(self, names: Collection[str]) -> None:
        """Has files of a person's win no longer: the published version is without them."""
        assert self._staged, "a revision is staged"
        self._released = frozenset(names)
        for name in names:
            self._given.pop(name, None)

    def bring_back(self, held: Held, store: Store) -> None:
        """Lays aside every file of a version; what the folder has besides goes. Only when staged.

        Raises:
            Missing: the store no longer has one of them.
        """
        assert self._staged, "a version is brought back in one piece"
        known = {*self._written, *self._given, *self.pins, *self._inner_files(), RULINGS}
        self._released = frozenset(known - set(held.everything))
        self._written = {
            name: digest for name, digest in held.files.items() if not name.startswith(TAKES_FOLDER)
        }
        self._given = dict(held.given)
        for name, digest in held.everything.items():
            self._before[1][name] = self.digest(name)
            self._staging.take(name, digest, store)
        self._written.pop(RULINGS, None)

    def _inner_files(self) -> tuple[str, ...]:
        """Gives the notes on takes, which belong to a version as much as the takes do."""
        return tuple(
            path.relative_to(self.folder).as_posix()
            for path in (self.folder / TAKES_FOLDER).glob("*.json")
        )

    def digest(self, name: str) -> str:
        """Gives the digest of a file in the folder, or an empty text where there is none."""
        path = self.folder / name
        return digest_of(path) if path.is_file() else ""

    def held_files(self, store: Store) -> Held:
        """Gives what the folder will hold, all of it put into the store."""
        hand = {name: digest_of(self.path(name)) for name in self.pins}
        ruled = self.path(RULINGS)
        if ruled.is_file():
            hand[RULINGS] = digest_of(ruled)
        given = {name: digest for name, digest in self._given.items() if name not in hand}
        files = {
            name: digest
            for name, digest in self._written.items()
            if name not in given and name not in hand and self.path(name).is_file()
        }
        notes = {*self._inner_files(), *(one for one in self._staging.names if "/takes/" in one)}
        files |= {
            name: digest_of(self.path(name))
            for name in notes
            if name.startswith(TAKES_FOLDER) and self.path(name).is_file()
        }
        for name, digest in (*files.items(), *given.items(), *hand.items()):
            if not store.has(digest):
                store.copy(self.path(name))
        return Held(files=files, given=given, hand=hand)

    def path(self, name: str) -> Path:
        """Gives the file `name` as the run that is going on sees it."""
        return (self._staging.path(name) if self._staged else None) or self.folder / name

    def pinned(self, name: str) -> bool:
        """Whether a person has edited the file `name`, or put it there."""
        if self._staged and name in self._staging.names:
            return False
        return self._edited(name)

    def _edited(self, name: str) -> bool:
        path = self.folder / name
        if name in self._released or name.startswith(TAKES_FOLDER) or not path.is_file():
            return False
        return digest_of(path) not in (self._written.get(name), self._given.get(name))

    def kept(self, name: str) -> bool:
        """Whether the document `name` goes before what an agent would write."""
        return name in self._given or self.pinned(name)

    @property
    def pins(self) -> tuple[str, ...]:
        """The files that a person has edited or put there."""
        dropped = [
            path.relative_to(self.folder).as_posix()
            for pattern in _DROPPED
            for path in self.folder.glob(pattern)
        ]
        names = {*self._written, *self._given, *dropped}
        return tuple(sorted(name for name in names if self.pinned(name)))

    def write(self, name: str, data: bytes, *, read: bool = True) -> bool:
        """Writes a file of the folder, unless a person has edited it.

        Args:
            name: the path in the folder, with `/`.
            data: the bytes.
            read: a run reads it again; see `Staging.put`.

        Returns:
            Whether the file now has these bytes; False where it is pinned.
        """
        if self.pinned(name):
            return False
        if self._staged:
            digest = bytes_digest(data)
            self._staging.put(name, data, digest, read=read)
            self._written[name] = digest
        elif not (self.folder / name).is_file() or self._written.get(name) != bytes_digest(data):
            self._put(name, data)
        return True

    def export(self, name: str, digest: str, store: Store) -> bool:
        """Copies a file of the store into the folder, unless a person's file stands there.

        Returns:
            Whether the folder now has it; False where the file is pinned.
        """
        path = self.folder / name
        ours = self._staged and (name in self._staging.names or name in self._released)
        if path.is_file() and not ours:
            there = digest_of(path)
            if self._written.get(name) == digest == there and not self._staged:
                return True
            # Where it is not known what was written here, what the store has too is no edit.
            lost = name not in self._written and store.holds_whole(there)
            if there != self._written.get(name) and not lost:
                return False
        if self._dry:
            return True
        if self._staged:
            self._staging.take(name, digest, store)
            self._written[name] = digest
        else:
            store.export(digest, path, just_before=lambda: self._make_way(name, digest))
        return True

    def settle(self, name: str, document: Document, *, heading: str) -> Document:
        """Writes a document, or gives a person's edit of it.

        Raises:
            InputError: the edited file is not such a document; the message gives its line.
        """
        kept = name in self._given
        if not kept and self.write(name, to_yaml(document, heading=heading)):
            return document
        return self.read(name, type(document))

    def read(self, name: str, model: type[Document]) -> Document:
        """Reads a document of the folder. Raises InputError with the line where it is broken."""
        path = self.path(name)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from None
        known, document = self._documents.get(name, (b"", None))
        if known == data and type(document) is model:
            return document
        document = from_yaml(data, model, name=str(path))
        self._documents[name] = data, document
        return document

    def _remember(self) -> None:
        """Reads what was written and given before."""
        self._written = self._read_digests(_WRITTEN_FILE)
        self._given = self._read_digests(_GIVEN_FILE)

    def _read_digests(self, name: str) -> dict[str, str]:
        file = self._inner / name
        return read_inner(file, _WRITTEN) if file.is_file() else {}

    def _put(self, name: str, data: bytes) -> None:
        digest = bytes_digest(data)
        if self._staged:
            self._staging.put(name, data, digest)
            self._written[name] = digest
            return
        write_atomically(self.folder / name, data, just_before=lambda: self._make_way(name, digest))

    def _make_way(self, name: str, digest: str) -> None:
        # Our old file goes and the digest is noted before the new one comes: a kill in between
        # leaves no file, never one of ours that would be taken for a person's. The sheet alone
        # stays: without it the folder would be no production, and what is written into it is what
        # stood in it and a little more.
        if name != MARK:
            (self.folder / name).unlink(missing_ok=True)
        self._note(name, digest)

    def _note(self, name: str, digest: str) -> None:
        self._written[name] = digest
        write_atomically(self._inner / _WRITTEN_FILE, json.dumps(self._written, indent=1).encode())


def read_inner(file: Path, form: TypeAdapter[Inner]) -> Inner:
    """Reads one of Nightshoot's own notes. Raises InputError where it is broken."""
    try:
        return form.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        raise InputError(
            f"{file} is broken: move {file.parent} away, and `nightshoot resume` begins anew with "
            "the documents as they are"
        ) from None


def bytes_digest(data: bytes) -> str:
    """Gives the SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()

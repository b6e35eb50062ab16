"""The content-addressed store: each thing made, once, under the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from nightshoot.errors import ArtifactError
from nightshoot.files import digest_of, new_part, writing_to

_CHUNK = 1 << 20


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Missing(ArtifactError):
    """The store lacks something that it had, or holds it broken: it has to be made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """A file of the store."""

    digest: str
    size: int
    """Bytes."""
    at: float
    """When it was written, in seconds since the epoch."""


class Store:
    """Files by digest under one folder. Safe for several processes at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._objects = root / "objects"
        self._scratch = root / "scratch"
        self._seen_whole: set[str] = set()
        with writing_to(root):
            self._objects.mkdir(parents=True, exist_ok=True)
            self._scratch.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Gives the file with this digest, for reading only; it is hashed once a process.

        Raises:
            Missing: the store does not have it, or no longer whole.
        """
        path = self._place(digest)
        if not path.is_file() or (digest not in self._seen_whole and not self.holds_whole(digest)):
            raise Missing(f"the store at {self.root} lacks {digest}: run `nightshoot resume`")
        return path

    def holds_whole(self, digest: str) -> bool:
        """Whether the file is there with the bytes of this digest; sets a broken one aside."""
        path = self._place(digest)
        # Another film may find the same broken file, and be the first to set it aside.
        with suppress(FileNotFoundError):
            if digest_of(path) == digest:
                self._seen_whole.add(digest)
                return True
            path.replace(path.with_suffix(".corrupt"))
        self._seen_whole.discard(digest)
        return False

    def put(self, file: Path) -> str:
        """Takes over a file that the caller has written; gives its digest.

        Raises:
            ArtifactError: there is no space, or no permission.
        """
        with writing_to(self.root):
            digest = digest_of(file)
            place = self._place(digest)
            if self.holds_whole(digest):
                return digest
            place.parent.mkdir(parents=True, exist_ok=True)
            if file.stat().st_dev != self.root.stat().st_dev:
                file = Path(shutil.copy(file, self._scratch / digest))
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())
            file.chmod(0o444)
            file.replace(place)
            _sync_folder(place.parent)
            self._seen_whole.add(digest)
            return digest

    def has(self, digest: str) -> bool:
        """Whether the file is there whole; it is hashed once a process."""
        place = self._place(digest)
        return place.is_file() and (digest in self._seen_whole or self.holds_whole(digest))

    def copy(self, file: Path) -> str:
        """Takes a copy of a file that stays where it is; gives its digest."""
        with self.scratch() as folder:
            with writing_to(self.root):
                copied = Path(shutil.copyfile(file, folder / "copy"))
            return self.put(copied)

    def put_bytes(self, data: bytes) -> str:
        """Takes bytes; gives their digest."""
        digest = hashlib.sha256(data).hexdigest()
        if self.holds_whole(digest):
            return digest
        with self.scratch() as folder:
            file = folder / "bytes"
            with writing_to(self.root):
                file.write_bytes(data)
            return self.put(file)

    def export(
        self, digest: str, to: Path, *, just_before: Callable[[], None] = lambda: None
    ) -> None:
        """Copies a file out, whole or not at all; editing the copy leaves the store whole.

        Args:
            digest: of the file.
            to: where the copy goes.
            just_before: is called when the copy is complete and an old file still stands.

        Raises:
            ArtifactError: the store does not have it, or the copy cannot be written.
        """
        source = self.path(digest)
        with writing_to(to):
            to.parent.mkdir(parents=True, exist_ok=True)
            handle, part = new_part(to)
            try:
                with os.fdopen(handle, "wb") as file, source.open("rb") as origin:
                    shutil.copyfileobj(origin, file, _CHUNK)
                part.chmod(0o644)
                just_before()
                part.replace(to)
            except BaseException:
                part.unlink(missing_ok=True)
                raise

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Gives a new empty folder on the store's own disk, removed afterwards."""
        with writing_to(self.root):
            folder = Path(tempfile.mkdtemp(dir=self._scratch, prefix=f"{os.getpid()}-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def held(self) -> Iterator[Object]:
        """Gives every file that the store holds; one that was set aside as broken is one too."""
        for path in self._objects.glob("*/*"):
            with suppress(FileNotFoundError):
                found = path.stat()
                yield Object(digest=path.name, size=found.st_size, at=found.st_mtime)

    def small(self, digest: str, most: int) -> bytes | None:
        """Gives the bytes of a file, unhashed; None where it is gone, or has more than `most`."""
        path = self._place(digest)
        try:
            return path.read_bytes() if path.stat().st_size <= most else None
        except FileNotFoundError:
            return None

    def remove(self, digest: str) -> None:
        """Removes a file that nothing uses. Raises ArtifactError where it may not."""
        with writing_to(self.root):
            self._place(digest).unlink(missing_ok=True)
        self._seen_whole.discard(digest)

    def sweep(self) -> None:
        """Removes the scratch folders of processes that are gone."""
        for folder in self._scratch.iterdir():
            owner = folder.name.partition("-")[0]
            if not owner.isdigit() or not _alive(int(owner)):
                if folder.is_dir():
                    shutil.rmtree(folder, ignore_errors=True)
                else:
                    folder.unlink(missing_ok=True)

    def _place(self, digest: str) -> Path:
        return self._objects / digest[:2] / digest


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

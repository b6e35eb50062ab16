"""Files written whole or not at all, and refusals of the disk told in words."""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from nightshoot.errors import ArtifactError

_REFUSALS = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
)

_PART = ".nightshoot-part"


@contextmanager
def writing_to(place: Path) -> Iterator[None]:
    """Turns the operating system's refusals to write into an ArtifactError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ArtifactError(
                f"no space left to write to {place}: free some and run `nightshoot resume`; "
                "nothing that was finished is lost"
            ) from error
        if error.errno in _REFUSALS:
            raise ArtifactError(f"{place} cannot be written to: {error.strerror}") from error
        raise


def write_atomically(
    path: Path, data: bytes, *, just_before: Callable[[], None] = lambda: None
) -> None:
    """Writes a file whole or not at all: temp, fsync, rename.

    Args:
        path: the file.
        data: its bytes.
        just_before: is called when the new bytes are safe and the old file still stands.

    Raises:
        ArtifactError: there is no space, or no permission.
    """
    with writing_to(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = new_part(path)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(0o644)
            just_before()
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def told_of(error: Exception) -> str:
    """Gives what SQLite, or the system below it, says, and what to do about it."""
    if isinstance(error, (sqlite3.OperationalError, OSError)):
        return f"{error}: see that the disk has room and that you may write there, and try again"
    return f"{error}: it is damaged; bring it back from a copy, or move it away and begin anew"


def new_part(path: Path) -> tuple[int, Path]:
    """Opens a new hidden file beside `path`, which takes its place once it is whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path), suffix=_PART)
    return handle, Path(name)


def sweep_parts(path: Path, *, idle_s: float = 0.0) -> None:
    """Removes what the dead left of `path`.

    Args:
        path: the file that they were writing.
        idle_s: for how long a part was not written to; 0 only while nobody else can be writing it.
    """
    for part in path.parent.glob(f"{glob.escape(_prefix(path))}*{_PART}"):
        with suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime >= idle_s:
                part.unlink()


def _prefix(path: Path) -> str:
    # As much of the name as fits beside the rest into the 255 bytes of a file's name.
    return f".{path.name[:40]}-"


def is_part(path: Path) -> bool:
    """Whether a file is half of one: whoever wrote it was killed, or is still writing."""
    return path.name.startswith(".") and path.name.endswith(_PART)


def digest_of(path: Path) -> str:
    """Gives the SHA-256 of a file's bytes as 64 hex digits.

    A file that has not changed since this process read it is not read again: the system's note of
    its last change tells. One that has just changed is read, as a second change may bear the same
    time.
    """
    found = path.stat()
    stamp = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    if abs(time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns)) < _SETTLED_NS:
        return _hashed(path)
    return _hashed_once(path, stamp)


_SETTLED_NS = 3 * 10**9
"""How old a change must be before none that follows can bear the same time. Source: FAT notes times
in steps of two seconds, the coarsest of the common file systems."""


def _hashed(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=1 << 16)
def _hashed_once(path: Path, _stamp: tuple[int, ...]) -> str:
    return _hashed(path)

"""Files that a person gives: checked for what they should be, and taken into the store once."""

from __future__ import annotations

import asyncio
import shutil
import stat
from enum import StrEnum
from pathlib import Path

from nightshoot.errors import BackendError, InputError
from nightshoot.files import digest_of, writing_to
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.measure import frames

_LONGEST_HEADER = 100_000_000
"""Bytes of a safetensors header. Source: safetensors, `MAX_HEADER_SIZE`."""


class FileKind(StrEnum):
    """What a given file has to be."""

    PICTURE = "a picture"
    WEIGHTS = "a safetensors file"
    VIDEO = "a video"


class GivenFiles:
    """Takes a person's files. One that has not changed is read once in a run."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._taken: dict[tuple[Path, int, int], str] = {}
        self._taking = asyncio.Lock()

    async def take(self, name: str, kind: FileKind, *, field: str) -> str:
        """Gives the digest of a file, which the store has from now on.

        Args:
            name: a path, from the production's folder where it is not absolute.
            kind: what it has to be.
            field: where the path was written, for the message.

        Raises:
            InputError: it is not there, cannot be read, or is something else.
            ArtifactError: the store cannot take it.
        """
        # One at a time: shots that share a character wait for the first one's copy.
        async with self._taking:
            return await asyncio.to_thread(self._take, name, kind, field)

    def _take(self, name: str, kind: FileKind, field: str) -> str:
        store = self._shop.log.store
        try:
            path = (self._shop.production.folder / Path(name).expanduser()).resolve()
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):
                raise InputError(f"{field}: {path} is not a file: give {kind.value}")
            known = (path, facts.st_size, facts.st_mtime_ns)
            if known in self._taken:
                return self._taken[known]
            _check(path, kind, field)
            digest = digest_of(path)
        except OSError as error:
            raise InputError(
                f"{field}: {name} cannot be read: {error.strerror}: give {kind.value}"
            ) from None
        except (ValueError, RuntimeError) as error:
            # A path with a zero byte, of nobody's home, or of links in a ring.
            raise InputError(f"{field}: {name!r} is no path: {error}") from None
        if not store.holds_whole(digest):
            with store.scratch() as scratch, writing_to(store.root):
                # Whatever became of the file meanwhile, this is what the store has.
                digest = store.put(Path(shutil.copyfile(path, scratch / "given")))
        self._taken[known] = digest
        return digest


def _check(path: Path, kind: FileKind, field: str) -> None:
    if kind is FileKind.PICTURE:
        try:
            frames.read_picture(path)
        except BackendError:
            raise InputError(
                f"{field}: {path} is not a picture that can be read: give a PNG or a JPEG"
            ) from None
        return
    if kind is FileKind.VIDEO:
        try:
            probe(path)
        except InputError as error:
            raise InputError(f"{field}: {error}") from None
        return
    # Eight bytes of length, then JSON. Source: the safetensors format, README.
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        opens = file.read(1) == b"{"
    if not opens or not 2 <= length <= min(_LONGEST_HEADER, path.stat().st_size - 8):
        raise InputError(
            f"{field}: {path} is not a safetensors file: convert it; pickled weights are not loaded"
        )

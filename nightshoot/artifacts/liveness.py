"""Files that stay locked for as long as whoever made them lives, so that others can tell.

The operating system lets go of such a lock when its process ends, however it ends: no clock, no
heartbeat and no process number is needed. A process that was forked does not inherit it (filelock
closes it there, since 3.32). Names are never used twice, so that whoever holds a file's lock may
remove it.
"""

from __future__ import annotations

import errno
import os
import uuid
from contextlib import suppress
from pathlib import Path

import filelock

from nightshoot.errors import ArtifactError
from nightshoot.files import writing_to

_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


class Living:
    """The lock on one file, of which another process cannot have the lock meanwhile."""

    def __init__(self, path: Path, lock: filelock.BaseFileLock) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def new(cls, folder: Path) -> Living:
        """Makes a new file in a folder, which is made too, and locks it.

        Raises:
            ArtifactError: the folder cannot be written to, or its file system has no locks.
        """
        with writing_to(folder):
            folder.mkdir(parents=True, exist_ok=True)
        while True:
            path = folder / uuid.uuid4().hex
            with writing_to(folder):
                handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644)
            try:
                made = cls.taken(path)
                # Somebody may have taken it for a dead one's before it was locked: then it is gone.
                with suppress(FileNotFoundError):
                    if made is not None and os.path.samestat(path.stat(), os.fstat(handle)):
                        return made
                if made is not None:
                    made.release()
            finally:
                os.close(handle)

    @classmethod
    def taken(cls, path: Path) -> Living | None:
        """Takes the lock of a file from the dead; None: whoever made it lives.

        Where the file is not there, its maker is dead too, and it is made again.

        Raises:
            ArtifactError: it may not be opened, or its file system has no locks.
        """
        # Not by thread: one thread takes it, another one may let go of it. Not soft: a lock that a
        # kill leaves behind would be locked for ever.
        lock = filelock.FileLock(path, thread_local=False, fallback_to_soft=False)
        try:
            with writing_to(path):
                lock.acquire(timeout=0)
        except filelock.Timeout:
            return None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            raise ArtifactError(
                f"the file system of {path.parent} has no locks, without which two processes would "
                "make the same thing: move the store to a local disk with NIGHTSHOOT_HOME"
            ) from error
        return cls(path, lock)

    def remove(self) -> None:
        """Removes the file and lets go of its lock."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        self.release()
        # Windows removes no file that is open. Nobody else's has this name.
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def release(self) -> None:
        """Lets go of the lock: from now on its maker counts as dead."""
        self._lock.release()

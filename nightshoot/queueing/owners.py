"""Owner: the process that holds a lease, told apart from any other, and known to be dead or not."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path

from nightshoot.domain.value import Value


class Owner(Value):
    """One runner of one process."""

    host: str
    place: str
    """Which boot of the machine and which space of process numbers; empty where it is not known."""
    pid: int
    started: str
    """When the process began, in the system's own count; numbers of processes are used again."""
    nonce: str
    """Tells two runners of one process apart."""

    @classmethod
    def here(cls) -> Owner:
        """Gives a new owner for this process."""
        pid = os.getpid()
        return cls(
            host=socket.gethostname(),
            place=_place(),
            pid=pid,
            started=_started(pid),
            nonce=secrets.token_hex(8),
        )

    def surely_dead(self, seen_from: Owner) -> bool:
        """Whether the process is gone for certain; False where that cannot be known from here.

        It can on one machine that tells its boots and process spaces apart (Linux): after a reboot
        every process of the boot before is gone. Elsewhere its heartbeats have to run out.
        """
        if not self.place or self.host != seen_from.host:
            return False
        boot, _, space = self.place.partition("/")
        boot_here, _, space_here = seen_from.place.partition("/")
        if boot != boot_here:
            return True
        if space != space_here:
            return False
        return _started(self.pid) != self.started


def _place() -> str:
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 it is no real path
    return ""


def _started(pid: int) -> str:
    """Gives when a process began; empty where there is none, or it has ended.

    Source: proc(5), field 22 of /proc/PID/stat; the name before it may hold spaces and brackets.
    """
    with suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    return ""

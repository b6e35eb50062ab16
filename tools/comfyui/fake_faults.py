"""How the fake server misbehaves."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """How a job, or the server's talk about it, goes wrong."""

    DROP = "drop"
    """The websocket is closed midway."""
    SILENT = "silent"
    """No message about the job is sent."""
    NO_SOCKET = "no_socket"
    """The websocket is refused."""
    RESTART = "restart"
    """The server forgets every job midway, as when it is started again."""
    ERROR = "error"
    """A node raises."""
    MEMORY = "memory"
    """The GPU's memory runs out."""
    INTERRUPTED = "interrupted"
    """Somebody presses stop."""
    HANG = "hang"
    """The job never goes on."""
    JUNK = "junk"
    """What is saved is no picture."""
    HALF = "half"
    """A saved file is sent half, once."""
    CUT = "cut"
    """A saved file is half of one, and stays so."""
    DELETED = "deleted"
    """What was saved is gone."""
    SMALL = "small"
    """The picture is of another size than was asked."""
    EMPTY = "empty"
    """The job ends well and gives nothing."""
    LATE = "late"
    """The history has the job some time after the message."""

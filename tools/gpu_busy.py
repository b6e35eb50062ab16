"""What the GPU's process is doing, as its owner notes it down."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum, auto

from nightshoot.tools.diffusion.messages import DeviceFacts
from nightshoot.tools.gpu_queue import Ticket


class Doing(Enum):
    """The kind of order that it has."""

    STARTING = auto()
    ASKING = auto()
    LOADING = auto()
    MAKING = auto()


@dataclass(slots=True, kw_only=True)
class Busy:
    """What the process is doing."""

    doing: Doing
    id: int
    began_at: float
    patience_s: float
    """How long it may give no sign of progress."""
    deadline: float = 0.0

    key: str = ""
    offered: list[Ticket] = field(default_factory=list)
    """The requests of the order, in its order."""
    tickets: list[Ticket] = field(default_factory=list)
    """Those of them that are being made."""
    question: Future[DeviceFacts] | None = None
    cancelled: bool = False

    def signed(self, now: float) -> None:
        """Notes a sign of progress."""
        self.deadline = now + self.patience_s

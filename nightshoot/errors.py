"""Every error a caller of Nightshoot may handle.

NightshootError
├── InputError          the user can fix it: a file, an option, a document, a setting
├── BackendError        a tool or a model could not do its work
│   ├── TransientError  the same request may succeed later: retried at the tool boundary
│   ├── Refused         a service will not make this; other words may be taken
│   └── GaveUp          a model was asked again a bounded number of times, and still broke the rules
├── BudgetExceeded      the next action would pass a ceiling of money, GPU time or takes
│   └── TooLate         the next action could not end before the deadline
└── ArtifactError       the store or the action log cannot be read or written
"""

from __future__ import annotations


class NightshootError(Exception):
    """Anything that Nightshoot raises on purpose. The message is one line, fit for a user."""


class InputError(NightshootError):
    """Something the user gave cannot be used; the message names it and what to do."""


class BackendError(NightshootError):
    """A tool, a model or a service failed in a way that asking again would not mend."""

    charged: bool = False
    """A service took a job that came to nothing, and wants money for it, or may."""
    cost_usd: float | None = None
    """How much it wants, where it said so; None: what was estimated."""
    unsure: bool = False
    """A job of it may still run at its service: asking again waits for that one."""
    recorded: bool = False
    """It failed so before, and was not asked again."""
    general: bool = False
    """The backend is at fault, and not what was asked: it would fail for others as well."""


class TransientError(BackendError):
    """A fault that may pass: a time-out, a refused connection, HTTP 429 or 5xx."""

    def __init__(self, message: str = "", *, retry_after_s: float | None = None) -> None:
        """Takes the message, and how long the service asks callers to wait, where it says so."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Refused(BackendError):
    """A service's moderation will not have the words or the pictures; the same again is no use."""


class GaveUp(BackendError):
    """A model's answers broke the same rules after every permitted try."""


class BudgetExceeded(NightshootError):
    """A reservation would pass the ceiling; nothing was spent."""

    def __init__(self, message: str = "", *, currency: str = "") -> None:
        """Takes the message, and which ceiling: `usd`, `gpu_s` or `takes`; empty: another one."""
        super().__init__(message)
        self.currency = currency


class TooLate(BudgetExceeded):
    """The time that is left is too short; nothing was begun."""


class ArtifactError(NightshootError):
    """The store holds something broken, or cannot take what was made, as when a disk is full."""

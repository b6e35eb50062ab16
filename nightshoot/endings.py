"""What becomes of a batch's entry: from the report of its film, or from the error that ended it."""

from __future__ import annotations

import logging

from nightshoot.domain.batch import Cause, EntryState
from nightshoot.domain.limits import Currency, Limits
from nightshoot.errors import (
    ArtifactError,
    BackendError,
    BudgetExceeded,
    InputError,
    Refused,
    TooLate,
    TransientError,
)
from nightshoot.queueing import Claim, Released
from nightshoot.workplace import Report

_log = logging.getLogger(__name__)

_FULL = ("no space left", "disk is full")
"""What `nightshoot.files` and SQLite say of a full disk."""

_ENDINGS: tuple[tuple[type[Exception], EntryState, Cause], ...] = (
    (InputError, EntryState.SET_ASIDE, Cause.INPUT),
    (TooLate, EntryState.WAITING, Cause.DEADLINE),
    (Refused, EntryState.SET_ASIDE, Cause.REFUSED),
    (TransientError, EntryState.FAILED, Cause.PASSING),
    (BackendError, EntryState.FAILED, Cause.BACKEND),
    (ArtifactError, EntryState.FAILED, Cause.STORE),
)
"""What becomes of an entry after an error: the first that fits. What failed is tried again."""


def ended_well(report: Report) -> Released:
    """Gives how a film ended that was made without an error."""
    told = report.model_dump_json()
    if report.awaiting:
        return Released(
            state=EntryState.SET_ASIDE,
            cause=Cause.APPROVAL,
            error=f"it waits for approval of the {report.awaiting}: look into {report.folder}, "
            "and retry it to approve",
            report=told,
        )
    if not report.film:
        error = f"it ended without a film: `nightshoot show {report.folder}` says where"
        return Released(state=EntryState.FAILED, cause=Cause.UNFORESEEN, error=error)
    return Released(state=EntryState.DONE, report=told)


def failed(error: Exception, claim: Claim, limits: Limits) -> Released:
    """Gives what becomes of an entry after an error.

    Args:
        error: what ended its film.
        claim: the entry.
        limits: what the night gave it at last.
    """
    text = " ".join(str(error).split())
    if isinstance(error, ArtifactError) and any(word in text for word in _FULL):
        return Released(state=EntryState.WAITING, cause=Cause.STORE, error=text)
    if isinstance(error, BudgetExceeded) and not isinstance(error, TooLate):
        short = not _own_limit(error, claim.queued.entry.options.limits, limits)
        state = EntryState.WAITING if short else EntryState.SET_ASIDE
        return Released(
            state=state,
            cause=Cause.BUDGET,
            error=text,
            short=short,
            lacking=Currency(error.currency) if error.currency else None,
        )
    for kind, state, cause in _ENDINGS:
        if isinstance(error, kind):
            return Released(state=state, cause=cause, error=text)
    # The text of an unforeseen error may hold anything, a key too: the log has it.
    _log.error("unforeseen, in %s", claim.folder, exc_info=error)
    told = f"something unforeseen happened ({type(error).__name__}): the log says where"
    return Released(state=EntryState.FAILED, cause=Cause.UNFORESEEN, error=told)


def _own_limit(error: BudgetExceeded, own: Limits, nights: Limits) -> bool:
    """Whether the film met a limit of its own, and not one of the night's."""
    if not error.currency:
        return nights == Limits()
    currency = Currency(error.currency)
    most, granted = own.of(currency), nights.of(currency)
    return granted is None or (most is not None and most <= granted)

"""What a queue says of a night, read cheaply: counts and sums, not every entry."""

from __future__ import annotations

from nightshoot.domain.batch import EntryState
from nightshoot.domain.limits import Limits, Used
from nightshoot.domain.value import Value
from nightshoot.queueing import Night, Queue
from nightshoot.watching.state import NextFilm

_NEXT = 10
"""How many of the films to come are named: what a screen of 24 rows has room for."""


class QueueFacts(Value):
    """A night in the queue's file, with what other runners do."""

    counts: dict[EntryState, int]
    """This night's films and those that are to be made, by where they stand."""
    next: tuple[NextFilm, ...]
    used: Used
    """What the night's films have used, those of other runners too, as last looked at."""
    limits: Limits
    paused: str


def queue_facts(queue: Queue, night: Night) -> QueueFacts:
    """Gives what a queue says of a night.

    Raises:
        ArtifactError: the queue cannot be read.
    """
    with queue.tables.reading() as db:
        counted = db.execute(
            "SELECT state, COUNT(*) AS n FROM entries WHERE night = ?"
            " OR state IN ('waiting', 'failed', 'running') GROUP BY state",
            (night.id,),
        ).fetchall()
        # The order in which entries are claimed, but for those that rest.
        first = db.execute(
            "SELECT id, name, priority FROM entries WHERE state IN ('waiting', 'failed') ORDER BY"
            " priority DESC, failures, begun_at IS NULL, id LIMIT ?",
            (_NEXT,),
        ).fetchall()
        used = db.execute(
            "SELECT COALESCE(SUM(MAX(0, used_usd - base_usd)), 0) AS usd,"
            " COALESCE(SUM(MAX(0, used_gpu_s - base_gpu_s)), 0) AS gpu_s,"
            " COALESCE(SUM(MAX(0, used_takes - base_takes)), 0) AS takes"
            " FROM entries WHERE night = ?",
            (night.id,),
        ).fetchone()
    # Another runner may have changed the limits.
    now = queue.night
    limits = now.limits if now is not None and now.id == night.id else night.limits
    return QueueFacts(
        counts={EntryState(row["state"]): row["n"] for row in counted},
        next=tuple(NextFilm.model_validate(dict(row)) for row in first),
        used=Used.model_validate(dict(used)),
        limits=limits,
        paused=queue.paused,
    )

"""A night as OpenTelemetry spans: a film, and within it the turns that it had in lanes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from nightshoot.domain.batch import EntryState
from nightshoot.events import ActionDone, Event, ShotFlagged, StageFinished, StageStarted
from nightshoot.events import TakeRejected as Rejected
from nightshoot.lane import Span
from nightshoot.queueing import Clock, Night, Queued

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span as Traced
    from opentelemetry.trace import Tracer

_FAILED = (EntryState.FAILED, EntryState.SET_ASIDE)


class NightSpans:
    """A follower that makes spans; what becomes of them is their tracer's business.

    - `film`, from when it was begun until it was let go: number, name, priority, state, cause,
      and what it used. Its stages, rejected takes and flagged shots are events in it.
    - `turn LANE` within a film, from when the turn was had until it was given back: lane, model,
      place, seconds waited, whether it had to load and whether it failed.
    - `action ROLE` within a film, a moment: a tool's result, with its cost. What was found in the
      log makes none.
    """

    def __init__(self, tracer: Tracer, *, clock: Clock, close: Callable[[], None]) -> None:
        """Takes what makes the spans, and what sends the last of them."""
        self._tracer = tracer
        self._clock = clock
        self._close = close
        self._films: dict[int, Traced] = {}
        self._lock = threading.Lock()
        self._night = 0

    def begun(self, entry: Queued) -> None:
        """Begins a film's span."""
        from opentelemetry.context import Context

        film = self._tracer.start_span(
            "film",
            # Whatever else is traced in this process, a film is nobody's part.
            context=Context(),
            start_time=self._ns(),
            attributes={
                "nightshoot.entry": entry.id,
                "nightshoot.film": entry.name,
                "nightshoot.priority": entry.priority,
                "nightshoot.night": entry.night or self._night,
            },
        )
        with self._lock:
            before = self._films.pop(entry.id, None)
            self._films[entry.id] = film
        if before is not None:
            before.end(self._ns())

    def event(self, entry: int, event: Event) -> None:
        """Notes what happened within a film."""
        with self._lock:
            film = self._films.get(entry)
        if film is None:
            return
        if isinstance(event, ActionDone):
            if not event.reused:
                self._action(film, event)
        elif isinstance(event, StageStarted | StageFinished):
            film.add_event(event.type, {"nightshoot.stage": event.stage.value}, self._ns())
        elif isinstance(event, Rejected):
            told = {"nightshoot.shot": event.shot, "nightshoot.measures": event.measures}
            film.add_event(event.type, told, self._ns())
        elif isinstance(event, ShotFlagged):
            film.add_event(event.type, {"nightshoot.shot": event.shot}, self._ns())

    def span(self, span: Span) -> None:
        """Makes the span of a turn that has ended."""
        with self._lock:
            film = self._films.get(int(span.film)) if span.film.isdecimal() else None
        # A turn has the loop's time, which began at some moment: it is told as it ends.
        now = self._ns()
        turn = self._tracer.start_span(
            f"turn {span.lane}",
            context=_within(film),
            start_time=now - int((span.ended_at - span.begun_at) * 1e9),
            attributes={
                "nightshoot.lane": span.lane,
                "nightshoot.model": span.model,
                "nightshoot.place": span.place,
                "nightshoot.waited_s": round(span.begun_at - span.asked_at, 3),
                "nightshoot.swapped": span.swapped,
                "nightshoot.failed": span.failed,
            },
        )
        if span.failed:
            _mark_failed(turn)
        turn.end(now)

    def ended(self, entry: Queued, what: str) -> None:
        """Ends a film's span."""
        with self._lock:
            film = self._films.pop(entry.id, None)
        if film is None:
            return
        film.set_attribute("nightshoot.state", entry.state.value)
        film.set_attribute("nightshoot.what", what)
        if entry.cause is not None:
            film.set_attribute("nightshoot.cause", entry.cause.value)
        if entry.state in _FAILED:
            # The cause and not the error's words: those are in the queue.
            _mark_failed(film, entry.cause.value if entry.cause else "")
        film.end(self._ns())

    def beat(self, night: Night) -> None:
        """Learns the night's number."""
        self._night = night.id

    def close(self) -> None:
        """Ends what is still open, and sends the last spans."""
        with self._lock:
            films, self._films = tuple(self._films.values()), {}
        for film in films:
            film.end(self._ns())
        self._close()

    def _action(self, film: Traced, event: ActionDone) -> None:
        now = self._ns()
        action = self._tracer.start_span(
            f"action {event.tool.partition('/')[0]}",
            context=_within(film),
            start_time=now,
            attributes={
                "nightshoot.tool": event.tool,
                "nightshoot.shot": event.shot,
                "nightshoot.cost_usd": event.cost_usd,
                "nightshoot.gpu_s": event.gpu_s,
            },
        )
        action.end(now)

    def _ns(self) -> int:
        """Gives nanoseconds since the epoch, as spans have them."""
        return int(self._clock.wall() * 1e9)


def _within(film: Traced | None) -> Context:
    from opentelemetry.context import Context
    from opentelemetry.trace import set_span_in_context

    return Context() if film is None else set_span_in_context(film, Context())


def _mark_failed(span: Traced, why: str = "") -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_status(Status(StatusCode.ERROR, why or None))

"""Puts the runner of a night together, and has Ctrl-C stop it in good order."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from nightshoot.batch import STOP_GRACE_S, Outcome, Runner
from nightshoot.budget import Ledger
from nightshoot.circuits import Circuits
from nightshoot.cli.filming import FilmMaker, spender
from nightshoot.cli.heap import give_back_freed_memory
from nightshoot.cli.night_table import NightTable
from nightshoot.cli.night_watching import watching
from nightshoot.cli.wiring import SharedFitting, studio
from nightshoot.domain.limits import Limits
from nightshoot.graphs.floor import Floor
from nightshoot.providers import CircuitTerms
from nightshoot.queueing import Leases, Owner, Queue, SystemClock
from nightshoot.queueing.history import History
from nightshoot.queueing.recorder import Recorder
from nightshoot.settings import settings_from
from nightshoot.studio import slug_of

_ROOM_BYTES = 512 * 2**20
"""What must be free on a disk that was full before films go on: some shots' files, and the copy
of a film that is being put together."""


_HARD_END_S = 3 * STOP_GRACE_S
"""After how long a night that was stopped ends, whatever still runs: its films have been told twice
by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightOptions:
    """What a person said of a night."""

    limits: Limits
    films_at_once: int
    until: float | None = None
    """Seconds since the epoch."""
    events: str | None = None
    """A file for JSON lines; `-` for standard output."""
    metrics_port: int | None = None


def work_through(queue: Queue, out: Path, options: NightOptions) -> Outcome:
    """Makes what a queue has, watched and written down; gives how it ended. Raises as `Runner`."""
    give_back_freed_memory()
    clock, settings = SystemClock(), settings_from(os.environ)
    leases = Leases(
        queue=queue,
        owner=Owner.here(),
        clock=clock,
        out=out,
        slug=slug_of,
        spent=spender(settings.ledger),
        ledger=Ledger.at(settings.ledger),
    )
    faults = settings.faults
    terms = CircuitTerms(
        failures=faults.failures,
        first_rest_s=faults.first_rest_s,
        longest_rest_s=faults.longest_rest_s,
        patience_s=faults.patience_s,
    )
    floor = Floor(widths=settings.lanes, circuits=Circuits(terms))
    with ExitStack() as stack:
        recorder = Recorder(
            History(queue.tables), clock=clock, lanes=lambda: floor.lanes, tell=_say
        )
        stack.callback(recorder.close)
        floor.circuits.tell = recorder.kept_waiting
        eyes = stack.enter_context(
            watching(
                queue,
                clock=clock,
                environ=os.environ,
                ends_at=options.until,
                events=options.events,
                metrics_port=options.metrics_port,
                besides=(recorder,),
            )
        )
        floor.tell = eyes.follower.span
        eyes.watch.lanes = lambda: floor.lanes
        eyes.watch.circuits = lambda: floor.circuits.states
        fitting = SharedFitting(settings, os.environ)
        stack.callback(fitting.close)
        place = replace(studio(os.environ), fitting=fitting)
        runner = Runner(
            leases=leases,
            make=FilmMaker(place, os.environ, _defaults(), floor=floor),
            clock=clock,
            floor=floor,
            films_at_once=options.films_at_once,
            until=options.until,
            limits=options.limits,
            follower=eyes.follower,
            rest_s=faults.film_rest_s,
            idle_s=faults.idle_s,
            disk_patience_s=faults.disk_patience_s,
            room=lambda: all(_has_room(place) for place in (out, settings.home)),
        )
        with _stopping(runner, eyes.table):
            return runner.run()


def _say(text: str) -> None:
    click.echo(f"  {text}", err=True)


def _has_room(place: Path) -> bool:
    """Whether a disk has room for some shots."""
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free >= _ROOM_BYTES


def _defaults() -> dict[str, Any]:
    """Gives the options of `make` as they are where nothing is said."""
    from nightshoot.cli.app import make

    options = make.make_context("make", ["a brief"]).params
    return {
        name: value for name, value in options.items() if name not in ("source", "until", "as_json")
    }


@contextmanager
def _stopping(
    runner: Runner,
    table: NightTable,
    *,
    hard_end_s: float = _HARD_END_S,
    leave: Callable[[int], object] = os._exit,
) -> Iterator[None]:
    """Has Ctrl-C stop the night in good order, and a second one, or a long wait, at once.

    Args:
        runner: to be stopped.
        table: is told.
        hard_end_s: how long the wait may be.
        leave: ends the process.
    """

    def asked(number: int, frame: object) -> None:
        del number, frame
        if not stopped:
            stopped.append(True)
            table.note(
                "  stopping: what is being made ends with its step; Ctrl-C again stops at once"
            )
            runner.stop()
            hard_end.start()
        else:
            end()

    def end(why: str = "") -> None:
        # Whoever goes on finds this process dead and takes its films over.
        table.abandon()
        if why:
            _say(why)
        leave(130)

    stopped: list[bool] = []
    # A thread that is stuck in a library would otherwise hold the process for hours.
    hard_end = threading.Timer(
        hard_end_s,
        end,
        [
            f"not everything has stopped within {hard_end_s:.0f} s: ended all the same; "
            "`nightshoot batch run` goes on from what is finished"
        ],
    )
    hard_end.daemon = True
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, asked)
    except ValueError:
        # Not in the main thread: whoever runs it there stops it otherwise.
        yield
        return
    try:
        yield
    finally:
        hard_end.cancel()
        signal.signal(signal.SIGINT, before)

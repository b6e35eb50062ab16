"""Puts together what watches a night: the table, the lines, the metrics and the spans."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import click

from nightshoot.cli.night_table import NightTable
from nightshoot.following import Follower
from nightshoot.queueing import Clock, Queue
from nightshoot.watching import Followers, NightWatch, queue_facts


@dataclass(frozen=True, slots=True)
class Watching:
    """What watches one run of a queue."""

    follower: Followers
    """To be told by the runner and by the lanes."""
    watch: NightWatch
    """Is to be given the lanes and the circuits once there are any."""
    table: NightTable
    """May be told a word from a signal's handler."""


@contextmanager
def watching(
    queue: Queue,
    *,
    clock: Clock,
    environ: Mapping[str, str],
    ends_at: float | None = None,
    events: str | None = None,
    metrics_port: int | None = None,
    besides: tuple[Follower, ...] = (),
) -> Iterator[Watching]:
    """Has a night watched, and takes it all away again at its end.

    Args:
        queue: the one that is worked on.
        clock: the runner's.
        environ: may configure an exporter of spans.
        ends_at: by when films have to end, in seconds since the epoch; None: whenever.
        events: a file for JSON lines, `-` for standard output; None: none.
        metrics_port: answers Prometheus there, on this machine alone; 0: any; None: nowhere.
        besides: others that are told too.

    Raises:
        InputError: the file or the port cannot be used.
    """
    watch = NightWatch(clock=clock, facts=partial(queue_facts, queue), ends_at=ends_at)
    # First the watch, so that what the others show of the night is what they are told.
    followers: list[Follower] = [*besides, watch]
    with ExitStack() as stack:
        if metrics_port is not None:
            from nightshoot.watching.metrics import serve_metrics

            server = serve_metrics(watch.state, metrics_port)
            stack.callback(server.close)
            click.echo(f"  metrics at {server.address}", err=True)
        if events is not None:
            from nightshoot.watching.event_lines import EventLines, outbox_to

            lines = EventLines(outbox_to(events, clock), state=watch.state, clock=clock)
            stack.callback(lines.close)
            # The last state is that of the end, and no second older.
            stack.callback(watch.look)
            followers.append(lines)
        from nightshoot.watching.exporters import night_spans

        spans = night_spans(environ, clock=clock)
        if spans is not None:
            stack.callback(spans.close)
            followers.append(spans)
        # A table and lines on one terminal would draw over each other.
        plain = events == "-" and sys.stdout.isatty()
        table = stack.enter_context(NightTable(watch.state, live=False if plain else None))
        followers.append(table)
        yield Watching(Followers(*followers), watch, table)

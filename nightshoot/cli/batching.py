"""`nightshoot batch`: a list of films, made overnight. Heavy imports wait until a command runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nightshoot.cli.answering import answering, fail

if TYPE_CHECKING:
    from nightshoot.queueing import Queue, Queued

QUEUE = "batch.sqlite"
"""The file of the queue, in the batch's folder."""

_CAUSES = (
    "input", "backend", "passing", "refused", "budget", "deadline", "store", "died", "approval",
    "unforeseen",
)  # fmt: skip

_LIST = click.argument("list_", metavar="LIST", type=click.Path(path_type=Path, exists=True))
_OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("films"),
    show_default=True,
    help="The folder of the batch: its films, its queue and its report.",
)
_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object; progress goes to stderr."
)


@click.group()
def batch() -> None:
    """Make a list of films overnight: a queue that survives whatever breaks.

    A list is YAML, CSV, Excel, JSON lines, a text file with a brief a line, or a folder of stories.
    Each entry may have a priority and any option of `make`.
    """


@batch.command()
@click.argument(
    "list_", metavar="[LIST]", type=click.Path(path_type=Path, exists=True), required=False
)
@_OUT
@click.option("--until", metavar="HH:MM", help="Begin no film that cannot end by this time.")
@click.option("--budget-usd", type=click.FloatRange(min=0), help="The most the night may cost.")
@click.option(
    "--gpu-hours", type=click.FloatRange(min=0), help="The most GPU time the night may take."
)
@click.option(
    "--takes-in-all", type=click.IntRange(min=0), help="The most takes the night may film."
)
@click.option(
    "--films-at-once",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="How many films are begun at the same time; they share the GPU, the services and the "
    "processors.",
)
@click.option(
    "--events",
    metavar="FILE",
    help="Write what happens as JSON lines; - for standard output.",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    help="Answer Prometheus on this port of this machine; 0: any that is free.",
)
@click.option("--then", metavar="COMMAND", help="Run a command once the report is written.")
@click.option(
    "--webhook",
    metavar="URL",
    envvar="NIGHTSHOOT_WEBHOOK",
    help="Post the night's summary there at its end (or NIGHTSHOOT_WEBHOOK).",
)
@_JSON
@answering
def run(
    list_: Path | None,
    out: Path,
    until: str | None,
    budget_usd: float | None,
    gpu_hours: float | None,
    takes_in_all: int | None,
    films_at_once: int,
    events: str | None,
    metrics_port: int | None,
    then: str | None,
    webhook: str | None,
    as_json: bool,
) -> None:
    """Add LIST to the queue and make what is in it; without LIST, go on with the queue.

    What is done is not made again. Run it again after a crash, a kill or Ctrl-C: it goes on. A
    second run beside the first shares the work.
    """
    from nightshoot.cli.afterwards import afterwards, check_afterwards
    from nightshoot.cli.night import NightOptions, work_through
    from nightshoot.cli.reporting import facts_text, write_report
    from nightshoot.domain.limits import Limits
    from nightshoot.errors import InputError
    from nightshoot.queueing import SystemClock

    clock = SystemClock()
    check_afterwards(then, webhook)
    if as_json and events == "-":
        raise InputError("--json and --events - both write to standard output: give a file to one")
    limits = Limits(
        usd=budget_usd,
        gpu_s=None if gpu_hours is None else gpu_hours * 3600,
        takes=takes_in_all,
    )
    options = NightOptions(
        limits=limits,
        films_at_once=films_at_once,
        until=moment_of(until, clock.wall()) if until else None,
        events=events,
        metrics_port=metrics_port,
    )
    with _queue(out, new=list_ is not None) as queue:
        if list_ is not None:
            _add(queue, list_, quiet=False)
        if queue.paused:
            click.echo(f"  paused: {queue.paused}", err=True)
        outcome = work_through(queue, out, options)
        facts = write_report(queue, out, clock=clock)
        why = queue.paused
    if as_json:
        click.echo(facts.model_dump_json())
    else:
        click.echo(f"\n{facts_text(facts)}\n\n  {out / 'report.html'}", err=events == "-")
    for note in afterwards(facts, out, command=then, url=webhook, ended=outcome.ended):
        click.echo(f"  {note}", err=True)
    if outcome.ended == "stopped":
        fail(f"stopped; `nightshoot batch run --out {out}` goes on from here", 130)
    if outcome.ended == "disk":
        fail(f"{why}; then `nightshoot batch run --out {out}` goes on", 1)


@batch.command()
@_LIST
@_OUT
@_JSON
@answering
def add(list_: Path, out: Path, as_json: bool) -> None:
    """Add LIST to the queue, also while it is worked on; what is known is not added twice.

    A known entry takes the priority that the list now gives it.
    """
    with _queue(out, new=True) as queue:
        _add(queue, list_, quiet=as_json)
        if as_json:
            click.echo(_status_json(queue))


@batch.command()
@_OUT
@click.option("--entry", type=int, help="What happened to one entry.")
@_JSON
@answering
def status(out: Path, entry: int | None, as_json: bool) -> None:
    """List the films of the queue and where each of them stands."""
    from nightshoot.cli.queue_table import happenings_text, status_table

    with _queue(out) as queue:
        if entry is not None:
            found = queue.entry(entry)
            if as_json:
                click.echo(_entry_json(queue, found))
            else:
                click.echo(happenings_text(found, queue.happenings(entry)))
        elif as_json:
            click.echo(_status_json(queue))
        else:
            status_table(queue)


@batch.command()
@_OUT
@answering
def pause(out: Path) -> None:
    """Begin no further film until `batch resume`; what is being made goes on."""
    with _queue(out) as queue:
        queue.pause()
    click.echo("  paused; `nightshoot batch resume` goes on")


@batch.command()
@_OUT
@answering
def resume(out: Path) -> None:
    """End a pause."""
    with _queue(out) as queue:
        click.echo("  goes on" if queue.resume() else "  it was not paused")


@batch.command()
@click.argument("entries", type=int, nargs=-1, required=True)
@_OUT
@answering
def cancel(entries: tuple[int, ...], out: Path) -> None:
    """Call ENTRIES off, by their numbers in `batch status`; one that is being made stops soon."""
    with _queue(out) as queue:
        for number in entries:
            running = queue.cancel(number)
            click.echo(f"  {number} {'stops in a moment' if running else 'is called off'}")


@batch.command()
@click.argument("entry", type=int)
@click.argument("priority", type=click.IntRange(-1000, 1000))
@_OUT
@answering
def priority(entry: int, priority: int, out: Path) -> None:
    """Give ENTRY another PRIORITY; the highest is made first."""
    with _queue(out) as queue:
        queue.prioritise(entry, priority)
    click.echo(f"  {entry} has priority {priority}")


@batch.command()
@click.argument("entries", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that failed or were set aside.")
@click.option("--cause", type=click.Choice(_CAUSES), help="All that failed for this cause.")
@_OUT
@answering
def retry(entries: tuple[int, ...], every: bool, cause: str | None, out: Path) -> None:
    """Have ENTRIES made again that failed, were set aside or called off.

    What they had made is kept. For one that waits for approval, this approves.
    """
    from nightshoot.domain.batch import Cause
    from nightshoot.errors import InputError

    if not (entries or every or cause):
        raise InputError("name entries by their numbers, or give --all or --cause")
    with _queue(out) as queue:
        again = queue.retry(entries, cause=Cause(cause) if cause else None, every=every)
    click.echo(f"  {len(again)} to be made again: {', '.join(map(str, again)) or 'none'}")


@batch.command()
@_OUT
@_JSON
@click.option("--open", "opened", is_flag=True, help="Open the page in your browser.")
@answering
def report(out: Path, as_json: bool, opened: bool) -> None:
    """Write report.html and report.json of the last night, or of the one that goes on."""
    from nightshoot.cli.reporting import PAGE, facts_text, write_report
    from nightshoot.queueing import SystemClock

    with _queue(out) as queue:
        facts = write_report(queue, out, clock=SystemClock())
    if as_json:
        click.echo(facts.model_dump_json())
    else:
        click.echo(f"{facts_text(facts)}\n\n  {out / PAGE}")
    if opened:
        click.launch(str(out / PAGE))


def moment_of(text: str, now: float) -> float:
    """Gives the next moment at which the clock shows a time such as `07:00`.

    Args:
        text: hours and minutes, local time.
        now: seconds since the epoch.

    Raises:
        InputError: it is not a time of day.
    """
    from datetime import datetime, timedelta

    from nightshoot.errors import InputError

    try:
        wanted = datetime.strptime(text.strip().replace("：", ":"), "%H:%M")  # noqa: DTZ007
    except ValueError:
        raise InputError(f"{text!r} is not a time of day: write it as 07:00") from None
    today = datetime.fromtimestamp(now)  # noqa: DTZ006 local time is meant
    moment = today.replace(hour=wanted.hour, minute=wanted.minute, second=0, microsecond=0)
    if moment <= today:
        moment += timedelta(days=1)
    return moment.timestamp()


@contextmanager
def _queue(out: Path, *, new: bool = False) -> Iterator[Queue]:
    """Opens the queue of a batch's folder; closes it afterwards."""
    from nightshoot.errors import InputError
    from nightshoot.queueing import Queue, SystemClock

    if not new and not (out / QUEUE).is_file():
        raise InputError(f"{out} has no queue: `nightshoot batch add LIST --out {out}` begins one")
    queue = Queue(out / QUEUE, clock=SystemClock())
    try:
        yield queue
    finally:
        queue.close()


def _add(queue: Queue, list_: Path, *, quiet: bool) -> None:
    from nightshoot.sources.lists import read_list

    read = read_list(list_)
    added = queue.add(read.entries, read.places)
    queue.note_faults(str(list_), read.faults)
    for fault in read.faults:
        click.echo(f"  left out: {fault}", err=True)
    if not quiet:
        moved = f", {added.moved} with another priority" if added.moved else ""
        click.echo(f"  {added.new} added, {added.known} known{moved}", err=True)


def _status_json(queue: Queue) -> str:
    from nightshoot.cli.queue_table import Standing

    return Standing.of(queue).model_dump_json()


def _entry_json(queue: Queue, found: Queued) -> str:
    from nightshoot.cli.queue_table import EntryStanding

    told = EntryStanding(entry=found, happenings=queue.happenings(found.id))
    return told.model_dump_json()

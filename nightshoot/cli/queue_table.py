"""`nightshoot batch status`: the queue as a table, and as JSON."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nightshoot.domain.batch import BatchFault, EntryState
from nightshoot.domain.value import Value
from nightshoot.queueing import Happening, Night, Queue, Queued

_COLOURS = {
    EntryState.RUNNING: "yellow",
    EntryState.DONE: "green",
    EntryState.FAILED: "red",
    EntryState.SET_ASIDE: "red",
    EntryState.CANCELLED: "dim",
}


class EntryStanding(Value):
    """What `status --entry N --json` prints."""

    entry: Queued
    happenings: tuple[Happening, ...]


class Standing(Value):
    """What `status --json` prints."""

    paused: str
    """Why nothing is begun; empty where it is not paused."""
    counts: dict[str, int]
    night: Night | None
    spent_usd: float
    """Of the last night; what running films may still spend counts as spent."""
    entries: tuple[Queued, ...]
    faults: tuple[BatchFault, ...]

    @classmethod
    def of(cls, queue: Queue) -> Standing:
        """Gives how a queue stands."""
        entries, night = queue.entries(), queue.night
        return cls(
            paused=queue.paused,
            counts={
                state.value: sum(one.state is state for one in entries) for state in EntryState
            },
            night=night,
            spent_usd=round(queue.used(night.id).usd, 4) if night else 0.0,
            entries=entries,
            faults=queue.faults(),
        )


def status_table(queue: Queue, console: Console | None = None) -> None:
    """Prints the queue for a person."""
    console = console or Console()
    standing = Standing.of(queue)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading, aligned in (("#", True), ("name", False), ("state", False), ("priority", True)):
        table.add_column(heading, justify="right" if aligned else "left", no_wrap=aligned)
    table.add_column("cost", justify="right")
    table.add_column("worked", justify="right")
    table.add_column("", overflow="fold")
    for one in standing.entries:
        table.add_row(
            str(one.id),
            Text(one.name),
            Text(one.state.value.replace("_", " "), style=_COLOURS.get(one.state, "")),
            str(one.priority or ""),
            f"${one.used.usd:.2f}" if one.used.usd else "",
            f"{one.worked_s:.0f} s" if one.worked_s else "",
            Text(one.error or (one.folder if one.state is EntryState.DONE else "")),
        )
    console.print(table)
    counted = ", ".join(
        f"{count} {name.replace('_', ' ')}" for name, count in standing.counts.items() if count
    )
    console.print(f"\n  {counted or 'the queue is empty'}", highlight=False, markup=False)
    if standing.night is not None:
        of = standing.night.limits.usd
        ceiling = f" of ${of:.2f}" if of is not None else ""
        told = f"  night {standing.night.id}: ${standing.spent_usd:.2f}{ceiling}"
        console.print(told, highlight=False, markup=False)
    if standing.paused:
        console.print(f"  paused: {standing.paused}", highlight=False, markup=False)
    for fault in standing.faults:
        console.print(f"  left out: {fault}", highlight=False, markup=False)


def happenings_text(entry: Queued, happenings: tuple[Happening, ...]) -> str:
    """Gives what happened to one entry, for a person."""
    lines = [f"{entry.id} {entry.name}: {entry.state.value.replace('_', ' ')}  {entry.place}"]
    for one in happenings:
        at = datetime.fromtimestamp(one.at).astimezone().isoformat(sep=" ", timespec="seconds")
        lines.append(f"  {at}  {one.what.replace('_', ' ')}  {one.detail}".rstrip())
    return "\n".join(lines)

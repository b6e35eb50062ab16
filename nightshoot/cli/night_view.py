"""A night as lines for a terminal: pure, so that any width, height and night can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text

from nightshoot.domain.batch import EntryState
from nightshoot.providers import CircuitPhase, CircuitState
from nightshoot.watching import FilmState, LaneState, NextFilm, NightState

_LEAST_NAME, _MOST_NAME = 12, 40
"""Cells for a film's name: six Chinese characters at least."""

_ROOMY = 76
"""From how many cells on amounts have bars beside them."""

_MOST_LANE = 18
"""Cells for a lane's name: `video/` and a service's."""

_GAP = "  "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    heading: str
    cells: int
    show: Callable[[FilmState], Text]
    right: bool = False


def night_view(state: NightState, *, width: int, height: int, note: str = "") -> list[Text]:
    """Gives a night as lines, none wider than `width` cells and no more than `height` of them.

    What is being made comes first, then what comes next as far as there is room, then how many
    there are, then the lanes. A Chinese character is two cells wide.

    Args:
        state: the night.
        width: of the screen, in cells.
        height: how many lines there may be.
        note: a word to the person who watches, such as that it is stopping.
    """
    head = _head(state, width)
    head += [Text(f"paused: {clean(state.paused)}", style="yellow")] if state.paused else []
    head += [Text(clean(note), style="bold yellow")] if note else []
    lanes = _lanes(state.lanes, width)
    away = [Text(_away(one), style="red") for one in state.circuits]
    counts = [_counts(state)]
    # The least that is told of films is what is made, in three lines; lanes make room for them.
    below = (away + lanes)[: max(0, height - len(head) - len(counts) - 4)]
    spaced = height >= 16
    free = height - len(head) - len(counts) - len(below) - 2 * spaced
    films = _films(state, width, free)
    blank = [Text("")] if spaced else []
    lines = [*head, *blank, *films, *counts, *(blank if below else []), *below]
    for line in lines:
        line.no_wrap = True
        line.truncate(width, overflow="ellipsis")
    return lines[:height]


def clean(text: str) -> str:
    """Gives a text without what would move a cursor or begin a line."""
    return "".join(one if one.isprintable() else " " for one in text)


def length(seconds: float) -> str:
    """Gives a length of time in few characters: `45 s`, `12 min`, `3 h 05`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02}"


def _bar(share: float, cells: int, style: str) -> Text:
    done = round(max(0.0, min(1.0, share)) * cells)
    return Text.assemble(("█" * done, style), ("░" * (cells - done), "dim"))


def _head(state: NightState, width: int) -> list[Text]:
    told = [f"night {state.night}", f"{state.over} of {state.films} films"]
    if state.ends_at is not None:
        ends = datetime.fromtimestamp(state.ends_at).astimezone().strftime("%H:%M")
        left_s = state.ends_at - state.at
        told.append(f"ends {ends}, in {length(left_s)}" if left_s > 0 else f"was to end {ends}")
    if state.begun_at is not None:
        told.append(f"{length(max(0.0, state.at - state.begun_at))} so far")
    while len(" · ".join(told)) > width and len(told) > 1:
        told.pop()
    left = "" if state.left_s is None else f"  about {length(state.left_s)} left"
    cells = max(8, min(40, width - 8 - len(left)))
    progress = Text.assemble(
        _bar(state.share, cells, "green"), f" {state.share:4.0%}", (left, "bold")
    )
    return [Text(" · ".join(told), style="bold"), progress, _used(state, width)]


def _used(state: NightState, width: int) -> Text:
    """Gives what was used, against the limits where there are any."""
    used, limits = state.used, state.limits
    hour = 3600.0
    narrow = width < _ROOMY
    shown: list[Text] = []
    for amount, limit, words in (
        (used.usd, limits.usd, "${}"),
        (used.gpu_s / hour, None if limits.gpu_s is None else limits.gpu_s / hour, "GPU {} h"),
        (used.takes, limits.takes, "{} takes"),
    ):
        plain = f"{amount:.2f}" if isinstance(amount, float) else str(amount)
        if limit is None:
            shown.append(Text(words.format(plain)))
            continue
        most = f"{limit:.2f}" if isinstance(limit, float) else str(limit)
        share = amount / limit if limit else 1.0
        style = "red" if share >= 1 else "yellow" if share >= 0.9 else "cyan"
        told = words.format(f"{plain}/{most}" if narrow else f"{plain} of {most}")
        line = Text(told, style=style if share >= 0.9 else "")
        shown.append(line if narrow else Text.assemble(line, " ", _bar(share, 6, style)))
    return Text(_GAP if narrow else "   ").join(shown)


def _films(state: NightState, width: int, free: int) -> list[Text]:
    """Gives what is being made, and what comes next, in at most so many lines."""
    films, coming = state.making, state.next
    if free < 2 or not (films or coming):
        return [Text("nothing is being made", style="dim")][: max(0, free)]
    numbers = [one.id for one in films] + [one.id for one in coming]
    digits = max(len(str(number)) for number in numbers)
    columns, name_cells = _columns(films, width, digits)
    lines = [_row("#", Text("film"), digits, name_cells, _headings(columns), style="dim")]
    room = free - 1
    shown = films if len(films) <= room else films[: max(0, room - 1)]
    for film in shown:
        cells = [(one.show(film), one) for one in columns]
        lines.append(_row(str(film.id), Text(clean(film.name)), digits, name_cells, cells))
    if len(shown) < len(films):
        lines.append(Text(f"and {len(films) - len(shown)} more are being made", style="dim"))
    room = free - len(lines)
    lines.extend(_next(one, digits, name_cells) for one in coming[: max(0, room)])
    return lines


def _columns(films: Sequence[FilmState], width: int, digits: int) -> tuple[list[_Column], int]:
    """Gives the columns that fit, and how many cells a name has."""
    columns = [
        _Column(heading="stage", cells=15, show=_stage),
        _Column(heading="done", cells=4, show=lambda one: Text(f"{one.share:.0%}"), right=True),
        _Column(heading="takes", cells=9, show=_takes),
        _Column(heading="cost", cells=6, show=lambda o: Text(f"${o.used.usd:.2f}"), right=True),
        _Column(heading="now", cells=18, show=_now),
        _Column(heading="left", cells=7, show=_left, right=True),
    ]
    if not any(one.used.usd for one in films):
        columns = [one for one in columns if one.heading != "cost"]

    def name_cells() -> int:
        return width - digits - len(_GAP) - sum(one.cells + len(_GAP) for one in columns)

    for heading in ("cost", "takes", "left", "stage", "now"):
        if name_cells() >= _LEAST_NAME:
            break
        columns = [one for one in columns if one.heading != heading]
    return columns, max(4, min(_MOST_NAME, name_cells()))


def _headings(columns: Iterable[_Column]) -> list[tuple[Text, _Column]]:
    return [(Text(one.heading), one) for one in columns]


def _row(
    number: str,
    name: Text,
    digits: int,
    name_cells: int,
    cells: Iterable[tuple[Text, _Column]],
    *,
    style: str = "",
) -> Text:
    line = Text(f"{number:>{digits}}{_GAP}", style=style)
    line.append_text(_fitted(name, name_cells))
    for text, column in cells:
        line.append(_GAP)
        line.append_text(_fitted(text, column.cells, right=column.right))
    return line


def _next(film: NextFilm, digits: int, name_cells: int) -> Text:
    line = _row(str(film.id), Text(clean(film.name)), digits, name_cells, (), style="dim")
    line.append(f"{_GAP}waiting" + (f", priority {film.priority}" if film.priority else ""))
    return line


def _fitted(text: Text, cells: int, *, right: bool = False) -> Text:
    """Gives a text in exactly so many cells."""
    text = text.copy()
    text.truncate(cells, overflow="ellipsis", pad=not right)
    if right:
        text.align("right", cells)
    return text


def _stage(film: FilmState) -> Text:
    if film.stage is None:
        return Text("ending" if film.share >= 1 else "beginning", style="dim")
    shots = f" {film.shots_done}/{film.shots}" if film.shots else ""
    return Text(f"{film.stage.value}{shots}")


def _takes(film: FilmState) -> Text:
    line = Text(str(film.takes) if film.takes else "")
    if film.rejected:
        line.append(f" -{film.rejected}", style="yellow")
    if film.flagged:
        line.append(f" !{film.flagged}", style="red")
    return line


def _now(film: FilmState) -> Text:
    if film.in_lanes:
        return Text(", ".join(film.in_lanes), style="green")
    if film.waits_for:
        return Text(f"waits {length(film.waits_s)}: {film.waits_for}", style="yellow")
    return Text("")


def _left(film: FilmState) -> Text:
    return Text("" if film.left_s is None else length(film.left_s))


def _away(one: CircuitState) -> str:
    """Gives what is wrong with a provider, and for how long."""
    how = "is left alone" if one.state is CircuitPhase.OPEN else "is tried again"
    told = f"{one.tool} {how}, away for {length(one.since_s)}: {one.failures} failures"
    waiting = f", {one.waiting} waiting" if one.waiting else ""
    return clean(f"{told}{waiting}; {one.why}")


def _counts(state: NightState) -> Text:
    styles = {EntryState.DONE: "green", EntryState.FAILED: "red", EntryState.SET_ASIDE: "red"}
    found = [
        (f"{count} {one.value.replace('_', ' ')}", styles.get(one, ""))
        for one in EntryState
        if (count := state.counts.get(one, 0))
    ]
    line = Text()
    for at, told in enumerate(found or [("no films", "dim")]):
        line.append(", " if at else "")
        line.append(*told)
    return line


def _lanes(lanes: Sequence[LaneState], width: int) -> list[Text]:
    if not lanes:
        return []
    names = max(4, min(_MOST_LANE, max(len(one.name) for one in lanes)))
    roomy = width >= _ROOMY
    headings = ["lane".ljust(names), "last 5 min   ", *([" all"] if roomy else []), " runs waits"]
    lines = [Text(_GAP.join(headings), style="dim")]
    for one in lanes:
        line = Text.assemble(
            _fitted(Text(one.name), names),
            _GAP,
            _bar(one.busy_lately, 8, "cyan"),
            f" {one.busy_lately:4.0%}{_GAP}",
            f"{one.busy:4.0%}{_GAP}" if roomy else "",
            f"{one.running}/{one.width}".rjust(5),
            f"{one.waiting:>6}",
        )
        loaded = ", ".join(dict.fromkeys(model for model in one.loaded if model))
        if one.paused:
            line.append(f"{_GAP}paused: {clean(', '.join(one.paused))}", style="yellow")
        elif loaded:
            line.append(f"{_GAP}{clean(loaded)}", style="dim")
        lines.append(line)
    return lines

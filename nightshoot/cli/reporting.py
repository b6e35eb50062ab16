"""Gathers what a night came to, and writes `report.html` and `report.json`."""

from __future__ import annotations

import os
import shlex
from datetime import datetime
from pathlib import Path

import yaml

from nightshoot.domain.batch import Cause, EntryState
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, InputError
from nightshoot.files import write_atomically
from nightshoot.pages.night import Failures, FilmFacts, NightFacts, night_page
from nightshoot.queueing import Clock, Queue, Queued
from nightshoot.sources.texts import locale_of
from nightshoot.workplace import Report

PAGE, FACTS = "report.html", "report.json"

_POSTER, _FLAGGED = 320, 112
"""The shorter side in pixels of a poster and of a flagged shot: twice what the page shows it at on
a usual screen, and 30 films stay below 2 MB (measured: 15 to 40 KB a poster)."""


def night_facts(queue: Queue, out: Path, *, clock: Clock) -> NightFacts:
    """Gives what the last night came to.

    Raises:
        InputError: there was none.
    """
    night = queue.night
    if night is None:
        raise InputError(f"nothing was made in {out} yet: begin with `nightshoot batch run`")
    entries = queue.entries()
    told = [
        one
        for one in entries
        if one.night == night.id or one.state not in (EntryState.DONE, EntryState.CANCELLED)
    ]
    films = tuple(_film(one, out, night.id) for one in told)
    ended = night.ended_at if night.ended_at is not None else clock.wall()
    return NightFacts(
        night=night.id,
        begun_at=_iso(night.begun_at),
        ended_at=_iso(ended),
        ended=night.ended,
        budget_usd=night.budget_usd,
        spent_usd=round(queue.spent_usd(night.id), 4),
        wall_s=round(max(0.0, ended - night.begun_at), 1),
        films=films,
        earlier=sum(one.state is EntryState.DONE and one.night != night.id for one in entries),
        failures=_failures(films, out),
        faults=queue.faults(),
    )


def write_report(queue: Queue, out: Path, *, clock: Clock) -> NightFacts:
    """Writes the page and the facts into the batch's folder; gives the facts."""
    facts = night_facts(queue, out, clock=clock)
    posters: dict[int, bytes] = {}
    flagged: dict[tuple[int, str], bytes] = {}
    for film in facts.films:
        if film.state is not EntryState.DONE:
            continue
        folder = out / film.folder
        posters[film.id] = _jpeg(_poster(folder), _POSTER)
        for shot in film.flagged_shots:
            picture = folder / "shots" / shot / "keyframe.png"
            flagged[film.id, shot] = _jpeg(picture, _FLAGGED)
    locale = locale_of(" ".join(film.name for film in facts.films) or "a")
    page = night_page(facts, locale=Locale(locale), posters=posters, flagged=flagged)
    write_atomically(out / PAGE, page.encode())
    write_atomically(out / FACTS, facts.model_dump_json(indent=1).encode())
    return facts


def _film(one: Queued, out: Path, night: int) -> FilmFacts:
    known = one.model_dump(include=set(FilmFacts.model_fields) & set(Queued.model_fields))
    known |= {"cost_usd": round(one.cost_usd, 4) if one.night == night else 0.0}
    folder = Path(one.folder) if one.folder else None
    if folder is not None:
        known["folder"] = _beside(folder, out)
    if one.report and folder is not None and one.state is EntryState.DONE:
        report = Report.model_validate_json(one.report)
        board = folder / "storyboard.html"
        known |= {
            "film": _beside(folder / "film.mp4", out),
            "board": _beside(board, out) if board.is_file() else "",
            **report.model_dump(
                include={"size", "duration_s", "shots", "takes", "rejected", "flagged_shots"}
            ),
        }
    return FilmFacts.model_validate(known)


def _failures(films: tuple[FilmFacts, ...], out: Path) -> tuple[Failures, ...]:
    """Gives the films that were set aside or failed, by cause, the commonest cause first."""
    causes: dict[Cause, list[FilmFacts]] = {}
    for film in films:
        if film.state in (EntryState.SET_ASIDE, EntryState.FAILED):
            causes.setdefault(film.cause or Cause.UNFORESEEN, []).append(film)
    where = shlex.quote(str(out))
    return tuple(
        Failures(
            cause=cause,
            films=tuple(found),
            command=f"nightshoot batch retry --cause {cause.value} --out {where} && "
            f"nightshoot batch run --out {where}",
        )
        for cause, found in sorted(causes.items(), key=lambda item: -len(item[1]))
    )


def _beside(path: Path, out: Path) -> str:
    return Path(os.path.relpath(path, out.resolve())).as_posix()


def _poster(folder: Path) -> Path:
    """Gives the keyframe of a film's first shot."""
    pictures = sorted(folder.glob("shots/*/keyframe.png"))
    try:
        board = yaml.safe_load((folder / "storyboard.yaml").read_bytes())
        first = folder / "shots" / board["shots"][0]["id"] / "keyframe.png"
    except (OSError, yaml.YAMLError, LookupError, TypeError):
        # The page is for looking: what a person broke there is told when the film is resumed.
        first = folder / "none"
    return first if first.is_file() or not pictures else pictures[0]


def _jpeg(path: Path, side: int) -> bytes:
    from nightshoot.graphs.exporting import small_jpeg

    try:
        return small_jpeg(path, side) if path.is_file() else b""
    except BackendError:
        return b""


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")


def facts_text(facts: NightFacts) -> str:
    """Gives a line with what a night came to."""
    counted = ", ".join(
        f"{count} {state.value.replace('_', ' ')}"
        for state in EntryState
        if (count := facts.count(state))
    )
    money = f"${facts.spent_usd:.2f}"
    if facts.budget_usd is not None:
        money += f" of ${facts.budget_usd:.2f}"
    return f"  night {facts.night}: {counted or 'nothing to do'}; {money}, {facts.wall_s:.0f} s"

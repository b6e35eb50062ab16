"""Gathers what a night came to, and writes `report.html` and `report.json`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from nightshoot.cli.night_lanes import LaneReport, iso, lane_report
from nightshoot.cli.report_pictures import Face, Look, faced, looks
from nightshoot.domain.batch import Cause, EntryState
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.files import sweep_parts, write_atomically
from nightshoot.pages.night import night_page
from nightshoot.pages.night_facts import Failures, FilmFacts, NightFacts
from nightshoot.queueing import Clock, Night, Queue, Queued
from nightshoot.queueing.history import History
from nightshoot.sources.texts import locale_of

PAGE, FACTS = "report.html", "report.json"

_DEAD_S = 60.0
"""Whoever has not written on at a report for so long is dead: it is a few megabytes, written at
once. Two runners may end, and write it, at the same time."""


def write_report(queue: Queue, out: Path, *, clock: Clock) -> NightFacts:
    """Writes the page and the facts into the batch's folder; gives the facts.

    Raises:
        InputError: there was no night.
        ArtifactError: the queue cannot be read, or the folder cannot be written to.
    """
    night = queue.night
    if night is None:
        raise InputError(f"nothing was made in {out} yet: begin with `nightshoot batch run`")
    report = lane_report(History(queue.tables).of(night.id), queue.happenings())
    gathering = _Gathering(out, night, report)
    facts = gathering.facts(queue, clock)
    names = " ".join(film.called for film in facts.films)
    page = night_page(
        facts,
        locale=Locale(locale_of(names or "a")),
        posters={number: face.poster for number, face in gathering.faces.items()},
        flagged={key: look.picture for key, look in gathering.looks.items()},
    )
    for path, text in ((out / PAGE, page), (out / FACTS, facts.model_dump_json(indent=1))):
        sweep_parts(path, idle_s=_DEAD_S)
        write_atomically(path, text.encode())
    return facts


class _Gathering:
    """Gathers the facts of one night, and the pictures on the way."""

    def __init__(self, out: Path, night: Night, lanes: LaneReport) -> None:
        self._out = out
        self._night = night
        self._lanes = lanes
        self.faces: dict[int, Face] = {}
        """By entry."""
        self.looks: dict[tuple[int, str], Look] = {}
        """By entry and shot."""

    def facts(self, queue: Queue, clock: Clock) -> NightFacts:
        """Gives what the night came to."""
        night, entries = self._night, queue.entries()
        films = tuple(
            self._film(one)
            for one in entries
            if one.night == night.id or one.state not in (EntryState.DONE, EntryState.CANCELLED)
        )
        ended = night.ended_at if night.ended_at is not None else clock.wall()
        limits, used = night.limits, queue.used(night.id)
        return NightFacts(
            night=night.id,
            begun_at=iso(night.begun_at),
            ended_at=iso(ended),
            ended=night.ended,
            budget_usd=limits.usd,
            spent_usd=round(used.usd, 4),
            gpu_s=round(used.gpu_s, 1),
            gpu_limit_s=limits.gpu_s,
            takes=used.takes,
            takes_limit=limits.takes,
            wall_s=round(max(0.0, ended - night.begun_at), 1),
            films=films,
            earlier=sum(one.state is EntryState.DONE and one.night != night.id for one in entries),
            failures=_failures(films, self._out),
            faults=queue.faults(),
            lanes=self._lanes.lanes,
            away=self._lanes.away,
            chart=self._lanes.chart,
        )

    def _film(self, one: Queued) -> FilmFacts:
        known = one.model_dump(include=set(FilmFacts.model_fields) & set(Queued.model_fields))
        if one.night == self._night.id:
            known |= {
                "cost_usd": round(one.cost.usd, 4),
                "gpu_s": round(one.cost.gpu_s, 1),
                "waited": self._lanes.waited.get(one.id, ()),
            }
        folder = Path(one.folder) if one.folder else None
        if folder is not None:
            known["folder"] = _beside(folder, self._out)
        if one.report and folder is not None and one.state is EntryState.DONE:
            known |= self._made(one, folder)
        return FilmFacts.model_validate(known)

    def _made(self, one: Queued, folder: Path) -> Mapping[str, object]:
        """Gives what is known of a film that is done, and keeps its pictures."""
        report = _Reported.model_validate_json(one.report)
        face, found = faced(folder), looks(folder, report.flagged_shots)
        self.faces[one.id] = face
        self.looks |= {(one.id, shot): look for shot, look in found.items()}
        board = folder / "storyboard.html"
        return {
            "film": _beside(folder / "film.mp4", self._out),
            "board": _beside(board, self._out) if board.is_file() else "",
            "title": face.title,
            "flagged_why": {shot: look.why for shot, look in found.items() if look.why},
            **report.model_dump(),
        }


class _Reported(BaseModel):
    """What the page takes of a film's own report; what else that has is left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    size: str = ""
    duration_s: float = 0.0
    shots: int = 0
    takes: int = 0
    rejected: int = 0
    flagged_shots: tuple[str, ...] = ()
    plain_shots: Mapping[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


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

"""Turns the options of `make` into a production's folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from nightshoot.cli.wiring import chosen_writer, writers_for
from nightshoot.domain.brief import FilmOptions
from nightshoot.domain.sizes import parse_size
from nightshoot.domain.time import parse_duration, parse_rate
from nightshoot.domain.vocabulary import Locale
from nightshoot.production import Production
from nightshoot.settings import settings_from
from nightshoot.sheet import CrewChoice, ProductionSheet
from nightshoot.sources import read_source
from nightshoot.studio import folder_for
from nightshoot.tools.registry import Registry
from nightshoot.workplace import tools_for

_CLAUSES = re.compile(r"[，。！？；：、,.!?;:\n]+")


def ordered(
    source: str,
    *,
    default_size: tuple[int, int],
    environment: Mapping[str, str],
    out: Path | None,
    duration: str | None,
    size: str | None,
    fps: str,
    locale: str,
    style: str,
    writer: str,
    image: str,
    video: str,
    voice: str,
    music: str,
    takes: int,
    candidates: int,
    other_image: tuple[str, ...],
    other_video: tuple[str, ...],
    shot_usd: float | None,
    shot_minutes: float | None,
    seed: int,
    budget_usd: float | None,
    gpu_hours: float | None,
    takes_in_all: int | None,
    review: bool,
) -> Production:
    """Reads the source, checks every option, and makes the production's folder.

    Raises:
        InputError: something cannot be used; the message names it and what to do.
    """
    settings = settings_from(environment)
    read = read_source(source, locale=None if locale == "auto" else Locale(locale))
    width, height = parse_size(size) if size else default_size
    options = FilmOptions(
        locale=read.locale,
        duration_s=parse_duration(duration) if duration else None,
        width=width,
        height=height,
        fps=parse_rate(fps),
        style=style,
        seed=seed,
        takes=takes,
        candidates=candidates,
        shot_usd=shot_usd,
        shot_minutes=shot_minutes,
    )
    crew = CrewChoice(
        writer=chosen_writer(writer, settings),
        image=image,
        video=video,
        voice=voice,
        music=music,
        other_image=other_image,
        other_video=other_video,
    )
    # What the crew lacks is told before a folder is made.
    writers_for(crew, settings)
    tools_for(crew, Registry.of(settings, environment)).close()
    title = read.title or _first_words(read.text)
    sheet = ProductionSheet(
        title=title,
        options=options,
        crew=crew,
        review=review,
        budget_usd=budget_usd,
        gpu_hours=gpu_hours,
        takes_in_all=takes_in_all,
    )
    return Production.create(out or folder_for(title, Path("films")), sheet, read)


def _first_words(text: str) -> str:
    """Gives the first clause of a brief, as a title until the film has one of its own."""
    clause = next(part for part in _CLAUSES.split(text) if part.strip())
    return clause.strip()[:40]

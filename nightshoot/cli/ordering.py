"""Turns the options of `make` into a production's folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from nightshoot.cli.wiring import chosen_writer, writers_for
from nightshoot.domain.brief import FilmOptions
from nightshoot.domain.time import parse_duration, parse_rate
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.production import CrewChoice, Production, ProductionSheet
from nightshoot.settings import settings_from
from nightshoot.sources import read_source
from nightshoot.studio import folder_for, tools_for
from nightshoot.tools.registry import Registry

_CLAUSES = re.compile(r"[，。！？；：、,.!?;:\n]+")
_SIZE = re.compile(r"(\d{2,4})\s*[x×*]\s*(\d{2,4})", re.IGNORECASE)


def parse_size(text: str) -> tuple[int, int]:
    """Reads a size such as `1080x1920`; gives width and height in pixels.

    Raises:
        InputError: it is not a size, too small, too large, or odd.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text!r} is not a size: write it as 1080x1920")
    width, height = int(match[1]), int(match[2])
    if not (128 <= width <= 4096 and 128 <= height <= 4096) or width % 2 or height % 2:
        raise InputError(f"width and height are even and from 128 to 4096, not {text}")
    return width, height


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
    seed: int,
    budget_usd: float | None,
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
    )
    crew = CrewChoice(
        writer=chosen_writer(writer, settings), image=image, video=video, voice=voice, music=music
    )
    # What the crew lacks is told before a folder is made.
    writers_for(crew, settings)
    tools_for(crew, Registry.of(settings, environment)).close()
    title = read.title or _first_words(read.text)
    sheet = ProductionSheet(
        title=title, options=options, crew=crew, review=review, budget_usd=budget_usd
    )
    return Production.create(out or folder_for(title, Path("films")), sheet, read)


def _first_words(text: str) -> str:
    """Gives the first clause of a brief, as a title until the film has one of its own."""
    clause = next(part for part in _CLAUSES.split(text) if part.strip())
    return clause.strip()[:40]

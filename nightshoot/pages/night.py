"""`report.html`: what a night came to, on one self-contained page."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from jinja2 import DictLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from nightshoot.domain.batch import EntryState
from nightshoot.domain.film import Shortage
from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.night_chart import chart_of, colours
from nightshoot.pages.night_facts import FilmFacts, NightFacts, WaitFacts
from nightshoot.pages.night_words import WORDS
from nightshoot.pages.words import PLAINLY

_PARTS = ("night.html.j2", "night.css.j2", "night_chart.html.j2")

_MOST_WAITS = 3
"""How many lanes are named that a film waited for; `report.json` has all."""

_WORTH_SAYING = (30.0, 0.02)
"""Shorter waits are not named: in seconds, and as a share of the film's time. Source: a choice."""


def night_page(
    facts: NightFacts,
    *,
    locale: Locale,
    posters: Mapping[int, bytes],
    flagged: Mapping[tuple[int, str], bytes],
) -> str:
    """Gives the page as HTML that needs nothing else but the films that it links to.

    Args:
        facts: what the night came to.
        locale: the page's language.
        posters: a small JPEG of each film, by its id; a film without one has a blank.
        flagged: small JPEGs of flagged shots, by film and shot.
    """
    words, chart = WORDS[locale], chart_of(facts)
    made = [film for film in facts.films if film.state is EntryState.DONE]
    broken = {film.id for group in facts.failures for film in group.films}
    gpu = facts.gpu
    return _environment().get_template("night.html.j2").render(
        facts=facts,
        words=words,
        said=words.said,
        locale=locale.value,
        made=made,
        left=[film for film in facts.films if film.state.open and film.id not in broken],
        aside=len(broken),
        open=facts.count(EntryState.WAITING, EntryState.FAILED, EntryState.RUNNING),
        length=clock(sum(film.duration_s for film in made)),
        clock=clock,
        percent=percent,
        moment=datetime.fromisoformat,
        poster=lambda film: _data_url(posters.get(film.id, b"")),
        frame=lambda film, shot: _data_url(flagged.get((film.id, shot), b"")),
        link=quote,
        shape=_shape,
        lying=_lying,
        waits=_worth_saying,
        plainly=lambda film: _plainly(film, locale),
        layout=_layout(made),
        meters=_meters(facts),
        chart=chart,
        colours=colours(chart.films) if chart else {},
        cards={film.id for film in made},
        called={film.id: film.called for film in facts.films},
        gpu=gpu,
        # What is reserved, or may have cost, is in the sum and not in the steps.
        unsettled=facts.spent_usd - (chart.money.settled_usd if chart and chart.money else 0.0),
    )  # fmt: skip


def clock(seconds: float) -> str:
    """Gives a length as `1:02:03`, `4:05` or `0:07`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def percent(share: float) -> str:
    """Gives a share in per cent; it is 100 % only where nothing is missing."""
    tenths = int(share * 1000 + 1e-6)
    return f"{tenths / 10:.1f}%" if 990 < tenths < 1000 else f"{round(tenths / 10)}%"


@cache
def _environment() -> SandboxedEnvironment:
    # Compiled once: that takes longer than filling it in.
    home = files("nightshoot.pages")
    parts = {name: home.joinpath(name).read_text(encoding="utf-8") for name in _PARTS}
    return SandboxedEnvironment(
        loader=DictLoader(parts),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _meters(facts: NightFacts) -> Mapping[str, float | None]:
    """Gives how much of each limit is used, in per cent; None where there is none."""
    told: dict[str, float | None] = {}
    for name, used, limit in (
        ("usd", facts.spent_usd, facts.budget_usd),
        ("gpu", facts.gpu_s, facts.gpu_limit_s),
        ("takes", facts.takes, facts.takes_limit),
    ):
        told[name] = round(min(100.0, 100 * used / limit), 1) if limit else None
    return told


def _worth_saying(film: FilmFacts) -> Sequence[WaitFacts]:
    """Gives what a film waited for that a person may care about, the longest first."""
    least_s = max(_WORTH_SAYING[0], _WORTH_SAYING[1] * film.worked_s)
    return [one for one in film.waited if one.waited_s >= least_s][:_MOST_WAITS]


def _plainly(film: FilmFacts, locale: Locale) -> Sequence[tuple[str, Sequence[str]]]:
    """Gives why shots were filmed by the plain camera, each reason with its shots."""
    reasons: dict[str, list[str]] = {}
    for shot, shortage in film.plain_shots.items():
        known = shortage in set(Shortage)
        why = PLAINLY[locale][Shortage(shortage)] if known else shortage
        reasons.setdefault(why, []).append(shot)
    return list(reasons.items())


def _shape(film: FilmFacts) -> tuple[int, int]:
    """Gives a film's width and height; 9 by 16 where it is not known."""
    width, _, height = film.size.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        return 9, 16
    return int(width), int(height)


def _lying(film: FilmFacts) -> bool:
    width, height = _shape(film)
    return width > height


def _layout(made: Sequence[FilmFacts]) -> str:
    """Gives whether the films are `upright`, `lying` or `mixed`."""
    lying = {_lying(film) for film in made}
    return "mixed" if len(lying) > 1 else "lying" if lying == {True} else "upright"


def _data_url(data: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(data).decode() if data else ""

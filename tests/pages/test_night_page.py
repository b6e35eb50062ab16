"""The morning's page: what it says, in which language, and that it needs nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from nightshoot.domain.batch import BatchFault, Cause, EntryState
from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.night import Failures, FilmFacts, NightFacts, clock, night_page


def facts() -> NightFacts:
    made = FilmFacts(
        id=1, name="<江月>", state=EntryState.DONE, film="江 月/film.mp4",
        board="江 月/storyboard.html", size="720x1280", duration_s=65.4, shots=12, takes=15,
        rejected=3, flagged_shots=("s02",), cost_usd=1.25, worked_s=3700,
    )  # fmt: skip
    broken = FilmFacts(
        id=2, name="雨夜", state=EntryState.SET_ASIDE, cause=Cause.BACKEND, error="no GPU & no luck"
    )
    left = FilmFacts(id=3, name="明日", state=EntryState.WAITING, priority=-2)
    command = "nightshoot batch retry --cause backend --out films"
    return NightFacts(
        night=4, begun_at="2026-03-01T22:30:00+08:00", ended_at="2026-03-02T06:58:00+08:00",
        ended="deadline", budget_usd=20.0, spent_usd=5.0, wall_s=30_480.0,
        films=(made, broken, left), earlier=7,
        failures=(Failures(cause=Cause.BACKEND, films=(broken,), command=command),),
        faults=(BatchFault(where="films.csv:7", text="it has no brief"),),
    )  # fmt: skip


def shown(locale: Locale) -> str:
    pictures = {1: b"\xff\xd8poster"}
    return night_page(facts(), locale=locale, posters=pictures, flagged={(1, "s02"): b"\xff\xd8f"})


class Links(HTMLParser):
    """Collects what a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]


@pytest.mark.parametrize("locale", list(Locale))
def test_the_page_needs_nothing_but_the_films_beside_it(locale: Locale) -> None:
    links = Links()
    links.feed(shown(locale))
    pictures = [link for link in links.found if link.startswith("data:image/jpeg;base64,")]
    assert len(pictures) == 2
    rest = sorted(set(links.found) - set(pictures))
    assert rest == ["%E6%B1%9F%20%E6%9C%88/film.mp4", "%E6%B1%9F%20%E6%9C%88/storyboard.html"]


def test_it_says_of_each_film_what_came_of_it() -> None:
    page = shown(Locale.EN)
    for said in (
        "&lt;江月&gt;", "1:05 · 12 shots · 15 takes", "3 rejected", "$1.25", "took 1:01:40", "s02",
        "1 done", "1 set aside", "1 to be made", "7 done in nights before", "time was up",
        "$5.00 of $20.00", "width:25.0%", "no GPU &amp; no luck", "films.csv:7", "priority -2",
        "nightshoot batch retry --cause backend --out films",
    ):  # fmt: skip
        assert said in page, said


def test_a_chinese_page_has_no_english_of_its_own() -> None:
    page = re.sub(r"<style>.*</style>|<code>.*?</code>", "", shown(Locale.ZH), flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", page)
    words = set(re.findall(r"[A-Za-z]{2,}", text))
    given = {"no", "GPU", "amp", "luck", "films", "csv", "it", "has", "brief", "lt", "gt"}
    assert words <= given, words - given


def test_lengths_are_told_as_on_a_clock() -> None:
    assert [clock(seconds) for seconds in (7.4, 65, 3725)] == ["0:07", "1:05", "1:02:05"]

"""The morning's page: what it says, in which language, and that it needs nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nightshoot.domain.batch import BatchFault, Cause, EntryState
from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.night import clock, night_page, percent
from nightshoot.pages.night_facts import (
    AwayFacts,
    ChartFacts,
    ChartRow,
    Failures,
    FilmFacts,
    GapFacts,
    LaneFacts,
    NightFacts,
    WaitFacts,
)
from nightshoot.pages.night_words import WORDS

HOSTILE = """</title></style><script>alert(1)</script>"'><img src=x onerror=alert(2)>{{ 7*7 }}"""


def film(**parts: object) -> FilmFacts:
    told = {
        "id": 1, "name": "江月", "state": "done", "film": "江 月/film.mp4",
        "board": "江 月/storyboard.html", "size": "720x1280", "duration_s": 65.4, "shots": 12,
        "takes": 15, "rejected": 3, "cost_usd": 1.25, "gpu_s": 2520.0, "worked_s": 3700.0,
    } | parts  # fmt: skip
    return FilmFacts.model_validate(told)


def chart() -> ChartFacts:
    return ChartFacts(
        begins_at="2026-03-01T22:30:00+08:00",
        bin_s=40.0,
        bins=720,
        rows=(
            ChartRow(
                lane="gpu", place=0, work=((0, 300, 1, 4), (300, 9, 2, 2)), swaps=(0, 300),
                failed=(308,),
            ),
            ChartRow(lane="video/kling", place=0, work=((10, 1, 1, 1),)),
            ChartRow(lane="video/kling", place=1, work=((12, 2, 0, 1),)),
        ),
        gaps=(
            GapFacts(from_s=14_400, to_s=21_600, lane="video/kling", why="3 failed"),
            GapFacts(from_s=0, to_s=2880),
        ),
        spent=((40.0, 1.0), (14_400.0, 4.0)),
    )  # fmt: skip


def facts(**parts: object) -> NightFacts:
    made = film(
        name="<江月>",
        flagged_shots=("s02",),
        flagged_why={"s02": "黑帧 2.5"},
        plain_shots={"s05": "time", "s06": "time", "s07": "moonlight"},
        waited=(
            WaitFacts(lane="gpu", waited_s=2100, stood_s=900),
            WaitFacts(lane="video/kling", waited_s=900, stood_s=0, paused_s=600),
            WaitFacts(lane="cpu", waited_s=20, stood_s=0),
        ),
        notes=("一句话",),
    )
    broken = FilmFacts(
        id=2, name="雨夜", state=EntryState.SET_ASIDE, cause=Cause.BACKEND, error="no GPU & no luck"
    )
    left = FilmFacts(id=3, name="明日", state=EntryState.WAITING, priority=-2)
    command = "nightshoot batch retry --cause backend --out films"
    told = {
        "night": 4, "begun_at": "2026-03-01T22:30:00+08:00",
        "ended_at": "2026-03-02T06:58:00+08:00", "ended": "deadline", "budget_usd": 20.0,
        "spent_usd": 5.0, "gpu_s": 9000.0, "gpu_limit_s": 28_800.0, "takes": 15,
        "takes_limit": 60, "wall_s": 30_480.0, "films": (made, broken, left), "earlier": 7,
        "failures": (Failures(cause=Cause.BACKEND, films=(broken,), command=command),),
        "faults": (BatchFault(where="films.csv:7", text="it has no brief"),),
        "lanes": (
            LaneFacts(
                lane="gpu", places=1, turns=40, failed=1, swaps=2, models=("video/wan",),
                busy_s=9000, busy_share=0.972, night_share=0.3,
            ),
            LaneFacts(
                lane="video/kling", places=2, turns=3, failed=0, swaps=0, busy_s=90,
                busy_share=0.1, night_share=0.01,
            ),
        ),
        "away": (
            AwayFacts(
                lane="video/kling", begun_at="2026-03-02T02:30:00+08:00",
                ended_at="2026-03-02T04:30:00+08:00", seconds=7200, failed=6, films=(1, 2),
                why="3 failed",
            ),
        ),
        "chart": chart(),
    } | parts  # fmt: skip
    return NightFacts.model_validate(told)


def bare(**parts: object) -> NightFacts:
    """A night of which nothing was written down but its films."""
    return facts(lanes=(), away=(), chart=None, gpu_s=0.0, gpu_limit_s=None, **parts)


def shown(locale: Locale = Locale.EN, told: NightFacts | None = None) -> str:
    pictures = {1: b"\xff\xd8poster"}
    return night_page(
        told or facts(), locale=locale, posters=pictures, flagged={(1, "s02"): b"\xff\xd8f"}
    )


def html(page: str) -> str:
    """Gives a page without its style and script, which are no elements to be read."""
    return re.sub(r"<(style|script)>.*?</\1>|<!doctype html>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("locale", list(Locale))
def test_the_page_needs_nothing_but_the_films_beside_it(locale: Locale) -> None:
    page = shown(locale)
    found = re.findall(r'(?:href|src|poster)="([^"]*)"', page)
    pictures = [link for link in found if link.startswith("data:image/jpeg;base64,")]
    assert len(pictures) == 2
    rest = {link for link in found if not link.startswith(("data:", "#"))}
    assert rest == {"%E6%B1%9F%20%E6%9C%88/film.mp4", "%E6%B1%9F%20%E6%9C%88/storyboard.html"}
    assert not re.search(r"url\(|@import|https?:", page)


def test_every_element_is_closed_and_every_link_into_the_page_leads_somewhere(read: Any) -> None:
    page = read(html(shown()))
    named = {node.attrs["id"] for node in page.all() if "id" in node.attrs}
    links = [node.attrs.get("href", "") for node in page.all(tag="a")]
    inside = {link[1:] for link in links if link.startswith("#")}
    assert inside <= named
    assert "film-1" in inside


def test_a_film_can_be_played_where_it_stands_and_is_not_loaded_before(read: Any) -> None:
    video = read(html(shown())).one(tag="video")
    assert video.attrs["src"].endswith("/film.mp4")
    assert video.attrs["preload"] == "none"
    # Without the script, the browser's own controls are there.
    assert "controls" in video.attrs


def test_it_says_of_each_film_what_came_of_it(read: Any) -> None:
    card = read(html(shown())).one(named="film-1").text
    for said in (
        "<江月>", "1:05", "12 shots, 15 takes", "3 rejected", "$1.25", "GPU 42 min",
        "took 1 h 1 min", "s02 黑帧 2.5", "waited for GPU 35 min",
        "kling camera 15 min 10 min paused", "filmed plainly: too little time (s05, s06)",
        "moonlight (s07)", "一句话",
    ):  # fmt: skip
        assert said in card, said
    # A short wait is nobody's concern.
    assert "processors" not in card


def test_it_says_what_the_night_came_to(read: Any) -> None:
    page = shown()
    text = read(html(page)).text
    for said in (
        "1 March 2026, 22:30 to 06:58", "night 4", "time was up", "1 not made", "1 to be made",
        "7 done in nights before", "$5.00 of $20.00", "2 h 30 min of 8 h", "15 of 60",
        "97% busy, 30% of the night", "no GPU & no luck", "films.csv:7", "priority -2",
        "GPU was busy 97% of the time between its first call and its last, 30% of the night, with "
        "2 model swaps.", "$1.00 more is not settled", "02:30 – 04:30", "6 calls failed in a row",
        "touched 1, 2", "nightshoot batch retry --cause backend --out films",
    ):  # fmt: skip
        assert said in text, said
    assert "width:25.0%" in page


def test_each_lane_has_a_row_a_place_each_in_the_films_colours(read: Any) -> None:
    page = read(html(shown()))
    gpu, kling, money = page.all(cls="lane")
    assert [one.one(cls="name").text for one in (gpu, kling)] == ["GPU 97%", "kling camera 10%"]
    svg = gpu.one(tag="svg")
    assert svg.attrs["viewbox"] == "0 0 720 4"
    assert [(one.attrs["class"], one.attrs["d"], one.text) for one in svg.all(cls="w")] == [
        ("w f1", "M0 0h300v4h-300z", "<江月>"),
        ("w f2", "M300 2h9v2h-9z", "雨夜"),
    ]
    assert svg.one(cls="swap").attrs["d"].count("M") == 2
    assert svg.one(cls="fail").attrs["d"].startswith("M308.5")
    two = kling.one(tag="svg")
    assert two.attrs["viewbox"] == "0 0 720 9"
    assert [one.attrs["d"] for one in two.all(cls="w")] == ["M10 3h1v1h-1z", "M12 8h2v1h-2z"]
    # What is no film of the night has no colour and no name of its own.
    assert (two.all(cls="w")[1].attrs["class"], two.all(cls="w")[1].text) == ("w", "other")
    gap = kling.one(cls="gap")
    assert (gap.attrs["style"], gap.attrs["title"]) == ("left:50.0%;width:25.0%", "3 failed")
    assert page.one(cls="grid").one(cls="gap").attrs["title"] == "no runner"
    assert money.one(cls="ceiling").attrs["style"] == "top:10.71%"
    assert [node.text for node in page.one(cls="keys").all(tag="a")] == ["<江月>", "雨夜"]


def test_the_axis_has_the_clocks_times(read: Any) -> None:
    axis = read(html(shown())).one(cls="axis").all(tag="span")
    assert [one.text for one in axis] == [f"{hour:02}:00" for hour in (23, 0, 1, 2, 3, 4, 5, 6)]
    assert axis[0].attrs["style"] == "left:6.25%"


@pytest.mark.parametrize(
    ("bins", "first"), [(30, "22:30:00"), (60, "22:30:00"), (120, "22:30:00"), (3600, "22:30")]
)
def test_a_short_night_has_minutes_on_its_axis(read: Any, bins: int, first: str) -> None:
    short = chart().model_copy(update={"bin_s": 1.0, "bins": bins})
    axis = read(html(shown(told=facts(chart=short)))).one(cls="axis").all(tag="span")
    assert axis[0].text == first
    assert len(axis) <= 10


def test_the_money_goes_up_in_steps_below_its_ceiling(read: Any) -> None:
    line = read(html(shown())).one(cls="steps").attrs["d"]
    assert line == "M0 100H1V95.54H360V82.14H720"


def test_a_night_without_money_or_a_gpu_shows_neither(read: Any) -> None:
    quiet = chart().model_copy(update={"spent": ()})
    lanes = [lane.model_copy(update={"models": ()}) for lane in facts().lanes]
    told = facts(
        chart=quiet, budget_usd=None, lanes=lanes, spent_usd=0.0, gpu_s=0, gpu_limit_s=None
    )
    page = read(html(shown(told=told)))
    assert not page.all(cls="money")
    assert "step" in page.one(cls="marks").text
    assert "GPU time" not in page.text
    assert "was busy" not in page.text


def test_a_night_of_which_only_the_films_are_known_has_no_chart(read: Any) -> None:
    page = read(html(shown(told=bare())))
    assert not page.all(tag="svg")
    assert "<江月>" in page.one(named="film-1").text


@pytest.mark.parametrize(
    ("sizes", "layout"),
    [
        (("720x1280", "1080x1920"), "upright"),
        (("1280x720",), "lying"),
        (("1280x720", "720x1280"), "mixed"),
        (("",), "upright"),
        ((), "upright"),
    ],
)
def test_posters_are_laid_out_by_the_shapes_of_the_films(
    read: Any, sizes: tuple[str, ...], layout: str
) -> None:
    made = [film(id=number, size=size) for number, size in enumerate(sizes, 1)]
    page = read(html(shown(told=bare(films=made, failures=()))))
    grid = page.one(cls="films")
    assert layout in grid.classes
    lying = [one.attrs["id"] for one in grid.all(cls="lies")]
    assert lying == [f"film-{at}" for at, size in enumerate(sizes, 1) if size == "1280x720"]


def test_many_flagged_shots_are_not_all_shown(read: Any) -> None:
    shots = tuple(f"s{number:02}" for number in range(1, 8))
    made = film(flagged_shots=shots)
    card = read(html(shown(told=bare(films=(made,))))).one(named="film-1")
    assert len(card.one(cls="look").all(tag="li")) == 4
    assert "3 more, s05, s06, s07" in card.text


def test_a_chinese_page_has_no_english_of_its_own() -> None:
    page = re.sub(r"<code>.*?</code>|https?\S+", "", html(shown(Locale.ZH)), flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", page)
    words = set(re.findall(r"[A-Za-z]{2,}", text))
    given = {"no", "GPU", "amp", "luck", "films", "csv", "it", "has", "brief", "lt", "gt"}
    given |= {"kling", "failed", "moonlight"}
    assert words <= given, words - given


@pytest.mark.parametrize("locale", list(Locale))
def test_every_end_and_every_cause_has_its_words(locale: Locale) -> None:
    words = WORDS[locale]
    assert set(Cause) <= set(words.causes)
    assert {"done", "deadline", "budget", "disk", "stopped", "interrupted", ""} <= set(words.ends)


def test_both_languages_say_the_same_things() -> None:
    one, other = WORDS[Locale.ZH], WORDS[Locale.EN]
    for part in ("said", "ends", "causes", "lanes", "kinds"):
        assert getattr(one, part).keys() == getattr(other, part).keys()
    for key, text in one.said.items():
        assert text.count("{") == other.said[key].count("{") or key in {"date", "done"}, key


def test_what_a_list_or_a_service_says_is_text_and_nothing_else(read: Any) -> None:
    made = film(
        name=HOSTILE, title=HOSTILE, flagged_shots=("s02",), flagged_why={"s02": HOSTILE},
        plain_shots={HOSTILE: HOSTILE}, notes=(HOSTILE,), film=f"{HOSTILE}/film.mp4",
    )  # fmt: skip
    broken = FilmFacts(
        id=2, name=HOSTILE, state=EntryState.FAILED, cause=Cause.INPUT, error=HOSTILE
    )
    away = facts().away[0].model_copy(update={"why": HOSTILE, "lane": f"video/{HOSTILE}"})
    rows = tuple(row.model_copy(update={"lane": HOSTILE}) for row in chart().rows)
    gaps = (GapFacts(from_s=1, to_s=2, lane=HOSTILE, why=HOSTILE),)
    told = facts(
        films=(made, broken),
        failures=(Failures(cause=Cause.INPUT, films=(broken,), command=HOSTILE),),
        faults=(BatchFault(where=HOSTILE, text=HOSTILE),),
        away=(away,),
        chart=chart().model_copy(update={"rows": rows, "gaps": gaps}),
    )
    page = shown(told=told)
    assert page.count("<script>") == page.count("</script>") == 1
    assert "<img src=x" not in page
    assert "49" not in read(html(page)).one(named="film-1").text
    assert "javascript" not in page


def test_lengths_are_told_as_on_a_clock() -> None:
    assert [clock(seconds) for seconds in (7.4, 65, 3725)] == ["0:07", "1:05", "1:02:05"]


def test_spans_are_told_in_two_units() -> None:
    seconds = (0, 41.6, 60, 95, 660, 671, 3600, 4321, 90_000)
    assert [WORDS[Locale.EN].span(one) for one in seconds] == [
        "0 s", "42 s", "1 min", "1 min 35 s", "11 min", "11 min", "1 h", "1 h 12 min", "25 h",
    ]  # fmt: skip
    assert WORDS[Locale.ZH].span(4321) == "1 小时 12 分"


def test_all_of_it_is_said_only_where_nothing_is_missing() -> None:
    assert [percent(share) for share in (0, 0.034, 0.972, 0.9912, 0.99996, 1)] == [
        "0%", "3%", "97%", "99.1%", "99.9%", "100%",
    ]  # fmt: skip

"""The storyboard page needs nothing else and shows hostile text as text."""

from __future__ import annotations

import base64
from fractions import Fraction
from html.parser import HTMLParser

import pytest

from nightshoot.domain.film import Film, ShotResult, Take
from nightshoot.domain.review import Direction, Finding, Review
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.storyboard import BoardPage, board_page

HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{ 7*7 }}{% for %}&amp;"""


def take(shot: Shot, number: int, *, good: bool) -> Take:
    finding = Finding(
        measure="black_frames",
        value=20 if good else 1,
        unit="luma",
        threshold=4,
        direction=Direction.AT_LEAST,
        note="too dark",
    )
    plan = ShotPlan(
        shot=shot.id,
        prompt=HOSTILE,
        staging=shot.staging,
        camera=shot.camera,
        width=128,
        height=228,
        fps=Fraction(24),
        num_frames=36,
        seed=number,
    )
    review = Review(findings=(finding,))
    return Take(
        number=number,
        plan=plan,
        keyframe=f"{shot.id}-{number}",
        video=f"v{shot.id}-{number}",
        keyframe_review=review,
        video_review=review,
        advice="" if good else HOSTILE,
    )


def page(board: Storyboard, screenplay: Screenplay, *, film: Film | None = None) -> str:
    results = [
        ShotResult(
            shot=shot.id,
            takes=(take(shot, 1, good=False), take(shot, 2, good=place > 0)),
            best=2,
            flagged=place == 0,
        )
        for place, shot in enumerate(board.shots)
    ]
    stills = {one.keyframe: one.keyframe.encode() for result in results for one in result.takes}
    return board_page(
        BoardPage(
            board=board,
            screenplay=screenplay,
            results=tuple(results),
            film=film,
            width=128,
            height=228,
            crew=(("writer", HOSTILE),),
            reports=(HOSTILE,),
        ),
        stills,
    )


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def outline(text: str) -> Outline:
    read = Outline()
    read.feed(text)
    return read


def hostile(board: Storyboard) -> Storyboard:
    shots = tuple(
        shot.model_copy(update={"description": HOSTILE, "number": HOSTILE}) for shot in board.shots
    )
    return board.model_copy(update={"shots": shots, "title": HOSTILE})


def test_everything_is_in_the_page(board: Storyboard, screenplay: Screenplay) -> None:
    text = page(board, screenplay)
    read = outline(text)
    assert set(read.tags).isdisjoint({"script", "link", "iframe", "object", "form"})
    pictures = [link for link in read.links if not link.startswith("#")]
    assert all(link.startswith("data:image/jpeg;base64,") for link in pictures)
    shown = {base64.b64decode(link.partition(",")[2]).decode() for link in pictures}
    assert shown == {f"{shot.id}-{number}" for shot in board.shots for number in (1, 2)}
    assert "url(" not in text
    assert "http" not in text


def test_hostile_text_is_shown_as_it_is(board: Storyboard, screenplay: Screenplay) -> None:
    plain = outline(page(board, screenplay))
    read = outline(page(hostile(board), screenplay))
    assert read.tags == plain.tags, "no text opens a tag"
    assert read.handlers == []
    assert read.text.count(HOSTILE) >= 3 * 3 + 2


@pytest.mark.parametrize("locale", list(Locale))
def test_it_speaks_the_films_language(
    board: Storyboard, screenplay: Screenplay, locale: Locale
) -> None:
    text = outline(page(board.model_copy(update={"locale": locale}), screenplay)).text
    assert ("待复核" in text) is (locale is Locale.ZH)
    assert ("needs a look" in text) is (locale is Locale.EN)
    assert "何夜无月？" in text
    assert ("推" if locale is Locale.ZH else "push in") in text


def test_a_board_without_takes_is_a_page_too(board: Storyboard, screenplay: Screenplay) -> None:
    text = board_page(
        BoardPage(
            board=board,
            screenplay=screenplay,
            results=(),
            film=None,
            width=128,
            height=228,
            crew=(),
            reports=(),
        ),
        {},
    )
    assert outline(text).links == []
    assert "第2镜" in text


def test_the_films_length_is_shown(board: Storyboard, screenplay: Screenplay) -> None:
    film = Film(
        title="t",
        video="0",
        num_frames=300,
        fps=Fraction(24),
        width=128,
        height=228,
        duration_s=12.5,
        review=Review(findings=()),
    )
    assert "12.5" in outline(page(board, screenplay, film=film)).text


@pytest.mark.parametrize("locale", list(Locale))
def test_the_films_verdict_is_told_in_the_films_language(
    board: Storyboard, screenplay: Screenplay, locale: Locale
) -> None:
    black = Finding(
        measure="black_joins",
        value=0.5,
        unit="luma of 255",
        threshold=16,
        direction=Direction.AT_LEAST,
        note="The picture is black at a join.",
    )
    film = Film(
        title="t", video="v", num_frames=48, fps=Fraction(24), width=128, height=228,
        duration_s=2.0, review=Review(
            findings=(black,), not_judged=("length: the brief asks for no length",)
        ),
    )  # fmt: skip
    text = outline(page(board.model_copy(update={"locale": locale}), screenplay, film=film)).text
    chinese = locale is Locale.ZH
    wanted = (
        ("接缝黑帧", "未判定", "镜头接缝处出现黑帧", "没有指定片长")
        if chinese
        else ("black at the joins", "not judged", "the brief asks for no length")
    )
    for words in (*wanted, "The picture is black at a join."):
        assert words in text

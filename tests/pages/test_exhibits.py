"""What convicts a shot is read back from the storyboard's own page."""

from __future__ import annotations

from typing import Any

import pytest

from nightshoot.domain.film import Ending, ShotResult
from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.exhibits import Exhibited, exhibited


@pytest.fixture
def page(desk: Any) -> Any:
    """A page with a flagged shot whose second take is in the film."""

    def drawn(locale: Locale = Locale.ZH) -> str:
        dark = desk.finding(value=1.25, frame=36)
        takes = (
            desk.take(1, video=desk.review(dark, f36="first proof")),
            desk.take(2, video=desk.review(desk.finding(value=2.5, frame=12), f12="proof")),
        )
        shots = desk.board.shots
        flagged = ShotResult(
            shot=shots[0].id, takes=takes, best=2, flagged=True, ended=Ending.TAKES
        )
        good = ShotResult(
            shot=shots[1].id, takes=(desk.take(1, shot=shots[1]),), best=1, flagged=False
        )
        return str(desk.page(flagged, good, locale=locale))

    return drawn


@pytest.mark.parametrize(
    ("locale", "why"), [(Locale.ZH, "黑帧 2.5（至少 4）"), (Locale.EN, "2.5 (at least 4)")]
)
def test_the_frame_and_the_reason_are_those_of_the_take_in_the_film(
    page: Any, locale: Locale, why: str
) -> None:
    (found,) = exhibited(page(locale)).values()
    assert found.frame == b"proof"
    assert why in found.why


def test_only_flagged_shots_are_given(desk: Any, page: Any) -> None:
    assert list(exhibited(page())) == [desk.board.shots[0].id]


def test_a_shot_whose_keyframe_failed_has_a_reason_and_no_frame(desk: Any) -> None:
    take = desk.take(1, keyframe=desk.review(desk.finding(value=1.0)), filmed=False)
    shot = desk.board.shots[0].id
    found = exhibited(desk.page(ShotResult(shot=shot, takes=(take,), best=1, flagged=True)))
    assert found[shot].frame == b""
    assert found[shot].why


@pytest.mark.parametrize("text", ["", "no page", "<html><section class=alarm><a>x", "<a href='#'>"])
def test_what_is_no_such_page_has_nothing_to_show(text: str) -> None:
    assert not any(one.frame for one in exhibited(text).values())


def test_a_picture_that_is_broken_is_left_out(page: Any) -> None:
    broken = page().replace("data:image/jpeg;base64,", "data:image/jpeg;base64,!!")
    (found,) = exhibited(broken).values()
    assert found == Exhibited(why=found.why, frame=b"")

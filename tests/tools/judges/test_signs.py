from __future__ import annotations

from collections.abc import Callable

import pytest

from nightshoot.domain.shot import ShotPlan
from nightshoot.tools.judges.messages import Writing
from nightshoot.tools.judges.signs import asked_texts, unasked


def writing(text: str, sure: float = 0.95) -> Writing:
    return Writing(text=text, sure=sure, height=0.03)


@pytest.mark.parametrize(
    ("prompt", "asked"),
    [
        ('a shop with a sign "OPEN LATE", night', ("OPEN LATE",)),
        ("an inn, its board reads “悦来客栈”", ("悦来客栈",)),
        ("a book titled 《红楼梦》 and a note 「再见」", ("红楼梦", "再见")),
        ("a sign 'HOTEL' glows", ("HOTEL",)),
        ("the scholar's robe and the king's crown", ()),
        ("a man in a robe", ()),
    ],
)
def test_quotation_marks_ask_for_text(
    plan: Callable[..., ShotPlan], prompt: str, asked: tuple[str, ...]
) -> None:
    assert asked_texts(plan(prompt=prompt)) == asked


def test_text_that_was_asked_for_is_not_held_against_a_picture() -> None:
    assert unasked([writing("悦来客栈")], ["悦来客栈"]) == ()
    # A painter's letters are seldom all right, and a sign may stand in two lines.
    assert unasked([writing("OPEM LATE")], ["OPEN LATE"]) == ()
    assert unasked([writing("OPEN"), writing("LATE")], ["OPEN LATE"]) == ()
    assert unasked([writing("悦来"), writing("客找")], ["悦来客栈"]) == ("客找",)


def test_other_text_is() -> None:
    found = unasked([writing("悦来客栈"), writing("Getty Images")], ["悦来客栈"])
    assert found == ("Getty Images",)


def test_what_is_unsure_or_a_single_letter_is_no_text() -> None:
    assert (
        unasked([writing("SALE", sure=0.6), writing("I"), writing("——"), writing("一")], []) == ()
    )

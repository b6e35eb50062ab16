"""The closed lists of the trade, in English and Chinese."""

from __future__ import annotations

import pytest

from nightshoot.domain.vocabulary import (
    CameraAngle,
    CameraMove,
    Dressing,
    ShotSize,
    Term,
    Transition,
)

KINDS = Term.__subclasses__()


@pytest.mark.parametrize("kind", KINDS)
def test_every_spelling_leads_to_its_own_term(kind: type[Term]) -> None:
    for term in kind:
        for word in (term.value, term.chinese, *term.aliases):
            assert kind.parse(word) is term, word
            assert kind.parse(f" {word.upper()} ") is term, word


@pytest.mark.parametrize("kind", KINDS)
def test_labels_read_back(kind: type[Term]) -> None:
    for term in kind:
        assert kind.parse(term.label("zh")) is term
        assert kind.parse(term.label("en")) is term


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("大远景", ShotSize.EWS), ("远景", ShotSize.WS), ("全景", ShotSize.WS),
        ("中景", ShotSize.MS),
        ("近景", ShotSize.MCU), ("特写", ShotSize.CU), ("大特写", ShotSize.ECU),
        ("Close-Up", ShotSize.CU), ("EXTREME CLOSE UP", ShotSize.ECU),
    ],
)  # fmt: skip
def test_trade_names_of_shot_sizes(word: str, term: ShotSize) -> None:
    assert ShotSize.parse(word) is term


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("固定", CameraMove.STATIC), ("摇", CameraMove.PAN_RIGHT), ("推", CameraMove.PUSH_IN),
        ("拉", CameraMove.PULL_OUT), ("移", CameraMove.TRUCK_RIGHT), ("跟", CameraMove.FOLLOW),
        ("升降", CameraMove.CRANE), ("环绕", CameraMove.ORBIT), ("手持", CameraMove.HANDHELD),
        ("变焦", CameraMove.ZOOM_IN), ("dolly in", CameraMove.PUSH_IN),
        ("PAN_LEFT", CameraMove.PAN_LEFT),
    ],
)  # fmt: skip
def test_trade_names_of_moves(word: str, term: CameraMove) -> None:
    assert CameraMove.parse(word) is term


@pytest.mark.parametrize("word", ["", " ", "moon", "全", "ms2", "特写特写"])
def test_what_is_no_term_is_none(word: str) -> None:
    for kind in (ShotSize, CameraMove, CameraAngle, Transition, Dressing):
        assert kind.parse(word) is None


def test_sizes_are_ordered_from_wide_to_close() -> None:
    assert [size.value for size in sorted(ShotSize, key=lambda size: size.tightness)] == [
        "EWS", "WS", "MWS", "MS", "MCU", "CU", "ECU",
    ]  # fmt: skip
    assert (ShotSize.EWS.tightness, ShotSize.ECU.tightness) == (0.0, 1.0)


def test_a_term_is_its_english_word() -> None:
    assert CameraMove.PUSH_IN.value == "push_in"
    assert f"{CameraMove.PUSH_IN}" == "push_in"
    assert CameraMove.PUSH_IN.label("en") == "push in"

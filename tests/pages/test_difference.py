"""The page of differences: both sides, what differs marked, and nobody's words obeyed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nightshoot.comparing import Difference, DocumentChange, Seen, ShotChange
from nightshoot.domain.storyboard import Grade, Storyboard
from nightshoot.domain.vocabulary import Locale, ShotSize
from nightshoot.pages.difference import FIELDS, difference_page, difference_text

HOSTILE = """<script>alert(1)</script>"' onerror=x {{ 7 * 7 }} </style>"""

Read = Callable[[str], Any]


@pytest.fixture
def difference(board: Storyboard) -> Difference:
    """The second shot closer and brighter, the third gone."""
    shot = board.shots[1]
    closer = shot.model_copy(
        update={
            "camera": shot.camera.model_copy(update={"size": ShotSize.CU}),
            "grade": Grade(exposure_stops=0.5),
        }
    )
    before = Seen(shot=shot, lines=("何夜无月？",), keyframe="k1", take="t1")
    after = Seen(shot=closer, lines=("何夜无月？",), keyframe="k2", take="t2")
    gone = Seen(shot=board.shots[2], lines=(), keyframe="k3", take="t3")
    return Difference(
        before=1,
        after=2,
        locale=Locale.ZH,
        title="夜游",
        width=128,
        height=228,
        documents=(DocumentChange(name="storyboard.yaml", lines=("@@ -1 +1 @@", "-a", "+b")),),
        shots=(
            ShotChange(id="s02", before=before, after=after, what=("camera", "grade", "keyframe")),
            ShotChange(id="s03", before=gone, after=None, what=("deleted",)),
        ),
        same=1,
    )


def test_both_sides_are_there_and_what_differs_is_marked(
    difference: Difference, read: Read
) -> None:
    stills = {("k1", Grade()): b"old", ("k2", Grade(exposure_stops=0.5)): b"new"}
    page = read(difference_page(difference, stills))
    shot = page.one(named="s02")
    assert len(shot.all(tag="img")) == 2
    marked = [node.text for node in shot.all(cls="changed")]
    assert marked == [
        "中景 · 平视 · 左摇 · 中等",
        "不调色",
        "特写 · 平视 · 左摇 · 中等",
        "曝光 +0.5 档",
    ]
    assert "这个版本没有这个镜头" in page.one(named="s03").text
    assert "2 个镜头有变化 · 1 个镜头逐字节未动" in page.text
    assert [node.text for node in page.all(cls="add")] == ["+b"]
    assert [node.text for node in page.all(cls="del")] == ["-a"]


def test_a_shot_without_a_picture_has_no_broken_one(difference: Difference, read: Read) -> None:
    assert read(difference_page(difference, {})).all(tag="img") == []


def test_words_of_others_are_shown_and_never_run(difference: Difference, read: Read) -> None:
    change = difference.shots[0]
    assert change.after is not None
    after = change.after.model_copy(
        update={
            "lines": (HOSTILE,),
            "shot": change.after.shot.model_copy(
                update={"description": HOSTILE, "number": HOSTILE, "note": HOSTILE}
            ),
        }
    )
    told = change.model_copy(update={"after": after, "what": ("lines", "note")})
    hostile = difference.model_copy(
        update={
            "title": HOSTILE,
            "shots": (told,),
            "documents": (DocumentChange(name=HOSTILE, lines=(f"+{HOSTILE}",)),),
        }
    )
    text = difference_page(hostile, {("k2", Grade(exposure_stops=0.5)): b"new"})
    page = read(text)
    assert page.all(tag="script") == []
    assert "<script" not in text
    assert "7 * 7" in page.text
    (image,) = page.all(tag="img")
    assert set(image.attrs) == {"src", "alt"}
    assert image.attrs["alt"] == HOSTILE
    assert "http" not in text.replace("charset", ""), "it needs nothing from elsewhere"


def test_an_english_film_is_told_of_in_english(difference: Difference) -> None:
    english = difference.model_copy(update={"locale": Locale.EN, "shots": difference.shots[:1]})
    text = difference_text(english)
    assert text.splitlines()[:3] == [
        "夜游: version 1 and 2",
        "  1 shot differs, 1 shot is the same to the byte",
        "  Shot 2 (s02): camera, grade, keyframe",
    ]
    assert "Documents" in difference_page(english, {})


def test_equal_versions_are_said_to_be_equal(difference: Difference) -> None:
    same = difference.model_copy(update={"shots": (), "documents": (), "same": 3})
    assert "两个版本一样。" in difference_text(same)
    assert "两个版本一样。" in difference_page(same, {})


def test_every_part_of_a_shot_has_a_name_in_both_languages(board: Storyboard) -> None:
    parts = {*type(board.shots[0]).model_fields} - {"id"}
    for locale in Locale:
        assert {*parts, "added", "deleted", "keyframe", "take"} == set(FIELDS[locale])

"""The page shows every take, what convicts it, what was changed for the next, and who decided."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.film import Candidate, Ending, ShotResult
from nightshoot.domain.remedy import Remedy, RemedyKind
from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.measures import place_on_bar

HOSTILE = """</script><script>alert(1)</script>"'><img src=x onerror=alert(2)>{{ 7*7 }}</style>"""


def result(*takes: Any, best: int = 1, flagged: bool = False, ended: Ending = Ending.PASSED) -> Any:
    return ShotResult(shot=takes[0].plan.shot, takes=takes, best=best, flagged=flagged, ended=ended)


def picture(node: Any) -> str:
    """Gives the digest that an image was made from."""
    return base64.b64decode(node.one(tag="img").attrs["src"].partition(",")[2]).decode()


@pytest.fixture
def black(desk: Any) -> Any:
    """A take that goes black at frame 36."""
    finding = desk.finding(value=1.25, frame=36)
    return desk.take(1, video=desk.review(finding, f36="proof"), advice="从背后打光。")


def test_takes_stand_in_order_each_with_its_still_and_verdict(
    desk: Any, black: Any, read: Any
) -> None:
    page = read(desk.page(result(black, desk.take(2), best=2)))
    takes = page.all(tag="li", cls="take")
    assert [picture(one.one(cls="made")) for one in takes] == ["s01-1", "s01-2"]
    assert [one.one(cls="stamp").text for one in takes] == ["退回", "采用"]
    assert [one.one(tag="h3").text for one in takes] == ["第 1 条", "第 2 条"]


def test_the_frame_that_convicts_stands_beside_the_sentence_that_does(
    desk: Any, black: Any, read: Any
) -> None:
    page = read(desk.page(result(black, desk.take(2), best=2)))
    exhibit = page.one(cls="exhibit")
    assert picture(exhibit.one(tag="figure")) == "proof"
    assert exhibit.one(tag="figcaption").text == "第 36 帧 · 1.50 秒"
    charge = exhibit.one(cls="charge")
    assert "画面全黑" in charge.text
    assert "1.25 亮度（满值 255）" in charge.text
    assert "至少 4" in charge.text
    assert "黑帧" in charge.text
    assert "从背后打光。" in page.one(cls="advice").text


def test_a_keyframe_is_its_own_evidence_and_is_shown_once(desk: Any, read: Any) -> None:
    bad = desk.review(desk.finding("borders", 0.2, 0.02, at_most=True, frame=0), f0="s01-1")
    unfilmed = desk.take(1, keyframe=bad, filmed=False)
    page = read(desk.page(result(unfilmed, desk.take(2), best=2)))
    first = page.all(tag="li", cls="take")[0]
    assert len(first.all(tag="img")) == 1
    assert "见关键帧" in first.one(cls="exhibit").text
    assert first.one(cls="stamp").text == "关键帧退回，未拍摄"


def test_what_was_changed_for_a_take_is_told_with_what_called_for_it(
    desk: Any, black: Any, read: Any
) -> None:
    remedies = (
        Remedy(kind=RemedyKind.NEW_SEED, reasons=("black_frames",), told="seed 12 to 907"),
        Remedy(kind=RemedyKind.STRONGER, reasons=("dynamic_degree",), told="gentle to medium"),
        Remedy(kind=RemedyKind.SIMPLER, reasons=("borders",), told="without 2 people, lanterns"),
        Remedy(kind=RemedyKind.REWORDED, reasons=("person",), told="new words for the note; seed "
               "1 to 2"),
        Remedy(kind=RemedyKind.OTHER_CAMERA, reasons=(), told="multiplane to wan"),
    )  # fmt: skip
    second = desk.take(2, remedies=remedies, kept=1)
    change = read(desk.page(result(black, second, best=2))).one(cls="change")
    told = [one.text for one in change.all(tag="li")]
    assert told == [
        "换种子 种子 12 → 907 针对：黑帧",
        "运镜加强 缓慢 → 中等 针对：动态幅度",
        "画面从简 去掉2 人、灯笼串 针对：黑边边框",
        "改写提示词 按意见重写；种子 1 → 2 针对：人的意见",
        "换摄影 multiplane → wan",
    ]
    english = read(desk.page(result(black, second, best=2), locale=Locale.EN)).one(cls="change")
    assert english.all(tag="li")[0].text == "another seed seed 12 → 907 answers: black frames"


def test_who_painted_and_filmed_is_said_where_takes_differ(
    desk: Any, black: Any, read: Any
) -> None:
    other = desk.take(2, camera="wan", kept=1)
    page = read(desk.page(result(black, other, best=2)))
    assert [one.text for one in page.all(cls="by")] == ["拍摄 fake", "拍摄 wan 沿用第 1 条的关键帧"]
    same = read(desk.page(result(black, desk.take(2), best=2)))
    assert same.all(cls="by") == []


def test_all_candidates_are_shown_and_the_chosen_one_is_marked(desk: Any, read: Any) -> None:
    blurred = desk.review(desk.finding("imaging_quality", 5, 2.6, at_most=True))
    candidates = tuple(
        Candidate(seed=seed, picture=name, review=review)
        for seed, name, review in ((7, "one", blurred), (8, "s01-1", desk.review()))
    )
    shown = read(desk.page(result(desk.take(1, candidates=candidates)))).one(cls="candidates")
    first, second = shown.all(tag="li")
    assert [picture(first), picture(second)] == ["one", "s01-1"]
    assert "✗ 清晰度" in first.text
    assert "chosen" not in first.classes
    assert "选用" in second.text
    assert "✓ 合格" in second.text


def test_a_persons_word_is_marked_as_theirs_and_the_critics_verdict_stays(
    desk: Any, black: Any, read: Any
) -> None:
    ruling = Ruling(
        shot="s01",
        made="v-s01-1",
        take=1,
        verdict=Verdict.APPROVED,
        note="就要全黑。",
        by="li.wei",
        at="2026-11-22T10:12:33+08:00",
    )
    approved = black.model_copy(update={"ruling": ruling})
    page = read(desk.page(result(approved, ended=Ending.APPROVED)))
    said = page.one(cls="ruling")
    assert "人工裁定：批准" in said.text
    assert "li.wei 2026-11-22 10:12 +0800" in said.text
    assert "就要全黑。" in said.text
    assert "评审原判不合格" in said.text
    assert page.one(cls="stamp").text == "人工批准，采用"
    assert "画面全黑" in page.one(cls="charge").text
    assert page.one(cls="ended").text == "收场： 由人批准"
    assert page.all(cls="alarm") == []


@pytest.mark.parametrize("ending", list(Ending))
@pytest.mark.parametrize("locale", list(Locale))
def test_every_ending_is_told(
    desk: Any, black: Any, read: Any, ending: Ending, locale: Locale
) -> None:
    shown = result(black, desk.take(2), best=2, ended=ending)
    text = read(desk.page(shown, locale=locale)).one(cls="ended").text
    assert "_" not in text
    assert (re.search("[一-鿿]", text) is not None) is (locale is Locale.ZH)


def test_flagged_shots_are_listed_at_the_top_and_linked(desk: Any, black: Any, read: Any) -> None:
    shots = desk.board.shots
    results = (
        result(desk.take(1, shot=shots[1])),
        result(black, flagged=True, ended=Ending.TAKES),
    )
    page = read(desk.page(*results))
    alarm = page.one(cls="alarm")
    assert alarm.one(tag="a").attrs["href"] == "#shot-s01"
    assert "黑帧 1.25（至少 4）" in alarm.text
    assert page.one(named="shot-s01").classes >= {"flagged", "wide"}
    assert "flagged" not in page.one(named="shot-s02").classes


def test_shots_can_be_chosen_without_a_script(desk: Any, black: Any, read: Any) -> None:
    text = desk.page(result(black, desk.take(2), best=2))
    page = read(text)
    ids = [one.attrs["id"] for one in page.all(tag="input")]
    labels = [one.attrs["for"] for one in page.all(tag="label")]
    assert ids == labels == ["show-all", "show-flagged", "show-again"]
    assert "#show-flagged:checked ~ main article:not(.flagged)" in text
    assert "again" in page.one(named="shot-s01").classes
    assert page.all(tag="script") == []


def test_what_was_never_judged_is_said_once_for_the_film(desk: Any, read: Any) -> None:
    missing = ("nudity: no judge is installed for it", "opinion: no model with eyes is configured")
    good = desk.review(silent=(*missing, "sharpness_kept: the picture has too few edges"))
    bad = desk.review(
        desk.finding(value=1),
        desk.finding("sharpness_kept", 1, 2, at_most=True),
        silent=("nudity: not asked, as something had failed before", missing[1]),
    )
    page = read(desk.page(result(desk.take(1, video=bad), desk.take(2, video=good), best=2)))
    film = page.one(tag="header").one(cls="silent")
    assert "全片未判定 2 项" in film.text
    assert "裸露 未安装相应的评审模型" in film.text
    rest = page.one(tag="main").all(cls="silent")
    assert len(rest) == 1
    assert "清晰度保持" in rest[0].text
    assert "画面线条太少" in rest[0].text


def test_no_id_of_a_measure_is_read_on_a_chinese_page(desk: Any, read: Any) -> None:
    known = (
        "format", "frame_count", "black_frames", "blank_frames", "dynamic_degree",
        "frozen_stretch", "camera_motion", "violent_motion", "jump_cut", "temporal_flickering",
        "first_frame", "imaging_quality", "sharpness_kept", "clipped_exposure", "colour_cast",
        "borders", "scene_continuity", "opinion.anatomy",
    )  # fmt: skip
    review = desk.review(*(desk.finding(one) for one in known))
    page = read(desk.page(result(desk.take(1, video=review))))
    for name in known:
        assert name not in page.text
    ids = {one.attrs.get("title") for one in page.all(tag="th")}
    assert ids >= set(known), "the ids are in tooltips"


@pytest.mark.parametrize("where", ["advice", "note", "by", "told", "reason", "camera", "finding"])
def test_hostile_text_opens_nothing(desk: Any, black: Any, read: Any, where: str) -> None:
    def page(text: str) -> Any:
        ruling = Ruling(
            shot="s01",
            made="v-s01-1",
            take=1,
            verdict=Verdict.REJECTED,
            note=text if where == "note" else "n",
            by=text if where == "by" else "b",
            at="x",
        )
        remedy = Remedy(
            kind=RemedyKind.SIMPLER,
            told=text if where == "told" else "t",
            reasons=(text if where == "reason" else "r",),
        )
        noted = desk.finding("strange", 1, note=text if where == "finding" else "s")
        first = desk.take(
            1,
            video=desk.review(noted),
            advice=text if where == "advice" else "a",
            camera=text if where == "camera" else "c",
            ruling=ruling,
        )
        second = desk.take(2, remedies=(remedy,))
        return read(desk.page(result(first, second, best=2)))

    def tags(node: Any) -> list[str]:
        return [one.tag for one in node.all()]

    hostile, plain = page(HOSTILE), page("plain")
    assert tags(hostile) == tags(plain)
    assert not [one for one in hostile.all() if any(name[:2] == "on" for name in one.attrs)]
    assert "{{ 7*7 }}" in hostile.text


@pytest.mark.parametrize(
    ("value", "threshold", "direction", "low", "high"),
    [
        (4.1, 4, Direction.AT_LEAST, 51, 58),
        (3.9, 4, Direction.AT_LEAST, 42, 49),
        (40, 4, Direction.AT_LEAST, 95, 100),
        (0, 4, Direction.AT_LEAST, 0, 5),
        (0, 0, Direction.AT_MOST, 100, 100),
        (1, 0, Direction.AT_MOST, 0, 5),
        (0.5, 1, Direction.AT_MOST, 70, 80),
        (-1.6, -1, Direction.AT_MOST, 75, 85),
    ],
)
def test_a_bar_shows_how_near_the_threshold_a_value_is(
    value: float, threshold: float, direction: Direction, low: int, high: int
) -> None:
    finding = Finding(
        measure="m", value=value, unit="u", threshold=threshold, direction=direction, note=""
    )
    assert low <= place_on_bar(finding) <= high
    assert (place_on_bar(finding) > 50) is finding.passed

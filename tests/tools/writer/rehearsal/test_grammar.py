"""Film grammar: sizes, sides, moves, lengths and endings on several briefs in both languages."""

from __future__ import annotations

import random

import pytest

from nightshoot.domain.brief import Brief, Source, SourceKind
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.rules import storyboard_violations
from nightshoot.domain.screenplay import LineKind, Screenplay
from nightshoot.domain.storyboard import Figure, Shot, Storyboard
from nightshoot.domain.vocabulary import CameraMove, Facing, Locale, TimeOfDay, Transition
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.grammar import PLAIN, grammar
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay
from nightshoot.tools.writer.rehearsal.timing import shot_s, speech_s

CHIBI = "苏轼与客泛舟夜游赤壁，月明星稀，客吹洞箫，主客问答，豁然开朗"
BRIEFS = (
    CHIBI,
    "被陷害入狱的千金三年后归来，在婚礼上揭穿一切",
    "一个失忆的女孩在雨夜的便利店遇见了未来的自己",
    "外卖小哥深夜送餐，敲开门，发现点餐的是失散多年的父亲",
    "少年剑客独守边关，等一个不会回来的人",
    "小狐狸想摘一颗星星送给奶奶",
    "雨中的城市",
    "🎬🎉",
    "A lighthouse keeper finds a letter from her drowned sister.",
    "Two strangers share one umbrella at a bus stop every Tuesday.",
    "Emma, a young intern, watches her boss present her idea as his own, and decides to speak",
    "A little robot looks for the last flower on Earth",
)


def locale_of(text: str) -> Locale:
    return Locale.EN if text.isascii() else Locale.ZH


def make(
    text: str, *, seed: int = 7, duration_s: float | None = None, locale: Locale | None = None
) -> tuple[Screenplay, Storyboard]:
    where = locale or locale_of(text)
    brief = Brief(
        source=Source(kind=SourceKind.BRIEF, text=text, locale=where),
        locale=where,
        seed=seed,
        duration_s=duration_s,
    )
    concept = conceive(brief)
    written = write_screenplay(ScreenplayOrder(brief=brief, concept=concept))
    order = BoardOrder(brief=brief, concept=concept, screenplay=written)
    boarded = board(order)
    assert not storyboard_violations(order, boarded)
    return written, boarded


def length_s(screenplay: Screenplay, boarded: Storyboard) -> float:
    said = {line.id: speech_s(line.text) for line in screenplay.lines}
    return sum(
        shot_s(sum(said[i] for i in shot.lines), at_least_s=shot.min_duration_s)
        for shot in boarded.shots
    )


def subject(shot: Shot) -> Figure | None:
    staging = shot.staging
    return None if staging.subject is None else staging.figures[staging.subject]


@pytest.mark.parametrize("text", BRIEFS)
def test_a_brief_becomes_a_film_of_about_a_minute(text: str) -> None:
    screenplay, boarded = make(text)
    assert 42 <= length_s(screenplay, boarded) <= 62
    assert 9 <= len(boarded.shots) <= 17


@pytest.mark.parametrize("text", BRIEFS)
def test_no_figure_is_framed_the_same_twice_in_a_row(text: str) -> None:
    _, boarded = make(text)
    for before, after in zip(boarded.shots, boarded.shots[1:], strict=False):
        a, b = subject(before), subject(after)
        same = a is not None and b is not None and a.character == b.character
        if same:
            assert before.camera.size != after.camera.size, (before.id, after.id)


@pytest.mark.parametrize("text", BRIEFS)
def test_two_who_talk_look_at_each_other_across_one_line(text: str) -> None:
    screenplay, boarded = make(text)
    kinds = {line.id: line.kind for line in screenplay.lines}
    sides: dict[tuple[str, str], tuple[Facing, bool]] = {}
    for shot in boarded.shots:
        if not any(kinds[i] is LineKind.DIALOGUE for i in shot.lines):
            continue
        if len(shot.staging.figures) == 1:
            assert len(screenplay.characters) < 3
            continue
        assert len({figure.facing for figure in shot.staging.figures[:2]}) == 2
        for figure in shot.staging.figures:
            side = (figure.facing, figure.x > 0)
            assert figure.facing == (Facing.LEFT if figure.x > 0 else Facing.RIGHT)
            assert sides.setdefault((shot.scene, figure.character), side) == side


@pytest.mark.parametrize("text", BRIEFS)
def test_who_speaks_is_the_subject(text: str) -> None:
    screenplay, boarded = make(text)
    said = {line.id: line for line in screenplay.lines}
    for shot in boarded.shots:
        talk = [said[i] for i in shot.lines if said[i].kind is LineKind.DIALOGUE]
        if talk:
            figure = subject(shot)
            assert figure is not None
            assert figure.character == talk[0].speaker


@pytest.mark.parametrize("text", BRIEFS)
def test_no_move_is_made_three_times_in_a_row(text: str) -> None:
    moves = [shot.camera.move for shot in make(text)[1].shots]
    assert all(len({a, b, c}) > 1 for a, b, c in zip(moves, moves[1:], moves[2:], strict=False)), (
        moves
    )


@pytest.mark.parametrize("text", BRIEFS)
def test_the_film_opens_with_a_short_hook_and_lets_go_in_a_wide(text: str) -> None:
    screenplay, boarded = make(text)
    first, last = boarded.shots[0], boarded.shots[-1]
    said = {line.id: line.text for line in screenplay.lines}
    assert first.lines
    assert speech_s(said[first.lines[0]]) <= 4.7
    assert last.camera.size.tightness <= 0.2
    assert last.camera.move in {CameraMove.PULL_OUT, CameraMove.CRANE}
    assert last.transition is Transition.DIP_TO_BLACK


@pytest.mark.parametrize("text", BRIEFS)
def test_a_scene_keeps_its_place_time_weather_and_era(text: str) -> None:
    screenplay, boarded = make(text)
    scenes = {scene.id: scene for scene in screenplay.scenes}
    for shot in boarded.shots:
        scene, staging = scenes[shot.scene], shot.staging
        assert (staging.setting, staging.era, staging.time_of_day, staging.weather) == (
            scene.setting,
            scene.era,
            scene.time_of_day,
            scene.weather,
        )


@pytest.mark.parametrize("text", BRIEFS[:6] + BRIEFS[8:])
def test_the_users_own_words_are_heard(text: str) -> None:
    heard = "".join(line.text for line in make(text)[0].lines)
    for clause in text.replace("，", "|").replace(".", "").split("|"):
        assert clause in heard or clause == "主客问答"


@pytest.mark.parametrize("duration_s", [15, 30, 60, 90, 180, 600])
@pytest.mark.parametrize("text", [CHIBI, BRIEFS[3], BRIEFS[9]])
def test_a_length_that_is_asked_for_is_met(text: str, duration_s: float) -> None:
    assert length_s(*make(text, duration_s=duration_s)) == pytest.approx(duration_s, rel=0.15)


def test_the_same_brief_and_seed_give_the_same_film() -> None:
    assert make(CHIBI) == make(CHIBI)


def test_other_seeds_give_other_films() -> None:
    films = {make(CHIBI, seed=seed)[1].model_dump_json() for seed in range(8)}
    words = {"".join(n.text for n in make(CHIBI, seed=seed)[0].lines) for seed in range(8)}
    assert len(films) == 8
    assert len(words) >= 4


def test_a_question_and_answer_becomes_talk_between_the_two() -> None:
    screenplay, _ = make(CHIBI)
    talk = [line.speaker for line in screenplay.lines if line.kind is LineKind.DIALOGUE]
    assert set(talk) == {"su_shi", "guest"}
    assert len(talk) >= 2
    assert not any("问答" in line.text for line in screenplay.lines)


def test_a_night_that_ends_in_morning_ends_at_dawn() -> None:
    endings = [make(CHIBI, seed=seed)[0].scenes[-1] for seed in range(12)]
    assert any(scene.time_of_day is TimeOfDay.DAWN for scene in endings)


def test_a_long_brief_speaks_its_sentences_in_order() -> None:
    text = (
        "老周是最后一个守灯塔的人。每天傍晚，他爬上一百二十级台阶，把灯点亮。"
        "二十年前，儿子在一个雾夜出海，没有回来。今晚，雾又起了。他听见有人在楼下敲门。"
    )
    screenplay, _ = make(text)
    heard = "".join(line.text for line in screenplay.lines)
    position = 0
    for sentence in text.removesuffix("。").split("。"):
        position = heard.index(sentence, position)


def test_an_instruction_to_the_crew_is_not_spoken() -> None:
    screenplay, boarded = make("拍一个短片，讲述一位老人独自等船。时长：30秒。")
    heard = "".join(line.text for line in screenplay.lines)
    assert "老人独自等船" in heard
    assert "时长" not in heard
    assert "短片" not in heard
    assert any("时长" in report for report in boarded.reports)


@pytest.mark.parametrize("locale", list(Locale))
def test_every_genre_can_be_told_in_every_variant(locale: Locale) -> None:
    book = grammar(locale)
    slots = dict.fromkeys(
        ["hero", "other", "he", "his", "him", "place", "object", "his_other", "they"], "x"
    )
    slots |= {name.capitalize(): "X" for name in slots}
    for turn in book.genres[PLAIN].beats:
        free = [{"alone"}, {"pair"}]
        assert all(any(set(v.needs) <= one for v in turn.variants) for one in free), turn.at
    for genre in book.genres.values():
        assert {turn.at for turn in genre.beats} >= {"hook", "turn", "reversal", "end"}
        for turn in genre.beats:
            for variant in turn.variants:
                texts = [variant.see, variant.say, *(t for _, *rest in variant.talk for t in rest)]
                assert all(text.format(**slots).strip() for text in texts if text)
                assert bool(variant.say) != bool(variant.talk)


def test_odd_material_still_becomes_a_film() -> None:
    rng = random.Random(3)
    odd = [
        "",
        "。。。",
        "a",
        "!!!",
        "مرحبا بالعالم",
        "{hero} 'x' \\N {\\b1}",
        "../../etc",
        "\x00\x07",
    ]
    odd += ["".join(rng.choice('风a 。{}%🎬\n「”"') for _ in range(80)) for _ in range(20)]
    for text in odd:
        for locale in Locale:
            _, boarded = make(text, locale=locale)
            assert boarded.shots

"""What a brief is about: its motifs, titles, absent people, and how their films are told."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from nightshoot.domain.brief import Brief, Source, SourceKind
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.screenplay import Concept, LineKind, Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import Facing, Locale, Posture, Setting, ShotSize
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.motifs import find_themes, motifs
from nightshoot.tools.writer.rehearsal.pieces import sentences
from nightshoot.tools.writer.rehearsal.premise import understand
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay
from nightshoot.tools.writer.rehearsal.timing import speech_s

WATCHMAN = "A night watchman at a museum notices that one of the statues breathes."
STATION = "除夕夜，父亲在站台上等了一整晚，儿子的火车没有来"
COFFIN = "大雪封山，镖师押着一口空棺材走进客栈，掌柜的认出了棺材上的刀痕"
FISHERMAN = "A fisherman pulls up a locked chest, and the sea begins to follow him home."
BRIEFS = (WATCHMAN, STATION, COFFIN, FISHERMAN)
CLOSE = {ShotSize.MCU, ShotSize.CU, ShotSize.ECU}
SLOTS = frozenset(
    re.findall(
        r"\w+",
        """hero other absent he his him himself his_other place object word boss junior driver
        passenger detective suspect they""",
    )
)


def brief(text: str, *, seed: int = 7) -> Brief:
    locale = Locale.EN if text.isascii() else Locale.ZH
    source = Source(kind=SourceKind.BRIEF, text=text, locale=locale)
    return Brief(source=source, locale=locale, seed=seed)


def make(text: str, *, seed: int = 7) -> tuple[Concept, Screenplay, Storyboard]:
    given = brief(text, seed=seed)
    concept = conceive(given)
    written = write_screenplay(ScreenplayOrder(brief=given, concept=concept))
    boarded = board(BoardOrder(brief=given, concept=concept, screenplay=written))
    return concept, written, boarded


def names(text: str) -> list[str]:
    locale = Locale.EN if text.isascii() else Locale.ZH
    known = {id(motif): name for name, motif in motifs(locale).items()}
    return [known[id(theme.motif)] for theme in find_themes(text, locale)]


@pytest.mark.parametrize("locale", list(Locale))
def test_every_motif_can_be_told_and_says_its_hook_in_about_three_seconds(locale: Locale) -> None:
    for name, motif in motifs(locale).items():
        told = [*motif.hook, *motif.setup, *motif.rise, *motif.reversal, *motif.end]
        said = [
            one for talk in (*motif.pair, *motif.alone) for one in talk if not isinstance(one, str)
        ]
        assert motif.title, name
        assert motif.hook, name
        assert motif.end, name
        for text in [part for one in told for part in one[:2]] + [
            p for one in said for p in one[1:]
        ]:
            used = {slot.casefold() for slot in re.findall(r"\{(\w+)\}", text)}
            assert used <= SLOTS, (name, text)
        for see, say, *_ in motif.hook:
            assert see
            assert (
                speech_s(
                    sentences(re.sub(r"\{\w+\}", "她们" if locale is Locale.ZH else "one", say))[0]
                )
                <= 4.7
            ), (name, say)


@pytest.mark.parametrize("locale", list(Locale))
def test_no_line_is_in_two_motifs(locale: Locale) -> None:
    said = [
        line
        for motif in motifs(locale).values()
        for line in [
            *(
                one[1]
                for beats in (motif.hook, motif.setup, motif.rise, motif.reversal, motif.end)
                for one in beats
            ),
            *(
                one[1]
                for talk in (*motif.pair, *motif.alone)
                for one in talk
                if not isinstance(one, str)
            ),
        ]
    ]
    assert len(said) == len(set(said))


def test_the_motif_with_the_most_cues_leads_and_the_closest_wins_a_tie() -> None:
    assert names(FISHERMAN)[:2] == ["container", "sea"]
    assert names("A cellist and a pickpocket miss the last train and share one bench")[0] == "ride"
    assert names("小狐狸想摘一颗星星送给奶奶") == ["child_tale"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("对面楼亮起了一盏灯", "food"), ("A retired astronaut plants a garden", "space")],
)
def test_a_word_that_only_looks_like_a_cue_is_none(text: str, wrong: str) -> None:
    assert wrong not in names(text)


@pytest.mark.parametrize("text", BRIEFS)
def test_a_film_opens_on_its_place_and_is_never_long_too_close(text: str) -> None:
    sizes = [shot.camera.size for shot in make(text)[2].shots]
    assert sizes[0] not in CLOSE
    assert any(size in {ShotSize.EWS, ShotSize.WS} for size in sizes[:3])
    for three in zip(sizes, sizes[1:], sizes[2:], strict=False):
        assert len(set(three)) > 1
        assert not set(three) <= CLOSE


def test_films_of_different_briefs_share_no_invented_line() -> None:
    films = [make(text)[1] for text in BRIEFS]
    said = [{line.text for line in film.lines} for film in films]
    assert all(not one & two for at, one in enumerate(said) for two in said[:at])


def test_an_english_title_gives_a_common_noun_its_article() -> None:
    for seed in range(6):
        assert not re.search(
            r"(?<!the )(?<!The )Night Watchman", make(WATCHMAN, seed=seed)[0].title
        )
    slots = understand(
        brief("The mountain guide refuses to climb, because it took her brother.")
    ).slots
    assert slots["hero"] == "the mountain guide"


def test_who_never_came_is_spoken_to_and_not_seen() -> None:
    _, written, boarded = make(STATION)
    assert [person.name for person in written.characters] == ["父亲"]
    assert {line.kind for line in written.lines} == {LineKind.NARRATION, LineKind.DIALOGUE}
    assert all(len(shot.staging.figures) < 2 for shot in boarded.shots)


def test_who_becomes_something_is_one_person_and_not_two() -> None:
    assert [
        p.name
        for p in make("The new maid is the heiress they threw out ten years ago.")[1].characters
    ] == ["Maid"]
    text = "霸道总裁在电梯里被新来的实习生泼了一身咖啡，第二天她发现自己成了他的秘书"
    assert [person.name for person in make(text)[1].characters] == ["总裁", "实习生"]


def test_the_light_of_a_scene_changes_at_most_once() -> None:
    for text in BRIEFS:
        for scene in make(text)[1].scenes:
            moods = [beat.mood or scene.mood for beat in scene.beats]
            assert sum(a is not b for a, b in pairwise(moods)) <= 1, text


def test_a_motif_says_where_it_plays_only_if_the_brief_does_not() -> None:
    assert (
        understand(brief("女将军班师回朝，发现皇帝要娶的人是她失散的妹妹")).place.setting
        is Setting.PALACE
    )
    assert understand(brief(WATCHMAN)).place_name == "the museum"
    assert (
        understand(brief("程序员小林加班到凌晨，系统里多了一个同名的员工")).place.setting
        is Setting.ROOM
    )


def test_who_runs_out_of_fuel_is_not_running_and_who_gazes_is_seen_from_behind() -> None:
    shots = make("Two brothers drive their father's ashes across the desert and run out of fuel.")[
        2
    ].shots
    assert all(f.posture is not Posture.RUNNING for shot in shots for f in shot.staging.figures)
    text = "An astronaut on Mars receives a voicemail from her daughter, sent forty years ago."
    gazing = [
        shot
        for seed in range(4)
        for shot in make(text, seed=seed)[2].shots
        if "up at the sky" in shot.description
    ]
    assert Facing.AWAY in {shot.staging.figures[0].facing for shot in gazing}


def test_a_first_clause_that_says_only_when_is_not_heard_alone() -> None:
    told = "On the morning of the heist, the safecracker finds out that the vault is her father's."
    assert understand(brief(told)).said == (told,)
    assert len(understand(brief("深夜的出租车上，女乘客报出的地址，是司机自己的家")).said) == 1

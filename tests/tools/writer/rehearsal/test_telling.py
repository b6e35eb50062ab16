"""What single words tell: who is somebody, how old, in which age, and what only seems so."""

from __future__ import annotations

import pytest

from nightshoot.domain.vocabulary import Age, Dress, Era, Headgear, Mood, Posture, Sex, Weather
from nightshoot.tools.writer.rehearsal.absent import without_others_boats
from nightshoot.tools.writer.rehearsal.people import find_people
from nightshoot.tools.writer.rehearsal.reading import read_era, read_mood, told_weather
from nightshoot.tools.writer.rehearsal.roster import Roster


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The sea stopped above the boat, green and patient. Ruth waited.", "Patient"),
        ("两个剑客在雪中对决，马背上的刀落下。", "马背上"),
        ("The Ninth Wave\n\nRuth met the Ninth Wave at sea. Ruth was afraid.", "Ninth"),
        ("Ruth stood by. The night of the Ninth Wave Ruth was afraid.", "Wave"),
    ],
)
def test_words_that_are_nobody_are_not_cast(text: str, wrong: str) -> None:
    assert wrong not in [one.name for one in find_people(text, era=Era.MODERN)]


def test_a_name_that_no_list_has_is_found_by_what_it_does_and_sexed_by_its_pronouns() -> None:
    text = "Zarinka waited on the pier. She had a key. Zarinka looked up."
    (found,) = find_people(text, era=Era.MODERN)
    assert (found.name, found.look.sex) == ("Zarinka", Sex.FEMALE)


@pytest.mark.parametrize(
    ("text", "era"),
    [
        ("皇后在宫中收到一封密信", Era.ANCIENT),
        ("老和尚在山寺里等人", Era.ANCIENT),
        ("三更，少年披着蓑衣", Era.ANCIENT),
        ("从军十年，他回来了", Era.ANCIENT),
        ("程序员加班到凌晨", Era.MODERN),
    ],
)
def test_words_tell_the_age_of_the_world(text: str, era: Era) -> None:
    assert read_era(text) is era


def test_old_people_are_old_and_an_old_monk_is_bald_in_a_robe() -> None:
    (monk,) = find_people("老和尚在寺里扫地", era=Era.MODERN)
    assert (monk.look.age, monk.look.headgear, monk.look.dress) == (
        Age.OLD,
        Headgear.BALD,
        Dress.ROBE,
    )
    for text in ("婆婆坐在门口", "奶奶在等人", "爷爷在河边", "An old woman waits"):
        assert find_people(text, era=Era.MODERN)[0].look.age is Age.OLD, text


def test_one_grandmother_has_two_names_and_the_fuller_is_hers() -> None:
    (found,) = find_people("婆婆开了门。老婆婆笑了。奶奶没有说话。", era=Era.ANCIENT)
    assert found.name == "老婆婆"
    assert {"婆婆", "奶奶"} <= set(found.aliases)


@pytest.mark.parametrize(
    ("text", "posture"),
    [
        ("Ada sat down. Neon runs down the window.", Posture.SITTING),
        ("Ada stands. She lays the knife on the table.", Posture.STANDING),
        ("Ada sits. Her father's boat left an hour ago.", Posture.SITTING),
    ],
)
def test_a_verb_counts_only_with_its_subject(text: str, posture: Posture) -> None:
    roster = Roster(find_people("Ada", declared=["Ada"], era=Era.MODERN))
    assert roster.see(text).doing["ada"].posture is posture


def test_a_laugh_does_not_make_a_story_joyful() -> None:
    assert read_mood("She laughed once.") is not Mood.JOYFUL
    assert read_mood("婆婆笑了。") is not Mood.JOYFUL


def test_weather_is_told_as_it_happens_and_not_by_a_likeness() -> None:
    assert told_weather("Fog lay on the water like wool.") is Weather.FOG
    assert told_weather("大雾落在江面上") is Weather.FOG
    assert told_weather("White as snow, she waited.") is None


def test_films_differ_in_colour_and_their_people_too() -> None:
    firsts = set()
    for name in ("Ada", "Ruth", "Nora", "Mara", "Zoe", "Iris"):
        people = find_people(f"{name} met Tom, Ben and Sam.", era=Era.MODERN)
        accents = [one.look.accent for one in people]
        assert len(set(accents)) == len(accents)
        firsts.add(accents[0])
    assert len(firsts) > 2


@pytest.mark.parametrize(
    "text", ["天亮时，一条船靠岸", "爷爷的船还在江边", "her father's boat was gone"]
)
def test_nobody_sits_in_a_boat_that_only_comes_or_is_another_s(text: str) -> None:
    left = without_others_boats(text)
    assert "船" not in left
    assert "boat" not in left

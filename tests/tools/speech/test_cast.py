from __future__ import annotations

import pytest

from nightshoot.domain.screenplay import NARRATOR, Character, Look
from nightshoot.domain.vocabulary import Age, Locale, Sex
from nightshoot.tools.protocols import CastsVoices, Voice
from nightshoot.tools.speech import edge, kokoro
from nightshoot.tools.speech.cast import VoiceCasting, named_voice
from nightshoot.tools.speech.tempers import temper_distance, tempers_in

MENU = [kokoro.VOICES, edge.VOICES]
casting: CastsVoices = VoiceCasting()


def person(name: str, sex: Sex = Sex.MALE, age: Age = Age.ADULT, voice: str = "") -> Character:
    return Character(id=name, name=name, look=Look(sex=sex, age=age), voice=voice)


def heard(cast: dict[str, str], voices: tuple[Voice, ...]) -> dict[str, Voice]:
    by_id = {voice.id: voice for voice in voices}
    return {who: by_id[voice] for who, voice in cast.items()}


PEOPLE = (
    person("su"),
    person("guest"),
    person("lin", Sex.FEMALE, Age.YOUNG),
    person("boy", Sex.MALE, Age.CHILD),
    person("mother", Sex.FEMALE),
)


@pytest.mark.parametrize("voices", MENU)
@pytest.mark.parametrize("locale", list(Locale))
def test_everybody_and_the_narrator_sound_different_and_fit(
    voices: tuple[Voice, ...], locale: Locale
) -> None:
    cast = casting(people=PEOPLE, voices=voices, locale=locale).voices
    assert set(cast) == {NARRATOR, *(one.id for one in PEOPLE)}
    assert len(set(cast.values())) == len(cast)
    for who, voice in heard(cast, voices).items():
        assert voice.locale is locale
        look = next((one.look for one in PEOPLE if one.id == who), None)
        if look and look.age is not Age.CHILD:
            assert voice.sex is look.sex
            assert voice.age is not Age.CHILD


@pytest.mark.parametrize("voices", MENU)
def test_a_person_who_joins_changes_nobody_elses_voice(voices: tuple[Voice, ...]) -> None:
    before = casting(people=PEOPLE, voices=voices, locale=Locale.ZH).voices
    more = (*PEOPLE, person("elder", age=Age.OLD), person("aunt", Sex.FEMALE, Age.OLD))
    after = casting(people=more, voices=voices, locale=Locale.ZH).voices
    assert {who: after[who] for who in before} == before


def test_the_same_people_give_the_same_list() -> None:
    lists = [casting(people=PEOPLE, voices=kokoro.VOICES, locale=Locale.ZH) for _ in range(3)]
    assert lists[0] == lists[1] == lists[2]


def test_a_crowd_shares_voices_but_never_a_mans_with_a_woman() -> None:
    crowd = tuple(
        person(f"p{index}", Sex.FEMALE if index % 3 else Sex.MALE, Age.ADULT) for index in range(20)
    )
    cast = casting(people=crowd, voices=kokoro.VOICES, locale=Locale.ZH).voices
    voices = heard(cast, kokoro.VOICES)
    assert all(voices[one.id].sex is one.look.sex for one in crowd)
    assert all(voices[one.id].age is not Age.CHILD for one in crowd)


def test_a_voice_chosen_by_name_wins_and_an_unknown_name_is_passed_over() -> None:
    people = (person("su", voice="yunxi"), person("guest", voice="nobody"))
    cast = casting(people=people, voices=kokoro.VOICES, locale=Locale.ZH).voices
    assert cast["su"] == "zm_yunxi"
    assert cast["guest"] not in {"zm_yunxi", cast[NARRATOR]}


def test_no_voices_give_an_empty_list() -> None:
    assert casting(people=PEOPLE, voices=(), locale=Locale.EN).voices == {}


def test_what_is_decided_is_kept_and_counts_as_taken() -> None:
    kept = {"su": "zm_yunxi", "guest": "zm_yunyang", NARRATOR: "zf_xiaobei", "gone": "zm_yunjian"}
    cast = VoiceCasting()(
        people=(*PEOPLE[:2], person("new")), voices=kokoro.VOICES, locale=Locale.ZH, kept=kept
    ).voices
    assert cast == {**{who: kept[who] for who in (NARRATOR, "su", "guest")}, "new": "zm_yunjian"}


def test_a_voice_that_is_kept_but_gone_is_chosen_anew() -> None:
    cast = VoiceCasting()(
        people=PEOPLE[:1], voices=kokoro.VOICES, locale=Locale.ZH, kept={"su": "retired"}
    ).voices
    assert cast["su"] in {voice.id for voice in kokoro.VOICES}


def test_a_name_prefers_a_voice_of_the_films_language() -> None:
    both = tuple(
        Voice(id=f"{locale.value}-coral", locale=locale, sex=Sex.FEMALE, age=Age.ADULT)
        for locale in (Locale.EN, Locale.ZH)
    )
    for locale in Locale:
        found = named_voice("CORAL", both, locale)
        assert found is not None
        assert found.locale is locale
    exact = named_voice("en-coral", both, Locale.ZH)
    assert exact is not None
    assert exact.locale is Locale.EN


@pytest.mark.parametrize("voices", MENU)
@pytest.mark.parametrize("locale", list(Locale))
def test_a_temper_never_outweighs_sex_age_or_language(
    voices: tuple[Voice, ...], locale: Locale
) -> None:
    for temper in ("grave", "lively", "温柔", "威严", "deep", "nonsense", ""):
        one = person("lin", Sex.FEMALE).model_copy(update={"temper": temper})
        cast = casting(people=(one,), voices=voices, locale=locale).voices
        voice = heard(cast, voices)["lin"]
        assert (voice.locale, voice.sex, voice.age) == (locale, Sex.FEMALE, Age.ADULT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("calm", ("calm",)),
        ("slow, flowing", ()),
        ("沉稳", ("steady",)),
        ("活泼 and bright", ("bright", "lively")),
        ("", ()),
        ("Stern", ("grave",)),
    ],
)
def test_tempers_are_found_in_words_of_both_languages(text: str, found: tuple[str, ...]) -> None:
    assert tempers_in(text) == found


@pytest.mark.parametrize("voices", MENU)
def test_every_voice_has_a_temper_that_a_screenplay_can_name(voices: tuple[Voice, ...]) -> None:
    assert all(tempers_in(voice.temper) for voice in voices)
    assert temper_distance("calm", ("calm",)) == 0
    assert 0 < temper_distance("strong", ("grave",)) < temper_distance("lively", ("grave",))

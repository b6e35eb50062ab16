"""Gives each character a voice by sex, age and temper, and the narrator a voice of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from nightshoot.domain.screenplay import NARRATOR, Character
from nightshoot.domain.vocabulary import Age, Locale, Sex
from nightshoot.tools.protocols import CastList, Voice
from nightshoot.tools.speech.tempers import temper_distance, tempers_in

_AGES = (Age.CHILD, Age.YOUNG, Age.ADULT, Age.OLD)
_NARRATORS = ("calm", "steady", "warm")
_FOREIGN, _OTHER_SEX, _TAKEN, _CHILD, _YEARS = 1e6, 1e5, 60.0, 1e4, 20.0
"""What a voice costs that does not fit. A man sooner shares a voice with another man than speaks
with a woman's or a child's, but sooner sounds a generation off than shares one."""
_TEMPER = 5.0
_WRONG_TEMPER = 15.0
"""What a voice of another temper costs where the screenplay names one: more than the temper that an
age suggests, less than a generation."""
_TEMPERS = {
    Age.CHILD: ("lively", "bright"),
    Age.YOUNG: ("bright", "clear"),
    Age.ADULT: ("steady", "warm", "deep", "strong"),
    Age.OLD: ("deep", "grave", "low", "soft", "gentle"),
}


_NOBODY: Mapping[str, str] = MappingProxyType({})


class VoiceCasting:
    """Casts voices. Fits `protocols.CastsVoices`.

    The narrator chooses first, then the people in the order given, each the voice that fits best
    and is least taken. So a person who is added at the end changes nobody else's voice, and the
    narrator's never changes; where the list is to stay the same whoever comes and goes, what was
    decided before is given as `kept`. The list always has the narrator; where a character narrates,
    the line's speaker id is the character's, and it is heard in the character's voice.
    """

    def __call__(
        self,
        *,
        people: tuple[Character, ...],
        voices: tuple[Voice, ...],
        locale: Locale,
        kept: Mapping[str, str] = _NOBODY,
        narrator_voice: str = "",
        narrator_temper: str = "",
    ) -> CastList:
        """Gives the cast list; the same people and voices always give the same list.

        A voice that a character names (`Character.voice`) wins, by id or by a part of it such as
        `yunxi`; a name that these voices do not have is passed over. Empty where there are no
        voices.

        Args:
            people: who speaks besides the narrator.
            voices: those of one backend.
            locale: the film's.
            kept: the voices that are decided, by speaker; they are kept, and count as taken.
            narrator_voice: a wish for the narrator, as `Character.voice`; empty: none.
            narrator_temper: a word for the narrator's voice, as `Character.temper`; empty: calm.
        """
        if not voices:
            return CastList()
        ids = {voice.id for voice in voices}
        chosen = {
            who: kept[who]
            for who in (NARRATOR, *(person.id for person in people))
            if kept.get(who) in ids
        }
        wishes = [(NARRATOR, narrator_voice), *((person.id, person.voice) for person in people)]
        for who, wish in wishes:
            named = named_voice(wish, voices, locale)
            if named is not None:
                chosen.setdefault(who, named.id)
        taken = dict.fromkeys((voice.id for voice in voices), 0)
        for voice in chosen.values():
            taken[voice] += 1

        def take(who: str, cost: Callable[[Voice], float]) -> None:
            if who not in chosen:
                chosen[who] = _cheapest(voices, taken, cost).id
                taken[chosen[who]] += 1

        tempers = tempers_in(narrator_temper)
        take(NARRATOR, lambda voice: _narrator_cost(voice, locale, tempers))
        for person in people:
            take(person.id, partial(_person_cost, person=person, locale=locale))
        speakers = (NARRATOR, *(person.id for person in people))
        return CastList(voices={who: chosen[who] for who in speakers})


def named_voice(name: str, voices: tuple[Voice, ...], locale: Locale | None = None) -> Voice | None:
    """Finds the voice with this id, else the first whose id holds the name, else None.

    Args:
        name: an id or a part of one, in letters of either size.
        voices: where to look.
        locale: of several that hold the name, one of this language goes first.
    """
    wanted = name.strip().casefold()
    if not wanted:
        return None
    holding = [voice for voice in voices if wanted in voice.id.casefold()]
    exact = (voice for voice in holding if voice.id.casefold() == wanted)
    near = (voice for voice in holding if voice.locale is locale)
    return next(exact, next(near, next(iter(holding), None)))


def fit_cost(voice: Voice, *, sex: Sex, age: Age, locale: Locale) -> float:
    """Says how badly a voice fits: 0 is a perfect fit."""
    years = abs(_AGES.index(voice.age) - _AGES.index(age))
    # Children's voices are alike: a boy may speak with a girl's.
    sex_cost = _YEARS if voice.age is age is Age.CHILD else _OTHER_SEX
    return (
        _YEARS * years
        + (_CHILD if (voice.age is Age.CHILD) != (age is Age.CHILD) else 0.0)
        + (_FOREIGN if voice.locale is not locale else 0.0)
        + (sex_cost if voice.sex is not sex else 0.0)
    )


def _narrator_cost(voice: Voice, locale: Locale, tempers: tuple[str, ...]) -> float:
    rank = _NARRATORS.index(voice.temper) if voice.temper in _NARRATORS else len(_NARRATORS)
    cost = rank + fit_cost(voice, sex=voice.sex, age=Age.ADULT, locale=locale)
    return cost + (_WRONG_TEMPER * temper_distance(voice.temper, tempers) if tempers else 0.0)


def _cheapest(
    voices: tuple[Voice, ...], taken: dict[str, int], cost: Callable[[Voice], float]
) -> Voice:
    return min(voices, key=lambda voice: cost(voice) + _TAKEN * taken[voice.id])


def _person_cost(voice: Voice, person: Character, locale: Locale) -> float:
    look = person.look
    cost = fit_cost(voice, sex=look.sex, age=look.age, locale=locale)
    wanted = tempers_in(person.temper)
    if wanted:
        return cost + _WRONG_TEMPER * temper_distance(voice.temper, wanted)
    return cost + (0.0 if voice.temper in _TEMPERS[look.age] else _TEMPER)

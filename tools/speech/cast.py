"""Gives each character a voice by sex, age and temper, and the narrator a voice of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nightshoot.domain.screenplay import NARRATOR, Character, Look
from nightshoot.domain.vocabulary import Age, Locale, Sex
from nightshoot.tools.protocols import CastList, Voice

_AGES = (Age.CHILD, Age.YOUNG, Age.ADULT, Age.OLD)
_NARRATORS = ("calm", "steady", "warm")
_FOREIGN, _OTHER_SEX, _TAKEN, _CHILD, _YEARS = 1e6, 1e5, 60.0, 1e4, 20.0
"""What a voice costs that does not fit. A man sooner shares a voice with another man than speaks
with a woman's or a child's, but sooner sounds a generation off than shares one."""
_TEMPER = 5.0
_TEMPERS = {
    Age.CHILD: ("lively", "bright"),
    Age.YOUNG: ("bright", "clear"),
    Age.ADULT: ("steady", "warm", "deep", "strong"),
    Age.OLD: ("deep", "grave", "low", "soft", "gentle"),
}


class VoiceCasting:
    """Casts voices. Fits `protocols.CastsVoices`.

    The narrator chooses first, then the people in the order given, each the voice that fits best
    and is least taken. So a person who is added at the end changes nobody else's voice, and the
    narrator's never changes. The list always has the narrator; where a character narrates, the
    line's speaker id is the character's, and it is heard in the character's voice.
    """

    def __call__(
        self, *, people: tuple[Character, ...], voices: tuple[Voice, ...], locale: Locale
    ) -> CastList:
        """Gives the cast list; the same people and voices always give the same list.

        A voice that a character names (`Character.voice`) wins, by id or by a part of it such as
        `yunxi`; a name that these voices do not have is passed over. Empty where there are no
        voices.
        """
        if not voices:
            return CastList()
        named = {
            person.id: found for person in people if (found := named_voice(person.voice, voices))
        }
        taken = dict.fromkeys((voice.id for voice in voices), 0)
        for voice in named.values():
            taken[voice.id] += 1
        narrator = _cheapest(voices, taken, lambda voice: _narrator_cost(voice, locale))
        taken[narrator.id] += 1
        chosen = {NARRATOR: narrator.id}
        for person in people:
            own = named.get(person.id)
            if own is None:
                own = _cheapest(
                    voices, taken, partial(_person_cost, look=person.look, locale=locale)
                )
                taken[own.id] += 1
            chosen[person.id] = own.id
        return CastList(voices=chosen)


def named_voice(name: str, voices: tuple[Voice, ...]) -> Voice | None:
    """Finds the voice with this id, else the first whose id holds the name, else None."""
    wanted = name.strip().casefold()
    if not wanted:
        return None
    exact = (voice for voice in voices if voice.id.casefold() == wanted)
    return next(exact, next((voice for voice in voices if wanted in voice.id.casefold()), None))


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


def _narrator_cost(voice: Voice, locale: Locale) -> float:
    rank = _NARRATORS.index(voice.temper) if voice.temper in _NARRATORS else len(_NARRATORS)
    return rank + fit_cost(voice, sex=voice.sex, age=Age.ADULT, locale=locale)


def _cheapest(
    voices: tuple[Voice, ...], taken: dict[str, int], cost: Callable[[Voice], float]
) -> Voice:
    return min(voices, key=lambda voice: cost(voice) + _TAKEN * taken[voice.id])


def _person_cost(voice: Voice, look: Look, locale: Locale) -> float:
    cost = fit_cost(voice, sex=look.sex, age=look.age, locale=locale)
    return cost + (0.0 if voice.temper in _TEMPERS[look.age] else _TEMPER)

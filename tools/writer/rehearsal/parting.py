"""Parts the moments of a developed brief into scenes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nightshoot.domain.vocabulary import Locale, TimeOfDay
from nightshoot.tools.writer.rehearsal.drafts import Moment, SceneDraft
from nightshoot.tools.writer.rehearsal.grammar import grammar
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese, words
from nightshoot.tools.writer.rehearsal.pieces import speakable
from nightshoot.tools.writer.rehearsal.premise import Premise
from nightshoot.tools.writer.rehearsal.reading import (
    Place,
    place_word,
    read_place,
    read_setting,
)

LATER = re.compile(
    r"年后|天后|多年|次日|第二天|后来|later|the next (?:day|morning)|years after", re.IGNORECASE
)
"""The user's words leap in time: another scene begins."""
_INDOORS = frozenset({"hook", "turn", "reversal", "end"})
"""A family comes home for these, wherever the story began."""


def parted(premise: Premise, told: Iterable[tuple[str, Moment]]) -> list[SceneDraft]:
    """Parts the moments into scenes where the user's words move on, and at a dawn that ends."""
    place = premise.place
    scenes = [SceneDraft(place=place, name=premise.place_name, mood=premise.mood)]
    for at, moment in told:
        text = moment.action + "".join(said.text for said in moment.said)
        here = place
        if at == "said" and read_setting(moment.action) is not None:
            here = read_place(moment.action, era=place.era, default=place)
        elif at in _INDOORS and premise.genre_name == "family":
            here = replace(place, setting=premise.genre.setting, boat=False)
        if at == "said" and words("time").first(moment.action) == TimeOfDay.DAWN:
            here = replace(here, time_of_day=TimeOfDay.DAWN)
        if at == "end" and words("time").first(text) == TimeOfDay.DAWN:
            here = replace(here, time_of_day=TimeOfDay.DAWN)
        there = scenes[-1].place
        same = here.setting is there.setting and here.time_of_day is there.time_of_day
        leaps = at == "said" and LATER.search(moment.action) is not None
        if (leaps or not same) and scenes[-1].moments:
            scenes.append(
                SceneDraft(
                    place=here, name=_name_of(here, moment, premise, scenes), mood=premise.mood
                )
            )
        elif not same:
            scenes[-1].place = here
            scenes[-1].name = _name_of(here, moment, premise, scenes)
        place = place if at == "hook" else here
        scenes[-1].moments.append(moment)
    return [scene for scene in scenes if any(speakable(m.action) or m.said for m in scene.moments)]


def _name_of(
    place: Place, moment: Moment, premise: Premise, before: Sequence[SceneDraft] = ()
) -> str:
    """Gives a scene's place in words; the last scene in this setting has given it its name."""
    if place.setting is premise.place.setting:
        return premise.place_name
    named = place_word(moment.action, place.setting)
    chinese = has_chinese(moment.action)
    if named:
        return named if chinese or named[0].isupper() else f"the {named}"
    known = next((one.name for one in reversed(before) if one.place.setting is place.setting), "")
    return known or grammar(Locale.ZH if chinese else Locale.EN).places[place.setting]

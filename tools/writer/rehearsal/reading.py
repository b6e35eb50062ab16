"""Reads place, time, weather, era and mood out of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nightshoot.domain.vocabulary import (
    Dressing,
    Era,
    Locale,
    Mood,
    Setting,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.writer.rehearsal.absent import without_others_boats
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese, term, words

_CLASSICAL = re.compile(r"[之乎者也矣焉哉兮曰吾汝尔其]")
_WATER = frozenset({Setting.RIVER, Setting.SEA, Setting.HEAVEN})
_INDOORS = frozenset({Setting.ROOM, Setting.PALACE, Setting.HEAVEN})
_NEVER_ANCIENT = frozenset({Dressing.CAR, Dressing.STREETLAMP, Dressing.COMPUTER, Dressing.BENCH})
_NEVER_MODERN = frozenset({Dressing.CART, Dressing.FLEET})
_NOT_IN_A_ROOM = frozenset(
    {
        Dressing.BOAT,
        Dressing.FLEET,
        Dressing.BRIDGE,
        Dressing.PAGODA,
        Dressing.GATE,
        Dressing.CAR,
        Dressing.CART,
        Dressing.TENT,
        Dressing.GRAVE,
        Dressing.WELL,
        Dressing.STREETLAMP,
        Dressing.WILLOW,
        Dressing.PINE,
        Dressing.REEDS,
        Dressing.PAVILION,
        Dressing.HORSE,
    }
)
_ONLY_IN_A_ROOM = frozenset(
    {
        Dressing.BED,
        Dressing.SHELF,
        Dressing.COMPUTER,
        Dressing.SCREEN,
        Dressing.WINDOW,
        Dressing.DOOR,
        Dressing.TABLE,
        Dressing.CANDLE,
    }
)

NOT_A_PLACE = frozenset(
    [
        "泛舟",
        "选秀",
        "回朝",
        "royal",
        "临江",
        "横江",
        "船舷",
        "船头",
        "登山",
        "登上山",
        "旌旗",
        "战争场景",
        "魔幻",
        "宴会",
        "舞会",
        "婚礼",
        "加班",
        "公司",
        "海浪",
        "深海",
        "海风",
        "夜游",
        "星辰大海",
        "落地窗",
        "home",
        "house",
        "war",
        "battle",
        "meeting",
        "waves",
        "tide",
        "drowned",
        "company",
        "startup",
        "court",
        "wedding",
        "banquet",
        "wheat",
        "dream",
        "neon",
        "taxi",
        "cab",
        "intern",
        "nurse",
        "patient",
        "resignation",
        "fisherman",
        "sailor",
        "bottle",
        "mars",
        "霓虹",
        "出租车",
        "快递员",
        "外卖",
        "老船工",
        "摆渡",
        "锅",
        "火锅",
        "战场",
        "room",
        "cell",
        "bar",
        "train",
        "carriage",
    ]
)
"""Words that tell a setting but do not name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and when something happens; the same in all shots of a scene."""

    setting: Setting
    era: Era
    time_of_day: TimeOfDay
    weather: Weather
    boat: bool = False
    """The people are in a boat."""


def read_era(text: str) -> Era:
    """Gives the world of a text; modern where nothing tells."""
    counts = words("era").counts(text)
    ancient, modern = counts.get("ancient", 0), counts.get("modern", 0)
    characters = sum(map(has_chinese, text))
    if characters:
        ancient += int(20 * len(_CLASSICAL.findall(text)) / characters)
    return Era.ANCIENT if ancient > modern else Era.MODERN


def read_setting(text: str) -> Setting | None:
    """Gives the setting that a text names first, or None."""
    found = words("setting").first(text)
    return term(Setting, found) if found else None


def read_place(text: str, *, era: Era, default: Place | None = None) -> Place:
    """Gives the place of a text, filled up from `default` or from what is likely.

    Args:
        text: what is told or seen.
        era: the world of the film.
        default: the place before, which goes on where the text names no other.
    """
    setting = read_setting(text)
    if setting is Setting.CITY and not place_word(text, setting) and _furnished(text):
        setting = Setting.ROOM  # neon outside the window of a room
    time = words("time").first(text)
    weather = words("weather").first(text)
    moved = default is not None and setting is not None and setting is not default.setting
    base = default or _likely(text, era)
    place = Place(
        setting=setting or base.setting,
        era=era,
        time_of_day=term(TimeOfDay, time) if time else base.time_of_day,
        weather=term(Weather, weather) if weather else base.weather,
        boat=base.boat and not moved,
    )
    on_boat = _boat_in(text) and place.setting in _WATER
    return replace(place, boat=place.boat or on_boat)


def place_word(text: str, setting: Setting) -> str:
    """Gives the word that names this setting in a text; empty where none does by itself."""
    for hit in words("setting").hits(text):
        if hit.value == setting and hit.end - hit.start > 1 and hit.word not in NOT_A_PLACE:
            return text[hit.start : hit.end]
    return ""


_FURNITURE = frozenset({"table", "window", "door", "bed", "shelf", "candle", "screen", "computer"})


def _furnished(text: str) -> bool:
    return bool({hit.value for hit in words("dressing").hits(text)} & _FURNITURE)


def _boat_in(text: str) -> bool:
    hits = words("dressing").hits(without_others_boats(text))
    return any(hit.value == Dressing.BOAT for hit in hits) and not any(
        hit.value == Dressing.FLEET for hit in hits
    )


def _likely(text: str, era: Era) -> Place:
    mood = read_mood(text)
    dark = mood in {Mood.TENSE, Mood.MYSTERIOUS, Mood.ROMANTIC, Mood.DESOLATE}
    if _furnished(text):
        setting = Setting.ROOM
    elif era is Era.ANCIENT:
        setting = Setting.MOUNTAIN if mood in {Mood.HEROIC, Mood.SERENE} else Setting.COURTYARD
    else:
        setting = Setting.ROOM if mood in {Mood.WARM, None} else Setting.STREET
    time = TimeOfDay.NIGHT if dark else TimeOfDay.DUSK
    return Place(setting=setting, era=era, time_of_day=time, weather=Weather.CLEAR)


def read_mood(text: str) -> Mood | None:
    """Gives the mood with the most words in a text (the later at a tie), or None."""
    counts = words("mood").counts(text)
    if not counts:
        return None
    best = max(counts.values())
    return term(Mood, [mood for mood, count in counts.items() if count == best][-1])


def read_dressing(text: str, place: Place) -> tuple[Dressing, ...]:
    """Gives what else stands in the picture, as far as it fits the place; 8 at most."""
    hits = [term(Dressing, hit.value) for hit in words("dressing").hits(text)]
    outdoors = place.setting not in _INDOORS
    kept = [
        one
        for one in dict.fromkeys(hits)
        if not (place.era is Era.ANCIENT and one in _NEVER_ANCIENT)
        and not (place.era is Era.MODERN and one in _NEVER_MODERN)
        and not (
            place.setting in _INDOORS
            and one in _NOT_IN_A_ROOM
            and place.setting is not Setting.HEAVEN
        )
        and not (outdoors and one in _ONLY_IN_A_ROOM)
        and not (one is Dressing.BOAT and place.setting not in _WATER)
    ]
    return tuple(kept[:8])


def read_locale(text: str) -> Locale:
    """Gives the language that most of a text is in."""
    chinese = sum(map(has_chinese, text))
    latin = sum(c.isascii() and c.isalpha() for c in text)
    return Locale.ZH if chinese * 3 >= latin and chinese else Locale.EN


_WEATHER_TOLD = re.compile(
    r"\b(?:fog|mist|rain|snow|storm|thunder)\s+(?:lay|lies|fell|falls|is falling|hung|hangs|came|"
    r"comes|rolled|rolls|rolling|covers|covered|drifts|drifted|swallow\w*|blew|broke|breaks|began|"
    r"begins|beats?|poured|pours|settles|settled|creeps|crept)\b|"
    r"\b(?:it|was|is) (?:raining|snowing)\b|"
    r"大雾|浓雾|雾起|下起?了?雨|下起?了?雪|大雪|大雨|暴雨|雪落|雨落|飘雪|飘起",
    re.IGNORECASE,
)


def told_weather(text: str) -> Weather | None:
    """Gives the weather that a text tells as it happens: `fog lay on the water`; not a likeness."""
    match = _WEATHER_TOLD.search(text)
    if match is None:
        return None
    found = words("weather").first(text[match.start() : match.end() + 2])
    return term(Weather, found) if found else None


_SCENERY = re.compile(
    r"水波|清风|江面|水面|飞鸟|乌鹊|天亮|雪停|雨停|浪|goes dark|falls? silent|\b(?:rises?|sets)\b"
)


def scenery(text: str) -> bool:
    """Whether a sentence in which nobody is named tells of the place, the sky or the weather."""
    told = any(words(one).first(text) for one in ("setting", "time", "weather"))
    done = any(words(one).first(text) for one in ("posture", "gesture", "prop"))
    done = done or re.search(r"了[它她他]|把|\b(?:it|her|him)[.,!]?$", text) is not None
    return (told or _SCENERY.search(text) is not None) and not done

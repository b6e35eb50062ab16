"""Venues: what kind of room, street or roof a scene's own words for its place tell.

A `Setting` says no more than that a scene plays in a room; the place that the screenplay names (a
hospital corridor, 教室) says which. A painter without a language model draws it from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nightshoot.domain.vocabulary import Era, Setting, Term


class Venue(Term):
    """A kind of place within a setting, with the words that name it."""

    CORRIDOR = (
        "corridor",
        "走廊",
        "hallway",
        "hospital corridor",
        "医院走廊",
        "过道",
        "楼道",
        "急诊",
        "急诊室",
    )
    HOSPITAL = "hospital", "医院", "病房", "ward", "clinic", "sickroom", "手术室", "诊所", "病床"
    OFFICE = (
        "office", "办公室", "公司", "写字楼", "会议室", "工位", "meeting room", "boardroom",
        "conference room", "startup", "cubicle", "格子间", "newsroom", "编辑部",
    )  # fmt: skip
    CLASSROOM = "classroom", "教室", "学校", "school", "课堂", "lecture hall", "课室"
    KITCHEN = "kitchen", "厨房", "灶台", "灶间", "灶房", "后厨", "bakery", "面包房"
    CAFE = (
        "cafe", "咖啡馆", "咖啡店", "咖啡厅", "café", "coffee shop", "restaurant", "餐厅", "饭馆",
        "面馆", "酒吧", "bar", "diner", "pub", "茶餐厅", "客栈", "酒馆", "茶馆", "茶楼", "酒楼",
        "inn", "tavern", "teahouse", "酒肆",
    )  # fmt: skip
    LIBRARY = "library", "图书馆", "书店", "bookshop", "bookstore", "archive", "档案室", "藏书阁"
    SHOP = (
        "shop", "便利店", "商店", "超市", "supermarket", "store", "convenience store", "药店",
        "pharmacy", "杂货铺", "杂货店", "药铺", "当铺", "grocery",
    )  # fmt: skip
    TRAIN = (
        "train", "火车", "火车上", "车厢", "列车", "高铁", "地铁", "train carriage", "train car",
        "subway car", "railway carriage", "sleeper train", "地铁车厢", "subway",
        "metro", "tram", "电车",
    )  # fmt: skip
    CAR = "car", "汽车里", "车里", "车内", "taxi", "出租车", "cab", "轿车", "驾驶座", "inside a car"
    STATION = (
        "train station", "站台", "火车站", "月台", "地铁站", "subway station", "platform",
        "railway station", "高铁站",
    )  # fmt: skip
    MARKET = "market", "集市", "夜市", "菜市场", "市集", "bazaar", "night market", "市场", "庙会"
    ROOFTOP = "rooftop", "天台", "楼顶", "roof", "屋顶", "roof terrace", "roof garden"
    TEMPLE = (
        "temple", "寺", "寺庙", "古寺", "破庙", "庙", "佛堂", "山寺", "道观", "monastery", "shrine",
        "禅房", "大雄宝殿",
    )  # fmt: skip
    PRISON = (
        "prison",
        "监狱",
        "牢房",
        "地牢",
        "天牢",
        "dungeon",
        "jail",
        "prison cell",
        "cell",
        "大牢",
    )
    SPACESHIP = (
        "spaceship", "飞船", "太空舱", "空间站", "space station", "宇宙飞船", "spacecraft", "舷窗",
        "太空站", "starship", "moon base", "月球基地", "飞船舷窗",
    )  # fmt: skip


_ROOMS = frozenset({Setting.ROOM})
_WAYS = frozenset({Setting.STREET, Setting.CITY, Setting.VILLAGE})

SETTINGS: dict[Venue, frozenset[Setting]] = {
    Venue.CORRIDOR: _ROOMS,
    Venue.HOSPITAL: _ROOMS,
    Venue.OFFICE: _ROOMS,
    Venue.CLASSROOM: _ROOMS,
    Venue.KITCHEN: _ROOMS,
    Venue.CAFE: _ROOMS,
    Venue.LIBRARY: _ROOMS,
    Venue.SHOP: _ROOMS,
    Venue.TRAIN: _ROOMS,
    Venue.CAR: _ROOMS | {Setting.STREET, Setting.CITY},
    Venue.STATION: _ROOMS | _WAYS,
    Venue.MARKET: _WAYS,
    Venue.ROOFTOP: _WAYS,
    Venue.TEMPLE: frozenset({Setting.PALACE, Setting.ROOM}),
    Venue.PRISON: frozenset({Setting.ROOM, Setting.PALACE}),
    Venue.SPACESHIP: frozenset({Setting.HEAVEN, Setting.ROOM}),
}
"""The settings within which a venue is what its words say: a street before a hospital is a street,
and a car in a street is looked into only where the scene plays in it."""

MODERN = frozenset(
    {
        Venue.CORRIDOR,
        Venue.HOSPITAL,
        Venue.OFFICE,
        Venue.CLASSROOM,
        Venue.TRAIN,
        Venue.CAR,
        Venue.STATION,
        Venue.ROOFTOP,
        Venue.SPACESHIP,
    }
)
"""What no ancient story knows."""

_WORDS = {
    word.casefold(): venue
    for venue in Venue
    for word in (venue.value.replace("_", " "), venue.chinese, *venue.aliases)
}
_ANY = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(word)}(?:s|es)?(?![a-z])" if word.isascii() else re.escape(word)
        for word in sorted(_WORDS, key=lambda word: (-len(word), word))
    )
)


def venue_of(place: str, setting: Setting, era: Era) -> Venue | None:
    """Gives the venue that a place's name tells, or None where setting and era say it all.

    Args:
        place: what the screenplay calls the place, in Chinese or English.
        setting: the scene's; a venue that cannot lie in it is passed over.
        era: the story's; a venue that it does not know is passed over.
    """
    return next((venue for _, venue in _named(place, setting, era)), None)


def venue_word(text: str, setting: Setting, era: Era) -> str:
    """Gives the word by which a text first names a venue that can be; empty: it names none."""
    return next((word for word, _ in _named(text, setting, era)), "")


def _named(text: str, setting: Setting, era: Era) -> Iterator[tuple[str, Venue]]:
    for found in _ANY.finditer(text.casefold()):
        word = found.group()
        stem = next((one for one in (word, word[:-1], word[:-2]) if one in _WORDS), None)
        if stem is None:
            continue
        venue = _WORDS[stem]
        if setting in SETTINGS[venue] and (era is Era.MODERN or venue not in MODERN):
            yield stem, venue

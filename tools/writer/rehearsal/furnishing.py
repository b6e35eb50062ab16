"""What stands in a place of which the text says nothing more."""

from __future__ import annotations

from nightshoot.domain.vocabulary import Dressing, Era, Setting

USUAL: dict[tuple[Setting, Era], tuple[Dressing, ...]] = {
    (Setting.RIVER, Era.ANCIENT): (Dressing.REEDS, Dressing.WILLOW),
    (Setting.RIVER, Era.MODERN): (Dressing.BRIDGE, Dressing.REEDS),
    (Setting.SEA, Era.ANCIENT): (Dressing.BIRDS,),
    (Setting.SEA, Era.MODERN): (Dressing.BIRDS,),
    (Setting.MOUNTAIN, Era.ANCIENT): (Dressing.PINE, Dressing.PAVILION),
    (Setting.MOUNTAIN, Era.MODERN): (Dressing.PINE,),
    (Setting.FOREST, Era.ANCIENT): (Dressing.PINE, Dressing.BAMBOO),
    (Setting.FOREST, Era.MODERN): (Dressing.PINE,),
    (Setting.VILLAGE, Era.ANCIENT): (Dressing.WILLOW, Dressing.WELL),
    (Setting.VILLAGE, Era.MODERN): (Dressing.WILLOW,),
    (Setting.STREET, Era.ANCIENT): (Dressing.LANTERNS, Dressing.GATE),
    (Setting.STREET, Era.MODERN): (Dressing.STREETLAMP, Dressing.BENCH),
    (Setting.CITY, Era.ANCIENT): (Dressing.GATE, Dressing.LANTERNS),
    (Setting.CITY, Era.MODERN): (Dressing.STREETLAMP,),
    (Setting.PALACE, Era.ANCIENT): (Dressing.SCREEN, Dressing.CANDLE),
    (Setting.PALACE, Era.MODERN): (Dressing.LANTERNS, Dressing.TABLE),
    (Setting.COURTYARD, Era.ANCIENT): (Dressing.PLUM, Dressing.PAVILION),
    (Setting.COURTYARD, Era.MODERN): (Dressing.BENCH, Dressing.WILLOW),
    (Setting.ROOM, Era.ANCIENT): (Dressing.TABLE, Dressing.CANDLE),
    (Setting.ROOM, Era.MODERN): (Dressing.TABLE, Dressing.WINDOW),
    (Setting.FIELD, Era.ANCIENT): (Dressing.TENT,),
}
"""The things of a setting in its era, from which a scene takes what it does not name."""

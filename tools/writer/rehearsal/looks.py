"""How people look: the terms of a role, the habit of an era, and what tells two people apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from colorsys import rgb_to_hls
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

from nightshoot.domain.screenplay import Look
from nightshoot.domain.vocabulary import Age, Build, Dress, Era, Headgear, Sex, Term

T = TypeVar("T", bound=Term)

_HUES_APART = 0.15
"""As a share of the circle of hues: gold and brass are 0.02 apart, gold and green 0.22."""

ACCENTS = (
    "#c8922e",
    "#3f7fa6",
    "#b0413e",
    "#5b8c5a",
    "#8a5fa8",
    "#d07a3a",
    "#4f9a94",
    "#b8567f",
    "#8c7a3c",
    "#5566b0",
    "#a8503a",
    "#6f9db5",
    "#c06c84",
    "#7d9d5c",
    "#9a7fb8",
    "#d4a25a",
)
"""The colours that characters get; neighbours differ in hue, and no two in a film are the same."""


def palette(seed: str) -> tuple[str, ...]:
    """Gives the accents in the order in which a film takes them, by the name of its first person.

    The step over the colours is odd where their number is even, so that none comes twice.
    """
    count = len(ACCENTS)
    start = crc32(seed.encode("utf-8")) % count
    return tuple(ACCENTS[(start + index * 5) % count] for index in range(count))


def _apart(free: Sequence[str], used: Collection[str]) -> str:
    """Gives the first free colour that no used one is near in hue, else the farthest."""

    def gap(colour: str) -> float:
        gaps = (abs(_hue(colour) - _hue(one)) for one in used)
        return min((min(way, 1 - way) for way in gaps), default=1.0)

    return next((colour for colour in free if gap(colour) >= _HUES_APART), max(free, key=gap))


def _hue(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return rgb_to_hls(red, green, blue)[0]


_HEADS: dict[tuple[Era, Sex], tuple[Headgear, ...]] = {
    (Era.ANCIENT, Sex.MALE): (Headgear.TOPKNOT, Headgear.SCHOLAR_CAP, Headgear.LONG_HAIR),
    (Era.ANCIENT, Sex.FEMALE): (Headgear.HAIRPIN_BUN, Headgear.LONG_HAIR, Headgear.PONYTAIL),
    (Era.MODERN, Sex.MALE): (Headgear.SHORT_HAIR, Headgear.CAP, Headgear.BEARD),
    (Era.MODERN, Sex.FEMALE): (Headgear.LONG_HAIR, Headgear.PONYTAIL, Headgear.SHORT_HAIR),
}
_DRESSES: dict[tuple[Era, Sex], tuple[Dress, ...]] = {
    (Era.ANCIENT, Sex.MALE): (Dress.ROBE, Dress.CLOAK, Dress.PEASANT),
    (Era.ANCIENT, Sex.FEMALE): (Dress.GOWN, Dress.ROBE, Dress.CLOAK),
    (Era.MODERN, Sex.MALE): (Dress.COAT, Dress.SUIT, Dress.CASUAL),
    (Era.MODERN, Sex.FEMALE): (Dress.SKIRT, Dress.COAT, Dress.CASUAL),
}
_OUTDATED = frozenset(
    {Dress.ROBE, Dress.COURT_ROBE, Dress.GOWN, Dress.PEASANT, Dress.STRAW_CAPE, Dress.ARMOR}
)
_OLD_HEADS = frozenset(
    {
        Headgear.SCHOLAR_CAP,
        Headgear.OFFICIAL_HAT,
        Headgear.TOPKNOT,
        Headgear.HAIRPIN_BUN,
        Headgear.BAMBOO_HAT,
    }
)
_NEW_DRESSES = frozenset({Dress.SUIT, Dress.COAT, Dress.CASUAL, Dress.SKIRT, Dress.UNIFORM})
_NEW_HEADS = frozenset({Headgear.SHORT_HAIR, Headgear.CAP})

_AGE_WORDS = {Age.CHILD: "small child", Age.YOUNG: "young", Age.ADULT: "", Age.OLD: "elderly"}
_DRESS_WORDS = {
    Dress.ROBE: "long flowing robe",
    Dress.COURT_ROBE: "embroidered court robe",
    Dress.GOWN: "layered silk gown",
    Dress.ARMOR: "lamellar armour",
    Dress.PEASANT: "coarse work clothes",
    Dress.STRAW_CAPE: "straw rain cape",
    Dress.CLOAK: "long dark cloak",
    Dress.SUIT: "well-cut suit",
    Dress.COAT: "long coat",
    Dress.CASUAL: "plain sweatshirt",
    Dress.SKIRT: "simple dress",
    Dress.UNIFORM: "uniform",
}
_HEAD_WORDS = {
    Headgear.SCHOLAR_CAP: "a tall scholar's cap",
    Headgear.OFFICIAL_HAT: "a black winged official's hat",
    Headgear.CROWN: "a crown",
    Headgear.HELMET: "a plumed helmet",
    Headgear.BAMBOO_HAT: "a wide bamboo hat",
    Headgear.TOPKNOT: "hair in a topknot",
    Headgear.HAIRPIN_BUN: "hair pinned up in a bun",
    Headgear.HOOD: "a hood",
    Headgear.BALD: "a shaved head",
    Headgear.SHORT_HAIR: "short hair",
    Headgear.LONG_HAIR: "long loose hair",
    Headgear.PONYTAIL: "hair in a ponytail",
    Headgear.CAP: "a cap",
    Headgear.BEARD: "a long beard",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is known of a look so far; None is not known."""

    sex: Sex | None = None
    age: Age | None = None
    build: Build | None = None
    dress: Dress | None = None
    headgear: Headgear | None = None
    accent: str | None = None

    def over(self, other: Traits) -> Traits:
        """Gives these traits, filled up by the other's."""
        return Traits(
            sex=self.sex or other.sex,
            age=self.age or other.age,
            build=self.build or other.build,
            dress=self.dress or other.dress,
            headgear=self.headgear or other.headgear,
            accent=self.accent or other.accent,
        )


def traits(words: str) -> Traits:
    """Reads the terms of a look, such as `male old stout armor helmet`."""
    found = set(words.split())
    return Traits(
        sex=_one_of(Sex, found),
        age=_one_of(Age, found),
        build=_one_of(Build, found),
        dress=_one_of(Dress, found),
        headgear=_one_of(Headgear, found),
    )


def _one_of(kind: type[T], words: set[str]) -> T | None:
    return next((one for one in kind if one.value in words), None)


def look(known: Traits, *, era: Era, index: int, others: Iterable[Look], seed: str = "") -> Look:
    """Completes a look as the era has it, apart from the looks that `others` have.

    Args:
        known: what the text says.
        era: decides the clothes that nothing was said about.
        index: the place in the cast, from 0; chooses the accent.
        others: the looks of the cast before.
        seed: the name of the film's first person, by which its colours are chosen.
    """
    sex = known.sex or Sex.MALE
    age = known.age or Age.ADULT
    others = tuple(others)
    dress = _in_era(known.dress, era, _OUTDATED, _NEW_DRESSES)
    if known.headgear is Headgear.BALD and known.dress is Dress.ROBE:
        dress = Dress.ROBE  # a monk wears the habit in every age
    head = _in_era(known.headgear, era, _OLD_HEADS, _NEW_HEADS)
    taken = {(one.sex, one.dress, one.headgear, one.age) for one in others}
    dresses = (dress,) if dress else _DRESSES[era, sex]
    heads = (head,) if head else _heads(era, sex, age)
    chosen = next(
        ((d, h) for h in heads for d in dresses if (sex, d, h, age) not in taken),
        (dresses[0], heads[0]),
    )
    build = known.build or (Build.SMALL if age is Age.CHILD else Build.AVERAGE)
    if (sex, *chosen, age) in taken and known.build is None:
        build = Build.SLIM if index % 2 else Build.STOUT
    used = {one.accent for one in others}
    colours = palette(seed)
    free = [colour for colour in colours if colour not in used]
    accent = known.accent or (_apart(free, used) if free else colours[index % len(colours)])
    shape = Look(
        sex=sex,
        age=age,
        build=build,
        dress=chosen[0],
        headgear=chosen[1],
        accent=accent,
    )
    return shape.model_copy(update={"details": _details(shape, era)})


def _heads(era: Era, sex: Sex, age: Age) -> tuple[Headgear, ...]:
    heads = _HEADS[era, sex]
    if age is Age.OLD and sex is Sex.MALE:
        return (Headgear.BEARD, *(head for head in heads if head is not Headgear.BEARD))
    if age is Age.OLD and era is Era.MODERN:
        return (Headgear.HAIRPIN_BUN, *heads)
    return heads


def _in_era(term: T | None, era: Era, old: frozenset[T], new: frozenset[T]) -> T | None:
    out_of_place = old if era is Era.MODERN else new
    return None if term in out_of_place else term


def _details(shape: Look, era: Era) -> str:
    """Gives the look in words for a text-to-image model."""
    sex, age, dress = shape.sex, shape.age, shape.dress
    if age is Age.CHILD:
        noun = "small girl" if sex is Sex.FEMALE else "small boy"
    else:
        noun = f"{_AGE_WORDS[age]} {'woman' if sex is Sex.FEMALE else 'man'}".strip()
    body = {Build.SLIM: "slim ", Build.STOUT: "broad ", Build.SMALL: "", Build.AVERAGE: ""}[
        shape.build
    ]
    when = "ancient Chinese " if era is Era.ANCIENT and dress in _OUTDATED else ""
    return f"{body}{noun}, {when}{_DRESS_WORDS[dress]}, {_HEAD_WORDS[shape.headgear]}"

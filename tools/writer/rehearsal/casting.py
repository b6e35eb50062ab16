"""Completes the cast of a drama, and says what the narrator calls each of them."""

from __future__ import annotations

import re

from nightshoot.domain.screenplay import Character
from nightshoot.domain.vocabulary import Era, Locale, Sex
from nightshoot.tools.writer.rehearsal.grammar import PLAIN, Genre
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese
from nightshoot.tools.writer.rehearsal.looks import Traits, look
from nightshoot.tools.writer.rehearsal.names import Roles, role_of, roles, slug
from nightshoot.tools.writer.rehearsal.pronouns import not_there


def completed(
    named: tuple[Character, ...], genre: Genre, name: str, era: Era, locale: Locale, text: str
) -> tuple[Character, ...]:
    """Gives a cast of at least two: a drama needs somebody to answer."""
    cast = list(named)
    if not cast:
        default = {Locale.ZH: "夜归人" if era is Era.MODERN else "行人", Locale.EN: "The Walker"}
        cast.append(_stranger(default[locale], "stranger", [], era, None))
    twin = len(cast) == 1 and counted(cast[0].name, text)
    if len(cast) == 1 and (twin or name not in {PLAIN, "reflective"}):
        sex = None
        if name == "romance":
            sex = Sex.FEMALE if cast[0].look.sex is Sex.MALE else Sex.MALE
        title, role = genre.other
        if cast[0].id.startswith(role) or role_of(cast[0].name) is role_of(title):
            title, role = _second_choice(locale, cast[0])
        if twin:
            twins = role_of(cast[0].name.casefold())
            role = twins.id if twins else role
            title = f"另一个{cast[0].name}" if locale is Locale.ZH else f"The Other {cast[0].name}"
        cast.append(_stranger(title, role, cast, era, sex))
    return tuple(cast)


def counted(name: str, text: str) -> bool:
    """Whether the text speaks of two of this kind: `two strangers`, `两个老朋友`."""
    return (
        re.search(
            r"(?:[两三][个位名]|一对|\b(?:[Tt]wo|[Tt]hree)|\b[Aa] pair of)\W*(?:\w+\s|老|小)?"
            + re.escape(name),
            text,
            re.IGNORECASE,
        )
        is not None
    )


def _second_choice(locale: Locale, hero: Character) -> tuple[str, str]:
    female = hero.look.sex is Sex.FEMALE
    if hero.id.startswith("fox"):
        return ("小兔子", "rabbit") if locale is Locale.ZH else ("The Rabbit", "rabbit")
    if locale is Locale.ZH:
        return ("女儿", "daughter") if female else ("故人", "guest")
    return ("The Daughter", "daughter") if female else ("The Friend", "guest")


def _stranger(
    name: str, role_id: str, cast: list[Character], era: Era, sex: Sex | None
) -> Character:
    table: Roles = roles("roles")
    fitting = [role for role in table.all if role.id == role_id]
    role = max(fitting, key=lambda one: len(one.words))
    shape = look(
        Traits(sex=sex).over(role.traits),
        era=era,
        index=len(cast),
        others=[c.look for c in cast],
        seed=cast[0].name if cast else name,
    )
    return Character(
        id=slug(role_id, [c.id for c in cast]), name=name, description=shape.details, look=shape
    )


def slots_of(
    cast: tuple[Character, ...], place: str, thing: str, locale: Locale, text: str = ""
) -> dict[str, str]:
    """Gives the words for the slots of the grammar: hero, other, pronouns, place and thing."""
    hero, other = cast[0], cast[1 if len(cast) > 1 else 0]
    female = hero.look.sex is Sex.FEMALE
    if locale is Locale.ZH:
        he = "她" if female else "他"
        he = "我" if hero.id == "i" else he
        both = female and other.look.sex is Sex.FEMALE
        they = "我们" if hero.id == "i" else "她们" if both else "他们"
        slots = {"he": he, "his": he, "him": he, "his_other": "自己", "they": they}
    else:
        he, his, him = ("she", "her", "her") if female else ("he", "his", "him")
        if hero.id == "i":
            he, his, him = "I", "my", "me"
        theirs = "her" if other.look.sex is Sex.FEMALE else "his"
        self_ = {"I": "myself", "she": "herself"}.get(he, "himself")
        slots = {"he": he, "his": his, "him": him, "his_other": theirs, "himself": self_}
    slots |= {
        "hero": _one_of_two(hero, other, locale) or called(hero, locale, text),
        "other": called(other, locale, text),
        "place": place,
        "object": thing,
    }
    return slots | {key.capitalize(): value for key, value in slots.items()}


_ADDRESS = {
    Locale.EN: {
        "mother": "Mom",
        "father": "Dad",
        "daughter": "sweetheart",
        "son": "my boy",
        "wife": "my love",
        "husband": "my love",
        "grandmother": "Grandma",
        "grandfather": "Grandpa",
    },
    Locale.ZH: {
        "父亲": "爸",
        "母亲": "妈",
        "妻子": "老婆",
        "丈夫": "老公",
        "哥哥": "哥",
        "姐姐": "姐",
        "女儿": "闺女",
    },
}
"""How one speaks to somebody of the family who is not there."""


def addressed(text: str, locale: Locale) -> str:
    """Gives how to speak to the one of the family of whom a text only tells; empty: nobody."""
    table = roles("roles")
    for hit in table.list.hits(text):
        role = table.of(hit.value)
        if role.id in _ADDRESS[Locale.EN] and not_there(text, hit.start, hit.end):
            word = hit.word.casefold()
            if word in {"brother", "sister"}:
                return word
            key = word if locale is Locale.ZH else role.id
            return _ADDRESS[locale].get(key, word if locale is Locale.ZH else "")
    return ""


def _common(name: str, text: str) -> str:
    """Gives a name as the text has it where that is a common noun: `a night watchman`."""
    low = name.casefold()
    if not text or name in text or re.search(rf"\b{re.escape(low)}\b", text) is None:
        return ""
    owned = re.search(rf"\b(his|her|my|their|our)\s+(?:[a-z]+\s+)?{re.escape(low)}\b", text)
    return f"{owned[1]} {low}" if owned else f"the {low}"


def _one_of_two(hero: Character, other: Character, locale: Locale) -> str:
    """Gives `one brother` where the other is the other brother; empty: they are not alike."""
    alike = locale is Locale.EN and other.name == f"The Other {hero.name}"
    return f"one {hero.name.casefold()}" if alike else ""


def called(person: Character, locale: Locale, text: str = "") -> str:
    """Gives what the narrator calls a character in the middle of a sentence."""
    name = person.name
    if locale is Locale.ZH or has_chinese(name):
        return name
    if name in {"He", "She", "I"}:
        return {"I": "I", "He": "the man", "She": "the woman"}[name]
    if common := _common(name, text):
        return common
    role = role_of(name.casefold())
    known = role is not None and role in roles("known").all
    if name.casefold().startswith("the ") or (role and not known and name.casefold() in role.words):
        plain = name.casefold().removeprefix("the ")
        bare = {
            "mother",
            "father",
            "mom",
            "dad",
            "grandmother",
            "grandfather",
            "grandma",
            "grandpa",
        }
        return name.title() if plain in bare else f"the {plain}"
    return name

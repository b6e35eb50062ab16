"""Who is meant where a text gives no name: pronouns, the dead, and roles that no list has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from nightshoot.domain.vocabulary import Age, Dress, Headgear, Sex
from nightshoot.tools.writer.rehearsal.absent import only_spoken_of
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese
from nightshoot.tools.writer.rehearsal.looks import Traits
from nightshoot.tools.writer.rehearsal.names import role_of, roles

_SEXED = frozenset(
    [
        "emperor",
        "empress",
        "king",
        "prince",
        "princess",
        "monk",
        "lady",
        "maid",
        "maiden",
        "fairy",
        "mother",
        "father",
        "grandmother",
        "grandfather",
        "daughter",
        "son",
        "wife",
        "husband",
        "girl",
        "boy",
        "young_woman",
        "young_man",
        "old_woman",
        "old_man",
        "witch",
        "swordswoman",
        "senior",
        "minister",
    ]
)
"""Roles whose sex is in the word itself."""


_MODIFIERS = (
    (
        re.compile(
            r"(?:年迈的?|白发|苍老的?|老|\bold|\belderly|\baging)\W*(?:\w+\s+)?$", re.IGNORECASE
        ),
        Age.OLD,
    ),
    (re.compile(r"(?:年幼的?|小|\blittle|\bsmall)\W*$", re.IGNORECASE), Age.CHILD),
    (re.compile(r"(?:年轻的?|少年|\byoung)\W*(?:\w+\s+)?$", re.IGNORECASE), Age.YOUNG),
)
_RAIN_CAPE = re.compile(r"[披穿]着?一?[件身]?蓑衣的?$")
_FEMALE = re.compile(r"(?:女|\bfemale)\W*$", re.IGNORECASE)
_PRONOUNS = (
    (re.compile(r"她(?!们)|\b(?:she|her|hers)\b", re.IGNORECASE), "she", "她", "She", Sex.FEMALE),
    (re.compile(r"他(?!们)|\b(?:he|his|him)\b", re.IGNORECASE), "he", "他", "He", Sex.MALE),
    (re.compile(r"我(?!们)|\b(?:I|my|me)\b"), "i", "我", "I", None),
)
_ZH_SHE_HE = {Sex.FEMALE: "她(?!们)", Sex.MALE: "他(?!们)"}
_THEY = re.compile(r"他们|她们|\b(?:they|them)\b", re.IGNORECASE)
_GONE = re.compile(
    r"(?:\b(?:dead|late|drowned|deceased|of (?:his|her|their) (?:dead|late))\s+(?:\w+\s)?$)"
    r"|(?:去世|已故|死去|亡故|过世|故去|逝去|病逝|战死|离世)(?:了?[一二三四五六七八九十百多几半\d]+年)?的?$"
    r"|(?:出海|离家|失踪|走失)(?:的|后|了[一二三四五六七八九十百多几半\d]+年的)$",
    re.IGNORECASE,
)
_TURNS_UP = re.compile(
    r"(?:是|见到?了?|看到了?|遇[见到]了?|认出了?|撞[见上]了?|等[来到]了?)[^，。！？；]{0,12}$"
)
"""What comes before somebody gone who is there after all: `开门的是失踪十年的父亲`."""
_DID = re.compile(r"[^，。！？；]{0,6}(?:写|寄|留|送|给|画|做)")
"""What comes after one of whom only something is there: `是去世的母亲写的`."""
_OWNER = re.compile(r"s?['’]s?\s+(?!(?:who|is|has|been|not)\b)[a-z]")
_NEVER = re.compile(r"\s+who\s+(?:never|will never|won't|didn't|will not|did not)\b")
_HEAD = re.compile(
    r"^(?:An?|The)\s+(?:[a-z]+['’]s\s+)?(?P<noun>(?:[a-z-]+\s){0,2}?[a-z-]+?)"
    r"(?:,|\s+(?:who|whose|from|in|on|at|and|with|of)\b"
    r"|\s+(?!(?:the|a|an|his|her|its|this|is|was)\b)[a-z]{2,}s\s)",
)
_THINGS = re.compile(
    r"(?:letter|house|city|town|world|war|night|day|story|film|phone|clock|train|rain|"
    r"sea|river|ship|door|road|storm|village|forest|moon|star|song|photo\w*|key|box|book)$"
)


_DONE = re.compile(r"(?:ed|left|went|came|fell|ran|sat|stood|was|had|rose|grew|began|lay)$")


def pronouns(text: str) -> list[tuple[int, str, str, Sex | None]]:
    """Gives the people whom a text calls by a pronoun, in the order of their first mention.

    Each comes with its place, an id, a name and a sex; `they` alone are a woman and a man.
    """
    chinese = has_chinese(text)
    found = []
    for pattern, key, zh, en, sex in _PRONOUNS:
        match = pattern.search(text)
        if match:
            found.append((match.start(), key, zh if chinese else en, sex))
    found.sort(key=lambda one: one[0])
    they = _THEY.search(text)
    if they and not found:
        names = ("她", "他") if chinese else ("She", "He")
        found = [
            (they.start(), "she", names[0], Sex.FEMALE),
            (they.start(), "he", names[1], Sex.MALE),
        ]
    return found


def not_there(text: str, start: int, end: int) -> bool:
    """Whether a role is only spoken of: somebody dead, or the owner of what is told about."""
    before = text[max(0, start - 24) : start]
    back = _TURNS_UP.search(before) and not _DID.match(text, end)
    if (_GONE.search(before) and not back) or only_spoken_of(text, start, end):
        return True
    if re.search(r"['’]s?$", text[start:end]) or _OWNER.match(text, end):
        return True
    return _NEVER.match(text, end) is not None


def head_noun(text: str) -> tuple[int, int, str] | None:
    """Gives what an English text calls its first subject, with its place, where it is somebody."""
    match = _HEAD.match(text.lstrip())
    if match is None or len(text) > 400:
        return None
    noun = match["noun"]
    if _THINGS.search(noun) or _DONE.search(noun) or re.search(r"[.!?][\"”]?\s", text.strip()):
        return None
    return match.start("noun"), match.end("noun"), noun.title()


def by_pronoun(name: str, known: Traits, text: str) -> Traits:
    """Gives the hero the sex of the only pronoun in the text, where the role leaves it open."""
    she = re.search(r"她|\b(?:she|her)\b", text, re.IGNORECASE) is not None
    he = re.search(r"他(?!们)|\b(?:he|his|him)\b", text, re.IGNORECASE) is not None
    role = role_of(name.casefold())
    open_role = role is not None and role.id not in _SEXED and role not in roles("known").all
    if she != he and (open_role or known.sex is None):
        sex = Sex.FEMALE if she else Sex.MALE
        head = None if she and known.headgear is Headgear.BEARD else known.headgear
        return replace(known, sex=sex, headgear=head)
    return known


def sex_told(name: str, text: str, others: Iterable[str]) -> Sex | None:
    """Gives the sex that the pronouns after a name tell, where nobody else is named; None at a tie.

    Those that begin the next sentence tell most: `Mara waited. She had time.`
    """
    count = {Sex.FEMALE: 0, Sex.MALE: 0}
    whole = re.split(r"(?<=[。！？.!?\n])\s*", text)
    known = [other.casefold() for other in others if other.casefold() != name.casefold()]
    for one, following in zip(whole, [*whole[1:], ""], strict=True):
        at = one.casefold().find(name.casefold())
        if at < 0 or any(other in one.casefold() for other in known):
            continue
        rest = one[at + len(name) :]
        for pattern, key, _, _, sex in _PRONOUNS:
            if sex is not None:
                count[sex] += len(pattern.findall(rest))
                first = rf"\W*(?:{key}\b|{_ZH_SHE_HE[sex]})"
                starts = re.match(first, following, re.IGNORECASE)
                count[sex] += 2 if starts else 0
    if count[Sex.FEMALE] == count[Sex.MALE]:
        return None
    return max(count, key=lambda sex: count[sex])


def modified(known: Traits, before: str) -> Traits:
    """Gives what is known of a role with what the words before it add: `old`, `young`."""
    for pattern, age in _MODIFIERS:
        if pattern.search(before):
            known = replace(known, age=age)
            break
    if _RAIN_CAPE.search(before):
        known = replace(known, dress=Dress.STRAW_CAPE)
    return replace(known, sex=Sex.FEMALE) if _FEMALE.search(before) else known

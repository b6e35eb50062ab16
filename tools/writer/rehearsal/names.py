"""The tables of roles and known people, and the names of people in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from nightshoot.domain.screenplay import NARRATOR
from nightshoot.domain.vocabulary import Age, Era, Sex
from nightshoot.tools.writer.rehearsal.lexicon import (
    WordList,
    data,
    has_chinese,
    term,
    word_list,
    words,
)
from nightshoot.tools.writer.rehearsal.looks import Traits, traits


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A kind of person: what everybody of this role looks like."""

    id: str
    words: tuple[str, ...]
    traits: Traits
    era: Era | None


@dataclass(frozen=True, slots=True)
class Roles:
    """All roles, or all known people, and the list that finds them."""

    all: tuple[Role, ...]
    list: WordList

    def of(self, key: str) -> Role:
        """Gives the role of a hit's value."""
        return self.all[int(key)]


_CALLED = re.compile(
    r"[老小][赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹魏姜谢苏潘范彭方袁柳唐薛贺罗郝顾孟黄萧姚汪宋杜贾郭林徐邱蔡胡"
    r"丁邓崔程陆](?![\u4e00-\u9fff]?[庄村寨])"
)
"""How people who know each other say a surname: 老周, 小陈."""


@cache
def _tables() -> dict[str, object]:
    return cast("dict[str, object]", data("people.yaml"))


@cache
def roles(name: str) -> Roles:
    """Gives the table of this name, `roles` or `known`."""
    found = []
    for row in cast("list[dict[str, str | list[str]]]", _tables()[name]):
        known = traits(str(row["look"]))
        if "accent" in row:
            known = replace(known, accent=str(row["accent"]))
        spelled = tuple(str(word) for word in (*row.get("zh", ()), *row.get("en", ())))
        era = term(Era, str(row["era"])) if "era" in row else None
        found.append(Role(id=str(row["id"]), words=spelled, traits=known, era=era))
    listed = {str(index): role.words for index, role in enumerate(found)}
    return Roles(tuple(found), word_list(listed, not_single=("顾客", "黑客", "常客")))


def role_of(name: str) -> Role | None:
    """Gives the role that a name spells, as a whole or at its end, or None."""
    for table in (roles("known"), roles("roles")):
        hits = [hit for hit in table.list.hits(name) if hit.end == len(name)]
        if hits:
            return table.of(hits[0].value)
    return None


@cache
def _not_names() -> frozenset[str]:
    return frozenset(cast("list[str]", _tables()["not_names"]))


def _is_chinese_name(token: str) -> bool:
    if not 2 <= len(token) <= 4 or token in _not_names() or not has_chinese(token):
        return False
    compound = cast("list[str]", _tables()["compound_surnames"])
    if token[:2] in compound:
        return len(token) > 2
    if token[-1] in "上下里中边旁前后外内":
        return False
    return len(token) <= 3 and (token[0] in str(_tables()["surnames"]) or token[0] in "小阿")


def chinese_names(text: str) -> tuple[tuple[int, str], ...]:
    """Finds names of people with their places, by the word's class and its surname."""
    found, at = [], 0
    known = roles("known").all
    tagged = _tagged(text) if has_chinese(text) else []
    for index, (token, kind) in enumerate(tagged):
        famous = any(token.startswith(word) for role in known for word in role.words)
        if kind in {"nr", "nrfg", "nrt"} and not famous and _is_chinese_name(token):
            following = tagged[index + 1][0] if index + 1 < len(tagged) else ""
            name = token + following if following == token[-1] else token
            found.append((at, name))
        at += len(token)
    taken = {place for place, _ in found}
    called = [(m.start(), m.group()) for m in _CALLED.finditer(text) if m.start() not in taken]
    return tuple(sorted([*found, *called]))


_TITLE_LINE = re.compile(
    r"^(?:#{1,6}\s.*|(?:The|A|An)(?:[ ](?:[A-Z][\w'’]*|of|the|and|in|a|to|for))+[ ]*)$",
    re.MULTILINE,
)
"""A line that is a heading: its capitals name nobody."""
_IN_A_TITLE = re.compile(r"\b(?:[Tt]he|[Aa]n?)(?:\s+[A-Z][a-z]+)*$")
"""What comes before a capital that is no name: `the Ninth`, `The Ninth Wave`."""
_ACTS = re.compile(
    r"(?:^|[.!?…”\"]\s+|\n)(?P<who>[A-Z][a-z]{2,15})\s+(?:had|has|was|is|did|does|said|says|"
    r"stood|sat|took|went|came|held|kept|knew|left|thought|felt|ran|put|gave|saw|heard|[a-z]{2,}(?:ed|s))\b"
)


def _tagged(text: str) -> list[tuple[str, str]]:
    """Gives the words of a Chinese text with their classes."""
    # Its dictionary takes long to load, and an English text needs none.
    import rjieba

    return list(rjieba.tag(text))


def proper(name: str) -> str:
    """Gives a name as it is written in prose: the capitals of a screenplay's cue are put down."""
    if has_chinese(name) or not name.isupper() or len(re.sub(r"[^A-Z]", "", name)) < 3:
        return name
    return re.sub(r"[A-Z]+", lambda part: part.group().capitalize(), name)


def _acting(text: str, not_names: set[str]) -> set[str]:
    """Gives the first words of sentences that act twice, and that are no words of the language."""
    acting = [match["who"] for match in _ACTS.finditer(text)]
    return {
        word
        for word in acting
        if acting.count(word) > 1
        and word not in not_names
        and not re.search(rf"\b{word.casefold()}s?\b", text)
        and not any(
            words(one).first(word.casefold())
            for one in ("setting", "time", "weather", "mood", "prop", "dressing")
        )
    }


def english_names(text: str) -> tuple[tuple[int, str], ...]:
    """Finds capitalised names with their places; a first word counts only if it is a known name."""
    given = cast("dict[str, list[str]]", _tables()["en_names"])
    not_names = set(given["not_names"])
    sure = set(given["female"]) | set(given["male"])
    text = _TITLE_LINE.sub(lambda title: " " * len(title.group()), text)
    inside: set[str] = _acting(text, not_names)
    hits: list[tuple[int, str, bool]] = []
    for match in re.finditer(r"\b[A-Z][a-z]{1,15}\b(?!')", text.replace("'s", "  ")):
        word = match.group()
        before = text[: match.start()].rstrip()
        opens = not before or before[-1] in ".!?…\"“”:\n'‘-–—"
        if word in not_names or re.search(r"\b(?:in|at|from|to|of|near|Christmas|Year)$", before):
            continue
        if word not in sure and _IN_A_TITLE.search(before[-60:]):
            continue
        if not opens:
            inside.add(word)
        hits.append((match.start(), word, opens))
    return tuple(
        (at, word) for at, word, opens in hits if word in sure or (word in inside and len(word) > 2)
    )


def slug(name: str, taken: Iterable[str]) -> str:
    """Gives an id for a name: its Latin letters, else `person`, with a number where it is taken."""
    known = role_of(name)
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") if name.isascii() else ""
    if not plain or not plain[0].isalpha():
        plain = known.id if known else "person"
    plain = plain[:24].rstrip("_")
    used = {*taken, NARRATOR}
    number, candidate = 2, plain
    while candidate in used:
        candidate, number = f"{plain}_{number}", number + 1
    return candidate


def sex_of(name: str) -> Sex | None:
    """Gives the sex that a name tells, or None."""
    given = cast("dict[str, list[str]]", _tables()["en_names"])
    if name.split(maxsplit=1)[0] in given["female"] or re.search(
        r"(女士|小姐|姐|妹|娘|妈|嫂)$", name
    ):
        return Sex.FEMALE
    if name.split(maxsplit=1)[0] in given["male"] or re.search(r"(先生|哥|弟|叔|伯|爷)$", name):
        return Sex.MALE
    signs = str(_tables()["female_signs"])
    return Sex.FEMALE if has_chinese(name) and any(c in signs for c in name[1:]) else None


def age_of(name: str) -> Age | None:
    """Gives the age that a familiar name tells: 老周 is old, 小陈 young."""
    if len(name) != 2 or not has_chinese(name):
        return None
    return {"老": Age.OLD, "小": Age.YOUNG}.get(name[0])

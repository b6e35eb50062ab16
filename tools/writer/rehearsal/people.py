"""Who is in a text: names and roles, their looks, and where each of them is mentioned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nightshoot.domain.screenplay import Character
from nightshoot.domain.vocabulary import Age, Era, Sex
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese
from nightshoot.tools.writer.rehearsal.looks import Traits, look
from nightshoot.tools.writer.rehearsal.names import (
    Role,
    age_of,
    chinese_names,
    english_names,
    proper,
    role_of,
    roles,
    sex_of,
    slug,
)
from nightshoot.tools.writer.rehearsal.pronouns import (
    by_pronoun,
    head_noun,
    modified,
    not_there,
    pronouns,
    sex_told,
)

MOST = 12
"""The most characters that a film keeps apart: more accents cannot be told apart either."""
NARRATORS = frozenset(
    {"", "narrator", "旁白", "画外音", "解说", "voiceover", "voice over", "v.o.", "vo", "narration"}
)
_ONE_OF_A_KIND = frozenset({"grandmother", "grandfather"})
"""Whatever a story calls them, it has one."""
_BEFORE_ROLE = re.compile(
    r"(?:^|[,.;:!?\"“\-–]\s*|\b(?:an?|the|his|her|my|our|their|its|two|one|every|no|that|this|"
    r"\w+'s|and|with|of|young|old|little)\s+(?:(?!of\b|in\b|to\b|and\b|is\b|for\b)[\w'-]+\s+){0,2})$",
    re.IGNORECASE,
)


_BECOMES = re.compile(
    r"(?:成了|成为|当上了?|变成|做了|假扮成?|扮成|伪装成|装成|冒充)(?:[他她我]的?|一[个名位])?$|"
    r"\b(?:is|was|becomes?|became|turns out to be|(?:disguised|poses?|posing) as|pretends to be)"
    r"\s+(?:really\s+)?(?:an?|the|his|her)\s+$"
)
"""What comes before a role that somebody named already has or gets."""


_PETS = frozenset({"cat", "dog"})
_CARED_FOR = re.compile(
    r"(?:喂|给|养|遛|撸|抱着?|捡|救)(?:了|着)?[^，。！？]{0,3}$|"
    r"\b(?:feed|walk|pet|adopt|rescue|keep)(?:s|ed|ing)?\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
"""What comes before an animal that somebody looks after: it acts no part."""


@dataclass(slots=True)
class Found:
    """A person being put together from mentions."""

    id: str
    name: str
    aliases: list[str] = field(default_factory=list)
    traits: Traits = field(default_factory=Traits)
    at: int = 0
    mentions: int = 1

    def called(self, word: str) -> None:
        """Remembers another word for this person."""
        if word != self.name and word not in self.aliases:
            self.aliases.append(word)


def find_people(
    text: str, *, declared: Sequence[str] = (), era: Era, most: int = MOST
) -> tuple[Character, ...]:
    """Finds the cast of a text, in the order of their first mention, those declared first.

    Args:
        text: anything, in Chinese, English or both.
        declared: names that the source gives: a cast list, speakers.
        era: decides their clothes.
        most: how many are kept; those declared before others, then those mentioned most.
    """
    found: list[Found] = []
    for name in dict.fromkeys(name.strip() for name in declared):
        if name.casefold() not in NARRATORS:
            _meet(found, proper(name)[:40], at=-1)
    names = sorted({*_known_hits(text), *chinese_names(text), *english_names(text)})
    unlisted = head_noun(text)
    for at, name in names:
        met = _meet(found, name, at=at)
        told = modified(Traits(), text[max(0, at - 12) : at])
        met.traits = replace(met.traits, age=met.traits.age or told.age)
    for person in found:
        _call_properly(person, text)
        if person.traits.sex is None:
            sex = sex_told(person.name, text, [name for _, name in names])
            person.traits = replace(person.traits, sex=sex)
    _add_roles(found, text, dict(names))
    if unlisted and not any(unlisted[0] <= p.at < unlisted[1] for p in found):
        known = role_of(unlisted[2].casefold())
        extra = (
            _meet_role(found, known, word=unlisted[2], seen=known.traits, at=unlisted[0])
            if known
            else (_meet(found, unlisted[2], at=unlisted[0]))
        )
        found.remove(extra)
        found.insert(0, extra)
    if len(found) > 1 and re.match(rf"被{re.escape(found[0].name)}.{{0,8}}的", text):
        found[:2] = found[1::-1]  # 被夫君赐死的皇后: the film is hers
    kept = _most_important(found, declared=len(declared), text=text, most=most)
    kept = _told_of(kept, text) if not declared else kept
    if kept and kept[0].id not in {"he", "she", "i"} and not _of_another(kept, text):
        hero = kept[0]
        hero.traits = by_pronoun(hero.name, hero.traits, text)
    return _characters(kept, era)


def _of_another(kept: list[Found], text: str) -> bool:
    """Whether the first Chinese pronoun follows somebody else whose sex it is: `母亲，她`."""
    match = re.search(r"[她他](?!们|的)", text)
    if match is None:
        return False
    sex = Sex.FEMALE if match.group() == "她" else Sex.MALE
    return any(one.traits.sex is sex and 0 <= one.at < match.start() for one in kept[1:])


def _told_of(kept: list[Found], text: str) -> list[Found]:
    """Puts the person first whom a short text calls by a pronoun only, where it begins so."""
    opens = min((person.at for person in kept), default=len(text))
    known = {person.traits.sex for person in kept if person.at >= 0}
    found: list[Found] = []
    for at, key, name, sex in pronouns(text):
        alone = not kept or (at < opens and not found)
        if alone and len(text) < 400 and (not found or sex not in known):
            traits = Traits(sex=sex, age=Age.YOUNG)
            second = {Sex.FEMALE: "The Woman", Sex.MALE: "The Man"} if name.isascii() else {}
            called = second.get(sex, name) if found and sex is not None else name
            aliases = [second[sex]] if sex in second and called == name else []
            found.append(Found(id=key, name=called, aliases=aliases, traits=traits, at=at))
            known.add(sex)
    return [*found[:2], *kept]


def _call_properly(person: Found, text: str) -> None:
    """Calls somebody known by the name that everybody uses, where the text does so too."""
    role = role_of(person.name)
    if role is None or role not in roles("known").all or person.at < 0:
        return
    proper = next(word for word in role.words if has_chinese(word) == has_chinese(person.name))
    if proper != person.name and proper in text:
        person.aliases = [person.name, *(word for word in person.aliases if word != proper)]
        person.name = proper


def _known_hits(text: str) -> list[tuple[int, str]]:
    table = roles("known")
    return [
        (hit.start, text[hit.start : hit.end].removesuffix("'s")) for hit in table.list.hits(text)
    ]


def _meet(found: list[Found], name: str, *, at: int) -> Found:
    role = role_of(name)
    for person in found:
        same = name.casefold() in _called(person)
        if same or (
            role is not None
            and role in roles("known").all
            and name in role.words
            and person.id == role.id
        ):
            person.called(name)
            person.mentions += 1
            return person
    ids = [person.id for person in found]
    known = role is not None and role in roles("known").all
    person = Found(
        id=role.id if known and role and role.id not in ids else slug(name, ids),
        name=name,
        traits=(role.traits if role else Traits()).over(Traits(sex=sex_of(name), age=age_of(name))),
        at=at,
    )
    if role is not None and known:
        person.aliases = [
            word for word in role.words if has_chinese(word) == has_chinese(name) and word != name
        ]
    elif role is not None and role.id == "guest":
        person.aliases = [word for word in ("客", "客人", "朋友") if word != name]
    found.append(person)
    return person


def _called(person: Found) -> set[str]:
    """Gives every word for a person, and the parts of the name."""
    spelled = (person.name, *person.aliases, *person.name.split())
    return {one.casefold() for one in spelled}


def _add_roles(found: list[Found], text: str, names: dict[int, str]) -> None:
    """Adds people of whom only the role is known; a role beside a name belongs to the name."""
    table = roles("roles")
    last_end = -1
    joined: tuple[int, Found] | None = None
    for hit in table.list.hits(text):
        if hit.start < last_end:
            continue
        before = text[max(0, hit.start - 40) : hit.start]
        chinese = has_chinese(hit.word)
        if not chinese and not _BEFORE_ROLE.search(before):
            continue
        if any(at <= hit.start < at + len(name) for at, name in names.items()):
            continue
        loose = hit.word == "patient" and not re.search(r"\b(?:a|the|her|his)\s$", before)
        if loose or not_there(text, hit.start, hit.end):
            continue
        if table.of(hit.value).id in _PETS and _CARED_FOR.search(before):
            continue
        last_end = hit.end
        if found and _BECOMES.search(before):
            found[-1].called(hit.word)
            continue
        role = table.of(hit.value)
        seen = modified(role.traits, before)
        beside = names.get(hit.end) or (None if chinese else names.get(hit.end + 1))
        if beside:
            person = _meet(found, beside, at=hit.start)
            person.traits = person.traits.over(seen)
            person.called(hit.word)
            continue
        if chinese and joined is not None and joined[0] == hit.start:
            _join(joined[1], seen, hit.word)
            joined = (hit.end, joined[1])
            continue
        same = _is(found, before) if chinese else None
        if same is not None:
            same.traits = replace(same.traits, sex=seen.sex or same.traits.sex)
            same.called(hit.word)
            continue
        apposed = _apposed(found, names, before)
        if apposed is not None:
            apposed.traits = apposed.traits.over(seen)
            apposed.called(hit.word)
            continue
        met = _meet_role(found, role, word=hit.word, seen=seen, at=hit.start)
        joined = (hit.end, met)


def _join(person: Found, seen: Traits, word: str) -> None:
    """Takes a role right after another as the same person: `少年` and `剑客` are one."""
    if person.mentions == 1:
        first = person.name
        person.name = first + word
        person.called(first)
    person.called(word)
    person.traits = replace(seen.over(person.traits), age=person.traits.age or seen.age)


def _is(found: list[Found], before: str) -> Found | None:
    """Gives the person whom a role turns out to be: `客人是当年离开的妻子`."""
    match = re.search(r"(\w+?)(?:竟然?|就|正|原来|其实)?是[^，。；]{0,8}$", before)
    if match is None:
        return None
    return next((person for person in found if match[1].endswith(person.name)), None)


def _apposed(found: list[Found], names: dict[int, str], before: str) -> Found | None:
    """Gives the person whom a role explains: `Emma, a young intern`."""
    match = re.search(r"\b([A-Z][a-z]+),\s+(?:an?|the|her|his)\s+(?:[\w-]+\s+){0,2}$", before)
    if match is None or match[1] not in names.values():
        return None
    return next((person for person in found if match[1] in person.name.split()), None)


def _meet_role(found: list[Found], role: Role, *, word: str, seen: Traits, at: int) -> Found:
    name = word if has_chinese(word) else word.title()
    guest = role.id == "guest"
    for person in found:
        called = {person.name.casefold(), *(alias.casefold() for alias in person.aliases)}
        kin = person.id.rstrip("_0123456789") == role.id
        ends = kin and any(one.endswith(word) or word.endswith(one) for one in called)
        ends = ends or (kin and role.id in _ONE_OF_A_KIND)
        if word in called or ends or (guest and person.id.startswith("guest")):
            if role.id in _ONE_OF_A_KIND and name.endswith(person.name):
                person.name, name = name, person.name  # 老婆婆 tells more than 婆婆
            person.called(name)
            person.mentions += 1
            return person
    ids = [person.id for person in found]
    found.append(Found(id=slug(role.id, ids), name=name, traits=seen, at=at))
    if guest:
        found[-1].aliases = [word for word in ("客", "客人") if word != name]
    return found[-1]


def _most_important(found: list[Found], *, declared: int, text: str, most: int) -> list[Found]:
    sure = [person for person in found if person.at < 0]
    others = [person for person in found if person.at >= 0]
    if len(text) > 3000 and not declared:
        others = [person for person in others if person.mentions > 1] or others
    others.sort(key=lambda person: (-person.mentions, person.at))
    kept = {id(person) for person in others[: max(0, most - len(sure))]}
    return [p for p in found if p.at < 0 or id(p) in kept]


def _characters(found: list[Found], era: Era) -> tuple[Character, ...]:
    done: list[Character] = []
    for index, person in enumerate(found):
        shape = look(
            person.traits,
            era=era,
            index=index,
            others=[one.look for one in done],
            seed=found[0].name,
        )
        done.append(
            Character(
                id=person.id,
                name=person.name,
                aliases=tuple(person.aliases[:8]),
                look=shape,
                description=shape.details,
            )
        )
    return tuple(done)

"""Finds the characters of a film in its sentences, and what each of them does there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from nightshoot.domain.screenplay import Character
from nightshoot.domain.vocabulary import Gesture, HeldProp, Posture, Sex
from nightshoot.tools.writer.rehearsal.absent import awaited, only_spoken_of
from nightshoot.tools.writer.rehearsal.acting import about_a_thing, own_words
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese, term, words
from nightshoot.tools.writer.rehearsal.pieces import clauses, sentences

_VIEW = re.compile(r"([\w]{1,8}?)(?:的?视角[的下里中]*|眼中的)")
_ENGLISH_VIEW = re.compile(
    r"\bfrom (?:the )?([\w ]+?)'s (?:point of view|view|eyes)", re.IGNORECASE
)
_PRONOUNS = (
    (re.compile(r"她|\b(?:she|her)\b", re.IGNORECASE), Sex.FEMALE),
    (re.compile(r"他(?!们)|\b(?:he|his|him)\b", re.IGNORECASE), Sex.MALE),
)
_PAIR = re.compile(
    r"两人|二人|俩|两[个位名](?:\w{0,2})(?:人|者|朋友|兄弟|姐妹|孩子|男人|女人)|其中一[个人]|谁也没|"
    r"\b(?:two|both|one|neither) of them\b|\bbetween them\b|\bside by side\b|\bneither\b|"
    r"\btwo (?:\w+ )?(?:people|figures|friends|men|women|lovers|brothers|sisters|children)\b",
    re.IGNORECASE,
)
"""Words for two people at once, beside the list `together`."""
_GUEST_WORDS = ("客人", "朋友", "友人", "客")
_PLAYED = {HeldProp.FLUTE, HeldProp.ZITHER}

Enum = TypeVar("Enum", Posture, Gesture)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What a person does in a sentence; None is not said."""

    posture: Posture | None = None
    gesture: Gesture | None = None
    holding: HeldProp | None = None

    def over(self, other: Doing) -> Doing:
        """Gives this, filled up by what was done before."""
        return Doing(
            posture=self.posture or other.posture,
            gesture=self.gesture or other.gesture,
            holding=self.holding or other.holding,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The people of a sentence."""

    people: tuple[str, ...] = ()
    """Ids in the order of their first mention."""
    doing: dict[str, Doing] = field(default_factory=dict)
    seen_by: str | None = None
    """The character through whose eyes the sentence looks."""
    subject: str | None = None
    """The one whom the sentence is about first."""
    together: bool = False
    """The sentence is about the people as a pair or a group."""


class Roster:
    """The cast as the words of a text refer to it."""

    def __init__(self, people: Sequence[Character]) -> None:
        """Compiles the names and aliases of `people`."""
        self.people = tuple(people)
        self._by_word: dict[str, str] = {}
        for person in people:
            for name in (person.name, *person.aliases):
                self._by_word.setdefault(name.casefold(), person.id)
                if not has_chinese(name) and " " in name:
                    self._by_word.setdefault(name.split()[0].casefold(), person.id)
        self._by_word.pop("the", None)
        self._add_guests()
        names = sorted(self._by_word, key=lambda name: (-len(name), name))
        patterns = [
            re.escape(name) if has_chinese(name) else rf"(?<!\w)(?:{re.escape(name)})(?=s?(?!\w))"
            for name in names
        ]
        self._names = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None

    def _add_guests(self) -> None:
        guests = [w for w in _GUEST_WORDS if w in self._by_word]
        if guests:
            for word in _GUEST_WORDS:
                self._by_word.setdefault(word, self._by_word[guests[0]])

    def named(self, name: str) -> str | None:
        """Gives the id of the character who is called `name`, or None."""
        return self._by_word.get(name.strip().casefold())

    def leading(self, text: str) -> tuple[str, int] | None:
        """Gives the character whom `text` begins with and the length of the name, or None."""
        match = self._names.match(text) if self._names else None
        return (self._by_word[match.group().casefold()], match.end()) if match else None

    def mentions(self, text: str) -> list[tuple[int, str]]:
        """Finds every mention: its place and the character's id."""
        if self._names is None:
            return []
        found = []
        for match in self._names.finditer(text):
            word = match.group().casefold()
            if word == "客" and text[match.start() : match.start() + 2] in {"客栈", "客厅", "客户"}:
                continue
            if only_spoken_of(text, match.start(), match.end()) or awaited(text, match.start()):
                continue
            found.append((match.start(), self._by_word[word]))
        return found

    def addressed(self, speech: str) -> list[str]:
        """Gives whom a speech calls by name, as in `It took him, Ruth`."""
        called = [
            (match.start(), match.end())
            for match in (self._names.finditer(speech) if self._names else ())
            if re.search(r"(?:^|[,，!！]\s*)$", speech[: match.start()])
            and re.match(r"\s*(?:[,.!?，。！？]|$)", speech[match.end() :])
        ]
        return [self._by_word[speech[start:end].casefold()] for start, end in called]

    def see(self, text: str, *, before: Iterable[str] = ()) -> Seen:
        """Reads who is in `text` and what each does.

        Args:
            text: what is seen, in a sentence or two.
            before: whom the text before was about; pronouns and bare verbs refer to them.
        """
        before = tuple(before)
        viewer = self._viewer(text)
        people: list[str] = []
        doing: dict[str, Doing] = {}
        subjects: tuple[str, ...] = ()
        together = False
        for clause in (part for one in sentences(text) for part in clauses(one)):
            named, left = self._in_clause(clause)
            group = words("together").first(clause) is not None or self._pair(clause)
            if group:
                together = True
                pair = named or people or list(before)
                if len(dict.fromkeys(pair)) < 2:
                    told = dict.fromkeys(one for _, one in self.mentions(text))
                    leads = list(dict.fromkeys([*told, *(p.id for p in self.people)]))[:2]
                    known = list(dict.fromkeys([*pair, *before]))[:6]
                    pair = known if len(known) > 1 else list(dict.fromkeys([*known, *leads]))[:2]
                subjects = tuple(pair)
            elif named:
                subjects = tuple(named)
                people += [one for one in named if one not in people]
                people += [one for one in self._others(clause, named, before) if one not in people]
            else:
                meant = self._pronoun(clause, [*people, *before])
                subjects = meant or (() if about_a_thing(clause) else subjects)
            people += [one for one in subjects if one not in people]
            first = min((at for at, one in self.mentions(left) if one in subjects), default=None)
            idle = not named and not group and about_a_thing(clause)
            what = Doing() if idle else read_doing(own_words(left, first), held_in=left)
            for actor in subjects if group else self._actors(clause, subjects):
                mine = (
                    what if actor == subjects[0] else replace(what, holding=_shared(what.holding))
                )
                doing[actor] = doing.get(actor, Doing()).over(mine)
        if not people and re.match(r"(?:and|but|then)\s", text):
            people = list(before[:1])
        subject: str | None
        if viewer and viewer in people and len(people) > 1:
            subject = next((one for one in people if one != viewer), people[0])
        else:
            viewer = None
            subject = people[0] if people else None
        return Seen(
            people=tuple(people), doing=doing, seen_by=viewer, subject=subject, together=together
        )

    def _pair(self, clause: str) -> bool:
        """Whether a clause counts two of the cast: `two strangers`, `两个陌生人`."""
        if len(self.people) < 2:
            return False
        if _PAIR.search(clause):
            return True
        counted = [clause[max(0, at - 14) : at] for at, _ in self.mentions(clause)]
        return any(
            re.search(
                r"(?:两[个位名]|一对)\w{0,2}$|\b(?:two|a pair of)\s+(?:\w+\s+)?$",
                one,
                re.IGNORECASE,
            )
            for one in counted
        )

    def _in_clause(self, clause: str) -> tuple[list[str], str]:
        """Gives the people named in a clause, the viewer last, and the clause without a view."""
        viewer = self._viewer(clause)
        found = [one for _, one in self.mentions(clause)]
        named = [one for one in dict.fromkeys(found) if one != viewer]
        left = _ENGLISH_VIEW.sub("", _VIEW.sub("", clause))
        return ([*named, viewer] if viewer else named), left

    def _viewer(self, text: str) -> str | None:
        match = _VIEW.search(text) or _ENGLISH_VIEW.search(text)
        if not match:
            return None
        inside = self.mentions(match.group(1))
        return inside[-1][1] if inside else None

    def _actors(self, clause: str, subjects: tuple[str, ...]) -> tuple[str, ...]:
        """Gives who acts: all who are joined by `and`, else the first."""
        joined = re.search(r"[与和跟、同]|\band\b|\bwith\b", clause)
        return subjects if joined and self._viewer(clause) is None else subjects[:1]

    def _others(self, clause: str, named: list[str], before: tuple[str, ...]) -> tuple[str, ...]:
        """Gives whom a pronoun adds to those named: `a girl offers him tea`."""
        sexes = {person.id: person.look.sex for person in self.people}
        mine = {sexes.get(one) for one in named}
        return tuple(
            one
            for pattern, sex in _PRONOUNS
            if sex not in mine and pattern.search(clause)
            for one in [next((b for b in before if sexes.get(b) is sex), "")]
            if one and one not in named
        )

    def _pronoun(self, clause: str, known: list[str]) -> tuple[str, ...]:
        sexes = {person.id: person.look.sex for person in self.people}
        for pattern, sex in _PRONOUNS:
            if pattern.search(clause):
                fits = [one for one in reversed(known) if sexes.get(one) is sex]
                if fits:
                    return (fits[0],)
        return ()


def read_doing(text: str, *, held_in: str = "") -> Doing:
    """Reads posture, gesture and held thing out of a clause.

    Args:
        text: the words that tell what the person does.
        held_in: the whole clause, in which the thing may be named before the person.
    """
    posture = _term(Posture, "posture", text)
    gesture = _term(Gesture, "gesture", text)
    holding = _held(held_in or text)
    if gesture is Gesture.PLAY and holding not in _PLAYED:
        holding = HeldProp.FLUTE if re.search("[吹箫笛]|flute", text) else HeldProp.ZITHER
    if holding in _PLAYED and gesture in {None, Gesture.LOOK_DOWN, Gesture.REACH}:
        gesture = Gesture.PLAY
    found = Doing(posture=posture, gesture=gesture, holding=holding)
    if gesture is Gesture.RAISE and holding is None and "杯" in text:
        found = replace(found, holding=HeldProp.CUP)
    if posture is Posture.ROWING:
        found = replace(found, holding=HeldProp.OAR)
    return found


def _shared(thing: HeldProp | None) -> HeldProp | None:
    """Gives what each of two people may hold: there is one umbrella, but a cup for each."""
    return thing if thing in {HeldProp.CUP, HeldProp.SWORD, HeldProp.BAG, HeldProp.OAR} else None


def _held(text: str) -> HeldProp | None:
    """Gives the thing that is held; a cup only where nothing more telling is."""
    found = [term(HeldProp, hit.value) for hit in words("prop").hits(text)]
    return next((one for one in found if one is not HeldProp.CUP), found[0] if found else None)


def _term(kind: type[Enum], name: str, text: str) -> Enum | None:
    first = words(name).first(text)
    return term(kind, first) if first else None

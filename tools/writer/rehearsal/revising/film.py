"""The film that a request is about: its shots, scenes, people and lines, and how each is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from nightshoot.domain.orders import RevisionOrder
from nightshoot.domain.revision import Operation
from nightshoot.domain.screenplay import NARRATOR, Character, Line
from nightshoot.domain.storyboard import Shot
from nightshoot.domain.vocabulary import Locale, Sex


@dataclass(frozen=True)
class FilmRead:
    """The documents of an order, looked up by what people call their parts."""

    order: RevisionOrder

    @cached_property
    def shots(self) -> dict[str, Shot]:
        """Every shot by its id, in the order of the film."""
        return {shot.id: shot for shot in self.order.storyboard.shots}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the shots, in the order of the film."""
        return tuple(self.shots)

    @cached_property
    def scenes(self) -> dict[str, tuple[str, ...]]:
        """The shots of each scene that has any, in the order of the film."""
        found: dict[str, tuple[str, ...]] = {}
        for shot in self.shots.values():
            found[shot.scene] = (*found.get(shot.scene, ()), shot.id)
        return found

    @cached_property
    def people(self) -> dict[str, Character]:
        """Every character by id."""
        return {person.id: person for person in self.order.screenplay.characters}

    @cached_property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Names and aliases in small letters with the character's id, the longest first."""
        found = [
            (name.lower(), person.id)
            for person in self.people.values()
            for name in (person.name, *person.aliases)
            if name
        ]
        return tuple(sorted(found, key=lambda pair: -len(pair[0])))

    def numbered(self, wanted: int) -> tuple[str, ...]:
        """Gives the shots that are called by this number: by its place, or by the crew's number."""
        found = [shot.id for shot in self.shots.values() if shot.number == str(wanted)]
        if 1 <= wanted <= len(self.ids):
            found.append(self.ids[wanted - 1])
        return tuple(dict.fromkeys(found))

    def position(self, shot_id: str) -> int:
        """Gives the place of a shot in the film, from 0."""
        return self.ids.index(shot_id)

    def before(self, shot_id: str) -> str:
        """Gives the shot before, or an empty text at the beginning of the film."""
        place = self.position(shot_id)
        return self.ids[place - 1] if place else ""

    def by_sex(self, sex: Sex) -> tuple[str, ...]:
        """Gives the characters of a sex."""
        return tuple(p.id for p in self.people.values() if p.look.sex is sex)

    def name(self, speaker: str, locale: Locale) -> str:
        """Gives what a speaker is called in an answer."""
        if speaker == NARRATOR:
            return "旁白" if locale is Locale.ZH else "the narrator"
        return self.people[speaker].name

    def call(self, shot_id: str, locale: Locale) -> str:
        """Gives words that stand for this one shot in a request, whatever it is numbered."""
        place = self.position(shot_id) + 1
        if self.numbered(place) != (shot_id,):
            return shot_id
        return f"第{place}个镜头" if locale is Locale.ZH else f"shot {place}"

    def lines(self, shot_id: str) -> tuple[Line, ...]:
        """Gives the lines heard in a shot, in order."""
        return tuple(self.order.screenplay.line(one) for one in self.shots[shot_id].lines)

    @cached_property
    def spoken(self) -> dict[str, str]:
        """The ids of the lines in the order in which they are heard, with their shots."""
        return {line: shot.id for shot in self.shots.values() for line in shot.lines}

    def saying(self, text: str) -> tuple[str, ...]:
        """Gives the lines that say just this, else those that hold it, in the order of the film."""
        wanted = folded(text)
        told = {line: folded(self.order.screenplay.line(line).text) for line in self.spoken}
        exact = tuple(line for line, said in told.items() if said == wanted)
        if exact or len(wanted) < 2:
            return exact
        return tuple(line for line, said in told.items() if wanted in said)

    def touched_by(self, operation: Operation) -> tuple[str, ...]:
        """Gives the shots that an operation names and that are still there."""
        named: list[str] = [*getattr(operation, "shots", ()), getattr(operation, "shot", "")]
        line = getattr(operation, "line", "")
        named.append(self.spoken.get(line, ""))
        return tuple(one for one in self.ids if one in named)


def folded(text: str) -> str:
    """Gives the letters and digits of `text` alone, in small letters."""
    return re.sub(r"[\W_]+", "", text).casefold()

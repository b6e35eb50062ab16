"""Draft: a film's documents while operations are applied to them, one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from string import ascii_lowercase

from nightshoot.domain.revising.documents import Documents, Pick
from nightshoot.domain.revising.telling import Told, both
from nightshoot.domain.screenplay import NARRATOR, Beat, Character, Line, Scene
from nightshoot.domain.storyboard import Shot

_STEM = re.compile(r"(.*\d)[a-z]")
_LONGEST_ID = 28
"""Letters kept of the id that a fresh one is made from, so that it stays within 32."""


class Wrong(Exception):
    """An operation that the documents do not allow."""

    def __init__(self, told: Told) -> None:
        super().__init__(told.en)
        self.told = told


class Draft:
    """A film's documents, and the same with the operations so far."""

    def __init__(self, documents: Documents) -> None:
        self.before = documents
        self.title = documents.title
        self.options = documents.options
        self.characters = list(documents.screenplay.characters)
        self.scenes = list(documents.screenplay.scenes)
        self.shots = list(documents.storyboard.shots)
        self.picks = {pick.shot: pick.take for pick in documents.picks}
        self.pins = list(documents.pins)
        self.added_after: dict[str, str] = {}
        """What was added last after a shot or a line, so that the next comes after it."""
        self._shot_ids = {
            *(shot.id for shot in self.shots),
            *(takes.shot for takes in documents.takes),
            *(pin.split("/")[1] for pin in documents.pins if pin.startswith("shots/")),
        }
        self._script_ids = {
            *(beat.id for beat in documents.screenplay.beats),
            *(line.id for line in documents.screenplay.lines),
        }
        self._numbers = {shot.id: shot.number for shot in self.shots}
        self._order = [shot.id for shot in self.shots]

    def finished(self) -> dict[str, object]:
        """Gives the content of the new documents, which is yet to be checked."""
        old = self.before
        screenplay = old.screenplay.model_copy(
            update={
                "title": self.title if self.title != old.title else old.screenplay.title,
                "locale": self.options.locale
                if self.options.locale is not old.options.locale
                else old.screenplay.locale,
                "characters": tuple(self.characters),
                "scenes": tuple(self.scenes),
            }
        )
        storyboard = old.storyboard.model_copy(
            update={
                "title": self.title if self.title != old.title else old.storyboard.title,
                "locale": self.options.locale
                if self.options.locale is not old.options.locale
                else old.storyboard.locale,
                "shots": tuple(self.shots),
            }
        )
        return old.model_copy(
            update={
                "title": self.title,
                "options": self.options,
                "screenplay": screenplay,
                "storyboard": storyboard,
                "picks": tuple(
                    Pick(shot=shot.id, take=self.picks[shot.id])
                    for shot in self.shots
                    if shot.id in self.picks
                ),
                "pins": tuple(self.pins),
            }
        ).model_dump()

    # Finding

    def place(self, shot_id: str) -> int:
        """Gives the place of a shot in the film. Raises Wrong where there is none."""
        for place, shot in enumerate(self.shots):
            if shot.id == shot_id:
                return place
        raise Wrong(both(f"没有镜头 {shot_id}。", f"There is no shot {shot_id!r}."))

    def shot(self, shot_id: str) -> Shot:
        """Gives a shot. Raises Wrong where there is none."""
        return self.shots[self.place(shot_id)]

    def chosen(self, shot_ids: Sequence[str]) -> list[Shot]:
        """Gives shots in the order of the film, each once. Raises Wrong where one is not there."""
        for shot_id in shot_ids:
            self.place(shot_id)
        return [shot for shot in self.shots if shot.id in set(shot_ids)]

    def line(self, line_id: str) -> Line:
        """Gives a line. Raises Wrong where there is none."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise Wrong(both(f"没有台词 {line_id}。", f"There is no line {line_id!r}."))

    @property
    def lines(self) -> list[Line]:
        """Every line in the screenplay's order."""
        return [line for scene in self.scenes for beat in scene.beats for line in beat.lines]

    def home_of(self, line_id: str) -> Shot:
        """Gives the shot in which a line is heard. Raises Wrong where there is no such line."""
        self.line(line_id)
        return next(shot for shot in self.shots if line_id in shot.lines)

    def character(self, character_id: str) -> Character:
        """Gives a character. Raises Wrong where there is none."""
        for person in self.characters:
            if person.id == character_id:
                return person
        known = ", ".join(person.id for person in self.characters) or "-"
        raise Wrong(
            both(
                f"没有人物 {character_id}，剧中有：{known}。",
                f"There is no character {character_id!r}; there are: {known}.",
            )
        )

    # Changing

    def put(self, shot: Shot) -> None:
        """Puts a shot in the place of the one with its id."""
        self.shots[self.place(shot.id)] = shot

    def put_person(self, person: Character) -> None:
        """Puts a character in the place of the one with its id."""
        self.characters = [person if one.id == person.id else one for one in self.characters]

    def change_beats(self, change: Callable[[Beat], Iterable[Beat]]) -> None:
        """Puts what `change` gives in the place of each beat; untouched scenes stay the same."""
        for place, scene in enumerate(self.scenes):
            beats = tuple(new for beat in scene.beats for new in change(beat))
            if beats != scene.beats:
                self.scenes[place] = scene.model_copy(update={"beats": beats})

    def change_line(self, line_id: str, **update: object) -> None:
        """Changes fields of a line."""
        self.change_beats(
            lambda beat: [
                beat.model_copy(
                    update={
                        "lines": tuple(
                            line.model_copy(update=update) if line.id == line_id else line
                            for line in beat.lines
                        )
                    }
                )
            ]
        )

    def drop_lines(self, line_ids: Collection[str]) -> None:
        """Takes lines out of the screenplay and out of the shots; their beats stay."""
        self.change_beats(
            lambda beat: [
                beat.model_copy(
                    update={"lines": tuple(line for line in beat.lines if line.id not in line_ids)}
                )
            ]
        )
        for shot in self.shots:
            left = tuple(line for line in shot.lines if line not in line_ids)
            if left != shot.lines:
                self.put(shot.model_copy(update={"lines": left}))

    def scene(self, scene_id: str) -> Scene | None:
        """Gives a scene, or None."""
        return next((scene for scene in self.scenes if scene.id == scene_id), None)

    # Naming

    def fresh_shot(self, near: str, *, ahead: bool = False) -> str:
        """Gives an id that no shot ever had here: `s07b` after `s07`, `s07a` ahead of it."""
        return _fresh(near, self._shot_ids, first="a" if ahead else "b")

    def fresh_script(self, near: str) -> str:
        """Gives an id that no beat and no line had: `s1b2b` for one after `s1b2`."""
        return _fresh(near, self._script_ids)

    def called(self, *shots: Shot | str) -> Told:
        """Names shots as the person knows them: by the numbers before the revision."""
        ids = [shot if isinstance(shot, str) else shot.id for shot in shots]
        if len(ids) > 1 and len(ids) == len(self.shots):
            return both("所有镜头", "all shots")
        names = [self._numbers.get(one, one) for one in ids]
        english = f"shot{'s' if len(names) > 1 else ''} {', '.join(names)}"
        return both("、".join(f"第{name}镜" for name in names), english)

    def who(self, speaker: str) -> Told:
        """Names who speaks."""
        if speaker == NARRATOR:
            return both("旁白", "the narrator")
        name = next((one.name for one in self.characters if one.id == speaker), speaker)
        return both(name, name)

    def renumber(self) -> None:
        """Numbers the shots 1 to n anew, where they were; a table's own numbers stay."""
        before = self.before.storyboard.shots
        width = len(before[0].number)
        plain = all(shot.number == f"{n:0{width}}" for n, shot in enumerate(before, start=1))
        taken = {shot.number for shot in before}
        for place, shot in enumerate(self.shots):
            number = shot.number
            if plain:
                number = f"{place + 1:0{width}}"
            elif shot.id not in self._numbers:
                near = self.shots[place - 1].number if place else shot.number
                number = _fresh_number(near, taken)
            if number != shot.number:
                self.shots[place] = shot.model_copy(update={"number": number})


def quoted_words(text: str) -> str:
    """Gives the first words of a text, short enough for a sentence about it."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def _fresh(near: str, used: set[str], *, first: str = "b") -> str:
    match = _STEM.fullmatch(near)
    stem = (match[1] if match else near)[:_LONGEST_ID]
    letters = (f"{stem}{letter}" for letter in ascii_lowercase if letter >= first)
    numbered = (f"{stem}-{number}" for number in range(2, len(used) + 3))
    found = next(one for one in (*letters, *numbered) if one not in used)
    used.add(found)
    return found


def _fresh_number(near: str, taken: set[str]) -> str:
    stem = near.rstrip(ascii_lowercase) or near
    letters = (f"{stem}{letter}" for letter in ascii_lowercase[1:])
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    found = next(one for one in (*letters, *numbered) if one not in taken)
    taken.add(found)
    return found

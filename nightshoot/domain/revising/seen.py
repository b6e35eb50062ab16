"""Documents seen by what their parts depend on, for comparing two versions."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from nightshoot.domain.revising.documents import Documents
from nightshoot.domain.screenplay import NARRATOR, Character, Screenplay
from nightshoot.domain.storyboard import Shot
from nightshoot.domain.vocabulary import Era, Transition
from nightshoot.domain.wording import as_worded


class Seen:
    """Documents by what their parts depend on."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.options = documents.options
        self.row = documents.storyboard.shots
        self.shots = {shot.id: shot for shot in self.row}
        self.places = {shot.id: place for place, shot in enumerate(self.row)}
        self.people: Mapping[str, Character] = {
            person.id: person for person in documents.screenplay.characters
        }
        self.picks = {pick.shot: pick.take for pick in documents.picks}
        self.lines = {line.id: line for line in documents.screenplay.lines}
        self._places = _place_names(documents.screenplay)

    def words(self, shot_id: str) -> tuple[object, ...]:
        """Gives what a shot's prompt depends on."""
        shot = self.shots[shot_id]
        cast = [self.people[one] for one in _faces(shot) if one in self.people]
        style = self.options.style or self.documents.storyboard.style
        # A name matters to the one who words it only where the description speaks of it.
        names = [person.name for person in cast if person.name in shot.description]
        return as_worded(shot), tuple((one.id, one.look) for one in cast), tuple(names), style

    def picture(self, shot_id: str) -> tuple[object, ...]:
        """Gives what a shot's keyframe depends on, but for its length."""
        shot, options = self.shots[shot_id], self.options
        files = [
            (one, self.people[one].reference, self.people[one].lora, self.people[one].lora_scale)
            for one in _faces(shot)
            if one in self.people
        ]
        pins = {f"shots/{shot_id}/keyframe.png", *(f"cast/{one}.png" for one in _faces(shot))}
        return (
            self.words(shot_id),
            tuple(files),
            shot.again,
            shot.controls,
            self._places.get(shot.scene),
            (options.width, options.height, options.fps, options.seed),
            tuple(sorted(pins & set(self.documents.pins))),
        )

    def clip(self, shot_id: str) -> tuple[object, ...]:
        """Gives what a shot's take depends on besides its keyframe and its length."""
        pins = {f"shots/{shot_id}/take.mp4", f"shots/{shot_id}/last_frame.png"}
        return tuple(sorted(pins & set(self.documents.pins)))

    def joins(self, shot_id: str) -> tuple[object, ...]:
        """Gives the transitions at both ends of a shot; None is a card's."""
        place = self.places[shot_id]
        before = self.row[place - 1].transition if place else None
        after = self.row[place].transition if place < len(self.row) - 1 else None
        return before, after

    def partners(self, shot_id: str) -> tuple[str, str]:
        """Gives the shots that are seen together with a shot, before and after it."""
        place = self.places[shot_id]
        before = self.row[place - 1] if place else None
        shared = before is not None and before.transition is not Transition.CUT
        last = place == len(self.row) - 1
        goes = not last and self.row[place].transition is not Transition.CUT
        return (
            before.id if before is not None and shared else "",
            self.row[place + 1].id if goes else "",
        )

    def said(self, line_id: str) -> tuple[object, ...]:
        """Gives what the sound of a line depends on, but for who is cast."""
        line = self.lines[line_id]
        if line.speaker == NARRATOR:
            voice = (self.options.narrator_voice, self.options.narrator_temper)
        else:
            person = self.people[line.speaker]
            voice = (person.voice, person.temper)
        return line.text, line.kind, line.delivery, self.documents.screenplay.locale, voice

    def cast_by(self, line_id: str) -> tuple[object, ...]:
        """Gives what else a voice is cast by."""
        person = self.people.get(self.lines[line_id].speaker)
        own = (person.look.sex, person.look.age) if person and not person.voice else ()
        return (*own, "cast.yaml" in self.documents.pins)

    def captioned(self, shot_id: str) -> tuple[object, ...]:
        """Gives what the captions of a shot depend on, but for the pace of the voice."""
        if not self.options.captions_on:
            return ()
        texts = [self.lines[line].text for line in self.shots[shot_id].lines]
        return (self.options.caption_size, *texts) if texts else ()

    def era(self) -> bool:
        """Whether the music is ancient."""
        eras = [shot.staging.era for shot in self.row]
        return eras.count(Era.ANCIENT) * 2 >= len(eras)

    def moods(self) -> list[tuple[object, ...]]:
        """Gives the stretches of one mood, each with the shots in it."""
        return [
            (mood, frozenset(shot.id for shot in run))
            for mood, run in groupby(self.row, key=lambda shot: shot.staging.mood)
        ]


def _faces(shot: Shot) -> list[str]:
    return sorted({figure.character for figure in shot.staging.figures if figure.character})


def _place_names(screenplay: Screenplay) -> dict[str, str]:
    return {scene.id: scene.place or scene.id for scene in screenplay.scenes}

"""The cast list: which voice speaks for whom, the same through every revision."""

from __future__ import annotations

from pydantic import Field

from nightshoot.documents import line_of
from nightshoot.domain.brief import FilmOptions
from nightshoot.domain.screenplay import NARRATOR, Character, Screenplay
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Age, Sex
from nightshoot.errors import InputError
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.protocols import SpeechSynthesizer
from nightshoot.tools.speech.cast import VoiceCasting, named_voice

CAST = "cast.yaml"
MEMORY = ".nightshoot/cast.yaml"

_HEADING = """\
Who speaks with which voice, by backend. Change a voice to another of the same backend and resume:
# only the lines of that character are spoken anew. Once you have edited it, this file stays as you
# leave it, and all that it says holds; whoever is not in it is cast. `voice:` of a character in
# screenplay.yaml is a wish for any backend, and gives way to what stands here."""


class CastDocument(Value):
    """`cast.yaml`: the voices by backend and speaker."""

    version: int = 1
    voices: dict[str, dict[str, str]] = Field(default_factory=dict)
    """The id of a voice, or a part of it; empty: it is cast."""


class CastFor(Value):
    """What a voice was chosen by; when it changes, the character is cast anew."""

    sex: Sex | None = None
    age: Age | None = None
    temper: str = ""
    wish: str = ""

    @classmethod
    def of(cls, person: Character | None, options: FilmOptions) -> CastFor:
        """Gives it for a character, or for the narrator, whose part of it is in the options."""
        if person is None:
            return cls(temper=options.narrator_temper, wish=options.narrator_voice)
        look = person.look
        return cls(sex=look.sex, age=look.age, temper=person.temper, wish=person.voice)


class Decision(Value):
    """A voice that was chosen, and what for."""

    voice: str
    cast_for: CastFor


class Decisions(Value):
    """Every choice that was made for a film, by backend and speaker; people may come back."""

    voices: dict[str, dict[str, Decision]] = Field(default_factory=dict)


class CastBook:
    """Casts voices once, and keeps to it.

    A person's edit of `cast.yaml` is strongest, then a character's `voice:` in the screenplay, then
    what was chosen before, then what fits best of the voices that are least taken. What was chosen
    is kept with what it was chosen by, so that who comes, goes or changes place moves nobody else's
    voice, and a change of sex, age or temper that of the one alone.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._voices: dict[str, dict[str, str]] = {}
        self._kept: set[str] = set()

    def voice_of(self, backend: SpeechSynthesizer, screenplay: Screenplay, speaker: str) -> str:
        """Gives the id of the voice that a speaker has at a backend.

        Raises:
            InputError: `cast.yaml` is broken, or names a voice that the backend does not have.
        """
        if backend.name not in self._voices:
            self._voices[backend.name] = self._cast(backend, screenplay)
        return self._voices[backend.name][speaker]

    def keep(self, backend: SpeechSynthesizer, screenplay: Screenplay) -> None:
        """Writes down the voices of a backend that has spoken."""
        if backend.name in self._kept:
            return
        self._kept.add(backend.name)
        production, chosen = self._shop.production, self._voices[backend.name]
        options = production.sheet.options
        listed, decided = self._listed(), self._decided()
        people = {person.id: person for person in screenplay.characters}
        pinned = production.pinned(CAST)
        own = listed.voices.get(backend.name, {}) if pinned else {}
        before = decided.voices.get(backend.name, {})
        now = {
            who: Decision(voice=voice, cast_for=CastFor.of(people.get(who), options))
            for who, voice in chosen.items()
            if not own.get(who)
        }
        document = decided.model_copy(
            update={"voices": decided.voices | {backend.name: before | now}}
        )
        production.settle(MEMORY, document, heading="What the voices were chosen by.")
        if pinned:
            for who in sorted(set(now) - set(before)):
                self._shop.report(
                    f"{CAST} is yours and does not name {who}, who speaks with {now[who].voice}."
                )
            return
        voices = listed.voices | {backend.name: chosen}
        production.settle(CAST, CastDocument(voices=voices), heading=_HEADING)

    def _cast(self, backend: SpeechSynthesizer, screenplay: Screenplay) -> dict[str, str]:
        name, people = backend.name, screenplay.characters
        pinned = self._shop.production.pinned(CAST)
        listed = self._listed().voices.get(name, {})
        decided = self._decided().voices.get(name, {})
        speakers: dict[str, Character | None] = {NARRATOR: None}
        speakers |= {person.id: person for person in people}
        options = self._shop.production.sheet.options
        kept: dict[str, str] = {}
        for who, person in speakers.items():
            before = decided.get(who)
            if pinned and listed.get(who):
                kept[who] = self._chosen_by_hand(backend, screenplay, who, listed[who])
            elif before is not None and before.cast_for == CastFor.of(person, options):
                kept[who] = before.voice
            elif before is None and listed.get(who):
                # The memory of what it was chosen by is lost: what was heard stays.
                kept[who] = listed[who]
        if pinned:
            for who in sorted(set(listed) - set(speakers)):
                self._shop.report(f"{CAST} names {who!r}, who is not in screenplay.yaml.")
        for person in people:
            if person.voice and not named_voice(person.voice, backend.voices):
                self._shop.report(
                    f"The voice {name} has no {person.voice!r}, which {person.name} wishes for: "
                    "another is cast."
                )
        cast = VoiceCasting()(
            people=people,
            voices=backend.voices,
            locale=screenplay.locale,
            kept=kept,
            narrator_voice=options.narrator_voice,
            narrator_temper=options.narrator_temper,
        )
        return cast.voices

    def _chosen_by_hand(
        self, backend: SpeechSynthesizer, screenplay: Screenplay, who: str, wanted: str
    ) -> str:
        found = named_voice(wanted, backend.voices, screenplay.locale)
        if found is None:
            path = self._shop.production.folder / CAST
            line = line_of(path.read_bytes(), ("voices", backend.name, who))
            raise InputError(
                f"{path}:{line}: {backend.name} has no voice {wanted!r} for {who}: choose from "
                f"{', '.join(voice.id for voice in backend.voices)}"
            )
        return found.id

    def _listed(self) -> CastDocument:
        production = self._shop.production
        if not production.path(CAST).is_file():
            return CastDocument()
        return production.read(CAST, CastDocument)

    def _decided(self) -> Decisions:
        """Gives what was chosen; where that is lost or damaged, `cast.yaml` says enough."""
        production = self._shop.production
        path = production.path(MEMORY)
        if not path.is_file():
            return Decisions()
        try:
            return production.read(MEMORY, Decisions)
        except InputError:
            path.unlink()
            return Decisions()

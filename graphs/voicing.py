"""Speaks the lines: one voice a character, one backend a film where it can be."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from pathlib import Path

from nightshoot.artifacts import Action, Made
from nightshoot.domain.screenplay import Line, Screenplay
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.protocols import SpeechSynthesizer
from nightshoot.tools.speech.cast import VoiceCasting
from nightshoot.tools.speech.reading import has_words, reading_duration_s, spoken_text


class SpeechRequest(Value):
    """What decides the sound of a line."""

    text: str
    voice: str
    locale: Locale
    kind: str
    delivery: str


class SpokenWord(Value):
    """When a word is heard, in seconds from the start of the sound."""

    text: str
    start_s: float
    end_s: float


class SpokenLine(Value):
    """A line as it is heard, or as long as it takes to read where there is no voice."""

    line: str
    audio: str = ""
    """The digest of the sound; empty where there is no voice."""
    duration_s: float
    words: tuple[SpokenWord, ...] = ()


class Voicing:
    """Has lines spoken by the first backend that works.

    The first backend that has spoken a line is written into `production.yaml` and asked first when
    the film is resumed, so that a network that comes back does not change the voices in the middle.
    A backend that fails is given up for this run, and reported.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        chosen = workshop.production.sheet.crew.voice
        self._backends = sorted(workshop.tools.voices, key=lambda voice: voice.name != chosen)
        self._proving = asyncio.Lock()
        self._proven = False
        self._casts: dict[str, dict[str, str]] = {}

    @property
    def speaking(self) -> str:
        """The name of the backend that speaks, or `none`."""
        return self._backends[0].name if self._backends else "none"

    async def speak(self, screenplay: Screenplay, line: Line, shot: str) -> SpokenLine:
        """Gives a line's sound and length."""
        text = spoken_text(line.text, screenplay.locale)
        while self._backends and has_words(text):
            # Until a backend has spoken once, one line at a time tries it: a network that is
            # away is found out once and not by every shot.
            async with self._proving if not self._proven else nullcontext():
                if not self._backends:
                    break
                backend = self._backends[0]
                try:
                    return await self._speak(backend, screenplay, line, text, shot)
                except (BackendError, InputError) as error:
                    self._give_up(backend, error)
        return SpokenLine(line=line.id, duration_s=reading_duration_s(line.text, screenplay.locale))

    def _give_up(self, backend: SpeechSynthesizer, error: Exception) -> None:
        if backend not in self._backends:
            return
        self._backends.remove(backend)
        self._proven = False
        then = (
            f"{self._backends[0].name} speaks instead"
            if self._backends
            else "the film has captions without a voice"
        )
        self._workshop.report(f"The voice {backend.name} was given up: {error}; {then}.")

    async def _speak(
        self,
        backend: SpeechSynthesizer,
        screenplay: Screenplay,
        line: Line,
        text: str,
        shot: str,
    ) -> SpokenLine:
        request = SpeechRequest(
            text=text,
            voice=self._voice_of(backend, screenplay, line.speaker),
            locale=screenplay.locale,
            kind=line.kind.value,
            delivery=line.delivery,
        )

        async def make(scratch: Path) -> Made:
            try:
                said = await backend.speak(
                    text=text,
                    voice=request.voice,
                    locale=request.locale,
                    kind=line.kind,
                    delivery=line.delivery,
                    scratch=scratch,
                )
            except TransientError as error:
                if self._proven:
                    raise
                raise BackendError(str(error)) from error
            words = tuple(
                SpokenWord(text=word.text, start_s=word.start_s, end_s=word.end_s)
                for word in said.words
            )
            record = SpokenLine(line="", duration_s=said.duration_s, words=words)
            return Made(outputs={"audio": said.audio}, record=record, cost_usd=said.cost_usd)

        outcome = await self._workshop.perform(
            Action(
                tool=f"speech/{backend.name}",
                version=backend.version,
                request=request,
                estimate=backend.estimate(text=text),
            ),
            make,
            lane=self._workshop.lanes.speaking,
            shot=shot,
        )
        self._proven = True
        self._workshop.production.settle_voice(backend.name)
        said = outcome.read(SpokenLine)
        return said.model_copy(update={"line": line.id, "audio": outcome.outputs["audio"]})

    def _voice_of(self, backend: SpeechSynthesizer, screenplay: Screenplay, speaker: str) -> str:
        if backend.name not in self._casts:
            cast = VoiceCasting()(
                people=screenplay.characters, voices=backend.voices, locale=screenplay.locale
            )
            self._casts[backend.name] = cast.voices
        return self._casts[backend.name][speaker]

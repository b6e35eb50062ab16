"""Speaks the lines: one voice a character, one backend a film where it can be."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.review import Review
from nightshoot.domain.screenplay import Line, Screenplay
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError, BudgetExceeded, InputError, TransientError
from nightshoot.graphs.cast_list import CastBook
from nightshoot.graphs.judging import Judging
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.protocols import SpeechSynthesizer
from nightshoot.tools.speech.reading import has_words, reading_duration_s, spoken_text


class SpeechRequest(Value):
    """What decides the sound of a line."""

    text: str
    voice: str
    locale: Locale
    kind: str
    delivery: str
    attempt: int = Field(default=1, ge=1)
    """Asks a voice that never says a line the same way twice to say it once more."""

    @model_serializer(mode="wrap")
    def _first_attempt_goes_without_saying(
        self, serialised: SerializerFunctionWrapHandler
    ) -> dict[str, object]:
        """Keeps the keys of lines that were spoken before there were attempts."""
        parts: dict[str, object] = serialised(self)
        if self.attempt == 1:
            del parts["attempt"]
        return parts


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


@dataclass(frozen=True, slots=True)
class _Judged:
    """A line as one backend said it, and the verdict."""

    said: SpokenLine
    voice: str
    review: Review


_MOST_ATTEMPTS = 2
"""How often a voice that never says a line the same way twice is asked for it: a service's bad
minute passes, and what it cannot say it cannot say."""

_MOST_FAILED = 2
"""Lines in a row that a voice fails on for good until it is given up. Source: a choice: one may be
the line's fault, and one line in another voice is better than all that come after it."""


class Voicing:
    """Has lines spoken by the first backend that works, each by the voice of the cast list.

    The first backend that has spoken a line is written into `production.yaml` and asked first when
    the film is resumed, so that a network that comes back does not change the voices in the middle.
    A backend that fails is given up for this run, and reported; a line that it refuses, or fails on
    alone, after it has spoken others goes to the next backend alone. One that costs money speaks
    only where it is the first: nobody chose it to stand in for another.

    Each line is judged once by the measures of its sound, and then by the judges that hear what is
    said. What is not good is asked for again where the voice may say it otherwise, then from the
    next backend, for that line alone; the best stays, and the user is told. A film never stops for
    it.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        chosen = workshop.production.sheet.crew.voice
        ranked = sorted(workshop.tools.voices, key=lambda voice: voice.name != chosen)
        self._backends = [
            voice for place, voice in enumerate(ranked) if place == 0 or not voice.capabilities.paid
        ]
        self._proving = asyncio.Lock()
        self._proven: set[str] = set()
        self._told: set[str] = set()
        self._failed: dict[str, set[str]] = {}
        self._cast = CastBook(workshop)
        self._judging = Judging(workshop)

    @property
    def speaking(self) -> str:
        """The name of the backend that speaks, or `none`."""
        return self._backends[0].name if self._backends else "none"

    async def speak(self, screenplay: Screenplay, line: Line, shot: str) -> SpokenLine:
        """Gives a line's sound and length: the first that is good, else the best there is.

        Raises:
            InputError: `cast.yaml` cannot be used.
        """
        text = spoken_text(line.text, screenplay.locale)
        refused: set[str] = set()
        heard: list[_Judged] = []
        while has_words(text) and (backend := self._next(refused)):
            # Until a backend has spoken once, one line at a time tries it: a network that is
            # away is found out once and not by every shot.
            async with nullcontext() if backend.name in self._proven else self._proving:
                if backend not in self._backends:
                    continue
                voice = self._cast.voice_of(backend, screenplay, line.speaker)
                request = SpeechRequest(
                    text=text,
                    voice=voice,
                    locale=screenplay.locale,
                    kind=line.kind.value,
                    delivery=line.delivery,
                )
                try:
                    heard += await self._attempts(backend, screenplay, line, request, shot)
                except (InputError, BackendError) as error:
                    if not self._is_the_lines(error, backend, line):
                        self._give_up(backend, error)
                        continue
                    refused.add(backend.name)
                    self._workshop.report(
                        f"The voice {backend.name} does not speak line {line.id}: {error}."
                    )
                else:
                    self._failed.pop(backend.name, None)
                    if heard[-1].review.passed:
                        break
                    refused.add(backend.name)
        if not heard:
            if refused and line.id not in self._told:
                self._told.add(line.id)
                self._workshop.report(f"Line {line.id} is a caption alone: no voice speaks it.")
            duration_s = reading_duration_s(line.text, screenplay.locale)
            return SpokenLine(line=line.id, duration_s=duration_s)
        best = max(heard, key=lambda one: (one.review.passed, one.review.score))
        self._tell(line, heard, best)
        return best.said

    async def _attempts(
        self,
        backend: SpeechSynthesizer,
        screenplay: Screenplay,
        line: Line,
        request: SpeechRequest,
        shot: str,
    ) -> list[_Judged]:
        """Has a backend speak a line, once more where it may come out otherwise, until it is good.

        Raises what speaking raises, unless something was spoken before.
        """
        heard: list[_Judged] = []
        most = 1 if backend.capabilities.deterministic else _MOST_ATTEMPTS
        for attempt in range(1, most + 1):
            wanted = request.model_copy(update={"attempt": attempt})
            try:
                said = await self._speak(backend, screenplay, line, wanted, shot)
                review = await self._judging.line(
                    said.audio, text=wanted.text, locale=wanted.locale, shot=shot
                )
            except (BackendError, InputError, BudgetExceeded):
                if heard:
                    break
                raise
            heard.append(_Judged(said=said, voice=f"{backend.name} {request.voice}", review=review))
            if review.passed:
                break
        return heard

    def _tell(self, line: Line, heard: Sequence[_Judged], best: _Judged) -> None:
        """Reports, once a run, what was not good about a line and what became of it."""
        faults = [one for one in heard if not one.review.passed]
        if not faults or line.id in self._told:
            return
        self._told.add(line.id)
        what = " ".join(dict.fromkeys(f"{one.voice}: {one.review.note}" for one in faults))
        then = (
            f"The film has it as {best.voice} said it."
            if best.review.passed
            else f"No other voice says it better, so it stays, by {best.voice}: listen to it."
        )
        self._workshop.report(f"Line {line.id} was not spoken well by {what} {then}")

    def _next(self, refused: set[str]) -> SpeechSynthesizer | None:
        return next((voice for voice in self._backends if voice.name not in refused), None)

    def _is_the_lines(self, error: Exception, backend: SpeechSynthesizer, line: Line) -> bool:
        """Whether the fault lies in the line: the voice can speak, and has just said others."""
        if backend.name not in self._proven or isinstance(error, TransientError):
            return False
        if isinstance(error, InputError):
            return True
        failed = self._failed.setdefault(backend.name, set())
        failed.add(line.id)
        return len(failed) < _MOST_FAILED

    def _give_up(self, backend: SpeechSynthesizer, error: Exception) -> None:
        if backend not in self._backends:
            return
        self._backends.remove(backend)
        then = (
            f"{self._backends[0].name} speaks instead"
            if self._backends
            else "the film has captions without a voice"
        )
        self._workshop.report(f"The voice {backend.name} was given up: {error}; {then}.")

    def _waits_for(self, backend: SpeechSynthesizer) -> bool:
        """Whether a line waits where its voice is away.

        A voice that is paid was chosen by a person, who would rather wait. Any other waits only
        where none is left to speak instead, and never before it has spoken: one that cannot be
        reached from here at all leaves the film its captions, at once.
        """
        if backend.capabilities.paid:
            return True
        return backend.name in self._proven and self._backends == [backend]

    async def _speak(
        self,
        backend: SpeechSynthesizer,
        screenplay: Screenplay,
        line: Line,
        request: SpeechRequest,
        shot: str,
    ) -> SpokenLine:
        async def make(scratch: Path) -> Made:
            try:
                said = await backend.speak(
                    text=request.text,
                    voice=request.voice,
                    locale=request.locale,
                    kind=line.kind,
                    delivery=line.delivery,
                    scratch=scratch,
                )
            except TransientError as error:
                # One that costs money was chosen by a person, who would rather wait.
                if backend.name in self._proven or backend.capabilities.paid:
                    raise
                raise BackendError(str(error)) from error
            words = tuple(
                SpokenWord(text=word.text, start_s=word.start_s, end_s=word.end_s)
                for word in said.words
            )
            record = SpokenLine(line="", duration_s=said.duration_s, words=words)
            return Made(outputs={"audio": said.audio}, record=record, cost_usd=said.cost_usd)

        shop = self._workshop
        action = Action(
            tool=f"speech/{backend.name}",
            version=backend.version,
            request=request,
            estimate=backend.estimate(text=request.text),
            assumed=Assumed(
                roles=("audio",),
                record=SpokenLine(
                    line="", duration_s=reading_duration_s(request.text, request.locale)
                ),
            ),
        )
        outcome = await shop.perform(
            action,
            make,
            lane=shop.turn(action, backend),
            shot=shot,
            provider=shop.provider("speech", backend),
            elsewhere=not self._waits_for(backend),
        )
        self._proven.add(backend.name)
        self._cast.keep(backend, screenplay)
        if backend.name == self.speaking:
            self._workshop.production.settle_voice(backend.name)
        said = outcome.read(SpokenLine)
        return said.model_copy(update={"line": line.id, "audio": outcome.outputs["audio"]})

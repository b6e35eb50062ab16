"""What is known of OpenAI's speech models: prices, voices, and the words of the instructions."""

from __future__ import annotations

from importlib import resources

from pydantic import Field

from nightshoot.documents import from_yaml
from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Age, Locale, Sex
from nightshoot.tools.protocols import Voice
from nightshoot.tools.speech.tempers import temper_word

_FILE = "openai_speech.yaml"

_LONGEST_WISH = 200
"""Characters of a line's direction that the service is told. Source: a parenthetical of a script is
a few words; a paragraph there would be read as a text of its own."""


class ModelFacts(Value):
    """What a model takes and costs, in USD."""

    instructions: bool = False
    """It takes words on how a line is said."""
    usd_per_million_characters: float = Field(default=0.0, ge=0)
    """Of the text, and of the instructions where it takes them."""
    usd_per_minute: float = Field(default=0.0, ge=0)
    """Of the sound."""
    ends: str = ""
    """The day on which the service shuts it down, as announced; empty: none is."""


class VoiceFacts(Value):
    """A voice of the service."""

    name: str
    """As the service calls it."""
    sex: Sex
    age: Age
    temper: str = ""
    models: tuple[str, ...] = ()
    """The models that have it; empty: all."""


class Phrases(Value):
    """The sentences that make up an instruction, in one language."""

    language: str
    narration: str
    dialogue: str
    delivery: str
    temper: str


class SpeechCard(Value):
    """The data file as it is read."""

    models: dict[str, ModelFacts]
    voices: tuple[VoiceFacts, ...]
    instructions: dict[Locale, Phrases]

    def spoken_by(self, model: str) -> dict[str, tuple[str, Voice]]:
        """Gives a model's voices in each language by their ids, with the service's name for each.

        The same voice speaks every language, but a cast list asks for voices of one: each is
        offered once a language, as `zh-coral` and `en-coral`.
        """
        known = model in self.models
        return {
            f"{locale.value}-{one.name}": (
                one.name,
                Voice(
                    id=f"{locale.value}-{one.name}",
                    locale=locale,
                    sex=one.sex,
                    age=one.age,
                    temper=one.temper,
                ),
            )
            for locale in Locale
            for one in self.voices
            if not known or not one.models or model in one.models
        }

    def instruction(self, *, locale: Locale, kind: LineKind, delivery: str, temper: str) -> str:
        """Gives what the model is told on how to say a line."""
        phrases = self.instructions[locale]
        wish = " ".join(delivery.split())[:_LONGEST_WISH].rstrip("。. ")
        narrated = kind is LineKind.NARRATION
        said = [phrases.language, phrases.narration if narrated else phrases.dialogue]
        if temper:
            said.append(phrases.temper.replace("{temper}", temper_word(temper, locale)))
        if wish:
            said.append(phrases.delivery.replace("{delivery}", wish))
        return (" " if locale is Locale.EN else "").join(said)


def speech_card() -> SpeechCard:
    """Reads the data file that comes with the package."""
    file = resources.files(__package__) / _FILE
    return from_yaml(file.read_bytes(), SpeechCard, name=_FILE)

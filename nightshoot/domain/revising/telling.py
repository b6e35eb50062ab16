"""What is told of a revision, in both languages, and the error of one that cannot be."""

from __future__ import annotations

from collections.abc import Iterable

from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError


class Told(Value):
    """One or more whole sentences, in each language."""

    zh: str
    en: str

    def text(self, locale: Locale) -> str:
        """Gives it in one language."""
        return self.zh if locale is Locale.ZH else self.en

    def __add__(self, other: Told) -> Told:
        """Gives both, one after the other."""
        if not (self.en and other.en):
            return other if not self.en else self
        return Told(zh=self.zh + other.zh, en=f"{self.en} {other.en}")


NOTHING = Told(zh="", en="")
"""Nothing to tell."""


def both(zh: str, en: str) -> Told:
    """Gives a sentence in both languages, on one line whatever is quoted in it."""
    return Told(zh=" ".join(zh.split()), en=" ".join(en.split()))


def opening(text: str) -> str:
    """Gives words as they begin a sentence."""
    return text[:1].upper() + text[1:]


def joined(parts: Iterable[Told]) -> Told:
    """Gives all that is told, in order."""
    whole = NOTHING
    for part in parts:
        whole += part
    return whole


class Impossible(InputError):
    """A revision that the documents do not allow; nothing of it is done."""

    def __init__(self, sentences: Iterable[Told]) -> None:
        """Takes what is wrong, a sentence each."""
        self.sentences = tuple(dict.fromkeys(sentences))
        super().__init__(" ".join(one.en for one in self.sentences))

    def texts(self, locale: Locale) -> tuple[str, ...]:
        """Gives the sentences in one language."""
        return tuple(one.text(locale) for one in self.sentences)

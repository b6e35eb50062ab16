"""How much of a line is heard in what a recogniser wrote down.

Chinese is compared by syllable, pinyin without tones: a recogniser chooses among characters that
sound alike, and the voice is not to blame. English is compared by word, spelling being no sound.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.judges.numbers import number_words
from nightshoot.tools.speech.reading import HAN, spoken_text

_TOKENS = re.compile(rf"({HAN.pattern}+)|([^\W_]+)")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")
_HOLDS_AND = frozenset({"hundred", "thousand", "million", "billion"})
"""Source: both `one hundred five` and `one hundred and five` are said."""
_APOSTROPHES = str.maketrans("", "", "'’ʼ")
_SHORT = {
    "mr": "mister",
    "mrs": "missus",
    "ms": "miss",
    "dr": "doctor",
    "ok": "okay",
    "alright": "all right",
    "gonna": "going to",
    "wanna": "want to",
}
"""Source: Whisper's own normaliser of English, normalizers/english.py, for the words that a
recogniser writes in more than one way."""

_ALIKE = 0.5
"""Words that differ by no more than this share of their letters are one word spelt in two ways, or
a name that the recogniser does not know. Source: `Su Shi` is written `Sue She`."""


_TOGETHER = 0.2
"""Two words are one, written together, where they differ by no more than this share of the letters:
`did not` and `didn't`, but not `gave his` and `gave`."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A syllable of Chinese or a word: what is compared, and how it is written."""

    said: str
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of a line."""

    count: int
    """The syllables or words of the line."""
    edits: float
    """How many were lost, exchanged or added; a word spelt in another way counts in part."""
    lost: tuple[str, ...]
    """What was not heard, as written: runs of it, in order."""

    @property
    def share(self) -> float:
        """Edits for each syllable or word of the line: 0.0 is perfect; may pass 1.0."""
        return self.edits / self.count if self.count else 0.0


def compare(line: str, heard: str, locale: Locale) -> Comparison:
    """Aligns what was heard with the line.

    Deterministic. A line without words has a count of 0.
    """
    wanted, got = sounds_of(line, locale), sounds_of(heard, locale)
    costs = _costs(wanted, got)
    return Comparison(
        count=len(wanted),
        edits=round(costs[len(wanted)][len(got)], 6),
        lost=_runs(wanted, _missing(wanted, got, costs)),
    )


def sounds_of(text: str, locale: Locale) -> tuple[Sound, ...]:
    """Gives what is to be heard of a text, figures as they are said, marks left out."""
    said = spoken_text(unicodedata.normalize("NFKC", text), locale)
    folded = said.casefold().translate(_APOSTROPHES)
    folded = _DOTTED.sub(lambda found: found[0].replace(".", ""), folded)
    sounds: list[Sound] = []
    for han, word in _TOKENS.findall(folded):
        sounds += _syllables(han) if han else _words(word)
    return tuple(
        sound
        for place, sound in enumerate(sounds)
        if sound.said != "and" or not place or sounds[place - 1].said not in _HOLDS_AND
    )


def _syllables(han: str) -> list[Sound]:
    from pypinyin import lazy_pinyin

    # Read as one run, so that 重 is chong in 重庆.
    said = lazy_pinyin(han)
    if len(said) != len(han):
        # Signs without a reading are left together, and stand for themselves.
        said = [lazy_pinyin(sign)[0] for sign in han]
    return [Sound(one, sign) for one, sign in zip(said, han, strict=True)]


def _words(word: str) -> list[Sound]:
    spoken = number_words(word) or _SHORT.get(word, word)
    return [Sound(one, one) for one in spoken.split()]


def _costs(wanted: Sequence[Sound], got: Sequence[Sound]) -> list[list[float]]:
    """Gives the least cost of turning each beginning of the one into each of the other."""
    table = [[float(column) for column in range(len(got) + 1)]]
    for row in range(1, len(wanted) + 1):
        table.append([float(row)])
        for column in range(1, len(got) + 1):
            steps = _steps(wanted, got, row, column)
            table[row].append(min(table[r][c] + cost for r, c, cost, _ in steps))
    return table


def _steps(
    wanted: Sequence[Sound], got: Sequence[Sound], row: int, column: int
) -> list[tuple[int, int, float, bool]]:
    """Gives where a place in the table may be come to from, at what cost, and if something is lost.

    Two words may be one, written together: `every one`, `Wi-Fi`.
    """
    steps = []
    if row and column:
        apart = _difference((wanted[row - 1],), (got[column - 1],))
        steps.append((row - 1, column - 1, apart, apart > _ALIKE))
    if row and column > 1:
        apart = _difference((wanted[row - 1],), got[column - 2 : column])
        if apart <= _TOGETHER:
            steps.append((row - 1, column - 2, apart, False))
    if row > 1 and column:
        apart = _difference(wanted[row - 2 : row], (got[column - 1],))
        if apart <= _TOGETHER:
            steps.append((row - 2, column - 1, apart, False))
    if row:
        steps.append((row - 1, column, 1.0, True))
    if column:
        steps.append((row, column - 1, 1.0, False))
    return steps


def _difference(one: Sequence[Sound], two: Sequence[Sound]) -> float:
    """Gives 0.0 where two runs sound the same, 1.0 where they have nothing in common."""
    said, heard = "".join(each.said for each in one), "".join(each.said for each in two)
    if len(one) == len(two) == 1 and (said == heard or one[0].written == two[0].written):
        return 0.0
    if any(HAN.match(each.written) for each in (*one, *two)):
        return 1.0
    share = letters_apart(said, heard) / max(len(said), len(heard))
    return share if share <= _ALIKE else 1.0


def letters_apart(one: str, two: str) -> int:
    """Counts the fewest letters to insert, leave out or exchange."""
    row = list(range(len(two) + 1))
    for index, first in enumerate(one, 1):
        before, row[0] = row[0], index
        for other, second in enumerate(two, 1):
            before, row[other] = (
                row[other],
                min(row[other] + 1, row[other - 1] + 1, before + (first != second)),
            )
    return row[-1]


def _missing(
    wanted: Sequence[Sound], got: Sequence[Sound], costs: Sequence[Sequence[float]]
) -> set[int]:
    """Gives the places in the line that nothing was heard for, or something else."""
    missing: set[int] = set()
    row, column = len(wanted), len(got)
    while row:
        here = costs[row][column]
        row, column, _, lost = min(
            _steps(wanted, got, row, column),
            key=lambda step: abs(here - costs[step[0]][step[1]] - step[2]),
        )
        if lost:
            missing.add(row)
    return missing


def _runs(wanted: Sequence[Sound], missing: set[int]) -> tuple[str, ...]:
    runs: list[str] = []
    for place in sorted(missing):
        written = wanted[place].written
        if not runs or place - 1 not in missing:
            runs.append(written)
        else:
            both_han = HAN.match(written) and HAN.match(wanted[place - 1].written)
            runs[-1] += written if both_han else f" {written}"
    return tuple(runs)

"""Which text in a picture was not asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from nightshoot.domain.shot import ShotPlan
from nightshoot.tools.judges.messages import Writing

_QUOTED = re.compile(
    '"([^"\n]+)"|“([^”\n]+)”|「([^」\n]+)」|『([^』\n]+)』|《([^》\n]+)》'
    "|(?<![A-Za-z])'([^'\n]+)'(?![A-Za-z])|‘([^’\n]+)’(?![A-Za-z])"
)

_ALIKE = 0.6
"""From this share of letters in common a text is the one that was asked for: a painter's letters
are seldom all right. Source: one wrong letter in three, as tried out on drawn signs."""

_SURE = 0.8
"""How sure the reader has to be. Source: docs/judges.md, measured on drawn text and on pictures
without any."""

_LETTERS = 2
"""A single letter is what a window frame or a branch looks like. Source: as above."""


def asked_texts(plan: ShotPlan) -> tuple[str, ...]:
    """Gives what a plan asks to be legible: what its prompt has in quotation marks."""
    return tuple(
        next(filter(None, groups)) for groups in _QUOTED.findall(f"{plan.prompt}\n{plan.style}")
    )


def letters_of(text: str) -> str:
    """Gives the letters, figures and characters of a text, folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in folded if unicodedata.category(one)[0] in "LN")


def unasked(writings: Sequence[Writing], asked: Sequence[str]) -> tuple[str, ...]:
    """Gives the texts that nobody asked for, as they were read.

    Args:
        writings: what was read in one picture.
        asked: see `asked_texts`.
    """
    wanted = [letters for letters in map(letters_of, asked) if letters]
    return tuple(
        one.text
        for one in writings
        if one.sure >= _SURE
        and len(letters_of(one.text)) >= _LETTERS
        and not any(_is(letters_of(one.text), text) for text in wanted)
    )


def _is(read: str, wanted: str) -> bool:
    """Whether it may be what was wanted, or one line of it."""
    if read in wanted:
        return True
    share = SequenceMatcher(None, read, wanted, autojunk=False).ratio()
    parts = (
        SequenceMatcher(None, read, wanted[start : start + len(read)], autojunk=False).ratio()
        for start in range(max(0, len(wanted) - len(read)) + 1)
    )
    return max(share, *parts) >= _ALIKE

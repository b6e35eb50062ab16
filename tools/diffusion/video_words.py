"""Cleans a prompt as models with an `ftfy` in their pipeline were trained to read it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from functools import cache

_STRAIGHT: Mapping[str, str] = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
}
"""Quotes. Source: ftfy 6.3, `chardata.SINGLE_QUOTE_RE` and `DOUBLE_QUOTE_RE`."""

_LIGATURES = "ĲĳŉǱǲǳǄǅǆǇǈǉǊǋǌﬀﬁﬂﬃﬄﬆ"
"""Each becomes its letters. Source: ftfy 6.3, `chardata.LIGATURES`, less one with a long s."""

_WIDE = range(0xFF01, 0xFFF0)
"""Full-width letters and punctuation, which become the usual ones. Source: ftfy 6.3,
`chardata.WIDTH_MAP`."""

_UNSEEN = re.compile(
    r"\x1b\[[\d;]*[a-zA-Z]|[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]"
)
"""A terminal's colours, and characters that control. Source: ftfy 6.3,
`remove_terminal_escapes` and `remove_control_chars`."""


def cleaned(text: str) -> str:
    """Gives a prompt as diffusers' `prompt_clean` does: a Chinese comma becomes a plain one.

    That calls `ftfy.fix_text`, whose other half repairs text that was decoded wrongly; ours comes
    out of a program and is whole, so that half is left out. The rest is done here, whether ftfy is
    installed or not, so that a prompt means the same on every machine.

    Source: `basic_clean` and `whitespace_clean` of diffusers' pipelines/wan, as in the makers'
    wan/modules/tokenizers.py.
    """
    table = _table()
    # Twice: a ligature may have a quote in it.
    mended = _UNSEEN.sub("", html.unescape(text)).translate(table).translate(table)
    return " ".join(html.unescape(unicodedata.normalize("NFC", mended)).split())


@cache
def _table() -> dict[int, str]:
    folded = {
        character: unicodedata.normalize("NFKC", character)
        for character in (*_LIGATURES, *map(chr, _WIDE))
    }
    return str.maketrans({**folded, **_STRAIGHT})

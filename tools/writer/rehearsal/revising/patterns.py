"""The patterns of the data files beside this module, with their parts filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

from nightshoot.tools.writer.rehearsal.revising.text import (
    CHINESE_NUMBER,
    ENGLISH_NUMBER,
    ORDINAL,
)
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark

_PART = re.compile(r"<([A-Z_]+)>")
_GIVEN = {
    "S": Mark.SHOTS.value,
    "L": Mark.LINE.value,
    "P": Mark.PERSON.value,
    "Q": Mark.QUOTE.value,
    "N": CHINESE_NUMBER,
    "E": ENGLISH_NUMBER,
    "O": ORDINAL,
}

Rows = tuple[tuple[str, re.Pattern[str]], ...]
"""Names, each with its pattern."""


@cache
def _file(name: str) -> Mapping[str, object]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return cast("Mapping[str, object]", loader(text).get_single_data())


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    """Gives a pattern with its parts, and theirs, filled in."""
    return _PART.sub(lambda found: _filled({**_GIVEN, **parts}[found.group(1)], parts), pattern)


@cache
def rows(name: str, section: str, around: str = "{}") -> Rows:
    """Gives the patterns of a section, in order.

    Args:
        name: the data file.
        section: a list of pairs, what the pattern makes and the pattern; or of patterns.
        around: what a pattern stands in, for `{}`; parts are filled in there too.
    """
    data = _file(name)
    parts = cast("Mapping[str, str]", data["parts"])
    listed = cast("list[list[str] | str]", data[section])
    pairs = [(section, one) if isinstance(one, str) else (one[0], one[1]) for one in listed]
    return tuple(
        (made, re.compile(_filled(around.replace("{}", f"(?:{pattern})"), parts)))
        for made, pattern in pairs
    )


@cache
def part(name: str, key: str) -> re.Pattern[str]:
    """Gives one part of a file as a pattern by itself."""
    parts = cast("Mapping[str, str]", _file(name)["parts"])
    return re.compile(_filled(parts[key], parts))

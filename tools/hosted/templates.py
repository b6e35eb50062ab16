"""Fills the placeholders of a request, and follows paths into an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import JsonValue

_WHOLE = re.compile(r"\{(\w+)\}")
_STEP = re.compile(r"(\w[\w-]*)|\[(-?\d+)\]")

Values = Mapping[str, JsonValue]
"""What placeholders stand for, by name; None: there is no such thing for this plan."""


class _Absent(Exception):
    """A placeholder stands for nothing."""


def filled(template: JsonValue, values: Values) -> JsonValue:
    """Gives a template with its placeholders replaced.

    A text that is one placeholder becomes the value, whatever its type; in a longer text the value
    becomes words. Where a value is None, the item of a list that holds its placeholder is left
    out, and outside lists the key that it belongs to.

    Raises:
        KeyError: a placeholder has a name that is not among the values.
    """
    try:
        return _filled(template, values)
    except _Absent:
        return None


def _filled(template: JsonValue, values: Values) -> JsonValue:
    if isinstance(template, str):
        return _text(template, values)
    if isinstance(template, list):
        items = []
        for item in template:
            try:
                items.append(_strict(item, values))
            except _Absent:
                continue
        return items
    if isinstance(template, dict):
        kept = {}
        for key, part in template.items():
            try:
                kept[key] = _filled(part, values)
            except _Absent:
                continue
        return kept
    return template


def _strict(template: JsonValue, values: Values) -> JsonValue:
    """Fills an item of a list: anything absent in it makes the whole item absent."""
    if isinstance(template, dict):
        return {key: _strict(part, values) for key, part in template.items()}
    return _filled(template, values)


def _text(template: str, values: Values) -> JsonValue:
    whole = _WHOLE.fullmatch(template)
    if whole:
        value = values[whole[1]]
        if value is None:
            raise _Absent
        return value

    def written(found: re.Match[str]) -> str:
        value = values[found[1]]
        if value is None:
            raise _Absent
        return str(value)

    return _WHOLE.sub(written, template)


def placeholders(template: JsonValue) -> set[str]:
    """Gives the names of all placeholders of a template."""
    if isinstance(template, str):
        return set(_WHOLE.findall(template))
    parts: list[JsonValue] = []
    if isinstance(template, list):
        parts = template
    elif isinstance(template, dict):
        parts = list(template.values())
    return set().union(*(placeholders(part) for part in parts))


def steps_of(path: str) -> list[str | int]:
    """Gives the steps of a path such as `data.videos[0].url`.

    Raises:
        ValueError: it is not a path.
    """
    steps: list[str | int] = []
    for part in path.split("."):
        found = list(_STEP.finditer(part))
        if not found or "".join(one[0] for one in found) != part:
            raise ValueError(f"{path!r} is not a path such as data.videos[0].url")
        steps += [one[1] or int(one[2]) for one in found]
    return steps


def at(answer: JsonValue, path: str) -> JsonValue:
    """Gives what lies at a path of an answer, or None where nothing does; "" leads nowhere."""
    if not path:
        return None
    here = answer
    for step in steps_of(path):
        if isinstance(step, str) and isinstance(here, dict):
            here = here.get(step)
        elif isinstance(step, int) and isinstance(here, list) and -len(here) <= step < len(here):
            here = here[step]
        else:
            return None
    return here


def written(value: JsonValue) -> str:
    """Gives a value as the text that codes and states are compared by; "" for none."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # Half a surrogate pair is JSON, and fits no file, no header and no address.
    return str(value).encode(errors="replace").decode()

"""From what a model sent to the JSON in it: thoughts, fences and prose around, repairs within."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import json_repair
from pydantic import JsonValue

from nightshoot.tools.writer.reading import scan

MOST_CHARACTERS = 1_000_000
"""A longer reply is not read. 65,536 tokens of English are about 300,000 characters."""
_MOST_STARTS = 40
_THOUGHTS_MARK = re.compile(
    r"<(?P<end>/?)(?:think|thinking|thought|reasoning)>|◁(?P<end2>/?)think▷", re.IGNORECASE
)
_CHANNEL = "<|channel|>final<|message|>"
"""Begins the answer where a server leaves the marks of the harmony format in.
Source: https://cookbook.openai.com/articles/openai-harmony"""
_FENCE_END = re.compile(r"\n[ \t]*```[ \t]*(?=\n|$)")
_BEGINS = re.compile(
    r"[{｛]\s*(?:[\"'“”‘’＂`}｝]|//|/\*|#|[A-Za-z_]\w{0,60}\s*[:：])"
    r"|[\[［]\s*(?:[{｛\]］]|[\"“](?=[^\"”\n]{0,80}[\"”]\s*[,\]，］]))"
)
"""What an object or a list looks like where it begins; prose uses brackets otherwise."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A reply with a value that is complete."""

    value: JsonValue


@dataclass(frozen=True, slots=True)
class Cut:
    """A reply that ends before its value does."""

    text: str
    """From the value's first bracket on, as it came."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A reply without JSON."""

    text: str
    """What it says, without thoughts."""
    thinking: bool = False
    """It ends inside of its thoughts."""


def read(text: str, keys: frozenset[str], *, over: bool = True) -> Whole | Cut | Nothing:
    """Finds the answer in a reply.

    JSON that is whole is taken as it is, or put right. Of several values the one with the most of
    the wanted keys is taken, and of equal ones the last. One that is not closed is `Cut`, never
    closed here.

    Args:
        text: the reply.
        keys: the names of the fields that the answer has at its top.
        over: whether the endpoint says that the model came to its end; if not, a reply that ends
            in thoughts is not searched for drafts of the answer.
    """
    if len(text) > MOST_CHARACTERS:
        return Nothing("a reply of more than a million characters")
    # What stands at the end may belong to a text that goes on after it: only JSON that is over
    # is stripped there.
    if (direct := _loaded(text.strip().lstrip("\ufeff"))) is not None:
        return direct
    said, thinking = _without_thoughts(text)
    if thinking and not over:
        return Nothing("", thinking=True)
    found, cut = [], None
    for value in _values(said):
        if isinstance(value, Cut):
            cut = value
        else:
            found.append(value)
    if found:
        best = max(range(len(found)), key=lambda index: (_matches(found[index], keys), index))
        # A whole value beside one that is cut is an aside, unless it looks like the answer.
        if cut is None or _matches(found[best], keys) > 0:
            return Whole(found[best])
    return cut or Nothing(said.strip(), thinking=thinking)


def without_wrapping(text: str) -> str:
    """Gives the rest of an answer without the fence or the thoughts that came around it."""
    said, _ = _without_thoughts(text)
    said = re.sub(r"\A\s*```[A-Za-z]*[ \t]*\n", "", said)
    return re.sub(r"\n?[ \t]*```\s*\Z", "", said)


def matching(value: JsonValue, keys: frozenset[str]) -> int:
    """Gives how many of the wanted keys an object has, in any case and spelling."""
    if not isinstance(value, dict):
        return 0
    wanted = {plain(key) for key in keys}
    return len(wanted & {plain(key) for key in value})


def plain(key: str) -> str:
    """Gives a key without what writers of JSON differ in: case, spaces, underscores, hyphens."""
    return re.sub(r"[\s_\-]+", "", key).casefold()


def _matches(value: JsonValue, keys: frozenset[str]) -> int:
    if isinstance(value, list):
        return max((matching(item, keys) for item in value), default=0)
    if isinstance(value, dict):
        inner = max((matching(part, keys) for part in value.values()), default=0)
        return max(matching(value, keys), inner)
    return 0


def _loaded(text: str) -> Whole | None:
    """Gives the value of a reply that is JSON and nothing else; JSON in a text counts too."""
    for _ in range(2):
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, str):
            return Whole(value) if isinstance(value, (dict, list)) else None
        text = value
    return None


def _without_thoughts(text: str) -> tuple[str, bool]:
    """Gives what is said beside the thoughts, and whether the reply ends inside of them."""
    said = text.rpartition(_CHANNEL)[2] if _CHANNEL in text else text
    parts: list[str] = []
    at, open_since = 0, -1
    for mark in _THOUGHTS_MARK.finditer(said):
        if mark["end"] or mark["end2"]:
            if open_since < 0:
                # Some servers cut off the mark that begins the thoughts.
                parts.clear()
            at, open_since = mark.end(), -1
        elif open_since < 0:
            parts.append(said[at : mark.start()])
            at = open_since = mark.end()
    parts.append(said[at:])
    return "\n".join(part for part in parts if part.strip()), open_since >= 0


def _values(text: str) -> Iterator[JsonValue | Cut]:
    at = 0
    for _ in range(_MOST_STARTS):
        begin = _BEGINS.search(text, at)
        if begin is None:
            return
        start = begin.start()
        try:
            value, at = json.JSONDecoder(strict=False).raw_decode(text, start)
        except RecursionError:
            return
        except ValueError:
            value, at = _repaired(text, start)
        if value is not None:
            yield value
        if isinstance(value, Cut):
            return


def _repaired(text: str, start: int) -> tuple[JsonValue | Cut, int]:
    """Gives the value that begins at `start`, put right, or `Cut`; and where it ends."""
    # A closing fence ends the value even where the value itself has not ended.
    fence = _FENCE_END.search(text, start) if "```" in text[:start] else None
    stop = fence.start() if fence else len(text)
    span = scan(text[:stop], start)
    if not span.whole:
        return Cut(text[start:stop]), stop
    try:
        return json.loads(span.text, strict=False), span.end
    except (ValueError, RecursionError):
        pass
    try:
        value = json_repair.loads(span.text)
    except (ValueError, RecursionError, IndexError, KeyError, TypeError, AttributeError):
        # The library promises nothing about text that is not JSON at all.
        return None, span.end
    return (value if isinstance(value, (dict, list)) else None), span.end

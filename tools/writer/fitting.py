"""Fits what a model sent to the type that was asked for, where the meaning is beyond doubt.

What is not beyond doubt is left as it is: the type's own validation then names it, and the model is
asked again.
"""

from __future__ import annotations

import json
import math
import re
import types
import unicodedata
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo
from pydantic.json_schema import SkipJsonSchema

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.vocabulary import Locale, Term
from nightshoot.tools.writer.replies import matching, plain

_SKIP: Any = SkipJsonSchema
_DEEPEST = 60
"""Nobody's document is nested deeper; what is, is left for the validation to refuse."""
_NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(?:s|sec|secs|seconds?|秒钟?)?", re.IGNORECASE)
_PIECES = re.compile(r"[()（）\[\]【】|/／,，、;；:：]+")
_NONE = frozenset({"", "none", "null", "n/a", "na", "nil", "无", "没有", "-", "—"})
_WORDS: Mapping[type[Enum], Mapping[str, Enum]] = {
    LineKind: {
        "旁白": LineKind.NARRATION,
        "画外音": LineKind.NARRATION,
        "解说": LineKind.NARRATION,
        "narrator": LineKind.NARRATION,
        "voiceover": LineKind.NARRATION,
        "vo": LineKind.NARRATION,
        "对白": LineKind.DIALOGUE,
        "对话": LineKind.DIALOGUE,
        "台词": LineKind.DIALOGUE,
        "dialog": LineKind.DIALOGUE,
    },
    Locale: {
        "中文": Locale.ZH,
        "汉语": Locale.ZH,
        "chinese": Locale.ZH,
        "zhcn": Locale.ZH,
        "zhhans": Locale.ZH,
        "英文": Locale.EN,
        "英语": Locale.EN,
        "english": Locale.EN,
        "enus": Locale.EN,
        "engb": Locale.EN,
    },
}
"""Other spellings of the closed lists that are not terms of the trade."""


def fitted(
    value: JsonValue, output: type[BaseModel], known: Mapping[str, JsonValue] | None = None
) -> JsonValue:
    """Gives `value` in the shape that `output` validates.

    Unwraps the document from a key or a list of one around it; matches keys in any case; drops
    fields that the schema does not show, and nulls where a field has a default; turns closed lists'
    Chinese names and aliases into their terms, digits into numbers and numbers into texts.

    Args:
        value: what was sent.
        output: the type that was asked for.
        known: fields of the document that the caller knows; they fill what is missing or empty.
    """
    document = _model(unwrapped(value, output), output, 0)
    if isinstance(document, dict):
        fields = output.model_fields
        for name, fact in (known or {}).items():
            if name in fields and not document.get(name):
                document[name] = fact
    return document


def keys_of(output: type[BaseModel]) -> frozenset[str]:
    """Gives the names of the fields that a writer is asked for."""
    return frozenset(name for name, one in output.model_fields.items() if not _hidden(one))


def unwrapped(value: JsonValue, output: type[BaseModel]) -> JsonValue:
    """Gives the part of `value` that looks most like the document; the outermost of equals."""
    keys = keys_of(output)
    best = value
    layer: list[JsonValue] = [value]
    for _ in range(3):
        layer = [
            part
            for outer in layer
            for part in (
                outer.values()
                if isinstance(outer, dict)
                else outer
                if isinstance(outer, list)
                else ()
            )
        ]
        # An object in quotes, as in a call of a tool that was written out.
        layer = [_opened(part) for part in layer]
        for part in layer:
            if matching(part, keys) > matching(best, keys):
                best = part
    return best


def _opened(value: JsonValue) -> JsonValue:
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            opened = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            return value
        return opened if isinstance(opened, (dict, list)) else value
    return value


def _hidden(one: FieldInfo) -> bool:
    return any(isinstance(mark, _SKIP) for mark in one.metadata)


def _fit(value: JsonValue, kind: Any, depth: int) -> JsonValue:
    """Fits one value to an annotation."""
    if isinstance(value, float) and not math.isfinite(value):
        value = None
    origin, made = get_origin(kind), value
    if depth > _DEEPEST:
        pass
    elif origin is Annotated:
        made = _fit(value, get_args(kind)[0], depth)
    elif origin in (Union, types.UnionType):
        made = _optional(value, get_args(kind), depth)
    elif origin is tuple:
        made = _items(value, get_args(kind), depth)
    elif kind in (int, float):
        made = _number(value, whole=kind is int)
    elif kind is str:
        made = _text(value)
    elif origin is None and isinstance(kind, type) and issubclass(kind, BaseModel):
        made = _model(_opened(value), kind, depth)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        made = _choice(value, kind)
    return made


def _model(value: JsonValue, kind: type[BaseModel], depth: int) -> JsonValue:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        return value
    given = {plain(key): part for key, part in value.items()}
    # The field's own spelling wins over others.
    given.update({plain(key): part for key, part in value.items() if key in kind.model_fields})
    made: dict[str, JsonValue] = {}
    for name, one in kind.model_fields.items():
        if _hidden(one) or plain(name) not in given:
            continue
        part = _fit(given[plain(name)], one.annotation, depth + 1)
        if part is not None or one.is_required():
            made[name] = part
    return made


def _optional(value: JsonValue, kinds: Sequence[Any], depth: int) -> JsonValue:
    some = [kind for kind in kinds if kind is not types.NoneType]
    if len(some) != 1:
        return _told_apart(_opened(value), some, depth)
    fit = _fit(value, some[0], depth)
    nothing = isinstance(fit, str) and fit.strip().casefold() in _NONE
    is_list = isinstance(some[0], type) and issubclass(some[0], Enum)
    # `None` may be a word of the list itself.
    if nothing and not (is_list and fit in [member.value for member in some[0]]):
        return None
    return fit


def _told_apart(value: JsonValue, kinds: Sequence[Any], depth: int) -> JsonValue:
    """Fits a value to that one of several types whose constant field it has."""
    if not isinstance(value, dict):
        return value
    given = {plain(key): part for key, part in value.items()}
    for kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            continue
        for name, one in kind.model_fields.items():
            constant = get_args(one.annotation) if get_origin(one.annotation) is Literal else ()
            said = given.get(plain(name))
            if len(constant) == 1 and isinstance(said, str) and plain(said) == plain(constant[0]):
                rest = {key: part for key, part in value.items() if plain(key) != plain(name)}
                return _model({**rest, name: constant[0]}, kind, depth)
    return value


def _items(value: JsonValue, kinds: Sequence[Any], depth: int) -> JsonValue:
    value = _opened(value)
    if value is None or value == "":
        return None if len(kinds) == 2 and kinds[1] is Ellipsis else value
    if len(kinds) != 2 or kinds[1] is not Ellipsis:
        if isinstance(value, dict):
            value = list(value.values())
        if not isinstance(value, list) or len(value) != len(kinds):
            return value
        return [_fit(one, kind, depth + 1) for one, kind in zip(value, kinds, strict=True)]
    item = kinds[0]
    if isinstance(value, dict):
        value = _listed(value, item)
    elif not isinstance(value, list):
        value = [value]
    return [_fit(one, item, depth + 1) for one in value if one is not None]


def _listed(value: dict[str, JsonValue], item: Any) -> list[JsonValue]:
    """Gives the list that an object in its place stands for: one item, or items by their ids."""
    if not (isinstance(item, type) and issubclass(item, BaseModel)):
        return [value]
    parts = list(value.values())
    if matching(value, keys_of(item)) or not all(isinstance(part, dict) for part in parts):
        return [value]
    has_id = "id" in item.model_fields
    return [
        {"id": key, **part} if has_id and isinstance(part, dict) else part
        for key, part in value.items()
    ]


def _choice(value: JsonValue, kind: type[Enum]) -> JsonValue:
    if not isinstance(value, str):
        return value
    # A term in two languages, such as "近景 (MCU)", is one term if both name the same.
    for pieces in ([value.strip()], _PIECES.split(value)):
        found = {term for piece in pieces if (term := _term(piece.strip(" \"'。."), kind))}
        if len(found) == 1:
            return str(found.pop().value)
    return value


def _term(text: str, kind: type[Enum]) -> Enum | None:
    if not text:
        return None
    text = unicodedata.normalize("NFKC", text)
    if issubclass(kind, Term) and (term := kind.parse(text)) is not None:
        return term
    for member in kind:
        if plain(str(member.value)) == plain(text) or member.name == text:
            return member
    return _WORDS.get(kind, {}).get(plain(text))


def _number(value: JsonValue, *, whole: bool) -> JsonValue:
    if isinstance(value, str):
        match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", value).strip())
        if match is None or len(match[1]) > 30:
            return value
        value = float(match[1])
    if whole and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _text(value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        if isinstance(value, int) and value.bit_length() > 1000:
            return None
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        value = "\n".join(one for one in value if isinstance(one, str))
    if not isinstance(value, str):
        return value
    # Half of a surrogate pair cannot be written to a file, and a control character breaks YAML.
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(
        char for char in whole if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    )

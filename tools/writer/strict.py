"""A type's JSON schema in the subset that strict structured output takes."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue

from nightshoot.tools.writer.references import References

Schema = dict[str, JsonValue]

_KEPT = frozenset(
    {"type", "enum", "const", "pattern", "minimum", "maximum", "multipleOf", "minItems", "maxItems"}
)
"""Keywords that go over unchanged. Lengths of texts, titles and defaults do not: strict mode takes
none of them, and the whole schema stands in the prompt.
Source: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long lists and texts may be, for a very small model: under a grammar it may end none.

    The lengths of texts are not part of OpenAI's subset: bounds are for servers with a grammar of
    their own, such as llama.cpp's.
    """

    most_items: int | None = None
    most_characters: int | None = None
    whole_numbers: bool = False
    """Numbers with a range are asked for as whole ones: llama.cpp's grammar keeps the range of
    those and ignores that of others. Measured with xllamacpp 2026.10."""


NO_BOUNDS = Bounds()


def strict_schema(
    output: type[BaseModel], *, bounds: Bounds = NO_BOUNDS, references: References | None = None
) -> Schema:
    """Gives a schema in which every object is closed and every field required.

    A field with a default may be null instead, which `fitting` turns back into the default. A tuple
    of fixed length becomes a list of that length.

    Args:
        output: the type.
        bounds: how long lists and texts may be where the type sets no limit.
        references: the ids that fields may hold.
    """
    whole = output.model_json_schema()
    strict = _strict(whole, bounds)
    defs = whole.get("$defs")
    if isinstance(defs, Mapping):
        strict["$defs"] = {
            name: _held(_strict(one, bounds), (references or {}).get(name, {}))
            for name, one in defs.items()
        }
    return strict


def _held(schema: Schema, references: Mapping[str, tuple[str, ...]]) -> Schema:
    """Gives an object's schema with the fields of `references` held to their ids."""
    properties = schema.get("properties")
    if not references or not isinstance(properties, dict):
        return schema
    held = {
        name: _only(part, references[name]) if name in references else part
        for name, part in properties.items()
    }
    return {**schema, "properties": held}


def _only(schema: JsonValue, ids: tuple[str, ...]) -> JsonValue:
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "array":
        return {**schema, "items": _only(schema.get("items"), ids)}
    if schema.get("type") == "string":
        return {"type": "string", "enum": list(ids)}
    choices = schema.get("anyOf")
    return (
        {**schema, "anyOf": [_only(one, ids) for one in choices]}
        if isinstance(choices, list)
        else schema
    )


def digest_of_schema(output: type[BaseModel]) -> str:
    """Gives 16 hex digits that change with the schema."""
    text = json.dumps(output.model_json_schema(), sort_keys=True)
    return f"{output.__name__}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _strict(schema: JsonValue, bounds: Bounds) -> Schema:
    if not isinstance(schema, dict):
        return {}
    if "$ref" in schema:
        # Nothing may stand beside a reference.
        return {"$ref": schema["$ref"]}
    strict: Schema = {key: value for key, value in schema.items() if key in _KEPT}
    choices = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(choices, list):
        strict["anyOf"] = [_strict(one, bounds) for one in choices]
    properties = schema.get("properties")
    if isinstance(properties, dict):
        needed = schema.get("required")
        required = needed if isinstance(needed, list) else []
        strict["properties"] = {
            name: _strict(one, bounds) if name in required else _or_null(_strict(one, bounds))
            for name, one in properties.items()
        }
    if schema.get("type") == "object":
        strict.setdefault("properties", {})
        strict["required"] = list(properties) if isinstance(properties, dict) else []
        strict["additionalProperties"] = False
    if schema.get("type") == "array":
        strict["items"] = _items(schema, bounds)
        if bounds.most_items is not None:
            strict.setdefault("maxItems", bounds.most_items)
    if bounds.whole_numbers and schema.get("type") in ("number", "integer"):
        strict.update(_whole(schema))
    free = schema.get("type") == "string" and not strict.keys() & {"enum", "const", "pattern"}
    if free and bounds.most_characters is not None:
        strict["minLength"] = schema.get("minLength", 0)
        strict["maxLength"] = bounds.most_characters
    return strict


def _whole(schema: Schema) -> Schema:
    """Gives the whole numbers in a number's range; an index or a count without one is small."""
    least, most = schema.get("minimum"), schema.get("maximum")
    if not isinstance(least, (int, float)) or not isinstance(most, (int, float)):
        return {"minimum": 0, "maximum": 1} if schema.get("type") == "integer" else {}
    return {"type": "integer", "minimum": math.ceil(least), "maximum": math.floor(most)}


def _items(schema: Schema, bounds: Bounds) -> Schema:
    parts = schema.get("prefixItems")
    if not isinstance(parts, list):
        return _strict(schema.get("items"), bounds)
    kinds = [_strict(part, bounds) for part in parts]
    first = kinds[0] if kinds else {}
    return first if all(kind == first for kind in kinds) else {"anyOf": list(kinds)}


def _or_null(schema: Schema) -> Schema:
    null: Schema = {"type": "null"}
    choices = schema.get("anyOf")
    if isinstance(choices, list):
        return schema if null in choices else {**schema, "anyOf": [*choices, null]}
    return {"anyOf": [schema, null]}

"""Documents as YAML that a person can read, edit and diff."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from nightshoot.errors import InputError

Document = TypeVar("Document", bound=BaseModel)

_FAST_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FAST_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_EMPTY: tuple[object, ...] = (None, "", [], (), {})


class _Dumper(_FAST_DUMPER):  # type: ignore[misc, valid-type]
    """Writes strings of several lines as blocks."""


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)


def _pruned(dumped: Any, value: object) -> Any:
    """Gives what was dumped of a value without the fields that are empty by default."""
    if isinstance(value, BaseModel):
        return {
            name: _pruned(dumped[name], getattr(value, name))
            for name, field in type(value).model_fields.items()
            if dumped[name] not in _EMPTY
            or field.is_required()
            or field.get_default(call_default_factory=True) not in _EMPTY
        }
    if isinstance(value, dict):
        parts = zip(dumped.items(), value.values(), strict=True)
        return {key: _pruned(item, part) for (key, item), part in parts}
    if isinstance(value, (list, tuple)):
        return [_pruned(item, part) for item, part in zip(dumped, value, strict=True)]
    return dumped


def to_yaml(document: BaseModel, *, heading: str = "") -> bytes:
    """Gives a document as YAML in UTF-8; what is empty unless it is given is left out.

    Args:
        document: any value.
        heading: a comment for the first line.
    """
    text = yaml.dump(
        _pruned(document.model_dump(mode="json"), document),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
    )
    return (f"# {heading}\n{text}" if heading else text).encode()


def from_yaml(data: bytes, model: type[Document], *, name: str) -> Document:
    """Reads a document.

    Args:
        data: YAML in UTF-8.
        model: what it should be.
        name: what an error calls the file.

    Raises:
        InputError: it is not YAML, or not such a document; the message gives the line.
    """
    try:
        content = yaml.load(data, Loader=_FAST_LOADER)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: it is not UTF-8, or has a date that no calendar has.
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}" if mark else name
        reason = getattr(error, "problem", None) or "it is not readable as YAML"
        raise InputError(f"{place}: {reason}") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"]) or "the document"
        raise InputError(f"{name}:{line_of(data, first['loc'])}: {path}: {first['msg']}") from None


def read_yaml(path: Path, model: type[Document]) -> Document:
    """Reads a document from a file. Raises InputError as `from_yaml` does."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    return from_yaml(data, model, name=str(path))


def line_of(data: bytes, location: tuple[int | str, ...]) -> int:
    """Gives the line, from 1, of the deepest part of the location that a readable document has."""
    return _line_of(yaml.compose(data, Loader=_FAST_LOADER), location)


def _line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Gives the line, from 1, of the deepest part of the location that the document has."""
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = [value for key, value in node.value if key.value == str(part)]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            found = node.value[part : part + 1]
        else:
            found = []
        if not found:
            break
        node = found[0]
    return int(node.start_mark.line) + 1 if node is not None else 1

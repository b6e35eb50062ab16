"""The ids that an answer may refer to, so that a schema can hold it to them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, JsonValue

from nightshoot.domain.orders import BoardOrder, RevisionOrder, ScreenplayOrder
from nightshoot.domain.screenplay import NARRATOR

References = Mapping[str, Mapping[str, tuple[str, ...]]]
"""The permitted values of a field, by the type's name and the field's; for a list, of its items."""

_MOST = 200
"""A longer list is left to the rules: strict mode takes 1,000 words of closed lists in all.
Source: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas"""


def references_of(given: BaseModel) -> References:
    """Gives the ids that the answer to an order must use: people, scenes, lines.

    Every one of them is a rule of the domain already (`nightshoot.domain.rules`); a model that is
    held to a schema can then not break it.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    if isinstance(given, ScreenplayOrder):
        people = tuple(person.id for person in given.concept.characters)
        if people:
            found["Character"] = {"id": people}
            found["Beat"] = {"present": people}
            found["Line"] = {"speaker": (*people, NARRATOR)}
    elif isinstance(given, BoardOrder):
        people = tuple(person.id for person in given.screenplay.characters)
        found["Figure"] = {"character": (*people, "")}
        found["Shot"] = {
            "scene": tuple(scene.id for scene in given.screenplay.scenes),
            "lines": tuple(line.id for line in given.screenplay.lines),
        }
    elif isinstance(given, RevisionOrder):
        # Shots are left to the rules: an operation may name one that another has just added.
        people = tuple(person.id for person in given.screenplay.characters)
        lines = tuple(line.id for line in given.screenplay.lines)
        found |= {kind: {"line": lines} for kind in ("RewriteLine", "SetDelivery", "DeleteLine")}
        if people:
            found |= {kind: {"character": people} for kind in ("SetLook", "Rename")}
        found |= {kind: {"speaker": (*people, NARRATOR)} for kind in ("SetVoice", "AddLine")}
        found["Figure"] = {"character": (*people, "")}
    return {
        kind: {name: ids for name, ids in fields.items() if 0 < len(ids) <= _MOST}
        for kind, fields in found.items()
    }


def facts_of(given: BaseModel) -> dict[str, JsonValue]:
    """Gives what the answer to an order must hold unchanged, for where a model leaves it out."""
    if isinstance(given, ScreenplayOrder) and given.concept.characters:
        return {"characters": [one.model_dump(mode="json") for one in given.concept.characters]}
    return {}

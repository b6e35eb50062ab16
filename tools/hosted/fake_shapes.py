"""Answers in the shapes that a service's description says, for the fake of it."""

from __future__ import annotations

import json
import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING

from pydantic import JsonValue

from nightshoot.tools.hosted.service import Codes, Service, Submit
from nightshoot.tools.hosted.templates import steps_of

if TYPE_CHECKING:
    import httpx2

Shape = dict[str, JsonValue]


def put(shape: Shape, path: str, value: JsonValue) -> None:
    """Writes a value at a path, making what lies before it; "" writes nothing."""
    if not path:
        return
    steps = steps_of(path)
    here: JsonValue = shape
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        new: JsonValue = value
        if following is not None:
            new = [] if isinstance(following, int) else {}
        if isinstance(here, dict) and isinstance(step, str):
            here = here.setdefault(step, new) if following is not None else here.update({step: new})
        elif isinstance(here, list):
            if not here:
                here.append(new)
            here = here[0]


def good(service: Service) -> Shape:
    """Gives an answer that says that all is well."""
    shape: Shape = {}
    if service.replies.ok:
        put(shape, service.replies.code, service.replies.ok[0])
        put(shape, service.replies.message, "success")
    return shape


def bad(service: Service, codes: Codes, message: str) -> Shape:
    """Gives an answer that says what is wrong, by the first of the codes."""
    shape: Shape = {}
    if codes:
        put(shape, service.replies.code, codes[0])
    put(shape, service.replies.message, message)
    return shape


def place_of(template: JsonValue, placeholder: str) -> list[str | int] | None:
    """Gives the steps to where a request's template has a placeholder, or None."""
    if template == f"{{{placeholder}}}":
        return []
    parts: list[tuple[str | int, JsonValue]] = []
    if isinstance(template, dict):
        parts = list(template.items())
    elif isinstance(template, list):
        parts = list(enumerate(template))
    for step, part in parts:
        found = place_of(part, placeholder)
        if found is not None:
            return [step, *found]
    return None


def said(body: JsonValue, submit: Submit, placeholder: str) -> JsonValue:
    """Gives what a request says for a placeholder, or None."""
    steps = place_of(submit.body, placeholder)
    if steps is None:
        return None
    here = body
    for step in steps:
        if isinstance(here, dict) and isinstance(step, str):
            here = here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            return None
    return here


def body_of(request: httpx2.Request) -> JsonValue:
    """Gives a request's JSON, or the fields of its form; a file becomes its number of bytes."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        body: JsonValue = json.loads(request.content)
        return body
    whole = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.content
    fields: Shape = {}
    for part in BytesParser(policy=HTTP).parsebytes(whole).iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        fields[name] = len(data) if part.get_filename() else data.decode()
    return fields


def pattern_of(path: str) -> re.Pattern[str]:
    """Gives the pattern of a described path, its placeholder as the group `given`."""
    before, _, after = path.partition("{")
    return re.compile(
        re.escape(before) + r"(?P<given>[^/?&]+)" + re.escape(after.partition("}")[2])
    )

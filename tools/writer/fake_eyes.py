"""A vision model for tests that looks at the bytes it is sent: what is dark it dislikes."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from pydantic import JsonValue

from nightshoot.domain.opinion import RUBRIC, Aspect, LookedAt, Mark, Opinion
from nightshoot.domain.orders import LookOrder

_URL = re.compile(r"data:(image/(?:png|jpeg));base64,(.+)", re.DOTALL)
_DATA = re.compile(r"<data>\n(.*?)\n</data>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture as it came over the wire."""

    media_type: str
    width: int
    height: int
    brightness: float
    """The mean of all channels, 0 to 255."""


@dataclass(slots=True, kw_only=True)
class FakeEyes:
    """Gives an opinion in JSON: a picture that is darker than `dark` is a fault of the place."""

    dark: float = 60.0
    looks: list[tuple[Sent, ...]] = field(default_factory=list)
    """The pictures of each request, in the order in which they came."""
    orders: list[LookOrder] = field(default_factory=list)

    def __call__(self, body: Mapping[str, JsonValue]) -> str:
        """Looks at a request's pictures; gives the answer's text."""
        sent = tuple(pictures_in(body))
        order = order_in(body)
        self.looks.append(sent)
        self.orders.append(order)
        judged = [one.number for one in order.pictures if one.frame is not None]
        darkest = min(judged, key=lambda number: sent[number - 1].brightness)
        level = sent[darkest - 1].brightness
        marks = [
            Mark(
                aspect=aspect,
                evidence=f"Picture {darkest} has a brightness of {level:.0f}.",
                picture=darkest,
                mark=2 if aspect is Aspect.PLACE and level < self.dark else 5,
                fix="Light the place." if aspect is Aspect.PLACE and level < self.dark else "",
            )
            for aspect in RUBRIC[LookedAt(order.subject)]
        ]
        seen = f"{len(sent)} pictures."
        return Opinion(seen=seen, marks=tuple(marks)).model_dump_json()


def pictures_in(body: Mapping[str, JsonValue]) -> Iterator[Sent]:
    """Gives the pictures of a request, decoded. Raises ValueError where one is no data URL."""
    for part in _parts(body):
        address = part.get("image_url")
        if not isinstance(address, dict):
            continue
        match = _URL.fullmatch(str(address.get("url")))
        if match is None:
            raise ValueError(f"{str(address)[:60]} is no data URL of a PNG or a JPEG")
        yield _decoded(match[1], match[2])


def order_in(body: Mapping[str, JsonValue]) -> LookOrder:
    """Gives the order that the prompt quotes. Raises ValueError where there is none."""
    for part in _parts(body):
        if match := _DATA.search(str(part.get("text", ""))):
            return LookOrder.model_validate(json.loads(match[1]))
    raise ValueError("the request holds no order")


def _parts(body: Mapping[str, JsonValue]) -> Iterator[dict[str, JsonValue]]:
    messages = body.get("messages")
    for message in messages if isinstance(messages, list) else ():
        content = message.get("content") if isinstance(message, dict) else None
        for part in content if isinstance(content, list) else ():
            if isinstance(part, dict):
                yield part


def _decoded(media_type: str, text: str) -> Sent:
    import cv2

    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"the picture is no base64: {error}") from None
    magic = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}[media_type]
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None or not data.startswith(magic):
        raise ValueError(f"the picture is no {media_type}")
    height, width = picture.shape[:2]
    return Sent(media_type, width, height, float(picture.mean()))

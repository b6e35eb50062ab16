"""Reads layered SVG into planes. The form is described in `nightshoot.tools.image.shadow_play.svg`.

Planes are cut out of the file as they stand in it, so that what a person changed in an editor is
filmed as it was drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from nightshoot.errors import ArtifactError, InputError
from nightshoot.tools.video.multiplane.ambient import Ambient, parse_motion
from nightshoot.tools.video.multiplane.coverage import Rect

MAX_BYTES = 64 * 1024 * 1024
"""No painting comes near; a larger file is a mistake that would fill the memory."""

_SHARED = frozenset({"defs", "style"})
_DRAWN = frozenset(
    {
        "g",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "image",
        "use",
        "text",
    }
)
_OWN = frozenset({"width", "height", "viewBox", "preserveAspectRatio"})


@dataclass(frozen=True, slots=True)
class PaintedPlane:
    """A plane as it stands in the file; `source` is its SVG element."""

    id: str
    depth: float
    ambient: Ambient
    source: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A layered picture. All lengths are pixels of its own frame."""

    frame: tuple[int, int]
    canvas: Rect
    head: str
    """The root's attributes without its size, such as its namespaces."""
    shared: str
    """The SVG of the gradients, filters and styles that all planes use."""
    planes: tuple[PaintedPlane, ...]
    """Back to front."""

    def drawing(self, planes: tuple[PaintedPlane, ...], part: Rect, size: tuple[int, int]) -> str:
        """Gives SVG text of `planes` alone: the `part` of the canvas, at `size` pixels."""
        box = f"{part.left:.6f} {part.top:.6f} {part.width:.6f} {part.height:.6f}"
        body = "\n".join(plane.source for plane in planes)
        return (
            f'<svg {self.head} width="{size[0]}" height="{size[1]}" viewBox="{box}" '
            f'preserveAspectRatio="none">\n{self.shared}\n{body}\n</svg>\n'
        )


def read_picture(path: Path) -> Picture:
    """Reads a layered SVG.

    What a person drew directly under the root, and a group without a depth, is a still plane at the
    subject's depth.

    Raises:
        InputError: the file is not a layered picture; the message says what is wrong.
        ArtifactError: the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"the layers {path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise InputError(f"{path.name} is no layered picture: it has {len(data)} bytes")
    reader = _Reader(data, path.name)
    reader.read()
    return reader.picture()


class _Reader:
    """Finds the direct children of the root and where each begins and ends in the file."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data = data
        self.name = name
        self.level = 0
        self.root: dict[str, str] = {}
        self.shared: list[str] = []
        self.planes: list[PaintedPlane] = []
        self.child: tuple[str, dict[str, str], int] = ("", {}, 0)
        # Positions count bytes of the file as it is, so it must be what the slices are read as.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._refuse_entity

    def read(self) -> None:
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as error:
            raise InputError(f"{self.name} is not SVG: {error}") from error

    def picture(self) -> Picture:
        frame = self._numbers("data-frame", 2)
        left, top, width, height = self._numbers("viewBox", 4)
        if min(width, height, *frame) <= 0 or any(side != int(side) for side in frame):
            raise InputError(f"{self.name} is no layered picture: its frame or view box is empty")
        canvas = Rect(left, top, left + width, top + height)
        if not canvas.holds(Rect(0.0, 0.0, frame[0], frame[1])):
            raise InputError(f"{self.name} is no layered picture: its view box cuts the frame")
        head = " ".join(
            f"{key}={quoteattr(value)}" for key, value in self.root.items() if key not in _OWN
        )
        return Picture(
            frame=(int(frame[0]), int(frame[1])),
            canvas=canvas,
            head=head,
            shared="\n".join(self.shared),
            planes=tuple(self.planes),
        )

    def _numbers(self, attribute: str, count: int) -> list[float]:
        text = self.root.get(attribute, "")
        try:
            values = [float(part) for part in text.replace(",", " ").split()]
        except ValueError:
            values = []
        if len(values) != count or not all(math.isfinite(value) for value in values):
            raise InputError(
                f"{self.name} is no layered picture: "
                f"its {attribute} is {text!r}, not {count} numbers"
            )
        return values

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.level == 0:
            if tag != "svg":
                raise InputError(f"{self.name} is not SVG: its root is <{tag}>")
            self.root = attributes
        elif self.level == 1:
            self.child = (tag, attributes, self.parser.CurrentByteIndex)
        self.level += 1

    def _end(self, tag: str) -> None:
        self.level -= 1
        if self.level != 1:
            return
        name, attributes, begin = self.child
        end = self._end_of_tag(begin)
        if self.data[end - 2 : end] != b"/>":
            # Not an empty element, so the parser stands at its end tag.
            end = self.data.index(b">", self.parser.CurrentByteIndex) + 1
        source = self.data[begin:end].decode("utf-8")
        if name in _SHARED:
            self.shared.append(source)
        elif name in _DRAWN:
            self.planes.append(self._plane(attributes, source))

    def _end_of_tag(self, begin: int) -> int:
        """Gives where the tag at `begin` ends; attribute values may hold `>`."""
        quote = b""
        for index in range(begin, len(self.data)):
            byte = self.data[index : index + 1]
            if quote:
                quote = b"" if byte == quote else quote
            elif byte in (b'"', b"'"):
                quote = byte
            elif byte == b">":
                return index + 1
        raise InputError(f"{self.name} is not SVG: a tag never ends")

    def _plane(self, attributes: dict[str, str], source: str) -> PaintedPlane:
        name = attributes.get("id", f"plane-{len(self.planes)}")
        text = attributes.get("data-depth", "1")
        try:
            depth = float(text)
        except ValueError:
            depth = math.nan
        if not 0.0 <= depth <= 2.0:
            raise InputError(f"plane {name} of {self.name} has the depth {text!r}, not 0 to 2")
        motion = attributes.get("data-motion", "still")
        try:
            return PaintedPlane(name, depth, parse_motion(motion), source)
        except InputError as error:
            raise InputError(f"plane {name} of {self.name}: {error}") from error

    def _refuse_entity(self, name: str, *_: object) -> None:
        raise InputError(f"{self.name} declares the entity {name!r}: layered pictures have none")

"""Decides whether a file is the picture or the video that it was said to be, by decoding it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from nightshoot.errors import BackendError

_MOST_PIXELS = 64 * 1024 * 1024
"""A picture with more is not opened: a file of some kilobytes can unpack to gigabytes. Source: a
plan has at most 4096 x 4096; four times that is room for any service's own size."""

_LOST_FRAMES = 1
"""How many of a container's frames may be missing: some encoders count one that they never wrote.
Source: FFmpeg ticket 7939 (an edit list that drops the first frame)."""


class Kind(StrEnum):
    """What is downloaded."""

    PICTURE = "picture"
    VIDEO = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """How a format's files begin."""

    name: str
    kind: Kind
    at: int
    bytes: bytes


_SIGNS = (
    _Sign(name="png", kind=Kind.PICTURE, at=0, bytes=b"\x89PNG\r\n\x1a\n"),
    _Sign(name="jpg", kind=Kind.PICTURE, at=0, bytes=b"\xff\xd8\xff"),
    _Sign(name="webp", kind=Kind.PICTURE, at=8, bytes=b"WEBP"),
    _Sign(name="mp4", kind=Kind.VIDEO, at=4, bytes=b"ftyp"),
    _Sign(name="webm", kind=Kind.VIDEO, at=0, bytes=b"\x1a\x45\xdf\xa3"),
)
"""Source: WHATWG MIME Sniffing, sections 6.1 and 6.2."""

SIGN_LENGTH = 12
"""How many bytes of a file tell its format."""


def format_of(head: bytes, kind: Kind) -> str | None:
    """Gives the format of a file of this kind by its first bytes, or None where it is another."""
    for sign in _SIGNS:
        if sign.kind is kind and head[sign.at : sign.at + len(sign.bytes)] == sign.bytes:
            return sign.name
    return None


def verify(path: Path, kind: Kind) -> None:
    """Decodes the whole of a file.

    Raises:
        BackendError: it is not a file of this kind, or a part of it is missing or broken.
    """
    head = path.read_bytes()[:SIGN_LENGTH] if path.stat().st_size < 4096 else _head(path)
    name = format_of(head, kind)
    if name is None:
        raise BackendError(f"what was downloaded is no {kind.value} that is known here")
    if kind is Kind.PICTURE:
        _verify_picture(path, name)
    else:
        _verify_video(path)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SIGN_LENGTH)


def _verify_picture(path: Path, name: str) -> None:
    import cv2

    data = path.read_bytes()
    # The decoder fills what is missing with grey and says nothing; the end marks do not lie.
    ends = {"png": b"IEND\xaeB`\x82", "jpg": b"\xff\xd9"}
    if name in ends and ends[name] not in data[-64:]:
        raise BackendError("the picture that was downloaded is cut off")
    if name == "webp" and int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise BackendError("the picture that was downloaded is cut off")
    width, height = _size_of(path)
    if width * height > _MOST_PIXELS:
        raise BackendError(f"the picture that was downloaded is too large: {width}x{height}")
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise BackendError("the picture that was downloaded cannot be decoded")


def _size_of(path: Path) -> tuple[int, int]:
    """Gives a picture's size from its head, without unpacking it."""
    import av

    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            return stream.width, stream.height
    except (av.FFmpegError, IndexError, OSError, ValueError) as error:
        raise BackendError("the picture that was downloaded cannot be decoded") from error


def _verify_video(path: Path) -> None:
    import av

    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            if stream.width * stream.height > _MOST_PIXELS:
                raise BackendError(
                    f"the video that was downloaded is too large: {stream.width}x{stream.height}"
                )
            said = stream.frames
            seen = sum(1 for _ in container.decode(stream))
    except (av.FFmpegError, IndexError, OSError, ValueError) as error:
        raise BackendError("the video that was downloaded cannot be decoded") from error
    if not seen or seen < said - _LOST_FRAMES:
        raise BackendError(
            f"the video that was downloaded is cut off: {seen} of {said} frames can be decoded"
        )

"""What a loaded model of the judges' process is, and how pictures come to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from nightshoot.errors import InputError
from nightshoot.tools.judges.messages import (
    Classified,
    Classify,
    Embed,
    Embedded,
    HasRead,
    Hear,
    Heard,
    ReadText,
    Region,
)


class Model(Protocol):
    """A model that is loaded. One thread calls it."""

    def ask(
        self, question: Embed | Classify | ReadText | Hear
    ) -> Embedded | Classified | HasRead | Heard:
        """Answers. The same question gets the same answer. Raises BackendError for another one."""
        ...


def picture_of(region: Region) -> Any:
    """Gives the part of a picture as a PIL image, RGB, of at least one pixel.

    Raises:
        InputError: the file is no picture.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(region.path) as opened:
            whole = opened.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise InputError(f"{region.path} cannot be read as a picture: {error}") from None
    left, top, right, bottom = region.box
    x0 = min(whole.width - 1, max(0, round(left * whole.width)))
    y0 = min(whole.height - 1, max(0, round(top * whole.height)))
    x1 = min(whole.width, max(x0 + 1, round(right * whole.width)))
    y1 = min(whole.height, max(y0 + 1, round(bottom * whole.height)))
    return whole.crop((x0, y0, x1, y1))


@contextmanager
def loading(path: str, what: str) -> Iterator[None]:
    """Turns whatever the libraries raise for a folder that will not do into InputError."""
    try:
        yield
    except (InputError, ImportError, MemoryError):
        raise
    except Exception as error:
        lines = str(error).strip().splitlines()
        said = lines[0][:300] if lines else type(error).__name__
        raise InputError(f"{path} cannot be loaded as {what}: {said}") from error


def squared(picture: Any) -> Any:
    """Gives the picture in the middle of a square of its mean colour.

    Image processors crop the middle square out: of a portrait frame they would see half, and of a
    standing figure neither head nor feet.
    """
    from PIL import Image

    side = max(picture.size)
    if picture.width == picture.height:
        return picture
    mean = picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    square = Image.new("RGB", (side, side), mean)
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return square

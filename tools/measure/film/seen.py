"""What is seen of a film, part by part: a part that did not change is not looked at again.

The film's picture is its parts one after another, packet for packet, each beginning with a key
frame. So the key frames of the parts are those of the film, and decode to the same pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np

from nightshoot.domain.cut import Cut
from nightshoot.domain.value import Value
from nightshoot.errors import ArtifactError
from nightshoot.tools.measure.film.shown import Picture, join_frames, sampled

VERSION = "1"
"""Changes whenever other pictures of the same part would be kept."""


class Sampled(Value):
    """Which frames of a part are in its file of pictures, in order; the first is 0."""

    frames: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSeen:
    """A part of a film, and what was seen of it."""

    num_frames: int
    frames: tuple[int, ...]
    """Which of its frames the pictures are."""
    pictures: Path
    """As `see` wrote it."""


def joins_by_part(cut: Cut, lengths: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Gives the frames at the joins of a cut, part by part, each counted from its part's first.

    Args:
        cut: the edit.
        lengths: the frames of each part, in order.
    """
    joins, found = join_frames(cut), []
    for length, end in zip(lengths, accumulate(lengths), strict=True):
        begin = end - length
        found.append(tuple(number - begin for number in joins if begin <= number < end))
    return tuple(found)


def see(part: Path, joins: Iterable[int], into: Path) -> Sampled:
    """Decodes a part's key frames and its frames `joins`, small, and writes them to `into`.

    Raises:
        BackendError: the part is not a video that can be decoded.
        ArtifactError: the pictures cannot be written.
    """
    pictures = sampled(part, joins)
    try:
        with into.open("wb") as file:
            np.save(file, np.stack([*pictures.values()]), allow_pickle=False)
    except OSError as fault:
        raise ArtifactError(f"{into} cannot be written: {fault.strerror}") from fault
    return Sampled(frames=tuple(pictures))


def film_pictures(parts: Sequence[PartSeen]) -> dict[int, Picture]:
    """Gives what is seen of a film by its own frames: what `sampled` finds in the whole file.

    Raises:
        ArtifactError: the pictures of a part cannot be read.
    """
    found: dict[int, Picture] = {}
    begin = 0
    for part in parts:
        try:
            pictures = np.load(part.pictures, allow_pickle=False)
        except (OSError, ValueError) as fault:
            raise ArtifactError(f"the pictures {part.pictures} cannot be read: {fault}") from fault
        for number, picture in zip(part.frames, pictures, strict=True):
            found[begin + number] = picture
        begin += part.num_frames
    return found

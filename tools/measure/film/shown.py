"""What the measures of a film are shown: the cut, the file, its sound, and small pictures of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nightshoot.domain.cut import ClipKind, Cut
from nightshoot.domain.vocabulary import Locale, Transition
from nightshoot.errors import BackendError
from nightshoot.tools.edit.probe import Probed
from nightshoot.tools.measure.loudness import Loudness

Picture = npt.NDArray[np.uint8]
"""`(height, width, 3)` uint8 RGB, its shorter side `SHORT` pixels."""

SHORT = 36
"""The shorter side of a sampled picture: enough to tell two set-ups apart, and text of captions
is a few grey pixels."""


_FAR = 24
"""Frames from which looking for a key frame anew costs less than decoding what lies between.
Source: `keyint` of the parts, 48: half of it is decoded in vain on average."""


@dataclass(frozen=True, kw_only=True)
class FilmShown:
    """A film before its judges."""

    cut: Cut
    """What was to be rendered."""
    film: Probed
    """What the file holds."""
    locale: Locale
    """The language of the captions."""
    sound: Loudness | None = None
    """None: the film has no sound."""
    asked_s: float | None = None
    """The length that the brief asks for; None: as long as the story needs."""
    pictures: Mapping[int, Picture] = field(default_factory=dict)
    """Sampled frames by their number: one every two seconds, and those at the joins."""


def join_frames(cut: Cut) -> tuple[int, ...]:
    """Gives the frames at the joins of a cut that show what was filmed, in order.

    At a plain cut they are the last frame of the one clip and the first of the other; at a dissolve
    every frame where both are seen too. Frames of cards, and of the dark half of a dip to black,
    are not among them.
    """
    wanted: set[int] = set()
    for number, (clip, start) in enumerate(zip(cut.clips, cut.starts, strict=True)):
        if clip.kind is not ClipKind.SHOT:
            continue
        before = cut.clips[number - 1] if number else None
        shared = before.transition_frames if before else 0
        last = start + clip.num_frames - clip.transition_frames - 1
        if start + shared <= last:
            wanted |= {start + shared, last}
        mixed = before is not None and before.transition is not Transition.DIP_TO_BLACK
        if before and shared and mixed and before.kind is ClipKind.SHOT:
            wanted |= {*range(start, start + shared)}
    return tuple(sorted(wanted))


def sampled(path: Path, joins: Iterable[int]) -> dict[int, Picture]:
    """Decodes the key frames of a film, and the frames of `joins`, small.

    Only what leads from a key frame to a wanted frame is decoded. A frame that the file does not
    hold is left out.

    Raises:
        BackendError: the file is not a video that can be decoded.
    """
    import av

    found: dict[int, Picture] = {}
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            fps, base = stream.average_rate, stream.time_base
            if not fps or not base:
                raise BackendError(f"the film {path.name} has no rate")
            stream.codec_context.skip_frame = "NONKEY"
            for frame in container.decode(stream):
                if frame.pts is not None:
                    found[round(frame.pts * base * fps)] = _small(frame)
            stream.codec_context.skip_frame = "DEFAULT"
            for group in _close(sorted({*joins} - set(found))):
                container.seek(round(group[0] / (fps * base)), stream=stream)
                for frame in container.decode(stream):
                    number = -1 if frame.pts is None else round(frame.pts * base * fps)
                    if number in group:
                        found[number] = _small(frame)
                    if number >= group[-1]:
                        break
    except (av.FFmpegError, IndexError, OSError) as error:
        raise BackendError(f"the film {path.name} cannot be decoded: {error}") from error
    return dict(sorted(found.items()))


def _close(numbers: Sequence[int]) -> list[list[int]]:
    """Parts ascending numbers where one is far from the next, so that no frame is decoded twice."""
    groups: list[list[int]] = []
    for number in numbers:
        if groups and number - groups[-1][-1] <= _FAR:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _small(frame: object) -> Picture:
    from av import VideoFrame
    from av.video.reformatter import Interpolation

    assert isinstance(frame, VideoFrame)
    scale = SHORT / min(frame.width, frame.height)
    small = frame.reformat(
        width=max(1, round(frame.width * scale)),
        height=max(1, round(frame.height * scale)),
        format="rgb24",
        interpolation=Interpolation.AREA,
    )
    return small.to_ndarray().astype(np.uint8, copy=False)

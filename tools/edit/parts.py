"""The plan of the cut: which frames of which takes make which part of the film.

The film is a row of parts. A *body* is the stretch of one clip that no transition shares; a
*blend* is the stretch where one clip gives way to the next. Each value holds all that decides
its bytes and nothing else (not its place in the film), so that it serves as the key of an action: a
part that did not change is never encoded again.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from nightshoot.domain.brief import CaptionSize, Rate
from nightshoot.domain.cut import Caption, Clip, Cut
from nightshoot.domain.storyboard import Grade
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale, Transition
from nightshoot.errors import InputError

CUTTING_VERSION = "2"
"""Changes whenever the same part would be encoded to other bytes; part of every part's key."""


class Raster(Value):
    """What all parts of one film share, so that they can be joined without encoding."""

    width: int
    height: int
    fps: Rate
    locale: Locale
    caption_size: CaptionSize = CaptionSize.MEDIUM
    version: str = CUTTING_VERSION


class Body(Value):
    """Frames of one take, with captions burned in."""

    kind: Literal["body"] = "body"
    take: str
    """The digest of the take's video."""
    first: int
    """The first frame of the take that is shown."""
    num_frames: int
    captions: tuple[Caption, ...]
    """In frames of this part."""
    grade: Grade = Grade()
    raster: Raster


class Blend(Value):
    """A transition: the last frames of one take together with the first ones of the next."""

    kind: Literal["blend"] = "blend"
    transition: Transition
    outgoing: str
    """The digest of the take that goes."""
    outgoing_first: int
    """The first frame of the outgoing take that is shown."""
    incoming: str
    """The digest of the take that comes, shown from its first frame."""
    num_frames: int
    captions: tuple[Caption, ...]
    outgoing_grade: Grade = Grade()
    incoming_grade: Grade = Grade()
    raster: Raster


Part = Body | Blend


def film_captions(cut: Cut) -> tuple[Caption, ...]:
    """Gives all captions in frames of the film, in order, never two at a time.

    A caption ends with its clip, and where the next one begins.
    """
    placed = [
        Caption(
            start=start + caption.start,
            end=start + min(caption.end, clip.num_frames),
            text=caption.text,
            speaker=caption.speaker,
        )
        for clip, start in zip(cut.clips, cut.starts, strict=True)
        for caption in clip.captions
        if caption.start < min(caption.end, clip.num_frames)
    ]
    placed.sort(key=lambda caption: (caption.start, caption.end))
    ends = [min(a.end, b.start) for a, b in pairwise(placed)]
    return tuple(
        caption if caption.end == end else caption.model_copy(update={"end": end})
        for caption, end in zip(placed, [*ends, *(c.end for c in placed[-1:])], strict=True)
        if caption.start < end
    )


def plan_parts(
    cut: Cut, *, locale: Locale, caption_size: CaptionSize = CaptionSize.MEDIUM
) -> tuple[Part, ...]:
    """Gives the parts of the film in order; their frames sum up to the cut's.

    Args:
        cut: the edit.
        locale: the language of the captions, which sets their type.
        caption_size: how large they are.

    Raises:
        InputError: a plain cut is said to share frames.
    """
    raster = Raster(
        width=cut.width,
        height=cut.height,
        fps=cut.fps,
        locale=locale,
        caption_size=caption_size,
    )
    # Parts without captions are the same at every size of captions.
    bare = raster.model_copy(update={"caption_size": CaptionSize.MEDIUM})
    captions = film_captions(cut)
    parts: list[Part] = []
    before = 0
    for index, (clip, start) in enumerate(zip(cut.clips, cut.starts, strict=True)):
        shared = clip.transition_frames
        length = clip.num_frames - before - shared
        if length:
            shown = _within(captions, start + before, length)
            parts.append(
                Body(
                    take=clip.take,
                    first=before,
                    num_frames=length,
                    captions=shown,
                    grade=clip.grade,
                    raster=raster if shown else bare,
                )
            )
        if shared:
            end = start + clip.num_frames - shared
            shown = _within(captions, end, shared)
            following = cut.clips[index + 1]
            parts.append(_blend(clip, following, shown, raster if shown else bare))
        before = shared
    return tuple(parts)


def _blend(clip: Clip, following: Clip, captions: tuple[Caption, ...], raster: Raster) -> Blend:
    if clip.transition is Transition.CUT:
        raise InputError(
            f"clip {clip.id} cuts to the next, yet they share {clip.transition_frames} frames: "
            "choose a transition, or set its frames to 0"
        )
    return Blend(
        transition=clip.transition,
        outgoing=clip.take,
        outgoing_first=clip.num_frames - clip.transition_frames,
        incoming=following.take,
        num_frames=clip.transition_frames,
        captions=captions,
        outgoing_grade=clip.grade,
        incoming_grade=following.grade,
        raster=raster,
    )


def _within(captions: tuple[Caption, ...], first: int, length: int) -> tuple[Caption, ...]:
    """Gives what is shown of the captions in a stretch of the film, in frames of the stretch."""
    return tuple(
        Caption(
            start=max(0, caption.start - first),
            end=min(length, caption.end - first),
            text=caption.text,
        )
        for caption in captions
        if caption.start < first + length and caption.end > first
    )

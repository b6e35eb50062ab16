"""Writes the cut as OpenTimelineIO, the exchange format that editing programs open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from nightshoot.domain.cut import Clip, Cut
from nightshoot.domain.time import frames_for
from nightshoot.domain.vocabulary import Transition
from nightshoot.errors import InputError

if TYPE_CHECKING:
    import opentimelineio as otio

_OURS = "nightshoot"
"""The key of our own metadata: each clip as a value, so that the cut reads back whole."""

Json = str | int | float | bool | None | dict[str, "Json"] | list["Json"]


def otio_text(cut: Cut, *, media: Mapping[str, str], music: str = "") -> str:
    """Gives the text of `cut.otio`.

    It has a track of pictures, one of voices (more where voices overlap), and one of music.
    As editing programs expect it, a transition lies across the cut in its middle, and the takes on
    its sides have handles: frames that only the transition shows.

    Args:
        cut: the edit.
        media: the file of each take and sound by digest, relative to the folder of `cut.otio`.
        music: the file of the music, relative likewise; empty: none.

    Raises:
        InputError: a take or a sound of the cut has no file in `media`.
    """
    import opentimelineio as otio

    timeline = otio.schema.Timeline(name=cut.title, global_start_time=_time(0, cut.fps))
    timeline.metadata[_OURS] = {"fps": str(cut.fps), "width": cut.width, "height": cut.height}
    timeline.tracks.append(_picture(cut, media))
    timeline.tracks.extend(_voices(cut, media))
    if music:
        track = otio.schema.Track(name="music", kind=otio.schema.TrackKind.Audio)
        track.append(_item("music", music, (0, cut.num_frames), cut.num_frames, cut.fps))
        timeline.tracks.append(track)
    return str(otio.adapters.write_to_string(timeline, "otio_json"))


def cut_of(text: str) -> Cut:
    """Reads a cut back from the text of a `cut.otio` that we wrote.

    Raises:
        InputError: the text is no timeline, or not one of ours.
    """
    import opentimelineio as otio

    try:
        timeline = otio.adapters.read_from_string(text, "otio_json")
        if not isinstance(timeline, otio.schema.Timeline) or _OURS not in timeline.metadata:
            raise InputError("cut.otio is not a cut of ours: write it anew with resume")
        items = [item for track in timeline.video_tracks() for item in track]
        clips = [_plain(item.metadata[_OURS]) for item in items if _OURS in item.metadata]
        raster = _plain(timeline.metadata[_OURS])
        assert isinstance(raster, dict)
        return Cut.model_validate({**raster, "title": timeline.name, "clips": clips})
    except (otio.exceptions.OTIOError, ValueError, KeyError, TypeError) as fault:
        reason = str(fault).splitlines()[0]
        raise InputError(
            f"cut.otio cannot be read ({reason}): write it anew with resume"
        ) from fault


def _plain(value: object) -> Json:
    """Gives OpenTimelineIO's own containers as plain ones."""
    if value is None or isinstance(value, str | int | float):
        return value
    if hasattr(value, "items"):
        return {str(key): _plain(item) for key, item in value.items()}
    assert hasattr(value, "__iter__")
    return [_plain(item) for item in value]


def _time(frames: int, fps: Fraction) -> otio.opentime.RationalTime:
    import opentimelineio as otio

    return otio.opentime.RationalTime(frames, float(fps))


def _range(first: int, num_frames: int, fps: Fraction) -> otio.opentime.TimeRange:
    import opentimelineio as otio

    return otio.opentime.TimeRange(_time(first, fps), _time(num_frames, fps))


def _item(
    name: str, file: str, shown: tuple[int, int], available: int, fps: Fraction
) -> otio.schema.Clip:
    """Gives a clip that shows frames `[shown[0], shown[1])` of a file of `available` frames."""
    import opentimelineio as otio

    reference = otio.schema.ExternalReference(
        target_url=file, available_range=_range(0, available, fps)
    )
    first, last = shown
    return otio.schema.Clip(
        name=name, media_reference=reference, source_range=_range(first, last - first, fps)
    )


def _file(media: Mapping[str, str], digest: str, clip: Clip) -> str:
    if digest not in media:
        raise InputError(f"clip {clip.id} uses {digest[:12]}, which has no file in the folder")
    return media[digest]


def _picture(cut: Cut, media: Mapping[str, str]) -> otio.schema.Track:
    import opentimelineio as otio

    track = otio.schema.Track(name="picture", kind=otio.schema.TrackKind.Video)
    before = 0
    for clip in cut.clips:
        shared = clip.transition_frames
        shown = (before // 2, clip.num_frames - shared + shared // 2)
        item = _item(clip.id, _file(media, clip.take, clip), shown, clip.num_frames, cut.fps)
        item.metadata[_OURS] = clip.model_dump(mode="json")
        track.append(item)
        if shared:
            track.append(_transition(clip.transition, shared, cut.fps))
        before = shared
    return track


def _transition(kind: Transition, shared: int, fps: Fraction) -> otio.schema.Transition:
    import opentimelineio as otio

    dissolve = kind in (Transition.DISSOLVE, Transition.MATCH)
    types = otio.schema.TransitionTypes
    return otio.schema.Transition(
        name=kind.value,
        transition_type=types.SMPTE_Dissolve if dissolve else types.Custom,
        in_offset=_time(shared // 2, fps),
        out_offset=_time(shared - shared // 2, fps),
    )


def _voices(cut: Cut, media: Mapping[str, str]) -> Sequence[otio.schema.Track]:
    """Gives the tracks of voices; one that begins before another ends goes to the next track."""
    import opentimelineio as otio

    tracks = [otio.schema.Track(name="voices", kind=otio.schema.TrackKind.Audio)]
    ends = [0]
    for clip, start in zip(cut.clips, cut.starts, strict=True):
        for spoken in clip.spoken:
            at = start + spoken.start
            length = frames_for(spoken.duration_s, cut.fps)
            free = next((i for i, end in enumerate(ends) if end <= at), len(ends))
            if free == len(ends):
                name = f"voices {free + 1}"
                tracks.append(otio.schema.Track(name=name, kind=otio.schema.TrackKind.Audio))
                ends.append(0)
            if at > ends[free]:
                tracks[free].append(
                    otio.schema.Gap(source_range=_range(0, at - ends[free], cut.fps))
                )
            file = _file(media, spoken.audio, clip)
            tracks[free].append(_item(spoken.line, file, (0, length), length, cut.fps))
            ends[free] = at + length
    return tracks

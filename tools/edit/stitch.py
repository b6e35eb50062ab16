"""Joins the encoded parts and the sound track into the film, without encoding anything again."""

from __future__ import annotations

import errno
import heapq
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from nightshoot.errors import ArtifactError, BackendError
from nightshoot.tools.edit.ffmpeg import REORDERED_FRAMES, time_scale
from nightshoot.tools.edit.probe import UNDECODED

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container.input import InputContainer
    from av.container.output import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

_Timed = tuple[float, int, "Packet[VideoStream] | Packet[AudioStream]"]


def stitch(
    *,
    parts: Sequence[Path],
    num_frames: int,
    sound: Path | None,
    fps: Fraction,
    title: str,
    target: Path,
) -> None:
    """Writes the film to `target`: MP4, its index at the front.

    The picture's timestamps are uniform and begin at 0; the same inputs give the same bytes.

    Args:
        parts: the encoded parts in order, all by the same codec settings.
        num_frames: the length of the film, which the parts must sum up to.
        sound: the AAC sound track of the whole film, or None for a silent film.
        fps: frames per second.
        title: goes into the file's metadata.
        target: a path in a scratch folder of the caller's.

    Raises:
        ArtifactError: the disk is full, or a part or the sound is broken or does not fit.
        BackendError: the sound is shorter than the picture.
    """
    import av

    options = {
        "movflags": "+faststart",
        "fflags": "+bitexact",
        "video_track_timescale": str(time_scale(fps)),
    }
    try:
        with ExitStack() as stack:
            film = stack.enter_context(av.open(str(target), "w", format="mp4", options=options))
            film.metadata["title"] = "".join(c for c in title if unicodedata.category(c)[0] != "C")
            tracks = [_picture(parts, film, fps, num_frames)]
            if sound is not None:
                source = stack.enter_context(av.open(str(sound), options=UNDECODED))
                tracks.append(_sound(source, film, length=num_frames / fps, frame=1 / fps))
            for _, _, packet in heapq.merge(*tracks, key=lambda timed: timed[:2]):
                film.mux(packet)
    except (av.FFmpegError, OSError) as fault:
        if fault.errno == errno.ENOSPC:
            reason = "no space is left on the disk"
        else:
            reason = fault.strerror or str(fault)
        raise ArtifactError(f"the film cannot be written: {reason}") from fault


def _picture(
    parts: Sequence[Path], film: OutputContainer, fps: Fraction, num_frames: int
) -> Iterator[_Timed]:
    """Adds the picture's track to the film; gives its packets in decoding order with new times."""
    import av

    with av.open(str(parts[0]), options=UNDECODED) as source:
        stream = source.streams.video[0]
        track = film.add_stream_from_template(stream)
        header = bytes(stream.codec_context.extradata or b"")
    track.time_base = time_base = Fraction(1, time_scale(fps))
    ticks = int(1 / fps / time_base)
    return _joined(
        parts, track, header=header, time_base=time_base, ticks=ticks, num_frames=num_frames
    )


def _joined(
    parts: Sequence[Path],
    track: VideoStream,
    *,
    header: bytes,
    time_base: Fraction,
    ticks: int,
    num_frames: int,
) -> Iterator[_Timed]:
    import av

    shown = coded = 0
    for part in parts:
        with av.open(str(part), options=UNDECODED) as source:
            stream = source.streams.video[0]
            if bytes(stream.codec_context.extradata or b"") != header:
                raise ArtifactError("a part was encoded by other settings: cut the film again")
            if stream.time_base != time_base:
                raise ArtifactError("a part was encoded at another rate: cut the film again")
            for packet in source.demux(stream):
                if packet.pts is None:
                    continue
                packet.stream = track
                packet.pts += shown
                packet.dts = coded - REORDERED_FRAMES * ticks
                packet.duration = ticks
                yield packet.dts / time_base.denominator, 0, packet
                coded += ticks
            shown = coded
    if coded != num_frames * ticks:
        raise ArtifactError(
            f"the parts have {coded // ticks} frames, the film {num_frames}: cut the film again"
        )


def _sound(
    source: InputContainer, film: OutputContainer, *, length: Fraction, frame: Fraction
) -> Iterator[_Timed]:
    """Adds the sound's track to the film; gives its packets up to the end of the picture."""
    if not source.streams.audio:
        raise ArtifactError("the sound track holds no sound: mix it again")
    stream = source.streams.audio[0]
    assert stream.time_base is not None
    track = film.add_stream_from_template(stream)
    return _heard(source.demux(stream), track, stream.time_base, length, frame)


def _heard(
    packets: Iterator[Packet[AudioStream]],
    track: AudioStream,
    time_base: Fraction,
    length: Fraction,
    frame: Fraction,
) -> Iterator[_Timed]:
    limit, tick_s = int(length / time_base), float(time_base)
    end = 0
    for packet in packets:
        if packet.pts is None:
            continue
        start = packet.pts
        if start >= limit:
            break
        end = start + (packet.duration or 0)
        if end > limit:
            packet.duration = limit - start
        packet.stream = track
        yield start * tick_s, 1, packet
    if end < limit - frame / time_base:
        heard, seen = float(end * time_base), float(length)
        raise BackendError(f"the sound lasts {heard:.3f} s, the picture {seen:.3f} s: mix it again")

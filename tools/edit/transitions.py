"""Encodes one blend of the film: the frames that two clips share."""

from __future__ import annotations

from pathlib import Path

from nightshoot.domain.vocabulary import Transition
from nightshoot.tools.edit.conform import (
    burning,
    clock,
    encode_part,
    fitting,
    graded,
    input_arguments,
    part_folder,
)
from nightshoot.tools.edit.parts import Blend


def blend(*, part: Blend, outgoing: Path, incoming: Path, scratch: Path) -> Path:
    """Encodes a transition into a new folder under `scratch` and gives the file.

    Only the shared frames are decoded, but for those back to the take's last key frame. The same
    part of the same takes gives the same bytes.

    Args:
        part: what to encode.
        outgoing: the file of `part.outgoing`.
        incoming: the file of `part.incoming`.
        scratch: a folder of the caller's.

    Raises:
        InputError: a take is shorter than the cut says, or is no video.
        ArtifactError: the disk is full.
        BackendError: FFmpeg failed.
    """
    folder = part_folder(scratch)
    dips = part.transition is Transition.DIP_TO_BLACK and part.num_frames > 1
    half = part.num_frames // 2
    going = half if dips else part.num_frames
    skipped = half if dips else 0
    coming = part.num_frames - skipped
    raster = part.raster
    inputs = [
        *input_arguments(outgoing, first=part.outgoing_first, num_frames=going, raster=raster),
        *input_arguments(incoming, first=skipped, num_frames=coming, raster=raster),
    ]
    grade_out = graded(part.outgoing_grade, raster=raster, folder=folder, name="outgoing")
    grade_in = graded(part.incoming_grade, raster=raster, folder=folder, name="incoming")
    fit_out = ",".join([*fitting(outgoing, raster=raster), *grade_out])
    fit_in = ",".join([*fitting(incoming, raster=raster), *grade_in])
    joined = _dip(going, coming) if dips else _mix(part)
    finish = [*clock(raster.fps), *burning(part.captions, raster=raster, folder=folder)]
    graph = (
        f"[0:v]{fit_out},trim=end_frame={going}[a];[1:v]{fit_in},trim=end_frame={coming}[b];"
        f"{joined},{','.join(finish)}[v]"
    )
    arguments = [*inputs, "-filter_complex_threads", "1", "-filter_complex", graph, "-map", "[v]"]
    return encode_part(
        arguments, num_frames=part.num_frames, raster=raster, folder=folder, blend=True
    )


def _mix(part: Blend) -> str:
    """A cross-fade whose every frame holds some of both pictures.

    FFmpeg's own begins with a frame of the outgoing one alone: one is put before and cut off.
    """
    ahead = "tpad=start=1:start_mode=clone"
    duration = float((part.num_frames + 1) / part.raster.fps)
    return (
        f"[a]{ahead}[c];[b]{ahead}[d];"
        f"[c][d]xfade=transition=fade:duration={duration:.6f}:offset=0,trim=start_frame=1"
    )


def _dip(going: int, coming: int) -> str:
    """Down to black and up again; the frame in the middle is black."""
    return (
        f"[a]fade=type=out:start_frame=0:nb_frames={going}[c];"
        f"[b]fade=type=in:start_frame=0:nb_frames={coming}[d];[c][d]concat=n=2:v=1"
    )

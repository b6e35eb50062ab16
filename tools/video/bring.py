"""Brings a video that somebody else made to a plan's size, rate and number of frames."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import BackendError, InputError
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.protocols import Progress
from nightshoot.tools.video.conform import conformed
from nightshoot.tools.video.encode import FrameWriter

if TYPE_CHECKING:
    from av import VideoFrame

Picture = npt.NDArray[np.uint8]

HOLD_S = Fraction(1, 4)
"""How much of a plan may be filled by holding the last frame. Source: services round a clip to
their own frame grid, at most two frames of 8 fps away from the seconds that were asked for."""

_HD_LINES = 720
"""From here on a video that does not say its colours is BT.709, below BT.601. Source: ITU-R BT.709
is the standard for HDTV, BT.601 for standard definition; players guess by the same rule."""

_BT709, _BT601, _UNSPECIFIED = 1, 5, 2
"""Source: FFmpeg, libswscale/swscale.h, SWS_CS_ITU709 and SWS_CS_ITU601; libavutil/pixfmt.h,
AVCOL_SPC_UNSPECIFIED."""


def bring_to_plan(source: Path, plan: ShotPlan, out: Path, *, progress: Progress) -> Path:
    """Encodes as much of `source` as the plan lasts, at the plan's size and rate.

    The picture is scaled to cover the plan's and its overhang is cut off evenly; between two frames
    of the source the motion is followed, so that another rate does not judder. What is longer than
    the plan is cut off at its end, unless the plan ends on a given picture: then its whole length
    is shown a little quicker. What is shorter by up to `HOLD_S` holds its last frame.

    Two frames of the source are in memory at a time.

    Args:
        source: a video that PyAV decodes.
        plan: gives size, rate and number of frames.
        out: the file to write, MP4 as `Footage` describes it.
        progress: is told the share that is encoded.

    Raises:
        BackendError: the source cannot be decoded, or is too short.
        ArtifactError: the disk is full.
    """
    import av

    try:
        probed = probe(source)
    except InputError as error:
        raise BackendError(f"the video {source.name} cannot be decoded: {error}") from error
    needed = math.ceil((plan.num_frames - 1) * probed.fps / plan.fps) + 1
    if (needed - probed.num_frames) / probed.fps > HOLD_S:
        raise BackendError(
            f"the video {source.name} lasts {probed.duration_s:.2f} s where the shot needs "
            f"{float(plan.num_frames / plan.fps):.2f} s"
        )
    try:
        with FrameWriter(out, width=plan.width, height=plan.height, fps=plan.fps) as writer:
            for picture in conformed(
                Reel(source, max(needed, probed.num_frames)),
                fps=probed.fps,
                out_width=plan.width,
                out_height=plan.height,
                out_fps=plan.fps,
                out_frames=plan.num_frames,
                to_the_end=bool(plan.last_frame),
            ):
                writer.write(picture)
                progress(min(1.0, writer.frames / plan.num_frames))
    except (av.FFmpegError, IndexError) as error:
        raise BackendError(f"the video {source.name} cannot be decoded: {error}") from error
    return out


class Reel(Sequence[Picture]):
    """A video's frames, decoded as they are asked for, in order; after its last frame, that one."""

    def __init__(self, source: Path, count: int) -> None:
        self._frames = _decoded(source)
        self._count = count
        self._kept: dict[int, Picture] = {}
        self._next = 0

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> Picture: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Picture]: ...
    def __getitem__(self, number: int | slice) -> Picture | Sequence[Picture]:
        if isinstance(number, slice):
            raise TypeError("a reel gives one frame at a time")
        while self._next <= number:
            frame = next(self._frames, None)
            if frame is None and not self._next:
                raise IndexError("it has no frames")
            if frame is None:
                frame = self._kept[self._next - 1]
            self._kept[self._next] = frame
            self._kept.pop(self._next - 2, None)
            self._next += 1
        return self._kept[number]


def _decoded(source: Path) -> Iterator[Picture]:
    import av

    with av.open(str(source)) as container:
        for frame in container.decode(container.streams.video[0]):
            yield _rgb(frame)


def _rgb(frame: VideoFrame) -> Picture:
    """Gives a frame as (height, width, 3) uint8 RGB."""
    said = int(frame.colorspace)
    if said in (0, _UNSPECIFIED):
        said = _BT709 if min(frame.width, frame.height) >= _HD_LINES else _BT601
    return frame.reformat(format="rgb24", src_colorspace=said).to_ndarray().astype(np.uint8)

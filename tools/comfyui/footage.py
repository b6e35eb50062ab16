"""Videos from a server: decoded to their end before they count, and brought to a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import BackendError
from nightshoot.tools.comfyui.pictures import Picture, read_picture
from nightshoot.tools.comfyui.results import VIDEOS
from nightshoot.tools.protocols import Progress

HOLD_S = Fraction(1, 4)
"""How much of a take may be filled by holding the last frame; the same as for hosted services."""

_BT601, _UNSPECIFIED = 5, 2
"""A video that does not say its colours is BT.601 whatever its size: ComfyUI's Save Video converts
by swscale's default and tags nothing. Source: comfy_api/latest/_input_impl/video_types.py,
`save_to`; FFmpeg, libswscale/swscale.h, SWS_CS_ITU601, and libavutil/pixfmt.h,
AVCOL_SPC_UNSPECIFIED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The frames of a video, and their rate."""

    frames: Sequence[Picture]
    """Each `(height, width, 3)` uint8 RGB."""
    fps: Fraction


def check_file(path: Path) -> None:
    """Raises BackendError where a video, or a frame of one, cannot be decoded whole."""
    if path.suffix.lower() not in VIDEOS:
        read_picture(path)
        return
    count, said = 0, 0
    for count, (_, said) in enumerate(_frames(path), start=1):  # noqa: B007
        pass
    if not count or count < said:
        raise BackendError(
            f"the video that ComfyUI sent as {path.name} ends after {count} of {said} frames"
        )


def finish_video(
    files: Sequence[Path],
    plan: ShotPlan,
    out: Path,
    *,
    fps: Fraction,
    progress: Progress,
) -> Path:
    """Encodes what a workflow made at the plan's size, rate and number of frames.

    Args:
        files: one video, or the frames of one.
        plan: the take.
        out: the file to write, MP4 as `Footage` describes it.
        fps: the rate of frames that come without a video.
        progress: is told the share that is encoded.

    Raises:
        BackendError: there is less than the plan needs.
        ArtifactError: the disk is full.
    """
    from nightshoot.tools.video.conform import conformed
    from nightshoot.tools.video.encode import FrameWriter

    made = _decoded(files, fps)
    frames = _long_enough(made, plan)
    with FrameWriter(out, width=plan.width, height=plan.height, fps=plan.fps) as writer:
        for frame in conformed(
            frames,
            fps=made.fps,
            out_width=plan.width,
            out_height=plan.height,
            out_fps=plan.fps,
            out_frames=plan.num_frames,
            to_the_end=bool(plan.last_frame),
        ):
            writer.write(frame)
            progress(writer.frames / plan.num_frames)
    return out


def _decoded(files: Sequence[Path], fps: Fraction) -> Decoded:
    import cv2
    import numpy as np

    if files[0].suffix.lower() not in VIDEOS:
        pictures = [read_picture(one) for one in files]
        shape = pictures[0].shape
        if any(picture.shape != shape for picture in pictures):
            raise BackendError("the frames that ComfyUI sent are not all of one size")
        return Decoded(
            frames=[
                np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
                for picture in pictures
            ],
            fps=fps,
        )
    return Decoded(frames=[frame for frame, _ in _frames(files[0])], fps=_rate_of(files[0]) or fps)


def _long_enough(made: Decoded, plan: ShotPlan) -> Sequence[Picture]:
    """Gives the frames, the last one held where only a little is missing."""
    last_s = (plan.num_frames - 1) / plan.fps
    missing_s = last_s - (len(made.frames) - 1) / made.fps
    if missing_s <= 0:
        return made.frames
    if missing_s > HOLD_S + 1 / made.fps:
        raise BackendError(
            f"the workflow gave {len(made.frames)} frames at {float(made.fps):g} fps, which is "
            f"{float(missing_s):.2f} s too short for the shot: title its length nightshoot:frames "
            "and its rate nightshoot:fps, or write its rate as fps into the settings"
        )
    held = -(-missing_s * made.fps // 1)
    return [*made.frames, *[made.frames[-1]] * int(held)]


def _rate_of(path: Path) -> Fraction | None:
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = stream.average_rate or stream.guessed_rate
        return Fraction(rate) if rate else None


def _frames(path: Path) -> Iterator[tuple[Picture, int]]:
    """Gives each frame as RGB, with how many the file says that it has (0: it does not say)."""
    import av
    import numpy as np

    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            for frame in container.decode(stream):
                said = int(frame.colorspace)
                space = _BT601 if said in (0, _UNSPECIFIED) else said
                picture = frame.reformat(format="rgb24", src_colorspace=space).to_ndarray()
                yield np.asarray(picture, np.uint8), stream.frames
    except (av.FFmpegError, IndexError, OSError) as error:
        raise BackendError(
            f"what ComfyUI sent as {path.name} cannot be decoded as a video: {error}"
        ) from error

"""The first frame of a video, as a picture."""

from __future__ import annotations

from pathlib import Path

from nightshoot.errors import BackendError


def opening_frame(video: Path, scratch: Path) -> Path:
    """Writes the first frame of `video` into `scratch` as a PNG of its own size, and gives it.

    Raises:
        BackendError: the video cannot be decoded.
    """
    import av
    import cv2

    try:
        with av.open(str(video)) as container:
            frame = next(container.decode(video=0))
    except (av.FFmpegError, StopIteration, OSError) as error:
        raise BackendError(f"the video {video.name} cannot be decoded: {error}") from error
    target = scratch / "opening.png"
    cv2.imwrite(str(target), frame.to_ndarray(format="bgr24"))
    return target

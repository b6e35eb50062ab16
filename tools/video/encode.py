"""Writes frames to an H.264 file through one FFmpeg process, with the same bytes on every run."""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from nightshoot.errors import ArtifactError, BackendError, InputError

CRF = 14
"""Source: measured on a painted night river, 720x1280 at 24 fps: 1.0 MB a second of film; its
blocks cannot be seen, and the cut encodes it once more."""

PRESET = "ultrafast"
"""Source: measured at 720x1280: 6 ms of processor time a frame, `superfast` 12 ms, `veryfast`
16 ms. These files are cut and encoded again, so their size matters less than their time."""

KEYFRAME_S = 2
"""A decoder that looks for a frame in the middle decodes two seconds at most."""

_LAST_WORDS_S = 2.0
"""An encoder that closed its end of the pipe is given this long to say why."""

_FULL_DISK = "No space left on device"

_BT709 = np.array(
    [
        [0.182586, 0.614231, 0.062007, 16.0],
        [-0.100644, -0.338572, 0.439216, 128.0],
        [0.439216, -0.398942, -0.040274, 128.0],
    ],
    np.float32,
)
"""RGB 0..255 to Y'CbCr in the narrow range. Source: ITU-R BT.709-6, items 3 and 4."""


def to_i420(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Gives a frame as planar 4:2:0 Y'CbCr, BT.709, narrow range.

    Done here because it costs 1 ms at 720x1280, and 5 ms in FFmpeg's scaler; and because it is the
    same arithmetic on every machine.

    Args:
        frame: (height, width, 3) uint8 RGB, both sides even.

    Returns:
        (height * 3 / 2, width) uint8: luma, then both chroma planes packed.
    """
    height, width = frame.shape[:2]
    packed = np.empty((height * 3 // 2, width), np.uint8)
    colour = cv2.transform(frame, _BT709)
    cv2.extractChannel(colour, 0, dst=packed[:height])
    half = cv2.resize(colour, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    chroma = packed[height:].reshape(2, height // 2, width // 2)
    cv2.extractChannel(half, 1, dst=chroma[0])
    cv2.extractChannel(half, 2, dst=chroma[1])
    return packed


class FrameWriter:
    """Encodes frames to an MP4 with H.264, yuv420p, tagged BT.709, without sound.

    Use it as a context manager. Where the body ends with an exception, the encoder is killed and
    the unfinished file is removed. One thread of x264 makes the bytes the same on every machine.

    Raises:
        InputError: a side is odd, which 4:2:0 cannot hold.
        BackendError: FFmpeg cannot be started, or fails; the message ends with its last line.
        ArtifactError: the disk is full.
    """

    def __init__(
        self,
        path: Path,
        *,
        width: int,
        height: int,
        fps: Fraction,
        crf: int = CRF,
        preset: str = PRESET,
    ) -> None:
        if width % 2 or height % 2:
            raise InputError(f"a video's width and height must be even, not {width}x{height}")
        self.path = path
        self.width = width
        self.height = height
        self.frames = 0
        """How many frames were written."""
        self._arguments = _arguments(
            path, size=f"{width}x{height}", fps=fps, crf=crf, preset=preset
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._said: deque[str] = deque(maxlen=20)
        self._listener: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The encoder's process id while it runs."""
        return self._process.pid if self._process else None

    def __enter__(self) -> Self:
        """Starts the encoder."""
        try:
            command = [imageio_ffmpeg.get_ffmpeg_exe(), *self._arguments]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except (OSError, RuntimeError) as error:
            raise BackendError(f"FFmpeg cannot be started: {error}") from error
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def write(self, frame: NDArray[np.uint8]) -> None:
        """Encodes the next frame.

        Args:
            frame: (height, width, 3) uint8 RGB.
        """
        wanted = (self.height, self.width, 3)
        if frame.shape != wanted or frame.dtype != np.uint8:
            raise ValueError(f"a frame must be uint8 {wanted}, not {frame.dtype} {frame.shape}")
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(to_i420(frame).data)
        except OSError as error:
            self._stop(patience_s=_LAST_WORDS_S)
            raise self._fault() from error
        self.frames += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Finishes the file, or discards it where the body failed."""
        if kind is not None:
            self._discard()
            return
        try:
            self._finish()
        except BaseException:
            self._discard()
            raise

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ValueError("the writer is not open: use it in a `with` statement")
        return self._process

    def _finish(self) -> None:
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.close()
        except OSError as error:
            self._stop(patience_s=_LAST_WORDS_S)
            raise self._fault() from error
        code = process.wait()
        self._hang_up()
        if code:
            raise self._fault()

    def _stop(self, patience_s: float = 0.0) -> None:
        """Ends the encoder at the latest after `patience_s`; does nothing where it has ended."""
        process = self._process
        if process is None:
            return
        try:
            process.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._hang_up()
        if process.stdin is not None:
            try:
                process.stdin.close()
            except OSError:
                # Bytes that were still on their way have nowhere to go.
                return

    def _discard(self) -> None:
        self._stop()
        # What is not a regular file, such as a pipe or a device, is not ours to remove.
        if self.path.is_file():
            self.path.unlink()

    def _hang_up(self) -> None:
        if self._listener is not None:
            self._listener.join()
        self._process = None

    def _listen(self) -> None:
        stream = self._running().stderr
        assert stream is not None
        with stream:
            for line in stream:
                text = line.decode("utf-8", errors="replace").strip()
                if text:
                    self._said.append(text)

    def _fault(self) -> BackendError | ArtifactError:
        if any(_FULL_DISK in line for line in self._said):
            return ArtifactError(
                f"the disk is full: {self.path} cannot be written; free some space"
            )
        last = self._said[-1] if self._said else "it ended without a word"
        return BackendError(f"FFmpeg could not write {self.path.name}: {last}")


def _arguments(path: Path, *, size: str, fps: Fraction, crf: int, preset: str) -> list[str]:
    rate = f"{fps.numerator}/{fps.denominator}"
    colour = "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv"
    given = f"-f rawvideo -pix_fmt yuv420p -video_size {size} -framerate {rate} {colour} -i pipe:0"
    codec = f"-c:v libx264 -preset {preset} -crf {crf} -threads 1 -pix_fmt yuv420p"
    # No version of the encoder and no date in the file: the same frames are the same bytes.
    bare = "-bitexact -fflags +bitexact -map_metadata -1"
    often = f"-g {max(1, round(fps * KEYFRAME_S))}"
    words = (
        f"-hide_banner -loglevel error -nostdin -y {given} -map 0:v -an {codec} {often} "
        f"{colour} -chroma_sample_location center {bare} -f mp4"
    )
    # FFmpeg takes what begins with a hyphen or holds a colon for something else than a file.
    return [*words.split(), f"file:{path}"]

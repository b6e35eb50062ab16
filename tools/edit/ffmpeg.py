"""Runs the FFmpeg that comes with the install, and holds the one set of codec settings.

Every part of a film is encoded with `x264_arguments`, so that the parts share their parameter sets
and join without encoding. One thread a process: threads change x264's decisions, and whoever cuts a
film runs several parts at a time.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from nightshoot.errors import ArtifactError, BackendError

PRESET = "veryfast"
CRF = 18
"""Source: measured on a slow push into a painted night river, 720x1280 at 24 fps, decoding too:
`veryfast` at 18 takes 14.7 ms of one core a frame and 118 kB a second of film, SSIM 0.993;
`superfast` 10.2 ms, but 397 kB; `faster` 24.2 ms for the same SSIM."""

X264_PARAMETERS = (
    "keyint=48:min-keyint=4:open-gop=0:stitchable=1:threads=1:lookahead-threads=1:aq-mode=3"
    ":bframes=3:b-pyramid=normal:colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv"
)
"""Closed groups of pictures and parameter sets that depend on the raster alone. `aq-mode=3` spends
bits on dark gradients, where banding shows first (x264 documentation)."""

_STILL_SEARCH = "subme=1:me=dia"
"""Two pictures fading into each other have no common motion to find. These two do not enter the
parameter sets. Source: benchmarks/cut.py: a dissolve costs 23 % less, at the same factor and 8 %
more bits."""

REORDERED_FRAMES = 2
"""How many frames a decoder must hold back at these settings: three B-frames with a pyramid."""

_NO_SYSTEM_FONTS = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>\n'
)


def x264_arguments(fps: Fraction, *, blend: bool = False) -> list[str]:
    """Gives FFmpeg's output arguments for one part of a film, up to but without the file name.

    Args:
        fps: frames per second.
        blend: the part shows two pictures at once, and motion need not be sought.
    """
    parameters = f"{X264_PARAMETERS}:{_STILL_SEARCH}" if blend else X264_PARAMETERS
    return [
        *("-map_metadata", "-1", "-an", "-c:v", "libx264", "-preset", PRESET, "-crf", str(CRF)),
        *("-x264-params", parameters, "-pix_fmt", "yuv420p", "-profile:v", "high"),
        *("-threads", "1", "-flags:v", "+bitexact", "-fflags", "+bitexact"),
        *("-video_track_timescale", str(time_scale(fps)), "-f", "mp4"),
    ]


def ffmpeg_version() -> str:
    """Says which FFmpeg encodes: the wheel's version, for each brings one build."""
    from imageio_ffmpeg import __version__

    return f"imageio-ffmpeg {__version__}"


def time_scale(fps: Fraction) -> int:
    """Gives a time scale of at least 10,000 a second in which every frame has a whole length."""
    return fps.numerator * -(-10_000 // fps.numerator)


def write_note(path: Path, text: str) -> None:
    """Writes a small text file for FFmpeg to read.

    Raises:
        ArtifactError: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise ArtifactError(f"{path} cannot be written: {fault.strerror}") from fault


def run_ffmpeg(arguments: Sequence[str], *, cwd: Path) -> None:
    """Runs FFmpeg in the folder `cwd`, where file names in filters need no escaping.

    System fonts are hidden from it, so that captions look the same on every machine.

    Raises:
        ArtifactError: the disk is full.
        BackendError: FFmpeg failed; the message ends with its last line.
    """
    from imageio_ffmpeg import get_ffmpeg_exe

    fonts = cwd / "fonts.conf"
    write_note(fonts, _NO_SYSTEM_FONTS)
    command = [get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-v", "error", "-y", *arguments]
    environment = {**os.environ, "FONTCONFIG_FILE": str(fonts.resolve())}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, check=False)
    if done.returncode:
        complaint = done.stderr.decode("utf-8", "replace").strip()
        if "No space left" in complaint:
            raise ArtifactError("the cut cannot be written: no space is left on the disk")
        last = complaint.splitlines()[-1] if complaint else f"exit status {done.returncode}"
        raise BackendError(f"FFmpeg could not encode a part of the film: {last}")

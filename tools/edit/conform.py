"""Encodes one body of the film: the wanted frames of a take, to size, with captions burned in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from nightshoot.domain.cut import Caption
from nightshoot.domain.storyboard import Grade
from nightshoot.errors import ArtifactError, BackendError, InputError
from nightshoot.tools.edit.ass import ass_script
from nightshoot.tools.edit.ffmpeg import run_ffmpeg, write_note, x264_arguments
from nightshoot.tools.edit.fonts import sans_font
from nightshoot.tools.edit.grading import grading
from nightshoot.tools.edit.parts import Body, Raster
from nightshoot.tools.edit.probe import probe

_OUTPUT = "part.mp4"
_COLOURS = (
    "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709:chroma_location=left"
)


def conform(*, body: Body, take: Path, scratch: Path) -> Path:
    """Encodes a body into a new folder under `scratch` and gives the file.

    The same body of the same take gives the same bytes.

    Args:
        body: what to encode.
        take: the file of `body.take`.
        scratch: a folder of the caller's.

    Raises:
        InputError: the take is shorter than the cut says, or is no video.
        ArtifactError: the disk is full.
        BackendError: FFmpeg failed.
    """
    folder = part_folder(scratch)
    source = input_arguments(take, first=body.first, num_frames=body.num_frames, raster=body.raster)
    chain = ",".join(
        [
            *fitting(take, raster=body.raster),
            *graded(body.grade, raster=body.raster, folder=folder, name="grade"),
            *burning(body.captions, raster=body.raster, folder=folder),
        ]
    )
    arguments = [*source, "-filter_threads", "1", "-vf", chain]
    return encode_part(arguments, num_frames=body.num_frames, raster=body.raster, folder=folder)


def part_folder(scratch: Path) -> Path:
    """Makes a folder for one part, so that parts encoded side by side do not meet.

    Raises:
        ArtifactError: the folder cannot be made.
    """
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="part-", dir=scratch)).resolve()
    except OSError as fault:
        raise ArtifactError(f"{scratch} cannot be written: {fault.strerror}") from fault


def input_arguments(take: Path, *, first: int, num_frames: int, raster: Raster) -> list[str]:
    """Gives FFmpeg's arguments that read frames of a take from `first` on, decoding little else.

    Raises:
        InputError: the take has not that many frames, or is no video.
    """
    probed = probe(take)
    available = int(Fraction(probed.num_frames) / probed.fps * raster.fps + Fraction(1, 2))
    if first + num_frames > available:
        raise InputError(
            f"a take has {available} frames where the cut needs {first + num_frames}: "
            "shoot it again or shorten its clip"
        )
    # Half a frame early: FFmpeg counts in microseconds, and must not drop the first frame.
    seek = [] if first == 0 else ["-ss", f"{float((first - Fraction(1, 2)) / raster.fps):.6f}"]
    return ["-threads", "1", *seek, "-i", f"file:{take.resolve()}"]


def fitting(take: Path, *, raster: Raster) -> list[str]:
    """Gives the filters that bring a take to the film's size, rate and clock (frame 0 at 0)."""
    probed = probe(take)
    filters = []
    if probed.fps != raster.fps:
        filters.append(f"setpts=PTS-STARTPTS,fps={raster.fps}")
    if (probed.width, probed.height) != (raster.width, raster.height):
        size = f"{raster.width}:{raster.height}"
        filters += [
            f"scale={size}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=lanczos",
            f"pad={size}:-1:-1:black",
        ]
    return [*filters, "format=yuv420p", "setsar=1", *clock(raster.fps)]


def graded(grade: Grade, *, raster: Raster, folder: Path, name: str) -> list[str]:
    """Gives the filters of a grade, which leave the frames numbered and named as they were."""
    filters = grading(grade, folder=folder, name=name)
    return [*filters, *clock(raster.fps)] if filters else []


def clock(fps: Fraction) -> list[str]:
    """Gives the filters that number the frames anew, uniformly from 0, at a rate.

    They also say what the colours are: what filters leave unsaid would change the parameter sets,
    and parts with other sets cannot be joined.
    """
    return [f"settb={fps.denominator}/{fps.numerator}", "setpts=N", _COLOURS]


def burning(captions: Sequence[Caption], *, raster: Raster, folder: Path) -> list[str]:
    """Writes captions and their font into `folder` and gives the filters that burn them in."""
    if not captions:
        return []
    script = ass_script(
        captions,
        locale=raster.locale,
        width=raster.width,
        height=raster.height,
        size=raster.caption_size,
    )
    write_note(folder / "captions.ass", script)
    fonts = folder / "fonts"
    fonts.mkdir(exist_ok=True)
    font = sans_font()
    try:
        (fonts / font.name).symlink_to(font)
    except (OSError, NotImplementedError):
        shutil.copyfile(font, fonts / font.name)
    # libass sees a clock of ten frames a second; see the module `ass`.
    burn = "ass=filename=captions.ass:fontsdir=fonts"
    return ["settb=1/10", "setpts=N", burn, *clock(raster.fps)]


def encode_part(
    arguments: Sequence[str],
    *,
    num_frames: int,
    raster: Raster,
    folder: Path,
    blend: bool = False,
) -> Path:
    """Runs FFmpeg with these inputs and filters, and gives the part once its frames are counted.

    Raises:
        ArtifactError: the disk is full.
        BackendError: FFmpeg failed or gave another number of frames.
    """
    output = x264_arguments(raster.fps, blend=blend)
    rate = ["-r", str(raster.fps), "-frames:v", str(num_frames)]
    run_ffmpeg([*arguments, *rate, *output, _OUTPUT], cwd=folder)
    part = folder / _OUTPUT
    encoded = probe(part).num_frames
    if encoded != num_frames:
        raise BackendError(
            f"a part of the film came out with {encoded} frames instead of {num_frames}: "
            "its take may be damaged; shoot it again"
        )
    return part

"""Two versions of shots side by side on one screen, the older on the left."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from nightshoot.tools.edit.conform import clock
from nightshoot.tools.edit.ffmpeg import run_ffmpeg, x264_arguments
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.edit.stitch import stitch

_MOST_HEIGHT = 640
"""Of one side, in pixels: two upright pictures of it fit a laptop's screen."""

_GAP = 8
"""Pixels between the sides."""

Pair = tuple[Path | None, Path | None]
"""The takes of one shot, before and after; None: that version does not have the shot."""


def split_screen(
    pairs: Sequence[Pair], *, width: int, height: int, fps: Fraction, title: str, scratch: Path
) -> Path:
    """Writes one silent MP4 with every pair in order, and gives it.

    The shorter side of a pair stands still at its last frame until the other ends.

    Args:
        pairs: at least one.
        width: of the film's pictures, in pixels.
        height: of the film's pictures, in pixels.
        fps: frames per second.
        title: goes into the file's metadata.
        scratch: a folder of the caller's.

    Raises:
        ArtifactError: a take is broken, or the disk is full.
        BackendError: FFmpeg failed.
    """
    share = min(1.0, _MOST_HEIGHT / height)
    size = (round(width * share / 2) * 2, round(height * share / 2) * 2)
    parts, total = [], 0
    for number, pair in enumerate(pairs):
        frames = max(_frames(take, fps) for take in pair if take is not None)
        part = scratch / f"pair{number}.mp4"
        _paired(pair, size=size, fps=fps, num_frames=frames, part=part)
        parts.append(part)
        total += frames
    target = scratch / "split_screen.mp4"
    stitch(parts=parts, num_frames=total, sound=None, fps=fps, title=title, target=target)
    return target


def _frames(take: Path, fps: Fraction) -> int:
    probed = probe(take)
    return max(1, int(Fraction(probed.num_frames) / probed.fps * fps + Fraction(1, 2)))


def _paired(
    pair: Pair, *, size: tuple[int, int], fps: Fraction, num_frames: int, part: Path
) -> None:
    width, height = size
    inputs: list[str] = []
    chains: list[str] = []
    for place, take in enumerate(pair):
        if take is None:
            length = num_frames / fps
            source = f"color=c=0x14110f:s={width}x{height}:r={fps}:d={float(length):.6f}"
            inputs += ["-f", "lavfi", "-i", source]
        else:
            inputs += ["-i", f"file:{take.resolve()}"]
        chains.append(
            f"[{place}:v]fps={fps},scale={width}:{height}:force_original_aspect_ratio=decrease,"
            f"pad={width}:{height}:-1:-1:0x14110f,setsar=1,format=yuv420p,"
            f"tpad=stop=-1:stop_mode=clone,trim=end_frame={num_frames}[{'ab'[place]}]"
        )
    gap = f"[a]pad={width + _GAP}:{height}:0:0:0x14110f[c]"
    finish = f"[c][b]hstack=shortest=1,{','.join(clock(fps))}[v]"
    graph = ";".join([*chains, gap, finish])
    output = ["-r", str(fps), "-frames:v", str(num_frames), *x264_arguments(fps), part.name]
    arguments = [*inputs, "-filter_complex", graph, "-map", "[v]", *output]
    run_ffmpeg(arguments, cwd=part.parent)

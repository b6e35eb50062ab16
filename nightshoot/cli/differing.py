"""Shows what differs between two versions: a page, and a video with both on one screen."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nightshoot.artifacts import Store
from nightshoot.comparing import Difference, Seen, compare
from nightshoot.domain.storyboard import Grade
from nightshoot.errors import InputError
from nightshoot.files import write_atomically
from nightshoot.pages.difference import difference_page
from nightshoot.production import Production
from nightshoot.tools.edit.conform import clock
from nightshoot.tools.edit.ffmpeg import run_ffmpeg, x264_arguments
from nightshoot.tools.edit.grading import graded, grading
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.edit.split_screen import split_screen
from nightshoot.tools.measure.frames import read_picture
from nightshoot.tools.measure.stills import shrunk
from nightshoot.versions import Version

PAGE, VIDEO = "difference.html", "difference.mp4"

_STILL = 460
"""The shorter side of a still on the page, in pixels."""

_QUALITY = 80
"""Of its JPEG: as on the page of the storyboard."""


def compared(production: Production, before: Version, after: Version, store: Store) -> Difference:
    """Gives what differs between two versions, and writes `difference.html`."""
    options = production.sheet.options
    found = compare(before, after, size=(options.width, options.height), store=store)
    stills = {
        (seen.keyframe, seen.shot.grade): _still(store.path(seen.keyframe), seen.shot.grade)
        for change in found.shots
        for seen in (change.before, change.after)
        if seen and seen.keyframe
    }
    write_atomically(production.folder / PAGE, difference_page(found, stills).encode())
    return found


def _still(path: Path, grade: Grade) -> bytes:
    """Gives a small JPEG of a keyframe, in the light and colour of its shot."""
    import cv2

    picture = shrunk(read_picture(path), shorter=_STILL)
    colours = graded(picture[..., ::-1] / 255.0, grade)[..., ::-1]
    pixels = np.rint(colours * 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()


def compared_video(production: Production, found: Difference, store: Store) -> Path:
    """Writes `difference.mp4`, the shots that differ side by side, and gives it.

    Raises:
        InputError: no shot looks otherwise.
    """
    options = production.sheet.options
    target = production.folder / VIDEO
    with store.scratch() as scratch:
        pairs = [
            (_filmed(change.before, store, scratch), _filmed(change.after, store, scratch))
            for change in found.shots
            if _look(change.before) != _look(change.after)
        ]
        if not pairs:
            raise InputError("every shot looks the same in both versions: there is nothing to film")
        made = split_screen(
            pairs,
            width=options.width,
            height=options.height,
            fps=options.fps,
            title=f"{found.title}: {found.before} / {found.after}",
            scratch=scratch,
        )
        write_atomically(target, made.read_bytes())
    return target


def _look(seen: Seen | None) -> tuple[str, Grade]:
    return (seen.take, seen.shot.grade) if seen else ("", Grade())


def _filmed(seen: Seen | None, store: Store, scratch: Path) -> Path | None:
    """Gives a shot's take as it is graded; None where there is none."""
    if seen is None or not seen.take:
        return None
    take = store.path(seen.take)
    name = f"{seen.shot.id}-{seen.take[:12]}"
    filters = grading(seen.shot.grade, folder=scratch, name=name)
    if not filters:
        return take
    rate = probe(take).fps
    arguments = ["-i", f"file:{take.resolve()}", "-an", "-vf"]
    arguments += [",".join([*filters, "format=yuv420p", *clock(rate)]), "-r", str(rate)]
    part = scratch / f"{name}.mp4"
    run_ffmpeg([*arguments, *x264_arguments(rate), part.name], cwd=scratch)
    return part

"""Writes the film's captions as SubRip text, with every character that was said."""

from __future__ import annotations

from fractions import Fraction

from nightshoot.domain.cut import Cut
from nightshoot.tools.edit.parts import film_captions


def srt_text(cut: Cut) -> str:
    """Gives the text of `film.srt`: UTF-8, times rounded from exact frames to milliseconds."""
    blocks = []
    for number, caption in enumerate(film_captions(cut), start=1):
        start, end = _clock(caption.start, cut.fps), _clock(caption.end, cut.fps)
        # An empty line would end the block early, and an arrow would look like a time.
        lines = [line.strip().replace("-->", "→") for line in caption.text.splitlines()]
        text = "\n".join(line for line in lines if line)
        blocks.append(f"{number}\n{start} --> {end}\n{text}\n")
    return "\n".join(blocks)


def _clock(frame: int, fps: Fraction) -> str:
    milliseconds = round(frame / fps * 1000)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02},{milliseconds:03}"

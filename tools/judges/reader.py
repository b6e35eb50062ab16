"""Reads text in pictures by PP-OCR, whose weights the package `rapidocr` brings."""

from __future__ import annotations

from typing import Any

from nightshoot.errors import BackendError
from nightshoot.tools.judges.messages import (
    Classify,
    Embed,
    HasRead,
    Hear,
    ModelSpec,
    ReadText,
    Region,
    Writing,
)
from nightshoot.tools.judges.model import picture_of

LONGEST_SIDE = 960
"""Pixels that a picture is brought down to. Source: docs/judges.md, where what is found and what it
costs are measured; PP-OCR itself was trained on sides of 960 (its detector's configuration)."""


def load(spec: ModelSpec) -> Reader:
    """Loads the detector and the recogniser, on the CPU."""
    del spec
    return Reader()


class Reader:
    """Finds lines of Chinese and English text, and reads them."""

    def __init__(self) -> None:
        """Loads them."""
        from rapidocr import RapidOCR

        self._read: Any = RapidOCR(
            params={
                "Global.log_level": "error",
                # Text upside down is not looked for.
                "Global.use_cls": False,
                # Its own way scales small pictures up, at ten times the cost.
                "Det.limit_type": "max",
                "Det.limit_side_len": LONGEST_SIDE,
            }
        )

    def ask(self, question: Embed | Classify | ReadText | Hear) -> HasRead:
        """Reads. Raises InputError for a file that is no picture."""
        if not isinstance(question, ReadText):
            raise BackendError("a reader of text only reads")
        return HasRead(writings=tuple(self._written(region) for region in question.pictures))

    def _written(self, region: Region) -> tuple[Writing, ...]:
        import numpy as np

        picture = picture_of(region)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        # PP-OCR takes OpenCV's order of colours.
        found = self._read(np.asarray(picture)[:, :, ::-1].copy())
        if found.txts is None or found.boxes is None or found.scores is None:
            return ()
        return tuple(
            Writing(
                text=str(text),
                sure=min(1.0, max(0.0, float(sure))),
                # The box's four corners begin at its upper left and go round.
                height=float(np.linalg.norm(np.subtract(box[3], box[0]))) / picture.height,
            )
            for text, sure, box in zip(found.txts, found.scores, found.boxes, strict=True)
        )

"""Whether the picture goes black."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.protocol import Scale
from nightshoot.tools.measure.shown import TakeShown

BLACK_LUMA = 4.0
"""Mean brightness, of 255, below which a frame is black. Source: measured over 1,080 shadow-play
paintings of all settings, weathers, moods and sizes, most of them at night: the darkest (a field in
the rain, tense, three people close) has 10.9 at 720x1280, and a black take decodes to 0.0."""


class BlackFrames:
    """Finds the darkest frame."""

    scale = Scale(
        id="black_frames",
        unit="luma of 255",
        direction=Direction.AT_LEAST,
        threshold=BLACK_LUMA,
    )

    def __call__(self, shown: TakeShown) -> Finding:
        """Gives the mean brightness of the darkest frame."""
        means = shown.footage.luma.mean(axis=(1, 2))
        worst = int(means.argmin())
        return self.scale.finding(
            float(means[worst]),
            "The picture goes black; light the subject and keep light in the whole take.",
            frame=worst,
        )

"""Whether picture and sound end together."""

from __future__ import annotations

from nightshoot.domain.review import Direction, Finding
from nightshoot.tools.measure.film.shown import FilmShown
from nightshoot.tools.measure.protocol import NotJudged, Scale

MOST_DRIFT = 1.0
"""In frames. Source: an AAC frame of 1024 samples at 48 kHz is half a frame of picture at 24 a
second; ITU-R BT.1359-1 has viewers notice sound that leads by 45 ms, about one frame."""


class AudioVideoDrift:
    """Compares the ends of the two tracks."""

    scale = Scale(
        id="audio_video_drift",
        unit="frames",
        direction=Direction.AT_MOST,
        threshold=MOST_DRIFT,
    )

    def __call__(self, shown: FilmShown) -> Finding | NotJudged:
        """Gives how far apart the ends are."""
        film = shown.film
        if not film.has_audio:
            return NotJudged("the film has no sound")
        drift = abs(film.audio_duration_s - film.duration_s) * float(film.fps)
        return self.scale.finding(drift, "Picture and sound do not end together.")

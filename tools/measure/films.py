"""Judges a finished film: each measure gives one finding, or says why it has none."""

from __future__ import annotations

from nightshoot.domain.review import Review
from nightshoot.tools.measure.film.audio_video_drift import AudioVideoDrift
from nightshoot.tools.measure.film.black_joins import BlackJoins
from nightshoot.tools.measure.film.caption_overlap import CaptionOverlap
from nightshoot.tools.measure.film.caption_reading_speed import CaptionReadingSpeed
from nightshoot.tools.measure.film.caption_safe_area import CaptionSafeArea
from nightshoot.tools.measure.film.duplicate_shots import DuplicateShots
from nightshoot.tools.measure.film.frame_count import FrameCount
from nightshoot.tools.measure.film.length import Length
from nightshoot.tools.measure.film.loudness import FilmLoudness
from nightshoot.tools.measure.film.shown import FilmShown
from nightshoot.tools.measure.film.true_peak import TruePeak
from nightshoot.tools.measure.protocol import Measure, NotJudged

VERSION = "4"
"""Changes whenever the same film would be judged otherwise; part of the review's key."""

MEASURES: tuple[Measure[FilmShown], ...] = (
    FrameCount(),
    Length(),
    AudioVideoDrift(),
    FilmLoudness(),
    TruePeak(),
    BlackJoins(),
    DuplicateShots(),
    CaptionOverlap(),
    CaptionReadingSpeed(),
    CaptionSafeArea(),
)
"""In the order in which the page lists them."""


def judge_film(shown: FilmShown) -> Review:
    """Gives the verdict on a film."""
    found = [(measure.scale.id, measure(shown)) for measure in MEASURES]
    return Review(
        findings=tuple(one for _, one in found if not isinstance(one, NotJudged)),
        not_judged=tuple(f"{name}: {one.why}" for name, one in found if isinstance(one, NotJudged)),
    )

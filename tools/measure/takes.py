"""Judges a filmed take: each measure gives one finding, or says why it has none."""

from __future__ import annotations

from nightshoot.domain.review import Review
from nightshoot.tools.measure.protocol import Measure, NotJudged
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.measure.take.black_frames import BlackFrames
from nightshoot.tools.measure.take.blank_frames import BlankFrames
from nightshoot.tools.measure.take.borders import Borders
from nightshoot.tools.measure.take.camera_move import CameraMotion
from nightshoot.tools.measure.take.clipped_exposure import ClippedExposure
from nightshoot.tools.measure.take.colour_cast import ColourCast
from nightshoot.tools.measure.take.detail_kept import DetailKept
from nightshoot.tools.measure.take.dynamic_degree import DynamicDegree
from nightshoot.tools.measure.take.first_frame import FirstFrame
from nightshoot.tools.measure.take.format import Format
from nightshoot.tools.measure.take.frame_count import FrameCount
from nightshoot.tools.measure.take.frozen_stretch import FrozenStretch
from nightshoot.tools.measure.take.imaging_quality import ImagingQuality
from nightshoot.tools.measure.take.jump_cut import JumpCut
from nightshoot.tools.measure.take.sharpness_kept import SharpnessKept
from nightshoot.tools.measure.take.temporal_flickering import TemporalFlickering
from nightshoot.tools.measure.take.violent_motion import ViolentMotion

VERSION = "9"
"""Changes whenever the same take would be judged otherwise; part of every review's key."""

MEASURES: tuple[Measure[TakeShown], ...] = (
    FrameCount(),
    Format(),
    BlackFrames(),
    BlankFrames(),
    DynamicDegree(),
    FrozenStretch(),
    CameraMotion(),
    ViolentMotion(),
    JumpCut(),
    TemporalFlickering(),
    FirstFrame(),
    ImagingQuality(),
    SharpnessKept(),
    DetailKept(),
    ClippedExposure(),
    ColourCast(),
    Borders(),
)
"""In the order in which the board lists them."""


def judge_take(shown: TakeShown) -> Review:
    """Gives the verdict on a filmed take."""
    found = [(measure.scale.id, measure(shown)) for measure in MEASURES]
    return Review(
        findings=tuple(one for _, one in found if not isinstance(one, NotJudged)),
        not_judged=tuple(f"{name}: {one.why}" for name, one in found if isinstance(one, NotJudged)),
    )

"""Judges a filmed take: each measure gives one finding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nightshoot.domain.review import Direction, Finding, Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import CameraMove, ShotSize
from nightshoot.tools.measure.frames import Footage

VERSION = "2"
"""Changes whenever the same take would be judged otherwise; part of every review's key."""

BLACK_LUMA = 4.0
"""Mean brightness, of 255, below which a frame is black. Source: measured over 1,080 shadow-play
paintings of all settings, weathers, moods and sizes, most of them at night: the darkest (a field in
the rain, tense, three people close) has 10.9 at 720x1280, and a black take decodes to 0.0."""

BLANK_CONTRAST = 3.0
"""Standard deviation of brightness, of 255, below which a frame is blank. Source: of the same
paintings the flattest (heaven in fog at dawn) has 7.4 at 720x1280; a flat grey take has less than
0.1, one with noise of 2 levels 0.7 at 720x1280 and 2.1 at 270x480."""

STILL_CHANGE = 0.1
"""Mean change of brightness over half a second, of 255, below which a take stands still; the median
over the take. Source: a still painting that is filmed frame by frame has 0.000 at 270x480 and at
720x1280; the gentlest moves of our own camera over the flattest painting have 0.20 (follow, ten
seconds) to 1.2 (tilt), and a fixed camera on one person, from a medium shot on, 1.2 to 2.8. From
one frame to the next the same moves have 0.04: too near to a still's 0.00 to tell."""

_NEAR = ShotSize.MS.tightness
"""From this size on a living person fills enough of the frame to be seen to move."""


def _frame_count(plan: ShotPlan, take: Footage) -> Finding:
    off = abs(len(take.luma) - plan.num_frames)
    return Finding(
        measure="frame_count",
        value=off,
        unit="frames",
        threshold=0,
        direction=Direction.AT_MOST,
        note=f"The take has {len(take.luma)} frames, the plan asks for {plan.num_frames}.",
    )


def _format(plan: ShotPlan, take: Footage) -> Finding:
    right = (take.width, take.height, take.fps) == (plan.width, plan.height, plan.fps)
    return Finding(
        measure="format",
        value=0 if right else 1,
        unit="mismatches",
        threshold=0,
        direction=Direction.AT_MOST,
        note=f"The take is {take.width}x{take.height} at {take.fps}, "
        f"the plan asks for {plan.width}x{plan.height} at {plan.fps}.",
    )


def _black(plan: ShotPlan, take: Footage) -> Finding:
    means = take.luma.mean(axis=(1, 2))
    worst = int(means.argmin())
    return Finding(
        measure="black_frames",
        value=round(float(means[worst]), 3),
        unit="luma of 255",
        threshold=BLACK_LUMA,
        direction=Direction.AT_LEAST,
        note="The picture goes black; light the subject and keep light in the whole take.",
        frame=worst,
    )


def _blank(plan: ShotPlan, take: Footage) -> Finding:
    contrast = take.luma.std(axis=(1, 2))
    worst = int(contrast.argmin())
    return Finding(
        measure="blank_frames",
        value=round(float(contrast[worst]), 3),
        unit="luma deviation of 255",
        threshold=BLANK_CONTRAST,
        direction=Direction.AT_LEAST,
        note="The picture is empty, one flat tone; show the subject against a background.",
        frame=worst,
    )


def _must_move(plan: ShotPlan) -> bool:
    """Whether something in the shot has to move: the camera, or a person who is near.

    A fixed camera on an empty room or a far desert gives a take as still as a frozen one, rightly.
    """
    camera = plan.camera
    moves = camera.move is not CameraMove.STATIC or bool(camera.path)
    return moves or (bool(plan.staging.figures) and camera.size.tightness >= _NEAR)


def _still(plan: ShotPlan, take: Footage) -> Finding:
    apart = max(1, min(round(take.fps / 2), len(take.luma) - 1))
    change = 0.0
    if len(take.luma) > 1:
        luma = take.luma.astype(np.int16)
        change = float(np.median(np.abs(luma[apart:] - luma[:-apart]).mean(axis=(1, 2))))
    return Finding(
        measure="dynamic_degree",
        value=round(change, 4),
        unit="luma change of 255 in half a second",
        threshold=STILL_CHANGE,
        direction=Direction.AT_LEAST,
        note="The take stands still; let the camera make its move, and air, water or people live.",
        frame=len(take.luma) // 2,
    )


MEASURES: tuple[Callable[[ShotPlan, Footage], Finding], ...] = (
    _frame_count,
    _format,
    _black,
    _blank,
)


def judge_take(plan: ShotPlan, take: Footage) -> Review:
    """Gives the verdict on a filmed take.

    `dynamic_degree` is VBench's name (Huang et al., CVPR 2024) for how much a video moves.
    """
    findings = [measure(plan, take) for measure in MEASURES]
    if _must_move(plan):
        return Review(findings=(*findings, _still(plan, take)))
    return Review(
        findings=tuple(findings),
        not_judged=("dynamic_degree: nothing in this shot has to move",),
    )

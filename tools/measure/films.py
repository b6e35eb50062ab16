"""Judges a finished film: its length, its picture against its sound, and its loudness."""

from __future__ import annotations

import math

from nightshoot.domain.cut import Cut
from nightshoot.domain.review import Direction, Finding, Review
from nightshoot.tools.edit.probe import Probed
from nightshoot.tools.measure.loudness import Loudness

VERSION = "1"
"""Changes whenever the same film would be judged otherwise; part of the review's key."""

LOUDNESS_LUFS = -16.0
"""Integrated loudness of a film. Source: AES TD1008 (2021) recommends -16 LUFS for speech on the
web and on phones."""

LOUDNESS_TOLERANCE = 1.0
"""In LU. Source: EBU R 128 allows programmes that cannot be normalised exactly 1 LU."""

TRUE_PEAK_DBTP = -1.0
"""Source: EBU R 128: no true peak above -1 dBTP."""


def judge_film(cut: Cut, film: Probed, sound: Loudness | None) -> Review:
    """Gives the verdict on a film.

    Args:
        cut: what was to be rendered.
        film: what the file holds.
        sound: what its sound measures; None for a film without sound.
    """
    findings = [
        Finding(
            measure="frame_count",
            value=abs(film.num_frames - cut.num_frames),
            unit="frames",
            threshold=0,
            direction=Direction.AT_MOST,
            note=f"The film has {film.num_frames} frames, its parts {cut.num_frames}.",
        )
    ]
    if film.has_audio:
        drift = abs(film.audio_duration_s - film.duration_s) * float(film.fps)
        findings.append(
            Finding(
                measure="audio_video_drift",
                value=round(drift, 3),
                unit="frames",
                threshold=1,
                direction=Direction.AT_MOST,
                note="Picture and sound do not end together.",
            )
        )
    not_judged = []
    if sound is None or not math.isfinite(sound.integrated_lufs):
        not_judged.append("loudness: the film is silent")
    else:
        findings += [
            Finding(
                measure="loudness",
                value=round(abs(sound.integrated_lufs - LOUDNESS_LUFS), 2),
                unit=f"LU from {LOUDNESS_LUFS:g} LUFS",
                threshold=LOUDNESS_TOLERANCE,
                direction=Direction.AT_MOST,
                note=f"The film's loudness is {sound.integrated_lufs:.1f} LUFS.",
            ),
            Finding(
                measure="true_peak",
                value=round(sound.true_peak_dbtp, 2),
                unit="dBTP",
                threshold=TRUE_PEAK_DBTP,
                direction=Direction.AT_MOST,
                note=f"The film's true peak is {sound.true_peak_dbtp:.1f} dBTP.",
            ),
        ]
    return Review(findings=tuple(findings), not_judged=tuple(not_judged))

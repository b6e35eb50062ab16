from __future__ import annotations

from fractions import Fraction

import pytest

from nightshoot.domain.time import frames_for
from nightshoot.domain.vocabulary import Transition
from nightshoot.tools.edit.timing import LEAD_S, PAUSE_S, TAIL_S, time_shot, transition_frames

RATES = [Fraction(24), Fraction(30000, 1001), Fraction(60), Fraction(12)]


@pytest.mark.parametrize("fps", RATES)
def test_no_voice_is_heard_during_a_transition(fps: Fraction) -> None:
    durations = [1.234, 0.5, 2.01]
    timing = time_shot(line_durations_s=durations, min_duration_s=1.0, fps=fps, before=18, after=24)
    assert timing.starts[0] >= 18 + LEAD_S * fps
    ends = [start + d * fps for start, d in zip(timing.starts, durations, strict=True)]
    for end, following in zip(ends, timing.starts[1:], strict=False):
        assert following >= end + PAUSE_S * fps - Fraction(1, 1000)
    assert ends[-1] + TAIL_S * fps <= timing.num_frames - 24 + Fraction(1, 1000)


def test_a_silent_shot_lasts_its_minimum_and_keeps_a_frame_of_its_own() -> None:
    silent = time_shot(line_durations_s=[], min_duration_s=2.5, fps=Fraction(24), before=0, after=0)
    assert silent.num_frames == 60
    assert silent.starts == ()
    tight = time_shot(
        line_durations_s=[], min_duration_s=0.5, fps=Fraction(24), before=18, after=18
    )
    assert tight.num_frames == 37


def test_a_shot_is_longer_than_its_minimum_only_where_its_lines_need_it() -> None:
    one = time_shot(line_durations_s=[1.0], min_duration_s=6, fps=Fraction(24), before=0, after=0)
    assert one.num_frames == 144
    two = time_shot(line_durations_s=[8.0], min_duration_s=6, fps=Fraction(24), before=0, after=0)
    fps = Fraction(24)
    assert two.num_frames == frames_for(LEAD_S, fps) + 192 + frames_for(TAIL_S, fps)


def test_transitions_have_frames_and_a_cut_has_none() -> None:
    frames = {kind: transition_frames(kind, Fraction(24)) for kind in Transition}
    assert frames[Transition.CUT] == 0
    assert frames[Transition.DISSOLVE] == 12
    assert frames[Transition.DIP_TO_BLACK] == 24
    assert 6 <= frames[Transition.MATCH] <= 8

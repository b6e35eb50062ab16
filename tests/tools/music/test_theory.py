"""Scales, chords and tunes."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from nightshoot.tools.music.figures import ladder
from nightshoot.tools.music.moods import ANCIENT, MODERN
from nightshoot.tools.music.theory import SINGING, Scale, chords, ornamented, tune


def test_degrees_go_on_above_and_below_the_octave() -> None:
    assert [Scale.GONG.pitch(60, degree) for degree in (-1, 0, 4, 5)] == [57, 60, 69, 72]


def test_chords_are_read_by_root_and_quality() -> None:
    major, minor = chords("0 9:m")
    assert major.classes == {0, 4, 7}
    assert minor.classes == {9, 0, 4}


def test_an_accompaniment_rises_from_its_root_within_two_octaves() -> None:
    for manner in (*ANCIENT.values(), *MODERN.values()):
        for chord in manner.chords:
            tones = ladder(chord, 50)
            assert tones == sorted(tones)
            assert len(tones) == 5
            assert tones[-1] - tones[0] <= 24
            assert tones[0] <= 55


@pytest.mark.parametrize("seed", range(12))
def test_a_period_stays_in_its_scale_and_comes_home_after_a_breath(seed: int) -> None:
    theme, manner_chords = tune(seed), chords("0 9:m 5 7 9:m 5 7 0")
    bars = [theme.bar(n, SINGING, Scale.GONG, manner_chords[n]) for n in range(8)]
    for index, bar in enumerate(bars):
        for before, tone in pairwise(bar):
            assert before.at + before.beats <= tone.at + 1e-9
        if index % 2:
            assert bar[-1].at + bar[-1].beats <= 3.5
        assert Scale.GONG.pitch(0, bar[0].degree) % 12 in manner_chords[index].classes
    assert bars[7][-1].degree % 5 == 0


def test_seeds_give_different_themes_and_the_same_seed_the_same() -> None:
    assert tune(4) == tune(4)
    assert len({tune(seed) for seed in range(40)}) == 40


def test_a_variation_keeps_the_length_of_every_note_it_divides() -> None:
    bar = tune(1).bar(0, SINGING, Scale.YU, chords("0:m")[0])
    varied = ornamented(bar, Random(1))
    assert sum(tone.beats for tone in varied) == pytest.approx(sum(tone.beats for tone in bar))

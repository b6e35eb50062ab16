"""The form of a piece and what is written into it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nightshoot.domain.vocabulary import Mood
from nightshoot.tools.music.arrange import arrange
from nightshoot.tools.music.form import merged, ring_out_s
from nightshoot.tools.music.moods import ANCIENT, MODERN
from nightshoot.tools.music.notes import Line, Note, Player, start_of
from nightshoot.tools.protocols import MoodSpan, Score

MODERN_PLAYERS = {Player.PIANO, Player.WARM_PAD, Player.BASS, Player.CELESTA, Player.SHAKER}
CHINESE_PLAYERS = {Player.GUZHENG, Player.PIPA, Player.ERHU, Player.XIAO, Player.WOODBLOCK}


def score(*spans: tuple[float, Mood], seed: int = 5, ancient: bool = True) -> Score:
    made = tuple(MoodSpan(duration_s=duration, mood=mood) for duration, mood in spans)
    return Score(spans=made, seed=seed, ancient=ancient)


def notes(of: Score) -> list[Note]:
    found: list[Note] = []
    for event in arrange(of).events:
        found += event.notes if isinstance(event, Line) else (event,)
    return found


def test_every_mood_has_a_manner_in_both_worlds() -> None:
    assert set(ANCIENT) == set(MODERN) == set(Mood)


def test_sections_turn_where_the_film_turns() -> None:
    piece = arrange(score((20, Mood.SERENE), (17.3, Mood.HEROIC), (22.7, Mood.MELANCHOLY)))
    ends = [(section.times[0], section.times[-1]) for section in piece.sections]
    assert ends[0] == pytest.approx((0, 20))
    assert ends[1] == pytest.approx((20, 37.3))
    assert ends[2] == pytest.approx((37.3, 60 - ring_out_s(60)))


@pytest.mark.parametrize("mood", Mood)
def test_the_tempo_stays_near_that_of_the_mood(mood: Mood) -> None:
    (section,) = arrange(score((45, mood))).sections
    assert section.bpm == pytest.approx(ANCIENT[mood].bpm, rel=0.05)


def test_a_stretch_too_short_for_music_joins_the_longer_neighbour() -> None:
    spans = score((20, Mood.SERENE), (2, Mood.TENSE), (9, Mood.JOYFUL), (1, Mood.TENSE)).spans
    joined = merged(spans)
    assert [(span.mood, span.duration_s) for span in joined] == [
        (Mood.SERENE, 22),
        (Mood.JOYFUL, 10),
    ]


def test_ancient_and_modern_bands_do_not_lend_each_other_players() -> None:
    for mood in Mood:
        ancient = {note.player for note in notes(score((40, mood)))}
        modern = {note.player for note in notes(score((40, mood), ancient=False))}
        assert not ancient & (MODERN_PLAYERS - {Player.WARM_PAD})
        assert not modern & CHINESE_PLAYERS


@pytest.mark.parametrize("mood", [Mood.SERENE, Mood.JOYFUL, Mood.MELANCHOLY])
def test_the_theme_waits_rests_and_ends_on_the_tonic(mood: Mood) -> None:
    order = score((60, mood))
    piece = arrange(order)
    lead = ANCIENT[mood].leads[0]
    sung = sorted((n for n in notes(order) if n.player is lead), key=lambda n: n.start_s)
    assert sung[0].start_s > 3
    rests = [b.start_s - a.start_s - a.length_s for a, b in pairwise(sung)]
    assert max(rests) > 0.5
    assert (sung[-1].pitch - piece.tonic) % 12 == 0


def test_the_last_chord_is_struck_before_the_end_and_nothing_after_it() -> None:
    order = score((40, Mood.WARM))
    starts = sorted(start_of(event) for event in arrange(order).events)
    assert 40 - ring_out_s(40) <= starts[-1] < 40 - ring_out_s(40) + 1.2


def test_players_are_human_but_not_drunk() -> None:
    order = score((40, Mood.JOYFUL))
    piece = arrange(order)
    beats = piece.sections[0].times
    drums = [n.start_s for n in notes(order) if n.player is Player.PULSE]
    off = [min(abs(at - beat) for beat in beats) for at in drums[:-1]]
    assert 0.002 < sum(off) / len(off) < 0.015
    assert max(off) < 0.04


def test_velocity_grows_towards_the_climax() -> None:
    order = score((60, Mood.ROMANTIC))

    def strength(begin: float, end: float) -> float:
        found = [n.velocity for n in notes(order) if begin <= n.start_s < end]
        return sum(found) / len(found)

    assert strength(40, 50) > 1.1 * strength(0, 12)


def test_seeds_and_worlds_change_the_piece() -> None:
    spans = (30.0, Mood.SERENE)
    pieces = [arrange(score(spans, seed=seed)).events for seed in (1, 2, 3)]
    assert len({tuple(str(event) for event in piece) for piece in pieces}) == 3
    assert arrange(score(spans)) == arrange(score(spans))


@pytest.mark.parametrize("duration", [0.3, 1.0, 3.0, 5.9])
def test_very_short_films_get_a_gesture(duration: float) -> None:
    events = arrange(score((duration, Mood.HEROIC))).events
    assert events
    assert all(0 <= start_of(event) < duration for event in events)

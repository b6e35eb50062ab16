"""Single notes, measured."""

from __future__ import annotations

import numpy as np
import pytest

from nightshoot.tools.music import struck, sung
from nightshoot.tools.music.instruments import Band
from nightshoot.tools.music.notes import Line, Note, Player
from nightshoot.tools.music.reverb import BLOCK, Reverb, impulse
from nightshoot.tools.music.struck import RATE, Sound


def note(player: Player, pitch: int, *, at: float = 0.0, length: float = 1.0) -> Note:
    return Note(player=player, start_s=at, length_s=length, pitch=pitch, velocity=0.7)


def loudest_hz(sound: Sound) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * len(sound)))
    return float(np.argmax(spectrum) * RATE / (8 * len(sound)))


def cents(a: float, b: float) -> float:
    return abs(1200 * float(np.log2(a / b)))


@pytest.mark.parametrize("make", [struck.GUZHENG, struck.PIPA, struck.PIANO])
@pytest.mark.parametrize("pitch", [62, 69, 76])
def test_strings_are_in_tune(make: struck.StringMake, pitch: int) -> None:
    sound = struck.string(make, pitch, 0.7, np.random.default_rng(1))[: RATE // 2]
    nearest = round(loudest_hz(sound) / struck.hertz(pitch))
    assert cents(loudest_hz(sound) / nearest, struck.hertz(pitch)) < 8


def test_a_pluck_dies_away_and_a_harder_one_is_brighter() -> None:
    def centroid(sound: Sound) -> float:
        power = np.abs(np.fft.rfft(sound[:RATE])) ** 2
        return float((power * np.arange(len(power))).sum() / power.sum())

    soft, hard = (
        struck.string(struck.GUZHENG, 62, strength, np.random.default_rng(1))
        for strength in (0.3, 0.9)
    )
    assert centroid(hard) > 1.1 * centroid(soft)
    assert np.abs(hard[-4800:]).max() < 0.1 * np.abs(hard[:4800]).max()


def test_a_bent_string_slides_up_to_its_pitch() -> None:
    straight = struck.string(struck.GUZHENG, 69, 0.7, np.random.default_rng(1))
    bent = struck.bent(straight, -2, 0.16, 5.2, 0.0)
    assert loudest_hz(bent[:2400]) < loudest_hz(straight[:2400]) * 0.96
    assert cents(loudest_hz(bent[RATE // 2 : RATE]), 440.0) < 10


@pytest.mark.parametrize("maker", [sung.ERHU, sung.XIAO, sung.STRINGS])
def test_a_line_glides_from_note_to_note_and_sways(maker: sung.Maker) -> None:
    line = Line(
        player=Player.ERHU, notes=(note(Player.ERHU, 69), note(Player.ERHU, 74, at=1, length=1.5))
    )
    sound = sung.sing(maker, line, np.random.default_rng(1))
    for begin, pitch in ((0.25, 69), (1.25, 74)):
        part = sound[int(begin * RATE) : int((begin + 0.6) * RATE)]
        fundamental = loudest_hz(part) / max(1, round(loudest_hz(part) / struck.hertz(pitch)))
        assert cents(fundamental, struck.hertz(pitch)) < 45
    assert np.abs(sound[-240:]).max() < 0.02
    assert np.abs(sound).max() < 1.6


@pytest.mark.parametrize("player", Player)
def test_every_player_sounds_and_repeats_the_same(player: Player) -> None:
    given = note(player, 60)
    event = Line(player=player, notes=(given,)) if player in sung_players() else given
    first, room = Band(7).play(event)
    again, _ = Band(7).play(event)
    assert first.shape[0] == 2
    assert 0.01 < np.abs(first).max() < 1.0
    assert 0 < room < 1
    assert np.array_equal(first, again)


def sung_players() -> set[Player]:
    return {Player.ERHU, Player.XIAO, Player.STRINGS}


def test_the_hall_keeps_its_tail_between_blocks_and_dies_away() -> None:
    room = Reverb()
    click = np.zeros(BLOCK, np.float32)
    click[BLOCK - 100] = 1.0
    first, second = room(click), room(np.zeros(BLOCK, np.float32))
    joined = np.concatenate([first, second], axis=1)[:, BLOCK - 100 :]
    response = impulse()
    assert np.allclose(joined[:, : response.shape[1]], response, atol=1e-4)
    energy = (response**2).sum(axis=0)
    assert energy[-RATE // 2 :].sum() < 1e-3 * energy.sum()
    left, right = response
    assert abs(float((left * right).sum())) < 0.8

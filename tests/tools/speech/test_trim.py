from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from nightshoot.errors import BackendError
from nightshoot.tools.speech.trim import (
    SAMPLE_RATE,
    Samples,
    decoded,
    finish,
    levelled,
    loudness_lufs,
    trimmed,
)


def tone(seconds: float, level: float = 0.1, pitch_hz: float = 1000.0) -> Samples:
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (level * np.sin(2 * np.pi * pitch_hz * times)).astype(np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def test_loudness_agrees_with_the_standards_reference_tone() -> None:
    # BS.1770-5: a 997 Hz sine at 0 dBFS in one channel is -3.01 LUFS.
    assert loudness_lufs(tone(3, 1.0, 997.0)) == pytest.approx(-3.01, abs=0.05)
    assert loudness_lufs(tone(3, 0.1, 997.0)) == pytest.approx(-23.01, abs=0.05)


def test_low_rumble_counts_less_than_a_voice_and_silence_not_at_all() -> None:
    assert loudness_lufs(tone(3, 0.1, 40.0)) < loudness_lufs(tone(3, 0.1, 1000.0)) - 4
    speech = np.concatenate([tone(2), silence(5)])
    assert loudness_lufs(speech) == pytest.approx(loudness_lufs(tone(2)), abs=0.8)
    assert loudness_lufs(silence(1)) == float("-inf")


@pytest.mark.parametrize("level", [0.003, 0.05, 0.6])
def test_quiet_and_loud_speakers_come_out_even(level: float) -> None:
    assert loudness_lufs(levelled(tone(1.5, level))) == pytest.approx(-20, abs=0.05)


def test_a_peaky_line_stays_below_its_ceiling() -> None:
    line = tone(2, 0.001)
    line[SAMPLE_RATE] = 1.0
    assert np.max(np.abs(levelled(line))) <= 10 ** (-1 / 20) + 1e-6


def test_silence_is_refused() -> None:
    with pytest.raises(BackendError, match="silence"):
        levelled(silence(1))


def test_ends_are_cut_to_60_ms_of_silence_and_the_voice_is_whole() -> None:
    line, first = trimmed(np.concatenate([silence(0.5), tone(1), silence(0.9)]))
    heard = np.flatnonzero(np.abs(line) > 0.05)
    assert 0 < heard[0] <= 0.06 * SAMPLE_RATE
    assert 0 < line.size - heard[-1] <= 0.06 * SAMPLE_RATE
    assert first + heard[0] == pytest.approx(0.5 * SAMPLE_RATE, abs=20)
    assert heard[-1] - heard[0] == pytest.approx(SAMPLE_RATE, abs=60)


def test_pauses_inside_a_line_are_kept() -> None:
    line, _ = trimmed(np.concatenate([tone(0.5), silence(0.7), tone(0.5)]))
    assert line.size == pytest.approx(1.7 * SAMPLE_RATE, abs=200)


def test_a_finished_line_is_mono_16_bit_24_khz_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "line.wav"
    finished = finish(np.concatenate([silence(0.3), tone(1, 0.02), silence(0.3)]), path)
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 24_000)
        assert sound.getnframes() / SAMPLE_RATE == pytest.approx(finished.duration_s)
    assert finished.duration_s == pytest.approx(1.09, abs=0.02)
    assert finished.cut_s == pytest.approx(0.26, abs=0.01)
    again = decoded(path.read_bytes())
    assert loudness_lufs(again) == pytest.approx(-20, abs=0.3)


def test_bytes_that_are_no_sound_are_refused() -> None:
    with pytest.raises(BackendError, match="not sound"):
        decoded(b"<html>Service unavailable</html>")

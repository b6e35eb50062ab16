"""Loudness against the reference tones of the standard."""

from __future__ import annotations

import math
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from nightshoot.errors import BackendError
from nightshoot.tools.measure.kweight import cell_energies, integrated
from nightshoot.tools.measure.loudness import loudness

RATE = 48_000


def tone(hertz: float, seconds: float, level: float = 1.0) -> npt.NDArray[np.float32]:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(level * np.sin(2 * np.pi * hertz * time), np.float32)


def written(path: Path, *channels: npt.NDArray[np.float32]) -> Path:
    pcm = np.round(np.stack(channels, axis=1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm.tobytes())
    return path


def test_a_full_scale_sine_in_one_channel_measures_minus_three(tmp_path: Path) -> None:
    sine = tone(997, 4)
    assert loudness(written(tmp_path / "a.wav", sine)).integrated_lufs == pytest.approx(
        -3.01, abs=0.1
    )
    left_only = written(tmp_path / "b.wav", sine, 0 * sine)
    assert loudness(left_only).integrated_lufs == pytest.approx(-3.01, abs=0.1)


def test_both_channels_add_and_a_gain_is_a_gain(tmp_path: Path) -> None:
    sine = tone(997, 4, 0.1)
    measured = loudness(written(tmp_path / "a.wav", sine, sine))
    assert measured.integrated_lufs == pytest.approx(-20.0, abs=0.1)
    assert measured.true_peak_dbtp == pytest.approx(-20.0, abs=0.2)


def test_a_peak_between_samples_is_found(tmp_path: Path) -> None:
    # A quarter of the sampling rate, at 45 degrees: every sample lies 3 dB under the crest.
    time = np.arange(2 * RATE)
    wave_between = (0.5 * np.sin(np.pi / 2 * time + np.pi / 4)).astype(np.float32)
    wave_between *= np.hanning(len(time)).astype(np.float32)
    measured = loudness(written(tmp_path / "a.wav", wave_between))
    assert measured.true_peak_dbtp == pytest.approx(-6.02, abs=0.3)
    assert 20 * math.log10(float(np.abs(wave_between).max())) < -9


def test_silence_and_sound_under_the_gate_have_no_loudness(tmp_path: Path) -> None:
    silence = np.zeros(2 * RATE, np.float32)
    measured = loudness(written(tmp_path / "a.wav", silence, silence))
    assert measured.integrated_lufs == -math.inf
    assert measured.true_peak_dbtp == -math.inf
    faint = loudness(written(tmp_path / "b.wav", tone(997, 2, 10 ** (-75 / 20))))
    assert faint.integrated_lufs == -math.inf


def test_pauses_do_not_count(tmp_path: Path) -> None:
    sine, pause = tone(997, 3, 0.1), np.zeros(6 * RATE, np.float32)
    measured = loudness(written(tmp_path / "a.wav", np.concatenate([sine, pause])))
    assert measured.integrated_lufs == pytest.approx(-23.0, abs=0.3)


def test_what_is_not_sound_is_refused(tmp_path: Path) -> None:
    junk = tmp_path / "junk.wav"
    junk.write_bytes(b"not a sound")
    with pytest.raises(BackendError, match="junk"):
        loudness(junk)


@pytest.mark.parametrize("hertz", [60, 200, 997, 4000, 10_000])
def test_the_quick_measure_agrees_with_the_standard_one(tmp_path: Path, hertz: float) -> None:
    left, right = tone(hertz, 5, 0.2), tone(hertz * 1.01, 5, 0.1)
    path = written(tmp_path / "a.wav", left, right)
    quick = integrated(cell_energies(np.stack([left, right], axis=1)))
    assert quick == pytest.approx(loudness(path).integrated_lufs, abs=0.25)


def test_the_quick_measure_gates_and_knows_silence() -> None:
    sine, pause = tone(997, 3, 0.1), np.zeros(6 * RATE, np.float32)
    assert integrated(cell_energies(np.concatenate([sine, pause]))) == pytest.approx(-23.0, abs=0.3)
    assert integrated(cell_energies(pause)) == -math.inf
    assert integrated(cell_energies(pause[:0])) == -math.inf

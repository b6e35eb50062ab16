"""Spoken lines are judged by their sound and their text: good ones pass, spoiled ones do not."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError
from nightshoot.tools.measure.lines import judge_line
from nightshoot.tools.measure.sound.shown import LineShown, read_line
from nightshoot.tools.measure.sound.syllables import peaks, syllables

RATE = 24_000
TEXT = "清风徐来，水波不兴。"
Sound = npt.NDArray[np.floating]


def speech(count: int = 8, pace: float = 5.5) -> Sound:
    """A voice of `count` syllables, with the silence at its ends that every line has."""
    beats = np.linspace(0, count, round(RATE * count / pace), endpoint=False)
    time = np.arange(len(beats)) / RATE
    harmonics = sum(np.sin(2 * np.pi * 180 * n * time + n * n) / n for n in range(1, 9))
    edge = np.zeros(RATE // 22)
    sound = np.concatenate([edge, harmonics * np.sin(np.pi * (beats % 1)) ** 2, edge])
    return np.asarray(0.4 * sound / np.abs(sound).max(), np.float32)


def line_of(sound: Sound, text: str, locale: Locale) -> LineShown:
    return LineShown(sound.astype(np.float32), text, locale)


def failed(sound: Sound, text: str = TEXT, locale: Locale = Locale.ZH) -> set[str]:
    review = judge_line(line_of(sound, text, locale))
    assert len(review.findings) + len(review.not_judged) == 7
    return {finding.measure for finding in review.findings if not finding.passed}


def test_a_good_line_passes() -> None:
    assert failed(speech()) == set()


def test_silence_is_convicted_whole_and_in_the_middle() -> None:
    assert "silence" in failed(np.zeros(RATE))
    assert "silence" in failed(np.zeros(0))
    middle = len(speech()) // 2
    hole = np.insert(speech(), middle, np.zeros(round(1.3 * RATE)))
    assert failed(hole) == {"silence"}
    assert failed(np.insert(speech(), middle, np.zeros(round(0.5 * RATE)))) == set()


def test_clipping_is_seen_at_any_level_and_a_pure_tone_is_not_clipped() -> None:
    for level in (1.0, 0.3):
        assert failed(np.clip(2.5 * speech(), -0.4, 0.4) * level * 2) == {"clipping"}
    tone = np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE)
    assert "clipping" not in failed(tone)


def test_too_fast_and_too_slow_are_told_apart_in_words() -> None:
    for pace, word in ((10.0, "fast"), (2.8, "slowly")):
        review = judge_line(line_of(speech(pace=pace), TEXT, Locale.ZH))
        assert [one.measure for one in review.findings if not one.passed] == ["speech_rate"]
        assert word in review.note


@pytest.mark.parametrize(
    ("text", "locale", "count", "fast_s"),
    [
        ("No.", Locale.EN, 1, 0.45),
        ("I know what you did.", Locale.EN, 5, 0.95),
        ("我。", Locale.ZH, 1, 0.25),
    ],
)
def test_a_curt_line_may_be_short_but_not_hasty(
    text: str, locale: Locale, count: int, fast_s: float
) -> None:
    assert "speech_rate" not in failed(speech(count, count / fast_s), text, locale)
    if count > 3:
        assert "speech_rate" in failed(speech(count, 1.7 * count / fast_s), text, locale)


def test_words_left_out_and_babble_are_convicted() -> None:
    assert "length" in failed(speech(count=4))
    assert "length" in failed(speech(count=16))


def test_a_line_that_breaks_off_is_convicted() -> None:
    whole = speech()
    broken = whole[: round(len(whole) * 0.95) - RATE // 12]
    assert "cut_off" in failed(broken)


def test_a_soft_line_is_convicted() -> None:
    assert failed(speech() * 0.1) == {"loudness"}


@pytest.mark.parametrize("under_db", [25, 15])
def test_hiss_and_hum_are_convicted(under_db: float) -> None:
    voice = speech()
    level = 10 ** ((line_of(voice, TEXT, Locale.ZH).speech_db - under_db) / 20)
    hiss = np.random.default_rng(1).normal(0, level, len(voice))
    hum = level * 1.4 * np.sin(2 * np.pi * 50 * np.arange(len(voice)) / RATE)
    assert "noise" in failed(voice + hiss)
    assert "noise" in failed(voice + hum)
    assert "noise" not in failed(voice + hiss * 10 ** (-(45 - under_db) / 20))


def test_a_text_without_syllables_is_not_held_against_the_voice() -> None:
    review = judge_line(line_of(speech(), "42", Locale.EN))
    assert {one.partition(":")[0] for one in review.not_judged} == {"length", "speech_rate"}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("何夜无月？", 4),
        ("The moon is bright tonight", 6),
        ("She opened the door", 5),
        ("He hoped, jumped and wanted apples", 8),
        ("Don't", 1),
        ("我是Tom", 3),
        ("", 0),
        ("……", 0),
    ],
)
def test_syllables_are_counted_by_character_and_by_vowel(text: str, count: int) -> None:
    assert syllables(text) == count


def test_peaks_are_about_one_a_syllable() -> None:
    for count in (1, 3, 8, 20):
        assert abs(peaks(speech(count).astype(np.float32)) - count) <= 1
    assert peaks(np.zeros(10, np.float32)) == 0


def test_a_line_is_read_from_its_file_and_junk_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "line.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((speech() * 32767).astype("<i2").tobytes())
    shown = read_line(path, text=TEXT, locale=Locale.ZH)
    assert shown.duration_s == pytest.approx(len(speech()) / RATE)
    assert judge_line(shown).passed
    path.write_bytes(b"no sound")
    with pytest.raises(BackendError):
        read_line(path, text=TEXT, locale=Locale.ZH)

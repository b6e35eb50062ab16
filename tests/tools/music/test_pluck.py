"""The composer's sound, measured."""

from __future__ import annotations

import asyncio
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from nightshoot.domain.vocabulary import Mood
from nightshoot.errors import ArtifactError, InputError
from nightshoot.tools.measure.kweight import cell_energies, integrated
from nightshoot.tools.music.pluck import Pluck
from nightshoot.tools.protocols import Composer, MoodSpan, Score

Sound = npt.NDArray[np.float32]


def compose(
    into: Path, *spans: tuple[float, Mood], seed: int = 3, ancient: bool = True
) -> tuple[Path, Sound]:
    made = tuple(MoodSpan(duration_s=duration, mood=mood) for duration, mood in spans)
    score = Score(spans=made, seed=seed, ancient=ancient)
    path = asyncio.run(Pluck().compose(score=score, scratch=into, progress=lambda _: None))
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48000, 2, 2)
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    return path, np.asarray(pcm / 32768, np.float32)


def centroid_hz(sound: Sound) -> float:
    power = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    freqs = np.fft.rfftfreq(len(sound), 1 / 48000)
    return float((power * freqs).sum() / power.sum())


def onsets(sound: Sound) -> int:
    """Counts sudden rises of what lies high, where plucks and sticks are and pads are not."""
    sharp = np.diff(sound.mean(axis=1), 2)
    frames = sharp[: len(sharp) // 1440 * 1440].reshape(-1, 1440)
    level = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    rises = (np.diff(level) > 5.0) & (level[1:] > level.max() - 30)
    return int((rises[1:] & ~rises[:-1]).sum())


def test_it_is_a_composer() -> None:
    composer: Composer = Pluck()
    assert composer.name == "pluck"
    assert composer.available().ready


@pytest.mark.parametrize("duration", [0.25, 3.0, 7.7771])
def test_music_has_exactly_the_length_of_the_score(tmp_path: Path, duration: float) -> None:
    _, sound = compose(tmp_path, (duration, Mood.WARM))
    assert len(sound) == round(duration * 48000)
    assert np.abs(sound).max() > 0.05


def test_the_same_score_gives_the_same_bytes_and_another_seed_another_tune(tmp_path: Path) -> None:
    first, second, other = (tmp_path / name for name in "abc")
    for folder in (first, second, other):
        folder.mkdir()
    spans = (9.0, Mood.ROMANTIC)
    one, _ = compose(first, spans)
    again, _ = compose(second, spans)
    changed, _ = compose(other, spans, seed=4)
    assert one.read_bytes() == again.read_bytes()
    assert one.read_bytes() != changed.read_bytes()


@pytest.mark.parametrize("ancient", [True, False])
@pytest.mark.parametrize("mood", [Mood.HEROIC, Mood.FURIOUS, Mood.DESOLATE, Mood.MYSTERIOUS])
def test_music_is_clean(tmp_path: Path, mood: Mood, ancient: bool) -> None:
    _, sound = compose(tmp_path, (12.0, mood), ancient=ancient)
    assert np.abs(sound).max() < 0.98
    assert abs(float(sound.mean())) < 2e-3
    assert -24 < integrated(cell_energies(sound)) < -13
    # Nothing stings: little of the energy lies above 4 kHz, and none of it clicks.
    power = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    freqs = np.fft.rfftfreq(len(sound), 1 / 48000)
    assert power[freqs > 4000].sum() < 0.02 * power.sum()
    assert np.abs(np.diff(sound, axis=0)).max() < 0.35


def test_it_begins_softly_and_rings_out_into_silence(tmp_path: Path) -> None:
    _, sound = compose(tmp_path, (14.0, Mood.SERENE))
    seconds = [float(np.sqrt((part**2).mean())) for part in np.array_split(sound, 14)]
    assert seconds[-1] < 0.2 * max(seconds)
    assert np.abs(sound[-480:]).max() < 1e-3
    assert np.abs(sound[0]).max() < 1e-3


def test_it_is_wide_but_survives_mono(tmp_path: Path) -> None:
    _, sound = compose(tmp_path, (12.0, Mood.WARM))
    middle = sound.mean(axis=1)
    side = (sound[:, 0] - sound[:, 1]) / 2
    assert 0.1 < np.sqrt((side**2).mean() / (middle**2).mean()) < 0.8


def test_moods_sound_different(tmp_path: Path) -> None:
    joyful = compose(tmp_path, (14.0, Mood.JOYFUL))[1]
    desolate = compose(tmp_path, (14.0, Mood.DESOLATE))[1]
    tense = compose(tmp_path, (14.0, Mood.TENSE))[1]
    furious = compose(tmp_path, (14.0, Mood.FURIOUS))[1]
    assert onsets(joyful) > 2 * onsets(desolate)
    assert centroid_hz(tense) < 0.9 * centroid_hz(joyful)
    loud = [integrated(cell_energies(sound)) for sound in (furious, desolate)]
    assert loud[0] > loud[1] + 1.5


def test_a_change_of_mood_does_not_tear(tmp_path: Path) -> None:
    _, sound = compose(tmp_path, (9.0, Mood.FURIOUS), (9.0, Mood.SERENE))
    at = 9 * 48000
    around = sound[at - 24000 : at + 24000]
    levels = [float(np.sqrt((part**2).mean())) for part in np.array_split(around, 40)]
    assert min(levels) > 0.003
    assert max(abs(20 * np.log10(b / a)) for a, b in pairwise(levels)) < 14


def test_a_score_without_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="length"):
        compose(tmp_path)
    with pytest.raises(InputError, match="length"):
        compose(tmp_path, (5.0, Mood.WARM), (-1.0, Mood.WARM))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="nowhere"):
        compose(tmp_path / "nowhere", (1.0, Mood.WARM))


def test_progress_ends_at_one(tmp_path: Path) -> None:
    told: list[float] = []
    score = Score(spans=(MoodSpan(duration_s=6.0, mood=Mood.WARM),), seed=1, ancient=True)
    asyncio.run(Pluck().compose(score=score, scratch=tmp_path, progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0

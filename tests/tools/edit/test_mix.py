"""The film's sound: in front, underneath, and as loud as it should be."""

from __future__ import annotations

import asyncio
import math
import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from nightshoot.errors import ArtifactError, InputError
from nightshoot.tools.edit import ducking, limiter
from nightshoot.tools.edit.mix import Mixed, Voiced, mix
from nightshoot.tools.edit.sound import read_voice
from nightshoot.tools.edit.soundtrack import encode_stretch, join_stretches, stretches
from nightshoot.tools.measure.loudness import loudness

Sound = npt.NDArray[np.float32]

RATE = 48_000
VOICE_HZ, MUSIC_HZ = 700, 300


def write(path: Path, sound: Sound, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if sound.ndim == 1 else sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def read(path: Path) -> Sound:
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 2, 2)
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    return np.asarray(pcm / 32768, np.float32)


def spoken(path: Path, seconds: float, level: float = 0.3, hertz: float = VOICE_HZ) -> Path:
    """Writes syllables: a tone at 24 kHz that opens and closes four times a second."""
    time = np.arange(round(seconds * 24_000)) / 24_000
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * time)
    sound = level * syllables * np.sin(2 * np.pi * hertz * time)
    return write(path, sound.astype(np.float32), 24_000)


def played(path: Path, seconds: float, level: float = 0.2) -> Path:
    time = np.arange(round(seconds * RATE)) / RATE
    sides = [level * np.sin(2 * np.pi * MUSIC_HZ * time + phase) for phase in (0.0, 0.4)]
    return write(path, np.stack(sides, axis=1).astype(np.float32))


def compressed_copy(wav: Path, into: Path) -> Path:
    num = len(read(wav))
    parts = stretches(num)
    files = [into.with_name(f"{into.stem}{part.first}.m4a") for part in parts]
    for part, file in zip(parts, files, strict=True):
        encode_stretch(part, wav, file)
    join_stretches(files, num, into)
    return into


def level_db(sound: Sound, begin: float, end: float, hertz: float) -> float:
    part = sound[int(begin * RATE) : int(end * RATE)].mean(axis=1)
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(part)) / RATE) * np.hanning(len(part))
    return 20 * math.log10(abs(complex((part * turn).sum())) * 4 / len(part) + 1e-9)


@pytest.fixture
def mixed(tmp_path: Path) -> Callable[..., Mixed]:
    def make(
        *voiced: Voiced, music: Path | None = None, seconds: float = 20.0, name: str = "mix.wav"
    ) -> Mixed:
        num = round(seconds * RATE)
        return asyncio.run(mix(voiced=voiced, music=music, num_samples=num, into=tmp_path / name))

    return make


def test_music_steps_back_under_speech_and_swells_after_it(
    tmp_path: Path, mixed: Callable[..., Mixed]
) -> None:
    lines = [
        Voiced(audio=spoken(tmp_path / "a.wav", 4), start_s=4),
        Voiced(audio=spoken(tmp_path / "b.wav", 3), start_s=10.5),
    ]
    sound = read(mixed(*lines, music=played(tmp_path / "m.wav", 20)).audio)
    before, gap, after = (
        level_db(sound, begin, end, MUSIC_HZ) for begin, end in ((1, 3), (9.3, 9.9), (15.5, 18.2))
    )
    under = [level_db(sound, begin, end, MUSIC_HZ) for begin, end in ((4.1, 7.9), (10.6, 13.4))]
    assert min(before, gap, after) - max(under) >= 8
    assert after >= gap
    assert abs(under[0] - under[1]) < 0.5
    # Already down when the line begins: the look-ahead.
    assert level_db(sound, 4.0, 4.15, MUSIC_HZ) == pytest.approx(under[0], abs=1.5)


def test_speech_lies_twelve_to_fifteen_loudness_units_over_the_music() -> None:
    speaks = np.zeros(3000, np.bool_)
    speaks[500:1500] = True
    drawn = ducking.curve(speaks)
    assert -15 <= float(drawn[500:1500].max()) <= -12
    assert float(np.abs(np.diff(drawn)).max()) < 0.5


def test_soft_passages_of_the_music_are_lifted_and_loud_ones_held(
    tmp_path: Path, mixed: Callable[..., Mixed]
) -> None:
    soft, loud = (read(played(tmp_path / "m.wav", 20, level=level)) for level in (0.05, 0.2))
    music = write(tmp_path / "m.wav", np.concatenate([soft, loud]))
    sound = read(mixed(music=music, seconds=40).audio)
    swing = level_db(sound, 25, 35, MUSIC_HZ) - level_db(sound, 5, 15, MUSIC_HZ)
    assert 4 < swing < 8.5  # it was 12 dB


def test_short_pauses_keep_the_music_down() -> None:
    line = np.full(RATE, 0.2, np.float32)
    speaks = ducking.active([(0, line), (round(1.5 * RATE), line)], 6 * RATE)
    assert speaks[:250].all()
    assert not speaks[260:].any()


def test_lines_of_different_level_become_equally_loud(
    tmp_path: Path, mixed: Callable[..., Mixed]
) -> None:
    quiet = Voiced(audio=spoken(tmp_path / "a.wav", 3, level=0.03), start_s=1)
    loud = Voiced(audio=spoken(tmp_path / "b.wav", 3, level=0.7), start_s=6)
    sound = read(mixed(loud, quiet, seconds=10).audio)
    first, second = (level_db(sound, begin, begin + 2.8, VOICE_HZ) for begin in (1.1, 6.1))
    assert first == pytest.approx(second, abs=0.5)


def test_a_line_is_heard_where_it_starts(tmp_path: Path, mixed: Callable[..., Mixed]) -> None:
    sound = read(mixed(Voiced(audio=spoken(tmp_path / "a.wav", 1), start_s=2.5), seconds=5).audio)
    heard = np.flatnonzero(np.abs(sound).max(axis=1) > 0.02)
    assert heard[0] / RATE == pytest.approx(2.5, abs=0.01)
    assert heard[-1] / RATE == pytest.approx(3.5, abs=0.03)


@pytest.mark.parametrize("with_music", [True, False])
@pytest.mark.parametrize("seconds", [3.0, 11.0])
def test_what_is_delivered_keeps_the_limits(
    tmp_path: Path, mixed: Callable[..., Mixed], with_music: bool, seconds: float
) -> None:
    rng = np.random.default_rng(2)
    noise = rng.standard_normal(round(seconds * RATE)) * 0.1
    noise[:: RATE // 2] = 0.95
    music = write(tmp_path / "m.wav", np.stack([noise, noise[::-1]], axis=1).astype(np.float32))
    line = Voiced(audio=spoken(tmp_path / "a.wav", 1.8, level=0.9), start_s=0.5)
    made = mixed(line, music=music if with_music else None, seconds=seconds)
    delivered = loudness(made.encoded)
    assert delivered.integrated_lufs == pytest.approx(made.loudness_lufs, abs=0.25)
    assert delivered.true_peak_dbtp == pytest.approx(made.true_peak_dbtp, abs=0.15)
    assert delivered.integrated_lufs == pytest.approx(-16, abs=1)
    assert delivered.true_peak_dbtp <= -1


def test_music_alone_is_brought_to_the_target_and_fades_out(
    tmp_path: Path, mixed: Callable[..., Mixed]
) -> None:
    made = mixed(music=played(tmp_path / "m.wav", 30, level=0.01), seconds=12)
    sound = read(made.audio)
    assert made.loudness_lufs == pytest.approx(-16, abs=0.5)
    assert np.abs(sound[-480:]).max() < 0.01
    assert level_db(sound, 3, 5, MUSIC_HZ) == pytest.approx(
        level_db(sound, 8, 10, MUSIC_HZ), abs=0.1
    )


@pytest.mark.parametrize("num", [1, 47, 4799, 144_007, 480_000, 480_001])
def test_the_soundtrack_has_exactly_the_length_of_the_film(tmp_path: Path, num: int) -> None:
    music = played(tmp_path / "m.wav", 2)
    made = asyncio.run(mix(voiced=[], music=music, num_samples=num, into=tmp_path / "mix.wav"))
    assert len(read(made.audio)) == num
    with av.open(str(made.encoded)) as file:
        stream = file.streams.audio[0]
        assert stream.rate == RATE
        assert stream.duration is not None
        assert stream.time_base is not None
        assert abs(float(stream.duration * stream.time_base) - num / RATE) < 1025 / RATE


def test_a_film_without_sound_is_silent_and_says_so(mixed: Callable[..., Mixed]) -> None:
    made = mixed(seconds=2)
    assert not read(made.audio).any()
    assert made.loudness_lufs == -math.inf
    assert made.true_peak_dbtp == -math.inf


def test_silent_lines_and_silent_music_stay_silent(
    tmp_path: Path, mixed: Callable[..., Mixed]
) -> None:
    nothing = write(tmp_path / "a.wav", np.zeros(24_000, np.float32), 24_000)
    hush = write(tmp_path / "m.wav", np.zeros((RATE, 2), np.float32))
    made = mixed(Voiced(audio=nothing, start_s=0), music=hush, seconds=2)
    assert made.loudness_lufs == -math.inf


def test_a_lone_click_is_not_pumped_up_to_the_target(
    tmp_path: Path, mixed: Callable[..., Mixed]
) -> None:
    click = np.zeros((3 * RATE, 2), np.float32)
    click[RATE : RATE + 24] = 0.5
    made = mixed(music=write(tmp_path / "m.wav", click), seconds=3)
    assert made.loudness_lufs < -17
    assert made.true_peak_dbtp <= -1


def test_the_same_request_gives_the_same_bytes(tmp_path: Path, mixed: Callable[..., Mixed]) -> None:
    line = Voiced(audio=spoken(tmp_path / "a.wav", 1), start_s=0.5)
    music = played(tmp_path / "m.wav", 3)
    one, two = (mixed(line, music=music, seconds=3, name=name) for name in ("1.wav", "2.wav"))
    assert one.audio.read_bytes() == two.audio.read_bytes()
    assert one.encoded.read_bytes() == two.encoded.read_bytes()


def test_music_of_another_kind_is_converted(tmp_path: Path, mixed: Callable[..., Mixed]) -> None:
    mono = spoken(tmp_path / "m.wav", 4)
    from_wav = mixed(music=mono, seconds=4)
    compressed = compressed_copy(played(tmp_path / "n.wav", 4), tmp_path / "n.m4a")
    from_aac = mixed(music=compressed, seconds=4, name="2.wav")
    assert from_wav.loudness_lufs == pytest.approx(-16, abs=1)
    assert from_aac.loudness_lufs == pytest.approx(-16, abs=1)


def test_a_voice_of_another_kind_is_read(tmp_path: Path) -> None:
    compressed = compressed_copy(played(tmp_path / "n.wav", 2), tmp_path / "n.m4a")
    sound = read_voice(compressed)
    assert len(sound) / RATE == pytest.approx(2, abs=0.05)
    assert 0.15 < np.abs(sound).max() < 0.3


def test_a_line_past_the_end_is_cut_without_a_click(
    tmp_path: Path, mixed: Callable[..., Mixed]
) -> None:
    lines = [
        Voiced(audio=spoken(tmp_path / "a.wav", 3), start_s=1),
        Voiced(audio=spoken(tmp_path / "b.wav", 1), start_s=99),
    ]
    sound = read(mixed(*lines, seconds=3).audio)
    assert np.abs(sound[-48:]).max() < 0.05


def test_the_limiter_holds_true_peaks_and_leaves_the_rest_alone() -> None:
    time = np.arange(RATE // 48 * 48)
    sound = np.stack([0.3 * np.sin(0.05 * time)] * 2, axis=1).astype(np.float32)
    burst = np.pi / 2 * np.arange(2400) + np.pi / 4
    sound[20_000:22_400] = (1.1 * np.sin(burst) * np.hanning(2400))[:, None]
    none = np.zeros((48, 2), np.float32)
    ceiling = 10 ** (-1.5 / 20)
    excess = limiter.excess_db(sound, none, none, ceiling)
    gain = limiter.ramps(limiter.gain_curve(excess), limiter.CELL)
    limited = sound * gain[:, None]
    again = limiter.excess_db(limited, none, none, ceiling)
    # The samples alone would have passed: the peak lies between them.
    assert np.abs(sound).max() < ceiling < 1.1
    assert excess.max() > 1
    assert again.max() < 0.15
    assert np.array_equal(limited[:19_000], sound[:19_000])
    assert np.array_equal(limited[30_000:], sound[30_000:])


@pytest.mark.parametrize("start", [-1.0, math.nan, math.inf])
def test_a_line_that_starts_nowhere_is_refused(
    tmp_path: Path, mixed: Callable[..., Mixed], start: float
) -> None:
    with pytest.raises(InputError, match="start"):
        mixed(Voiced(audio=spoken(tmp_path / "a.wav", 1), start_s=start))


def test_files_that_are_not_sound_are_named(tmp_path: Path, mixed: Callable[..., Mixed]) -> None:
    junk = tmp_path / "junk.wav"
    junk.write_bytes(b"RIFF but not really")
    with pytest.raises(InputError, match="junk"):
        mixed(Voiced(audio=junk, start_s=0))
    with pytest.raises(InputError, match="junk"):
        mixed(music=junk)
    with pytest.raises(InputError, match="missing"):
        mixed(music=tmp_path / "missing.wav")
    with pytest.raises(InputError, match="missing"):
        mixed(Voiced(audio=tmp_path / "missing.wav", start_s=0))


def test_a_film_of_no_length_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="positive"):
        asyncio.run(mix(voiced=[], music=None, num_samples=0, into=tmp_path / "mix.wav"))
    with pytest.raises(ArtifactError, match="nowhere"):
        asyncio.run(
            mix(voiced=[], music=None, num_samples=480, into=tmp_path / "nowhere" / "mix.wav")
        )

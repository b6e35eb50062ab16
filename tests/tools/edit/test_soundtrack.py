"""The soundtrack in stretches: no seam, no gap, and only what changed is encoded again."""

from __future__ import annotations

import asyncio
import wave
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from nightshoot.errors import ArtifactError, BackendError
from nightshoot.tools.edit.mix import Encoded, Voiced, mix
from nightshoot.tools.edit.soundtrack import (
    FRAME,
    STRETCH_FRAMES,
    Stretch,
    encode_stretch,
    join_stretches,
    stretches,
)
from nightshoot.tools.measure.loudness import loudness

Sound = npt.NDArray[np.float32]

RATE = 48_000


def write(path: Path, sound: Sound, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if sound.ndim == 1 else 2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(sound * 32767).astype("<i2").tobytes())
    return path


def music(seconds: float) -> Sound:
    """Plucked tones at random times, over a low chord: attacks for the encoder's windows."""
    rng = np.random.default_rng(5)
    time = np.arange(round(seconds * RATE)) / RATE
    sound = sum(0.03 * np.sin(2 * np.pi * pitch * time) for pitch in (110, 165, 220))
    assert isinstance(sound, np.ndarray)
    for begin in rng.uniform(0, seconds, round(6 * seconds)):
        place = sound[round(begin * RATE) :][: RATE // 2]
        after = time[: len(place)]
        pitch = 330 * 2 ** (rng.integers(0, 24) / 12)
        place += 0.08 * np.exp(-9 * after) * np.sin(2 * np.pi * pitch * after)
    return np.stack([sound, np.roll(sound, 90)], axis=1).astype(np.float32)


def decoded(path: Path) -> Sound:
    with av.open(str(path)) as file:
        planes = [frame.to_ndarray() for frame in file.decode(audio=0)]
    return np.asarray(np.concatenate(planes, axis=1).T, np.float32)


def encoded(wav: Path, parts: tuple[Stretch, ...], num: int, into: Path) -> Path:
    files = [into.with_name(f"{into.stem}-{part.first}.m4a") for part in parts]
    for part, file in zip(parts, files, strict=True):
        encode_stretch(part, wav, file)
    join_stretches(files, num, into)
    return into


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sound, Path, Path]:
    """A sound, its soundtrack of three stretches, and the same encoded in one pass."""
    folder = tmp_path_factory.mktemp("sound")
    num = 2 * STRETCH_FRAMES * FRAME + 30_000
    sound = music(num / RATE)
    wav = write(folder / "film.wav", sound)
    parts = stretches(num)
    assert len(parts) == 3
    whole = Stretch(first=0, last=parts[-1].last, lead=0, tail=0)
    joined = encoded(wav, parts, num, folder / "joined.m4a")
    return sound, joined, encoded(wav, (whole,), num, folder / "single.m4a")


def error_db(sound: Sound, heard: Sound) -> npt.NDArray[np.float64]:
    """The error of every frame under the sound as a whole, in dB."""
    frames = len(sound) // FRAME
    wrong = (heard[: frames * FRAME] - sound[: frames * FRAME]).astype(np.float64)
    power = (wrong.reshape(frames, -1) ** 2).mean(axis=1)
    return np.asarray(10 * np.log10(power / float((sound**2).mean()) + 1e-12))


def test_seams_are_no_worse_than_an_encode_in_one_pass(both: tuple[Sound, Path, Path]) -> None:
    sound, joined, single = both
    ours, theirs = (error_db(sound, decoded(path)) for path in (joined, single))
    assert np.median(ours) == pytest.approx(np.median(theirs), abs=1)
    assert ours.max() < theirs.max() + 1
    for seam in (STRETCH_FRAMES, 2 * STRETCH_FRAMES):
        near = slice(seam - 2, seam + 3)
        assert ours[near].max() < np.percentile(theirs, 99)
        assert ours[near].max() < theirs[near].max() + 3


def test_a_seam_that_is_cut_without_a_lead_would_be_found(
    both: tuple[Sound, Path, Path], tmp_path: Path
) -> None:
    sound, _, single = both
    wav = write(tmp_path / "film.wav", sound)
    parts = stretches(len(sound))
    bare = [
        Stretch(first=0, last=STRETCH_FRAMES, lead=0, tail=0),
        Stretch(first=STRETCH_FRAMES, last=parts[-1].last, lead=0, tail=0),
    ]
    files = [tmp_path / "0.m4a", tmp_path / "1.m4a"]
    for part, file in zip(bare, files, strict=True):
        encode_stretch(part, wav, file)
    with pytest.raises(ArtifactError, match="samples"):
        join_stretches(files, len(sound), tmp_path / "bare.m4a")
    ours, theirs = (error_db(sound, decoded(p)) for p in (tmp_path / "bare.m4a", single))
    seam = slice(STRETCH_FRAMES - 2, STRETCH_FRAMES + 3)
    assert ours[seam].max() > theirs[seam].max() + 6


def test_the_joined_track_has_every_sample_and_uniform_times(
    both: tuple[Sound, Path, Path],
) -> None:
    sound, joined, single = both
    assert len(decoded(joined)) == len(decoded(single))
    for path in (joined, single):
        with av.open(str(path)) as file:
            stream = file.streams.audio[0]
            times = [packet.pts for packet in file.demux(stream) if packet.pts is not None]
            assert stream.duration is not None
        assert times == list(range(-FRAME, len(sound), FRAME))
    assert loudness(joined).integrated_lufs == loudness(single).integrated_lufs


def test_what_a_decoder_hears_is_measured(tmp_path: Path) -> None:
    num = STRETCH_FRAMES * FRAME
    wav = write(tmp_path / "film.wav", 2 * music(num / RATE))
    (part,) = stretches(num)
    heard = encode_stretch(part, wav, tmp_path / "part.m4a")
    join_stretches([tmp_path / "part.m4a"], num, tmp_path / "film.m4a")
    measured = loudness(tmp_path / "film.m4a")
    assert heard.true_peak_dbtp == pytest.approx(measured.true_peak_dbtp, abs=0.15)
    assert len(heard.energies) == num // 4800


def test_another_line_encodes_only_the_stretches_near_it(tmp_path: Path) -> None:
    seconds = 58
    tape = write(tmp_path / "music.wav", music(seconds))
    time = np.arange(2 * 24_000) / 24_000
    lines = {}
    for name, hertz in (("old", 500), ("new", 620)):
        sound = 0.3 * np.sin(2 * np.pi * hertz * time) * np.sin(2 * np.pi * 2 * time)
        lines[name] = write(tmp_path / f"{name}.wav", sound.astype(np.float32), 24_000)
    store: dict[str, Encoded] = {}
    made: list[int] = []

    async def encode(stretch: Stretch, wav: Path) -> Encoded:
        key = f"{stretch.digest(wav)} {stretch.lead} {stretch.tail}"
        if key not in store:
            file = tmp_path / f"{len(store)}.m4a"
            store[key] = Encoded(file=file, decoded=encode_stretch(stretch, wav, file))
            made.append(stretch.first // STRETCH_FRAMES)
        return store[key]

    def mixed(*names: str) -> Path:
        voiced = [
            Voiced(audio=lines[name], start_s=4.0 + 10 * place) for place, name in enumerate(names)
        ]
        into = tmp_path / f"{'-'.join(names)}.wav"
        num = seconds * RATE
        return asyncio.run(
            mix(voiced=voiced, music=tape, num_samples=num, into=into, encode=encode)
        ).encoded

    mixed("old", "old", "old", "old", "old")
    assert made == list(range(7))
    made.clear()
    film = mixed("old", "old", "new", "old", "old")
    assert made in ([2], [2, 3])
    anew = asyncio.run(
        mix(
            voiced=[
                Voiced(audio=lines["new" if place == 2 else "old"], start_s=4.0 + 10 * place)
                for place in range(5)
            ],
            music=tape,
            num_samples=seconds * RATE,
            into=tmp_path / "anew.wav",
        )
    )
    assert film.read_bytes() == anew.encoded.read_bytes()


def test_a_broken_or_missing_stretch_is_an_error(tmp_path: Path) -> None:
    wav = write(tmp_path / "film.wav", music(1))
    (part,) = stretches(RATE)
    with pytest.raises(ArtifactError, match="missing"):
        encode_stretch(part, tmp_path / "missing.wav", tmp_path / "out.m4a")
    with pytest.raises((ArtifactError, BackendError)):
        encode_stretch(part, wav, tmp_path / "nowhere" / "out.m4a")
    encode_stretch(part, wav, tmp_path / "out.m4a")
    with pytest.raises(ArtifactError, match="samples"):
        join_stretches([tmp_path / "out.m4a"], 2 * RATE, tmp_path / "film.m4a")

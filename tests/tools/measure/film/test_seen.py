"""A film judged by its parts gets the verdict that the whole file gets."""

from __future__ import annotations

import asyncio
import subprocess
import wave
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from nightshoot.domain.cut import Clip, ClipKind, Cut
from nightshoot.domain.vocabulary import Locale, Mood, Transition
from nightshoot.errors import ArtifactError
from nightshoot.graphs.scoring import Heard
from nightshoot.tools.edit.conform import conform
from nightshoot.tools.edit.mix import Mixed, Voiced, mix
from nightshoot.tools.edit.parts import Body, Part, plan_parts
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.edit.stitch import stitch
from nightshoot.tools.edit.transitions import blend
from nightshoot.tools.measure.film.seen import PartSeen, film_pictures, joins_by_part, see
from nightshoot.tools.measure.film.shown import FilmShown, join_frames, sampled
from nightshoot.tools.measure.films import judge_film
from nightshoot.tools.measure.loudness import Loudness, loudness

WIDTH, HEIGHT, LENGTH = 144, 256, 70
FPS = Fraction(24)
RATE = 48_000
SOURCES = {
    "bars": "smptebars",
    "black": "color=c=black",
    "again": "smptebars",
    "card": "testsrc2",
}
"""`black` is black at its joins and `again` shows what `bars` does: two faults to be found."""


@dataclass(frozen=True)
class Small:
    """A film of four clips, joined in three ways, with sound."""

    cut: Cut
    parts: tuple[Part, ...]
    files: tuple[Path, ...]
    mixed: Mixed
    film: Path


def clip(name: str, transition: Transition, shared: int) -> Clip:
    return Clip(
        id=name,
        take=name,
        num_frames=LENGTH,
        transition=transition,
        transition_frames=shared,
        mood=Mood.SERENE,
        kind=ClipKind.END if name == "card" else ClipKind.SHOT,
    )


def make_take(path: Path, source: str) -> Path:
    size = f"{source}{'=' if source != 'color=c=black' else ':'}size={WIDTH}x{HEIGHT}:rate=24"
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "16", "-pix_fmt", "yuv420p")
    command = [get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", size]
    subprocess.run([*command, "-frames:v", str(LENGTH), *codec, str(path)], check=True)
    return path


def make_voice(path: Path, seconds: float) -> Path:
    times = np.arange(round(seconds * RATE)) / RATE
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 3 * times)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        tone = 9000 * swell * np.sin(2 * np.pi * 300 * times)
        file.writeframes(tone.astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    folder = tmp_path_factory.mktemp("film")
    takes = {name: make_take(folder / f"{name}.mp4", source) for name, source in SOURCES.items()}
    cut = Cut(
        title="t",
        fps=FPS,
        width=WIDTH,
        height=HEIGHT,
        clips=(
            clip("bars", Transition.DISSOLVE, 6),
            clip("black", Transition.CUT, 0),
            clip("again", Transition.DIP_TO_BLACK, 8),
            clip("card", Transition.CUT, 0),
        ),
    )
    parts, files = plan_parts(cut, locale=Locale.ZH), []
    for part in parts:
        if isinstance(part, Body):
            files.append(conform(body=part, take=takes[part.take], scratch=folder))
        else:
            going, coming = takes[part.outgoing], takes[part.incoming]
            files.append(blend(part=part, outgoing=going, incoming=coming, scratch=folder))
    mixed = asyncio.run(
        mix(
            voiced=[
                Voiced(audio=make_voice(folder / f"{start}.wav", 3.5), start_s=start)
                for start in (0.5, 6.0)
            ],
            music=None,
            num_samples=round(cut.num_frames * RATE / FPS),
            into=folder / "mix.wav",
        )
    )
    film = folder / "film.mp4"
    stitch(
        parts=files,
        num_frames=cut.num_frames,
        sound=mixed.encoded,
        fps=FPS,
        title="t",
        target=film,
    )
    return Small(cut=cut, parts=parts, files=tuple(files), mixed=mixed, film=film)


def by_parts(small: Small, folder: Path) -> FilmShown:
    lengths = [part.num_frames for part in small.parts]
    seen = []
    for number, joins in enumerate(joins_by_part(small.cut, lengths)):
        pictures = folder / f"{number}.npy"
        frames = see(small.files[number], joins, pictures).frames
        seen.append(PartSeen(num_frames=lengths[number], frames=frames, pictures=pictures))
    return shown(small, sound=Heard.of(small.mixed).loudness, pictures=film_pictures(seen))


def shown(small: Small, **parts: object) -> FilmShown:
    return FilmShown(
        cut=small.cut,
        film=probe(small.film),
        locale=Locale.ZH,
        asked_s=10.0,
        **parts,  # type: ignore[arg-type]
    )


def whole(small: Small) -> FilmShown:
    pictures = sampled(small.film, join_frames(small.cut))
    return shown(small, sound=loudness(small.film), pictures=pictures)


def test_the_pictures_of_the_parts_are_those_of_the_film_to_the_bit(
    small: Small, tmp_path: Path
) -> None:
    parts, film = by_parts(small, tmp_path).pictures, whole(small).pictures
    assert list(parts) == list(film)
    assert len(film) > len(join_frames(small.cut)), "key frames between the joins are seen too"
    for number, picture in film.items():
        assert np.array_equal(parts[number], picture), f"frame {number}"


def test_the_loudness_of_the_mix_is_that_of_the_film_to_a_tenth(
    small: Small, tmp_path: Path
) -> None:
    heard, film = by_parts(small, tmp_path).sound, loudness(small.film)
    assert heard is not None
    assert heard.integrated_lufs == pytest.approx(film.integrated_lufs, abs=0.1001)
    assert heard.true_peak_dbtp == pytest.approx(film.true_peak_dbtp, abs=0.1001)


def test_the_verdict_on_the_parts_is_that_on_the_film_and_finds_the_same_faults(
    small: Small, tmp_path: Path
) -> None:
    parts, film = judge_film(by_parts(small, tmp_path)), judge_film(whole(small))
    assert {one.measure for one in film.findings if not one.passed} == {
        "black_joins",
        "duplicate_shots",
    }
    assert parts.not_judged == film.not_judged
    sounds = {"loudness", "true_peak"}
    for one, other in zip(parts.findings, film.findings, strict=True):
        if one.measure in sounds:
            assert (one.measure, one.passed) == (other.measure, other.passed)
            assert one.value == pytest.approx(other.value, abs=0.1001)
        else:
            assert one == other


def test_silence_has_no_loudness(small: Small) -> None:
    silent = Mixed(
        audio=small.film,
        encoded=small.film,
        loudness_lufs=-np.inf,
        true_peak_dbtp=-np.inf,
    )
    record = Heard.model_validate_json(Heard.of(silent).model_dump_json())
    assert record.loudness == Loudness(-np.inf, -np.inf)


def test_pictures_that_are_cut_short_are_told(small: Small, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures.npy"
    frames = see(small.files[0], (0,), pictures).frames
    pictures.write_bytes(pictures.read_bytes()[:-1])
    part = PartSeen(num_frames=small.parts[0].num_frames, frames=frames, pictures=pictures)
    with pytest.raises(ArtifactError, match=r"pictures\.npy"):
        film_pictures([part])

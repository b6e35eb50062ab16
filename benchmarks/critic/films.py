"""Spoils finished films, each defect at graded severities, and counts what their measures find.

The films are whole ones, made by the command line from stories of a part; where a defect is of the
picture or of the sound, the file is encoded anew with it, and decoded and measured like any film.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from imageio_ffmpeg import get_ffmpeg_exe

from benchmarks.critic.clean import Part, stories
from benchmarks.machine import environment
from nightshoot.domain.cut import Caption, ClipKind, Cut
from nightshoot.domain.vocabulary import Locale, Transition
from nightshoot.sources import read_source
from nightshoot.tools.edit.otio import cut_of
from nightshoot.tools.edit.parts import film_captions
from nightshoot.tools.edit.phrases import units_of
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.measure.film.caption_reading_speed import FASTEST
from nightshoot.tools.measure.film.shown import FilmShown, join_frames, sampled
from nightshoot.tools.measure.films import MEASURES, judge_film
from nightshoot.tools.measure.frames import Picture
from nightshoot.tools.measure.loudness import loudness

SECONDS = 15.0
SIZES = ("270x480", "480x270")


@dataclass(frozen=True)
class FilmMade:
    """A finished film: its file, and how its measures see it."""

    story: str
    path: Path
    shown: FilmShown


Spoil = Callable[[FilmMade, float, np.random.Generator, Path], FilmShown]
"""Gives how a spoiled film is seen; it may write a file below the folder."""


@dataclass(frozen=True, slots=True)
class FilmDefect:
    """One way in which a film goes wrong."""

    id: str
    measure: str
    unit: str
    grades: tuple[float, ...]
    """From mild to severe."""
    noticed: float
    spoil: Spoil


@dataclass(frozen=True, slots=True)
class FilmTold:
    """What the measures said of one film."""

    id: str
    """Of the defect; empty for a clean film."""
    grade: float
    story: str
    values: dict[str, float]
    failed: tuple[str, ...]


def made(part: Part, number: int, place: Path) -> Iterator[FilmMade]:
    """Gives films of a part's stories, each made once and kept in `place`.

    Raises:
        CalledProcessError: a film could not be made.
    """
    program = str(Path(sys.executable).with_name("nightshoot"))
    for index, story in enumerate(stories(part)[:: max(1, len(stories(part)) // number)][:number]):
        folder = place / f"{part}-{index}"
        if not (folder / "film.mp4").exists():
            size = SIZES[index % len(SIZES)]
            options = ("--duration", f"{SECONDS:g}s", "--size", size, "--voice", "kokoro", "--json")
            subprocess.run(
                [program, "make", story, "--out", str(folder), *options],
                check=True,
                stdout=subprocess.DEVNULL,
                env=environment(place / "home"),
            )
        cut = cut_of((folder / "cut.otio").read_text("utf-8"))
        locale = read_source(story, locale=None).locale
        path = folder / "film.mp4"
        yield FilmMade(story, path, seen(path, cut, locale, SECONDS))


def seen(path: Path, cut: Cut, locale: Locale, asked_s: float | None) -> FilmShown:
    """Gives a film as the graph shows it to its measures."""
    found = probe(path)
    return FilmShown(
        cut=cut,
        film=found,
        locale=locale,
        sound=loudness(path) if found.has_audio else None,
        asked_s=asked_s,
        pictures=sampled(path, join_frames(cut)),
    )


def film_records(films: Sequence[FilmMade], place: Path) -> Iterator[FilmTold]:
    """Judges films as they are, then with each defect at each grade."""
    place.mkdir(parents=True, exist_ok=True)
    for film in films:
        yield _told(film.shown, film.story)
    for defect in FILM_DEFECTS:
        for grade in defect.grades:
            for index, film in enumerate(films):
                rng = np.random.default_rng(index)
                shown = defect.spoil(film, grade, rng, place)
                yield _told(shown, film.story, defect.id, grade)


def _told(shown: FilmShown, story: str, id: str = "", grade: float = 0.0) -> FilmTold:  # noqa: A002
    findings = judge_film(shown).findings
    values = {one.measure: one.value for one in findings}
    failed = tuple(one.measure for one in findings if not one.passed)
    return FilmTold(id, grade, story, values, failed)


def _frames(path: Path) -> Picture:
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return np.stack(frames).astype(np.uint8, copy=False)


def _pictured(film: FilmMade, frames: Picture, place: Path) -> FilmShown:
    """Encodes other pictures under the film's own sound."""
    path, cut = place / "film.mp4", film.shown.cut
    size = f"{cut.width}x{cut.height}"
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(cut.fps), "-i", "-")
    # A film has a key frame wherever one of its parts begins.
    parts = ",".join(f"{float(number / cut.fps):.4f}" for number in _part_starts(cut))
    codec = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p")
    keys = ("-g", "48", "-force_key_frames", parts, "-threads", "1")
    sound = ("-i", str(film.path), "-map", "0:v", "-map", "1:a:0?", "-c:a", "copy")
    _ffmpeg(*raw, *sound, *codec, *keys, str(path), fed=frames.tobytes())
    return seen(path, cut, film.shown.locale, film.shown.asked_s)


def _part_starts(cut: Cut) -> list[int]:
    shared = [0, *(clip.transition_frames for clip in cut.clips)]
    starts = zip(cut.starts, shared, strict=False)
    return sorted({number for start, more in starts for number in (start, start + more)})


def _sounded(film: FilmMade, place: Path, *filters: str) -> FilmShown:
    """Encodes other sound under the film's own pictures."""
    path = place / "film.mp4"
    sound = ("-af", ",".join(filters), "-c:a", "aac", "-b:a", "192k")
    _ffmpeg("-i", str(film.path), "-c:v", "copy", *sound, str(path))
    return seen(path, film.shown.cut, film.shown.locale, film.shown.asked_s)


def _ffmpeg(*arguments: str, fed: bytes | None = None) -> None:
    command = [get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
    subprocess.run(command, check=True, input=fed)


def _blackened(film: FilmMade, grade: float, rng: np.random.Generator, place: Path) -> FilmShown:
    """Lets `grade` frames go black about a join: a cut, or somewhere in a dissolve."""
    cut, frames, joins = film.shown.cut, _frames(film.path), []
    for number, (one, two) in enumerate(pairwise(cut.clips)):
        dips = one.transition is Transition.DIP_TO_BLACK and one.transition_frames
        if one.kind is two.kind is ClipKind.SHOT and not dips:
            joins.append((cut.starts[number + 1], max(1, one.transition_frames)))
    start, shared = joins[int(rng.integers(len(joins)))]
    long = round(grade)
    begun = start + int(rng.integers(shared)) - long // 2
    frames[begun : begun + long] = 0
    return _pictured(film, frames, place)


def _repeated(film: FilmMade, grade: float, rng: np.random.Generator, place: Path) -> FilmShown:
    """Shows a shot's pictures in the place of another's, `grade` percent larger."""
    import cv2

    cut, frames = film.shown.cut, _frames(film.path)
    shots = [number for number, one in enumerate(cut.clips) if one.kind is ClipKind.SHOT]
    first, second = (int(one) for one in sorted(rng.choice(shots, 2, replace=False)))
    long = cut.clips[second].num_frames
    begun, there = cut.starts[first], cut.starts[second]
    last = begun + cut.clips[first].num_frames - cut.clips[first].transition_frames - 1
    # What the first shot shares with the one before it is not its picture alone.
    whole = begun + (cut.clips[first - 1].transition_frames if first else 0)
    scale = 1 + grade / 100
    middle = np.array([[scale, 0, 0.5 * (1 - scale) * cut.width], [0, scale, 0]])
    for number in range(min(long, len(frames) - there)):
        source = frames[min(max(begun + number, whole), last)]
        frames[there + number] = cv2.warpAffine(
            source, middle, (cut.width, cut.height), borderMode=cv2.BORDER_REFLECT_101
        )
    return _pictured(film, frames, place)


def _cropped(film: FilmMade, grade: float, rng: np.random.Generator, place: Path) -> FilmShown:
    frames = _frames(film.path)
    return _pictured(film, frames[: len(frames) - round(grade)], place)


def _captioned(film: FilmMade, change: Callable[[Caption], Caption], at: int) -> FilmShown:
    """Changes one caption of the film, by its number over all clips."""
    number, clips = 0, []
    for clip in film.shown.cut.clips:
        captions = []
        for caption in clip.captions:
            captions.append(change(caption) if number == at else caption)
            number += 1
        clips.append(clip.model_copy(update={"captions": tuple(captions)}))
    cut = film.shown.cut.model_copy(update={"clips": tuple(clips)})
    return replace(film.shown, cut=cut)


def _overlapping(film: FilmMade, grade: float, rng: np.random.Generator, _: Path) -> FilmShown:
    """Lets a caption stay until `grade` frames after the next one has come."""
    captions = film_captions(film.shown.cut)
    at = int(rng.integers(len(captions) - 1))
    late = captions[at + 1].start - captions[at].start + round(grade)
    return _captioned(film, lambda one: one.model_copy(update={"end": one.start + late}), at)


def _hurried(film: FilmMade, grade: float, rng: np.random.Generator, _: Path) -> FilmShown:
    """Takes a caption away so early that it must be read `grade` times as fast as is readable."""
    shown = film.shown
    captions = film_captions(shown.cut)
    units = [units_of("".join(one.text.split("\n")), shown.locale) for one in captions]
    at = int(np.argsort(units)[-1 - int(rng.integers(min(3, len(units))))])
    long = max(1, int(units[at] / (grade * FASTEST[shown.locale]) * float(shown.cut.fps)))
    return _captioned(film, lambda one: one.model_copy(update={"end": one.start + long}), at)


def _stacked(film: FilmMade, grade: float, rng: np.random.Generator, _: Path) -> FilmShown:
    """Makes a caption of `grade` rows."""
    captions = film_captions(film.shown.cut)
    at = int(rng.integers(len(captions)))
    return _captioned(
        film,
        lambda one: one.model_copy(
            update={"text": "\n".join([one.text.split("\n")[0]] * round(grade))}
        ),
        at,
    )


def _drifting(film: FilmMade, grade: float, rng: np.random.Generator, place: Path) -> FilmShown:
    """Stretches or shrinks the sound so that it ends `grade` frames off."""
    found = film.shown.film
    off = grade / float(found.fps) * rng.choice((-1, 1))
    tempo = found.audio_duration_s / (found.audio_duration_s + off)
    return _sounded(film, place, f"atempo={tempo:.6f}")


def _louder(film: FilmMade, grade: float, rng: np.random.Generator, place: Path) -> FilmShown:
    return _sounded(film, place, f"volume={grade * rng.choice((-1, 1)):.2f}dB")


def _peaking(film: FilmMade, grade: float, _: np.random.Generator, place: Path) -> FilmShown:
    assert film.shown.sound is not None
    more = grade - film.shown.sound.true_peak_dbtp
    # Single precision in and out: peaks above full scale survive until the encoder.
    return _sounded(film, place, "aformat=sample_fmts=fltp", f"volume={more:.2f}dB")


def _misjudged(film: FilmMade, grade: float, rng: np.random.Generator, _: Path) -> FilmShown:
    """Lets the brief have asked for another length, by `grade` percent of it."""
    share = 1 + grade / 100 * rng.choice((-1, 1)) if grade < 100 else 1 + grade / 100
    return replace(film.shown, asked_s=film.shown.film.duration_s / share)


FILM_DEFECTS: tuple[FilmDefect, ...] = (
    FilmDefect("black_at_a_join", "black_joins", "frames", (1, 2, 6), 2, _blackened),
    FilmDefect("duplicate_shot", "duplicate_shots", "% larger", (10, 5, 2, 0), 2, _repeated),
    FilmDefect("captions_overlap", "caption_overlap", "frames", (2, 6, 24), 6, _overlapping),
    FilmDefect(
        "captions_too_quick",
        "caption_reading_speed",
        "times the readable",
        (1.05, 1.2, 1.5, 2),
        1.5,
        _hurried,
    ),
    FilmDefect("caption_too_high", "caption_safe_area", "rows", (2, 3, 5, 8), 8, _stacked),
    # 45 ms of leading sound are noticed (ITU-R BT.1359-1), 125 ms of late sound.
    FilmDefect("sound_drifts", "audio_video_drift", "frames", (0.5, 2, 6, 24), 2, _drifting),
    FilmDefect("peaks", "true_peak", "dBTP", (-2, -0.5, 0.5, 3), 0.5, _peaking),
    FilmDefect("too_loud_or_soft", "loudness", "LU", (0.5, 1.5, 3, 6), 3, _louder),
    FilmDefect("wrong_length", "length", "% of what was asked", (10, 25, 50, 100), 50, _misjudged),
    FilmDefect("frames_missing", "frame_count", "frames", (1, 6, 24), 6, _cropped),
)  # fmt: skip

FILM_MEASURES = tuple(measure.scale.id for measure in MEASURES)

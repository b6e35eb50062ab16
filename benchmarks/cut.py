"""What cutting a film costs against encoding its takes once, and what replacing one shot costs.

    python benchmarks/cut.py [--takes 24] [--seconds 5] [--size 720x1280] [--keep FOLDER]

Makes its own takes (moving test patterns with noise), voices and music. All figures are processor
time, children included, and so are the action log and the store. The baseline is one FFmpeg that
decodes the same files one after the other and encodes every frame with the cut's codec settings.

The cut has a dissolve at every change of shot, which the two shots share: the film has fewer frames
than the baseline encodes, so the ratio is printed per frame of the film too. The shot that is
replaced keeps its length, and gets another picture, another caption and another voice.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import tempfile
import wave
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
from imageio_ffmpeg import get_ffmpeg_exe

from nightshoot.artifacts import Action, ActionLog, Made, Outcome, Store
from nightshoot.budget import Budget
from nightshoot.domain.cut import Caption, Clip, Cut
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale, Mood, Transition
from nightshoot.graphs.scoring import Heard
from nightshoot.tools.edit.captions import captions_for
from nightshoot.tools.edit.conform import conform
from nightshoot.tools.edit.ffmpeg import run_ffmpeg, x264_arguments
from nightshoot.tools.edit.mix import Encoded, Voiced, mix
from nightshoot.tools.edit.parts import Body, Part, plan_parts
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.edit.soundtrack import Decoded, Stretch, encode_stretch
from nightshoot.tools.edit.stitch import stitch
from nightshoot.tools.edit.timing import transition_frames
from nightshoot.tools.edit.transitions import blend
from nightshoot.tools.measure.film.seen import (
    PartSeen,
    Sampled,
    film_pictures,
    joins_by_part,
    see,
)
from nightshoot.tools.measure.film.shown import FilmShown
from nightshoot.tools.measure.films import judge_film

FPS = Fraction(24)
LINE = "况吾与子渔樵于江渚之上，侣鱼虾而友麋鹿，驾一叶之扁舟。"
NEW_LINE = "寄蜉蝣于天地，渺沧海之一粟，哀吾生之须臾。"
LINE_S = 3.5
Out = TypeVar("Out")


def cpu_s() -> float:
    """Gives the processor time that this process and its ended children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def timed(work: Callable[[], Out]) -> tuple[Out, float]:
    """Gives what `work` gives, and the processor time it took."""
    start = cpu_s()
    out = work()
    return out, cpu_s() - start


@dataclass(frozen=True)
class Material:
    """The inputs of the benchmark."""

    takes: dict[str, Path]
    voices: dict[str, Path]
    music: Path
    width: int
    height: int
    num_frames: int


def make_take(path: Path, *, width: int, height: int, num_frames: int, seed: int) -> None:
    """Makes a take as the multiplane camera encodes it: a moving pattern with noise."""
    source = f"testsrc2=size={width}x{height}:rate=24"
    drawn = f"noise=alls=1:all_seed={seed}:allf=t,hue=h={seed * 37 % 360},scroll=h=0.002:v=0.001"
    codec = "-c:v libx264 -preset ultrafast -crf 14 -g 48 -threads 1 -pix_fmt yuv420p"
    arguments = ["-f", "lavfi", "-i", source, "-vf", drawn, "-frames:v", str(num_frames)]
    command = [get_ffmpeg_exe(), "-v", "error", "-y", *arguments, *codec.split(), str(path)]
    subprocess.run(command, check=True)


def make_sound(path: Path, *, seconds: float, rate: int, channels: int, seed: int) -> None:
    """Makes a WAV of noise that swells and fades as syllables do."""
    rng = np.random.default_rng(seed)
    times = np.arange(int(seconds * rate)) / rate
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * 4 * times)
    tone = np.sin(2 * np.pi * 220 * times) + 0.3 * rng.standard_normal(times.size)
    samples = np.clip(0.2 * swell * tone * 32767, -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(samples, channels).tobytes())


def make_material(folder: Path, *, takes: int, seconds: float, size: tuple[int, int]) -> Material:
    """Makes the takes, one more to replace a shot with, a voice and the music."""
    width, height = size
    num_frames = round(seconds * FPS)
    paths = {}
    for number in range(takes + 1):
        path = folder / f"take{number:03}.mp4"
        make_take(path, width=width, height=height, num_frames=num_frames, seed=number)
        paths[f"take{number:03}"] = path
    voices, music = {"old": folder / "old.wav", "new": folder / "new.wav"}, folder / "music.wav"
    for seed, (name, length) in enumerate((("old", LINE_S), ("new", 0.9 * LINE_S)), start=1):
        make_sound(voices[name], seconds=length, rate=24000, channels=1, seed=seed)
    make_sound(music, seconds=takes * seconds, rate=48000, channels=2, seed=9)
    return Material(paths, voices, music, width, height, num_frames)


def captions_of(material: Material, text: str) -> tuple[Caption, ...]:
    """Gives the captions of a shot that speaks a line."""
    return captions_for(
        text=text,
        locale=Locale.ZH,
        speaker="a",
        start_frame=24,
        duration_s=min(LINE_S, material.num_frames / float(FPS) - 2),
        words=(),
        fps=FPS,
        width=material.width,
        height=material.height,
    )


def make_cut(material: Material, digests: list[str], lines: dict[int, str]) -> Cut:
    """Gives an edit with a dissolve at every cut and captions in every shot.

    Args:
        material: what the takes are like.
        digests: the takes, one a shot.
        lines: what shots speak instead of the usual line, by their place.
    """
    shared = transition_frames(Transition.DISSOLVE, FPS)
    clips = [
        Clip(
            id=f"s{index}",
            take=digest,
            num_frames=material.num_frames,
            transition=Transition.CUT if index == len(digests) - 1 else Transition.DISSOLVE,
            transition_frames=0 if index == len(digests) - 1 else shared,
            captions=captions_of(material, lines.get(index, LINE)),
            mood=Mood.SERENE,
        )
        for index, digest in enumerate(digests)
    ]
    size = {"width": material.width, "height": material.height}
    return Cut(title="benchmark", fps=FPS, clips=tuple(clips), **size)


class Cutter:
    """Cuts as the film graph does: each result is an action of the log, reused where it exists."""

    def __init__(self, folder: Path, material: Material) -> None:
        self._material = material
        self._log = ActionLog(Store(folder / "store"))
        self._budget = Budget(folder / "ledger.sqlite", account="benchmark")

    def close(self) -> None:
        """Closes the log and the ledger."""
        self._log.close()
        self._budget.close()

    async def _done(self, action: Action, make: Callable[[Path], Made]) -> Outcome:
        def job(scratch: Path) -> Awaitable[Made]:
            return asyncio.to_thread(make, scratch)

        return await self._log.perform(action, job, budget=self._budget)

    async def seen(self, part: Path, num_frames: int, joins: tuple[int, ...]) -> PartSeen:
        """Gives what the review sees of a part."""

        def make(scratch: Path) -> Made:
            pictures = scratch / "pictures.npy"
            return Made(record=see(part, joins, pictures), outputs={"pictures": pictures})

        order = SeenOrder(part=part.name, joins=joins)
        outcome = await self._done(Action(tool="seen", version="1", request=order), make)
        return PartSeen(
            num_frames=num_frames,
            frames=outcome.read(Sampled).frames,
            pictures=self._log.store.path(outcome.outputs["pictures"]),
        )

    async def part(self, part: Part) -> Path:
        """Gives a part of the picture, encoded."""
        takes = self._material.takes

        def make(scratch: Path) -> Made:
            if isinstance(part, Body):
                made = conform(body=part, take=takes[part.take], scratch=scratch)
            else:
                going, coming = takes[part.outgoing], takes[part.incoming]
                made = blend(part=part, outgoing=going, incoming=coming, scratch=scratch)
            return Made(outputs={"video": made})

        outcome = await self._done(Action(tool="part", version="1", request=part), make)
        return self._log.store.path(outcome.outputs["video"])

    async def mixed(self, film: Film) -> tuple[Path, Heard]:
        """Gives the soundtrack and how it sounds; the music, which has not changed, stays."""
        order = MixOrder(voices=film.voices, num_frames=film.cut.num_frames)

        async def make(scratch: Path) -> Made:
            made = await mix(
                voiced=[
                    Voiced(audio=self._material.voices[voice], start_s=float((start + 24) / FPS))
                    for voice, start in zip(film.voices, film.cut.starts, strict=True)
                ],
                music=self._material.music,
                num_samples=round(film.cut.num_frames / FPS * 48000),
                into=scratch / "mix.wav",
                encode=self._stretch,
            )
            return Made(outputs={"mix": made.encoded}, record=Heard.of(made))

        action = Action(tool="mix", version="1", request=order)
        outcome = await self._log.perform(action, make, budget=self._budget)
        return self._log.store.path(outcome.outputs["mix"]), outcome.read(Heard)

    async def _stretch(self, stretch: Stretch, wav: Path) -> Encoded:
        order = StretchOrder(sound=stretch.digest(wav), lead=stretch.lead, tail=stretch.tail)

        def make(scratch: Path) -> Made:
            sound = scratch / "stretch.m4a"
            return Made(record=encode_stretch(stretch, wav, sound), outputs={"sound": sound})

        outcome = await self._done(Action(tool="stretch", version="1", request=order), make)
        file = self._log.store.path(outcome.outputs["sound"])
        return Encoded(file=file, decoded=outcome.read(Decoded))

    async def joined(self, film: Film, parts: list[Path], sound: Path) -> Path:
        """Gives the film's file."""

        def make(scratch: Path) -> Made:
            stitch(
                parts=parts,
                num_frames=film.cut.num_frames,
                sound=sound,
                fps=FPS,
                title="benchmark",
                target=scratch / "film.mp4",
            )
            return Made(outputs={"film": scratch / "film.mp4"})

        order = MixOrder(voices=tuple(film.takes), num_frames=film.cut.num_frames)
        outcome = await self._done(Action(tool="stitch", version="1", request=order), make)
        return self._log.store.path(outcome.outputs["film"])


class MixOrder(Value):
    """What tells one mix, or one film, from another here."""

    voices: tuple[str, ...]
    num_frames: int


class SeenOrder(Value):
    """What tells what is seen of one part from another."""

    part: str
    joins: tuple[int, ...]


class StretchOrder(Value):
    """What tells one stretch of the soundtrack from another."""

    sound: str
    lead: int
    tail: int


@dataclass(frozen=True)
class Film:
    """What is to be cut."""

    cut: Cut
    takes: list[str]
    voices: tuple[str, ...]


@dataclass(frozen=True)
class Cost:
    """Processor seconds of the stages of one cut; each with its share of the log and the store."""

    picture: float
    mix: float
    join: float
    review: float
    """Looking at the parts that were not looked at before, and judging the film."""

    @property
    def cut(self) -> float:
        """Without the review, which is no part of the cut."""
        return self.picture + self.mix + self.join

    @property
    def told(self) -> str:
        """The stages in words."""
        return (
            f"picture {self.picture:.2f}, mix {self.mix:.2f}, join {self.join:.2f}; "
            f"review {self.review:.2f}"
        )


async def cut_film(folder: Path, material: Material, film: Film) -> Cost:
    """Cuts a film with a log that is opened anew, as by a new process, and measures it."""
    marks = [cpu_s()]
    cutter = Cutter(folder, material)
    planned = plan_parts(film.cut, locale=Locale.ZH)
    parts = [await cutter.part(part) for part in planned]
    marks.append(cpu_s())
    sound, heard = await cutter.mixed(film)
    marks.append(cpu_s())
    path = await cutter.joined(film, parts, sound)
    marks.append(cpu_s())
    lengths = [part.num_frames for part in planned]
    looks = zip(parts, lengths, joins_by_part(film.cut, lengths), strict=True)
    seen = [await cutter.seen(part, length, joins) for part, length, joins in looks]
    cutter.close()
    shown = FilmShown(
        cut=film.cut,
        film=probe(path),
        locale=Locale.ZH,
        sound=heard.loudness,
        pictures=film_pictures(seen),
    )
    review = judge_film(shown)
    marks.append(cpu_s())
    if shown.film.num_frames != film.cut.num_frames:
        raise SystemExit("the film has another length than its cut")
    print("  " + ", ".join(f"{one.measure} {one.value:.1f} {one.unit}" for one in review.findings))
    return Cost(*(after - before for before, after in pairwise(marks)))


def encode_all(material: Material, digests: list[str], folder: Path) -> None:
    """The baseline: one FFmpeg decodes all takes and encodes every frame."""
    lines = [f"file '{material.takes[digest].resolve()}'" for digest in digests]
    (folder / "list.txt").write_text("\n".join(lines), encoding="utf-8")
    source = ["-threads", "1", "-f", "concat", "-safe", "0", "-i", "list.txt"]
    run_ffmpeg([*source, *x264_arguments(FPS), "baseline.mp4"], cwd=folder)


def run(folder: Path, *, takes: int, seconds: float, size: tuple[int, int]) -> None:
    """Measures and prints."""
    material = make_material(folder, takes=takes, seconds=seconds, size=size)
    digests = list(material.takes)[:-1]
    _, baseline = timed(lambda: encode_all(material, digests, folder))
    print("the full cut")
    film = Film(make_cut(material, digests, {}), digests, ("old",) * takes)
    full = asyncio.run(cut_film(folder, material, film))
    # The machine's load changes how fast a core runs: the baseline is taken before and after.
    _, later = timed(lambda: encode_all(material, digests, folder))
    baseline = (baseline + later) / 2

    print("one shot replaced: another take of the same length, another line, another voice file")
    middle = takes // 2
    changed = list(digests)
    changed[middle] = list(material.takes)[-1]
    voices = (*("old",) * middle, "new", *("old",) * (takes - middle - 1))
    other = Film(make_cut(material, changed, {middle: NEW_LINE}), changed, voices)
    one = asyncio.run(cut_film(folder, material, other))

    source = takes * material.num_frames
    frames = film.cut.num_frames
    print(f"\n{takes} takes of {material.num_frames} frames, {source} in all")
    print(
        f"Dissolves share frames: the film has {frames}, {frames / source:.0%} of the baseline's."
    )
    print(f"encode the same takes  {baseline:7.2f} s CPU")
    print(f"full cut               {full.cut:7.2f} s CPU  ({full.told})")
    print(f"replace one shot       {one.cut:7.2f} s CPU  ({one.told})\n")
    tell("full cut / encode of the takes", full.cut / baseline, 1.1)
    per_frame = full.cut / frames / (baseline / source)
    tell("  the same per frame of the film", per_frame, None)
    tell("one shot / full cut", one.cut / full.cut, 1 / 15 if takes == 24 else None)
    print(f"  = 1/{full.cut / one.cut:.1f}")
    tell("  the same with the review", (one.cut + one.review) / (full.cut + full.review), None)


def tell(what: str, value: float, target: float | None) -> None:
    """Prints a figure, its target, and whether it is reached."""
    verdict = "no target"
    if target is not None:
        verdict = f"at most {target:.4f}: {'reached' if value <= target else 'MISSED'}"
    print(f"{what:34} {value:.4f}   {verdict}")


def main() -> None:
    """Reads the options and runs."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--takes", type=int, default=24)
    options.add_argument("--seconds", type=float, default=5.0)
    options.add_argument("--size", default="720x1280")
    options.add_argument("--keep", type=Path, help="work in this folder and leave the files there")
    given = options.parse_args()
    width, height = (int(side) for side in given.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        place = given.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        run(place, takes=given.takes, seconds=given.seconds, size=(width, height))


if __name__ == "__main__":
    main()

"""The sound of the film: music to its moods, and the mix with the voices."""

from __future__ import annotations

import asyncio
import math
import wave
from dataclasses import dataclass
from pathlib import Path

from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.cut import Cut
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Era, Mood
from nightshoot.errors import BackendError, InputError
from nightshoot.events import Stage
from nightshoot.graphs.seeds import seed_of
from nightshoot.graphs.workshop import Workshop
from nightshoot.graphs.writing import STORYBOARD
from nightshoot.tools.edit import mix as mixing
from nightshoot.tools.edit.sound import as_film_pcm, read_blocks
from nightshoot.tools.edit.soundtrack import Decoded, Stretch, codec_version, encode_stretch
from nightshoot.tools.measure.loudness import Loudness
from nightshoot.tools.protocols import MoodSpan, Score

SAMPLE_RATE = 48_000

_MIX_VERSION = f"{mixing.VERSION} heard"
"""The version of its bytes, and that `Heard` is on record."""


class MusicOrder(Value):
    """What decides the music."""

    spans: tuple[tuple[float, Mood], ...]
    seed: int
    ancient: bool


class MixOrder(Value):
    """What decides the mix besides its sounds."""

    starts_s: tuple[float, ...]
    num_samples: int
    music_db: float = 0.0
    """The music's level against the usual one."""


class Heard(Value):
    """What the audience gets of a mix, as it was measured when its stretches were encoded."""

    integrated_lufs: float | None = None
    """None: silence."""
    true_peak_dbtp: float | None = None
    """None: digital silence."""

    @classmethod
    def of(cls, mixed: mixing.Mixed) -> Heard:
        """Gives the record of a mix."""
        return cls(
            integrated_lufs=_finite(mixed.loudness_lufs),
            true_peak_dbtp=_finite(mixed.true_peak_dbtp),
        )

    @property
    def loudness(self) -> Loudness:
        """The same to 0.1 dB, as a meter says it."""
        lufs, peak = self.integrated_lufs, self.true_peak_dbtp
        return Loudness(
            -math.inf if lufs is None else round(lufs, 1),
            -math.inf if peak is None else round(peak, 1),
        )


def _finite(level: float) -> float | None:
    return level if math.isfinite(level) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A film's soundtrack: digests, each empty where there is none."""

    music: str = ""
    mix: str = ""
    loudness: Loudness | None = None
    """None: there is no mix."""


class StretchOrder(Value):
    """What decides the bytes of a stretch of the soundtrack."""

    sound: str
    """The SHA-256 of what its encoder hears."""
    lead: int
    tail: int


class Scoring:
    """One film's soundtrack."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    async def sound(self, cut: Cut) -> Scored:
        """Gives the music and the mix, and how loud it is."""
        shop = self._shop
        music = await self._music(cut)
        shop.step_done(Stage.FILM)
        spoken = [
            (float((start + line.start) / cut.fps), line.audio)
            for clip, start in zip(cut.clips, cut.starts, strict=True)
            for line in clip.spoken
        ]
        if not music and not spoken:
            return Scored()
        order = MixOrder(
            starts_s=tuple(round(start, 6) for start, _ in spoken),
            num_samples=round(cut.num_frames * SAMPLE_RATE / cut.fps),
            music_db=shop.production.sheet.options.music_db if music else 0.0,
        )

        async def make(scratch: Path) -> Made:
            store = shop.log.store
            mixed = await mixing.mix(
                voiced=[
                    mixing.Voiced(audio=store.path(audio), start_s=start) for start, audio in spoken
                ],
                music=store.path(music) if music else None,
                num_samples=order.num_samples,
                music_db=order.music_db,
                into=scratch / "mix.wav",
                encode=self._encoded,
            )
            return Made(outputs={"mix": mixed.encoded}, record=Heard.of(mixed))

        inputs = {f"voice {number}": audio for number, (_, audio) in enumerate(spoken)}
        if music:
            inputs["music"] = music
        outcome = await shop.perform(
            Action(
                tool="edit/mix",
                version=_MIX_VERSION,
                request=order,
                inputs=inputs,
                assumed=Assumed(roles=("mix",), record=Heard()),
            ),
            make,
            lane=shop.lanes.cutting,
        )
        shop.step_done(Stage.FILM, reused=outcome.reused)
        return Scored(
            music=music, mix=outcome.outputs["mix"], loudness=outcome.read(Heard).loudness
        )

    async def _encoded(self, stretch: Stretch, wav: Path) -> mixing.Encoded:
        """Encodes a stretch of the mix, once for all mixes that sound the same there."""
        shop = self._shop

        def work(scratch: Path) -> Made:
            sound = scratch / "stretch.m4a"
            return Made(record=encode_stretch(stretch, wav, sound), outputs={"sound": sound})

        outcome = await shop.compute(
            Action(
                tool="edit/stretch",
                version=mixing.VERSION,
                model=codec_version(),
                request=StretchOrder(
                    sound=await asyncio.to_thread(stretch.digest, wav),
                    lead=stretch.lead,
                    tail=stretch.tail,
                ),
            ),
            work,
            # The mix that waits for it holds a place in the lane.
            lane=asyncio.Semaphore(),
        )
        file = shop.log.store.path(outcome.outputs["sound"])
        return mixing.Encoded(file=file, decoded=outcome.read(Decoded))

    async def _music(self, cut: Cut) -> str:
        shop, composer = self._shop, self._shop.tools.composer
        options = shop.production.sheet.options
        if composer is None or not options.music_on:
            return ""
        board = shop.production.read(STORYBOARD, Storyboard)
        eras = [shot.staging.era for shot in board.shots]
        spans: list[tuple[float, Mood]] = []
        ends = [*cut.starts[1:], cut.num_frames]
        for clip, start, end in zip(cut.clips, cut.starts, ends, strict=True):
            seconds = float((end - start) / cut.fps)
            if spans and spans[-1][1] == clip.mood:
                spans[-1] = (spans[-1][0] + seconds, clip.mood)
            else:
                spans.append((seconds, clip.mood))
        order = MusicOrder(
            spans=tuple((round(seconds, 6), mood) for seconds, mood in spans),
            seed=seed_of(options.seed, *["music"] * (1 + options.music_again)),
            ancient=eras.count(Era.ANCIENT) * 2 >= len(eras),
        )
        score = Score(
            spans=tuple(MoodSpan(duration_s=seconds, mood=mood) for seconds, mood in order.spans),
            seed=order.seed,
            ancient=order.ancient,
        )

        async def make(scratch: Path) -> Made:
            music = await composer.compose(
                score=score, scratch=scratch, progress=shop.progress(Stage.FILM)
            )
            await asyncio.to_thread(_check, music, scratch)
            return Made(outputs={"music": music})

        action = Action(
            tool=f"music/{composer.name}",
            version=composer.version,
            request=order,
            estimate=composer.estimate(score=score),
            assumed=Assumed(roles=("music",)),
        )
        try:
            outcome = await shop.perform(action, make, lane=shop.lanes.cutting)
        except BackendError as error:
            # A film without music can be watched; one that is not there cannot.
            shop.report(
                f"The film has no music, as {composer.name} could not make it: {error}. "
                f"`nightshoot resume {shop.production.folder}` tries it again."
            )
            return ""
        return outcome.outputs["music"]


def _check(music: Path, scratch: Path) -> None:
    """Raises BackendError where a file is no sound, or nothing is heard in it."""
    try:
        pcm = as_film_pcm(music, scratch / "heard.wav")
    except InputError as error:
        raise BackendError(str(error)) from error
    with wave.open(str(pcm), "rb") as file:
        length = file.getnframes()
    if not any(bool(block.any()) for block in read_blocks(pcm, length)):
        raise BackendError("what it gave is silence")

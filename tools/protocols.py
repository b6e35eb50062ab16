"""What each kind of backend must be able to do. A backend is a class that fits one of these.

A backend is found by its entry point (`nightshoot.image`, `nightshoot.video`,
`nightshoot.speech`, `nightshoot.music`), built with no arguments, and cheap to build: heavy
imports and weights wait for the first call. One that has to be told something (a folder of weights,
a server, a key) is `configured` from a table of the settings file; built with no arguments it is
not ready, and says which table to write: see `nightshoot.tools.registry`.

Work that keeps the processor busy runs in a thread, so that the calls stay awaitable. Files are
written into the `scratch` folder that the caller gives and owns; the caller moves them into the
store. The same request gives the same bytes, unless
`deterministic` is False.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from nightshoot.artifacts import Job
from nightshoot.domain.screenplay import Character, LineKind
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.domain.storyboard import ControlKind
from nightshoot.domain.vocabulary import Age, Locale, Mood, Sex

Progress = Callable[[float], None]
"""Is told how much of one call is done, from 0.0 to 1.0; may be called from a thread."""

NO_FILES: Mapping[str, Path] = MappingProxyType({})
"""For a plan that names no files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a backend can take, so that a plan is checked before anything is loaded or paid."""

    needs: tuple[str, ...] = ()
    """What must be there first, in words: `a GPU with 12 GiB`, `the extra "offline"`, `network`."""
    licence: str
    """The licence of the weights or the terms of the service, as an SPDX id or a name."""
    deterministic: bool = True
    offline: bool = True
    paid: bool = False
    """Its calls cost money: it is used only where a person chose it."""
    vram_gib: float = 0.0
    size_multiple: int = 2
    """Width and height in pixels must be multiples of this."""
    max_pixels: int = 4096 * 4096
    frame_rule: tuple[int, int] = (1, 0)
    """`(a, b)`: the number of frames must be a multiple of `a` plus `b`."""
    max_frames: int = 100_000
    fps: Fraction | None = None
    """The only frame rate it gives, or None for any."""
    fits: bool = False
    """It brings a plan to its own size, rate and length, and what it makes back to the plan's: the
    rules above are then the model's own, and `estimate` refuses what cannot be brought there."""
    layers: bool = False
    """A painter gives layered SVG; a camera films it with parallax."""
    references: int = 0
    """How many pictures of its cast a painter or a camera takes for one shot."""
    controls: tuple[ControlKind, ...] = ()
    """Which control pictures a painter obeys."""
    loras: bool = False
    """It takes a character's own LoRA."""
    last_frame: bool = False
    """A camera films towards a last frame that is given."""
    ignores: frozenset[str] = frozenset()
    """The fields of a `ShotPlan` that make no difference worth another take: the same request but
    for these is not sent again."""
    at_once: int | None = None
    """How many calls it wants at the same time, to batch them or because a service lets it; None:
    as many as there are processors."""
    longest_s: float | None = None
    """When it gives a call up by itself, in seconds; None: it does not, or not by the clock."""
    locales: tuple[Locale, ...] = (Locale.ZH, Locale.EN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Painting:
    """A painted keyframe."""

    picture: Path
    """A PNG of exactly the plan's size, RGB, 8 bits a channel."""
    layers: Path | None = None
    """The same picture as layered SVG, by painters that work so."""
    cost_usd: float | None = None
    """What it really cost, where the service says so; None: what was estimated."""
    gpu_s: float | None = None
    """GPU time that it took; None: what was estimated."""
    notes: tuple[str, ...] = ()
    """What the user should know, a sentence each: memory ran out and a cheaper setting was used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """A filmed take."""

    video: Path
    """MP4, H.264, yuv420p, no sound, exactly the plan's size, rate and number of frames."""
    cost_usd: float | None = None
    """What it really cost, where the service says so; None: what was estimated."""
    gpu_s: float | None = None
    """GPU time that it took; None: what was estimated."""
    notes: tuple[str, ...] = ()
    """What the user should know, a sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """When a word is heard, in seconds from the start of the sound."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A spoken line."""

    audio: Path
    """WAV, mono, 16-bit PCM, 24 kHz, with no more than 60 ms of silence at either end."""
    duration_s: float
    words: tuple[Word, ...] = ()
    """Word times where the voice reports them."""
    cost_usd: float | None = None
    """What it really cost, where the service says so; None: what was estimated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A voice that a backend offers."""

    id: str
    locale: Locale
    sex: Sex
    age: Age
    temper: str = ""
    """A word or two for the cast list: warm, bright, deep, calm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodSpan:
    """A stretch of the film with one mood, for the composer."""

    duration_s: float
    mood: Mood


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """An order for film music."""

    spans: tuple[MoodSpan, ...]
    """In the order of the film; their sum is the length of the music."""
    seed: int
    ancient: bool
    """Chinese instruments and scales rather than modern ones."""

    @property
    def duration_s(self) -> float:
        """The length of the music in seconds."""
        return sum(span.duration_s for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """Whether a backend can be used here and now."""

    ready: bool
    why: str = ""
    """What is missing and how to get it; empty where the backend is ready."""


class Backend(Protocol):
    """What all backends share."""

    @property
    def name(self) -> str:
        """The name that options, documents and the log use."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same request would give other bytes; part of every action's key."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can take and what it needs."""
        ...

    def available(self) -> Available:
        """Says whether it can be used here, without the network and without loading weights."""
        ...


class ImageGenerator(Backend, Protocol):
    """Paints a shot's keyframe."""

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the most that painting this plan can cost, without loading anything.

        Raises:
            InputError: the plan asks for what this painter cannot do.
        """
        ...

    async def paint(
        self,
        *,
        plan: ShotPlan,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Painting:
        """Paints the keyframe of `plan` into `scratch`.

        Args:
            plan: what is to be seen.
            scratch: a folder to write into.
            progress: is told the share that is done.
            files: the files that the plan names by digest (`ShotPlan.files`), for reading only.
            job: where the job at a service is written down, so that a crash does not pay twice;
                None: outside an action.

        Raises:
            InputError: the plan asks for what this painter cannot do.
            TransientError: it may work on another try.
            BackendError: it will not.
        """
        ...


class VideoGenerator(Backend, Protocol):
    """Films a take from a keyframe."""

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the most that filming this plan can cost, without loading anything.

        Raises:
            InputError: the plan asks for what this camera cannot do.
        """
        ...

    async def film(
        self,
        *,
        plan: ShotPlan,
        keyframe: Path,
        layers: Path | None,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Footage:
        """Films `plan` from its keyframe into `scratch`.

        Args:
            plan: the shot, its camera move and its number of frames.
            keyframe: the PNG that the take starts from.
            layers: the layered SVG of the keyframe, where its painter gave one.
            scratch: a folder to write into.
            progress: is told the share that is done.
            files: the files that the plan names by digest (`ShotPlan.files`), for reading only.
            job: where the job at a service is written down, so that a crash does not pay twice;
                None: outside an action.

        Raises:
            InputError: the plan asks for what this camera cannot do.
            TransientError: it may work on another try.
            BackendError: it will not.
        """
        ...


class SpeechSynthesizer(Backend, Protocol):
    """Speaks a line."""

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Every voice that it offers, in a fixed order."""
        ...

    def estimate(self, *, text: str) -> Estimate:
        """Gives the most that speaking `text` can cost."""
        ...

    async def speak(
        self, *, text: str, voice: str, locale: Locale, kind: LineKind, delivery: str, scratch: Path
    ) -> Utterance:
        """Speaks `text` with the voice of this id into `scratch`.

        Raises:
            InputError: there is no such voice, or nothing in the text can be spoken.
            TransientError: it may work on another try.
            BackendError: it will not.
        """
        ...


class Composer(Backend, Protocol):
    """Composes film music."""

    def estimate(self, *, score: Score) -> Estimate:
        """Gives the most that composing `score` can cost."""
        ...

    async def compose(self, *, score: Score, scratch: Path, progress: Progress) -> Path:
        """Composes into `scratch`; gives a WAV, stereo, 16-bit, 48 kHz, of the score's length."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CastList:
    """Which voice speaks for whom, by the id of the speaker."""

    voices: dict[str, str] = field(default_factory=dict)


class CastsVoices(Protocol):
    """Assigns one voice to each character and to the narrator."""

    def __call__(
        self, *, people: tuple[Character, ...], voices: tuple[Voice, ...], locale: Locale
    ) -> CastList:
        """Gives the cast list; the same people and voices always give the same list."""
        ...

"""Finds backends by their entry points; loads one only when it is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from nightshoot.errors import BackendError, InputError
from nightshoot.tools.protocols import (
    Backend,
    Composer,
    ImageGenerator,
    SpeechSynthesizer,
    VideoGenerator,
)

KINDS = ("image", "video", "speech", "music")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A backend that is installed."""

    kind: str
    name: str
    load: Callable[[], Backend]


def listed(kind: str) -> tuple[Listed, ...]:
    """Gives the installed backends of a kind, by name."""
    points = sorted(entry_points(group=f"nightshoot.{kind}"), key=lambda point: point.name)
    return tuple(Listed(kind=kind, name=point.name, load=_loader(point)) for point in points)


def _loader(point: EntryPoint) -> Callable[[], Backend]:
    def load() -> Backend:
        try:
            return cast("Backend", point.load()())
        except ImportError as error:
            raise BackendError(f"the backend {point.name} cannot be loaded: {error}") from error

    return load


def _chosen(kind: str, name: str) -> Backend:
    found = {one.name: one for one in listed(kind)}
    if name not in found:
        raise InputError(f"there is no {kind} backend {name!r}: choose from {', '.join(found)}")
    backend = found[name].load()
    available = backend.available()
    if not available.ready:
        raise InputError(f"the {kind} backend {name} cannot be used: {available.why}")
    return backend


def image_generator(name: str) -> ImageGenerator:
    """Gives a painter. Raises InputError where there is none of that name, or it is not ready."""
    return cast("ImageGenerator", _chosen("image", name))


def video_generator(name: str) -> VideoGenerator:
    """Gives a camera. Raises InputError where there is none of that name, or it is not ready."""
    return cast("VideoGenerator", _chosen("video", name))


def composer(name: str) -> Composer:
    """Gives a composer. Raises InputError where there is none of that name, or it is not ready."""
    return cast("Composer", _chosen("music", name))


def speech_synthesizer(name: str) -> SpeechSynthesizer:
    """Gives a voice. Raises InputError where there is none of that name, or it is not ready."""
    return cast("SpeechSynthesizer", _chosen("speech", name))


def usable_voices(order: tuple[str, ...] = ("edge", "kokoro")) -> tuple[SpeechSynthesizer, ...]:
    """Gives the installed voices that are ready, those of `order` first."""
    names = [one.name for one in listed("speech")]
    ranked = [name for name in order if name in names]
    ranked += [name for name in names if name not in order]
    voices = (
        cast("SpeechSynthesizer", one.load())
        for name in ranked
        for one in listed("speech")
        if one.name == name
    )
    return tuple(voice for voice in voices if voice.available().ready)

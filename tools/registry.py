"""Finds backends by their entry points and the settings; loads one only when it is chosen.

An entry point leads to a class. Built with no arguments it is a backend. One that has to be told
something is also `Configurable`: a table `[KIND.NAME]` of the settings file says `backend =
"ENTRY POINT"` and the rest, and makes a backend of the name NAME.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, cast

from pydantic import BaseModel, ValidationError

from nightshoot.errors import BackendError, InputError
from nightshoot.settings import Section, Settings
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.judges.bench import Bench
from nightshoot.tools.judges.protocol import Judge
from nightshoot.tools.protocols import (
    Backend,
    Composer,
    ImageGenerator,
    SpeechSynthesizer,
    VideoGenerator,
)

KINDS = ("image", "video", "speech", "music", "judge")

USUAL_VOICES = ("edge", "kokoro")
"""The voices that `auto` asks first. A configured voice goes before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a configured backend may use of the installation."""

    environment: Mapping[str, str]
    """For keys that the settings name by their variable."""
    home: Path
    """Holds what is kept between films; a backend writes below a folder of its own name."""
    folder: Path
    """What relative paths in the settings file start from."""
    gpu: Gpu
    """The one owner of the GPU; not started until it is used."""
    bench: Bench = field(default_factory=Bench)
    """The one process of the judges' models; not started until it is used."""


class Configurable(Protocol):
    """A backend's class that takes a table of the settings file."""

    Config: ClassVar[type[BaseModel]]
    """What the table may hold, `backend` excepted; unknown names are refused."""

    @classmethod
    def configured(cls, name: str, config: Any, around: Surroundings) -> Self:
        """Gives the backend of this name. Raises InputError where the table cannot be used."""
        ...


@cache
def _points(group: str, path: tuple[str, ...]) -> Mapping[str, EntryPoint]:
    """Gives the entry points of a group, by name; read once for each path that Python looks along.

    A film asks ten times, and each time the notes of all installed packages would be read.
    """
    del path
    return {point.name: point for point in entry_points(group=group)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A backend that is installed or configured."""

    kind: str
    name: str
    load: Callable[[], Backend]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The backends of one installation; owns what they share, until it is closed."""

    around: Surroundings
    sections: Mapping[str, Mapping[str, Section]] = field(default_factory=dict, repr=False)
    """The configured backends' tables, by kind and name."""

    @classmethod
    def of(cls, settings: Settings, environment: Mapping[str, str]) -> Registry:
        """Gives the registry of an installation."""
        return cls(
            around=Surroundings(
                environment=environment,
                home=settings.home,
                folder=settings.folder,
                gpu=Gpu.configured(settings.gpu),
            ),
            sections={kind: getattr(settings, kind) for kind in KINDS},
        )

    def close(self) -> None:
        """Lets go of the GPU and of the judges' models."""
        self.around.gpu.close()
        self.around.bench.close()

    def listed(self, kind: str) -> tuple[Listed, ...]:
        """Gives the installed and the configured backends of a kind, by name."""
        points = _points(f"nightshoot.{kind}", tuple(sys.path))
        found = {name: self._plain(kind, point) for name, point in points.items()}
        for name, section in self.sections.get(kind, {}).items():
            found[name] = self._configured(kind, name, section, points)
        return tuple(found[name] for name in sorted(found))

    def image_generator(self, name: str) -> ImageGenerator:
        """Gives a painter. Raises InputError where there is none of that name, or not ready."""
        return cast("ImageGenerator", self._chosen("image", name))

    def video_generator(self, name: str) -> VideoGenerator:
        """Gives a camera. Raises InputError where there is none of that name, or not ready."""
        return cast("VideoGenerator", self._chosen("video", name))

    def composer(self, name: str) -> Composer:
        """Gives a composer. Raises InputError where there is none of that name, or not ready."""
        return cast("Composer", self._chosen("music", name))

    def speech_synthesizer(self, name: str) -> SpeechSynthesizer:
        """Gives a voice. Raises InputError where there is none of that name, or not ready."""
        return cast("SpeechSynthesizer", self._chosen("speech", name))

    def usable_voices(self) -> tuple[SpeechSynthesizer, ...]:
        """Gives the voices that are ready: configured ones, then the usual, then the rest.

        One that costs money is among them only where a table configures it. One that is installed
        but cannot be loaded is left out: `nightshoot tools` says why.

        Raises:
            InputError: the table of a configured one cannot be used.
        """
        names = [one.name for one in self.listed("speech")]
        own = [name for name in names if name in self.sections.get("speech", {})]
        ranked = list(dict.fromkeys([*own, *USUAL_VOICES, *names]))
        found = {one.name: one for one in self.listed("speech")}
        voices = []
        for name in ranked:
            try:
                voice = cast("SpeechSynthesizer", found[name].load()) if name in found else None
            except BackendError:
                if name in own:
                    raise
                continue
            if voice and voice.available().ready and (name in own or not voice.capabilities.paid):
                voices.append(voice)
        return tuple(voices)

    def usable_judges(self) -> tuple[Judge, ...]:
        """Gives the judges that are ready, by name.

        One that costs money is among them only where a table configures it, and one that a table
        configures under another name is not asked a second time under its own. One that is
        installed but cannot be loaded is left out: `nightshoot tools` says why.

        Raises:
            InputError: the table of a configured one cannot be used.
            BackendError: a configured one cannot be loaded.
        """
        tables = self.sections.get("judge", {})
        renamed = {str(table.get("backend", name)) for name, table in tables.items()}
        judges = []
        for one in self.listed("judge"):
            own = one.name in tables
            if one.name in renamed and not own:
                continue
            try:
                judge = cast("Judge", one.load())
            except BackendError:
                if own:
                    raise
                continue
            if judge.available().ready and (own or not judge.capabilities.paid):
                judges.append(judge)
        return tuple(judges)

    def _chosen(self, kind: str, name: str) -> Backend:
        found = {one.name: one for one in self.listed(kind)}
        if name not in found:
            raise InputError(
                f"there is no {kind} backend {name!r}: choose from {', '.join(found)}, or write "
                f"[{kind}.{name}] into the settings file"
            )
        backend = found[name].load()
        available = backend.available()
        if not available.ready:
            raise InputError(f"the {kind} backend {name} cannot be used: {available.why}")
        return backend

    def _plain(self, kind: str, point: EntryPoint) -> Listed:
        def load() -> Backend:
            found = _loaded(point)
            if hasattr(found, "configured"):
                configurable = cast("type[Configurable]", found)
                with suppress(ValidationError):
                    # A key in the environment may be all that it has to be told.
                    config = configurable.Config()
                    return cast("Backend", configurable.configured(point.name, config, self.around))
            return cast("Backend", found())

        return Listed(kind=kind, name=point.name, load=load)

    def _configured(
        self, kind: str, name: str, section: Section, points: Mapping[str, EntryPoint]
    ) -> Listed:
        def load() -> Backend:
            table = dict(section)
            backend = str(table.pop("backend", name))
            if backend not in points:
                raise InputError(
                    f"[{kind}.{name}] in the settings: there is no backend {backend!r}: choose "
                    f"from {', '.join(points)}"
                )
            found = _loaded(points[backend])
            if not hasattr(found, "configured"):
                raise InputError(f"[{kind}.{name}] in the settings: {backend} takes no settings")
            configurable = cast("type[Configurable]", found)
            try:
                config = configurable.Config.model_validate(table)
            except ValidationError as error:
                told = _told(error, configurable.Config)
                raise InputError(f"[{kind}.{name}] in the settings: {told}") from None
            try:
                return cast("Backend", configurable.configured(name, config, self.around))
            except InputError as error:
                where = f"[{kind}.{name}]"
                told = str(error)
                raise InputError(
                    told if where in told else f"{where} in the settings: {told}"
                ) from None

        return Listed(kind=kind, name=name, load=load)


def _told(error: ValidationError, config: type[BaseModel]) -> str:
    """Says what is wrong with a table, and never what it holds, which may be a key.

    A name that is not known comes first: it is often what another one that is missing was to be.
    """
    found = error.errors(include_url=False, include_input=False)
    first = min(found, key=lambda one: one["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in first["loc"]) or "the table"
    if first["type"] == "extra_forbidden":
        return f"there is no setting {where!r}: choose from {', '.join(config.model_fields)}"
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"


def _loaded(point: EntryPoint) -> type[Any]:
    try:
        return cast("type[Any]", point.load())
    except ImportError as error:
        raise BackendError(f"the backend {point.name} cannot be loaded: {error}") from error

"""`nightshoot doctor`: whether this installation can make a film."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nightshoot.artifacts import ActionLog, Store
from nightshoot.cli.listing import listing
from nightshoot.errors import NightshootError
from nightshoot.settings import Settings, settings_file, settings_from
from nightshoot.tools.registry import Registry

_LEAST_FREE_GIB = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    good: bool
    text: str
    off: bool = False
    """It is not set up, and need not be."""

    @property
    def mark(self) -> str:
        """What stands before it in a list."""
        return "off" if self.off else "ok " if self.good else "BAD"


def checked(environment: Mapping[str, str]) -> Iterator[Check]:
    """Looks at everything that a film needs; only an endpoint is asked over the network."""
    yield Check("python", sys.version_info >= (3, 11), sys.version.split()[0])
    try:
        settings = settings_from(environment)
    except NightshootError as error:
        yield Check("settings", False, str(error))
        return
    file = settings_file(environment)
    yield Check("settings", True, f"{file}{'' if file.is_file() else ' (none: defaults)'}")
    yield _store(settings)
    yield _encoder()
    yield _fonts()
    try:
        registry = Registry.of(settings, environment)
    except NightshootError as error:
        yield Check("settings", False, str(error))
        return
    yield _gpu(registry)
    for kind, rows in listing(registry).items():
        for row in rows:
            name, why = f"{kind} {row['name']}", str(row["why"])
            if row["ready"]:
                yield Check(name, True, "ready")
            elif row["configured"]:
                yield Check(name, False, why)
            else:
                yield Check(name, True, why, off=True)
    registry.close()
    from nightshoot.cli.endpoints import endpoint_checks

    yield from endpoint_checks(settings)


def _gpu(registry: Registry) -> Check:
    try:
        facts = registry.around.gpu.facts()
    except NightshootError as error:
        return Check("gpu", False, str(error))
    if facts.device == "none":
        return Check("gpu", True, 'the extra "gpu" is not installed')
    size = f", {facts.vram_gib:.0f} GiB" if facts.vram_gib else ""
    return Check("gpu", True, f"{facts.device}: {facts.name}{size}")


def _store(settings: Settings) -> Check:
    try:
        ActionLog(Store(settings.store)).close()
        free = shutil.disk_usage(settings.store).free / 2**30
    except (NightshootError, OSError) as error:
        return Check("store", False, f"{settings.store}: {error}")
    return Check("store", free >= _LEAST_FREE_GIB, f"{settings.store}, {free:.1f} GiB free")


def _encoder() -> Check:
    import imageio_ffmpeg

    program = imageio_ffmpeg.get_ffmpeg_exe()
    ran = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    good = all(part in ran.stdout for part in ("libx264", "libass"))
    return Check("encoder", good, ran.stdout.split(" Copyright")[0].strip() or "does not run")


def _fonts() -> Check:
    from nightshoot.tools.edit.fonts import sans_font

    font = sans_font()
    return Check("fonts", font.is_file(), font.name)

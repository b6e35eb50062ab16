"""The families of models that are known: what each can take, before anything is loaded.

What differs in numbers stands in `cards/<name>.yaml`, one file a family; what differs in code, in
the files that load and call them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import Field

from nightshoot.domain.brief import Rate
from nightshoot.domain.storyboard import ControlKind
from nightshoot.domain.value import Value
from nightshoot.errors import InputError
from nightshoot.tools.diffusion.orders import Kind


class Family(Value):
    """What a family of models can take, and how it is called where nothing else is said."""

    name: str
    kind: Kind
    title: str
    """As its makers write it."""
    licence: str
    """Of the best known weights, as an SPDX id or a name."""
    source: str
    """The model card or paper that the numbers are from."""
    pipelines: tuple[str, ...]
    """The `_class_name`s of `model_index.json` that belong to it."""
    marks: dict[str, bool | int | float | str] = Field(default_factory=dict)
    """What else tells it from families of the same pipeline: entries of `model_index.json`, or as
    `part/entry` of a part's configuration. True: it is there and not null; False: it is not."""
    size_multiple: int
    best_pixels: int
    """The area that it was trained on; a plan's shape is painted at about this area."""
    max_pixels: int
    num_inference_steps: int
    guidance_scale: float
    few_steps: int = 0
    """With a distilled LoRA or checkpoint; 0: none is known."""
    few_guidance_scale: float = 1.0
    negative_prompt: bool = True
    """It takes one."""
    references: int = 0
    """How many reference pictures it takes by itself, without an IP-Adapter."""
    ip_adapter: bool = False
    controls: tuple[ControlKind, ...] = ()
    """Which ControlNets there are for it."""
    frame_rule: tuple[int, int] = (1, 0)
    """`(a, b)`: the number of frames must be a multiple of `a` plus `b`."""
    best_frames: int = 0
    max_frames: int = 1
    fps: Rate | None = None
    """The rate that its motion is right at; None: it can be told any."""
    last_frame: bool = False
    last_frame_needed: bool = False
    """It films between two pictures only."""
    vram_gib: float = Field(gt=0)
    """For the weights in 16 bits, all on the GPU, with the activations of `best_pixels`."""


@cache
def families() -> tuple[Family, ...]:
    """Gives every known family, pictures first, by name."""
    folder = files("nightshoot.tools.diffusion").joinpath("cards")
    cards = [card for card in folder.iterdir() if card.name.endswith(".yaml")]
    found = [Family.model_validate(yaml.safe_load(card.read_text("utf-8"))) for card in cards]
    return tuple(sorted(found, key=lambda family: (family.kind, family.name)))


def family_named(name: str) -> Family:
    """Gives the family of this name. Raises InputError."""
    for family in families():
        if family.name == name:
            return family
    names = ", ".join(family.name for family in families())
    raise InputError(f"there is no family of models {name!r}: choose from {names}")


def family_of(pipeline: str, kind: Kind, folder: Path | None = None) -> Family:
    """Gives the family that a `_class_name` of a `model_index.json` belongs to.

    Args:
        pipeline: the `_class_name`.
        kind: what the model is to make.
        folder: the model, to tell families of the same pipeline apart; None: the plainest is given.

    Raises:
        InputError: none does.
    """
    found = [one for one in families() if one.kind is kind and pipeline in one.pipelines]
    if folder is None:
        found.sort(key=lambda family: len(family.marks))
    else:
        found = [one for one in found if _bears(folder, one.marks)]
        found.sort(key=lambda family: -len(family.marks))
    if found:
        return found[0]
    raise InputError(
        f"{pipeline} is no {kind.value} model that Nightshoot knows: docs/models.md lists them"
    )


def _bears(folder: Path, marks: Mapping[str, bool | float | str]) -> bool:
    for mark, wanted in marks.items():
        part, _, entry = mark.rpartition("/")
        said = _entry(folder, part, entry)
        if said != wanted if not isinstance(wanted, bool) else bool(said) is not wanted:
            return False
    return True


def _entry(folder: Path, part: str, entry: str) -> object:
    names = ("config.json", "scheduler_config.json") if part else ("model_index.json",)
    for name in names:
        try:
            said = json.loads((folder / part / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(said, dict):
            return said.get(entry)
    return None

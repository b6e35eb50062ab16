"""What the painter and the camera share: the workflow, the servers, and what a plan gives them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import ControlKind
from nightshoot.errors import InputError
from nightshoot.tools.comfyui.document import Document
from nightshoot.tools.comfyui.farm import Farm
from nightshoot.tools.comfyui.settings import Config, Scalar
from nightshoot.tools.protocols import Available, Capabilities
from nightshoot.tools.registry import Surroundings
from nightshoot.tools.video.fitting import Rules, fit_size

_VERSION = "1"

_BESIDE_THE_PICTURE = frozenset(
    {
        "servers",
        "headers",
        "api_key_env",
        "api_key_header",
        "api_key_prefix",
        "patience_s",
        "timeout_s",
        "request_s",
        "unreachable_s",
        "poll_s",
        "max_download_mib",
        "at_once",
        "licence",
        "gpu_s",
        "unchecked",
        "workflow",
    }
)
"""Settings that change no pixel: another server does not make a film anew. The workflow counts by
its contents."""

_SCALED = ("width", "height")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A configured backend, ready or not."""

    name: str
    farm: Farm
    document: Document | None
    takes: frozenset[str]
    """The names of what the workflow takes."""
    why: str
    """What keeps it from being used; empty: nothing."""
    version: str
    _told: set[str] = field(default_factory=set)

    @classmethod
    def of(
        cls, name: str, config: Config, around: Surroundings, *, needed: tuple[str, ...]
    ) -> Self:
        """Reads the workflow that a table names.

        Args:
            name: the table's.
            config: the table.
            around: gives the folder that paths start from, and the environment.
            needed: the names that a workflow has to take.
        """
        document, takes, why = None, frozenset[str](), ""
        try:
            document = Document.read(
                around.folder / Path(config.workflow).expanduser(),
                bind=config.bind,
                own=frozenset(config.own_values()),
                unchecked=config.unchecked,
            )
            takes = document.roles()
            config.secrets(around.environment)
            for role in needed:
                if role not in takes:
                    raise InputError(
                        f"nothing in the workflow {config.workflow} takes the {role}: title a node "
                        f'nightshoot:{role}, or write bind = {{{role} = "NODE.INPUT"}} into the '
                        "settings"
                    )
        except InputError as error:
            why = str(error)
        return cls(
            name=name,
            farm=Farm(config, around.environment),
            document=document,
            takes=takes,
            why=why,
            version=_version(config, document),
        )

    def available(self) -> Available:
        """Says whether the workflow and the settings are good; no server is asked."""
        return Available(ready=not self.why, why=self.why)

    def require(self) -> Document:
        """Gives the workflow. Raises InputError where it cannot be used."""
        if self.why or self.document is None:
            raise InputError(f"{self.name} cannot be used: {self.why}")
        return self.document

    def capabilities(self, config: Config) -> Capabilities:
        """Gives what the workflow has places for; sizes are fitted."""
        return Capabilities(
            needs=("a ComfyUI server",),
            licence=config.licence,
            # Another machine, or another release of its libraries, paints slightly otherwise.
            deterministic="seed" in self.takes and len(config.servers) == 1,
            offline=False,
            size_multiple=config.size_multiple,
            max_pixels=config.max_pixels,
            fits=True,
            references=self.references,
            controls=tuple(kind for kind in ControlKind if kind.value in self.takes),
            last_frame="last frame" in self.takes,
            at_once=config.at_once or len(config.servers),
            longest_s=config.timeout_s,
        )

    @property
    def references(self) -> int:
        """How many reference pictures the workflow takes."""
        numbers = [int(role.split()[1]) for role in self.takes if role.startswith("reference ")]
        return max(numbers, default=0)

    def values_of(
        self, plan: ShotPlan, config: Config, *, width: int, height: int
    ) -> dict[str, Scalar]:
        """Gives the words and numbers of a plan by role; the user's own values among them."""
        values: dict[str, Scalar] = {
            "prompt": plan.prompt,
            "negative": plan.negative_prompt,
            "seed": plan.seed,
            "width": width,
            "height": height,
        }
        for control in plan.controls:
            values[f"{control.kind.value} weight"] = control.weight
        return values | config.own_values()

    def pictures_of(self, plan: ShotPlan, files: Mapping[str, Path]) -> dict[str, Path]:
        """Gives the files of a plan by role: those that the workflow takes.

        Raises:
            InputError: the plan names a file that was not given.
        """
        named = {
            f"reference {number}": digest
            for number, digest in enumerate(
                (person.reference for person in plan.cast if person.reference), start=1
            )
        }
        named |= {control.kind.value: control.picture for control in plan.controls}
        if plan.last_frame:
            named["last frame"] = plan.last_frame
        wanted = {role: digest for role, digest in named.items() if role in self.takes}
        missing = [role for role, digest in wanted.items() if digest not in files]
        if missing:
            raise InputError(f"the picture for {missing[0]} of shot {plan.shot} was not given")
        return {role: files[digest] for role, digest in wanted.items()}

    def once(self, *notes: str) -> tuple[str, ...]:
        """Gives the notes that were not given before: what holds for every shot is told once."""
        fresh = tuple(note for note in notes if note not in self._told)
        self._told.update(fresh)
        return fresh

    def notes(self, plan: ShotPlan) -> tuple[str, ...]:
        """Says what of a plan the workflow has no place for."""
        given = [
            ("negative", bool(plan.negative_prompt), "what is not to be seen is not told to it"),
            ("seed", True, "each run gives the picture of the seed that is saved there"),
        ]
        told = [
            f"The workflow of {self.name} takes no {role}: {so}."
            for role, there, so in given
            if there and role not in self.takes
        ]
        if not set(_SCALED) <= self.takes:
            told.append(
                f"The workflow of {self.name} takes no size: what it makes is scaled and cropped."
            )
        return tuple(told)


def sized(plan: ShotPlan, config: Config, name: str) -> tuple[int, int]:
    """Gives the width and height that a workflow is asked for: near the plan's shape."""
    area = config.best_pixels or plan.width * plan.height
    return fit_size(plan.width, plan.height, rules_of(config, name, area))


def rules_of(config: Config, name: str, best_pixels: int) -> Rules:
    """Gives the rules of a workflow's model for one size; those of time are not used."""
    return Rules(
        name=name,
        size_multiple=config.size_multiple,
        best_pixels=min(best_pixels, config.max_pixels),
        max_pixels=config.max_pixels,
        frame_rule=(1, 0),
        max_frames=1,
        fps=None,
    )


def not_configured(kind: str) -> Available:
    """Says which table to write."""
    return Available(
        ready=False,
        why=f'write [{kind}.NAME] with backend = "comfyui" and workflow = "FILE.json" into the '
        "settings file, and servers where ComfyUI does not run on this machine",
    )


def _version(config: Config, document: Document | None) -> str:
    """Gives what changes when the same plan would give another picture."""
    told = config.model_dump(mode="json", exclude=set(_BESIDE_THE_PICTURE))
    told["workflow"] = document.digest if document else ""
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return f"{_VERSION}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"

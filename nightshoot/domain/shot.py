"""ShotPlan: one shot made ready for a painter and a camera, and what it may cost."""

from __future__ import annotations

from pydantic import Field

from nightshoot.domain.brief import Rate
from nightshoot.domain.screenplay import Look
from nightshoot.domain.storyboard import Camera, ControlKind, Staging
from nightshoot.domain.value import Value


class Cast(Value):
    """A character as the painter must know them in this shot."""

    id: str
    name: str
    look: Look
    reference: str = ""
    """The digest of a picture of the character; empty where the painter takes none."""
    lora: str = ""
    """The digest of a LoRA of the character, safetensors; empty: none."""
    lora_scale: float = Field(default=0.8, ge=0, le=2)


class Control(Value):
    """A picture that the painter is held to."""

    kind: ControlKind
    picture: str
    """The digest of a PNG; it is scaled to the plan's size."""
    weight: float = Field(ge=0, le=2)


class ShotPlan(Value):
    """Everything that decides the pixels of one take. Two equal plans give the same take."""

    shot: str
    prompt: str
    negative_prompt: str = ""
    style: str = ""
    staging: Staging
    camera: Camera
    cast: tuple[Cast, ...] = ()
    width: int = Field(ge=64, le=4096)
    height: int = Field(ge=64, le=4096)
    fps: Rate
    num_frames: int = Field(ge=1)
    seed: int = Field(ge=0, lt=2**31)
    """Decides this take."""
    place_seed: int = Field(default=0, ge=0, lt=2**31)
    """The same in all shots of one place, so that its hills and houses stay where they are."""
    place: str = ""
    """What the screenplay calls the place; it tells a painter in layers a ward from an office."""
    note: str = ""
    """What the critic asked to be different; empty on a first take."""
    controls: tuple[Control, ...] = ()
    last_frame: str = ""
    """The digest of a picture that the take ends on; empty: the camera ends where it likes."""

    @property
    def files(self) -> tuple[str, ...]:
        """The digests of every file that the plan names, each once."""
        named = [
            *(person.reference for person in self.cast),
            *(person.lora for person in self.cast),
            *(control.picture for control in self.controls),
            self.last_frame,
        ]
        return tuple(dict.fromkeys(digest for digest in named if digest))

    def look_of(self, character: str) -> Look | None:
        """Gives the look of a character of this shot, or None for a stranger."""
        for person in self.cast:
            if person.id == character:
                return person.look
        return None


class Estimate(Value):
    """What an action is expected to cost at most."""

    cost_usd: float = Field(default=0.0, ge=0)
    gpu_s: float = Field(default=0.0, ge=0)
    takes: int = Field(default=0, ge=0)
    """How many takes it films."""

"""ShotPlan: one shot made ready for a painter and a camera, and what it may cost."""

from __future__ import annotations

from pydantic import Field

from nightshoot.domain.brief import Rate
from nightshoot.domain.screenplay import Look
from nightshoot.domain.storyboard import Camera, Staging
from nightshoot.domain.value import Value


class Cast(Value):
    """A character as the painter must know them in this shot."""

    id: str
    name: str
    look: Look


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
    note: str = ""
    """What the critic asked to be different; empty on a first take."""

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

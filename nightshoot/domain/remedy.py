"""Remedy: what was changed for the next take, and which measures called for it."""

from __future__ import annotations

from enum import StrEnum

from nightshoot.domain.value import Value


class RemedyKind(StrEnum):
    """The ways to make the next take another one than those before."""

    NEW_SEED = "new_seed"
    """The same words, another draw of chance."""
    REWORDED = "reworded"
    """The prompt engineer worded the shot anew with the critic's note."""
    GENTLER = "gentler"
    """The camera does less of its move."""
    STRONGER = "stronger"
    """The camera does more of its move."""
    SIMPLER = "simpler"
    """Less is staged: fewer people and things, one plain gesture."""
    OTHER_PAINTER = "other_painter"
    """Another backend paints the keyframe."""
    OTHER_CAMERA = "other_camera"
    """Another backend films the take."""
    PLAINLY = "plainly"
    """The plain camera films the keyframe, as no other gives a take that can be shown."""


class Remedy(Value):
    """One change from the take before."""

    kind: RemedyKind
    reasons: tuple[str, ...] = ()
    """The ids of the measures that it answers."""
    told: str = ""
    """What changed, for a person who reads the board: `seed 12 to 907`, `flux to sdxl`."""

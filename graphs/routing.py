"""Where the graphs go next: pure functions of their states."""

from __future__ import annotations

from typing import Literal

from nightshoot.graphs.state import ShotState


def after_keyframe(state: ShotState, *, most_takes: int) -> Literal["take", "keyframe"]:
    """Films a good keyframe, paints a bad one again, and films the last one allowed all the same.

    An unattended run never stops for one bad shot: when the takes are used up, the shot is filmed
    from the keyframe at hand and judged as it is.
    """
    if state["passed"] or len(state["takes"]) >= most_takes:
        return "take"
    return "keyframe"


def after_take(state: ShotState, *, most_takes: int) -> Literal["keyframe", "__end__"]:
    """Ends with a good take, or when the takes are used up; else goes for another."""
    if state["passed"] or len(state["takes"]) >= most_takes:
        return "__end__"
    return "keyframe"


def next_take(state: ShotState) -> int:
    """The number of the take that comes next."""
    return len(state.get("takes", {})) + 1


def in_order(state: ShotState) -> list[str]:
    """The takes so far, by their numbers."""
    takes = state.get("takes", {})
    return [takes[number] for number in sorted(takes, key=int)]

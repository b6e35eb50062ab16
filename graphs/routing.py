"""Where the graphs go next: pure functions of their states."""

from __future__ import annotations

from typing import Literal

from nightshoot.graphs.state import ShotState

_PLACES: dict[str, Literal["keyframe", "take", "__end__"]] = {
    "keyframe": "keyframe",
    "take": "take",
    "end": "__end__",
}


def onward(state: ShotState) -> Literal["keyframe", "take", "__end__"]:
    """Goes where the last step decided; a shot that has not begun is painted first.

    A good keyframe is filmed, a bad one painted again. A bad take is answered by a new keyframe, or
    filmed again from the one that was good. An unattended run never stops for one bad shot: where
    the loop ends before anything was filmed, the best keyframe is filmed and judged as it is.
    """
    return _PLACES[state.get("then", "keyframe")]

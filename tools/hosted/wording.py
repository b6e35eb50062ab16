"""Words a plan for a service that reads one prompt."""

from __future__ import annotations

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import CameraMove, MoveStrength


def picture_prompt(plan: ShotPlan) -> str:
    """Gives the plan's prompt, with its style where the prompt does not say it."""
    style = plan.style.strip()
    if not style or style.lower() in plan.prompt.lower():
        return plan.prompt.strip()
    return f"{plan.prompt.strip().rstrip('.')}. Style: {style}."


def video_prompt(plan: ShotPlan) -> str:
    """Gives the plan's prompt and its camera move: a service has no other way to be told."""
    move = plan.camera.move
    if move is CameraMove.STATIC:
        said = "the camera does not move"
    else:
        how = {MoveStrength.GENTLE: "slowly ", MoveStrength.STRONG: "fast "}
        said = f"{how.get(plan.camera.strength, '')}{move.value.replace('_', ' ')}"
    return f"{picture_prompt(plan).rstrip('.')}. Camera: {said}."


def shortened(text: str, most: int) -> str:
    """Gives the text, cut off at a word or a stop where it has more than `most` characters."""
    if len(text) <= most:
        return text
    cut = text[:most]
    stop = max(cut.rfind(mark) for mark in " ，。,.;；")
    return cut[: stop if stop > most // 2 else most].rstrip()

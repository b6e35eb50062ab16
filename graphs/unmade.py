"""What a person is told of shots of which there is nothing to show, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nightshoot.domain.storyboard import Storyboard
from nightshoot.errors import BackendError, Refused, TransientError


def unmade(left: Mapping[str, BackendError], board: Storyboard, folder: Path) -> BackendError:
    """Gives the error of a film whose other shots are all made.

    It is of the kind that says what may be done about it: a refusal only where all are, a fault
    that may pass where one is.

    Args:
        left: why nothing came of each shot, by its id.
        board: all shots.
        folder: the film's.
    """
    order = [shot.id for shot in board.shots]
    names = sorted(left, key=order.index)
    reasons = "; ".join(f"{shot}: {left[shot]}" for shot in names)
    some = f"{len(names)} of {len(order)} shots" if len(order) > 1 else "the only shot"
    others = ", and all others are made and kept" if len(order) > len(names) else ""
    waits = [one for one in names if left[one].unsure or isinstance(left[one], TransientError)]
    text = f"{some} could not be made{others} ({reasons}). "
    asked = [one for one in names if one not in waits]
    if asked:
        text += (
            f"For {', '.join(asked)}, do one of these: word the shot otherwise in "
            f"{folder / 'storyboard.yaml'}; put a picture of your own at "
            f"{_files(folder, asked, 'keyframe.png')} (or a video at take.mp4 beside it); or name "
            "another backend in "
            f"{folder / 'production.yaml'}, under crew: other_image or other_video. Then run "
        )
    else:
        text += "See what is wrong there, then run "
    text += f"`nightshoot resume {folder}`: it makes just what is missing"
    if waits:
        retry = max((_after(left[one]) for one in waits), default=0.0)
        return TransientError(text, retry_after_s=retry or None)
    refused = all(isinstance(error, Refused) for error in left.values())
    return Refused(text) if refused else BackendError(text)


def _files(folder: Path, shots: list[str], name: str) -> str:
    return ", ".join(str(folder / "shots" / shot / name) for shot in shots)


def _after(error: BackendError) -> float:
    return (error.retry_after_s or 0.0) if isinstance(error, TransientError) else 0.0

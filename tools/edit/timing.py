"""How long a shot must be for its lines, and when each voice begins in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from nightshoot.domain.time import frames_for
from nightshoot.domain.vocabulary import Transition

LEAD_S = 0.25
"""From the end of the incoming transition to the first word. Source: our own cuts; a voice that
begins with the picture sounds clipped, and one that waits for half a second sounds late."""

TAIL_S = 0.35
"""From the last word to the outgoing transition. Source: our own cuts, as above."""

PAUSE_S = 0.3
"""Between two lines of one shot: a breath. Source: pauses between turns of talk have a mode of
0 to 0.2 s (Stivers et al., PNAS 106(26), 2009); read lines need slightly more."""

TRANSITION_S: dict[Transition, Fraction] = {
    Transition.CUT: Fraction(0),
    Transition.DISSOLVE: Fraction(1, 2),
    Transition.DIP_TO_BLACK: Fraction(1),
    Transition.MATCH: Fraction(3, 10),
}
"""How long each transition shows both shots, in seconds. Source: editing programs dissolve for one
second by default; short drama is twice as quick. A match must pass for one motion: 7 frames at
24 a second."""


TITLE_S = 1.6
"""How long the title stands alone. Source: read at a glance; the hook must come within three
seconds."""

END_S = 2.6
"""How long the end card stands alone: five short credits at 4 words a second."""

CARDS_S = TITLE_S + END_S
"""What the cards add to the length of the shots."""


def transition_frames(transition: Transition, fps: Fraction) -> int:
    """Gives how many frames a transition takes at a rate; 0 for a cut."""
    return round(TRANSITION_S[transition] * fps)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotTiming:
    """The length of a shot and where its voices begin, in frames of the shot."""

    num_frames: int
    starts: tuple[int, ...]


def time_shot(
    *,
    line_durations_s: Sequence[float],
    min_duration_s: float,
    fps: Fraction,
    before: int,
    after: int,
) -> ShotTiming:
    """Fits a shot to its lines: none is heard during a transition on either side.

    Args:
        line_durations_s: how long each recorded line lasts, in order, in seconds.
        min_duration_s: the shot lasts at least this long, in seconds, transitions included.
        fps: frames per second.
        before: how many first frames the transition from the shot before takes.
        after: how many last frames the transition to the next shot takes.
    """
    starts = []
    position = before + frames_for(LEAD_S, fps)
    end = before
    for duration_s in line_durations_s:
        starts.append(position)
        end = position + frames_for(duration_s, fps)
        position = end + frames_for(PAUSE_S, fps)
    tail = frames_for(TAIL_S, fps) if starts else 0
    # A shot keeps at least one frame to itself, so that two transitions never touch.
    needed = max(end + tail, before + 1) + after
    return ShotTiming(num_frames=max(needed, frames_for(min_duration_s, fps)), starts=tuple(starts))

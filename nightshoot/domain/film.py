"""Take and Film: what was made, by whom, and how it was judged."""

from __future__ import annotations

from pydantic import Field

from nightshoot.domain.brief import Rate
from nightshoot.domain.review import Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.value import Value


class Take(Value):
    """One attempt at a shot: a keyframe, the video where one was filmed, and the verdicts."""

    number: int = Field(ge=1)
    plan: ShotPlan
    keyframe: str
    """The digest of the picture (PNG)."""
    layers: str = ""
    """The digest of the layered SVG, where the painter works in layers."""
    video: str = ""
    """The digest of the video; empty where the keyframe was rejected before filming."""
    keyframe_review: Review
    video_review: Review | None = None
    advice: str = ""
    """What the critic asks of the next take; empty where the take passed."""

    @property
    def passed(self) -> bool:
        """Whether the take was filmed and every verdict is good."""
        return (
            self.keyframe_review.passed
            and self.video_review is not None
            and self.video_review.passed
        )

    @property
    def score(self) -> float:
        """Ranks takes of one shot: a filmed take before an unfilmed one, then by the verdicts."""
        filmed = 0.0 if self.video_review is None else 1.0 + self.video_review.score
        return filmed + self.keyframe_review.score


class ShotResult(Value):
    """What a shot came to: all its takes in order, and the one that the film uses."""

    shot: str
    takes: tuple[Take, ...] = Field(min_length=1)
    best: int = Field(ge=1)
    """The number of the take in the film."""
    flagged: bool
    """The best take still has a bad verdict; a person should look."""

    @property
    def take(self) -> Take:
        """The take in the film."""
        return self.takes[self.best - 1]


class Film(Value):
    """A rendered cut."""

    title: str
    video: str
    """The digest of the film's file."""
    num_frames: int
    fps: Rate
    width: int
    height: int
    duration_s: float
    review: Review

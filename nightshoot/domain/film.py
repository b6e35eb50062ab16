"""Take and Film: what was made, by whom, and how it was judged."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.brief import Rate
from nightshoot.domain.remedy import Remedy
from nightshoot.domain.review import NOTHING_CAME, Finding, Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.value import Value


class Shortage(StrEnum):
    """What there is too little of for a film to be made as it was ordered."""

    MONEY = "money"
    GPU_TIME = "gpu_time"
    TAKES = "takes"
    TIME = "time"
    CAMERA = "camera"
    """No camera that was ordered gave a take that can be shown."""


class Candidate(Value):
    """One of several keyframes painted for the same plan."""

    seed: int
    picture: str
    """The digest of the picture (PNG)."""
    review: Review


class Take(Value):
    """One attempt at a shot: a keyframe, the video where one was filmed, and the verdicts."""

    number: int = Field(ge=1)
    plan: ShotPlan
    keyframe: str
    """The digest of the picture (PNG); empty where none came of it."""
    layers: str = ""
    """The digest of the layered SVG, where the painter works in layers."""
    video: str = ""
    """The digest of the video; empty where the keyframe was rejected before filming."""
    keyframe_review: Review
    video_review: Review | None = None
    advice: str = ""
    """What the critic, or a person, asks of the next take; empty where the take passed."""
    painter: str = ""
    """The backend that painted the keyframe."""
    camera: str = ""
    """The backend that filmed it."""
    remedies: tuple[Remedy, ...] = ()
    """What is otherwise than in the takes before; empty for a first take."""
    candidates: tuple[Candidate, ...] = ()
    """All keyframes that were painted for the plan, where there were several."""
    kept: int = Field(default=0, ge=0)
    """The number of the take whose keyframe this one was filmed from; 0: its own."""
    cost_usd: float = Field(default=0.0, ge=0)
    """What wording, painting, filming and judging it cost when they were done."""
    work_s: float = Field(default=0.0, ge=0)
    """How long they took when they were done, in seconds of work: waits for a turn do not count."""
    ruling: Ruling | None = None
    """What a person said of it, filmed, or of its keyframe; goes before the verdict on that."""
    economised: Shortage | None = None
    """What there was too little of, so that the plain camera filmed it instead of the one that the
    film was ordered with."""

    @property
    def failure(self) -> Finding | None:
        """What a backend said where nothing came of the attempt: no picture, or no video."""
        reviews = [self.keyframe_review, *([self.video_review] if self.video_review else [])]
        found = [one for review in reviews for one in review.findings]
        return next((one for one in found if one.measure in NOTHING_CAME), None)

    @property
    def ruled(self) -> Verdict | None:
        """What a person said of the take as filmed."""
        ruling = self.ruling
        return ruling.verdict if ruling and self.video and ruling.made == self.video else None

    @property
    def rejected_by_person(self) -> bool:
        """Whether a person turned it down, as filmed or as a keyframe."""
        return self.ruling is not None and self.ruling.verdict is Verdict.REJECTED

    @property
    def keyframe_passed(self) -> bool:
        """Whether the keyframe's verdict is good, or a person approved it."""
        ruling = self.ruling
        if ruling and ruling.made == self.keyframe:
            return ruling.verdict is Verdict.APPROVED
        return self.keyframe_review.passed

    @property
    def passed(self) -> bool:
        """Whether the take was filmed, and every verdict is good or a person approved it."""
        if self.video_review is None or not self.video:
            return False
        if self.ruled is not None:
            return self.ruled is Verdict.APPROVED
        return self.keyframe_passed and self.video_review.passed

    @property
    def praised(self) -> bool:
        """Whether it was filmed and the critic alone has nothing against it."""
        return (
            self.keyframe_review.passed
            and self.video_review is not None
            and self.video_review.passed
        )

    @property
    def score(self) -> float:
        """Ranks takes of one shot: a filmed take before an unfilmed one, then by the verdicts."""
        if not self.keyframe:
            return 0.0
        filmed = 1.0 + self.video_review.score if self.video and self.video_review else 0.0
        return filmed + self.keyframe_review.score


class Ending(StrEnum):
    """Why a shot's loop ended."""

    PASSED = "passed"
    APPROVED = "approved"
    """A person approved a take that the critic had rejected."""
    TAKES = "takes"
    """The takes were used up, the shot's or the film's."""
    NO_BETTER = "no_better"
    """The last takes were no better than those before."""
    MONEY = "money"
    """Another take would cost more than the shot, or the film, may."""
    GPU_TIME = "gpu_time"
    """Another take would need more GPU time than the film may."""
    TIME = "time"
    """Another take would take longer than the shot may, or the film would not end in time."""
    NO_REMEDY = "no_remedy"
    """Every change that could help was tried."""
    CAMERA = "camera"
    """No camera gave a take that can be shown; the plain camera filmed the keyframe."""
    FAILED = "failed"
    """Another take could not be made now: its backend does not answer."""


class ShotResult(Value):
    """What a shot came to: all its takes in order, and the one that the film uses."""

    shot: str
    takes: tuple[Take, ...] = Field(min_length=1)
    best: int = Field(ge=1)
    """The number of the take in the film."""
    flagged: bool
    """The best take still has a bad verdict; a person should look."""
    ended: Ending = Ending.PASSED

    @property
    def take(self) -> Take:
        """The take in the film."""
        return self.takes[self.best - 1]

    @property
    def economised(self) -> Shortage | None:
        """What there was too little of, where the plain camera filmed the take in the film."""
        return self.take.economised


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

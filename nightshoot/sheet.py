"""What was ordered of a film and who makes it, and where its run and its takes stand."""

from __future__ import annotations

from pydantic import Field, TypeAdapter

from nightshoot.domain.brief import FilmOptions
from nightshoot.domain.film import Shortage
from nightshoot.domain.limits import Limits
from nightshoot.domain.value import Value


class CrewChoice(Value):
    """The backends that make the film, by name; they stay the same when it is resumed."""

    writer: str
    image: str
    video: str
    voice: str
    """`auto`: the first that works of those that are installed. `none`: captions alone."""
    music: str
    other_image: tuple[str, ...] = ()
    """Painters for shots that the first one does not get right, in the order they are tried."""
    other_video: tuple[str, ...] = ()
    """The same for cameras."""

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Gives who plays which part, for a list that a person reads."""
        named = {name: value for name, value in self if isinstance(value, str)}
        others = {
            name.replace("_", " "): ", ".join(value)
            for name, value in self
            if isinstance(value, tuple) and value
        }
        return tuple((named | others).items())


class ProductionSheet(Value):
    """`production.yaml`: what was ordered and who makes it."""

    nightshoot: int = 1
    """The version of the folder's form."""
    title: str
    options: FilmOptions
    crew: CrewChoice
    review: bool = False
    """A person approves the screenplay, the storyboard and the keyframes."""
    budget_usd: float | None = Field(default=None, ge=0)
    gpu_hours: float | None = Field(default=None, ge=0)
    """GPU time that the film may take."""
    takes_in_all: int | None = Field(default=None, ge=0)
    """How many takes may be filmed for it."""

    @property
    def limits(self) -> Limits:
        """The most that the film may use."""
        return Limits(
            usd=self.budget_usd,
            gpu_s=None if self.gpu_hours is None else self.gpu_hours * 3600,
            takes=self.takes_in_all,
        )


class RunState(Value):
    """Where the last run stands; kept in `.nightshoot/run.json`."""

    run: int = 1
    """Counts the runs; each has checkpoints of its own."""
    state: str = "running"
    """`running`, `awaiting <gate>`, `stopped <stage>` or `done`."""
    rulings: str = ""
    """The digest of the rulings that the run began with; empty: there were none."""
    passed: tuple[str, ...] = ()
    """The gates that a person passed in this run."""
    skips: tuple[str, ...] = ()
    """The gates that were passed in runs before, for the same documents."""


class TakeNote(Value):
    """A take as a person may rule on it; kept in `.nightshoot/takes/<shot>.json`."""

    number: int
    keyframe: str
    video: str = ""
    shown: bool = False
    """It is the one in the film, or the one whose keyframe waits for approval."""
    flagged: bool = False
    """It is in the film, though a verdict on it is bad."""
    economised: Shortage | None = None
    """What there was too little of, where the plain camera filmed it, now or in the run before."""

    @property
    def made(self) -> str:
        """The digest that a ruling is bound to."""
        return self.video or self.keyframe


TAKES: TypeAdapter[tuple[TakeNote, ...]] = TypeAdapter(tuple[TakeNote, ...])

"""Forecast: what a change would have to have made again, and what that takes."""

from __future__ import annotations

from collections.abc import Iterable

from nightshoot.artifacts import Foreseen
from nightshoot.domain.value import Value


class Stale(Value):
    """Something that has to be made again."""

    tool: str
    """Such as `image/shadow-play`, `speech/kokoro` or `edit/body`."""
    shot: str = ""
    """The id of the shot that it is for; empty: the film, or several."""
    cost_usd: float = 0.0
    gpu_s: float = 0.0
    wall_s: float | None = None
    """How long the tool took lately; None: not known."""

    @property
    def kind(self) -> str:
        """The first part of the tool's name: `image`, `video`, `speech`, `edit`."""
        return self.tool.partition("/")[0]


class Forecast(Value):
    """What a change makes stale, as far as it can be told before: the critic may ask for more."""

    stale: tuple[Stale, ...]
    reused: int
    """How many actions the log has already."""

    @classmethod
    def of(cls, foreseen: Iterable[tuple[Foreseen, str]], *, reused: int) -> Forecast:
        """Gives the forecast of actions, each with the shot that it is for."""
        return cls(
            stale=tuple(
                Stale(
                    tool=one.action.tool,
                    shot=shot,
                    cost_usd=one.action.estimate.cost_usd,
                    gpu_s=one.action.estimate.gpu_s,
                    wall_s=one.wall_s,
                )
                for one, shot in foreseen
            ),
            reused=reused,
        )

    def count(self, kind: str) -> int:
        """How many actions of a kind are stale."""
        return sum(one.kind == kind for one in self.stale)

    @property
    def shots(self) -> tuple[str, ...]:
        """The shots of which something is stale, in the order in which it was found."""
        return tuple(dict.fromkeys(one.shot for one in self.stale if one.shot))

    @property
    def cost_usd(self) -> float:
        """The most that it can cost, if no take is rejected."""
        return sum(one.cost_usd for one in self.stale)

    @property
    def gpu_s(self) -> float:
        """The GPU time that it is estimated to take."""
        return sum(one.gpu_s for one in self.stale)

    @property
    def work_s(self) -> float:
        """The sum of what each tool took lately; less where they run side by side."""
        return sum(one.wall_s or 0.0 for one in self.stale)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Tools that were never used here: how long they take is not known."""
        return tuple(dict.fromkeys(one.tool for one in self.stale if one.wall_s is None))

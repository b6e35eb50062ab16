"""What a webhook is told of a night: the facts of `report.json` that fit into a message."""

from __future__ import annotations

from collections.abc import Mapping

from nightshoot.domain.batch import Cause, EntryState
from nightshoot.domain.value import Value
from nightshoot.pages.night_facts import NightFacts


class MadeFilm(Value):
    """A film that was made."""

    id: int
    name: str
    duration_s: float
    cost_usd: float
    flagged_shots: tuple[str, ...]
    film: str
    """Its path from the folder of the report."""


class FailedFilms(Value):
    """Films that failed for one cause. What the error said stays in the report."""

    cause: Cause
    films: tuple[str, ...]
    command: str
    """What tries them again."""


class Summary(Value):
    """The body of the message."""

    text: str
    """All of it in a line, as chats show it."""
    night: int
    begun_at: str
    ended_at: str
    ended: str
    """`done`, `deadline`, `budget`, `disk` or `stopped`."""
    films: Mapping[EntryState, int]
    """How many stand so; states without films are left out."""
    made: tuple[MadeFilm, ...]
    failed: tuple[FailedFilms, ...]
    spent_usd: float
    budget_usd: float | None
    gpu_s: float
    takes: int
    wall_s: float

    @classmethod
    def of(cls, facts: NightFacts, *, ended: str) -> Summary:
        """Gives the summary of a night.

        Args:
            facts: those of the night.
            ended: why the run ended.
        """
        counts = {state: n for state in EntryState if (n := facts.count(state))}
        made = tuple(
            MadeFilm(
                id=film.id,
                name=film.called,
                duration_s=film.duration_s,
                cost_usd=film.cost_usd,
                flagged_shots=film.flagged_shots,
                film=film.film,
            )
            for film in facts.films
            if film.state is EntryState.DONE
        )
        counted = ", ".join(f"{n} {state.value.replace('_', ' ')}" for state, n in counts.items())
        return cls(
            text=f"Nightshoot, night {facts.night} ({ended or 'going on'}): "
            f"{counted or 'nothing to do'}; ${facts.spent_usd:.2f}",
            night=facts.night,
            begun_at=facts.begun_at,
            ended_at=facts.ended_at,
            ended=ended,
            films=counts,
            made=made,
            failed=tuple(
                FailedFilms(
                    cause=group.cause,
                    films=tuple(film.name for film in group.films),
                    command=group.command,
                )
                for group in facts.failures
            ),
            spent_usd=facts.spent_usd,
            budget_usd=facts.budget_usd,
            gpu_s=facts.gpu_s,
            takes=facts.takes,
            wall_s=facts.wall_s,
        )

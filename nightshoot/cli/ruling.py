"""`nightshoot approve` and `reject`: a person's word on a take."""

from __future__ import annotations

from pathlib import Path

from nightshoot.authorship import now, whoever
from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.errors import InputError
from nightshoot.production import Production
from nightshoot.sheet import TakeNote


def ruled(folder: Path, shot: str, verdict: Verdict, *, take: int | None, note: str) -> str:
    """Writes down what a person says of a take; gives the line that says what to do next.

    Args:
        folder: the production's.
        shot: a shot's id, or its number on the board.
        verdict: what the person says.
        take: the number of the take; None: the one in the film, or at the gate.
        note: why, or what the next take should do.

    Raises:
        InputError: there is no such production, shot or take, or nothing was said of what to do.
    """
    if verdict is Verdict.REJECTED and not note.strip():
        raise InputError("say with --note what the next take should do")
    production = Production.open(folder)
    with production.held():
        found = _shot(production, shot)
        noted = _take(production, found, take)
        ruling = Ruling(
            shot=found.id,
            made=noted.made,
            take=noted.number,
            verdict=verdict,
            note=note.strip(),
            by=whoever(),
            at=now(),
        )
        production.rule(ruling)
    return (
        f"take {noted.number} of shot {found.number} is {verdict.value}; go on with:\n"
        f"  nightshoot resume {folder}"
    )


def _shot(production: Production, name: str) -> Shot:
    if not (production.folder / "storyboard.yaml").is_file():
        raise InputError(
            f"{production.folder} has no storyboard yet: run `nightshoot resume "
            f"{production.folder}` first"
        )
    shots = production.read("storyboard.yaml", Storyboard).shots
    named = [shot for shot in shots if shot.id == name] or [
        shot for shot in shots if shot.number == name
    ]
    if not named:
        known = ", ".join(shot.number for shot in shots[:12])
        more = ", ..." if len(shots) > 12 else ""
        raise InputError(f"there is no shot {name!r}: choose from {known}{more}")
    if len(named) > 1:
        ids = ", ".join(shot.id for shot in named)
        raise InputError(f"several shots have the number {name}: name one by its id: {ids}")
    return named[0]


def _take(production: Production, shot: Shot, number: int | None) -> TakeNote:
    takes = production.takes_of(shot.id)
    if not takes:
        raise InputError(
            f"shot {shot.number} has no take yet: run `nightshoot resume {production.folder}` first"
        )
    for take in takes:
        if take.number == number or (number is None and take.shown):
            return take
    known = ", ".join(str(take.number) for take in takes)
    raise InputError(f"shot {shot.number} has no take {number}: choose from {known}")

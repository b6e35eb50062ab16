"""The cases of the benchmark, read from the files beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from nightshoot.domain.orders import RevisionOrder
from nightshoot.domain.revising import Documents, applied
from nightshoot.domain.revision import Operation, Revision, ShotTakes, Turn
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese

HERE = Path(__file__).parent
SETS = ("common", "fresh", "last")


class Said(Value):
    """A request before, and what came of it."""

    request: str
    operations: tuple[Operation, ...] = ()


class Case(Value):
    """A request, and what a careful person would expect of it."""

    id: str
    film: Literal["crossing", "ferry"]
    kind: str
    request: str
    turns: tuple[Said, ...] = ()
    takes: tuple[ShotTakes, ...] = ()
    pins: tuple[str, ...] = ()
    operations: tuple[Operation, ...] = ()
    outcome: Literal["change", "ask", "refuse"] = "change"
    stale: dict[str, tuple[str, ...]] | None = None
    """What must be made again: shots by part, parts of the film, shots that are gone; None: it
    was not written down."""
    choices: int = Field(default=0, ge=0)
    """How many answers a question must offer at least."""

    @property
    def language(self) -> str:
        """The request's, `zh` or `en`."""
        return "zh" if has_chinese(self.request) else "en"


def cases(name: str) -> tuple[Case, ...]:
    """Gives the cases of a set."""
    rows = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return tuple(Case.model_validate(row) for row in rows)


@cache
def film(name: str) -> tuple[Screenplay, Storyboard]:
    """Gives the documents of a film."""

    def load(kind: str) -> object:
        return yaml.safe_load((HERE / "films" / f"{name}.{kind}.yaml").read_text(encoding="utf-8"))

    return (
        Screenplay.model_validate(load("screenplay")),
        Storyboard.model_validate(load("storyboard")),
    )


def order(case: Case) -> RevisionOrder:
    """Gives what the reviser is given for a case."""
    screenplay, board = film(case.film)
    start = RevisionOrder(
        request=case.request,
        screenplay=screenplay,
        storyboard=board,
        takes=case.takes,
        pins=case.pins,
    )
    documents = Documents.of(start)
    for said in case.turns:
        documents = applied(documents, said.operations).documents
    turns = [
        Turn(request=s.request, revision=Revision(operations=s.operations)) for s in case.turns
    ]
    return RevisionOrder(
        request=case.request,
        screenplay=documents.screenplay,
        storyboard=documents.storyboard,
        options=documents.options,
        takes=documents.takes,
        pins=documents.pins,
        turns=tuple(turns),
    )

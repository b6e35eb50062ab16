"""Shared by the tests of the reviser by rule: asking it, one request after another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.revise.cases import film
from nightshoot.domain.orders import RevisionOrder
from nightshoot.domain.revising import Documents, applied
from nightshoot.domain.revision import Revision, ShotTakes, Turn
from nightshoot.tools.writer.rehearsal.revising.reviser import revise

Asking = Callable[..., Revision]


@pytest.fixture
def asking() -> Asking:
    """Asks for each request on what the ones before have made; gives what the last comes to."""

    def ask(
        name: str,
        *requests: str,
        takes: tuple[ShotTakes, ...] = (),
        pins: tuple[str, ...] = (),
    ) -> Revision:
        screenplay, board = film(name)
        order = RevisionOrder(
            request=requests[0], screenplay=screenplay, storyboard=board, takes=takes, pins=pins
        )
        documents, turns = Documents.of(order), list[Turn]()
        revision = Revision()
        for request in requests:
            order = RevisionOrder(
                request=request,
                screenplay=documents.screenplay,
                storyboard=documents.storyboard,
                options=documents.options,
                takes=documents.takes,
                pins=documents.pins,
                turns=tuple(turns),
            )
            revision = revise(order)
            turns.append(Turn(request=request, revision=revision))
            documents = applied(documents, revision.operations).documents
        return revision

    return ask

"""What the tests of single steps share: the workshop of a bench, without a graph around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from nightshoot.domain.film import ShotResult
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.graphs.context import Turn
from nightshoot.graphs.shooting import Shooting
from nightshoot.graphs.workshop import Workshop
from nightshoot.production import Production
from nightshoot.tools.fake import FakeCamera, FakePainter

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object


@pytest.fixture
def workshop_of() -> Iterator[Callable[[Bench], Workshop]]:
    """Opens the workshop of a bench's production, as a new run does."""
    with ExitStack() as stack:
        yield lambda bench: bench.studio().workshop(bench.production(), bench.events.append, stack)


@pytest.fixture
def loop(
    bench: Callable[..., Bench],
) -> Callable[..., Bench]:
    """Builds a bench with more choices about the shots' loops.

    `options` are the film's; `painters` and `cameras` are the crew's others.
    """

    def build(
        *,
        options: dict[str, object] | None = None,
        painters: tuple[FakePainter, ...] = (),
        cameras: tuple[FakeCamera, ...] = (),
        **parts: object,
    ) -> Bench:
        one = bench(**parts)
        ordered, crew = one.production, one.tools

        def production() -> Production:
            new = not Production.is_production(one.folder)
            made = ordered()
            if new:
                wanted = made.sheet.options.model_copy(update=options or {})
                made.sheet = made.sheet.model_copy(update={"options": wanted})
                made.write_sheet()
            return made

        one.production = production  # type: ignore[method-assign]
        one.tools = lambda: replace(  # type: ignore[method-assign]
            crew(), other_images=painters, other_videos=cameras
        )
        return one

    return build


@pytest.fixture
def shot_of(
    workshop_of: Callable[[Bench], Workshop], screenplay: Screenplay, board: Storyboard
) -> Callable[..., ShotResult]:
    """Runs one shot's loop to its end, step by step as the graph does, and gives what came of it.

    `drawn` is put in the place of the board's first shot; `before` is told of each turn before it
    is taken.
    """

    def run(
        one: Bench,
        *,
        drawn: Shot | None = None,
        shot: str = "s01",
        before: Callable[[Workshop, Turn], None] = lambda *_: None,
    ) -> ShotResult:
        shots = (drawn or board.shots[0], *board.shots[1:])
        shop = workshop_of(one)
        shop.production.settle("screenplay.yaml", screenplay, heading="Words.")
        reference = shop.keep(board.model_copy(update={"shots": shots}))

        async def went() -> ShotResult:
            steps = Shooting(shop)
            await steps.open(reference)
            turn = Turn(takes={}, then="keyframe", order=await steps.begin(shot))
            takes: dict[str, str] = {}
            while turn.then != "end":
                before(shop, turn)
                if turn.then == "keyframe":
                    turn = await steps.keyframe(turn.order, takes)
                else:
                    turn = await steps.film(turn.order, takes, turn.ended)
                takes |= turn.takes
            return shop.fetch(await steps.settle(shot, takes, turn.ended), ShotResult)

        return asyncio.run(went())

    return run

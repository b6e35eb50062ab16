"""Standing in: what a provider that is away was to make is made by another of the crew.

That is written down before the other one begins: a run that goes on with the film, when the first
one may be back, finds what was made and has nothing made twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from nightshoot.artifacts import Action, JobState, Made
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.value import Value
from nightshoot.errors import BudgetExceeded, InputError, TooLate, TransientError
from nightshoot.graphs.workshop import Workshop
from nightshoot.providers import Away
from nightshoot.tools.protocols import Backend

Crew = TypeVar("Crew", bound=Backend)
Got = TypeVar("Got")


class StandIn(Value):
    """Asks who made something in the place of whom it was ordered from."""

    film: str
    """The account of the film, which is its folder."""
    action: str
    """The key of the action as it was ordered."""


class StoodIn(Value):
    """The answer."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Generic[Crew, Got]):
    """Something to be made by one of a crew."""

    plan: ShotPlan
    kind: str
    """`image` or `video`."""
    crew: Sequence[Crew]
    """All who could, the first one first."""
    action: Callable[[Crew, ShotPlan], Action]
    """Gives the action by which one of them makes a plan."""
    refit: Callable[[Crew], Awaitable[ShotPlan]]
    """Gives the plan as another one takes it. Raises InputError where they cannot."""
    make: Callable[[Crew, ShotPlan, bool], Awaitable[Got]]
    """Has one of them make a plan; True: where they are away, it is not waited for them."""


class StandingIn:
    """Finds who makes what, for one film."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    async def made(self, order: Order[Crew, Got], first: Crew) -> Got:
        """Gives what is made of an order.

        By whom it is meant for, while they answer; else by the first of the others who can and
        whose circuit is closed; where there is nobody, or a job of it runs at a service already and
        may be paid, it waits.

        Args:
            order: what is to be made.
            first: whom it is meant for.
        """
        names = [one.name for one in order.crew]
        others = [one for one in order.crew if one.name != first.name]
        if first.name not in names or not others:
            return await order.make(first, order.plan, False)
        action = order.action(first, order.plan)
        noted = await self._noted(action)
        for one in others:
            if one.name == noted and await self._began(order, one):
                return await order.make(one, await order.refit(one), False)
        try:
            return await order.make(first, order.plan, True)
        except (Away, TransientError):
            if self._shop.log.job(action).state is not JobState.NONE:
                return await order.make(first, order.plan, False)
        for one in others:
            if not self._answers(order.kind, one):
                continue
            try:
                plan = await order.refit(one)
                await self._note(action, one.name)
                self._shop.report_once(
                    f"{first.name} does not answer: {one.name} stands in for it until it does."
                )
                return await order.make(one, plan, True)
            except TooLate:
                raise
            except (Away, TransientError, InputError, BudgetExceeded):
                # The next one, or whom it was meant for, may still make it.
                continue
        return await order.make(first, order.plan, False)

    def _answers(self, kind: str, backend: Backend) -> bool:
        provider = self._shop.provider(kind, backend)
        return provider is None or self._shop.circuit(provider).closed

    async def _began(self, order: Order[Crew, Got], one: Crew) -> bool:
        """Whether one has made an order already, or a job of it runs at a service."""
        try:
            action = order.action(one, await order.refit(one))
        except InputError:
            return False
        log = self._shop.log
        found = await asyncio.to_thread(log.find, action.key)
        return found is not None or log.job(action).state is not JobState.NONE

    async def _noted(self, action: Action) -> str:
        """Gives who stood in for an action, unless it was made as it was ordered after all."""
        log = self._shop.log
        found = await asyncio.to_thread(log.find, self._noting(action).key)
        if found is None or await asyncio.to_thread(log.find, action.key) is not None:
            return ""
        return found.read(StoodIn).name

    async def _note(self, action: Action, name: str) -> None:
        log, note = self._shop.log, self._noting(action)
        found = await asyncio.to_thread(log.find, note.key)
        if found is not None:
            if found.read(StoodIn).name == name:
                return
            await asyncio.to_thread(log.forget, [note.key])

        async def make(_: Path) -> Made:
            return Made(record=StoodIn(name=name))

        await log.perform_unclaimed(note, make, budget=self._shop.budget)

    def _noting(self, action: Action) -> Action:
        return Action(
            tool="stand-in",
            version="1",
            request=StandIn(film=self._shop.budget.account, action=action.key),
        )

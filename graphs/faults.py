"""Whose fault a failure is: the request's, which others may be made beside, or the backend's.

What was refused or failed for good is written down for the film, so that a run that takes it up
again decides the same without asking, and paying, again. What only waits for a backend to come
back, or for a job that runs at a service, is not: the next run asks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from nightshoot.artifacts import Action, JobState, Made
from nightshoot.domain.value import Value
from nightshoot.errors import BackendError, GaveUp, Refused, TransientError
from nightshoot.graphs.workshop import Workshop

IN_A_ROW = 3
"""Different shots in a row that nothing came of at one backend, after which it is taken to be the
backend's fault and the film stops. Source: as for circuits (`CircuitTerms.failures`): two may be
chance, and each more is another request that may cost money."""


class FailureOrder(Value):
    """Asks what came of an action for a film, where nothing did."""

    film: str
    """The account of the film, which is its folder."""
    action: str
    """The key of the action; empty: asks which shots the film has stopped for."""


class Suspects(Value):
    """Shots that the runs before stopped for."""

    shots: tuple[str, ...]


class Failed(Value):
    """The answer."""

    reason: str
    refused: bool


class Faults:
    """The failures of one film's shots."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._rows: dict[str, dict[str, BackendError]] = {}
        self._notes: dict[str, set[str]] = {}
        self._suspects: frozenset[str] = frozenset()

    async def open(self) -> None:
        """Finds out which shots the runs before stopped for."""
        found = await asyncio.to_thread(self._shop.log.find, self._suspecting().key)
        self._suspects = frozenset(found.read(Suspects).shots) if found else frozenset()

    async def recall(self, action: Action, shot: str) -> None:
        """Raises what an action failed with for good in a run before, unless it was made since.

        Raises:
            Refused: it was refused.
            BackendError: it failed.
        """
        log, note = self._shop.log, self._noting(action)
        found = await asyncio.to_thread(log.find, note.key)
        if found is None or await asyncio.to_thread(log.find, action.key) is not None:
            return
        self._notes.setdefault(shot, set()).add(note.key)
        failed = found.read(Failed)
        error = Refused(failed.reason) if failed.refused else BackendError(failed.reason)
        error.recorded = True
        raise error

    async def note(self, action: Action, shot: str, error: BackendError) -> None:
        """Writes down that an action failed for good; not where it may still come to something."""
        if isinstance(error, TransientError):
            return
        log, note = self._shop.log, self._noting(action)
        if log.job(action).state is not JobState.NONE:
            # Something of it may run at the service, and be paid: it is waited for, or a person
            # has to look.
            error.unsure = True
            return

        async def make(_: Path) -> Made:
            told = " ".join(str(error).split())
            return Made(record=Failed(reason=told, refused=isinstance(error, Refused)))

        self._notes.setdefault(shot, set()).add(note.key)
        await log.perform_unclaimed(note, make, budget=self._shop.budget)

    def answered(self, backend: str) -> None:
        """Notes that a backend made something that can be used, or refused to."""
        self._rows.pop(backend, None)

    def blame(self, backend: str, shot: str, error: BackendError) -> None:
        """Notes that nothing came of a shot at a backend.

        Raises:
            BackendError: it is the backend's fault, as too many shots in a row say.
        """
        if isinstance(error, (Refused, GaveUp)):
            self.answered(backend)
            return
        if error.recorded:
            # It was counted when it happened.
            return
        row = self._rows.setdefault(backend, {})
        row[shot] = error
        # Whoever goes on after a stop has mended the backend, or it was the shots' fault after all.
        if len(row) >= IN_A_ROW and not self._suspects.issuperset(row):
            raise self._general(error, row)

    @property
    def blamed(self) -> frozenset[str]:
        """The shots of which nothing came at backends since these last answered."""
        return frozenset(shot for row in self._rows.values() for shot in row)

    @staticmethod
    def _general(error: BackendError, row: Iterable[str]) -> BackendError:
        told = (
            f"{error} (so it was for the shots {', '.join(sorted(row))}, one after the other: all "
            "that was made is kept, and `nightshoot resume` goes on once that is mended)"
        )
        found: BackendError
        if isinstance(error, TransientError):
            found = TransientError(told, retry_after_s=error.retry_after_s)
        else:
            found = BackendError(told)
        found.general = True
        return found

    async def forget(self, shots: Iterable[str], *, suspects: frozenset[str]) -> None:
        """Has the next run ask anew for what failed for these shots.

        Args:
            shots: their ids.
            suspects: those that the film stopped for now: it does not do so again.
        """
        await self._suspect(suspects | self._suspects)
        keys = [key for shot in shots for key in self._notes.pop(shot, ())]
        if keys:
            await asyncio.to_thread(self._shop.log.forget, keys)

    async def _suspect(self, shots: frozenset[str]) -> None:
        if shots == self._suspects:
            return
        log, note = self._shop.log, self._suspecting()
        await asyncio.to_thread(log.forget, [note.key])

        async def make(_: Path) -> Made:
            return Made(record=Suspects(shots=tuple(sorted(shots))))

        await log.perform_unclaimed(note, make, budget=self._shop.budget)

    def _suspecting(self) -> Action:
        return Action(
            tool="failed",
            version="1",
            request=FailureOrder(film=self._shop.budget.account, action=""),
        )

    def _noting(self, action: Action) -> Action:
        return Action(
            tool="failed",
            version="1",
            request=FailureOrder(film=self._shop.budget.account, action=action.key),
        )

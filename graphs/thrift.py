"""What a film can still afford, shot by shot: which takes are made, and which more plainly."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from nightshoot.domain.approval import Rulings, Verdict
from nightshoot.domain.film import Shortage, Take
from nightshoot.domain.review import Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import BackendError, BudgetExceeded
from nightshoot.graphs.foreseeing import Foreseeing
from nightshoot.graphs.making import filming
from nightshoot.graphs.planning import Planning
from nightshoot.graphs.purse import Purse
from nightshoot.graphs.requests import Planned
from nightshoot.graphs.reserves import Piece
from nightshoot.graphs.shortages import impossible, shortage_of
from nightshoot.graphs.workshop import Workshop


class Thrift:
    """The purse of one film, and what is decided by it."""

    def __init__(self, workshop: Workshop, planning: Planning) -> None:
        self._shop = workshop
        self._planning = planning
        self.foreseeing = Foreseeing(workshop)
        self.purse = Purse(
            budget=workshop.budget,
            pace=workshop.pace,
            film=workshop.lanes.standing.film,
            whole=False,
        )
        self._firsts: dict[str, asyncio.Lock] = {}
        self._orders: dict[str, str] = {}

    async def begin(self, shot: str) -> str:
        """Gives the digest of the plan of a shot's first take; the same one each time."""
        async with self._firsts.setdefault(shot, asyncio.Lock()):
            if shot not in self._orders:
                planned = await self._planning.first(shot)
                if not self.purse.knows(shot):
                    painting, film = await self.unmade(planned, ())
                    _, key = self.foreseeing.painting(planned)
                    self._owe(planned, painting=painting, filming=film, key=key)
                self._orders[shot] = self._shop.keep(planned)
            return self._orders[shot]

    def owe(self, planned: Planned, *, filmed: bool) -> None:
        """Notes what a take that is to be made will need.

        Args:
            planned: the take.
            filmed: the shot has one that was filmed.
        """
        painting, key = self.foreseeing.painting(planned)
        self._owe(
            planned,
            painting=painting,
            filming=self.foreseeing.filming(planned),
            filmed=filmed,
            key=key,
        )

    def _owe(
        self,
        planned: Planned,
        *,
        painting: tuple[Piece, ...],
        filming: tuple[Piece, ...],
        filmed: bool = False,
        key: str = "",
    ) -> None:
        self.purse.owe(
            planned.plan.shot,
            painting=painting,
            filming=filming,
            plain=self.foreseeing.plainly(planned) if filming and not filmed else None,
            filmed=filmed,
            key=key,
        )

    async def lacks(
        self, shot: str, need: Sequence[Piece], *, instead: bool = False
    ) -> Shortage | None:
        """Gives what would be lacking for a need besides the first takes that are to come.

        Args:
            shot: whose need it is.
            need: what would be made.
            instead: it stands in the place of what the shot's next take was to need.
        """
        if not need or not self.purse.bounded:
            return None
        try:
            await self._foresee(shot)
        except BudgetExceeded as error:
            return shortage_of(error)
        return self.purse.lacks(need, shot=shot if instead else "")

    async def possible(self, shot: str) -> None:
        """Sees to it that no keyframe is painted for a film that cannot be made now.

        Only where the film may be made more cheaply: what is too little for the cheapest one too is
        better left for a film that can be made. One that a person makes goes as far as it can.

        Raises:
            BudgetExceeded: even the cheapest film would need more than there is.
            TooLate: it would not end in time if it were made alone.
        """
        if not self._shop.thrifty or not self.purse.bounded:
            return
        await self._foresee(shot)
        lack = self.purse.impossible()
        if lack is not None:
            raise impossible(lack)

    async def economy(self, take: Take, camera: str, rulings: Rulings) -> Shortage | None:
        """Decides how a shot's first take is filmed: None as ordered, else why plainly.

        What was filmed plainly stays so, in every run, until a person rejects it or the shot
        changes: nobody who changes a caption is to pay for takes that they had not asked for. What
        was filmed as ordered is used.

        Args:
            take: with its keyframe.
            camera: who is to film it.
            rulings: what a person said.
        """
        shot = take.plan.shot
        kept = await self._kept_plain(take, rulings)
        if kept is not None:
            self.purse.economise(shot, kept)
            return kept
        if not self._shop.thrifty or not self.purse.bounded:
            return None
        if await self._there(take.plan, take, camera):
            return None
        await self._foresee(shot)
        return self.purse.choose(shot, [one.id for one in self._planning.board.shots])

    def may_be_plain(self, planned: Planned) -> bool:
        """Whether the plain camera may step in for the one that is to film a shot."""
        return self.foreseeing.plainly(planned) is not None

    async def _kept_plain(self, take: Take, rulings: Rulings) -> Shortage | None:
        """Gives why this very keyframe was filmed plainly for the film as it is, or None."""
        why = self.economised(take.plan.shot).get(take.keyframe)
        if why is None:
            return None
        action = filming(take.plan, take, self._shop.tools.card_camera)
        found = await asyncio.to_thread(self._shop.log.find, action.key)
        if found is None:
            return None
        ruling = rulings.on(found.outputs["video"])
        return None if ruling and ruling.verdict is Verdict.REJECTED else why

    def economised(self, shot: str) -> Mapping[str, Shortage]:
        """Gives why keyframes of a shot were filmed plainly for the film as it is, by digest."""
        noted = self._shop.production.takes_of(shot)
        found = {note.keyframe: note.economised for note in noted if note.economised}
        # Where no camera gave a take, that is written down with what failed (`faults`).
        return {keyframe: why for keyframe, why in found.items() if why is not Shortage.CAMERA}

    async def _foresee(self, shot: str) -> None:
        """Has the first take of every other shot planned, so that it is known what it needs.

        Raises:
            BudgetExceeded: there is not even enough to plan them.
        """
        for other in self._planning.board.shots:
            if other.id != shot and not self.purse.knows(other.id):
                try:
                    await self.begin(other.id)
                except BackendError:
                    # That shot says so itself when it is its turn.
                    continue
        board = self._planning.board
        self.purse.ends_with(self.foreseeing.cut(board), anew=lambda: self.foreseeing.cut(board))

    async def unmade(
        self, planned: Planned, made: Sequence[Take]
    ) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """Gives what painting and filming a take needs at most.

        That is nothing for what is in the log, as a run anew decides as the first one did, and for
        what a person gave.
        """
        shop, shot = self._shop, planned.plan.shot
        painting, key = self.foreseeing.painting(planned)
        film = self.foreseeing.filming(planned)
        if not self.purse.bounded:
            return painting, film
        if shop.production.pinned(f"shots/{shot}/take.mp4"):
            return (), ()
        if shop.production.pinned(f"shots/{shot}/keyframe.png"):
            return (), film
        if planned.kept:
            source = made[planned.kept - 1]
        else:
            found = await asyncio.to_thread(shop.log.find, key)
            if found is None:
                return painting, film
            painting = ()
            source = Take(
                number=planned.number,
                plan=planned.plan,
                keyframe=found.outputs["picture"],
                layers=found.outputs.get("layers", ""),
                keyframe_review=Review(findings=()),
            )
        return painting, () if await self._there(planned.plan, source, planned.camera) else film

    async def _there(self, plan: ShotPlan, take: Take, camera: str) -> bool:
        """Whether the log has what a camera films of a plan, from a take's keyframe."""
        action = filming(plan, take, self._shop.tools.camera(camera))
        return await asyncio.to_thread(self._shop.log.find, action.key) is not None

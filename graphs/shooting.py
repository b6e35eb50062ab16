"""The steps of a shot's loop: paint, judge, film, judge, and a person's word."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from nightshoot.authorship import now, whoever
from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.film import Candidate, Ending, Shortage, Take
from nightshoot.domain.review import Review, nothing_came
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Shot
from nightshoot.errors import BackendError, BudgetExceeded, Refused, TransientError
from nightshoot.events import Stage
from nightshoot.graphs.bounds import too_dear
from nightshoot.graphs.context import Turn
from nightshoot.graphs.faults import Faults
from nightshoot.graphs.handmade import NOT_JUDGED, Handmade
from nightshoot.graphs.judging import Judging
from nightshoot.graphs.lengthening import showable
from nightshoot.graphs.making import Filmed, Making, Painted
from nightshoot.graphs.matching import Matching
from nightshoot.graphs.planning import Heard, Planning
from nightshoot.graphs.requests import Planned
from nightshoot.graphs.reserves import Piece
from nightshoot.graphs.settling import Settling
from nightshoot.graphs.shortages import shortage_of, told_plainly
from nightshoot.graphs.unmade import unmade
from nightshoot.graphs.workshop import BY_HAND, Meter, Workshop
from nightshoot.tools.protocols import VideoGenerator

Got = TypeVar("Got")


class Shooting:
    """One film's shots."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._planning = Planning(workshop)
        self._faults = Faults(workshop)
        self._making = Making(workshop, self._planning, self._faults)
        self._judging = Judging(workshop)
        self._handmade = Handmade(workshop)
        self._settling = Settling(workshop, self._planning)
        self._thrift = self._settling.thrift
        self._matching = Matching(workshop, self._planning, self._settling)
        self._done: set[str] = set()
        self._left: dict[str, BackendError] = {}
        self._general = False

    @property
    def voice(self) -> str:
        """The name of the backend that speaks."""
        return self._planning.voice

    async def open(self, storyboard: str) -> Sequence[str]:
        """Reads the documents of a storyboard and the rulings; gives the ids of the shots."""
        self._settling.rulings = self._shop.production.rulings
        await self._faults.open()
        return await self._planning.open(storyboard)

    async def heard(self, shot: Shot) -> Heard:
        """Has a shot's lines spoken, and fits the shot to them."""
        return await self._planning.heard(shot)

    async def begin(self, shot: str) -> str:
        """Gives the digest of the plan of a shot's first take.

        Raises:
            BackendError: nobody words it.
        """
        try:
            return await self._thrift.begin(shot)
        except BackendError as error:
            self._faults.blame("writing", shot, error)
            raise

    async def keyframe(self, order: str, takes: Mapping[str, str]) -> Turn:
        """Paints and judges the keyframe of a planned take.

        Raises:
            BudgetExceeded: not even the shot's first take can be paid, or made in time.
            BackendError: there is nothing to show of the shot, or the painter fails for all.
        """
        planned = self._shop.fetch(order, Planned)
        shot, made = planned.plan.shot, self._settling.takes_in(takes)
        if takes or not self._thrift.purse.knows(shot):
            self._thrift.owe(planned, filmed=any(one.video for one in made))
        if not takes:
            await self._thrift.possible(shot)
        try:
            take = await self._painted(planned, takes)
        except BudgetExceeded as error:
            if not any(take.keyframe for take in made):
                raise
            return self._settling.stopped(takes, Ending(shortage_of(error).value))
        except BackendError as error:
            return await self._failed(planned, takes, error)
        self._faults.answered(f"image/{take.painter}")
        self._thrift.purse.painted(take.plan.shot)
        takes = {**takes, str(take.number): self._shop.keep(take)}
        return await self._settling.turn(takes, number=take.number, camera=planned.camera)

    async def film(self, order: str, takes: Mapping[str, str], ended: str) -> Turn:
        """Films and judges a take.

        Raises:
            BudgetExceeded: not even the shot's first take can be paid, or made in time.
            BackendError: there is nothing to show of the shot, or the camera fails for all.
        """
        planned = self._shop.fetch(order, Planned)
        shot = planned.plan.shot
        first = not any(one.video for one in self._settling.takes_in(takes))
        self._thrift.owe(planned, filmed=not first)
        self._thrift.purse.painted(shot)
        try:
            take = await self._filmed(planned, takes, first=first)
        except BudgetExceeded as error:
            if first and not any(one.camera for one in self._settling.takes_in(takes)):
                raise
            return self._settling.stopped(takes, Ending(shortage_of(error).value))
        except BackendError as error:
            return await self._failed(planned, takes, error, source=self._source(planned, takes))
        self._faults.answered(f"video/{take.camera}")
        self._thrift.purse.done(shot)
        if planned.plainly and self._settling.ruled(take).rejected_by_person:
            # A person wants another one: with their note, the ordered camera may film it.
            ended = ""
        elif take.economised is not None and not ended:
            # The plain camera would make the same of the same picture again.
            ended = take.economised.value
        takes = {**takes, str(take.number): self._shop.keep(take)}
        return await self._settling.turn(
            takes, number=take.number, camera=planned.camera, ended=ended
        )

    async def leave(self, shot: str, error: BackendError) -> None:
        """Goes on with the others: the film stops after them, as nothing can be shown of this one.

        Raises:
            BackendError: it is no shot's fault.
        """
        if error.general:
            self._general = True
            raise error
        self._left[shot] = error
        self._shop.report(f"Shot {shot} is left for now: {error}")

    async def begun_anew(self) -> Collection[str]:
        """Gives the shots that the next run begins anew, and has it ask anew what failed."""
        left = frozenset(self._left)
        suspects = self._faults.blamed if self._general else frozenset()
        await self._faults.forget(left | suspects, suspects=suspects)
        return left | suspects

    def complete(self) -> None:
        """Sees to it that no shot was left.

        Raises:
            BackendError: some were; it says which, why, and what helps.
        """
        if self._left:
            raise unmade(self._left, self._planning.board, self._shop.production.folder)

    async def settle(self, shot: str, takes: Mapping[str, str], ended: str) -> str:
        """Gives the digest of the shot's outcome."""
        if shot not in self._done:
            self._done.add(shot)
            self._shop.step_done(Stage.TAKES, shot=shot)
        return self._settling.settle(shot, takes, ended)

    async def approve(self, waiting: Mapping[str, str]) -> None:
        """Writes down that a person approved keyframes that the critic had rejected."""
        shop, rulings = self._shop, self._settling.rulings
        ruled = []
        for shot, order in waiting.items():
            planned = shop.fetch(order, Planned)
            noted = {take.number: take for take in shop.production.takes_of(shot)}
            if planned.number not in noted:
                continue
            keyframe = noted[planned.number].keyframe
            if not await self._rejected(planned.plan, keyframe) or rulings.on(keyframe):
                continue
            ruled.append(
                Ruling(
                    shot=shot,
                    made=keyframe,
                    take=planned.number,
                    verdict=Verdict.APPROVED,
                    note="approved by going on after the keyframes were shown",
                    by=whoever(),
                    at=now(),
                )
            )
        if ruled:
            shop.production.rule(*ruled, by_run=True)
            self._settling.rulings = shop.production.rulings

    async def mismatched(self, storyboard: str, shots: Mapping[str, str]) -> Mapping[str, Turn]:
        """Gives the shots that do not go with their neighbours and can be taken again."""
        return await self._matching.mismatched(shots)

    async def matched(
        self, storyboard: str, shots: Mapping[str, str], again: Collection[str]
    ) -> Mapping[str, str]:
        """Gives the outcomes that are flagged as they do not go with their neighbours."""
        return await self._matching.matched(shots, again)

    async def _failed(
        self,
        planned: Planned,
        takes: Mapping[str, str],
        error: BackendError,
        *,
        source: Take | None = None,
    ) -> Turn:
        """Decides what comes after an attempt of which nothing came.

        Args:
            planned: the attempt.
            takes: those of the shot so far.
            error: what its backend said.
            source: the take with its keyframe, where it was to be filmed.

        Raises:
            BackendError: as the error; the others go on without this shot, unless it is general.
        """
        shot = planned.plan.shot
        backend = f"video/{planned.camera}" if source else f"image/{planned.painter}"
        self._faults.blame(backend, shot, error)
        if planned.plainly or error.unsure or isinstance(error, TransientError):
            if not any(showable(self._shop, take) for take in self._settling.takes_in(takes)):
                raise error
            self._shop.report(f"Shot {shot}: another take could not be made: {error}")
            return self._settling.stopped(takes, Ending.FAILED)
        refused = isinstance(error, Refused)
        review = Review(findings=(nothing_came(" ".join(str(error).split()), refused=refused),))
        spent = (error.cost_usd or 0.0) if error.charged else 0.0
        if source is None:
            take = Take(
                number=planned.number,
                plan=planned.plan,
                keyframe="",
                keyframe_review=review,
                painter=planned.painter,
                remedies=planned.remedies,
                cost_usd=planned.cost_usd + spent,
                work_s=planned.work_s,
            )
        else:
            update = {"video_review": review, "camera": planned.camera, "advice": ""}
            update["cost_usd"] = source.cost_usd + spent
            take = source.model_copy(update=update)
        takes = {**takes, str(take.number): self._shop.keep(take)}
        return await self._settling.turn(takes, number=take.number, camera=planned.camera)

    async def _painted(self, planned: Planned, takes: Mapping[str, str]) -> Take:
        """Gives the take with its best keyframe, judged."""
        given = await self._handmade.keyframe(planned.plan)
        if given is not None:
            return Take(
                number=planned.number,
                plan=planned.plan,
                keyframe=given,
                keyframe_review=NOT_JUDGED,
                painter=BY_HAND,
                remedies=planned.remedies,
            )
        plan, painter = planned.plan, self._shop.tools.painter(planned.painter)
        with self._spent(plan.shot) as meter:
            seeds = [plan.seed, *await self._candidates(planned, takes)]
            plans = [plan.model_copy(update={"seed": seed}) for seed in seeds]
            made = await asyncio.gather(
                *(self._making.paint(one, painter) for one in plans), return_exceptions=True
            )
            painted = self._good(made)
            judged = await asyncio.gather(
                *(self._judged(one) for one in painted), return_exceptions=True
            )
            painted, reviews = self._readable(painted, judged)
        candidates = tuple(
            Candidate(seed=one.plan.seed, picture=one.picture, review=review)
            for one, review in zip(painted, reviews, strict=True)
        )
        best = max(range(len(painted)), key=lambda place: (reviews[place].score, -place))
        return Take(
            number=planned.number,
            plan=painted[best].plan,
            keyframe=painted[best].picture,
            layers=painted[best].layers,
            keyframe_review=reviews[best],
            painter=painted[best].painter,
            remedies=planned.remedies,
            candidates=candidates if len(candidates) > 1 else (),
            cost_usd=planned.cost_usd + meter.cost_usd,
            work_s=planned.work_s + meter.work_s,
        )

    async def _candidates(self, planned: Planned, takes: Mapping[str, str]) -> list[int]:
        """Gives the seeds of the candidates after the first that there are the means for."""
        shop, plan = self._shop, planned.plan
        bounds, made = self._settling.bounds, self._settling.takes_in(takes)
        film_usd = shop.tools.camera(planned.camera).estimate(plan=plan).cost_usd
        seeds: list[int] = []
        need: list[Piece] = []
        for number in range(1, shop.production.sheet.options.candidates):
            seed = self._planning.seed(plan.shot, planned.number, number)
            wanted = planned.model_copy(
                update={"plan": plan.model_copy(update={"seed": seed}), "kept": 0}
            )
            pieces, key = self._thrift.foreseeing.painting(wanted)
            cost = sum(piece.usd for piece in pieces)
            if await asyncio.to_thread(shop.log.find, key) is None:
                need += pieces
            if too_dear(made, bounds, next_usd=(len(seeds) + 2) * cost + film_usd):
                break
            if await self._thrift.lacks(plan.shot, need) is not None:
                break
            seeds.append(seed)
        return seeds

    def _good(self, made: Sequence[Got | BaseException]) -> list[Got]:
        """Gives what there is; a candidate that failed does not lose the others."""
        for one in made:
            if isinstance(one, BaseException) and not isinstance(
                one, (BackendError, BudgetExceeded)
            ):
                raise one
        painted = [one for one in made if not isinstance(one, BaseException)]
        failed = [one for one in made if isinstance(one, BaseException)]
        if not painted:
            raise failed[0]
        for error in failed:
            self._shop.report(f"A candidate for a keyframe is missing: {error}")
        return painted

    @contextmanager
    def _spent(self, shot: str) -> Iterator[Meter]:
        """Adds up what is done for a shot; an error tells what was paid for nothing."""
        with self._shop.metered(shot) as meter:
            try:
                yield meter
            except BackendError as error:
                if meter.cost_usd:
                    told = error.cost_usd or 0.0 if error.charged else 0.0
                    error.charged, error.cost_usd = True, told + meter.cost_usd
                raise

    def _readable(
        self, painted: Sequence[Painted], judged: Sequence[Review | BaseException]
    ) -> tuple[list[Painted], list[Review]]:
        """Gives the keyframes that could be read, and their verdicts."""
        pairs = list(zip(painted, judged, strict=True))
        self._good(list(judged))
        good = [(one, review) for one, review in pairs if isinstance(review, Review)]
        return [one for one, _ in good], [review for _, review in good]

    async def _judged(self, painted: Painted) -> Review:
        return await self._judging.keyframe(
            painted.plan, painted.picture, action=self._described(painted.plan)
        )

    async def _rejected(self, plan: ShotPlan, keyframe: str) -> bool:
        review = await self._judging.keyframe(plan, keyframe, action=self._described(plan))
        return not review.passed

    async def _filmed(self, planned: Planned, takes: Mapping[str, str], *, first: bool) -> Take:
        """Gives the take with its video, judged.

        Args:
            planned: the take.
            takes: those of the shot so far.
            first: none of them was filmed: this one is, plainly where it has to be.
        """
        source = self._source(planned, takes)
        given = await self._handmade.take(planned.plan)
        if given is not None:
            update = {"video": given, "video_review": NOT_JUDGED, "camera": BY_HAND, "advice": ""}
            return source.model_copy(update=update)
        with self._spent(planned.plan.shot) as meter:
            filmed, camera, lack = await self._footage(planned, source, first=first)
            review = await self._judging.take(
                filmed.plan,
                filmed.video,
                source.keyframe,
                action=self._described(filmed.plan),
            )
        return source.model_copy(
            update={
                "plan": filmed.plan,
                "video": filmed.video,
                "video_review": review,
                "camera": camera,
                "economised": lack,
                "advice": "",
                "cost_usd": source.cost_usd + meter.cost_usd,
                "work_s": source.work_s + meter.work_s,
            }
        )

    def _source(self, planned: Planned, takes: Mapping[str, str]) -> Take:
        """Gives the take before it is filmed, with its own keyframe or one that is kept."""
        there = str(planned.number) in takes
        source = self._shop.fetch(takes[str(planned.number if there else planned.kept)], Take)
        if there:
            return source
        return Take(
            number=planned.number,
            plan=planned.plan,
            keyframe=source.keyframe,
            layers=source.layers,
            keyframe_review=source.keyframe_review,
            painter=source.painter,
            remedies=planned.remedies,
            kept=planned.kept,
            cost_usd=planned.cost_usd,
            work_s=planned.work_s,
        )

    async def _footage(
        self, planned: Planned, source: Take, *, first: bool
    ) -> tuple[Filmed, str, Shortage | None]:
        """Gives the video, who filmed it, and what was lacking where the plain camera did.

        Raises:
            BudgetExceeded: there is no plainer way.
        """
        tools, thrift, lack = self._shop.tools, self._thrift, None
        if first and not planned.plainly:
            lack = await thrift.economy(source, planned.camera, self._settling.rulings)
        if planned.plainly:
            lack = Shortage.CAMERA
        if lack is None:
            try:
                filmed = await self._film(source, tools.camera(planned.camera))
            except BudgetExceeded as error:
                # Where more was used than was foreseen.
                if not first or not thrift.may_be_plain(planned):
                    raise
                lack = shortage_of(error)
                thrift.purse.economise(planned.plan.shot, lack)
            else:
                return filmed, filmed.camera, None
        filmed = await self._film(source, tools.card_camera)
        self._shop.report_once(told_plainly(lack, tools.card_camera.name))
        return filmed, tools.card_camera.name, lack

    async def _film(self, source: Take, camera: VideoGenerator) -> Filmed:
        shot = source.plan.shot
        return await self._making.film(
            source.plan,
            source,
            camera,
            begun=lambda key: self._thrift.purse.keyed(shot, key),
        )

    def _described(self, plan: ShotPlan) -> str:
        return self._planning.board.shot(plan.shot).description

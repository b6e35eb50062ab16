"""Decides where a shot's loop goes after each verdict, and what the shot comes to in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nightshoot.agents import critic
from nightshoot.domain.approval import Rulings, Verdict
from nightshoot.domain.film import Ending, Shortage, ShotResult, Take
from nightshoot.domain.orders import Advice, AdviceOrder
from nightshoot.domain.remedy import Remedy, RemedyKind
from nightshoot.domain.review import REFUSED
from nightshoot.domain.wording import as_worded
from nightshoot.errors import BackendError, BudgetExceeded, Refused, TransientError
from nightshoot.events import ShotFlagged, Stage, TakeRejected
from nightshoot.graphs.bounds import Bounds, too_dear, used_up
from nightshoot.graphs.context import Then, Turn
from nightshoot.graphs.exporting import export_keyframe, export_shot
from nightshoot.graphs.lengthening import FRAME_COUNT, showable
from nightshoot.graphs.planning import Planning
from nightshoot.graphs.remedies import PERSON
from nightshoot.graphs.requests import Planned
from nightshoot.graphs.shortages import shortage_of
from nightshoot.graphs.thrift import Thrift
from nightshoot.graphs.workshop import Workshop
from nightshoot.graphs.writing import asked
from nightshoot.sheet import TakeNote


class Settling:
    """The decisions on one film's shots."""

    def __init__(self, workshop: Workshop, planning: Planning) -> None:
        self._shop = workshop
        self._planning = planning
        self.thrift = Thrift(workshop, planning)
        self.rulings = Rulings()
        self._flagged: set[str] = set()

    @property
    def bounds(self) -> Bounds:
        """What the takes of a shot may come to."""
        return Bounds.of(self._shop.production.sheet.options)

    def ruled(self, take: Take) -> Take:
        """Gives the take with what a person said of it, as filmed or else of its keyframe."""
        made = (take.video, take.keyframe)
        ruling = next((found for one in made if one and (found := self.rulings.on(one))), None)
        return take.model_copy(update={"ruling": ruling})

    def takes_in(self, takes: Mapping[str, str]) -> list[Take]:
        """Gives a shot's takes in order, ruled."""
        numbers = sorted(takes, key=int)
        return [self.ruled(self._shop.fetch(takes[number], Take)) for number in numbers]

    async def turn(
        self, takes: Mapping[str, str], *, number: int, camera: str, ended: str = ""
    ) -> Turn:
        """Decides what comes after a verdict.

        Args:
            takes: the shot's takes so far.
            number: the one that was judged just now.
            camera: who is to film it, or has.
            ended: why the loop has ended already, where it has.
        """
        made = self.takes_in(takes)
        judged = next(take for take in made if take.number == number)
        if judged.passed:
            return Turn(takes=takes, then="end", ended=_good(judged).value)
        if not judged.video and judged.keyframe_passed and not judged.failure:
            return self._to_film(judged, takes, made, camera=camera)
        judged = await self._advised(judged)
        takes = {**takes, str(number): self._shop.keep(judged)}
        if ended:
            return Turn(takes=takes, then="end", ended=ended)
        made[number - 1] = judged
        ending, planned = await self._next(made)
        if planned is None:
            assert ending is not None, "there is a reason where nothing comes next"
            return self.stopped(takes, ending)
        then: Then = "take" if planned.kept else "keyframe"
        self.thrift.owe(planned, filmed=any(take.video for take in made))
        return Turn(takes=takes, then=then, order=self._shop.keep(planned))

    def stopped(self, takes: Mapping[str, str], ending: Ending) -> Turn:
        """Ends a loop: at once where a take can be shown, else with the best keyframe on film.

        An unattended run never stops for one bad shot. Where a camera tried in vain, or gave what
        is too short to be shown, the plain one films the keyframe.

        Raises:
            Refused: there is no keyframe, as the painter refuses to paint one.
            BackendError: there is none, as the painter fails.
        """
        made = self.takes_in(takes)
        if any(showable(self._shop, take) for take in made):
            return Turn(takes=takes, then="end", ended=ending.value)
        painted = [take for take in made if take.keyframe]
        if not painted:
            raise _last_word(made[-1])
        best = max(
            painted, key=lambda take: (not take.rejected_by_person, take.score, -take.number)
        )
        if any(take.camera for take in made):
            return self._plainly(best, takes, made)
        camera = self._shop.tools.video.name
        return self._to_film(best, takes, made, camera=camera, ended=ending.value)

    def _plainly(self, best: Take, takes: Mapping[str, str], made: Sequence[Take]) -> Turn:
        """Sends a keyframe to the plain camera, as a take of its own."""
        tools, number = self._shop.tools, made[-1].number + 1
        why = next((one for one in reversed(made) if one.camera), best)
        failed = why.failure.measure if why.failure else FRAME_COUNT
        planned = Planned(
            number=number,
            plan=best.plan,
            painter=best.painter,
            camera=tools.card_camera.name,
            remedies=(
                Remedy(
                    kind=RemedyKind.PLAINLY,
                    reasons=(failed,),
                    told=f"{why.camera} to {tools.card_camera.name}",
                ),
            ),
            kept=best.kept or best.number,
            plainly=True,
        )
        ended = Ending.CAMERA.value
        return Turn(takes=takes, then="take", order=self._shop.keep(planned), ended=ended)

    def settle(self, shot: str, takes: Mapping[str, str], ended: str) -> str:
        """Keeps the best take, exports it, and flags it where it is not good."""
        shop = self._shop
        made = self.takes_in(takes)
        filmed = [take for take in made if take.video]
        best = max(filmed, key=lambda take: (showable(shop, take), *_rank(take)))
        # Nobody has seen yet what stands in for a take.
        stands_in = best.economised is Shortage.CAMERA and best.ruled is not Verdict.APPROVED
        ending = Ending.CAMERA if stands_in else _good(best) if best.passed else Ending(ended)
        result = ShotResult(
            shot=shot,
            takes=tuple(made),
            best=best.number,
            flagged=stands_in or not best.passed,
            ended=ending,
        )
        if result.flagged and shot not in self._flagged:
            self._flagged.add(shot)
            shop.emit(ShotFlagged(shot=shot, note=_why(best, made)))
        export_shot(shop, self._planning.board.shot(shot), result)
        self._note(shot, made, best.number, flagged=result.flagged)
        self.thrift.purse.done(shot)
        return shop.keep(result)

    def _to_film(
        self,
        take: Take,
        takes: Mapping[str, str],
        made: Sequence[Take],
        *,
        camera: str,
        ended: str = "",
    ) -> Turn:
        """Sends a keyframe to the camera."""
        shot = take.plan.shot
        if not any(one.video for one in made):
            export_keyframe(self._shop, take)
            self._note(shot, made, take.number)
            self._shop.step_done(Stage.KEYFRAMES, shot=shot)
        planned = Planned(
            number=take.number,
            plan=take.plan,
            painter=take.painter,
            camera=camera,
            remedies=take.remedies,
        )
        return Turn(takes=takes, then="take", order=self._shop.keep(planned), ended=ended)

    async def _next(self, made: Sequence[Take]) -> tuple[Ending | None, Planned | None]:
        """Gives the plan of the next take, or why there is none."""
        ending = used_up(made, self.bounds)
        if ending is not None:
            return ending, None
        try:
            planned = await self._planning.next(made)
        except (BudgetExceeded, TransientError) as error:
            return self._unplanned(error, made), None
        if planned is None:
            return Ending.NO_REMEDY, None
        unpainted, unfilmed = await self.thrift.unmade(planned, made)
        painting, _ = self.thrift.foreseeing.painting(planned)
        usd = sum(piece.usd for piece in (*painting, *self.thrift.foreseeing.filming(planned)))
        if too_dear(made, self.bounds, next_usd=planned.cost_usd + usd):
            return Ending.MONEY, None
        need = (*unpainted, *unfilmed)
        lack = await self.thrift.lacks(planned.plan.shot, need, instead=True)
        if lack is not None:
            return Ending(lack.value), None
        return None, planned

    def _unplanned(self, error: BudgetExceeded | TransientError, made: Sequence[Take]) -> Ending:
        """Gives how a loop ends whose next take cannot be planned now."""
        if isinstance(error, BudgetExceeded):
            return Ending(shortage_of(error).value)
        if not any(take.keyframe for take in made):
            raise error
        shot = made[-1].plan.shot
        self._shop.report(f"Shot {shot}: another take could not be planned: {error}")
        return Ending.FAILED

    async def _advised(self, take: Take) -> Take:
        """Gives a rejected take with what the next one should do, and tells the follower."""
        shop, shot = self._shop, take.plan.shot
        keyframe = () if take.keyframe_passed else take.keyframe_review.failed
        failed = (*keyframe, *(take.video_review.failed if take.video_review else ()))
        measures = tuple(dict.fromkeys(finding.measure for finding in failed))
        note = take.ruling.note if take.rejected_by_person and take.ruling else ""
        update: dict[str, object] = {}
        if take.rejected_by_person:
            measures = (PERSON, *measures)
        if not note and take.failure:
            note = take.failure.note
        elif not note and failed:
            with shop.metered(shot) as meter:
                try:
                    advice = await asked(
                        shop,
                        task=critic.TASK,
                        agent=shop.agents.critic,
                        given=AdviceOrder(
                            shot=as_worded(self._planning.board.shot(shot)),
                            take=take.number,
                            findings=failed,
                            locale=self._planning.screenplay.locale,
                        ),
                        output=Advice,
                        shot=shot,
                    )
                    note = advice.note
                except (BudgetExceeded, BackendError) as error:
                    # The measures' own words do as well.
                    if not isinstance(error, BudgetExceeded):
                        shop.report_once(f"The critic does not put its notes into words: {error}")
                    note = " ".join(finding.note for finding in failed)
            update = {
                "cost_usd": take.cost_usd + meter.cost_usd,
                "work_s": take.work_s + meter.work_s,
            }
        shop.counts.rejected += 1
        shop.emit(TakeRejected(shot=shot, take=take.number, note=note, measures=measures))
        return take.model_copy(update=update | {"advice": note})

    def _note(self, shot: str, made: Sequence[Take], shown: int, *, flagged: bool = False) -> None:
        """Writes down the takes for a person who rules on them."""
        before = self.thrift.economised(shot)
        self._shop.production.note_takes(
            shot,
            tuple(
                TakeNote(
                    number=take.number,
                    keyframe=take.keyframe,
                    video=take.video,
                    shown=take.number == shown,
                    flagged=flagged and take.number == shown,
                    # Until it is filmed again, it is known how it was filmed before.
                    economised=take.economised if take.video else before.get(take.keyframe),
                )
                for take in made
                if take.keyframe
            ),
        )


def _last_word(take: Take) -> BackendError:
    """Gives the error for a shot of which there is nothing to show."""
    assert take.failure is not None, "a take without a keyframe failed"
    error = (
        Refused(take.failure.note)
        if take.failure.measure == REFUSED
        else BackendError(take.failure.note)
    )
    error.recorded = True
    return error


def _good(take: Take) -> Ending:
    """Gives how a loop ends with a good take."""
    return Ending.PASSED if take.praised else Ending.APPROVED


def _rank(take: Take) -> tuple[bool, bool, bool, float, int]:
    return (
        take.ruled is Verdict.APPROVED,
        take.passed,
        not take.rejected_by_person,
        take.score,
        -take.number,
    )


def _why(take: Take, made: Sequence[Take]) -> str:
    if take.rejected_by_person and take.ruling:
        return take.ruling.note
    if take.economised is Shortage.CAMERA and take.passed:
        failures = [one.failure.note for one in made if one.failure]
        told = f" {'; '.join(dict.fromkeys(failures))}." if failures else ""
        return f"No camera gave a take that can be shown, so the plain one filmed it.{told}"
    reviews = [take.keyframe_review, *([take.video_review] if take.video_review else [])]
    return " ".join(review.note for review in reviews if review.note)

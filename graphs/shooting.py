"""The steps of a shot's loop: plan, paint, judge, shoot, judge, settle."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from nightshoot.agents import critic, prompt_engineer
from nightshoot.artifacts import Action, Made
from nightshoot.domain.film import ShotResult, Take
from nightshoot.domain.orders import Advice, AdviceOrder, Wording, WordingOrder
from nightshoot.domain.review import Review
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.shot import Cast, ShotPlan
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Transition
from nightshoot.errors import InputError, Refused
from nightshoot.events import ShotFlagged, Stage, TakeRejected
from nightshoot.graphs.casting import Casting
from nightshoot.graphs.context import Verdict
from nightshoot.graphs.exporting import export_keyframe, export_shot
from nightshoot.graphs.seeds import seed_of
from nightshoot.graphs.voicing import SpokenLine, Voicing
from nightshoot.graphs.workshop import Workshop
from nightshoot.graphs.writing import SCREENPLAY, asked
from nightshoot.tools.edit.timing import time_shot, transition_frames
from nightshoot.tools.measure import frames, keyframes, takes
from nightshoot.tools.measure.shown import TakeShown
from nightshoot.tools.protocols import Capabilities

Got = TypeVar("Got")

TITLE_TRANSITION = Transition.DISSOLVE
"""How the title card gives way to the first shot."""

END_TRANSITION = Transition.DIP_TO_BLACK
"""How the last shot gives way to the end card."""


class Heard(Value):
    """The sound of a shot: its lines, where each begins, and how long the shot is for them."""

    num_frames: int
    lines: tuple[SpokenLine, ...]
    starts: tuple[int, ...]


class Painted(Value):
    """A keyframe in the store."""

    plan: ShotPlan
    """What it was painted from; the words may be other than first planned."""
    picture: str
    layers: str = ""


class Filmed(Value):
    """A take's video in the store."""

    plan: ShotPlan
    video: str


_REWORDINGS = 2
"""How often a shot that a service refuses is worded anew before it is given up."""


class Shooting:
    """One film's shots."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._voicing = Voicing(workshop)
        self._casting = Casting(workshop)
        self._board: Storyboard | None = None
        self._screenplay: Screenplay | None = None

    @property
    def most_takes(self) -> int:
        """How many takes a shot may cost."""
        return self._shop.production.sheet.options.takes

    @property
    def voice(self) -> str:
        """The name of the backend that speaks."""
        return self._voicing.speaking

    async def open(self, storyboard: str) -> Sequence[str]:
        """Reads the documents of a storyboard; gives the ids of its shots in order."""
        self._board = self._shop.fetch(storyboard, Storyboard)
        self._screenplay = self._shop.production.read(SCREENPLAY, Screenplay)
        for backend in (self._shop.tools.image, self._shop.tools.video):
            # What the version depends on may have to be found out, such as how large the GPU is.
            await asyncio.to_thread(getattr, backend, "version")
        known = {line.id for line in self._screenplay.lines}
        for shot in self._board.shots:
            lost = [line for line in shot.lines if line not in known]
            if lost:
                raise InputError(
                    f"storyboard.yaml: shot {shot.id} speaks lines that are not in "
                    f"screenplay.yaml: {lost}"
                )
        return [shot.id for shot in self._board.shots]

    async def heard(self, shot: Shot) -> Heard:
        """Has a shot's lines spoken, and fits the shot to them."""
        screenplay, fps = self._opened()[1], self._shop.production.sheet.options.fps
        lines = [
            await self._voicing.speak(screenplay, screenplay.line(line), shot.id)
            for line in shot.lines
        ]
        before, after = self._transitions(shot)
        timing = time_shot(
            line_durations_s=[line.duration_s for line in lines],
            min_duration_s=shot.min_duration_s,
            fps=fps,
            before=transition_frames(before, fps),
            after=transition_frames(after, fps),
        )
        return Heard(num_frames=timing.num_frames, lines=tuple(lines), starts=timing.starts)

    async def plan(self, shot: str, take: int, takes: Sequence[str]) -> str:
        """Gives the digest of a take's plan, made with what the critic said of those before."""
        shop = self._shop
        board, screenplay = self._opened()
        drawn = board.shot(shot)
        options = shop.production.sheet.options
        notes = tuple(advice for one in takes if (advice := shop.fetch(one, Take).advice))
        present = [
            person
            for person in screenplay.characters
            if any(figure.character == person.id for figure in drawn.staging.figures)
        ]
        style = options.style or board.style
        ranked = sorted(present, key=lambda person: person.id != _subject(drawn))
        cast = [
            await self._casting.person(person, screenplay, style, rank=ranked.index(person))
            for person in present
        ]
        wording = await self._worded(drawn, cast, style, take, notes)
        heard = await self.heard(drawn)
        scene = next(scene for scene in screenplay.scenes if scene.id == drawn.scene)
        plan = ShotPlan(
            shot=shot,
            prompt=wording.prompt,
            negative_prompt=wording.negative_prompt,
            style=style,
            staging=drawn.staging,
            camera=drawn.camera,
            cast=tuple(cast),
            width=options.width,
            height=options.height,
            fps=options.fps,
            num_frames=heard.num_frames,
            seed=seed_of(options.seed, "take", shot, take),
            place_seed=seed_of(
                options.seed, "place", drawn.staging.setting, scene.place or scene.id
            ),
            note=notes[-1] if notes else "",
        )
        plan = await self._casting.guided(plan, drawn)
        for backend in (shop.tools.image, shop.tools.video):
            _check(plan, backend.name, backend.capabilities)
            # Refuses what the backend cannot take before anything is loaded or paid.
            backend.estimate(plan=plan)
        return shop.keep(plan)

    async def _worded(
        self, shot: Shot, cast: Sequence[Cast], style: str, take: int, notes: tuple[str, ...]
    ) -> Wording:
        return await asked(
            self._shop,
            task=prompt_engineer.TASK,
            agent=self._shop.agents.prompt_engineer,
            given=WordingOrder(
                shot=shot,
                cast=tuple(_as_worded(person) for person in cast),
                style=style,
                locale=self._opened()[1].locale,
                take=take,
                notes=notes,
            ),
            output=Wording,
            shot=shot.id,
        )

    async def _accepted(
        self, plan: ShotPlan, make: Callable[[ShotPlan], Awaitable[Got]]
    ) -> tuple[ShotPlan, Got]:
        """Gives what is made of a plan, and the plan, worded anew where a service refuses it.

        Raises:
            Refused: the words were refused every time.
        """
        said: tuple[str, ...] = (plan.note,) if plan.note else ()
        for chance in range(_REWORDINGS + 1):
            try:
                return plan, await make(plan)
            except Refused as error:
                if chance == _REWORDINGS:
                    raise
                self._shop.report(f"Shot {plan.shot}: {error}; it is worded anew.")
                said = (*said, str(error))
                shot = self._opened()[0].shot(plan.shot)
                wording = await self._worded(shot, plan.cast, plan.style, len(said) + 1, said)
                plan = plan.model_copy(update=wording.model_dump())
        raise AssertionError("the last chance returns or raises")

    async def paint(self, plan: str) -> str:
        """Gives the digest of the painted keyframe's record."""
        shop = self._shop
        used, outputs = await self._accepted(shop.fetch(plan, ShotPlan), self._painted)
        return shop.keep(Painted(plan=used, **outputs))

    async def _painted(self, plan: ShotPlan) -> Mapping[str, str]:
        shop, painter = self._shop, self._shop.tools.image
        wanted = _as_painted(plan, painter.capabilities)
        action = Action(
            tool=f"image/{painter.name}",
            version=painter.version,
            request=wanted,
            estimate=painter.estimate(plan=wanted),
        )

        async def make(scratch: Path) -> Made:
            painting = await painter.paint(
                plan=wanted,
                scratch=scratch,
                progress=shop.progress(Stage.KEYFRAMES, wanted.shot),
                files=shop.files(wanted),
                job=shop.log.job(action),
            )
            outputs = {"picture": painting.picture}
            if painting.layers is not None:
                outputs["layers"] = painting.layers
            shop.report_all(painting.notes)
            return Made(outputs=outputs, cost_usd=painting.cost_usd, gpu_s=painting.gpu_s)

        outcome = await shop.perform(action, make, lane=shop.lanes.painting, shot=wanted.shot)
        return outcome.outputs

    async def judge_keyframe(self, take: int, keyframe: str) -> Verdict:
        """Judges a keyframe; gives the take so far."""
        shop = self._shop
        painted = shop.fetch(keyframe, Painted)
        wanted = painted.plan

        def judge(_: Path) -> Made:
            picture = frames.read_picture(shop.log.store.path(painted.picture))
            return Made(record=keyframes.judge_keyframe(wanted, picture))

        review = await self._review("keyframe", keyframes.VERSION, wanted, painted.picture, judge)
        judged = Take(
            number=take,
            plan=wanted,
            keyframe=painted.picture,
            layers=painted.layers,
            keyframe_review=review,
            advice=await self._advice(wanted.shot, take, review),
        )
        if review.passed or take >= self.most_takes:
            export_keyframe(shop, judged)
            shop.step_done(Stage.KEYFRAMES, shot=wanted.shot)
        return Verdict(take=shop.keep(judged), passed=review.passed)

    async def shoot(self, take: str) -> str:
        """Gives the digest of the record of the take's video."""
        judged = self._shop.fetch(take, Take)
        plan, video = await self._accepted(judged.plan, partial(self._filmed, judged))
        return self._shop.keep(Filmed(plan=plan, video=video))

    async def _filmed(self, judged: Take, plan: ShotPlan) -> str:
        shop, camera = self._shop, self._shop.tools.video
        store = shop.log.store
        inputs = {"keyframe": judged.keyframe}
        if judged.layers:
            inputs["layers"] = judged.layers
        action = Action(
            tool=f"video/{camera.name}",
            version=camera.version,
            request=plan,
            inputs=inputs,
            estimate=camera.estimate(plan=plan),
        )

        async def make(scratch: Path) -> Made:
            footage = await camera.film(
                plan=plan,
                keyframe=store.path(judged.keyframe),
                layers=store.path(judged.layers) if judged.layers else None,
                scratch=scratch,
                progress=shop.progress(Stage.TAKES, plan.shot),
                files=shop.files(plan),
                job=shop.log.job(action),
            )
            shop.report_all(footage.notes)
            return Made(
                outputs={"video": footage.video}, cost_usd=footage.cost_usd, gpu_s=footage.gpu_s
            )

        outcome = await shop.perform(action, make, lane=shop.lanes.filming, shot=plan.shot)
        return outcome.outputs["video"]

    async def judge_take(self, take: str, footage: str) -> Verdict:
        """Judges a take's video; gives the take whole."""
        shop = self._shop
        judged, filmed = shop.fetch(take, Take), shop.fetch(footage, Filmed)

        def judge(_: Path) -> Made:
            return Made(
                record=takes.judge_take(
                    TakeShown(
                        plan=filmed.plan,
                        footage=frames.decode(shop.log.store.path(filmed.video)),
                        keyframe=frames.read_picture(shop.log.store.path(judged.keyframe)),
                    )
                )
            )

        review = await self._review("take", takes.VERSION, filmed.plan, filmed.video, judge)
        whole = judged.model_copy(
            update={
                "plan": filmed.plan,
                "video": filmed.video,
                "video_review": review,
                "advice": await self._advice(judged.plan.shot, judged.number, review),
            }
        )
        return Verdict(take=shop.keep(whole), passed=whole.passed)

    async def settle(self, shot: str, takes: Sequence[str]) -> str:
        """Keeps the best take, exports it, and flags it where it is not good."""
        shop = self._shop
        made = tuple(shop.fetch(one, Take) for one in takes)
        filmed = [one for one in made if one.video]
        best = max(filmed, key=lambda one: (one.passed, one.score, -one.number))
        result = ShotResult(shot=shot, takes=made, best=best.number, flagged=not best.passed)
        if result.flagged:
            shop.emit(ShotFlagged(shot=shot, note=_why(best)))
        export_shot(shop, self._opened()[0].shot(shot), result)
        shop.step_done(Stage.TAKES, shot=shot)
        return shop.keep(result)

    async def _review(
        self, kind: str, version: str, plan: ShotPlan, judged: str, judge: object
    ) -> Review:
        shop = self._shop
        outcome = await shop.compute(
            Action(tool=f"measure/{kind}", version=version, request=plan, inputs={kind: judged}),
            judge,  # type: ignore[arg-type]
            lane=shop.lanes.cutting,
            shot=plan.shot,
        )
        return outcome.read(Review)

    async def _advice(self, shot: str, take: int, review: Review) -> str:
        if review.passed:
            return ""
        board, screenplay = self._opened()
        failed = tuple(finding for finding in review.findings if not finding.passed)
        advice = await asked(
            self._shop,
            task=critic.TASK,
            agent=self._shop.agents.critic,
            given=AdviceOrder(
                shot=board.shot(shot), take=take, findings=failed, locale=screenplay.locale
            ),
            output=Advice,
            shot=shot,
        )
        self._shop.counts.rejected += 1
        self._shop.emit(
            TakeRejected(
                shot=shot,
                take=take,
                note=advice.note,
                measures=tuple(finding.measure for finding in failed),
            )
        )
        return advice.note

    def _opened(self) -> tuple[Storyboard, Screenplay]:
        assert self._board is not None, "open() comes first"
        assert self._screenplay is not None, "open() comes first"
        return self._board, self._screenplay

    def _transitions(self, shot: Shot) -> tuple[Transition, Transition]:
        """How the shot before gives way to this one, and this one to the next."""
        shots = self._opened()[0].shots
        place = shots.index(shot)
        before = shots[place - 1].transition if place else TITLE_TRANSITION
        after = shot.transition if place < len(shots) - 1 else END_TRANSITION
        return before, after


def _why(take: Take) -> str:
    reviews = [take.keyframe_review, *([take.video_review] if take.video_review else [])]
    return " ".join(review.note for review in reviews if review.note)


def _subject(shot: Shot) -> str:
    """Gives the character that the shot is about: the subject, else the first figure."""
    figures = shot.staging.figures
    return figures[shot.staging.subject or 0].character if figures else ""


def _as_painted(plan: ShotPlan, can: Capabilities) -> ShotPlan:
    """Gives what a keyframe depends on: a longer line does not have it painted again.

    A painter in layers draws as much beyond the frame as the camera's way needs, which grows with
    the length.
    """
    if can.layers:
        return plan
    return plan.model_copy(update={"num_frames": 1, "last_frame": ""})


def _as_worded(person: Cast) -> Cast:
    """Gives a person without the files, which a writer does not need: its answer stays the same."""
    return Cast(id=person.id, name=person.name, look=person.look)


def _check(plan: ShotPlan, name: str, can: Capabilities) -> None:
    """Refuses a plan that breaks the rules of a backend that does not fit plans itself."""
    if can.fits:
        return
    multiple, (step, rest) = can.size_multiple, can.frame_rule
    if plan.width % multiple or plan.height % multiple:
        raise InputError(
            f"{name} needs a width and a height that are multiples of {multiple}, "
            f"not {plan.width}x{plan.height}: choose another --size"
        )
    if plan.width * plan.height > can.max_pixels:
        raise InputError(
            f"{plan.width}x{plan.height} is too large for {name}: choose another --size"
        )
    if can.fps is not None and plan.fps != can.fps:
        raise InputError(f"{name} gives {can.fps} frames per second only: use --fps {can.fps}")
    if plan.num_frames > can.max_frames or plan.num_frames % step != rest % step:
        raise InputError(f"{name} cannot give a take of {plan.num_frames} frames")

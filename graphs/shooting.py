"""The steps of a shot's loop: plan, paint, judge, shoot, judge, settle."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

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
from nightshoot.errors import InputError
from nightshoot.events import ShotFlagged, Stage, TakeRejected
from nightshoot.graphs.context import Verdict
from nightshoot.graphs.exporting import export_keyframe, export_shot
from nightshoot.graphs.voicing import SpokenLine, Voicing
from nightshoot.graphs.workshop import Workshop
from nightshoot.graphs.writing import SCREENPLAY, asked
from nightshoot.tools.edit.timing import time_shot, transition_frames
from nightshoot.tools.measure import frames, keyframes, takes
from nightshoot.tools.protocols import Capabilities

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

    picture: str
    layers: str = ""


def seed_of(*parts: object) -> int:
    """Gives a seed that depends on the parts alone, from 0 to 2**31 - 1."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1


class Shooting:
    """One film's shots."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._voicing = Voicing(workshop)
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
        cast = tuple(
            Cast(id=person.id, name=person.name, look=person.look)
            for person in screenplay.characters
            if any(figure.character == person.id for figure in drawn.staging.figures)
        )
        wording = await asked(
            shop,
            task=prompt_engineer.TASK,
            agent=shop.agents.prompt_engineer,
            given=WordingOrder(
                shot=drawn,
                cast=cast,
                style=options.style or board.style,
                locale=screenplay.locale,
                take=take,
                notes=notes,
            ),
            output=Wording,
            shot=shot,
        )
        heard = await self.heard(drawn)
        scene = next(scene for scene in screenplay.scenes if scene.id == drawn.scene)
        plan = ShotPlan(
            shot=shot,
            prompt=wording.prompt,
            negative_prompt=wording.negative_prompt,
            style=options.style or board.style,
            staging=drawn.staging,
            camera=drawn.camera,
            cast=cast,
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
        _check(plan, shop.tools.image.name, shop.tools.image.capabilities)
        _check(plan, shop.tools.video.name, shop.tools.video.capabilities)
        return shop.keep(plan)

    async def paint(self, plan: str) -> str:
        """Gives the digest of the painted keyframe's record."""
        shop, painter = self._shop, self._shop.tools.image
        wanted = shop.fetch(plan, ShotPlan)

        async def make(scratch: Path) -> Made:
            painting = await painter.paint(
                plan=wanted,
                scratch=scratch,
                progress=shop.progress(Stage.KEYFRAMES, wanted.shot),
            )
            outputs = {"picture": painting.picture}
            if painting.layers is not None:
                outputs["layers"] = painting.layers
            return Made(outputs=outputs, cost_usd=painting.cost_usd)

        outcome = await shop.perform(
            Action(
                tool=f"image/{painter.name}",
                version=painter.version,
                request=wanted,
                estimate=painter.estimate(plan=wanted),
            ),
            make,
            lane=shop.lanes.painting,
            shot=wanted.shot,
        )
        return shop.keep(Painted(**outcome.outputs))

    async def judge_keyframe(self, take: int, plan: str, keyframe: str) -> Verdict:
        """Judges a keyframe; gives the take so far."""
        shop = self._shop
        wanted = shop.fetch(plan, ShotPlan)
        painted = shop.fetch(keyframe, Painted)

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
        """Gives the digest of the take's video."""
        shop, camera = self._shop, self._shop.tools.video
        judged = shop.fetch(take, Take)
        store, plan = shop.log.store, judged.plan

        async def make(scratch: Path) -> Made:
            footage = await camera.film(
                plan=plan,
                keyframe=store.path(judged.keyframe),
                layers=store.path(judged.layers) if judged.layers else None,
                scratch=scratch,
                progress=shop.progress(Stage.TAKES, plan.shot),
            )
            return Made(outputs={"video": footage.video}, cost_usd=footage.cost_usd)

        inputs = {"keyframe": judged.keyframe}
        if judged.layers:
            inputs["layers"] = judged.layers
        outcome = await shop.perform(
            Action(
                tool=f"video/{camera.name}",
                version=camera.version,
                request=plan,
                inputs=inputs,
                estimate=camera.estimate(plan=plan),
            ),
            make,
            lane=shop.lanes.filming,
            shot=plan.shot,
        )
        return outcome.outputs["video"]

    async def judge_take(self, take: str, footage: str) -> Verdict:
        """Judges a take's video; gives the take whole."""
        shop = self._shop
        judged = shop.fetch(take, Take)

        def judge(_: Path) -> Made:
            return Made(
                record=takes.judge_take(judged.plan, frames.decode(shop.log.store.path(footage)))
            )

        review = await self._review("take", takes.VERSION, judged.plan, footage, judge)
        whole = judged.model_copy(
            update={
                "video": footage,
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


def _check(plan: ShotPlan, name: str, can: Capabilities) -> None:
    """Refuses a plan that a backend cannot take, before anything is loaded or paid."""
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

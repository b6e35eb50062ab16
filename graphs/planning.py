"""Plans takes: the first one from the board, each further one as its remedies ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from nightshoot.agents import prompt_engineer
from nightshoot.domain.film import Take
from nightshoot.domain.orders import Wording, WordingOrder
from nightshoot.domain.remedy import RemedyKind
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.shot import Cast, ShotPlan
from nightshoot.domain.storyboard import Camera, Shot, Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Transition
from nightshoot.domain.wording import as_worded, as_worded_cast
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.graphs.casting import Casting
from nightshoot.graphs.remedies import Answer, Means, answers, gentler, simpler, stronger
from nightshoot.graphs.requests import Planned, check, same_request, told
from nightshoot.graphs.seeds import seed_of
from nightshoot.graphs.voicing import SpokenLine, Voicing
from nightshoot.graphs.workshop import BY_HAND, Workshop
from nightshoot.graphs.writing import SCREENPLAY, asked
from nightshoot.tools.edit.timing import time_shot, transition_frames
from nightshoot.tools.protocols import ImageGenerator, VideoGenerator

TITLE_TRANSITION = Transition.DISSOLVE
"""How the title card gives way to the first shot."""

END_TRANSITION = Transition.DIP_TO_BLACK
"""How the last shot gives way to the end card."""


class Heard(Value):
    """The sound of a shot: its lines, where each begins, and how long the shot is for them."""

    num_frames: int
    lines: tuple[SpokenLine, ...]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What a plan is made of."""

    shot: Shot
    """As the board has it, with the remedies' changes of camera and staging."""
    painter: ImageGenerator
    camera: VideoGenerator
    seed: int
    note: str
    """What the critic asks of this take."""


class Planning:
    """The plans of one film's shots."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._voicing = Voicing(workshop)
        self._casting = Casting(workshop)
        self._board: Storyboard | None = None
        self._screenplay: Screenplay | None = None

    @property
    def voice(self) -> str:
        """The name of the backend that speaks."""
        return self._voicing.speaking

    @property
    def board(self) -> Storyboard:
        """The storyboard that was opened."""
        assert self._board is not None, "open() comes first"
        return self._board

    @property
    def screenplay(self) -> Screenplay:
        """The screenplay that was opened."""
        assert self._screenplay is not None, "open() comes first"
        return self._screenplay

    async def open(self, storyboard: str) -> Sequence[str]:
        """Reads the documents of a storyboard; gives the ids of its shots in order."""
        self._board = self._shop.fetch(storyboard, Storyboard)
        self._screenplay = self._shop.production.read(SCREENPLAY, Screenplay)
        for backend in (*self._shop.tools.painters, *self._shop.tools.cameras):
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
        screenplay, fps = self.screenplay, self._shop.production.sheet.options.fps
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

    async def first(self, shot: str) -> Planned:
        """Gives the plan of a shot's first take."""
        tools = self._shop.tools
        wish = _Wish(
            shot=self.board.shot(shot),
            painter=tools.image,
            camera=tools.video,
            seed=self.seed(shot, 1),
            note="",
        )
        cast = await self._cast(wish)
        with self._shop.metered(shot) as meter:
            wording = await self.worded(wish.shot, cast, (), take=1)
        plan = await self._plan(wish, cast, wording)
        return Planned(
            number=1,
            plan=plan,
            painter=tools.image.name,
            camera=tools.video.name,
            cost_usd=meter.cost_usd,
            work_s=meter.work_s,
        )

    async def next(self, takes: Sequence[Take]) -> Planned | None:
        """Gives the plan of the take that answers the last one, or None where nothing is left.

        It differs from the plans of all takes before in something that its backends heed.

        Args:
            takes: those of the shot so far, in order, with the critic's or a person's advice.
        """
        tools, last = self._shop.tools, takes[-1]
        means = Means(
            painters=len(self._untried(takes, painters=True)),
            cameras=len(self._untried(takes, painters=False)),
            camera_ignores=tools.camera(last.camera or tools.video.name).capabilities.ignores,
            given=last.painter == BY_HAND,
        )
        for answer in answers(takes, means):
            try:
                planned = await self._answered(takes, answer)
            except BackendError as error:
                if isinstance(error, TransientError):
                    raise
                # Who words it gave it up: another change may need no new words.
                self._shop.report(f"Shot {last.plan.shot}: a change could not be planned: {error}")
                continue
            if planned is not None and not any(self._same(planned, take) for take in takes):
                return planned
        return None

    def seed(self, shot: str, take: int, candidate: int = 0) -> int:
        """Gives the seed of a take, or of a candidate for its keyframe after the first."""
        parts: list[object] = [self._shop.production.sheet.options.seed, "take", shot, take]
        if again := self.board.shot(shot).again:
            parts += ["again", again]
        if candidate:
            parts += ["candidate", candidate]
        return seed_of(*parts)

    async def worded(
        self, shot: Shot, cast: Sequence[Cast], notes: tuple[str, ...], *, take: int
    ) -> Wording:
        """Has a shot worded, with what was said of the takes before."""
        options = self._shop.production.sheet.options
        return await asked(
            self._shop,
            task=prompt_engineer.TASK,
            agent=self._shop.agents.prompt_engineer,
            given=WordingOrder(
                shot=as_worded(shot),
                cast=tuple(as_worded_cast(person, shot) for person in cast),
                style=options.style or self.board.style,
                locale=self.screenplay.locale,
                take=take,
                notes=notes,
            ),
            output=Wording,
            shot=shot.id,
            assumed=Wording(prompt="words that are not written yet"),
        )

    async def refitted(
        self, plan: ShotPlan, *, painter: ImageGenerator, camera: VideoGenerator
    ) -> ShotPlan:
        """Gives a plan with what other backends take of the cast's files and the controls.

        Raises:
            InputError: they cannot make it.
        """
        drawn = self.board.shot(plan.shot)
        drawn = drawn.model_copy(update={"staging": plan.staging, "camera": plan.camera})
        wish = _Wish(shot=drawn, painter=painter, camera=camera, seed=plan.seed, note=plan.note)
        cast = tuple(one.model_copy(update={"name": ""}) for one in await self._cast(wish))
        plan = plan.model_copy(update={"cast": cast})
        return await self._guided(plan, wish)

    async def _cast(self, wish: _Wish) -> tuple[Cast, ...]:
        drawn, screenplay = wish.shot, self.screenplay
        present = [
            person
            for person in screenplay.characters
            if any(figure.character == person.id for figure in drawn.staging.figures)
        ]
        style = self._shop.production.sheet.options.style or self.board.style
        ranked = sorted(present, key=lambda person: person.id != _subject(drawn))
        return tuple(
            [
                await self._casting.person(
                    person,
                    screenplay,
                    style,
                    painter=wish.painter,
                    camera=wish.camera,
                    rank=ranked.index(person),
                )
                for person in present
            ]
        )

    async def _plan(self, wish: _Wish, cast: tuple[Cast, ...], wording: Wording) -> ShotPlan:
        drawn = wish.shot
        options = self._shop.production.sheet.options
        heard = await self.heard(drawn)
        scene = next(scene for scene in self.screenplay.scenes if scene.id == drawn.scene)
        plan = ShotPlan(
            shot=drawn.id,
            prompt=wording.prompt,
            negative_prompt=wording.negative_prompt,
            style=options.style or self.board.style,
            staging=drawn.staging,
            camera=drawn.camera,
            # A new name paints nothing anew.
            cast=tuple(one.model_copy(update={"name": ""}) for one in cast),
            width=options.width,
            height=options.height,
            fps=options.fps,
            num_frames=heard.num_frames,
            seed=wish.seed,
            place_seed=seed_of(
                options.seed, "place", drawn.staging.setting, scene.place or scene.id
            ),
            place=scene.place,
            note=wish.note,
        )
        return await self._guided(plan, wish)

    async def _guided(self, plan: ShotPlan, wish: _Wish) -> ShotPlan:
        """Gives a plan with its control pictures, once its backends can take it."""
        plan = await self._casting.guided(plan, wish.shot, painter=wish.painter, camera=wish.camera)
        for backend in (wish.painter, wish.camera):
            check(plan, backend.name, backend.capabilities)
            # Refuses what the backend cannot take before anything is loaded or paid.
            backend.estimate(plan=plan)
        return plan

    async def _answered(self, takes: Sequence[Take], answer: Answer) -> Planned | None:
        """Gives the plan with an answer's changes; None where other backends cannot take it."""
        tools, last = self._shop.tools, takes[-1]
        old, number, kinds = last.plan, last.number + 1, answer.kinds
        painter = tools.painter(last.painter)
        camera = tools.camera(last.camera or tools.video.name)
        if RemedyKind.OTHER_PAINTER in kinds:
            painter = tools.painter(self._untried(takes, painters=True)[0])
        if RemedyKind.OTHER_CAMERA in kinds:
            camera = tools.camera(self._untried(takes, painters=False)[0])
        staging = old.staging
        if RemedyKind.SIMPLER in kinds:
            staging = simpler(staging) or staging
        moved = _moved(old, kinds)
        # A painter in layers draws as much beyond the frame as the camera's way needs: the same
        # picture is painted, larger. Where only the filming changes, all others keep theirs.
        wider = not answer.paints and moved != old.camera and painter.capabilities.layers
        paints = answer.paints or wider
        heeded = answer.paints or "prompt" not in camera.capabilities.ignores
        if not heeded:
            kinds = kinds - {RemedyKind.REWORDED}
        words = heeded and (
            RemedyKind.REWORDED in kinds or staging != old.staging or moved != old.camera
        )
        fresh = answer.paints or words or RemedyKind.NEW_SEED in kinds
        keeps_seed = wider or not fresh
        if keeps_seed:
            kinds = kinds - {RemedyKind.NEW_SEED}
        notes = tuple(take.advice for take in takes if take.advice)
        wish = _Wish(
            shot=self.board.shot(old.shot).model_copy(update={"staging": staging, "camera": moved}),
            painter=painter,
            camera=camera,
            seed=old.seed if keeps_seed else self.seed(old.shot, number),
            note=old.note if keeps_seed else notes[-1] if notes else "",
        )
        wording = Wording(prompt=old.prompt, negative_prompt=old.negative_prompt)
        try:
            cast = await self._cast(wish)
            with self._shop.metered(old.shot) as meter:
                if words:
                    wording = await self.worded(wish.shot, cast, notes, take=number)
            plan = await self._plan(wish, cast, wording)
        except InputError:
            if (painter.name, camera.name) == (last.painter, last.camera or tools.video.name):
                raise
            return None
        return Planned(
            number=number,
            plan=plan,
            painter=painter.name,
            camera=camera.name,
            remedies=told(answer.remedies, kinds, last, plan, painter.name, camera.name),
            kept=0 if paints else last.kept or last.number,
            cost_usd=meter.cost_usd,
            work_s=meter.work_s,
        )

    def _untried(self, takes: Sequence[Take], *, painters: bool) -> list[str]:
        """Gives the backends that the shot has not tried, in the order of the crew."""
        tools = self._shop.tools
        if painters:
            tried = {take.painter for take in takes}
            return [one.name for one in tools.painters if one.name not in tried]
        tried = {take.camera or tools.video.name for take in takes}
        return [one.name for one in tools.cameras if one.name not in tried]

    def _same(self, planned: Planned, take: Take) -> bool:
        """Whether a plan asks its backends for nothing else than a take before did."""
        tools = self._shop.tools
        return same_request(
            planned, take, tools.painter(planned.painter), tools.camera(planned.camera)
        )

    def _transitions(self, shot: Shot) -> tuple[Transition, Transition]:
        """How the shot before gives way to this one, and this one to the next."""
        shots = self.board.shots
        place = [one.id for one in shots].index(shot.id)
        before = shots[place - 1].transition if place else TITLE_TRANSITION
        after = shot.transition if place < len(shots) - 1 else END_TRANSITION
        return before, after


def _moved(plan: ShotPlan, kinds: frozenset[RemedyKind]) -> Camera:
    if RemedyKind.GENTLER in kinds:
        return gentler(plan.camera) or plan.camera
    if RemedyKind.STRONGER in kinds:
        return stronger(plan.camera) or plan.camera
    return plan.camera


def _subject(shot: Shot) -> str:
    """Gives the character that the shot is about: the subject, else the first figure."""
    figures = shot.staging.figures
    return figures[shot.staging.subject or 0].character if figures else ""

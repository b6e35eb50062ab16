"""What a painter is held to besides words: reference sheets, LoRAs, control pictures."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

from nightshoot.agents import character_designer
from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.orders import SheetOrder, Wording
from nightshoot.domain.review import Review
from nightshoot.domain.screenplay import Character, Screenplay
from nightshoot.domain.shot import Cast, Control, ShotPlan
from nightshoot.domain.storyboard import Camera, ControlWish, Figure, Shot, Staging
from nightshoot.domain.vocabulary import Facing, Mood, Setting, ShotSize, TimeOfDay
from nightshoot.errors import Refused
from nightshoot.events import Stage
from nightshoot.graphs.given_files import FileKind, GivenFiles
from nightshoot.graphs.seeds import seed_of
from nightshoot.graphs.standing_in import Order, StandingIn
from nightshoot.graphs.workshop import Workshop
from nightshoot.graphs.writing import asked
from nightshoot.tools.image import controls
from nightshoot.tools.measure import frames, keyframes
from nightshoot.tools.protocols import Capabilities, ImageGenerator, VideoGenerator

SHEET_SIZE = (768, 1024)
"""A reference sheet in pixels. Source: near the area that most families were trained on, a multiple
of 64 each way, and tall enough for a figure from head to foot."""

_SHEET_TRIES = 3


class Casting:
    """Gives the people of a shot as the painter takes them, and the shot's control pictures.

    Files come first from what a person gave: `reference` and `lora` of a character in
    `screenplay.yaml`, a picture of theirs at `cast/<id>.png`, a picture of a shot's `controls`, a
    last frame at `shots/<id>/last_frame.png`. A sheet is painted only where nobody gave one and
    the painter takes references, once a character.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop
        self._given = GivenFiles(workshop)
        self._sheets: dict[tuple[Character, str], str] = {}
        self._painting: dict[str, asyncio.Lock] = {}
        self._told: set[str] = set()

    async def person(
        self,
        person: Character,
        screenplay: Screenplay,
        style: str,
        *,
        painter: ImageGenerator | None = None,
        camera: VideoGenerator | None = None,
        rank: int = 0,
    ) -> Cast:
        """Gives a character with the files that the painter or the camera takes.

        Args:
            person: the character.
            screenplay: the one with the character in it.
            style: the film's look in words.
            painter: who paints the shot; None: the first of the crew.
            camera: who films it; None: the first of the crew.
            rank: the place of the character in the shot, 0 for whom it is about: a backend that
                takes two reference pictures is given those of the first two.

        Raises:
            InputError: a file that the screenplay names is not there, or is something else.
        """
        shop = self._shop
        painter, camera = painter or shop.tools.image, camera or shop.tools.video
        paints, films = painter.capabilities, camera.capabilities
        cast = Cast(id=person.id, name=person.name, look=person.look)
        if person.lora and paints.loras:
            field = f"screenplay.yaml: lora of {person.id}"
            lora = await self._given.take(person.lora, FileKind.WEIGHTS, field=field)
            cast = cast.model_copy(update={"lora": lora, "lora_scale": person.lora_scale})
        elif person.lora:
            self._tell(f"{painter.name} takes no LoRA: {person.lora} is not used.")
        own = f"cast/{person.id}.png"
        pinned = shop.production.pinned(own)
        if not (paints.references or films.references):
            if person.reference or pinned:
                self._tell(
                    f"{painter.name} takes no reference pictures: "
                    f"{person.reference or own} is not used."
                )
            return cast
        if rank >= max(paints.references, films.references):
            return cast
        if person.reference:
            field = f"screenplay.yaml: reference of {person.id}"
            reference = await self._given.take(person.reference, FileKind.PICTURE, field=field)
        elif pinned:
            field = f"the picture of {person.name}"
            reference = await self._given.take(own, FileKind.PICTURE, field=field)
        elif paints.references:
            reference = await self._sheet(cast, person, screenplay, style, painter)
        else:
            return cast
        return cast.model_copy(update={"reference": reference})

    async def guided(
        self,
        plan: ShotPlan,
        shot: Shot,
        *,
        painter: ImageGenerator | None = None,
        camera: VideoGenerator | None = None,
    ) -> ShotPlan:
        """Gives the plan with its control pictures and its last frame.

        Args:
            plan: what is to be seen.
            shot: what the board says of it.
            painter: who paints it; None: the first of the crew.
            camera: who films it; None: the first of the crew.

        Raises:
            InputError: a picture is not there, or has to be given and is not.
        """
        shop = self._shop
        painter, camera = painter or shop.tools.image, camera or shop.tools.video
        can = painter.capabilities.controls
        found = []
        for wish in shot.controls:
            if wish.kind not in can:
                self._tell(
                    f"{painter.name} has no ControlNet for {wish.kind.value}: the control "
                    f"picture of shot {shot.number} is not used."
                )
                continue
            picture = await self._control(plan, shot, wish)
            found.append(Control(kind=wish.kind, picture=picture, weight=wish.weight))
        last = f"shots/{shot.id}/last_frame.png"
        ends_on = ""
        if (shop.production.folder / last).is_file():
            if camera.capabilities.last_frame:
                field = f"the last frame of shot {shot.number}"
                ends_on = await self._given.take(last, FileKind.PICTURE, field=field)
            else:
                self._tell(f"{camera.name} takes no last frame: {last} is not used.")
        return plan.model_copy(update={"controls": tuple(found), "last_frame": ends_on})

    async def _control(self, plan: ShotPlan, shot: Shot, wish: ControlWish) -> str:
        shop = self._shop
        if wish.picture:
            field = f"storyboard.yaml: controls of shot {shot.id}"
            return await self._given.take(wish.picture, FileKind.PICTURE, field=field)
        # Words and files have no part in it: a picture is drawn once for what stands where.
        drawn = plan.model_copy(
            update={
                "prompt": "",
                "negative_prompt": "",
                "style": "",
                "note": "",
                "num_frames": 1,
                "cast": tuple(Cast(id=one.id, name="", look=one.look) for one in plan.cast),
            }
        )
        outcome = await shop.compute(
            Action(tool=f"control/{wish.kind.value}", version=controls.VERSION, request=drawn),
            lambda scratch: Made(
                outputs={"picture": controls.control_picture(drawn, wish.kind, scratch)}
            ),
            lane=shop.lanes.cutting,
            shot=shot.id,
        )
        return outcome.outputs["picture"]

    async def _sheet(
        self,
        cast: Cast,
        person: Character,
        screenplay: Screenplay,
        style: str,
        painter: ImageGenerator,
    ) -> str:
        """Gives the digest of a character's sheet; shots that need it at once wait for the first.

        It lies in the production as `cast/<id>.png`, for a person to look at and replace.
        """
        shop, key = self._shop, (person, style)
        async with self._painting.setdefault(person.id, asyncio.Lock()):
            if key not in self._sheets:
                sheet = await self._best_sheet(cast, person, screenplay, style, painter)
                shop.production.export(f"cast/{person.id}.png", sheet, shop.log.store)
                self._sheets[key] = sheet
            return self._sheets[key]

    async def _best_sheet(
        self,
        cast: Cast,
        person: Character,
        screenplay: Screenplay,
        style: str,
        painter: ImageGenerator,
    ) -> str:
        """Has a sheet painted, and again while it is bad; gives the best one's digest."""
        shop = self._shop
        options = shop.production.sheet.options
        era = screenplay.scenes[0].era
        wording = await asked(
            shop,
            task=character_designer.TASK,
            agent=shop.agents.character_designer,
            given=SheetOrder(
                person=Cast(id=cast.id, name=cast.name, look=cast.look),
                description=person.description,
                style=style,
                era=era,
                locale=screenplay.locale,
            ),
            output=Wording,
            assumed=Wording(prompt="words that are not written yet"),
        )
        width, height = _sheet_size(painter.capabilities)
        painted: list[tuple[float, str]] = []
        for number in range(1, _SHEET_TRIES + 1):
            plan = ShotPlan(
                shot=f"cast-{cast.id}",
                prompt=wording.prompt,
                negative_prompt=wording.negative_prompt,
                style=style,
                staging=Staging(
                    setting=Setting.ROOM,
                    era=era,
                    time_of_day=TimeOfDay.DAY,
                    mood=Mood.SERENE,
                    figures=(Figure(character=cast.id, facing=Facing.TOWARD),),
                ),
                camera=Camera(size=ShotSize.WS),
                cast=(cast,),
                width=width,
                height=height,
                fps=options.fps,
                num_frames=1,
                seed=seed_of(options.seed, "sheet", cast.id, number),
            )
            try:
                picture = await self._painted(plan, painter)
            except Refused as error:
                own = shop.production.folder / f"cast/{cast.id}.png"
                raise Refused(
                    f"{error} (it is the reference sheet of {person.name}: describe them otherwise "
                    f"in screenplay.yaml, or put a picture of them at {own})"
                ) from error
            review = await self._judged(plan, picture)
            if review.passed:
                return picture
            painted.append((review.score, picture))
        self._tell(f"The reference sheet of {person.name} is poor: look at cast/{person.id}.png.")
        return max(painted, key=lambda one: one[0])[1]

    async def _painted(self, plan: ShotPlan, painter: ImageGenerator) -> str:
        """Gives the digest of a sheet, by whoever stands in for a painter that is away."""

        async def refit(by: ImageGenerator) -> ShotPlan:
            width, height = _sheet_size(by.capabilities)
            fitted = plan.model_copy(update={"width": width, "height": height})
            # Refuses what it cannot take before anything is asked.
            by.estimate(plan=fitted)
            return fitted

        return await StandingIn(self._shop).made(
            Order(
                plan=plan,
                kind="image",
                crew=self._shop.tools.painters,
                action=_sheet_action,
                refit=refit,
                make=self._painted_by,
            ),
            painter,
        )

    async def _painted_by(self, painter: ImageGenerator, plan: ShotPlan, elsewhere: bool) -> str:
        shop = self._shop
        action = _sheet_action(painter, plan)

        async def make(scratch: Path) -> Made:
            painting = await painter.paint(
                plan=plan,
                scratch=scratch,
                progress=shop.progress(Stage.KEYFRAMES, plan.shot),
                files=shop.files(plan),
                job=shop.log.job(action),
            )
            shop.report_all(painting.notes)
            return Made(
                outputs={"picture": painting.picture},
                cost_usd=painting.cost_usd,
                gpu_s=painting.gpu_s,
            )

        outcome = await shop.perform(
            action,
            make,
            lane=shop.turn(action, painter),
            shot=plan.shot,
            provider=shop.provider("image", painter),
            elsewhere=elsewhere,
        )
        return outcome.outputs["picture"]

    async def _judged(self, plan: ShotPlan, picture: str) -> Review:
        shop = self._shop
        outcome = await shop.compute(
            Action(
                tool="measure/keyframe",
                version=keyframes.VERSION,
                request=plan,
                inputs={"keyframe": picture},
                assumed=Assumed(record=Review(findings=())),
            ),
            lambda _: Made(
                record=keyframes.judge_keyframe(
                    plan, frames.read_picture(shop.log.store.path(picture))
                )
            ),
            lane=shop.lanes.cutting,
            shot=plan.shot,
        )
        return outcome.read(Review)

    def _tell(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._shop.report(text)


def _sheet_action(painter: ImageGenerator, plan: ShotPlan) -> Action:
    return Action(
        tool=f"image/{painter.name}",
        version=painter.version,
        request=plan,
        estimate=painter.estimate(plan=plan),
        assumed=Assumed(roles=("picture",)),
    )


def _sheet_size(can: Capabilities) -> tuple[int, int]:
    """Gives the size of a sheet in pixels that a painter takes, in the usual shape."""
    width, height = SHEET_SIZE
    if can.fits:
        return width, height
    share = min(1.0, math.sqrt(can.max_pixels / (width * height)))
    step = can.size_multiple
    fitted = [max(step, int(side * share) // step * step) for side in (width, height)]
    return fitted[0], fitted[1]

"""The title card and the end card: painted, filmed, and ready for the cut."""

from __future__ import annotations

from pathlib import Path

from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.cut import Clip, ClipKind
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Shot, Storyboard
from nightshoot.domain.time import frames_for
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import (
    CameraMove,
    Era,
    Locale,
    MoveStrength,
    Setting,
    ShotSize,
    Transition,
)
from nightshoot.domain.wording import as_carded
from nightshoot.errors import BackendError
from nightshoot.events import Stage
from nightshoot.graphs.planning import END_TRANSITION, TITLE_TRANSITION
from nightshoot.graphs.seeds import seed_of
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.edit import cards
from nightshoot.tools.edit.timing import END_S, TITLE_S, transition_frames
from nightshoot.tools.image.shadow_play.painter import rasterised
from nightshoot.tools.image.shadow_play.palette import palette_for

_TOWNS = frozenset({Setting.CITY, Setting.STREET, Setting.ROOM})

_ROLES = {
    Locale.ZH: ("编剧", "画面", "摄影", "配音", "音乐", "制作"),
    Locale.EN: ("written by", "painted by", "filmed by", "voices", "music", "made with"),
}


class CardOrder(Value):
    """What decides the painting of a card."""

    kind: ClipKind
    title: str
    lines: tuple[tuple[str, str], ...]
    locale: Locale
    width: int
    height: int
    shot: Shot
    """The shot that the card stands beside: its mood, light and era are the card's."""
    seed: int


class Carding:
    """Makes a film's cards."""

    def __init__(self, workshop: Workshop, *, voice: str) -> None:
        self._shop = workshop
        self._voice = voice

    async def title(self, board: Storyboard, screenplay: Screenplay) -> Clip | None:
        """Gives the clip that opens the film; None where it cannot be made, which is told."""
        options = self._shop.production.sheet.options
        after = transition_frames(TITLE_TRANSITION, options.fps)
        alone = frames_for(TITLE_S, options.fps)
        return await self._or_none(ClipKind.TITLE, board, board.shots[0], alone + after)

    async def end(self, board: Storyboard, screenplay: Screenplay) -> Clip | None:
        """Gives the clip that closes the film and says who made it; None as for the title."""
        options = self._shop.production.sheet.options
        before = transition_frames(END_TRANSITION, options.fps)
        alone = frames_for(END_S, options.fps)
        return await self._or_none(ClipKind.END, board, board.shots[-1], before + alone)

    async def _or_none(
        self, kind: ClipKind, board: Storyboard, shot: Shot, num_frames: int
    ) -> Clip | None:
        try:
            return await self._clip(kind, board, shot, num_frames)
        except BackendError as error:
            # Whole shots were paid for: they are not kept back for a card.
            self._shop.report(
                f"The film has no {kind.value} card, as it could not be made: {error}. "
                f"`nightshoot resume {self._shop.production.folder}` tries it again."
            )
            return None

    def _credits(self, locale: Locale) -> tuple[tuple[str, str], ...]:
        shop = self._shop
        names = (
            shop.agents.screenwriter.writer.name,
            shop.tools.image.name,
            shop.tools.video.name,
            "" if self._voice == "none" else self._voice,
            shop.tools.composer.name if shop.tools.composer else "",
            "Nightshoot",
        )
        return tuple((role, name) for role, name in zip(_ROLES[locale], names, strict=True) if name)

    async def _clip(self, kind: ClipKind, board: Storyboard, shot: Shot, num_frames: int) -> Clip:
        shop, options = self._shop, self._shop.production.sheet.options
        shot = as_carded(shot)
        order = CardOrder(
            kind=kind,
            title=board.title,
            lines=self._credits(options.locale) if kind is ClipKind.END else (),
            locale=options.locale,
            width=options.width,
            height=options.height,
            shot=shot,
            seed=seed_of(options.seed, "card"),
        )
        painted = await shop.compute(
            Action(
                tool=f"card/{kind.value}",
                version=cards.VERSION,
                request=order,
                assumed=Assumed(roles=("picture", "layers")),
            ),
            lambda scratch: _painted(order, scratch),
            lane=shop.lanes.cutting,
        )
        plan = ShotPlan(
            shot=f"card-{kind.value}",
            prompt=board.title,
            staging=shot.staging,
            camera=Camera(size=ShotSize.WS, move=CameraMove.PUSH_IN, strength=MoveStrength.GENTLE),
            width=options.width,
            height=options.height,
            fps=options.fps,
            num_frames=num_frames,
            seed=order.seed,
        )
        return Clip(
            id=plan.shot,
            kind=kind,
            take=await self._filmed(plan, dict(painted.outputs)),
            num_frames=num_frames,
            transition=Transition.CUT,
            mood=shot.staging.mood,
        )

    async def _filmed(self, plan: ShotPlan, painted: dict[str, str]) -> str:
        shop, camera = self._shop, self._shop.tools.card_camera
        store = shop.log.store

        async def make(scratch: Path) -> Made:
            footage = await camera.film(
                plan=plan,
                keyframe=store.path(painted["picture"]),
                layers=store.path(painted["layers"]),
                scratch=scratch,
                progress=shop.progress(Stage.CUT, plan.shot),
            )
            return Made(outputs={"video": footage.video})

        outcome = await shop.perform(
            Action(
                tool=f"video/{camera.name}",
                version=camera.version,
                request=plan,
                inputs=painted,
                assumed=Assumed(roles=("video",)),
            ),
            make,
            lane=shop.lanes.cutting,
        )
        return outcome.outputs["video"]


def _painted(order: CardOrder, scratch: Path) -> Made:
    staging = order.shot.staging
    palette = palette_for(
        mood=staging.mood,
        time_of_day=staging.time_of_day,
        weather=staging.weather,
        setting=staging.setting,
        era=staging.era,
        seed=order.seed,
    )
    # Roofs stand behind a card only where the story has a town around it.
    land = staging.era if staging.setting in _TOWNS else Era.ANCIENT
    if order.kind is ClipKind.TITLE:
        text = cards.title_card(
            title=order.title,
            subtitle="",
            locale=order.locale,
            width=order.width,
            height=order.height,
            palette=palette,
            era=land,
            seed=order.seed,
        )
    else:
        text = cards.end_card(
            lines=order.lines,
            locale=order.locale,
            width=order.width,
            height=order.height,
            palette=palette,
            era=land,
            seed=order.seed,
        )
    layers, picture = scratch / "card.svg", scratch / "card.png"
    layers.write_text(text, encoding="utf-8")
    picture.write_bytes(rasterised(text, width=order.width, height=order.height))
    return Made(outputs={"picture": picture, "layers": layers})

"""The cutting steps: cards, the edit, its parts, and the film."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.cut import Caption, Clip, Cut, Spoken
from nightshoot.domain.film import ShotResult
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Transition
from nightshoot.events import FilmFinished, Stage
from nightshoot.graphs.carding import Carding
from nightshoot.graphs.exporting import export_cut, export_film, export_page, export_sound
from nightshoot.graphs.lengthening import brought
from nightshoot.graphs.page_pictures import page_pictures
from nightshoot.graphs.planning import END_TRANSITION, TITLE_TRANSITION, Heard
from nightshoot.graphs.previewing import make_animatic
from nightshoot.graphs.scoring import Scoring
from nightshoot.graphs.screening import Looked, Screening
from nightshoot.graphs.shooting import Shooting
from nightshoot.graphs.workshop import Workshop
from nightshoot.graphs.writing import SCREENPLAY
from nightshoot.tools.edit.captions import captions_for
from nightshoot.tools.edit.conform import conform
from nightshoot.tools.edit.ffmpeg import ffmpeg_version
from nightshoot.tools.edit.parts import CUTTING_VERSION, Body, Part, plan_parts
from nightshoot.tools.edit.stitch import stitch
from nightshoot.tools.edit.timing import transition_frames
from nightshoot.tools.edit.transitions import blend
from nightshoot.tools.measure.film.seen import joins_by_part
from nightshoot.tools.protocols import Word


class StitchOrder(Value):
    """What decides the film's file besides its parts."""

    title: str
    fps: str
    version: str = CUTTING_VERSION


class Cutting:
    """One film's edit."""

    def __init__(self, workshop: Workshop, shooting: Shooting) -> None:
        self._shop = workshop
        self._shooting = shooting
        self._screening = Screening(workshop)

    async def preview(self, storyboard: str) -> None:
        """Makes `animatic.mp4` from the keyframes as they lie in the folder."""
        board = self._shop.fetch(storyboard, Storyboard)
        heard = [await self._shooting.heard(shot) for shot in board.shots]
        await make_animatic(self._shop, board, heard)

    async def cut(self, storyboard: str, shots: Sequence[str]) -> str:
        """Gives the digest of the cut: title, takes, end; captions and voices in their places."""
        shop = self._shop
        board = shop.fetch(storyboard, Storyboard)
        screenplay = shop.production.read(SCREENPLAY, Screenplay)
        results = [shop.fetch(one, ShotResult) for one in shots]
        cards = Carding(shop, voice=self._shooting.voice)
        title = await cards.title(board, screenplay)
        end = await cards.end(board, screenplay)
        clips: list[Clip] = [
            await self._clip(board.shot(result.shot), result, screenplay) for result in results
        ]
        # A film does without a card that cannot be made.
        clips[-1] = self._turned(clips[-1], END_TRANSITION if end else Transition.CUT)
        opening = [self._turned(title, TITLE_TRANSITION)] if title else []
        options = shop.production.sheet.options
        cut = Cut(
            title=board.title,
            fps=options.fps,
            width=options.width,
            height=options.height,
            clips=(*opening, *clips, *([end] if end else [])),
        )
        return shop.keep(cut)

    async def finish(self, cut: str, shots: Sequence[str]) -> str:
        """Gives the digest of the film: rendered, mixed, joined, judged and exported."""
        shop = self._shop
        edit = shop.fetch(cut, Cut)
        options = shop.production.sheet.options
        parts = plan_parts(
            edit if options.captions_on else edit.bare,
            locale=options.locale,
            caption_size=options.caption_size,
        )
        shop.stage_started(Stage.FILM, len(parts) + 2)
        joins = joins_by_part(edit, [part.num_frames for part in parts])
        rendering = asyncio.gather(
            *(self._render(part, frames) for part, frames in zip(parts, joins, strict=True))
        )
        scoring = asyncio.ensure_future(Scoring(shop).sound(edit))
        results = [shop.fetch(one, ShotResult) for one in shots]
        drawing = asyncio.ensure_future(page_pictures(shop, results))
        try:
            rendered, sound, pictures = await asyncio.gather(rendering, scoring, drawing)
        except BaseException:
            works = (rendering, scoring, drawing)
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)
            raise
        video = await self._stitch(edit, [part.video for part in rendered], sound.mix)
        film = await self._screening.judge(edit, video, parts=rendered, sound=sound)
        export_sound(shop, edit, music=sound.music, mix=sound.mix)
        export_cut(shop, edit, results, music=sound.music)
        export_film(shop, film)
        export_page(shop, film, results, pictures)
        shop.stage_finished(Stage.FILM)
        shop.emit(FilmFinished(duration_s=film.duration_s, frames=film.num_frames))
        return shop.keep(film)

    async def _clip(self, shot: Shot, result: ShotResult, screenplay: Screenplay) -> Clip:
        heard: Heard = await self._shooting.heard(shot)
        options = self._shop.production.sheet.options
        captions: list[Caption] = []
        for line, start in zip(heard.lines, heard.starts, strict=True):
            said = screenplay.line(line.line)
            captions += captions_for(
                text=said.text,
                locale=screenplay.locale,
                speaker=said.speaker,
                start_frame=start,
                duration_s=line.duration_s,
                words=tuple(
                    Word(text=word.text, start_s=word.start_s, end_s=word.end_s)
                    for word in line.words
                ),
                fps=options.fps,
                width=options.width,
                height=options.height,
                size=options.caption_size,
            )
        return Clip(
            id=shot.id,
            take=await brought(self._shop, result.take),
            num_frames=result.take.plan.num_frames,
            transition=shot.transition,
            transition_frames=transition_frames(shot.transition, options.fps),
            captions=tuple(captions),
            spoken=tuple(
                Spoken(line=line.line, start=start, audio=line.audio, duration_s=line.duration_s)
                for line, start in zip(heard.lines, heard.starts, strict=True)
                if line.audio
            ),
            mood=shot.staging.mood,
            grade=shot.grade,
        )

    def _turned(self, clip: Clip, transition: Transition) -> Clip:
        fps = self._shop.production.sheet.options.fps
        return clip.model_copy(
            update={
                "transition": transition,
                "transition_frames": transition_frames(transition, fps),
            }
        )

    async def _render(self, part: Part, joins: tuple[int, ...]) -> Looked:
        """Gives a part of the film, and what the review has to see of it."""
        shop = self._shop
        store = shop.log.store

        def work(scratch: Path) -> Made:
            if isinstance(part, Body):
                made = conform(body=part, take=store.path(part.take), scratch=scratch)
            else:
                made = blend(
                    part=part,
                    outgoing=store.path(part.outgoing),
                    incoming=store.path(part.incoming),
                    scratch=scratch,
                )
            return Made(outputs={"video": made})

        outcome = await shop.compute(
            Action(
                tool=f"edit/{part.kind}",
                version=CUTTING_VERSION,
                model=ffmpeg_version(),
                request=part,
                assumed=Assumed(roles=("video",)),
            ),
            work,
            lane=shop.lanes.cutting,
        )
        shop.step_done(Stage.FILM, reused=outcome.reused)
        video = outcome.outputs["video"]
        return await self._screening.look(video, num_frames=part.num_frames, joins=joins)

    async def _stitch(self, cut: Cut, parts: Sequence[str], mix: str) -> str:
        shop = self._shop

        def work(scratch: Path) -> Made:
            store = shop.log.store
            film = scratch / "film.mp4"
            stitch(
                parts=[store.path(part) for part in parts],
                sound=store.path(mix) if mix else None,
                fps=cut.fps,
                num_frames=cut.num_frames,
                title=cut.title,
                target=film,
            )
            return Made(outputs={"film": film})

        inputs = {f"part {number}": part for number, part in enumerate(parts)}
        outcome = await shop.compute(
            Action(
                tool="edit/stitch",
                version=CUTTING_VERSION,
                request=StitchOrder(title=cut.title, fps=str(cut.fps)),
                inputs=inputs | ({"mix": mix} if mix else {}),
                assumed=Assumed(roles=("film",)),
            ),
            work,
            lane=shop.lanes.cutting,
        )
        return outcome.outputs["film"]

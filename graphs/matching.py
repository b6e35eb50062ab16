"""Compares the shots of each scene once all are settled; who stands apart is taken again, once."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from pathlib import Path

from nightshoot.artifacts import Action, Made
from nightshoot.domain.film import Ending, ShotResult
from nightshoot.domain.review import Finding
from nightshoot.graphs.context import Turn
from nightshoot.graphs.planning import Planning
from nightshoot.graphs.settling import Settling
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.measure import frames, scenes


class Matching:
    """Continuity between the shots of one film."""

    def __init__(self, workshop: Workshop, planning: Planning, settling: Settling) -> None:
        self._shop = workshop
        self._planning = planning
        self._settling = settling
        self._turns: dict[str, Turn] = {}

    async def mismatched(self, shots: Mapping[str, str]) -> Mapping[str, Turn]:
        """Gives the good shots that do not go with their neighbours, each with its next take.

        One that a person approved, or that is flagged already, stays as it is.

        Args:
            shots: the outcome of each shot by its id, in the order of the film.
        """
        results = {shot: self._shop.fetch(digest, ShotResult) for shot, digest in shots.items()}
        found: dict[str, Turn] = {}
        for shot, finding in (await self._findings(results)).items():
            result = results[shot]
            if finding.passed or result.ended is not Ending.PASSED:
                continue
            turn = await self._turned(result, finding)
            if turn.then != "end":
                found[shot] = turn
        return found

    async def matched(self, shots: Mapping[str, str], again: Collection[str]) -> Mapping[str, str]:
        """Gives the outcomes with what continuity is worth; who still stands apart is flagged.

        Args:
            shots: the outcome of each shot by its id, in the order of the film.
            again: those that were taken again.
        """
        results = {shot: self._shop.fetch(digest, ShotResult) for shot, digest in shots.items()}
        changed: dict[str, str] = {}
        for shot, finding in (await self._findings(results)).items():
            result = results[shot]
            takes, ended = self._with(result, finding), result.ended.value
            if not finding.passed and result.ended is Ending.PASSED:
                if shot in again:
                    ended = Ending.NO_BETTER.value
                else:
                    turn = await self._turned(result, finding)
                    takes, ended = dict(turn.takes), turn.ended or Ending.TAKES.value
            changed[shot] = self._settling.settle(shot, takes, ended)
        return changed

    async def _turned(self, result: ShotResult, finding: Finding) -> Turn:
        """Gives where the loop of a shot goes with a finding against it."""
        if result.shot not in self._turns:
            self._turns[result.shot] = await self._settling.turn(
                self._with(result, finding), number=result.best, camera=result.take.camera
            )
        return self._turns[result.shot]

    async def _findings(self, results: Mapping[str, ShotResult]) -> Mapping[str, Finding]:
        """Gives the finding of each shot that can be compared with others of its scene."""
        if len(results) < 2:
            return {}
        if self._shop.dry:
            # What is not made yet goes with its neighbours until it is looked at.
            store = self._shop.log.store
            results = {shot: one for shot, one in results.items() if store.has(one.take.video)}
        palettes = await asyncio.gather(*(self._palette(one) for one in results.values()))
        board = self._planning.board
        judged = scenes.judge_scenes(
            [
                scenes.SceneShot(shot=board.shot(shot), palette=palette)
                for shot, palette in zip(results, palettes, strict=True)
            ]
        )
        return {shot: one for shot, one in judged.items() if isinstance(one, Finding)}

    async def _palette(self, result: ShotResult) -> scenes.Palette:
        shop, take = self._shop, result.take
        path = shop.log.store.path(take.video)

        def work(_: Path) -> Made:
            return Made(record=scenes.palette_of(frames.decode(path), take.plan))

        outcome = await shop.compute(
            Action(
                tool="measure/palette",
                version=scenes.VERSION,
                request=take.plan,
                inputs={"take": take.video},
            ),
            work,
            lane=shop.lanes.judging,
            shot=result.shot,
        )
        return outcome.read(scenes.Palette)

    def _with(self, result: ShotResult, finding: Finding) -> dict[str, str]:
        """Gives a shot's takes with the finding in the review of the one in the film."""
        takes = {str(take.number): self._shop.keep(take) for take in result.takes}
        review = result.take.video_review
        assert review is not None, "the take in the film was filmed"
        others = tuple(one for one in review.findings if one.measure != finding.measure)
        joined = review.model_copy(update={"findings": (*others, finding)})
        judged = result.take.model_copy(update={"video_review": joined})
        return takes | {str(result.best): self._shop.keep(judged)}

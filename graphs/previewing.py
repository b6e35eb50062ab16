"""The animatic, for the person who is to approve the keyframes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nightshoot.artifacts import Action, Made
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.files import digest_of
from nightshoot.graphs.planning import Heard
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.edit import animatic
from nightshoot.tools.edit.animatic import Still


class AnimaticOrder(Value):
    """What decides the animatic besides its pictures and sounds."""

    durations_s: tuple[float, ...]
    starts_s: tuple[tuple[float, ...], ...]


async def make_animatic(shop: Workshop, board: Storyboard, heard: Sequence[Heard]) -> None:
    """Makes `animatic.mp4` from the keyframes as they lie in the production's folder.

    Args:
        shop: the workshop.
        board: the shots.
        heard: each shot's lines and length.
    """
    fps = shop.production.sheet.options.fps
    pictures = [shop.production.folder / f"shots/{shot.id}/keyframe.png" for shot in board.shots]
    order = AnimaticOrder(
        durations_s=tuple(round(float(one.num_frames / fps), 6) for one in heard),
        starts_s=tuple(tuple(float(start / fps) for start in one.starts) for one in heard),
    )
    inputs = {f"keyframe {n}": digest_of(path) for n, path in enumerate(pictures)}
    inputs |= {
        f"voice {n} {place}": line.audio
        for n, one in enumerate(heard)
        for place, line in enumerate(one.lines)
        if line.audio
    }

    def work(scratch: Path) -> Made:
        stills = [
            Still(
                picture=picture,
                duration_s=duration_s,
                voices=tuple(
                    (start_s, shop.log.store.path(line.audio))
                    for start_s, line in zip(starts_s, one.lines, strict=True)
                    if line.audio
                ),
            )
            for picture, one, duration_s, starts_s in zip(
                pictures, heard, order.durations_s, order.starts_s, strict=True
            )
        ]
        return Made(outputs={"animatic": animatic.animatic(stills, scratch=scratch)})

    outcome = await shop.compute(
        Action(tool="edit/animatic", version=animatic.VERSION, request=order, inputs=inputs),
        work,
        lane=shop.lanes.cutting,
    )
    shop.production.export("animatic.mp4", outcome.outputs["animatic"], shop.log.store)

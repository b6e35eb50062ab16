"""The small pictures of `storyboard.html`, each made once for all versions that show it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from nightshoot.artifacts import Action, Made
from nightshoot.domain.film import ShotResult
from nightshoot.domain.value import Value
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.measure.frames import read_picture
from nightshoot.tools.measure.stills import shrunk

VERSION = "1"
"""Changes whenever the same picture would come out otherwise."""

_STILL = 400
"""The shorter side in pixels of the still of a take in the film: sharp at twice its width on the
page."""
_REJECTED = 240
"""That of another take's still."""
_CANDIDATE = 150
"""That of a keyframe that was not chosen."""
_EVIDENCE = 360
"""That of a frame that convicts: twice its width on the page, and more than measures see."""
_QUALITY = 80
"""Source: measured on painted pictures: 12 shots of three takes each, two of them with a frame that
convicts, and two more candidates a shot make a page of 1.8 MB."""


class SmallOrder(Value):
    """What decides a small picture besides the one that it is made of."""

    side: int
    """The most pixels of its shorter side."""


async def page_pictures(shop: Workshop, results: Sequence[ShotResult]) -> Mapping[str, bytes]:
    """Gives the page's pictures as JPEGs, by the digests of what they show; none in a forecast."""
    if shop.dry:
        return {}
    sides = _sides(results)
    made = await asyncio.gather(*(_small(shop, digest, side) for digest, side in sides.items()))
    return dict(zip(sides, made, strict=True))


async def _small(shop: Workshop, digest: str, side: int) -> bytes:
    store = shop.log.store

    def work(scratch: Path) -> Made:
        picture = scratch / "picture.jpg"
        picture.write_bytes(small_jpeg(store.path(digest), side))
        return Made(outputs={"picture": picture})

    outcome = await shop.compute(
        Action(
            tool="page/picture",
            version=VERSION,
            request=SmallOrder(side=side),
            inputs={"picture": digest},
        ),
        work,
        lane=shop.lanes.cutting,
    )
    return store.path(outcome.outputs["picture"]).read_bytes()


def _sides(results: Sequence[ShotResult]) -> Mapping[str, int]:
    """Gives how large each picture of the page must be at most: its shorter side, by its digest."""
    sides: dict[str, int] = {}
    for result in results:
        for take in result.takes:
            shown = _STILL if take.number == result.best else _REJECTED
            wanted = [(take.keyframe, shown)] if take.keyframe else []
            wanted += [(one.picture, _CANDIDATE) for one in take.candidates]
            wanted += [
                (one.picture, _EVIDENCE)
                for one in (take.video_review.evidence if take.video_review else ())
            ]
            for digest, side in wanted:
                sides[digest] = max(side, sides.get(digest, 0))
    return sides


def small_jpeg(path: Path, side: int) -> bytes:
    """Gives a small JPEG of a picture, whose shorter side has so many pixels at most."""
    import cv2

    picture = shrunk(read_picture(path), shorter=side)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()

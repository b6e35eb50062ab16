"""The screening: the finished film is judged by what was measured of its parts and of its mix.

A part is looked at once for all films that have it, so that a revision looks at what it cut anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nightshoot.artifacts import Action, Assumed, Made
from nightshoot.domain.cut import Cut
from nightshoot.domain.film import Film
from nightshoot.domain.review import Review
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale
from nightshoot.graphs.scoring import Scored
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.measure import films
from nightshoot.tools.measure.film import seen
from nightshoot.tools.measure.film.seen import PartSeen, Sampled, film_pictures, see
from nightshoot.tools.measure.film.shown import FilmShown


class LookOrder(Value):
    """What decides which pictures of a part are kept, besides its file."""

    joins: tuple[int, ...]
    """Frames of the part that lie at joins of two shots."""


class FilmReviewOrder(Value):
    """What decides how a film is judged, besides its file."""

    cut: Cut
    locale: Locale
    asked_s: float | None
    """The length that the brief asks for, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A part of the film, encoded, and its pictures for the review."""

    video: str
    num_frames: int
    frames: tuple[int, ...] = ()
    """Which frames of the part the pictures are."""
    pictures: str = ""
    """Empty in a forecast, which looks at nothing."""


class Screening:
    """One film's review."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    async def look(self, video: str, *, num_frames: int, joins: tuple[int, ...]) -> Looked:
        """Takes the pictures of a part that the review needs.

        Args:
            video: the digest of the part.
            num_frames: its length.
            joins: its frames at the joins of two shots.
        """
        shop = self._shop
        if shop.dry:
            return Looked(video=video, num_frames=num_frames)

        def work(scratch: Path) -> Made:
            pictures = scratch / "pictures.npy"
            sampled = see(shop.log.store.path(video), joins, pictures)
            return Made(record=sampled, outputs={"pictures": pictures})

        outcome = await shop.compute(
            Action(
                tool="measure/part",
                version=seen.VERSION,
                request=LookOrder(joins=joins),
                inputs={"part": video},
            ),
            work,
            lane=shop.lanes.cutting,
        )
        return Looked(
            video=video,
            num_frames=num_frames,
            frames=outcome.read(Sampled).frames,
            pictures=outcome.outputs["pictures"],
        )

    async def judge(self, cut: Cut, video: str, *, parts: Sequence[Looked], sound: Scored) -> Film:
        """Gives the film with its verdict; the user is told what is not as it should be.

        Args:
            cut: what was to be rendered.
            video: the digest of the film.
            parts: what it was joined of, in order.
            sound: its soundtrack.
        """
        shop = self._shop

        def work(_: Path) -> Made:
            store = shop.log.store
            probed = probe(store.path(video))
            pictures = film_pictures(
                [
                    PartSeen(
                        num_frames=part.num_frames,
                        frames=part.frames,
                        pictures=store.path(part.pictures),
                    )
                    for part in parts
                ]
            )
            shown = FilmShown(
                cut=cut,
                film=probed,
                locale=order.locale,
                sound=sound.loudness if probed.has_audio else None,
                asked_s=order.asked_s,
                pictures=pictures,
            )
            return Made(record=films.judge_film(shown))

        options = shop.production.sheet.options
        order = FilmReviewOrder(cut=cut, locale=options.locale, asked_s=options.duration_s)
        outcome = await shop.compute(
            Action(
                tool="measure/film",
                version=films.VERSION,
                request=order,
                inputs={"film": video},
                assumed=Assumed(record=Review(findings=())),
            ),
            work,
            lane=shop.lanes.cutting,
        )
        review = outcome.read(Review)
        for finding in review.findings:
            if not finding.passed:
                shop.report(f"The film: {finding.note}")
        return Film(
            title=cut.title,
            video=video,
            num_frames=cut.num_frames,
            fps=cut.fps,
            width=cut.width,
            height=cut.height,
            duration_s=round(float(cut.num_frames / cut.fps), 3),
            review=review,
        )

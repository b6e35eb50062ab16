"""Case: one thing that is to be judged, with its stills, found once for all who look at it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nightshoot.artifacts import Store
from nightshoot.domain.review import Evidence, Finding, Review
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError
from nightshoot.tools.judges.protocol import Subject
from nightshoot.tools.measure.frames import Picture, read_picture
from nightshoot.tools.measure.small import sampled
from nightshoot.tools.measure.stills import frames_of, shrunk, write_still

EVIDENCE_SIDE = 480
"""The most pixels that the shorter side of a frame that convicts has on the page. Source: the page
shows stills at 230 pixels; this is twice that, for dense screens."""

_FEWEST, _MOST = 4, 6
"""How many frames of a take are shown. Source: two are needed to see that a thing changes, four to
see that it does not change back; each more costs a vision model as much as a page of text."""


def frames_shown(plan: ShotPlan) -> tuple[int, ...]:
    """Gives the frames of a take that are shown: four to six by its length, first and last too."""
    seconds = round(plan.num_frames / plan.fps)
    return tuple(sampled(plan.num_frames, max(_FEWEST, min(_MOST, seconds + 1))))


@dataclass(kw_only=True, eq=False)
class Case:
    """A keyframe, a take or a spoken line before its judges."""

    subject: Subject
    made: str
    """The digest of what is judged: a PNG, a video or a sound."""
    store: Store
    """Has it."""
    locale: Locale
    shot: str = ""
    plan: ShotPlan | None = None
    """What was asked for; None for a line."""
    action: str = ""
    """What happens, in the board's words."""
    text: str = ""
    """What should be said; empty unless it is a line."""
    frames: tuple[int, ...] = ()
    """The frames that are shown, from 0; the keyframe counts as frame 0."""
    _shown: tuple[Picture, ...] | None = None
    _finding: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def path(self) -> Path:
        """Where it lies. Raises Missing where the store has lost it."""
        return self.store.path(self.made)

    async def pictures(self) -> tuple[Picture, ...]:
        """Gives the frames that are shown, `(height, width, 3)` uint8 BGR each, read once.

        Raises:
            BackendError: they cannot be read, or the take is too short for them.
        """
        async with self._finding:
            if self._shown is None:
                found = await asyncio.to_thread(self.read, self.frames)
                if lost := [at for at in self.frames if at not in found]:
                    raise BackendError(f"the take {self.made[:12]} has no frame {lost[0]}")
                self._shown = tuple(found[at] for at in self.frames)
            return self._shown

    def read(self, frames: Sequence[int]) -> Mapping[int, Picture]:
        """Gives frames by their numbers, those that are there. Raises BackendError."""
        known = dict(zip(self.frames, self._shown or (), strict=False))
        if not set(frames) <= set(known):
            if self.subject is Subject.TAKE:
                return frames_of(self.path, frames)
            known = {0: read_picture(self.path)}
        return {at: known[at] for at in frames if at in known}

    def evidence(self, findings: Sequence[Finding], scratch: Path) -> Mapping[str, Path]:
        """Writes each frame that a failed finding names, small; gives the files by their roles.

        Raises:
            BackendError: the frames cannot be read.
        """
        named = sorted({one.frame for one in findings if not one.passed and one.frame is not None})
        if not named or self.subject is Subject.LINE:
            return {}
        return {
            _role(at): write_still(
                shrunk(picture, shorter=EVIDENCE_SIDE), scratch / f"{_role(at)}.jpg"
            )
            for at, picture in self.read(named).items()
        }


def with_evidence(review: Review, outputs: Mapping[str, str]) -> Review:
    """Gives a review with the frames that an action stored for it, by their roles."""
    found = tuple(
        Evidence(frame=int(role.removeprefix(_ROLE)), picture=digest)
        for role, digest in outputs.items()
        if role.startswith(_ROLE)
    )
    return review.model_copy(update={"evidence": tuple(sorted(found, key=lambda one: one.frame))})


_ROLE = "frame-"


def _role(frame: int) -> str:
    return f"{_ROLE}{frame}"

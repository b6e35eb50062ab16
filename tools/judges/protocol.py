"""What an optional judge is: a backend with a model that looks at what was made, or hears it.

A judge is found by an entry point of the group `nightshoot.judge`, or configured by a table
`[judge.NAME]` of the settings file, like a painter. Every judge that is ready is asked; what no
judge answers for is reported as not judged. Judges come after the measures (`tools/measure/`),
which need no model, and only where those found nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from nightshoot.domain.review import Finding
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.protocols import Backend


class Subject(StrEnum):
    """What may be judged."""

    KEYFRAME = "keyframe"
    TAKE = "take"
    LINE = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """What a judge is shown."""

    subject: Subject
    locale: Locale
    plan: ShotPlan | None = None
    """What was asked for; None for a line."""
    pictures: tuple[Path, ...] = ()
    """PNG: the keyframe, or some frames of the take at its own size, first to last."""
    frames: tuple[int, ...] = ()
    """Which frame each picture is, from 0."""
    references: Mapping[str, Path] = field(default_factory=dict)
    """A reference picture of each character of the shot that has one, by the character's id."""
    audio: Path | None = None
    """WAV: the line as spoken."""
    text: str = ""
    """What should be said."""


class Judge(Backend, Protocol):
    """Answers for one or more measures."""

    @property
    def judges(self) -> Mapping[Subject, tuple[str, ...]]:
        """The ids of the measures that it gives for each subject; see `JUDGED` for the usual."""
        ...

    async def judge(self, exhibit: Exhibit) -> Mapping[str, Finding | NotJudged]:
        """Gives a finding, or why there is none, for each id that it judges the subject by.

        The same exhibit always gets the same answer.

        Raises:
            TransientError: it may work on another try.
            BackendError: it will not.
        """
        ...


JUDGED: Mapping[Subject, tuple[str, ...]] = {
    Subject.KEYFRAME: (
        "text_alignment",
        "subject_consistency",
        "aesthetic_quality",
        "unasked_text",
        "nudity",
    ),
    Subject.TAKE: ("text_alignment", "subject_consistency", "unasked_text", "nudity"),
    Subject.LINE: ("transcript",),
}
"""What the crew wants to know, by the ids of the measures. Source of the names: VBench's
`subject_consistency` and `aesthetic_quality` (Huang et al., CVPR 2024); the others are plain."""

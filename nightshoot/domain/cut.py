"""Cut: an ordered edit of takes, exact to the frame."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from nightshoot.domain.brief import Rate
from nightshoot.domain.storyboard import Grade
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Mood, Transition


class ClipKind(StrEnum):
    """What a clip of the cut shows."""

    SHOT = "shot"
    TITLE = "title"
    END = "end"


class Caption(Value):
    """Words on the picture, from `start` up to but not including `end`, in frames of the clip."""

    start: int = Field(ge=0)
    end: int = Field(gt=0)
    text: str
    """Lines are parted by a newline; punctuation is already as captions have it."""
    speaker: str = ""


class Spoken(Value):
    """A recorded line on the timeline of its clip."""

    line: str
    start: int = Field(ge=0)
    """The frame of the clip at which the voice begins."""
    audio: str
    """The digest of the sound file."""
    duration_s: float = Field(gt=0)


class Clip(Value):
    """A take in the cut, whole: `num_frames` frames, some of which a transition may share."""

    id: str
    kind: ClipKind = ClipKind.SHOT
    take: str
    """The digest of the take's video file."""
    num_frames: int = Field(ge=1)
    transition: Transition = Transition.CUT
    """How this clip gives way to the next."""
    transition_frames: int = Field(default=0, ge=0)
    """How many last frames of this clip and first frames of the next are shown together."""
    captions: tuple[Caption, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    mood: Mood
    grade: Grade = Grade()


class Cut(Value):
    """The film as an edit. A clip starts where the one before it begins its transition."""

    title: str
    fps: Rate
    width: int
    height: int
    clips: tuple[Clip, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _transitions_fit(self) -> Cut:
        before = 0
        for index, clip in enumerate(self.clips):
            after = clip.transition_frames
            if index == len(self.clips) - 1 and after:
                raise ValueError("the last clip has nothing to give way to")
            if before + after > clip.num_frames:
                raise ValueError(f"clip {clip.id} is shorter than its transitions")
            before = after
        return self

    @property
    def bare(self) -> Cut:
        """The same edit without captions."""
        clips = tuple(clip.model_copy(update={"captions": ()}) for clip in self.clips)
        return self.model_copy(update={"clips": clips})

    @property
    def starts(self) -> tuple[int, ...]:
        """The film's frame at which each clip begins."""
        position, starts = 0, []
        for clip in self.clips:
            starts.append(position)
            position += clip.num_frames - clip.transition_frames
        return tuple(starts)

    @property
    def num_frames(self) -> int:
        """The length of the film in frames."""
        return self.starts[-1] + self.clips[-1].num_frames

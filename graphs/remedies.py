"""What to change for the next take: each fault calls for remedies, in an order; pure functions.

A fault is a measure that failed, or a person's rejection. What was tried for the same fault comes
last, and only where another try is another draw of chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from nightshoot.domain.film import Take
from nightshoot.domain.remedy import Remedy, RemedyKind
from nightshoot.domain.review import BROKEN, REFUSED, Finding
from nightshoot.domain.storyboard import Camera, Figure, Staging
from nightshoot.domain.vocabulary import CameraMove, Gesture, MoveStrength

PERSON = "person"
"""The reason of a take that a person rejected."""

OPINION = "opinion."
"""How the ids of what a model with eyes says begin."""

WEAK = "stands still"
"""How `camera_motion` says that the camera did not move though it was to."""


class Phase(Enum):
    """Where a fault was found."""

    KEYFRAME = auto()
    TAKE = auto()


@dataclass(frozen=True, slots=True)
class Rung:
    """Remedies that go together."""

    kinds: frozenset[RemedyKind]
    paints: bool
    """The keyframe is painted anew; else the one that passed is kept, and filmed anew."""
    again: bool
    """A second try is another draw of chance, or goes farther."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that the next take should not have."""

    measure: str
    phase: Phase
    rank: int
    """Faults of the lowest rank are answered, as they bring on the others."""
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What can be changed in this shot."""

    painters: int
    """How many other painters there are that this shot has not tried."""
    cameras: int
    """How many other cameras there are that this shot has not tried."""
    camera_ignores: frozenset[str] = frozenset()
    """The fields of a plan that make no difference to the camera."""
    given: bool = False
    """A person gave the keyframe: whatever is painted, it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to change for the next take."""

    remedies: tuple[Remedy, ...]
    paints: bool

    @property
    def kinds(self) -> frozenset[RemedyKind]:
        """The kinds of the remedies."""
        return frozenset(one.kind for one in self.remedies)


_AGAIN = frozenset(
    {RemedyKind.NEW_SEED, RemedyKind.REWORDED, RemedyKind.GENTLER, RemedyKind.STRONGER}
)


def _rung(*kinds: RemedyKind, paints: bool) -> Rung:
    return Rung(frozenset(kinds), paints, again=frozenset(kinds) <= _AGAIN)


def _painted(*kinds: RemedyKind) -> Rung:
    return _rung(*kinds, paints=True)


def _filmed(*kinds: RemedyKind) -> Rung:
    return _rung(*kinds, paints=False)


_SEED, _WORDS, _SIMPLER = (
    _painted(RemedyKind.NEW_SEED),
    _painted(RemedyKind.REWORDED),
    _painted(RemedyKind.SIMPLER),
)
_PAINTER = _painted(RemedyKind.OTHER_PAINTER)
_DRAWN, _TOLD, _CAMERA = (
    _filmed(RemedyKind.NEW_SEED),
    _filmed(RemedyKind.REWORDED),
    _filmed(RemedyKind.OTHER_CAMERA),
)
_GENTLER, _STRONGER = _filmed(RemedyKind.GENTLER), _filmed(RemedyKind.STRONGER)

_Ladder = tuple[int, tuple[Rung, ...]]

_LIGHT: tuple[Rung, ...] = (_WORDS, _PAINTER, _SIMPLER)
_LOOK: tuple[Rung, ...] = (_WORDS, _SEED, _PAINTER, _SIMPLER)
_BODY: tuple[Rung, ...] = (_SEED, _SIMPLER, _WORDS, _PAINTER)

_SEED_ONCE, _WORDS_ONCE, _DRAWN_ONCE = (
    replace(one, again=False) for one in (_SEED, _WORDS, _DRAWN)
)
_PAINTERS, _CAMERAS, _SIMPLER_STILL = (
    replace(one, again=True) for one in (_PAINTER, _CAMERA, _SIMPLER)
)

KEYFRAME: Mapping[str, _Ladder] = {
    REFUSED: (0, (_PAINTERS, _SIMPLER_STILL)),
    BROKEN: (0, (_SEED_ONCE, _PAINTERS, _WORDS_ONCE, _SIMPLER)),
    "format": (0, (_PAINTER,)),
    "black_frames": (1, _LIGHT),
    "blank_frames": (1, _LIGHT),
    "nudity": (1, (_WORDS, _PAINTER, _SIMPLER)),
    "imaging_quality": (2, _LIGHT),
    "clipped_exposure": (2, _LIGHT),
    "colour_cast": (2, _LIGHT),
    "borders": (2, (_WORDS, _SEED, _PAINTER)),
    "unasked_text": (2, (_WORDS, _SEED, _PAINTER)),
    "text_alignment": (2, (_WORDS, _SIMPLER, _PAINTER)),
    "subject_consistency": (2, (_SEED, _WORDS, _PAINTER)),
    "aesthetic_quality": (2, (_WORDS, _SEED, _PAINTER)),
    "opinion.people": (2, _BODY),
    "opinion.anatomy": (2, _BODY),
    "opinion.action": (2, (_WORDS, _SIMPLER, _SEED, _PAINTER)),
}
"""For what a keyframe failed, by the measure's id: its rank, and what to try, in this order. A seed
does not mend a wrong size, nor light that the words ask for. What was refused was worded anew
before it came here."""

_SHAKY: tuple[Rung, ...] = (_GENTLER, _DRAWN, _CAMERA, _WORDS)
_TORN: tuple[Rung, ...] = (_DRAWN, _GENTLER, _CAMERA, _WORDS)
_STILL: tuple[Rung, ...] = (_STRONGER, _DRAWN, _CAMERA, _WORDS)
_DULL: tuple[Rung, ...] = (_DRAWN, _CAMERA, _WORDS, _PAINTER, _SIMPLER)

TAKE: Mapping[str, _Ladder] = {
    REFUSED: (0, (_CAMERAS, _SIMPLER)),
    BROKEN: (0, (_DRAWN_ONCE, _CAMERAS, _WORDS_ONCE)),
    "frame_count": (0, (_CAMERA, _DRAWN)),
    "format": (0, (_CAMERA,)),
    "black_frames": (1, _DULL),
    "blank_frames": (1, _DULL),
    "nudity": (1, (_TOLD, _CAMERA, _WORDS, _PAINTER)),
    "dynamic_degree": (2, _STILL),
    "frozen_stretch": (2, _STILL),
    "violent_motion": (2, _SHAKY),
    "sharpness_kept": (2, _SHAKY),
    "detail_kept": (2, _SHAKY),
    "jump_cut": (2, _TORN),
    "temporal_flickering": (2, _TORN),
    "first_frame": (2, _TORN),
    "camera_motion": (2, (_DRAWN, _TOLD, _CAMERA, _WORDS)),
    "imaging_quality": (2, _DULL),
    "clipped_exposure": (2, _DULL),
    "colour_cast": (2, _DULL),
    "borders": (2, _DULL),
    "unasked_text": (2, (_TOLD, _DRAWN, _CAMERA, _WORDS)),
    "text_alignment": (2, (_TOLD, _CAMERA, _WORDS, _SIMPLER)),
    "subject_consistency": (2, _TORN),
    "opinion.people": (2, (_DRAWN, _SIMPLER, _CAMERA, _WORDS)),
    "opinion.anatomy": (2, (_DRAWN, _SIMPLER, _GENTLER, _CAMERA)),
    "opinion.motion": (2, (_GENTLER, _DRAWN, _CAMERA, _SIMPLER)),
    "scene_continuity": (3, (_WORDS, _SEED, _PAINTER)),
}
"""For what a take failed whose keyframe had passed. Its keyframe is kept as long as the filming
alone may be at fault. A camera that gives another length mostly gives it again, but one that lost
frames on the way may not: so that is tried last. Of what came to nothing a draw is tried once, as
it may cost as much as a take."""

_WEAK_CAMERA = (
    _filmed(RemedyKind.REWORDED, RemedyKind.STRONGER),
    _TOLD,
    _DRAWN,
    _CAMERA,
    _WORDS,
)
_UNKNOWN: Mapping[Phase, _Ladder] = {
    Phase.KEYFRAME: (2, _LOOK),
    Phase.TAKE: (2, (_DRAWN, _CAMERA, _WORDS, _SIMPLER)),
}
_PERSON: _Ladder = (0, (_WORDS, _PAINTER, _SEED))


def faults_of(take: Take) -> tuple[Fault, ...]:
    """Gives what is wrong with a take, a person's word before all others.

    Where the keyframe is bad, it alone counts: what was filmed from it is bad for that.
    """
    if take.rejected_by_person:
        rank, rungs = _PERSON
        return (Fault(measure=PERSON, phase=Phase.KEYFRAME, rank=rank, rungs=rungs),)
    if take.failure:
        return (_fault(take.failure, Phase.TAKE if take.keyframe else Phase.KEYFRAME),)
    if not take.keyframe_passed:
        return tuple(_fault(one, Phase.KEYFRAME) for one in take.keyframe_review.failed)
    if take.video_review is not None:
        return tuple(_fault(one, Phase.TAKE) for one in take.video_review.failed)
    return ()


def answers(takes: Sequence[Take], means: Means) -> Iterator[Answer]:
    """Gives the changes that may help the next take, best first; there may be none.

    Args:
        takes: those of the shot so far; the last one is to be answered.
        means: what can be changed.
    """
    faults = faults_of(takes[-1])
    if not faults:
        return
    gravest = min(fault.rank for fault in faults)
    grave = [fault for fault in faults if fault.rank == gravest]
    ladders = {fault.measure: _climbed(fault, takes, means) for fault in grave}
    seen: set[tuple[frozenset[RemedyKind], bool]] = set()
    for fault in grave:
        for rung in ladders[fault.measure]:
            answer = _joined(fault, rung, ladders)
            if (answer.kinds, answer.paints) not in seen:
                seen.add((answer.kinds, answer.paints))
                yield answer


def _fault(finding: Finding, phase: Phase) -> Fault:
    table = KEYFRAME if phase is Phase.KEYFRAME else TAKE
    rank, rungs = table.get(finding.measure, _UNKNOWN[phase])
    if finding.measure == "camera_motion" and WEAK in finding.note:
        rungs = _WEAK_CAMERA
    return Fault(measure=finding.measure, phase=phase, rank=rank, rungs=rungs)


def _climbed(fault: Fault, takes: Sequence[Take], means: Means) -> tuple[Rung, ...]:
    """Gives the rungs that can be taken: the untried in their order, then those to try again."""
    last = takes[-1].plan
    fit = [rung for rung in fault.rungs if _can(rung, last.camera, last.staging, means)]
    tried = {rung: _times(fault.measure, rung, takes) for rung in fit}
    left = [rung for rung in fit if rung.again or not tried[rung]]
    return tuple(sorted(left, key=lambda rung: tried[rung]))


def _times(measure: str, rung: Rung, takes: Sequence[Take]) -> int:
    """Counts the takes that this rung was tried in for this measure."""
    return sum(
        (frozenset(one.kind for one in take.remedies if measure in one.reasons) == rung.kinds)
        # What was painted anew was filmed anew as well.
        and (take.kept == 0 or not rung.paints)
        for take in takes
    )


def _can(rung: Rung, camera: Camera, staging: Staging, means: Means) -> bool:
    possible = {
        RemedyKind.NEW_SEED: rung.paints or "seed" not in means.camera_ignores,
        RemedyKind.REWORDED: rung.paints or "prompt" not in means.camera_ignores,
        RemedyKind.GENTLER: gentler(camera) is not None,
        RemedyKind.STRONGER: stronger(camera) is not None,
        RemedyKind.SIMPLER: simpler(staging) is not None,
        RemedyKind.OTHER_PAINTER: means.painters > 0,
        RemedyKind.OTHER_CAMERA: means.cameras > 0,
    }
    # Words that a camera does not read need not be changed for a stronger move.
    kinds = rung.kinds
    if RemedyKind.STRONGER in kinds and not possible[RemedyKind.REWORDED]:
        kinds = kinds - {RemedyKind.REWORDED}
    return all(possible[kind] for kind in kinds) and not (means.given and rung.paints)


_STRENGTHS = frozenset({RemedyKind.GENTLER, RemedyKind.STRONGER})


def _joined(first: Fault, rung: Rung, ladders: Mapping[str, tuple[Rung, ...]]) -> Answer:
    """Joins what the first fault calls for with what the others do, where they do not conflict."""
    reasons: dict[RemedyKind, list[str]] = {kind: [first.measure] for kind in rung.kinds}
    paints = rung.paints
    for measure, ladder in ladders.items():
        if measure == first.measure or not ladder:
            continue
        same = next((one for one in ladder if one.kinds <= rung.kinds), None)
        other = same or ladder[0]
        contrary = (other.kinds | frozenset(reasons)) >= _STRENGTHS
        if contrary:
            continue
        paints = paints or other.paints
        for kind in other.kinds:
            reasons.setdefault(kind, []).append(measure)
    return Answer(
        remedies=tuple(
            Remedy(kind=kind, reasons=tuple(reasons[kind]))
            for kind in RemedyKind
            if kind in reasons
        ),
        paints=paints,
    )


def gentler(camera: Camera) -> Camera | None:
    """Gives the camera with a lesser move, or None where there is none."""
    return _stepped(camera, -1)


def stronger(camera: Camera) -> Camera | None:
    """Gives the camera with a greater move, or None where there is none."""
    return _stepped(camera, +1)


def _stepped(camera: Camera, step: int) -> Camera | None:
    strengths = list(MoveStrength)
    place = strengths.index(camera.strength) + step
    # A path is as strong as its points; a camera that stands cannot stand more.
    if camera.path or camera.move is CameraMove.STATIC or not 0 <= place < len(strengths):
        return None
    return camera.model_copy(update={"strength": strengths[place]})


def simpler(staging: Staging) -> Staging | None:
    """Gives a staging with less in it, or None where nothing but the subject is left.

    First strangers and things go, then what people hold and do, then the others of the cast. The
    subject stays: the figure that a close framing shows, or the first thing of an empty place.
    """
    for step in (_without_strangers, _plainly_posed, _alone):
        changed = step(staging)
        if changed != staging:
            return changed
    return None


def _without_strangers(staging: Staging) -> Staging:
    kept = [
        place
        for place, figure in enumerate(staging.figures)
        if figure.character or place == _subject(staging)
    ]
    dressing = () if staging.figures else staging.dressing[:1]
    return _with_figures(staging, kept).model_copy(update={"dressing": dressing})


def _plainly_posed(staging: Staging) -> Staging:
    return staging.model_copy(
        update={"figures": tuple(_at_rest(figure) for figure in staging.figures)}
    )


def _at_rest(figure: Figure) -> Figure:
    return figure.model_copy(update={"gesture": Gesture.REST, "holding": None})


def _alone(staging: Staging) -> Staging:
    return _with_figures(staging, [_subject(staging)]) if staging.figures else staging


def _subject(staging: Staging) -> int:
    return staging.subject or 0


def _with_figures(staging: Staging, kept: list[int]) -> Staging:
    subject = kept.index(_subject(staging)) if staging.subject is not None else None
    return staging.model_copy(
        update={"figures": tuple(staging.figures[place] for place in kept), "subject": subject}
    )

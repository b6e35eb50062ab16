"""What a change of the documents makes stale, shot by shot, before anything is made.

It follows the dependencies of the steps that make a film, in principle: which shots' words,
pictures, voices and cuts have to be made again. What really is made again is for the action log to
say, which knows the tools; it is never more than what is named here, `maybe` included, where the
steps are asked with no more than they depend on (`nightshoot.domain.wording`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from nightshoot.domain.revising.documents import Documents
from nightshoot.domain.revising.seen import Seen
from nightshoot.domain.storyboard import Grade, Shot
from nightshoot.domain.value import Value
from nightshoot.domain.wording import as_carded

Kind = TypeVar("Kind", bound=StrEnum)


class Part(StrEnum):
    """What is made for one shot."""

    WORDS = "words"
    """Its prompt."""
    KEYFRAME = "keyframe"
    TAKE = "take"
    VOICE = "voice"
    CAPTION = "caption"
    CUT = "cut"
    """Its part of the film: the take as it is encoded, and the transitions at both its ends."""
    GRADE = "grade"


class FilmPart(StrEnum):
    """What is made for the film as a whole."""

    MUSIC = "music"
    MIX = "mix"
    CARDS = "cards"
    ALL = "all"
    """Every part is encoded anew: another size, rate or language."""


class TouchedShot(Value):
    """What of one shot is stale."""

    shot: str
    certain: tuple[Part, ...] = ()
    maybe: tuple[Part, ...] = ()
    """Stale where the shot gets longer or shorter, or where a voice is cast otherwise."""


class Touched(Value):
    """What a change makes stale."""

    shots: tuple[TouchedShot, ...] = ()
    """Those that are touched, in the order of the film."""
    gone: tuple[str, ...] = ()
    """Shots that are no longer in the film."""
    film: tuple[FilmPart, ...] = ()
    film_maybe: tuple[FilmPart, ...] = ()

    def of(self, shot: str) -> TouchedShot:
        """Gives what of a shot is stale; nothing, where it is not touched."""
        return next((one for one in self.shots if one.shot == shot), TouchedShot(shot=shot))


def touched(before: Documents, after: Documents, *, layers: bool = False) -> Touched:
    """Gives what is stale once the documents have changed.

    Args:
        before: the documents that the film was made from.
        after: the documents now.
        layers: the painter works in layers, and paints anew what is filmed longer.
    """
    old, new = Seen(before), Seen(after)
    found = [_shot(old, new, shot, layers=layers) for shot in after.storyboard.shots]
    film, maybe = _film(old, new, found)
    ids = {shot.id for shot in after.storyboard.shots}
    return Touched(
        shots=tuple(one for one in found if one.certain or one.maybe),
        gone=tuple(shot.id for shot in before.storyboard.shots if shot.id not in ids),
        film=_in_order(FilmPart, film),
        film_maybe=_in_order(FilmPart, maybe - film),
    )


def repainted(before: Documents, after: Documents) -> frozenset[str]:
    """Gives the ids of shots in both documents whose picture is another: no old take fits them."""
    old, new = Seen(before), Seen(after)
    return frozenset(
        shot.id
        for shot in after.storyboard.shots
        if shot.id in old.shots and old.picture(shot.id) != new.picture(shot.id)
    )


def _shot(old: Seen, new: Seen, shot: Shot, *, layers: bool) -> TouchedShot:
    certain: set[Part] = set()
    maybe: set[Part] = set()
    if shot.id in old.shots:
        _changed(old, new, shot, certain, maybe)
    else:
        certain |= {Part.WORDS, Part.KEYFRAME, Part.TAKE}
        certain |= {Part.CAPTION} if new.captioned(shot.id) else set()
        certain |= {Part.GRADE} if shot.grade != Grade() else set()
    spoken = [line for line in shot.lines if line in old.lines]
    if len(spoken) < len(shot.lines) or any(old.said(one) != new.said(one) for one in spoken):
        certain.add(Part.VOICE)
    elif any(old.cast_by(one) != new.cast_by(one) for one in spoken):
        maybe.add(Part.VOICE)
    if Part.VOICE in certain | maybe:
        # Captions follow the pace of the voice, and the shot is as long as its lines.
        maybe |= {Part.TAKE, Part.CAPTION} if new.captioned(shot.id) else {Part.TAKE}
    shown = {Part.TAKE, Part.CAPTION, Part.GRADE}
    certain |= {Part.CUT} if certain & shown else set()
    maybe |= {Part.CUT} if maybe & shown else set()
    if layers:
        certain |= {Part.KEYFRAME} if Part.TAKE in certain else set()
        maybe |= {Part.KEYFRAME} if Part.TAKE in maybe else set()
    return TouchedShot(
        shot=shot.id, certain=_in_order(Part, certain), maybe=_in_order(Part, maybe - certain)
    )


def _changed(old: Seen, new: Seen, shot: Shot, certain: set[Part], maybe: set[Part]) -> None:
    """Adds what is stale of a shot that was there before, but for its voice."""
    was = old.shots[shot.id]
    certain |= _seen_anew(old, new, shot.id)
    if old.captioned(shot.id) != new.captioned(shot.id):
        certain.add(Part.CAPTION)
    if was.lines != shot.lines:
        maybe.add(Part.TAKE)
    if was.min_duration_s != shot.min_duration_s:
        (maybe if shot.lines else certain).add(Part.TAKE)
    if old.joins(shot.id) != new.joins(shot.id):
        certain.add(Part.CUT)
        maybe.add(Part.TAKE)
    if old.partners(shot.id) != new.partners(shot.id):
        certain.add(Part.CUT)
    if was.grade != shot.grade:
        certain.add(Part.GRADE)
    if old.picks.get(shot.id) != new.picks.get(shot.id):
        certain.add(Part.CUT)
    if old.documents.screenplay.locale is not new.documents.screenplay.locale:
        # The one who words it is asked in another language.
        maybe |= {Part.WORDS, Part.KEYFRAME, Part.TAKE}


def _seen_anew(old: Seen, new: Seen, shot: str) -> set[Part]:
    if old.words(shot) != new.words(shot):
        return {Part.WORDS, Part.KEYFRAME, Part.TAKE}
    if old.picture(shot) != new.picture(shot):
        return {Part.KEYFRAME, Part.TAKE}
    return {Part.TAKE} if old.clip(shot) != new.clip(shot) else set()


def _film(old: Seen, new: Seen, shots: list[TouchedShot]) -> tuple[set[FilmPart], set[FilmPart]]:
    certain: set[FilmPart] = set()
    maybe: set[FilmPart] = set()
    was, now = old.options, new.options
    if any(getattr(was, one) != getattr(now, one) for one in ("width", "height", "fps", "seed")):
        certain |= {FilmPart.ALL, FilmPart.CARDS}
    if was.locale is not now.locale:
        certain |= {FilmPart.ALL, FilmPart.CARDS}
    ends = [[as_carded(row[0]), as_carded(row[-1])] for row in (old.row, new.row)]
    titles = [one.documents.storyboard.title for one in (old, new)]
    if titles[0] != titles[1] or ends[0] != ends[1]:
        certain.add(FilmPart.CARDS)
    if now.music_on:
        # A shot that nobody speaks in is as long as it is said to be.
        longer = any(
            not (shot.lines or was_shot.lines) and shot.min_duration_s != was_shot.min_duration_s
            for shot in new.row
            if (was_shot := old.shots.get(shot.id)) is not None
        )
        spans = longer or old.moods() != new.moods()
        again = was.music_again != now.music_again or not was.music_on
        if spans or again or old.era() != new.era():
            certain.add(FilmPart.MUSIC)
    order = [shot.id for shot in old.row] != [shot.id for shot in new.row]
    heard = [[shot.lines for shot in seen.row] for seen in (old, new)]
    levels = (was.music_on, was.music_db) != (now.music_on, now.music_db)
    voices = any(Part.VOICE in one.certain for one in shots)
    if FilmPart.MUSIC in certain or order or heard[0] != heard[1] or levels or voices:
        certain.add(FilmPart.MIX)
    lengths = any(Part.TAKE in one.maybe for one in shots)
    if lengths or any(Part.VOICE in one.maybe for one in shots):
        maybe |= {FilmPart.MUSIC, FilmPart.MIX} if now.music_on else {FilmPart.MIX}
    return certain, maybe


def _in_order(kind: type[Kind], parts: Iterable[Kind]) -> tuple[Kind, ...]:
    there = set(parts)
    return tuple(one for one in kind if one in there)

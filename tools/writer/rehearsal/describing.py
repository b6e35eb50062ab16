"""Says in a sentence what a shot shows, for the people who read the board."""

from __future__ import annotations

from collections.abc import Sequence

from nightshoot.domain.screenplay import Character, LineKind
from nightshoot.domain.vocabulary import HeldProp, Locale, Mood, ShotSize
from nightshoot.tools.writer.rehearsal.casting import called
from nightshoot.tools.writer.rehearsal.coverage import Draft, Task
from nightshoot.tools.writer.rehearsal.framing import mood_of

_BOWED = frozenset({Mood.MELANCHOLY, Mood.FURIOUS})
"""Moods in which whoever is answered lowers the head: so the figure is drawn."""


def describe(
    draft: Draft,
    cast: Sequence[Character],
    locale: Locale,
    *,
    size: ShotSize = ShotSize.MS,
    before: ShotSize | None = None,
) -> str:
    """Gives the description of a shot; the beat's own words where they tell what is seen.

    Args:
        draft: the shot.
        cast: the characters of the film.
        locale: its language.
        size: how the shot is framed.
        before: how the shot before is framed, where it tells the same beat.
    """
    names = {person.id: called(person, locale) for person in cast}
    subject = names.get(draft.subject or "", "")
    place = draft.scene.place or draft.scene.setting.label(locale.value)
    if draft.task is Task.REACTION and subject:
        return _capital(_silent(draft, subject, locale))
    if not draft.lines and not draft.seen.people and draft.task is Task.VIEW:
        return _capital(_view(place, [names.get(one, one) for one in draft.people], locale))
    if before is not None and draft.again:
        nearer = size.tightness > before.tightness
        people = [names.get(one, one) for one in draft.people]
        return _capital(_again(draft, subject, place, people, locale, nearer=nearer))
    if draft.beat.action:
        return draft.beat.action[:200]
    if subject:
        return f"{subject}说话" if locale is Locale.ZH else _capital(f"{subject} speaks")
    return place


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _silent(draft: Draft, subject: str, locale: Locale) -> str:
    """Says what a silent face shows: what it has just heard, or that nobody speaks."""
    answered = any(line.kind is LineKind.DIALOGUE for line in draft.beat.lines)
    bowed = mood_of(draft) in _BOWED
    if locale is Locale.ZH:
        if answered:
            return f"{subject}听完，低下了头" if bowed else f"{subject}听完，一动不动"
        return f"{subject}的脸，没有说话"
    if answered:
        return f"{subject} takes it in, {'head lowered' if bowed else 'without moving'}"
    return f"{subject}, a silent moment"


def _again(
    draft: Draft, subject: str, place: str, people: list[str], locale: Locale, *, nearer: bool
) -> str:
    """Says what a further shot of one beat shows: a thing, a face nearer, the place alone."""
    if draft.task is Task.CLOSING:
        return _view(place, people, locale)
    if not subject or not draft.people:
        return f"空镜：{place}" if locale is Locale.ZH else f"{place}, nobody in sight"
    doing = draft.seen.doing.get(draft.subject or "")
    held: HeldProp | None = doing.holding if doing else None
    if draft.task is Task.DETAIL and held is not None:
        thing = held.label(locale.value)
        if locale is Locale.ZH:
            return f"{subject}手里的{thing}"
        return f"the {thing} in the hands of {subject}"
    if locale is Locale.ZH:
        return f"{subject}，更近" if nearer else f"{subject}，退远一些"
    return f"closer on {subject}" if nearer else f"{subject} from farther away"


def _view(place: str, people: list[str], locale: Locale) -> str:
    """Says what a silent view shows: the place, and who is small in it."""
    if locale is Locale.ZH:
        return f"{place}，{'、'.join(people)}，远景" if people else f"空镜：{place}"
    return f"{place}: {', '.join(people)} from afar" if people else f"{place}, nobody in sight"

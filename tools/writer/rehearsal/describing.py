"""Says in a sentence what a shot shows, for the people who read the board."""

from __future__ import annotations

from collections.abc import Sequence

from nightshoot.domain.screenplay import Character
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.writer.rehearsal.coverage import Draft, Task


def describe(draft: Draft, cast: Sequence[Character], locale: Locale) -> str:
    """Gives the description of a shot; the beat's own words where they tell what is seen."""
    names = {person.id: person.name for person in cast}
    subject = names.get(draft.subject or "", "")
    place = draft.scene.place or draft.scene.setting.label(locale.value)
    if draft.task is Task.REACTION and subject:
        return (
            f"{subject}听着，没有说话" if locale is Locale.ZH else f"{subject} listens in silence"
        )
    if not draft.lines and not draft.seen.people and draft.task is Task.VIEW:
        return _view(place, [names.get(one, one) for one in draft.people], locale)
    if draft.beat.action:
        return draft.beat.action[:200]
    if subject:
        return f"{subject}说话" if locale is Locale.ZH else f"{subject} speaks"
    return place


def _view(place: str, people: list[str], locale: Locale) -> str:
    """Says what a silent view shows: the place, and who is small in it."""
    if locale is Locale.ZH:
        return f"{place}，{'、'.join(people)}，远景" if people else f"空镜：{place}"
    return f"{place}: {', '.join(people)} from afar" if people else f"{place}, nobody in sight"

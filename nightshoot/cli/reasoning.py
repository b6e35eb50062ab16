"""Says why something of a shot has to be made again."""

from __future__ import annotations

from collections.abc import Iterable

from nightshoot.domain.revising import Documents, TouchedShot
from nightshoot.domain.revising.seen import Seen
from nightshoot.domain.storyboard import Shot
from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.difference import FIELDS

_REASONS = {
    Locale.ZH: {
        "new": "新镜头", "spoken": "台词", "voice": "声音", "look": "人物造型",
        "film": "全片的设定", "pins": "手工放进来的文件", "picks": "选用的那一条",
        "place": "场景的地点", "neighbour": "相邻镜头", "length": "时长可能变",
        "tools": "制作或检查的工具有更新", "edited": "手工改过的文稿",
        "joint": "、",
    },
    Locale.EN: {
        "new": "a new shot", "spoken": "lines", "voice": "voice", "look": "a character's look",
        "film": "settings of the film", "pins": "a file put there by hand",
        "picks": "the take that is used", "place": "the place of the scene",
        "neighbour": "the shot beside it", "length": "its length may change",
        "tools": "what makes or checks it is newer", "edited": "a document edited by hand",
        "joint": ", ",
    },
}  # fmt: skip

_FIELDS = tuple(name for name in Shot.model_fields if name not in ("id", "number", "lines"))


def reasons(
    before: Documents, after: Documents, shot: TouchedShot, locale: Locale, *, edited: bool = False
) -> str:
    """Gives what makes something of a shot stale, in a few words.

    Args:
        before: the documents that the film was made from.
        after: the documents as they would be.
        shot: one that is in `after`, and what of it is stale.
        locale: the language of the answer.
        edited: a person has edited a document since the film was made; `before` has the edits.
    """
    words = _REASONS[locale]
    found = dict.fromkeys(_found(Seen(before), Seen(after), shot.shot))
    if not found:
        # What nobody changed is made again where the tools are other ones, or a length follows.
        found = {"edited" if edited else "length" if shot.maybe else "tools": None}
    return words["joint"].join(words.get(one) or FIELDS[locale][one] for one in found)


def _found(old: Seen, new: Seen, shot: str) -> Iterable[str]:
    if shot not in old.shots:
        return ["new"]
    was, now = old.shots[shot], new.shots[shot]
    found = [name for name in _FIELDS if getattr(was, name) != getattr(now, name)]
    found += _heard(old, new, was, now)
    faces = {one.character for one in now.staging.figures}
    if any(
        old.people[one].look != new.people[one].look
        for one in faces
        if one in old.people and one in new.people
    ):
        found.append("look")
    options = [(seen.options, seen.documents.storyboard.style) for seen in (old, new)]
    if options[0] != options[1]:
        found.append("film")
    pins = [
        {pin for pin in seen.documents.pins if pin.startswith((f"shots/{shot}/", "cast/"))}
        for seen in (old, new)
    ]
    if pins[0] != pins[1]:
        found.append("pins")
    if old.picks.get(shot) != new.picks.get(shot):
        found.append("picks")
    if found:
        return found
    if old.picture(shot) != new.picture(shot):
        return ["place"]
    if old.joins(shot) != new.joins(shot) or old.partners(shot) != new.partners(shot):
        return ["neighbour"]
    return []


def _heard(old: Seen, new: Seen, was: Shot, now: Shot) -> list[str]:
    """Gives whether other words are heard, or the same ones otherwise."""
    texts = [
        [seen.lines[line].text for line in shot.lines if line in seen.lines]
        for seen, shot in ((old, was), (new, now))
    ]
    if texts[0] != texts[1]:
        return ["spoken"]
    both = [line for line in now.lines if line in old.lines and line in new.lines]
    said = any(old.said(line) != new.said(line) for line in both)
    return ["voice"] if said else []

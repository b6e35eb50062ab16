"""Fits a board to a length: longer pictures, more of them, or fewer silent ones."""

from __future__ import annotations

from dataclasses import replace

from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.writer.rehearsal.coverage import Draft, Task
from nightshoot.tools.writer.rehearsal.roster import Seen
from nightshoot.tools.writer.rehearsal.timing import GAP_S, LONGEST_S, SHORTEST_S

_OVER, _UNDER = 1.08, 0.97
"""A length within these shares of the one asked for is left alone."""
_HELD_S = 1.4
"""How much longer than its words a speaking shot may be held, in seconds."""
_LONGEST_FACE_S = 4.0
"""A silent face holds no longer than this, in seconds."""
_MOST_SHOTS = 1500


def total_s(drafts: list[Draft]) -> float:
    """Estimates how long the shots last together, in seconds."""
    return sum(draft.length_s for draft in drafts)


def fit(drafts: list[Draft], aim_s: float, locale: Locale) -> tuple[list[Draft], tuple[str, ...]]:
    """Gives shots that last about `aim_s` seconds, and what there is to report.

    No line is ever dropped: where the words alone last longer, the film is longer.
    """
    found = list(drafts)
    if total_s(found) > aim_s * _OVER:
        found = _shortened(found, aim_s)
    elif total_s(found) < aim_s * _UNDER:
        found = _lengthened(found, aim_s)
    over = total_s(found) > aim_s * 1.15
    return found, (_report(locale, aim_s, total_s(found)),) if over else ()


def _report(locale: Locale, aim_s: float, needed_s: float) -> str:
    if locale is Locale.ZH:
        return f"留给镜头的片长是 {aim_s:.0f} 秒，可原文念完约需 {needed_s:.0f} 秒；一句也没有删。"
    return (
        f"The shots have {aim_s:.0f} s, but the words take about {needed_s:.0f} s to speak; "
        "nothing was left out."
    )


def _shortened(drafts: list[Draft], aim_s: float) -> list[Draft]:
    found = list(drafts)
    for draft in [d for d in reversed(drafts) if d.optional]:
        if total_s(found) <= aim_s * _OVER:
            return found
        found.remove(draft)
    for index, draft in enumerate(found):
        if total_s(found) <= aim_s * _OVER:
            break
        if not draft.fixed:
            found[index] = replace(draft, min_s=1.5 if draft.lines else 2.0)
    return found


def _lengthened(drafts: list[Draft], aim_s: float) -> list[Draft]:
    found = _held(drafts, aim_s, silent_s=LONGEST_S, held_s=_HELD_S)
    while total_s(found) < aim_s * _UNDER and len(found) < _MOST_SHOTS:
        before = len(found)
        found = _with_views(found, aim_s)
        if len(found) == before:
            break
        found = _held(found, aim_s, silent_s=LONGEST_S, held_s=_HELD_S)
    if total_s(found) < aim_s * _UNDER:
        found = _held(found, aim_s, silent_s=60.0, held_s=50.0)
    return found


def _held(drafts: list[Draft], aim_s: float, *, silent_s: float, held_s: float) -> list[Draft]:
    """Holds every shot longer by the same share, as far as each may be held."""
    limits = [_limit(draft, silent_s, held_s) for draft in drafts]
    room = sum(max(0.0, most - d.length_s) for d, most in zip(drafts, limits, strict=True))
    missing = aim_s - total_s(drafts)
    if room <= 0 or missing <= 0:
        return drafts
    share = min(1.0, missing / room)
    return [
        replace(d, min_s=round(d.length_s + share * max(0.0, most - d.length_s), 1))
        if most > d.length_s
        else d
        for d, most in zip(drafts, limits, strict=True)
    ]


def _limit(draft: Draft, silent_s: float, held_s: float) -> float:
    if draft.fixed:
        return draft.length_s
    if not draft.lines:
        face = draft.task in {Task.REACTION, Task.DETAIL} and silent_s <= LONGEST_S
        return _LONGEST_FACE_S if face else silent_s
    return min(60.0, max(draft.speech_s + GAP_S + held_s, draft.min_s))


def _with_views(drafts: list[Draft], aim_s: float) -> list[Draft]:
    """Puts silent views of the place and looks of the people between beats, evenly."""
    if any(draft.fixed for draft in drafts):
        return drafts
    missing = aim_s - total_s(drafts)
    wanted = max(1, int(missing / (LONGEST_S * 0.8)))
    gaps = [i for i in range(1, len(drafts)) if drafts[i].beat.id != drafts[i - 1].beat.id]
    gaps = gaps or list(range(1, len(drafts) + 1))
    step = max(1, len(gaps) // wanted)
    chosen = gaps[::step][:wanted]
    found: list[Draft] = []
    for index, draft in enumerate(drafts):
        if index in chosen:
            found.append(_quiet(drafts[index - 1], len(found)))
        found.append(draft)
    return [*found, _quiet(drafts[-1], len(found))] if len(drafts) in chosen else found


def _quiet(after: Draft, index: int) -> Draft:
    """Gives a silent shot that lets the one before it ring: a face, or all of them from afar."""
    person = after.people[0] if after.people and index % 2 else None
    return Draft(
        task=Task.REACTION if person else Task.VIEW,
        scene=after.scene,
        beat=after.beat,
        seen=Seen(),
        people=(person,) if person else after.people,
        subject=person,
        min_s=SHORTEST_S,
    )

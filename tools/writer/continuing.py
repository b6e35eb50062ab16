"""A truncated answer and its continuation, joined."""

from __future__ import annotations

import re

from nightshoot.tools.writer.replies import without_wrapping

_LEAST_OVERLAP = 10
"""Fewer bytes in common than this are chance: many JSON texts end and begin with the same marks."""
_MOST_OVERLAP = 2000
_SAME_BEGINNING = 12
"""So many characters alike at the beginning, spaces apart, show an answer that was begun anew."""
_LEAD_IN = re.compile(
    r"\A\s*(?:here(?:'s| is)|continu|sure|okay|certainly|好的|继续|接着|以下)"
    r"[^\n{}\[\]\"“]{0,80}\n+",
    re.IGNORECASE,
)


def joined(before: str, more: str) -> str:
    """Gives an answer with its continuation, without what came twice.

    The continuation may come with a fence or a sentence around it, may repeat the end of what came
    before, or may be the whole answer once more, which then takes its place.
    """
    more = _LEAD_IN.sub("", without_wrapping(more))
    head = _bare(before)[:_SAME_BEGINNING]
    if len(head) == _SAME_BEGINNING and _bare(more).startswith(head):
        return more
    return before + more[_overlap(before, more) :]


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text[: 8 * _SAME_BEGINNING])


def _overlap(before: str, more: str) -> int:
    """Gives how many characters at the beginning of `more` repeat the end of `before`."""
    for length in range(min(len(before), len(more), _MOST_OVERLAP), 0, -1):
        if before.endswith(more[:length]):
            return length if len(more[:length].encode(errors="replace")) >= _LEAST_OVERLAP else 0
    return 0

"""Tells which words of a clause are somebody's own doing: a verb counts only with its subject."""

from __future__ import annotations

import re

from nightshoot.tools.writer.rehearsal.lexicon import has_chinese

_LEAD = re.compile(
    r"^[\W_]*(?:(?:and|but|then|so|now|suddenly|slowly|still|yet|or|when|while|as|before|after|until|"
    r"at last|for a (?:long )?(?:time|moment))\s+)*",
    re.IGNORECASE,
)
_OTHER_SUBJECT = re.compile(
    r"(?:(?:the|an?|its|one|this|that|no|some|every|another|all|there|nothing|something|it)\b|"
    r"[A-Z][a-z]+\s+[a-z]+(?:s|ed)\b)"
)
_OTHER_SUBJECT_ANY = re.compile(
    r"(?:the|an?|its|this|that|no|some|every|another|all|there|nothing|something|it)\b",
    re.IGNORECASE,
)
_OWN_THING = re.compile(
    r"(?:her|his|their|my|your|our)\s+(?!(?:hands?|eyes?|face|head|fingers?|arms?|back|knees?)\b)\w",
    re.IGNORECASE,
)
"""`Her boat left` tells nothing that she does."""
_ZH_OTHER = re.compile(r"\W*(?:只见|却见|忽见|但见|远处|门外|窗外|身后|一[个位名道声阵]|有人)")
_INVERTED = re.compile(
    r"\b(?:stands|stood|sits|sat|lies|lay|kneels|knelt|walks|walked|came|comes|runs|ran|rode|rides)"
    r"\s+(?:the\s+|an?\s+)?(?:old\s+|young\s+|little\s+)?$",
    re.IGNORECASE,
)
_LAID = re.compile(
    r"\b(?:lays|laid|lay)\s+(?=(?:the|an?|his|her|its|their|my|it|them|down\s+(?:the|his|her))\b)|"
    r"\blies\s+(?=(?:to|about)\b)|\b(?:runs?|ran|running)\s+(?=(?:out|dry|late|low)\b)",
    re.IGNORECASE,
)
"""Laying a thing down is not lying, nor is telling a lie; who runs out of fuel is not running."""


def own_words(clause: str, subject_at: int | None) -> str:
    """Gives the part of a clause that tells what its person does.

    Args:
        clause: one clause.
        subject_at: where the person is named; None: nobody is, a pronoun or nothing stands there.
    """
    told = _LAID.sub("", clause)
    if has_chinese(clause) or not subject_at:
        return told
    before = clause[:subject_at]
    inverted = _INVERTED.search(before)
    return _LAID.sub("", clause[inverted.start() if inverted else subject_at :])


def about_a_thing(clause: str) -> bool:
    """Whether a clause that names nobody has a subject of its own: `Neon runs down the glass`."""
    if has_chinese(clause):
        return _ZH_OTHER.match(clause) is not None
    told = clause[match.end() :] if (match := _LEAD.match(clause)) else clause
    at_start = told[:1].isupper()
    if _OWN_THING.match(told):
        return True
    return (_OTHER_SUBJECT if at_start else _OTHER_SUBJECT_ANY).match(told) is not None or (
        _OTHER_SUBJECT_ANY.match(told) is not None
    )

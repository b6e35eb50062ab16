"""Understands what is asked of light, colour, time, weather, place and mood."""

from __future__ import annotations

from nightshoot.domain.revision import AdjustGrade, Operation, SetStaging
from nightshoot.domain.vocabulary import Mood, Setting, TimeOfDay, Weather
from nightshoot.tools.writer.rehearsal.lexicon import term
from nightshoot.tools.writer.rehearsal.revising.asking import Unclear
from nightshoot.tools.writer.rehearsal.revising.scope import Scope

_STEPS = {
    "brighter": ("exposure_stops", 0.5),
    "darker": ("exposure_stops", -0.5),
    "warmer": ("warmth", 0.3),
    "colder": ("warmth", -0.3),
    "richer": ("saturation", 0.3),
    "paler": ("saturation", -0.3),
    "harder": ("contrast", 0.3),
    "flatter": ("contrast", -0.3),
}
"""What one step of a comparative adds. Source: half a stop is the step of an exposure bracket that
an eye sees at once; the others are a third of their whole range, a choice."""

_MEASURED = {
    ("saturation", "higher"): "richer",
    ("saturation", "lower"): "paler",
    ("contrast", "higher"): "harder",
    ("contrast", "lower"): "flatter",
    ("contrast", "larger"): "harder",
    ("contrast", "smaller"): "flatter",
    ("light", "higher"): "brighter",
    ("light", "lower"): "darker",
    ("light", "flatter"): "flatter",
    ("light", "quieter"): "flatter",
}
"""What a comparative of a named quality means."""

_INTO = ("to", "set", "move", "into")
_PLACED = frozenset(
    (
        "改到",
        "换到",
        "搬到",
        "移到",
        "放到",
        "改成",
        "改为",
        "变成",
        "换成",
        "移动到",
        "设在",
        "到",
        *_INTO,
    )
)
"""Words that say that a place is where the shot should be, not where it is."""


def grade(scope: Scope) -> list[Operation]:
    """Gives the operations on light and colour."""
    clause = scope.clause
    sums: dict[str, float] = {}
    measured = [one for one in ("saturation", "contrast", "light") if clause.has("object", one)]
    complaints: dict[str, float] = {}
    for change in clause.changes():
        named = next(
            (_MEASURED[m, change.value] for m in measured if (m, change.value) in _MEASURED), ""
        )
        meant = named or change.value
        if meant not in _STEPS or (
            not named and clause.has("object", "mood") and meant != "colder"
        ):
            continue
        field, step = _STEPS[meant]
        aim = complaints if change.complaint else sums
        if aim.get(field, 0.0) * step < 0:
            raise Unclear(scope.resolver.reply("two_things", what=clause.text))
        aim[field] = step * change.steps
        clause.take_change(change)
    if measured and not sums and not complaints:
        sums = _more(scope, measured[0])
    sums = {**complaints, **sums}
    white = clause.claim("bw", "bw")
    if not sums and not white:
        return []
    clause.claim("object", "light", "colour", "saturation", "contrast")
    if "warmth" in sums:
        clause.claim("object", "mood")
    shots = scope.shots()
    if white:
        boards = scope.resolver.film.shots
        sums["saturation"] = -1.0 - max(boards[one].grade.saturation for one in shots)
    return [AdjustGrade(shots=shots, **sums)]


def _more(scope: Scope, quality: str) -> dict[str, float]:
    """Gives what `more contrast` or `less light` adds."""
    less = scope.clause.claim("less")
    if not less and not scope.clause.claim("more"):
        return {}
    field, step = _STEPS[_MEASURED[quality, "lower" if less else "higher"]]
    return {field: step}


def staging(scope: Scope) -> list[Operation]:
    """Gives the operations on time, weather, place and mood."""
    clause = scope.clause
    warm = clause.has("object", "mood") and any(one.value == "warmer" for one in clause.changes())
    kinds = ("time_of_day", "weather", "setting", "mood")
    if not warm and not any(clause.has(kind) for kind in kinds):
        return []
    if clause.has("setting") and not _placed(scope):
        raise Unclear(scope.resolver.reply("unknown", what=clause.text))
    time, weather, setting, mood = (scope.one_of(kind) for kind in kinds)
    if warm and not mood:
        for change in clause.changes():
            if change.value == "warmer":
                clause.take_change(change)
        mood = "warm"
    for kind in ("mood", "weather", "time", "place"):
        clause.claim("object", kind)
    clause.claim("degree")
    return [
        SetStaging(
            shots=scope.shots(),
            setting=term(Setting, setting) if setting else None,
            time_of_day=term(TimeOfDay, time) if time else None,
            weather=term(Weather, weather) if weather else None,
            mood=term(Mood, mood) if mood else None,
        )
    ]


def _placed(scope: Scope) -> bool:
    """Whether a place is where the shot should be, not where it is."""
    clause = scope.clause
    found = [t for t in clause.tokens if t.text in _PLACED]
    clause.take(*(t for t in found if t.values("verb")))
    return bool(found) or clause.has("object", "place")

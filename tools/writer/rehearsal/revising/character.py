"""Understands what is asked of a character: what they look like, and how they sound."""

from __future__ import annotations

from nightshoot.domain.revision import Operation, SetLook, SetVoice
from nightshoot.domain.screenplay import NARRATOR
from nightshoot.domain.vocabulary import Age, Build, Dress, Headgear, Locale, Sex
from nightshoot.tools.writer.rehearsal.lexicon import term
from nightshoot.tools.writer.rehearsal.revising.asking import Impossible, Unclear
from nightshoot.tools.writer.rehearsal.revising.scope import Scope
from nightshoot.tools.writer.rehearsal.revising.tokens import Mark

_TEMPERS = {"warmer": "warm", "brighter": "bright", "lower": "deep", "flatter": "warm"}
"""What a comparative says of a voice."""
_MOODS = {"serene": "calm", "warm": "warm", "joyful": "lively"}
"""What a mood says of a voice."""
_CHOICES = {
    Locale.ZH: (("deep", "低沉"), ("warm", "温柔"), ("bright", "清亮"), ("calm", "沉稳")),
    Locale.EN: (("deep", "deeper"), ("warm", "warmer"), ("bright", "brighter"), ("calm", "calmer")),
}
_NAMED = {
    (Locale.ZH, Sex.FEMALE): ("xiaoxiao", "xiaoyi"),
    (Locale.ZH, Sex.MALE): ("yunyang", "yunjian", "yunxi"),
    (Locale.EN, Sex.FEMALE): ("emma", "sonia", "heart"),
    (Locale.EN, Sex.MALE): ("ryan", "george", "michael"),
}
"""Voices to choose from, by the film's language. Source: the lists of the voices that ship."""


def voice(scope: Scope) -> list[Operation]:
    """Gives the operations on a voice."""
    clause, resolver = scope.clause, scope.resolver
    spoken_of = clause.has("object", "voice") or clause.has("voice_name")
    person_named = bool(clause.marked(Mark.PERSON))
    continues = resolver.topic == "voice" and not scope.named
    tempered = continues and any(one.value in _TEMPERS for one in clause.changes())
    if (
        not spoken_of
        and not tempered
        and not (clause.has("temper") and (person_named or continues))
    ):
        return []
    if spoken_of and clause.has("verb", "off", "on"):
        return []
    clause.claim("object", "voice")
    speaker = scope.person()
    if not speaker:
        raise Unclear(resolver.reply("which_person", what=clause.text))
    resolver.person, resolver.topic = speaker, "voice"
    named = _named(scope)
    if named:
        clause.claim("verb", "other", "use")
        return [SetVoice(speaker=speaker, voice=named)]
    temper = _temper(scope)
    sex = scope.one_of("sex")
    if sex or not temper:
        raise _ask_voice(scope, speaker, sex)
    clause.claim("verb", "other", "use")
    clause.claim("degree")
    return [SetVoice(speaker=speaker, temper=temper)]


def _named(scope: Scope) -> str:
    quoted = scope.clause.marked(Mark.QUOTE)
    if len(quoted) == 1:
        scope.clause.take(*quoted)
        return str(quoted[0].value)
    return scope.one_of("voice_name")


def _temper(scope: Scope) -> str:
    clause = scope.clause
    found = {value for _, value in clause.of("temper")}
    clause.claim("temper")
    for value in dict.fromkeys(value for _, value in clause.of("mood")):
        if value in _MOODS:
            found.add(_MOODS[value])
            clause.claim("mood", value)
    for change in clause.changes():
        if change.value in _TEMPERS and not change.complaint:
            found.add(_TEMPERS[change.value])
            clause.take_change(change)
    if len(found) > 1:
        raise Unclear(scope.resolver.reply("two_things", what=clause.text))
    return found.pop() if found else ""


def _ask_voice(scope: Scope, speaker: str, sex: str) -> Unclear:
    resolver = scope.resolver
    who = resolver.film.name(speaker, resolver.locale)
    if sex:
        names = _NAMED[resolver.film.order.screenplay.locale, term(Sex, sex)]
        choices = tuple(resolver.reply("voice_named", who=who, name=name) for name in names)
    else:
        tempers = _CHOICES[resolver.locale]
        choices = tuple(resolver.reply("voice_choice", who=who, temper=word) for _, word in tempers)
    return Unclear(resolver.reply("voice_how"), choices)


def look(scope: Scope) -> list[Operation]:
    """Gives the operations on what a character looks like."""
    clause, resolver = scope.clause, scope.resolver
    kinds = ("dress", "headgear", "build", "age", "colour")
    aged = [one for one in clause.changes() if one.value in ("older", "younger")]
    if not aged and not any(clause.has(kind) for kind in kinds):
        return []
    person = scope.person()
    if not person or person == NARRATOR:
        raise Unclear(resolver.reply("which_person", what=clause.text))
    dress, headgear, build, age, accent = (scope.one_of(kind) for kind in kinds)
    clause.claim("verb", "wear", "use", "other")
    clause.claim("object", "clothes", "hair", "age", "accent", "look", "colour")
    clause.claim("degree")
    resolver.person = person
    return [
        SetLook(
            character=person,
            age=_aged(scope, person, aged[0].value) if aged else term(Age, age) if age else None,
            build=term(Build, build) if build else None,
            dress=term(Dress, dress) if dress else None,
            headgear=term(Headgear, headgear) if headgear else None,
            accent=accent or None,
        )
    ]


def _aged(scope: Scope, person: str, way: str) -> Age:
    order = list(Age)
    for change in scope.clause.changes():
        if change.value == way:
            scope.clause.take_change(change)
    scope.clause.claim("age")
    known = scope.resolver.film.people[person]
    wanted = order.index(known.look.age) + (1 if way == "older" else -1)
    if not 0 <= wanted < len(order):
        raise Impossible(scope.resolver.reply("oldest", what=known.name))
    return order[wanted]

"""Develops a brief into a drama: the user's own words, and around them hook, turn and ending."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from nightshoot.domain.brief import Brief
from nightshoot.domain.screenplay import NARRATOR, Character, LineKind
from nightshoot.domain.vocabulary import Era, Locale, Mood
from nightshoot.tools.writer.rehearsal.casting import called
from nightshoot.tools.writer.rehearsal.drafts import Moment, Said, SceneDraft
from nightshoot.tools.writer.rehearsal.grammar import (
    PLAIN,
    STAGES,
    Linger,
    Stage,
    Variant,
    grammar,
)
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese, word_list, words
from nightshoot.tools.writer.rehearsal.names import role_of
from nightshoot.tools.writer.rehearsal.parting import LATER, parted
from nightshoot.tools.writer.rehearsal.pieces import sentences
from nightshoot.tools.writer.rehearsal.premise import Premise
from nightshoot.tools.writer.rehearsal.reading import (
    read_mood,
    scenery,
)
from nightshoot.tools.writer.rehearsal.roster import Roster
from nightshoot.tools.writer.rehearsal.timing import GAP_S, speech_s

DEFAULT_S = 52.0
"""How long a film of a short brief is meant to be, in seconds: the middle of 45 to 60."""
_SILENT_SHARE = 0.86
"""The share of a film's length for which moments are chosen; the rest is for silent shots."""
_GOES_ON = re.compile(
    r"(?:And|But|Then|Only)\s+(?:then\s+)?[a-z]+(?:s|ed)\b|在|却|便|又|才|终于|每天|收到|遇见|发现"
)
"""A clause that goes on with what the last one was about."""
_MOST_MOMENTS = 12
"""A film of a short brief has no more beats: with its silent shots it stays about a dozen."""
_COMMON = frozenset({"modern", "ancient", "pair", "alone"})
"""Needs that name nothing which is seen."""
_BY_WORK = {
    "boss": ("boss", "junior"),
    "ceo": ("boss", "junior"),
    "driver": ("driver", "passenger"),
    "detective": ("detective", "suspect"),
    "police": ("detective", "suspect"),
}
"""What somebody is called in a talk by their work, and whoever they talk with."""
_AT = (
    (re.compile(r"\bat( the (?:[a-z]+ )?(?:sea|ocean|river|lake|shore|tide|dock))\b"), "by"),
    (
        re.compile(r"\bat( the (?:[a-z]+ )?(?:street|road|mountain|hill|beach|moon|rooftop))\b"),
        "on",
    ),
    (
        re.compile(
            r"\bat( the (?:[a-z]+ )?(?:city|town|desert|forest|woods|attic|room|house|kitchen|"
            r"vault|elevator|village|garden|courtyard|field|alley|wasteland|cellar|basement))\b"
        ),
        "in",
    ),
)
"""Where `at` is not how one is in a place."""
_LATE = frozenset({"reversal", "end"})
"""The stages that have the mood of the brief's own words where a motif gave the film its mood."""
_KEPT_FIRST: dict[Stage, int] = {
    "hook": 1,
    "end": 1,
    "turn": 2,
    "reversal": 3,
    "setup": 5,
    "rise": 6,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A moment that may be in the film."""

    at: str
    """A stage, `said` for the user's own words, or `linger`."""
    order: int
    keep: int
    """The lower, the sooner it is kept."""
    moments: tuple[Moment, ...]

    @property
    def cost_s(self) -> float:
        """Estimates how long it lasts on the screen."""
        return sum(
            sum(speech_s(said.text) + GAP_S for said in moment.said) or 2.5
            for moment in self.moments
        )


def develop(brief: Brief, premise: Premise) -> tuple[list[SceneDraft], tuple[str, ...]]:
    """Gives the scenes of a brief and what there is to report."""
    rng = random.Random(f"{brief.seed}:{brief.source.text[:4000]}:develop")
    candidates = _candidates(premise, brief.locale, rng)
    aim = brief.duration_s or DEFAULT_S
    if premise.long and brief.duration_s is None:
        aim = max(DEFAULT_S, 1.35 * sum(c.cost_s for c in candidates if c.at == "said"))
    most = _MOST_MOMENTS if brief.duration_s is None and not premise.long else len(candidates) * 9
    chosen, dropped = _chosen(candidates, aim * _SILENT_SHARE, most)
    reports = tuple(_not_spoken(brief.locale, candidate) for candidate in dropped)
    told = [(candidate.at, moment) for candidate in chosen for moment in candidate.moments]
    return parted(premise, told), reports


def stage_text(brief: Brief, premise: Premise, stage: Stage) -> str:
    """Gives the words of a stage as the film has them; empty where the film leaves it out."""
    rng = random.Random(f"{brief.seed}:{brief.source.text[:4000]}:develop")
    for candidate in _candidates(premise, brief.locale, rng):
        if candidate.at == stage:
            return " ".join(said.text for moment in candidate.moments for said in moment.said)
    return ""


def _candidates(premise: Premise, locale: Locale, rng: random.Random) -> list[Candidate]:
    told: set[str] = set()
    stages = {at: _staged(at, premise, locale, rng, told) for at in STAGES}
    before, after, asks = _divided(premise)
    found: list[Candidate] = []

    def add(at: str, keep: int, *moments: Moment) -> None:
        if moments:
            found.append(Candidate(at=at, order=len(found), keep=keep, moments=moments))

    def add_stage(stage: Stage) -> None:
        keep = 0 if stage == "turn" and asks else _KEPT_FIRST[stage]
        add(stage, keep, *stages.get(stage, ()))

    add_stage("hook")
    used: set[str] = set()
    for index, text in enumerate(before):
        add("said", 0, _spoken(text, premise))
        if index == 0 and not premise.long:
            add_stage("setup")
        if not premise.long:
            lingering = _linger(text, premise, locale, rng, used)
            near = any(moment.present for moment in lingering)
            silent = any(not moment.said for moment in lingering)
            add("linger", 2 if silent else (4 if near else 7) + len(used), *lingering)
    if not before:
        add_stage("setup")
    add_stage("rise")
    if not premise.long:
        lent = _lent(premise, locale, rng)
        add("rise", 8, *(lent if lent != stages.get("rise") else ()))
    add_stage("turn")
    for text in after:
        add("said", 0, _spoken(text, premise, locale, rng))
    add_stage("reversal")
    add_stage("end")
    return found


def _divided(premise: Premise) -> tuple[list[str], list[str], bool]:
    """Parts the user's words at the turn; a clause that asks for talk is the turn itself."""
    said = list(premise.said)
    for index, text in enumerate(said):
        short = len(text) <= 9 if has_chinese(text) else len(text.split()) <= 4
        if index and short and words("talk").first(text) and not premise.long:
            return said[:index], said[index + 1 :], True
    if premise.long:
        cut = max(1, round(len(said) * 0.7))
        return said[:cut], said[cut:], False
    leaps = len(said) < 2 or "late" in premise.traits or LATER.search(said[-1]) is not None
    return (said, [], False) if leaps else (said[:-1], said[-1:], False)


def _spoken(
    text: str, premise: Premise, locale: Locale | None = None, rng: random.Random | None = None
) -> Moment:
    """Gives a moment of the user's own words; with a locale and chance, one after the turn."""
    late = locale is not None
    line = text
    insight = words("insight").first(text) is not None and len(text) <= 7
    if insight and locale is not None and rng is not None:
        line = rng.choice(grammar(locale).insight).format(clause=text.rstrip("。."))
    roster = Roster(premise.people)
    leads = tuple(person.id for person in premise.people[:2])
    present = roster.see(text, before=leads).people
    if insight:
        present = present or leads
    elif not present and (_GOES_ON.match(text) or not scenery(text)):
        present = leads[:1]
    return Moment(
        action=text,
        said=(Said(text=line, speaker=NARRATOR),),
        present=present,
        mood=(premise.late_mood if late else None) if premise.themes else read_mood(text),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Ways to tell a stage, with what they bring."""

    variants: list[Variant]
    mood: Mood | None
    slots: dict[str, str]
    exact: bool
    """They belong to what the brief is about, and not to its genre."""


def _sources(stage: Stage, premise: Premise, locale: Locale) -> list[_Source]:
    """Gives where a stage may be taken from, the nearest to the brief first."""
    text = " ".join(premise.said)
    found = [
        _Source(
            variants=theme.variants(stage, text),
            mood=premise.late_mood if stage in _LATE else None,
            slots=theme.slots,
            exact=True,
        )
        for theme in premise.themes[:2]
    ]
    for genre in (premise.genre, grammar(locale).genres[PLAIN]):
        turn = next((turn for turn in genre.beats if turn.at == stage), None)
        if turn is not None:
            given = list(turn.variants)
            found.append(_Source(variants=given, mood=turn.mood, slots={}, exact=False))
    return found


def _staged(
    stage: Stage, premise: Premise, locale: Locale, rng: random.Random, told: set[str]
) -> tuple[Moment, ...]:
    """Fills one variant of a beat: of what the brief is about, else of its genre, else a plain one.

    Those that name what the story has come first; what was named before is not named again.
    """
    traits = premise.traits
    unmet = "late" in traits and stage in {"hook", "setup", "rise"}
    if unmet:
        traits = traits - {"pair"} | {"alone"}
    for source in _sources(stage, premise, locale):
        fitting = [
            v
            for v in source.variants
            if set(v.needs) <= traits and _playable(v, premise, source.slots)
        ]
        if unmet:
            fitting = [v for v in fitting if "ther}" not in f"{v.see}{v.say}{v.talk}"]
        if not fitting:
            continue
        if source.exact:
            variant = rng.choice([v for v in fitting if v.close] or fitting)
        else:
            variant = _of_genre(fitting, stage, rng, told)
        return _filled(variant, source.mood, premise, locale, source.slots, apart=source.exact)
    return ()


def _of_genre(fitting: list[Variant], stage: Stage, rng: random.Random, told: set[str]) -> Variant:
    special = [v for v in fitting if set(v.needs) - _COMMON]
    fresh = [v for v in special if not set(v.needs) - _COMMON <= told]
    paired = [v for v in fitting if "pair" in v.needs]
    pool = fresh or paired or ([v for v in fitting if v not in special] or fitting)
    variant = rng.choice(pool)
    told.update(set(variant.needs) - _COMMON)
    return rng.choice(fresh or special or paired or fitting) if stage == "end" else variant


def _lent(premise: Premise, locale: Locale, rng: random.Random) -> tuple[Moment, ...]:
    """Gives the beat that the brief's second subject lends to the middle of the film."""
    text = " ".join(premise.said)
    for theme in premise.themes[1:3]:
        told = theme.variants("rise", text)
        given = [
            v for v in told if set(v.needs) <= premise.traits and _playable(v, premise, theme.slots)
        ]
        if given:
            variant = rng.choice(given)
            return _filled(variant, None, premise, locale, theme.slots, apart=True)
    return ()


def _filled(
    variant: Variant,
    mood: Mood | None,
    premise: Premise,
    locale: Locale,
    words_of: dict[str, str],
    *,
    apart: bool = False,
) -> tuple[Moment, ...]:
    roster = Roster(premise.people)
    parts = _parts(premise)
    slots = premise.slots | words_of
    slots |= {who: called(one, locale) for who, one in parts.items() if who not in slots}
    if not variant.talk:
        see = fill(variant.see, slots, locale)
        told = fill(variant.say, slots, locale)
        said = tuple(
            Said(text=one, speaker=NARRATOR) for one in (sentences(told) if apart else [told])
        )
        return (Moment(action=see, said=said, present=roster.see(see).people, mood=mood),)
    moments = []
    talkers = {parts[who].id for who, _, _ in variant.talk}
    present = tuple(person.id for person in premise.people[:2] if person.id in talkers)
    for who, text, see in variant.talk:
        line = Said(text=fill(text, slots, locale), speaker=parts[who].id, kind=LineKind.DIALOGUE)
        action = fill(see, slots, locale)
        moments.append(Moment(action=action, said=(line,), present=present, mood=mood))
    return tuple(moments)


def _parts(premise: Premise) -> dict[str, Character]:
    """Gives who plays each part: hero and other, and by their work a driver and a passenger."""
    leads = premise.people[:2]
    parts = {"hero": leads[0], "other": leads[-1]}
    if len(leads) > 1 and "pair" in premise.traits:
        for person, across in (leads, leads[::-1]):
            works = [role_of(word.casefold()) for word in (person.name, *person.aliases)]
            ids = [person.id.rstrip("_0123456789"), *(one.id for one in works if one)]
            names = next((_BY_WORK[one] for one in ids if one in _BY_WORK), None)
            if names and names[0] not in parts:
                parts |= {names[0]: person, names[1]: across}
    return parts


def _playable(variant: Variant, premise: Premise, slots: dict[str, str]) -> bool:
    """Whether the film has everybody and everything that a variant names."""
    known = {*premise.slots, *slots, *_parts(premise)}
    if len(premise.people) < 2:
        # Nobody talks with themselves, where nobody else was found or invented.
        known -= {"other", "Other", "his_other", "His_other"}
    told = [variant.see, variant.say, *(part for talk in variant.talk for part in talk[1:])]
    named = {match[1] for text in told for match in re.finditer(r"\{(\w+)\}", text)}
    return named | {who for who, _, _ in variant.talk} <= known


def fill(text: str, slots: dict[str, str], locale: Locale) -> str:
    """Fills the slots of a text; in English a sentence still begins with a capital."""
    filled = text.format(**slots)
    if locale is Locale.EN:
        for pattern, preposition in _AT:
            filled = pattern.sub(rf"{preposition}\1", filled)
        filled = re.sub(r"(^|[.!?]\s+[\"“]?)([a-z])", lambda m: m[1] + m[2].upper(), filled)
    return filled


def _linger(
    text: str, premise: Premise, locale: Locale, rng: random.Random, used: set[str]
) -> tuple[Moment, ...]:
    """Gives a moment that dwells on a thing the user names, at most once for each thing."""
    ancient = premise.place.era is Era.ANCIENT
    lingers = sorted(enumerate(grammar(locale).lingers), key=lambda one: not one[1].silent)
    for index, linger in lingers:
        says = linger.old if ancient and linger.old else linger.new
        key = str(index)
        if key in used or not says or not _cued(linger, text):
            continue
        used.add(key)
        see = fill(linger.see, premise.slots, locale)
        line = fill(rng.choice(says), premise.slots, locale)
        present = Roster(premise.people).see(see).people
        said = () if linger.silent else (Said(text=line, speaker=NARRATOR),)
        mood = None if premise.themes else read_mood(see)
        return (Moment(action=see, said=said, present=present, mood=mood),)
    return ()


def _cued(linger: Linger, text: str) -> bool:
    return bool(word_list({"cue": linger.cue}).hits(text))


def _chosen(
    candidates: list[Candidate], aim_s: float, most: int
) -> tuple[list[Candidate], list[Candidate]]:
    """Keeps what matters most until the film is long enough, in the order of the film.

    Gives what is kept, and those of the user's own words for which there was no time.
    """
    kept: list[Candidate] = []
    lost: list[Candidate] = []
    total, count = 0.0, 0
    reserve = sum(c.cost_s for c in candidates if c.keep == 1)
    for wished in sorted(candidates, key=lambda one: (one.keep, one.order)):
        candidate = wished
        room = aim_s - total - (reserve if candidate.keep == 0 else 0.0)
        if candidate.at == "turn" and candidate.cost_s > room + 2:
            candidate = replace(candidate, moments=candidate.moments[:2])
        crowded = candidate.keep > 1 and count + len(candidate.moments) > most
        if kept and (candidate.cost_s > room + 2 or crowded):
            if candidate.at == "said":
                lost.append(candidate)
            continue
        kept.append(candidate)
        count += len(candidate.moments)
        total += candidate.cost_s
    return sorted(kept, key=lambda one: one.order), lost


def _not_spoken(locale: Locale, candidate: Candidate) -> str:
    text = candidate.moments[0].action
    if locale is Locale.ZH:
        return f"片长不够，这一句没有念：{text}"
    return f"There was no time to speak this sentence: {text}"

"""What a brief gives to a drama: its own words in pieces, its people, place, thing and genre."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nightshoot.domain.brief import Brief
from nightshoot.domain.screenplay import Character
from nightshoot.domain.vocabulary import Era, HeldProp, Locale, Mood, TimeOfDay
from nightshoot.tools.writer.rehearsal.casting import addressed, completed, counted, slots_of
from nightshoot.tools.writer.rehearsal.grammar import PLAIN, Genre, grammar
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese, words
from nightshoot.tools.writer.rehearsal.motifs import Theme, find_themes
from nightshoot.tools.writer.rehearsal.naming import place_name_of, thing_of
from nightshoot.tools.writer.rehearsal.people import find_people
from nightshoot.tools.writer.rehearsal.pieces import clauses, sentences, speakable, tidy, weight
from nightshoot.tools.writer.rehearsal.reading import (
    Place,
    place_word,
    read_era,
    read_mood,
    read_place,
    read_setting,
)
from nightshoot.tools.writer.rehearsal.roster import Roster
from nightshoot.tools.writer.rehearsal.traits import traits_of

MOST_OF_A_BRIEF = 3000
"""The most characters of a brief that are read: a page and a half. Longer material is a story."""

_ASKED = re.compile(
    r"^(?:请|帮我|给我|我想|我要|想)*(?:拍|做|写|生成|制作|来)(?:一?[部个条段支])?[^，。：]{0,12}?"
    r"(?:短片|视频|短剧|电影|片子|故事|微电影)[，：:,。]?(?:讲述?的?是?|关于|内容是|说的是)?[：:]?"
    r"|^(?:这是)?一[个部](?:关于|讲述)(?P<about>.+?)的?(?:故事|短片|电影)[，。:：]?$"
    r"|^(?:please\s+)?(?:make|create|write|shoot|film|produce|tell)\s+(?:me\s+|us\s+)?an?\s+[\w\s-]{0,40}?"
    r"(?:film|video|movie|story|short|drama|tale)\s*(?:about|of|on|where|in which|:)?\s*"
    r"|^(?:an?|the)\s+(?:short\s+)?(?:film|story|tale|movie|video)\s+(?:about|of)\s+",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"^(?:风格|时长|画面|镜头|配乐|音乐|色调|要求|画风|比例|旁白用|字幕|整体|整个视频|style|duration|aspect|"
    r"music|tone|camera|format|length)\s*(?:是|为|要|：|:|should|is)|^\d+\s*(?:秒|分钟|s|seconds?|minutes?)\W*$",
    re.IGNORECASE,
)
_WHEN = re.compile(r"(?:那天|前夜|那夜|当天|那年|雪夜|雨夜|深夜|年后|天后|之后|以后|那晚|之前)\W*$")
_LEADS_IN = re.compile(
    r"(?:on|in|at|after|before|during|when|while|as|since|until|every|each|one)\b", re.IGNORECASE
)
"""A first clause that says only when or where: it is not heard alone."""
_ZH_LEADS_IN = re.compile(r"(?:[上里中下时后前]|第.{1,4}[天年日夜])\W*$")
_ZH_TURNS_OUT = re.compile(r"(?:就|竟然?|却|正|原来|竟)?是(?!否)")
"""What follows belongs to the clause before: `女乘客报出的地址，是司机自己的家`."""
_PRIORITY = (
    "revenge",
    "suspense",
    "family",
    "romance",
    "workplace",
    "xianxia",
    "fairy",
    "classical",
    "reflective",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Premise:
    """A brief, understood."""

    said: tuple[str, ...]
    """The user's own words in the order of the film: clauses, or sentences of a long brief."""
    long: bool
    genre_name: str
    genre: Genre
    people: tuple[Character, ...]
    """The hero, the other, and whoever else is named."""
    place: Place
    place_name: str
    prop: HeldProp
    thing: str
    mood: Mood
    late_mood: Mood | None
    """The mood from the turn on where it is another one: what the brief's own words tell."""
    themes: tuple[Theme, ...]
    """What it is about, the plainest first."""
    reports: tuple[str, ...]
    slots: dict[str, str]
    traits: frozenset[str]
    """What variants may ask for: props, weather, time, `water`, `boat`, `modern`, `ancient`."""


def understand(brief: Brief, *, people: tuple[Character, ...] | None = None) -> Premise:
    """Reads a brief.

    Args:
        brief: an order whose source is a brief.
        people: the cast as it was settled; None: found in the text.
    """
    text, reports = _own_words(brief)
    era = read_era(text + brief.style)
    name = _genre_name(text, era, brief.locale)
    named = people or find_people(text, declared=brief.source.cast, era=era)
    name = _among_kin(name, named)
    told = find_people(text, declared=brief.source.cast, era=era)
    if name == "classical" and len(told) < 2:
        name = PLAIN
    genre = grammar(brief.locale).genres[name]
    themes = find_themes(text, brief.locale) if name != "classical" else ()
    absent = addressed(text, brief.locale)
    invents = PLAIN if absent or themes else name
    cast = (
        named
        if people and len(people) > 1
        else completed(named, genre, invents, era, brief.locale, text)
    )
    place = _place(text, era, genre, themes)
    prop, thing = thing_of(text, genre, era, brief.locale)
    place_name = place_name_of(text, place, brief.locale)
    said, long = _said(text)
    alone = len(told) < 2 and not (told and len(cast) > 1 and counted(told[0].name, text))
    traits = traits_of(text, place, era, people=len(cast), alone=alone)
    if not alone and not long and _meets_late(said, cast):
        traits |= {"late"}
    if absent:
        traits |= {"absent"}
    return Premise(
        said=said,
        long=long,
        genre_name=name,
        genre=genre,
        people=cast,
        place=place,
        place_name=place_name,
        prop=prop,
        thing=thing,
        mood=_mood(text, name, genre, themes),
        late_mood=read_mood(text) if themes else None,
        themes=themes,
        reports=reports,
        slots=slots_of(cast, place_name, thing, brief.locale, text) | {"absent": absent},
        traits=traits,
    )


def _mood(text: str, name: str, genre: Genre, themes: tuple[Theme, ...]) -> Mood:
    """Gives the mood of the film: of what it is about, else what its words tell.

    One mood lasts until the turn: the light of a scene does not change from shot to shot.
    """
    if themes:
        return themes[0].motif.mood
    return genre.mood if name != PLAIN else read_mood(text) or genre.mood


def _own_words(brief: Brief) -> tuple[str, tuple[str, ...]]:
    text, reports = brief.source.text.strip(), []
    if len(text) > MOST_OF_A_BRIEF:
        kept = text[:MOST_OF_A_BRIEF]
        ends = [kept.rfind(mark) for mark in "。.!?！？\n"]
        kept = kept[: max(ends) + 1] if max(ends) > MOST_OF_A_BRIEF // 2 else kept
        reports.append(_report(brief.locale, "long", len(text), len(kept)))
        text = kept
    text = tidy(re.sub(r"\n+", "\n", text)) if "\n" not in text else text
    text = _ASKED.sub(lambda match: match.groupdict().get("about") or "", text.strip())
    kept_parts: list[str] = []
    left_out: list[str] = []
    for part in re.split(r"(?<=[。；;\n])", text):
        (left_out if _INSTRUCTION.search(part.strip()) else kept_parts).append(part)
    if left_out and any(speakable(part) for part in kept_parts):
        reports.append(_report(brief.locale, "instruction", "".join(left_out).strip()))
        text = "".join(kept_parts)
    return text, tuple(reports)


def _report(locale: Locale, kind: str, *values: object) -> str:
    zh = {
        "long": "简介有 {} 字，只用了前 {} 字；更长的内容请存成 .txt 文件，按故事来拍。",
        "instruction": "这一句是给剧组的要求，不念出来：{}",
    }
    en = {
        "long": "The brief has {} characters; the first {} were used. Save longer material as a "
        ".txt file to film it as a story.",
        "instruction": "This is an instruction to the crew and is not spoken: {}",
    }
    return (zh if locale is Locale.ZH else en)[kind].format(*values)


def _genre_name(text: str, era: Era, locale: Locale) -> str:
    counts = words("genre").counts(text)
    if era is Era.MODERN:
        counts.pop("classical", None)
        counts["xianxia"] = counts.get("xianxia", 0) - 1
    else:
        counts.pop("workplace", None)
    found = [name for name in _PRIORITY if counts.get(name, 0) > 0]
    fitting = [name for name in found if _fits(grammar(locale).genres[name], text)]
    best = max((counts[name] for name in fitting), default=0)
    return next((name for name in fitting if counts[name] == best), PLAIN)


def _fits(genre: Genre, text: str) -> bool:
    """Whether the beats of a genre can be true of what the user tells."""
    if genre.unless and re.search(genre.unless, text, re.IGNORECASE):
        return False
    return not genre.fits or re.search(genre.fits, text, re.IGNORECASE) is not None


def _place(text: str, era: Era, genre: Genre, themes: tuple[Theme, ...]) -> Place:
    place = read_place(text, era=era)
    told = read_setting(text)
    usual = next((theme.motif.setting for theme in themes if theme.motif.setting), None)
    if usual is not None and (told is None or not place_word(text, told)):
        place, told = replace(place, setting=usual), usual
    if told is None and not genre.title_alone:
        place = replace(place, setting=genre.setting)
    if words("time").first(text) is None and genre.mood in {Mood.TENSE, Mood.ROMANTIC, Mood.SERENE}:
        place = replace(place, time_of_day=TimeOfDay.NIGHT)
    return place


def _said(text: str) -> tuple[tuple[str, ...], bool]:
    """Gives the user's words: clauses of a short brief, sentences of a long one."""
    if not speakable(text):
        return (), False
    whole = sentences(text)
    if len(whole) > 2 or sum(map(weight, whole)) > 2.4:
        return tuple(map(_stopped, whole)), True
    found: list[str] = []
    for sentence in whole:
        parts = clauses(sentence)
        chinese = has_chinese(sentence)
        if not chinese and (any(len(p.split()) < 4 for p in parts) or _LEADS_IN.match(parts[0])):
            parts = (sentence,)
        found += _whole(parts) if chinese else parts
    return tuple(map(_stopped, found)), False


_KIN = frozenset(
    {"wife", "husband", "mother", "father", "grandmother", "grandfather", "daughter", "son"}
)


def _among_kin(name: str, people: tuple[Character, ...]) -> str:
    """Gives the genre that fits who meets: a warrior does not draw the sword on his kin."""
    if name != "xianxia" or len(people) < 2:
        return name
    role = people[1].id.rstrip("_0123456789")
    return "family" if role in _KIN else name


def _whole(parts: tuple[str, ...]) -> list[str]:
    """Joins clauses too short to be seen alone: a time to what follows, two pictures to one."""
    found: list[str] = []
    lead = ""
    short = False
    for index, part in enumerate(parts):
        size = len(re.sub(r"\W", "", part))
        last = index + 1 == len(parts)
        apart = bool(words("talk").first(part) or words("insight").first(part))
        when = size <= 5 and _WHEN.search(part) is not None
        when = when or (size <= 8 and not found and _ZH_LEADS_IN.search(part) is not None)
        if found and not lead and _ZH_TURNS_OUT.match(part):
            found[-1] += part
            short = False
            continue
        if (size <= 3 or when) and not last and not apart:
            lead += part
        elif short and size <= 5 and not apart and not lead:
            found[-1] += part
            short = False
        else:
            found.append(lead + part)
            short, lead = size <= 5 and not apart and not lead, ""
    return found


def _stopped(text: str) -> str:
    """Ends a clause as a sentence."""
    bare = re.sub(r"[，、；：,;:\s]+$", "", text)
    bare = bare[:1].upper() + bare[1:]
    if re.search(r"[。！？.!?…”\"』」]$", bare):
        return bare
    return f"{bare}。" if has_chinese(bare[-1:]) else f"{bare}."


def _meets_late(said: tuple[str, ...], cast: tuple[Character, ...]) -> bool:
    """Whether the second person comes into the story only with its last words."""
    if len(said) < 2 or len(cast) < 2:
        return False
    roster = Roster(cast[:2])
    early = {who for text in said[:-1] for who in roster.see(text).people}
    return (
        cast[0].id in early
        and cast[1].id not in early
        and cast[1].id in roster.see(said[-1]).people
    )

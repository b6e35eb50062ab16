"""Answers ideation: what the film is about, who is in it, and what holds the audience."""

from __future__ import annotations

import random
import re

from nightshoot.domain.brief import Brief, ScriptKind, SourceKind
from nightshoot.domain.screenplay import Character, Concept
from nightshoot.domain.vocabulary import Era, Locale, Mood
from nightshoot.tools.writer.rehearsal.develop import fill, stage_text
from nightshoot.tools.writer.rehearsal.lexicon import has_chinese
from nightshoot.tools.writer.rehearsal.people import find_people
from nightshoot.tools.writer.rehearsal.pieces import clauses, sentences, speakable, tidy
from nightshoot.tools.writer.rehearsal.premise import Premise, understand
from nightshoot.tools.writer.rehearsal.reading import read_era, read_mood
from nightshoot.tools.writer.rehearsal.tabled import table_style, table_text

_READ = 60_000
"""How many characters of a long source are searched for people: beyond it few new ones matter."""
_BOARD_OF = re.compile(r"\s*[：:·\-—]?\s*(?:分镜表|分镜脚本|分镜|storyboard)\s*$", re.IGNORECASE)
_MARKS = re.compile(r"^\s*(?:#{1,6}\s+|[*\-=_~]{3,}\s*$)", re.MULTILINE)
_CHAPTER = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百\d]+[章回节幕集卷]|(?:chapter|act|part)\s+\w+)[\s:：.]*",
    re.IGNORECASE,
)
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "but",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
    ]
)


def conceive(brief: Brief) -> Concept:
    """Gives the concept of a brief or of an author's own material."""
    if brief.source.kind is SourceKind.BRIEF:
        return _of_brief(brief)
    return _of_author(brief)


def _of_brief(brief: Brief) -> Concept:
    premise = understand(brief)
    return Concept(
        title=brief_title(brief, premise),
        logline=tidy(
            "".join(premise.said) if brief.locale is Locale.ZH else " ".join(premise.said)
        )[:300],
        theme=premise.genre_name,
        era=premise.place.era,
        mood=premise.mood,
        style=_style(brief, premise.place.era),
        hook=stage_text(brief, premise, "hook"),
        turn=stage_text(brief, premise, "turn"),
        reversal=stage_text(brief, premise, "reversal"),
        ending=stage_text(brief, premise, "end"),
        characters=premise.people,
    )


def brief_title(brief: Brief, premise: Premise) -> str:
    """Gives the title of a brief: the user's, one in title marks, or one that the genre gives."""
    given = brief.source.title.strip() or _marked(brief.source.text)
    if given:
        return tidy(given)[:60]
    rng = random.Random(f"{brief.seed}:{brief.source.text[:4000]}:title")
    genre = premise.genre
    alone = genre.title_alone if "alone" in premise.traits else ()
    wished = (genre.title_thing if "thing" in premise.traits else ()) or alone or genre.title
    hero, other = premise.slots["hero"], premise.slots["other"]
    if hero in other or other in hero or hero.casefold() in {"he", "she", "i"}:
        wished = tuple(one for one in wished if "{other}" not in one and one != "{hero}") or wished
        wished = tuple(one for one in wished if "{hero} and" not in one) or wished
    slots = premise.slots
    if premise.themes:
        wished, slots = premise.themes[0].titles, slots | premise.themes[0].slots
    title = fill(rng.choice(wished), slots, brief.locale)
    if brief.locale is Locale.ZH:
        title = re.sub(r"^那[一-鿿](?=[一-鿿]{1,})", lambda m: "一" + m[0][1:], title)
    return (title if brief.locale is Locale.ZH else title_case(title))[:60]


def title_case(title: str) -> str:
    """Gives an English title its capitals."""
    found = title.split()
    return " ".join(
        word if index and word.casefold() in _SMALL else word[:1].upper() + word[1:]
        for index, word in enumerate(found)
    )


def _marked(text: str) -> str:
    match = re.search(r"《([^《》]{1,30})》", text[:400])
    return match[1] if match else ""


def _style(brief: Brief, era: Era) -> str:
    asked = brief.style.strip() or table_style(brief)
    if asked:
        return asked[:300]
    if era is Era.ANCIENT and brief.locale is Locale.ZH:
        return "古风，水墨与皮影的光影"
    if brief.locale is Locale.ZH:
        return "皮影般的剪影，逆光，少而准的颜色"
    return "silhouettes against soft light, few colours, paper texture"


def _of_author(brief: Brief) -> Concept:
    source = brief.source
    text = table_text(brief) if source.kind is SourceKind.TABLE else source.text
    if source.kind is SourceKind.SCREENPLAY and source.script:
        text = "\n".join(item.text for item in source.script)
    text = f"{source.place}\n{text}"[:_READ]
    era = read_era(text[:20000] + source.title + brief.style)
    said = _first_words(brief, text)
    return Concept(
        title=_title(brief, said),
        logline=tidy(" ".join(said[:2]))[:300],
        era=era,
        mood=read_mood(text[:8000]) or Mood.SERENE,
        style=_style(brief, era),
        hook=said[0] if said else "",
        turn=said[len(said) // 2] if len(said) > 2 else "",
        ending=said[-1] if len(said) > 1 else "",
        characters=author_people(brief, text, era),
    )


def author_people(brief: Brief, text: str, era: Era) -> tuple[Character, ...]:
    """Gives the cast of an author's material: those declared, those who speak, those told of."""
    source = brief.source
    speakers = [item.speaker for item in source.script if item.speaker]
    speakers += [row.speaker for row in source.rows if row.speaker]
    speakers += [item.speaker for row in source.rows for item in row.said if item.speaker]
    declared = [re.sub(r"[（(].*?[)）]", "", name).strip() for name in (*source.cast, *speakers)]
    if source.kind is SourceKind.STORY:
        declared = list(source.cast)
    if source.kind is SourceKind.SCREENPLAY and source.script:
        spoken = {ScriptKind.NARRATION, ScriptKind.DIALOGUE}
        text = "\n".join(item.text for item in source.script if item.kind not in spoken)[:_READ]
    return find_people(text, declared=[name for name in declared if name], era=era)


def _first_words(brief: Brief, text: str) -> list[str]:
    if brief.source.script:
        found = [tidy(i.text) for i in brief.source.script if i.kind.line_kind is not None]
    elif brief.source.rows:
        found = [tidy(row.spoken or row.scene_text) for row in brief.source.rows]
    else:
        found = [_CHAPTER.sub("", one) for one in sentences(_MARKS.sub("", text[:8000]))]
    return [one[:300] for one in found if speakable(one)]


def _short_title(text: str) -> str:
    """Gives the first words of an English sentence, not ending in a small one."""
    found = text.split()[:6]
    while len(found) > 1 and found[-1].casefold() in _SMALL | {"for", "from", "with", "into"}:
        found.pop()
    return title_case(" ".join(found))


def _title(brief: Brief, said: list[str]) -> str:
    given = tidy(brief.source.title) or _marked(brief.source.text)
    if given:
        return (_BOARD_OF.sub("", given) or given)[:60]
    for item in brief.source.script:
        if item.kind is ScriptKind.PLACE and speakable(item.text):
            return tidy(item.text)[:60]
    if not said:
        return "无题" if brief.locale is Locale.ZH else "Untitled"
    first = clauses(said[0])[0]
    bare = re.sub(r"^\W+|\W+$", "", first)
    return (bare[:14] if has_chinese(bare) else _short_title(bare))[:60] or "—"

"""What the rehearsal writer makes of briefs: repetition, sizes, what is taken up, titles.

    python benchmarks/rehearsal.py [--part read|fresh|last] [--seed N] [--films FOLDER]

Prints a table. With `--films`, the documents are written to read: a file a brief. Nothing is
rendered. The checks know nothing of how the writer works: they read what it has written.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path

import rjieba
import yaml

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.machine import table
from nightshoot.domain.brief import Brief, Source, SourceKind
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.rules import bare
from nightshoot.domain.screenplay import Concept, Line, LineKind, Screenplay
from nightshoot.domain.storyboard import Figure, Storyboard
from nightshoot.domain.vocabulary import Locale, ShotSize
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay

BRIEFS = Path(__file__).parent / "inputs" / "briefs.yaml"
WIDE = 0.2
"""A shot at most so tight shows the place: EWS and WS."""
ALIKE = 0.82
"""Two lines of which so much is the same, names aside, are one line: a choice."""

_STOP_EN = frozenset(
    re.findall(
        r"[a-z]+",
        """a an the and or but of in on at to from for with by as is are was were be been has have
        had that which who whom whose this these those his her their its him he she they it them
        one out up down off into over all not no until because then than when always every never
        own must two three i you we my your our some do does did so new back begins comes""",
    )
)
_STOP_ZH = frozenset(
    re.findall(
        r"\w+",
        """的 了 是 在 和 与 被 把 给 却 就 都 也 有 一个 一只 一封 这 那 他 她 它 自己 他们 她们
        这一次 可 着 过 到 里 上 里面 不 没有 从
        向 对 为 让 会 要 成 所有 只 多 个 口 封 只有 用 那天 发现 回到
        每 每天 每晚 直到 一天 有 一间 同 一份 只记 得 全 最后 第 一身 写给""",
    )
)
"""Words that carry nothing of a brief."""


@dataclass(frozen=True, slots=True)
class Made:
    """The documents of one brief."""

    brief: Brief
    concept: Concept
    screenplay: Screenplay
    board: Storyboard

    @property
    def invented(self) -> list[Line]:
        """Gives the lines that are not the brief's own words."""
        said = bare(self.brief.source.text)
        return [line for line in self.screenplay.lines if bare(line.text) not in said]

    def masked(self, line: Line) -> str:
        """Gives a line without the names in it, as another film might say it of others."""
        text = line.text.casefold()
        names = [n for c in self.screenplay.characters for n in (c.name, *c.aliases)]
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name.casefold().removeprefix("the "), "…")
        return bare(re.sub(r"\b(?:he|she|his|her|him)\b|[他她]", "", text.replace("…", "x")))


def make(text: str, locale: Locale, seed: int) -> Made:
    source = Source(kind=SourceKind.BRIEF, text=text, locale=locale)
    brief = Brief(source=source, locale=locale, seed=seed)
    concept = conceive(brief)
    screenplay = write_screenplay(ScreenplayOrder(brief=brief, concept=concept))
    order = BoardOrder(brief=brief, concept=concept, screenplay=screenplay)
    return Made(brief, concept, screenplay, board(order))


def content_words(text: str, locale: Locale) -> list[str]:
    """Gives the words of a brief that carry it: no pronouns, no small words."""
    if locale is Locale.ZH:
        found = [w for w in rjieba.cut(text) if bare(w) and w not in _STOP_ZH]
    else:
        told = re.findall(r"[a-z]+", text.casefold().replace("'s", ""))
        found = [w for w in told if w not in _STOP_EN]
    return list(dict.fromkeys(found))


def holds(text: str, word: str, locale: Locale) -> bool:
    if locale is Locale.ZH:
        return word in text
    stem = re.sub(r"(?:ies|es|s|ing|ed)$", "", word) if len(word) > 4 else word
    return re.search(rf"\b{re.escape(stem)}", text.casefold()) is not None


def title_faults(made: Made) -> list[str]:
    """Says what is wrong with a title as a title."""
    title, text = made.concept.title, made.brief.source.text
    found = []
    if made.brief.locale is Locale.ZH:
        if len(title) > 12:
            found.append("long")
        if re.search(r"[的与和]$|^[的与和]", title):
            found.append("unfinished")
        if re.search(r"陌生人|夜归人|行人", title) and not re.search(r"陌生人|夜归人|行人", text):
            found.append("somebody unknown")
        if re.search(r"^(那|一)[封把只份本张枚部支盏](.+)$", title):
            found.append("a thing and its measure word alone")
        return found
    words = re.findall(r"[A-Za-z']+", title)
    before = ("the", "a", "an", "one", "her", "his", "my", "their", "no", "every", "two", "last")
    for at, word in enumerate(words):
        low = word.casefold()
        counted = re.search(
            rf"\b(?:a|an|the|his|her|their)\s+(?:[a-z]+\s+){{0,2}}{low}\b", text, re.IGNORECASE
        )
        led = at and (words[at - 1].casefold() in before or words[at - 1].endswith("'s"))
        led = led or (at > 1 and words[at - 2].casefold() in before)
        if counted and low not in _STOP_EN and not led:
            found.append(f"no article: {word}")
    if len(words) > 8:
        found.append("long")
    if words and words[-1].casefold() in {"and", "of", "the", "a", "to", "in", "with"}:
        found.append("unfinished")
    if re.search(r"stranger|walker", title, re.IGNORECASE) and not re.search(
        r"stranger|walk", text, re.IGNORECASE
    ):
        found.append("somebody unknown")
    return found


def runs(sizes: Sequence[ShotSize]) -> list[int]:
    return [len(list(group)) for _, group in groupby(sizes)]


def close_runs(sizes: Sequence[ShotSize]) -> int:
    """Gives the longest run of close pictures: MCU, CU, ECU."""
    return max(
        (len(list(g)) for near, g in groupby(s.tightness > 0.6 for s in sizes) if near), default=0
    )


def alike(one: str, two: str) -> bool:
    return one == two or SequenceMatcher(None, one, two, autojunk=False).ratio() >= ALIKE


def repeated_within(made: Made) -> int:
    said = [made.masked(line) for line in made.screenplay.lines]
    return sum(any(alike(one, two) for two in said[:at]) for at, one in enumerate(said))


def repeated_between(films: Sequence[Made]) -> tuple[int, int, int, int]:
    """Counts invented lines, and dialogue, that another film has too, and all of each."""
    told = [[(made.masked(n), n.kind) for n in made.invented] for made in films]
    again, talk, talk_again, total = 0, 0, 0, 0
    for at, lines in enumerate(told):
        others = [one for place, rest in enumerate(told) if place != at for one, _ in rest]
        for line, kind in lines:
            total += 1
            twice = any(alike(line, other) for other in others)
            again += twice
            talk += kind is LineKind.DIALOGUE
            talk_again += twice and kind is LineKind.DIALOGUE
    return again, total, talk_again, talk


def taken_up(made: Made, lines: Iterable[Line]) -> tuple[int, int]:
    """Counts the lines that hold a content word of the brief, and all."""
    words = content_words(made.brief.source.text, made.brief.locale)
    found = list(lines)
    return sum(any(holds(n.text, w, made.brief.locale) for w in words) for n in found), len(found)


def words_used(made: Made) -> tuple[int, int]:
    """Counts the brief's content words that lines the writer invented hold, and all of them."""
    words = content_words(made.brief.source.text, made.brief.locale)
    said = " ".join(line.text for line in made.invented)
    return sum(holds(said, word, made.brief.locale) for word in words), len(words)


def words_kept(made: Made) -> tuple[int, int]:
    words = content_words(made.brief.source.text, made.brief.locale)
    text = " ".join(
        (
            *(n.text for n in made.screenplay.lines),
            *(b.action for s in made.screenplay.scenes for b in s.beats),
        )
    )
    return sum(holds(text, word, made.brief.locale) for word in words), len(words)


def first_wide(made: Made) -> int:
    """Gives the number of the first shot that shows the place; 99: none does."""
    for at, shot in enumerate(made.board.shots, start=1):
        if shot.camera.size.tightness <= WIDE:
            return at
    return 99


def report(films: Sequence[Made]) -> list[tuple[str, str]]:
    shots = [[shot.camera.size for shot in made.board.shots] for made in films]
    counts = [len(sizes) for sizes in shots]
    again, total, talk_again, talk = repeated_between(films)
    faults = {made.concept.title: f for made in films if (f := title_faults(made))}
    first = Counter(sizes[0].value for sizes in shots)
    kept, all_words = map(sum, zip(*map(words_kept, films), strict=True))
    used, _ = map(sum, zip(*map(words_used, films), strict=True))
    about, invented = map(sum, zip(*(taken_up(m, m.invented) for m in films), strict=True))
    spoken = [[n for n in m.invented if n.kind is LineKind.DIALOGUE] for m in films]
    told, spoken_all = map(
        sum, zip(*(taken_up(m, s) for m, s in zip(films, spoken, strict=True)), strict=True)
    )
    descriptions = [shot.description for made in films for shot in made.board.shots]
    titles = Counter(made.concept.title for made in films)
    return [
        ("films", str(len(films))),
        (
            "shots a film, median (least to most)",
            f"{statistics.median(counts):g} ({min(counts)} to {max(counts)})",
        ),
        ("lines repeated within a film", str(sum(map(repeated_within, films)))),
        (
            "invented lines that another film has",
            f"{again} of {total} ({again / max(1, total):.0%})",
        ),
        ("of these, dialogue", f"{talk_again} of {talk} ({talk_again / max(1, talk):.0%})"),
        ("films without dialogue", str(sum(not one for one in spoken))),
        ("runs of three sizes alike", str(sum(run > 2 for s in shots for run in runs(s)))),
        ("longest run of close pictures", str(max(map(close_runs, shots)))),
        ("films with four close pictures in a row", str(sum(close_runs(s) > 3 for s in shots))),
        ("first shot", ", ".join(f"{size} {count}" for size, count in first.most_common())),
        (
            "films whose place is seen by shot 3",
            f"{sum(first_wide(m) <= 3 for m in films)} of {len(films)}",
        ),
        ("films that never show the place", str(sum(first_wide(m) == 99 for m in films))),
        (
            "shots without lines",
            f"{sum(not s.lines for m in films for s in m.board.shots)} of {len(descriptions)}",
        ),
        ("brief's content words in the screenplay", f"{kept / all_words:.0%}"),
        ("brief's content words in invented lines", f"{used / all_words:.0%}"),
        (
            "invented lines that name something of the brief",
            f"{about} of {invented} ({about / max(1, invented):.0%})",
        ),
        ("of dialogue", f"{told} of {spoken_all} ({told / max(1, spoken_all):.0%})"),
        (
            "descriptions used twice in a film",
            str(
                sum(len(m.board.shots) - len({s.description for s in m.board.shots}) for m in films)
            ),
        ),
        ("titles used twice", str(sum(n - 1 for n in titles.values()))),
        ("title faults", f"{len(faults)}: {faults}"),
    ]


def _figure(figure: Figure, names: dict[str, str]) -> str:
    held = f" +{figure.holding}" if figure.holding else ""
    mount = f" on {figure.mount}" if figure.mount else ""
    who = names.get(figure.character, "?")
    return f"[{who} {figure.posture} {figure.gesture}{held}{mount} {figure.facing}]"


def page(made: Made) -> str:
    """Gives the documents of a film to read, as a script."""
    said = {line.id: line for line in made.screenplay.lines}
    own = bare(made.brief.source.text)
    names = {c.id: c.name for c in made.screenplay.characters}
    cast = ", ".join(
        f"{c.name} ({c.look.sex}, {c.look.age}, {c.look.dress})" for c in made.screenplay.characters
    )
    rows = [
        f"# {made.concept.title}",
        made.brief.source.text,
        f"theme {made.concept.theme}; {made.concept.era}, {made.concept.mood}; cast: {cast}",
    ]
    scene = ""
    for shot in made.board.shots:
        if shot.scene != scene:
            scene = shot.scene
            s = next(one for one in made.screenplay.scenes if one.id == scene)
            rows.append(f"-- {s.id} {s.place} / {s.setting} {s.time_of_day} {s.weather} {s.mood}")
        figures = " ".join(_figure(figure, names) for figure in shot.staging.figures)
        camera = shot.camera
        rows.append(
            f"{shot.id} {camera.size:3} {camera.angle} {camera.move} {shot.min_duration_s:g}s "
            f"{shot.transition} | {shot.description} {figures} {' '.join(shot.staging.dressing)}"
        )
        for one in shot.lines:
            line = said[one]
            mark = " " if bare(line.text) in own else "+"
            rows.append(f"      {mark} {names.get(line.speaker, 'NARR')}: {line.text}")
    return "\n".join(rows) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("read", "fresh", "last"), default="read")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--films", type=Path)
    options = parser.parse_args()
    briefs = yaml.safe_load(BRIEFS.read_text(encoding="utf-8"))[options.part]
    films = [make(t, Locale(code), options.seed) for code, texts in briefs.items() for t in texts]
    for locale in Locale:
        some = [made for made in films if made.brief.locale is locale]
        print(f"\n{locale.value}")
        print(table(("measure", "value"), report(some)))
    if options.films:
        options.films.mkdir(parents=True, exist_ok=True)
        for locale in Locale:
            pages = [page(made) for made in films if made.brief.locale is locale]
            (options.films / f"{options.part}.{locale.value}.txt").write_text(
                "\n".join(pages), encoding="utf-8"
            )


if __name__ == "__main__":
    main()

"""Storyboard tables, Chinese and English: headings, cells, and what contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from nightshoot.domain.brief import BoardRow, ScriptItem, ScriptKind, Source, SourceKind
from nightshoot.domain.time import parse_duration
from nightshoot.domain.vocabulary import (
    CameraAngle,
    CameraMove,
    Locale,
    MoveStrength,
    ShotSize,
    Term,
    Transition,
)
from nightshoot.errors import InputError
from nightshoot.sources.grids import Grid
from nightshoot.sources.remarks import Remark
from nightshoot.sources.texts import cleaned, locale_of, titled

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": (
        "分镜", "镜号", "镜头号", "镜头", "序号", "编号", "分镜号",
        "shot", "shot no", "shot number", "number", "no", "#", "id",
    ),
    "size": ("景别", "shot size", "size", "framing", "shot type"),
    "angle": ("角度", "机位", "拍摄角度", "视角", "angle", "camera angle"),
    "move": (
        "运镜", "镜头运动", "运动", "摄法", "运镜方式", "camera move", "move", "camera",
        "movement", "camera movement",
    ),
    "scene_text": (
        "场景描述", "场景", "剧情", "内容", "scene", "scene description", "story", "text",
    ),
    "picture_text": (
        "画面描述", "画面", "画面内容", "描述", "picture", "visual", "visuals", "description",
        "image", "action", "what we see",
    ),
    "narration": (
        "旁白", "画外音", "解说词", "解说", "narration", "vo", "v.o.", "voice over", "voiceover",
    ),
    "dialogue": (
        "台词", "对白", "对话", "文案", "配音", "dialogue", "line", "lines", "spoken", "script",
    ),
    "speaker": ("角色", "人物", "说话人", "speaker", "character"),
    "sound": ("音效", "声音", "音乐", "sound", "sfx", "audio"),
    "duration": ("时长", "秒数", "时间", "duration", "length", "seconds", "time"),
    "transition": ("转场", "过渡", "transition"),
}  # fmt: skip

Kind = TypeVar("Kind", bound=Term)

NARRATORS = ("旁白", "画外音", "解说", "narrator", "narration", "v.o.", "vo", "voice over")
"""What a column of speakers says for a narrator who is no character."""

_CUE = re.compile(
    r"(?P<who>[\u4e00-\u9fff·]{1,6}|[A-Z][\w'.]*(?: [A-Z][\w'.]*){0,2})\s*[：:]\s*(?P<words>.+)"
)
"""A name before what is said: up to six Chinese characters, or three capitalised words."""

_STRENGTHS = {
    MoveStrength.GENTLE: ("缓慢", "缓缓", "慢慢", "轻轻", "slow", "gentle"),
    MoveStrength.STRONG: ("快速", "急速", "迅速", "猛", "fast", "quick", "strong", "whip"),
}
_STRENGTH_WORDS = {MoveStrength.GENTLE: ("缓慢", "slow "), MoveStrength.STRONG: ("快速", "fast ")}
_HEADING_WITHIN = 6
_TEXT_COLUMNS = ("scene_text", "picture_text", "narration", "dialogue")
_BARE_SECONDS = re.compile(r"\d+(?:\.\d+)?")
_NOTHING = ("", "-", "—", "--", "无", "n/a", "none", "/")


def is_board(grid: Grid) -> bool:
    """Whether a table has a column for what is seen or said, and one more that a board has."""
    found = _columns(grid[_heading_row(grid)])
    return any(name in found for name in _TEXT_COLUMNS) and len(found) > 1


def read_table(grids: Sequence[Grid], *, name: str, locale: Locale | None) -> Source:
    """Reads a storyboard table, or several that follow each other, as one for each scene.

    What the tables say is kept; a cell that says what belongs in another column is moved there
    where that one is empty, and reported. Rows above a table's heading are its title.

    Args:
        grids: the tables; a table without a column that can be used is left out.
        name: the title where the table has none.
        locale: the film's language, or None to tell it from the text.

    Raises:
        InputError: no column can be used, or no row says anything.
    """
    reports: list[str] = []
    rows: list[BoardRow] = []
    texts: list[str] = []
    headed = False
    words = "\n".join(cell for grid in grids for cells in grid for cell in cells)
    locale = locale or locale_of(words)
    for grid in grids:
        top = _heading_row(grid) if grid else 0
        columns = _columns(grid[top]) if grid else {}
        if any(column in columns for column in _TEXT_COLUMNS):
            headed = True
            texts += [" ".join(cells) for cells in grid[top + 1 :]]
            read = (
                _Reader(cells, columns, place, reports, locale).row()
                for place, cells in enumerate(grid[top + 1 :], start=len(rows) + 1)
            )
            rows += [row for row in read if row is not None]
    if not headed:
        wanted = "画面描述, 场景描述, 台词, description, scene or dialogue"
        raise InputError(f"the table has no column that can be used: name one of {wanted}")
    if not rows:
        raise InputError("the table has no row that says what is seen or said")
    text = cleaned("\n".join(texts), name="the table")
    return Source(
        kind=SourceKind.TABLE,
        text=text,
        title=titled(name),
        locale=locale,
        rows=_numbered(rows, reports, locale),
        reports=tuple(reports),
    )


def _heading_row(grid: Grid) -> int:
    """Gives the place of the heading: the first of the top rows that names most columns."""
    top = grid[:_HEADING_WITHIN]
    return max(range(len(top)), key=lambda place: (len(_columns(top[place])), -place))


def _columns(heading: Sequence[str]) -> dict[str, int]:
    """Gives the place of each column that the heading names."""
    found: dict[str, int] = {}
    for place, cell in enumerate(heading):
        # A bracket in a heading gives the unit or an example: 时长（秒）, size (WS/MS/CU).
        word = re.sub(r"[（(].*?[）)]", " ", cell)
        word = re.sub(r"[\s_*]+", " ", word).strip().casefold().rstrip(".:：")
        for column, names in COLUMNS.items():
            if word in names and column not in found:
                found[column] = place
    return found


def _numbered(rows: list[BoardRow], reports: list[str], locale: Locale) -> tuple[BoardRow, ...]:
    """Gives each row a number of its own."""
    taken: set[str] = set()
    result = []
    for place, row in enumerate(rows, start=1):
        number = row.number or str(place)
        if number in taken:
            other = next(
                f"{number}-{n}" for n in range(2, len(rows) + 2) if f"{number}-{n}" not in taken
            )
            reports.append(Remark.TWICE.about(number, locale, other=other))
            number = other
        taken.add(number)
        result.append(row.model_copy(update={"number": number}))
    return tuple(result)


@dataclass
class _Reader:
    """Reads one row's cells."""

    cells: Sequence[str]
    columns: dict[str, int]
    place: int
    reports: list[str]
    locale: Locale

    def row(self) -> BoardRow | None:
        if not any(self._text(column) for column in _TEXT_COLUMNS):
            if any(cell.strip() for cell in self.cells):
                self._remark(Remark.SAYS_NOTHING)
            return None
        size = self._term("size", ShotSize)
        move, strength, size = self._move(size)
        said = self._said()
        cued = {item.speaker for item in said if item.speaker}
        return BoardRow(
            number=self._text("number")[:24],
            size=size,
            angle=self._term("angle", CameraAngle),
            move=move,
            strength=strength,
            scene_text=self._text("scene_text"),
            picture_text=self._text("picture_text"),
            speaker=self._text("speaker") or (cued.pop() if len(cued) == 1 else ""),
            spoken="\n".join(item.text for item in said) or None,
            said=said,
            sound=self._text("sound"),
            duration_s=self._duration(),
            transition=self._term("transition", Transition),
        )

    def _text(self, column: str) -> str:
        place = self.columns.get(column)
        if place is None or place >= len(self.cells):
            return ""
        text = self.cells[place].strip()
        return "" if text.casefold() in _NOTHING else text

    def _said(self) -> tuple[ScriptItem, ...]:
        """Reads what is spoken, line by line; `name：words` is said by who is named."""
        narrated = self._text("narration").splitlines()
        items = [(ScriptKind.NARRATION, "", line) for line in narrated]
        column = self._text("speaker")
        by_column = "" if column.casefold() in NARRATORS else column
        for line in self._text("dialogue").splitlines():
            cue = None if column else _CUE.fullmatch(line.strip())
            if cue and cue["who"].strip().casefold() not in NARRATORS:
                items.append((ScriptKind.DIALOGUE, cue["who"].strip(), cue["words"]))
            elif cue:
                items.append((ScriptKind.NARRATION, "", cue["words"]))
            else:
                kind = ScriptKind.DIALOGUE if by_column else ScriptKind.NARRATION
                items.append((kind, by_column, line))
        return tuple(
            ScriptItem(kind=kind, text=text.strip(), speaker=speaker)
            for kind, speaker, text in items
            if text.strip()
        )

    def _term(self, column: str, kind: type[Kind]) -> Kind | None:
        text = self._text(column)
        term = kind.parse(text) or mentioned(text, kind) if text else None
        if text and term is None:
            self._remark(Remark.UNKNOWN_TERM, column=self.heading(column), text=text)
        return term

    def _move(
        self, size: ShotSize | None
    ) -> tuple[CameraMove | None, MoveStrength | None, ShotSize | None]:
        """Reads the move; a shot size that stands there is used where the size is not given."""
        text = self._text("move")
        if not text:
            return None, None, size
        strength = _strength(text)
        move = CameraMove.parse(text) or mentioned(text, CameraMove)
        stray = ShotSize.parse(text) or mentioned(text, ShotSize)
        if stray is not None:
            if size is None:
                self._remark(Remark.SIZE_IN_MOVE_USED, text=text)
                size = stray
            elif stray is not size:
                name = size.chinese if self.locale is Locale.ZH else size.value
                self._remark(Remark.SIZES_DIFFER, text=text, size=name)
            elif move is None:
                self._remark(Remark.SIZE_IN_MOVE, text=text)
        elif move is None:
            self._remark(Remark.UNKNOWN_MOVE, text=text)
        return move, strength if move is not None else None, size

    def _duration(self) -> float | None:
        text = self._text("duration")
        if not text:
            return None
        try:
            match = _BARE_SECONDS.fullmatch(text)
            return max(1.0, min(float(text), 60.0)) if match else min(parse_duration(text), 60.0)
        except InputError:
            self._remark(Remark.UNKNOWN_DURATION, text=text)
            return None

    def heading(self, column: str) -> str:
        """Gives a column's usual heading in the table's language."""
        names = COLUMNS[column]
        chinese = self.locale is Locale.ZH
        return next(name for name in names if name.isascii() is not chinese)

    def _remark(self, remark: Remark, **words: str) -> None:
        row = self._text("number") or str(self.place)
        self.reports.append(remark.about(row, self.locale, **words))


def _strength(text: str) -> MoveStrength | None:
    """Gives how strong a move the words ask for, or None where they do not say."""
    folded = text.casefold()
    for strength, words in _STRENGTHS.items():
        if any(word in folded for word in words):
            return strength
    return None


def mentioned(text: str, kind: type[Kind]) -> Kind | None:
    """Gives the term whose longest spelling a text contains; for one-letter words, only Chinese."""
    folded = re.sub(r"[\s_\-]+", " ", text).casefold()
    best: tuple[int, Kind] | None = None
    for term in kind:
        for word in (term.chinese, *term.aliases, term.value.replace("_", " ")):
            spelled = word.casefold()
            found = (
                re.search(rf"(?<![a-z]){re.escape(spelled)}(?![a-z])", folded)
                if spelled.isascii()
                else spelled in folded
            )
            if found and (best is None or len(spelled) > best[0]):
                best = (len(spelled), term)
    return best[1] if best else None


def strength_word(strength: MoveStrength, locale: Locale) -> str:
    """Gives the word that a table says before a move for its strength; empty for the usual."""
    chinese, english = _STRENGTH_WORDS.get(strength, ("", ""))
    return chinese if locale is Locale.ZH else english

"""A storyboard as a table that people edit in a spreadsheet, and that reads back the same."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile

from nightshoot.domain.screenplay import NARRATOR, LineKind, Screenplay
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.domain.vocabulary import Locale
from nightshoot.sources.grids import Grid
from nightshoot.sources.table import strength_word
from nightshoot.sources.texts import without_controls

_HEADINGS = {
    Locale.ZH: ("分镜", "景别", "角度", "运镜", "台词", "画面描述", "音效", "时长", "转场"),
    Locale.EN: (
        "shot", "size", "angle", "move", "dialogue", "picture", "sound", "duration", "transition",
    ),
}  # fmt: skip
_LONG_AGO = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)


def board_grid(board: Storyboard, screenplay: Screenplay) -> Grid:
    """Gives the table's rows, the heading first, in the film's language."""
    rows = [list(_HEADINGS[board.locale])]
    rows += [_row(shot, board.locale, screenplay) for shot in board.shots]
    return [[without_controls(cell) for cell in row] for row in rows]


def _row(shot: Shot, locale: Locale, screenplay: Screenplay) -> list[str]:
    camera = shot.camera
    size = camera.size.chinese if locale is Locale.ZH else camera.size.value
    move = strength_word(camera.strength, locale) + camera.move.label(locale)
    return [
        shot.number,
        size,
        camera.angle.label(locale),
        move,
        "\n".join(_said(screenplay, line) for line in shot.lines),
        shot.description,
        shot.sound,
        f"{shot.min_duration_s:g}",
        shot.transition.label(locale),
    ]


def _said(screenplay: Screenplay, line_id: str) -> str:
    line = screenplay.line(line_id)
    if line.kind is LineKind.NARRATION or line.speaker == NARRATOR:
        return line.text
    return f"{screenplay.character(line.speaker).name}：{line.text}"


def board_csv(board: Storyboard, screenplay: Screenplay) -> str:
    """Gives the table as CSV. A spreadsheet opens it rightly when saved as UTF-8 with its mark."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(board_grid(board, screenplay))
    return text.getvalue()


def board_xlsx(board: Storyboard, screenplay: Screenplay) -> bytes:
    """Gives the table as an Excel file; equal boards give equal bytes."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.properties.created = book.properties.modified = _LONG_AGO.replace(tzinfo=None)
    sheet = book.active
    assert sheet is not None
    sheet.title = "分镜" if board.locale is Locale.ZH else "storyboard"
    for number, row in enumerate(board_grid(board, screenplay), start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(row=number, column=column, value=text)
            # A text that looks like a formula must stay a text in the reader's spreadsheet.
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHI", (10, 10, 10, 14, 44, 44, 14, 8, 12), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return _undated(written.getvalue())


def _undated(data: bytes) -> bytes:
    """Gives the same archive with every entry dated alike."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _fixed_times(content)
            entry = zipfile.ZipInfo(name, date_time=_LONG_AGO.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return result.getvalue()


def _fixed_times(content: bytes) -> bytes:
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", content)

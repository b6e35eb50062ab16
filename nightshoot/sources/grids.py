"""Rows and cells out of Markdown, CSV and Excel files."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile

from nightshoot.errors import InputError
from nightshoot.sources.texts import without_controls

Grid = list[list[str]]
"""Rows of cells, the heading first."""

_RULE = re.compile(r":?-{1,}:?")
_HEADING = re.compile(r"#{1,3}\s+(.+)")
_DELIMITERS = ",\t;，"
_MOST_ROWS = 2_000
_LAST_ROW, _LAST_COLUMN = _MOST_ROWS + 20, 40

_MOST_UNPACKED = 100 * 2**20
"""Bytes that an Excel file may unpack to. Source: 2,000 rows of 40 cells of 1,000 letters are
80 MB; reading 100 MiB of XML takes seconds, and a file made to fill the memory has gigabytes."""


def from_markdown(text: str) -> list[Grid]:
    """Gives the tables of a Markdown text, in order."""
    grids: list[Grid] = [[]]
    for line in text.splitlines():
        if "|" in line:
            cells = _pipe_cells(line.strip())
            if not (any(cells) and all(_RULE.fullmatch(cell) for cell in cells if cell)):
                grids[-1].append(cells)
        else:
            grids.append([])
    return [_bounded(grid) for grid in grids if len(grid) > 1]


def _pipe_cells(line: str) -> list[str]:
    """Gives the cells of a row; only the pipe at either end is no separator."""
    parts = re.split(r"(?<!\\)\|", line)
    first = 1 if not parts[0].strip() and len(parts) > 1 else 0
    last = len(parts) - 1 if not parts[-1].strip() and len(parts) > first + 1 else len(parts)
    return [
        re.sub(r"<br\s*/?>", "\n", part.replace("\\|", "|"), flags=re.IGNORECASE).strip()
        for part in parts[first:last]
    ]


def words_outside(text: str) -> str:
    """Gives a Markdown text without its tables and headings."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if "|" not in line and not line.startswith("#")).strip()


def markdown_title(text: str) -> str:
    """Gives the first heading of a Markdown text, or nothing."""
    for line in text.splitlines()[:20]:
        match = _HEADING.fullmatch(line.strip())
        if match:
            return re.split(r"[：:]\s*分镜|[：:]?\s*分镜表?$", match[1].strip(" #*"))[0].strip()
    return ""


def without_title(text: str) -> str:
    """Gives a Markdown text without its first heading, which is a title and no part of it."""
    lines = text.splitlines()
    for place, line in enumerate(lines[:20]):
        if _HEADING.fullmatch(line.strip()):
            kept = "\n".join(lines[:place] + lines[place + 1 :]).strip()
            return kept if any(char.isalnum() for char in kept) else text
    return text


def from_csv(text: str) -> Grid:
    """Gives the rows of a CSV text, whatever parts its cells.

    Raises:
        InputError: it is not CSV.
    """
    heads = (line for line in text.split("\n") if any(mark in line for mark in _DELIMITERS))
    delimiter = max(_DELIMITERS, key=next(heads, "").count)
    if delimiter == "，":
        text, delimiter = text.replace("，", ","), ","
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(f"the table cannot be read as CSV: {error}") from None
    return _bounded([[cell.strip() for cell in row] for row in rows])


def from_xlsx(data: bytes, *, name: str, blanks: bool = False) -> list[Grid]:
    """Gives the rows of each sheet that has any.

    Args:
        data: the file's bytes.
        name: what an error calls the file.
        blanks: keep rows without words, so that a row's place tells its number in the sheet.

    Raises:
        InputError: it is not an Excel file, it unpacks to too much, or it has no rows.
    """
    import zlib
    from xml.etree.ElementTree import ParseError

    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > _MOST_UNPACKED:
            raise InputError(
                f"{name} unpacks to {size / 2**20:.0f} MiB: that is no storyboard; shorten it"
            )
        grids = _sheets(data, blanks=blanks)
    except (
        zipfile.BadZipFile,
        zlib.error,
        ParseError,
        InvalidFileException,
        # What openpyxl and zipfile raise where a part is missing, broken or encrypted.
        AttributeError,
        EOFError,
        LookupError,
        NotImplementedError,
        OSError,
        OverflowError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        raise InputError(
            f"{name} cannot be read as an Excel file ({error}): save it anew, or as .csv"
        ) from None
    if not grids:
        raise InputError(f"{name} has no rows: put a heading and rows below it into it")
    return grids


def _sheets(data: bytes, *, blanks: bool) -> list[Grid]:
    import openpyxl

    with warnings.catch_warnings():
        # It warns of drawings, validations and styles, which a table does not need.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [
            [
                ["" if cell is None else _cell(cell) for cell in row]
                for row in sheet.iter_rows(
                    values_only=True, max_row=_LAST_ROW, max_col=_LAST_COLUMN
                )
            ]
            for sheet in book.worksheets
        ]
    bounded = [(sheet, _bounded(sheet)) for sheet in sheets]
    return [sheet if blanks else grid for sheet, grid in bounded if grid]


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return without_controls(str(value)).strip()


def _bounded(rows: Grid) -> Grid:
    grid = [row for row in rows if any(row)]
    if len(grid) > _MOST_ROWS + 1:
        raise InputError(f"the table has more than {_MOST_ROWS} rows: make several films of it")
    return grid

"""Finds out what the user handed in, and reads it."""

from __future__ import annotations

import errno
from pathlib import Path

from nightshoot.domain.brief import Source, SourceKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.sources import bulleted, fountain_text, grids, table
from nightshoot.sources.texts import cleaned, decoded, locale_of, read_bytes, titled

_TEXTS = (".txt", ".md", ".markdown", ".fountain", ".spmd", ".csv", ".tsv", "")
_LONGEST_PATH = 1024


def read_source(given: str, *, locale: Locale | None = None) -> Source:
    """Reads a brief, or the file that `given` names.

    A text file that holds a table with a column for what is seen or said is a storyboard; one with
    acts and speakers, or Fountain's scene headings, is a screenplay; any other is a story.

    Args:
        given: a brief in words, or a path.
        locale: the film's language, or None to tell it from the text.

    Raises:
        InputError: nothing can be made of it; the message says why and what to do.
    """
    path = _path(given)
    if path is None:
        text = cleaned(given, name="the brief")
        if not any(char.isalnum() for char in text):
            raise InputError("the brief has no words: say in a line what the film is about")
        return Source(kind=SourceKind.BRIEF, text=text, locale=locale or locale_of(text))
    if path.is_dir():
        raise InputError(f"{path} is a folder without production.yaml: name a file or a production")
    data = read_bytes(path)
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return _read_book(grids.from_xlsx(data, name=str(path)), path=path, locale=locale)
    if suffix not in _TEXTS:
        raise InputError(
            f"{path} is no kind of script: hand in .txt, .md, .fountain, .csv or .xlsx"
        )
    text = decoded(data, name=str(path))
    if not any(char.isalnum() for char in text):
        raise InputError(
            f"{path} has no words: write a story, a screenplay or a storyboard into it"
        )
    return _read_text(text, suffix=suffix, path=path, locale=locale)


def _read_text(text: str, *, suffix: str, path: Path, locale: Locale | None) -> Source:
    name = titled(path.stem)
    if suffix in (".csv", ".tsv"):
        return table.read_table([grids.from_csv(text)], name=name, locale=locale)
    if suffix in (".fountain", ".spmd"):
        return fountain_text.read_fountain(text, name=name, locale=locale)
    title = titled(grids.markdown_title(text))
    found = grids.from_markdown(text)
    boards = [grid for grid in found if table.is_board(grid)]
    if boards or (found and not any(char.isalnum() for char in grids.words_outside(text))):
        return table.read_table(boards or found, name=title or name, locale=locale)
    if bulleted.is_screenplay(text):
        return bulleted.read_bulleted(text, name=name, locale=locale)
    if fountain_text.is_fountain(text):
        return fountain_text.read_fountain(text, name=name, locale=locale)
    return Source(
        kind=SourceKind.STORY,
        text=grids.without_title(text) if title else text,
        title=title or (name if suffix else ""),
        locale=locale or locale_of(text),
    )


def _read_book(sheets: list[grids.Grid], *, path: Path, locale: Locale | None) -> Source:
    """Reads the first sheet that is a storyboard; an Excel file may hold one for each episode."""
    boards = [sheet for sheet in sheets if table.is_board(sheet)]
    source = table.read_table((boards or sheets)[:1], name=path.stem, locale=locale)
    if len(boards) < 2:
        return source
    report = f"{path.name} has {len(boards)} sheets with a storyboard; the first one was read."
    return source.model_copy(update={"reports": (report, *source.reports)})


def _path(given: str) -> Path | None:
    """Gives the path that is meant, or None where the words are a brief."""
    if not given.strip():
        raise InputError("the brief is empty: say in a line or a page what the film is about")
    if len(given) > _LONGEST_PATH or "\n" in given or "\x00" in given:
        return None
    try:
        path = Path(given).expanduser()
        if path.exists():
            return path
    except RuntimeError:
        return None
    except OSError as error:
        if error.errno == errno.EACCES:
            raise InputError(f"{path} cannot be read: {error.strerror}") from None
        return None
    looks_like_a_file = path.suffix.lower() in (*_TEXTS[:-1], ".xlsx", ".xlsm")
    if looks_like_a_file and " " not in given.strip():
        raise InputError(f"there is no file {given}: check the path, or put a brief in quotes")
    return None

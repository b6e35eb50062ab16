"""Lists of films: YAML, CSV, Excel, JSON lines, a brief a line, or a folder of stories."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from nightshoot.domain.batch import BatchEntry, BatchFault, BatchList, BatchOptions
from nightshoot.errors import InputError
from nightshoot.sources import grids
from nightshoot.sources.columns import NAMES, meant, part_named
from nightshoot.sources.texts import plain, read_bytes

SCRIPTS = (
    ".txt", ".md", ".markdown", ".fountain", ".spmd", ".csv", ".tsv", ".xlsx", ".xlsm",
)  # fmt: skip
"""What a file with one film is called."""

MOST_ENTRIES = 5_000
"""Source: a film takes minutes at least; this many are weeks of nights."""

_FILMS = ("films", "entries", "影片", "片单")
_CLAUSES = re.compile(r"[，。！？；：、,.!?;:\n]+")
_NOTHING = ("", "~", "null", "-", "—", "无")
_LONGEST_PATH = 1024
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class _Said:
    """One part of an entry as the list says it."""

    heading: str
    text: str
    where: str


_Row = tuple[str, list[_Said]]
"""Where an entry stands, and what is said of it."""


def read_list(path: Path) -> BatchList:
    """Reads a list of films.

    What cannot be used is left out and told with its file and line; the rest goes on. A relative
    path in the list starts from the list's own folder.

    Raises:
        InputError: nothing of it can be read.
    """
    if path.is_dir():
        return _read_folder(path)
    reader = _Reader(path)
    suffix = path.suffix.lower()
    data = read_bytes(path)
    readers = {
        **dict.fromkeys((".yaml", ".yml"), reader.from_yaml),
        **dict.fromkeys((".csv", ".tsv"), reader.from_csv),
        **dict.fromkeys((".jsonl", ".ndjson"), reader.from_jsonl),
        **dict.fromkeys((".txt", ".list", ""), reader.from_lines),
    }
    if suffix in (".xlsx", ".xlsm"):
        rows = reader.from_book(data)
    elif suffix in readers:
        rows = readers[suffix](plain(data, name=str(path)))
    else:
        raise InputError(
            f"{path} is no list of films: hand in .yaml, .csv, .xlsx, .jsonl, a .txt with a brief "
            "a line, or a folder of stories"
        )
    return reader.read(rows)


def _read_folder(folder: Path) -> BatchList:
    entries, places, faults = [], [], []
    for file in sorted(folder.iterdir(), key=lambda file: _natural(file.name)):
        if file.name.startswith(".") or file.is_dir():
            continue
        if file.suffix.lower() not in SCRIPTS:
            text = f"it is no kind of script: one ends in {', '.join(SCRIPTS)}"
            faults.append(BatchFault(where=str(file), text=text))
            continue
        entries.append(BatchEntry(path=str(file.resolve()), name=file.stem))
        places.append(str(file))
    if not entries:
        raise InputError(f"{folder} holds no story: put .txt, .md or .fountain files into it")
    return BatchList(entries=tuple(entries), places=tuple(places), faults=tuple(faults))


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts 第2集 before 第10集."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


class _Reader:
    """Reads the rows of one list."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._base = path.parent
        self._faults: list[BatchFault] = []

    def read(self, rows: Iterable[_Row]) -> BatchList:
        """Gives the entries of the rows."""
        entries, places = [], []
        for where, row in rows:
            entry = self._entry(where, row)
            if entry is not None:
                entries.append(entry)
                places.append(where)
            if len(entries) > MOST_ENTRIES:
                raise InputError(f"{self._path} has more than {MOST_ENTRIES} films: split it")
        if not entries:
            first = f"; {self._faults[0]}" if self._faults else ""
            raise InputError(f"{self._path} has no film that can be made{first}")
        return BatchList(entries=tuple(entries), places=tuple(places), faults=tuple(self._faults))

    def from_lines(self, text: str) -> Iterator[_Row]:
        """Reads a brief, or a path, a line; `#` begins a remark."""
        for number, line in enumerate(text.split("\n"), start=1):
            words = line.strip().removeprefix("- ").strip()
            if words and not words.startswith("#"):
                where = self._at(number)
                yield where, [_Said("brief", words, where)]

    def from_jsonl(self, text: str) -> Iterator[_Row]:
        """Reads a JSON string or object a line."""
        for number, line in enumerate(text.split("\n"), start=1):
            where = self._at(number)
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                self._fault(where, "it is not JSON: write one object a line")
                continue
            if isinstance(found, str):
                found = {"brief": found}
            if not isinstance(found, dict) or any(isinstance(one, dict) for one in found.values()):
                self._fault(where, "it is neither a brief nor an object with a brief and options")
                continue
            said = [_Said(str(key), _text(value), where) for key, value in found.items()]
            yield where, said

    def from_csv(self, text: str) -> Iterator[_Row]:
        """Reads a table of cells; a row's line is the one that it begins on."""
        head = next((line for line in text.split("\n") if line.strip()), "")
        delimiter = max(",\t;，", key=head.count)
        if delimiter == "，":
            text, delimiter = text.replace("，", ","), ","
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        rows: list[tuple[int, list[str]]] = []
        begins = 1
        try:
            for cells in reader:
                rows.append((begins, [cell.strip() for cell in cells]))
                begins = reader.line_num + 1
        except csv.Error as error:
            self._fault(self._at(begins), f"it cannot be read as CSV: {error}")
        yield from self._table(rows)

    def from_book(self, data: bytes) -> Iterator[_Row]:
        """Reads the first sheet of an Excel file that has a column for the film."""
        sheets = grids.from_xlsx(data, name=str(self._path), blanks=True)
        lists = [sheet for sheet in sheets if _heading(list(enumerate(sheet, start=1)))]
        if len(lists) > 1:
            self._fault(str(self._path), f"{len(lists)} sheets are lists; the first one was read")
        yield from self._table(list(enumerate((lists or sheets)[0], start=1)))

    def from_yaml(self, text: str) -> Iterator[_Row]:
        """Reads a list of briefs and entries, alone or under `films:` with what all have beside it.

        Scalars are taken as they are written: YAML would read 9:16 as a number of minutes.
        """
        try:
            node = yaml.compose(text, Loader=_LOADER)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            place = self._at(mark.line + 1) if mark else str(self._path)
            reason = getattr(error, "problem", None) or "it is not readable as YAML"
            raise InputError(f"{place}: {reason}") from None
        shared: list[_Said] = []
        films = node
        if isinstance(node, yaml.MappingNode):
            parts = {key.value: value for key, value in node.value}
            films = next((parts[name] for name in _FILMS if name in parts), None)
            shared = self._said(
                (key, value) for key, value in node.value if key.value not in _FILMS
            )
        if not isinstance(films, yaml.SequenceNode):
            raise InputError(f"{self._path}: write a list of films, each `- brief: ...`")
        for film in films.value:
            where = self._at(film.start_mark.line + 1)
            if isinstance(film, yaml.ScalarNode):
                yield where, [*shared, _Said("brief", film.value, where)]
            elif isinstance(film, yaml.MappingNode):
                own = self._said(film.value)
                parts_said = {part_named(said.heading) for said in own}
                yield (
                    where,
                    [said for said in shared if part_named(said.heading) not in parts_said] + own,
                )
            else:
                self._fault(where, "it is neither a brief nor an entry with a brief")

    def _said(self, pairs: Iterable[tuple[yaml.Node, yaml.Node]]) -> list[_Said]:
        return [
            _Said(str(key.value), _node_text(value), self._at(value.start_mark.line + 1))
            for key, value in pairs
        ]

    def _table(self, rows: list[tuple[int, list[str]]]) -> Iterator[_Row]:
        found = _heading(rows)
        if found is None:
            wanted = f"{', '.join(NAMES['brief'][:3])}, 简介, path or 文件"
            raise InputError(f"{self._path} has no column for the film: name one of {wanted}")
        top, headings = found
        for heading in headings:
            if part_named(heading) is None:
                self._fault(self._at(top), f"the column {heading!r} is unknown and left out")
        known = [(place, name) for place, name in enumerate(headings) if part_named(name)]
        for number, cells in rows:
            if number <= top or not any(cells):
                continue
            where = self._at(number)
            yield (
                where,
                [_Said(name, cells[place], where) for place, name in known if place < len(cells)],
            )

    def _entry(self, where: str, row: list[_Said]) -> BatchEntry | None:
        """Gives the entry of a row, or tells what is wrong with it."""
        before = len(self._faults)
        parts: dict[str, str | tuple[str, ...]] = {}
        places: dict[str, str] = {}
        for said in row:
            part = part_named(said.heading)
            if part is None:
                self._fault(said.where, f"there is no option {said.heading!r}")
            elif said.text.strip() not in _NOTHING and part:
                if part in parts:
                    self._fault(said.where, f"{said.heading!r} says {part} a second time")
                parts[part], places[part] = meant(part, said.text), said.where
        brief, path = str(parts.pop("brief", "")), str(parts.pop("path", ""))
        if brief and path:
            self._fault(where, "it has both a brief and a file: give one of them")
        elif not any(char.isalnum() for char in brief + path):
            self._fault(where, "it has no brief: say in a line what the film is about")
        try:
            file = self._file(path, must=True) if path else self._file(brief, must=False)
        except InputError as error:
            file = None
            self._fault(where, str(error))
        name = " ".join(str(parts.pop("name", "")).split())
        priority = str(parts.pop("priority", "0"))
        try:
            entry = BatchEntry.model_validate(
                {
                    "brief": "" if file else brief,
                    "path": str(file) if file else "",
                    "name": (name or (file.stem if file else _first_words(brief)))[:60],
                    "priority": priority,
                    "options": BatchOptions.model_validate(parts),
                }
            )
        except ValidationError as error:
            for one in error.errors(include_url=False, include_context=False):
                part = str(one["loc"][0])
                reason = one["msg"].removeprefix("Value error, ")
                value = parts.get(part, priority)
                self._fault(places.get(part, where), f"{part} {value!r}: {reason}")
            return None
        return entry if len(self._faults) == before else None

    def _file(self, text: str, *, must: bool) -> Path | None:
        """Gives the file that a text names, or None where it is a brief.

        Raises:
            InputError: it names a file that is not there.
        """
        if "\n" in text or "\x00" in text or len(text) > _LONGEST_PATH:
            return None
        try:
            file = self._base / Path(text).expanduser()
            if text and file.is_file():
                return file.resolve()
        except (OSError, RuntimeError):
            if not must:
                # A brief may be longer than the name of a file can be.
                return None
        named = Path(text).suffix.lower() in SCRIPTS and " " not in text
        if must or named:
            raise InputError(f"there is no file {text!r} beside the list: check the path")
        return None

    def _at(self, line: int) -> str:
        return f"{self._path}:{line}"

    def _fault(self, where: str, text: str) -> None:
        self._faults.append(BatchFault(where=where, text=text))


def _heading(rows: list[tuple[int, list[str]]]) -> tuple[int, list[str]] | None:
    """Gives the number and the cells of the first row that has a column for the film."""
    for number, cells in rows[:10]:
        if {part_named(cell) for cell in cells} & {"brief", "path"}:
            return number, cells
    return None


def _text(value: object) -> str:
    """Gives a JSON value as a cell would say it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _node_text(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return ", ".join(_node_text(one) for one in node.value)
    return str(node.value) if isinstance(node, yaml.ScalarNode) else "{...}"


def _first_words(brief: str) -> str:
    """Gives the first clause of a brief, as a name."""
    clause = next((part for part in _CLAUSES.split(brief) if part.strip()), "")
    return " ".join(clause.split())[:40]

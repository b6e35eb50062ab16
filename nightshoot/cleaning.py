"""Cleaning: removes from the store what no version of any film uses."""

from __future__ import annotations

import re
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nightshoot.artifacts import ActionLog, Store
from nightshoot.artifacts.actions import Recorded
from nightshoot.domain.value import Value
from nightshoot.errors import InputError
from nightshoot.events import ActionDone, read_events
from nightshoot.folder import RULINGS
from nightshoot.production import Production
from nightshoot.productions import Productions
from nightshoot.versions import Version

YOUNG_S = 86_400.0
"""What is younger stays, a day: a proposal or a take that somebody is still thinking about."""

_LARGEST_DOCUMENT = 4 << 20
"""Bytes. A document is JSON or YAML of some KB; a larger file is a picture, a sound or a video."""

_DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class Group(Value):
    """Files of the store that one tool made."""

    made_by: str
    """Such as `video/multiplane`; empty: documents, and files that were put there by hand."""
    files: int
    size: int
    """Bytes."""


class Cleaned(Value):
    """What was removed, or would be."""

    dry: bool
    groups: tuple[Group, ...]
    versions: tuple[int, ...] = ()
    """Numbers of the versions that were deleted."""
    kept: int
    """How many files stay."""

    @property
    def size(self) -> int:
        """Bytes, in all."""
        return sum(group.size for group in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants cleaned."""

    folder: Path | None = None
    """A film of which old versions go too."""
    keep: int | None = None
    """How many of its latest versions stay, besides the one that its folder shows."""
    forget: Path | None = None
    """A production that is gone for good."""
    now: bool = False
    """What is young goes too."""
    dry: bool = False


def clean(home: Path, store: Store, log: ActionLog, wish: Wish) -> Cleaned:
    """Removes what is not used; no other process makes a film meanwhile.

    Used is what a version holds and every action it rests on; what a film that is not finished
    made, and what was made for one since its last version; and whatever documents among these
    name. A digest in any text counts as a use, so that too little is removed rather than too much.

    Raises:
        InputError: a known production cannot be found or is being worked on, its notes are broken,
            or there is nothing that `wish` could mean.
        ArtifactError: the store or the log cannot be written.
    """
    if wish.keep is not None and wish.folder is None:
        raise InputError("--keep deletes versions of one film: name its FOLDER")
    if wish.keep is not None and wish.keep < 1:
        raise InputError(f"--keep {wish.keep}: at least 1 version stays")
    productions = Productions(home)
    if wish.folder is not None:
        Production.open(wish.folder)
        productions.add(wish.folder)
    with ExitStack() as stack:
        stack.enter_context(productions.held())
        known = _found(productions, wish)
        for production in known:
            stack.enter_context(production.held())
        going = _going(known, wish)
        groups, rows, digests, kept = _unused(known, going, store, log, wish)
        if not wish.dry:
            if wish.forget is not None:
                productions.drop(wish.forget)
            # Versions first, then rows, then files: whatever a kill leaves behind points nowhere
            # but to what is still there.
            for production, version in going:
                production.versions.delete(version.number)
            log.forget(rows)
            for digest in digests:
                store.remove(digest)
            store.sweep()
    return Cleaned(
        dry=wish.dry,
        groups=groups,
        versions=tuple(version.number for _, version in going),
        kept=kept,
    )


def _found(productions: Productions, wish: Wish) -> list[Production]:
    """Gives every known production. Raises InputError where one is not there."""
    folders = list(productions.all())
    if wish.forget is not None:
        gone = wish.forget.resolve()
        if Production.is_production(gone):
            raise InputError(f"{gone} is still there: delete or move the folder first")
        if gone not in folders:
            raise InputError(f"{gone} is not among the known productions: {_names(folders)}")
        folders.remove(gone)
    lost = [folder for folder in folders if not Production.is_production(folder)]
    if lost:
        raise InputError(
            f"{_names(lost)} cannot be found, and what belongs to it cannot be told from the rest, "
            "so that nothing was removed: bring it back; where it was moved, `nightshoot clean "
            "NEW-FOLDER --forget OLD-FOLDER`; where it is gone for good, `nightshoot clean "
            "--forget FOLDER`"
        )
    if not folders and wish.forget is None:
        raise InputError("no film is known yet: `nightshoot clean FOLDER` for each that you keep")
    return [Production.open(folder) for folder in folders]


def _names(folders: Iterable[Path]) -> str:
    return ", ".join(str(folder) for folder in folders)


def _going(known: Iterable[Production], wish: Wish) -> list[tuple[Production, Version]]:
    """Gives the versions to delete: all but the latest ones, and the one that is shown."""
    if wish.keep is None or wish.folder is None:
        return []
    (production,) = (one for one in known if one.folder == wish.folder.resolve())
    versions = production.versions
    return [
        (production, version)
        for version in versions.all()[: -wish.keep]
        if version.number != versions.head
    ]


def _unused(
    known: Iterable[Production],
    going: Iterable[tuple[Production, Version]],
    store: Store,
    log: ActionLog,
    wish: Wish,
) -> tuple[tuple[Group, ...], list[str], list[str], int]:
    """Gives what no film uses: by tool, the keys of its actions, its digests; and what stays."""
    oldest = time.time() if wish.now else time.time() - YOUNG_S
    dropped = {(production.folder, version.number) for production, version in going}
    keys: set[str] = set()
    named: set[str] = set()
    for production in known:
        versions = [
            version
            for version in production.versions.all()
            if (production.folder, version.number) not in dropped
        ]
        keys |= _actions(production, versions)
        named |= _digests(production, versions)
    recorded = list(log.recorded())
    for row in recorded:
        if row.key in keys or (row.made_at > oldest and not wish.now):
            named |= row.digests
    objects = {held.digest: held for held in store.held()}
    named |= {digest for digest, held in objects.items() if held.at > oldest and not wish.now}
    used = _closure(named, store)
    unused = [held for digest, held in objects.items() if digest not in used]
    gone = {held.digest for held in unused}
    rows = [row.key for row in recorded if gone & set(row.outputs)]
    return (
        _groups({held.digest: held.size for held in unused}, recorded),
        rows,
        sorted(gone),
        (len(objects) - len(unused)),
    )


def _actions(production: Production, versions: list[Version]) -> set[str]:
    """Gives the keys of what versions rest on, and of what was made since the last of them."""
    since = max((datetime.fromisoformat(one.at).timestamp() for one in versions), default=0.0)
    later = {
        logged.event.key
        for logged in read_events(production.events)
        if isinstance(logged.event, ActionDone) and logged.at >= since
    }
    return later.union(*(version.actions for version in versions))


def _digests(production: Production, versions: list[Version]) -> set[str]:
    """Gives the digests that versions hold, and that the folder's own notes name."""
    found = {digest for one in versions for digest in one.held.everything.values()}
    notes = [*(production.folder / ".nightshoot" / "takes").glob("*.json")]
    for file in (*notes, production.folder / RULINGS):
        with suppress(FileNotFoundError):
            found |= _named_in(file.read_bytes())
    if not versions:
        # A film that is not finished goes on from its checkpoints.
        for cell in _cells(production.checkpoints):
            found |= _named_in(cell)
    return found


def _cells(database: Path) -> Iterator[bytes]:
    """Gives everything in the tables of a SQLite file."""
    if not database.is_file():
        return
    with closing(sqlite3.connect(database)) as opened:
        try:
            tables = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                for row in opened.execute(f'SELECT * FROM "{table}"'):  # noqa: S608
                    yield from (
                        cell.encode() if isinstance(cell, str) else cell
                        for cell in row
                        if isinstance(cell, (str, bytes))
                    )
        except sqlite3.Error as error:
            raise InputError(
                f"{database} is broken, and what belongs to its film cannot be told: `nightshoot "
                f"resume {database.parent.parent}` mends it ({error})"
            ) from None


def _named_in(data: bytes) -> set[str]:
    return {found.decode() for found in _DIGEST.findall(data)}


def _closure(named: set[str], store: Store) -> set[str]:
    """Gives digests, and those that the documents among them name, and so on."""
    used: set[str] = set()
    waiting = list(named)
    while waiting:
        digest = waiting.pop()
        if digest in used:
            continue
        used.add(digest)
        data = store.small(digest, _LARGEST_DOCUMENT)
        if data is not None and b"\0" not in data:
            waiting.extend(_named_in(data) - used)
    return used


def _groups(sizes: dict[str, int], recorded: Iterable[Recorded]) -> tuple[Group, ...]:
    makers = {digest: row.tool for row in recorded for digest in row.outputs}
    by_tool: dict[str, list[int]] = defaultdict(list)
    for digest, size in sizes.items():
        by_tool[makers.get(digest, "")].append(size)
    return tuple(
        Group(made_by=tool, files=len(found), size=sum(found))
        for tool, found in sorted(by_tool.items())
    )

"""Judges a night from outside: by the provider's ledger, the databases' rows and the files."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.chaos.provider import KEY
from nightshoot.artifacts import Store

_SLACK_USD = 1e-6
_TOKEN = 32
"""Characters of an action's key that a job's token begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A job as the provider's ledger has it."""

    token: str
    action: str
    """The part of the token that all jobs of one action share."""
    usd: float
    """What it cost in the end."""
    first_usd: float
    fate: str
    failed: bool
    at: float


@dataclass(slots=True, kw_only=True)
class Ledger:
    """What the provider wrote down."""

    jobs: dict[str, Charge] = field(default_factory=dict)
    asked: list[tuple[float, str]] = field(default_factory=list)
    """When a job was asked for, and for which action."""
    peak_usd: float = 0.0
    """The most that was charged at any time, refunds taken off."""
    strikes: int = 0
    outages: int = 0

    @property
    def usd(self) -> float:
        """What was charged in all."""
        return sum(job.usd for job in self.jobs.values())

    @classmethod
    def read(cls, file: Path) -> Ledger:
        """Reads a ledger."""
        found, balance = cls(), 0.0
        for told in _lines(file):
            what = told["what"]
            if what == "asked":
                found.asked.append((told["at"], told["token"][:_TOKEN]))
            elif what == "taken":
                balance += told["usd"]
                found.peak_usd = max(found.peak_usd, balance)
                found.jobs[told["job"]] = Charge(
                    token=told["token"], action=told["token"][:_TOKEN], usd=told["usd"],
                    first_usd=told["usd"], fate=told["fate"], failed=False, at=told["at"],
                )  # fmt: skip
            elif what in ("failed", "refunded"):
                job = found.jobs[told["job"]]
                usd = 0.0 if what == "refunded" else job.usd
                balance -= job.usd - usd
                found.jobs[told["job"]] = Charge(
                    token=job.token, action=job.action, usd=usd, first_usd=job.first_usd,
                    fate=job.fate, failed=True, at=job.at,
                )  # fmt: skip
            found.strikes += what == "struck"
            found.outages += what == "outage"
        return found


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    if file.is_file():
        for line in file.read_text().splitlines():
            yield json.loads(line)


Rows = dict[str, float]
"""When each action was made, by its key."""


def rows_of(file: Path, query: str) -> list[tuple[Any, ...]]:
    """Gives rows of a database; none where it, or the table, is not there yet."""
    if not file.is_file():
        return []
    with closing(sqlite3.connect(file, timeout=30)) as database:
        try:
            return database.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise


def actions_of(place: Path) -> Rows:
    """Gives the actions that are in the log, but for notes that nothing came of one.

    Such a note (`graphs/faults.py`) is taken out where the next run is to ask anew.
    """
    told = "SELECT key, made_at FROM actions WHERE tool != 'failed'"
    return dict(rows_of(place / "home/store/actions.sqlite", told))


def made_again(before: Rows, after: Rows) -> list[str]:
    """Gives the actions that were made and are gone, or were made again."""
    return [key for key, made_at in before.items() if after.get(key) != made_at]


def paid_twice(ledger: Ledger) -> list[str]:
    """Gives the actions for which more than one job was taken that did not fail."""
    count = Counter(job.action for job in ledger.jobs.values() if not job.failed)
    return [action for action, jobs in count.items() if jobs > 1]


def asked_after(ledger: Ledger, made: Rows) -> list[str]:
    """Gives the actions for which a job was asked for although their result was recorded."""
    at = {key[:_TOKEN]: made_at for key, made_at in made.items()}
    return [action for when, action in ledger.asked if when > at.get(action, float("inf"))]


def counted(place: Path) -> dict[str, float]:
    """Gives what the budget's own ledger has for each action, by the beginning of its key."""
    found: dict[str, float] = defaultdict(float)
    for action, usd in rows_of(
        place / "home/ledger.sqlite", "SELECT action, cost_usd FROM spending"
    ):
        found[action[:_TOKEN]] += usd
    return found


def uncounted(ledger: Ledger, own: Mapping[str, float]) -> list[str]:
    """Gives the actions for which the provider charged more than the budget knows of."""
    charged: dict[str, float] = defaultdict(float)
    for job in ledger.jobs.values():
        charged[job.action] += job.usd
    return [
        f"{action} {usd:.2f} charged, {own.get(action, 0.0):.2f} counted"
        for action, usd in charged.items()
        if usd > own.get(action, 0.0) + _SLACK_USD
    ]


def over_own_budget(place: Path, ledger: Ledger, entries: list[dict[str, Any]]) -> list[str]:
    """Gives the films that cost more than their own ceiling, shared actions left out."""
    owners: dict[str, set[str]] = defaultdict(set)
    for account, action in rows_of(
        place / "home/ledger.sqlite", "SELECT account, action FROM spending"
    ):
        owners[action[:_TOKEN]].add(account)
    charged: dict[str, float] = defaultdict(float)
    for job in ledger.jobs.values():
        if len(owners[job.action]) == 1:
            charged[next(iter(owners[job.action]))] += job.usd
    found = []
    for entry in entries:
        own = entry["entry"]["options"].get("budget_usd")
        usd = charged.get(entry["folder"], 0.0)
        if own is not None and usd > own + _SLACK_USD:
            found.append(f"entry {entry['id']}: {usd:.2f} of its own {own:.2f}")
    return found


def unsettled(entries: list[dict[str, Any]], *, short: bool) -> list[str]:
    """Gives the entries that are neither done nor set aside or failed with a reason.

    Args:
        entries: as `batch status --json` has them.
        short: the night had no more money, so that some may wait.
    """
    found = []
    for entry in entries:
        state = entry["state"]
        said = bool(entry["cause"] and entry["error"])
        waits = state == "waiting" and short
        if not (state == "done" or (state in ("set_aside", "failed") and said) or waits):
            found.append(f"entry {entry['id']}: {state}, {entry['cause']}, {entry['error']!r}")
        if entry["cause"] == "unforeseen":
            found.append(f"entry {entry['id']}: {entry['error']}")
    return found


_DEAD_ENDS = ("nothing is sent again", "whether it has the job")
"""What is said of a job that may have been paid and gives nothing: a person has to decide."""


def needlessly_open(entries: list[dict[str, Any]]) -> list[str]:
    """Gives the films that are not done although there was money and nothing failed any more.

    Those excepted whose own budget is too small, and those that wait for a person's word on a job.
    """
    found = []
    for entry in entries:
        own = entry["cause"] == "budget" and "budget_usd" in entry["entry"]["options"]
        dead = any(words in entry["error"] for words in _DEAD_ENDS)
        if entry["state"] != "done" and not own and not dead:
            found.append(f"entry {entry['id']}: {entry['state']}, {entry['error']!r}")
    return found


def unplayable(entries: list[dict[str, Any]]) -> list[str]:
    """Gives the films that are said to be done and are not whole."""
    import av

    found = []
    for entry in entries:
        if entry["state"] != "done":
            continue
        report = json.loads(entry["report"])
        film = Path(entry["folder"]) / "film.mp4"
        try:
            with av.open(str(film)) as container:
                stream = container.streams.video[0]
                stream.thread_type = "NONE"
                frames = sum(1 for _ in container.decode(stream))
        except (av.FFmpegError, OSError, IndexError) as error:
            found.append(f"entry {entry['id']}: {error}")
            continue
        if frames != report["frames"] or not frames:
            found.append(f"entry {entry['id']}: {frames} frames, {report['frames']} reported")
    return found


def leavings(place: Path, entries: list[dict[str, Any]]) -> list[str]:
    """Gives what should not be left when all is over.

    A folder is swept when its film is gone on with; one that was given up after its runner died
    never was.
    """
    store = place / "home/store"
    if store.is_dir():
        # As the next film does that is opened: what a dead runner left is swept, not kept.
        Store(store).sweep()
    given_up = [Path(entry["folder"]) for entry in entries if entry["cause"] == "died"]
    scratch = store / "scratch"
    left = [f"scratch: {path.name}" for path in scratch.iterdir()] if scratch.is_dir() else []
    for root in (place / "films", place / "home"):
        left += [
            f"half-written: {path.relative_to(place)}"
            for path in root.rglob("*")
            if (
                (path.name.startswith(".") and path.name != ".nightshoot")
                or path.suffix in (".part", ".tmp", ".corrupt")
            )
            and not any(folder in path.parents for folder in given_up)
        ]
    return left


def processes(place: Path, known: Collection[int]) -> list[str]:
    """Gives the processes that still work in a night's folder, besides those that are known."""
    mark, found = str(place), []
    for process in psutil.process_iter(["name", "cmdline", "cwd", "pid"]):
        if process.info["pid"] in known:
            continue
        words = process.info["cmdline"] or []
        if mark in str(process.info["cwd"]) or any(mark in word for word in words):
            found.append(f"{process.info['name']} {' '.join(words)[:120]}")
    return found


def held(entries: list[dict[str, Any]]) -> list[str]:
    """Gives the films' folders whose lock cannot be had."""
    import filelock

    found = []
    for entry in entries:
        lock = Path(entry["folder"]) / ".nightshoot/lock"
        if not entry["folder"] or not lock.is_file():
            continue
        try:
            with filelock.FileLock(lock, timeout=0):
                pass
        except filelock.Timeout:
            found.append(f"entry {entry['id']} is locked")
    return found


def leaked(place: Path) -> list[str]:
    """Gives the files that hold the provider's key."""
    key = KEY.encode()
    return [
        str(path.relative_to(place))
        for root in (place / "films", place / "home")
        for path in root.rglob("*")
        if path.is_file() and path.stat().st_size < 2**22 and key in path.read_bytes()
    ]

"""Makes many tiny films with stand-in backends in one runner and counts what is left behind.

    python benchmarks/leaks.py [--films 200] [--films-at-once 4] [--json FILE] [--objects]

The real `nightshoot batch run`, in a process of its own, makes a few films first, so that all is
loaded, then the list. Before and after stand side by side: open files, processes, threads, handles
of SQLite, tasks; and what lies in the folders. Memory is read ten times a second. A second pass
makes the same films from the action log, where nothing is left to be made, once by the runner and
once by `nightshoot make`: what a film costs beyond itself, and how much of that is the night's.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.census import census, grown, handles, leavings, objects
from benchmarks.machine import description, environment, table
from benchmarks.memory import MB, slope
from benchmarks.stand_ins import OPTIONS, installed, tiny_films

WARMING = 8
"""Films before the first census: two for each of the four that are usually made at once."""

FIRST_MARK = 20
"""From which film on the memory is fitted. Source: by then every buffer and pool that grows to a
size and stays there has been seen to do so."""

MOST_CPU_S = 2.0
MOST_MB_A_FILM = 0.1
"""Source: a night of 200 films may then end 20 MB above its begin, a fiftieth of what it needs."""

MOST_A_FILM = 0.02
"""Handles and threads. Source: one that each fiftieth film leaves is four in 200 films, which is
less than how many there are moves by from film to film."""

MOST_ALONE = 20
"""Films that `nightshoot make` makes again, at most: they are there to be compared with."""

_EVERY_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be made."""

    films: int
    at_once: int
    warming: int
    """How many films before them."""
    again: bool
    """Make them once more, from the action log."""
    with_objects: bool
    """Count Python's objects by type, too."""

    @property
    def words(self) -> list[str]:
        """The options of this script that say the same."""
        words = ["--films", str(self.films), "--films-at-once", str(self.at_once)]
        words += ["--warming", str(self.warming)]
        return words + ["--objects"] * self.with_objects + ["--once"] * (not self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The process at one moment of the night."""

    done: int
    """Films that have ended."""
    rss: int
    handles: int
    threads: int


@dataclass(slots=True, kw_only=True)
class Found:
    """What a run came to."""

    films: int
    before: dict[str, int]
    after: dict[str, int]
    moments: list[Moment]
    wall_s: float
    cpu_s: float
    turns_s: float
    """Work of the tools as the action log has it."""
    reused_cpu_s: float
    """Processor time of the same films where nothing is to be made."""
    alone_cpu_s: float
    """The same by `nightshoot make`, film by film."""
    alone: int
    """How many films that was; 0: none were made again."""
    left: list[str]
    left_in_temp: list[str]
    objects: dict[str, float] = field(default_factory=dict)
    """By how many a type grew with each film; empty where it was not asked for."""

    @property
    def leaks(self) -> dict[str, tuple[int, int]]:
        """Gives what there is more of than before."""
        return {
            name: (self.before.get(name, 0), count)
            for name, count in self.after.items()
            if count > self.before.get(name, 0)
        }

    @property
    def mb_a_film(self) -> float:
        """By how much the memory grows with each film, once everything has been loaded."""
        return self._slope(lambda one: one.rss) / MB

    @property
    def handles_a_film(self) -> float:
        """By how many handles the runner grows with each film, though it may let go of them all."""
        return self._slope(lambda one: one.handles)

    @property
    def threads_a_film(self) -> float:
        """The same of threads."""
        return self._slope(lambda one: one.threads)

    def _slope(self, of: Callable[[Moment], int]) -> float:
        points = resting(self.moments, of, begin=min(FIRST_MARK, self.films // 2))
        return slope([(float(done), float(value)) for done, value in points])


def resting(
    moments: Sequence[Moment], of: Callable[[Moment], int], *, begin: int
) -> list[tuple[int, int]]:
    """Gives the least that was read while each number of films was done: what stays between films.

    The last number is left out: by then most of what a film needs has been let go.
    """
    least: dict[int, int] = {}
    for one in moments:
        least[one.done] = min(least.get(one.done, of(one)), of(one))
    last = max(least, default=0)
    return sorted((done, value) for done, value in least.items() if begin <= done < last)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _command(*words: str) -> None:
    """Runs a command of ours in this process."""
    from nightshoot.cli import main

    main.main([*words], standalone_mode=False)


def _night(list_: Path, out: Path, at_once: int) -> None:
    _command("batch", "run", str(list_), "--out", str(out), "--films-at-once", str(at_once))
    with closing(sqlite3.connect(out / "batch.sqlite")) as db:
        states = Counter(row[0] for row in db.execute("SELECT state FROM entries"))
    if set(states) != {"done"}:
        raise SystemExit(f"not all films were made: {dict(states)}")


@contextmanager
def _looking(queue: Path) -> Iterator[list[Moment]]:
    """Reads the process's memory and handles, with the films that have ended, until it is left."""
    moments: list[Moment] = []
    over, process = threading.Event(), psutil.Process()

    def look() -> None:
        while not over.wait(_EVERY_S):
            with suppress(sqlite3.Error):
                # Not read only: should this be the last to close the file, it has to tidy up.
                with closing(sqlite3.connect(f"file:{queue}?mode=rw", uri=True)) as db:
                    query = "SELECT count(*) FROM entries WHERE state = 'done'"
                    done = int(db.execute(query).fetchone()[0])
                moments.append(
                    Moment(
                        done=done,
                        rss=process.memory_info().rss,
                        handles=sum(handles().values()),
                        threads=threading.active_count() - 1,
                    )
                )

    thread = threading.Thread(target=look, name="looking")
    thread.start()
    try:
        yield moments
    finally:
        over.set()
        thread.join()


def inside(place: Path, plan: Plan) -> Found:
    """Makes the nights in this process, whose environment the caller has set.

    Args:
        place: an empty folder; the home below it is `home`, temporary files go to `temp`.
        plan: what is to be made.
    """
    # Seeds are the numbers: the first films are others than those that are counted.
    first = tiny_films(place / "warming", plan.warming, begin=9001)
    _night(first, place / "warm", plan.at_once)
    list_, out = tiny_films(place / "lists", plan.films), place / "films"
    counted = objects() if plan.with_objects else Counter[str]()
    before = census()
    began, since, cpu = time.monotonic(), time.time(), _cpu_s()
    with _looking(out / "batch.sqlite") as moments:
        _night(list_, out, plan.at_once)
    wall_s, cpu_s = time.monotonic() - began, _cpu_s() - cpu
    after = census()
    more = grown(counted, objects(), films=plan.films) if plan.with_objects else {}
    turns_s = _turns_s(place / "home", since)
    left = leavings(place / "home", out)
    temp = sorted(path.name for path in (place / "temp").iterdir())
    reused_cpu_s = alone_cpu_s = 0.0
    alone = min(plan.films, MOST_ALONE) if plan.again else 0
    if plan.again:
        cpu = _cpu_s()
        _night(list_, place / "again", plan.at_once)
        reused_cpu_s, cpu = _cpu_s() - cpu, _cpu_s()
        _alone(list_.parent, place / "alone", alone)
        alone_cpu_s = _cpu_s() - cpu
    return Found(
        films=plan.films,
        before=before.counts,
        after=after.counts,
        moments=moments,
        wall_s=wall_s,
        cpu_s=cpu_s,
        turns_s=turns_s,
        reused_cpu_s=reused_cpu_s,
        alone_cpu_s=alone_cpu_s,
        alone=alone,
        left=left,
        left_in_temp=temp,
        objects=more,
    )


def _alone(lists: Path, out: Path, films: int) -> None:
    """Makes the first films again, each by `nightshoot make`: all is in the action log."""
    for number in range(1, films + 1):
        source, folder = lists / f"f{number:04}.md", out / f"{number}"
        _command("make", str(source), "--out", str(folder), "--seed", str(number), *OPTIONS)


def _turns_s(home: Path, since: float) -> float:
    """Gives how long the tools worked from a moment on, in seconds; side by side counts twice."""
    with closing(sqlite3.connect(home / "store" / "actions.sqlite")) as db:
        query = "SELECT COALESCE(SUM(wall_s), 0) FROM actions WHERE made_at >= ?"
        return float(db.execute(query, (since,)).fetchone()[0])


def measured(place: Path, plan: Plan) -> Found:
    """Runs the nights in a process of its own and gives what it found."""
    temp = place / "temp"
    temp.mkdir()
    env = environment(place / "home") | {
        "TMPDIR": str(temp),
        "PYTHONPATH": os.pathsep.join([str(installed(place / "stand-ins")), *_paths()]),
    }
    words = [sys.executable, __file__, *plan.words, "--inside", str(place)]
    ran = subprocess.run(words, env=env, capture_output=True, check=False)
    if ran.returncode:
        raise SystemExit(f"the nights failed: {ran.stderr.decode(errors='replace')[-2000:]}")
    told = json.loads(ran.stdout.splitlines()[-1])
    told["moments"] = [Moment(**one) for one in told["moments"]]
    return Found(**told)


def _paths() -> list[str]:
    known = os.environ.get("PYTHONPATH")
    return [known] if known else []


def verdicts(found: Found) -> list[tuple[str, str, str, bool]]:
    """Gives each goal: what, measured, wanted, reached."""
    cpu_s = found.cpu_s / found.films
    return [
        ("handles, threads, processes, tasks left over", _told(found.leaks), "none",
         not found.leaks),
        ("files left in the home and the batch", _some(found.left), "none", not found.left),
        ("files left in the temporary folder", _some(found.left_in_temp), "none",
         not found.left_in_temp),
        ("memory a film", f"{found.mb_a_film:+.3f} MB", f"≤ {MOST_MB_A_FILM} MB",
         found.mb_a_film <= MOST_MB_A_FILM),
        ("handles, threads a film", f"{found.handles_a_film:+.3f}, {found.threads_a_film:+.3f}",
         f"≤ {MOST_A_FILM}", max(found.handles_a_film, found.threads_a_film) <= MOST_A_FILM),
        ("processor a film", f"{cpu_s:.2f} s", f"≤ {MOST_CPU_S} s", cpu_s <= MOST_CPU_S),
    ]  # fmt: skip


def _told(leaks: Mapping[str, tuple[int, int]]) -> str:
    return ", ".join(f"{name} {old} → {new}" for name, (old, new) in leaks.items()) or "none"


def _some(names: Sequence[str]) -> str:
    return f"{len(names)}, such as {', '.join(names[:3])}" if names else "none"


def costs(found: Found) -> list[list[str]]:
    """Gives what a film costs, in rows of a table."""
    rows = [
        ["wall a film", f"{found.wall_s / found.films:.2f} s"],
        ["processor a film, children included", f"{found.cpu_s / found.films:.2f} s"],
        ["work of the tools a film, wall in their turns", f"{found.turns_s / found.films:.2f} s"],
    ]
    if not found.alone:
        return rows
    reused, alone = found.reused_cpu_s / found.films, found.alone_cpu_s / found.alone
    return [
        *rows,
        ["processor a film that is in the action log", f"{reused:.3f} s"],
        ["the same by `nightshoot make`", f"{alone:.3f} s"],
        ["so the night itself", f"{(reused - alone) * 1000:+.0f} ms a film"],
    ]


def growth(found: Found) -> list[list[str]]:
    """Gives the process along the night, in rows of a table."""
    least = dict(resting(found.moments, lambda one: one.rss, begin=0))
    marks = [mark for mark in _MARKS if mark < found.films] + [max(least, default=0)]
    rows = []
    for mark in sorted({mark for mark in marks if mark in least}):
        here = [one for one in found.moments if one.done == mark]
        rows.append(
            [
                str(mark),
                f"{least[mark] / MB:.1f}",
                str(max(one.handles for one in here)),
                str(max(one.threads for one in here)),
            ]
        )
    return rows


_MARKS = (1, 5, 20, 60, 100, 140, 180)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--films", type=int, default=200, help="[%(default)s]")
    parser.add_argument("--films-at-once", type=int, default=4, help="[%(default)s]")
    parser.add_argument("--warming", type=int, default=WARMING, help="films first [%(default)s]")
    parser.add_argument("--once", action="store_true", help="leave out the second pass")
    parser.add_argument("--json", type=Path, help="write all that was found here")
    parser.add_argument("--objects", action="store_true", help="count Python's objects by type")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    plan = Plan(
        films=given.films,
        at_once=given.films_at_once,
        warming=given.warming,
        again=not given.once,
        with_objects=given.objects,
    )
    if given.inside:
        print("\n" + json.dumps(asdict(inside(given.inside, plan))))
        return
    print(description(), end="\n\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder), plan)
    goals = verdicts(found)
    heads = [f"{found.films} tiny films, {given.films_at_once} at once", "measured", "target", ""]
    rows = [[*words, "reached" if good else "missed"] for *words, good in goals]
    print(table(heads, rows))
    print("\n" + table(["films done", "memory, MB", "most handles", "threads"], growth(found)))
    print("\n" + table(["a tiny film", "measured"], costs(found)))
    if found.objects:
        rows = [[name, f"{count:g}"] for name, count in list(found.objects.items())[:40]]
        print("\n" + table(["objects that stay", "more a film"], rows))
    if given.json:
        told = asdict(found) | {
            "leaks": found.leaks,
            "mb_a_film": found.mb_a_film,
            "handles_a_film": found.handles_a_film,
            "threads_a_film": found.threads_a_film,
        }
        given.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    sys.exit(not all(good for *_, good in goals))


if __name__ == "__main__":
    main()

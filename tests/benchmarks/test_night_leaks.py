"""What `benchmarks/leaks.py` counts, and that it would see a leak."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.census import grown, leavings
from benchmarks.leaks import Found, Moment, growth, resting, verdicts

linux = pytest.mark.skipif(sys.platform != "linux", reason="handles have kinds on Linux only")


def counted(script: str, *arguments: str) -> dict[str, dict[str, int]]:
    """Gives what a process of its own prints, as other tests leave things behind in this one."""
    done = subprocess.run(
        [sys.executable, "-c", f"{_ALONE}{script}\nprint(json.dumps(told))", *arguments],
        capture_output=True, text=True, cwd=_ROOT, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, dict[str, int]] = json.loads(done.stdout)
    return told


_ROOT = Path(__file__).resolve().parents[2]
_ALONE = """
import asyncio, json, sqlite3, subprocess, sys, threading
from benchmarks.census import census
told = {"before": census().counts}
"""


@linux
def test_open_files_and_handles_of_sqlite_are_counted_by_kind(tmp_path: Path) -> None:
    told = counted(
        """
with open(sys.argv[1], "w"):
    told["file"] = census().counts
database = sqlite3.connect(sys.argv[2])
database.execute("CREATE TABLE a (b)")
told["open"] = census().counts
database.close()
del database
told["after"] = census().counts
""",
        str(tmp_path / "some.txt"),
        str(tmp_path / "some.sqlite"),
    )
    before = told["before"]
    assert told["file"]["handles: file"] == before.get("handles: file", 0) + 1
    assert told["open"]["handles: sqlite"] == 1
    assert told["open"]["connections to SQLite"] == 1
    assert told["after"] == before


def test_threads_processes_and_tasks_are_counted() -> None:
    told = counted(
        """
async def wait():
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    counted = census().counts
    task.cancel()
    return counted
over = threading.Event()
thread = threading.Thread(target=over.wait, name="film-work_3")
thread.start()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
try:
    told["open"] = asyncio.run(wait())
finally:
    over.set()
    thread.join()
    child.kill()
    child.wait()
told["after"] = census().counts
"""
    )
    before, counting, after = told["before"], told["open"], told["after"]
    assert counting["threads: film-work"] == 1
    assert counting["threads"] == before["threads"] + 1
    assert counting["child processes"] == before["child processes"] + 1
    # The one that counts is a task itself.
    assert counting["tasks"] == before["tasks"] + 2
    assert after == before


def test_files_that_nobody_needs_are_found(tmp_path: Path) -> None:
    place = tmp_path / "home"
    for name in (
        "store/scratch/a1/take.mp4", "store/objects/ab/cd.part", "store/objects/ab/cd",
        "films/f1/.nightshoot/lock", "films/f1/film.mp4", "films/f1/.film.mp4.x7",
        "films/f1/.nightshoot/checkpoints.sqlite-wal", "films/batch.sqlite",
    ):  # fmt: skip
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).touch()
    assert leavings(place) == [
        "home/films/f1/.film.mp4.x7",
        "home/films/f1/.nightshoot/checkpoints.sqlite-wal",
        "home/store/objects/ab/cd.part",
        "home/store/scratch/a1",
    ]


def test_types_that_grow_with_every_film_are_named() -> None:
    before = Counter({"a.Page": 10, "a.Once": 0, "a.Fewer": 9})
    after = Counter({"a.Page": 50, "a.Once": 5, "a.Fewer": 1, "a.New": 60})
    assert grown(before, after, films=20) == {"a.New": 3.0, "a.Page": 2.0}


def moments(*, mb_a_film: float, films: int = 60) -> list[Moment]:
    """Two readings while each number of films was done: one between films, one in the middle."""
    rest = [400e6 + mb_a_film * 1e6 * done for done in range(films + 1)]
    return [
        Moment(done=done, rss=int(size + more), handles=30, threads=8)
        for done, size in enumerate(rest)
        for more in (150e6, 0)
    ]


FLAT = moments(mb_a_film=0.0)


def found(*, mb_a_film: float = 0.0, **parts: object) -> Found:
    given = {
        "films": 60, "before": {"handles": 9, "threads": 1}, "after": {"handles": 9, "threads": 1},
        "moments": moments(mb_a_film=mb_a_film), "wall_s": 60.0, "cpu_s": 90.0, "turns_s": 80.0,
        "reused_cpu_s": 20.0, "alone_cpu_s": 6.0, "alone": 20, "left": [], "left_in_temp": [],
    } | parts  # fmt: skip
    return Found(**given)  # type: ignore[arg-type]


def test_the_memory_that_stays_is_the_least_while_a_number_of_films_was_done() -> None:
    kept = resting(moments(mb_a_film=1.0), lambda one: one.rss, begin=20)
    assert kept[0] == (20, 420_000_000)
    assert kept[-1] == (59, 459_000_000)
    assert found(mb_a_film=1.0).mb_a_film == pytest.approx(1.0)
    assert [row[0] for row in growth(found())] == ["1", "5", "20", "59"]


@pytest.mark.parametrize(
    ("wrong", "missed"),
    [
        ({}, []),
        ({"after": {"handles": 10, "threads": 1}}, [0]),
        ({"after": {"handles": 9, "threads": 1, "child processes": 1}}, [0]),
        ({"after": {"handles": 8}}, []),
        ({"left": ["home/store/scratch/a"]}, [1]),
        ({"left_in_temp": ["tmp1"]}, [2]),
        ({"mb_a_film": 0.3}, [3]),
        ({"moments": [replace(one, handles=20 + one.done // 20) for one in FLAT]}, [4]),
        ({"moments": [replace(one, threads=20 + one.done // 20) for one in FLAT]}, [4]),
        ({"cpu_s": 130.0}, [5]),
    ],
)
def test_whatever_is_left_behind_misses_a_goal(wrong: dict[str, object], missed: list[int]) -> None:
    parts = dict(wrong)
    grows = parts.pop("mb_a_film", 0.0)
    assert isinstance(grows, float)
    told = verdicts(found(mb_a_film=grows, **parts))
    assert [number for number, (*_, good) in enumerate(told) if not good] == missed

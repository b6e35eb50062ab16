"""A revision that is killed with signal 9 leaves the old film whole, or the new one."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

_ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no signal 9 to send")

_PUBLISHING = """
import json, os, shutil, sys
from pathlib import Path

sys.path.append(sys.argv[2])
from benchmarks.revision_kills import counting, film_of
from nightshoot.artifacts import Store
from nightshoot.domain.brief import FilmOptions, Source, SourceKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.production import Production
from nightshoot.sheet import CrewChoice, ProductionSheet
from nightshoot.versions import Version

place = Path(sys.argv[1])
store = Store(place / "store")
made = Production.create(
    place / "made",
    ProductionSheet(
        title="夜游",
        options=FilmOptions(locale=Locale.ZH),
        crew=CrewChoice(writer="w", image="i", video="v", voice="auto", music="m"),
    ),
    Source(kind=SourceKind.BRIEF, text="夜游赤壁", locale=Locale.ZH),
)
made.write("storyboard.yaml", b"old board")
for shot in ("s01", "s02"):
    made.export(f"shots/{shot}/take.mp4", store.put_bytes(f"take of {shot}".encode()), store)
made.export("film.mp4", store.put_bytes(b"old film"), store)


def version(production, number):
    held = production.held_files(store)
    return Version(number=number, at="2026-01-01T00:00:00+00:00", held=held)


made.show(version(made, 1))


def revise(folder):
    production = Production.open(folder)
    with production.held(), production.staged():
        production.give("storyboard.yaml", b"revised board")
        production.export("shots/s01/take.mp4", store.put_bytes(b"take of s01"), store)
        production.export("shots/s03/take.mp4", store.put_bytes(b"take of s03"), store)
        production.export("film.mp4", store.put_bytes(b"new film"), store)
        production.note_takes("s03", ())
        production.publish(version(production, 2))


def copied(name):
    return Path(shutil.copytree(made.folder, place / name))


whole = copied("whole")
count = counting(whole, last=0)
revise(whole)
old, new = film_of(made.folder), film_of(whole)
found = []
for last in range(1, count[0] + 1):
    folder = copied(f"killed{last}")
    child = os.fork()
    if child == 0:
        counting(folder, last=last)
        revise(folder)
        os._exit(0)
    killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
    opened = Production.open(folder)
    with opened.held():
        film = film_of(folder)
    shown = "old" if film == old else "new" if film == new else "mixed"
    row = [killed, shown, opened.versions.head, len(opened.pins)]
    row.append(sorted(path.name for path in folder.rglob("next")))
    revise(folder)
    row.append(film_of(folder) == new)
    found.append(row)
print(json.dumps(found))
"""
"""Forks a process for every change that a publication makes to the folder, and kills it there."""


@pytest.fixture(scope="module")
def revision_kills() -> ModuleType:
    """The benchmark that kills; it is a script and no part of the package."""
    script = _ROOT / "benchmarks" / "revision_kills.py"
    spec = importlib.util.spec_from_file_location("benchmarks_revision_kills", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_kill_before_any_rename_of_a_publication_leaves_one_version_whole(
    tmp_path: Path,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _PUBLISHING, str(tmp_path), str(_ROOT)],
        capture_output=True,
        check=False,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    found = json.loads(ran.stdout)
    assert len(found) > 15
    assert all(killed for killed, *_ in found)
    numbers = {"old": 1, "new": 2}
    for _, shown, head, pins, left, again in found:
        assert (head, pins, left, again) == (numbers.get(shown), 0, [], True)
    shown = [row[1] for row in found]
    assert shown == sorted(shown, reverse=True), "old up to a moment, new from then on"
    assert shown.count("new") >= 5


@pytest.mark.film
def test_a_killed_revision_leaves_one_film_whole_and_a_second_try_makes_nothing_twice(
    revision_kills: ModuleType, tmp_path: Path
) -> None:
    options = ("--size", "128x228", "--voice", "none")
    endings = revision_kills.trials(tmp_path, runs=2, seed=3, options=options)
    assert [ending.faults for ending in endings] == [[], []]
    assert [ending.remade for ending in endings] == [0, 0]

"""Kills a revision with signal 9 at random points, and looks whether the film is old or new, whole.

    python benchmarks/revision_kills.py [--runs 50] [--seed 1] [--size 128x228] [--voice none]

A small film is made once, and revised once without being disturbed: these are the old version and
the new one. Each trial revises a copy of the old one and is killed: every other time at a moment
drawn evenly from the time that a revision takes, start of the interpreter included, else just
before a change to the folder's files (a rename, a removal, a new folder), drawn evenly from all
that a revision makes; many of these lie within the publication of the new version. Another command
then opens the folder. A trial fails where the film is then neither the old one nor the new one to
the byte, where the version that it says it shows is not the one that it is, where a second try does
not come to the new one, where an action that was in the log is made again, or where anything is
left behind.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.kills import PATIENCE_S, Rows, Trial, kill
from benchmarks.machine import description, environment, table

REQUEST = "第二个镜头再近一点"
CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir"})
"""Audit events that change a folder. Source: Python's table of audit events."""

Film = dict[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What came of a trial."""

    point: str
    """Where it was killed."""
    shown: str = ""
    """Which version was found: old, new."""
    faults: list[str] = field(default_factory=list)
    remade: int = 0
    """Actions in the log at the kill that were made again."""


class Ended(Exception):
    """A revision was over before it could be killed."""


def film_of(folder: Path) -> Film:
    """Gives every file of a production but its notes to itself and the log of what happened."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".nightshoot" not in path.parts and path.name != "events.jsonl"
    }


def counting(folder: Path, *, last: int) -> list[int]:
    """Counts this process's changes to a folder from now on, and kills it just before the `last`.

    Args:
        folder: whose files.
        last: counts from 1; 0: the process lives.

    Returns:
        A list of one number, which grows.
    """
    count, root = [0], str(folder.resolve())

    def hear(event: str, given: tuple[object, ...]) -> None:
        if event in CHANGES and root in str(given[1 if event == "os.rename" else 0]):
            count[0] += 1
            if count[0] == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)
    return count


def revising(trial: Trial, *, last: int | None = None) -> subprocess.Popen[bytes]:
    """Begins a revision; `last`: it dies before that change to the folder, 0: it counts them."""
    words = ["revise", str(trial.out), REQUEST, "--yes", "--json"]
    own = [str(Path(__file__).resolve()), "--count", str(last)]
    program = ["-m", "nightshoot"] if last is None else own
    return subprocess.Popen(
        [sys.executable, *program, *words],
        env=environment(trial.place / "home"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[bytes]) -> str:
    """Waits for the end; gives what the process said."""
    _, said = process.communicate(timeout=PATIENCE_S)
    text = said.decode("utf-8", "replace").strip()
    if process.returncode:
        raise SystemExit(f"an undisturbed revision failed: {text}")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The film before and after the revision, and what the revision takes."""

    made: Trial
    old: Film
    new: Film
    span_s: float
    changes: int
    """To the folder."""


def reference(place: Path, options: Sequence[str]) -> Reference:
    """Makes the film, and revises a copy of it without disturbing it."""
    made = Trial(place=place / "made", options=tuple(options))
    wrong = made.finish()
    if wrong:
        raise SystemExit(f"the film was not made: {wrong}")
    whole = _copied(made, place / "whole")
    begun = time.monotonic()
    ended(revising(whole))
    span_s = time.monotonic() - begun
    counted = _copied(made, place / "counted")
    changes = int(ended(revising(counted, last=0)).splitlines()[-1])
    old, new = film_of(made.out), film_of(whole.out)
    if film_of(counted.out) != new or old == new:
        raise SystemExit("two undisturbed revisions differ, or change nothing")
    return Reference(made=made, old=old, new=new, span_s=span_s, changes=changes)


def _copied(trial: Trial, place: Path) -> Trial:
    shutil.copytree(trial.place, place)
    return Trial(place=place, options=trial.options)


def struck(trial: Trial, known: Reference, *, after_s: float = 0.0, last: int = 0) -> Ending:
    """Begins a revision, kills it, opens the folder, tries again, and looks at what there is."""
    process = revising(trial, last=last or None)
    try:
        process.communicate(timeout=PATIENCE_S if last else after_s)
    except subprocess.TimeoutExpired:
        kill(process)
    if process.returncode != -signal.SIGKILL:
        raise Ended
    point = f"change {last} of {known.changes}" if last else f"after {after_s:.2f} s"
    rows = trial.rows()
    opened = _run(trial, "log", str(trial.out))
    found = film_of(trial.out)
    shown = "old" if found == known.old else "new" if found == known.new else ""
    faults = [] if shown else [f"a mixed film: {_mixed(found, known)}"]
    if opened.startswith("failed"):
        faults.append(opened)
    number = (trial.out / ".nightshoot" / "head").read_text()
    if shown and number != {"old": "1", "new": "2"}[shown]:
        faults.append(f"it says that it shows version {number}, and that is the {shown} one")
    if shown != "new":
        tried = _run(trial, "revise", str(trial.out), REQUEST, "--yes", "--json")
        if tried.startswith("failed"):
            faults.append(tried)
    if film_of(trial.out) != known.new:
        faults.append("a second try did not come to the new film")
    remade = _remade(rows, trial.rows())
    if remade:
        faults.append(f"{remade} actions made again")
    faults += trial.leavings() if (trial.store / "scratch").is_dir() and shown == "old" else []
    if (trial.out / ".nightshoot" / "publish.json").exists():
        faults.append("a publication is unfinished")
    return Ending(point=point, shown=shown, faults=faults, remade=remade)


def _run(trial: Trial, *words: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "nightshoot", *words],
        env=environment(trial.place / "home"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if ran.returncode:
        return f"failed: {words[0]}: {ran.stderr.decode('utf-8', 'replace').strip()[-300:]}"
    return ran.stdout.decode("utf-8", "replace")


def _mixed(found: Film, known: Reference) -> str:
    names = sorted({*found, *known.old, *known.new})
    of_old = [name for name in names if found.get(name) != known.new.get(name)]
    of_new = [name for name in names if found.get(name) != known.old.get(name)]
    return f"not as in the new one: {of_old}; not as in the old one: {of_new}"


def _remade(before: Rows, after: Rows) -> int:
    return sum(after.get(key) != row for key, row in before.items())


def trials(place: Path, *, runs: int, seed: int, options: Sequence[str]) -> list[Ending]:
    """Runs the trials, each on a copy, which is removed where nothing went wrong."""
    known = reference(place, options)
    draw = random.Random(seed)
    endings: list[Ending] = []
    for number in range(runs):
        ending = None
        while ending is None:
            trial = _copied(known.made, place / f"trial{number}")
            last = draw.randint(1, known.changes) if number % 2 else 0
            try:
                ending = struck(
                    trial, known, after_s=0.0 if last else draw.uniform(0, known.span_s), last=last
                )
            except Ended:
                # The machine was quicker than when it was undisturbed: that was no kill.
                shutil.rmtree(trial.place)
        endings.append(ending)
        if ending.faults:
            print(f"trial {number}: {ending}", file=sys.stderr, flush=True)
        else:
            shutil.rmtree(trial.place)
    return endings


def _counted(last: int, words: Sequence[str]) -> None:
    """Runs a command of nightshoot in this process, which may kill itself."""
    from nightshoot.cli.app import main as nightshoot

    count = counting(Path(words[1]), last=last)
    try:
        nightshoot(list(words), standalone_mode=False)
    finally:
        print(count[0], file=sys.stderr)


def main() -> None:
    """Runs the trials and prints."""
    if sys.argv[1:2] == ["--count"]:
        _counted(int(sys.argv[2]), sys.argv[3:])
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=50, help="how many kills [%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="of the points [%(default)s]")
    parser.add_argument("--size", default="128x228", help="of the film [%(default)s]")
    parser.add_argument("--voice", default="none", help="none or kokoro [%(default)s]")
    parser.add_argument("--keep", type=Path, help="work in this new folder; failed trials stay")
    given = parser.parse_args()
    print(description(), end="\n\n", flush=True)
    options = ("--size", given.size, "--voice", given.voice)
    with tempfile.TemporaryDirectory() as folder:
        place = given.keep or Path(folder)
        endings = trials(place, runs=given.runs, seed=given.seed, options=options)
    found = Counter(ending.shown or "mixed" for ending in endings)
    by_change = sum(ending.point.startswith("change") for ending in endings)
    rows = [
        ["trials", str(len(endings)), ""],
        ["of these killed before a change to the folder", str(by_change), ""],
        ["mixed films", str(found["mixed"]), "0"],
        ["trials with any other fault", str(sum(bool(one.faults) for one in endings)), "0"],
        ["finished actions made again", str(sum(one.remade for one in endings)), "0"],
        ["found with the old film whole", str(found["old"]), ""],
        ["found with the new film whole", str(found["new"]), ""],
    ]
    heads = [f"a revision, kill -9 at {given.runs} points, seed {given.seed}", "measured", "target"]
    print(table(heads, rows))
    sys.exit(any(ending.faults for ending in endings))


if __name__ == "__main__":
    main()

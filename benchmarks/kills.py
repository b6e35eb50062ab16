"""Kills a run with signal 9 at random moments, resumes it, and looks for what was lost.

    python benchmarks/kills.py [--runs 100] [--seed 1] [--size 128x228] [--voice none]

An undisturbed run gives the film and the time that a run takes. Each trial then begins a run of its
own in a fresh store, kills its whole process group at a moment drawn evenly from that time, start
of the interpreter included, and resumes until it is done. A trial fails where the film has other
bytes, an action that was in the log at the kill has been made again, or anything is left behind:
scratch folders, half-written files, objects set aside, processes.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.machine import description, environment, table

SOURCE = Path(__file__).with_name("inputs") / "quick.md"
PATIENCE_S = 300.0

Rows = dict[str, tuple[float, str]]
"""When each action was made and what came of it, by its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One production with a store of its own."""

    place: Path
    options: tuple[str, ...]
    source: Path = SOURCE

    @property
    def out(self) -> Path:
        """The production's folder."""
        return self.place / "film"

    @property
    def film(self) -> Path:
        """The film."""
        return self.out / "film.mp4"

    @property
    def store(self) -> Path:
        """The store."""
        return self.place / "home" / "store"

    def start(self) -> subprocess.Popen[bytes]:
        """Begins the run, or goes on with it, in a process group of its own."""
        # A run that was killed before its folder was complete is ordered anew.
        begun = (self.out / "production.yaml").is_file()
        words = ["resume", str(self.out)] if begun else ["make", str(self.source), *self.ordered]
        return subprocess.Popen(
            [sys.executable, "-m", "nightshoot", *words],
            env=environment(self.place / "home"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def ordered(self) -> tuple[str, ...]:
        """The options of `make`."""
        return ("--out", str(self.out), *self.options)

    def finish(self) -> str:
        """Runs to the end; gives what went wrong, or an empty text."""
        process = self.start()
        try:
            _, said = process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            kill(process)
            return "the run hangs"
        if process.returncode:
            (self.place / "said.txt").write_bytes(said)
            return said.decode("utf-8", "replace").strip().splitlines()[-1]
        return ""

    def rows(self) -> Rows:
        """Gives the actions that are in the log."""
        log = self.store / "actions.sqlite"
        if not log.is_file():
            return {}
        with sqlite3.connect(log) as database:
            there = database.execute("SELECT name FROM sqlite_master WHERE name = 'actions'")
            if there.fetchone() is None:
                return {}
            found = database.execute("SELECT key, made_at, outputs FROM actions").fetchall()
        database.close()
        return {key: (made_at, outputs) for key, made_at, outputs in found}

    def leavings(self) -> list[str]:
        """Gives what a finished run should not have left behind."""
        scratch = self.store / "scratch"
        left = [f"scratch: {path.name}" for path in scratch.iterdir()]
        known = {".nightshoot"}
        left += [
            f"half-written: {path.relative_to(self.place)}"
            for path in self.place.rglob(".*")
            if path.name not in known
        ]
        left += [f"set aside: {path.name}" for path in self.store.rglob("*.corrupt")]
        return left + [f"process: {name}" for name in self._processes()]

    def _processes(self) -> list[str]:
        marks = (str(self.out), str(self.store))
        return [
            process.info["name"]
            for process in psutil.process_iter(["name", "cmdline", "pid"])
            if process.info["pid"] != os.getpid()
            and any(mark in word for word in process.info["cmdline"] or () for mark in marks)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What came of a trial."""

    after_s: float
    kept: int
    """Actions in the log at the kill."""
    stage: str
    """What the run was at, by the tool of the last action."""
    faults: list[str] = field(default_factory=list)
    remade: int = 0
    """Actions in the log at the kill that were made again."""


class Ended(Exception):
    """A run was over before it could be killed."""


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kills a process and all its children, as a power cut does, and waits until they are gone."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def struck(trial: Trial, *, after_s: float, film: bytes) -> Ending:
    """Begins a run, kills it after a while, resumes it, and looks at what there is then."""
    process = trial.start()
    try:
        process.communicate(timeout=after_s)
    except subprocess.TimeoutExpired:
        kill(process)
    else:
        raise Ended
    stage = _stage(trial)
    before = trial.rows()
    wrong = trial.finish()
    if wrong:
        return Ending(after_s=after_s, kept=len(before), stage=stage, faults=[wrong])
    after = trial.rows()
    remade = sum(after.get(key) != row for key, row in before.items())
    faults = trial.leavings()
    if remade:
        faults.append(f"{remade} actions made again")
    if trial.film.read_bytes() != film:
        faults.append("another film")
    return Ending(after_s=after_s, kept=len(before), stage=stage, faults=faults, remade=remade)


def _stage(trial: Trial) -> str:
    log = trial.store / "actions.sqlite"
    if not trial.rows():
        return "before the first action"
    with sqlite3.connect(log) as database:
        last = database.execute("SELECT tool FROM actions ORDER BY made_at DESC LIMIT 1").fetchone()
    database.close()
    return f"after {last[0].partition('/')[0]}"


def undisturbed(trial: Trial) -> tuple[bytes, float]:
    """Gives the film of a run that nobody kills, and how long the run took in seconds."""
    begun = time.monotonic()
    wrong = trial.finish()
    if wrong:
        raise SystemExit(f"the undisturbed run failed: {wrong}")
    return trial.film.read_bytes(), time.monotonic() - begun


def trials(place: Path, *, runs: int, seed: int, options: Sequence[str]) -> list[Ending]:
    """Runs the trials, each in a folder of its own, which is removed where nothing went wrong."""
    film, span = undisturbed(Trial(place=place / "whole", options=tuple(options)))
    draw = random.Random(seed)
    endings: list[Ending] = []
    for number in range(runs):
        trial = Trial(place=place / f"trial{number}", options=tuple(options))
        ending = None
        while ending is None:
            try:
                ending = struck(trial, after_s=draw.uniform(0, span), film=film)
            except Ended:
                # The machine was quicker than in the undisturbed run: that was no kill.
                shutil.rmtree(trial.place)
        endings.append(ending)
        if ending.faults:
            print(f"trial {number}: {ending}", file=sys.stderr, flush=True)
        else:
            shutil.rmtree(trial.place)
    return endings


def main() -> None:
    """Runs the trials and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100, help="how many kills [%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="of the moments [%(default)s]")
    parser.add_argument("--size", default="128x228", help="of the film [%(default)s]")
    parser.add_argument("--voice", default="none", help="none or kokoro [%(default)s]")
    parser.add_argument("--keep", type=Path, help="work in this new folder; failed trials stay")
    given = parser.parse_args()
    print(description(), end="\n\n", flush=True)
    options = ("--size", given.size, "--voice", given.voice)
    with tempfile.TemporaryDirectory() as folder:
        place = given.keep or Path(folder)
        endings = trials(place, runs=given.runs, seed=given.seed, options=options)
    stages = Counter(ending.stage for ending in endings)
    rows = [
        ["trials", str(len(endings)), ""],
        ["trials with any fault", str(sum(bool(ending.faults) for ending in endings)), "0"],
        ["finished actions made again", str(sum(ending.remade for ending in endings)), "0"],
        ["actions that were kept", str(sum(ending.kept for ending in endings)), ""],
        *([f"killed {stage}", str(count), ""] for stage, count in sorted(stages.items())),
    ]
    print(
        table([f"kill -9 at {given.runs} moments, seed {given.seed}", "measured", "target"], rows)
    )
    sys.exit(any(ending.faults for ending in endings))


if __name__ == "__main__":
    main()

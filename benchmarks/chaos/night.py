"""Plays one night: starts the provider, kills runners, lets one finish, and has it judged."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import signal
import socket
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.chaos import judging
from benchmarks.chaos.scene import Scene
from benchmarks.chaos.striking import Blow, Runner, Stroke, forked, started, told_to_strike
from benchmarks.machine import environment

PATIENCE_S = 120.0
"""A runner that is left alone and works for longer hangs."""

_PLENTY_USD = 20.0
"""More than any of these nights can cost."""

_LONGEST = 500
"""Characters of a fault that are told."""

_FOR_NOTHING = ("waiting", "done")


@dataclass(slots=True, kw_only=True)
class Morning:
    """What a night came to."""

    seed: str
    films: int = 0
    states: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    blows: Counter[str] = field(default_factory=Counter)
    mishaps: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    jobs: int = 0
    charged_usd: float = 0.0
    budget_usd: float = 0.0
    actions: int = 0
    remade: int = 0
    paid_twice: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Night:
    """One night while it is played."""

    scene: Scene
    place: Path
    told: Morning
    environment: Mapping[str, str] = field(default_factory=dict)
    _provider: int = 0
    _chance: random.Random = field(default_factory=random.Random)
    _seen: judging.Rows = field(default_factory=dict)
    """Every action that was ever in the log, as it first was."""

    def play(self) -> None:
        """Plays it; what is wrong is in `told.faults`."""
        port = _free_port()
        self._chance = random.Random(f"strokes {self.scene.seed}")
        self.scene.lay_out(self.place, port)
        self.environment = (
            environment(self.place / "home")
            | self.scene.environment
            | {"NIGHTSHOOT_CONFIG": str(self.place / "settings.toml")}
        )
        folder = self.place / "provider"
        folder.mkdir()
        self._provider = forked(
            lambda: _serve(self.scene, folder, port), self.place, "provider.txt"
        )
        try:
            _waited((folder / "ready").exists, "the provider does not start")
            for _ in range(self.scene.kills):
                self._struck()
                if self._over:
                    break
            else:
                self._finished("the night", "run", "--budget-usd", str(self.scene.budget_usd))
            self._judge(self.scene.budget_usd)
            if self.scene.morning:
                self._morning()
        finally:
            os.killpg(self._provider, signal.SIGKILL)
            os.waitpid(self._provider, 0)

    def _struck(self) -> None:
        """Starts runners and has each killed; the next ones go on."""
        strokes = [Stroke.drawn(self._chance) for _ in range(self.scene.runners)]
        listed = self._chance.random() < 0.5 or not self._added
        words = self._words("run", *(["tonight.yaml"] if listed else []))
        (self.place / "provider/strike.json").unlink(missing_ok=True)
        runners = [self._started(words, stroke) for stroke in strokes]
        for runner in runners:
            stroke = runner.stroke
            if stroke is not None and stroke.blow is Blow.PROVIDER:
                told_to_strike(self.place / "provider", stroke, [runner.pid])
        self._awaited(runners, "a runner that was to be killed")
        for runner in runners:
            assert runner.stroke is not None
            blow = runner.stroke.blow.value
            if runner.stroke.moment:
                blow = f"{blow}, {runner.stroke.moment}"
            self.told.blows[blow if runner.code == -signal.SIGKILL else "came too late"] += 1
            if runner.code not in (0, -signal.SIGKILL):
                self._fault(f"a runner ended with {runner.code}: {self._last_words()}")
        self._look()

    @property
    def _added(self) -> bool:
        """Whether the list is in the queue: before, a kill may have left an empty one."""
        file = self.place / "films/batch.sqlite"
        return bool(judging.rows_of(file, "SELECT 1 FROM entries LIMIT 1"))

    @property
    def _over(self) -> bool:
        """Whether the night has ended by itself: the next run would begin another one."""
        file = self.place / "films/batch.sqlite"
        ended = judging.rows_of(file, "SELECT ended_at FROM nights ORDER BY id DESC LIMIT 1")
        return bool(ended and ended[0][0] is not None)

    def _words(self, *words: str) -> list[str]:
        budget = ["--budget-usd", str(self.scene.budget_usd)] if words[0] == "run" else []
        at_once = ["--films-at-once", "3"] if words[0] == "run" else []
        return ["batch", *words, "--out", "films", *budget, *at_once]

    def _started(self, words: list[str], stroke: Stroke | None) -> Runner:
        self.told.starts += 1
        return started(words, self.place, self.environment, stroke)

    def _awaited(self, runners: list[Runner], who: str) -> None:
        begun = time.monotonic()
        try:
            while not all(runner.ended() for runner in runners):
                time.sleep(0.01)
                for runner in runners:
                    runner.struck_if_due()
                if time.monotonic() - begun > PATIENCE_S:
                    self._fault(f"{who} hangs: {self._last_words()}")
                    break
        finally:
            for runner in runners:
                runner.kill()

    def _finished(self, who: str, *words: str) -> None:
        """Runs a command to its end."""
        given = list(words) if self._added else [words[0], "tonight.yaml", *words[1:]]
        runner = self._started(
            ["batch", *given, "--out", "films", *(["--films-at-once", "3"] * (words[0] == "run"))],
            None,
        )
        self._awaited([runner], who)
        if runner.code:
            self._fault(f"{who} ended with {runner.code}: {self._last_words()}")
        self._look()

    def _look(self) -> None:
        """Looks whether anything was made again that was in the log before."""
        rows = judging.actions_of(self.place)
        again = judging.made_again(self._seen, rows)
        self.told.remade += len(again)
        for key in again:
            self._fault(f"action {key[:12]} was made again, or is gone")
        self._seen |= rows

    def _morning(self) -> None:
        """Has all that is not done tried again, with money, by a provider that behaves."""
        before = judging.Ledger.read(self.place / "provider/ledger.jsonl").peak_usd
        (self.place / "provider/calm").touch()
        (self.place / "provider/strike.json").unlink(missing_ok=True)
        self._finished("the retry", "retry", "--all")
        self._finished("the morning", "run", "--budget-usd", str(_PLENTY_USD))
        for counted in (self.told.states, self.told.causes, self.told.reasons):
            counted.clear()
        self._judge(before + _PLENTY_USD)
        entries, _ = self._standing()
        self._faults("not made in the morning", judging.needlessly_open(entries))

    def _judge(self, budget_usd: float) -> None:
        told, place = self.told, self.place
        ledger = judging.Ledger.read(place / "provider/ledger.jsonl")
        entries, night = self._standing()
        told.films = len(entries)
        told.states.update(entry["state"] for entry in entries)
        told.causes.update(entry["cause"] for entry in entries if entry["state"] != "done")
        told.reasons.update(
            f"{entry['cause']}: {entry['error'][:110]}" for entry in entries if entry["error"]
        )
        told.jobs, told.charged_usd = len(ledger.jobs), ledger.usd
        told.budget_usd, told.actions = budget_usd, len(self._seen)
        if max(ledger.usd, ledger.peak_usd) > budget_usd + 1e-6:
            self._fault(f"{ledger.peak_usd:.2f} was charged, of {budget_usd:.2f}")
        twice = judging.paid_twice(ledger)
        told.paid_twice = len(twice)
        self._faults("paid twice", twice)
        self._faults("asked for though recorded", judging.asked_after(ledger, self._seen))
        self._faults("not counted", judging.uncounted(ledger, judging.counted(place)))
        self._faults("over budget", judging.over_own_budget(place, ledger, entries))
        ended = str(night.get("ended", ""))
        if len(entries) != len(self.scene.films):
            self._fault(f"{len(entries)} entries, {len(self.scene.films)} films")
        self._faults("not settled", judging.unsettled(entries, short=ended == "budget"))
        self._faults("does not play", judging.unplayable(entries))
        self._run_again(entries, ledger)
        self._faults("left", judging.leavings(place, entries))
        self._faults("locked", judging.held(entries))
        self._faults("the key lies in", judging.leaked(place))
        self._faults("still runs", judging.processes(place, (os.getpid(), self._provider)))
        said = (place / "said.txt").read_text(errors="replace")
        if "Traceback" in said:
            self._fault(f"a traceback: {said[said.index('Traceback') :][-600:]}")

    def _run_again(self, entries: list[dict[str, Any]], ledger: judging.Ledger) -> None:
        """Runs the queue again without money: nothing may be asked for, and nothing changes."""
        hour_ago = time.time() - 3600.0
        for part in (self.place / "films").glob(".*"):
            # What a dead runner left of the report is swept by the next one, once it is old.
            os.utime(part, (hour_ago, hour_ago))
        self._finished("the run after the night", "run", "--budget-usd", "0")
        after, _ = self._standing()
        for old, new in zip(entries, after, strict=True):
            # What waited for money may be finished with what others have paid for since.
            if old["state"] != new["state"] and (old["state"], new["state"]) != _FOR_NOTHING:
                self._fault(f"entry {old['id']} was {old['state']}, and is {new['state']}")
        later = judging.Ledger.read(self.place / "provider/ledger.jsonl")
        if len(later.asked) != len(ledger.asked):
            self._fault(f"{len(later.asked) - len(ledger.asked)} jobs were asked for, unpaid")

    def _standing(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Gives the entries and the last night, from the queue's own file."""
        from nightshoot.cli.queue_table import Standing
        from nightshoot.queueing import Queue, SystemClock

        queue = Queue(self.place / "films/batch.sqlite", clock=SystemClock())
        try:
            told = json.loads(Standing.of(queue).model_dump_json())
        finally:
            queue.close()
        return told["entries"], told["night"] or {}

    def _faults(self, what: str, found: list[str]) -> None:
        for one in found:
            self._fault(f"{what}: {one}")

    def _fault(self, text: str) -> None:
        # One fault may say itself again at every start.
        if text[:_LONGEST] not in self.told.faults:
            self.told.faults.append(text[:_LONGEST])

    def _last_words(self) -> str:
        said = (self.place / "said.txt").read_text(errors="replace").strip()
        return " / ".join(said.splitlines()[-3:])


def played(seed: str, place: Path) -> Morning:
    """Plays the night of a seed in a new folder; gives what came of it."""
    scene = Scene.of(seed)
    told = Morning(seed=seed)
    begun, used = time.monotonic(), _cpu_s()
    place.mkdir(parents=True)
    try:
        Night(scene=scene, place=place, told=told).play()
    except Exception as error:  # noqa: BLE001 a night that breaks is a fault, and the next begins
        told.faults.append(f"the harness broke: {type(error).__name__}: {error}")
    happened = place / "provider/happened.json"
    if happened.is_file():
        told.mishaps.update(json.loads(happened.read_text()))
    told.wall_s, told.cpu_s = time.monotonic() - begun, _cpu_s() - used
    return told


def _serve(scene: Scene, folder: Path, port: int) -> int:
    provider = scene.provider(folder)

    async def both() -> None:
        await asyncio.gather(provider.serve(port), _counting(provider.weather, folder))

    with suppress(KeyboardInterrupt):
        asyncio.run(both())
    return 0


async def _counting(weather: Mapping[str, Any], folder: Path) -> None:
    """Writes down what happened, now and then."""
    while True:
        await asyncio.sleep(0.25)
        told: Counter[str] = Counter()
        for one in weather.values():
            told.update(one.happened)
        new = folder / "happened.new"
        new.write_text(json.dumps(told))
        new.replace(folder / "happened.json")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _waited(true: Any, else_: str) -> None:
    begun = time.monotonic()
    while not true():
        time.sleep(0.01)
        if time.monotonic() - begun > 20:
            raise RuntimeError(else_)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)

"""Makes thirty offline films in one night: the lanes' work against the wall, and the memory.

    python benchmarks/night.py [--films 30] [--duration 20s] [--films-at-once 4] [--short-side N]
                               [--json FILE] [--keep FOLDER]

The real `nightshoot batch run` makes the films of `benchmarks/inputs/night.yaml` with a fresh store
and no endpoint. A lane's total is the sum of its turns' times, as the runner wrote them down,
divided by its width: the least time in which it could have done its work. A turn's time is wall
time: two turns that share two processors with a third are longer for it. Memory is that of the
runner and its children, read twice a second. *The first films* last from the night's begin to the
end of the fifth film, *the last* from the begin of the earliest of the five that ended last to the
end. The peaks are single readings; the straight line through all of them says more.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
import yaml

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.machine import description, environment, table, usable_cores
from benchmarks.memory import (
    MB,
    Piece,
    Sample,
    Watched,
    first_and_last,
    percentile,
    slope,
    under_load,
    watch,
    within,
)
from nightshoot.domain.batch import EntryState
from nightshoot.domain.sizes import ASPECTS
from nightshoot.queueing import Queue, SystemClock
from nightshoot.queueing.history import History, LaneTurn
from nightshoot.workplace import Report

LIST = Path(__file__).with_name("inputs") / "night.yaml"
MOST_WALL = 1.1
MOST_GROWTH = 1.05
COUNTED = 5
"""So many films are the first ones, and the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What a lane did in the night."""

    name: str
    width: int
    """How many of its places were ever used."""
    turns: int
    work_s: float
    """Sum of its turns' times."""

    @property
    def total_s(self) -> float:
        """The least time in which it could have done that."""
        return self.work_s / self.width


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The memory of one piece of the night, in bytes."""

    peak: int
    peak_own: int
    """Of the runner itself, without its children."""
    median: int
    p95: int
    readings: int

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Memory:
        """Gives the memory of these readings; shared pages are shared out."""
        sizes = [one.pss for one in samples] or [0]
        return cls(
            peak=max(sizes),
            peak_own=max((one.own for one in samples), default=0),
            median=int(statistics.median(sizes)),
            p95=int(percentile(sizes, 0.95)),
            readings=len(samples),
        )


@dataclass(slots=True, kw_only=True)
class Night:
    """What a night came to."""

    films: list[Piece]
    length_s: float
    """Of all films, one after the other."""
    work_wall_s: float
    """From the first film's begin to the last one's end."""
    wall_s: float
    """From the start of the command to its end."""
    cpu_s: float
    cores: int
    lanes: list[Lane]
    at_once: int
    takes: int
    rejected: int
    flagged: int
    first: Memory
    last: Memory
    whole: Memory
    mb_a_film: float
    """Slope of the memory while all lanes were full, times the time a film takes then."""
    own_mb_a_film: float
    """The same of the runner alone."""
    samples: list[Sample] = field(default_factory=list)

    @property
    def busiest(self) -> Lane:
        """The lane with the greatest total."""
        return max(self.lanes, key=lambda lane: lane.total_s)

    @property
    def ratio(self) -> float:
        """The wall in busiest lane's totals."""
        return self.work_wall_s / self.busiest.total_s

    @property
    def growth(self) -> float:
        """The last films' peak in the first films' peaks."""
        return self.last.peak / self.first.peak if self.first.peak else 0.0


def lanes_of(turns: Sequence[LaneTurn]) -> list[Lane]:
    """Gives what each lane did, the busiest first."""
    names = {turn.lane for turn in turns}
    lanes = []
    for name in names:
        own = [turn for turn in turns if turn.lane == name]
        lanes.append(
            Lane(
                name=name,
                width=len({turn.place for turn in own}),
                turns=len(own),
                work_s=sum(turn.ended_at - turn.begun_at for turn in own),
            )
        )
    return sorted(lanes, key=lambda lane: -lane.total_s)


def growing(samples: Sequence[Sample], films: Sequence[Piece], at_once: int) -> tuple[float, float]:
    """Gives by how many MB the tree and the runner alone grew with each film.

    Fitted where as many films were made as may be, so that neither loading at the start nor the
    emptying at the end is taken for growth.
    """
    full = under_load(films, at_once)
    seen = within(samples, full)
    ended = sum(full.begins < film.ends <= full.ends for film in films)
    a_film_s = (full.ends - full.begins) / ended if ended else 0.0
    return (
        slope([(one.at, one.pss / MB) for one in seen]) * a_film_s,
        slope([(one.at, one.own / MB) for one in seen]) * a_film_s,
    )


def ordered(
    list_: Path, made: Path, *, films: int, duration: str | None, short_side: int | None
) -> Path:
    """Gives a list with the first films of another, in another length and size where wanted."""
    told = yaml.safe_load(list_.read_text(encoding="utf-8"))
    told["films"] = told["films"][:films]
    if len(told["films"]) < films:
        raise SystemExit(f"{list_} has only {len(told['films'])} films: ask for fewer")
    if duration is not None:
        told["duration"] = duration
    if short_side is not None:
        for film in told["films"]:
            film["size"] = sized(film["aspect"], short_side)
    text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
    made.write_text(text, encoding="utf-8")
    return made


def sized(aspect: str, short_side: int) -> str:
    """Gives an aspect's size with another shorter side, even numbers both."""
    width, height = ASPECTS[aspect]
    scale = short_side / min(width, height)
    return "x".join(str(round(side * scale / 2) * 2) for side in (width, height))


def measure(list_: Path, place: Path, *, at_once: int) -> Night:
    """Makes the films of a list in a fresh store below `place`."""
    out = place / "films"
    program = str(Path(sys.executable).with_name("nightshoot"))
    command = [program, "batch", "run", str(list_), "--out", str(out), "--json"]
    command += ["--films-at-once", str(at_once)]
    said = place / "said.txt"
    ran = watch(command, environment(place / "home"), said=said)
    if ran.code:
        raise SystemExit(f"exit {ran.code}: {said.read_text(errors='replace')[-2000:]}")
    queue = Queue(out / "batch.sqlite", clock=SystemClock())
    try:
        return read(queue, ran, at_once=at_once)
    finally:
        queue.close()


def read(queue: Queue, ran: Watched, *, at_once: int) -> Night:
    """Gives what a night came to, from its queue and from what was watched."""
    entries = queue.entries()
    lost = [f"{one.name}: {one.error}" for one in entries if one.state is not EntryState.DONE]
    if lost:
        raise SystemExit("not made: " + "; ".join(lost))
    assert queue.night is not None, "films were made in a night"
    turns = History(queue.tables).of(queue.night.id).turns
    if not turns:
        raise SystemExit("the runner wrote down no turns: there is no lane to compare with")
    films = [Piece(begins=one.begun_at or 0.0, ends=one.ended_at or 0.0) for one in entries]
    reports = [Report.model_validate_json(one.report) for one in entries]
    first, last = first_and_last(films, COUNTED)
    whole = Piece(begins=first.begins, ends=last.ends)
    more, own_more = growing(ran.samples, films, at_once)
    return Night(
        films=films,
        length_s=sum(report.duration_s for report in reports),
        work_wall_s=whole.ends - whole.begins,
        wall_s=ran.wall_s,
        cpu_s=ran.cpu_s,
        cores=usable_cores(),
        lanes=lanes_of(turns),
        at_once=at_once,
        takes=sum(report.takes for report in reports),
        rejected=sum(report.rejected for report in reports),
        flagged=sum(report.flagged for report in reports),
        first=Memory.of(within(ran.samples, first)),
        last=Memory.of(within(ran.samples, last)),
        whole=Memory.of(ran.samples),
        mb_a_film=more,
        own_mb_a_film=own_more,
        samples=list(ran.samples),
    )


def verdicts(night: Night) -> list[tuple[str, str, str, bool]]:
    """Gives each goal: what, measured, wanted, reached."""
    return [
        (
            "wall / busiest lane's total",
            f"{night.ratio:.3f}",
            f"≤ {MOST_WALL}",
            night.ratio <= MOST_WALL,
        ),
        (
            f"peak of the last {COUNTED} films / of the first {COUNTED}",
            f"{night.growth:.3f}",
            f"≤ {MOST_GROWTH}",
            night.growth <= MOST_GROWTH,
        ),
    ]


def facts(night: Night) -> list[list[str]]:
    """Gives the rest, in rows of a table."""
    busiest = night.busiest
    share = night.cpu_s / (night.wall_s * night.cores)
    return [
        ["films, their length", f"{len(night.films)}, {night.length_s:.0f} s"],
        ["takes, rejected, shots flagged", f"{night.takes}, {night.rejected}, {night.flagged}"],
        ["wall, first begin to last end", f"{night.work_wall_s:.1f} s"],
        ["wall of the command", f"{night.wall_s:.1f} s"],
        ["wall / length of the films", f"{night.work_wall_s / night.length_s:.2f}"],
        [f"busiest lane: {busiest.name}, {busiest.width} wide", f"{busiest.total_s:.1f} s"],
        ["processor time", f"{night.cpu_s:.1f} s, {share:.0%} of {night.cores} cores"],
        ["memory, straight line", f"{night.mb_a_film:+.2f} MB a film"],
        ["of the runner alone", f"{night.own_mb_a_film:+.2f} MB a film"],
    ]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", type=Path, default=LIST, help="the films")
    parser.add_argument("--films", type=int, default=30, help="so many of them [%(default)s]")
    parser.add_argument("--films-at-once", type=int, default=4, help="[%(default)s]")
    parser.add_argument("--duration", help="of each film [as the list says]")
    parser.add_argument("--short-side", type=int, help="in pixels [the usual size]")
    parser.add_argument("--json", type=Path, help="write all that was measured here")
    parser.add_argument("--keep", type=Path, help="work in this new folder and leave it")
    given = parser.parse_args()
    print(description(), end="\n\n", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        place = given.keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        list_ = ordered(
            given.list,
            place / "night.yaml",
            films=given.films,
            duration=given.duration,
            short_side=given.short_side,
        )
        night = measure(list_, place, at_once=given.films_at_once)
    goals = verdicts(night)
    heads = [f"a night of {len(night.films)}, {night.at_once} at once", "measured", "target", ""]
    print(table(heads, [[*words, "reached" if good else "missed"] for *words, good in goals]))
    print("\n" + table(["the night", "measured"], facts(night)))
    print("\n" + table(_LANE_HEADS, [_row(lane, night) for lane in night.lanes]))
    print("\n" + table(_MEMORY_HEADS, [_memory(*each) for each in _pieces(night)]))
    if given.json:
        given.json.write_text(json.dumps(told(night), indent=1), encoding="utf-8")
    sys.exit(not all(good for *_, good in goals))


_LANE_HEADS = ("lane", "width", "turns", "work, s", "total, s", "wall / total")
_MEMORY_HEADS = ("memory of the tree, MB", "peak", "95 %", "median", "peak, runner", "readings")


def _row(lane: Lane, night: Night) -> list[str]:
    return [
        lane.name,
        str(lane.width),
        str(lane.turns),
        f"{lane.work_s:.1f}",
        f"{lane.total_s:.1f}",
        f"{night.work_wall_s / lane.total_s:.2f}" if lane.total_s else "",
    ]


def _pieces(night: Night) -> tuple[tuple[str, Memory], ...]:
    return (
        (f"the first {COUNTED} films", night.first),
        (f"the last {COUNTED} films", night.last),
        ("the night", night.whole),
    )


def _memory(name: str, memory: Memory) -> list[str]:
    sizes = (memory.peak, memory.p95, memory.median, memory.peak_own)
    return [name, *(f"{size / MB:.0f}" for size in sizes), str(memory.readings)]


def told(night: Night) -> dict[str, object]:
    """Gives all that was measured, for a file."""
    return asdict(night) | {
        "ratio": night.ratio,
        "growth": night.growth,
        "busiest": night.busiest.name,
        "memory_gib": psutil.virtual_memory().total / 2**30,
    }


if __name__ == "__main__":
    main()

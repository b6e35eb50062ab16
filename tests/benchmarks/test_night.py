"""The arithmetic of `benchmarks/night.py` and of what it measures with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.memory import (
    Piece,
    Sample,
    first_and_last,
    percentile,
    slope,
    under_load,
    watch,
    within,
)
from benchmarks.night import LIST, Lane, Memory, Night, growing, lanes_of, ordered, sized, verdicts
from nightshoot.domain.sizes import parse_size
from nightshoot.queueing.history import LaneTurn
from nightshoot.sources.lists import read_list

MB = 1_000_000


def sample(at: float, megabytes: float, *, own: float = 0.0) -> Sample:
    size = int(megabytes * MB)
    return Sample(at=at, rss=size, pss=size, own=int(own * MB), processes=1)


def in_a_row(count: int, *, length: float = 10.0, at_once: int = 1) -> list[Piece]:
    """Films of the same length, so many of them side by side."""
    begins = [length * (number // at_once) for number in range(count)]
    return [Piece(begins=begin, ends=begin + length) for begin in begins]


def test_the_first_films_end_with_the_fifth_and_the_last_begin_with_the_earliest_of_five() -> None:
    films = in_a_row(12)
    assert first_and_last(films) == (
        Piece(begins=0.0, ends=50.0),
        Piece(begins=70.0, ends=120.0),
    )
    # One that is begun early and ends late is among the last.
    slow = [Piece(begins=5.0, ends=119.0), *films]
    assert first_and_last(slow)[1].begins == 5.0
    assert first_and_last(films[:3]) == (Piece(begins=0, ends=30), Piece(begins=0, ends=30))


def test_the_load_is_full_from_the_first_end_to_the_last_begin() -> None:
    films = in_a_row(12, at_once=4)
    assert under_load(films, 4) == Piece(begins=10.0, ends=20.0)
    few = in_a_row(4, at_once=4)
    assert under_load(few, 4) == Piece(begins=10.0, ends=10.0)


def test_a_straight_line_is_found_and_a_flat_one_has_no_slope() -> None:
    assert slope([(at, 3.0 + 0.5 * at) for at in range(10)]) == pytest.approx(0.5)
    assert slope([(at, 7.0) for at in range(10)]) == 0.0
    assert slope([(1.0, 7.0), (1.0, 9.0)]) == 0.0
    assert slope([]) == 0.0


def test_percentiles_are_values_that_were_read() -> None:
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 0.95) == 95.0
    assert percentile([4.0], 0.95) == 4.0
    assert percentile([], 0.95) == 0.0


def test_growth_is_told_in_megabytes_a_film_and_leaves_out_start_and_end() -> None:
    films = in_a_row(20)
    # Three megabytes a film, and at the start everything is loaded, at the end all is let go.
    samples = [sample(at, 500 + 0.3 * at, own=100) for at in range(200)]
    samples = [sample(at, 10) for at in range(10)] + samples[10:190]
    samples += [sample(at, 50) for at in range(191, 200)]
    tree, own = growing(samples, films, 1)
    assert tree == pytest.approx(3.0)
    assert own == pytest.approx(0.0)


def test_a_lanes_total_is_its_turns_times_shared_by_its_places() -> None:
    def turn(lane: str, place: int, begun: float, ended: float) -> LaneTurn:
        return LaneTurn(
            shift="a", entry=1, lane=lane, place=place, model="", asked_at=begun - 5.0,
            begun_at=begun, ended_at=ended, swapped=0, failed=0,
        )  # fmt: skip

    lanes = lanes_of(
        [
            turn("cpu", 0, 0.0, 10.0),
            turn("cpu", 1, 2.0, 10.0),
            turn("cpu", 1, 10.0, 12.0),
            turn("writing", 0, 0.0, 3.0),
        ]
    )
    assert lanes == [
        Lane(name="cpu", width=2, turns=3, work_s=20.0),
        Lane(name="writing", width=1, turns=1, work_s=3.0),
    ]
    assert [lane.total_s for lane in lanes] == [10.0, 3.0]


def night(*, wall_s: float, first: int, last: int) -> Night:
    def memory(peak: int) -> Memory:
        return Memory.of([sample(0.0, peak / 2), sample(1.0, peak)])

    return Night(
        films=in_a_row(30), length_s=600.0, work_wall_s=wall_s, wall_s=wall_s + 2.0, cpu_s=1000.0,
        cores=2, at_once=4, takes=90, rejected=3, flagged=0,
        lanes=[
            Lane(name="cpu", width=2, turns=900, work_s=1000.0),
            Lane(name="writing", width=4, turns=90, work_s=100.0),
        ],
        first=memory(first), last=memory(last), whole=memory(last), mb_a_film=0.1,
        own_mb_a_film=0.1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wall_s", "last", "reached"),
    [(549.0, 1049, [True, True]), (551.0, 1049, [False, True]), (549.0, 1051, [True, False])],
)
def test_the_goals_are_a_tenth_of_the_wall_and_a_twentieth_of_the_memory(
    wall_s: float, last: int, reached: list[bool]
) -> None:
    found = verdicts(night(wall_s=wall_s, first=1000, last=last))
    assert [good for *_, good in found] == reached


def test_the_night_has_thirty_varied_films_that_can_be_read() -> None:
    read = read_list(LIST)
    assert (len(read.entries), read.faults) == (30, ())
    assert len({entry.brief for entry in read.entries}) == 30
    chinese = sum(any("一" <= char <= "鿿" for char in entry.brief) for entry in read.entries)
    upright = sum(entry.options.aspect == "9:16" for entry in read.entries)
    assert 10 <= chinese <= 20
    assert 10 <= upright <= 20
    assert {entry.options.duration for entry in read.entries} == {"20s"}
    assert {entry.options.voice for entry in read.entries} == {"kokoro"}, "no service is asked"


def test_a_smaller_night_is_cut_from_it(tmp_path: Path) -> None:
    made = ordered(LIST, tmp_path / "night.yaml", films=3, duration="8s", short_side=240)
    entries = read_list(made).entries
    assert [(entry.options.size, entry.options.duration) for entry in entries] == [
        ("240x426", "8s"),
        ("426x240", "8s"),
        ("240x426", "8s"),
    ]
    assert all(side % 2 == 0 for side in parse_size(sized("9:16", 181)))
    with pytest.raises(SystemExit, match="only 30"):
        ordered(LIST, tmp_path / "more.yaml", films=31, duration=None, short_side=None)
    assert yaml.safe_load(LIST.read_text(encoding="utf-8"))["duration"] == "20s"


def test_a_tree_is_watched_with_its_children(tmp_path: Path) -> None:
    holds, enough = tmp_path / "holds", tmp_path / "enough"
    child = (
        "import pathlib, time; held = bytearray(60_000_000); "
        f"pathlib.Path({str(holds)!r}).touch()\n"
        f"while not pathlib.Path({str(enough)!r}).exists(): time.sleep(0.01)"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print(7)"
    looks: list[bool] = []

    def look() -> None:
        looks.append(holds.exists())
        if sum(looks) == 5:
            enough.touch()

    ran = watch(
        [sys.executable, "-c", parent],
        dict(os.environ),
        said=tmp_path / "said",
        every_s=0.05,
        look=look,
    )
    assert (ran.code, ran.stdout.strip()) == (0, b"7")
    assert ran.wall_s >= 4 * 0.05
    most = max(ran.samples, key=lambda one: one.rss)
    assert most.processes == 2
    assert most.rss - most.own >= 60 * MB
    assert 60 * MB <= most.pss <= most.rss
    between = within(ran.samples, Piece(begins=ran.samples[2].at, ends=ran.samples[4].at))
    assert len(between) == 3


def test_the_benchmarks_say_what_they_do() -> None:
    for name in ("night.py", "leaks.py"):
        script = Path(__file__).resolve().parents[2] / "benchmarks" / name
        ran = subprocess.run([sys.executable, script, "--help"], capture_output=True, check=True)
        assert b"--json" in ran.stdout

"""What a person sees of a night: the live table, and the lines elsewhere."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from nightshoot.cli.night_table import NightTable
from nightshoot.cli.night_view import clean, length, night_view
from nightshoot.domain.batch import BatchEntry, EntryState
from nightshoot.domain.limits import Limits, Used
from nightshoot.events import Stage
from nightshoot.providers import CircuitPhase, CircuitState
from nightshoot.queueing import Night, Queued
from nightshoot.watching import FilmState, LaneState, NextFilm, NightState

CHINESE = (
    "月夜渔舟独自撑船过江",
    "书生赶考夜宿破庙",
    "雪夜归人",
    "长安十二时辰外传之上元灯会",
    "剑客",
)
ENGLISH = (
    "A light at sea",
    "The last ferry",
    "Ink",
    "A film with a name that nobody reads",
    "Rain",
)
NIGHT = Night(id=3, begun_at=1_790_000_000.0)


def film(number: int, name: str = "剑客", **parts: Any) -> FilmState:
    given: dict[str, Any] = {
        "id": number,
        "name": name,
        "priority": 0,
        "stage": Stage.TAKES,
        "share": 0.41,
        "shots": 12,
        "shots_done": 3,
        "takes": 5,
        "rejected": 2,
        "flagged": 1,
        "used": Used(usd=0.42),
        "in_lanes": ("gpu",),
        "worked_s": 300.0,
        "left_s": 720.0,
    }
    return FilmState.model_validate(given | parts)


def lane(name: str, **parts: Any) -> LaneState:
    given: dict[str, Any] = {
        "name": name,
        "width": 1,
        "running": 1,
        "waiting": 14,
        "loaded": ("",),
        "paused": (),
        "busy_s": 900.0,
        "busy": 0.9,
        "busy_lately": 0.97,
        "swaps": 3,
        "turns": 10,
        "failed": 0,
        "waited_s": 3.0,
    }
    return LaneState.model_validate(given | parts)


def night(
    names: tuple[str, ...] = CHINESE,
    making: int = 4,
    films: tuple[FilmState, ...] | None = None,
    **parts: Any,
) -> NightState:
    given: dict[str, Any] = {
        "at": 1_790_010_000.0,
        "night": 3,
        "begun_at": 1_790_000_000.0,
        "ends_at": 1_790_025_000.0,
        "paused": "",
        "limits": Limits(usd=20.0, gpu_s=8 * 3600.0, takes=400),
        "used": Used(usd=18.4, gpu_s=3.1 * 3600, takes=143),
        "counts": {
            EntryState.DONE: 12,
            EntryState.RUNNING: making,
            EntryState.WAITING: 12,
            EntryState.FAILED: 1,
            EntryState.SET_ASIDE: 1,
        },
        "share": 0.47,
        "left_s": 11_000.0,
        "making": films or tuple(film(at + 1, names[at % 5]) for at in range(making)),
        "next": tuple(NextFilm(id=40 + at, name=names[at % 5], priority=at) for at in range(10)),
        "finished": (),
        "lanes": (
            lane("gpu", loaded=("image/diffusers",)),
            lane("video/kling", paused=("video/kling does not answer",)),
            lane("cpu", width=2),
        ),
        "circuits": (
            CircuitState(
                tool="video/kling",
                state=CircuitPhase.OPEN,
                failures=3,
                since_s=200.0,
                why="HTTP 503",
                waiting=4,
            ),
        ),
    }
    return NightState.model_validate(given | parts)


def shown(state: NightState, width: int = 80, height: int = 23, **parts: Any) -> list[str]:
    return [line.plain for line in night_view(state, width=width, height=height, **parts)]


@pytest.mark.parametrize("names", [CHINESE, ENGLISH])
@pytest.mark.parametrize("making", [0, 1, 4, 30])
def test_it_fits_every_window(names: tuple[str, ...], making: int) -> None:
    state = night(names, making, paused="a person paused it")
    for width in (20, 34, 50, 64, 79, 80, 100, 200):
        for height in (1, 3, 6, 10, 15, 16, 23, 60):
            lines = shown(state, width, height, note="stopping")
            assert len(lines) <= height
            assert all(cell_len(line) <= width for line in lines)


def test_columns_stand_below_each_other_whatever_the_names_are_written_in() -> None:
    lines = shown(night((*CHINESE[:2], *ENGLISH[:3])))
    rows = [line for line in lines if "takes 3/12" in line]
    assert len(rows) == 4
    assert {cell_len(row[: row.index("takes")]) for row in rows} == {19}
    assert {cell_len(row[: row.index("41%")]) for row in rows} == {37}


def test_what_is_made_comes_first_then_what_is_next_then_the_counts() -> None:
    lines = shown(night(ENGLISH), width=100)
    order = [
        next(at for at, line in enumerate(lines) if text in line)
        for text in ("#  film", "A light at sea", "waiting", "12 done", "lane", "gpu  ")
    ]
    assert order[:4] == sorted(order[:4])
    made = [line for line in lines if "3/12" in line]
    coming = [line for line in lines if ", priority" in line or line.endswith("waiting")]
    assert len(made) == 4
    assert 2 <= len(coming) <= 10


def test_thirty_films_at_once_on_a_small_screen_are_counted() -> None:
    lines = shown(night(making=30))
    made = [line for line in lines if "takes 3/12" in line]
    assert len(made) >= 8
    assert f"and {30 - len(made)} more are being made" in lines
    assert any(line.startswith("gpu") for line in lines)


def test_the_head_tells_progress_time_and_what_was_used_of_what() -> None:
    head = "\n".join(shown(night())[:3])
    assert "night 3 · 13 of 30 films" in head
    assert "in 4 h 10" in head
    assert " 47%  about 3 h 03 left" in head
    assert "$18.40 of 20.00" in head
    assert "GPU 3.10 of 8.00 h" in head
    assert "143 of 400 takes" in head


def test_without_limits_what_was_used_is_told_alone() -> None:
    line = shown(night(limits=Limits(), ends_at=None, left_s=None))[2]
    assert line == "$18.40   GPU 3.10 h   143 takes"


def test_a_limit_of_nothing_is_told_as_used_up() -> None:
    assert "$0.00 of 0.00 ██████" in shown(night(limits=Limits(usd=0.0), used=Used()))[2]


def test_lanes_tell_how_busy_they_are_what_is_loaded_and_why_they_are_paused() -> None:
    lines = shown(night(), width=100)
    (gpu,) = (line for line in lines if line.startswith("gpu"))
    assert "████████  97%   90%    1/1    14  image/diffusers" in gpu
    (paused,) = (line for line in lines if line.startswith("video/kling  "))
    assert "paused: video/kling does not answer" in paused
    assert "video/kling is left alone, away for 3 min: 3 failures, 4 waiting; HTTP 503" in lines


def test_a_film_tells_what_it_waits_for_and_for_how_long() -> None:
    waiting = film(1, in_lanes=(), waits_for="gpu", waits_s=432.0)
    assert any("waits 7 min: gpu" in line for line in shown(night(making=0, films=(waiting,))))


def test_a_name_cannot_move_the_cursor_or_begin_a_line() -> None:
    evil = "a\x1b[2J\r\nb\x9b31m\u202e"
    assert clean(evil) == "a [2J  b 31m "
    lines = shown(night((evil,) * 5, paused=evil, circuits=()), note=evil)
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.4, "0 s"), (89.4, "89 s"), (90, "2 min"), (5310, "88 min"), (5430, "1 h 30")],
)
def test_lengths_of_time_are_short(seconds: float, told: str) -> None:
    assert length(seconds) == told


def queued(number: int = 4, name: str = "月夜渔舟", **parts: Any) -> Queued:
    given: dict[str, Any] = {
        "id": number,
        "entry": BatchEntry(brief="a lighthouse keeper who lies", name=name),
        "name": name,
        "place": "list.yaml:1",
        "priority": 0,
        "state": EntryState.RUNNING,
        "added_at": 1_790_000_000.0,
    }
    return Queued.model_validate(given | parts)


def lines_of(act: Callable[[NightTable], None], state: NightState | None = None) -> str:
    out = io.StringIO()
    with NightTable(lambda: state or night(), console=Console(file=out, width=80)) as table:
        act(table)
    return out.getvalue()


def test_elsewhere_than_on_a_terminal_what_changes_is_a_line() -> None:
    def act(table: NightTable) -> None:
        table.begun(queued())
        for _ in range(100):
            table.beat(NIGHT)
        table.ended(queued(error="the service will not make this"), "set aside")

    assert lines_of(act) == (
        "     4 月夜渔舟  begun\n"
        "  video/kling is paused: HTTP 503\n"
        "     4 月夜渔舟  set aside: the service will not make this\n"
    )


def test_a_pause_and_its_end_are_told_once_each() -> None:
    states = [night(circuits=(), lanes=(), paused=text) for text in ("disk is full", "", "")]
    out = io.StringIO()
    with NightTable(lambda: states[0], console=Console(file=out, width=80)) as table:
        for _ in range(3):
            table.beat(NIGHT)
            table.beat(NIGHT)
            states.append(states.pop(0))
    assert out.getvalue().splitlines()[:2] == [
        "  the queue is paused: disk is full",
        "  the queue goes on",
    ]


def test_lines_are_not_broken_or_coloured_for_a_file() -> None:
    told = lines_of(lambda table: table.ended(queued(error="long " * 60), "set aside"))
    assert len(told.splitlines()) == 1
    assert "\x1b" not in told


def test_a_word_from_a_signal_is_a_line_where_there_is_no_table() -> None:
    assert "stopping" in lines_of(lambda table: table.note("  stopping"))


def test_a_table_that_cannot_be_drawn_is_given_up_and_lines_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def state() -> NightState:
        raise ZeroDivisionError

    out = io.StringIO()
    console = Console(file=out, width=80, height=24, force_terminal=True)
    with NightTable(state, console=console, live=True, refresh_s=0.01) as table:
        while not caplog.records:
            time.sleep(0.01)
        table.begun(queued())
    assert "月夜渔舟  begun" in out.getvalue()
    assert [record.message for record in caplog.records] == ["the table is given up; lines go on"]


class Stuck(io.StringIO):
    """A terminal that was stopped: whoever writes to it waits."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()

    def write(self, text: str) -> int:
        self.goes_on.wait()
        return len(text)


def test_a_terminal_that_stands_still_holds_nobody_up() -> None:
    out = Stuck()
    console = Console(file=out, width=80, height=24, force_terminal=True)
    table = NightTable(night, console=console, live=True, refresh_s=0.01, last_s=0.1)
    begun = time.monotonic()
    with table:
        for number in range(2000):
            table.begun(queued(number))
            table.beat(NIGHT)
            table.note("stopping")
    assert time.monotonic() - begun < 60, "it would wait for ever"
    assert len(table._lines) <= 1000
    out.goes_on.set()
    table._thread.join()


SCRIPT = """
import os, signal, sys, time
from nightshoot.cli.night_table import NightTable
from tests_state import state, queued
looks = []
def look():
    looks.append(state)
    while sys.argv[1] == "abandon" and len(looks) == 2:
        # What is being drawn at that moment would come after the cursor.
        time.sleep(60)
    return state
def until_drawn():
    # Waits until what it has seen from now on stands on the screen.
    wanted = len(looks) + 2
    while len(looks) < wanted:
        time.sleep(0.01)
with NightTable(look, refresh_s=0.05) as table:
    def stop(number, frame):
        if sys.argv[1] == "abandon":
            table.abandon(); os._exit(130)
        table.note("stopping: again to stop now"); stopped.append(1)
    stopped = []
    signal.signal(signal.SIGINT, stop)
    table.begun(queued)
    until_drawn()
    os.kill(os.getpid(), signal.SIGINT)
    until_drawn()
print("the end", file=sys.stderr)
"""


@pytest.fixture
def on_a_terminal(tmp_path: Path) -> Callable[[str], str]:
    """Runs a table in a terminal of 24 lines; gives what it wrote there."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo terminals")
    (tmp_path / "tests_state.py").write_text(
        "from nightshoot.watching import NightState\nfrom nightshoot.queueing import Queued\n"
        f"state = NightState.model_validate_json({night().model_dump_json()!r})\n"
        f"queued = Queued.model_validate_json({queued().model_dump_json()!r})\n",
        "utf-8",
    )
    (tmp_path / "run.py").write_text(SCRIPT, "utf-8")

    def run(how: str) -> str:
        import fcntl
        import struct
        import termios

        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        environ = os.environ | {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
        environ = {name: value for name, value in environ.items() if name not in _SIZES}
        process = subprocess.Popen(
            [sys.executable, "run.py", how],
            cwd=tmp_path, env=environ, stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        told = bytearray()
        with suppress(OSError):
            # How a terminal of Linux says that nobody is left.
            while data := os.read(ours, 65536):
                told.extend(data)
        process.wait(30)
        os.close(ours)
        return told.decode()

    return run


_SIZES = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


@pytest.mark.skipif(sys.platform != "linux", reason="its terminals' end is told otherwise")
def test_ctrl_c_leaves_a_clean_screen(on_a_terminal: Callable[[str], str]) -> None:
    told = on_a_terminal("note")
    assert "stopping: again to stop now" in told
    assert screen(told) == ["     4 月夜渔舟  begun", "the end"]
    assert told.rindex("\x1b[?25h") > told.rfind("\x1b[?25l"), "the cursor is there"


@pytest.mark.skipif(sys.platform != "linux", reason="its terminals' end is told otherwise")
def test_a_second_ctrl_c_gives_the_cursor_back_below_the_table(
    on_a_terminal: Callable[[str], str],
) -> None:
    told = on_a_terminal("abandon")
    assert told.endswith("\x1b[?25h\r\n")
    assert any("gpu" in line for line in screen(told))


def screen(told: str) -> list[str]:
    """Gives what stands on a terminal after all that was written, for what a table writes."""
    lines, row = [""], 0
    at = 0
    while at < len(told):
        if told[at] == "\x1b":
            end = at + 2
            while not told[end].isalpha():
                end += 1
            count, what = told[at + 2 : end], told[end]
            if what == "A":
                row -= int(count or 1)
            elif what == "K":
                lines[row] = ""
            at = end
        elif told[at] == "\n":
            row += 1
            if row == len(lines):
                lines.append("")
        elif told[at] == "\r":
            if at + 1 < len(told) and told[at + 1] not in "\r\n\x1b":
                lines[row] = ""
        else:
            lines[row] += told[at]
        at += 1
    return [line.rstrip() for line in lines if line.strip()]


def test_the_reader_of_screens_reads_what_a_terminal_would_show() -> None:
    assert screen("a\r\nb\x1b[2K\x1b[1A\x1b[2Kc\r\nd") == ["c", "d"]

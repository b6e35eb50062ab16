"""The command line when it is told to stop, or when nobody can read what it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BRIEF = "月夜，渔夫独自撑船过江。"


def begun(
    place: Path, *words: str, within: tuple[str, ...] = (), **variables: str
) -> subprocess.Popen[bytes]:
    """Begins a command with a store of its own."""
    environment = {**os.environ, "NIGHTSHOOT_HOME": str(place / "home"), **variables}
    return subprocess.Popen(
        [*within, sys.executable, "-m", "nightshoot", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    while not path.exists():
        assert process.poll() is None, "it ended too soon"
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are told otherwise there")
@pytest.mark.parametrize(
    ("sent", "within"),
    [
        (signal.SIGINT, ()),
        (signal.SIGTERM, ()),
        # As a script's shell begins what it lets run in the background.
        (signal.SIGTERM, ("sh", "-c", 'trap "" INT; exec "$@"', "sh")),
    ],
)
def test_told_to_stop_it_says_how_to_go_on_and_leaves_nothing_half_done(
    tmp_path: Path, sent: signal.Signals, within: tuple[str, ...]
) -> None:
    out = tmp_path / "film"
    words = ("make", BRIEF, "--voice", "none", "--size", "128x228", "--out", str(out))
    process = begun(tmp_path, *words, within=within)
    try:
        wait_for(out / "storyboard.csv", process)
        process.send_signal(sent)
        _, said = process.communicate(timeout=200)
    finally:
        process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in said
    assert said.decode().strip().splitlines()[-1].endswith("`nightshoot resume` goes on from here")
    assert list((tmp_path / "home/store/scratch").iterdir()) == []
    assert [path.name for path in out.rglob(".*")] == [".nightshoot"]


def test_a_terminal_without_chinese_gets_numbers_and_no_traceback(tmp_path: Path) -> None:
    out = str(tmp_path / "film")
    words = ("make", BRIEF, "--until", "screenplay", "--voice", "none", "--out", out)
    begun(tmp_path, *words).communicate(timeout=200)
    process = begun(tmp_path, "show", out, PYTHONIOENCODING="latin-1")
    told, said = process.communicate(timeout=200)
    assert process.returncode == 0
    assert b"\\u" in told
    assert b"Traceback" not in said


def test_an_empty_source_is_no_folder(tmp_path: Path) -> None:
    process = begun(tmp_path, "make", "")
    _, said = process.communicate(timeout=200)
    assert process.returncode == 2
    assert b"empty" in said


def test_a_brief_longer_than_a_file_name_is_a_brief(tmp_path: Path) -> None:
    brief = "渔夫独自撑船过江，" * 60
    words = ("--until", "screenplay", "--voice", "none", "--out", str(tmp_path / "film"))
    process = begun(tmp_path, "make", brief, *words)
    process.communicate(timeout=200)
    assert process.returncode == 0

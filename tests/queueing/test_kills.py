"""Runners killed with signal 9 lose nothing, and make nothing twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

Place = Any

FILMS, STEPS, VICTIMS = 40, 20, 4
_SCRIPT = Path(__file__).with_name("killed.py")


def begun(out: Path) -> subprocess.Popen[bytes]:
    """Begins a runner."""
    words = [sys.executable, str(_SCRIPT), str(out), str(STEPS)]
    return subprocess.Popen(words, stdout=subprocess.PIPE)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.is_file() else []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere leases have to run out: a minute")
def test_a_killed_runners_films_are_taken_over_and_nothing_is_made_twice(place: Place) -> None:
    place.add(*(f"film-{number}" for number in range(FILMS)))
    chance = random.Random(6)
    victims = [begun(place.out) for _ in range(VICTIMS)]
    while len(_lines(place.out / "begun")) < VICTIMS:
        assert all(victim.poll() is None for victim in victims), "one ended before it began"
        time.sleep(0.01)
    (place.out / "go").touch()
    for victim in victims:
        time.sleep(chance.uniform(0.1, 0.25))
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
    left = set(place.states().values())
    assert "running" in left, "whoever was killed held something, or the kill shows nothing"
    last = begun(place.out)
    said, _ = last.communicate(timeout=60)
    assert said.decode() == "done"
    assert set(place.states().values()) == {"done"}
    assert _lines(place.out / "faults") == []
    deaths = sum(one.deaths for one in place.queue.entries())
    again = 0
    for number in range(FILMS):
        folder = place.out / f"film-{number}"
        assert len(list(folder.glob("step-*"))) == STEPS
        again += sum(len(_lines(made)) - 1 for made in folder.glob("made-*"))
    assert 0 < deaths <= 2 * VICTIMS
    assert again <= deaths, "a kill costs the one step that was going on, and no more"
    assert place.queue.night.ended == "done"

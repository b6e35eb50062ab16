"""Runners killed with signal 9 lose nothing, and make nothing twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

Place = Any

FILMS, STEPS = 24, 12

PLACES = ((30, "asked"), (9, "made"), (3, "ended"), (17, "paid"))
"""Where each victim stops dead and is killed: in which step, or at the end of which film. Together
they come through 110 steps of 288 at the most, so that each of them comes to its place."""

_SCRIPT = Path(__file__).with_name("killed.py")


def begun(out: Path, *leash: object) -> subprocess.Popen[bytes]:
    """Begins a runner."""
    words = [sys.executable, str(_SCRIPT), str(out), str(STEPS), *map(str, leash)]
    return subprocess.Popen(words)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.is_file() else []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere leases have to run out: a minute")
def test_a_killed_runners_films_are_taken_over_and_nothing_is_made_twice(place: Place) -> None:
    place.add(*(f"film-{number}" for number in range(FILMS)))
    victims = [begun(place.out, *leash) for leash in PLACES]
    try:
        while len(_lines(place.out / "begun")) < len(victims):
            assert all(victim.poll() is None for victim in victims), "one ended before it began"
            time.sleep(0.01)
        (place.out / "go").touch()
        alive = list(victims)
        while alive:
            time.sleep(0.005)
            assert all(victim.poll() is None for victim in alive), "one ended before it was killed"
            for victim in [one for one in alive if (place.out / f"held-{one.pid}").exists()]:
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                alive.remove(victim)
    finally:
        # They never end by themselves.
        for victim in victims:
            victim.kill()
            victim.wait()
    assert "running" in place.states().values(), "the last one has died with a film in its hands"
    last = begun(place.out)
    assert last.wait(timeout=600) == 0
    assert (place.out / "ended").read_text() == "done"
    assert set(place.states().values()) == {"done"}
    assert _lines(place.out / "faults") == []
    deaths = sum(one.deaths for one in place.queue.entries())
    again = 0
    for number in range(FILMS):
        folder = place.out / f"film-{number}"
        assert len(list(folder.glob("step-*"))) == STEPS
        again += sum(len(_lines(made)) - 1 for made in folder.glob("made-*"))
    assert len(victims) <= deaths <= 2 * len(victims)
    assert 1 <= again <= deaths, "a kill costs the one step that was going on, and no more"
    assert place.queue.night.ended == "done"

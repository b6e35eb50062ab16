"""A night's three limits hold beside whatever processes do, and however they end."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nightshoot.domain.limits import Currency, Limits, Used

Place = Any

FILMS, RUNNERS = 10, 3

DEAREST = {Currency.USD: 1.1, Currency.GPU_S: 80.0, Currency.TAKES: 1}
"""What the dearest step of `spending.py` asks for."""

_SCRIPT = Path(__file__).with_name("spending.py")


def begun(out: Path, seed: int, overrun: float) -> subprocess.Popen[bytes]:
    """Begins a runner."""
    words = [sys.executable, str(_SCRIPT), str(out), str(seed), str(overrun)]
    return subprocess.Popen(words)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.is_file() else []


def in_all(out: Path) -> Used:
    """Gives what the ledger says was used."""
    with closing(sqlite3.connect(out / "ledger.sqlite")) as db:
        row = db.execute("SELECT SUM(cost_usd), SUM(gpu_s), SUM(takes) FROM spending").fetchone()
    return Used(usd=row[0] or 0, gpu_s=row[1] or 0, takes=row[2] or 0)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere leases have to run out: a minute")
@pytest.mark.parametrize(
    ("seed", "limits", "overrun"),
    [
        (1, Limits(usd=5.0, gpu_s=700.0, takes=21), 0.0),
        (2, Limits(usd=4.0, takes=60), 0.0),
        (3, Limits(usd=5.0, gpu_s=700.0, takes=17), 0.5),
    ],
)
def test_runners_that_are_killed_never_pass_what_the_night_may_use(
    place: Place, seed: int, limits: Limits, overrun: float
) -> None:
    """Three processes of three films each; two are killed between reserving and settling.

    With an overrun, services charge more than they said: then what was used is above the limits by
    those overruns at most, each of which is written down.
    """
    (place.out / "limits").write_text(limits.model_dump_json())
    place.add(*(f"film-{number}" for number in range(FILMS)))
    chance = random.Random(seed)
    runners = [begun(place.out, seed * 10 + at, overrun) for at in range(RUNNERS)]
    try:
        while len(_lines(place.out / "begun")) < RUNNERS:
            assert all(runner.poll() in (None, 0) for runner in runners)
            time.sleep(0.01)
        for victim in runners[1:]:
            time.sleep(chance.uniform(0.0, 0.05))
            victim.kill()
            victim.wait()
        assert runners[0].wait(timeout=600) == 0
    finally:
        for runner in runners:
            runner.kill()
            runner.wait()
    last = begun(place.out, seed, overrun)
    assert last.wait(timeout=600) == 0
    assert _lines(place.out / "faults") == []
    said = (place.out / "said").read_text()
    # A victim may be quicker than its killer, and have said so itself.
    assert set(said.split()) == {"short"}, "not everything can be made of so little"
    assert 2 <= len(said.split()) <= RUNNERS + 1
    used, held = in_all(place.out), place.queue.used(place.queue.night.id)
    assert (held.usd, held.gpu_s, held.takes) == pytest.approx((used.usd, used.gpu_s, used.takes))
    over = sum(map(Used.model_validate_json, _lines(place.out / "overruns")), Used())
    assert limits.passed(used.beyond(over)) is None
    assert bool(over.usd) == bool(overrun), "there was an overrun to be seen, or none"
    left = limits.left(used).given
    assert any(left[one] < most for one, most in DEAREST.items() if one in left), "not all was used"

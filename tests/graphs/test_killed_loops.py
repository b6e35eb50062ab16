"""Loops killed with signal 9 go on where they were: the same takes, and nothing paid twice."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from nightshoot.budget import Budget
from nightshoot.documents import to_yaml
from nightshoot.domain.screenplay import Concept, Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.production import Production

_SCRIPT = Path(__file__).with_name("killed.py")


def run(place: Path, actions: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(_SCRIPT), str(place), str(actions)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def rows(place: Path) -> dict[str, float]:
    """Gives when each action was made, by its key."""
    with closing(sqlite3.connect(place / "home/store/actions.sqlite")) as log:
        return dict(log.execute("SELECT key, made_at FROM actions"))


def spent(place: Path) -> float:
    account = str((place / "film").resolve())
    with closing(Budget(place / "home/ledger.sqlite", account=account)) as budget:
        return budget.spent.usd


@pytest.mark.film
@pytest.mark.skipif(sys.platform == "win32", reason="there is no signal 9 to send")
def test_a_loop_that_is_killed_goes_on_and_pays_nothing_twice(
    tmp_path: Path, concept: Concept, screenplay: Screenplay, board: Storyboard
) -> None:
    given = tmp_path / "given"
    given.mkdir()
    for name, document in (("concept", concept), ("screenplay", screenplay), ("board", board)):
        (given / f"{name}.yaml").write_bytes(to_yaml(document))
    whole = tmp_path / "whole"
    shutil.copytree(given, whole)
    undisturbed = run(whole, -1)
    assert undisturbed.returncode == 0, undisturbed.stderr
    count = len(rows(whole))
    wanted = {
        shot: Production.open(whole / "film").takes_of(shot) for shot in ("s01", "s02", "s03")
    }
    assert [len(takes) for takes in wanted.values()] == [2, 3, 2], "the stand-ins need retakes"
    for share in (0.5, 0.9):
        place = tmp_path / f"killed-{share}"
        shutil.copytree(given, place)
        killed = run(place, round(count * share))
        assert killed.returncode == -9, killed.stderr
        before = rows(place)
        again = run(place, -1)
        assert again.returncode == 0, again.stderr
        assert again.stdout == undisturbed.stdout
        after = rows(place)
        assert {key: after[key] for key in before} == before, "nothing is made again"
        assert set(after) == set(rows(whole))
        found = {shot: Production.open(place / "film").takes_of(shot) for shot in wanted}
        assert found == wanted
        assert spent(place) == pytest.approx(spent(whole))

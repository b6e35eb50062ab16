"""Runs that were killed, or whose files were damaged, go on; nothing whole is made again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object


def rewind(folder: Path, thread: str, *, keep: int, with_writes: bool) -> None:
    """Takes a thread back to its first `keep` checkpoints, as a kill just after them leaves it.

    Args:
        folder: the production's.
        thread: the thread's id.
        keep: how many checkpoints stay.
        with_writes: the last one's step was finished, but not checkpointed.
    """
    with closing(sqlite3.connect(folder / ".nightshoot/checkpoints.sqlite")) as database:
        found = database.execute(
            "SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? ORDER BY checkpoint_id",
            (thread,),
        ).fetchall()
        assert len(found) > keep
        for number, (one,) in enumerate(found):
            if number >= keep:
                database.execute("DELETE FROM checkpoints WHERE checkpoint_id = ?", (one,))
            if number >= keep - (not with_writes):
                database.execute("DELETE FROM writes WHERE checkpoint_id = ?", (one,))
        database.commit()
    (folder / ".nightshoot/run.json").write_text('{"run": 1, "state": "running"}', "utf-8")


def killed_while_shooting(one: Bench) -> None:
    one.make()
    # Before the first step, and then at each of the six up to the shots.
    rewind(one.folder, "film-1", keep=7, with_writes=False)


def test_a_shot_killed_between_a_step_and_its_checkpoint_goes_on(
    bench: Callable[..., Bench],
) -> None:
    one = bench()
    killed_while_shooting(one)
    film = (one.folder / "film.mp4").read_bytes()
    for shot, keep in (("s01", 2), ("s02", 3)):
        rewind(one.folder, f"film-1/{shot}", keep=keep, with_writes=True)
    assert one.make().film
    assert (one.folder / "film.mp4").read_bytes() == film
    assert len(one.painter.calls) == len(one.camera.calls) == 3


def test_a_run_killed_after_its_last_step_is_made_anew_from_the_log(
    bench: Callable[..., Bench],
) -> None:
    one = bench()
    one.make()
    (one.folder / ".nightshoot/run.json").write_text('{"run": 1, "state": "running"}', "utf-8")
    made = one.make()
    assert made.film
    assert made.actions["made"] == 0


@pytest.mark.parametrize("damage", [b"", b"not a database at all, but long enough" * 99, None])
def test_broken_checkpoints_cost_nothing(bench: Callable[..., Bench], damage: bytes | None) -> None:
    one = bench()
    killed_while_shooting(one)
    film = (one.folder / "film.mp4").read_bytes()
    path = one.folder / ".nightshoot/checkpoints.sqlite"
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    made = one.make()
    assert made.film
    assert made.actions["made"] == 0
    assert (one.folder / "film.mp4").read_bytes() == film


def test_a_lost_note_of_the_run_is_no_reason_for_new_takes(bench: Callable[..., Bench]) -> None:
    one = bench()
    killed_while_shooting(one)
    (one.folder / ".nightshoot/run.json").unlink()
    made = one.make()
    assert made.film
    assert made.takes == len(one.painter.calls) == 3


@pytest.mark.parametrize("how", ["flipped", "cut short", "gone"])
def test_damage_in_the_store_is_found_by_a_run_that_goes_on_and_made_again(
    bench: Callable[..., Bench], how: str
) -> None:
    one = bench()
    killed_while_shooting(one)
    film = (one.folder / "film.mp4").read_bytes()
    for path in sorted((one.home / "store/objects").glob("*/*")):
        path.chmod(0o644)
        data = path.read_bytes()
        if how == "gone":
            path.unlink()
        elif how == "cut short":
            path.write_bytes(data[: len(data) // 2])
        else:
            path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    made = one.make()
    assert made.film
    assert (one.folder / "film.mp4").read_bytes() == film
    assert len(one.painter.calls) == 6

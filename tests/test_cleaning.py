"""Cleaning removes what no version of any film uses, and nothing that one does."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nightshoot.artifacts import ActionLog, Store
from nightshoot.cleaning import YOUNG_S, Cleaned, Wish, clean
from nightshoot.domain.revision import AdjustGrade, Operation, Regenerate
from nightshoot.errors import InputError
from nightshoot.events import ActionDone, Stage
from nightshoot.productions import Productions
from nightshoot.remaking import show_version
from nightshoot.revisions import Revisions

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object

TWO_DAYS_S = 2 * YOUNG_S


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".nightshoot" not in path.parts and path.name != "events.jsonl"
    }


def revised(film: Bench, *operations: Operation) -> None:
    revisions = Revisions(film.studio(), film.production())
    revisions.accept(revisions.weigh("a request", operations), sink=film.events.append)


def shown(film: Bench, number: int) -> dict[str, bytes]:
    production = film.production()
    with production.held():
        show_version(film.studio(), production, number)
    return files(film.folder)


def cleaned(film: Bench, **wish: object) -> Cleaned:
    store = Store(film.home / "store")
    log = ActionLog(store)
    try:
        return clean(film.home, store, log, Wish(**wish))  # type: ignore[arg-type]
    finally:
        log.close()


def objects(film: Bench) -> set[str]:
    return {held.digest for held in Store(film.home / "store").held()}


def grow_old(film: Bench) -> None:
    """Makes everything in the store two days older."""
    store = Store(film.home / "store")
    for held in store.held():
        past = time.time() - TWO_DAYS_S
        os.utime(store.root / "objects" / held.digest[:2] / held.digest, (past, past))
    log = ActionLog(store)
    log._db.execute("UPDATE actions SET made_at = made_at - ?", (TWO_DAYS_S,))
    log.close()


@pytest.fixture
def film(bench: Callable[..., Bench]) -> Bench:
    """A film with three versions, the last of which is shown."""
    made = bench()
    made.make()
    revised(made, Regenerate(shots=("s02",)))
    # Versions have their time to the second; what was made in the same one is kept as newer.
    time.sleep(1.01 - time.time() % 1)
    revised(made, AdjustGrade(shots=("s01",), exposure_stops=0.5))
    return made


def test_a_clean_keeps_every_version_whole_and_a_revision_after_it_works(film: Bench) -> None:
    versions = {number: shown(film, number) for number in (1, 2, 3)}
    waste = Store(film.home / "store").put_bytes(b"nobody's")
    found = cleaned(film, now=True)
    assert waste not in objects(film)
    assert found.size >= len(b"nobody's")
    film.events.clear()
    for number, before in versions.items():
        assert shown(film, number) == before
    revised(film, Regenerate(shots=("s03",)))
    assert film.production().versions.head == 4
    # Of what was there before, only the new shot and what follows from it was made.
    made = [one for one in film.events if isinstance(one, ActionDone) and not one.reused]
    assert {one.shot for one in made} <= {"s03", ""}


def test_a_dry_run_says_the_same_and_removes_nothing(film: Bench) -> None:
    Store(film.home / "store").put_bytes(b"nobody's")
    before = objects(film)
    foretold = cleaned(film, now=True, dry=True)
    assert objects(film) == before
    done = cleaned(film, now=True)
    assert (foretold.groups, foretold.kept) == (done.groups, done.kept)
    assert objects(film) < before
    assert cleaned(film, now=True).groups == ()


def test_what_is_younger_than_a_day_stays_unless_told_otherwise(film: Bench) -> None:
    grow_old(film)
    waste = Store(film.home / "store").put_bytes(b"nobody's")
    cleaned(film)
    assert waste in objects(film)
    grow_old(film)
    cleaned(film)
    assert waste not in objects(film)


def test_old_versions_go_and_the_one_that_is_shown_stays(film: Bench) -> None:
    first, third = shown(film, 1), shown(film, 3)
    shown(film, 1)
    found = cleaned(film, folder=film.folder, keep=1, now=True)
    assert found.versions == (2,)
    assert any(group.made_by == "edit/stitch" for group in found.groups)
    assert [version.number for version in film.production().versions.all()] == [1, 3]
    assert shown(film, 3) == third
    assert shown(film, 1) == first
    with pytest.raises(InputError, match="no version 2"):
        shown(film, 2)
    revised(film, AdjustGrade(shots=("s03",), exposure_stops=0.5))
    assert film.production().versions.head == 4


def test_a_film_that_is_not_finished_keeps_everything_it_made(bench: Callable[..., Bench]) -> None:
    film = bench()
    film.make(until=Stage.TAKES)
    grow_old(film)
    filmed, painted = film.camera.calls[:], film.painter.calls[:]
    cleaned(film, now=True)
    film.make()
    assert (film.camera.calls, film.painter.calls) == (filmed, painted)
    assert film.production().versions.head == 1


def test_takes_that_wait_for_approval_still_do_after_a_clean(bench: Callable[..., Bench]) -> None:
    film = bench(review=True)
    assert film.make().awaiting == "screenplay"
    cleaned(film, now=True)
    assert film.make().awaiting == "storyboard"
    cleaned(film, now=True)
    assert film.make().awaiting == "keyframes"


def test_a_film_that_cannot_be_found_is_not_taken_to_be_gone(
    film: Bench, bench: Callable[..., Bench], tmp_path: Path
) -> None:
    other = bench(folder=tmp_path / "other")
    other.make()
    before = objects(film)
    away = tmp_path / "away"
    shutil.move(other.folder, away)
    with pytest.raises(InputError, match=r"other cannot be found.*--forget"):
        cleaned(film, now=True)
    assert objects(film) == before
    cleaned(film, now=True, folder=away, forget=other.folder)
    assert set(Productions(film.home).all()) == {film.folder.resolve(), away.resolve()}
    with pytest.raises(InputError, match="still there"):
        cleaned(film, forget=away)
    shutil.rmtree(away)
    cleaned(film, now=True, forget=away)
    assert Productions(film.home).all() == (film.folder.resolve(),)


def test_a_film_that_is_being_made_is_not_cleaned_under_its_feet(film: Bench) -> None:
    with film.production().held(), pytest.raises(InputError, match="another nightshoot"):
        cleaned(film, now=True)


def test_a_list_of_films_that_is_broken_or_empty_removes_nothing(film: Bench) -> None:
    before = objects(film)
    listed = film.home / "productions.json"
    listed.write_text("{")
    with pytest.raises(InputError, match=r"productions\.json is broken"):
        cleaned(film, now=True)
    listed.unlink()
    with pytest.raises(InputError, match="no film is known"):
        cleaned(film, now=True)
    with pytest.raises(InputError, match="name its FOLDER"):
        cleaned(film, keep=1)
    assert objects(film) == before

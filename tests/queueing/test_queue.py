"""What people do with a queue."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from nightshoot.domain.batch import BatchEntry, BatchFault, Cause, EntryState
from nightshoot.domain.limits import Limits
from nightshoot.errors import ArtifactError, InputError
from nightshoot.queueing import Queue, Released, SystemClock

Place = Any


def entry(text: str, **parts: Any) -> BatchEntry:
    return BatchEntry(brief=text, name=text, **parts)


def test_the_same_list_added_twice_adds_nothing_twice(place: Place) -> None:
    films = [entry("moon"), entry("sea"), entry("moon")]
    first, again = place.queue.add(films), place.queue.add(films)
    assert (first.new, again.new, again.known) == (3, 0, 3)
    longer = place.queue.add([*films, entry("moon")])
    assert (longer.new, longer.known) == (1, 3), "a third moon is a third film"


def test_other_options_are_another_film_and_another_name_is_not(place: Place) -> None:
    place.queue.add([entry("moon")])
    assert place.queue.add([entry("moon", options={"seed": 8})]).new == 1
    assert place.queue.add([BatchEntry(brief="moon", name="luna")]).new == 0


def test_a_list_that_is_added_again_moves_what_is_still_to_be_made(place: Place) -> None:
    place.queue.add([entry("moon"), entry("sea")])
    added = place.queue.add([entry("moon", priority=7), entry("sea")])
    assert (added.new, added.moved) == (0, 1)
    assert place.named("moon").priority == 7


def test_a_queue_is_whole_after_it_was_opened_anew(place: Place, tmp_path: Path) -> None:
    place.queue.add([entry("moon", priority=3, options={"duration": "45s"})], ["films.csv:2"])
    place.queue.pause()
    other = Queue(tmp_path / "films/batch.sqlite", clock=SystemClock())
    (one,) = other.entries()
    assert (one.entry.options.duration, one.priority, one.place) == ("45s", 3, "films.csv:2")
    assert other.paused == "a person paused it"
    assert [happening.what for happening in other.happenings(one.id)] == ["added"]
    other.close()


def test_it_is_written_so_that_a_power_cut_loses_nothing(place: Place) -> None:
    with place.queue.tables.reading() as db:
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_a_queue_of_another_form_is_refused(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    db = sqlite3.connect(file)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ArtifactError, match="form 99"):
        Queue(file, clock=SystemClock())


def test_a_file_that_is_no_queue_is_told_in_a_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.sqlite"
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(ArtifactError, match=r"broken\.sqlite cannot be opened"):
        Queue(file, clock=SystemClock())


def test_a_waiting_film_is_called_off_at_once_and_a_done_one_not_at_all(place: Place) -> None:
    place.add("moon")
    assert place.queue.cancel(1) is False
    assert place.states() == {"moon": "cancelled"}
    with pytest.raises(InputError, match="nothing to cancel"):
        place.queue.cancel(1)
    with pytest.raises(InputError, match="no entry 9"):
        place.queue.cancel(9)


def test_what_was_set_aside_is_tried_again_by_number_by_cause_or_all(place: Place) -> None:
    place.add("a", "b", "c", "d")
    leases = place.leases()
    night = leases.join(Limits())
    for cause in (Cause.INPUT, Cause.BACKEND, Cause.BACKEND):
        claim = leases.claim(night, slots=1).claim
        leases.release(claim, Released(state=EntryState.SET_ASIDE, cause=cause, error="no"))
    assert place.queue.retry(cause=Cause.INPUT) == (1,)
    assert place.queue.retry([2]) == (2,)
    assert place.queue.retry(every=True) == (3,)
    assert set(place.states().values()) == {"waiting"}
    with pytest.raises(InputError, match="entry 4 is waiting: there is nothing to retry"):
        place.queue.retry([4])


def test_faults_of_a_list_are_those_of_its_last_reading(place: Place) -> None:
    fault = BatchFault(where="films.csv:7", text="no brief")
    place.queue.note_faults("films.csv", [fault])
    place.queue.note_faults("other.csv", [])
    assert place.queue.faults() == (fault,)
    place.queue.note_faults("films.csv", [])
    assert place.queue.faults() == ()

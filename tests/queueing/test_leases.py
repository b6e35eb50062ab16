"""Leases: one runner has an entry, whatever clocks and processes do."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from nightshoot.budget import Ledger
from nightshoot.domain.batch import Cause, EntryState
from nightshoot.domain.limits import Limits, Used
from nightshoot.errors import InputError
from nightshoot.queueing import Claim, Leases, Owner, Queue, Released
from nightshoot.queueing.others import LEASE_S, MOST_DEATHS

Place = Any

NONE, TWENTY = Limits(), Limits(usd=20.0)

ELSEWHERE = Owner(host="elsewhere", place="", pid=1, started="", nonce="elsewhere")
"""A runner of another machine: whether it is dead cannot be known, only seen."""


def claimed(leases: Leases, limits: Limits = NONE) -> Claim:
    claim = leases.claim(leases.join(limits), slots=1).claim
    assert claim is not None
    return claim


def done(report: str = "{}") -> Released:
    return Released(state=EntryState.DONE, report=report)


def test_two_runners_are_never_given_the_same_entry(place: Place) -> None:
    place.add(*(f"film {number}" for number in range(40)))
    got: list[int] = []
    runners = [place.leases() for _ in range(4)]
    nights = [leases.join(NONE) for leases in runners]
    lock = threading.Lock()

    def work(at: int) -> None:
        while (claim := runners[at].claim(nights[at], slots=1).claim) is not None:
            with lock:
                got.append(claim.queued.id)
            runners[at].release(claim, done())

    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(1, 41))


def test_the_highest_priority_is_given_first_and_what_failed_last(place: Place) -> None:
    place.add("low", priority=-1)
    place.add("first", "second")
    place.add("high", priority=5)
    leases = place.leases()
    night = leases.join(NONE)
    order = []
    for _ in range(5):
        claim = leases.claim(night, slots=1).claim
        order.append(claim.queued.name)
        again = claim.queued.name == "first" and order.count("first") == 1
        leases.release(claim, Released(state=EntryState.FAILED) if again else done())
    assert order == ["high", "first", "second", "first", "low"]


def test_a_runner_that_beats_keeps_its_entry_however_long_the_film(place: Place) -> None:
    place.add("moon")
    mine, other = place.leases(ELSEWHERE), place.leases()
    claim = claimed(mine)
    for _ in range(50):
        place.clock.advance(LEASE_S / 2)
        assert mine.beat([claim]) == {}
        assert other.recover() == ()


def test_a_silent_runner_loses_its_entry_and_what_it_says_later_counts_no_more(
    place: Place,
) -> None:
    place.add("moon")
    mine, other = place.leases(ELSEWHERE), place.leases()
    claim = claimed(mine)
    assert other.recover() == (), "it was seen for the first time"
    place.clock.advance(LEASE_S + 1)
    (taken,) = other.recover()
    assert (taken.state, taken.deaths) == (EntryState.WAITING, 1)
    again = claimed(other)
    assert again.folder == claim.folder, "the film goes on where it stood"
    assert mine.beat([claim]) == {1: "taken over by another runner"}
    assert mine.release(claim, done()) is None
    assert other.release(again, done()).state is EntryState.DONE


@pytest.mark.parametrize("jump", [-86_400.0, -7200.0, 7200.0, 86_400.0 * 400])
def test_a_clock_that_jumps_neither_frees_nor_keeps_an_entry(place: Place, jump: float) -> None:
    place.add("moon")
    mine, other = place.leases(ELSEWHERE), place.leases()
    claim = claimed(mine)
    other.recover()
    place.clock.now_wall += jump
    assert other.recover() == (), "no time has passed"
    place.clock.advance(LEASE_S / 2)
    mine.beat([claim])
    place.clock.advance(LEASE_S / 2 + 1)
    assert other.recover() == (), "it has beaten since"
    place.clock.advance(LEASE_S + 1)
    place.clock.now_wall -= jump
    assert len(other.recover()) == 1, "it is silent, whatever the clock on the wall shows"


def test_a_process_that_is_gone_is_not_waited_for(place: Place) -> None:
    here = Owner.here()
    if not here.place:
        pytest.skip("this system does not tell boots and processes apart")
    place.add("moon")
    dead = here.model_copy(update={"pid": 2**22 + 1, "started": "12", "nonce": "dead"})
    claimed(place.leases(dead))
    assert len(place.leases().recover()) == 1


def test_after_a_reboot_nothing_of_the_boot_before_is_alive() -> None:
    here = Owner.here()
    before = here.model_copy(update={"place": "another-boot/pid:[1]"})
    inside = here.model_copy(update={"place": here.place.partition("/")[0] + "/pid:[1]", "pid": 9})
    assert before.surely_dead(here) is bool(here.place)
    assert not inside.surely_dead(here), "numbers of processes mean nothing in another container"
    assert not here.surely_dead(here)
    assert not ELSEWHERE.surely_dead(here)


def test_a_film_that_kills_whoever_makes_it_is_set_aside(place: Place) -> None:
    place.add("poison")
    here = place.leases()
    for number in range(MOST_DEATHS):
        victim = Owner(host="x", place="", pid=1, started="", nonce=f"victim {number}")
        claimed(place.leases(victim))
        here.recover()
        place.clock.advance(LEASE_S + 1)
        here.recover()
    one = place.named("poison")
    assert (one.state, one.cause) == (EntryState.SET_ASIDE, Cause.DIED)
    assert "died 5 times" in one.error


def test_a_second_failure_sets_an_entry_aside_with_its_reason(place: Place) -> None:
    place.add("moon")
    leases = place.leases()
    for expected in ("failed", "set_aside"):
        failed = Released(state=EntryState.FAILED, cause=Cause.BACKEND, error="no GPU")
        leases.release(claimed(leases), failed)
        assert place.states() == {"moon": expected}
        assert place.named("moon").error == "no GPU"


def test_an_entry_that_is_called_off_is_not_tried_again(place: Place) -> None:
    place.add("moon")
    leases = place.leases()
    claim = claimed(leases)
    assert place.queue.cancel(1) is True
    assert leases.beat([claim]) == {1: "cancelled"}
    leases.release(claim, Released(state=EntryState.FAILED, error="it broke meanwhile"))
    assert place.states() == {"moon": "cancelled"}


def test_films_have_folders_of_their_own(place: Place) -> None:
    (place.out / "moon").mkdir()
    (place.out / "moon" / "diary.txt").write_text("not a film")
    place.add("moon")
    place.add("moon", seed=8)
    leases = place.leases()
    night = leases.join(NONE)
    folders = [leases.claim(night, slots=1).claim.folder.name for _ in range(2)]
    assert folders == ["moon-2", "moon-3"]


def test_a_night_goes_on_after_a_crash_and_a_new_one_begins_after_its_end(place: Place) -> None:
    place.add("moon")
    first = place.leases()
    night = first.join(TWENTY)
    first.leave("stopped", night=night, over=False)
    again = place.leases()
    same = again.join(NONE)
    assert (same.id, same.limits) == (night.id, TWENTY), "its budget still holds"
    again.leave("done", night=same, over=True)
    assert place.leases().join(NONE).id == night.id + 1


def test_beside_another_runner_the_lower_limits_hold(place: Place) -> None:
    place.leases(ELSEWHERE).join(Limits(usd=20.0, takes=9))
    assert place.leases().join(Limits(usd=5.0)).limits == Limits(usd=5.0, takes=9)
    assert place.leases().join(Limits(usd=50.0, takes=3)).limits == Limits(usd=5.0, takes=3)


def test_alone_the_limits_that_are_given_last_hold_and_the_others_stay(place: Place) -> None:
    first = place.leases()
    first.leave("stopped", night=first.join(Limits(usd=5.0, gpu_s=60)), over=False)
    assert place.leases().join(Limits(usd=9.0)).limits == Limits(usd=9.0, gpu_s=60)


@pytest.mark.parametrize(
    ("limits", "option"),
    [
        (Limits(usd=5.0, gpu_s=60), "--budget-usd"),
        (Limits(gpu_s=60), "--gpu-hours"),
        (Limits(takes=3), "--takes-in-all"),
    ],
)
def test_a_limit_beside_a_runner_without_it_is_refused(
    place: Place, limits: Limits, option: str
) -> None:
    place.leases(ELSEWHERE).join(NONE)
    with pytest.raises(InputError, match=f"without {option}"):
        place.leases().join(limits)


def test_what_a_lost_runner_was_given_is_not_given_away_until_it_is_known_to_be_dead(
    place: Place,
) -> None:
    place.add("moon", "sea")
    lost, here = place.leases(ELSEWHERE), place.leases()
    assert lost.claim(lost.join(Limits(usd=10.0)), slots=2).claim.limits.usd == 5.0
    night = here.join(NONE)
    here.recover()
    place.clock.advance(LEASE_S + 1)
    here.recover()
    assert place.queue.used(night.id).usd == 5.0
    place.queue.prioritise(2, 5)
    sea = here.claim(night, slots=1).claim
    assert (sea.queued.name, sea.limits.usd) == ("sea", 5.0)
    moon = here.claim(night, slots=1).claim
    assert moon.limits.usd == 5.0, "the same ceiling for the same folder, whoever spends it"
    here.release(moon, done())
    here.release(sea, done())
    assert place.queue.used(night.id).usd == 0.0, "nothing was spent after all"


def test_a_film_that_is_taken_over_counts_with_what_its_lost_runner_may_spend(
    place: Place,
) -> None:
    place.add("moon", "sea", "hill")
    lost, here = place.leases(ELSEWHERE), place.leases()
    lost.claim(lost.join(Limits(usd=10.0)), slots=2)
    night = here.join(NONE)
    here.recover()
    place.clock.advance(LEASE_S + 1)
    here.recover()
    given = [here.claim(night, slots=3 - at).claim.limits.usd for at in range(3)]
    assert given == [5.0, 2.5, 2.5]


def test_whoever_dies_while_it_takes_films_over_leaves_the_rest_to_be_taken_at_once(
    place: Place,
) -> None:
    here = Owner.here()
    if not here.place:
        pytest.skip("this system does not tell boots and processes apart")
    place.add("moon", "sea")
    dead = here.model_copy(update={"pid": 2**22 + 1, "started": "12", "nonce": "dead"})
    lost = place.leases(dead)
    night = lost.join(NONE)
    for _ in range(2):
        assert lost.claim(night, slots=1).claim

    def dies(folder: Path) -> Used:
        if folder.name == "sea":
            raise KeyboardInterrupt
        return Used()

    with pytest.raises(KeyboardInterrupt):
        place.leases(spent=dies).recover()
    assert sorted(place.states().values()) == ["running", "waiting"]
    assert [one.name for one in place.leases().recover()] == ["sea"]


def test_entries_that_cannot_be_begun_are_counted_and_not_read(place: Place) -> None:
    place.add(*(f"film {number}" for number in range(1, 41)))
    leases = place.leases()
    night = leases.join(Limits(usd=5))
    asked: list[str] = []
    with place.queue.tables.reading() as db:
        db.set_trace_callback(asked.append)
        late = leases.claim(night, slots=4, worked_over_s=float("inf"))
        known = leases.claim(night, slots=4, without=range(1, 41))
        db.set_trace_callback(None)
    assert (late.claim, late.late) == (known.claim, known.late) == (None, 40)
    assert not any("SELECT * FROM entries" in one for one in asked)
    resting = leases.claim(night, slots=4, without=range(1, 31), resting=range(31, 41))
    assert (resting.claim, resting.late, resting.resting) == (None, 30, 10)
    only = leases.claim(night, slots=4, without=range(1, 31), resting=range(31, 40))
    assert only.claim is not None
    assert only.claim.queued.id == 40


def test_a_queue_of_before_is_given_the_index_that_it_is_asked_by(place: Place) -> None:
    place.add("moon")
    with place.queue.tables.writing() as db:
        db.execute("DROP INDEX to_begin")
    place.queue.close()
    again = Queue(place.out / "batch.sqlite", clock=place.clock)
    place.queue = again
    leases = place.leases()
    assert leases.claim(leases.join(Limits()), slots=1).claim is not None


def test_a_runner_with_another_ledger_is_told_so_where_there_are_limits(
    place: Place, tmp_path: Path
) -> None:
    ours, theirs = (tmp_path / name / "ledger.sqlite" for name in ("ours", "theirs"))
    one, same, other = (place.leases() for _ in range(3))
    one.ledger, same.ledger, other.ledger = (Ledger.at(path) for path in (ours, ours, theirs))
    night = one.join(TWENTY)
    assert same.join(NONE).id == night.id
    with pytest.raises(InputError, match="NIGHTSHOOT_HOME") as told:
        other.join(NONE)
    assert str(ours) in str(told.value)
    assert str(theirs) in str(told.value)
    with place.queue.tables.reading() as db:
        rows = db.execute("SELECT COUNT(*) FROM owners").fetchone()
    assert rows[0] == 2, "who was refused left nothing behind"
    one.leave("stopped", night=night, over=False)
    same.leave("stopped", night=night, over=False)
    with pytest.raises(InputError, match="counted"):
        other.join(TWENTY)


def test_without_limits_runners_may_count_apart(place: Place, tmp_path: Path) -> None:
    one, other = place.leases(), place.leases()
    one.ledger, other.ledger = (Ledger.at(tmp_path / name) for name in ("ours", "theirs"))
    assert one.join(NONE).id == other.join(NONE).id


def test_a_ledger_is_the_same_by_whatever_way_it_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    found = [Ledger.at(tmp_path / name / "ledger.sqlite").id for name in ("home", "link", "home")]
    assert len(set(found)) == 1
    assert Ledger.at(tmp_path / "else.sqlite").id != found[0]

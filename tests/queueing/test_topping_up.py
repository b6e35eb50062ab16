"""What running films may use, as others end, begin, or need more than they were given."""

from __future__ import annotations

from typing import Any

from nightshoot.domain.batch import EntryState
from nightshoot.domain.limits import Currency, Limits, Used
from nightshoot.queueing import Claim, Leases, Night, Owner, Released
from nightshoot.queueing.others import LEASE_S

Place = Any

DONE = Released(state=EntryState.DONE)


def begun(place: Place, limits: Limits, *names: str) -> tuple[Leases, Night, list[Claim]]:
    """Begins films that share a night."""
    place.add(*names)
    leases = place.leases()
    night = leases.join(limits)
    return leases, night, [claimed(leases, night, len(names) - at) for at in range(len(names))]


def claimed(leases: Leases, night: Night, slots: int = 1, *, pressed: bool = False) -> Claim:
    claim = leases.claim(night, slots=slots, pressed=pressed).claim
    assert claim is not None
    return claim


def uses(place: Place, claim: Claim, **amounts: float) -> None:
    place.spent[claim.folder.name] = Used.model_validate(amounts)


def test_films_share_all_three_and_what_one_leaves_goes_to_the_other(place: Place) -> None:
    limits = Limits(usd=10.0, gpu_s=600, takes=7)
    leases, _, (moon, sea) = begun(place, limits, "moon", "sea")
    assert moon.limits == Limits(usd=5.0, gpu_s=300, takes=3)
    uses(place, moon, usd=1.0, gpu_s=100, takes=2)
    leases.release(moon, DONE)
    uses(place, sea, usd=2.0)
    assert leases.topped_up(sea) == Limits(usd=9.0, gpu_s=500, takes=5)


def test_what_is_taken_from_a_film_is_given_away_only_once_it_keeps_to_less(place: Place) -> None:
    leases, night, (moon, sea) = begun(place, Limits(usd=10.0), "moon", "sea")
    uses(place, moon, usd=4.0)
    assert leases.topped_up(moon).usd == 5.0, "the other five are held for the other film"
    assert leases.topped_up(sea).usd == 3.0
    assert leases.topped_up(moon).usd == 5.0, "it may have begun something for all five"
    assert leases.topped_up(sea).usd == 3.0
    assert leases.topped_up(moon).usd == 7.0
    assert place.queue.used(night.id).usd == 10.0


def test_what_a_film_used_before_it_was_told_of_less_is_its_own(place: Place) -> None:
    leases, night, (moon, sea) = begun(place, Limits(usd=10.0), "moon", "sea")
    uses(place, moon, usd=4.0)
    leases.topped_up(moon)
    assert leases.topped_up(sea).usd == 3.0
    uses(place, sea, usd=5.0)
    assert leases.topped_up(sea).usd == 5.0
    assert leases.topped_up(moon).usd == 4.5, "of the last dollar each has a half"
    assert place.queue.used(night.id).usd == 10.0


def test_where_the_night_is_short_the_film_that_was_begun_first_is_finished_first(
    place: Place,
) -> None:
    leases, _, (first, *rest) = begun(place, Limits(usd=10.0), "first", "moon", "sea")
    uses(place, first, usd=4.0)
    leases.release(first, DONE)
    moon, sea = rest
    for claim in rest:
        uses(place, claim, usd=2.0)
    for _ in range(3):
        told = [leases.topped_up(claim).usd for claim in rest]
    assert told == [4.0, 2.0], "by the median each needs two more, and there are two"
    place.queue.prioritise(sea.queued.id, 5)
    for _ in range(3):
        told = [leases.topped_up(claim).usd for claim in rest]
    assert told == [2.0, 4.0], "a person wants that one"
    assert leases.priorities() == {moon.queued.id: 0, sea.queued.id: 5}


def test_a_lower_budget_for_the_night_is_heeded_by_films_that_run(place: Place) -> None:
    leases, night, (moon, sea) = begun(place, Limits(usd=10.0), "moon", "sea")
    uses(place, sea, usd=1.5)
    other = Owner(host="elsewhere", place="", pid=1, started="", nonce="other")
    assert place.leases(other).join(Limits(usd=4.0)).limits.usd == 4.0
    for _ in range(3):
        told = [leases.topped_up(claim).usd for claim in (moon, sea)]
    assert told == [1.25, 2.75]
    assert place.queue.used(night.id).usd == 4.0


def test_what_a_lost_runner_may_use_stays_held_however_little_its_heir_needs(place: Place) -> None:
    place.add("moon", "sea")
    lost = place.leases(Owner(host="x", place="", pid=1, started="", nonce="lost"))
    here = place.leases()
    claim = claimed(lost, lost.join(Limits(usd=10.0)))
    assert claim.limits.usd == 10.0
    here.recover()
    place.clock.advance(LEASE_S + 1)
    here.recover()
    night = here.join(Limits())
    heir = claimed(here, night, slots=2)
    assert heir.folder == claim.folder
    for _ in range(3):
        here.topped_up(heir, slots=1)
    assert place.queue.used(night.id).usd == 10.0
    assert here.claim(night, slots=1).claim is None
    assert lost.topped_up(claim).usd == 10.0, "what it was told before it was given up"
    assert lost.priorities() == {}


def test_something_is_left_for_films_that_could_be_begun(place: Place) -> None:
    leases, night, (moon,) = begun(place, Limits(usd=9.0, takes=9), "moon")
    place.add("sea", "hill")
    assert leases.claim(night, slots=2).claim is None
    for _ in range(2):
        told = leases.topped_up(moon, slots=2)
    assert told == Limits(usd=3.0, takes=3)
    assert claimed(leases, night, slots=2).limits == Limits(usd=3.0, takes=3)


def test_where_a_share_is_too_little_for_any_the_first_has_all_that_is_left(place: Place) -> None:
    leases, night, claims = begun(place, Limits(usd=9.0, takes=4), "moon", "sea", "hill")
    for claim in claims:
        uses(place, claim, takes=1)
        leases.release(
            claim, Released(state=EntryState.WAITING, short=True, lacking=Currency.TAKES)
        )
    again = claimed(leases, night, slots=3)
    assert (again.queued.name, again.limits.takes) == ("moon", 2)
    assert leases.claim(night, slots=2).claim is None


def test_what_was_worked_on_most_goes_first_once_the_night_is_short(place: Place) -> None:
    leases, night, (first, moon, sea) = begun(place, Limits(usd=12.0), "first", "moon", "sea")
    uses(place, first, usd=4.0)
    leases.release(first, DONE)
    for claim, worked_s in ((moon, 60.0), (sea, 600.0)):
        uses(place, claim, usd=1.0)
        leases.release(claim, Released(state=EntryState.WAITING, worked_s=worked_s))
    place.add("new")
    assert claimed(leases, night).queued.name == "sea", "twelve would do for none"
    place.queue.prioritise(place.named("new").id, 1)
    assert leases.claim(night, slots=1).claim is None, "all is held for the one that runs"


def test_what_was_worked_on_most_goes_first_when_time_is_short(place: Place) -> None:
    leases, night, claims = begun(place, Limits(), "moon", "sea")
    for pressed, order in ((False, ["moon", "sea"]), (True, ["sea", "moon"])):
        for claim in claims:
            worked_s = 600.0 if claim.queued.name == "sea" else 60.0
            leases.release(claim, Released(state=EntryState.WAITING, worked_s=worked_s))
        claims = [claimed(leases, night, pressed=pressed) for _ in range(2)]
        assert [claim.queued.name for claim in claims] == order

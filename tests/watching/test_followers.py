"""Several followers: none of them can harm a film or another follower."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from nightshoot.events import Event, StageFinished
from nightshoot.events import Stage as FilmStage
from nightshoot.following import Nobody
from nightshoot.lane import Lane, Span
from nightshoot.queueing import Night, Queued
from nightshoot.turns import Standing
from nightshoot.watching import Followers

EVENT = StageFinished(stage=FilmStage.CUT)


class Listener(Nobody):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def begun(self, entry: Queued) -> None:
        self.told.append(f"begun {entry.id}")

    def event(self, entry: int, event: Event) -> None:
        self.told.append(f"{event.type} {entry}")

    def span(self, span: Span) -> None:
        self.told.append(f"span {span.lane}")

    def ended(self, entry: Queued, what: str) -> None:
        self.told.append(f"{what} {entry.id}")

    def beat(self, night: Night) -> None:
        self.told.append(f"beat {night.id}")


class Broken(Nobody):
    """Raises at every event, and counts how often."""

    def __init__(self) -> None:
        self.asked = 0

    def event(self, entry: int, event: Event) -> None:
        self.asked += 1
        raise ZeroDivisionError

    def span(self, span: Span) -> None:
        self.asked += 1
        raise ZeroDivisionError


def test_everybody_is_told_everything(queued: Callable[..., Queued], night: Night) -> None:
    listeners = Listener(), Listener()
    followers = Followers(*listeners)
    followers.begun(queued())
    followers.event(4, EVENT)
    followers.ended(queued(), "done")
    followers.beat(night)
    for listener in listeners:
        assert listener.told == ["begun 4", "stage_finished 4", "done 4", "beat 3"]


def test_one_that_raises_is_told_nothing_more_and_the_log_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, listener = Broken(), Listener()
    followers = Followers(broken, listener)
    with caplog.at_level(logging.ERROR):
        followers.event(4, EVENT)
        followers.event(4, EVENT)
    assert (broken.asked, len(listener.told)) == (1, 2)
    assert [record.message for record in caplog.records] == ["Broken follows the night no longer"]


async def test_a_film_whose_turn_is_told_to_a_broken_follower_goes_on() -> None:
    lane = Lane("gpu", tell=Followers(Broken()).span)
    made: list[Any] = []
    for _ in range(2):
        async with lane.turn(Standing(film="4")):
            made.append(1)
    assert len(made) == 2

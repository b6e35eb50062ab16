"""A clock that is set by hand, entries of a queue, and a film's events."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from nightshoot.domain.batch import BatchEntry, Cause, EntryState
from nightshoot.events import ActionDone, Event, Stage, StageStarted, StepDone, TakeRejected
from nightshoot.queueing import Night, Queued

SECRET = "sk-not-to-be-seen"
PROMPT = "a lighthouse keeper who lies"


class HandClock:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 500.0

    def wall(self) -> float:
        return 1_790_000_000.0 + self.now

    def monotonic(self) -> float:
        return self.now

    def wait(self, event: threading.Event, timeout_s: float) -> None:
        del event
        self.now += timeout_s


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def night() -> Night:
    return Night(id=3, begun_at=1_790_000_000.0)


@pytest.fixture
def queued() -> Callable[..., Queued]:
    """Builds an entry of a queue."""

    def build(number: int = 4, name: str = "月夜渔舟", **parts: object) -> Queued:
        given: dict[str, object] = {
            "id": number,
            "entry": BatchEntry(brief=PROMPT, name=name),
            "name": name,
            "place": "list.yaml:1",
            "priority": 0,
            "state": EntryState.RUNNING,
            "folder": f"/films/{number}",
            "night": 3,
            "added_at": 1_790_000_000.0,
        }
        return Queued.model_validate(given | parts)

    return build


@pytest.fixture
def failed(queued: Callable[..., Queued]) -> Queued:
    return queued(
        state=EntryState.SET_ASIDE, cause=Cause.REFUSED, error="the service will not make this"
    )


@pytest.fixture
def story() -> tuple[Event, ...]:
    """What happens in a film of two shots, half of it; the words in it are nobody's business."""
    return (
        StageStarted(stage=Stage.TAKES, units=2),
        ActionDone(tool="image/flux", key="k1", shot="s01", reused=False, cost_usd=0.1, gpu_s=6.0),
        ActionDone(tool="video/wan", key="k2", shot="s01", reused=False, cost_usd=0.3, gpu_s=21.0),
        ActionDone(tool="video/wan", key="k0", shot="s02", reused=True),
        TakeRejected(shot="s01", take=1, note=f"{PROMPT}, {SECRET}", measures=("flicker",)),
        StepDone(stage=Stage.TAKES, shot="s01"),
    )

"""Watching a night while it runs: what it is, and how it is told to people and to machines."""

from nightshoot.watching.followers import Followers
from nightshoot.watching.queue_facts import QueueFacts, queue_facts
from nightshoot.watching.state import (
    FilmState,
    FinishedFilm,
    LaneState,
    NextFilm,
    NightState,
)
from nightshoot.watching.watch import NightWatch

__all__ = [
    "FilmState",
    "FinishedFilm",
    "Followers",
    "LaneState",
    "NextFilm",
    "NightState",
    "NightWatch",
    "QueueFacts",
    "queue_facts",
]

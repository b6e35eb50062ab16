"""What was made, and by which action: the content-addressed store and the action log."""

from nightshoot.artifacts.actions import Action, ActionLog, Assumed, Made, Outcome, Stint
from nightshoot.artifacts.forecast import ForecastLog, Foreseen
from nightshoot.artifacts.jobs import Job, JobState, LooseJob
from nightshoot.artifacts.store import Store

__all__ = [
    "Action",
    "ActionLog",
    "Assumed",
    "ForecastLog",
    "Foreseen",
    "Job",
    "JobState",
    "LooseJob",
    "Made",
    "Outcome",
    "Stint",
    "Store",
]

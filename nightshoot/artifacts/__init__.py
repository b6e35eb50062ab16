"""What was made, and by which action: the content-addressed store and the action log."""

from nightshoot.artifacts.actions import Action, ActionLog, Made, Outcome
from nightshoot.artifacts.jobs import Job, JobState, LooseJob
from nightshoot.artifacts.store import Store

__all__ = ["Action", "ActionLog", "Job", "JobState", "LooseJob", "Made", "Outcome", "Store"]

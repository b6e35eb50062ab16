"""From operations to documents: what a revision changes, and what it makes stale."""

from __future__ import annotations

from nightshoot.domain.revising.applying import Applied, applied
from nightshoot.domain.revising.documents import Documents, Pick
from nightshoot.domain.revising.telling import Impossible, Told
from nightshoot.domain.revising.touching import FilmPart, Part, Touched, TouchedShot, touched

__all__ = [
    "Applied",
    "Documents",
    "FilmPart",
    "Impossible",
    "Part",
    "Pick",
    "Told",
    "Touched",
    "TouchedShot",
    "applied",
    "touched",
]

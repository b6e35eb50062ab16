"""The one facade for all doors: makes, resumes and shows productions."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from nightshoot.artifacts.store import Missing
from nightshoot.authorship import now, whoever
from nightshoot.errors import ArtifactError, InputError
from nightshoot.events import Sink, Stage
from nightshoot.files import told_of
from nightshoot.production import Production
from nightshoot.remaking import Given, aremake
from nightshoot.versions import Version
from nightshoot.workplace import Report, Workplace

ENDS = (Stage.SCREENPLAY, Stage.STORYBOARD, Stage.KEYFRAMES, Stage.TAKES, Stage.CUT)
"""After which stages a run may be told to end."""


class Studio(Workplace):
    """Makes films with one installation's settings, store and prompts."""

    def produce(self, production: Production, *, sink: Sink, until: Stage | None = None) -> Report:
        """Makes a production's film, or goes on with it from where it stands.

        What the action log has is not made again. A run that was killed goes on from its
        checkpoints; one that waits for approval is approved by this call; a run that ended, or
        whose documents a person has edited since, begins anew and reuses all that is unchanged.
        A film that is finished and changes becomes a new version.

        Raises:
            InputError: another process holds the folder, or a document in it is broken.
            BackendError: a tool could not, after every try.
            BudgetExceeded: the next step would pass the ceiling.
            ArtifactError: the store cannot be read or written.
        """
        return asyncio.run(self.aproduce(production, sink=sink, until=until))

    async def aproduce(
        self, production: Production, *, sink: Sink, until: Stage | None = None
    ) -> Report:
        """Does the same beside other films, in the event loop that their tools belong to."""
        with production.held():
            if production.versions.head is not None and until is None:
                return await self._again(production, sink)
            # Not for a revision, which would wait for the graph engine to load.
            from nightshoot import checkpointed
            from nightshoot.graphs.checkpoints import discard

            try:
                try:
                    return await checkpointed.run(self, production, sink=sink, until=until)
                except Missing:
                    # A checkpoint refers to what is no longer there. A run of its own finds out
                    # what is lost, and makes that again.
                    discard(production.checkpoints)
                    return await checkpointed.run(self, production, sink=sink, until=until)
            except sqlite3.Error as error:
                raise ArtifactError(
                    f"the checkpoints in {production.folder} cannot be written: {told_of(error)}"
                ) from error

    async def _again(self, production: Production, sink: Sink) -> Report:
        """Makes a finished film again from what a person edited, ruled or put into its folder."""
        versions = production.versions
        about = Version(
            number=versions.next_number, parent=versions.head, at=now(), author=whoever()
        )
        given = Given(sheet=production.sheet)
        report, _ = await aremake(self, production, given, sink=sink, about=about)
        return report


def stage_named(name: str) -> Stage:
    """Gives the stage that `--until` names. Raises InputError where it names none."""
    for stage in ENDS:
        if stage.value == name:
            return stage
    raise InputError(f"there is no stage {name!r}: choose from {', '.join(ENDS)}")


def folder_for(title: str, parent: Path) -> Path:
    """Gives a folder below `parent` named after a title, with a number where it is taken."""
    slug = slug_of(title)
    folder = parent / slug
    number = 2
    while folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        folder = parent / f"{slug}-{number}"
        number += 1
    return folder


def slug_of(title: str) -> str:
    """Gives a title as the name of a folder: letters and digits of any script, and hyphens."""
    kept = "".join(char if char.isalnum() else "-" for char in title.strip().lower())
    return "-".join(part for part in kept.split("-") if part)[:40].strip("-") or "film"

"""The commands that talk to a finished film. Heavy imports wait until a command runs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nightshoot.cli.answering import answering, fail

if TYPE_CHECKING:
    from nightshoot.revisions import Proposal, Revisions

_FOLDER = click.argument("folder", type=click.Path(path_type=Path))
_DRY = click.option("--dry-run", is_flag=True, help="Say what would be made again, and stop there.")
_YES = click.option("--yes", is_flag=True, help="Do not ask before it is made.")
_WAIT = click.option(
    "--wait", is_flag=True, help="Wait for another nightshoot that is at work in FOLDER."
)
_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object; needs --yes to make."
)


@click.command()
@_FOLDER
@click.argument("request")
@_DRY
@_YES
@_WAIT
@_JSON
@answering
def revise(folder: Path, request: str, dry_run: bool, yes: bool, wait: bool, as_json: bool) -> None:
    """Change the film in FOLDER as REQUEST says, in plain words, Chinese or English.

    First you are told what it comes to: what changes, what has to be made again, and what that
    costs. Only what has become stale is made again; the new film is a new version.
    """
    from nightshoot.cli.history import turns_of
    from nightshoot.cli.progress import Progress
    from nightshoot.cli.proposing import in_its_language
    from nightshoot.cli.wiring import studio
    from nightshoot.production import Production
    from nightshoot.revisions import Revisions

    revisions = Revisions(studio(os.environ), Production.open(folder))
    revisions.turns = turns_of(revisions.production)
    with Progress() as progress, in_its_language(revisions.production):
        proposal = revisions.propose(request, sink=progress, wait=wait)
    _offer(revisions, proposal, dry_run=dry_run, yes=yes, wait=wait, as_json=as_json)


@click.command()
@_FOLDER
@click.argument("file")
@_DRY
@_YES
@_JSON
@answering
def release(folder: Path, file: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Let FILE, which you edited or put into FOLDER, win no longer, and make the film again.

    FILE is its path in the folder, such as shots/s01/keyframe.png; `show` lists those that win.
    """
    from nightshoot.cli.proposing import in_its_language
    from nightshoot.cli.wiring import studio
    from nightshoot.domain.revision import ReleasePin
    from nightshoot.production import Production
    from nightshoot.revisions import Revisions

    revisions = Revisions(studio(os.environ), Production.open(folder))
    with in_its_language(revisions.production):
        proposal = revisions.weigh(f"release {file}", [ReleasePin(file=_inside(folder, file))])
    _offer(revisions, proposal, dry_run=dry_run, yes=yes, wait=False, as_json=as_json)


def _inside(folder: Path, file: str) -> str:
    """Gives a file's path in the folder, also where it was named from outside."""
    try:
        return Path(file).resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return Path(file).as_posix()


def _offer(
    revisions: Revisions,
    proposal: Proposal,
    *,
    dry_run: bool,
    yes: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Tells what a proposal comes to and makes it, where that is wanted."""
    from nightshoot.cli.proposing import proposal_json, proposal_text, said

    locale = revisions.production.sheet.options.locale
    found = proposal_json(proposal)
    if not as_json:
        click.echo(proposal_text(proposal, revisions.production))
    if not proposal.changes or dry_run or (as_json and not yes):
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False))
        elif proposal.changes:
            click.echo(f"\n  {said(locale, 'dry')}")
        asked = proposal.revision.question is not None or bool(proposal.revision.refused)
        sys.exit(2 if asked else 0)
    if not yes:
        try:
            if not click.confirm(f"\n  {said(locale, 'sure')}", default=True):
                return
        except click.Abort:
            click.echo()
            fail(said(locale, "unanswered"), 2)
    _make(revisions, proposal, found, wait=wait, as_json=as_json)


def _make(
    revisions: Revisions,
    proposal: Proposal,
    found: dict[str, object],
    *,
    wait: bool,
    as_json: bool,
) -> None:
    from nightshoot.cli.progress import Progress
    from nightshoot.cli.proposing import accepted_text, in_its_language, said

    locale = revisions.production.sheet.options.locale
    try:
        with Progress() as progress, in_its_language(revisions.production):
            accepted = revisions.accept(proposal, sink=progress, wait=wait)
    except KeyboardInterrupt:
        fail(said(locale, "stopped"), 130)
    if as_json:
        made = {
            "version": accepted.version,
            "report": accepted.report.model_dump(mode="json", exclude={"awaiting"}),
        }
        click.echo(json.dumps(found | made, ensure_ascii=False))
        return
    click.echo(f"\n{accepted_text(accepted, locale)}")


@click.command()
@_FOLDER
@answering
def chat(folder: Path) -> None:
    """Talk to the film in FOLDER: say what to change, look, undo, until /quit."""
    from nightshoot.cli.talking import Talk
    from nightshoot.cli.wiring import studio
    from nightshoot.production import Production

    Talk(studio(os.environ), Production.open(folder)).run()


@click.command()
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@answering
def log(folder: Path, as_json: bool) -> None:
    """List the versions of the film in FOLDER, latest first."""
    from nightshoot.cli.history import log_text
    from nightshoot.production import Production

    production = Production.open(folder)
    if not as_json:
        click.echo(log_text(production))
        return
    for version in reversed(production.versions.all()):
        click.echo(version.model_dump_json(exclude={"held", "actions"}))


@click.command()
@_FOLDER
@click.argument("a", type=int, required=False)
@click.argument("b", type=int, required=False)
@click.option("--video", is_flag=True, help="Also write difference.mp4: both sides on one screen.")
@click.option("--open", "opened", is_flag=True, help="Open the page in your browser.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@answering
def diff(
    folder: Path, a: int | None, b: int | None, video: bool, opened: bool, as_json: bool
) -> None:
    """Say what differs between two versions, and write difference.html.

    Without A and B: between the version shown and the one it was made from. With A alone: between
    A and the version shown.
    """
    from nightshoot.cli.differing import PAGE, compared, compared_video
    from nightshoot.cli.history import chosen_versions, whole
    from nightshoot.cli.wiring import studio
    from nightshoot.pages.difference import difference_text
    from nightshoot.production import Production

    production = Production.open(folder)
    before, after = chosen_versions(production, a, b)
    store = studio(os.environ).store()
    with whole(f"version {before.number} or {after.number}"):
        found = compared(production, before, after, store)
        if as_json:
            click.echo(found.model_dump_json())
        else:
            click.echo(f"{difference_text(found)}\n\n  {folder / PAGE}")
        if video:
            click.echo(f"  {compared_video(production, found, store)}", err=as_json)
    if opened:
        click.launch(str(folder / PAGE))


@click.command()
@_FOLDER
@answering
def undo(folder: Path) -> None:
    """Go back to the version before; nothing is made and nothing is lost."""
    from nightshoot.cli.history import undone
    from nightshoot.cli.wiring import studio
    from nightshoot.production import Production

    click.echo(f"  {undone(studio(os.environ), Production.open(folder))}")


@click.command()
@_FOLDER
@click.argument("version", type=int)
@answering
def checkout(folder: Path, version: int) -> None:
    """Bring VERSION back; nothing is made and nothing is lost."""
    from nightshoot.cli.history import whole
    from nightshoot.cli.wiring import studio
    from nightshoot.production import Production
    from nightshoot.remaking import show_version

    production = Production.open(folder)
    with production.held(), whole(f"version {version}"):
        shown = show_version(studio(os.environ), production, version)
    click.echo(f"  version {shown.number} is back: {folder / 'film.mp4'}")


COMMANDS = (revise, chat, log, diff, undo, checkout, release)

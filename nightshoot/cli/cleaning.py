"""The command that makes room. Heavy imports wait until it runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nightshoot.cli.answering import answering

if TYPE_CHECKING:
    from nightshoot.cleaning import Cleaned


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--keep", type=click.IntRange(min=1), help="Delete all but FOLDER's latest versions.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and stop there.")
@click.option("--now", is_flag=True, help="Remove what is younger than a day, too.")
@click.option(
    "--forget", type=click.Path(path_type=Path), help="A film's folder that is gone for good."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@answering
def clean(
    folder: Path | None,
    keep: int | None,
    dry_run: bool,
    now: bool,
    forget: Path | None,
    as_json: bool,
) -> None:
    """Remove from the store what no version of any film uses.

    All films share the store. A film that was begun and not finished keeps everything; one whose
    folder cannot be found is asked about. With FOLDER and --keep, that film's old versions go
    first; the one that the folder shows always stays.
    """
    from nightshoot.artifacts import ActionLog
    from nightshoot.cleaning import Wish
    from nightshoot.cleaning import clean as cleaned
    from nightshoot.cli.wiring import studio

    place = studio(os.environ)
    store = place.store()
    log = ActionLog(store)
    try:
        wish = Wish(folder=folder, keep=keep, forget=forget, now=now, dry=dry_run)
        found = cleaned(place.settings.home, store, log, wish)
    finally:
        log.close()
    click.echo(found.model_dump_json() if as_json else cleaned_text(found))


def cleaned_text(found: Cleaned) -> str:
    """Gives what was removed, or would be, for a person."""
    rows = [
        f"  {group.made_by or 'documents and files put there by hand'}: "
        f"{group.files} files, {_told(group.size)}"
        for group in found.groups
    ]
    if found.versions:
        numbers = ", ".join(str(number) for number in found.versions)
        rows.append(f"  versions {numbers}")
    done = "would be removed" if found.dry else "removed"
    count = sum(group.files for group in found.groups)
    rows.append(f"  {count} files, {_told(found.size)} {done}; {found.kept} stay")
    return "\n".join(rows)


def _told(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 50_000 else f"{size / 1e3:.1f} KB"

"""Looks back: the versions of a film, what they cost and came from, and undoing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nightshoot.artifacts.store import Missing
from nightshoot.domain.revision import Revision, Turn
from nightshoot.errors import InputError
from nightshoot.production import Production
from nightshoot.remaking import show_version
from nightshoot.versions import Version
from nightshoot.workplace import Workplace

_TURNS = 8
"""How many requests that were made are remembered by the next one."""


def turns_of(production: Production) -> list[Turn]:
    """Gives the conversation so far: the latest requests that led to the version shown."""
    found = [
        Turn(request=version.request, revision=Revision(operations=version.operations))
        for version in ancestry(production)
        if version.request and version.operations
    ]
    return found[:_TURNS][::-1]


def ancestry(production: Production) -> Iterator[Version]:
    """Gives the version shown, the one that it was made from, and so on while they are there."""
    versions = production.versions
    number = versions.head
    while number is not None:
        try:
            version = versions.get(number)
        except InputError:
            # It was removed by hand, which the others must bear.
            return
        yield version
        number = version.parent


@contextmanager
def whole(what: str) -> Iterator[None]:
    """Says of which version the store lacks something.

    Raises:
        InputError: instead of `Missing`.
    """
    try:
        yield
    except Missing as error:
        raise InputError(
            f"{what} needs files that are gone: {str(error).partition(':')[0]}; bring that store "
            "back, or name another with NIGHTSHOOT_HOME"
        ) from None


def log_text(production: Production) -> str:
    """Gives the versions, latest first, with the one that the folder shows marked."""
    head, rows = production.versions.head, list[str]()
    known = {version.number: version for version in production.versions.all()}
    for version in reversed(known.values()):
        mark = "*" if version.number == head else " "
        origin = (
            f", from {version.parent}" if version.parent not in (None, version.number - 1) else ""
        )
        rows.append(
            f"{mark} {version.number:>3}  {version.at}  {version.author}"
            f"{origin}  ({version.made} made, ${version.cost_usd:.2f}, {version.wall_s:.0f} s)"
        )
        if version.request:
            rows.append(f"       {' '.join(version.request.split())}")
        elif version.parent in known:
            rows.append(f"       ({_by_hand(version, known[version.parent])})")
        rows += [f"       - {told}" for told in version.told]
    return "\n".join(rows) or "no version yet: the film was never finished"


def _by_hand(version: Version, parent: Version) -> str:
    """Says what a person did to the files since the version before."""
    was, now = parent.held.hand, version.held.hand
    names = sorted(name for name in was | now if was.get(name) != now.get(name))
    return f"by hand: {', '.join(names)}" if names else "made again"


def uncommitted(production: Production) -> tuple[str, ...]:
    """Gives the files that a person edited or put there since the version shown was made."""
    shown = next(ancestry(production), None)
    hand = shown.held.hand if shown else {}
    return tuple(name for name in production.pins if hand.get(name) != production.digest(name))


def cost_text(production: Production) -> str:
    """Gives what each version took, and all of them together."""
    versions = production.versions.all()
    counted = "1 version" if len(versions) == 1 else f"{len(versions)} versions"
    rows = [f"  {counted}, ${sum(version.cost_usd for version in versions):.2f} in all"]
    rows += [
        f"    {version.number}: ${version.cost_usd:.2f}, GPU {version.gpu_s:.0f} s, "
        f"{version.wall_s:.0f} s"
        for version in versions
    ]
    return "\n".join(rows)


def chosen_versions(
    production: Production, first: int | None, second: int | None
) -> tuple[Version, Version]:
    """Gives the two versions to compare: by default the one shown and the one it came from.

    Raises:
        InputError: there are no such versions.
    """
    versions = production.versions
    head = versions.head
    if head is None:
        raise InputError(f"{production.folder} has no version yet: the film was never finished")
    if first is None:
        parent = versions.get(head).parent
        if parent is None:
            raise InputError(
                f"version {head} was made from no other: name two versions, see "
                f"`nightshoot log {production.folder}`"
            )
        return versions.get(parent), versions.get(head)
    return versions.get(first), versions.get(head if second is None else second)


def undone(workplace: Workplace, production: Production) -> str:
    """Goes back to the version before; gives the line that says so.

    Raises:
        InputError: there is none before.
    """
    with production.held():
        head = production.versions.head
        if head is None:
            raise InputError(f"{production.folder} has no version yet: the film was never finished")
        parent = production.versions.get(head).parent
        if parent is None:
            raise InputError(f"there is no version before version {head}")
        with whole(f"version {parent}"):
            show_version(workplace, production, parent)
    return (
        f"version {parent} is back; `nightshoot checkout {production.folder} {head}` brings "
        f"version {head} again"
    )

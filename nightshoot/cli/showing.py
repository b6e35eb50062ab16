"""`nightshoot show`: what a production's folder holds."""

from __future__ import annotations

from collections.abc import Iterable

from nightshoot.cli.history import ancestry
from nightshoot.documents import read_yaml
from nightshoot.domain.approval import Rulings
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.events import (
    ActionDone,
    Event,
    ShotFlagged,
    TakeRejected,
    TokensUsed,
    read_events,
)
from nightshoot.llm import Usage
from nightshoot.production import Production
from nightshoot.settings import AGENTS
from nightshoot.sheet import CrewChoice
from nightshoot.workplace import TokenCount


class ShownTake(Value):
    """A take that a person may rule on, and what a person said of it."""

    number: int
    shown: bool
    """It is the one in the film, or the one whose keyframe waits for approval."""
    verdict: str = ""
    """`approved` or `rejected`; empty where nobody ruled on it."""
    by: str = ""
    note: str = ""


class ShownShot(Value):
    """A shot as `show` lists it."""

    id: str
    number: str
    size: str
    move: str
    description: str
    lines: tuple[str, ...]
    rejected: int
    flagged: bool
    takes: tuple[ShownTake, ...] = ()
    """As they were last made, in order."""


class ShownPin(Value):
    """A file of a person's, which wins over what Nightshoot would make."""

    file: str
    """Its path in the folder."""
    why: str
    """`edited`: a document that a person changed. `put there`: a picture or a clip of theirs."""
    since: int | None = None
    """The first version with the file as it is; None: it is in no version yet."""


class Shown(Value):
    """What `show --json` prints."""

    title: str
    folder: str
    state: str
    film: str
    locale: str
    size: str
    fps: str
    crew: CrewChoice
    scenes: int
    shots: tuple[ShownShot, ...]
    version: int | None
    """The version that the folder shows; None before the first."""
    versions: int
    """How many there are."""
    pinned: tuple[ShownPin, ...]
    """Files that a person edited or put there."""
    cost_usd: float
    """What all runs of the film have spent."""
    writing: dict[str, TokenCount]
    """What each agent has used at its endpoint."""


def shown(production: Production) -> Shown:
    """Reads a production's folder.

    Raises:
        InputError: a document in it is broken.
    """
    folder, sheet = production.folder, production.sheet
    screenplay = board = None
    if (folder / "screenplay.yaml").is_file():
        screenplay = read_yaml(folder / "screenplay.yaml", Screenplay)
    if (folder / "storyboard.yaml").is_file():
        board = read_yaml(folder / "storyboard.yaml", Storyboard)
    events = [logged.event for logged in read_events(production.events)]
    writing = _writing(events)
    rulings = production.rulings
    said = {line.id: line.text for line in screenplay.lines} if screenplay else {}
    film = folder / "film.mp4"
    run = production.run
    return Shown(
        title=sheet.title,
        folder=str(folder),
        state=run.state if run else "not begun",
        film=str(film) if film.is_file() else "",
        locale=sheet.options.locale,
        size=f"{sheet.options.width}x{sheet.options.height}",
        fps=str(sheet.options.fps),
        crew=sheet.crew,
        scenes=len(screenplay.scenes) if screenplay else 0,
        shots=tuple(
            ShownShot(
                id=shot.id,
                number=shot.number,
                size=shot.camera.size,
                move=shot.camera.move,
                description=shot.description,
                lines=tuple(said.get(line, line) for line in shot.lines),
                rejected=len(
                    {e.take for e in events if isinstance(e, TakeRejected) and e.shot == shot.id}
                ),
                flagged=_flagged(production, shot.id, events),
                takes=_takes(production, rulings, shot.id),
            )
            for shot in (board.shots if board else ())
        ),
        version=production.versions.head,
        versions=len(production.versions.all()),
        pinned=tuple(_pin(production, name) for name in production.pins),
        cost_usd=round(
            sum(used.cost_usd for used in writing.values())
            # What an agent's action cost is what its requests cost.
            + sum(
                event.cost_usd
                for event in events
                if isinstance(event, ActionDone) and event.tool.partition("/")[0] not in AGENTS
            ),
            4,
        ),
        writing={name: TokenCount.of(used) for name, used in writing.items()},
    )


def _pin(production: Production, name: str) -> ShownPin:
    """Says why a file is pinned, and since which version."""
    digest, since = production.digest(name), None
    for version in ancestry(production):
        if version.held.hand.get(name) != digest:
            break
        since = version.number
    why = "edited" if name.endswith((".yaml", ".fountain", ".csv")) else "put there"
    return ShownPin(file=name, why=why, since=since)


def _flagged(production: Production, shot: str, events: Iterable[Event]) -> bool:
    """Whether the take in the film should be looked at: as it stands now, not at some time."""
    if takes := production.takes_of(shot):
        return any(take.flagged for take in takes)
    return any(isinstance(event, ShotFlagged) and event.shot == shot for event in events)


def _takes(production: Production, rulings: Rulings, shot: str) -> tuple[ShownTake, ...]:
    """Gives a shot's takes, each with the ruling that holds for it."""
    found = []
    for take in production.takes_of(shot):
        ruling = rulings.on(take.video or take.keyframe)
        said = (
            {"verdict": ruling.verdict.value, "by": ruling.by, "note": ruling.note}
            if ruling
            else {}
        )
        found.append(ShownTake(number=take.number, shown=take.shown, **said))
    return tuple(found)


def _writing(events: Iterable[Event]) -> dict[str, Usage]:
    """Gives what each agent has used, by name."""
    found: dict[str, Usage] = {}
    for event in events:
        if isinstance(event, TokensUsed):
            found[event.agent] = found.get(event.agent, Usage()) + Usage(
                requests=event.requests,
                prompt_tokens=event.prompt_tokens,
                completion_tokens=event.completion_tokens,
                cost_usd=event.cost_usd,
            )
    return found


def shown_text(found: Shown) -> str:
    """Gives the same for a person."""
    lines = [
        f"{found.title}  ({found.locale}, {found.size}, {found.fps} fps)",
        f"state: {found.state}   film: {found.film or 'not yet'}",
        f"crew: {', '.join(f'{role} {name}' for role, name in found.crew.parts)}",
    ]
    if found.cost_usd or found.writing:
        lines.append(f"spent: ${found.cost_usd:.4f}")
    for name, used in found.writing.items():
        lines.append(
            f"  {name}: {used.requests} requests, {used.prompt_tokens} tokens in, "
            f"{used.completion_tokens} out, ${used.cost_usd:.4f}"
        )
    if found.version is not None:
        several = f"{found.versions} versions" if found.versions != 1 else "1 version"
        lines.append(f"version {found.version} of {several}: nightshoot log {found.folder}")
    for pin in found.pinned:
        since = "in no version yet: resume" if pin.since is None else f"since version {pin.since}"
        lines.append(f"pinned: {pin.file} ({pin.why} by hand, {since})")
    if found.pinned:
        lines.append(f"  `nightshoot release {found.folder} FILE` lets one go")
    for shot in found.shots:
        mark = " FLAGGED" if shot.flagged else f" {shot.rejected} rejected" if shot.rejected else ""
        lines.append(f"{shot.number:>9}  {shot.size:<3} {shot.move:<13} {shot.description}{mark}")
        lines += [f"{'':>11}{text}" for text in shot.lines]
        for take in shot.takes:
            if take.verdict:
                by = f" by {take.by}" if take.by else ""
                note = f": {take.note}" if take.note else ""
                lines.append(f"{'':>11}take {take.number} {take.verdict}{by}{note}")
    return "\n".join(lines)

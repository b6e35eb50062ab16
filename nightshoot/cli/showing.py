"""`nightshoot show`: what a production's folder holds."""

from __future__ import annotations

from collections.abc import Iterable

from nightshoot.documents import read_yaml
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
from nightshoot.production import CrewChoice, Production
from nightshoot.settings import AGENTS
from nightshoot.studio import TokenCount


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
    pinned: tuple[str, ...]
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
                flagged=any(isinstance(e, ShotFlagged) and e.shot == shot.id for e in events),
            )
            for shot in (board.shots if board else ())
        ),
        pinned=production.pins,
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
        f"crew: {', '.join(f'{role} {name}' for role, name in found.crew.model_dump().items())}",
    ]
    if found.cost_usd or found.writing:
        lines.append(f"spent: ${found.cost_usd:.4f}")
    for name, used in found.writing.items():
        lines.append(
            f"  {name}: {used.requests} requests, {used.prompt_tokens} tokens in, "
            f"{used.completion_tokens} out, ${used.cost_usd:.4f}"
        )
    if found.pinned:
        lines.append(f"edited by hand: {', '.join(found.pinned)}")
    for shot in found.shots:
        mark = " FLAGGED" if shot.flagged else f" {shot.rejected} rejected" if shot.rejected else ""
        lines.append(f"{shot.number:>9}  {shot.size:<3} {shot.move:<13} {shot.description}{mark}")
        lines += [f"{'':>11}{text}" for text in shot.lines]
    return "\n".join(lines)

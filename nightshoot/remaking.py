"""Makes a film again from changed documents: in thought, to know the price, and then for real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from nightshoot.agents import reviser
from nightshoot.artifacts import ForecastLog
from nightshoot.domain.orders import RevisionOrder
from nightshoot.domain.revision import Revision
from nightshoot.errors import InputError
from nightshoot.events import ActionDone, Event, EventLog, Sink
from nightshoot.folder import RULINGS
from nightshoot.forecasting import Forecast
from nightshoot.graphs.context import FilmContext
from nightshoot.graphs.cutting import Cutting
from nightshoot.graphs.nodes import FILM
from nightshoot.graphs.shooting import Shooting
from nightshoot.graphs.state import FilmState
from nightshoot.graphs.straight import along
from nightshoot.graphs.workshop import Workshop
from nightshoot.graphs.writing import Writing, asked
from nightshoot.production import Production
from nightshoot.sheet import ProductionSheet
from nightshoot.versions import Held, Version
from nightshoot.workplace import Report, Workplace, report_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a film is made again from."""

    sheet: ProductionSheet
    documents: Mapping[str, bytes] = field(default_factory=dict)
    """The documents as revised, by name; no agent writes these anew."""
    released: Collection[str] = frozenset()
    """Files of a person's that no longer win."""


def understand(
    workplace: Workplace, production: Production, order: RevisionOrder, sink: Sink
) -> Revision:
    """Has the reviser turn a request into operations, once for equal requests.

    Raises as asking any agent does.
    """

    async def ask() -> Revision:
        async with AsyncExitStack() as stack:
            shop = workplace.workshop(production, sink, stack)
            return await asked(
                shop,
                task=reviser.TASK,
                agent=shop.agents.reviser,
                given=order,
                output=Revision,
            )

    return asyncio.run(ask())


def forecast(workplace: Workplace, production: Production, given: Given) -> Forecast:
    """Finds out what making the film from these documents would have to make; makes none of it.

    The film's own graph is run through, with a log that assumes a result where something is missing
    from the record, and a folder that nothing is written to.
    """
    done: list[ActionDone] = []

    def listen(event: Event) -> None:
        if isinstance(event, ActionDone):
            done.append(event)

    async def run() -> ForecastLog:
        async with AsyncExitStack() as stack:
            shop = workplace.workshop(production, listen, stack)
            log = ForecastLog(shop.log)
            await _through(replace(shop, log=log, dry=True))
            return log

    with production.staged(dry=True):
        _lay_out(production, given)
        log = asyncio.run(run())
    shots = {event.key: event.shot for event in done}
    return Forecast.of(
        [(one, shots.get(key, "")) for key, one in log.foreseen.items()],
        reused=len({event.key for event in done if event.reused}),
    )


def remake(
    workplace: Workplace, production: Production, given: Given, *, sink: Sink, about: Version
) -> tuple[Report, Version]:
    """Makes the film from these documents, and shows it as a new version once it is whole.

    Args:
        workplace: where it is made.
        production: the film, held by the caller.
        given: what it is made from.
        sink: is told what happens.
        about: the new version: its number, parent, request and author; the rest is filled in.

    A film that comes out as it was is no new version, unless somebody asked for it.

    Raises as `Studio.produce` does; the folder then shows the version that it showed before.
    """
    return asyncio.run(aremake(workplace, production, given, sink=sink, about=about))


async def aremake(
    workplace: Workplace, production: Production, given: Given, *, sink: Sink, about: Version
) -> tuple[Report, Version]:
    """Does the same beside other films, in the event loop that their tools belong to."""
    keys: dict[str, None] = {}
    notes: list[str] = []
    begun = time.monotonic()

    async def run() -> tuple[Report, Version]:
        async with AsyncExitStack() as stack:
            events = EventLog(production.events)
            stack.callback(events.close)

            def emit(event: Event) -> None:
                events(event)
                sink(event)
                if isinstance(event, ActionDone):
                    keys[event.key] = None
                elif event.type == "reported":
                    notes.append(event.text)

            shop = workplace.workshop(production, emit, stack)
            state, voice = await _through(shop)
            report = report_of(shop, state, voice=voice, notes=notes).model_copy(
                update={"wall_s": round(time.monotonic() - begun, 2)}
            )
            held = await asyncio.to_thread(production.held_files, shop.log.store)
            return report, filled(about, report, held, keys)

    with production.staged():
        _lay_out(production, given)
        report, version = await run()
        shown = production.versions.get(about.parent) if about.parent is not None else None
        if not version.request and shown is not None and shown.held == version.held:
            production.publish()
            return report, shown
        production.publish(version)
    return report, version


def filled(about: Version, report: Report, held: Held, actions: Collection[str]) -> Version:
    """Gives a version with what making it came to."""
    return about.model_copy(
        update={
            "held": held,
            "actions": tuple(dict.fromkeys(actions)),
            "duration_s": report.duration_s,
            "made": report.actions["made"],
            "cost_usd": report.cost_usd,
            "gpu_s": report.gpu_s,
            "wall_s": report.wall_s,
        }
    )


def show_version(workplace: Workplace, production: Production, number: int) -> Version:
    """Brings a version back into the folder; nothing is made, and no other version is lost.

    Raises:
        InputError: there is no such version, or files were edited by hand and belong to none.
        Missing: the store no longer has what the version needs.
    """
    version = production.versions.get(number)
    head = production.versions.head
    known = production.versions.get(head).held.hand if head is not None else {}
    # Rulings are added outside of versions, and a version brings its own back.
    changeable = (*production.pins, *([RULINGS] if production.digest(RULINGS) else []))
    lost = [name for name in changeable if known.get(name) != production.digest(name)]
    if lost:
        raise InputError(
            f"{', '.join(lost)} in {production.folder} was edited and is in no version yet: "
            f"`nightshoot resume {production.folder}` makes one of it, or move the file away"
        )
    with production.staged():
        production.bring_back(version.held, workplace.store())
        production.publish(version)
    return version


def _lay_out(production: Production, given: Given) -> None:
    production.release(given.released)
    production.replace_sheet(given.sheet)
    for name, data in given.documents.items():
        production.give(name, data)


async def _through(shop: Workshop) -> tuple[FilmState, str]:
    """Goes through a film's nodes from the first to the last; gives the state and who spoke.

    Without checkpoints: what a kill interrupts is begun anew, and the log has what was finished.
    """
    shooting = Shooting(shop)
    context = FilmContext(
        thread="",
        writing=Writing(workshop=shop),
        shooting=shooting,
        cutting=Cutting(shop, shooting),
        following=shop,
        checkpointer=None,
    )
    try:
        state = await along(FILM, {"shots": {}}, context)
    finally:
        await shop.agents.close()
    return state, shooting.voice

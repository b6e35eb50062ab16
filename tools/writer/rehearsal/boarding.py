"""Answers the storyboarder: the shots of a screenplay, whoever wrote it."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from nightshoot.domain.brief import Brief, SourceKind
from nightshoot.domain.orders import BoardOrder
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Camera, Shot, Storyboard
from nightshoot.domain.vocabulary import Transition
from nightshoot.tools.writer.rehearsal.blocking import Blocking, block, film_sides, on_boat
from nightshoot.tools.writer.rehearsal.coverage import Draft, cover
from nightshoot.tools.writer.rehearsal.describing import describe
from nightshoot.tools.writer.rehearsal.fitting import fit, total_s
from nightshoot.tools.writer.rehearsal.framing import Framer
from nightshoot.tools.writer.rehearsal.roster import Roster
from nightshoot.tools.writer.rehearsal.rows import draft_rows, obey
from nightshoot.tools.writer.rehearsal.screenwriting import NAME
from nightshoot.tools.writer.rehearsal.transitions import transitions

_BEFORE_MOBILES = re.compile(
    r"\b1[0-9]{3}s?\b(?!\s*(?:m\b|km|metres|meters|miles|people|dollars))|1[0-9]{3}年|民国|[一二三四五六七八九]十年代|"
    r"\b(?:rotary phone|phone booth|payphone|telegram)\b",
    re.IGNORECASE,
)
"""A story of a year before 2000: nobody carries a telephone."""
_DEFAULT_S = 46.0
"""A film of a short brief lasts at least about so long when no length is asked for."""


def board(order: BoardOrder) -> Storyboard:
    """Gives the storyboard of a screenplay: every line in one shot, in order."""
    brief, screenplay = order.brief, order.screenplay
    rows = brief.source.rows if brief.source.kind is SourceKind.TABLE else ()
    roster = Roster(screenplay.characters)
    reports: tuple[str, ...] = ()
    if rows:
        drafts, reports = draft_rows(rows, screenplay, roster, brief.locale)
    else:
        drafts = _covered(screenplay, roster, hooks=brief.source.kind is SourceKind.BRIEF)
    drafts, too_long = _fitted(drafts, brief)
    cameras = _cameras(drafts, brief)
    blockings = _blockings(screenplay, brief)
    ways = transitions(drafts)
    shots = [
        _shot(index, drafts, cameras, blockings, brief, ways[index]) for index in range(len(drafts))
    ]
    return Storyboard(
        title=screenplay.title,
        locale=screenplay.locale,
        style=order.concept.style or brief.style,
        written_by=NAME,
        shots=tuple(shots),
        reports=tuple(dict.fromkeys((*screenplay.reports, *reports, *too_long))),
    )


def _covered(screenplay: Screenplay, roster: Roster, *, hooks: bool) -> list[Draft]:
    """Gives the shots of all scenes; a drama opens on its hook, an author's work on the place."""
    last = len(screenplay.scenes) - 1
    found: list[Draft] = []
    for index, scene in enumerate(screenplay.scenes):
        seen = next((d.people for d in reversed(found) if len(d.people) > 1), ())
        found += cover(
            scene,
            roster,
            opens=hooks and index == 0,
            closes=index == last,
            aboard=seen,
            invents=hooks,
        )
    return found


def _fitted(drafts: list[Draft], brief: Brief) -> tuple[list[Draft], tuple[str, ...]]:
    if brief.duration_s is not None:
        return fit(drafts, brief.duration_s, brief.locale)
    if brief.source.kind is SourceKind.BRIEF and total_s(drafts) < _DEFAULT_S:
        return fit(drafts, _DEFAULT_S + 4, brief.locale)
    return drafts, ()


def _cameras(drafts: list[Draft], brief: Brief) -> list[Camera]:
    framer = Framer(rng=random.Random(f"{brief.seed}:{brief.source.text[:4000]}:camera"))
    rows = brief.source.rows if brief.source.kind is SourceKind.TABLE else ()
    found = []
    for index, draft in enumerate(drafts):
        if rows:
            found.append(obey(rows[index], draft, framer))
        else:
            found.append(framer.frame(draft))
    return found


def _blockings(screenplay: Screenplay, brief: Brief) -> dict[str, Blocking]:
    sides = film_sides(screenplay)
    return {
        scene.id: block(
            scene,
            screenplay.characters,
            boat=on_boat(scene),
            seed=brief.seed,
            sides=sides,
            before_mobiles=_BEFORE_MOBILES.search(brief.source.text[:20000]) is not None,
        )
        for scene in screenplay.scenes
    }


def _shot(
    index: int,
    drafts: Sequence[Draft],
    cameras: Sequence[Camera],
    blockings: dict[str, Blocking],
    brief: Brief,
    way_out: Transition,
) -> Shot:
    draft, camera = drafts[index], cameras[index]
    rows = brief.source.rows if brief.source.kind is SourceKind.TABLE else ()
    blocking = blockings[draft.scene.id]
    staging = blocking.stage(draft, camera.size)
    row = rows[index] if rows else None
    way_out = row.transition if row and row.transition else way_out
    width = max(2, len(str(len(drafts))))
    return Shot(
        id=f"s{index + 1:0{width}d}",
        number=row.number if row else str(index + 1),
        scene=draft.scene.id,
        description=describe(
            draft,
            blocking.cast,
            brief.locale,
            size=camera.size,
            before=cameras[index - 1].size if index else None,
        ),
        camera=camera,
        staging=staging,
        lines=tuple(line.id for line in draft.lines),
        min_duration_s=min(60.0, max(0.5, draft.min_s)),
        transition=way_out,
        sound=row.sound if row else "",
    )

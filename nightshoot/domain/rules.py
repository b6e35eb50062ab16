"""What must be true of the agents' documents beyond their form; gives violations in words."""

from __future__ import annotations

import unicodedata

from nightshoot.domain.brief import BoardRow, SourceKind
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Shot, Storyboard

_KEPT_OF_A_STORY = 0.8
"""The least share of a story's letters that is spoken; the rest are headings and attributions."""


def bare(text: str) -> str:
    """Gives the letters and digits of a text, for comparing words without punctuation."""
    return "".join(
        char
        for char in unicodedata.normalize("NFKC", text)
        if unicodedata.category(char)[0] in "LN"
    ).casefold()


def screenplay_violations(order: ScreenplayOrder, screenplay: Screenplay) -> tuple[str, ...]:
    """Says where a screenplay departs from what its author wrote: lines that are missing."""
    source = order.brief.source
    if source.kind is SourceKind.STORY:
        return _story_violations(source.text, screenplay)
    if source.kind is not SourceKind.SCREENPLAY:
        return ()
    spoken = bare("".join(line.text for line in screenplay.lines))
    position, missing = 0, []
    for item in source.script:
        if item.kind.line_kind is None:
            continue
        wanted = bare(item.text)
        found = spoken.find(wanted, position)
        if found < 0:
            missing.append(item.text)
        else:
            position = found + len(wanted)
    return tuple(f"The author's line is missing or changed: {text}" for text in missing[:5])


def _story_violations(text: str, screenplay: Screenplay) -> tuple[str, ...]:
    """A story's lines are the author's, in order; headings and "he said" may be left out."""
    written = bare(text)
    position, strange = 0, []
    for line in screenplay.lines:
        wanted = bare(line.text)
        found = written.find(wanted, position)
        if found < 0:
            strange.append(f"Line {line.id} is not the author's: {line.text}")
        else:
            position = found + len(wanted)
    kept = sum(len(bare(line.text)) for line in screenplay.lines)
    if kept < _KEPT_OF_A_STORY * len(written):
        strange.append(f"Only {kept} of the author's {len(written)} letters are spoken.")
    return tuple(strange[:5])


def storyboard_violations(order: BoardOrder, board: Storyboard) -> tuple[str, ...]:
    """Says where a storyboard loses a line of the screenplay, or disobeys the user's table."""
    found = [*board_violations(order.screenplay, board)]
    rows = order.brief.source.rows
    if rows:
        if len(rows) != len(board.shots):
            found.append(f"The table has {len(rows)} rows, the board {len(board.shots)} shots.")
        for row, shot in zip(rows, board.shots, strict=False):
            found.extend(_disobeyed(row, shot))
    return tuple(found[:8])


def board_violations(screenplay: Screenplay, board: Storyboard) -> tuple[str, ...]:
    """Says where a storyboard does not belong to its screenplay: lines, people, scenes."""
    found: list[str] = []
    wanted = [line.id for line in screenplay.lines]
    heard = [line for shot in board.shots for line in shot.lines]
    if heard != wanted:
        lost = [line for line in wanted if line not in heard]
        extra = [line for line in heard if line not in wanted]
        found.append(
            "Each line must be heard in exactly one shot, in the screenplay's order; "
            f"lost: {lost}, unknown: {extra}."
        )
    people = {person.id for person in screenplay.characters}
    scenes = {scene.id for scene in screenplay.scenes}
    for shot in board.shots:
        strangers = {f.character for f in shot.staging.figures if f.character} - people
        if strangers:
            found.append(f"Shot {shot.id} shows {sorted(strangers)}, who are not characters.")
        if shot.scene not in scenes:
            found.append(f"Shot {shot.id} belongs to no scene: {shot.scene!r}.")
    return tuple(found)


def _disobeyed(row: BoardRow, shot: Shot) -> list[str]:
    camera = shot.camera
    pairs = (
        ("number", row.number, shot.number),
        ("size", row.size, camera.size),
        ("angle", row.angle, camera.angle),
        ("move", row.move, camera.move),
        ("strength", row.strength, camera.strength),
        ("transition", row.transition, shot.transition),
    )
    wrong = [
        f"Row {row.number} asks for {name} {asked}, the shot has {given}."
        for name, asked, given in pairs
        if asked is not None and asked != given
    ]
    if row.duration_s is not None and shot.min_duration_s < min(row.duration_s, 60) - 0.01:
        wrong.append(f"Row {row.number} asks for {row.duration_s} s, the shot has less.")
    return wrong

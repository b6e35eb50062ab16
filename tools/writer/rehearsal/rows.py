"""Boards a storyboard table: one shot a row, what the row says obeyed, the rest filled in."""

from __future__ import annotations

from nightshoot.domain.brief import BoardRow
from nightshoot.domain.screenplay import Beat, Line, LineKind, Scene, Screenplay
from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import CameraAngle, Dressing, Locale
from nightshoot.tools.writer.rehearsal.coverage import Draft, Task
from nightshoot.tools.writer.rehearsal.framing import Framer, strength
from nightshoot.tools.writer.rehearsal.lexicon import words
from nightshoot.tools.writer.rehearsal.reading import scenery
from nightshoot.tools.writer.rehearsal.roster import Roster, Seen, read_doing
from nightshoot.tools.writer.rehearsal.tabled import BACK
from nightshoot.tools.writer.rehearsal.timing import SHORTEST_S


def draft_rows(
    rows: tuple[BoardRow, ...], screenplay: Screenplay, roster: Roster, locale: Locale
) -> tuple[list[Draft], tuple[str, ...]]:
    """Gives exactly one shot a row, in order, and what there is to report."""
    told = [(scene, beat) for scene in screenplay.scenes for beat in scene.beats]
    reports: tuple[str, ...] = ()
    if len(told) != len(rows):
        told = _spread(told, len(rows))
        reports = (_spread_report(locale, len(rows)),)
    drafts: list[Draft] = []
    pair: tuple[str, ...] = ()
    for row, (scene, beat) in zip(rows, told, strict=True):
        before = drafts[-1] if drafts and drafts[-1].scene.id == scene.id else None
        drafts.append(_draft(row, scene, beat, roster, before, pair))
        pair = drafts[-1].people if len(drafts[-1].people) > 1 else pair
    if drafts and drafts[-1].task in {Task.VIEW, Task.PERSON, Task.GROUP}:
        drafts[-1].task = Task.CLOSING
    return drafts, reports


def _spread(told: list[tuple[Scene, Beat]], count: int) -> list[tuple[Scene, Beat]]:
    """Spreads the lines of another number of beats over the rows, none lost, order kept."""
    slots: list[list[tuple[Scene, Beat]]] = [[] for _ in range(count)]
    for index, pair in enumerate(told):
        slots[min(count - 1, index * count // max(1, len(told)))].append(pair)
    found: list[tuple[Scene, Beat]] = []
    last = told[0]
    for slot in slots:
        if not slot:
            found.append((last[0], last[1].model_copy(update={"lines": ()})))
            continue
        lines: tuple[Line, ...] = tuple(line for _, beat in slot for line in beat.lines)
        last = slot[-1]
        found.append((slot[0][0], slot[0][1].model_copy(update={"lines": lines})))
    return found


def _spread_report(locale: Locale, count: int) -> str:
    if locale is Locale.ZH:
        return f"剧本的节拍数与分镜表的 {count} 行不同，台词按顺序分给各行。"
    return (
        f"The screenplay has another number of beats than the table has rows ({count}); "
        "its lines are spread over the rows in order."
    )


def _draft(
    row: BoardRow,
    scene: Scene,
    beat: Beat,
    roster: Roster,
    before: Draft | None,
    pair: tuple[str, ...],
) -> Draft:
    text = "。".join(part for part in (row.picture_text, row.scene_text) if part) or beat.action
    known = before.people if before else ()
    picture = roster.see(row.picture_text or row.scene_text, before=known)
    seen = roster.see(text, before=known)
    if picture.subject and picture.seen_by:
        seen = Seen(
            people=seen.people,
            doing=picture.doing,
            seen_by=picture.seen_by,
            subject=picture.subject,
            together=False,
        )
    people = tuple(dict.fromkeys((*seen.people, *beat.present)))
    size = row.size
    near = size is not None and size.tightness >= 0.5
    vast = any(hit.value == Dressing.FLEET for hit in words("dressing").hits(text))
    bare = not people and (vast or (not row.picture_text and scenery(text)))
    near = near and not bare
    if not people and near and before is not None:
        people = before.people
    if not people and near:
        people = _first_of_scene(scene) or pair
    if not people and BACK.search(row.picture_text):
        people = pair
    speaker = beat.lines[0].speaker if beat.lines else ""
    if len(people) == 1 and speaker in people and speaker in pair:
        people = pair
    if people and not seen.people:
        doing = {people[0]: read_doing(text)}
        seen = Seen(people=people[:1], doing=doing, subject=people[0])
    draft = Draft(
        task=Task.VIEW,
        scene=scene,
        beat=beat,
        lines=beat.lines,
        seen=seen,
        people=people,
        min_s=row.duration_s or SHORTEST_S,
        fixed=row.duration_s is not None,
    )
    _aim(draft, before)
    if bare and size is not None and size.tightness > 0.6:
        draft.task = Task.DETAIL
    return draft


def _first_of_scene(scene: Scene) -> tuple[str, ...]:
    return next((beat.present for beat in scene.beats if beat.present), ())


def _aim(draft: Draft, before: Draft | None) -> None:
    """Decides the subject, and what the shot is for where the table leaves the framing open."""
    speaks = bool(draft.lines) and draft.lines[0].kind is LineKind.DIALOGUE
    if speaks and draft.lines[0].speaker in draft.people:
        draft.task, draft.subject = Task.DIALOGUE, draft.lines[0].speaker
        return
    if not draft.people:
        draft.task = Task.VIEW if before else Task.ESTABLISH
        return
    subject = draft.seen.subject
    draft.subject = subject if subject in draft.people else draft.people[0]
    together = draft.seen.together and draft.seen.seen_by is None and len(draft.people) > 1
    draft.task = Task.GROUP if together else Task.PERSON
    if before is None:
        draft.task = Task.ESTABLISH


def obey(row: BoardRow, draft: Draft, framer: Framer) -> Camera:
    """Gives the camera of a row: the row's own words first, the grammar's where it is silent."""
    wished = framer.frame(draft)
    size, move = row.size or wished.size, row.move or wished.move
    power = row.strength or strength(draft, size, move)
    angle = row.angle or wished.angle
    same = framer.sizes[-2:-1] == [size] and framer.groups[-2:-1] == [draft.people]
    if row.angle is None and same and len(draft.people) > 1 and size.tightness <= 0.5:
        angle = CameraAngle.HIGH if framer.angles[-2] is not CameraAngle.HIGH else CameraAngle.EYE
    camera = Camera(size=size, angle=angle, move=move, strength=power)
    for memory in (
        framer.sizes,
        framer.subjects,
        framer.groups,
        framer.moves,
        framer.angles,
        framer.spoken,
    ):
        memory.pop()
    framer.remember(camera, draft)
    return camera

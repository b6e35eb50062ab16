"""Moving a shot: its lines move through the screenplay with it."""

from __future__ import annotations

from nightshoot.domain.revising.draft import Draft, Wrong
from nightshoot.domain.revising.telling import NOTHING, Told, both, opening
from nightshoot.domain.revision import MoveShot
from nightshoot.domain.screenplay import Beat, Scene
from nightshoot.domain.storyboard import Shot


def move_shot(draft: Draft, op: MoveShot) -> Told:
    """Puts a shot elsewhere; its lines follow, and so does its scene where it is among others."""
    shot = draft.shot(op.shot)
    called = draft.called(shot)
    if op.after == op.shot:
        raise Wrong(
            both(f"{called.zh}不能排在自己后面。", f"{opening(called.en)} cannot follow itself.")
        )
    target = draft.place(op.after) + 1 if op.after else 0
    place = draft.place(op.shot)
    if target in (place, place + 1):
        return both(f"{called.zh}本来就在那里。", f"{opening(called.en)} already is there.")
    rest = [one for one in draft.shots if one.id != shot.id]
    target -= target > place
    before = rest[target - 1] if target else None
    after = rest[target] if target < len(rest) else None
    scene_id = _scene_there(shot, before, after, rest)
    whole = scene_id is None
    moved = shot if scene_id is None else shot.model_copy(update={"scene": scene_id})
    heard = [line for one in rest[:target] for line in one.lines]
    coming = [line for one in rest[target:] for line in one.lines]
    if whole:
        _move_scene(draft, shot.scene, before, after)
    elif shot.lines:
        beats = _taken_out(draft, set(shot.lines))
        _put_in(draft, beats, moved.scene, heard[-1:], coming[:1])
    draft.shots = [*rest[:target], moved, *rest[target:]]
    _tidy(draft)
    return _told(draft, called, before, moved if moved.scene != shot.scene else None)


def _told(draft: Draft, called: Told, before: Shot | None, rehomed: Shot | None) -> Told:
    if before is None:
        told = both(f"{called.zh}移到片头。", f"{opening(called.en)} now opens the film.")
    else:
        there = draft.called(before)
        told = both(
            f"{called.zh}移到{there.zh}之后。", f"{opening(called.en)} now follows {there.en}."
        )
    scene = draft.scene(rehomed.scene) if rehomed else None
    home = NOTHING
    if scene is not None:
        name = scene.title or scene.place or scene.id
        home = both(f"它归入场次“{name}”。", f'It belongs to the scene "{name}" now.')
    return told + home


def _scene_there(
    shot: Shot, before: Shot | None, after: Shot | None, rest: list[Shot]
) -> str | None:
    """Gives the scene of a shot at its new place; None: its own scene, which moves as a whole."""
    around = [one.scene for one in (before, after) if one is not None]
    if shot.scene in around:
        return shot.scene
    inside = len(around) == 2 and around[0] == around[1]
    if not inside and all(one.scene != shot.scene for one in rest):
        return None
    return around[0]


def _move_scene(draft: Draft, scene_id: str, before: Shot | None, after: Shot | None) -> None:
    """Moves a scene with all its beats between those of its new neighbours."""
    own = draft.scene(scene_id)
    if own is None:
        return
    rest = [scene for scene in draft.scenes if scene.id != scene_id]
    ids = [scene.id for scene in rest]
    if before is not None and before.scene in ids:
        at = ids.index(before.scene) + 1
    else:
        at = ids.index(after.scene) if after is not None and after.scene in ids else 0
    draft.scenes = [*rest[:at], own, *rest[at:]]


def _taken_out(draft: Draft, lines: set[str]) -> list[Beat]:
    """Takes lines out of the screenplay; gives them in beats, whole ones where all goes."""
    taken: list[Beat] = []

    def without(beat: Beat) -> list[Beat]:
        going = tuple(line for line in beat.lines if line.id in lines)
        if not going:
            return [beat]
        if len(going) == len(beat.lines):
            taken.append(beat)
            return []
        part = {"id": draft.fresh_script(beat.id), "action": "", "lines": going}
        taken.append(beat.model_copy(update=part))
        left = tuple(line for line in beat.lines if line.id not in lines)
        return [beat.model_copy(update={"lines": left})]

    draft.change_beats(without)
    return taken


def _put_in(
    draft: Draft, beats: list[Beat], scene_id: str, heard: list[str], coming: list[str]
) -> None:
    """Puts beats into a scene, after what is heard before them and before what is heard after."""
    place = next(at for at, scene in enumerate(draft.scenes) if scene.id == scene_id)
    scene = draft.scenes[place]
    homes = {line.id: at for at, beat in enumerate(scene.beats) for line in beat.lines}
    into = [*scene.beats]
    if heard and heard[0] in homes:
        at = homes[heard[0]]
        into[at : at + 1] = _parted(draft, into[at], heard[0], beats)
    elif coming and coming[0] in homes:
        at = homes[coming[0]]
        into[at:at] = beats
    else:
        into += beats
    draft.scenes[place] = scene.model_copy(update={"beats": tuple(into)})


def _parted(draft: Draft, beat: Beat, last: str, between: list[Beat]) -> list[Beat]:
    """Gives a beat with others put in after one of its lines; what comes later is its own beat."""
    cut = next(at for at, line in enumerate(beat.lines, start=1) if line.id == last)
    if cut == len(beat.lines):
        return [beat, *between]
    head = beat.model_copy(update={"lines": beat.lines[:cut]})
    rest = {"id": draft.fresh_script(beat.id), "action": "", "lines": beat.lines[cut:]}
    return [head, *between, beat.model_copy(update=rest)]


def _tidy(draft: Draft) -> None:
    """Takes out scenes that have no beats any more; one that still has shots keeps an empty one."""
    shown = {shot.scene for shot in draft.shots}
    kept: list[Scene] = []
    for scene in draft.scenes:
        if scene.beats:
            kept.append(scene)
        elif scene.id in shown:
            beat = Beat(id=draft.fresh_script(f"{scene.id}b1"))
            kept.append(scene.model_copy(update={"beats": (beat,)}))
    draft.scenes = kept

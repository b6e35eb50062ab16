"""Operations on what is seen: description, camera, staging, grade, length, transition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from nightshoot.domain.revising.draft import Draft, Wrong, quoted_words
from nightshoot.domain.revising.telling import NOTHING, Told, both, joined, opening
from nightshoot.domain.revision import (
    AdjustGrade,
    Describe,
    SetCamera,
    SetLength,
    SetStaging,
    SetTransition,
)
from nightshoot.domain.storyboard import Grade, Shot
from nightshoot.domain.vocabulary import Term

_LABELS: Mapping[str, Told] = {
    "size": both("景别", "size"),
    "angle": both("角度", "angle"),
    "move": both("运镜", "move"),
    "strength": both("运镜力度", "strength of the move"),
    "setting": both("地点", "place"),
    "time_of_day": both("时辰", "time of day"),
    "weather": both("天气", "weather"),
    "mood": both("情绪", "mood"),
    "exposure_stops": both("亮度", "exposure"),
    "warmth": both("冷暖", "warmth"),
    "saturation": both("饱和度", "saturation"),
    "contrast": both("对比度", "contrast"),
}
_REACH = {"exposure_stops": 2.0, "warmth": 1.0, "saturation": 1.0, "contrast": 1.0}
"""How far each part of a `Grade` goes, either way."""


def describe(draft: Draft, op: Describe) -> Told:
    """Gives a shot another description."""
    shot, description = draft.shot(op.shot), op.description.strip()
    called = draft.called(shot)
    if not description:
        raise Wrong(both(f"{called.zh}没有写画面。", f"{opening(called.en)} is not described."))
    words = quoted_words(description)
    if description == shot.description:
        return both(
            f"{called.zh}的画面本来就是：{words}。", f"{opening(called.en)} already shows: {words}."
        )
    draft.put(shot.model_copy(update={"description": description}))
    return both(f"{called.zh}的画面改为：{words}。", f"{opening(called.en)} now shows: {words}.")


def set_camera(draft: Draft, op: SetCamera) -> Told:
    """Frames and moves shots otherwise; a path drawn by hand gives way to a named move."""
    wanted = _terms({"size": op.size, "angle": op.angle, "move": op.move, "strength": op.strength})
    shots = draft.chosen(op.shots)
    drawn = [shot for shot in shots if op.move is not None and shot.camera.path]

    def changed(shot: Shot) -> Shot:
        path = () if op.move is not None else shot.camera.path
        camera = shot.camera.model_copy(update={**wanted, "path": path})
        return shot.model_copy(update={"camera": camera})

    told = _each(draft, shots, _named(wanted), changed)
    if drawn:
        called = draft.called(*drawn)
        told += both(
            f"{called.zh}手绘的运镜路径不再使用。", f"The camera path of {called.en} is dropped."
        )
    return told


def set_staging(draft: Draft, op: SetStaging) -> Told:
    """Stages shots elsewhere or otherwise; a scene all of whose shots changed changes with them."""
    wanted = _terms(
        {
            "setting": op.setting,
            "time_of_day": op.time_of_day,
            "weather": op.weather,
            "mood": op.mood,
        }
    )
    shots = draft.chosen(op.shots)

    def changed(shot: Shot) -> Shot:
        staging = shot.staging.model_copy(update=wanted)
        return shot.model_copy(update={"staging": staging})

    told = _each(draft, shots, _named(wanted), changed)
    followed: dict[str, None] = {}
    for place, scene in enumerate(draft.scenes):
        own = [shot for shot in draft.shots if shot.scene == scene.id]
        update = {
            name: term
            for name, term in wanted.items()
            if getattr(scene, name) is not term
            and all(getattr(shot.staging, name) is term for shot in own)
        }
        if update and any(shot.id in op.shots for shot in own):
            draft.scenes[place] = scene.model_copy(update=update)
            followed[scene.title or scene.place or scene.id] = None
    if followed:
        told += both(
            f"这样整场都改了：{'、'.join(followed)}。",
            f"So all of the scene is, in the screenplay too: {', '.join(followed)}.",
        )
    return told


def adjust_grade(draft: Draft, op: AdjustGrade) -> Told:
    """Makes shots brighter, warmer and so on than they are, as far as a grade goes."""
    steps = {name: getattr(op, name) for name in _REACH if getattr(op, name)}
    if not steps:
        raise _empty("adjust_grade")
    shots, clamped = draft.chosen(op.shots), dict[str, list[Shot]]()
    same: list[Shot] = []
    for shot in shots:
        values: dict[str, float] = {}
        for name, step in steps.items():
            wanted = round(getattr(shot.grade, name) + step, 3)
            values[name] = max(-_REACH[name], min(_REACH[name], wanted))
            if values[name] != wanted:
                clamped.setdefault(name, []).append(shot)
        grade = Grade.model_validate({**shot.grade.model_dump(), **values})
        if grade == shot.grade:
            same.append(shot)
        else:
            draft.put(shot.model_copy(update={"grade": grade}))
    what = _row(
        both(f"{_LABELS[name].zh}{step:+g}", f"{_LABELS[name].en} {step:+g}")
        for name, step in steps.items()
    )
    changed = [shot for shot in shots if shot not in same]
    told = NOTHING
    if changed:
        called = draft.called(*changed)
        told = both(f"{called.zh}调色：{what.zh}。", f"{opening(called.en)}: graded {what.en}.")
    for name, stuck in clamped.items():
        called, label, reach = draft.called(*stuck), _LABELS[name], _REACH[name]
        told += both(
            f"{called.zh}的{label.zh}只能调到 {reach:g}，已到头。",
            f"{opening(label.en)} of {called.en} goes no further than {reach:g} either way.",
        )
    return told


def set_length(draft: Draft, op: SetLength) -> Told:
    """Sets the least length of shots."""
    seconds = op.min_duration_s
    told = _each(
        draft,
        draft.chosen(op.shots),
        both(f"至少 {seconds:g} 秒", f"at least {seconds:g} s"),
        lambda shot: shot.model_copy(update={"min_duration_s": seconds}),
    )
    longer = [shot for shot in draft.chosen(op.shots) if shot.lines]
    if longer:
        called = draft.called(*longer)
        told += both(
            f"{called.zh}有台词，说不完会更长。",
            f"The lines of {called.en} make it longer where they need to.",
        )
    return told


def set_transition(draft: Draft, op: SetTransition) -> Told:
    """Has shots give way to the next in another manner."""
    shots, term = draft.chosen(op.shots), op.transition
    told = _each(
        draft,
        shots,
        both(f"转场为{term.chinese}", f"transition {term.label('en')}"),
        lambda shot: shot.model_copy(update={"transition": term}),
    )
    if shots[-1].id == draft.shots[-1].id:
        told += both(
            "最后一镜总是淡出到片尾，看不出这个转场。",
            "The last shot always fades into the end card, so that it does not show there.",
        )
    return told


def _row(parts: Iterable[Told]) -> Told:
    """Gives things in a row, with commas."""
    listed = list(parts)
    return both("、".join(one.zh for one in listed), ", ".join(one.en for one in listed))


def _terms(fields: Mapping[str, Term | None]) -> dict[str, Term]:
    given = {name: term for name, term in fields.items() if term is not None}
    if not given:
        raise _empty("set_camera" if "size" in fields else "set_staging")
    return given


def _empty(op: str) -> Wrong:
    return Wrong(both(f"{op} 没有说要改什么。", f"{op} does not say what is to change."))


def _named(terms: Mapping[str, Term]) -> Told:
    return _row(
        both(f"{_LABELS[name].zh}{term.chinese}", f"{_LABELS[name].en} {term.label('en')}")
        for name, term in terms.items()
    )


def _each(draft: Draft, shots: Sequence[Shot], what: Told, changed: Callable[[Shot], Shot]) -> Told:
    """Changes shots, and tells which of them already were so."""
    differ = [(shot, new) for shot in shots if (new := changed(shot)) != shot]
    same = [shot for shot in shots if changed(shot) == shot]
    for _, new in differ:
        draft.put(new)
    told: list[Told] = []
    if differ:
        called = draft.called(*(shot for shot, _ in differ))
        told.append(both(f"{called.zh}：{what.zh}。", f"{opening(called.en)}: {what.en}."))
    if same:
        called = draft.called(*same)
        told.append(
            both(f"{called.zh}本来就是：{what.zh}。", f"Already so in {called.en}: {what.en}.")
        )
    return joined(told)

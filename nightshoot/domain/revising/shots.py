"""Operations on the row of shots: adding, deleting, splitting, merging."""

from __future__ import annotations

from nightshoot.domain.revising.draft import Draft, Wrong, quoted_words
from nightshoot.domain.revising.telling import NOTHING, Told, both, opening
from nightshoot.domain.revision import AddShot, DeleteShot, MergeShots, SplitShot
from nightshoot.domain.storyboard import Camera, Shot, Staging
from nightshoot.domain.vocabulary import ShotSize, Transition

_LONGEST_S = 60.0
_SHORTEST_S = 0.5
"""What `Shot.min_duration_s` takes, in seconds."""


def add_shot(draft: Draft, op: AddShot) -> Told:
    """Puts a new shot into the film, without lines."""
    description = op.description.strip()
    if not description:
        raise Wrong(both("新镜头没有写画面。", "The new shot has no description."))
    after = draft.added_after.get(op.after, op.after)
    if all(shot.id != after for shot in draft.shots):
        after = op.after
    place = draft.place(after) + 1 if after else 0
    near = draft.shots[max(place - 1, 0)]
    staging = op.staging
    if staging is None:
        staging = near.staging.model_copy(update={"figures": (), "subject": None})
    _check_staging(draft, staging)
    shot = Shot(
        id=draft.fresh_shot(near.id, ahead=not place),
        number=near.number,
        scene=near.scene,
        description=description,
        camera=op.camera or Camera(size=ShotSize.MS),
        staging=staging,
        min_duration_s=op.min_duration_s,
    )
    draft.shots.insert(place, shot)
    draft.added_after[op.after] = shot.id
    words = quoted_words(description)
    if not place:
        return both(
            f"片头新增一镜（{shot.id}）：{words}。",
            f"A new shot ({shot.id}) opens the film: {words}.",
        )
    called = draft.called(near)
    return both(
        f"{called.zh}之后新增一镜（{shot.id}）：{words}。",
        f"A new shot ({shot.id}) follows {called.en}: {words}.",
    )


def _check_staging(draft: Draft, staging: Staging) -> None:
    for figure in staging.figures:
        if figure.character:
            draft.character(figure.character)
    subject = staging.subject
    if subject is not None and not 0 <= subject < len(staging.figures):
        raise Wrong(
            both(
                f"新镜头的主体是第 {subject} 个人物，画面里只有 {len(staging.figures)} 个。",
                f"The new shot's subject is figure {subject}, and it has {len(staging.figures)}.",
            )
        )


def delete_shot(draft: Draft, op: DeleteShot) -> Told:
    """Takes shots out of the film, with the lines that are heard in them."""
    going = draft.chosen(op.shots)
    called = draft.called(*going)
    if len(going) == len(draft.shots):
        raise Wrong(
            both("影片至少要留一个镜头。", "A film keeps at least one shot; not all can go.")
        )
    lines = [line for shot in going for line in shot.lines]
    draft.drop_lines(set(lines))
    ids = {shot.id for shot in going}
    draft.shots = [shot for shot in draft.shots if shot.id not in ids]
    told = both(f"删去{called.zh}。", f"{opening(called.en)}: deleted.")
    if lines:
        count = len(lines)
        heard = "line heard there goes" if count == 1 else "lines heard there go"
        told += both(
            f"其中的 {count} 句台词一并删去。",
            f"{count} {heard} too.",
        )
    told += _files_left(draft, going)
    for scene_id in dict.fromkeys(shot.scene for shot in going):
        if all(shot.scene != scene_id for shot in draft.shots):
            scene = draft.scene(scene_id)
            name = (scene.title or scene.place or scene.id) if scene else scene_id
            told += both(f"场次“{name}”不再有镜头。", f'The scene "{name}" has no shot any more.')
    return told


def _files_left(draft: Draft, gone: list[Shot]) -> Told:
    files = [pin for pin in draft.pins for shot in gone if pin.startswith(f"shots/{shot.id}/")]
    if not files:
        return NOTHING
    listed = ", ".join(files)
    return both(f"你的文件留在原处，不再使用：{listed}。", f"Your files stay, unused: {listed}.")


def split_shot(draft: Draft, op: SplitShot) -> Told:
    """Makes two shots of one, as a rule between two of its lines.

    Of a shot with one line the second half is silent, unless it is to begin with that line.
    """
    shot = draft.shot(op.shot)
    called = draft.called(shot)
    if len(shot.lines) < 2 and shot.min_duration_s < 2 * _SHORTEST_S:
        raise Wrong(
            both(
                f"{called.zh}太短，没有可拆之处；可以在它后面加一镜。",
                f"There is nothing to split in {called.en}, it is so short: add a shot after it.",
            )
        )
    if op.before and op.before not in shot.lines:
        listed = ", ".join(shot.lines) or "-"
        raise Wrong(
            both(
                f"{called.zh}里没有台词 {op.before}，有：{listed}。",
                f"Line {op.before!r} is not heard in {called.en}, which has: {listed}.",
            )
        )
    at = shot.lines.index(op.before) if op.before else _middle(draft, shot)
    half_s = max(_SHORTEST_S, round(shot.min_duration_s / 2, 2))
    first = {"lines": shot.lines[:at], "min_duration_s": half_s, "transition": Transition.CUT}
    second = {
        "id": draft.fresh_shot(shot.id),
        "lines": shot.lines[at:],
        "min_duration_s": half_s,
    }
    place = draft.place(shot.id)
    halves = [shot.model_copy(update=first), shot.model_copy(update=second)]
    draft.shots[place : place + 1] = halves
    new, counts = halves[1].id, [len(half.lines) for half in halves]
    return both(
        f"{called.zh}拆成两镜：前一镜有 {counts[0]} 句台词，后一镜（{new}）有 {counts[1]} 句。",
        f"{opening(called.en)} becomes two: of its lines {counts[0]} in the first, {counts[1]} in "
        f"the second ({new}).",
    )


def _middle(draft: Draft, shot: Shot) -> int:
    """Gives after how many lines nearest to half of the letters are said."""
    letters = [len(draft.line(line).text) for line in shot.lines]
    if len(letters) < 2:
        return len(letters)
    half = sum(letters) / 2
    return min(range(1, len(letters)), key=lambda at: abs(sum(letters[:at]) - half))


def merge_shots(draft: Draft, op: MergeShots) -> Told:
    """Makes one shot of several that follow one another; it is seen as the first."""
    merged = draft.chosen(op.shots)
    called = draft.called(*merged)
    if len(merged) < 2:
        raise Wrong(
            both("合并至少要两个不同的镜头。", "Merging takes at least two different shots.")
        )
    place = draft.place(merged[0].id)
    if draft.shots[place : place + len(merged)] != merged:
        raise Wrong(
            both(f"{called.zh}并不相邻，不能合并。", f"{opening(called.en)} are not neighbours.")
        )
    scenes = {shot.scene for shot in merged} | {
        scene.id
        for scene in draft.scenes
        for beat in scene.beats
        for line in beat.lines
        if any(line.id in shot.lines for shot in merged)
    }
    if len(scenes) > 1:
        raise Wrong(
            both(
                f"{called.zh}属于不同的场次，不能合并。",
                f"{opening(called.en)} belong to different scenes and cannot be merged.",
            )
        )
    first, others = merged[0], merged[1:]
    lines = tuple(line for shot in merged for line in shot.lines)
    length_s = round(sum(shot.min_duration_s for shot in merged), 2)
    update = {
        "lines": lines,
        "min_duration_s": min(_LONGEST_S, length_s),
        "transition": others[-1].transition,
    }
    draft.shots[place : place + len(merged)] = [first.model_copy(update=update)]
    seen = draft.called(first)
    told = both(
        f"{called.zh}合为一镜，画面取{seen.zh}。",
        f"{opening(called.en)} become one, which is seen as {seen.en}.",
    )
    came = sum(len(shot.lines) for shot in others)
    if came:
        told += both(
            f"另外的 {came} 句台词在{seen.zh}里说。",
            f"{came} more line{' is' if came == 1 else 's are'} heard in {seen.en}.",
        )
    return told + _files_left(draft, others)

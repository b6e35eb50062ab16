"""Operations on lines: rewriting, saying otherwise, adding, deleting."""

from __future__ import annotations

from nightshoot.domain.revising.draft import Draft, Wrong, quoted_words
from nightshoot.domain.revising.telling import NOTHING, Told, both
from nightshoot.domain.revision import AddLine, DeleteLine, RewriteLine, SetDelivery
from nightshoot.domain.screenplay import NARRATOR, Beat, Line, LineKind
from nightshoot.domain.storyboard import Shot


def rewrite_line(draft: Draft, op: RewriteLine) -> Told:
    """Gives a line other words."""
    line, shot = draft.line(op.line), draft.home_of(op.line)
    text = op.text.strip()
    if not text:
        raise Wrong(both(f"台词 {op.line} 没有新的文字。", f"Line {op.line} is given no words."))
    called = draft.called(shot)
    if text == line.text:
        return both(
            f"{called.zh}的台词本来就是“{quoted_words(text)}”。",
            f'The line in {called.en} already is "{quoted_words(text)}".',
        )
    draft.change_line(op.line, text=text)
    who = draft.who(line.speaker)
    return both(
        f"{called.zh}{who.zh}的台词改为“{quoted_words(text)}”，重新配音、换字幕。",
        f'In {called.en} {who.en} now says "{quoted_words(text)}"; it is spoken and captioned '
        "anew.",
    )


def set_delivery(draft: Draft, op: SetDelivery) -> Told:
    """Has a line said another way."""
    line, called = draft.line(op.line), draft.called(draft.home_of(op.line))
    delivery = op.delivery.strip()
    words = quoted_words(line.text)
    if delivery == line.delivery:
        return both(
            f"{called.zh}的台词“{words}”本来就这样说。",
            f'The line "{words}" in {called.en} is said so already.',
        )
    draft.change_line(op.line, delivery=delivery)
    if not delivery:
        return both(
            f"{called.zh}的台词“{words}”不再指定语气。",
            f'The line "{words}" in {called.en} is said plainly.',
        )
    return both(
        f"{called.zh}的台词“{words}”改为这样说：{delivery}。",
        f'The line "{words}" in {called.en} is said like this: {delivery}.',
    )


def add_line(draft: Draft, op: AddLine) -> Told:
    """Puts a new line into a shot, and into the beat where it belongs."""
    shot = draft.shot(op.shot)
    if op.speaker != NARRATOR:
        draft.character(op.speaker)
    text = op.text.strip()
    if not text:
        raise Wrong(both("新台词没有文字。", "The new line has no words."))
    if op.after and op.after not in shot.lines:
        called = draft.called(shot)
        heard = ", ".join(shot.lines) or "-"
        raise Wrong(
            both(
                f"{called.zh}里没有台词 {op.after}，有：{heard}。",
                f"Line {op.after!r} is not heard in {called.en}, which has: {heard}.",
            )
        )
    anchor = f"{shot.id}/{op.after}"
    after = draft.added_after.get(anchor, op.after)
    after = after if after in shot.lines else op.after
    place = shot.lines.index(after) + 1 if after else 0
    line = Line(id="new", kind=_kind(draft, op.speaker), speaker=op.speaker, text=text)
    line_id = _insert(draft, shot, place, line)
    lines = (*shot.lines[:place], line_id, *shot.lines[place:])
    draft.put(draft.shot(shot.id).model_copy(update={"lines": lines}))
    draft.added_after[anchor] = line_id
    called, who = draft.called(shot), draft.who(op.speaker)
    return both(
        f"{called.zh}新增{who.zh}的台词“{quoted_words(text)}”（{line_id}）。",
        f'In {called.en} {who.en} newly says "{quoted_words(text)}" ({line_id}).',
    )


def delete_line(draft: Draft, op: DeleteLine) -> Told:
    """Takes a line out of the film."""
    line, shot = draft.line(op.line), draft.home_of(op.line)
    draft.drop_lines({op.line})
    called, words = draft.called(shot), quoted_words(line.text)
    silent = NOTHING
    if len(shot.lines) == 1:
        silent = both("这一镜不再有人说话。", "Nothing is said in it any more.")
    return (
        both(
            f"删去{called.zh}的台词“{words}”。",
            f'The line "{words}" leaves {called.en}.',
        )
        + silent
    )


def _kind(draft: Draft, speaker: str) -> LineKind:
    """Gives how somebody is heard: a character who only ever narrates goes on narrating."""
    if speaker == NARRATOR:
        return LineKind.NARRATION
    kinds = {line.kind for line in draft.lines if line.speaker == speaker}
    return LineKind.NARRATION if kinds == {LineKind.NARRATION} else LineKind.DIALOGUE


def _insert(draft: Draft, shot: Shot, place: int, line: Line) -> str:
    """Puts a line into the screenplay, where it is heard; gives its id."""
    at = draft.place(shot.id)
    heard = [one for each in draft.shots[:at] for one in each.lines] + list(shot.lines[:place])
    coming = list(shot.lines[place:]) + [
        one for each in draft.shots[at + 1 :] for one in each.lines
    ]
    # The line goes into the beat of its neighbours in the shot, else into one of the shot's scene.
    own = shot.lines[place - 1] if place else (shot.lines[0] if shot.lines else "")
    host = _beat_with(draft, own) if own else _silent_host(draft, shot, heard, coming)
    before = heard[-1] if heard else ""
    in_host = [one.id for one in host.lines]
    at_line = in_host.index(before) + 1 if before in in_host else 0
    line_id = draft.fresh_script(before if before in in_host else f"{host.id}l1")
    new = line.model_copy(update={"id": line_id})
    lines = (*host.lines[:at_line], new, *host.lines[at_line:])
    draft.change_beats(
        lambda beat: [beat.model_copy(update={"lines": lines}) if beat.id == host.id else beat]
    )
    return line_id


def _beat_with(draft: Draft, line_id: str) -> Beat:
    return next(
        beat
        for scene in draft.scenes
        for beat in scene.beats
        if any(line.id == line_id for line in beat.lines)
    )


def _silent_host(draft: Draft, shot: Shot, heard: list[str], coming: list[str]) -> Beat:
    """Gives the beat for the first line of a shot, between what is heard before and after.

    Raises:
        Wrong: the shot's scene has no place between those lines.
    """
    beats = [(scene, beat) for scene in draft.scenes for beat in scene.beats]
    places = {line.id: place for place, (_, beat) in enumerate(beats) for line in beat.lines}
    first = places[heard[-1]] if heard else 0
    last = places[coming[0]] if coming else len(beats) - 1
    fitting = [beat for scene, beat in beats[first : last + 1] if scene.id == shot.scene]
    silent = [beat for beat in fitting if not beat.lines]
    if not fitting:
        called = draft.called(shot)
        raise Wrong(
            both(
                f"{called.zh}所属的场次在这个位置之外，不能在此加台词。",
                f"The scene of {called.en} lies elsewhere, so that no line can be added to it.",
            )
        )
    return silent[0] if silent else fitting[0]

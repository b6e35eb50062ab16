"""Decides which shots cover a scene: what is established, who speaks, what is dwelt on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nightshoot.domain.screenplay import Beat, Line, LineKind, Scene
from nightshoot.domain.vocabulary import Dressing, HeldProp, Posture, Setting
from nightshoot.tools.writer.rehearsal.lexicon import words
from nightshoot.tools.writer.rehearsal.pieces import sentences
from nightshoot.tools.writer.rehearsal.roster import Roster, Seen
from nightshoot.tools.writer.rehearsal.timing import SHORTEST_S, shot_s, speech_s

MOST_SPEECH_S = 7.0
"""Lines of one voice share a shot while they take no longer; with its gaps it stays under 8 s."""
MOST_TOLD_S = 5.0
"""The same where the film is developed from a brief: its shots are as short as a short drama's.

Source: a choice; the median shot of the developed films is then 3 to 4 s.
"""


WATERS = frozenset({Setting.RIVER, Setting.SEA})
"""Where the water itself can fill a close picture."""
_SMALL = re.compile(
    r"水波|波光|清风|一江|水面上一点|杯中|碎了|倒影|ripple|reflection|drop of|on the water"
)
"""What is told of the water is seen from near."""


class Task(StrEnum):
    """What a shot is for."""

    HOOK = "hook"
    ESTABLISH = "establish"
    VIEW = "view"
    PERSON = "person"
    GROUP = "group"
    DIALOGUE = "dialogue"
    REACTION = "reaction"
    DETAIL = "detail"
    CLOSING = "closing"


@dataclass(slots=True)
class Draft:
    """A shot before it is framed."""

    task: Task
    scene: Scene
    beat: Beat
    lines: tuple[Line, ...] = ()
    seen: Seen = field(default_factory=Seen)
    people: tuple[str, ...] = ()
    subject: str | None = None
    min_s: float = SHORTEST_S
    optional: bool = False
    """The film is whole without this shot."""
    fixed: bool = False
    """A table gives its length."""
    again: bool = False
    """Another shot of this beat comes before it."""

    @property
    def speech_s(self) -> float:
        """Estimates how long its lines take."""
        gaps = 0.25 * max(0, len(self.lines) - 1)
        return sum(speech_s(line.text) for line in self.lines) + gaps

    @property
    def length_s(self) -> float:
        """Estimates how long it lasts."""
        return shot_s(self.speech_s, at_least_s=self.min_s)

    @property
    def text(self) -> str:
        """What is seen and heard in words."""
        return " ".join((self.beat.action, *(line.text for line in self.lines)))


def cover(
    scene: Scene,
    roster: Roster,
    *,
    opens: bool,
    closes: bool,
    aboard: tuple[str, ...] = (),
    invents: bool = True,
) -> list[Draft]:
    """Gives the shots of a scene, in order.

    Args:
        scene: the scene.
        roster: the cast.
        opens: the scene opens the film, with a hook.
        closes: the scene ends the film.
        aboard: who was seen before this scene; they sit in a boat that it shows.
        invents: a picture may show people of whom its sentence does not tell.
    """
    drafts: list[Draft] = []
    before: tuple[str, ...] = ()
    for index, beat in enumerate(scene.beats):
        most_s = MOST_TOLD_S if invents else MOST_SPEECH_S
        found = _beat_drafts(scene, beat, roster, before, aboard, most_s)
        _introduce(found, first=index == 0, opens=opens)
        if opens and index == 1 and found[0].task in {Task.PERSON, Task.GROUP, Task.VIEW}:
            found[0].task = Task.ESTABLISH
        after_talk = drafts and drafts[-1].task is Task.DIALOGUE
        if after_talk and found[0].task is not Task.DIALOGUE:
            drafts += _reaction(drafts)
        drafts += found
        before = drafts[-1].people or before
    _step_back(drafts, invents=invents)
    if invents:
        _look_away(drafts, roster)
    if closes:
        _close(drafts, opens=opens)
    return drafts


def chunks(lines: tuple[Line, ...], *, most_s: float = MOST_SPEECH_S) -> list[tuple[Line, ...]]:
    """Groups lines of one voice that fit one shot."""
    groups: list[list[Line]] = []
    for line in lines:
        last = groups[-1] if groups else []
        same = bool(last) and (last[-1].speaker, last[-1].kind) == (line.speaker, line.kind)
        length = sum(speech_s(one.text) for one in (*last, line)) + 0.25 * len(last)
        if same and length <= most_s:
            last.append(line)
        else:
            groups.append([line])
    return [tuple(group) for group in groups]


def _beat_drafts(
    scene: Scene,
    beat: Beat,
    roster: Roster,
    before: tuple[str, ...],
    aboard: tuple[str, ...],
    most_s: float = MOST_SPEECH_S,
) -> list[Draft]:
    """Gives a shot for each group of lines, or one for a beat in which nobody speaks."""
    found: list[Draft] = []
    text = beat.action or " ".join(line.text for line in beat.lines)
    seen = roster.see(text, before=beat.present or before)
    if not beat.action and all(line.kind is LineKind.DIALOGUE for line in beat.lines):
        seen = replace(seen, doing={})  # what is talked of is not what is done
    people = beat.present or seen.people
    small = not people and shows_boat(text)
    if small:
        people = before or next((one.present for one in scene.beats if one.present), aboard)
    for index, group in enumerate(chunks(beat.lines, most_s=most_s) or [()]):
        draft = Draft(task=Task.VIEW, scene=scene, beat=beat, lines=group, seen=seen, people=people)
        draft.again = index > 0
        spoken = bool(group) and group[0].kind is LineKind.DIALOGUE
        if spoken:
            draft.task, draft.subject = Task.DIALOGUE, group[0].speaker
            talkers = [line.speaker for line in beat.lines if line.kind is LineKind.DIALOGUE]
            draft.people = tuple(dict.fromkeys((*people, *talkers)))
        elif not small:
            _aim(draft, index, beat, roster)
        found.append(draft)
    return found


def shows_boat(text: str) -> bool:
    """Whether a sentence shows the boat, and with it whoever sits there."""
    found = {hit.value for hit in words("dressing").hits(text)}
    return Dressing.BOAT in found and Dressing.FLEET not in found


def _aim(draft: Draft, index: int, beat: Beat, roster: Roster) -> None:
    """Decides whether a narrated shot shows a view, a person, the group or a detail."""
    seen, people = draft.seen, draft.people
    if index:
        heard = roster.see(" ".join(line.text for line in draft.lines), before=people)
        told = beat.action and draft.lines[0].text not in beat.action
        if heard.people:
            # what is only spoken of, over a picture that is described, is not what is done in it
            seen = replace(heard, doing=seen.doing) if told else heard
        draft.seen = seen
    if not people:
        if _SMALL.search(draft.text) and draft.scene.setting in WATERS:
            draft.task = Task.DETAIL
        return
    subject = seen.subject if seen.subject in people else people[0]
    draft.subject = subject
    many = seen.together or len(seen.people) != 1
    together = many and len(people) > 1
    draft.task = Task.GROUP if together and seen.seen_by is None and not index else Task.PERSON
    holds = seen.doing.get(subject or "")
    telling = holds is not None and holds.holding is not None and holds.holding is not HeldProp.CUP
    under_way = holds is not None and holds.posture in {Posture.WALKING, Posture.RUNNING}
    if telling and not together and not under_way and (index or _names_a_thing(beat)):
        draft.task = Task.DETAIL


def _names_a_thing(beat: Beat) -> bool:
    """Whether what is said is about a thing rather than a person: short, and a thing is named."""
    said = " ".join(line.text for line in beat.lines)
    return bool(said) and words("prop").first(said) is not None and len(beat.lines) == 1


def _introduce(found: list[Draft], *, first: bool, opens: bool) -> None:
    """Makes the first shot of a scene show where we are; the film's first is its hook."""
    if not first:
        return
    head = found[0]
    if opens:
        near = head.task in {Task.PERSON, Task.DETAIL, Task.DIALOGUE}
        if head.task is Task.GROUP:
            head.subject = None
        head.task = Task.DETAIL if near and head.task is Task.DETAIL else Task.HOOK
        head.min_s = 3.0
        return
    if head.task is Task.DETAIL and scene_opens(head):
        head.min_s = 3.0
        return
    if head.task is Task.DIALOGUE:
        wide = Draft(
            task=Task.ESTABLISH,
            scene=head.scene,
            beat=head.beat,
            seen=head.seen,
            people=head.people,
            min_s=3.0,
            optional=True,
        )
        found.insert(0, wide)
    else:
        head.task, head.min_s = Task.ESTABLISH, 3.0


def scene_opens(draft: Draft) -> bool:
    """Whether a shot is of the film's first sentence, and that is an action on a thing."""
    said = " ".join((draft.beat.action, *(line.text for line in draft.lines)))
    first = (*sentences(said), "")[0]
    return draft.beat.id == "s1b1" and words("prop").first(first) is not None


def _reaction(drafts: list[Draft]) -> list[Draft]:
    """Gives a silent shot of the one who has just been answered."""
    last = drafts[-1]
    listener = next((one for one in last.people if one != last.subject), None)
    talk = [d for d in drafts[-4:] if d.task is Task.DIALOGUE]
    if listener is None or len(talk) < 2:
        return []
    return [
        Draft(
            task=Task.REACTION,
            scene=last.scene,
            beat=last.beat,
            seen=Seen(),
            people=last.people,
            subject=listener,
            min_s=SHORTEST_S,
            optional=True,
        )
    ]


def _step_back(drafts: list[Draft], *, invents: bool) -> None:
    """Shows both people where one alone would fill three pictures in a row."""
    near = {Task.PERSON, Task.DETAIL, Task.REACTION}
    for one, two, three in zip(drafts, drafts[1:], drafts[2:], strict=False):
        subjects = {one.subject, two.subject, three.subject}
        alone = all(draft.task in near for draft in (one, two)) and three.task is not Task.GROUP
        if not alone or len(subjects) > 1 or None in subjects:
            continue
        if not invents:
            if two.task is not Task.REACTION:
                two.task = Task.VIEW
            continue
        pair = next((d.people for d in drafts if len(d.people) > 1 and two.subject in d.people), ())
        if pair:
            two.task, two.people = Task.GROUP, pair


_VIEWS_APART = 4
"""At least so many shots from one view of the empty place to the next: a choice."""


def _look_away(drafts: list[Draft], roster: Roster) -> None:
    """Shows the place alone where the narrator goes on to speak of nobody who is in it."""
    last = 0
    for index, draft in enumerate(drafts):
        if draft.task in {Task.VIEW, Task.ESTABLISH, Task.HOOK}:
            last = index
        heard = roster.see(" ".join(line.text for line in draft.lines)).people
        ends = index + 1 == len(drafts)
        if not draft.again or draft.task is not Task.PERSON or heard or ends:
            continue
        if index - last >= _VIEWS_APART:
            draft.task, draft.people, draft.subject, last = Task.VIEW, (), None, index


def _close(drafts: list[Draft], *, opens: bool) -> None:
    """Makes the last shot the one that lets go: wide, and a little longer."""
    last = drafts[-1]
    if last.task is Task.DIALOGUE:
        drafts.append(
            Draft(
                task=Task.CLOSING,
                scene=last.scene,
                beat=last.beat,
                seen=Seen(),
                people=last.people,
                min_s=3.5,
            )
        )
        return
    if len(drafts) > 1 or not opens:
        last.task = Task.CLOSING
    last.min_s = max(last.min_s, 3.5)

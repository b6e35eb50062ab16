"""Shared by the tests of revisions: a film of six shots in two scenes."""

from __future__ import annotations

import pytest

from nightshoot.domain.brief import FilmOptions
from nightshoot.domain.revising import Documents
from nightshoot.domain.revision import ShotTakes
from nightshoot.domain.screenplay import Beat, Character, Line, LineKind, Scene, Screenplay
from nightshoot.domain.storyboard import Camera, Figure, Shot, Staging, Storyboard
from nightshoot.domain.vocabulary import (
    Dressing,
    Era,
    Locale,
    Mood,
    Setting,
    ShotSize,
    TimeOfDay,
    Transition,
)

PEOPLE = (Character(id="su", name="苏轼"), Character(id="ke", name="客"))


def _line(line_id: str, speaker: str, text: str) -> Line:
    kind = LineKind.NARRATION if speaker == "narrator" else LineKind.DIALOGUE
    return Line(id=line_id, kind=kind, speaker=speaker, text=text)


def _staging(setting: Setting, mood: Mood, *who: str) -> Staging:
    return Staging(
        setting=setting,
        era=Era.ANCIENT,
        time_of_day=TimeOfDay.NIGHT,
        mood=mood,
        figures=tuple(Figure(character=one) for one in who),
        dressing=(Dressing.BOAT,) if setting is Setting.RIVER else (),
        subject=0 if who else None,
    )


@pytest.fixture
def documents() -> Documents:
    """A film: a river scene of four shots and a room of two.

    s01 is silent; s02 has the two lines of a beat; s03 has one line of a beat and s04 its other;
    s05 has three lines of two beats; s06 is silent.
    """
    river = Scene(
        id="a",
        place="江上",
        setting=Setting.RIVER,
        era=Era.ANCIENT,
        time_of_day=TimeOfDay.NIGHT,
        mood=Mood.SERENE,
        beats=(
            Beat(id="ab1", action="小船", present=("su",)),
            Beat(
                id="ab2",
                present=("su", "ke"),
                lines=(
                    _line("ab2l1", "narrator", "清风徐来。"),
                    _line("ab2l2", "su", "请饮此杯！"),
                ),
            ),
            Beat(
                id="ab3",
                action="对坐",
                lines=(_line("ab3l1", "ke", "月明星稀。"), _line("ab3l2", "su", "何夜无月？")),
            ),
        ),
    )
    room = river.model_copy(
        update={
            "id": "b",
            "place": "书房",
            "setting": Setting.ROOM,
            "mood": Mood.WARM,
            "beats": (
                Beat(id="bb1", lines=(_line("bb1l1", "su", "归来已三更。"),)),
                Beat(
                    id="bb2",
                    lines=(
                        _line("bb2l1", "narrator", "无人应门。"),
                        _line("bb2l2", "su", "也好。"),
                    ),
                ),
            ),
        }
    )
    wet = _staging(Setting.RIVER, Mood.SERENE, "su", "ke")
    dry = _staging(Setting.ROOM, Mood.WARM, "su")
    rows: tuple[tuple[str, tuple[str, ...], Staging, Transition], ...] = (
        ("a", (), _staging(Setting.RIVER, Mood.SERENE), Transition.DISSOLVE),
        ("a", ("ab2l1", "ab2l2"), wet, Transition.CUT),
        ("a", ("ab3l1",), wet, Transition.CUT),
        ("a", ("ab3l2",), wet, Transition.DIP_TO_BLACK),
        ("b", ("bb1l1", "bb2l1", "bb2l2"), dry, Transition.CUT),
        ("b", (), _staging(Setting.ROOM, Mood.WARM), Transition.CUT),
    )
    shots = tuple(
        Shot(
            id=f"s{number:02}",
            number=str(number),
            scene=scene,
            description=f"第{number}个画面",
            camera=Camera(size=ShotSize.MS),
            staging=staging,
            lines=lines,
            transition=transition,
        )
        for number, (scene, lines, staging, transition) in enumerate(rows, start=1)
    )
    return Documents(
        title="夜游",
        options=FilmOptions(locale=Locale.ZH),
        screenplay=Screenplay(
            title="夜游",
            locale=Locale.ZH,
            written_by="scripted",
            characters=PEOPLE,
            scenes=(river, room),
        ),
        storyboard=Storyboard(title="夜游", locale=Locale.ZH, written_by="scripted", shots=shots),
        takes=(ShotTakes(shot="s02", takes=3, best=2), ShotTakes(shot="s03", takes=1, best=1)),
        pins=("shots/s04/keyframe.png", "shots/s05/take.mp4", "cast/ke.png"),
    )

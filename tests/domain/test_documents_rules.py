"""What the documents refuse: twins, strangers, and shapes that cannot be filmed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from nightshoot.domain.brief import Brief, FilmOptions, Source, SourceKind
from nightshoot.domain.cut import Clip, Cut
from nightshoot.domain.rules import bare
from nightshoot.domain.screenplay import Line, LineKind, Screenplay
from nightshoot.domain.storyboard import Camera, Storyboard
from nightshoot.domain.vocabulary import Locale, Mood, ShotSize


def spoiled(document: BaseModel, *path: str | int, value: object) -> dict[str, object]:
    """Gives a document's content with one part replaced."""
    content = document.model_dump()
    place: object = content
    for step in path[:-1]:
        place = list(place)[step] if isinstance(step, int) else place[step]  # type: ignore[call-overload, index]
    place[path[-1]] = value  # type: ignore[index]
    return content


def test_a_brief_keeps_exact_rates_through_json() -> None:
    source = Source(kind=SourceKind.BRIEF, text="夜", locale=Locale.ZH)
    brief = Brief(source=source, locale=Locale.ZH, fps="29.97")
    assert brief.fps == Fraction(30000, 1001)
    assert Brief.model_validate_json(brief.model_dump_json()) == brief


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 63}, {"width": 129}, {"height": 5000}, {"takes": 0}, {"takes": 21},
        {"seed": -1}, {"seed": 2**31}, {"duration_s": 0.5}, {"duration_s": float("nan")},
        {"colour": "red"},
    ],
)  # fmt: skip
def test_options_have_bounds(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FilmOptions.model_validate({"locale": "zh"} | wrong)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("characters",), "TWINS", "ids must differ"),
        (("scenes", 0, "beats", 1, "id"), "s1b1", "beat ids must differ"),
        (("scenes", 0, "beats", 1, "present"), ("cao",), "who are not characters"),
        (("scenes",), (), "at least 1"),
        (("title",), "", "at least 1"),
        (("title",), "长" * 61, "at most 60"),
        (("locale",), "fr", "zh"),
    ],
)
def test_a_screenplay_refers_to_what_exists(
    screenplay: Screenplay, path: tuple[str | int, ...], value: object, says: str
) -> None:
    if value == "TWINS":
        value = [person.model_dump() for person in screenplay.characters] * 2
    with pytest.raises(ValidationError, match=says):
        Screenplay.model_validate(spoiled(screenplay, *path, value=value))


@pytest.mark.parametrize("speaker", ["cao", "", "Narrator"])
def test_a_line_is_spoken_by_somebody(screenplay: Screenplay, speaker: str) -> None:
    content = screenplay.model_dump()
    content["scenes"][0]["beats"][0]["lines"][0]["speaker"] = speaker
    with pytest.raises(ValidationError, match="not a character"):
        Screenplay.model_validate(content)


@pytest.mark.parametrize("line_id", ["../../x", "a/b", "", ".hidden", "a\x00b", "x" * 200])
def test_a_lines_id_is_fit_for_a_file_name(line_id: str) -> None:
    with pytest.raises(ValidationError):
        Line(id=line_id, kind=LineKind.NARRATION, speaker="narrator", text="x")


def test_lines_and_people_are_found_by_id(screenplay: Screenplay) -> None:
    assert screenplay.line("s1b2l1").text == "何夜无月？"
    assert screenplay.character("su").name == "苏轼"
    for find in (screenplay.line, screenplay.character):
        with pytest.raises(KeyError):
            find("nobody")


@pytest.mark.parametrize("shot_id", ["", "../x", "S01", "a b", "镜", "x" * 40])
def test_a_shots_id_is_fit_for_a_folder_name(board: Storyboard, shot_id: str) -> None:
    content = board.model_dump()
    content["shots"][0]["id"] = shot_id
    with pytest.raises(ValidationError):
        Storyboard.model_validate(content)


def test_a_board_refuses_twins_and_figures_that_are_not_there(board: Storyboard) -> None:
    content = board.model_dump()
    content["shots"][1]["id"] = "s01"
    with pytest.raises(ValidationError, match="shot ids must differ"):
        Storyboard.model_validate(content)
    for subject in (1, -1):
        content = board.model_dump()
        content["shots"][0]["staging"]["subject"] = subject
        with pytest.raises(ValidationError, match="has no figure"):
            Storyboard.model_validate(content)


def test_a_camera_path_has_two_to_four_points() -> None:
    point = (0.0, 0.0, 1.0)
    for count in (0, 2, 3, 4):
        Camera(size=ShotSize.MS, path=(point,) * count)
    for count in (1, 5):
        with pytest.raises(ValidationError):
            Camera(size=ShotSize.MS, path=(point,) * count)


def clip(number: int, frames: int, shared: int) -> Clip:
    return Clip(
        id=f"s{number}", take="0", num_frames=frames, transition_frames=shared, mood=Mood.SERENE
    )


def cut(*clips: Clip) -> Cut:
    return Cut(title="t", fps=Fraction(24), width=128, height=228, clips=clips)


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    count = draw(st.integers(1, 8))
    shared = [*(draw(st.integers(0, 12)) for _ in range(count - 1)), 0]
    before = [0, *shared[:-1]]
    return cut(
        *(
            clip(
                n,
                before[n] + shared[n] + draw(st.integers(0 if before[n] + shared[n] else 1, 40)),
                shared[n],
            )
            for n in range(count)
        )
    )


@given(cuts())
def test_a_cut_is_as_long_as_its_clips_less_what_they_share(edit: Cut) -> None:
    total = sum(one.num_frames for one in edit.clips)
    assert edit.num_frames == total - sum(one.transition_frames for one in edit.clips)
    assert edit.starts[0] == 0
    for place, one in enumerate(edit.clips[:-1]):
        end = edit.starts[place] + one.num_frames
        assert end - edit.starts[place + 1] == one.transition_frames
    assert list(edit.starts) == sorted(edit.starts)


@given(cuts())
def test_no_frame_of_a_cut_shows_more_than_two_clips(edit: Cut) -> None:
    seen = [0] * edit.num_frames
    for start, one in zip(edit.starts, edit.clips, strict=True):
        for frame in range(start, start + one.num_frames):
            seen[frame] += 1
    assert set(seen) <= {1, 2}


def test_a_clip_shorter_than_its_transitions_is_refused() -> None:
    with pytest.raises(ValidationError, match="shorter than its transitions"):
        cut(clip(1, 20, 12), clip(2, 20, 12), clip(3, 20, 0))
    with pytest.raises(ValidationError, match="nothing to give way to"):
        cut(clip(1, 20, 2))


def test_words_are_compared_without_marks_width_and_case() -> None:
    assert bare("“Ａb，c！” 1２") == "abc12"
    assert bare("。—— \n") == ""

"""Documents as YAML: back and forth, and errors that name the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from nightshoot.documents import from_yaml, read_yaml, to_yaml
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.errors import InputError


class Note(Value):
    text: str
    empty_by_default: str = ""
    full_by_default: str = "full"
    parts: tuple[str, ...] = ()
    names: dict[str, str] = Field(default_factory=dict)
    inner: Note | None = None


TEXTS = st.text() | st.sampled_from(
    [
        "yes",
        "null",
        "~",
        "1.10",
        "1e3",
        "12:30",
        "2024-01-02",
        "=",
        "- a",
        "#x",
        "{a: b}",
        "|",
        "é\n",
    ]
)
NOTES = st.builds(
    Note,
    text=TEXTS,
    empty_by_default=TEXTS,
    full_by_default=TEXTS,
    parts=st.lists(TEXTS, max_size=3).map(tuple),
    names=st.dictionaries(TEXTS, TEXTS, max_size=3),
)


@settings(max_examples=50)
@given(NOTES, NOTES)
def test_any_document_reads_back_the_same(one: Note, two: Note) -> None:
    note = one.model_copy(update={"inner": two})
    assert from_yaml(to_yaml(note, heading="A note."), Note, name="note.yaml") == note


def test_what_is_empty_is_left_out_unless_it_must_be_given() -> None:
    assert to_yaml(Note(text="", full_by_default="")) == b"text: ''\nfull_by_default: ''\n"


def test_chinese_is_written_plainly_and_several_lines_as_a_block() -> None:
    written = to_yaml(Note(text="清风徐来，\n水波不兴。"), heading="记").decode()
    assert written == "# 记\ntext: |-\n  清风徐来，\n  水波不兴。\nfull_by_default: full\n"


def test_the_films_documents_read_back_the_same(screenplay: Screenplay, board: Storyboard) -> None:
    assert from_yaml(to_yaml(screenplay), Screenplay, name="s") == screenplay
    assert from_yaml(to_yaml(board), Storyboard, name="b") == board


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("size: MS", "size: huge", r"b\.yaml:\d+: shots\.0\.camera\.size: Input should be"),
        ("setting: river", "setting: moon", r"shots\.0\.staging\.setting"),
        ("id: s01", "id: s02", r"shot ids must differ"),
        ("number: '1'", "number: 1", r"shots\.0\.number: Input should be a valid string"),
        ("number: '1'", "nummer: '1'", r"shots\.0\.number: Field required|Extra"),
        ("number: '1'", "number: [", r"b\.yaml:\d+: "),
        ("number: '1'", "number: 2024-13-45", r"not readable"),
        ("number: '1'", "number: \a", r"not readable"),
    ],
)
def test_an_edit_that_does_not_fit_is_pointed_at(
    board: Storyboard, old: str, new: str, says: str
) -> None:
    text = to_yaml(board).decode()
    assert old in text
    with pytest.raises(InputError, match=says) as caught:
        from_yaml(text.replace(old, new, 1).encode(), Storyboard, name="b.yaml")
    assert "\n" not in str(caught.value)


def test_the_line_is_the_one_in_the_file(board: Storyboard) -> None:
    lines = to_yaml(board, heading="h").decode().splitlines()
    place = next(n for n, line in enumerate(lines) if "move: pan_left" in line)
    lines[place] = lines[place].replace("pan_left", "sideways")
    with pytest.raises(InputError, match=rf"b\.yaml:{place + 1}: shots\.1\.camera\.move"):
        from_yaml("\n".join(lines).encode(), Storyboard, name="b.yaml")


@pytest.mark.parametrize(
    "data",
    [b"", b"- a\n", b"text", b"\xff\xfe\x00", b"? [a]\n: b\n", b"[" * 1_000,
     b"text: !!python/object/apply:os.system ['true']"],
)  # fmt: skip
def test_what_is_no_document_is_refused_in_a_line(data: bytes) -> None:
    with pytest.raises(InputError, match=r"note\.yaml") as caught:
        from_yaml(data, Note, name="note.yaml")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.yaml cannot be read: No such file"):
        read_yaml(tmp_path / "gone.yaml", Note)

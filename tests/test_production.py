"""The folder of a film: what a person edits wins, and nothing leaves the folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nightshoot.artifacts import Store
from nightshoot.domain.brief import FilmOptions, Source, SourceKind
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.production import Production
from nightshoot.sheet import CrewChoice, ProductionSheet, RunState
from nightshoot.studio import folder_for, slug_of

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object

SOURCE = Source(kind=SourceKind.BRIEF, text="夜游赤壁", locale=Locale.ZH)


def sheet(**options: object) -> ProductionSheet:
    return ProductionSheet(
        title="夜游",
        options=FilmOptions(locale=Locale.ZH, **options),
        crew=CrewChoice(writer="w", image="i", video="v", voice="auto", music="m"),
    )


@pytest.fixture
def production(tmp_path: Path) -> Production:
    return Production.create(tmp_path / "film", sheet(fps="29.97", duration_s=30), SOURCE)


def test_a_production_opens_as_it_was_made(production: Production) -> None:
    opened = Production.open(production.folder)
    assert (opened.sheet, opened.source) == (production.sheet, SOURCE)
    assert opened.brief == production.brief
    assert opened.pins == ()
    assert opened.run is None


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(InputError, match="already holds something else"):
        Production.create(tmp_path, sheet(), SOURCE)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]
    with pytest.raises(InputError, match="is a file"):
        Production.create(tmp_path / "thesis.doc", sheet(), SOURCE)
    with pytest.raises(InputError, match="cannot be written to"):
        Production.create(tmp_path / "thesis.doc" / "film", sheet(), SOURCE)
    with pytest.raises(InputError, match="is not a production"):
        Production.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("production.yaml", "title: x", r"production\.yaml:1: options: Field required"),
        ("production.yaml", "[", r"production\.yaml"),
        ("source.yaml", "kind: poem", r"source\.yaml:1: kind"),
        (".nightshoot/written.json", "{", r"written\.json is broken: move"),
        (".nightshoot/written.json", "[1]", r"written\.json is broken: move"),
    ],
)
def test_a_broken_folder_is_told_in_a_line(
    production: Production, name: str, content: str, says: str
) -> None:
    (production.folder / name).write_text(content)
    with pytest.raises(InputError, match=says):
        Production.open(production.folder)


def test_a_broken_state_of_the_run_is_told_in_a_line(production: Production) -> None:
    production.note_run(RunState(run=3, state="awaiting keyframes"))
    assert production.run == RunState(run=3, state="awaiting keyframes")
    (production.folder / ".nightshoot" / "run.json").write_text("{")
    with pytest.raises(InputError, match=r"run\.json is broken"):
        _ = production.run


def test_without_its_inner_folder_a_production_begins_anew_with_its_documents(
    production: Production, screenplay: Screenplay
) -> None:
    production.settle("screenplay.yaml", screenplay, heading="h")
    for path in (production.folder / ".nightshoot").iterdir():
        path.unlink()
    opened = Production.open(production.folder)
    other = screenplay.model_copy(update={"title": "别的"})
    assert opened.settle("screenplay.yaml", other, heading="h").title == "夜游"


def test_an_edit_is_pinned_and_never_overwritten(production: Production) -> None:
    path = production.folder / "notes.yaml"
    assert production.write("notes.yaml", b"one")
    assert production.write("notes.yaml", b"two")
    path.write_bytes(b"mine")
    assert production.pins == ("notes.yaml",)
    assert not production.write("notes.yaml", b"three")
    assert path.read_bytes() == b"mine"
    path.unlink()
    assert production.write("notes.yaml", b"four"), "what a person removed is written again"


def test_a_file_that_a_person_put_there_first_is_theirs(
    production: Production, tmp_path: Path
) -> None:
    store = Store(tmp_path / "store")
    digest = store.put_bytes(b"ours")
    path = production.folder / "shots" / "s01" / "keyframe.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    assert not production.export("shots/s01/keyframe.png", digest, store)
    assert path.read_bytes() == b"mine"
    path.unlink()
    assert production.export("shots/s01/keyframe.png", digest, store)
    assert path.read_bytes() == b"ours"
    newer = store.put_bytes(b"newer")
    assert production.export("shots/s01/keyframe.png", newer, store)
    assert path.read_bytes() == b"newer"
    assert production.pins == ()


def test_only_one_process_works_in_a_folder(production: Production) -> None:
    with (
        production.held(),
        pytest.raises(InputError, match="another nightshoot"),
        production.held(),
    ):
        pytest.fail("it must not be held twice")
    with production.held():
        pass


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("赤壁赋", "赤壁赋"),
        ("../../etc/passwd", "etc-passwd"),
        ('a/b\\c:d*e?"f<g>h|i', "a-b-c-d-e-f-g-h-i"),
        ("...", "film"),
        ("", "film"),
        ("😀", "film"),
        ("The  Key!", "the-key"),
        ("CON\x00\n", "con"),
        ("x" * 300, "x" * 40),
        ("\u202eabc", "abc"),
    ],
)
def test_a_title_becomes_a_folder_name_that_stays_where_it_is(
    tmp_path: Path, title: str, name: str
) -> None:
    assert slug_of(title) == name
    assert folder_for(title, tmp_path) == tmp_path / name


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir()
    assert folder_for("key", tmp_path) == tmp_path / "key", "an empty folder is free"
    for number in (1, 2):
        (tmp_path / f"key{'' if number == 1 else '-2'}").mkdir(exist_ok=True)
        (tmp_path / f"key{'' if number == 1 else '-2'}" / "x").write_text("x")
    assert folder_for("key", tmp_path) == tmp_path / "key-3"


def test_a_picture_that_vanished_from_the_store_at_a_gate_is_made_again(
    bench: Callable[..., Bench],
) -> None:
    one = bench(review=True)
    for gate in ("screenplay", "storyboard", "keyframes"):
        assert one.make().awaiting == gate
    for path in (one.home / "store" / "objects").rglob("*"):
        if path.is_file() and path.read_bytes()[:4] == b"\x89PNG":
            path.unlink()
    reports = [one.make() for _ in range(4)]
    assert any(report.film for report in reports), "it may ask again, and must come to an end"
    assert len(one.painter.calls) == 6

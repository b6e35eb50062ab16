"""A staged run puts its files in place all at once; versions remember what a folder held."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nightshoot.artifacts import Store
from nightshoot.domain.brief import FilmOptions, Source, SourceKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.production import Production
from nightshoot.sheet import CrewChoice, ProductionSheet
from nightshoot.staging import Staging
from nightshoot.versions import Version

SOURCE = Source(kind=SourceKind.BRIEF, text="夜游赤壁", locale=Locale.ZH)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def production(tmp_path: Path, store: Store) -> Production:
    """A finished film of two shots."""
    made = Production.create(
        tmp_path / "film",
        ProductionSheet(
            title="夜游",
            options=FilmOptions(locale=Locale.ZH),
            crew=CrewChoice(writer="w", image="i", video="v", voice="auto", music="m"),
        ),
        SOURCE,
    )
    made.write("storyboard.yaml", b"old board")
    for shot in ("s01", "s02"):
        made.export(f"shots/{shot}/take.mp4", store.put_bytes(f"take of {shot}".encode()), store)
    made.export("film.mp4", store.put_bytes(b"old film"), store)
    return made


def content(folder: Path) -> dict[str, bytes]:
    """The folder as a person sees it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".nightshoot" not in path.parts
    }


def revise(production: Production, store: Store) -> None:
    """Writes another film, without the second shot."""
    production.give("storyboard.yaml", b"revised board")
    production.export("shots/s01/take.mp4", store.put_bytes(b"take of s01"), store)
    production.export("film.mp4", store.put_bytes(b"new film"), store)


def test_nothing_of_a_staged_run_is_seen_before_it_is_published(
    production: Production, store: Store
) -> None:
    before = content(production.folder)
    with production.staged():
        revise(production, store)
        assert content(production.folder) == before
        assert production.path("storyboard.yaml").read_bytes() == b"revised board"
        production.publish()
    after = {**before, "storyboard.yaml": b"revised board", "film.mp4": b"new film"}
    after.pop("shots/s02/take.mp4")
    assert content(production.folder) == after


def test_a_staged_run_that_fails_leaves_everything_as_it_was(
    production: Production, store: Store
) -> None:
    before = content(production.folder)

    def fail() -> None:
        with production.staged():
            revise(production, store)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert content(production.folder) == before
    assert production.pins == ()
    assert Production.open(production.folder).pins == ()
    assert not (production.folder / ".nightshoot" / "next").exists()


class _Killed(BaseException):
    pass


class _Stumbling(Staging):
    """A staging whose process dies when so many files are in place."""

    steps = 0

    def finish(self) -> bool:
        for name in list(self.names)[: self.steps]:
            staged = self.path(name)
            if staged is not None:
                staged.replace(self._folder / name)
        raise _Killed


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_kill_while_files_are_put_in_place_ends_with_the_new_film_whole(
    production: Production, store: Store, steps: int
) -> None:
    stumbling = _Stumbling(production.folder)
    stumbling.steps = steps
    production._staging = stumbling
    with pytest.raises(_Killed):
        _make_a_version(production, store)
    opened = Production.open(production.folder)
    found = content(opened.folder)
    assert (found["storyboard.yaml"], found["film.mp4"]) == (b"revised board", b"new film")
    assert "shots/s02/take.mp4" not in found
    assert opened.pins == ()
    assert opened.versions.head == 1


def _make_a_version(production: Production, store: Store) -> None:
    with production.staged():
        revise(production, store)
        production.publish(_version(production, store, 1))


def _version(production: Production, store: Store, number: int) -> Version:
    return Version(number=number, at="2026-01-01T00:00:00+00:00", held=production.held_files(store))


def test_a_version_holds_every_file_in_the_store(production: Production, store: Store) -> None:
    (production.folder / "shots/s02/keyframe.png").write_bytes(b"drawn by hand")
    with production.staged():
        production.give("storyboard.yaml", b"revised board")
        production.export("film.mp4", store.put_bytes(b"new film"), store)
        version = _version(production, store, 1)
        production.publish(version)
    assert production.versions.get(1) == version
    assert set(version.held.hand) == {"shots/s02/keyframe.png"}
    assert set(version.held.given) == {"storyboard.yaml"}
    for name, digest in version.held.everything.items():
        kept = store.path(digest).read_bytes()
        if (production.folder / name).is_file():
            assert kept == (production.folder / name).read_bytes()


def test_what_a_person_edits_while_a_staged_run_goes_on_is_left_to_them(
    production: Production, store: Store
) -> None:
    with production.staged():
        revise(production, store)
        (production.folder / "film.mp4").write_bytes(b"cut by hand")
        production.publish()
    assert (production.folder / "film.mp4").read_bytes() == b"cut by hand"
    assert production.pins == ("film.mp4",)
    assert Production.open(production.folder).pins == ("film.mp4",)


def test_a_document_that_was_edited_by_hand_gives_way_to_its_own_revision(
    production: Production, store: Store
) -> None:
    (production.folder / "storyboard.yaml").write_bytes(b"edited by hand")
    assert production.pins == ("storyboard.yaml",)
    with production.staged():
        revise(production, store)
        production.publish()
    assert (production.folder / "storyboard.yaml").read_bytes() == b"revised board"
    assert not production.pins
    assert production.kept("storyboard.yaml")


def test_the_same_file_may_be_exported_twice_in_a_staged_run(
    production: Production, store: Store
) -> None:
    with production.staged():
        assert production.export("film.mp4", store.put_bytes(b"newer film"), store)
        assert production.export("film.mp4", store.put_bytes(b"newest film"), store)
        production.publish()
    assert (production.folder / "film.mp4").read_bytes() == b"newest film"


def test_broken_notes_of_versions_are_told_in_a_line(production: Production, store: Store) -> None:
    with production.staged():
        production.publish(_version(production, store, 1))
    with pytest.raises(InputError, match="there is no version 7"):
        production.versions.get(7)
    inner = production.folder / ".nightshoot"
    (inner / "head").write_text("x")
    with pytest.raises(InputError, match=r"head is broken: write the number"):
        _ = production.versions.head
    (inner / "versions/0001.json").write_text("{")
    with pytest.raises(InputError, match=r"0001\.json is broken"):
        production.versions.get(1)
    (inner / "publish.json").write_text(json.dumps([1]))
    with pytest.raises(InputError, match=r"publish\.json is broken"):
        Production.open(production.folder)

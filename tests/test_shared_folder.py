"""Two processes on one folder, and a full disk: the film stays whole, and the next try works."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nightshoot.artifacts import Store
from nightshoot.domain.brief import FilmOptions, Source, SourceKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import ArtifactError, InputError
from nightshoot.files import writing_to
from nightshoot.production import Production
from nightshoot.sheet import CrewChoice, ProductionSheet
from nightshoot.staging import Staging
from nightshoot.versions import Version

_HOLDING = """
import sys, time
from pathlib import Path
from nightshoot.artifacts import Store
from nightshoot.production import Production
from nightshoot.versions import Version

production, store = Production.open(Path(sys.argv[1])), Store(Path(sys.argv[2]))
with production.held():
    print("held", flush=True)
    sys.stdin.readline()
    time.sleep(0.5)
    with production.staged():
        production.give("storyboard.yaml", b"revised board")
        production.export("film.mp4", store.put_bytes(b"new film"), store)
        sheet = production.sheet.model_copy(update={"title": "another"})
        production.replace_sheet(sheet)
        held = production.held_files(store)
        production.publish(Version(number=1, at="2026-01-01T00:00:00+00:00", held=held))
"""
"""Holds a folder until it is told to go on, and publishes a version then."""


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".nightshoot" not in path.parts
    }


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def production(tmp_path: Path, store: Store) -> Production:
    """A film without a version."""
    made = Production.create(
        tmp_path / "film",
        ProductionSheet(
            title="夜游",
            options=FilmOptions(locale=Locale.ZH),
            crew=CrewChoice(writer="w", image="i", video="v", voice="auto", music="m"),
        ),
        Source(kind=SourceKind.BRIEF, text="夜游赤壁", locale=Locale.ZH),
    )
    made.write("storyboard.yaml", b"old board")
    made.export("shots/s01/take.mp4", store.put_bytes(b"take of s01"), store)
    made.export("film.mp4", store.put_bytes(b"old film"), store)
    return made


def test_the_second_process_is_told_who_holds_the_folder_or_waits_for_the_new_state(
    production: Production, store: Store
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDING, str(production.folder), str(store.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(InputError, match=rf"\(process {other.pid}, since \d{{4}}-"),
            production.held(),
        ):
            pass
        other.stdin.write("\n")
        other.stdin.flush()
        with production.held(wait=True):
            # What was opened before the other published works on what it published.
            assert production.versions.head == 1
            assert production.sheet.title == "another"
            assert production.pins == ()
            assert production.kept("storyboard.yaml")
            assert (production.folder / "film.mp4").read_bytes() == b"new film"
    assert other.returncode == 0


class FullStore(Store):
    """A store on a disk that is full after so many exports."""

    room = 0

    def export(
        self, digest: str, to: Path, *, just_before: Callable[[], None] = lambda: None
    ) -> None:
        with writing_to(to):
            if self.room == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= 1
        super().export(digest, to, just_before=just_before)


class FullStaging(Staging):
    """A staging whose disk is full: when it decides, or when it puts files in place."""

    at = ""

    def commit(self, *, removed: tuple[str, ...], notes: dict[str, str]) -> None:  # type: ignore[override]
        with writing_to(self._inner):
            if self.at == "commit":
                raise OSError(errno.ENOSPC, "No space left on device")
        super().commit(removed=removed, notes=notes)

    def finish(self) -> bool:
        with writing_to(self._folder):
            if self.at == "finish" and self.unfinished:
                (self._root / "film.mp4").replace(self._folder / "film.mp4")
                raise OSError(errno.ENOSPC, "No space left on device")
        return super().finish()


def revise(production: Production, store: Store) -> None:
    with production.held(), production.staged():
        production.give("storyboard.yaml", b"revised board")
        production.export("shots/s02/take.mp4", store.put_bytes(b"take of s02"), store)
        production.export("film.mp4", store.put_bytes(b"new film"), store)
        held = production.held_files(store)
        production.publish(Version(number=1, at="2026-01-01T00:00:00+00:00", held=held))


def is_new(production: Production) -> bool:
    found = content(production.folder)
    expected = {
        "storyboard.yaml": b"revised board",
        "shots/s02/take.mp4": b"take of s02",
        "film.mp4": b"new film",
    }
    rest = set(found) - set(expected)
    return expected.items() <= found.items() and rest == {"production.yaml", "source.yaml"}


@pytest.mark.parametrize("room", [0, 1])
def test_a_disk_that_is_full_while_files_are_collected_leaves_the_old_film(
    production: Production, tmp_path: Path, room: int
) -> None:
    full = FullStore(tmp_path / "store")
    full.room = room
    before = content(production.folder)
    with pytest.raises(ArtifactError, match=r"no space left.*free some"):
        revise(production, full)
    assert content(production.folder) == before
    assert not (production.folder / ".nightshoot" / "next").exists()
    assert production.pins == ()
    full.room = 9
    revise(production, full)
    assert is_new(production)
    assert production.pins == ()


@pytest.mark.parametrize(("at", "seen"), [("commit", "old"), ("finish", "mixed")])
def test_a_disk_that_is_full_while_a_version_is_published_loses_neither(
    production: Production, store: Store, at: str, seen: str
) -> None:
    staging = FullStaging(production.folder)
    staging.at = at
    production._staging = staging
    before = content(production.folder)
    with pytest.raises(ArtifactError, match=r"no space left.*free some"):
        revise(production, store)
    assert (content(production.folder) == before) == (seen == "old")
    # Once there is room, whoever opens the folder finds one film whole.
    opened = Production.open(production.folder)
    assert content(opened.folder) == before or is_new(opened)
    assert is_new(opened) == (seen == "mixed")
    assert opened.pins == ()
    staging.at = ""
    revise(production, store)
    assert is_new(production)
    assert production.pins == ()


def test_what_was_collected_twice_is_what_was_collected_last(
    production: Production, store: Store
) -> None:
    before = content(production.folder)
    with production.staged():
        production.export("film.mp4", store.put_bytes(b"new film"), store)
        production.export("film.mp4", store.put_bytes(b"old film"), store)
        production.export("shots/s01/take.mp4", store.put_bytes(b"take of s01"), store)
        production.publish()
    assert content(production.folder) == before


def test_notes_on_takes_that_a_version_brought_back_are_no_edit_by_hand(
    production: Production, store: Store
) -> None:
    production.note_takes("s01", ())
    with production.staged():
        production.export("shots/s01/take.mp4", store.put_bytes(b"take of s01"), store)
        held = production.held_files(store)
        production.publish(Version(number=1, at="2026-01-01T00:00:00+00:00", held=held))
    with production.staged():
        production.bring_back(production.versions.get(1).held, store)
        production.publish(production.versions.get(1))
    (production.folder / ".nightshoot/takes/s01.json").write_text("[]\n")
    assert production.pins == ()

"""What a kill or a full disk leaves in a production's folder, and what becomes of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nightshoot.artifacts import Store
from nightshoot.domain.brief import FilmOptions, Source, SourceKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import ArtifactError, InputError
from nightshoot.files import new_part, write_atomically
from nightshoot.production import Production
from nightshoot.sheet import CrewChoice, ProductionSheet

SOURCE = Source(kind=SourceKind.BRIEF, text="夜游赤壁", locale=Locale.ZH)
CREW = CrewChoice(writer="rehearsal", image="fake", video="fake", voice="none", music="none")


def created(folder: Path, source: Source = SOURCE) -> Production:
    sheet = ProductionSheet(title="夜游", options=FilmOptions(locale=Locale.ZH), crew=CREW)
    return Production.create(folder, sheet, source)


def half_written(path: Path) -> Path:
    handle, part = new_part(path)
    os.close(handle)
    return part


class Killed(BaseException):
    """Stands for the end of the process."""


def killed() -> None:
    raise Killed


def test_a_folder_whose_making_was_killed_is_taken_over(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    created(folder)
    (folder / "production.yaml").unlink()
    part = half_written(folder / "production.yaml")
    other = SOURCE.model_copy(update={"text": "夜游洞庭"})
    created(folder, other)
    assert Production.open(folder).source.text == "夜游洞庭"
    assert not part.exists()


def test_a_folder_with_a_film_is_not_begun_again_and_resume_is_named(tmp_path: Path) -> None:
    created(tmp_path / "film")
    with pytest.raises(InputError, match="nightshoot resume"):
        created(tmp_path / "film")


@pytest.mark.parametrize("name", ["source.yaml", "notes.txt", ".hidden"])
def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="something else"):
        created(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_was_half_written_is_removed_by_the_next_run_and_nothing_else(tmp_path: Path) -> None:
    production = created(tmp_path / "film")
    (production.folder / "shots").mkdir()
    part = half_written(production.folder / "shots" / "take.mp4")
    mine = production.folder / "shots" / ".mine"
    mine.write_text("mine", encoding="utf-8")
    with production.held():
        assert not part.exists()
        assert mine.exists()


def test_the_sheet_is_never_gone_while_it_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    production = created(tmp_path / "film")
    written = Production._note

    def note_and_die(self: Production, name: str, digest: str) -> None:
        written(self, name, digest)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Production, "_note", note_and_die)
        with pytest.raises(Killed):
            production.retitle("赤壁")
    again = Production.open(production.folder)
    assert again.sheet.title == "夜游"
    again.retitle("赤壁")
    assert Production.open(production.folder).sheet.title == "赤壁"
    assert Production.open(production.folder).pins == ()


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    path.write_bytes(b"old")
    with pytest.raises(Killed):
        write_atomically(path, b"new", just_before=killed)
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["film.srt"]


def test_a_film_whose_digest_was_forgotten_gives_way_and_an_edited_one_does_not(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path / "store")
    old, new = store.put_bytes(b"old film"), store.put_bytes(b"new film")
    production = created(tmp_path / "film")
    film = production.folder / "film.mp4"
    film.write_bytes(b"old film")
    assert production.export("film.mp4", new, store)
    assert film.read_bytes() == b"new film"
    film.write_bytes(b"my own")
    assert not production.export("film.mp4", old, store)
    assert film.read_bytes() == b"my own"


def test_what_the_store_gives_out_is_whole(tmp_path: Path) -> None:
    digest = Store(tmp_path).put_bytes(b"a take")
    place = Store(tmp_path).path(digest)
    place.chmod(0o644)
    place.write_bytes(b"a tale")
    with pytest.raises(ArtifactError, match="nightshoot resume"):
        Store(tmp_path).path(digest)

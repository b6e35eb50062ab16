"""`approve` and `reject`: one line each, clear faults, and a word that is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nightshoot.cli import main
from nightshoot.documents import to_yaml
from nightshoot.domain.approval import Verdict
from nightshoot.domain.brief import FilmOptions, Source, SourceKind
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import Locale
from nightshoot.production import Production
from nightshoot.sheet import CrewChoice, ProductionSheet, TakeNote


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a working folder of its own, and no endpoint."""
    for name in list(os.environ):
        if name.startswith(("NIGHTSHOOT_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NIGHTSHOOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIGHTSHOOT_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def production(place: Path, board: Storyboard) -> Production:
    """A production with three shots, two of them with takes."""
    sheet = ProductionSheet(
        title="夜游",
        options=FilmOptions(locale=Locale.ZH),
        crew=CrewChoice(writer="w", image="i", video="v", voice="none", music="none"),
    )
    source = Source(kind=SourceKind.BRIEF, text="夜游赤壁", locale=Locale.ZH)
    made = Production.create(place / "film", sheet, source)
    made.write("storyboard.yaml", to_yaml(board, heading="Shots."))
    made.note_takes(
        "s01",
        (
            TakeNote(number=1, keyframe="k1", video="v1"),
            TakeNote(number=2, keyframe="k2", video="v2", shown=True),
        ),
    )
    made.note_takes("s02", (TakeNote(number=1, keyframe="k3", shown=True),))
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def test_a_word_on_the_take_in_the_film_is_kept(production: Production) -> None:
    result = run("approve", "film", "s01", "--note", "雾正好")
    assert result.exit_code == 0, result.output
    assert "take 2 of shot 1 is approved" in result.stdout
    assert "nightshoot resume film" in result.stdout
    (ruling,) = production.rulings.rulings
    assert (ruling.shot, ruling.take, ruling.made) == ("s01", 2, "v2")
    assert (ruling.verdict, ruling.note) == (Verdict.APPROVED, "雾正好")
    assert ruling.at.count(":") == 3, "with the offset from UTC"


def test_a_shot_is_named_by_its_number_and_a_take_by_its_own(production: Production) -> None:
    assert run("reject", "film", "1", "--take", "1", "--note", "慢一点").exit_code == 0
    assert production.rulings.on("v1") is not None


def test_what_was_not_filmed_yet_is_ruled_on_by_its_keyframe(production: Production) -> None:
    assert run("reject", "film", "2", "--note", "再近一些").exit_code == 0
    ruling = production.rulings.on("k3")
    assert ruling is not None
    assert ruling.verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("approve", "film", "9"), "there is no shot '9': choose from 1, 2, 3"),
        (("approve", "film", "3"), "shot 3 has no take yet: run `nightshoot resume"),
        (("approve", "film", "1", "--take", "7"), "shot 1 has no take 7: choose from 1, 2"),
        (("approve", "nowhere", "1"), "is not a production"),
        (("reject", "film", "1"), "--note"),
        (("reject", "film", "1", "--note", "  "), "say with --note what the next take should do"),
        (("reject", "film", "1", "--take", "0", "--note", "x"), "--take"),
    ],
)
def test_what_cannot_be_ruled_on_is_one_line(
    production: Production, words: tuple[str, ...], says: str
) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert says in result.stderr.strip().splitlines()[-1]
    assert "Traceback" not in result.output
    assert not (production.folder / "rulings.yaml").exists()


def test_a_broken_rulings_file_is_pointed_at_with_its_line(production: Production) -> None:
    (production.folder / "rulings.yaml").write_text(
        "rulings:\n- shot: s01\n  take: none\n", "utf-8"
    )
    result = run("approve", "film", "1")
    assert result.exit_code == 2
    assert "rulings.yaml:2" in result.stderr or "rulings.yaml:3" in result.stderr


def test_a_folder_at_work_is_left_alone(production: Production) -> None:
    with production.held():
        result = run("approve", "film", "1")
    assert result.exit_code == 2
    assert "another nightshoot is at work" in result.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--candidates", "9"), "--candidates"),
        (("--candidates", "0"), "--candidates"),
        (("--shot-usd", "-1"), "--shot-usd"),
        (("--shot-minutes", "0"), "--shot-minutes"),
        (("--other-image", "nothing"), "no image backend 'nothing'"),
        (("--other-video", "nothing"), "no video backend 'nothing'"),
        (("--other-video", "multiplane"), "--other-video multiplane: it is in the crew already"),
        (("--other-image", "shadow-play"), "--other-image shadow-play: it is in the crew already"),
    ],
)
def test_choices_about_the_loop_are_checked_before_a_folder_is_made(
    place: Path, words: tuple[str, ...], says: str
) -> None:
    result = run("make", "夜游赤壁", "--out", "new", *words)
    assert result.exit_code == 2
    assert says in result.stderr.strip().splitlines()[-1]
    assert not (place / "new").exists()


def test_choices_about_the_loop_are_written_down(place: Path) -> None:
    words = ("--candidates", "3", "--shot-usd", "1.5", "--shot-minutes", "2")
    result = run("make", "夜游赤壁", "--out", "new", "--until", "screenplay", *words)
    assert result.exit_code == 0, result.output
    options = Production.open(place / "new").sheet.options
    assert (options.candidates, options.shot_usd, options.shot_minutes) == (3, 1.5, 2.0)

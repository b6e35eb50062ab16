"""The command line: one line for each fault, one object for `--json`, and quick help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nightshoot.cli import main
from nightshoot.domain.sizes import parse_size
from nightshoot.errors import InputError

KEY = "sk-planted-0123456789abcdef"
INPUTS = Path(__file__).parent.parent / "inputs"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, a home of its own, and no endpoint."""
    for name in list(os.environ):
        if name.startswith(("NIGHTSHOOT_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NIGHTSHOOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIGHTSHOOT_CONFIG", str(tmp_path / "none.toml"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def fault(result: Result, code: int, says: str) -> None:
    assert result.exit_code == code, result.output
    lines = result.stderr.strip().splitlines()
    assert says in lines[-1]
    assert "Traceback" not in result.output
    assert result.stdout == ""


QUICK = ("--size", "128x228", "--until", "screenplay")


def test_json_is_one_object_on_stdout_and_progress_goes_to_stderr(place: Path) -> None:
    result = run("make", "苏轼夜游赤壁", *QUICK, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert set(report) >= {
        "film", "folder", "duration_s", "frames", "fps", "size", "shots", "takes", "rejected",
        "flagged", "actions", "cost_usd", "wall_s", "writer", "image", "video", "voice", "music",
    }  # fmt: skip
    assert report["writer"] == "rehearsal"
    assert (report["film"], report["size"], report["fps"]) == ("", "128x228", 24)
    assert set(report["actions"]) == {"made", "reused"}
    assert "screenplay" in result.stderr
    folder = place / report["folder"]
    assert (folder / "screenplay.yaml").is_file()
    assert folder.parent.name == "films"


def test_resume_and_show_go_on_from_the_folder(place: Path) -> None:
    run("make", str(INPUTS / "chibi-storyboard.md"), "--out", "film", *QUICK)
    result = run("resume", "film", "--until", "storyboard", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["shots"] == 15
    assert report["actions"]["reused"] >= 2
    shown = json.loads(run("show", "film", "--json").stdout)
    assert [shot["number"] for shot in shown["shots"]][:4] == ["1.1", "1.2", "1.2.1", "1.2.1.1"]
    assert shown["title"] == "赤壁赋"
    assert shown["film"] == ""
    text = run("show", "film").stdout
    assert "赤壁赋" in text
    assert "1.2.1.1" in text
    again = run("make", "film", "--until", "storyboard", "--json")
    assert json.loads(again.stdout)["actions"]["made"] == 0


def test_the_summary_says_who_wrote_and_where_to_go_on() -> None:
    result = run("make", "a lighthouse keeper finds a letter", *QUICK)
    assert result.exit_code == 0, result.output
    assert "written by rehearsal" in result.stdout
    assert "nightshoot resume films" in result.stdout.replace("\n", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("make", ""), "the brief is empty"),
        (("make", "。"), "no words"),
        (("make", "missing.md"), "there is no file missing.md"),
        (("make", "."), "production.yaml"),
        (("make", "夜", "--duration", "soon"), "'soon' is not a duration"),
        (("make", "夜", "--duration", "3h"), "2 hours"),
        (("make", "夜", "--fps", "0"), "frame rate"),
        (("make", "夜", "--size", "big"), "not a size"),
        (("make", "夜", "--size", "127x228"), "even"),
        (("make", "夜", "--size", "64x64"), "128 to 4096"),
        (("make", "夜", "--takes", "0"), "--takes"),
        (("make", "夜", "--takes", "x"), "--takes"),
        (("make", "夜", "--seed", "-1"), "--seed"),
        (("make", "夜", "--aspect", "4:3"), "--aspect"),
        (("make", "夜", "--until", "never"), "--until"),
        (("make", "夜", "--locale", "fr"), "--locale"),
        (("make", "夜", "--budget-usd", "-1"), "--budget-usd"),
        (("make", "夜", "--writer", "shakespeare"), "there is no writer 'shakespeare'"),
        (("make", "夜", "--writer", "llm"), "needs an endpoint"),
        (("make", "夜", "--image", "nothing"), "no image backend 'nothing'"),
        (("make", "夜", "--video", "nothing"), "no video backend 'nothing'"),
        (("make", "夜", "--voice", "nothing"), "no speech backend 'nothing'"),
        (("make", "夜", "--music", "nothing"), "no music backend 'nothing'"),
        (("make", "夜", "--colour"), "No such option"),
        (("make",), "Missing argument"),
        (("resume", "nowhere"), "is not a production"),
        (("show", "."), "is not a production"),
        (("dance",), "No such command"),
    ],
)
def test_what_the_user_can_fix_is_one_line_and_exit_2(
    place: Path, words: tuple[str, ...], says: str
) -> None:
    fault(run(*words), 2, says)
    assert list(place.iterdir()) == [], "nothing is left behind"


def test_files_that_cannot_be_used_are_one_line_and_exit_2(place: Path) -> None:
    files = {
        "junk.txt": bytes(range(256)) * 20,
        "empty.md": b"",
        "wrong.xlsx": b"PK\x03\x04",
        "columns.csv": b"a,b\n1,2\n",
        "big.txt": "他走了。".encode() * 170_000,
    }
    for name, content in files.items():
        (place / name).write_bytes(content)
        result = run("make", name)
        fault(result, 2, "nightshoot: ")
        assert len(result.stderr.strip().splitlines()) == 1


def test_an_out_folder_with_something_else_in_it_is_left_alone(place: Path) -> None:
    (place / "thesis").mkdir()
    (place / "thesis" / "a.doc").write_text("x")
    fault(run("make", "夜", "--out", "thesis"), 2, "already holds something else")
    fault(run("make", "夜", "--out", "thesis/a.doc"), 2, "is a file")
    fault(run("make", "夜", "--out", "thesis/a.doc/film"), 2, "cannot be written to")


def test_a_home_that_cannot_be_written_to_is_one_line(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "file").write_text("x")
    monkeypatch.setenv("NIGHTSHOOT_HOME", str(place / "file" / "home"))
    result = run("make", "夜游赤壁", *QUICK, "--out", "film")
    fault(result, 1, "cannot be written to")


def test_a_broken_settings_file_is_one_line_and_exit_2(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "c.toml").write_text("colour = 1")
    monkeypatch.setenv("NIGHTSHOOT_CONFIG", str(place / "c.toml"))
    fault(run("make", "夜"), 2, "the setting colour")


def test_a_broken_edit_is_pointed_at_with_its_line(place: Path) -> None:
    run("make", "苏轼夜游赤壁", *QUICK, "--out", "film")
    path = place / "film" / "screenplay.yaml"
    path.write_text(path.read_text("utf-8").replace("setting:", "seting:", 1), "utf-8")
    for words in (("resume", "film", "--until", "screenplay"), ("show", "film")):
        fault(run(*words), 2, "screenplay.yaml:")
    assert "seting:" in path.read_text("utf-8")


HOSTILE = r"""../../x: "{\an8}\N[a]'b':%{eif\:n},drawtext" | ; 😀 قال مرحبا"""


def test_hostile_words_become_a_screenplay_inside_the_films_folder(place: Path) -> None:
    (place / "story.md").write_text(f"# {HOSTILE}\n\n他说：{HOSTILE}。她走了。夜很长。", "utf-8")
    result = run("make", "story.md", *QUICK, "--json")
    assert result.exit_code == 0, result.output
    folder = (place / json.loads(result.stdout)["folder"]).resolve()
    assert folder.parent == (place / "films").resolve()
    assert {path.name for path in place.iterdir()} == {"story.md", "films"}


def test_tools_and_doctor_tell_what_is_installed() -> None:
    found = json.loads(run("tools", "--json").stdout)
    assert set(found) == {"image", "video", "speech", "music", "judge"}
    assert {row["name"] for row in found["image"]} >= {"shadow-play"}
    assert all({"name", "ready", "why"} <= set(row) for rows in found.values() for row in rows)
    assert "shadow-play" in run("tools").stdout
    result = run("doctor")
    for name in ("python", "settings", "store", "encoder", "fonts", "writer"):
        assert f" {name}: " in result.stdout
    assert result.exit_code == (1 if "BAD" in result.stdout else 0)


def test_doctor_says_what_is_bad(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "file").write_text("x")
    monkeypatch.setenv("NIGHTSHOOT_HOME", str(place / "file" / "home"))
    result = run("doctor")
    assert result.exit_code == 1
    assert "BAD store: " in result.stdout


def test_sizes_are_read_as_people_write_them() -> None:
    for text in ("1080x1920", "1080X1920", "1080 × 1920", "1080*1920"):
        assert parse_size(text) == (1080, 1920)
    for text in ("", "x", "1080", "1080x", "0x0", "1081x1920", "8000x8000", "-2x2"):
        with pytest.raises(InputError):
            parse_size(text)


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "nightshoot", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Tell it a story at dusk" in ran.stdout
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "click" in loaded
    heavy = {"torch", "cv2", "langgraph", "numpy", "av", "openai", "pydantic", "moviepy", "yaml"}
    assert loaded.isdisjoint(heavy)


def test_a_key_is_in_nothing_that_a_failing_run_writes(place: Path) -> None:
    environment = os.environ | {
        "OPENAI_API_KEY": KEY,
        "NIGHTSHOOT_API_KEY": KEY + "-2",
        "NIGHTSHOOT_BASE_URL": "http://127.0.0.1:9/v1",
    }
    words = ["-v", "make", "夜游", *QUICK, "--out", "film", "--json"]
    ran = subprocess.run(
        [sys.executable, "-m", "nightshoot", *words],
        capture_output=True,
        env=environment,
        cwd=place,
        check=False,
    )
    told = ran.stderr.decode()
    assert ran.returncode == 1, told
    assert "cannot be reached" in told.splitlines()[-1]
    assert "Traceback" not in told
    assert KEY not in told + ran.stdout.decode()
    files = [path for path in place.parent.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not [path for path in files if KEY.encode() in path.read_bytes()]

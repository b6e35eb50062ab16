"""Real films, offline, from all four kinds of source, through the command line, and measured."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from click.testing import CliRunner

from nightshoot.cli import main
from nightshoot.documents import read_yaml
from nightshoot.domain.cut import Cut
from nightshoot.domain.storyboard import Storyboard
from nightshoot.tools.edit.otio import cut_of
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.measure.frames import decode
from nightshoot.tools.measure.loudness import loudness

EXAMPLES = Path(__file__).parents[1] / "examples"
BRIEF = "苏轼与客泛舟夜游赤壁，月明星稀，客吹洞箫，主客问答，豁然开朗"

pytestmark = pytest.mark.film


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh installation: an empty home, and no key."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "NIGHTSHOOT_API_KEY", "NIGHTSHOOT_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIGHTSHOOT_HOME", str(tmp_path / "home" / "nightshoot"))
    monkeypatch.setenv("NIGHTSHOOT_CONFIG", str(tmp_path / "home" / "none.toml"))


def film(source: str, folder: Path, *options: str) -> dict[str, object]:
    """Makes a film and gives what `--json` prints."""
    ran = CliRunner().invoke(main, ["make", source, "--out", str(folder), "--json", *options])
    assert ran.exit_code == 0, ran.stderr
    (line,) = ran.stdout.splitlines()
    report: dict[str, object] = json.loads(line)
    return report


def measured(folder: Path) -> Cut:
    """Checks all that must be true of any film with sound; gives its cut."""
    path = folder / "film.mp4"
    cut = cut_of((folder / "cut.otio").read_text(encoding="utf-8"))
    found = probe(path)
    assert found.num_frames == cut.num_frames
    assert (found.width, found.height, found.fps) == (cut.width, cut.height, cut.fps)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = [packet.pts for packet in container.demux(stream) if packet.pts is not None]
    steps = set(np.diff(sorted(times)))
    assert len(steps) == 1, "timestamps are uniform"
    assert abs(found.audio_duration_s - found.duration_s) <= 1 / float(found.fps)
    sound = loudness(path)
    assert -17 <= sound.integrated_lufs <= -15
    assert sound.true_peak_dbtp <= -1
    assert "-->" in (folder / "film.srt").read_text(encoding="utf-8")
    return cut


def test_a_brief_becomes_a_spoken_film(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    report = film(
        BRIEF, folder, "--duration", "20s", "--size", "270x480", "--voice", "kokoro", "--seed", "5"
    )
    cut = measured(folder)
    assert report["writer"] == "rehearsal"
    assert report["voice"] == "kokoro"
    assert report["flagged"] == 0
    assert 14 <= float(str(report["duration_s"])) <= 27
    assert any(clip.spoken for clip in cut.clips)
    take = decode(folder / "film.mp4")
    light = take.luma.mean(axis=(1, 2))
    assert float(np.median(light)) > 18, "the film can be seen"
    moving = np.abs(np.diff(take.luma.astype(np.int16), axis=0)).mean(axis=(1, 2))
    assert float(np.quantile(moving, 0.1)) > 0.02, "and it never stands still"


def test_a_story_is_told_in_its_authors_words(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    film(str(EXAMPLES / "story-en.md"), folder, "--size", "180x320", "--voice", "none")
    measured(folder)
    captions = (folder / "film.srt").read_text(encoding="utf-8").replace("\n", " ")
    story = (EXAMPLES / "story-en.md").read_text(encoding="utf-8")
    words = [word for word in story.split() if word.isalpha() and len(word) > 5]
    assert sum(word in captions for word in words) >= 0.9 * len(words)


def test_a_screenplay_is_filmed_in_16_by_9(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    source = str(EXAMPLES / "screenplay-zh.md")
    film(source, folder, "--size", "320x180", "--voice", "none", "--fps", "30000/1001")
    cut = measured(folder)
    assert str(cut.fps) == "30000/1001"


def test_a_table_is_obeyed_and_comes_back_as_a_table(tmp_path: Path) -> None:
    folder, again = tmp_path / "film", tmp_path / "again"
    source = Path(__file__).parent / "inputs" / "chibi-storyboard.md"
    report = film(str(source), folder, "--size", "180x320", "--voice", "none", "--music", "none")
    assert report["shots"] == 15
    assert report["music"] == "none"
    board = read_yaml(folder / "storyboard.yaml", Storyboard)
    assert [shot.number for shot in board.shots][:6] == [
        "1.1",
        "1.2",
        "1.2.1",
        "1.2.1.1",
        "1.2.1.2",
        "1.2.2",
    ]
    film(str(folder / "storyboard.xlsx"), again, "--voice", "none", "--until", "storyboard")
    back = read_yaml(again / "storyboard.yaml", Storyboard)
    for one, two in zip(board.shots, back.shots, strict=True):
        assert (one.number, one.camera.size, one.camera.angle) == (
            two.number,
            two.camera.size,
            two.camera.angle,
        )
        assert (one.camera.move, one.transition) == (two.camera.move, two.transition)
        assert one.min_duration_s == pytest.approx(two.min_duration_s, abs=0.01)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_film(tmp_path: Path) -> None:
    options = ("--duration", "6s", "--size", "180x320", "--voice", "none")
    folders = []
    for name, seed in (("one", "1"), ("two", "1"), ("three", "2")):
        folders.append(tmp_path / name)
        # Homes of their own: the second film is made, not reused.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("NIGHTSHOOT_HOME", str(tmp_path / f"home-{name}"))
            film("A girl waits on the beach at dawn", folders[-1], *options, "--seed", seed)
    one, two, three = ((folder / "film.mp4").read_bytes() for folder in folders)
    assert one == two
    assert one != three

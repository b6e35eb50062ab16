"""A conversation: it remembers, asks, keeps what is typed ahead, and ends when told to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from nightshoot.cli import main
from nightshoot.domain.approval import Verdict
from nightshoot.domain.revision import AdjustGrade
from nightshoot.production import Production

Film = Callable[..., Path]
Files = Callable[[Path], dict[str, bytes]]


def talk(folder: Path, *lines: str) -> str:
    """Types these lines, and gives what is said to them."""
    typed = "".join(f"{line}\n" for line in lines)
    result = CliRunner().invoke(main, ["chat", str(folder)], input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_talk_remembers_the_shot_and_undoes(film: Film) -> None:
    folder = film()
    told = talk(folder, "第三个镜头亮一点", "y", "再亮一点", "好的", "/undo", "/cost", "/quit")
    assert told.count("照做？") == 2
    assert "版本 3：做了 " in told
    assert "version 2 is back" in told
    assert "3 versions, $0.00 in all" in told
    versions = Production.open(folder).versions
    assert versions.head == 2
    changes = [version.operations[0] for version in versions.all()[1:]]
    assert [one.shots for one in changes if isinstance(one, AdjustGrade)] == [("s03",)] * 2


def test_a_question_is_answered_by_the_number_of_a_choice(film: Film) -> None:
    folder = film()
    told = talk(folder, "近一点", "1", "n", "/quit")
    assert "1. 每个镜头，近一点" in told
    assert "要重做：3 张关键帧、3 条镜头" in told
    assert "没有做。" in told
    assert Production.open(folder).versions.head == 1


def test_what_is_typed_ahead_is_kept_and_read_in_its_turn(film: Film) -> None:
    folder = film()
    told = talk(folder, "第三个镜头亮一点", "第一个镜头暗一点", "/diff", "y", "y", "/quit")
    assert "“第一个镜头暗一点”留到后面再说。" in told
    assert "made from no other" in told, "a look is answered before the question is"
    requests = [version.request for version in Production.open(folder).versions.all()]
    assert requests == ["", "第三个镜头亮一点", "第一个镜头暗一点"]


def test_what_was_turned_down_is_not_added_to(film: Film) -> None:
    told = talk(film(), "第三个镜头亮一点", "不要", "再亮一点", "/quit")
    assert told.count("照做？") == 1


def test_takes_are_ruled_on_and_it_is_said_what_comes_next(film: Film) -> None:
    folder = film()
    told = talk(folder, "/approve 1 雾正好", "/reject 2 手要更清楚", "/reject 2", "/quit")
    assert "take 1 of shot 1 is approved; 下一次改动时就照办" in told
    assert "take 1 of shot 2 is rejected" in told
    assert "nightshoot resume zh" in told
    assert "as in /reject 2 closer" in told
    verdicts = [ruling.verdict for ruling in Production.open(folder).rulings.rulings]
    assert verdicts == [Verdict.APPROVED, Verdict.REJECTED]


def test_faults_are_a_line_each_and_the_talk_goes_on(film: Film, files: Files) -> None:
    folder = film("en")
    before = files(folder)
    told = talk(
        folder, "/diff x", "/diff 1 9", "/undo", "/dance", "shot 9 closer", "/show", '/approve "'
    )
    assert "'x' is no version" in told
    assert "there is no version 9" in told
    assert "no version before version 1" in told
    assert told.count("Say what is to be changed") == 2, "an unknown command brings the help"
    assert "the film has 2 shots" in told
    assert "version 1 of 1 version" in told
    assert files(folder) == before


def test_a_file_that_is_broken_meanwhile_is_pointed_at(film: Film) -> None:
    folder = film("en")
    board = folder / "storyboard.yaml"
    board.write_text(board.read_text("utf-8").replace("size: MS", "size: HUGE", 1), "utf-8")
    told = talk(folder, "shot 2 closer", "/quit")
    assert "storyboard.yaml:" in told
    assert "Make it?" not in told

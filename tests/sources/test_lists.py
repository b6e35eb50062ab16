"""Lists of films: every form, Chinese and English, and what is wrong with its place."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from nightshoot.domain.batch import BatchList
from nightshoot.errors import InputError
from nightshoot.sources.lists import read_list


@pytest.fixture
def told(tmp_path: Path) -> Path:
    (tmp_path / "moon.txt").write_text("月夜，渔夫独自撑船过江。", encoding="utf-8")
    return tmp_path


def listed(place: Path, name: str, text: str) -> BatchList:
    (place / name).write_text(text, encoding="utf-8")
    return read_list(place / name)


def faults(read: BatchList) -> list[str]:
    """The faults with the file's own name and line."""
    return [f"{Path(fault.where).name}: {fault.text}" for fault in read.faults]


def test_yaml_takes_briefs_files_and_options_and_shares_what_stands_above(told: Path) -> None:
    read = listed(
        told,
        "films.yaml",
        "duration: 1:30\naspect: 16:9\nfilms:\n- 雨夜，灯下。\n- moon.txt\n"
        "- brief: a storm\n  priority: high\n  aspect: 9:16\n  other_image: [a, b]\n  fps: 23.976\n"
        "- 简介: 书生赶考\n  时长: 45秒\n  优先级: 3\n  审阅: 是\n",
    )
    assert not read.faults
    rain, moon, storm, scholar = read.entries
    assert (rain.brief, rain.options.duration, rain.options.aspect) == (
        "雨夜，灯下。",
        "1:30",
        "16:9",
    )
    assert (moon.path, moon.brief, moon.name) == (str(told / "moon.txt"), "", "moon")
    assert (storm.options.aspect, storm.options.fps, storm.priority) == ("9:16", "23.976", 10)
    assert storm.options.other_image == ("a", "b")
    assert (scholar.options.duration, scholar.priority, scholar.options.review) == ("45秒", 3, True)
    assert read.places[2].endswith("films.yaml:6")


def test_a_bad_entry_is_told_with_its_line_and_the_rest_goes_on(told: Path) -> None:
    read = listed(
        told,
        "films.yaml",
        "- good one\n- brief: bad\n  takes: 99\n  fps: abc\n- brief: typo\n  durration: 3\n"
        "- [1, 2]\n- priority: 3\n- brief: x\n  path: moon.txt\n- gone.txt\n- last one\n",
    )
    assert [entry.brief for entry in read.entries] == ["good one", "last one"]
    assert sorted(faults(read)) == [
        "films.yaml:11: there is no file 'gone.txt' beside the list: check the path",
        "films.yaml:3: takes '99': Input should be less than or equal to 20",
        "films.yaml:4: fps 'abc': 'abc' is not a frame rate: write 24, 25 or 30000/1001",
        "films.yaml:6: there is no option 'durration'",
        "films.yaml:7: it is neither a brief nor an entry with a brief",
        "films.yaml:8: it has no brief: say in a line what the film is about",
        "films.yaml:9: it has both a brief and a file: give one of them",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("films: [a\n", "films.yaml:2: "),
        ("one: 1\n", "write a list of films"),
        ("- gone.txt\n", "has no film that can be made; .*films.yaml:1: there is no file"),
        ("- 你好: 1\n  \x01: 2\n", "films.yaml"),
    ],
)
def test_yaml_of_which_nothing_can_be_made_is_refused(told: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        listed(told, "films.yaml", text)


def test_csv_has_chinese_and_english_headings_and_lines_of_its_own(told: Path) -> None:
    read = listed(
        told,
        "films.csv",
        "序号,片名,简介（一句话）,优先级,时长,预算,备注\n"
        '1,江月,"月夜，\n渔夫过江。",高,45秒,$2.50,草稿\n'
        "\n"
        "2,坏,海上风暴,x,1分钟,,\n"
        "3,,moon.txt,,,,\n",
    )
    river, moon = read.entries
    assert (river.name, river.brief, river.priority) == ("江月", "月夜，\n渔夫过江。", 10)
    assert (river.options.duration, river.options.budget_usd) == ("45秒", 2.5)
    assert (moon.name, moon.path) == ("moon", str(told / "moon.txt"))
    first, second = faults(read)
    assert first == "films.csv:1: the column '备注' is unknown and left out"
    assert second.startswith("films.csv:5: priority 'x':")
    assert read.places[0].endswith(":2")
    assert read.places[1].endswith(":6")


@pytest.mark.parametrize("mark", ["\t", ";", "，"])
def test_whatever_parts_the_cells_a_table_is_read(told: Path, mark: str) -> None:
    read = listed(told, "films.csv", mark.join(("brief", "seed")) + f"\nthe sea{mark}9\n")
    assert (read.entries[0].brief, read.entries[0].options.seed) == ("the sea", 9)


def test_a_storyboard_is_not_taken_for_a_list(told: Path) -> None:
    with pytest.raises(InputError, match="has no column for the film"):
        listed(told, "board.csv", "镜号,景别,画面描述,时长\n1,远景,江上,3\n")


def test_excel_counts_the_rows_of_the_sheet(told: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("今晚的片单",), (), ("简介", "时长", "候选"), ("月夜过江", 30, 2), (), ("海上", "很久", 1),
    ):  # fmt: skip
        sheet.append(row)
    book.save(told / "films.xlsx")
    read = read_list(told / "films.xlsx")
    (river,) = read.entries
    assert (river.options.duration, river.options.candidates) == ("30", 2)
    assert read.places[0].endswith("films.xlsx:4")
    (bad,) = faults(read)
    assert bad.startswith("films.xlsx:6: duration '很久'")


def test_json_lines_are_strings_or_objects(told: Path) -> None:
    lines = [
        json.dumps("月夜过江"),
        json.dumps({"brief": "the sea", "takes": 2, "review": True, "other_video": ["a", "b"]}),
        "{broken",
        "",
        json.dumps({"brief": {"a": 1}}),
        json.dumps({"brief": "x", "seed": None, "budget_usd": 1.5}),
    ]
    read = listed(told, "films.jsonl", "\n".join(lines))
    assert [entry.brief for entry in read.entries] == ["月夜过江", "the sea", "x"]
    assert read.entries[1].options.given == {"takes": 2, "review": True, "other_video": ["a", "b"]}
    assert [fault.partition(":")[2].partition(":")[0] for fault in faults(read)] == ["3", "5"]


def test_a_text_has_a_brief_or_a_path_a_line(told: Path) -> None:
    read = listed(told, "films.txt", "# tonight\n\n- 月夜，渔夫过江。\nmoon.txt\nlost.md\n")
    assert [entry.name for entry in read.entries] == ["月夜", "moon"]
    assert faults(read) == [
        "films.txt:5: there is no file 'lost.md' beside the list: check the path"
    ]


def test_a_folder_gives_a_film_for_each_story_in_the_order_of_their_numbers(told: Path) -> None:
    for name in ("第10集.md", "第2集.md", ".hidden.md", "cover.jpg"):
        (told / name).write_text("故事", encoding="utf-8")
    (told / "drafts").mkdir()
    read = read_list(told)
    assert [entry.name for entry in read.entries] == ["moon", "第2集", "第10集"]
    assert [Path(fault.where).name for fault in read.faults] == ["cover.jpg"]


def test_what_is_no_list_is_refused_with_what_would_be_one(told: Path) -> None:
    with pytest.raises(InputError, match=r"is no list of films: hand in \.yaml"):
        listed(told, "story.md", "a story")
    (told / "none").mkdir()
    with pytest.raises(InputError, match="holds no story"):
        read_list(told / "none")


def test_a_long_list_is_read_whole_and_blank_lines_are_counted(told: Path) -> None:
    brief = "渔夫独自撑船过江，" * 20
    read = listed(told, "films.txt", "\n\n" + "\n".join(f"{at} {brief}" for at in range(500)))
    assert len(read.entries) == 500
    assert read.places[0].endswith("films.txt:3")
    read = listed(told, "films.csv", "\n\nbrief,takes\nthe sea,99\na hill,2\n")
    assert [fault.partition(" ")[0] for fault in faults(read)] == ["films.csv:4:"]


@pytest.mark.parametrize("name", ["films.csv", "films.yaml", "films.txt"])
def test_lists_as_chinese_office_programs_save_them_are_read(told: Path, name: str) -> None:
    text = {"films.csv": "简介\n月夜过江\n", "films.yaml": "- 月夜过江\n"}.get(name, "月夜过江\n")
    for encoding in ("gb18030", "utf-8-sig", "utf-16"):
        (told / name).write_bytes(text.encode(encoding))
        assert [entry.brief for entry in read_list(told / name).entries] == ["月夜过江"]

"""Storyboard tables: Markdown, CSV and Excel, Chinese and English, in good order and in none."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import time as clock
from pathlib import Path

import openpyxl
import pytest

from nightshoot.domain.brief import BoardRow, ScriptItem, ScriptKind, Source, SourceKind
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import (
    CameraAngle,
    CameraMove,
    Locale,
    MoveStrength,
    ShotSize,
    Transition,
)
from nightshoot.errors import InputError
from nightshoot.sources import read_source
from nightshoot.sources.board_table import board_csv, board_xlsx
from nightshoot.sources.grids import from_xlsx
from nightshoot.sources.table import read_table, strength_word

INPUTS = Path(__file__).parent.parent / "inputs"
CHIBI = INPUTS / "chibi-storyboard.md"
NUMBERS = (
    "1.1", "1.2", "1.2.1", "1.2.1.1", "1.2.1.2", "1.2.2", "1.3",
    "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8",
)  # fmt: skip


def table(folder: Path, text: str, name: str = "board.csv") -> Source:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_source(str(path))


def book(rows: list[list[object]], *more: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    for number, sheet_rows in enumerate((rows, *more)):
        sheet = made.worksheets[0] if number == 0 else made.create_sheet()
        for row in sheet_rows:
            sheet.append(row)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def rezipped(data: bytes, edit: Callable[[str, bytes], bytes | None]) -> bytes:
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = edit(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return result.getvalue()


def test_all_fifteen_rows_of_a_real_table_become_shots_in_order() -> None:
    source = read_source(str(CHIBI))
    assert (source.kind, source.title, source.locale) == (SourceKind.TABLE, "赤壁赋", Locale.ZH)
    assert tuple(row.number for row in source.rows) == NUMBERS
    ws, ms, cu = ShotSize.WS, ShotSize.MS, ShotSize.CU
    assert [row.size for row in source.rows] == [
        ws, ms, ms, cu, cu, ws, cu, ws, ws, cu, ms, cu, ws, ms, ws,
    ]  # fmt: skip
    follow, static, push = CameraMove.FOLLOW, CameraMove.STATIC, CameraMove.PUSH_IN
    assert [row.move for row in source.rows] == [
        None, follow, None, None, None, None, static, static, push, None, static, follow, push,
        follow, follow,
    ]  # fmt: skip
    assert [row.number for row in source.rows if row.strength] == ["2.2", "2.6"]
    assert [row.number for row in source.rows if not row.picture_text] == ["1.3", "2.1", "2.2"]
    assert source.rows[0].scene_text == "壬戌之秋，七月既望"


def test_what_contradicts_itself_in_it_is_reported() -> None:
    reports = read_source(str(CHIBI)).reports
    assert [report.split("：")[0] for report in reports] == [
        "分镜 1.1",
        "分镜 2.1",
        "分镜 2.3",
        "分镜 2.4",
    ]
    assert "全景" in reports[0]
    assert "静态特写" in reports[1]


def test_a_shot_size_in_the_moves_column_is_used_where_there_is_no_other(tmp_path: Path) -> None:
    source = table(tmp_path, "镜号,景别,运镜,画面\n1,,特写,一只手\n2,中景,乱来,他\n")
    assert [(row.size, row.move) for row in source.rows] == [
        (ShotSize.CU, None),
        (ShotSize.MS, None),
    ]
    assert "景别用作景别" in source.reports[0]
    assert "“乱来”，不是已知的运镜" in source.reports[1]


@pytest.mark.parametrize(
    "heading",
    [
        "Shot No.,Shot Size,Angle,Camera Movement,Description,Dialogue,SFX,Duration (s),Transition",
        "镜号,景别,角度,运镜,画面描述,台词,音效,时长,转场",
        "**编号**,景别,机位,镜头运动,画面内容,旁白,声音,时长（秒）,过渡",
    ],
)
@pytest.mark.parametrize("form", ["csv", "tsv", "semicolons", "md", "xlsx"])
def test_headings_and_forms_that_people_use(tmp_path: Path, heading: str, form: str) -> None:
    rows = [
        heading.split(","),
        ["A1", "close-up", "俯拍", "slow pan left", "雨", "你好", "thunder", "3.5", "dissolve"],
    ]
    if form == "xlsx":
        path = tmp_path / "board.xlsx"
        path.write_bytes(book([list(row) for row in rows]))
        source = read_source(str(path))
    elif form == "md":
        lines = ["|" + "|".join(row) + "|" for row in rows]
        source = table(tmp_path, "\n".join([lines[0], "|--" * 9 + "|", lines[1]]), "board.md")
    else:
        mark = {"csv": ",", "tsv": "\t", "semicolons": ";"}[form]
        name = "board.tsv" if form == "tsv" else "board.csv"
        source = table(tmp_path, "\n".join(mark.join(row) for row in rows), name)
    assert source.rows == (
        BoardRow(
            number="A1",
            size=ShotSize.CU,
            angle=CameraAngle.HIGH,
            move=CameraMove.PAN_LEFT,
            strength=MoveStrength.GENTLE,
            picture_text="雨",
            spoken="你好",
            said=(ScriptItem(kind=ScriptKind.NARRATION, text="你好"),),
            sound="thunder",
            duration_s=3.5,
            transition=Transition.DISSOLVE,
        ),
    )
    assert source.reports == ()


def test_an_empty_first_cell_moves_no_other(tmp_path: Path) -> None:
    source = table(tmp_path, "|镜号|景别|画面|\n|--|--|--|\n||特写|一只手|\n|2||船|\n", "b.md")
    assert [(row.number, row.size, row.picture_text) for row in source.rows] == [
        ("1", ShotSize.CU, "一只手"),
        ("2", None, "船"),
    ]


def test_pipes_breaks_and_quotes_inside_cells_are_kept(tmp_path: Path) -> None:
    text = "|shot|picture|\n|:-:|---|\n|1|a \\| b<br>c|\n"
    assert table(tmp_path, text, "b.md").rows[0].picture_text == "a | b\nc"
    text = 'shot,picture,dialogue\n1,"a ""b"", c","{\\an8}[x]: \'y\'\nz"\n'
    row = table(tmp_path, text).rows[0]
    assert (row.picture_text, row.spoken) == ('a "b", c', "{\\an8}[x]: 'y'\nz")


def test_a_table_for_each_scene_makes_one_board(tmp_path: Path) -> None:
    text = (
        "# 雪夜：分镜表\n\n|角色|造型|\n|--|--|\n|阿青|长袍|\n\n## 第一场\n\n"
        "|镜号|画面|\n|--|--|\n|1|雪|\n|2|门|\n\n## 第二场\n\n"
        "|镜号|景别|画面|\n|--|--|--|\n|3|特写|灯|\n"
    )
    source = table(tmp_path, text, "b.md")
    assert source.title == "雪夜"
    assert [(row.number, row.picture_text) for row in source.rows] == [
        ("1", "雪"),
        ("2", "门"),
        ("3", "灯"),
    ]


def test_a_row_above_the_heading_is_no_heading(tmp_path: Path) -> None:
    source = table(tmp_path, "《雪夜》分镜表,,,\n,,,\n镜号,景别,画面\n1,特写,灯\n")
    assert [row.picture_text for row in source.rows] == ["灯"]


def test_ragged_rows_and_rows_that_say_nothing(tmp_path: Path) -> None:
    source = table(
        tmp_path,
        "镜号,景别,画面,台词\n1,全景\n2,特写,人\n,,,\n3,中景,船,你好,more,and more\n4,,—,无\n",
    )
    assert [(row.number, row.picture_text, row.spoken) for row in source.rows] == [
        ("2", "人", None),
        ("3", "船", "你好"),
    ]
    assert ["没有成为镜头" in report for report in source.reports] == [True, True]


def test_a_number_that_stands_twice_is_told_apart(tmp_path: Path) -> None:
    source = table(tmp_path, "shot,picture\n1,a\n1,b\n1-2,c\n,d\n")
    numbers = [row.number for row in source.rows]
    assert len(set(numbers)) == 4
    assert numbers[0] == "1"
    assert len(source.reports) == 2


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [("3", 3), ("3.5s", 3.5), ("3秒", 3), ("0.2", 1), ("1:30", 60), ("2m", 60), ("900", 60)],
)
def test_durations_are_read_and_kept_within_a_shots_bounds(
    tmp_path: Path, cell: str, seconds: float
) -> None:
    source = table(tmp_path, f"shot,picture,duration\n1,a,{cell}\n")
    assert (source.rows[0].duration_s, source.reports) == (seconds, ())


@pytest.mark.parametrize("cell", ["long", "-3", "nan", "3-5"])
def test_a_duration_that_is_none_is_reported(tmp_path: Path, cell: str) -> None:
    source = table(tmp_path, f"shot,picture,duration\n1,a,{cell}\n")
    assert source.rows[0].duration_s is None
    assert "the lines decide" in source.reports[0]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("b.csv", "a,b\n1,2\n", "no column that can be used"),
        ("b.md", "# T\n\n|a|b|\n|--|--|\n|1|2|\n", "no column that can be used"),
        ("b.csv", "shot,picture\n", "no row"),
        ("b.csv", "shot,picture\n1,\n2,-\n", "no row"),
        ("b.csv", "shot,picture\n" + "1,a\n" * 2_100, "more than 2000 rows"),
        ("b.csv", "shot,picture\n1," + "字" * 70_000, "70,000 letters|letters"),
        ("b.csv", 'shot,picture\n1,"' + "字" * 140_000 + '"', "letters"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_a_line(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    with pytest.raises(InputError, match=says) as caught:
        table(tmp_path, text, name)
    assert "\n" not in str(caught.value)


def test_a_huge_cell_is_read(tmp_path: Path) -> None:
    source = table(tmp_path, f"shot,picture\n{'9' * 500},{'字' * 50_000}\n")
    assert len(source.rows[0].picture_text) == 50_000
    assert len(source.rows[0].number) <= 24


@pytest.mark.parametrize("locale", list(Locale))
def test_every_word_that_a_board_writes_is_read_back(locale: Locale) -> None:
    for column, kind in (
        ("size", ShotSize),
        ("angle", CameraAngle),
        ("move", CameraMove),
        ("transition", Transition),
    ):
        for term in kind:
            strengths = list(MoveStrength) if kind is CameraMove else [MoveStrength.MEDIUM]
            for strength in strengths:
                before = strength_word(strength, locale)
                grid = [["shot", "picture", column], ["1", "x", before + term.label(locale)]]
                source = read_table([grid], name="n", locale=locale)
                assert getattr(source.rows[0], column) is term
                assert source.rows[0].strength is (strength if before else None)
                assert source.reports == ()


def read_back(folder: Path, board: Storyboard, screenplay: Screenplay, form: str) -> Source:
    path = folder / f"board.{form}"
    if form == "csv":
        path.write_bytes(board_csv(board, screenplay).encode("utf-8-sig"))
    else:
        path.write_bytes(board_xlsx(board, screenplay))
    return read_source(str(path), locale=board.locale)


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_exported_board_reads_back_the_same(
    tmp_path: Path, board: Storyboard, screenplay: Screenplay, form: str, locale: Locale
) -> None:
    shots = tuple(
        shot.model_copy(
            update={
                "number": number,
                "sound": "箫声, 水声",
                "min_duration_s": length,
                "camera": shot.camera.model_copy(
                    update={"strength": MoveStrength.GENTLE, "angle": CameraAngle.LOW}
                ),
            }
        )
        for shot, number, length in zip(
            board.shots, ("1.1", "1.2.1.1", "1.10"), (2.5, 3.25, 12.0), strict=True
        )
    )
    written = board.model_copy(update={"shots": shots, "locale": locale})
    source = read_back(tmp_path, written, screenplay, form)
    assert source.reports == ()
    for row, shot in zip(source.rows, shots, strict=True):
        assert row.number == shot.number
        assert (row.size, row.angle, row.move) == (
            shot.camera.size,
            shot.camera.angle,
            shot.camera.move,
        )
        assert row.strength is MoveStrength.GENTLE
        assert (row.duration_s, row.transition) == (shot.min_duration_s, shot.transition)
        assert (row.picture_text, row.sound) == (shot.description, shot.sound)
    assert [(row.speaker, row.spoken) for row in source.rows] == [
        ("", "清风徐来，水波不兴。"),
        ("苏轼", "何夜无月？"),
        ("苏轼", "归去。"),
    ]


def test_narration_and_dialogue_of_one_row_are_both_kept_with_their_speakers(
    tmp_path: Path,
) -> None:
    text = "镜号,画面,旁白,对白\n1,江上,夜深了。,老船夫：今夜风大。\n2,船,,客：走吧。\n"
    rows = table(tmp_path, text).rows
    assert [(item.kind, item.speaker, item.text) for item in rows[0].said] == [
        (ScriptKind.NARRATION, "", "夜深了。"),
        (ScriptKind.DIALOGUE, "老船夫", "今夜风大。"),
    ]
    assert rows[0].spoken == "夜深了。\n今夜风大。"
    assert (rows[1].speaker, rows[1].spoken) == ("客", "走吧。")


@pytest.mark.parametrize(
    "words",
    [
        "My own voice said: I am on the stairs.",
        "3:15, the train left.",
        "他说了一句长长的话：走吧。",
    ],
)
def test_a_colon_in_a_sentence_names_no_speaker(tmp_path: Path, words: str) -> None:
    (row,) = table(tmp_path, f"shot\tpicture\tdialogue\n1\tx\t{words}\n", "board.tsv").rows
    assert (row.speaker, row.spoken) == ("", words)


def test_csv_and_excel_say_the_same(
    tmp_path: Path, board: Storyboard, screenplay: Screenplay
) -> None:
    rows = [read_back(tmp_path, board, screenplay, form).rows for form in ("csv", "xlsx")]
    assert rows[0] == rows[1]


def test_equal_boards_give_equal_excel_files(board: Storyboard, screenplay: Screenplay) -> None:
    first = board_xlsx(board, screenplay)
    assert board_xlsx(board, screenplay) == first
    # Nothing in it tells when it was made.
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {one.date_time[0] for one in file.infolist()} == {1980}
        assert b">1980-01-01T00:00:00Z<" in file.read("docProps/core.xml")


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_text_that_looks_like_a_formula_stays_a_text(
    board: Storyboard, screenplay: Screenplay, text: str
) -> None:
    shot = board.shots[0].model_copy(update={"description": text})
    written = board.model_copy(update={"shots": (shot,)})
    sheet = openpyxl.load_workbook(io.BytesIO(board_xlsx(written, screenplay))).worksheets[0]
    cell = sheet["F2"]
    assert (cell.data_type, cell.value) == ("s", text)


def test_control_characters_of_a_screenplay_do_not_stop_the_excel_file(
    tmp_path: Path, board: Storyboard, screenplay: Screenplay
) -> None:
    shot = board.shots[0].model_copy(update={"description": "雨\x07声\x0b" + "长" * 40_000})
    written = board.model_copy(update={"shots": (shot,)})
    source = read_back(tmp_path, written, screenplay, "xlsx")
    assert source.rows[0].picture_text.startswith("雨声长")


def test_an_excel_file_with_numbers_times_and_merged_cells(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in (
        ["雪夜 分镜表"],
        ["镜号", "景别", "画面", "时长"],
        [1.0, "全景", "雪", 3],
        [1.2, None, "门", clock(0, 0, 4)],
        ["1.10", "特写", "灯\x07", "5s"],
    ):
        sheet.append([cell.replace("\x07", "") if isinstance(cell, str) else cell for cell in row])
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("B3:B4")
    path = tmp_path / "b.xlsx"
    made.save(path)
    source = read_source(str(path))
    assert [(row.number, row.size, row.duration_s) for row in source.rows] == [
        ("1", ShotSize.WS, 3),
        ("1.2", None, 4),
        ("1.10", ShotSize.CU, 5),
    ]


def test_the_first_sheet_with_a_board_is_read_and_the_others_named(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    one: list[list[object]] = [["镜号", "画面"], [1, "雪"]]
    two: list[list[object]] = [["镜号", "画面"], [1, "灯"]]
    path.write_bytes(book([["封面"], ["作者", "某人"]], one, two))
    source = read_source(str(path))
    assert [row.picture_text for row in source.rows] == ["雪"]
    assert "2 sheets" in source.reports[0]


def test_an_excel_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(book([]))
    with pytest.raises(InputError, match="has no rows"):
        read_source(str(path))


def test_an_excel_file_with_broken_parts_is_read_or_refused() -> None:
    data = book([["shot", "picture"], [1, "a"]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    refused = []
    for broken in names:
        for spoiled in (None, b"", b"\xff\x00<x"):

            def spoil(
                name: str, content: bytes, broken: str = broken, spoiled: bytes | None = spoiled
            ) -> bytes | None:
                return spoiled if name == broken else content

            try:
                from_xlsx(rezipped(data, spoil), name="b.xlsx")
            except InputError as error:
                refused.append(str(error))
    assert len(refused) > 10
    assert all("b.xlsx" in message for message in refused)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    data = book([["shot", "picture"], [1, "a"]])

    def swollen(name: str, content: bytes) -> bytes:
        return b" " * (101 * 2**20) if name == "docProps/app.xml" else content

    bomb = rezipped(data, swollen)
    assert len(bomb) < 200_000
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="unpacks to 101 MiB"):
            from_xlsx(bomb, name="b.xlsx")
        assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
    finally:
        tracemalloc.stop()


def test_an_excel_file_that_claims_to_be_endless_is_read_in_bounds() -> None:
    data = book([["shot", "picture"], [1, "a"]])
    grid = from_xlsx(
        rezipped(data, lambda _, c: c.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')), name="b"
    )[0]
    assert len(grid) == 2
    assert max(map(len, grid)) <= 40

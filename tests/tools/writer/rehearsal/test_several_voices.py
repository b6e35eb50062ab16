"""A table's row in which the narrator and people speak."""

from __future__ import annotations

from pathlib import Path

from nightshoot.domain.brief import Brief
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.rules import storyboard_violations
from nightshoot.domain.screenplay import NARRATOR, LineKind
from nightshoot.sources import read_source
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay

TABLE = "镜号,画面,旁白,对白\n1,江上夜色,夜深了。,老船夫：今夜风大。\n2,船头,,客：走吧。\n"


def test_each_speaks_with_their_own_voice_in_one_shot(tmp_path: Path) -> None:
    file = tmp_path / "board.csv"
    file.write_text(TABLE, encoding="utf-8")
    source = read_source(str(file))
    brief = Brief(source=source, locale=source.locale)
    concept = conceive(brief)
    screenplay = write_screenplay(ScreenplayOrder(brief=brief, concept=concept))
    order = BoardOrder(brief=brief, concept=concept, screenplay=screenplay)
    drawn = board(order)
    assert storyboard_violations(order, drawn) == ()
    names = {person.id: person.name for person in screenplay.characters}
    told = [
        (line.kind, names.get(line.speaker, line.speaker), line.text) for line in screenplay.lines
    ]
    assert told == [
        (LineKind.NARRATION, NARRATOR, "夜深了。"),
        (LineKind.DIALOGUE, "老船夫", "今夜风大。"),
        (LineKind.DIALOGUE, "客", "走吧。"),
    ]
    assert [len(shot.lines) for shot in drawn.shots] == [2, 1]

"""Agents: typed answers, rules of the domain, asked again, given up."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from nightshoot.agents.critic import Critic
from nightshoot.agents.ideation import Ideation
from nightshoot.agents.prompt_engineer import PromptEngineer
from nightshoot.agents.screenwriter import Screenwriter
from nightshoot.agents.storyboarder import Storyboarder
from nightshoot.domain.brief import (
    BoardRow,
    Brief,
    ScriptItem,
    ScriptKind,
    Source,
    SourceKind,
)
from nightshoot.domain.orders import (
    Advice,
    AdviceOrder,
    BoardOrder,
    ScreenplayOrder,
    Wording,
    WordingOrder,
)
from nightshoot.domain.screenplay import Concept, Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import (
    CameraAngle,
    CameraMove,
    Locale,
    MoveStrength,
    ShotSize,
    Transition,
)
from nightshoot.errors import GaveUp, TransientError
from nightshoot.prompts import Prompts
from nightshoot.tools.fake import ScriptedWriter

PROMPTS = Prompts()


def brief(kind: SourceKind = SourceKind.BRIEF, text: str = "夜游", **parts: object) -> Brief:
    source = Source(kind=kind, text=text, locale=Locale.ZH, **parts)
    return Brief(source=source, locale=Locale.ZH)


def scripted(task: str, *answers: BaseModel | Exception) -> ScriptedWriter:
    return ScriptedWriter({task: answers})


async def test_ideation_gives_the_concept_and_shows_the_brief_as_data(concept: Concept) -> None:
    writer = scripted("ideation/conceive", concept)
    assert await Ideation(writer=writer, prompts=PROMPTS)(brief(text="PLANTED")) == concept
    ask = writer.asked[0]
    assert (ask.output, ask.locale, ask.violations) == (Concept, Locale.ZH, ())
    assert "PLANTED" in ask.prompt.user


async def test_a_broken_rule_is_told_and_asked_for_again(concept: Concept) -> None:
    twins = concept.model_copy(update={"characters": concept.characters * 2})
    writer = scripted("ideation/conceive", twins, concept)
    assert await Ideation(writer=writer, prompts=PROMPTS)(brief()) == concept
    assert [ask.violations for ask in writer.asked] == [(), ("Character ids must differ.",)]


async def test_an_agent_gives_up_after_three_answers(concept: Concept) -> None:
    twins = concept.model_copy(update={"characters": concept.characters * 2})
    writer = scripted("ideation/conceive", twins)
    with pytest.raises(GaveUp, match=r"scripted broke the rules of ideation/conceive three times"):
        await Ideation(writer=writer, prompts=PROMPTS)(brief())
    assert len(writer.asked) == 3


async def test_a_fault_of_the_writer_is_not_swallowed() -> None:
    writer = scripted("ideation/conceive", TransientError("away"))
    with pytest.raises(TransientError):
        await Ideation(writer=writer, prompts=PROMPTS)(brief())
    assert len(writer.asked) == 1


async def test_the_documents_say_who_wrote_them(
    concept: Concept, screenplay: Screenplay, board: Storyboard
) -> None:
    forged = screenplay.model_copy(update={"written_by": "somebody else"})
    writer = scripted("screenwriter/write", forged)
    order = ScreenplayOrder(brief=brief(), concept=concept)
    written = await Screenwriter(writer=writer, prompts=PROMPTS)(order)
    assert written.written_by == "scripted"
    drawn = await Storyboarder(
        writer=scripted("storyboarder/board", board.model_copy(update={"written_by": "x"})),
        prompts=PROMPTS,
    )(BoardOrder(brief=brief(), concept=concept, screenplay=screenplay))
    assert drawn.written_by == "scripted"


def items(screenplay: Screenplay) -> tuple[ScriptItem, ...]:
    return tuple(
        ScriptItem(kind=ScriptKind.DIALOGUE, text=line.text, speaker="苏轼")
        for line in screenplay.lines
    )


def changed(screenplay: Screenplay, text: str) -> Screenplay:
    scene = screenplay.scenes[0]
    line = scene.beats[1].lines[0].model_copy(update={"text": text})
    beats = (scene.beats[0], scene.beats[1].model_copy(update={"lines": (line,)}), scene.beats[2])
    return screenplay.model_copy(update={"scenes": (scene.model_copy(update={"beats": beats}),)})


async def test_an_authors_lines_must_stay_word_for_word(
    concept: Concept, screenplay: Screenplay
) -> None:
    order = ScreenplayOrder(
        brief=brief(SourceKind.SCREENPLAY, script=items(screenplay)), concept=concept
    )
    writer = scripted("screenwriter/write", changed(screenplay, "夜里没有月亮吗？"), screenplay)
    written = await Screenwriter(writer=writer, prompts=PROMPTS)(order)
    assert [line.text for line in written.lines] == [line.text for line in screenplay.lines]
    assert writer.asked[1].violations == ("The author's line is missing or changed: 何夜无月？",)


async def test_an_authors_lines_must_stay_in_order(
    concept: Concept, screenplay: Screenplay
) -> None:
    script = tuple(reversed(items(screenplay)))
    writer = scripted("screenwriter/write", screenplay)
    order = ScreenplayOrder(brief=brief(SourceKind.SCREENPLAY, script=script), concept=concept)
    with pytest.raises(GaveUp, match="missing or changed"):
        await Screenwriter(writer=writer, prompts=PROMPTS)(order)


async def test_a_storys_sentences_may_be_split_but_not_invented(
    concept: Concept, screenplay: Screenplay
) -> None:
    text = "清风徐来，水波不兴。何夜无月？归去。"
    order = ScreenplayOrder(brief=brief(SourceKind.STORY, text), concept=concept)
    writer = scripted("screenwriter/write", changed(screenplay, "月亮很圆。"), screenplay)
    await Screenwriter(writer=writer, prompts=PROMPTS)(order)
    assert "is not the author's" in writer.asked[1].violations[0]


async def test_most_of_a_story_must_be_spoken(concept: Concept, screenplay: Screenplay) -> None:
    text = "清风徐来，水波不兴。何夜无月？归去。" + "后来又下了一夜的雪，山里静得很。" * 3
    order = ScreenplayOrder(brief=brief(SourceKind.STORY, text), concept=concept)
    writer = scripted("screenwriter/write", screenplay)
    with pytest.raises(GaveUp, match="letters are spoken"):
        await Screenwriter(writer=writer, prompts=PROMPTS)(order)


def rows(board: Storyboard, **update: object) -> tuple[BoardRow, ...]:
    made = [
        BoardRow(number=shot.number, size=shot.camera.size, move=shot.camera.move)
        for shot in board.shots
    ]
    return (made[0].model_copy(update=update), *made[1:])


@pytest.mark.parametrize(
    ("update", "says"),
    [
        ({"number": "1.1"}, "Row 1.1 asks for number 1.1, the shot has 1"),
        ({"size": ShotSize.CU}, "asks for size CU, the shot has MS"),
        ({"move": CameraMove.ORBIT}, "asks for move orbit, the shot has push_in"),
        ({"angle": CameraAngle.LOW}, "asks for angle low, the shot has eye"),
        ({"strength": MoveStrength.GENTLE}, "asks for strength gentle, the shot has medium"),
        ({"transition": Transition.MATCH}, "asks for transition match, the shot has dissolve"),
        ({"duration_s": 9.0}, "asks for 9.0 s, the shot has less"),
    ],
)
async def test_a_table_is_obeyed_cell_by_cell(
    concept: Concept,
    screenplay: Screenplay,
    board: Storyboard,
    update: dict[str, object],
    says: str,
) -> None:
    order = BoardOrder(
        brief=brief(SourceKind.TABLE, rows=rows(board, **update)),
        concept=concept,
        screenplay=screenplay,
    )
    writer = scripted("storyboarder/board", board)
    with pytest.raises(GaveUp, match=says):
        await Storyboarder(writer=writer, prompts=PROMPTS)(order)
    obeying = order.model_copy(update={"brief": brief(SourceKind.TABLE, rows=rows(board))})
    assert await Storyboarder(writer=writer, prompts=PROMPTS)(obeying) == board


async def test_a_table_has_as_many_shots_as_rows(
    concept: Concept, screenplay: Screenplay, board: Storyboard
) -> None:
    given = brief(SourceKind.TABLE, rows=(*rows(board), BoardRow(number="4", picture_text="x")))
    order = BoardOrder(brief=given, concept=concept, screenplay=screenplay)
    with pytest.raises(GaveUp, match="4 rows, the board 3 shots"):
        await Storyboarder(writer=scripted("storyboarder/board", board), prompts=PROMPTS)(order)


@pytest.mark.parametrize(
    ("update", "says"),
    [
        ({"lines": ()}, r"lost: \['s1b1l1'\]"),
        ({"lines": ("s1b1l1", "s1b2l1")}, "exactly one shot"),
        ({"lines": ("s1b1l1", "nothing")}, r"unknown: \['nothing'\]"),
        ({"scene": "s9"}, "belongs to no scene: 's9'"),
    ],
)
async def test_every_line_is_heard_once_and_every_shot_has_a_scene(
    concept: Concept,
    screenplay: Screenplay,
    board: Storyboard,
    update: dict[str, object],
    says: str,
) -> None:
    first = board.shots[0].model_copy(update=update)
    bad = board.model_copy(update={"shots": (first, *board.shots[1:])})
    writer = scripted("storyboarder/board", bad, board)
    order = BoardOrder(brief=brief(), concept=concept, screenplay=screenplay)
    assert await Storyboarder(writer=writer, prompts=PROMPTS)(order) == board
    with pytest.raises(GaveUp, match=says):
        await Storyboarder(writer=scripted("storyboarder/board", bad), prompts=PROMPTS)(order)


async def test_only_characters_are_shown(
    concept: Concept, screenplay: Screenplay, board: Storyboard
) -> None:
    staging = board.shots[0].staging
    stranger = staging.figures[0].model_copy(update={"character": "cao"})
    first = board.shots[0].model_copy(
        update={"staging": staging.model_copy(update={"figures": (stranger,)})}
    )
    bad = board.model_copy(update={"shots": (first, *board.shots[1:])})
    order = BoardOrder(brief=brief(), concept=concept, screenplay=screenplay)
    with pytest.raises(GaveUp, match=r"shows \['cao'\]"):
        await Storyboarder(writer=scripted("storyboarder/board", bad), prompts=PROMPTS)(order)


async def test_the_prompt_engineer_is_told_all_that_the_critic_said(board: Storyboard) -> None:
    writer = scripted("prompt_engineer/word", Wording(prompt="a river"))
    order = WordingOrder(
        shot=board.shots[0],
        cast=(),
        style="ink",
        locale=Locale.ZH,
        take=3,
        notes=("更亮", "更近"),
    )
    assert (await PromptEngineer(writer=writer, prompts=PROMPTS)(order)).prompt == "a river"
    assert "更亮" in writer.asked[0].prompt.user
    assert "更近" in writer.asked[0].prompt.user


async def test_the_critic_must_say_something(board: Storyboard) -> None:
    writer = scripted("critic/advise", Advice(note=" "), Advice(note="更亮"))
    order = AdviceOrder(shot=board.shots[0], take=1, findings=(), locale=Locale.ZH)
    assert (await Critic(writer=writer, prompts=PROMPTS)(order)).note == "更亮"
    assert writer.asked[1].violations == ("The note is empty.",)

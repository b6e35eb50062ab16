"""The seam: tasks, wrong input, wording and advice."""

from __future__ import annotations

import time

import pytest

from nightshoot.domain.brief import Brief, Source, SourceKind
from nightshoot.domain.orders import (
    Advice,
    AdviceOrder,
    BoardOrder,
    ScreenplayOrder,
    Wording,
    WordingOrder,
)
from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.screenplay import Concept, Screenplay
from nightshoot.domain.shot import Cast
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import BackendError
from nightshoot.llm import Ask, Out, Prompt, Writer
from nightshoot.tools.writer.rehearsal.writer import Rehearsal

BRIEF = Brief(
    source=Source(
        kind=SourceKind.BRIEF, text="苏轼与客泛舟夜游赤壁，客吹洞箫，主客问答", locale=Locale.ZH
    ),
    locale=Locale.ZH,
)


async def ask(task: str, given: Value, output: type[Out]) -> Out:
    writer: Writer = Rehearsal()
    prompt = Prompt(id=task, version=1, system="not read", user="not read")
    return await writer.write(
        Ask(task=task, given=given, prompt=prompt, output=output, locale=Locale.ZH)
    )


async def film() -> tuple[Screenplay, Storyboard]:
    concept = await ask("ideation/conceive", BRIEF, Concept)
    order = ScreenplayOrder(brief=BRIEF, concept=concept)
    written = await ask("screenwriter/write", order, Screenplay)
    board_order = BoardOrder(brief=BRIEF, concept=concept, screenplay=written)
    return written, await ask("storyboarder/board", board_order, Storyboard)


async def playing() -> tuple[Shot, tuple[Cast, ...]]:
    written, board = await film()
    cast = tuple(Cast(id=p.id, name=p.name, look=p.look) for p in written.characters)
    shot = next(
        shot
        for shot in board.shots
        if shot.staging.subject is not None
        and shot.staging.figures[shot.staging.subject].gesture.value == "play"
    )
    return shot, cast


async def test_it_is_named_and_has_no_model() -> None:
    written, board = await film()
    assert Rehearsal().name == written.written_by == board.written_by == "rehearsal"
    assert not Rehearsal().model
    assert Rehearsal().version


async def test_an_unknown_task_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BackendError, match="screenwriter/write"):
        await ask("costumer/sew", BRIEF, Concept)


async def test_wrong_input_or_output_is_refused() -> None:
    with pytest.raises(BackendError, match="ScreenplayOrder"):
        await ask("screenwriter/write", BRIEF, Screenplay)
    with pytest.raises(BackendError, match="Storyboard"):
        await ask("ideation/conceive", BRIEF, Storyboard)


async def test_a_wording_is_english_and_names_subject_light_lens_and_style() -> None:
    shot, cast = await playing()
    order = WordingOrder(shot=shot, cast=cast, style="ink wash", locale=Locale.ZH, take=1)
    wording = await ask("prompt_engineer/word", order, Wording)
    for word in ("flute", "moonlight", "mm", "Ancient China", "boat", "ink wash"):
        assert word in wording.prompt
    assert wording.prompt.isascii()
    assert wording.negative_prompt


async def test_the_critics_notes_change_the_wording() -> None:
    shot, cast = await playing()
    prompts = set()
    for take, notes in (
        (1, ()),
        (2, ("画面全黑，请提高亮度。",)),
        (2, ("The take is frozen: show motion.",)),
        (2, ("Make the hat taller.",)),
        (2, ()),
    ):
        order = WordingOrder(
            shot=shot, cast=cast, style="", locale=Locale.ZH, take=take, notes=notes
        )
        prompts.add((await ask("prompt_engineer/word", order, Wording)).prompt)
    assert len(prompts) == 5


@pytest.mark.parametrize("locale", list(Locale))
async def test_advice_tells_the_worst_first_with_its_figures(locale: Locale) -> None:
    shot, _ = await playing()
    findings = tuple(
        Finding(
            measure=name,
            value=value,
            unit="",
            threshold=0.5,
            direction=Direction.AT_LEAST,
            note=f"fix {name}",
        )
        for name, value in (("sharpness", 0.4), ("luma", 0.01), ("motion", 0.9))
    )
    order = AdviceOrder(shot=shot, take=1, findings=findings, locale=locale)
    note = (await ask("critic/advise", order, Advice)).note
    assert note.index("luma") < note.index("sharpness")
    assert "motion" not in note
    assert "0.01" in note
    assert "fix luma" in note


async def test_two_megabytes_are_read_in_seconds() -> None:
    text = "雨落在江上，小船远去。" * 65_000
    source = Source(kind=SourceKind.STORY, text=text, locale=Locale.ZH)
    brief = BRIEF.model_copy(update={"source": source})
    began = time.process_time()
    concept = await ask("ideation/conceive", brief, Concept)
    written = await ask(
        "screenwriter/write", ScreenplayOrder(brief=brief, concept=concept), Screenplay
    )
    order = BoardOrder(brief=brief, concept=concept, screenplay=written)
    await ask("storyboarder/board", order, Storyboard)
    assert time.process_time() - began < 5

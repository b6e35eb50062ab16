"""Every agent's schema in the subset that strict mode takes, and limits that shrink."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import BaseModel, JsonValue

from nightshoot.domain.brief import Brief, Source, SourceKind
from nightshoot.domain.orders import Advice, BoardOrder, ScreenplayOrder, Wording
from nightshoot.domain.screenplay import Concept, Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.writer.fake_endpoint import strict_fault
from nightshoot.tools.writer.fitting import fitted
from nightshoot.tools.writer.forms import smaller_limit, without_system
from nightshoot.tools.writer.known import Abilities, Form, KnownEndpoints
from nightshoot.tools.writer.references import facts_of, references_of
from nightshoot.tools.writer.strict import Bounds, digest_of_schema, strict_schema

OUTPUTS = (Concept, Screenplay, Storyboard, Wording, Advice)


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_agents_schema_becomes_strict(output: type[BaseModel]) -> None:
    assert output is Advice or strict_fault(output.model_json_schema()), "pydantic's own"
    strict = strict_schema(output)
    assert strict_fault(strict) == ""
    text = json.dumps(strict)
    for keyword in ("default", "title", "minLength", "maxLength", "prefixItems", "description"):
        assert f'"{keyword}":' not in text.replace('"title": {', "").replace('"description": {', "")
    assert "reference" not in text, "what only a person fills in is not asked for"


def test_what_has_a_default_may_be_null_and_what_is_needed_may_not() -> None:
    strict = strict_schema(Wording)
    assert strict["properties"] == {
        "prompt": {"type": "string"},
        "negative_prompt": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    }
    assert fitted({"prompt": "x", "negative_prompt": None}, Wording) == {"prompt": "x"}


def test_bounds_hold_lists_and_texts_where_the_type_sets_none() -> None:
    strict = strict_schema(Storyboard, bounds=Bounds(most_items=2, most_characters=40))
    text = json.dumps(strict)
    assert '"shots": {"type": "array", "items": {"$ref": "#/$defs/Shot"}, "maxItems": 2}' in (
        text.replace('"minItems": 1, ', "")
    )
    assert '"maxItems": 8' in text, "the type's own limit stays"
    assert '"maxLength": 40' in text
    whole = json.dumps(strict_schema(Storyboard, bounds=Bounds(whole_numbers=True)))
    assert '"x": {"anyOf": [{"type": "integer", "minimum": -1, "maximum": 1}' in whole.replace(
        '"maximum": 1, "minimum": -1, "type": "integer"',
        '"type": "integer", "minimum": -1, "maximum": 1',
    )


def test_the_digest_follows_the_schema() -> None:
    assert len({digest_of_schema(output) for output in OUTPUTS}) == len(OUTPUTS)
    assert digest_of_schema(Advice) == digest_of_schema(Advice)


def test_a_form_that_was_refused_and_never_worked_is_not_tried_for_other_schemas() -> None:
    new = Abilities()
    assert new.form_for("a") is Form.SCHEMA
    without = new.learned("a", works=Form.TOOL, refused=(Form.SCHEMA,))
    assert (without.form_for("a"), without.form_for("b")) == (Form.TOOL, Form.TOOL)
    # A schema that is too large says nothing about the others.
    large = new.learned("b", works=Form.SCHEMA, refused=()).learned(
        "a", works=Form.TOOL, refused=(Form.SCHEMA,)
    )
    assert (large.form_for("a"), large.form_for("b")) == (Form.TOOL, Form.SCHEMA)


def test_what_is_known_is_kept_without_user_password_and_query(tmp_path: Path) -> None:
    path = tmp_path / "endpoints.json"
    abilities = Abilities().learned("a", works=Form.TOOL, refused=())
    KnownEndpoints(path).keep("http://me:hidden@x.test:81/v1/?key=secret", "m", abilities)
    assert KnownEndpoints(path).of("http://x.test:81/v1", "m") == abilities
    text = path.read_text()
    assert "hidden" not in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("said", "sent", "limit", "lasting"),
    [
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", 16384, 8192, True),
        (
            "max_tokens is too large: 16384. This model supports at most 4096 completion tokens, "
            "whereas you provided 16384.",
            16384,
            4096,
            True,
        ),
        (
            "max_tokens: 16384 > 8192, which is the maximum allowed number of output tokens",
            16384,
            8192,
            True,
        ),
        ("Range of max_tokens should be [1, 2,000]", 16384, 2000, True),
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 16384. This model's maximum "
            "context length is 8192 tokens and your request has 1000 input tokens "
            "(16384 > 8192 - 1000).",
            16384,
            7192,
            False,
        ),
        (
            "This model's maximum context length is 4096 tokens. However, you requested 17384 "
            "tokens (1000 in the messages, 16384 in the completion).",
            16384,
            3096,
            False,
        ),
        (
            "maximum context length is 4096 tokens. However, you requested 20384 tokens (4000 in "
            "the messages, 16384 in the completion)",
            16384,
            96,
            False,
        ),
        ("max_tokens is too high", 16384, 8192, False),
    ],
)
def test_a_smaller_limit_is_read_out_of_the_refusal(
    said: str, sent: int, limit: int, lasting: bool
) -> None:
    assert smaller_limit(said, sent) == (limit, lasting)


def test_the_system_text_begins_the_first_message_where_there_is_no_such_role() -> None:
    part: JsonValue = {"type": "text", "text": "q"}
    assert without_system(
        [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]
    ) == [{"role": "user", "content": "s\n\nq"}]
    assert without_system(
        [{"role": "system", "content": "s"}, {"role": "user", "content": [part]}]
    ) == [{"role": "user", "content": [{"type": "text", "text": "s"}, part]}]


def test_an_answer_is_held_to_the_ids_that_its_order_names(
    concept: Concept, screenplay: Screenplay
) -> None:
    source = Source(kind=SourceKind.BRIEF, text="夜", locale=Locale.ZH)
    brief = Brief(source=source, locale=Locale.ZH)
    play = strict_schema(
        Screenplay, references=references_of(ScreenplayOrder(brief=brief, concept=concept))
    )
    text = json.dumps(play)
    assert '"speaker": {"type": "string", "enum": ["su", "narrator"]}' in text
    assert '"id": {"type": "string", "enum": ["su"]}' in text
    order = BoardOrder(brief=brief, concept=concept, screenplay=screenplay)
    board = strict_schema(Storyboard, references=references_of(order))
    text = json.dumps(board)
    assert '"scene": {"type": "string", "enum": ["s1"]}' in text
    assert '"items": {"type": "string", "enum": ["s1b1l1", "s1b2l1", "s1b3l1"]}' in text
    assert '"character": {"anyOf": [{"type": "string", "enum": ["su", ""]}' in text
    assert strict_fault(play) == strict_fault(board) == ""


def test_nobody_named_and_too_many_names_hold_nothing(
    concept: Concept, screenplay: Screenplay
) -> None:
    source = Source(kind=SourceKind.BRIEF, text="夜", locale=Locale.ZH)
    brief = Brief(source=source, locale=Locale.ZH)
    alone = concept.model_copy(update={"characters": ()})
    assert references_of(ScreenplayOrder(brief=brief, concept=alone)) == {}
    assert references_of(brief) == {}
    beat = screenplay.scenes[0].beats[0]
    lines = tuple(beat.lines[0].model_copy(update={"id": f"l{n}"}) for n in range(201))
    scene = screenplay.scenes[0].model_copy(
        update={"beats": (beat.model_copy(update={"lines": lines}),)}
    )
    long = screenplay.model_copy(update={"scenes": (scene,)})
    order = BoardOrder(brief=brief, concept=concept, screenplay=long)
    assert set(references_of(order)["Shot"]) == {"scene"}


def test_people_that_a_screenplay_leaves_out_are_the_concepts(
    concept: Concept, screenplay: Screenplay
) -> None:
    source = Source(kind=SourceKind.BRIEF, text="夜", locale=Locale.ZH)
    order = ScreenplayOrder(brief=Brief(source=source, locale=Locale.ZH), concept=concept)
    without: dict[str, JsonValue] = {**screenplay.model_dump(mode="json"), "characters": []}
    filled = Screenplay.model_validate(fitted(without, Screenplay, facts_of(order)))
    assert filled.characters == concept.characters
    assert facts_of(order.brief) == {}

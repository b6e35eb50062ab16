"""Replies as models really send them: each ends in a valid document or in a clear error."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue

from nightshoot.domain.orders import Advice, Wording
from nightshoot.domain.screenplay import Concept, Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.errors import BackendError, GaveUp, InputError
from nightshoot.llm import Ask
from nightshoot.tools.writer.chat import ChatWriter
from nightshoot.tools.writer.continuing import joined
from nightshoot.tools.writer.fake_endpoint import FakeEndpoint, Fault
from nightshoot.tools.writer.fitting import fitted
from nightshoot.tools.writer.replies import Cut, Nothing, Whole, read

FOLDER = Path(__file__).parent / "replies"
TABLE = yaml.safe_load((FOLDER / "expected.yaml").read_text("utf-8"))
OUTPUTS: dict[str, type[BaseModel]] = {
    one.__name__: one for one in (Concept, Screenplay, Storyboard, Wording, Advice)
}
ERRORS = {"GaveUp": GaveUp, "BackendError": BackendError, "InputError": InputError}
Asking = Callable[..., Ask[BaseModel]]
Writing = Callable[..., ChatWriter]


def message(text: str, finish: str = "stop") -> dict[str, Any]:
    return {"role": "assistant", "content": text, "finish_reason": finish}


def endpoint_for(row: dict[str, Any]) -> FakeEndpoint:
    text = (FOLDER / row["file"]).read_text("utf-8")
    replies = [message(text, row.get("finish", "stop"))]
    for following in row.get("then", ()):
        one = {"text": following} if isinstance(following, str) else following
        replies.append(message(**one))
    return FakeEndpoint(replies=replies)


def value_at(document: BaseModel, path: str) -> object:
    value: Any = document.model_dump(mode="json")
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def test_the_corpus_is_large_and_every_file_is_expected_to_end_somehow() -> None:
    assert len(TABLE) >= 60
    assert {row["file"] for row in TABLE} == {path.name for path in FOLDER.glob("*.txt")}
    assert {row["output"] for row in TABLE} == set(OUTPUTS)
    assert all(("valid" in row) != ("error" in row) for row in TABLE)


@pytest.mark.parametrize("row", TABLE, ids=[row["file"].removesuffix(".txt") for row in TABLE])
async def test_each_reply_ends_in_its_document_or_its_error(
    asking: Asking, writing: Writing, row: dict[str, Any]
) -> None:
    endpoint = endpoint_for(row)
    ask = asking(output=OUTPUTS[row["output"]])
    if "error" in row:
        with pytest.raises(BackendError) as caught:
            await writing(endpoint).write(ask)
        assert type(caught.value) is ERRORS[row["error"]]
        assert row["says"] in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 600
        return
    document = await writing(endpoint).write(ask)
    assert type(document) is OUTPUTS[row["output"]]
    for path, wanted in row["valid"].items():
        assert value_at(document, path) == wanted
    if "asks" in row:
        assert len(endpoint.requests) == row["asks"]
    elif "then" not in row:
        assert len(endpoint.requests) == 1, "it was understood at once"


PIECES = (
    *("{}[]:,\"'｛｝［］：，“”‘’\\/#*`\n \u3000<>_-.0123456789eNn"),
    *(
        '"note"',
        "note",
        "null",
        "None",
        "true",
        "NaN",
        '{"note": "',
        '"}',
        "好",
        "-",
        "\ufeff",
        "\x00",
    ),
    *("<think>", "</think>", "```json\n", "```", "//", "/*", "\\u", "\\ud83d"),
)
MARKS = st.sampled_from(PIECES)
JUNK = st.lists(MARKS, max_size=60).map("".join) | st.text(max_size=80)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JUNK)
def test_any_text_is_read_without_a_crash(text: str) -> None:
    for over in (True, False):
        found = read(text, frozenset({"note"}), over=over)
        assert isinstance(found, (Whole, Cut, Nothing))
        if isinstance(found, Whole):
            for output in (Advice, Storyboard):
                fitted(found.value, output)
    joined(text, text)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    replies=st.lists(JUNK, min_size=1, max_size=4), raw=st.binary(max_size=60), finish=st.booleans()
)
def test_any_reply_ends_in_a_document_or_one_of_our_errors(
    asking: Asking, writing: Writing, replies: list[str], raw: bytes, finish: bool
) -> None:
    texts = [message(text, "length" if finish else "stop") for text in replies]
    endpoint = FakeEndpoint(replies=[*texts, Fault(status=200, raw=raw)])
    try:
        document = asyncio.run(writing(endpoint).write(asking()))
    except (InputError, BackendError):
        return
    assert isinstance(document, Advice)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON, st.sampled_from(["shots", "staging", "camera", "figures", "id", "path", "lines"]))
def test_any_json_is_fitted_without_a_crash(value: Any, key: str) -> None:
    for output in OUTPUTS.values():
        fitted(
            {key: value, "shots": [{key: value, "camera": {"path": value, "size": value}}]}, output
        )
        fitted(value, output)


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(list("，。：“”｛｝、{}[]:,")),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_what_is_json_already_is_taken_as_it_is(prompt: str, other: str) -> None:
    value: JsonValue = {"prompt": prompt, "negative_prompt": other}
    keys = frozenset({"prompt", "negative_prompt"})
    text = json.dumps(value, ensure_ascii=False)
    assert read(text, keys) == Whole(value)
    assert read(f"Here:\n```json\n{text}\n```\nDone.", keys) == Whole(value)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(min_value=1))
def test_a_prefix_of_a_document_is_never_taken_for_the_document(prompt: str, at: int) -> None:
    text = json.dumps({"prompt": prompt, "negative_prompt": "none of it"}, ensure_ascii=False)
    cut = text[: at % (len(text) - 1) + 1].rstrip()
    found = read(cut, frozenset({"prompt", "negative_prompt"}))
    assert not isinstance(found, Whole) or "prompt" not in str(found.value) or cut == text


@pytest.mark.parametrize(
    "text",
    ["/*" * 40_000, "<think>" * 40_000, '{"note": ' + '"a" ' * 20_000, "{ " * 40_000, "#" * 90_000],
)
def test_hostile_length_is_read_in_reasonable_time(text: str) -> None:
    assert not isinstance(read(text, frozenset({"note"})), Whole)


@pytest.mark.parametrize(
    ("before", "more", "whole"),
    [
        ('{"a": "he', 'llo"}', '{"a": "hello"}'),
        ('{"a": "hel', 'lo"}', '{"a": "hello"}'),
        ('{"a": "more ', 'light"}', '{"a": "more light"}'),
        ('{"a": "more', ' light"}', '{"a": "more light"}'),
        ('{"a": "壬戌之秋，七月', '之秋，七月既望"}', '{"a": "壬戌之秋，七月既望"}'),
        ('{"a": 1, "b": "x', '```json\ny"}\n```', '{"a": 1, "b": "xy"}'),
        ('{"a": 1, "b": "x', 'Here is the rest:\ny"}', '{"a": 1, "b": "xy"}'),
        ('{"title": "夜", "b', '{"title": "夜", "b": 1}', '{"title": "夜", "b": 1}'),
        ('{"a": "x', '<think>so</think>y"}', '{"a": "xy"}'),
        ("", '{"a": 1}', '{"a": 1}'),
    ],
)
def test_a_continuation_is_joined_without_what_came_twice(
    before: str, more: str, whole: str
) -> None:
    assert joined(before, more) == whole

"""Of all that a job left behind, the right file is taken, and a failure is told by its node."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from nightshoot.errors import BackendError, TransientError
from nightshoot.tools.comfyui.results import Ended, Wanted, chosen, fault_of, read_ended


def ended(outputs: dict[str, Any], *, titles: dict[str, str] | None = None, **status: Any) -> Ended:
    prompt: dict[str, JsonValue] = {
        id_: {"class_type": "Any", "inputs": {}, "_meta": {"title": (titles or {}).get(id_, "")}}
        for id_ in outputs or {"3": {}}
    }
    entry: dict[str, JsonValue] = {
        "prompt": [0, "id", prompt, {}, []],
        "outputs": outputs,
        "status": {"status_str": "success", "completed": True, "messages": [], **status},
    }
    found = read_ended("id", {"id": entry})
    assert found is not None
    return found


def kept(name: str, type_: str = "output") -> dict[str, str]:
    return {"filename": name, "subfolder": "", "type": type_}


@pytest.mark.parametrize(
    ("outputs", "titles", "name"),
    [
        ({"1": {"images": [kept("a.png", "temp")]}, "2": {"images": [kept("b.png")]}}, {}, "b.png"),
        ({"1": {"images": [kept("a.png", "temp")]}}, {}, "a.png"),
        (
            {"1": {"images": [kept("a.png")]}, "2": {"images": [kept("b.png")]}},
            {"2": "nightshoot:output"},
            "b.png",
        ),
        (
            {"2": {"images": [kept("b.png")]}, "1": {"images": [kept("a.png", "temp")]}},
            {"1": "nightshoot:output, prompt"},
            "a.png",
        ),
        ({"1": {"text": ["said"], "images": [kept("x.txt"), kept("b.webp")]}}, {}, "b.webp"),
    ],
)
def test_a_picture_is_that_of_the_titled_node_else_saved_else_shown(
    outputs: dict[str, Any], titles: dict[str, str], name: str
) -> None:
    assert [one.filename for one in chosen(ended(outputs, titles=titles), Wanted.PICTURE)] == [name]


@pytest.mark.parametrize(
    ("outputs", "names"),
    [
        ({"1": {"images": [kept("a.png")]}, "2": {"gifs": [kept("b.mp4")]}}, ["b.mp4"]),
        ({"1": {"images": [kept("a.mp4")], "animated": [True]}}, ["a.mp4"]),
        ({"1": {"videos": [kept("a.webm")]}}, ["a.webm"]),
        ({"1": {"images": [kept("a.png"), kept("b.png")]}}, ["a.png", "b.png"]),
    ],
)
def test_a_video_is_a_file_or_the_frames_of_one(outputs: dict[str, Any], names: list[str]) -> None:
    assert [one.filename for one in chosen(ended(outputs), Wanted.VIDEO)] == names


@pytest.mark.parametrize(
    ("outputs", "wanted", "said"),
    [
        ({}, Wanted.PICTURE, "gave nothing, and no picture.*Save Image"),
        ({"1": {"gifs": [kept("a.mp4")]}}, Wanted.PICTURE, r"gave a\.mp4, and no picture"),
        (
            {"1": {"images": [kept("a.png")]}},
            Wanted.VIDEO,
            r"gave a\.png, and no video.*Save Video",
        ),
        ({"1": {"images": ["junk", {"filename": 7}, None]}}, Wanted.VIDEO, "gave nothing"),
    ],
)
def test_a_job_without_a_result_says_what_it_gave(
    outputs: dict[str, Any], wanted: Wanted, said: str
) -> None:
    with pytest.raises(BackendError, match=said):
        chosen(ended(outputs), wanted)


def test_a_failure_names_the_nodes_title_and_what_it_said_in_one_line() -> None:
    data = {"node_id": "3", "node_type": "KSampler", "exception_message": "bad\n\nshape " * 99}
    failed = ended(
        {}, titles={"3": "my sampler"}, status_str="error", messages=[["execution_error", data]]
    )
    assert failed.failed
    told = fault_of(failed, "")
    assert type(told) is BackendError
    assert "node 3 (my sampler): bad shape" in str(told)
    assert "\n" not in str(told)
    assert len(str(told)) < 400


@pytest.mark.parametrize(
    "raised", ["torch.OutOfMemoryError", "torch.cuda.OutOfMemoryError", "comfy.OOM: out of memory"]
)
def test_memory_that_ran_out_is_worth_another_try(raised: str) -> None:
    data = {"node_id": "3", "exception_type": raised, "exception_message": raised}
    failed = ended({}, status_str="error", messages=[["execution_error", data]])
    assert isinstance(fault_of(failed, "GPU: 1 of 2 GiB free"), TransientError)


@pytest.mark.parametrize("document", [{}, [], None, {"id": "junk"}, {"other": {}}, "page"])
def test_a_history_without_the_job_is_no_end(document: JsonValue) -> None:
    assert read_ended("id", document) is None


def test_a_history_of_an_older_server_without_a_status_is_read() -> None:
    entry: dict[str, Any] = {"prompt": [], "outputs": {"9": {"images": [kept("a.png")]}}}
    found = read_ended("id", {"id": entry})
    assert found is not None
    assert not found.failed
    assert found.gpu_s is None
    assert chosen(found, Wanted.PICTURE)[0].filename == "a.png"

"""What a server lacks is named before anything is queued."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from nightshoot.errors import BackendError, InputError
from nightshoot.tools.comfyui.catalogue import Catalogue, read_catalogue
from nightshoot.tools.comfyui.checking import check, needed
from nightshoot.tools.comfyui.workflow import Workflow, parsed, read_api

Json = dict[str, Any]


@pytest.fixture
def checked(examples: Path, catalogue: Catalogue) -> Callable[..., None]:
    """Checks the SDXL example after a change."""

    def run(change: Callable[[Json], object], *unchecked: str, info: Json | None = None) -> None:
        document = json.loads((examples / "sdxl.api.json").read_text())
        change(document)
        known = Catalogue(info) if info is not None else catalogue
        workflow = needed(read_api(document, "a.json"), known)
        check(workflow, known, name="a.json", address="http://gpu:8188", unchecked=unchecked)

    return run


def set_(node: str, name: str, value: JsonValue) -> Callable[[Json], object]:
    return lambda document: document[node]["inputs"].__setitem__(name, value)


def test_a_good_workflow_passes(checked: Callable[..., None]) -> None:
    checked(lambda _: None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            set_("4", "ckpt_name", "sd_xl_base_1.0_fp16.safetensors"),
            r"ckpt_name of node 4 .*did you mean 'sd_xl_base_1\.0\.safetensors'",
        ),
        (
            set_("4", "ckpt_name", "SDXL\\sd_xl_base_1.0.safetensors"),
            r"does not offer: write 'sd_xl_base_1\.0\.safetensors'",
        ),
        (set_("3", "sampler_name", "quux"), "it has euler, euler_ancestral, dpmpp_2m"),
        (set_("3", "steps", 0), r"steps of node 3 .* is 0, below 1"),
        (set_("3", "cfg", 900.0), "above 100"),
        (set_("3", "cfg", "much"), "'much', not a number"),
        (set_("3", "seed", None), "not a number"),
        (
            set_("3", "model", ["4", 7]),
            r"output 7 of node 4 \(CheckpointLoaderSimple\), which has 3",
        ),
        (lambda d: d["3"]["inputs"].pop("positive"), r"node 3 .* has no positive, which it needs"),
        (
            lambda d: d["8"].update(class_type="VAEDecoder"),
            r"no node type 'VAEDecoder' \(node 8\): install .*did you mean 'VAEDecode'",
        ),
        (lambda d: d.pop("9"), "no node that saves"),
        (lambda d: d["9"].update(class_type="SaveImageKJ"), "no node type 'SaveImageKJ'"),
    ],
)
def test_what_is_missing_is_named_with_what_is_near(
    change: Callable[[Json], object], said: str, checked: Callable[..., None]
) -> None:
    with pytest.raises(InputError, match=said) as told:
        checked(change)
    assert "a.json" in str(told.value)
    assert "http://gpu:8188" in str(told.value)
    assert "\n" not in str(told.value)


def test_several_faults_are_told_at_once_and_the_rest_counted(
    checked: Callable[..., None],
) -> None:
    def spoil(document: Json) -> None:
        document["4"]["inputs"]["ckpt_name"] = "x"
        document["3"]["inputs"].update(steps=0, cfg=-1, sampler_name="x", scheduler="x", denoise=9)

    with pytest.raises(InputError, match="and 2 more") as told:
        checked(spoil)
    assert len(str(told.value)) < 1200


def test_nodes_that_lead_nowhere_are_not_checked(checked: Callable[..., None]) -> None:
    lonely = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "gone"}}
    checked(lambda document: document.update({"77": lonely}))
    checked(lambda document: document.update({"78": {"class_type": "A Label", "inputs": {}}}))


def test_uploads_and_open_lists_are_left_to_the_server(
    checked: Callable[..., None], catalogue: Catalogue
) -> None:
    def load(document: Json) -> None:
        document["20"] = {"class_type": "LoadImage", "inputs": {"image": "fresh.png"}}
        document["9"]["inputs"]["images"] = ["20", 0]

    checked(load)
    info = json.loads(json.dumps(dict(catalogue.document)))
    choice = info["CheckpointLoaderSimple"]["input"]["required"]
    choice["ckpt_name"] = ["COMBO", {"remote": {"route": "/x"}, "options": ["one"]}]
    checked(set_("4", "ckpt_name", "two"), info=info)
    choice["ckpt_name"] = ["COMBO", {}]
    checked(set_("4", "ckpt_name", "two"), info=info)


def test_what_the_settings_leave_unchecked_is_sent(checked: Callable[..., None]) -> None:
    checked(set_("4", "ckpt_name", "hidden"), "4.ckpt_name")


@pytest.mark.parametrize("junk", [[], "page", {"detail": "not found"}, {}, None])
def test_an_answer_that_lists_no_nodes_is_no_catalogue(junk: JsonValue) -> None:
    with pytest.raises(BackendError, match="does not seem to be a ComfyUI server"):
        read_catalogue(junk, "http://gpu:8188")


def test_one_strange_node_does_not_spoil_the_catalogue(
    checked: Callable[..., None], catalogue: Catalogue
) -> None:
    strange: Json = {"Odd": {"input": {"required": {"a": []}}, "output": None}, "Odder": 7}
    known = Catalogue({**catalogue.document, **strange})
    assert known.kind("Odd") is not None
    assert known.kind("Odder") is None
    checked(lambda _: None, info=dict(known.document))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[1, 2]", "holds no nodes"),
        (b"{}", "holds no nodes"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": NaN', "not JSON"),
    ],
)
def test_a_file_that_is_no_workflow_says_how_to_save_one(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parsed(data, "a.json")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"3": "junk"}, "node '3' cannot be read"),
        ({"3": {"inputs": {}}}, "class_type"),
        ({"3": {"class_type": "A", "inputs": {"x": ["9", 0]}}}, "node 9, which is not there"),
        ({"3": {"class_type": "A", "inputs": []}}, "inputs"),
    ],
)
def test_a_node_that_is_none_is_named(document: Json, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_api(document, "a.json")


def test_a_body_as_programs_send_it_is_read_too() -> None:
    inner = {"3": {"class_type": "A", "inputs": {}}}
    data = json.dumps({"prompt": inner, "client_id": "x"}).encode()
    workflow: Workflow = read_api(parsed(data, "a.json"), "a.json")
    assert workflow.nodes["3"].class_type == "A"

"""A graph of the editor becomes what the editor's own export gives."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from nightshoot.errors import InputError
from nightshoot.tools.comfyui.catalogue import Catalogue
from nightshoot.tools.comfyui.conversion import converted
from nightshoot.tools.comfyui.document import Document
from nightshoot.tools.comfyui.graph import read_graph
from nightshoot.tools.comfyui.workflow import Handle, Workflow, read_api

Json = dict[str, Any]


def box(id_: int, type_: str, *values: JsonValue, **parts: Any) -> Json:
    """A node of the editor, its sockets given as `inputs={name: (type, link)}`."""
    inputs = [
        {
            "name": name,
            "type": told[0],
            "link": told[1],
            **({"widget": {"name": name}} if len(told) > 2 else {}),
        }
        for name, told in parts.pop("inputs", {}).items()
    ]
    outputs = [{"name": one, "type": one} for one in parts.pop("outputs", ())]
    return {
        "id": id_,
        "type": type_,
        "inputs": inputs,
        "outputs": outputs,
        "widgets_values": list(values),
        **parts,
    }


def graph(*boxes: Json, links: list[Any], **parts: Any) -> Json:
    return {"nodes": list(boxes), "links": links, "version": 0.4, **parts}


LOADER = box(
    4, "CheckpointLoaderSimple", "sd_xl_base_1.0.safetensors", outputs=("MODEL", "CLIP", "VAE")
)
WORDS = box(6, "CLIPTextEncode", "a river", inputs={"clip": ("CLIP", 1)}, outputs=("CONDITIONING",))
LATENT = box(5, "EmptyLatentImage", 512, 768, 1, outputs=("LATENT",))
DECODE = box(
    8, "VAEDecode", inputs={"samples": ("LATENT", 6), "vae": ("VAE", 7)}, outputs=("IMAGE",)
)
SAVE = box(9, "SaveImage", "a", inputs={"images": ("IMAGE", 8)})
LINKS: list[Any] = [
    [1, 4, 1, 6, 0, "CLIP"],
    [2, 4, 0, 3, 0, "MODEL"],
    [3, 6, 0, 3, 1, "CONDITIONING"],
    [4, 6, 0, 3, 2, "CONDITIONING"],
    [5, 5, 0, 3, 3, "LATENT"],
    [6, 3, 0, 8, 0, "LATENT"],
    [7, 4, 2, 8, 1, "VAE"],
    [8, 8, 0, 9, 0, "IMAGE"],
]
SOCKETS: Json = {
    "model": ("MODEL", 2),
    "positive": ("CONDITIONING", 3),
    "negative": ("CONDITIONING", 4),
    "latent_image": ("LATENT", 5),
}


def sampler(*values: JsonValue, **more: Any) -> Json:
    given = values or (7, "randomize", 20, 6.5, "euler", "normal", 1.0)
    return box(3, "KSampler", *given, inputs={**SOCKETS, **more}, outputs=("LATENT",))


def usual(*more: Json, links: list[Any] | None = None, **parts: Any) -> Json:
    return graph(
        LOADER, sampler(), WORDS, LATENT, DECODE, SAVE, *more, links=links or LINKS, **parts
    )


@pytest.fixture
def convert(catalogue: Catalogue) -> Callable[[Json], Workflow]:
    return lambda document: converted(read_graph(document, "a.json"), catalogue, "a.json")


@pytest.mark.parametrize("name", ["sdxl", "wan-image-to-video"])
def test_each_example_is_the_same_in_both_formats(
    name: str, examples: Path, convert: Callable[[Json], Workflow]
) -> None:
    graph_ = convert(json.loads((examples / f"{name}.json").read_text()))
    api = read_api(json.loads((examples / f"{name}.api.json").read_text()), name)
    assert {id_: (one.class_type, one.inputs) for id_, one in graph_.nodes.items()} == {
        id_: (one.class_type, one.inputs) for id_, one in api.nodes.items()
    }


def test_values_find_their_names_past_the_seeds_extra_one(
    convert: Callable[[Json], Workflow],
) -> None:
    inputs = convert(usual()).nodes["3"].inputs
    assert inputs == {
        "model": ["4", 0],
        "positive": ["6", 0],
        "negative": ["6", 0],
        "latent_image": ["5", 0],
        "seed": 7,
        "steps": 20,
        "cfg": 6.5,
        "sampler_name": "euler",
        "scheduler": "normal",
        "denoise": 1.0,
    }
    # Old files have no such value.
    bare = sampler(7, 20, 6.5, "euler", "normal", 1.0)
    document = graph(LOADER, bare, WORDS, LATENT, DECODE, SAVE, links=LINKS)
    assert convert(document).nodes["3"].inputs == inputs


def test_links_may_be_objects_and_values_have_names(convert: Callable[[Json], Workflow]) -> None:
    names = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
    document = usual()
    document["links"] = [dict(zip(names, link, strict=True)) for link in LINKS]
    document["nodes"][3]["widgets_values"] = {"width": 64, "height": 96, "batch_size": 1, "x": 1}
    workflow = convert(document)
    assert workflow.nodes["5"].inputs == {"width": 64, "height": 96, "batch_size": 1}
    assert workflow.nodes["9"].inputs["images"] == ["8", 0]


def test_an_input_that_was_added_since_has_its_default(
    convert: Callable[[Json], Workflow],
) -> None:
    document = usual()
    document["nodes"][1]["widgets_values"] = [7, "fixed", 20, 6.5, "euler"]
    inputs = convert(document).nodes["3"].inputs
    assert (inputs["scheduler"], inputs["denoise"]) == ("normal", 1.0)


def test_values_that_do_not_fit_are_refused_by_name(convert: Callable[[Json], Workflow]) -> None:
    document = usual()
    document["nodes"][1]["widgets_values"] = ["euler", 7, 20, 6.5]
    with pytest.raises(InputError, match=r"node 3 \(KSampler\) has 'euler' saved.*seed.*Export"):
        convert(document)


def test_muted_nodes_are_gone_and_bypassed_ones_are_passed_through(
    convert: Callable[[Json], Workflow],
) -> None:
    shift = box(12, "ModelSamplingSD3", 3.0, inputs={"model": ("MODEL", 20)}, outputs=("MODEL",))
    links = [*LINKS, [20, 4, 0, 12, 0, "MODEL"]]
    links[1] = [2, 12, 0, 3, 0, "MODEL"]
    assert convert(usual(shift, links=links)).nodes["3"].inputs["model"] == ["12", 0]
    bypassed = convert(usual({**shift, "mode": 4}, links=links))
    assert bypassed.nodes["3"].inputs["model"] == ["4", 0]
    assert "12" not in bypassed.nodes
    muted = convert(usual({**shift, "mode": 2}, links=links))
    assert "model" not in muted.nodes["3"].inputs


def test_reroutes_set_and_get_and_notes_are_seen_through(
    convert: Callable[[Json], Workflow],
) -> None:
    reroute = box(20, "Reroute", inputs={"": ("*", 30)}, outputs=("LATENT",))
    set_ = box(21, "SetNode", "vae", inputs={"VAE": ("VAE", 31)}, outputs=("*",))
    get = box(22, "GetNode", "vae", outputs=("VAE",))
    note = box(23, "MarkdownNote", "# read me")
    label = box(24, "Label (rgthree)")
    links = [*LINKS, [30, 3, 0, 20, 0, "LATENT"], [31, 4, 2, 21, 0, "VAE"]]
    links[5] = [6, 20, 0, 8, 0, "LATENT"]
    links[6] = [7, 22, 0, 8, 1, "VAE"]
    workflow = convert(usual(reroute, set_, get, note, label, links=links))
    assert workflow.nodes["8"].inputs == {"samples": ["3", 0], "vae": ["4", 2]}
    assert set(workflow.nodes) == {"3", "4", "5", "6", "8", "9"}


def test_a_primitives_value_and_title_go_to_what_it_feeds(
    convert: Callable[[Json], Workflow],
) -> None:
    primitive = box(30, "PrimitiveNode", 99, "fixed", outputs=("INT",), title="nightshoot:seed")
    document = graph(
        LOADER,
        sampler(seed=("INT", 40, "widget")),
        WORDS,
        LATENT,
        DECODE,
        SAVE,
        primitive,
        links=[*LINKS, [40, 30, 0, 3, 4, "INT"]],
    )
    workflow = convert(document)
    assert workflow.nodes["3"].inputs["seed"] == 99
    assert workflow.nodes["3"].inputs["steps"] == 20
    assert workflow.handles == (Handle(title="nightshoot:seed", node="3", input="seed"),)


SUB = "0a1b2c3d-0000-4000-8000-000000000001"
INNER: Json = {
    "id": SUB,
    "name": "Words",
    "inputs": [{"name": "clip", "type": "CLIP"}, {"name": "text", "type": "STRING"}],
    "outputs": [{"name": "CONDITIONING", "type": "CONDITIONING"}],
    "nodes": [
        box(
            1,
            "CLIPTextEncode",
            "inner words",
            inputs={"clip": ("CLIP", 1), "text": ("STRING", 2, "widget")},
            outputs=("CONDITIONING",),
            title="nightshoot:prompt",
        )
    ],
    "links": [
        {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 1, "target_slot": 0},
        {"id": 2, "origin_id": -10, "origin_slot": 1, "target_id": 1, "target_slot": 1},
        {"id": 3, "origin_id": 1, "origin_slot": 0, "target_id": -20, "target_slot": 0},
    ],
}


def with_subgraph(values: list[JsonValue], proxies: list[list[str]]) -> Json:
    words = box(
        6,
        SUB,
        *values,
        inputs={"clip": ("CLIP", 1), "text": ("STRING", None, "widget")},
        outputs=("CONDITIONING",),
        properties={"proxyWidgets": proxies},
    )
    return graph(
        LOADER,
        sampler(),
        words,
        LATENT,
        DECODE,
        SAVE,
        links=LINKS,
        definitions={"subgraphs": [INNER]},
    )


@pytest.mark.parametrize(
    ("values", "proxies", "text"),
    [
        (["outer words"], [], "outer words"),
        (["outer words"], [["-1", "text"]], "outer words"),
        (["outer words"], [["1", "text"]], "outer words"),
        ([], [["1", "text"]], "inner words"),
    ],
)
def test_a_subgraph_is_unfolded_with_the_values_on_its_node(
    values: list[JsonValue],
    proxies: list[list[str]],
    text: str,
    convert: Callable[[Json], Workflow],
) -> None:
    workflow = convert(with_subgraph(values, proxies))
    assert workflow.nodes["6:1"].inputs == {"clip": ["4", 1], "text": text}
    assert workflow.nodes["6:1"].title == "nightshoot:prompt"
    assert workflow.nodes["3"].inputs["positive"] == ["6:1", 0]
    assert "6" not in workflow.nodes


def test_a_muted_subgraph_takes_its_nodes_along(convert: Callable[[Json], Workflow]) -> None:
    document = with_subgraph([], [])
    document["nodes"][2]["mode"] = 2
    workflow = convert(document)
    assert "6:1" not in workflow.nodes
    assert "positive" not in workflow.nodes["3"].inputs


def test_subgraphs_that_hold_each_other_are_refused(convert: Callable[[Json], Workflow]) -> None:
    document = with_subgraph([], [])
    inner = json.loads(json.dumps(INNER))
    inner["nodes"].append(box(2, SUB))
    document["definitions"]["subgraphs"] = [inner]
    with pytest.raises(InputError, match="in a circle"):
        convert(document)


def test_links_that_go_round_are_refused(convert: Callable[[Json], Workflow]) -> None:
    one = box(20, "Reroute", inputs={"": ("*", 31)}, outputs=("LATENT",))
    two = box(21, "Reroute", inputs={"": ("*", 30)}, outputs=("LATENT",))
    links = [*LINKS, [30, 20, 0, 21, 0, "*"], [31, 21, 0, 20, 0, "*"]]
    links[5] = [6, 20, 0, 8, 0, "LATENT"]
    with pytest.raises(InputError, match="round in a circle"):
        convert(usual(one, two, links=links))


def test_group_nodes_and_changing_inputs_ask_for_an_export(catalogue: Catalogue) -> None:
    with pytest.raises(InputError, match=r"group node.*Export \(API\)"):
        converted(read_graph(usual(box(40, "workflow>mine")), "a"), catalogue, "a")
    info = dict(catalogue.document)
    info["Changing"] = {
        "input": {"required": {"model": ["COMFY_DYNAMICCOMBO_V3", {}]}},
        "output": [],
        "output_node": True,
    }
    with pytest.raises(InputError, match=r"change with its values.*Export \(API\)"):
        converted(read_graph(usual(box(41, "Changing", "a")), "a"), Catalogue(info), "a")


@pytest.mark.parametrize(
    "document",
    [
        {"nodes": []},
        {"nodes": [{"id": 1}]},
        {"nodes": ["junk"]},
        {"nodes": [{"id": 1, "type": "A"}], "links": [["x", 1]]},
        {"nodes": [{"id": 1, "type": "A", "inputs": [{"link": "many"}]}]},
        {"nodes": [{"id": 1, "type": "A"}], "definitions": {"subgraphs": [{"id": "b"}]}},
    ],
)
def test_a_graph_that_is_none_is_refused(document: Json) -> None:
    with pytest.raises(InputError, match=r"a\.json"):
        read_graph(document, "a.json")


@pytest.mark.parametrize("seed", range(60))
def test_a_graph_with_parts_spoiled_is_refused_in_a_line_or_stays_a_workflow(
    seed: int, catalogue: Catalogue, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    document = json.loads(json.dumps(with_subgraph(["a"], [["-1", "text"]])))
    for _ in range(3):
        _spoil(document, chance)
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document))
    try:
        read = Document.read(path, bind={})
        read.roles()
        workflow = read.ready({"prompt": "p"}, catalogue, "http://gpu:8188")
    except InputError as error:
        told = str(error)
        assert "\n" not in told
    else:
        assert json.loads(json.dumps(workflow.payload()))


def _spoil(document: Any, chance: Any) -> None:
    """Puts something else where a value stands, anywhere in a document."""
    holder: Any = None
    key: Any = None
    here = document
    while isinstance(here, (dict, list)) and here and (holder is None or chance.random() < 0.8):
        key = chance.choice(list(here) if isinstance(here, dict) else range(len(here)))
        holder, here = here, here[key]
    if holder is not None:
        holder[key] = chance.choice([None, -1, 10**9, "", "x", [], {}, [1, 2], True, 0.5])

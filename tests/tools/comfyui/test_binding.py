"""What a shot gives finds its place by settings, placeholders and titles, in this order."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from nightshoot.errors import InputError
from nightshoot.tools.comfyui.binding import Spot, filled, find_spots, lacking, roles_in
from nightshoot.tools.comfyui.catalogue import Catalogue
from nightshoot.tools.comfyui.workflow import Handle, Node, Workflow

NONE = frozenset[str]()


def node(id_: str, type_: str, title: str = "", **inputs: JsonValue) -> Node:
    return Node(id=id_, class_type=type_, title=title or type_, inputs=inputs)


def workflow(*nodes: Node, handles: tuple[Handle, ...] = ()) -> Workflow:
    return Workflow(nodes={one.id: one for one in nodes}, handles=handles)


def spots(of: Workflow, own: frozenset[str] = NONE, **bind: Any) -> set[tuple[str, str, str]]:
    return {(spot.role, spot.node, spot.input) for spot in find_spots(of, bind, own)}


@pytest.mark.parametrize(
    ("title", "inputs", "found"),
    [
        ("nightshoot:prompt", {"text": ""}, {("prompt", "text")}),
        ("Nightshoot: Prompt ", {"text": ""}, {("prompt", "text")}),
        ("prompt", {"text": ""}, {("prompt", "text")}),
        ("Positive Prompt", {"text": ""}, {("prompt", "text")}),
        ("提示词", {"text": ""}, {("prompt", "text")}),
        ("negative_prompt", {"text": ""}, {("negative", "text")}),
        (
            "nightshoot:prompt",
            {"text_g": "", "text_l": ""},
            {("prompt", "text_g"), ("prompt", "text_l")},
        ),
        ("nightshoot:seed", {"noise_seed": 1, "value": 2}, {("seed", "noise_seed")}),
        ("seed", {"value": 2}, {("seed", "value")}),
        ("size", {"width": 1, "height": 1}, {("width", "width"), ("height", "height")}),
        (
            "nightshoot:size, frames",
            {"width": 1, "height": 1, "length": 1},
            {("width", "width"), ("height", "height"), ("frames", "length")},
        ),
        (
            "nightshoot:seed+steps + cfg",
            {"seed": 1, "steps": 1, "cfg": 1.0},
            {("seed", "seed"), ("steps", "steps"), ("cfg", "cfg")},
        ),
        ("reference", {"image": ""}, {("reference 1", "image")}),
        ("Reference 2", {"image": ""}, {("reference 2", "image")}),
        ("nightshoot:last_frame", {"image": ""}, {("last frame", "image")}),
        ("first frame", {"image": ""}, {("keyframe", "image")}),
        ("nightshoot:depth", {"image": ""}, {("depth", "image")}),
        ("nightshoot:depth weight", {"strength": 1.0}, {("depth weight", "strength")}),
        ("nightshoot:output", {"images": ["1", 0]}, set()),
        ("Load Checkpoint", {"ckpt_name": ""}, set()),
        # A plain title that fits nothing is somebody's own; it binds nothing.
        ("prompt", {"image": ""}, set()),
        ("Canny", {"image": ["1", 0], "low": 0.1}, set()),
    ],
)
def test_titles_name_what_a_node_takes(
    title: str, inputs: dict[str, JsonValue], found: set[tuple[str, str]]
) -> None:
    one = workflow(node("7", "Any", title, **inputs))
    assert spots(one) == {(role, "7", name) for role, name in found}


def test_several_nodes_of_one_title_all_take_it() -> None:
    two = workflow(node("1", "A", "prompt", text=""), node("2", "A", "prompt", text=""))
    assert spots(two) == {("prompt", "1", "text"), ("prompt", "2", "text")}


def test_settings_win_over_placeholders_over_marked_over_plain_titles() -> None:
    plain = node("1", "A", "prompt", text="")
    marked = node("2", "A", "nightshoot:prompt", text="")
    held = node("3", "A", "x", text="{{prompt}}, film grain")
    assert spots(workflow(plain, marked)) == {("prompt", "2", "text")}
    assert spots(workflow(plain, marked, held)) == {("prompt", "3", "text")}
    assert spots(workflow(plain, marked), prompt="1.text") == {("prompt", "1", "text")}


def test_placeholders_are_filled_once_and_numbers_become_numbers() -> None:
    one = workflow(
        node("1", "A", "x", text="{{prompt}}. Not {{ negative }}!", seed="{{seed}}", fps="{{fps}}")
    )
    found = find_spots(one, {}, NONE)
    values: dict[str, str | bool | int | float] = {
        "prompt": "a {{seed}} b",
        "negative": "n",
        "seed": 5,
        "fps": 16.0,
    }
    done, without = filled(one, found, values)
    assert done.nodes["1"].inputs == {"text": "a {{seed}} b. Not n!", "seed": 5, "fps": 16.0}
    assert without == frozenset()


def test_a_primitives_title_binds_what_it_feeds() -> None:
    one = workflow(
        node("3", "KSampler", seed=1), handles=(Handle(title="seed", node="3", input="seed"),)
    )
    assert spots(one) == {("seed", "3", "seed")}


def test_values_of_the_users_own_have_titles_and_placeholders_too() -> None:
    one = workflow(
        node("3", "A", "nightshoot:denoise", denoise=1.0), node("4", "A", style="{{look}}")
    )
    own = frozenset({"denoise", "look"})
    assert spots(one, own) == {("denoise", "3", "denoise"), ("look", "4", "style")}
    with pytest.raises(InputError, match="'denoise' is no name"):
        spots(one, frozenset({"look"}))


@pytest.mark.parametrize(
    ("of", "bind", "said"),
    [
        (node("1", "A", "nightshoot:promt", text=""), {}, "'promt' is no name that is filled in"),
        (node("1", "A", "x", text="{{promt}}"), {}, "text of node 1 .*'promt'"),
        (node("1", "A", "x", text="{{size}}"), {}, "{{width}}"),
        (node("1", "A", "nightshoot:seed", model=["2", 0], words=""), {}, r'"seed" = "1\.words"'),
        (
            node("1", "A", "nightshoot:prompt", text=["2", 0]),
            {},
            "comes from node 2: title that one",
        ),
        (node("1", "A"), {"prompt": "9.text"}, "no node 9"),
        (node("1", "A"), {"prose": "1.text"}, "'prose' is no name"),
        (node("1", "A"), {"size": "1.width"}, "width and height each"),
    ],
)
def test_what_binds_nothing_is_told_by_node(of: Node, bind: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        find_spots(workflow(of), bind, NONE)


def test_a_picture_that_a_shot_has_not_takes_away_what_it_feeds(catalogue: Catalogue) -> None:
    one = workflow(
        node("1", "CheckpointLoaderSimple", ckpt_name="a"),
        node("2", "LoadImage", "reference", image="x.png"),
        node("3", "IPAdapterModelLoader", ipadapter_file="a"),
        node("4", "ImageScale", image=["2", 0], width=1, height=1),
        node(
            "5", "IPAdapterAdvanced", model=["1", 0], ipadapter=["3", 0], image=["4", 0], weight=1
        ),
        node("6", "KSampler", model=["5", 0]),
        node("7", "SaveImage", images=["6", 0]),
    )
    done, without = filled(one, find_spots(one, {}, NONE), {})
    assert without == {"2"}
    left = lacking(done, catalogue, without)
    assert set(left.nodes) == {"1", "3", "6", "7"}
    assert left.nodes["6"].inputs["model"] == ["1", 0]


def test_a_control_that_a_shot_has_not_leaves_both_words_in_place(catalogue: Catalogue) -> None:
    one = workflow(
        node("1", "CLIPTextEncode", text="a", clip=["9", 1]),
        node("2", "CLIPTextEncode", text="b", clip=["9", 1]),
        node("3", "ControlNetLoader", control_net_name="a"),
        node("4", "LoadImage", "depth", image="x.png"),
        node(
            "5",
            "ControlNetApplyAdvanced",
            positive=["1", 0],
            negative=["2", 0],
            control_net=["3", 0],
            image=["4", 0],
            strength=1.0,
        ),
        node("6", "KSampler", positive=["5", 0], negative=["5", 1]),
        node("7", "SaveImage", images=["6", 0]),
        node("9", "CheckpointLoaderSimple", ckpt_name="a"),
    )
    left = lacking(one, catalogue, frozenset({"4"}))
    assert left.nodes["6"].inputs == {"positive": ["1", 0], "negative": ["2", 0]}


def test_a_picture_without_which_nothing_is_left_is_asked_for(catalogue: Catalogue) -> None:
    one = workflow(
        node("1", "LoadImage", "nightshoot:reference", image="x.png"),
        node("2", "VAEEncode", pixels=["1", 0], vae=["9", 2]),
        node("3", "KSampler", latent_image=["2", 0], seed=1),
        node("4", "VAEDecode", samples=["3", 0], vae=["9", 2]),
        node("5", "SaveImage", images=["4", 0], filename_prefix="a"),
        node("9", "CheckpointLoaderSimple", ckpt_name="a"),
    )
    with pytest.raises(InputError, match=r"needs the picture of node 1 .*this shot has not"):
        lacking(one, catalogue, frozenset({"1"}))


def test_what_a_workflow_takes_is_known_without_a_server() -> None:
    one = workflow(
        node("1", "A", "prompt", text=""), node("2", "A", text="{{negative}}"), node("3", "A", x=1)
    )
    assert roles_in(one, {"seed": "3.x"}, NONE) == {"prompt", "negative", "seed"}


def test_a_spot_without_a_value_keeps_what_is_saved() -> None:
    one = workflow(node("1", "A", "cfg", cfg=4.5))
    spot = Spot(role="cfg", node="1", input="cfg")
    assert filled(one, [spot], {})[0].nodes["1"].inputs == {"cfg": 4.5}

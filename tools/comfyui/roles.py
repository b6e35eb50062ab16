"""What a workflow may be given for a shot, and the words that stand for it in titles.

A node is titled `nightshoot:prompt`, or plainly `prompt`; one that takes several is titled
`nightshoot:size, frames`. Text in a value may hold `{{prompt}}` instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nightshoot.errors import InputError

PREFIX = "nightshoot:"

_TEXT = ("text", "prompt", "value", "string", "text_g", "text_l", "clip_l", "clip_g", "t5xxl")
"""Inputs that take words. Source: ComfyUI nodes.py, comfy_extras/nodes_flux.py, nodes_sdxl (in
nodes_clip_sdxl.py), nodes_primitive.py; SDXL's and FLUX's encoders take the same words twice."""

_PICTURE = ("image", "value", "path", "file")
"""Source: ComfyUI nodes.py, LoadImage; other loaders call it so too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One thing that a workflow may be given."""

    name: str
    inputs: tuple[str, ...]
    """What the input that takes it is called."""
    picture: bool = False
    """It is an uploaded picture; where a shot has none, what it feeds is left out."""
    whole: bool = False
    """A text goes into every input of these names, not into the first alone."""


_ROLES = (
    Role(name="prompt", inputs=_TEXT, whole=True),
    Role(name="negative", inputs=_TEXT, whole=True),
    Role(name="seed", inputs=("seed", "noise_seed", "value")),
    Role(name="width", inputs=("width", "value")),
    Role(name="height", inputs=("height", "value")),
    Role(
        name="frames",
        inputs=(
            "length",
            "num_frames",
            "frames",
            "video_frames",
            "frame_count",
            "value",
            "batch_size",
        ),
    ),
    Role(name="fps", inputs=("fps", "frame_rate", "value")),
    Role(name="duration", inputs=("duration", "seconds", "value")),
    Role(name="steps", inputs=("steps", "value")),
    Role(name="cfg", inputs=("cfg", "guidance", "guidance_scale", "value")),
    Role(name="keyframe", inputs=_PICTURE, picture=True),
    Role(name="last frame", inputs=_PICTURE, picture=True),
    Role(name="depth", inputs=_PICTURE, picture=True),
    Role(name="canny", inputs=_PICTURE, picture=True),
    Role(name="pose", inputs=_PICTURE, picture=True),
    Role(name="depth weight", inputs=("strength", "weight", "value")),
    Role(name="canny weight", inputs=("strength", "weight", "value")),
    Role(name="pose weight", inputs=("strength", "weight", "value")),
)
_BY_NAME = {role.name: role for role in _ROLES}

_ALIASES = {
    "positive": "prompt",
    "positive prompt": "prompt",
    "negative prompt": "negative",
    "noise seed": "seed",
    "num frames": "frames",
    "length": "frames",
    "frame rate": "fps",
    "first frame": "keyframe",
    "start frame": "keyframe",
    "start image": "keyframe",
    "end frame": "last frame",
    "end image": "last frame",
    "提示词": "prompt",
    "正面提示词": "prompt",
    "负面提示词": "negative",
    "反向提示词": "negative",
    "种子": "seed",
    "宽度": "width",
    "高度": "height",
    "尺寸": "size",
    "帧数": "frames",
    "帧率": "fps",
    "首帧": "keyframe",
    "关键帧": "keyframe",
    "尾帧": "last frame",
    "参考图": "reference 1",
}

SIZE = "size"
"""Stands for width and height on one node."""

OUTPUT = "output"
"""Marks the node whose result is wanted, where several save something."""

_REFERENCE = re.compile(r"^(?:reference|ref|reference image|参考图) ?([1-9])?$")


def role_of(word: str, own: frozenset[str]) -> tuple[Role, ...]:
    """Gives what a word stands for; empty where it stands for nothing.

    Args:
        word: of a title, a placeholder or a setting.
        own: names of the user's own values.
    """
    plain = " ".join(re.split(r"[\s_-]+", word.strip().casefold()))
    for name in own:
        if plain == " ".join(re.split(r"[\s_-]+", name.casefold())):
            return (_BY_NAME.get(name) or Role(name=name, inputs=(name, "value")),)
    plain = _ALIASES.get(plain, plain)
    if plain == SIZE:
        return (_BY_NAME["width"], _BY_NAME["height"])
    if reference := _REFERENCE.match(plain):
        return (Role(name=f"reference {reference.group(1) or 1}", inputs=_PICTURE, picture=True),)
    return (_BY_NAME[plain],) if plain in _BY_NAME else ()


def required_role(word: str, own: frozenset[str], where: str) -> tuple[Role, ...]:
    """Gives what a word stands for, where it has to stand for something.

    Raises:
        InputError: it is no name that is filled in.
    """
    found = role_of(word, own)
    if not found:
        names = ", ".join([*_BY_NAME, SIZE, "reference 1", *sorted(own - set(_BY_NAME))])
        raise InputError(f"{where}: {word!r} is no name that is filled in; these are: {names}")
    return found


def roles_of_title(title: str, own: frozenset[str]) -> tuple[Role, ...]:
    """Gives what a node's title asks for.

    Raises:
        InputError: the title begins with `nightshoot:` and goes on with no known name.
    """
    plain = title.strip()
    if not plain.casefold().startswith(PREFIX):
        return role_of(plain, own)
    words = [word.strip() for word in re.split(r"[,+&，、]", plain[len(PREFIX) :])]
    return tuple(
        role
        for word in words
        if word.casefold() != OUTPUT
        for role in required_role(word, own, f"the node titled {title!r}")
    )


def is_output(title: str) -> bool:
    """Whether a title marks the node whose result is wanted."""
    plain = title.strip().casefold()
    if plain.startswith(PREFIX):
        return OUTPUT in re.split(r"[,+&，、\s]+", plain[len(PREFIX) :])
    return plain == OUTPUT

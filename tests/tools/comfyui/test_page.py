"""The page on ComfyUI shows tables and a message that are true."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from nightshoot.errors import InputError
from nightshoot.settings import Settings
from nightshoot.tools.comfyui.catalogue import Catalogue
from nightshoot.tools.comfyui.document import Document
from nightshoot.tools.comfyui.roles import roles_of_title
from nightshoot.tools.registry import Registry, Surroundings

PAGE = (Path(__file__).parents[3] / "docs" / "comfyui.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)
    return [text for name, text in found if name == language]


def test_its_tables_make_backends_that_are_ready(around: Surroundings, tmp_path: Path) -> None:
    written = tomllib.loads(blocks("toml")[0])
    settings = Settings(home=tmp_path, folder=around.folder, **written)
    registry = Registry.of(settings, {})
    assert registry.image_generator("portrait").capabilities.deterministic
    camera = registry.video_generator("wan").capabilities
    assert camera.last_frame
    assert (camera.fps, camera.frame_rule, camera.max_frames) == (
        Fraction(16),
        (4, 1),
        81,
    )


def test_its_titles_are_known(painter: Callable[..., Any]) -> None:
    named = re.findall(r"`(nightshoot:[a-z][a-z0-9 ,]*)`", PAGE)
    assert len(named) > 15
    for title in named:
        assert roles_of_title(title, frozenset()) or title == "nightshoot:output"
    assert painter("http://gpu:1", **tomllib.loads(blocks("toml")[1]) | {"api_key_env": ""})


def test_its_message_is_what_is_said(examples: Path, catalogue: Catalogue, tmp_path: Path) -> None:
    document = json.loads((examples / "sdxl.json").read_text())
    document["nodes"][0]["widgets_values"] = ["sd_xl_base.safetensors"]
    path = tmp_path / "sdxl.json"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError) as told:
        Document.read(path, bind={}).ready({"prompt": "p"}, catalogue, "http://127.0.0.1:8188")
    assert str(told.value) in [" ".join(block.split()) for block in blocks("")]

"""The page on models shows the cards as they are, and what it has to copy is valid."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from nightshoot.tools.diffusion.camera import DiffusersCamera
from nightshoot.tools.diffusion.families import families
from nightshoot.tools.diffusion.painter import DiffusersPainter
from nightshoot.tools.diffusion.presets import Wishes
from nightshoot.tools.diffusion.schedulers import RECIPES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "models.md"
TABLE = re.compile(r"```toml\n(.*?)```", re.DOTALL)
CONFIGS = {"image": DiffusersPainter.Config, "video": DiffusersCamera.Config}


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_models", ROOT / "docs" / "draw_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_shows_the_cards_as_they_are(script: ModuleType) -> None:
    script.main(["--check"])


def test_stale_page_is_told_from_a_fresh_one(script: ModuleType) -> None:
    text = PAGE.read_text(encoding="utf-8")
    stale = text.replace("group offload", "no offload")
    assert stale != text
    assert script.redrawn(stale).count("no offload") == 0


def test_page_without_a_place_for_a_table_is_refused(script: ModuleType) -> None:
    with pytest.raises(SystemExit, match="no place for image-families"):
        script.redrawn("# Models\n")


def test_every_table_to_copy_is_one_that_the_backend_takes() -> None:
    tables = TABLE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(tables) >= len(families()) + 3
    for text in tables:
        ((kind, named),) = tomllib.loads(text).items()
        ((_, section),) = named.items()
        assert section.pop("backend") == "diffusers"
        CONFIGS[kind].model_validate(section)


def test_every_setting_and_recipe_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert {name for name in Wishes.model_fields if f"| `{name}` |" not in text} == set()
    assert {name for name in RECIPES if f"| `{name}` |" not in text} == set()


def test_every_family_has_a_licence_and_a_command() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for family in families():
        assert f"### {family.title}\n\n{family.licence}." in text
        name = family.name.replace("_", "-")
        assert f"nightshoot make story.txt --{family.kind.value} {name}\n" in text

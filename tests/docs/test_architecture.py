"""The page on the architecture shows the graphs as they are, and its example works."""

from __future__ import annotations

import importlib.util
import json
import re
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from langgraph.graph.state import CompiledStateGraph
from PIL import Image

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Staging
from nightshoot.domain.vocabulary import CameraMove, Era, Mood, Setting, ShotSize, TimeOfDay

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
EXAMPLE = re.compile(r"<!-- example: a backend -->\n```python\n(.*?)```", re.DOTALL)


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"loaded_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plan(seed: int) -> ShotPlan:
    staging = Staging(
        setting=Setting.SEA, era=Era.MODERN, time_of_day=TimeOfDay.DAWN, mood=Mood.SERENE
    )
    return ShotPlan(
        shot="s01",
        prompt="a sky",
        staging=staging,
        camera=Camera(size=ShotSize.WS, move=CameraMove.STATIC),
        width=72,
        height=128,
        fps=Fraction(24),
        num_frames=24,
        seed=seed,
    )


def test_page_draws_the_graphs_as_they_are() -> None:
    loaded(ROOT / "docs" / "draw_graphs.py").main(["--check"])


def test_stale_page_is_told_from_a_fresh_one() -> None:
    text = PAGE.read_text(encoding="utf-8")
    stale = text.replace("    conceive --> write;\n", "")
    assert stale != text
    assert loaded(ROOT / "docs" / "draw_graphs.py").redrawn(stale) == text


def test_page_without_a_place_for_a_graph_is_refused() -> None:
    with pytest.raises(SystemExit, match="no place for the graph film"):
        loaded(ROOT / "docs" / "draw_graphs.py").redrawn("# Architecture\n")


def test_langgraph_studio_finds_both_graphs() -> None:
    named = json.loads((ROOT / "langgraph.json").read_text(encoding="utf-8"))["graphs"]
    nodes = {}
    for name, place in named.items():
        file, function = place.split(":")
        graph: Any = getattr(loaded(ROOT / file), function)({"configurable": {}})
        assert isinstance(graph, CompiledStateGraph)
        nodes[name] = set(graph.get_graph().nodes)
    assert nodes["shot"] == {"__start__", "keyframe", "take", "__end__"}
    assert {"conceive", "write", "board", "shoot_keyframes", "cut", "finish"} <= nodes["film"]


async def test_example_of_a_backend_paints_what_a_plan_asks_for(tmp_path: Path) -> None:
    found = EXAMPLE.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    code = tmp_path / "gradient.py"
    code.write_text(found[1], encoding="utf-8")
    painter = loaded(code).Gradient()
    assert painter.available().ready
    pictures: list[bytes] = []
    for seed in (1, 1, 2):
        scratch = tmp_path / str(len(pictures))
        scratch.mkdir()
        shares: list[float] = []
        painting = await painter.paint(plan=plan(seed), scratch=scratch, progress=shares.append)
        assert shares[-1] == 1.0
        with Image.open(painting.picture) as picture:
            assert (picture.size, picture.mode) == ((72, 128), "RGB")
            lightness = picture.convert("L")
            pixels = lightness.tobytes()
            top, bottom = pixels[: 72 * 8], pixels[-72 * 8 :]
            assert sum(top) > 1.5 * sum(bottom)
        pictures.append(painting.picture.read_bytes())
    assert pictures[0] == pictures[1] != pictures[2]

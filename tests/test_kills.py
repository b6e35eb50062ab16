"""Runs killed with signal 9 at some moment make the same film when they are resumed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

_SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "kills.py"


@pytest.fixture(scope="module")
def kills() -> ModuleType:
    """The benchmark that kills; it is a script and no part of the package."""
    spec = importlib.util.spec_from_file_location("benchmarks_kills", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.film
@pytest.mark.skipif(sys.platform == "win32", reason="there is no signal 9 to send")
def test_a_run_killed_at_any_moment_makes_the_same_film_and_nothing_twice(
    kills: ModuleType, tmp_path: Path
) -> None:
    options = ("--size", "128x228", "--voice", "none")
    endings = kills.trials(tmp_path, runs=3, seed=5, options=options)
    assert [ending.faults for ending in endings] == [[], [], []]
    assert [ending.remade for ending in endings] == [0, 0, 0]
    assert any(ending.kept for ending in endings), "a kill before anything was made shows nothing"

"""The page on watching names everything that is told."""

from __future__ import annotations

import re
import typing
from pathlib import Path
from typing import Any

import pytest

from nightshoot.domain.batch import EntryState
from nightshoot.domain.limits import Limits, Used
from nightshoot.events import Event, StepProgress
from nightshoot.providers import CircuitPhase, CircuitState
from nightshoot.watching import FilmState, LaneState, NightState
from nightshoot.watching.event_lines import WORDS

PAGE = (Path(__file__).parents[2] / "docs" / "watching.md").read_text("utf-8")


def test_each_event_has_its_row_with_its_fields() -> None:
    rows = {
        name: row
        for row in PAGE.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    for kind in typing.get_args(Event):
        name = kind.model_fields["type"].default
        if kind is StepProgress:
            assert name not in rows
            continue
        for field in kind.model_fields.keys() - {"type", *WORDS}:
            assert f"`{field}`" in rows[name], (name, field)


def test_each_field_of_the_state_is_named() -> None:
    told = PAGE[PAGE.index("`state` has") : PAGE.index("On a full disk")]
    for value in (NightState, FilmState, LaneState, CircuitState, Limits):
        for field in value.model_fields.keys() - {"at"}:
            assert f"`{field}`" in told, (value.__name__, field)


def test_each_metric_is_named(clock: Any) -> None:
    pytest.importorskip("prometheus_client", reason="the telemetry extra is not installed")
    from nightshoot.watching.metrics import NightMetrics

    state = NightState(
        at=clock.wall(),
        night=3,
        begun_at=1.0,
        ends_at=2.0,
        paused="",
        limits=Limits(usd=1.0, gpu_s=1.0, takes=1),
        used=Used(),
        counts={EntryState.DONE: 1},
        share=1.0,
        left_s=0.0,
        making=(),
        next=(),
        finished=(),
        lanes=(),
        circuits=(CircuitState(tool="a", state=CircuitPhase.OPEN, failures=1, since_s=1.0),),
    )
    for family in NightMetrics(lambda: state).collect():
        name = family.name + ("_total" if family.type == "counter" else "")
        assert re.search(rf"`{name}[`{{]", PAGE), name

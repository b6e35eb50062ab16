"""How long calls take that nobody has made here yet, so that a first night can plan at all.

Only the order of size is asked of these figures: the first calls of the night replace them. Those
of a GPU are not here, as its tools estimate them (`Estimate.gpu_s`).
"""

from __future__ import annotations

from collections.abc import Mapping

from nightshoot.tools.protocols import Backend

PIXELS = 720 * 1280
RATE = 24.0
"""The size and the frame rate that the processor's figures are for; they grow with both."""

_PICTURE_CPU_S = 3.0
"""A keyframe by processors. Source: 3.1 s of `shadow-play` at 720x1280, a first film on two cores
with other work beside."""

_FILM_CPU_S = 0.6
"""A second of a take by processors. Source: a choice by docs/benchmarks.md, "Revisions": 24 shots
take 192 s of processor, 41 of them for the cut; filming is about half of the rest."""

_PICTURE_AWAY_S = 20.0
"""A picture by a service. Source: a choice: their answers take from 5 s to a minute."""

_TAKE_AWAY_S = 120.0
"""A take by a service, however long. Source: as `tools.hosted.discipline.Pacing.typical_s`."""

_CUT_CPU_S = 0.44
"""Processor seconds that cutting takes for a second of film. Source: docs/benchmarks.md, "The cut":
53.4 s for 120 s of takes."""

_OWN_CPU_S: Mapping[str, float] = {
    "measure/take": 0.4,
    "measure/film": 0.4,
    "edit/stitch": 0.02,
    "edit/mix": 0.1,
    "music/": 0.3,
}
"""The same for work of our own that goes with the film's length. Source: a choice between what a
film of 10 s and one of 60 s took on two cores."""

_OWN_ONCE_S: Mapping[str, float] = {"measure/keyframe": 0.5, "card/title": 1.0}
"""What does not."""


def call_s(backend: Backend, *, seconds: float, pixels: int, rate: float) -> float:
    """Gives how long a backend takes for a picture or a take, in seconds; 0.0: its estimate says.

    Args:
        backend: a painter or a camera.
        seconds: of film; 0.0: a picture is wanted.
        pixels: of the picture.
        rate: frames a second.
    """
    can = backend.capabilities
    if can.vram_gib:
        return 0.0
    if not can.offline:
        return _TAKE_AWAY_S if seconds else _PICTURE_AWAY_S
    size = pixels / PIXELS
    return seconds * _FILM_CPU_S * size * rate / RATE if seconds else _PICTURE_CPU_S * size


def own_s(tool: str, *, seconds: float, pixels: int, rate: float) -> float:
    """Gives how long work of our own takes, in seconds; 0.0: too little to plan for.

    Args:
        tool: as the action log has it.
        seconds: of film that it goes through.
        pixels: of its frames.
        rate: frames a second.
    """
    kind = f"{tool.partition('/')[0]}/"
    a_second = _OWN_CPU_S.get(tool, _OWN_CPU_S.get(kind, 0.0))
    size = 1.0 if kind == "music/" or tool == "edit/mix" else pixels / PIXELS * rate / RATE
    return seconds * a_second * size + _OWN_ONCE_S.get(tool, 0.0) * pixels / PIXELS


def slowness(took_s: float, backend: Backend, *, seconds: float, pixels: int, rate: float) -> float:
    """Gives how many times slower this machine is than the figures here, and never less than once.

    Processors that others use too are slower for all: what pictures and takes took, the first
    things that a film has made, says how long the cut will take.

    Args:
        took_s: how long a call of the backend takes here; 0.0: it is not known.
        backend: a painter or a camera.
        seconds: of film that one call gives; 0.0: a picture.
        pixels: of the picture.
        rate: frames a second.
    """
    if not backend.capabilities.offline:
        return 1.0
    usual_s = call_s(backend, seconds=seconds, pixels=pixels, rate=rate)
    return max(1.0, took_s / usual_s) if usual_s else 1.0


def cutting_s(*, seconds: float, pixels: int, rate: float) -> float:
    """Gives the processor seconds that the picture of a cut takes."""
    return seconds * _CUT_CPU_S * pixels / PIXELS * rate / RATE

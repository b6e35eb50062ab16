"""What the film's process and the GPU's process say to each other: one JSON object a line."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from nightshoot.domain.value import Value
from nightshoot.tools.diffusion.orders import ModelSpec, Request, Result


def key_of(spec: ModelSpec) -> str:
    """Gives the short name of a loaded model: equal specs have equal keys, as 16 hex digits."""
    text = json.dumps(spec.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class LoadOrder(Value):
    """Load a model, unless it is loaded."""

    type: Literal["load"] = "load"
    id: int
    spec: ModelSpec


class MakeOrder(Value):
    """Make the first of these, and whatever fits into one call with it."""

    type: Literal["make"] = "make"
    id: int
    spec: ModelSpec
    requests: tuple[Request, ...]


class CancelOrder(Value):
    """Nobody waits for this order any more."""

    type: Literal["cancel"] = "cancel"
    id: int


class FactsOrder(Value):
    """Say what there is to compute on."""

    type: Literal["facts"] = "facts"
    id: int


Order = Annotated[LoadOrder | MakeOrder | CancelOrder | FactsOrder, Field(discriminator="type")]


class DeviceFacts(Value):
    """What there is to compute on."""

    device: str = "none"
    """As torch names it: `cuda`, `cuda:1`, `xpu`, `mps`, `cpu`; `none`: torch is not installed."""
    name: str = "none"
    """What its maker calls it."""
    vram_gib: float = 0.0
    """All of its memory; 0.0: it has none of its own, or does not say."""
    free_gib: float = 0.0
    torch: str = ""
    """The version of torch; empty: it is not installed."""


class Fault(StrEnum):
    """Who can do something about a failure."""

    INPUT = "input"
    TRANSIENT = "transient"
    BACKEND = "backend"
    ARTIFACT = "artifact"
    """The disk does not take what is made."""
    BROKEN = "broken"
    """The process can do nothing more, as after a fault of CUDA: it ends."""


class Ready(Value):
    """The process has started."""

    type: Literal["ready"] = "ready"


class Loaded(Value):
    """The model is there."""

    type: Literal["loaded"] = "loaded"
    id: int
    most_at_once: int
    resident: tuple[str, ...]
    """The keys of every model that is loaded now."""


class Took(Value):
    """Which requests of the order are being made now. A later one replaces an earlier one."""

    type: Literal["took"] = "took"
    id: int
    chosen: tuple[int, ...]
    """Places in the order's requests."""


class Step(Value):
    """How far an order is."""

    type: Literal["step"] = "step"
    id: int
    share: float = Field(ge=0, le=1)


class Made(Value):
    """The results of the requests that were taken, in that order."""

    type: Literal["made"] = "made"
    id: int
    results: tuple[Result, ...]
    most_at_once: int
    resident: tuple[str, ...]
    reserved_gib: float | None = None
    """What the process keeps of the GPU's memory; None: it uses none, or does not know."""


class Stopped(Value):
    """The order was cancelled in the middle."""

    type: Literal["stopped"] = "stopped"
    id: int
    resident: tuple[str, ...]


class Failed(Value):
    """The order failed."""

    type: Literal["failed"] = "failed"
    id: int
    fault: Fault
    message: str
    resident: tuple[str, ...]


class Found(Value):
    """The answer to `FactsOrder`."""

    type: Literal["found"] = "found"
    id: int
    facts: DeviceFacts


Reply = Annotated[
    Ready | Loaded | Took | Step | Made | Stopped | Failed | Found, Field(discriminator="type")
]

_ORDERS: TypeAdapter[Order] = TypeAdapter(Order)
_REPLIES: TypeAdapter[Reply] = TypeAdapter(Reply)


def line_of(message: Order | Reply) -> bytes:
    """Gives a message as a line."""
    return message.model_dump_json().encode() + b"\n"


def order_in(line: bytes) -> Order:
    """Reads an order. Raises ValueError where the line is none."""
    return _ORDERS.validate_json(line)


def reply_in(line: bytes) -> Reply:
    """Reads a reply. Raises ValueError where the line is none."""
    return _REPLIES.validate_json(line)

"""Which models are loaded: kept while there is room, the least recently used goes first.

Memory that runs out is answered in this order: the other models go, fewer requests are made at
once, the model goes to its next cheaper setting. The user is told.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from nightshoot.errors import BackendError
from nightshoot.tools.diffusion.messages import key_of
from nightshoot.tools.diffusion.model import Load, Model
from nightshoot.tools.diffusion.orders import ModelSpec, Request, Result
from nightshoot.tools.gpu_device import Accelerator, is_out_of_memory
from nightshoot.tools.protocols import Progress

T = TypeVar("T")

Cheaper = Callable[[ModelSpec], tuple[ModelSpec, str] | None]
"""Gives a spec that needs less memory to load and what it changes, in a sentence; None: no more."""

_MOST_RELIEFS = 32
"""How often one call may be tried with less. Source: more than there are settings, so that a model
whose `make_cheaper` never ends does not hold the GPU for ever."""


@dataclass(slots=True, kw_only=True)
class Resident:
    """A model that is loaded, and what is known of it."""

    key: str
    model: Model
    most: int
    """How many requests fit at once, as far as is known."""
    untold: list[str] = field(default_factory=list)
    """Notes that no result has carried to the user yet."""


@dataclass(frozen=True, slots=True)
class _Full:
    """Memory ran out; the exception itself is let go of, as its frames hold the tensors."""

    message: str


class Engine:
    """The models of one process. One thread calls it."""

    def __init__(
        self,
        load: Load,
        *,
        accelerator: Accelerator,
        limit_gib: float | None = None,
        expected_gib: Callable[[ModelSpec], float] = lambda _: 0.0,
        has_ram: Callable[[ModelSpec], bool] = lambda _: True,
        cheaper: Cheaper = lambda _: None,
    ) -> None:
        """Keeps how models are loaded, and what they may take.

        Args:
            load: loads a model.
            accelerator: where models live.
            limit_gib: how much all models together may take; None: what there is.
            expected_gib: what a model that was never loaded is expected to take; 0.0: unknown.
            has_ram: whether the computer's own memory has room for a model now.
            cheaper: how to load one for which there is no room.
        """
        self._load = load
        self._accelerator = accelerator
        self._limit_gib = limit_gib
        self._expected_gib = expected_gib
        self._has_ram = has_ram
        self._cheaper = cheaper
        self._loaded: dict[str, Resident] = {}
        """The least recently used first."""
        self._seen_gib: dict[str, float] = {}
        self._crowded: set[str] = set()
        """Models that ran out of memory beside others, and have it to themselves from then on."""

    @property
    def resident(self) -> tuple[str, ...]:
        """The keys of the models that are loaded, the least recently used first."""
        return tuple(self._loaded)

    def load(self, spec: ModelSpec) -> Resident:
        """Gives the loaded model of a spec; unloads others where there is no room.

        Raises:
            InputError: it cannot be loaded from there.
            BackendError: there is no room for it, whatever is let go of.
        """
        key = key_of(spec)
        found = self._loaded.pop(key, None)
        if key in self._crowded:
            self._unload(self.resident)
        if found is None:
            found = self._newly_loaded(key, spec)
        self._loaded[key] = found
        return found

    def make(
        self,
        spec: ModelSpec,
        requests: Sequence[Request],
        *,
        took: Callable[[Sequence[int]], None],
        progress: Progress,
    ) -> list[Result]:
        """Makes the first request, and those that fit into one call with it.

        Args:
            spec: the model.
            requests: at least one.
            took: is told which are made, by their places; again when memory ran out and they are
                fewer.
            progress: is told the share that is done of them; starts again with fewer.

        Raises:
            InputError: the model cannot do what is asked.
            BackendError: it failed, or there is no room for it at its cheapest setting.
        """
        held = self.load(spec)
        tried: list[str] = []
        while True:
            chosen = _fitting(held, requests)
            took(chosen)
            wanted = [requests[place] for place in chosen]
            made = _attempted(partial(held.model.make, wanted, progress))
            if not isinstance(made, _Full):
                break
            relief = self._relieved(held, len(chosen)) if len(tried) < _MOST_RELIEFS else ""
            if not relief:
                raise BackendError(_no_room(spec, requests[0], made, tried))
            tried.append(relief)
        if len(made) != len(chosen):
            raise BackendError(f"{spec.family} gave {len(made)} results for {len(chosen)} requests")
        notes, held.untold = tuple(held.untold), []
        return [one.model_copy(update={"notes": (*one.notes, *notes)}) for one in made]

    def close(self) -> None:
        """Unloads every model."""
        self._unload(self.resident)

    def _newly_loaded(self, key: str, spec: ModelSpec) -> Resident:
        if self._limit_gib is not None and spec.tuning.device != "cpu":
            self._accelerator.limit(self._limit_gib, spec.tuning.device)
        if self._loaded:
            self._make_room(spec, self._seen_gib.get(key) or self._expected_gib(spec))
        wanted, tried, untold = spec, list[str](), list[str]()
        while True:
            model = _attempted(partial(self._load, wanted))
            if not isinstance(model, _Full):
                break
            if self._loaded:
                self._unload(self.resident)
                tried.append("other models were unloaded")
                continue
            self._accelerator.empty()
            next_try = self._cheaper(wanted) if len(tried) < _MOST_RELIEFS else None
            if next_try is None:
                raise BackendError(_no_room(spec, None, model, tried))
            wanted, said = next_try
            tried.append(said)
            untold.append(f"There was no room to load {spec.family}: {said}.")
        self._seen_gib[key] = model.gib
        while self._loaded and model.gib > self._limit_left_gib():
            self._unload(self.resident[:1])
        return Resident(key=key, model=model, most=max(1, model.most_at_once), untold=untold)

    def _make_room(self, spec: ModelSpec, need_gib: float) -> None:
        """Unloads the least recently used until a model of this size should fit."""
        while self._loaded:
            free = self._accelerator.free_gib(spec.tuning.device)
            enough = need_gib <= self._limit_left_gib() and (free is None or need_gib <= free)
            if enough and self._has_ram(spec):
                return
            self._unload(self.resident[:1])

    def _limit_left_gib(self) -> float:
        if self._limit_gib is None:
            return float("inf")
        return self._limit_gib - sum(held.model.gib for held in self._loaded.values())

    def _unload(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._loaded.pop(key).model.close()
        if keys:
            self._accelerator.empty()

    def _relieved(self, held: Resident, at_once: int) -> str:
        """Makes room for another try; says how, or gives "" when nothing is left to do."""
        self._accelerator.empty()
        others = [key for key in self._loaded if key != held.key]
        if others:
            self._crowded.add(held.key)
            self._unload(others)
            return "other models were unloaded"
        if at_once > 1:
            held.most = at_once // 2
            said = f"{held.most} at once instead of {at_once}"
        else:
            cheaper = _attempted(held.model.make_cheaper)
            # Even the change can fail for want of room; the setting after it may still work.
            said = cheaper.message if isinstance(cheaper, _Full) else cheaper
            said = said.rstrip(".")
            self._accelerator.empty()
            self._seen_gib[held.key] = held.model.gib
        if said:
            held.untold.append(f"The GPU's memory ran out: {said}.")
        return said


def _fitting(held: Resident, requests: Sequence[Request]) -> list[int]:
    """Gives the places of the first request and of those that can be in one call with it."""
    chosen = [0]
    for place in range(1, len(requests)):
        if len(chosen) >= held.most:
            break
        if held.model.fits_together(requests[0], requests[place]):
            chosen.append(place)
    return chosen


def _attempted(call: Callable[[], T]) -> T | _Full:
    try:
        return call()
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        message = " ".join(str(error).split())
        traceback.clear_frames(error.__traceback__)
        return _Full(message)


def _no_room(spec: ModelSpec, request: Request | None, full: _Full, tried: Sequence[str]) -> str:
    what = f"{spec.family} cannot be loaded"
    if request is not None:
        what = f"{spec.family} cannot make {request.width}x{request.height}"
    done = f" after: {'; '.join(tried)}" if tried else ""
    return (
        f"{what}: the GPU's memory is too small{done}. Choose a smaller size, a smaller model or, "
        f"in the model's table of the settings, quantization or offload ({full.message[:200]})"
    )

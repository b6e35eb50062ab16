from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from nightshoot.errors import BackendError, InputError
from nightshoot.tools.diffusion.engine import Cheaper, Engine
from nightshoot.tools.diffusion.messages import DeviceFacts, key_of
from nightshoot.tools.diffusion.model import Model, OutOfMemory
from nightshoot.tools.diffusion.orders import ImageRequest, Kind, ModelSpec, Request, Result
from nightshoot.tools.diffusion.tuning import Offload, Tuning
from nightshoot.tools.gpu_device import is_broken, is_out_of_memory
from nightshoot.tools.protocols import Progress


@dataclass
class Card:
    """An accelerator of so many GiB, and the models on it."""

    total_gib: float = 24.0
    known: bool = True
    held: list[Loaded] = field(default_factory=list)
    limits: list[tuple[str, float]] = field(default_factory=list)
    emptied: int = 0

    def facts(self) -> DeviceFacts:
        return DeviceFacts(device="fake", name="a card", vram_gib=self.total_gib)

    def free_gib(self, device: str) -> float | None:
        return self.left_gib() if self.known else None

    def left_gib(self) -> float:
        return self.total_gib - sum(model.gib for model in self.held)

    def limit(self, gib: float, device: str) -> None:
        self.limits.append((device, gib))

    def empty(self) -> None:
        self.emptied += 1

    def load(self, spec: ModelSpec) -> Model:
        model = Loaded(self, spec, float(spec.revision or 1))
        if model.gib > self.left_gib():
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        self.held.append(model)
        return model


class Loaded:
    """A model of so many GiB; a request needs as many more as its width says."""

    def __init__(self, card: Card, spec: ModelSpec, gib: float) -> None:
        self.card = card
        self.spec = spec
        self.gib = gib / (2 if spec.tuning.offload is Offload.MODEL else 1)
        self.most_at_once = 4
        self.cheaper = ["in tiles", "offloaded"]
        self.calls: list[int] = []

    def fits_together(self, one: Request, other: Request) -> bool:
        return one.width == other.width

    def make(self, requests: Sequence[Request], progress: Progress) -> list[Result]:
        self.calls.append(len(requests))
        need = sum(request.width for request in requests) / 2.0 ** max(0, 2 - len(self.cheaper))
        if need > self.card.left_gib():
            raise OutOfMemory(f"{need} GiB are needed")
        progress(1.0)
        return [Result(out=request.out, gpu_s=1.0) for request in requests]

    def make_cheaper(self) -> str:
        return self.cheaper.pop(0) if self.cheaper else ""

    def close(self) -> None:
        self.card.held.remove(self)


def spec(name: str, gib: float = 8.0, device: str = "cpu") -> ModelSpec:
    return ModelSpec(
        kind=Kind.IMAGE,
        family=name,
        path=f"/{name}",
        revision=str(gib),
        tuning=Tuning(device=device),
    )


def request(width: int = 0) -> ImageRequest:
    return ImageRequest(
        prompt="",
        width=width,
        height=8,
        seed=1,
        num_inference_steps=1,
        guidance_scale=1.0,
        out_width=8,
        out_height=8,
        out="/o.png",
    )


def names(card: Card) -> list[str]:
    return [model.spec.family for model in card.held]


Make = Callable[..., list[Result]]


def making(engine: Engine) -> tuple[Make, list[list[int]]]:
    """Gives what makes requests, and the list of what it took."""
    took: list[list[int]] = []

    def make(wanted: ModelSpec, *requests: Request) -> list[Result]:
        return engine.make(
            wanted,
            requests or (request(),),
            took=lambda chosen: took.append(list(chosen)),
            progress=lambda _: None,
        )

    return make, took


def test_the_least_recently_used_model_goes_when_there_is_no_room() -> None:
    card = Card()
    make, _ = making(Engine(card.load, accelerator=card))
    for name in ("a", "b", "a", "c"):
        make(spec(name))
    assert names(card) == ["a", "b", "c"]
    make(spec("d", gib=7))
    # Nobody knew that it would not fit: all others went.
    assert names(card) == ["d"]


def test_a_model_that_was_loaded_before_makes_just_enough_room() -> None:
    card = Card(total_gib=20)
    engine = Engine(card.load, accelerator=card)
    make, _ = making(engine)
    for name in ("a", "b", "c", "b", "a"):
        make(spec(name))
    assert names(card) == ["b", "a"]
    assert engine.resident == (key_of(spec("b")), key_of(spec("a")))


def test_what_a_model_is_expected_to_take_makes_room_before_it_is_loaded() -> None:
    card = Card()
    engine = Engine(card.load, accelerator=card, expected_gib=lambda one: float(one.revision))
    make, _ = making(engine)
    for name in ("a", "b", "c"):
        make(spec(name))
    make(spec("d", gib=7))
    assert names(card) == ["b", "c", "d"]


@pytest.mark.parametrize("known", [True, False])
def test_a_limit_is_kept_whatever_the_device_has(known: bool) -> None:
    card = Card(total_gib=1000, known=known)
    make, _ = making(Engine(card.load, accelerator=card, limit_gib=17))
    for name in ("a", "b", "c"):
        make(spec(name))
        assert sum(model.gib for model in card.held) <= 17
    assert names(card) == ["b", "c"]
    assert card.limits == []
    make(spec("on the gpu", device="cuda"))
    assert card.limits == [("cuda", 17)]


def test_a_limit_is_no_reason_to_unload_what_fits_beside_a_new_model() -> None:
    card = Card(total_gib=17)
    make, _ = making(Engine(card.load, accelerator=card, limit_gib=17))
    make(spec("a"))
    make(spec("b"))
    assert names(card) == ["a", "b"]


def test_models_go_where_the_computers_own_memory_has_no_room_for_another() -> None:
    card = Card()
    engine = Engine(card.load, accelerator=card, has_ram=lambda _: len(card.held) < 2)
    make, _ = making(engine)
    for name in ("a", "b", "c"):
        make(spec(name, gib=1))
    assert names(card) == ["b", "c"]


def test_out_of_memory_is_answered_by_others_first_then_fewer_then_cheaper() -> None:
    card = Card(total_gib=20)
    engine = Engine(card.load, accelerator=card)
    make, took = making(engine)
    make(spec("other", gib=4))
    # 4 x 16 GiB do not fit in what "a" leaves: 12 GiB when the other is gone.
    results = make(spec("a"), *[request(16)] * 4)
    assert names(card) == ["a"]
    assert took[1:] == [[0, 1, 2, 3], [0, 1, 2, 3], [0, 1], [0], [0]]
    assert results[0].notes == (
        "The GPU's memory ran out: 2 at once instead of 4.",
        "The GPU's memory ran out: 1 at once instead of 2.",
        "The GPU's memory ran out: in tiles.",
    )
    assert engine.load(spec("a")).most == 1
    assert make(spec("a"), *[request(16)] * 2)[0].notes == ()


def test_a_model_that_ran_out_of_memory_beside_others_has_it_to_itself_from_then_on() -> None:
    card = Card(total_gib=20)
    make, took = making(Engine(card.load, accelerator=card))
    for name in ("a", "b", "a", "b", "a"):
        make(spec(name), request(10))
    assert [len(calls) for calls in took] == [1] * len(took)
    # Each learns it once, and each change of model is one loading and one call.
    assert len(took) == 5 + 2
    assert names(card) == ["a"]


def test_when_nothing_helps_the_error_says_what_was_tried_and_what_to_change() -> None:
    card = Card(total_gib=9)
    make, _ = making(Engine(card.load, accelerator=card))
    with pytest.raises(BackendError) as error:
        make(spec("flux"), request(500))
    assert "flux cannot make 500x8" in str(error.value)
    assert "after: in tiles; offloaded. Choose a smaller size" in str(error.value)
    assert make(spec("flux"))[0].notes[-1] == "The GPU's memory ran out: offloaded."


def test_a_model_too_large_to_load_is_loaded_in_a_cheaper_way_or_refused() -> None:
    card = Card(total_gib=9)

    def cheaper(wanted: ModelSpec) -> tuple[ModelSpec, str] | None:
        if wanted.tuning.offload is Offload.MODEL:
            return None
        tuning = Tuning(device="cuda", offload=Offload.MODEL)
        return wanted.model_copy(update={"tuning": tuning}), "each part waits"

    ladder: Cheaper = cheaper
    engine = Engine(card.load, accelerator=card, cheaper=ladder)
    make, _ = making(engine)
    make(spec("small", gib=2))
    assert make(spec("large", gib=16))[0].notes == (
        "There was no room to load large: each part waits.",
    )
    assert names(card) == ["large"]
    assert engine.resident == (key_of(spec("large", gib=16)),)
    with pytest.raises(BackendError, match=r"huge cannot be loaded: .* each part waits"):
        make(spec("huge", gib=64))
    assert make(spec("small", gib=2))[0].notes == ()


def test_a_model_that_is_never_done_getting_cheaper_does_not_hold_the_gpu() -> None:
    card = Card(total_gib=9)
    make, _ = making(Engine(card.load, accelerator=card))
    make(spec("a"))
    card.held[0].cheaper = ["again"] * 10_000
    card.total_gib = 0
    with pytest.raises(BackendError, match="too small"):
        make(spec("a"), request(500))
    assert len(card.held[0].calls) < 50


def test_a_model_that_fails_to_load_leaves_nothing_behind() -> None:
    card = Card()

    def load(wanted: ModelSpec) -> Model:
        raise InputError(f"there is nothing at {wanted.path}")

    engine = Engine(load, accelerator=card)
    make, _ = making(engine)
    with pytest.raises(InputError, match="nothing at /a"):
        make(spec("a"))
    assert engine.resident == ()


def test_a_model_that_loses_a_result_is_told_so() -> None:
    card = Card()

    class Careless(Loaded):
        def make(self, requests: Sequence[Request], progress: Progress) -> list[Result]:
            return super().make(requests, progress)[1:]

    engine = Engine(lambda one: Careless(card, one, 1.0), accelerator=card)
    make, _ = making(engine)
    with pytest.raises(BackendError, match="1 results for 2 requests"):
        make(spec("a"), request(), request())


def test_only_what_fits_into_one_call_is_taken() -> None:
    card = Card(total_gib=1000)
    make, took = making(Engine(card.load, accelerator=card))
    make(spec("a"), *(request(width) for width in (1, 2, 1, 1, 2, 1, 1)))
    assert took == [[0, 2, 3, 5]]


def test_closing_unloads_every_model() -> None:
    card = Card()
    engine = Engine(card.load, accelerator=card)
    make, _ = making(engine)
    make(spec("a"))
    make(spec("b"))
    engine.close()
    assert card.held == []
    assert engine.resident == ()
    assert card.emptied


def raised_from(cause: Exception) -> Exception:
    error = BackendError("the model failed")
    error.__cause__ = cause
    return error


class OutOfMemoryError(RuntimeError):
    """As torch names its own."""


class AcceleratorError(RuntimeError):
    """As torch names its own."""


@pytest.mark.parametrize(
    ("error", "full", "broken"),
    [
        (OutOfMemory("no room"), True, False),
        (OutOfMemoryError("x"), True, False),
        (MemoryError(), True, False),
        (RuntimeError("MPS backend out of memory (MPS allocated: 5 GB)"), True, False),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"), True, True),
        (raised_from(RuntimeError("CUDA out of memory.")), True, False),
        (RuntimeError("CUDA error: device-side assert triggered"), False, True),
        (AcceleratorError("an illegal memory access was encountered"), False, True),
        (raised_from(RuntimeError("HIP error: launch failure")), False, True),
        (ValueError("out of memory is a film"), False, False),
        (RuntimeError("shapes cannot be multiplied"), False, False),
    ],
)
def test_what_torch_raises_is_told_apart(error: Exception, full: bool, broken: bool) -> None:
    assert is_out_of_memory(error) is full
    assert is_broken(error) is broken

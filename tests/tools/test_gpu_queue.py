"""What `[gpu]` may hold, and what the GPU does next: without a process, by tickets alone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator

import pytest
from pydantic import JsonValue

from nightshoot.domain.storyboard import ControlKind
from nightshoot.errors import InputError
from nightshoot.tools.diffusion.messages import key_of
from nightshoot.tools.diffusion.orders import ImageRequest, Kind, ModelSpec
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.gpu import Gpu
from nightshoot.tools.gpu_queue import Models, Ticket, Waiting, gather_s, turn_s

REQUEST = ImageRequest(
    prompt="",
    width=64,
    height=64,
    seed=1,
    num_inference_steps=2,
    guidance_scale=1.0,
    out_width=64,
    out_height=64,
    out="0.txt",
)


def spec_of(name: str) -> ModelSpec:
    return ModelSpec(kind=Kind.IMAGE, family="fake", path=name, revision="1", tuning=Tuning())


def test_without_torch_the_facts_are_none_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    facts = Gpu().facts()
    assert (facts.device, facts.name, facts.vram_gib) == ("none", "none", 0.0)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"vram": 8}, "vram"),
        ({"vram_gib": -1}, "vram_gib"),
        ({"device": "cuda:x"}, "device"),
        ({"patience_s": "soon"}, "patience_s"),
    ],
)
def test_a_setting_that_is_none_is_refused_by_name(
    section: dict[str, JsonValue], said: str
) -> None:
    with pytest.raises(InputError, match=rf"\[gpu\] in the settings: {said}:"):
        Gpu.configured(section)
    assert Gpu.configured({"vram_gib": 8, "idle_s": 60, "device": "cuda:1"}).config.vram_gib == 8


@pytest.fixture
def ticket() -> Iterator[Callable[[str, float], Ticket]]:
    loop = asyncio.new_event_loop()

    def build(model: str, asked_at: float) -> Ticket:
        return Ticket(
            key=model,
            spec=spec_of(model),
            request=REQUEST,
            progress=lambda _: None,
            loop=loop,
            answer=loop.create_future(),
            asked_at=asked_at,
        )

    yield build
    loop.close()


def test_the_queue_keeps_to_loaded_models_but_lets_nothing_wait_for_ever(
    ticket: Callable[[str, float], Ticket],
) -> None:
    waiting = Waiting()
    assert waiting.next((), now=0, loaded_at=0, turn_s=60) is None
    for model, at in (("b", 1.0), ("a", 2.0), ("c", 3.0), ("a", 4.0)):
        waiting.add(ticket(model, at))

    def chosen(*resident: str, now: float) -> str:
        first = waiting.next(resident, now=now, loaded_at=10.0, turn_s=60.0)
        assert first is not None
        return f"{first.key}{first.asked_at:g}"

    assert chosen(now=11) == "b1"
    assert chosen("a", now=11) == "a2"
    assert chosen("a", "c", now=11) == "a2"
    assert chosen("c", "a", "b", now=11) == "b1"
    assert chosen("a", now=69.9) == "a2"
    assert chosen("a", now=70.0) == "b1"


def test_a_request_that_may_be_at_fault_is_in_no_batch(
    ticket: Callable[[str, float], Ticket],
) -> None:
    waiting = Waiting()
    one, two, three, other = (ticket(key, at) for at, key in enumerate("aaab"))
    for each in (one, two, three, other):
        waiting.add(each)
    two.alone = True
    assert waiting.together(one, 4) == [one, three]
    assert waiting.together(two, 4) == [two]
    assert waiting.together(one, 1) == [one]
    waiting.take([one])
    waiting.put_back([one])
    assert [each.asked_at for each in waiting.of("a")] == [0, 1, 2]


def test_how_long_is_worth_waiting_for_goes_by_what_loading_and_making_cost() -> None:
    assert turn_s(0.1) == 60
    assert turn_s(15) == 300
    assert gather_s(0.0) == 0.003
    assert gather_s(20.0) == pytest.approx(0.4)
    assert gather_s(1000.0) == 1.0


def test_a_batch_and_a_swap_are_waited_for_as_long_as_they_may_save(
    ticket: Callable[[str, float], Ticket],
) -> None:
    models, waiting = Models(now=0.0), Waiting()
    assert models.next(waiting, now=0.0) is None
    assert models.load_at() == 0.0
    first = ticket("a", 100.0)
    assert models.make_at(first, 1) == 0.0
    models.resident = ("a",)
    models.was_loaded("a", most=4, took_s=20.0, now=50.0)
    assert models.make_at(first, 1) == pytest.approx(100.003)
    models.was_used("a", most=2, took_s=30.0)
    assert models.make_at(first, 1) == pytest.approx(100.6)
    assert models.make_at(first, 2) == 0.0
    models.quiet_since = 200.0
    assert models.load_at() == pytest.approx(201.0)
    for one in (ticket("b", 60.0), first):
        waiting.add(one)
    assert models.next(waiting, now=459.0) is first
    # Twenty times the twenty seconds of loading have passed.
    turn = models.next(waiting, now=460.0)
    assert turn is not None
    assert turn.key == "b"
    first.alone = True
    assert models.make_at(first, 1) == 0.0


def test_equal_specs_have_equal_keys_whatever_the_order_of_their_parts() -> None:
    spec, depth, canny = spec_of("a"), ControlKind.DEPTH, ControlKind.CANNY
    one = spec.model_copy(update={"controlnets": {depth: "/d", canny: "/c"}})
    two = spec.model_copy(update={"controlnets": {canny: "/c", depth: "/d"}})
    assert key_of(one) == key_of(two) != key_of(spec)

"""What goes together, what is cheaper, and what changes the picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nightshoot.tools.diffusion.tuning import (
    Cache,
    Offload,
    Precision,
    Quantization,
    Tuning,
    cheaper,
    pixels_of,
)


def tunings() -> st.SearchStrategy[Tuning]:
    """Gives every tuning that goes together."""

    def built(**settings: object) -> Tuning | None:
        try:
            return Tuning.model_validate(settings)
        except ValidationError:
            return None

    return st.builds(
        built,
        device=st.sampled_from(["cpu", "mps", "cuda", "cuda:1"]),
        precision=st.sampled_from(Precision),
        quantization=st.sampled_from(Quantization),
        offload=st.sampled_from(Offload),
        tiled_vae=st.booleans(),
        cache=st.sampled_from(Cache),
        compile=st.booleans(),
        at_once=st.integers(1, 64),
    ).filter(lambda made: made is not None)  # type: ignore[return-value]


def ladder(tuning: Tuning, *, quantize: bool = False) -> list[tuple[Tuning, str]]:
    steps = []
    while (step := cheaper(tuning, quantize=quantize)) is not None:
        steps.append(step)
        tuning = step[0]
        assert len(steps) < 32, "it never ends"
    return steps


def test_ladder_goes_from_the_batch_to_single_layers() -> None:
    steps = [tuning for tuning, _ in ladder(Tuning(device="cuda", at_once=4, compile=True))]
    assert [(step.at_once, step.tiled_vae, step.offload.value) for step in steps] == [
        (2, False, "none"),
        (1, False, "none"),
        (1, True, "none"),
        (1, True, "model"),
        (1, True, "group"),
        (1, True, "sequential"),
    ]
    assert [step.compile for step in steps] == [True, True, True, True, False, False]


def test_weights_are_quantized_last_and_only_where_allowed() -> None:
    start = Tuning(device="cuda", tiled_vae=True, offload=Offload.SEQUENTIAL)
    assert cheaper(start) is None
    steps = [tuning for tuning, _ in ladder(start, quantize=True)]
    assert [(step.quantization.value, step.offload.value) for step in steps] == [
        ("int8", "model"),
        ("int8", "group"),
        ("nf4", "model"),
    ]


@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_offload_is_not_offered_where_there_is_one_memory(device: str) -> None:
    steps = ladder(Tuning(device=device, at_once=2), quantize=True)
    assert [step.offload for step, _ in steps] == [Offload.NONE, Offload.NONE]


@given(tunings(), st.booleans())
def test_ladder_ends_and_says_what_it_does(tuning: Tuning, quantize: bool) -> None:
    before = tuning
    for step, sentence in ladder(tuning, quantize=quantize):
        assert step != before
        assert sentence
        assert sentence[-1] != "."
        before = step
    assert before.at_once == 1
    assert before.tiled_vae


@given(tunings())
def test_ladder_changes_nothing_but_tiles_unless_it_may(tuning: Tuning) -> None:
    for step, _ in ladder(tuning):
        assert pixels_of(step.model_copy(update={"tiled_vae": False})) == pixels_of(
            tuning.model_copy(update={"tiled_vae": False})
        )


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"quantization": "int8"}, "needs a GPU"),
        ({"device": "mps", "offload": "model"}, "memory of its own"),
        ({"device": "cuda", "quantization": "nf4", "offload": "group"}, "nf4 goes with"),
        ({"cache": "first_block", "at_once": 2}, "at_once must be 1"),
        ({"device": "gpu"}, "match pattern"),
        ({"at_once": 0}, "greater than"),
        ({"speed": "fast"}, "not permitted"),
    ],
)
def test_what_does_not_go_together_is_refused(settings: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Tuning.model_validate(settings)


def test_picture_depends_on_what_is_named() -> None:
    plain = Tuning(device="cuda", precision=Precision.BF16)
    assert pixels_of(plain) == "bf16"
    same: list[dict[str, object]] = [
        {"device": "cuda:1"},
        {"offload": "group"},
        {"compile": True},
        {"at_once": 8},
        {"cache_threshold": 0.5},
    ]
    other: list[dict[str, object]] = [
        {"precision": "fp16"},
        {"vae_fp32": True},
        {"quantization": "nf4"},
        {"tiled_vae": True},
        {"attention": "sage"},
        {"cache": "first_block"},
        {"cache": "first_block", "cache_threshold": 0.2},
    ]

    def with_(changed: dict[str, object]) -> str:
        return pixels_of(Tuning.model_validate(plain.model_dump() | changed))

    assert {with_(changed) for changed in same} == {"bf16"}
    assert len({"bf16", *(with_(changed) for changed in other)}) == 1 + len(other)

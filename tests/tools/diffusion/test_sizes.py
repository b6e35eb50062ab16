from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightshoot.tools.diffusion.families import families
from nightshoot.tools.diffusion.orders import Kind
from nightshoot.tools.diffusion.sizes import LONGEST_SIDES, Size, painted_size, scaled_and_cropped

sides = st.integers(64, 4096)
multiples = st.sampled_from([8, 16, 32])
areas = st.sampled_from([512**2, 768**2, 1024**2, 1328**2])


@given(sides, sides, multiples, areas, st.sampled_from([1.0, 1.5, 4.0]))
def test_a_painted_size_keeps_the_rules_and_the_shape(
    width: int, height: int, multiple: int, best: int, room: float
) -> None:
    most = int(best * room)
    size = painted_size(width, height, multiple=multiple, best_pixels=best, max_pixels=most)
    if max(width, height) > LONGEST_SIDES * min(width, height):
        assert size is None
        return
    assert size is not None
    assert size.width % multiple == 0
    assert size.height % multiple == 0
    assert size.pixels <= most
    assert 0.6 < size.pixels / best < 1.6
    # What the crop takes away, as painted, is at most one multiple of one side, and the hundredth
    # to which shapes are compared.
    ideal = size.height * width / height
    lost = max(size.width - ideal, (ideal - size.width) * height / width)
    assert lost <= multiple + 0.01 * max(size.width, size.height)


@given(sides, sides, sides, sides)
def test_what_is_scaled_covers_the_plan_and_is_cropped_in_the_middle(
    across: int, down: int, width: int, height: int
) -> None:
    covers, left, top = scaled_and_cropped(Size(width=across, height=down), width, height)
    assert covers.width >= width
    assert covers.height >= height
    # One side fits exactly, so that no more is cropped than has to be.
    assert covers.width == width or covers.height == height
    assert 0 <= covers.width - width - 2 * left <= 1
    assert 0 <= covers.height - height - 2 * top <= 1
    # The shape is kept to the half pixel that rounding takes.
    scale = max(width / across, height / down)
    assert math.isclose(covers.width, across * scale, abs_tol=0.51)
    assert math.isclose(covers.height, down * scale, abs_tol=0.51)


@pytest.mark.parametrize("family", [one for one in families() if one.kind is Kind.IMAGE])
@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (1024, 1024), (768, 1024)])
def test_every_family_paints_the_usual_films(family: object, size: tuple[int, int]) -> None:
    painted = painted_size(
        *size,
        multiple=family.size_multiple,  # type: ignore[attr-defined]
        best_pixels=family.best_pixels,  # type: ignore[attr-defined]
        max_pixels=family.max_pixels,  # type: ignore[attr-defined]
    )
    assert painted is not None
    assert painted.width / painted.height == pytest.approx(size[0] / size[1], rel=0.03)


def test_the_size_is_the_trained_one_where_the_shape_is() -> None:
    size = painted_size(1024, 1024, multiple=8, best_pixels=1024**2, max_pixels=1536**2)
    assert size == Size(width=1024, height=1024)

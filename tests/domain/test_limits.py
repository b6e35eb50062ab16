"""Money, GPU time and takes as values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightshoot.domain.limits import Currency, Limits, Used

AMOUNTS = st.builds(Used, usd=st.floats(0, 1e4), gpu_s=st.floats(0, 1e6), takes=st.integers(0, 999))
BOUNDS = st.builds(
    Limits,
    usd=st.none() | st.floats(0, 1e4),
    gpu_s=st.none() | st.floats(0, 1e6),
    takes=st.none() | st.integers(0, 999),
)


@given(AMOUNTS, AMOUNTS)
def test_what_was_used_since_a_base_and_the_base_are_all_again(base: Used, more: Used) -> None:
    both = base + more
    for currency in Currency:
        since = both.beyond(base).of(currency)
        assert since == pytest.approx(more.of(currency), abs=1e-6)
        assert base.beyond(both).of(currency) == 0
        assert both.or_more(base).of(currency) == both.of(currency)


@given(BOUNDS, BOUNDS, AMOUNTS)
def test_of_two_limits_both_hold(one: Limits, other: Limits, used: Used) -> None:
    both = one.tightened(other)
    kept = one.passed(used) is None and other.passed(used) is None
    assert (both.passed(used) is None) == kept


@given(BOUNDS, AMOUNTS)
def test_what_is_left_is_none_where_a_limit_is_passed(limits: Limits, used: Used) -> None:
    left = limits.left(used)
    assert left.given.keys() == limits.given.keys()
    passed = limits.passed(used)
    if passed is not None:
        assert left.of(passed) == 0


@pytest.mark.parametrize(
    ("currency", "amount", "said"),
    [
        (Currency.USD, 0, "0.00 USD"),
        (Currency.USD, 0.0031, "0.0031 USD"),
        (Currency.USD, 12.5, "12.50 USD"),
        (Currency.GPU_S, 7, "7.0 GPU seconds"),
        (Currency.GPU_S, 150, "2.5 GPU minutes"),
        (Currency.GPU_S, 28_800, "8.0 GPU hours"),
        (Currency.TAKES, 1, "1 take"),
        (Currency.TAKES, 40, "40 takes"),
    ],
)
def test_amounts_are_said_in_words(currency: Currency, amount: float, said: str) -> None:
    assert currency.said(amount) == said

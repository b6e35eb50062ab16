"""Time: frames are whole, rates exact, durations as people write them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightshoot.domain.time import frames_for, parse_duration, parse_rate, seconds_for
from nightshoot.errors import InputError

RATES = st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)])


@given(st.floats(0, 7200), RATES)
def test_frames_last_at_least_as_long_as_asked_and_less_than_one_more(
    seconds: float, rate: Fraction
) -> None:
    frames = frames_for(seconds, rate)
    assert seconds_for(frames, rate) >= seconds - 1e-6
    assert seconds_for(frames - 1, rate) < seconds + 1e-6


@given(st.integers(0, 200_000), RATES)
def test_whole_frames_stay_as_many(frames: int, rate: Fraction) -> None:
    assert frames_for(seconds_for(frames, rate), rate) in (frames, frames + 1)
    assert frames_for(seconds_for(frames, Fraction(24)), Fraction(24)) == frames


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("45s", 45), ("45", 45), ("1m30s", 90), ("1:30", 90), ("1:00:00", 3600), ("90 sec", 90),
        ("1.5m", 90), ("2 minutes", 120), ("1分30秒", 90), ("30秒", 30), ("1小时", 3600),
        ("2h", 7200), (" 1M ", 60), ("0:01.5", 1.5),
    ],
)  # fmt: skip
def test_durations_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", " ", "long", "-5s", "5x", "nan", "inf", "1e3", "0", "0.5s", "2:00:01", "3h",
     "1:2:3:4", "１０秒半", "s"],
)  # fmt: skip
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("24", Fraction(24)), ("25.0", Fraction(25)), ("23.976", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)), ("30000/1001", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)), ("119.88", Fraction(120000, 1001)),
        ("12.5", Fraction(25, 2)),
    ],
)  # fmt: skip
def test_rates_are_exact(text: str, rate: Fraction) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "fast", "0", "-24", "1/0", "121", "nan", "inf", "24fps", "1e9"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_rate(text)

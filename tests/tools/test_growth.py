"""A process that keeps more and more memory is told from one that has more to do."""

from __future__ import annotations

from nightshoot.tools.growth import Growth


def told(growth: Growth, *sizes_gib: float, work: str = "small", models: str = "a") -> list[bool]:
    return [bool(growth.excess(models, work, ram_gib=gib)) for gib in sizes_gib]


def test_a_leak_is_found_and_what_stays_the_same_is_none() -> None:
    growth = Growth()
    assert not any(told(growth, *[4.0] * 1000))
    assert told(growth, 7.9, 8.1) == [False, True]


def test_a_slow_leak_does_not_become_usual() -> None:
    growth = Growth()
    sizes = [4.0 + number / 100 for number in range(1000)]
    found = told(growth, *sizes).index(True)
    assert 8.0 < sizes[found] < 8.1


def test_a_larger_picture_and_another_model_are_no_leak() -> None:
    growth = Growth()
    assert not any(told(growth, 4.0, 4.0))
    assert not any(told(growth, 20.0, 20.0, 20.0, work="large"))
    assert not any(told(growth, 20.0, work="small"))
    assert not any(told(growth, 60.0, 60.0, 60.0, models="ab"))
    assert told(growth, 33.0) == [True], "the other model is gone, and its memory is not"


def test_a_leak_of_the_swap_is_found_when_a_model_comes_back() -> None:
    growth = Growth()
    found = 0
    for swap in range(100):
        for model in "ab":
            if any(told(growth, 4.0 + swap, models=model)):
                found = found or swap
    assert 4 < found < 8


def test_a_limit_is_kept_whatever_is_asked() -> None:
    growth = Growth(6.0)
    assert told(growth, 4.0, 4.0, 5.9, 6.1) == [False, False, False, True]
    assert told(growth, 6.1, work="large") == [True]


def test_a_limit_that_the_first_request_needs_more_than_is_no_limit() -> None:
    growth = Growth(3.0)
    assert told(growth, 4.0, 4.0, 7.9, 8.1) == [False, False, False, True]


def test_a_new_process_is_judged_anew() -> None:
    growth = Growth()
    told(growth, 1.0, 1.0)
    growth.begin()
    assert not any(told(growth, 10.0, 10.0, 10.0))


def test_the_gpus_memory_is_watched_too_and_what_nobody_knows_is_not() -> None:
    growth = Growth(0.1)
    for _ in range(3):
        assert not growth.excess("a", "small", ram_gib=None, vram_gib=10.0)
    said = growth.excess("a", "small", ram_gib=None, vram_gib=18.0)
    assert said == "18.0 GiB of the GPU's memory, 10.0 at first and 17.0 at most"

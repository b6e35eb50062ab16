from __future__ import annotations

from collections.abc import Callable

import pytest

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Figure, Staging
from nightshoot.domain.vocabulary import (
    Dressing,
    Era,
    Mood,
    Setting,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.judges.contrast import Probe, margin, probes

Plan = Callable[..., ShotPlan]


def staging(**parts: object) -> Staging:
    usual: dict[str, object] = {
        "setting": Setting.RIVER,
        "era": Era.ANCIENT,
        "time_of_day": TimeOfDay.NIGHT,
        "mood": Mood.SERENE,
    }
    return Staging.model_validate(usual | parts)


def probe_of(plan: ShotPlan, aspect: str) -> Probe:
    return next(probe for probe in probes(plan) if probe.aspect == aspect)


def test_texts_differ_in_one_thing_only(plan: Plan) -> None:
    for probe in probes(plan()):
        asked, *swaps = probe.texts
        assert swaps
        for words, text in zip(probe.swaps, swaps, strict=True):
            assert text.replace(words, probe.asked, 1) == asked


def test_the_prompt_does_not_give_away_what_is_swapped(plan: Plan) -> None:
    given = plan(prompt="A Man on a RIVER at night, heavy rain, moonlight on two people, red robe")
    rests = {probe.aspect: probe.rest.casefold() for probe in probes(given)}
    assert "river" not in rests["place"]
    assert "night" not in rests["time of day"]
    assert "moonlight" not in rests["time of day"]
    assert "rain" not in rests["weather"]
    assert "people" not in rests["number of people"]
    for rest in rests.values():
        assert "red robe" in rest
    # The others stay.
    assert "river" in rests["weather"]


@pytest.mark.parametrize(
    ("asked", "never", "always"),
    [
        (TimeOfDay.DUSK, "dawn", "bright daylight"),
        (TimeOfDay.NIGHT, "dusk", "bright daylight"),
        (TimeOfDay.DAY, "dawn", "night"),
    ],
)
def test_light_that_looks_alike_is_not_held_against_a_picture(
    plan: Plan, asked: TimeOfDay, never: str, always: str
) -> None:
    probe = probe_of(plan(staging=staging(time_of_day=asked)), "time of day")
    assert never not in probe.swaps
    assert always in probe.swaps
    assert probe.asked not in probe.swaps


def test_every_term_can_be_asked_and_has_a_rival(plan: Plan) -> None:
    for setting in Setting:
        for time in TimeOfDay:
            for weather in Weather:
                given = plan(staging=staging(setting=setting, time_of_day=time, weather=weather))
                assert all(probe.swaps for probe in probes(given))


def test_people_are_counted_as_they_are_shown(plan: Plan) -> None:
    def people(count: int, size: ShotSize = ShotSize.MS, **parts: object) -> str:
        figures = tuple(Figure(x=0.0) for _ in range(count))
        given = plan(staging=staging(figures=figures, **parts), camera=Camera(size=size))
        return probe_of(given, "number of people").asked

    assert people(0) == "an empty place with nobody in it"
    assert people(1) == "one person"
    assert people(2) == "two people"
    assert people(4) == "a group of people"
    assert people(4, ShotSize.CU) == "one person"
    assert people(0, dressing=(Dressing.CROWD,)) == "a large crowd of people"


def test_a_framing_is_asked_about_what_it_shows(plan: Plan) -> None:
    def aspects(size: ShotSize, setting: Setting = Setting.RIVER) -> set[str]:
        given = plan(camera=Camera(size=size), staging=staging(setting=setting))
        return {probe.aspect for probe in probes(given)}

    assert aspects(ShotSize.EWS) == {"place", "time of day", "weather"}
    assert aspects(ShotSize.MS, Setting.ROOM) == {"place", "number of people"}
    assert aspects(ShotSize.CU) == {"number of people"}
    assert aspects(ShotSize.ECU) == set()


PROBE = Probe(aspect="weather", asked="rain", swaps=("snow", "fog"), rest="")
RAIN, SNOW, FOG = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def test_the_right_picture_wins_and_the_wrong_one_loses() -> None:
    right = margin(PROBE, (RAIN, SNOW, FOG), [RAIN], sharpness=10.0)
    assert right.probability > 0.99
    wrong = margin(PROBE, (RAIN, SNOW, FOG), [SNOW], sharpness=10.0)
    assert wrong.probability < 0.01
    assert wrong.rival == "snow"


def test_a_picture_of_neither_is_a_tie() -> None:
    tie = margin(PROBE, (RAIN, SNOW, FOG), [(0.0, 0.0, 0.0)], sharpness=10.0)
    assert tie.probability == pytest.approx(0.5)


def test_frames_are_weighed_together_and_the_worst_is_named() -> None:
    found = margin(PROBE, (RAIN, SNOW, FOG), [RAIN, FOG, RAIN], sharpness=3.0)
    assert found.worst == 1
    assert found.rival == "fog"
    # Two frames of three speak for rain.
    assert found.probability == pytest.approx(1 / (1 + 2.718281828 ** -(3.0 / 3)), abs=1e-6)


def test_the_models_own_scale_decides_how_sure_it_is() -> None:
    half = (0.6, 0.55, 0.0)
    unsure = margin(PROBE, (RAIN, SNOW, FOG), [half], sharpness=1.0)
    sure = margin(PROBE, (RAIN, SNOW, FOG), [half], sharpness=100.0)
    assert 0.5 < unsure.probability < 0.52
    assert sure.probability > 0.99


def test_odds_beyond_all_bounds_are_still_a_probability() -> None:
    found = margin(PROBE, (RAIN, SNOW, FOG), [SNOW], sharpness=1e6)
    assert 0 <= found.probability < 1e-9

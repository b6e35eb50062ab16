"""The judge of a scene finds the shot of another light or colour; other framings may differ."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from nightshoot.domain.review import Finding
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera, Shot, Staging
from nightshoot.domain.vocabulary import (
    CameraAngle,
    Era,
    Mood,
    Setting,
    ShotSize,
    TimeOfDay,
    Weather,
)
from nightshoot.tools.measure.frames import Footage, Picture
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.measure.scenes import Palette, SceneShot, judge_scenes, palette_of

STAGING = Staging(
    setting=Setting.RIVER, era=Era.ANCIENT, time_of_day=TimeOfDay.NIGHT, mood=Mood.SERENE
)
NIGHT = Palette(stops=(-5.0, -3.0, -1.5), a=-2.0, b=-12.0)


def shot(
    number: int,
    *,
    size: ShotSize = ShotSize.MS,
    angle: CameraAngle = CameraAngle.EYE,
    scene: str = "s1",
    staging: Staging = STAGING,
) -> Shot:
    return Shot(
        id=f"s{number:02}",
        number=str(number),
        scene=scene,
        camera=Camera(size=size, angle=angle),
        staging=staging,
    )


def lit(palette: Palette, *, stops: float = 0.0, a: float = 0.0, b: float = 0.0) -> Palette:
    dim, bright, peak = palette.stops
    return Palette(
        stops=(dim + stops, bright + stops, peak + stops), a=palette.a + a, b=palette.b + b
    )


def scene_of(*palettes: Palette) -> list[SceneShot]:
    return [
        SceneShot(shot=shot(number), palette=palette)
        for number, palette in enumerate(palettes, start=1)
    ]


def convicted(shots: list[SceneShot]) -> list[str]:
    return [
        name
        for name, one in judge_scenes(shots).items()
        if isinstance(one, Finding) and not one.passed
    ]


def test_shots_of_one_light_go_together() -> None:
    small = [lit(NIGHT, stops=0.1 * step, b=0.5 * step) for step in range(5)]
    verdicts = judge_scenes(scene_of(*small))
    assert list(verdicts) == ["s01", "s02", "s03", "s04", "s05"]
    assert all(isinstance(one, Finding) and one.passed for one in verdicts.values())


@pytest.mark.parametrize("odd", range(4))
def test_the_odd_one_out_alone_is_convicted_wherever_it_stands(odd: int) -> None:
    palettes = [NIGHT] * 4
    palettes[odd] = lit(NIGHT, stops=2.0)
    assert convicted(scene_of(*palettes)) == [f"s{odd + 1:02}"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stops": -2.0}, "2.0 stops darker than shots"),
        ({"stops": 2.2}, "2.2 stops brighter than shots"),
        ({"b": 24.0, "a": 3.0}, "yellower than shots"),
        ({"b": -20.0, "a": 16.0}, "bluer and redder"),
        ({"b": 12.0, "a": 2.0, "stops": 2.2}, "paler in colour"),
        ({"stops": 2.0, "a": -14.0}, "2.0 stops brighter and greener"),
    ],
)
def test_the_note_says_what_differs_and_from_which_shots(
    change: dict[str, float], words: str
) -> None:
    verdict = judge_scenes(scene_of(NIGHT, lit(NIGHT, **change), NIGHT, NIGHT))["s02"]
    assert isinstance(verdict, Finding)
    assert not verdict.passed
    assert words in verdict.note
    assert "shots 1 and 3" in verdict.note


def test_a_bad_neighbour_does_not_convict_the_good_ones_beside_it() -> None:
    shots = scene_of(NIGHT, lit(NIGHT, stops=3), NIGHT, lit(NIGHT, b=30), NIGHT)
    assert convicted(shots) == ["s02", "s04"]


def test_of_two_the_later_is_convicted_and_by_a_larger_distance() -> None:
    near, far = lit(NIGHT, stops=2.1), lit(NIGHT, stops=2.6)
    assert convicted(scene_of(NIGHT, NIGHT, near)) == ["s03"]
    assert convicted(scene_of(NIGHT, near)) == []
    assert convicted(scene_of(NIGHT, far)) == ["s02"]
    assert isinstance(judge_scenes(scene_of(NIGHT, far))["s01"], NotJudged)


def test_where_no_two_shots_agree_the_first_is_not_blamed() -> None:
    shots = scene_of(NIGHT, lit(NIGHT, stops=3), lit(NIGHT, stops=-3))
    assert isinstance(judge_scenes(shots)["s01"], NotJudged)
    assert convicted(shots) == ["s02", "s03"]


@pytest.mark.parametrize(
    "other",
    [
        {"time_of_day": TimeOfDay.DAY},
        {"weather": Weather.RAIN},
        {"mood": Mood.TENSE},
        {"setting": Setting.ROOM},
    ],
)
def test_shots_that_are_to_look_otherwise_are_not_compared(other: dict[str, object]) -> None:
    staging = STAGING.model_copy(update=other)
    shots = [
        SceneShot(shot=shot(1), palette=NIGHT),
        SceneShot(shot=shot(2, staging=staging), palette=lit(NIGHT, stops=3)),
    ]
    assert all(isinstance(one, NotJudged) for one in judge_scenes(shots).values())


def test_shots_of_other_scenes_are_not_compared() -> None:
    shots = [
        SceneShot(shot=shot(1), palette=NIGHT),
        SceneShot(shot=shot(2, scene="s2"), palette=lit(NIGHT, stops=3)),
    ]
    assert all(isinstance(one, NotJudged) for one in judge_scenes(shots).values())


@pytest.mark.parametrize(
    "framing",
    [{"size": ShotSize.ECU}, {"angle": CameraAngle.HIGH}, {"angle": CameraAngle.LOW}],
)
def test_another_framing_may_differ_more(framing: dict[str, object]) -> None:
    away = lit(NIGHT, stops=2.1)
    alike = scene_of(NIGHT, away, NIGHT)
    assert convicted(alike) == ["s02"]
    framed = shot(2, **framing)  # type: ignore[arg-type]
    assert convicted([alike[0], SceneShot(shot=framed, palette=away), alike[2]]) == []


def plan(weather: Weather = Weather.CLEAR) -> ShotPlan:
    return ShotPlan(
        shot="s01",
        prompt="a shot",
        staging=STAGING.model_copy(update={"weather": weather}),
        camera=Camera(size=ShotSize.WS),
        width=64,
        height=64,
        fps=Fraction(24),
        num_frames=48,
        seed=1,
    )


def footage(*frames: Picture) -> Footage:
    color = np.stack(frames)
    luma = np.zeros((len(frames), 64, 64), np.uint8)
    return Footage(luma=luma, color=color, width=64, height=64, fps=Fraction(24))


@pytest.fixture
def picture() -> Picture:
    rng = np.random.default_rng(3)
    return rng.integers(20, 140, (16, 16, 3)).astype(np.uint8)


def test_a_palette_counts_stops_of_light_and_not_code_values(picture: Picture) -> None:
    linear = ((picture / 255 + 0.055) / 1.055) ** 2.4
    darker = np.rint(255 * (1.055 * (linear / 2) ** (1 / 2.4) - 0.055)).astype(np.uint8)
    one, half = palette_of(footage(picture), plan()), palette_of(footage(darker), plan())
    for bright, dark in zip(one.stops, half.stops, strict=True):
        assert bright - dark == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(("channel", "axis", "sign"), [(0, "a", 1), (1, "a", -1), (2, "b", -1)])
def test_a_palette_tells_hues_apart(picture: Picture, channel: int, axis: str, sign: int) -> None:
    tinted = picture.copy()
    tinted[:, :, channel] = np.minimum(255, tinted[:, :, channel].astype(int) + 60)
    before, after = palette_of(footage(picture), plan()), palette_of(footage(tinted), plan())
    assert sign * (getattr(after, axis) - getattr(before, axis)) > 8


def test_lightning_does_not_decide_a_storms_palette(picture: Picture) -> None:
    white = np.full_like(picture, 255)
    frames = [white if at % 5 == 0 else picture for at in range(48)]
    storm = palette_of(footage(*frames), plan(Weather.STORM))
    assert storm == palette_of(footage(picture), plan())


def test_the_verdict_does_not_hang_on_the_order_of_ids() -> None:
    judge: Callable[[list[SceneShot]], list[str]] = convicted
    shots = scene_of(NIGHT, lit(NIGHT, stops=2), NIGHT)
    renamed = [
        one.model_copy(update={"shot": one.shot.model_copy(update={"id": name})})
        for one, name in zip(shots, ("z", "m", "a"), strict=True)
    ]
    assert judge(renamed) == ["m"]

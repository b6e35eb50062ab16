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
from nightshoot.tools.measure.scene.palette import Tone
from nightshoot.tools.measure.scenes import Palette, SceneShot, judge_scenes, palette_of

STAGING = Staging(
    setting=Setting.RIVER, era=Era.ANCIENT, time_of_day=TimeOfDay.NIGHT, mood=Mood.SERENE
)
_COLOURS = (
    (0.35, (6.0, 0.0, -4.0)),
    (0.25, (22.0, 2.0, -14.0)),
    (0.2, (34.0, 0.0, -18.0)),
    (0.15, (48.0, -3.0, -12.0)),
    (0.05, (80.0, -2.0, 10.0)),
)
"""Ink, then what a river has under the moon."""
NIGHT = Palette(
    stops=(-5.0, -3.0, -1.5),
    a=-2.0,
    b=-12.0,
    tones=tuple(Tone(share=share, lab=lab) for share, lab in _COLOURS),
)


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
    """The same picture in another light."""
    dim, bright, peak = palette.stops
    # Source: CIE 15, lightness is the cube root of light, above the darkest.
    gain = 2 ** (stops / 3)
    tones = tuple(
        Tone(
            share=one.share,
            lab=(
                min(100.0, max(0.0, (one.lab[0] + 16) * gain - 16)),
                one.lab[1] * gain + a,
                one.lab[2] * gain + b,
            ),
        )
        for one in palette.tones
    )
    return Palette(
        stops=(dim + stops, bright + stops, peak + stops),
        a=palette.a + a,
        b=palette.b + b,
        tones=tones,
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
    small = [lit(NIGHT, stops=0.02 * step, b=0.2 * step) for step in range(5)]
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
    near, far = lit(NIGHT, b=4.0), lit(NIGHT, b=8.0)
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


def framed(palette: Palette, *shares: float) -> Palette:
    """The same colours, in other shares; those with none are out of the frame."""
    tones = tuple(
        one.model_copy(update={"share": share})
        for one, share in zip(palette.tones, shares, strict=True)
        if share
    )
    return palette.model_copy(update={"tones": tones, "stops": (-7.0, -5.0, -4.0)})


def test_a_framing_that_shows_other_shares_of_the_same_colours_is_not_another_light() -> None:
    close = framed(NIGHT, 0.7, 0.25, 0.05, 0.0, 0.0)
    assert convicted(scene_of(NIGHT, close, NIGHT)) == []
    assert convicted(scene_of(NIGHT, lit(close, b=9.0), NIGHT)) == ["s02"]


def test_a_camera_that_looks_another_way_than_all_may_see_other_colours() -> None:
    away = lit(NIGHT, b=3.4)
    alike = scene_of(NIGHT, away, NIGHT)
    assert convicted(alike) == ["s02"]
    down = SceneShot(shot=shot(2, angle=CameraAngle.HIGH), palette=away)
    assert convicted([alike[0], down, alike[2]]) == []
    beside = SceneShot(shot=shot(3, angle=CameraAngle.OVERHEAD), palette=NIGHT)
    assert convicted([alike[0], down, beside]) == ["s02"], "another sees the ground as well"


def test_a_close_view_among_wide_ones_may_see_other_colours() -> None:
    away = lit(NIGHT, b=3.4)
    alike = scene_of(NIGHT, away, NIGHT)
    near = SceneShot(shot=shot(2, size=ShotSize.CU), palette=away)
    assert convicted([alike[0], near, alike[2]]) == []
    beside = SceneShot(shot=shot(3, size=ShotSize.MCU), palette=NIGHT)
    assert convicted([alike[0], near, beside]) == ["s02"], "another is as close"


def test_two_that_are_not_quite_alike_are_no_model_for_a_third() -> None:
    loose = [NIGHT, lit(NIGHT, b=4.0)]
    assert convicted(scene_of(*loose, lit(NIGHT, b=8.0))) == []
    assert convicted(scene_of(*loose, lit(NIGHT, b=14.0))) == ["s03"]


def test_shots_that_never_match_are_not_held_to_what_a_steady_painter_reaches() -> None:
    restless = [lit(NIGHT, b=b) for b in (0.0, 16.0, 32.0, 48.0, 64.0)]
    assert convicted(scene_of(NIGHT, NIGHT, NIGHT, NIGHT, lit(NIGHT, b=6.0))) == ["s05"]
    assert convicted(scene_of(NIGHT, *restless, lit(NIGHT, b=80.0))) == []


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
    still = palette_of(footage(picture), plan())
    assert storm == still


def test_the_verdict_does_not_hang_on_the_order_of_ids() -> None:
    judge: Callable[[list[SceneShot]], list[str]] = convicted
    shots = scene_of(NIGHT, lit(NIGHT, stops=2), NIGHT)
    renamed = [
        one.model_copy(update={"shot": one.shot.model_copy(update={"id": name})})
        for one, name in zip(shots, ("z", "m", "a"), strict=True)
    ]
    assert judge(renamed) == ["m"]

"""People are drawn as the storyboard says, and stay themselves from shot to shot."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from io import BytesIO

import numpy as np
import numpy.typing as npt
import pytest
import resvg_py
from PIL import Image

from nightshoot.domain.screenplay import Look
from nightshoot.domain.storyboard import Figure
from nightshoot.domain.vocabulary import (
    Age,
    Build,
    Dress,
    Era,
    Facing,
    Gesture,
    Headgear,
    HeldProp,
    Posture,
    Sex,
)
from nightshoot.tools.image.shadow_play.figures import (
    Part,
    bust,
    full_figure,
    seat_height,
    stature,
)
from nightshoot.tools.image.shadow_play.palette import Palette

PALETTE = Palette(
    sky_top="#101a36",
    sky_mid="#2a4a74",
    horizon="#c8a878",
    light="#f6ecc8",
    glow="#ffb04a",
    far="#6d7f98",
    middle="#4a5c78",
    near="#22304a",
    ground="#22283a",
    ground_near="#12161f",
    water="#3a5a7c",
    water_near="#182538",
    glint="#f0dca8",
    ink="#0a0e18",
    ink_soft="#1c2738",
    rim="#f3e0ae",
)
SIZE, FEET, TALL = 480, 400, 240.0
SCHOLAR = Look(dress=Dress.ROBE, headgear=Headgear.TOPKNOT, accent="#c8922e")
OFFICIAL = Look(dress=Dress.COURT_ROBE, headgear=Headgear.OFFICIAL_HAT, accent="#b5283c")
WOMAN = Look(
    sex=Sex.FEMALE,
    dress=Dress.COAT,
    headgear=Headgear.LONG_HAIR,
    accent="#2f9c8a",
    build=Build.SLIM,
)

Pixels = npt.NDArray[np.uint8]


def painted(parts: tuple[Part, ...], size: int = SIZE) -> Pixels:
    body = "".join(part.body for part in parts)
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}">{body}</svg>'
    png = bytes(resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True))
    return np.asarray(Image.open(BytesIO(png)).convert("RGBA"))


def figure_parts(figure: Figure, look: Look | None = SCHOLAR, seed: int = 3) -> tuple[Part, ...]:
    return full_figure(
        figure=figure, look=look, palette=PALETTE, x=SIZE / 2, y=FEET, height=TALL, seed=seed
    )


def box(pixels: Pixels) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is at least half opaque."""
    ys, xs = np.nonzero(pixels[..., 3] > 127)
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


def near(pixels: Pixels, colour: str) -> int:
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    apart = np.abs(pixels[..., :3].astype(int) - wanted).max(axis=-1)
    return int(((apart <= 6) & (pixels[..., 3] > 250)).sum())


def test_the_same_arguments_give_the_same_bytes_and_another_place_other_ids() -> None:
    figure = Figure(holding=HeldProp.LANTERN)
    assert figure_parts(figure) == figure_parts(figure)
    one = figure_parts(figure)
    two = full_figure(
        figure=figure, look=SCHOLAR, palette=PALETTE, x=10.0, y=FEET, height=TALL, seed=3
    )

    def ids(parts: tuple[Part, ...]) -> set[str]:
        tree = ET.fromstring(f"<g>{''.join(part.body for part in parts)}</g>")
        return {element.attrib["id"] for element in tree.iter() if "id" in element.attrib}

    assert ids(one)
    assert ids(two)
    assert not ids(one) & ids(two)


@pytest.mark.parametrize("facing", list(Facing))
@pytest.mark.parametrize("look", [SCHOLAR.model_copy(update={"headgear": Headgear.BALD}), WOMAN])
def test_a_standing_person_is_as_tall_as_asked_and_stands_on_the_ground_point(
    facing: Facing, look: Look
) -> None:
    left, top, right, bottom = box(painted(figure_parts(Figure(facing=facing), look)))
    assert bottom - top == pytest.approx(TALL * stature(look), rel=0.035)
    assert bottom == pytest.approx(FEET, abs=0.02 * TALL)
    assert left < SIZE / 2 < right
    assert 0.12 * TALL < right - left < 0.5 * TALL


def test_who_sits_or_kneels_is_shorter_and_who_lies_is_longer_than_high() -> None:
    def height(posture: Posture) -> int:
        _, top, _, bottom = box(painted(figure_parts(Figure(posture=posture))))
        return bottom - top

    standing = height(Posture.STANDING)
    assert height(Posture.SITTING) < 0.65 * standing
    assert height(Posture.KNEELING) < 0.7 * standing
    assert height(Posture.BOWING) < 0.95 * standing
    left, top, right, bottom = box(painted(figure_parts(Figure(posture=Posture.LYING))))
    assert right - left > 3 * (bottom - top)
    assert bottom == pytest.approx(FEET, abs=0.03 * TALL)


def test_people_of_our_day_sit_on_a_chair_whose_height_the_composer_can_ask_for() -> None:
    figure = Figure(posture=Posture.SITTING)
    above = seat_height(figure=figure, look=WOMAN) * TALL
    assert above > 0.2 * TALL
    assert seat_height(figure=figure, look=SCHOLAR) == 0.0
    bottom = box(painted(figure_parts(figure, WOMAN)))[3]
    assert bottom == pytest.approx(FEET + above, abs=0.03 * TALL)


def test_left_and_right_mirror_each_other() -> None:
    right = painted(figure_parts(Figure(gesture=Gesture.POINT, facing=Facing.RIGHT)))
    left = painted(figure_parts(Figure(gesture=Gesture.POINT, facing=Facing.LEFT)))
    same = (right[..., 3] > 127) == (left[:, ::-1, 3] > 127)
    assert same.mean() > 0.998
    assert box(right)[2] - SIZE / 2 > 1.6 * (SIZE / 2 - box(right)[0])


def test_two_characters_differ_in_outline_and_each_wears_the_accent() -> None:
    outlines = []
    for look in (SCHOLAR, OFFICIAL, WOMAN):
        pixels = painted(figure_parts(Figure(), look))
        outlines.append(pixels[..., 3] > 127)
        assert near(pixels, look.accent) > 40
        others = {"#c8922e", "#b5283c", "#2f9c8a"} - {look.accent}
        assert max(near(pixels, other) for other in others) < 10
    for one, two in itertools.combinations(outlines, 2):
        assert (one ^ two).sum() > 0.08 * (one | two).sum()


def test_every_headgear_has_an_outline_of_its_own() -> None:
    seen: dict[Headgear, npt.NDArray[np.bool_]] = {}
    for gear in Headgear:
        pixels = painted(figure_parts(Figure(), SCHOLAR.model_copy(update={"headgear": gear})))
        seen[gear] = pixels[: FEET - int(0.7 * TALL), :, 3] > 127
    for one, two in itertools.combinations(Headgear, 2):
        assert (seen[one] ^ seen[two]).sum() > 20, (one, two)


def test_an_extra_is_plain_ink_and_dressed_for_the_era() -> None:
    parts = [
        full_figure(
            figure=Figure(),
            look=None,
            palette=PALETTE,
            x=SIZE / 2,
            y=FEET,
            height=TALL,
            seed=seed,
            era=era,
        )
        for era in Era
        for seed in range(3)
    ]
    drawn = [painted(part) for part in parts]
    for pixels in drawn:
        solid = pixels[pixels[..., 3] > 250][:, :3].astype(int)
        assert np.median(solid.max(axis=1) - solid.min(axis=1)) < 40
        assert np.percentile(solid.sum(axis=1), 75) < 200
    assert any((drawn[0] != pixels).any() for pixels in drawn[3:])


@pytest.mark.parametrize("dress", [Dress.ROBE, Dress.SUIT])
@pytest.mark.parametrize("facing", [Facing.RIGHT, Facing.TOWARD])
@pytest.mark.parametrize("gesture", [Gesture.RAISE, Gesture.WAVE])
def test_a_raised_hand_is_above_the_shoulder_and_moves_by_itself(
    dress: Dress, facing: Facing, gesture: Gesture
) -> None:
    prop = HeldProp.CUP if gesture is Gesture.RAISE else None
    parts = figure_parts(
        Figure(gesture=gesture, facing=facing, holding=prop),
        SCHOLAR.model_copy(update={"dress": dress}),
    )
    assert [part.motion.split()[0] for part in parts] == ["breathe", "sway"]
    top = box(painted(parts[1:]))[1]
    mouth = FEET - 0.875 * TALL
    assert top < mouth
    px, py = (float(value) for value in parts[1].motion.split()[3:])
    assert abs(px - SIZE / 2) < 0.15 * TALL
    assert FEET - 0.87 * TALL < py < FEET - 0.72 * TALL


def test_gestures_take_the_hands_to_different_places() -> None:
    shapes = {}
    for gesture in set(Gesture) - {Gesture.LOOK_UP, Gesture.LOOK_DOWN}:
        shapes[gesture] = painted(figure_parts(Figure(gesture=gesture)))[..., 3] > 127
    for one, two in itertools.combinations(shapes, 2):
        assert (shapes[one] ^ shapes[two]).sum() > 60, (one, two)


def test_looking_up_and_down_turns_the_face() -> None:
    up, level, down = (
        painted(figure_parts(Figure(gesture=gesture)))[..., 3] > 127
        for gesture in (Gesture.LOOK_UP, Gesture.REST, Gesture.LOOK_DOWN)
    )
    head = slice(FEET - int(1.02 * TALL), FEET - int(0.86 * TALL))
    middles = [np.nonzero(side[head])[1].mean() for side in (up, level, down)]
    assert middles[0] < middles[1] < middles[2]


@pytest.mark.parametrize("facing", list(Facing))
@pytest.mark.parametrize("look", [SCHOLAR, OFFICIAL, WOMAN])
def test_an_umbrella_is_over_the_head(facing: Facing, look: Look) -> None:
    under = box(painted(figure_parts(Figure(facing=facing), look)))
    pixels = painted(figure_parts(Figure(facing=facing, holding=HeldProp.UMBRELLA), look))
    left, top, right, _ = box(pixels)
    assert top < under[1] - 0.05 * TALL * stature(look)
    head = SIZE / 2 + {Facing.LEFT: -5, Facing.RIGHT: 5}.get(facing, 0)
    assert left < head - 0.16 * TALL
    assert right > head + 0.16 * TALL


@pytest.mark.parametrize("prop", [HeldProp.LANTERN, HeldProp.PHONE])
def test_what_shines_has_a_soft_glow_around_it(prop: HeldProp) -> None:
    pixels = painted(figure_parts(Figure(holding=prop)))
    alpha = pixels[..., 3]
    assert ((alpha > 10) & (alpha < 120)).sum() > 300


def test_striding_legs_are_wider_apart_than_standing_ones() -> None:
    def stance(posture: Posture, look: Look) -> int:
        pixels = painted(figure_parts(Figure(posture=posture), look))
        left, _, right, _ = box(pixels[FEET - int(0.3 * TALL) :])
        return right - left

    suit = SCHOLAR.model_copy(update={"dress": Dress.SUIT})
    for look in (SCHOLAR, suit):
        standing, walking = stance(Posture.STANDING, look), stance(Posture.WALKING, look)
        assert walking > 1.25 * standing
        assert stance(Posture.RUNNING, look) > 1.15 * walking


def test_old_people_stoop_and_children_are_small_with_large_heads() -> None:
    child = SCHOLAR.model_copy(update={"age": Age.CHILD})
    old = SCHOLAR.model_copy(update={"age": Age.OLD})
    _, top, _, bottom = box(painted(figure_parts(Figure(), child)))
    assert 0.6 * TALL < bottom - top < 0.72 * TALL
    adult_head, old_head = (
        np.nonzero(painted(figure_parts(Figure(), look))[: FEET - int(0.82 * TALL), :, 3])[1].mean()
        for look in (SCHOLAR, old)
    )
    assert old_head > adult_head + 0.01 * TALL


def _well_formed(parts: tuple[Part, ...]) -> None:
    assert 1 <= len(parts) <= 3
    for part in parts:
        ET.fromstring(f"<g>{part.body}</g>")
        assert "nan" not in part.body
        assert "inf" not in part.body
        name, *numbers = part.motion.split()
        assert name in ("breathe", "sway")
        assert len([float(value) for value in numbers]) == 4


def test_every_posture_gesture_facing_and_prop_is_drawn() -> None:
    looks = itertools.cycle(
        Look(sex=sex, age=age, build=build, dress=dress, headgear=gear)
        for dress, gear, sex, age, build in zip(
            list(Dress) * 10,
            itertools.cycle(Headgear),
            itertools.cycle(Sex),
            itertools.cycle(list(Age) * 2 + [Age.ADULT]),
            itertools.cycle([*Build, Build.AVERAGE]),
            strict=False,
        )
    )
    props = itertools.cycle([None, *HeldProp])
    for posture, gesture, facing in itertools.product(Posture, Gesture, Facing):
        figure = Figure(posture=posture, gesture=gesture, facing=facing, holding=next(props))
        _well_formed(figure_parts(figure, next(looks)))


def test_every_dress_headgear_age_and_sex_is_drawn_near_and_far() -> None:
    gestures = itertools.cycle(Gesture)
    props = itertools.cycle([None, *HeldProp])
    facings = itertools.cycle([Facing.LEFT, Facing.TOWARD, Facing.RIGHT, Facing.AWAY, Facing.RIGHT])
    for dress, gear, sex, age in itertools.product(Dress, Headgear, Sex, (Age.CHILD, Age.OLD)):
        look = Look(sex=sex, age=age, dress=dress, headgear=gear)
        figure = Figure(gesture=next(gestures), holding=next(props), facing=next(facings))
        _well_formed(figure_parts(figure, look))
        _well_formed(
            bust(figure=figure, look=look, palette=PALETTE, x=200.0, y=150.0, head=120.0, seed=1)
        )


def bust_pixels(figure: Figure, look: Look = SCHOLAR, head: float = 120.0) -> Pixels:
    parts = bust(figure=figure, look=look, palette=PALETTE, x=240.0, y=160.0, head=head, seed=1)
    return painted(parts)


@pytest.mark.parametrize("dress", list(Dress))
@pytest.mark.parametrize("facing", list(Facing))
def test_a_bust_fills_the_frame_from_its_head_down(dress: Dress, facing: Facing) -> None:
    solid = (
        bust_pixels(Figure(facing=facing), SCHOLAR.model_copy(update={"dress": dress}))[..., 3]
        > 127
    )
    assert solid[160, 225:255].all()
    assert not solid[:60].any()
    chin = 160 + 60
    assert solid[chin + 110 :, 200:280].mean() > 0.99
    assert 90 < solid[160].sum() < 130
    assert solid[chin + 110].sum() > 200


def test_a_bust_has_a_profile_that_its_mirror_shares_and_a_front_that_is_even() -> None:
    right = bust_pixels(Figure(facing=Facing.RIGHT))[..., 3] > 127
    left = bust_pixels(Figure(facing=Facing.LEFT))[..., 3] > 127
    assert (right[:, 1:] == left[:, :0:-1]).mean() > 0.99
    bald = SCHOLAR.model_copy(update={"headgear": Headgear.BALD})
    toward = bust_pixels(Figure(facing=Facing.TOWARD), bald)[..., 3] > 127
    assert (toward[:, 1:] == toward[:, :0:-1]).mean() > 0.98
    assert (right != toward).mean() > 0.02


def test_a_womans_lips_are_red_and_eyes_close_when_she_looks_down() -> None:
    look = WOMAN.model_copy(update={"headgear": Headgear.HAIRPIN_BUN})
    open_eyes, closed = (
        bust_pixels(Figure(gesture=gesture), look) for gesture in (Gesture.REST, Gesture.LOOK_DOWN)
    )
    face = open_eyes[160:215, 240:300].astype(int)
    red = (face[..., 0] > 120) & (face[..., 1] < 80) & (face[..., 3] > 250)
    assert red.sum() > 15
    assert (open_eyes != closed).any(axis=-1).mean() > 0.01


@pytest.mark.parametrize(
    ("gesture", "prop"),
    [
        (Gesture.RAISE, HeldProp.CUP),
        (Gesture.PLAY, HeldProp.FLUTE),
        (Gesture.READ, HeldProp.LETTER),
    ],
)
@pytest.mark.parametrize("facing", [Facing.LEFT, Facing.TOWARD, Facing.RIGHT])
def test_a_hand_with_a_prop_comes_into_the_close_up(
    gesture: Gesture, prop: HeldProp, facing: Facing
) -> None:
    bare = bust_pixels(Figure(facing=facing))
    busy = bust_pixels(Figure(facing=facing, gesture=gesture, holding=prop))
    changed = (bare != busy).any(axis=-1)
    assert changed[:400].sum() > 2500


def test_an_extreme_close_up_is_drawn_sharp_and_reaches_below_the_frame() -> None:
    pixels = bust_pixels(Figure(), head=420.0)
    assert (pixels[-1, 160:280, 3] > 127).all()

"""Reference sheets, LoRAs, control pictures: painted or taken once, and given to whom they suit."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nightshoot.domain.orders import Advice, Wording
from nightshoot.domain.screenplay import Character, Concept, Look, Screenplay
from nightshoot.domain.shot import Cast, ShotPlan
from nightshoot.domain.storyboard import ControlKind, ControlWish, Figure, Storyboard
from nightshoot.domain.vocabulary import Sex
from nightshoot.errors import BackendError, InputError
from nightshoot.events import Reported, Stage
from nightshoot.graphs.casting import SHEET_SIZE, Casting
from nightshoot.graphs.workshop import Workshop
from nightshoot.tools.fake import Defect, FakeCamera, FakePainter, ScriptedWriter
from nightshoot.tools.protocols import Capabilities

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object

BenchOf = Callable[..., Bench]
WorkshopOf = Callable[[Bench], Workshop]

SU = Character(id="su", name="苏轼", look=Look())
LIN = Character(id="lin", name="林", look=Look(sex=Sex.FEMALE))


@pytest.fixture
def film_of(bench: BenchOf, concept: Concept, screenplay: Screenplay, board: Storyboard) -> BenchOf:
    """Builds a bench whose film has these people: su in shots 1 and 3, lin in shot 2."""

    def build(*people: Character, **parts: object) -> Bench:
        staging = board.shots[1].staging.model_copy(update={"figures": (Figure(character="lin"),)})
        second = board.shots[1].model_copy(update={"staging": staging})
        controls = parts.pop("controls", ())
        first = board.shots[0].model_copy(update={"controls": controls})
        writer = ScriptedWriter(
            {
                "ideation/conceive": [concept],
                "screenwriter/write": [screenplay.model_copy(update={"characters": people})],
                "storyboarder/board": [
                    board.model_copy(update={"shots": (first, second, board.shots[2])})
                ],
                "prompt_engineer/word": [Wording(prompt="a river at night")],
                "critic/advise": [Advice(note="更亮一些。")],
                "character_designer/sheet": [Wording(prompt="one person, standing")],
            }
        )
        return bench(**{"writer": writer, "voices": (), "composer": None} | parts)

    return build


def picture(path: Path, seed: int = 1) -> Path:
    """Writes a picture as PNG, whatever the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(40, 216, (32, 24, 3), np.uint8)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return path


def weights(path: Path, filling: bytes = b"\0" * 64) -> Path:
    """Writes the form of a safetensors file."""
    header = b'{"a":{"dtype":"F32","shape":[16],"data_offsets":[0,64]}}'
    path.write_bytes(len(header).to_bytes(8, "little") + header + filling)
    return path


def seen(path: Path) -> NDArray[np.uint8]:
    found = cv2.imread(str(path))
    assert found is not None
    return np.asarray(found, np.uint8)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def notes(bench: Bench) -> list[str]:
    return [event.text for event in bench.events if isinstance(event, Reported)]


def shots_of(painter: FakePainter) -> list[ShotPlan]:
    return [plan for plan in painter.plans if not plan.shot.startswith("cast-")]


def cast_by(shop: Workshop, screenplay: Screenplay, person: Character, times: int = 1) -> Cast:
    """Casts a person as several shots do at once; gives the one answer."""

    async def run() -> list[Cast]:
        casting = Casting(shop)
        return list(
            await asyncio.gather(*(casting.person(person, screenplay, "") for _ in range(times)))
        )

    answers = asyncio.run(run())
    assert len(set(answers)) == 1
    return answers[0]


def test_a_sheet_is_painted_once_and_given_to_every_shot_and_retake(film_of: BenchOf) -> None:
    painter = FakePainter(references=2, spoils={"s03": [Defect.BLACK]})
    one = film_of(SU, LIN, painter=painter)
    one.make(until=Stage.KEYFRAMES)
    assert painter.calls.count("cast-su") == painter.calls.count("cast-lin") == 1
    assert painter.calls.count("s03") == 2
    sheets = {who: one.folder / f"cast/{who}.png" for who in ("su", "lin")}
    assert seen(sheets["su"]).shape == (*SHEET_SIZE[::-1], 3)
    for plan, files in zip(painter.plans, painter.files, strict=True):
        if plan.shot.startswith("cast-"):
            assert files == {}
        else:
            [person] = plan.cast
            assert person.reference == digest(sheets[person.id])
            assert files == {person.reference: sheets[person.id].read_bytes()}
    again = len(painter.calls)
    one.make(until=Stage.KEYFRAMES)
    assert len(painter.calls) == again


def test_shots_that_need_a_sheet_at_once_wait_for_the_first(
    film_of: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    painter = FakePainter(references=1, delay_s=0.02)
    one = film_of(SU, painter=painter)
    assert cast_by(workshop_of(one), screenplay, SU, times=5).reference
    assert painter.calls == ["cast-su"]
    asked = [ask.task for ask in one.writer.asked]
    assert asked == ["character_designer/sheet"]


def test_a_run_that_ended_in_a_fault_keeps_its_sheets(film_of: BenchOf) -> None:
    # Shot 1 has su in it, so that their sheet was painted before it broke.
    broken = FakePainter(references=1, flaws={"s01": Defect.BROKEN})
    one = film_of(SU, LIN, painter=broken)
    with pytest.raises(BackendError, match="s01"):
        one.make(until=Stage.KEYFRAMES)
    before = (one.folder / "cast/su.png").read_bytes()
    one.painter = FakePainter(references=1)
    one.make(until=Stage.KEYFRAMES)
    assert "cast-su" not in one.painter.calls
    assert (one.folder / "cast/su.png").read_bytes() == before
    assert {plan.cast[0].reference for plan in shots_of(one.painter)} >= {
        digest(one.folder / "cast/su.png")
    }


def test_a_sheet_that_the_store_has_lost_is_made_again(
    film_of: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    painter = FakePainter(references=1)
    one = film_of(SU, painter=painter)
    sheet = cast_by(workshop_of(one), screenplay, SU).reference
    path = one.home / "store/objects" / sheet[:2] / sheet
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    assert cast_by(workshop_of(one), screenplay, SU).reference == sheet
    assert painter.calls == ["cast-su", "cast-su"]


def test_a_bad_sheet_is_painted_again_and_the_best_of_three_bad_ones_is_told_of(
    film_of: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    painter = FakePainter(references=1, spoils={"cast-su": [Defect.BLACK]})
    one = film_of(SU, painter=painter)
    cast_by(workshop_of(one), screenplay, SU)
    assert painter.calls == ["cast-su"] * 2
    assert seen(one.folder / "cast/su.png").std() > 10
    spoils = {"cast-lin": [Defect.BLACK, Defect.BLANK, Defect.BLACK]}
    one.painter = FakePainter(references=1, spoils=spoils)
    cast_by(workshop_of(one), screenplay, LIN, times=2)
    assert one.painter.calls == ["cast-lin"] * 3
    assert seen(one.folder / "cast/lin.png").mean() > 100, "blank beats black"
    assert len([note for note in notes(one) if "cast/lin.png" in note]) == 1


def test_a_persons_changed_reference_makes_their_shots_stale_and_no_others(
    film_of: BenchOf,
) -> None:
    painter = FakePainter(references=1)
    person = SU.model_copy(update={"reference": "mine/su.png"})
    one = film_of(person, LIN, painter=painter)
    one.production()
    given = picture(one.folder / "mine/su.png")
    one.make(until=Stage.KEYFRAMES)
    assert sorted(painter.calls) == ["cast-lin", "s01", "s02", "s03"]
    plans = {plan.shot: plan for plan in shots_of(painter)}
    assert plans["s01"].cast[0].reference == plans["s03"].cast[0].reference == digest(given)
    asked, painted = len(one.writer.asked), len(painter.calls)
    picture(given, seed=2)
    one.make(until=Stage.KEYFRAMES)
    assert sorted(painter.calls[painted:]) == ["s01", "s03"]
    assert painter.files[-1][digest(given)] == given.read_bytes()
    assert len(one.writer.asked) == asked, "the words do not depend on the file"
    assert not (one.folder / "cast/su.png").exists()


def test_a_picture_laid_into_the_cast_folder_is_used_and_never_overwritten(
    film_of: BenchOf,
) -> None:
    painter = FakePainter(references=1)
    one = film_of(SU, LIN, painter=painter)
    one.production()
    mine = picture(one.folder / "cast/su.png")
    before = mine.read_bytes()
    one.make(until=Stage.KEYFRAMES)
    assert "cast-su" not in painter.calls
    assert mine.read_bytes() == before
    # And the sheet that was painted for the other is replaced by hand.
    theirs = picture(one.folder / "cast/lin.png", seed=3)
    replaced, painted = theirs.read_bytes(), len(painter.calls)
    one.make(until=Stage.KEYFRAMES)
    assert painter.calls[painted:] == ["s02"]
    assert painter.plans[-1].cast[0].reference == digest(theirs)
    assert theirs.read_bytes() == replaced


def test_a_sheet_that_was_removed_from_the_folder_comes_back(
    film_of: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay
) -> None:
    painter = FakePainter(references=1)
    one = film_of(SU, painter=painter)
    cast_by(workshop_of(one), screenplay, SU)
    (one.folder / "cast/su.png").unlink()
    cast_by(workshop_of(one), screenplay, SU)
    assert (one.folder / "cast/su.png").is_file()
    assert painter.calls == ["cast-su"]


def test_a_lora_is_taken_by_its_digest_and_read_by_the_painter(film_of: BenchOf) -> None:
    painter = FakePainter(loras=True)
    person = SU.model_copy(update={"lora": "su.safetensors", "lora_scale": 0.6})
    one = film_of(person, LIN, painter=painter)
    one.production()
    given = weights(one.folder / "su.safetensors")
    one.make(until=Stage.KEYFRAMES)
    plans = {plan.shot: plan for plan in shots_of(painter)}
    assert plans["s01"].cast[0].lora == digest(given)
    assert plans["s01"].cast[0].lora_scale == 0.6
    assert plans["s02"].cast[0].lora == ""
    assert painter.files[painter.calls.index("s01")] == {digest(given): given.read_bytes()}
    painted = len(painter.calls)
    weights(given, b"\1" * 64)
    one.make(until=Stage.KEYFRAMES)
    assert sorted(painter.calls[painted:]) == ["s01", "s03"]


@pytest.mark.parametrize("part", ["reference", "lora"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing.png", "nothing.png cannot be read: No such file"),
        (".", "is not a file"),
        ("/dev/zero", "is not a file"),
        ("text.png", "is not a"),
        ("empty.png", "is not a"),
        ("zero\0byte", "is no path"),
        ("~nobody-of-this-name/a.png", "is no path"),
        ("ring.png", "ring.png"),
        ("x" * 300, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_field_and_path(
    film_of: BenchOf,
    workshop_of: WorkshopOf,
    screenplay: Screenplay,
    part: str,
    name: str,
    said: str,
) -> None:
    one = film_of(SU, painter=FakePainter(references=1, loras=True))
    shop = workshop_of(one)
    (one.folder / "text.png").write_text("no picture, and no weights either")
    (one.folder / "empty.png").touch()
    (one.folder / "ring.png").symlink_to("ring.png")
    person = SU.model_copy(update={part: name})
    with pytest.raises(InputError, match=said) as caught:
        cast_by(shop, screenplay, person)
    assert f"screenplay.yaml: {part} of su" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x04pickled weights" * 9,
        b"PK\x03\x04" + b"zipped" * 20,
        (2**40).to_bytes(8, "little") + b"{}",
        (50).to_bytes(8, "little") + b'{"cut',
    ],
)
def test_weights_that_are_not_safetensors_are_refused(
    film_of: BenchOf, workshop_of: WorkshopOf, screenplay: Screenplay, data: bytes
) -> None:
    one = film_of(SU, painter=FakePainter(loras=True))
    shop = workshop_of(one)
    (one.folder / "su.bin").write_bytes(data)
    with pytest.raises(InputError, match=r"su\.bin is not a safetensors file"):
        cast_by(shop, screenplay, SU.model_copy(update={"lora": "su.bin"}))


def test_what_the_painter_cannot_take_is_told_once_and_not_looked_for(film_of: BenchOf) -> None:
    person = SU.model_copy(update={"reference": "no/such.png", "lora": "no/such.safetensors"})
    wish = ControlWish(kind=ControlKind.DEPTH)
    one = film_of(person, LIN, controls=(wish,))
    one.production()
    picture(one.folder / "cast/lin.png")
    picture(one.folder / "shots/s01/last_frame.png")
    one.make(until=Stage.KEYFRAMES)
    told = notes(one)
    for said in (
        "takes no LoRA: no/such.safetensors",
        "takes no reference pictures: no/such.png",
        "takes no reference pictures: cast/lin.png",
        "no ControlNet for depth: the control picture of shot 1",
        "takes no last frame: shots/s01/last_frame.png",
    ):
        assert len([note for note in told if said in note]) == 1
    assert all(plan.files == () for plan in one.painter.plans)


def test_a_camera_that_takes_references_gets_those_given_and_none_is_painted_for_it(
    film_of: BenchOf,
) -> None:
    camera = FakeCamera(references=1)
    person = SU.model_copy(update={"reference": "su.png"})
    one = film_of(person, LIN, camera=camera)
    one.production()
    given = picture(one.folder / "su.png")
    one.make(until=Stage.TAKES)
    plans = {plan.shot: plan for plan in camera.plans}
    assert plans["s01"].cast[0].reference == digest(given)
    assert plans["s02"].cast[0].reference == ""
    assert [call for call in one.painter.calls if call.startswith("cast")] == []


def test_a_last_frame_is_given_to_the_camera_that_takes_one(film_of: BenchOf) -> None:
    camera = FakeCamera(last_frame=True)
    one = film_of(SU, LIN, camera=camera)
    one.production()
    last = picture(one.folder / "shots/s02/last_frame.png")
    one.make(until=Stage.TAKES)
    ends = {plan.shot: plan.last_frame for plan in camera.plans}
    assert ends == {"s01": "", "s02": digest(last), "s03": ""}
    filmed = len(camera.calls)
    picture(last, seed=5)
    one.make(until=Stage.TAKES)
    assert camera.calls[filmed:] == ["s02"]
    assert digest(last) in {plan.last_frame for plan in camera.plans}
    last.write_text("no picture")
    with pytest.raises(InputError, match=r"the last frame of shot 2: .*not a picture"):
        one.make(until=Stage.TAKES)


def test_controls_are_made_from_the_staging_or_taken_from_a_person(film_of: BenchOf) -> None:
    painter = FakePainter(controls=(ControlKind.DEPTH, ControlKind.POSE))
    wishes = (
        ControlWish(kind=ControlKind.DEPTH, weight=0.4),
        ControlWish(kind=ControlKind.POSE, picture="pose.png"),
        ControlWish(kind=ControlKind.CANNY),
    )
    one = film_of(SU, LIN, painter=painter, controls=wishes)
    one.production()
    pose = picture(one.folder / "pose.png")
    one.make(until=Stage.KEYFRAMES)
    plans = {plan.shot: plan for plan in painter.plans}
    depth, given = plans["s01"].controls
    assert (depth.kind, depth.weight) == (ControlKind.DEPTH, 0.4)
    assert (given.kind, given.picture) == (ControlKind.POSE, digest(pose))
    assert plans["s02"].controls == ()
    files = painter.files[painter.calls.index("s01")]
    drawn = cv2.imdecode(np.frombuffer(files[depth.picture], np.uint8), cv2.IMREAD_UNCHANGED)
    assert drawn is not None
    assert drawn.shape == (plans["s01"].height, plans["s01"].width, 3)
    assert drawn.max() == 255
    assert any("no ControlNet for canny" in note for note in notes(one))
    again = one.make(until=Stage.KEYFRAMES)
    assert again.actions["made"] == 0


def test_other_words_need_no_new_control_picture(
    film_of: BenchOf, workshop_of: WorkshopOf, board: Storyboard
) -> None:
    one = film_of(SU, painter=FakePainter(controls=(ControlKind.CANNY,)))
    shop = workshop_of(one)
    shot = board.shots[0].model_copy(update={"controls": (ControlWish(kind=ControlKind.CANNY),)})
    plan = ShotPlan(
        shot="s01",
        prompt="a",
        staging=shot.staging,
        camera=shot.camera,
        cast=(Cast(id="su", name="苏轼", look=Look()),),
        width=128,
        height=228,
        fps=one.production().sheet.options.fps,
        num_frames=24,
        seed=3,
    )
    casting = Casting(shop)
    first = asyncio.run(casting.guided(plan, shot))
    made = shop.counts.made
    named = Cast(id="su", name="东坡", look=Look(), reference="0" * 64)
    other = plan.model_copy(update={"prompt": "b", "num_frames": 50, "cast": (named,)})
    second = asyncio.run(casting.guided(other, shot))
    assert second.controls == first.controls
    assert shop.counts.made == made


def test_a_pose_without_a_picture_is_asked_for(film_of: BenchOf) -> None:
    painter = FakePainter(controls=(ControlKind.POSE,))
    one = film_of(SU, LIN, painter=painter, controls=(ControlWish(kind=ControlKind.POSE),))
    with pytest.raises(InputError, match=r"s01: a pose cannot be made .* storyboard\.yaml"):
        one.make(until=Stage.KEYFRAMES)
    assert "s01" not in painter.calls


@pytest.mark.parametrize(("multiple", "most"), [(64, 4096 * 4096), (96, 512 * 512), (2, 64 * 64)])
def test_a_sheet_has_a_size_that_the_painter_takes(
    film_of: BenchOf,
    workshop_of: WorkshopOf,
    screenplay: Screenplay,
    multiple: int,
    most: int,
) -> None:
    painter = FakePainter(references=1)
    painter.capabilities = Capabilities(
        licence="x", references=1, size_multiple=multiple, max_pixels=max(most, 64 * 86)
    )
    one = film_of(SU, painter=painter)
    cast_by(workshop_of(one), screenplay, SU)
    [plan] = painter.plans
    assert plan.width % multiple == plan.height % multiple == 0
    assert plan.width * plan.height <= max(most, 64 * 86)
    assert plan.height > plan.width

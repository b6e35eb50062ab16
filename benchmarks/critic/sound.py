"""Counts how often the measures of a spoken line are right, on Kokoro's voices.

    python benchmarks/critic/sound.py [--lines FOLDER] [--half tune|report|looked-at|fresh|last]
                                     [--json FILE]

Lines of all voices are spoken once, and kept where `--lines` says. Each is judged as it is, and
with each defect at graded severities. Voices and sentences are split: the thresholds were set on
one half of the voices saying one half of the sentences (`--half tune`). The other voices say all
the others: `--half report` and `--half looked-at`, which led to the allowances for short lines,
`--half fresh`, and `--half last`, which was written last and said once, but has been
looked at. Prints a Markdown table. Needs the extra
`offline`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import subprocess
import sys
import tempfile
import tomllib
import wave
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.voices import ENGLISH, MANDARIN
from nightshoot.domain.screenplay import LineKind
from nightshoot.domain.vocabulary import Locale
from nightshoot.tools.measure.lines import MEASURES, judge_line
from nightshoot.tools.measure.sound.shown import FRAME_S, LineShown
from nightshoot.tools.speech.kokoro import VOICES, KokoroSpeech
from nightshoot.tools.speech.reading import spoken_text
from nightshoot.tools.speech.trim import SAMPLE_RATE, Samples

TUNE, REPORT, LOOKED_AT, FRESH, LAST = "tune", "report", "looked-at", "fresh", "last"

NEW = Path(__file__).parents[1] / "inputs" / "lines.toml"
"""What is said in the parts that came later, by language."""

SENTENCES = {
    (Locale.ZH, TUNE): (MANDARIN[0], MANDARIN[1], MANDARIN[2], "月亮真好看。"),
    (Locale.ZH, REPORT): (
        MANDARIN[3],
        MANDARIN[4],
        MANDARIN[5],
        "归去。",
        "何夜无月？何处无竹柏？但少闲人如吾两人者耳。",
    ),
    (Locale.EN, TUNE): (ENGLISH[0], ENGLISH[1], ENGLISH[2], "Come back."),
    (Locale.EN, REPORT): (
        ENGLISH[3],
        ENGLISH[4],
        ENGLISH[5],
        "Who is there? Answer me, please.",
        "No.",
    ),
}
"""What is said, by language and half: the long and the very short."""

DELIVERIES = ("", "平静", "", "whispering", "", "急促", "", "slow and sad")
"""Directions change the pace; one line in two has one."""


@dataclass(frozen=True)
class Clean:
    """A line as the voice said it."""

    voice: str
    shown: LineShown


Spoil = Callable[[LineShown, float, LineShown, np.random.Generator], Samples]


@dataclass(frozen=True, slots=True)
class Defect:
    """One way in which a line goes wrong."""

    id: str
    measures: tuple[str, ...]
    """Those that should convict it, any of them."""
    unit: str
    grades: tuple[float, ...]
    """From mild to severe."""
    noticed: float
    """The first grade that a listener notices, by convention of this benchmark."""
    spoil: Spoil
    shortest: int = 1
    """The fewest syllables of a line that can have the defect."""


def _paused(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
    """Silence where the line is quietest, away from its ends."""
    middle = range(len(s.levels) // 5, max(len(s.levels) // 5 + 1, len(s.levels) * 4 // 5))
    place = min(middle, key=lambda at: s.levels[at]) * round(SAMPLE_RATE * FRAME_S)
    hole = np.zeros(round(grade * SAMPLE_RATE), np.float32)
    return np.concatenate([s.sound[:place], hole, s.sound[place:]])


def _emptied(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
    """Only a share of the line is left at its beginning, then silence."""
    sound = s.sound.copy()
    sound[round(len(sound) * grade) :] = 0
    return sound


def _shortened(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
    """The end is missing, and the break is smoothed as `trim` does."""
    sound = s.sound[: max(1, round(len(s.sound) * (1 - grade)))].copy()
    edge = min(48, len(sound))
    sound[-edge:] *= np.linspace(1, 0, edge, dtype=np.float32)
    return sound


def _tailored(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
    """The end is missing from the nearest quiet moment on: nothing breaks off."""
    wanted = round(len(s.levels) * (1 - grade))
    near = range(max(0, wanted - 8), min(len(s.levels), wanted + 8))
    end = min(near, key=lambda at: s.levels[at]) * round(SAMPLE_RATE * FRAME_S)
    tail = np.zeros(round(0.045 * SAMPLE_RATE), np.float32)
    return np.concatenate([s.sound[: max(1, end)], tail])


def _babbling(s: LineShown, grade: float, other: LineShown, rng: np.random.Generator) -> Samples:
    """Something else is said after the line, `grade` times its length."""
    more = np.tile(other.sound, 1 + round(grade * len(s.sound) / len(other.sound)))
    return np.concatenate([s.sound, more[: round(grade * len(s.sound))]])


def _again(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
    """The line is said again from its beginning, `grade` times its length."""
    more = np.tile(s.sound, 1 + math.ceil(grade))[: round(grade * len(s.sound))]
    return np.concatenate([s.sound, more])


def _paced(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
    """The same words at another pace and the same pitch."""
    import imageio_ffmpeg

    form = ("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "1")
    ran = subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *form, "-i", "-",
            "-af", f"atempo={grade}", *form, "-",
        ],
        input=s.sound.astype("<f4").tobytes(), capture_output=True, check=True,
    )  # fmt: skip
    return np.frombuffer(ran.stdout, "<f4").astype(np.float32)


def _softer(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
    return (s.sound * 10 ** (-grade / 20)).astype(np.float32)


def _louder(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
    """Raised by `grade` dB over the level of a line; what passes full scale is cut off."""
    return np.asarray(np.clip(s.sound * 10 ** (grade / 20), -1, 1), np.float32)


def _clipped(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
    """Driven over what it can hold, then brought back to a usual level."""
    most = float(np.abs(s.sound).max())
    driven = np.clip(s.sound * 10 ** (grade / 20), -most, most)
    return np.asarray((driven * 10 ** (-grade / 40)).astype(np.float32), np.float32)


def _noise(tilt: float) -> Spoil:
    def spoil(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
        spectrum = np.fft.rfft(rng.standard_normal(len(s.sound)))
        pitch = np.fft.rfftfreq(len(s.sound), 1 / SAMPLE_RATE)
        spectrum *= np.maximum(pitch, 20.0) ** tilt
        noise = np.fft.irfft(spectrum, len(s.sound))
        noise *= 10 ** ((s.speech_db - grade) / 20) / np.sqrt(np.mean(noise**2))
        return (s.sound + noise).astype(np.float32)

    return spoil


def _humming(s: LineShown, grade: float, _: LineShown, rng: np.random.Generator) -> Samples:
    time = np.arange(len(s.sound)) / SAMPLE_RATE
    hum = sum(np.sin(2 * np.pi * 50 * n * time) / n for n in (1, 2, 3, 5))
    hum *= 10 ** ((s.speech_db - grade) / 20) / np.sqrt(np.mean(hum**2))
    return np.asarray(s.sound + hum, np.float32)


_PACE = ("speech_rate",)
_WORDS = ("length", "speech_rate", "cut_off")
DEFECTS = (
    Defect("a pause inside", ("silence",), "s", (0.5, 0.8, 1.2, 2.0), 1.2, _paused),
    Defect("almost nothing", ("silence", *_WORDS), "left", (0.3, 0.15, 0.05, 0.0), 0.15, _emptied),
    Defect("broken off", _WORDS, "missing", (0.1, 0.2, 0.35, 0.5), 0.2, _shortened, 3),
    Defect("words missing", _WORDS, "missing", (0.2, 0.35, 0.5, 0.7), 0.5, _tailored, 5),
    Defect("babbling on", _WORDS[:2], "more", (0.25, 0.5, 1.0, 2.0), 1.0, _babbling, 3),
    Defect("said again", _WORDS[:2], "of it", (0.25, 0.5, 1.0, 2.0), 1.0, _again, 3),
    Defect("too fast", _PACE, "x", (1.2, 1.4, 1.7, 2.0), 1.7, _paced, 4),
    Defect("too slow", _PACE, "x", (0.85, 0.7, 0.58, 0.5), 0.58, _paced, 4),
    Defect("too soft", ("loudness",), "dB", (3, 6, 9, 20), 9, _softer),
    Defect("too loud", ("clipping",), "dB", (3, 6, 12, 18), 12, _louder),
    Defect("clipped", ("clipping",), "dB over", (2, 4, 6, 12), 6, _clipped),
    Defect("hiss", ("noise",), "dB under", (40, 30, 25, 15), 25, _noise(0.0)),
    Defect("rumble", ("noise",), "dB under", (40, 30, 25, 15), 25, _noise(-0.5)),
    Defect("hum", ("noise",), "dB under", (40, 30, 25, 15), 25, _humming),
)


def sentences(half: str) -> dict[Locale, tuple[str, ...]]:
    """Gives what is said in a half, by language."""
    told = tomllib.loads(NEW.read_text("utf-8"))
    if half in told:
        return {locale: tuple(told[half][locale.value]) for locale in Locale}
    return {locale: SENTENCES[locale, half] for locale in Locale}


def spoken(half: str, folder: Path) -> list[Clean]:
    """Gives the lines of a half; speaks those that the folder does not have."""
    speech, found = KokoroSpeech(), []
    said = sentences(half)
    for number, voice in enumerate(VOICES):
        if (number % 2 == 0) != (half == TUNE):
            continue
        for place, text in enumerate(said[voice.locale]):
            delivery = DELIVERIES[(number + place) % len(DELIVERIES)]
            path = folder / f"{voice.id}-{half}-{place}.wav"
            if not path.exists():
                uttered = asyncio.run(
                    speech.speak(
                        text=text, voice=voice.id, locale=voice.locale, kind=LineKind.DIALOGUE,
                        delivery=delivery, scratch=folder,
                    )
                )  # fmt: skip
                uttered.audio.replace(path)
            with wave.open(str(path)) as file:
                pcm = np.frombuffer(file.readframes(-1), "<i2")
            sound = pcm.astype(np.float32) / np.float32(32768)
            shown = LineShown(sound, spoken_text(text, voice.locale), voice.locale)
            found.append(Clean(voice.id, shown))
    return found


def failed(shown: LineShown) -> set[str]:
    """Gives the measures that convict a line."""
    return {finding.measure for finding in judge_line(shown).findings if not finding.passed}


def convicted(
    defect: Defect, grade: float, lines: Sequence[Clean]
) -> tuple[int, int, Counter[str]]:
    """Gives how many spoiled lines were caught, of how many, and by which measures."""
    caught, told, count = 0, Counter[str](), 0
    for number, clean in enumerate(lines):
        if clean.shown.syllables < defect.shortest:
            continue
        other = next(
            one for one in (*lines[number + 1 :], *lines)
            if one.shown.locale is clean.shown.locale and one is not clean
        )  # fmt: skip
        rng = np.random.default_rng(number)
        sound = defect.spoil(clean.shown, grade, other.shown, rng)
        pcm = np.round(np.clip(sound, -1, 1) * 32767) / np.float32(32768)
        bad = failed(LineShown(pcm.astype(np.float32), clean.shown.text, clean.shown.locale))
        caught += bool(bad & set(defect.measures))
        told.update(bad)
        count += 1
    return caught, count, told


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--lines", type=Path, help="where spoken lines are kept")
    parser.add_argument("--half", choices=(TUNE, REPORT, LOOKED_AT, FRESH, LAST), default=LAST)
    parser.add_argument("--json", type=Path, help="where the figures go")
    options = parser.parse_args()
    if not KokoroSpeech().available().ready:
        print(KokoroSpeech().available().why, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.lines or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        lines = spoken(options.half, folder)
    false = [(one.voice, one.shown.text, bad) for one in lines if (bad := failed(one.shown))]
    figures: dict[str, object] = {"lines": len(lines), "false": len(false)}
    print(f"{len(lines)} clean lines, {len(false)} rejected ({len(false) / len(lines):.1%})\n")
    for voice, text, bad in false:
        print(f"- {voice}: {text}: {', '.join(sorted(bad))}")
    print("| clean | least | median | most | threshold |\n| --- | --- | --- | --- | --- |")
    for measure in MEASURES:
        values = [
            finding.value
            for one in lines
            for finding in judge_line(one.shown).findings
            if finding.measure == measure.scale.id
        ]
        low, middle, high = np.quantile(values, [0, 0.5, 1])
        scale = measure.scale
        print(f"| {scale.id} | {low:.3g} | {middle:.3g} | {high:.3g} | {scale.threshold} |")
    print("\n| defect | unit | caught at each grade; noticed from the bold one | told by |")
    print("| --- | --- | --- | --- |")
    for defect in DEFECTS:
        cells, by = [], Counter[str]()
        for grade in defect.grades:
            caught, count, told = convicted(defect, grade, lines)
            cell = f"{grade:g}: {caught / count:.0%}"
            if grade == defect.noticed:
                cell, by = f"**{cell}**", told
                figures[defect.id] = caught / count
            cells.append(cell)
        who = ", ".join(f"{name} {number}" for name, number in by.most_common(3))
        print(f"| {defect.id} | {defect.unit} | {', '.join(cells)} | {who} |", flush=True)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

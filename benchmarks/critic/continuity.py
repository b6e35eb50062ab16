"""How often the judge of a scene's continuity is right: false alarms and detection by grade.

    python benchmarks/critic/continuity.py [--part fresh] [--lights 3] [--jobs 1] [--json FILE]

Prints markdown tables. Scenes come from the rehearsal boards of the briefs in
`benchmarks/inputs/continuity.toml`, each in its own light and in up to two drawn ones; shadow play
paints keyframes, and one shot of a scene is changed at a time. The bounds in
`tools/measure/scene/continuity.py` were set on the first two lights of the part `tuned`; what is
published is those of the part `fresh`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.critic.boards import shots_of
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Shot
from nightshoot.domain.vocabulary import Mood, TimeOfDay, Weather
from nightshoot.tools.image.shadow_play.painter import ShadowPlay
from nightshoot.tools.measure.frames import Footage, Picture
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.measure.scenes import SceneShot, judge_shot, palette_of, to_look_alike

STORIES = tomllib.loads(
    Path(__file__).parents[1].joinpath("inputs", "continuity.toml").read_text("utf-8")
)
"""By part: the seed of what is drawn, and the briefs."""

_Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Painted:
    """A shot of a scene as it should be, and painted in other lights."""

    scene: tuple[str, int]
    """The brief, and which of its lights."""
    shot: Shot
    clean: Picture
    others: dict[str, Picture]
    """By what is different: the hour, the mood, both."""


def orders(part: str, lights: int) -> list[tuple[tuple[str, int], Shot, dict[str, ShotPlan]]]:
    """Gives every picture to paint, by scene and shot, the clean one under `clean`."""
    drawn = random.Random(STORIES[part]["seed"])
    found = []
    for number, brief in enumerate(STORIES[part]["stories"]):
        shots = shots_of(brief)
        for variant in range(lights):
            light = _light(drawn) if variant else {}
            for index, shot in enumerate(shots):
                staging = shot.staging.model_copy(update=light)
                told = shot.model_copy(update={"staging": staging})
                hours = [hour for hour in TimeOfDay if hour is not staging.time_of_day]
                moods = [mood for mood in Mood if mood is not staging.mood]
                hour, mood = drawn.choice(hours), drawn.choice(moods)
                others: dict[str, dict[str, object]] = {
                    "clean": {},
                    "hour": {"time_of_day": hour},
                    "mood": {"mood": mood},
                    "hour and mood": {"time_of_day": hour, "mood": mood},
                }
                seed = 100 * number + index + 10_000 * (STORIES[part]["seed"] - 5)
                wide = number % 3 == 2
                plans = {
                    name: _plan(told, other, seed, f"{brief}{shot.scene}", wide)
                    for name, other in others.items()
                }
                found.append(((brief, variant), told, plans))
    return found


def _light(drawn: random.Random) -> dict[str, object]:
    return {
        "time_of_day": drawn.choice(list(TimeOfDay)),
        "weather": drawn.choice(list(Weather)),
        "mood": drawn.choice(list(Mood)),
    }


def _plan(shot: Shot, light: dict[str, object], seed: int, place: str, wide: bool) -> ShotPlan:
    return ShotPlan(
        shot=shot.id,
        prompt=shot.description or "a shot",
        staging=shot.staging.model_copy(update=light),
        camera=shot.camera,
        width=480 if wide else 270,
        height=270 if wide else 480,
        fps=Fraction(24),
        num_frames=48,
        seed=seed,
        place_seed=sum(ord(letter) for letter in f"{place}{shot.staging.setting}"),
    )


def painted(part: str, jobs: int, lights: int) -> list[Painted]:
    """Paints every picture of a part, as small as measures see it."""
    wanted = orders(part, lights)
    plans = [plan for _, _, by_name in wanted for plan in by_name.values()]
    with ProcessPoolExecutor(jobs) as pool:
        pictures = iter(list(pool.map(_picture, plans, chunksize=8)))
    found = []
    for scene, shot, by_name in wanted:
        seen = {name: next(pictures) for name in by_name}
        found.append(Painted(scene, shot, seen.pop("clean"), seen))
    return found


def _picture(plan: ShotPlan) -> Picture:
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as scratch:
        painting = asyncio.run(
            ShadowPlay().paint(plan=plan, scratch=Path(scratch), progress=lambda _: None)
        )
        read = cv2.imread(str(painting.picture))
    assert read is not None
    size = (plan.width // 4, plan.height // 4)
    small = cv2.resize(read, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.uint8)


def _linear(picture: Picture) -> _Numbers:
    code = picture.astype(np.float32) / 255
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear, np.float32)


def _coded(linear: _Numbers) -> Picture:
    inside = np.clip(linear, 0, 1)
    code = np.where(inside <= 0.0031308, inside * 12.92, 1.055 * inside ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255 * code), np.uint8)


def exposed(picture: Picture, stops: float) -> Picture:
    """Opens or closes the lens by `stops`."""
    return _coded(_linear(picture) * np.float32(2**stops))


def tinted(picture: Picture, stops: float) -> Picture:
    """Gives red `stops` more against blue, at the same luminance; positive is warmer."""
    linear = _linear(picture)
    shifted = linear * np.array([2 ** (stops / 2), 1, 2 ** (-stops / 2)], np.float32)
    weights = np.array([0.2126, 0.7152, 0.0722], np.float32)
    return _coded(shifted * (linear @ weights).mean() / (shifted @ weights).mean())


def saturated(picture: Picture, times: float) -> Picture:
    """Multiplies chroma; 0 is gray."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    paler = lab * np.array([1, times, times], np.float32)
    rgb = np.clip(cv2.cvtColor(paler, cv2.COLOR_LAB2RGB), 0, 1)
    return np.asarray(np.rint(255 * rgb), np.uint8)


Change = Callable[[Picture, float], Picture]
CHANGES: tuple[tuple[str, Change, tuple[float, ...]], ...] = (
    ("exposure, stops", exposed, (-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2)),
    ("red against blue, stops", tinted, (-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2)),
    ("saturation, times", saturated, (0, 0.3, 0.5, 0.7, 1.4, 2)),
)

APART = (0, 5, 10, 20)
"""Grades of how different a picture painted in another light is, in mean CIELAB distance."""


def shown(picture: Picture) -> Footage:
    """Gives a picture as footage of one frame; only its colour is looked at."""
    height, width = picture.shape[:2]
    return Footage(
        luma=np.zeros((1, 4 * height, 4 * width), np.uint8),
        color=picture[None],
        width=4 * width,
        height=4 * height,
        fps=Fraction(24),
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one shot."""

    value: float | None
    """None: not judged."""
    convicted: bool


def scenes(found: Sequence[Painted]) -> Iterator[list[Painted]]:
    """Gives the shots of each film in order."""
    films: dict[tuple[str, int], list[Painted]] = defaultdict(list)
    for one in found:
        films[one.scene].append(one)
    yield from films.values()


def tried(film: Sequence[SceneShot], place: int, picture: Picture | None, was: Painted) -> Tried:
    """Judges a shot of a film with another picture; None: as it is."""
    shots = list(film)
    if picture is not None:
        plan = _plan(was.shot, {}, 0, "", False)
        shots[place] = SceneShot(shot=was.shot, palette=palette_of(shown(picture), plan))
    alike = next(group for group in to_look_alike(shots) if shots[place] in group)
    verdict = judge_shot(alike, alike.index(shots[place]))
    if isinstance(verdict, NotJudged):
        return Tried(None, False)
    return Tried(verdict.value, not verdict.passed)


def run(found: Sequence[Painted]) -> dict[str, dict[str, list[Tried]]]:
    """Gives all trials, by change and grade; `clean` are the films as they are.

    `blamed` are the clean shots beside a changed one: the judge must not convict those instead.
    """
    results: dict[str, dict[str, list[Tried]]] = defaultdict(lambda: defaultdict(list))
    for film in scenes(found):
        clean = [
            SceneShot(
                shot=one.shot,
                palette=palette_of(shown(one.clean), _plan(one.shot, {}, 0, "", False)),
            )
            for one in film
        ]
        for place, one in enumerate(film):
            results["clean"][""].append(tried(clean, place, None, one))
            for name, change, grades in CHANGES:
                for grade in grades:
                    changed = change(one.clean, grade)
                    results[name][f"{grade:g}"].append(tried(clean, place, changed, one))
            for name, other in one.others.items():
                seen = tried(clean, place, other, one)
                far = _far(one.clean, other)
                grade = max(low for low in APART if far >= low)
                results[f"painted with another {name}, CIELAB"][f"{grade} up"].append(seen)
            if 0 < place < len(film) - 1:
                off = list(clean)
                dark = palette_of(shown(exposed(one.clean, -2)), _plan(one.shot, {}, 0, "", False))
                off[place] = clean[place].model_copy(update={"palette": dark})
                results["blamed"][""] += [
                    tried(off, beside, None, film[beside]) for beside in (place - 1, place + 1)
                ]
    return results


def _far(one: Picture, other: Picture) -> float:
    first, second = (
        cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        for picture in (one, other)
    )
    return float(np.linalg.norm(first - second, axis=2).mean())


def share(trials: Sequence[Tried]) -> str:
    """Gives how many were convicted of those judged."""
    judged = [one for one in trials if one.value is not None]
    return f"{sum(one.convicted for one in judged) / max(1, len(judged)):.1%} of {len(judged)}"


def main() -> None:
    """Paints, judges and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=tuple(STORIES), default="fresh")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--lights", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    results = run(painted(given.part, given.jobs, given.lights))
    clean = results["clean"][""]
    values = sorted(one.value for one in clean if one.value is not None)
    print(f"shots {len(clean)}, judged {len(values)}, false alarms {share(clean)}")
    tops = ", ".join(f"{q:g}%: {values[math.ceil(q / 100 * len(values)) - 1]:.2f}"
                     for q in (50, 90, 98, 99, 100))  # fmt: skip
    print(f"values on clean films: {tops}")
    print(f"clean shots convicted beside one that is 2 stops dark: {share(results['blamed'][''])}")
    print("\n| change | grade | convicted |\n|---|---|---|")
    for name, grades in results.items():
        for grade in sorted(grades, key=lambda text: float(text.split()[0] if text else 0)):
            if grade:
                print(f"| {name} | {grade} | {share(grades[grade])} |")
    if given.json:
        told = {
            name: {grade: share(trials) for grade, trials in grades.items()}
            for name, grades in results.items()
        }
        given.json.write_text(json.dumps(told, indent=1), "utf-8")


if __name__ == "__main__":
    main()

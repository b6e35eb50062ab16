"""Lets a real `nightshoot` run with the fakes: installs them beside it, and lists tiny films.

The backends are found by their entry points, so a folder with the notes of a distribution that is
on the path of Python is all that the command needs to know `--image fake` and the like.
"""

from __future__ import annotations

from pathlib import Path

_POINTS = """\
[nightshoot.image]
fake = nightshoot.tools.fake:FakePainter
[nightshoot.video]
fake = nightshoot.tools.fake:FakeCamera
[nightshoot.speech]
fake = nightshoot.tools.fake:FakeSpeech
[nightshoot.music]
fake = nightshoot.tools.fake:FakeComposer
"""

_NOTES = "Metadata-Version: 2.1\nName: nightshoot-stand-ins\nVersion: 1\n"

OPTIONS = (
    "--size", "128x228", "--fps", "12",
    "--image", "fake", "--video", "fake", "--voice", "fake", "--music", "fake",
)  # fmt: skip
"""The options of `nightshoot make` with which a tiny film is made."""

_TABLE = """\
# 第{number}夜

| 镜号 | 景别 | 运镜 | 画面 | 旁白 | 时长 |
|---|---|---|---|---|---|
| 1 | 远景 | 推 | 月夜江上，第{number}只小舟 | 第{number}次月出。 | 1 |
| 2 | 特写 | 拉 | 苏轼回头望月，第{number}次 | 何夜无月，{number}。 | 1 |
"""


def installed(place: Path) -> Path:
    """Gives a folder for PYTHONPATH in which the fakes are installed as backends `fake`."""
    notes = place / "nightshoot_stand_ins-1.dist-info"
    notes.mkdir(parents=True)
    (notes / "METADATA").write_text(_NOTES)
    (notes / "entry_points.txt").write_text(_POINTS)
    return place


def tiny_films(place: Path, count: int, *, begin: int = 1) -> Path:
    """Gives a list of films of two shots of a second, no two with anything in common to be made.

    Args:
        place: a folder that is made for it.
        count: how many films.
        begin: the number of the first; the number is in the texts, and is the seed.
    """
    place.mkdir(parents=True)
    lines = []
    for number in range(begin, begin + count):
        name = f"f{number:04}.md"
        (place / name).write_text(_TABLE.format(number=number), encoding="utf-8")
        lines.append(f"  - {{path: {name}, seed: {number}}}\n")
    made = place / "films.yaml"
    shared = zip(OPTIONS[::2], OPTIONS[1::2], strict=True)
    heads = [f"{name.removeprefix('--')}: {value}\n" for name, value in shared]
    made.write_text("".join([*heads, "films:\n", *lines]))
    return made

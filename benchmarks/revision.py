"""What a revision of a film of 24 shots costs against making it, and whether the rest stays.

    python benchmarks/revision.py [--size 360x640] [--voice kokoro] [--runs 3] [--keep FOLDER]

Makes the film once in a fresh store, then changes it by words, each time from the first version: a
shot's camera, a line, a shot's exposure and a setting of the captions, each in `--runs` variants.
Every figure is of a whole command in a process of its own. The cut is what lies between the events
that begin and end the film's last stage: parts, music, mix, film, review and export; its processor
time is that of the process and its children, sampled twenty times a second.

What has to stay is compared by bytes: the keyframes and takes of shots that a revision says it does
not touch, and the film's own packets of every part of the cut whose order is unchanged.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.machine import Ran, description, environment, table, watched
from nightshoot.events import Logged, Stage, StageFinished, StageStarted, read_events

SOURCE = Path(__file__).with_name("inputs") / "twenty-four-shots.md"

REQUESTS = {
    "camera of a shot": ("shot 8 closer", "shot 12 wider", "shot 20 closer"),
    "a line": (
        'change the line of shot 4 to "I said you must not come."',
        'change the line of shot 5 to "It came this morning."',
        'change the line of shot 6 to "She knew that hand well."',
    ),
    "exposure of a shot": ("shot 9 brighter", "shot 14 darker", "shot 21 brighter"),
    "captions of the film": ("captions off", "make the captions larger", "smaller captions"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that ran, and what it did."""

    ran: Ran
    events: tuple[Logged, ...]
    said: dict[str, object]

    @property
    def cut_cpu_s(self) -> float:
        """The processor time of the last stage, in seconds."""
        begins = [one.at for one in self.events if _is(one, StageStarted)]
        ends = [one.at for one in self.events if _is(one, StageFinished)]
        return self.ran.cpu_at(max(ends)) - self.ran.cpu_at(min(begins))


def _is(logged: Logged, kind: type[StageStarted | StageFinished]) -> bool:
    event = logged.event
    return isinstance(event, kind) and event.stage is Stage.FILM


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A revision, and how much of what it did not touch has the bytes that it had."""

    command: Command
    files: tuple[int, int]
    """Files of untouched shots: the same, and all."""
    frames: tuple[int, int]
    """Encoded frames of unchanged parts in the film's file: the same, and all."""


class Bench:
    """A film in a home of its own."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "film"
        self._home = place / "home"
        self._seen = 0

    def run(self, *words: str) -> Command:
        """Runs a command of nightshoot to its end."""
        program = str(Path(sys.executable).with_name("nightshoot"))
        ran = watched([program, *words], environment(self._home), every_s=0.05)
        if ran.code:
            raise SystemExit(f"exit {ran.code} of {' '.join(words)}: {ran.stdout.decode()}")
        events = read_events(self.folder / "events.jsonl")
        new, self._seen = events[self._seen :], len(events)
        said = json.loads(ran.stdout) if "--json" in words else {}
        return Command(ran=ran, events=new, said=said)

    def revise(self, request: str) -> Revised:
        """Revises the film, looks at what stayed, and takes the revision back."""
        files, parts = self._files(), self._parts()
        command = self.run("revise", str(self.folder), request, "--yes", "--json")
        if "version" not in command.said:
            raise SystemExit(f"nothing was made of {request!r}: {command.said}")
        revised = Revised(
            command=command,
            files=_same_files(files, self._files(), command.said),
            frames=_same_frames(parts, self._parts()),
        )
        self.run("undo", str(self.folder))
        if self._files() != files:
            raise SystemExit(f"undo did not bring back what was before {request!r}")
        return revised

    def _files(self) -> dict[str, str]:
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and ".nightshoot" not in path.parts and path.name != "events.jsonl"
        }

    def _parts(self) -> list[tuple[str, tuple[str, ...]]]:
        """Gives the parts of the film that is shown: digest, and digests of the film's packets."""
        film = hashlib.sha256((self.folder / "film.mp4").read_bytes()).hexdigest()
        with sqlite3.connect(self._home / "store" / "actions.sqlite") as database:
            found = database.execute(
                "SELECT inputs, outputs FROM actions WHERE tool = 'edit/stitch'"
            ).fetchall()
        database.close()
        inputs = next(
            json.loads(given) for given, made in found if film in json.loads(made).values()
        )
        digests = [inputs[f"part {number}"] for number in range(len(inputs) - ("mix" in inputs))]
        packets = _packets(self.folder / "film.mp4")
        parts, begin = [], 0
        for digest in digests:
            end = begin + len(_packets(self._home / "store" / "objects" / digest[:2] / digest))
            parts.append((digest, packets[begin:end]))
            begin = end
        if begin != len(packets):
            raise SystemExit("the film has other frames than its parts")
        return parts


def _packets(video: Path) -> tuple[str, ...]:
    import av

    with av.open(str(video)) as container:
        return tuple(
            hashlib.sha256(bytes(packet)).hexdigest()
            for packet in container.demux(video=0)
            if packet.size
        )


def _same_files(
    before: dict[str, str], after: dict[str, str], said: dict[str, object]
) -> tuple[int, int]:
    touched = said["touched"]
    assert isinstance(touched, dict)
    shots = {one["shot"] for one in touched["shots"] if {"keyframe", "take"} & set(one["certain"])}
    names = [
        name
        for name in before
        if name.startswith("shots/")
        and name.endswith(("take.mp4", "keyframe.png", "last_frame.png"))
        and name.split("/")[1] not in shots
    ]
    return sum(before[name] == after.get(name) for name in names), len(names)


def _same_frames(
    before: list[tuple[str, tuple[str, ...]]], after: list[tuple[str, tuple[str, ...]]]
) -> tuple[int, int]:
    old = dict(before)
    kept = [(old[digest], packets) for digest, packets in after if digest in old]
    same = sum(one == other for was, now in kept for one, other in zip(was, now, strict=True))
    return same, sum(len(now) for _, now in kept)


def _rows(made: Command, revised: dict[str, list[Revised]]) -> list[list[str]]:
    full_wall, full_cut = made.ran.wall_s, made.cut_cpu_s
    rows = [
        ["making it: wall, processor, processor of the cut", "",
         f"{full_wall:.1f} s, {made.ran.cpu_s:.1f} s, {full_cut:.1f} s", ""],
    ]  # fmt: skip
    for what, runs in revised.items():
        wall = statistics.median(one.command.ran.wall_s for one in runs)
        cpu = statistics.median(one.command.ran.cpu_s for one in runs)
        cut = statistics.median(one.command.cut_cpu_s for one in runs)
        one_shot = what != "captions of the film"
        rows += [
            [what, "wall / making", f"{wall:.1f} s = 1/{full_wall / wall:.1f}", "≤ 1/12"],
            ["", "processor / making", f"{cpu:.1f} s = 1/{made.ran.cpu_s / cpu:.1f}", ""],
            ["", "processor of the cut / full cut", f"{cut:.2f} s = 1/{full_cut / cut:.1f}",
             "≤ 1/15" if one_shot else "every shot is encoded anew"],
        ]  # fmt: skip
    everything = [one for runs in revised.values() for one in runs]
    for text, counts in (
        ("files of untouched shots with the same bytes", [one.files for one in everything]),
        ("frames of unchanged parts, same bytes in the film", [one.frames for one in everything]),
    ):  # fmt: skip
        same, all_of_them = sum(one for one, _ in counts), sum(count for _, count in counts)
        rows.append([text, "", f"{same} of {all_of_them}", "all"])
    return rows


def measure(place: Path, options: Sequence[str], *, runs: int) -> list[list[str]]:
    """Makes the film, revises it, and gives the rows of the table."""
    bench = Bench(place)
    made = bench.run("make", str(SOURCE), "--out", str(bench.folder), "--json", *options)
    revised: dict[str, list[Revised]] = {}
    for number in range(runs):
        for what, requests in REQUESTS.items():
            request = requests[number]
            one = bench.revise(request)
            revised.setdefault(what, []).append(one)
            ran = one.command.ran
            print(
                f"  {request}: wall {ran.wall_s:.1f} s, processor {ran.cpu_s:.1f} s, "
                f"of the cut {one.command.cut_cpu_s:.2f} s",
                file=sys.stderr,
                flush=True,
            )
    return _rows(made, revised)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="360x640", help="[%(default)s]")
    parser.add_argument("--voice", default="kokoro", help="kokoro or none [%(default)s]")
    parser.add_argument(
        "--runs", type=int, choices=(1, 2, 3), default=3, help="medians of so many [%(default)s]"
    )
    parser.add_argument(
        "--keep", type=Path, help="work in this new folder and leave the film there"
    )
    given = parser.parse_args()
    print(description(), end="\n\n", flush=True)
    options = ("--size", given.size, "--voice", given.voice)
    with tempfile.TemporaryDirectory() as scratch:
        rows = measure(given.keep or Path(scratch), options, runs=given.runs)
    head = f"revisions of a film of 24 shots at {given.size}, medians of {given.runs}"
    print(table([head, "", "measured", "target"], rows))


if __name__ == "__main__":
    main()

"""Plays nights with providers that fail and runners that are killed, and judges each from outside.

    python -m benchmarks.chaos [--nights 200] [--seed 1] [--first 0] [--keep DIR] [--json FILE]

Each night has a provider in a process of its own, three to five small films in a list, a budget,
and `nightshoot batch run`, which is killed with signal 9 again and again before it is left to end.
A night is its seed's: `--seed S --first N --nights 1` plays it again, kills and faults included,
as far as processes that run at once do the same again. Ctrl-C ends it, with the table.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from dataclasses import fields
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks.chaos.night import Morning, played
from benchmarks.machine import description, table


def nights(place: Path, *, count: int, seed: int, first: int = 0) -> list[Morning]:
    """Plays nights one after the other; the folders of those without a fault are removed."""
    _imported()
    found: list[Morning] = []
    for number in range(first, first + count):
        try:
            told = played(f"{seed}/{number}", place / f"night-{number}")
        except KeyboardInterrupt:
            # What was played is told; the night that was broken off is not.
            break
        found.append(told)
        print(line(told), file=sys.stderr, flush=True)
        for fault in told.faults:
            print(f"    seed {seed}, night {number}: {fault}", file=sys.stderr, flush=True)
        for reason, many in told.reasons.items():
            print(f"    {many} {reason}", file=sys.stderr, flush=True)
        if not told.faults:
            shutil.rmtree(place / f"night-{number}")
    return found


def _imported() -> None:
    """Imports what runners and providers need, once for all that are forked."""
    import aiohttp.web
    import av
    import cv2
    import httpx2

    import nightshoot.cli.batching
    import nightshoot.cli.filming
    import nightshoot.cli.reporting
    import nightshoot.tools.hosted.service_camera
    import nightshoot.tools.hosted.service_painter
    import nightshoot.tools.video.multiplane.filmer  # noqa: F401

    cv2.setNumThreads(0)
    del aiohttp, av, httpx2


def line(told: Morning) -> str:
    """Gives a night in a line."""
    states = ", ".join(f"{count} {state}" for state, count in sorted(told.states.items()))
    kills = sum(told.blows.values()) - told.blows["came too late"]
    return (
        f"night {told.seed}: {states}; {kills} kills, {sum(told.mishaps.values())} mishaps, "
        f"{told.jobs} jobs, {told.charged_usd:.2f} of {told.budget_usd:.2f} USD; "
        f"{told.wall_s:.1f} s, {told.cpu_s:.1f} s of processor; {len(told.faults)} faults"
    )


def summary(found: list[Morning]) -> str:
    """Gives all nights as a table."""
    states, causes, blows, mishaps = (Counter[str]() for _ in range(4))
    for told in found:
        states += told.states
        causes += told.causes
        blows += told.blows
        mishaps += told.mishaps
    kills = sum(blows.values()) - blows["came too late"]
    over = sum(any("was charged" in fault for fault in told.faults) for told in found)
    rows = [
        ["nights", str(len(found)), ""],
        ["films", str(sum(states.values())), ""],
        *([f"films {state.replace('_', ' ')}", str(count), ""] for state, count in states.items()),
        *(
            [f"not done: {cause}", str(count), ""]
            for cause, count in sorted(causes.items(), key=str)
        ),
        ["runners started", str(sum(told.starts for told in found)), ""],
        ["runners killed", str(kills), ""],
        *([f"killed {blow}", str(count), ""] for blow, count in sorted(blows.items())),
        ["jobs that the provider took", str(sum(told.jobs for told in found)), ""],
        ["requests and jobs that went wrong", str(sum(mishaps.values())), ""],
        *([what, str(count), ""] for what, count in sorted(mishaps.items())),
        ["actions in the logs", str(sum(told.actions for told in found)), ""],
        ["finished actions made again", str(sum(told.remade for told in found)), "0"],
        ["jobs paid twice", str(sum(told.paid_twice for told in found)), "0"],
        ["nights that cost more than their budget", str(over), "0"],
        ["nights with any fault", str(sum(bool(told.faults) for told in found)), "0"],
        [
            "seconds a night, wall",
            f"{sum(told.wall_s for told in found) / max(1, len(found)):.1f}",
            "",
        ],
        [
            "seconds a night, processor",
            f"{sum(told.cpu_s for told in found) / max(1, len(found)):.1f}",
            "",
        ],
    ]
    return table(["chaos", "measured", "target"], rows)


def main() -> None:
    """Plays the nights and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nights", type=int, default=200, help="[%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="of the nights [%(default)s]")
    parser.add_argument("--first", type=int, default=0, help="the first night [%(default)s]")
    parser.add_argument("--keep", type=Path, help="work in this new folder; bad nights stay")
    parser.add_argument("--json", type=Path, help="write what each night came to into this file")
    given = parser.parse_args()
    # Asked to end, it ends its provider and its runners too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(description(), end="\n\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        found = nights(
            given.keep or Path(folder), count=given.nights, seed=given.seed, first=given.first
        )
    if given.json:
        # Not `asdict`, which cannot copy a Counter.
        nights_told = [
            {one.name: getattr(told, one.name) for one in fields(told)} for told in found
        ]
        given.json.write_text(json.dumps(nights_told))
    print(summary(found))
    sys.exit(any(told.faults for told in found))


if __name__ == "__main__":
    main()

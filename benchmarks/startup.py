"""How long `nightshoot --help` takes, and that it imports nothing heavy.

    python benchmarks/startup.py [--runs 15]

Wall time and processor time of the installed command, interpreter included; the first run, which
may write byte code, is not counted.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.machine import cpu_s, description, table

HEAVY = ("torch", "cv2", "langgraph", "langchain_core", "openai", "numpy", "av", "onnxruntime")
TARGET_S = 0.4

_PROBE = """
import sys
from click.testing import CliRunner
from nightshoot.cli import main
assert CliRunner().invoke(main, ["--help"]).exit_code == 0
print(*(name for name in {heavy!r} if name in sys.modules))
"""


def times(runs: int) -> list[tuple[float, float]]:
    """Gives wall and processor seconds of each run of `nightshoot --help`."""
    command = [str(Path(sys.executable).with_name("nightshoot")), "--help"]
    taken = []
    for _ in range(runs + 1):
        began, begun = time.monotonic(), cpu_s()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append((time.monotonic() - began, cpu_s() - begun))
    return taken[1:]


def heavy_imports() -> list[str]:
    """Gives which of the heavy packages are loaded once the help is printed."""
    probe = _PROBE.format(heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)
    return done.stdout.split()


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15, help="how many runs [%(default)s]")
    runs = parser.parse_args().runs
    print(description(), end="\n\n")
    taken, loaded = times(runs), heavy_imports()
    wall = [wall for wall, _ in taken]
    rows = [
        ["wall, median", f"{statistics.median(wall):.3f} s", f"≤ {TARGET_S} s"],
        ["wall, fastest and slowest", f"{min(wall):.3f} s, {max(wall):.3f} s", ""],
        ["processor, median", f"{statistics.median(cpu for _, cpu in taken):.3f} s", ""],
        [f"imported of {', '.join(HEAVY)}", ", ".join(loaded) or "none", "none"],
    ]
    print(table([f"`nightshoot --help`, {runs} runs", "measured", "target"], rows))


if __name__ == "__main__":
    main()

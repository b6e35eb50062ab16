"""Memory that is freed goes back to the system."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

glibc = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc keeps what is freed"
)

# Threads free large pieces in turn, as films do their sounds: glibc's own threshold rises with
# them, and the pieces after that lie in the arenas of threads, one below a piece that is kept.
_WORK = """
import ctypes, json, sys, threading, psutil
from nightshoot.cli.heap import give_back_freed_memory

wanted = sys.argv[1] == "yes"
done = give_back_freed_memory() if wanted else False
kept = []
# All of them are there at once, on any machine: each has an arena of its own.
together = threading.Barrier(4)

def work():
    together.wait()
    pieces = [bytearray(30_000_000)]
    pieces.clear()
    for _ in range(3):
        pieces += [bytearray(10_000_000) for _ in range(2)]
        kept.append(bytearray(1_000))
    for piece in pieces:
        piece[::4096] = b"x" * len(piece[::4096])
    together.wait()

for _ in range(2):
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(json.dumps([done, psutil.Process().memory_info().rss]))
"""


def _left(wanted: str) -> tuple[bool, int]:
    ran = subprocess.run(
        [sys.executable, "-c", _WORK, wanted], capture_output=True, text=True, check=True
    )
    done, rss = json.loads(ran.stdout)
    return done, rss


@glibc
def test_what_threads_have_freed_is_not_kept() -> None:
    (_, kept), (done, given_back) = _left("no"), _left("yes")
    assert done
    assert given_back < 60_000_000, given_back
    assert kept > given_back + 20_000_000, (kept, given_back)

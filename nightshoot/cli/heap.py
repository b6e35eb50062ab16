"""Has the C library give back what is freed, so that a long night needs no more than its films."""

from __future__ import annotations

import ctypes
import os
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Source: glibc's malloc.h."""

PIECE_BYTES = 8 * 2**20
"""From which size on a piece of memory is the system's own, and goes back to it when it is freed;
and how much an arena keeps at its end. More than a frame of 1080x1920, since pages that the system
hands out anew for each frame cost processor time: with 1 MiB, a film of 720x1280 took 2.3 s of the
system's time more of 32 s in all; with 8 MiB, nothing more.

Without it glibc raises the size to that of the largest piece freed so far, up to 32 MiB, and lets
each arena keep twice as much: models and long sounds then lie in the arenas, and stay there.
Source: mallopt(3); films of 8 s at 240x426, four at once, on two cores, the most memory in MB while
0, 1, ... 4 films were done: 830, 991, 972, 1012, 1040 without it, 813, 888, 860, 819, 859 with it.
"""


def give_back_freed_memory() -> bool:
    """Sets it for this process, once and for all; gives whether the C library knows how.

    Threads share as many arenas as there are processors: glibc's own eight a processor hold eight
    times what is free in one. Does nothing outside Linux. Cheap; to be called before the threads
    that make films begin.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        # Another C library, such as musl: it has no arenas that keep.
        return False
    mallopt.argtypes, mallopt.restype = (ctypes.c_int, ctypes.c_int), ctypes.c_int
    wanted = (
        (_MMAP_THRESHOLD, PIECE_BYTES),
        (_TRIM_THRESHOLD, PIECE_BYTES),
        (_ARENA_MAX, max(2, len(os.sched_getaffinity(0)))),
    )
    return all(mallopt(name, value) for name, value in wanted)

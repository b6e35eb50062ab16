"""What a process and its children keep is what the system counts."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from nightshoot.tools.resident import resident_gib

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says")

_KEEPS = "kept = b'1' * (64 << 20); print(len(kept), flush=True); input()"
_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_KEEPS!r}])"


def test_it_is_what_another_tool_reads() -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", _KEEPS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert run.stdout is not None
        run.stdout.readline()
        known = psutil.Process(run.pid).memory_info().rss / 2**30
        assert resident_gib(run.pid) == pytest.approx(known, rel=0.05, abs=0.005)
    finally:
        run.communicate(b"\n")


def test_children_count_and_who_is_gone_is_unknown() -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert run.stdout is not None
        assert int(run.stdout.readline()) == 64 << 20
        kept = resident_gib(run.pid)
        assert kept is not None
        assert 0.065 < kept < 0.2
    finally:
        run.communicate(b"\n")
    assert resident_gib(run.pid) is None

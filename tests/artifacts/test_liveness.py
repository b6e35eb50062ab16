"""A file's lock says whether its maker lives."""

from __future__ import annotations

import errno
import fcntl
import threading
from pathlib import Path

import pytest

from nightshoot.artifacts.liveness import Living
from nightshoot.errors import ArtifactError


def test_the_lock_of_the_living_is_not_taken_and_that_of_the_dead_is(tmp_path: Path) -> None:
    living = Living.new(tmp_path / "new")
    assert Living.taken(living.path) is None
    living.release()
    taken = Living.taken(living.path)
    assert taken is not None
    assert Living.taken(living.path) is None
    taken.remove()
    assert list((tmp_path / "new").iterdir()) == []


def test_whose_file_is_gone_is_dead(tmp_path: Path) -> None:
    taken = Living.taken(tmp_path / "0")
    assert taken is not None
    taken.remove()
    taken.remove()


def test_it_is_let_go_of_by_another_thread_too(tmp_path: Path) -> None:
    living = Living.new(tmp_path)
    thread = threading.Thread(target=living.remove)
    thread.start()
    thread.join()
    assert list(tmp_path.iterdir()) == []


def test_nobody_who_sweeps_takes_a_new_one_for_dead(tmp_path: Path) -> None:
    ends = threading.Event()
    swept: list[Path] = []

    def sweep() -> None:
        while not ends.is_set():
            for path in tmp_path.iterdir():
                taken = Living.taken(path)
                if taken is not None:
                    swept.append(path)
                    taken.remove()

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(100):
            living = Living.new(tmp_path)
            assert living.path.exists()
            assert Living.taken(living.path) is None
            assert living.path not in swept
            living.remove()
    finally:
        ends.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK])
def test_a_file_system_without_locks_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(ArtifactError, match=r"has no locks.*NIGHTSHOOT_HOME"):
        Living.new(tmp_path)

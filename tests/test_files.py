"""Files are written whole or not at all, and refusals to write say what to do."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from nightshoot import files
from nightshoot.errors import ArtifactError
from nightshoot.files import digest_of, new_part, sweep_parts, write_atomically, writing_to


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path) -> None:
    with (
        pytest.raises(ArtifactError, match=r"no space left .*nightshoot resume"),
        writing_to(tmp_path),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"x")


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(TypeError):
        write_atomically(path, "text")  # type: ignore[arg-type]
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_bytes() == b"new"


def test_what_the_dead_left_of_a_file_is_swept_and_of_no_other(tmp_path: Path) -> None:
    name = "第一夜" * 20
    for path in (tmp_path / name, tmp_path / "b.txt"):
        handle, _ = new_part(path)
        os.close(handle)
    sweep_parts(tmp_path / name, idle_s=60.0)
    assert len(list(tmp_path.iterdir())) == 2, "somebody may be writing it"
    sweep_parts(tmp_path / name)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".b.txt-")


def test_a_file_that_has_not_changed_is_hashed_once_and_one_that_has_again(tmp_path: Path) -> None:
    old = Path(files.__file__)
    digest = digest_of(old)
    read = files._hashed_once.cache_info().misses
    assert digest_of(old) == digest == hashlib.sha256(old.read_bytes()).hexdigest()
    assert files._hashed_once.cache_info().misses == read
    new = tmp_path / "new"
    new.write_bytes(b"one")
    before = new.stat()
    assert digest_of(new) == hashlib.sha256(b"one").hexdigest()
    new.write_bytes(b"two")
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert digest_of(new) == hashlib.sha256(b"two").hexdigest()

"""The content-addressed store."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest

from nightshoot.artifacts import Store
from nightshoot.errors import ArtifactError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_a_file_is_found_by_the_digest_of_its_bytes(store: Store) -> None:
    digest = store.put_bytes(b"a picture")
    assert digest == hashlib.sha256(b"a picture").hexdigest()
    assert store.path(digest).read_bytes() == b"a picture"
    assert store.holds_whole(digest)


def test_equal_files_are_kept_once(store: Store) -> None:
    first = store.path(store.put_bytes(b"a"))
    before = first.stat().st_ino
    assert store.path(store.put_bytes(b"a")).stat().st_ino == before
    assert len(list((store.root / "objects").rglob("*"))) == 2


def test_what_is_not_there_is_an_artifact_error(store: Store) -> None:
    with pytest.raises(ArtifactError, match="lacks 0000"):
        store.path("0" * 64)
    assert not store.holds_whole("0" * 64)


def spoil(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def test_a_corrupt_file_is_set_aside_and_can_be_put_again(store: Store) -> None:
    digest = store.put_bytes(b"a picture")
    spoil(store.path(digest), b"a p1cture")
    assert not store.holds_whole(digest)
    with pytest.raises(ArtifactError):
        store.path(digest)
    assert store.put_bytes(b"a picture") == digest
    assert store.path(digest).read_bytes() == b"a picture"


def test_putting_a_file_again_heals_a_corrupt_one_of_the_same_size(store: Store) -> None:
    digest = store.put_bytes(b"a picture")
    spoil(store.path(digest), b"a p1cture")
    store.put_bytes(b"a picture")
    assert store.path(digest).read_bytes() == b"a picture"


def test_an_exported_copy_can_be_edited_without_harm(store: Store, tmp_path: Path) -> None:
    digest = store.put_bytes(b"a picture")
    copy = tmp_path / "film" / "copy.png"
    store.export(digest, copy)
    copy.write_bytes(b"mine")
    assert store.path(digest).read_bytes() == b"a picture"
    assert store.holds_whole(digest)


def test_a_scratch_folder_goes_away_with_what_is_in_it(store: Store) -> None:
    with store.scratch() as folder:
        (folder / "a").write_text("x")
    assert not folder.exists()


def test_sweeping_removes_what_dead_processes_left_and_nothing_else(store: Store) -> None:
    dead = store.root / "scratch" / "999999999-abc"
    dead.mkdir()
    (dead / "half").write_text("x")
    odd = store.root / "scratch" / "leftover"
    odd.write_text("x")
    with store.scratch() as mine:
        store.sweep()
        assert mine.is_dir()
    assert not dead.exists()
    assert not odd.exists()


def test_many_threads_may_put_the_same_file(store: Store) -> None:
    data = os.urandom(200_000)
    digests: list[str] = []
    threads = [
        threading.Thread(target=lambda: digests.append(store.put_bytes(data))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(digests) == 6
    assert len(set(digests)) == 1
    assert store.holds_whole(digests[0])


def test_a_place_that_cannot_be_written_to_is_an_artifact_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(ArtifactError, match="file"):
        Store(blocked / "store")

"""What differs between two versions: by shot, by document, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightshoot.artifacts import Store
from nightshoot.comparing import Difference, compare
from nightshoot.documents import to_yaml
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Grade, Storyboard
from nightshoot.versions import Held, Version


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def version(
    number: int, board: Storyboard, screenplay: Screenplay, store: Store, **takes: str
) -> Version:
    """A version whose takes are these words; by default the shot's id."""
    texts = {
        "storyboard.yaml": to_yaml(board).decode(),
        "screenplay.yaml": to_yaml(screenplay).decode(),
    }
    for shot in board.shots:
        texts[f"shots/{shot.id}/take.mp4"] = takes.get(shot.id, shot.id)
        texts[f"shots/{shot.id}/keyframe.png"] = f"still of {shot.id}"
    held = Held(files={name: store.put_bytes(text.encode()) for name, text in texts.items()})
    return Version(number=number, at="2026-11-22T03:00:00+00:00", held=held)


def differing(before: Version, after: Version, store: Store) -> Difference:
    return compare(before, after, size=(128, 228), store=store)


def test_equal_versions_differ_in_nothing(
    board: Storyboard, screenplay: Screenplay, store: Store
) -> None:
    one, two = (version(number, board, screenplay, store) for number in (1, 2))
    found = differing(one, two, store)
    assert (found.shots, found.documents, found.same) == ((), (), 3)


def test_a_shot_differs_in_its_fields_and_in_its_bytes(
    board: Storyboard, screenplay: Screenplay, store: Store
) -> None:
    graded = board.shots[1].model_copy(update={"grade": Grade(warmth=0.5)})
    revised = board.model_copy(update={"shots": (board.shots[0], graded, board.shots[2])})
    found = differing(
        version(1, board, screenplay, store),
        version(2, revised, screenplay, store, s03="another take"),
        store,
    )
    assert [(one.id, one.what) for one in found.shots] == [("s02", ("grade",)), ("s03", ("take",))]
    assert found.same == 1
    (document,) = found.documents
    assert document.name == "storyboard.yaml"
    assert any(line.startswith("+") and "warmth: 0.5" in line for line in document.lines)


def test_other_words_of_a_line_are_a_change_of_its_shot(
    board: Storyboard, screenplay: Screenplay, store: Store
) -> None:
    spoken = to_yaml(screenplay).decode().replace("何夜无月？", "今夕何夕？").encode()
    one = version(1, board, screenplay, store)
    files = {**one.held.files, "screenplay.yaml": store.put_bytes(spoken)}
    two = one.model_copy(update={"number": 2, "held": Held(files=files)})
    found = differing(one, two, store)
    assert [(change.id, change.what) for change in found.shots] == [("s02", ("lines",))]
    assert found.shots[0].after is not None
    assert found.shots[0].after.lines == ("今夕何夕？",)


def test_a_shot_of_one_version_alone_was_added_or_deleted(
    board: Storyboard, screenplay: Screenplay, store: Store
) -> None:
    shorter = board.model_copy(update={"shots": board.shots[:2]})
    long, short = (version(1, one, screenplay, store) for one in (board, shorter))
    there = differing(long, short, store).shots
    assert [(one.id, one.what, one.after) for one in there] == [("s03", ("deleted",), None)]
    back = differing(short, long, store).shots
    assert [(one.id, one.what, one.before) for one in back] == [("s03", ("added",), None)]


def test_a_persons_file_is_what_its_version_shows(
    board: Storyboard, screenplay: Screenplay, store: Store
) -> None:
    one = version(1, board, screenplay, store)
    hand = {"shots/s01/keyframe.png": store.put_bytes(b"painted by hand")}
    two = one.model_copy(update={"number": 2, "held": one.held.model_copy(update={"hand": hand})})
    (change,) = differing(one, two, store).shots
    assert (change.id, change.what) == ("s01", ("keyframe",))

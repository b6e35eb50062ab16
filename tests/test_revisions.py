"""Revising a film makes again what has become stale, and nothing else."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from nightshoot.cli.ruling import ruled
from nightshoot.domain.approval import Verdict
from nightshoot.domain.revision import (
    AdjustGrade,
    Operation,
    Regenerate,
    ReleasePin,
    RewriteLine,
    SetCamera,
    SetCaptions,
    SetMusic,
    SetTransition,
)
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import ShotSize, Transition
from nightshoot.errors import InputError
from nightshoot.events import ActionDone
from nightshoot.production import Production
from nightshoot.remaking import show_version
from nightshoot.revisions import Accepted, Proposal, Revisions
from nightshoot.tools.edit.ffmpeg import run_ffmpeg
from nightshoot.tools.measure.frames import read_picture

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object


def files(folder: Path) -> dict[str, bytes]:
    """The film as a person sees it, but for the log of what happened."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".nightshoot" not in path.parts and path.name != "events.jsonl"
    }


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in before | after if before.get(name) != after.get(name)}


@pytest.fixture
def film(bench: Callable[..., Bench]) -> Bench:
    """A finished film of stand-ins."""
    made = bench()
    made.make()
    return made


def revised(film: Bench, *operations: Operation) -> tuple[Proposal, Accepted]:
    revisions = Revisions(film.studio(), film.production())
    proposal = revisions.weigh("a request", operations)
    return proposal, revisions.accept(proposal, sink=film.events.append)


def test_the_first_film_is_version_one_with_every_file_in_the_store(film: Bench) -> None:
    versions = film.production().versions
    (version,) = versions.all()
    assert (versions.head, version.number, version.parent) == (1, 1, None)
    assert {"film.mp4", "storyboard.yaml", "production.yaml"} <= set(version.held.files)
    assert version.actions
    film.make()
    assert film.production().versions.head == 1, "nothing changed, so there is no new version"


def test_a_closer_shot_is_painted_and_filmed_again_and_the_others_are_not(film: Bench) -> None:
    before = files(film.folder)
    painted, filmed = film.painter.calls[:], film.camera.calls[:]
    proposal, accepted = revised(film, Regenerate(shots=("s02",)))
    assert proposal.forecast is not None
    assert proposal.forecast.shots == ("s02",)
    assert (proposal.forecast.count("image"), proposal.forecast.count("video")) == (1, 1)
    assert len(film.painter.calls) == len(painted) + 1
    assert len(film.camera.calls) == len(filmed) + 1
    after = files(film.folder)
    touched = changed(before, after)
    assert {"film.mp4", "storyboard.yaml", "shots/s02/take.mp4"} <= touched
    others = {name for name in touched if name.startswith(("shots/s01/", "shots/s03/"))}
    # How far they differ from the shot between them is judged anew.
    assert others <= {"shots/s01/review.yaml", "shots/s03/review.yaml"}
    assert accepted.version == 2
    assert film.production().pins == ()


@pytest.mark.parametrize(
    "operation",
    [
        Regenerate(shots=("s01",)),
        AdjustGrade(shots=("s02",), exposure_stops=0.5),
        SetTransition(shots=("s02",), transition=Transition.DISSOLVE),
        SetMusic(louder_db=-6),
        SetCaptions(on=False),
    ],
    ids=lambda operation: operation.op,
)
def test_a_forecast_is_what_is_made(film: Bench, operation: Operation) -> None:
    film.events.clear()
    proposal, _ = revised(film, operation)
    assert proposal.forecast is not None
    made = Counter(
        event.tool for event in film.events if isinstance(event, ActionDone) and not event.reused
    )
    foreseen = Counter(one.tool for one in proposal.forecast.stale)
    assert not foreseen - made, "nothing is foreseen that is not made"
    if operation.op in ("adjust_grade", "set_music", "set_captions"):
        # Stretches of sound are found while the mix is made, and what is seen after the parts.
        assert set(made - foreseen) <= {"edit/stretch", "measure/part", "page/picture"}


def test_a_grade_and_a_transition_film_nothing_anew(film: Bench) -> None:
    calls = (film.painter.calls[:], film.camera.calls[:])
    before = files(film.folder)
    revised(film, AdjustGrade(shots=("s02",), exposure_stops=0.5, warmth=-0.5))
    after = files(film.folder)
    assert calls == (film.painter.calls, film.camera.calls)
    assert "film.mp4" in changed(before, after)
    assert not {name for name in changed(before, after) if name.endswith("take.mp4")}


def test_undo_and_checkout_make_nothing_and_bring_back_every_byte(film: Bench) -> None:
    first = files(film.folder)
    revised(film, SetCamera(shots=("s02",), size=ShotSize.CU))
    second = files(film.folder)
    calls = (film.painter.calls[:], film.camera.calls[:])
    production = film.production()
    with production.held():
        show_version(film.studio(), production, 1)
    assert files(film.folder) == first
    assert film.production().versions.head == 1
    production = film.production()
    with production.held():
        show_version(film.studio(), production, 2)
    assert files(film.folder) == second
    assert calls == (film.painter.calls, film.camera.calls)
    _, accepted = revised(film, AdjustGrade(shots=("s01",), warmth=0.5))
    assert accepted.version == 3
    assert film.production().versions.get(3).parent == 2


def test_another_line_is_spoken_and_captioned_and_its_picture_stays(film: Bench) -> None:
    line = film.production().read("storyboard.yaml", Storyboard).shots[1].lines[0]
    painted = film.painter.calls[:]
    proposal, _ = revised(film, RewriteLine(line=line, text="换一句话来说。"))
    assert proposal.forecast is not None
    assert proposal.forecast.count("speech") == 1
    assert film.painter.calls == painted


def test_a_proposal_of_a_film_that_changed_meanwhile_is_refused(film: Bench) -> None:
    revisions = Revisions(film.studio(), film.production())
    proposal = revisions.weigh("closer", [SetCamera(shots=("s02",), size=ShotSize.CU)])
    revised(film, SetCamera(shots=("s01",), size=ShotSize.CU))
    stale = Revisions(film.studio(), film.production())
    with pytest.raises(InputError, match="has been changed meanwhile"):
        stale.accept(proposal, sink=film.events.append)


def test_an_edit_by_hand_becomes_a_version_that_undo_takes_back(film: Bench) -> None:
    before = files(film.folder)
    board = film.folder / "storyboard.yaml"
    board.write_text(board.read_text().replace("size: MS", "size: CU", 1))
    film.make()
    production = film.production()
    assert production.versions.head == 2
    assert "storyboard.yaml" in production.versions.get(2).held.hand
    with production.held():
        show_version(film.studio(), production, 1)
    assert files(film.folder) == before
    assert Production.open(film.folder).pins == ()


def test_a_keyframe_put_there_by_hand_is_filmed_and_never_overwritten(film: Bench) -> None:
    own = film.folder / "shots/s02/keyframe.png"
    picture = np.flip(read_picture(own), axis=1)
    cv2.imwrite(str(own), cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST))
    mine = own.read_bytes()
    painted, filmed = len(film.painter.calls), len(film.camera.calls)
    assert film.production().pins == ("shots/s02/keyframe.png",)
    film.make()
    assert own.read_bytes() == mine
    assert len(film.painter.calls) == painted
    assert len(film.camera.calls) == filmed + 1
    assert film.production().versions.head == 2
    film.make()
    assert len(film.camera.calls) == filmed + 1, "nothing changed since"
    _, accepted = revised(film, ReleasePin(file="shots/s02/keyframe.png"))
    assert accepted.version == 3
    assert own.read_bytes() != mine
    assert film.production().pins == ()
    assert len(film.painter.calls) == painted, "the painted one is in the log still"


def test_a_take_put_there_by_hand_is_cut_in_without_painting(film: Bench) -> None:
    take = film.folder / "shots/s02/take.mp4"
    longer = film.folder / "shots/s01/take.mp4"
    run_ffmpeg(
        ["-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=9", "mine.mp4"], cwd=film.folder.parent
    )
    shutil.copy(film.folder.parent / "mine.mp4", take)
    mine, other = take.read_bytes(), longer.read_bytes()
    painted, filmed = len(film.painter.calls), len(film.camera.calls)
    before = (film.folder / "film.mp4").read_bytes()
    film.make()
    assert (take.read_bytes(), longer.read_bytes()) == (mine, other)
    assert (len(film.painter.calls), len(film.camera.calls)) == (painted, filmed)
    assert (film.folder / "film.mp4").read_bytes() != before


def test_a_file_of_a_persons_that_cannot_be_used_is_told_and_nothing_is_touched(
    film: Bench,
) -> None:
    (film.folder / "shots/s02/take.mp4").write_bytes(b"no video")
    before = files(film.folder)
    with pytest.raises(InputError, match=r"shots/s02/take\.mp4"):
        film.make()
    assert files(film.folder) == before


def test_a_ruling_that_is_in_no_version_yet_is_not_lost_by_undo(film: Bench) -> None:
    revised(film, AdjustGrade(shots=("s01",), warmth=0.5))
    ruled(film.folder, "s02", Verdict.APPROVED, take=None, note="I like it")
    production = film.production()
    with production.held(), pytest.raises(InputError, match=r"rulings\.yaml"):
        show_version(film.studio(), production, 1)
    film.make()
    production = film.production()
    with production.held():
        show_version(film.studio(), production, 2)
    assert not (film.folder / "rulings.yaml").exists()
    production = film.production()
    with production.held():
        show_version(film.studio(), production, 3)
    assert "I like it" in (film.folder / "rulings.yaml").read_text()

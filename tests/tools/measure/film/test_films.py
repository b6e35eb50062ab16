"""Films are judged by their cut, their sound and a few small frames: good ones pass."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nightshoot.domain.cut import Caption, Clip, ClipKind, Cut
from nightshoot.domain.review import Review
from nightshoot.domain.vocabulary import Locale, Mood, Transition
from nightshoot.errors import BackendError
from nightshoot.tools.edit.probe import Probed
from nightshoot.tools.measure.film.shown import FilmShown, Picture, join_frames, sampled
from nightshoot.tools.measure.films import judge_film
from nightshoot.tools.measure.loudness import Loudness
from nightshoot.tools.video.encode import FrameWriter

FPS = Fraction(24)


def scene(seed: int) -> Picture:
    import cv2

    coarse = np.random.default_rng(seed).integers(30, 226, (8, 5, 3), np.uint8)
    return cv2.resize(coarse, (36, 64), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def clip(number: int, **parts: object) -> Clip:
    given = {"id": f"s{number}", "take": f"t{number}", "num_frames": 96, "mood": Mood.SERENE}
    return Clip.model_validate(given | parts)


def cut_of(*clips: Clip) -> Cut:
    return Cut(title="t", fps=FPS, width=360, height=640, clips=clips)


def shown(cut: Cut, seeds: tuple[int, ...] = (), /, **parts: object) -> FilmShown:
    """A film that is as the cut has it; each clip is one picture, by its seed."""
    chosen = seeds or tuple(range(len(cut.clips)))
    pictures = {
        number: scene(seed)
        for seed, one, start in zip(chosen, cut.clips, cut.starts, strict=True)
        for number in {start, start + 48, start + one.num_frames - one.transition_frames - 1}
    }
    seconds = float(cut.num_frames / cut.fps)
    film = Probed(
        num_frames=cut.num_frames, fps=FPS, width=360, height=640, duration_s=seconds,
        has_audio=True, audio_duration_s=seconds,
    )  # fmt: skip
    good = FilmShown(
        cut=cut, film=film, locale=Locale.ZH, sound=Loudness(-16.2, -1.5), asked_s=seconds,
        pictures=pictures,
    )  # fmt: skip
    return replace(good, **parts)  # type: ignore[arg-type]


def failed(review: Review) -> list[str]:
    return [finding.measure for finding in review.findings if not finding.passed]


def said(start: int, end: int, text: str = "清风徐来") -> Caption:
    return Caption(start=start, end=end, text=text)


GOOD = cut_of(
    clip(0, captions=(said(6, 48), said(48, 90))), clip(1), clip(2, captions=(said(0, 40),))
)


def test_a_good_film_passes_every_measure() -> None:
    review = judge_film(shown(GOOD))
    assert len(review.findings) == 10
    assert failed(review) == []
    assert review.not_judged == ()


def test_what_cannot_be_judged_says_why() -> None:
    silent = shown(
        cut_of(clip(0)),
        sound=None,
        asked_s=None,
        pictures={},
        film=replace(shown(cut_of(clip(0))).film, has_audio=False),
    )
    review = judge_film(silent)
    assert [finding.measure for finding in review.findings] == ["frame_count"]
    assert len(review.not_judged) == 9
    assert all(": " in reason for reason in review.not_judged)


@pytest.mark.parametrize(
    ("change", "measure"),
    [
        ({"sound": Loudness(-19.0, -1.5)}, "loudness"),
        ({"sound": Loudness(-16.0, -0.2)}, "true_peak"),
        ({"asked_s": 30.0}, "length"),
        ({"asked_s": 6.0}, "length"),
    ],
)
def test_sound_and_length_are_held_to_their_limits(change: dict[str, object], measure: str) -> None:
    assert failed(judge_film(shown(GOOD, **change))) == [measure]


def test_frames_that_are_missing_and_sound_that_runs_on_are_told() -> None:
    film = shown(GOOD).film
    short = replace(film, num_frames=film.num_frames - 1)
    assert failed(judge_film(shown(GOOD, film=short))) == ["frame_count"]
    late = replace(film, audio_duration_s=film.duration_s + 0.1)
    assert failed(judge_film(shown(GOOD, film=late))) == ["audio_video_drift"]


def test_a_black_frame_at_a_cut_is_convicted_even_under_a_caption() -> None:
    film = shown(GOOD)
    black = np.zeros((64, 36, 3), np.uint8)
    black[52:54] = 255
    for number in (95, 96):
        review = judge_film(replace(film, pictures={**film.pictures, number: black}))
        finding = next(one for one in review.findings if one.measure == "black_joins")
        assert not finding.passed
        assert finding.frame == number


def test_black_that_the_cut_asks_for_is_no_fault() -> None:
    dip = cut_of(
        clip(0, transition=Transition.DIP_TO_BLACK, transition_frames=24),
        clip(1),
        clip(2, kind=ClipKind.END),
    )
    assert join_frames(dip) == (0, 71, 96, 167)
    film = shown(dip)
    black = dict.fromkeys(range(72, 96), np.zeros((64, 36, 3), np.uint8))
    black |= dict.fromkeys(range(168, 264), black[80])
    assert failed(judge_film(replace(film, pictures={**film.pictures, **black}))) == []


def test_every_frame_of_a_dissolve_is_looked_at() -> None:
    cut = cut_of(clip(0, transition=Transition.DISSOLVE, transition_frames=12), clip(1))
    assert join_frames(cut) == (0, *range(83, 97), 179)
    film = shown(cut)
    lit = {number: scene(number) for number in join_frames(cut)}
    assert failed(judge_film(replace(film, pictures={**film.pictures, **lit}))) == []
    black = {86: np.zeros((64, 36, 3), np.uint8)}
    assert failed(judge_film(replace(film, pictures={**film.pictures, **lit, **black}))) == [
        "black_joins"
    ]


def test_two_takes_with_the_same_picture_are_convicted_and_one_file_twice_is_not() -> None:
    review = judge_film(shown(GOOD, (1, 2, 1)))
    assert failed(review) == ["duplicate_shots"]
    assert "s0 and s2" in review.note
    again = cut_of(clip(0), clip(1), clip(2, take="t0"))
    assert failed(judge_film(shown(again, (1, 2, 1)))) == []


def test_a_shot_that_only_begins_like_another_is_no_duplicate() -> None:
    film = shown(GOOD, (1, 2, 1))
    moved = {**film.pictures, 240: scene(9)}
    assert failed(judge_film(replace(film, pictures=moved))) == []


def test_noise_of_a_codec_does_not_hide_a_duplicate() -> None:
    film = shown(GOOD, (1, 2, 1))
    rng = np.random.default_rng(1)
    noisy = {
        number: np.clip(picture + rng.normal(3, 3, picture.shape), 0, 255).astype(np.uint8)
        if number >= 192
        else picture
        for number, picture in film.pictures.items()
    }
    assert failed(judge_film(replace(film, pictures=noisy))) == ["duplicate_shots"]


@pytest.mark.parametrize(
    ("captions", "measure"),
    [
        ((said(0, 48), said(40, 90)), "caption_overlap"),
        ((said(0, 90), said(10, 20), said(60, 90)), "caption_overlap"),
        ((said(0, 24, "这一行字在一秒之内是读不完的呀"),), "caption_reading_speed"),
        ((said(0, 90, "一\n二\n三\n四\n五\n六\n七"),), "caption_safe_area"),
    ],
)
def test_captions_that_cannot_be_read_are_convicted(
    captions: tuple[Caption, ...], measure: str
) -> None:
    assert measure in failed(judge_film(shown(cut_of(clip(0, captions=captions), clip(1)))))


def test_english_is_read_faster_by_the_letter() -> None:
    cut = cut_of(clip(0, captions=(said(0, 48, "The moon is bright tonight"),)), clip(1))
    assert failed(judge_film(shown(cut, locale=Locale.EN))) == []


def test_frames_are_sampled_from_the_file_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with FrameWriter(path, width=72, height=128, fps=FPS) as writer:
        for number in range(60):
            writer.write(np.full((128, 72, 3), 4 * number, np.uint8))
    found = sampled(path, (17, 18, 59, 99))
    assert {0, 17, 18, 59} <= set(found)
    assert 99 not in found
    for number, picture in found.items():
        assert picture.shape == (64, 36, 3)
        assert abs(float(picture.mean()) - 4 * number) <= 3


def test_a_file_that_is_no_film_is_a_backend_error(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"no film")
    with pytest.raises(BackendError, match=r"film\.mp4"):
        sampled(path, (1,))

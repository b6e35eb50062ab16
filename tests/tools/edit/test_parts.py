from __future__ import annotations

from fractions import Fraction

import pytest

from nightshoot.domain.cut import Caption, Clip, Cut
from nightshoot.domain.vocabulary import Locale, Mood, Transition
from nightshoot.errors import InputError
from nightshoot.tools.edit.parts import Blend, Body, film_captions, plan_parts
from nightshoot.tools.edit.srt import srt_text


def clip(
    name: str, frames: int, shared: int, *captions: Caption, kind: Transition = Transition.DISSOLVE
) -> Clip:
    return Clip(
        id=name,
        take=f"digest-{name}",
        num_frames=frames,
        transition=kind if shared else Transition.CUT,
        transition_frames=shared,
        captions=captions,
        mood=Mood.SERENE,
    )


def cut_of(*clips: Clip, fps: Fraction = Fraction(24)) -> Cut:
    return Cut(title="t", fps=fps, width=720, height=1280, clips=clips)


def said(start: int, end: int, text: str = "好") -> Caption:
    return Caption(start=start, end=end, text=text)


def test_parts_cover_every_frame_of_the_film_once() -> None:
    cut = cut_of(clip("a", 50, 10), clip("b", 30, 20), clip("c", 40, 0), clip("d", 9, 0))
    parts = plan_parts(cut, locale=Locale.ZH)
    assert [(type(p), p.num_frames) for p in parts] == [
        (Body, 40),
        (Blend, 10),
        (Blend, 20),
        (Body, 20),
        (Body, 9),
    ]
    assert sum(part.num_frames for part in parts) == cut.num_frames


def test_a_change_of_one_shot_changes_its_own_parts_only() -> None:
    before = cut_of(*(clip(name, 50, 10) for name in "abcd"), clip("e", 50, 0))
    longer = (clip("a", 50, 10), clip("b", 50, 10), clip("x", 70, 10), clip("d", 50, 10))
    after = cut_of(*longer, clip("e", 50, 0))
    old = set(plan_parts(before, locale=Locale.ZH))
    new = [part for part in plan_parts(after, locale=Locale.ZH) if part not in old]
    assert [type(part) for part in new] == [Blend, Body, Blend]


def test_captions_are_split_over_the_parts_they_span() -> None:
    cut = cut_of(clip("a", 50, 10, said(35, 48)), clip("b", 50, 0, said(20, 30)))
    body, blend, rest = plan_parts(cut, locale=Locale.ZH)
    assert [(c.start, c.end) for c in body.captions] == [(35, 40)]
    assert [(c.start, c.end) for c in blend.captions] == [(0, 8)]
    assert [(c.start, c.end) for c in rest.captions] == [(10, 20)]


def test_two_captions_are_never_shown_at_once() -> None:
    cut = cut_of(clip("a", 50, 10, said(30, 90, "一")), clip("b", 50, 0, said(2, 30, "二")))
    shown = [(c.start, c.end, c.text) for c in film_captions(cut)]
    assert shown == [(30, 42, "一"), (42, 70, "二")]


def test_a_cut_that_shares_frames_is_refused() -> None:
    bad = Clip(id="a", take="t", num_frames=9, transition_frames=3, mood=Mood.WARM)
    with pytest.raises(InputError, match="choose a transition"):
        plan_parts(cut_of(bad, clip("b", 9, 0)), locale=Locale.ZH)


def test_srt_has_exact_times_and_every_character() -> None:
    rate = Fraction(30000, 1001)
    cut = cut_of(clip("a", 100_000, 0, said(90_000, 90_030, "你好😀\nمرحبا")), fps=rate)
    assert srt_text(cut) == "1\n00:50:03,000 --> 00:50:04,001\n你好😀\nمرحبا\n"


def test_srt_blocks_cannot_be_forged_by_what_is_said() -> None:
    hostile = "一\n\n2\n00:00:00,000 --> 00:00:09,000\n二"
    cut = cut_of(clip("a", 99, 0, said(0, 24, hostile), said(24, 48)))
    text = srt_text(cut)
    assert text.count("-->") == 2
    assert len(text.split("\n\n")) == 2

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest

from nightshoot.domain.cut import Caption, Clip, Cut, Spoken
from nightshoot.domain.vocabulary import Mood, Transition
from nightshoot.errors import InputError
from nightshoot.tools.edit.otio import cut_of, otio_text

MEDIA = {"t1": "shots/s1/take1.mp4", "t2": "shots/s2/take1.mp4", "v": "sound/l1.wav"}


def example(fps: Fraction = Fraction(30000, 1001)) -> Cut:
    caption = Caption(start=3, end=9, text="“夜游”\n{\\b1}: [x]", speaker="su_shi")
    voice = Spoken(line="l1", start=24, audio="v", duration_s=2.5)
    echo = Spoken(line="l2", start=30, audio="v", duration_s=0.5)
    first = Clip(
        id="s1",
        take="t1",
        num_frames=100,
        transition=Transition.DISSOLVE,
        transition_frames=19,
        captions=(caption,),
        spoken=(voice, echo),
        mood=Mood.SERENE,
    )
    second = Clip(id="s2", take="t2", num_frames=80, mood=Mood.TENSE)
    return Cut(title="赤壁赋", fps=fps, width=720, height=1280, clips=(first, second))


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(30000, 1001)])
def test_a_cut_reads_back_equal(fps: Fraction) -> None:
    cut = example(fps)
    assert cut_of(otio_text(cut, media=MEDIA, music="sound/music.wav")) == cut


def test_the_timeline_is_as_long_as_the_film_and_handles_reach_the_takes_ends() -> None:
    cut = example(Fraction(24))
    text = otio_text(cut, media=MEDIA, music="sound/music.wav")
    timeline = otio.adapters.read_from_string(text, "otio_json")
    picture = timeline.video_tracks()[0]
    first, transition, second = picture
    assert picture.duration() == otio.opentime.RationalTime(cut.num_frames, 24)
    assert timeline.audio_tracks()[-1].duration() == picture.duration()
    assert first.source_range.end_time_exclusive().value + transition.out_offset.value == 100
    assert second.source_range.start_time.value - transition.in_offset.value == 0
    assert first.media_reference.target_url == MEDIA["t1"]


def test_voices_stand_where_they_are_heard_and_overlapping_ones_on_tracks_of_their_own() -> None:
    timeline = otio.adapters.read_from_string(
        otio_text(example(Fraction(24)), media=MEDIA), "otio_json"
    )
    tracks = timeline.audio_tracks()
    assert [track.name for track in tracks] == ["voices", "voices 2"]
    for track, start in zip(tracks, (24, 30), strict=True):
        (voice,) = track.find_clips()
        assert track.range_of_child(voice).start_time.value == start


def test_media_that_the_folder_lacks_is_named() -> None:
    with pytest.raises(InputError, match="clip s2"):
        otio_text(example(), media={"t1": "a.mp4", "v": "b.wav"})


@pytest.mark.parametrize(
    "junk", ["", "{}", "[1]", "nope", '{"OTIO_SCHEMA":"Clip.1"}', '{"OTIO_SCHEMA":"Timeline.1"}']
)
def test_junk_is_refused_in_one_line(junk: str) -> None:
    with pytest.raises(InputError, match=r"cut\.otio") as caught:
        cut_of(junk)
    assert "\n" not in str(caught.value)


def test_a_timeline_whose_metadata_was_damaged_is_refused() -> None:
    text = otio_text(example(), media=MEDIA).replace('"num_frames": 100', '"num_frames": -1')
    with pytest.raises(InputError, match=r"cut\.otio"):
        cut_of(text)

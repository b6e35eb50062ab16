"""Bodies, blends and the joined film, measured frame by frame on takes whose frames are numbered.

Frame `i` of a take is a flat picture of luma `base + 3 * i`, so that what is shown tells where it
comes from.
"""

from __future__ import annotations

import subprocess
import wave
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from numpy.typing import NDArray

from nightshoot.domain.cut import Caption, Clip, Cut
from nightshoot.domain.vocabulary import Locale, Mood, Transition
from nightshoot.errors import ArtifactError, BackendError, InputError
from nightshoot.tools.edit.conform import conform
from nightshoot.tools.edit.parts import Body, Part, Raster, plan_parts
from nightshoot.tools.edit.probe import probe
from nightshoot.tools.edit.stitch import stitch
from nightshoot.tools.edit.transitions import blend

WIDTH, HEIGHT = 144, 256
LENGTH = 40
BASES = {"dark": 20, "light": 110, "mid": 60}


def ffmpeg(*arguments: str) -> None:
    subprocess.run([get_ffmpeg_exe(), "-v", "error", "-y", *arguments], check=True)


def make_take(
    path: Path, base: int, *, fps: str = "24", size: str = f"{WIDTH}x{HEIGHT}", frames: int = LENGTH
) -> Path:
    source = f"color=c=black:s={size}:r={fps},format=yuv420p,geq=lum='{base}+3*N':cb=128:cr=128"
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-g", "16", "-threads", "1")
    ffmpeg("-f", "lavfi", "-i", source, "-frames:v", str(frames), *codec, str(path))
    return path


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("takes")
    return {name: make_take(folder / f"{name}.mp4", base) for name, base in BASES.items()}


def frames_of(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        return [
            np.asarray(frame.to_ndarray(format="gray"), dtype=np.uint8)[:HEIGHT, :WIDTH]
            for frame in container.decode(video=0)
        ]


def lumas(path: Path) -> list[float]:
    """The luma of a strip at the top of each frame, away from captions."""
    with av.open(str(path)) as container:
        return [
            float(frame.to_ndarray()[: HEIGHT // 8, :WIDTH].mean())
            for frame in container.decode(video=0)
        ]


def raster(fps: str = "24") -> Raster:
    return Raster(width=WIDTH, height=HEIGHT, fps=Fraction(fps), locale=Locale.ZH)


def body(take: str, first: int, num_frames: int, *captions: Caption) -> Body:
    return Body(take=take, first=first, num_frames=num_frames, captions=captions, raster=raster())


def clip(name: str, transition: Transition, shared: int, *captions: Caption) -> Clip:
    return Clip(
        id=name,
        take=name,
        num_frames=LENGTH,
        transition=transition,
        transition_frames=shared,
        captions=captions,
        mood=Mood.SERENE,
    )


def cut_of(*clips: Clip, fps: str = "24") -> Cut:
    return Cut(title="试片", fps=Fraction(fps), width=WIDTH, height=HEIGHT, clips=clips)


def render(part: Part, takes: dict[str, Path], scratch: Path) -> Path:
    if isinstance(part, Body):
        return conform(body=part, take=takes[part.take], scratch=scratch)
    return blend(
        part=part, outgoing=takes[part.outgoing], incoming=takes[part.incoming], scratch=scratch
    )


def film_of(
    cut: Cut, takes: dict[str, Path], scratch: Path, *, sound: Path | None = None
) -> tuple[Path, list[Path]]:
    files = [render(part, takes, scratch) for part in plan_parts(cut, locale=Locale.ZH)]
    film = scratch / "film.mp4"
    stitch(
        parts=files,
        num_frames=cut.num_frames,
        sound=sound,
        fps=cut.fps,
        title=cut.title,
        target=film,
    )
    return film, files


def make_sound(path: Path, seconds: float) -> Path:
    pcm = path.with_suffix(".wav")
    times = np.arange(round(seconds * 48000)) / 48000
    samples = (8000 * np.sin(2 * np.pi * 440 * times)).astype("<i2")
    with wave.open(str(pcm), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(samples.tobytes())
    ffmpeg("-i", str(pcm), "-c:a", "aac", "-b:a", "96k", str(path))
    return path


@pytest.mark.parametrize(("first", "num_frames"), [(0, 40), (7, 1), (15, 18), (16, 24), (39, 1)])
def test_a_body_shows_exactly_its_frames(
    takes: dict[str, Path], tmp_path: Path, first: int, num_frames: int
) -> None:
    part = conform(body=body("dark", first, num_frames), take=takes["dark"], scratch=tmp_path)
    assert lumas(part) == pytest.approx(
        [20 + 3 * i for i in range(first, first + num_frames)], abs=1.4
    )


def test_captions_are_on_their_frames_and_on_no_other(
    takes: dict[str, Path], tmp_path: Path
) -> None:
    captions = (
        Caption(start=3, end=9, text="清风徐来"),
        Caption(start=9, end=12, text="水波\n不兴"),
    )
    plain = conform(body=body("dark", 4, 20), take=takes["dark"], scratch=tmp_path)
    burnt = conform(body=body("dark", 4, 20, *captions), take=takes["dark"], scratch=tmp_path)
    changed = [
        int((np.abs(a.astype(int) - b.astype(int)) > 60).sum())
        for a, b in zip(frames_of(plain), frames_of(burnt), strict=True)
    ]
    assert [count > 40 for count in changed] == [3 <= frame < 12 for frame in range(20)]
    assert lumas(burnt) == pytest.approx(lumas(plain), abs=1.4)


def test_captions_stay_inside_the_safe_area(takes: dict[str, Path], tmp_path: Path) -> None:
    caption = Caption(start=0, end=2, text="国国国国国国国国国国国国国\n" + "W" * 17)
    part = conform(body=body("dark", 0, 2, caption), take=takes["dark"], scratch=tmp_path)
    ys, xs = np.nonzero(frames_of(part)[1] > 110)
    assert ys.size > 100
    assert xs.min() >= 0.06 * WIDTH
    assert xs.max() <= 0.94 * WIDTH
    assert ys.max() <= 0.88 * HEIGHT


@pytest.mark.parametrize("hostile", [r"{\an8\fs99\pos(0,0)}天", "地\\N\\h人", "'\":;[]%,../"])
def test_hostile_captions_stay_small_and_below(
    takes: dict[str, Path], tmp_path: Path, hostile: str
) -> None:
    caption = Caption(start=0, end=2, text=hostile)
    part = conform(body=body("dark", 0, 2, caption), take=takes["dark"], scratch=tmp_path)
    ys, _ = np.nonzero(frames_of(part)[1] > 150)
    assert ys.size > 10
    assert ys.min() > 0.7 * HEIGHT


def test_a_dissolve_passes_evenly_from_one_take_to_the_other(
    takes: dict[str, Path], tmp_path: Path
) -> None:
    cut = cut_of(clip("dark", Transition.DISSOLVE, 12), clip("light", Transition.CUT, 0))
    film, files = film_of(cut, takes, tmp_path)
    going = [20 + 3 * i for i in range(28, 40)]
    coming = [110 + 3 * i for i in range(12)]
    mixed = [a + (b - a) * (i + 1) / 13 for i, (a, b) in enumerate(zip(going, coming, strict=True))]
    assert lumas(files[1]) == pytest.approx(mixed, abs=2.5)
    expected = [20 + 3 * i for i in range(28)] + mixed + [110 + 3 * i for i in range(12, 40)]
    assert lumas(film) == pytest.approx(expected, abs=2.5)


def test_a_dip_goes_through_black(takes: dict[str, Path], tmp_path: Path) -> None:
    cut = cut_of(clip("light", Transition.DIP_TO_BLACK, 13), clip("mid", Transition.CUT, 0))
    _, files = film_of(cut, takes, tmp_path)
    levels = lumas(files[1])
    darkest = levels.index(min(levels))
    assert len(levels) == 13
    assert levels[darkest] <= 17.5
    assert 5 <= darkest <= 7
    assert levels[0] > 150
    assert levels[-1] > 80


@pytest.mark.parametrize("fps", ["24", "25", "30000/1001", "60"])
def test_the_film_has_the_sum_of_the_frames_at_uniform_times(tmp_path: Path, fps: str) -> None:
    takes = {name: make_take(tmp_path / f"{name}.mp4", b, fps=fps) for name, b in BASES.items()}
    cut = cut_of(
        clip("dark", Transition.MATCH, 7),
        clip("light", Transition.CUT, 0),
        clip("mid", Transition.DISSOLVE, 39),
        clip("dark", Transition.DIP_TO_BLACK, 1),
        clip("mid", Transition.CUT, 0),
        fps=fps,
    )
    film, _ = film_of(cut, takes, tmp_path)
    probed = probe(film)
    assert probed.num_frames == cut.num_frames == 5 * LENGTH - 7 - 39 - 1
    assert probed.fps == Fraction(fps)
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        packets = [p for p in container.demux(stream) if p.pts is not None]
        dts = [p.dts for p in packets if p.dts is not None]
        assert dts == sorted(set(dts))
        assert all(p.pts is not None and p.dts is not None and p.pts >= p.dts for p in packets)
        assert stream.time_base is not None
        step = 1 / Fraction(fps) / stream.time_base
        pts = sorted(p.pts for p in packets if p.pts is not None)
        assert pts == [i * step for i in range(cut.num_frames)]
    assert len(frames_of(film)) == cut.num_frames


def test_no_frame_is_lost_where_a_shot_is_all_transition(
    takes: dict[str, Path], tmp_path: Path
) -> None:
    cut = cut_of(
        clip("dark", Transition.DISSOLVE, 20),
        clip("light", Transition.DISSOLVE, 20),
        clip("mid", Transition.CUT, 0),
    )
    film, files = film_of(cut, takes, tmp_path)
    assert [probe(file).num_frames for file in files] == [20, 20, 20, 20]
    assert probe(film).num_frames == 80


def test_the_same_part_gives_the_same_bytes_and_a_changed_one_others(
    takes: dict[str, Path], tmp_path: Path
) -> None:
    caption = Caption(start=1, end=9, text="月出于东山之上")
    cut = cut_of(clip("dark", Transition.DISSOLVE, 8, caption), clip("mid", Transition.CUT, 0))
    once = [file.read_bytes() for file in film_of(cut, takes, tmp_path / "a")[1]]
    twice = [file.read_bytes() for file in film_of(cut, takes, tmp_path / "b")[1]]
    assert once == twice
    films = [(tmp_path / name / "film.mp4").read_bytes() for name in "ab"]
    assert films[0] == films[1]
    other = caption.model_copy(update={"text": "月出于西山之上"})
    changed = conform(body=body("dark", 0, 32, other), take=takes["dark"], scratch=tmp_path)
    assert changed.read_bytes() != once[0]


def test_picture_and_sound_end_together(takes: dict[str, Path], tmp_path: Path) -> None:
    cut = cut_of(clip("dark", Transition.CUT, 0), clip("mid", Transition.CUT, 0))
    length = cut.num_frames / 24
    for index, seconds in enumerate((length, length + 0.9)):
        sound = make_sound(tmp_path / f"{index}.m4a", seconds)
        film, _ = film_of(cut, takes, tmp_path, sound=sound)
        probed = probe(film)
        assert probed.has_audio
        assert probed.audio_duration_s == pytest.approx(probed.duration_s, abs=1 / 24)
        with av.open(str(film)) as container:
            heard = sum(frame.samples for frame in container.decode(audio=0)) / 48000
            assert container.metadata["title"] == "试片"
        assert heard == pytest.approx(length, abs=1 / 24)


def test_sound_that_is_too_short_is_refused(takes: dict[str, Path], tmp_path: Path) -> None:
    cut = cut_of(clip("dark", Transition.CUT, 0))
    sound = make_sound(tmp_path / "short.m4a", 0.5)
    with pytest.raises(BackendError, match="mix it again"):
        film_of(cut, takes, tmp_path, sound=sound)


def test_the_index_of_the_film_lies_at_its_front(takes: dict[str, Path], tmp_path: Path) -> None:
    film, _ = film_of(cut_of(clip("dark", Transition.CUT, 0)), takes, tmp_path)
    data = film.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_take_of_another_size_and_rate_is_fitted(tmp_path: Path) -> None:
    take = make_take(tmp_path / "wide.mp4", 90, fps="12", size="256x144", frames=20)
    part = conform(body=body("wide", 6, 20), take=take, scratch=tmp_path)
    frames = frames_of(part)
    assert len(frames) == 20
    middle = [float(frame[HEIGHT // 2].mean()) for frame in frames]
    assert middle == sorted(middle)
    assert frames[5][: HEIGHT // 8].max() < 24


def test_a_take_that_is_too_short_is_named_before_encoding(
    takes: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="40 frames where the cut needs 41"):
        conform(body=body("dark", 0, 41), take=takes["dark"], scratch=tmp_path)


def test_odd_names_of_folders_do_no_harm(takes: dict[str, Path], tmp_path: Path) -> None:
    odd = tmp_path / "it's: [a] \\ 'film', 50%;\u6708"
    odd.mkdir()
    take = odd / "-take:1.mp4"
    take.write_bytes(takes["dark"].read_bytes())
    caption = Caption(start=0, end=3, text="好")
    part = conform(body=body("dark", 0, 3, caption), take=take, scratch=odd)
    assert probe(part).num_frames == 3


def test_broken_files_end_in_one_clear_line(tmp_path: Path) -> None:
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"\x00\x01not a film" * 50)
    with pytest.raises(InputError, match=r"junk\.mp4"):
        probe(junk)
    with pytest.raises(InputError, match=r"missing\.mp4"):
        probe(tmp_path / "missing.mp4")
    with pytest.raises(InputError, match="no picture"):
        probe(make_sound(tmp_path / "sound.m4a", 0.3))
    with pytest.raises(ArtifactError):
        stitch(
            parts=[junk],
            num_frames=1,
            sound=None,
            fps=Fraction(24),
            title="",
            target=tmp_path / "film.mp4",
        )


def test_a_part_of_other_settings_is_not_joined(takes: dict[str, Path], tmp_path: Path) -> None:
    part = conform(body=body("dark", 0, 5), take=takes["dark"], scratch=tmp_path)
    with pytest.raises(ArtifactError, match="other settings"):
        stitch(
            parts=[part, takes["dark"]],
            num_frames=45,
            sound=None,
            fps=Fraction(24),
            title="",
            target=tmp_path / "film.mp4",
        )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_an_error_of_the_store(takes: dict[str, Path], tmp_path: Path) -> None:
    part = conform(body=body("dark", 0, 5), take=takes["dark"], scratch=tmp_path)
    with pytest.raises(ArtifactError, match="no space"):
        stitch(
            parts=[part],
            num_frames=5,
            sound=None,
            fps=Fraction(24),
            title="",
            target=Path("/dev/full"),
        )


def test_a_film_of_another_length_than_its_cut_is_refused(
    takes: dict[str, Path], tmp_path: Path
) -> None:
    part = conform(body=body("dark", 0, 5), take=takes["dark"], scratch=tmp_path)
    target = tmp_path / "film.mp4"
    with pytest.raises(ArtifactError, match="5 frames, the film 6"):
        stitch(parts=[part], num_frames=6, sound=None, fps=Fraction(24), title="", target=target)


def test_a_damaged_take_is_named_instead_of_shortening_the_film(
    takes: dict[str, Path], tmp_path: Path
) -> None:
    whole = tmp_path / "whole.mp4"
    ffmpeg("-i", str(takes["dark"]), "-c", "copy", "-movflags", "+faststart", str(whole))
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(BackendError, match=r"FFmpeg|damaged"):
        conform(body=body("dark", 0, LENGTH), take=torn, scratch=tmp_path)


def test_two_parts_may_be_encoded_at_once_in_one_folder(
    takes: dict[str, Path], tmp_path: Path
) -> None:
    captions = (Caption(start=0, end=4, text="好"),)
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(
                conform, body=body(name, 0, 4, *captions), take=takes[name], scratch=tmp_path
            )
            for name in ("dark", "light")
        ]
    levels = [lumas(job.result())[0] for job in jobs]
    assert levels == pytest.approx([20, 110], abs=1.4)

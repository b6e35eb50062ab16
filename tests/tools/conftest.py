"""The contract suites: what every backend of a protocol must keep, whatever is behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from nightshoot.artifacts import Job
from nightshoot.domain.screenplay import LineKind, Look
from nightshoot.domain.shot import Cast, ShotPlan
from nightshoot.domain.storyboard import Camera, Figure, Staging
from nightshoot.domain.vocabulary import (
    CameraMove,
    Era,
    Locale,
    Mood,
    Setting,
    ShotSize,
    TimeOfDay,
)
from nightshoot.errors import InputError
from nightshoot.tools.measure import frames
from nightshoot.tools.protocols import (
    NO_FILES,
    Backend,
    Footage,
    ImageGenerator,
    Painting,
    SpeechSynthesizer,
    Utterance,
    VideoGenerator,
)
from nightshoot.tools.speech.trim import SAMPLE_RATE


@pytest.fixture
def plan() -> Callable[..., ShotPlan]:
    """Builds a plan of a shot: small, portrait, a quarter of a second; parts may be given."""

    def build(**parts: object) -> ShotPlan:
        usual: dict[str, object] = {
            "shot": "s01",
            "prompt": "medium shot, a man in a robe on a river at night, moonlight",
            "negative_prompt": "text, watermark",
            "staging": Staging(
                setting=Setting.RIVER,
                era=Era.ANCIENT,
                time_of_day=TimeOfDay.NIGHT,
                mood=Mood.SERENE,
                figures=(Figure(character="su"),),
            ),
            "camera": Camera(size=ShotSize.MS, move=CameraMove.PUSH_IN),
            "cast": (Cast(id="su", name="苏轼", look=Look()),),
            "width": 128,
            "height": 228,
            "fps": Fraction(24),
            "num_frames": 6,
            "seed": 11,
        }
        return ShotPlan.model_validate(usual | parts)

    return build


@pytest.fixture
def keyframe_of(tmp_path: Path) -> Callable[[ShotPlan], Path]:
    """Writes a keyframe of a plan's size: soft colours with edges, as PNG."""

    def write(plan: ShotPlan) -> Path:
        random = np.random.default_rng(plan.seed)
        coarse = random.integers(30, 226, (8, 6, 3), np.uint8)
        picture = cv2.resize(coarse, (plan.width, plan.height), interpolation=cv2.INTER_CUBIC)
        path = tmp_path / f"keyframe-{plan.shot}-{plan.seed}.png"
        path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
        return path

    return write


def _keeps_to_the_backend_contract(backend: Backend) -> None:
    assert backend.name
    assert backend.version
    can = backend.capabilities
    assert can.licence
    assert can.vram_gib >= 0
    assert backend.available().ready, backend.available().why


class _Heard:
    def __init__(self) -> None:
        self.shares: list[float] = []

    def __call__(self, share: float) -> None:
        assert 0.0 <= share <= 1.0
        self.shares.append(share)


@pytest.fixture
def paints_as_promised() -> Callable[..., Awaitable[Painting]]:
    """The contract of `ImageGenerator`: gives what was painted, after checking it."""

    async def check(
        painter: ImageGenerator,
        plan: ShotPlan,
        scratch: Path,
        *,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Painting:
        _keeps_to_the_backend_contract(painter)
        estimate = painter.estimate(plan=plan)
        heard = _Heard()
        painting = await painter.paint(
            plan=plan, scratch=scratch, progress=heard, files=files, job=job
        )
        assert painting.picture.parent == scratch
        assert painting.picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        picture = cv2.imread(str(painting.picture), cv2.IMREAD_UNCHANGED)
        assert picture is not None
        assert picture.shape == (plan.height, plan.width, 3)
        assert picture.dtype == np.uint8
        assert heard.shares
        assert heard.shares == sorted(heard.shares)
        if painting.cost_usd is not None:
            assert painting.cost_usd <= estimate.cost_usd + 1e-9
        if painter.capabilities.deterministic:
            second = scratch / "again"
            second.mkdir()
            again = await painter.paint(plan=plan, scratch=second, progress=heard, files=files)
            assert again.picture.read_bytes() == painting.picture.read_bytes()
        return painting

    return check


@pytest.fixture
def films_as_promised() -> Callable[..., Awaitable[Footage]]:
    """The contract of `VideoGenerator`: gives what was filmed, after checking it."""

    async def check(
        camera: VideoGenerator,
        plan: ShotPlan,
        keyframe: Path,
        scratch: Path,
        *,
        layers: Path | None = None,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Footage:
        _keeps_to_the_backend_contract(camera)
        estimate = camera.estimate(plan=plan)
        heard = _Heard()
        footage = await camera.film(
            plan=plan,
            keyframe=keyframe,
            layers=layers,
            scratch=scratch,
            progress=heard,
            files=files,
            job=job,
        )
        assert footage.video.parent == scratch
        seen = frames.decode(footage.video)
        assert (seen.width, seen.height) == (plan.width, plan.height)
        assert seen.fps == plan.fps
        assert len(seen.luma) == plan.num_frames
        assert heard.shares
        assert heard.shares == sorted(heard.shares)
        if footage.cost_usd is not None:
            assert footage.cost_usd <= estimate.cost_usd + 1e-9
        return footage

    return check


@pytest.fixture
def speaks_as_promised() -> Callable[..., Awaitable[Utterance]]:
    """The contract of `SpeechSynthesizer`: gives what was said, after checking it."""

    async def check(
        speech: SpeechSynthesizer,
        scratch: Path,
        *,
        text: str = "月亮真好看。",
        locale: Locale = Locale.ZH,
        voice: str = "",
    ) -> Utterance:
        import wave

        _keeps_to_the_backend_contract(speech)
        assert len({one.id for one in speech.voices}) == len(speech.voices) > 0
        assert {one.locale for one in speech.voices} <= set(speech.capabilities.locales)
        chosen = voice or next(one.id for one in speech.voices if one.locale is locale)

        async def say(said: str, by: str) -> Utterance:
            return await speech.speak(
                text=said,
                voice=by,
                locale=locale,
                kind=LineKind.DIALOGUE,
                delivery="",
                scratch=scratch,
            )

        utterance = await say(text, chosen)
        assert utterance.audio.parent == scratch
        with wave.open(str(utterance.audio)) as sound:
            assert sound.getparams()[:3] == (1, 2, SAMPLE_RATE)
            samples = np.frombuffer(sound.readframes(-1), "<i2")
        assert utterance.duration_s == pytest.approx(len(samples) / SAMPLE_RATE, abs=0.002)
        assert np.abs(samples.astype(np.int32)).max() > 300
        ends = [word.end_s for word in utterance.words]
        assert ends == sorted(ends)
        assert all(0 <= word.start_s <= word.end_s for word in utterance.words)
        assert not ends or ends[-1] <= utterance.duration_s + 0.001
        if utterance.cost_usd is not None:
            assert utterance.cost_usd <= speech.estimate(text=text).cost_usd + 1e-9
        with pytest.raises(InputError):
            await say(text, "no-such-voice")
        with pytest.raises(InputError):
            await say("……", chosen)
        return utterance

    return check

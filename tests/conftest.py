"""What all tests share: a small film, written out, and a studio with quick stand-ins."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from nightshoot.domain.brief import FilmOptions, Source, SourceKind
from nightshoot.domain.orders import Advice, Wording
from nightshoot.domain.screenplay import (
    Beat,
    Character,
    Concept,
    Line,
    LineKind,
    Look,
    Scene,
    Screenplay,
)
from nightshoot.domain.storyboard import Camera, Figure, Shot, Staging, Storyboard
from nightshoot.domain.vocabulary import (
    CameraMove,
    Era,
    Locale,
    Mood,
    Setting,
    ShotSize,
    TimeOfDay,
    Transition,
)
from nightshoot.events import Event, Stage
from nightshoot.graphs.workshop import Tools
from nightshoot.production import Production
from nightshoot.prompts import Prompts
from nightshoot.retry import Retry
from nightshoot.settings import Settings
from nightshoot.sheet import CrewChoice, ProductionSheet
from nightshoot.studio import Studio
from nightshoot.tools.fake import (
    FakeCamera,
    FakeComposer,
    FakePainter,
    FakeSpeech,
    ScriptedWriter,
)
from nightshoot.workplace import Report

# Threads of OpenMP wait for each other by spinning: where pytest's workers share the processors, a
# tiny model took more than 300 s with two of them, and 20 s with one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Whoever began the tests in the background had them ignore Ctrl-C, and all that they begin.
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, and none that fails because the machine is busy. To look for new
# ones: `pytest --hypothesis-profile=default`.
settings.register_profile(
    "same-everywhere",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same-everywhere")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives whole films longer before they count as hung, as some tests make eight of them."""
    for item in items:
        if item.get_closest_marker("film") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(3600))


ERA, MOOD = Era.ANCIENT, Mood.SERENE
WIDTH, HEIGHT = 128, 228


@pytest.fixture
def cpu_s() -> Iterator[Callable[[Callable[[], object]], float]]:
    """Measures what work costs: this thread's own time, in seconds, however busy the machine is.

    What other tests have left in memory is not looked through for garbage meanwhile.
    """

    def measured(work: Callable[[], object]) -> float:
        begun = time.thread_time()
        work()
        return time.thread_time() - begun

    gc.collect()
    gc.freeze()
    yield measured
    gc.unfreeze()


@pytest.fixture
def concept() -> Concept:
    person = Character(id="su", name="苏轼", look=Look())
    return Concept(title="夜游", era=ERA, mood=MOOD, characters=(person,))


@pytest.fixture
def screenplay(concept: Concept) -> Screenplay:
    beats = tuple(
        Beat(
            id=f"s1b{number}",
            action=f"第{number}拍",
            present=("su",),
            lines=(
                Line(
                    id=f"s1b{number}l1",
                    kind=LineKind.NARRATION if number == 1 else LineKind.DIALOGUE,
                    speaker="narrator" if number == 1 else "su",
                    text=text,
                ),
            ),
        )
        for number, text in enumerate(("清风徐来，水波不兴。", "何夜无月？", "归去。"), start=1)
    )
    scene = Scene(
        id="s1",
        place="江上",
        setting=Setting.RIVER,
        era=ERA,
        time_of_day=TimeOfDay.NIGHT,
        mood=MOOD,
        beats=beats,
    )
    return Screenplay(
        title="夜游",
        locale=Locale.ZH,
        written_by="scripted",
        characters=concept.characters,
        scenes=(scene,),
    )


@pytest.fixture
def board(screenplay: Screenplay) -> Storyboard:
    staging = Staging(
        setting=Setting.RIVER,
        era=ERA,
        time_of_day=TimeOfDay.NIGHT,
        mood=MOOD,
        figures=(Figure(character="su"),),
    )
    moves = (CameraMove.PUSH_IN, CameraMove.PAN_LEFT, CameraMove.PULL_OUT)
    transitions = (Transition.DISSOLVE, Transition.CUT, Transition.CUT)
    shots = tuple(
        Shot(
            id=f"s{number:02}",
            number=str(number),
            scene="s1",
            description=f"第{number}镜",
            camera=Camera(size=ShotSize.MS, move=move),
            staging=staging,
            lines=(f"s1b{number}l1",),
            min_duration_s=1.5,
            transition=transition,
        )
        for number, (move, transition) in enumerate(zip(moves, transitions, strict=True), start=1)
    )
    return Storyboard(title="夜游", locale=Locale.ZH, written_by="scripted", shots=shots)


@dataclass
class Bench:
    """A studio with stand-ins, and a production for it to make."""

    folder: Path
    home: Path
    writer: ScriptedWriter
    painter: FakePainter = field(default_factory=FakePainter)
    camera: FakeCamera = field(default_factory=FakeCamera)
    voices: tuple[FakeSpeech, ...] = field(default_factory=lambda: (FakeSpeech(),))
    composer: FakeComposer | None = field(default_factory=FakeComposer)
    events: list[Event] = field(default_factory=list)
    takes: int = 3
    review: bool = False
    budget_usd: float | None = None
    voice: str = "auto"

    def tools(self) -> Tools:
        return Tools(
            image=self.painter,
            video=self.camera,
            card_camera=FakeCamera(),
            voices=self.voices,
            composer=self.composer,
        )

    def studio(self) -> Studio:
        return Studio(
            settings=Settings(home=self.home),
            fitting=lambda _: (lambda _: self.writer, self.tools()),
            prompts=Prompts(),
            retry=Retry(attempts=3, first_wait_s=0.001, longest_wait_s=0.01),
        )

    def production(self) -> Production:
        if Production.is_production(self.folder):
            return Production.open(self.folder)
        sheet = ProductionSheet(
            title="夜游",
            options=FilmOptions(
                locale=Locale.ZH, width=WIDTH, height=HEIGHT, takes=self.takes, seed=3
            ),
            crew=CrewChoice(
                writer="scripted", image="fake", video="fake", voice=self.voice, music="fake"
            ),
            review=self.review,
            budget_usd=self.budget_usd,
        )
        source = Source(kind=SourceKind.BRIEF, text="夜游赤壁", locale=Locale.ZH)
        return Production.create(self.folder, sheet, source)

    def make(self, until: Stage | None = None) -> Report:
        return self.studio().produce(self.production(), sink=self.events.append, until=until)


@pytest.fixture
def bench(
    tmp_path: Path, concept: Concept, screenplay: Screenplay, board: Storyboard
) -> Callable[..., Bench]:
    """Builds a bench; what is not given is a stand-in that behaves."""

    def build(**parts: object) -> Bench:
        writer = ScriptedWriter(
            {
                "ideation/conceive": [concept],
                "screenwriter/write": [screenplay],
                "storyboarder/board": [board],
                "prompt_engineer/word": [Wording(prompt="a river at night")],
                "character_designer/sheet": [Wording(prompt="a man in a robe, full figure")],
                "critic/advise": [Advice(note="更亮一些。")],
            }
        )
        given = {"folder": tmp_path / "film", "home": tmp_path / "home", "writer": writer} | parts
        return Bench(**given)  # type: ignore[arg-type]

    return build

"""Work of a provider that is away goes to another of the crew, or waits; none is made twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nightshoot.artifacts import Action, Job, JobState
from nightshoot.circuits import Circuits
from nightshoot.domain.film import Take
from nightshoot.domain.orders import Wording
from nightshoot.domain.review import Review
from nightshoot.domain.screenplay import LineKind, Screenplay
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import Locale
from nightshoot.errors import TransientError
from nightshoot.events import Reported
from nightshoot.graphs.faults import Faults
from nightshoot.graphs.floor import Floor
from nightshoot.graphs.making import Making, Painted, filming, painting
from nightshoot.graphs.planning import Planning
from nightshoot.graphs.requests import Planned
from nightshoot.graphs.shooting import Shooting
from nightshoot.graphs.voicing import Voicing
from nightshoot.graphs.workshop import Workshop
from nightshoot.providers import CircuitPhase, CircuitTerms
from nightshoot.tools.fake import FakeCamera, FakePainter, FakeSpeech, ScriptedWriter
from nightshoot.tools.protocols import NO_FILES, Footage, Painting, Progress, Utterance

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object

NIGHT = CircuitTerms(first_rest_s=0.05, longest_rest_s=0.2, patience_s=200.0)
HASTY = CircuitTerms(first_rest_s=3000.0, patience_s=6000.0, failures=1)
"""One failed action opens a circuit for the whole test."""


class FarPainter(FakePainter):
    """A painter at a service that can be down, hang, or take a job and then be down."""

    def __init__(self, name: str, *, vram_gib: float = 0.0, longest_s: float | None = None) -> None:
        super().__init__(name=name)
        self.capabilities = replace(
            self.capabilities, offline=bool(vram_gib), vram_gib=vram_gib, longest_s=longest_s
        )
        self.down = False
        self.hangs = False
        self.takes_jobs = False

    async def paint(
        self,
        *,
        plan: ShotPlan,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Painting:
        if self.takes_jobs and job is not None:
            job.running("job 7")
        if self.down:
            self.calls.append(f"down {plan.shot}")
            raise TransientError("HTTP 503")
        if self.hangs:
            await asyncio.Event().wait()
        return await super().paint(
            plan=plan, scratch=scratch, progress=progress, files=files, job=job
        )


class FarCamera(FakeCamera):
    """A camera at a service that can be down."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.capabilities = replace(self.capabilities, offline=False)
        self.down = False

    async def film(
        self,
        *,
        plan: ShotPlan,
        keyframe: Path,
        layers: Path | None,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Footage:
        if self.down:
            raise TransientError("HTTP 503")
        return await super().film(
            plan=plan,
            keyframe=keyframe,
            layers=layers,
            scratch=scratch,
            progress=progress,
            files=files,
            job=job,
        )


@dataclass
class Set:
    """One film's shots, ready to be made."""

    bench: Bench
    shop: Workshop
    board: Storyboard
    reference: str
    making: Making
    planning: Planning

    @classmethod
    async def of(cls, shop: Workshop, bench: Bench, board: Storyboard, words: Screenplay) -> Set:
        shop.production.settle("screenplay.yaml", words, heading="Words.")
        reference = shop.keep(board)
        planning = Planning(shop)
        await planning.open(reference)
        return cls(bench, shop, board, reference, Making(shop, planning, Faults(shop)), planning)

    async def plan(self, place: int = 0) -> ShotPlan:
        return (await self.planning.first(self.board.shots[place].id)).plan

    async def paint(self, place: int = 0) -> Painted:
        return await self.making.paint(await self.plan(place), self.shop.tools.image)

    @property
    def told(self) -> list[str]:
        return [one.text for one in self.bench.events if isinstance(one, Reported)]


async def until_open(shop: Workshop) -> None:
    """Waits until a provider is known to be away."""
    async with asyncio.timeout(100):
        while all(one.state is CircuitPhase.CLOSED for one in shop.floor.circuits.states):  # noqa: ASYNC110 no event tells it
            await asyncio.sleep(0.01)


@pytest.fixture
def on_set(
    loop: Callable[..., Bench],
    workshop_of: Callable[[Bench], Workshop],
    board: Storyboard,
    screenplay: Screenplay,
) -> Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]]:
    """Gives a bench, and what opens its workshop with circuits of these terms."""

    def build(**parts: object) -> tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]:
        one = loop(**parts)

        def opened(bench: Bench, terms: CircuitTerms) -> Workshop:
            return replace(workshop_of(bench), floor=Floor(circuits=Circuits(terms)))

        return one, opened

    return build


def test_a_painter_that_is_away_is_stood_in_for_until_it_is_back(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    far, near = FarPainter("far"), FakePainter(name="near")
    one, opened = on_set(painter=far, painters=(near,))
    shop = opened(one, replace(NIGHT, failures=1))

    async def night() -> None:
        here = await Set.of(shop, one, board, screenplay)
        far.down = True
        painted = [await here.paint(0), await here.paint(1)]
        assert [one.painter for one in painted] == ["near", "near"]
        assert [told for told in here.told if "stands in" in told] == [
            "far does not answer: near stands in for it until it does."
        ]
        far.down = False
        # Longer than it rests.
        await asyncio.sleep(0.5)
        assert (await here.paint(2)).painter == "far"

    asyncio.run(night())


def test_what_another_made_is_found_by_the_next_run_though_the_first_is_back(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    far, near = FarPainter("far"), FakePainter(name="near")
    one, opened = on_set(painter=far, painters=(near,))
    first, second = opened(one, HASTY), opened(one, HASTY)

    async def night(shop: Workshop) -> Painted:
        return await (await Set.of(shop, one, board, screenplay)).paint()

    far.down = True
    painted = asyncio.run(night(first))
    far.down, far.calls = False, []
    near.calls = []
    assert asyncio.run(night(second)) == painted
    assert far.calls == near.calls == []


def test_a_stand_in_that_made_nothing_gives_way_to_the_first_in_the_next_run(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    far, other = FarPainter("far"), FarPainter("other")
    one, opened = on_set(painter=far, painters=(other,))
    first, second = opened(one, replace(HASTY, patience_s=0.0)), opened(one, HASTY)

    async def night(shop: Workshop) -> Painted:
        return await (await Set.of(shop, one, board, screenplay)).paint()

    far.down = other.down = True
    with pytest.raises(TransientError, match="503"):
        asyncio.run(night(first))
    far.down = other.down = False
    assert asyncio.run(night(second)).painter == "far"


def test_takes_and_keyframes_say_who_really_made_them(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    far, far_camera = FarPainter("far"), FarCamera("far")
    near, near_camera = FakePainter(name="near"), FakeCamera(name="near")
    one, opened = on_set(painter=far, camera=far_camera, painters=(near,), cameras=(near_camera,))
    shop = opened(one, HASTY)

    async def night() -> Take:
        here = await Set.of(shop, one, board, screenplay)
        steps = Shooting(shop)
        await steps.open(here.reference)
        far.down = far_camera.down = True
        order = await steps.begin("s01")
        assert shop.fetch(order, Planned).painter == "far"
        turn = await steps.keyframe(order, {})
        turn = await steps.film(turn.order, turn.takes, turn.ended)
        return shop.fetch(turn.takes["1"], Take)

    take = asyncio.run(night())
    assert (take.painter, take.camera) == ("near", "near")
    # The log has them under these names: what was made is what the take says.
    assert shop.log.find(painting(take.plan, near).key) is not None
    assert shop.log.find(filming(take.plan, take, near_camera).key) is not None


def test_a_job_that_runs_at_a_service_is_waited_for_and_not_ordered_elsewhere(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    far, near = FarPainter("far"), FakePainter(name="near")
    one, opened = on_set(painter=far, painters=(near,))
    shop = opened(one, replace(NIGHT, failures=1))

    async def night() -> None:
        here = await Set.of(shop, one, board, screenplay)
        far.down = far.takes_jobs = True
        task = asyncio.create_task(here.paint())
        await until_open(shop)
        assert shop.log.job(painting(await here.plan(), far)).state is JobState.RUNNING
        far.down = False
        assert (await task).painter == "far"
        assert near.calls == []

    asyncio.run(night())


def test_with_nobody_else_work_waits_and_is_made_when_the_provider_is_back(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    far = FarPainter("far")
    one, opened = on_set(painter=far)
    shop = opened(one, NIGHT)

    async def night() -> None:
        here = await Set.of(shop, one, board, screenplay)
        far.down = True
        tasks = [asyncio.create_task(here.paint(place)) for place in range(3)]
        await until_open(shop)
        (state,) = shop.floor.circuits.states
        assert (state.tool, state.why) == ("image/far", "HTTP 503")
        far.down = False
        assert {one.painter for one in await asyncio.gather(*tasks)} == {"far"}
        assert shop.floor.circuits.states[0].state == "closed"

    asyncio.run(night())


def test_a_stand_in_on_the_gpu_takes_its_turn_there(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    far, gpu = FarPainter("far"), FarPainter("model", vram_gib=8.0)
    one, opened = on_set(painter=far, painters=(gpu,))
    shop = opened(one, HASTY)

    async def night() -> None:
        here = await Set.of(shop, one, board, screenplay)
        far.down = True
        assert (await here.paint()).painter == "model"

    asyncio.run(night())
    (lane,) = [lane for lane in shop.floor.lanes if lane.name == "gpu"]
    assert lane.loaded == ("image/model",)
    assert lane.facts.swaps == 1


def test_a_call_that_hangs_past_its_deadline_is_made_by_another(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    # Its own limit plus five minutes come to a tenth of a second.
    far, near = FarPainter("far", longest_s=-299.9), FakePainter(name="near")
    one, opened = on_set(painter=far, painters=(near,))
    shop = opened(one, HASTY)

    async def night() -> None:
        here = await Set.of(shop, one, board, screenplay)
        far.hangs = True
        assert (await here.paint()).painter == "near"
        (state,) = shop.floor.circuits.states
        assert "image/far has not answered" in state.why
        assert shop.floor.lane_of("image", far).running == 0

    asyncio.run(night())


def test_a_sheet_is_not_painted_anew_when_its_painter_is_back(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    far, near = FarPainter("far"), FakePainter(name="near", references=1)
    far.capabilities = replace(far.capabilities, references=1)
    one, opened = on_set(painter=far, painters=(near,))
    first = opened(one, HASTY)

    async def night(shop: Workshop) -> ShotPlan:
        return await (await Set.of(shop, one, board, screenplay)).plan()

    far.down = True
    plan = asyncio.run(night(first))
    assert any(person.reference for person in plan.cast)
    far.down, far.calls = False, []
    # Opened after the first run, so that it knows what that wrote into the folder.
    assert asyncio.run(night(opened(one, HASTY))) == plan
    assert far.calls == []


class FarVoice(FakeSpeech):
    """A voice at a service that can be down."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.capabilities = replace(self.capabilities, offline=False)
        self.down = False

    async def speak(
        self, *, text: str, voice: str, locale: Locale, kind: LineKind, delivery: str, scratch: Path
    ) -> Utterance:
        if self.down:
            self.calls.append(text)
            raise TransientError("HTTP 503")
        return await super().speak(
            text=text, voice=voice, locale=locale, kind=kind, delivery=delivery, scratch=scratch
        )


def test_a_voice_that_another_film_found_away_is_not_asked_at_all(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    screenplay: Screenplay,
) -> None:
    far, near = FarVoice("far"), FakeSpeech(name="near")
    one, opened = on_set(voices=(far, near))
    shop = opened(one, HASTY)
    far.down = True

    async def night() -> None:
        for _ in range(2):
            voicing = Voicing(shop)
            for line in screenplay.lines[:2]:
                assert (await voicing.speak(screenplay, line, "s01")).audio
            assert voicing.speaking == "near"

    asyncio.run(night())
    assert len(far.calls) == 1


def test_the_only_voice_is_waited_for_once_it_has_spoken(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    screenplay: Screenplay,
) -> None:
    far = FarVoice("far")
    one, opened = on_set(voices=(far,))
    shop = opened(one, replace(NIGHT, failures=1))

    async def night() -> None:
        voicing = Voicing(shop)
        await voicing.speak(screenplay, screenplay.lines[0], "s01")
        far.down = True
        task = asyncio.create_task(voicing.speak(screenplay, screenplay.lines[1], "s01"))
        await until_open(shop)
        assert not task.done()
        far.down = False
        assert (await task).audio
        assert voicing.speaking == "far"

    asyncio.run(night())


def test_an_agent_waits_for_its_endpoint(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    away = [TransientError("HTTP 502")] * 7
    writer = ScriptedWriter({"prompt_engineer/word": [*away, Wording(prompt="a river")]})
    writer.model = "far-1"
    one, opened = on_set(writer=writer)
    shop = opened(one, NIGHT)

    async def night() -> ShotPlan:
        return await (await Set.of(shop, one, board, screenplay)).plan()

    assert asyncio.run(night()).prompt == "a river"
    (state,) = shop.floor.circuits.states
    assert (state.tool, state.state) == ("writing/far-1", CircuitPhase.CLOSED)


def test_without_patience_a_film_made_alone_fails_as_it_always_did(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
    board: Storyboard,
    screenplay: Screenplay,
) -> None:
    far = FarPainter("far")
    one, opened = on_set(painter=far)
    shop = replace(opened(one, NIGHT), floor=Floor())

    async def night() -> None:
        here = await Set.of(shop, one, board, screenplay)
        far.down = True
        with pytest.raises(TransientError, match="HTTP 503"):
            await here.paint()
        assert len(far.calls) == 3

    asyncio.run(night())


def test_an_action_of_plain_code_has_no_provider_and_no_circuit(
    on_set: Callable[..., tuple[Bench, Callable[[Bench, CircuitTerms], Workshop]]],
) -> None:
    one, opened = on_set()
    shop = opened(one, NIGHT)
    assert shop.provider("image", shop.tools.image) is None
    assert shop.floor.circuits.states == ()
    assert Action(tool="image/fake", version="1", request=Review(findings=())).key

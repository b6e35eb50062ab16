"""Measures, then judges, then a model with eyes: who is asked, with what, and what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from pydantic import JsonValue

from nightshoot.agents.critic import Critic
from nightshoot.domain.opinion import Aspect, Mark, Opinion
from nightshoot.domain.orders import Advice
from nightshoot.domain.review import Finding, Review
from nightshoot.domain.screenplay import LineKind, Look
from nightshoot.domain.shot import Cast, ShotPlan
from nightshoot.domain.storyboard import Camera, Staging, Storyboard
from nightshoot.domain.vocabulary import CameraMove, Locale, ShotSize
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.events import ActionDone, Reported, Stage, TakeRejected, TokensUsed
from nightshoot.graphs.cases import frames_shown
from nightshoot.graphs.judging import Judging
from nightshoot.graphs.workshop import Workshop
from nightshoot.prompts import Prompts
from nightshoot.tools.fake import FakeCamera, FakeJudge, FakeSpeech, ScriptedWriter, noise
from nightshoot.tools.judges.protocol import JUDGED, Exhibit, Judge, Subject
from nightshoot.tools.measure.frames import Picture, read_picture
from nightshoot.tools.measure.protocol import NotJudged
from nightshoot.tools.measure.stills import frames_of
from nightshoot.tools.writer.chat import ChatWriter
from nightshoot.tools.writer.fake_endpoint import FakeEndpoint, Fault
from nightshoot.tools.writer.fake_eyes import FakeEyes
from nightshoot.tools.writer.known import Form
from nightshoot.tools.writer.prices import Tariff

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object

NO_EYES = "opinion: no model with eyes is configured"
PRICED = Tariff(prompt_usd=1.0, cached_usd=0.1, completion_usd=2.0, picture_tokens=1000)


@dataclass
class Court:
    """A workshop with a shot to judge."""

    bench: Bench
    shop: Workshop
    staging: Staging

    def with_judges(self, *judges: Judge) -> Court:
        return replace(self, shop=replace(self.shop, tools=replace(self.shop.tools, judges=judges)))

    def seeing(self, endpoint: FakeEndpoint, *, tariff: Tariff = PRICED) -> Court:
        writer = ChatWriter(endpoint.client(), model="some-model", tariff=tariff, sees=True)
        critic = Critic(writer=writer, prompts=Prompts())
        agents = replace(self.shop.agents, critic=critic)
        return replace(self, shop=replace(self.shop, agents=agents))

    def plan(self, seed: int = 7, **parts: object) -> ShotPlan:
        given = {
            "shot": "s01",
            "prompt": "a river at night",
            "staging": self.staging,
            "camera": Camera(size=ShotSize.MS, move=CameraMove.PAN_LEFT),
            "width": 128,
            "height": 228,
            "fps": Fraction(24),
            "num_frames": 72,
            "seed": seed,
        }
        return ShotPlan.model_validate(given | parts)

    def keep(self, picture: Picture) -> str:
        return self.shop.log.store.put_bytes(cv2.imencode(".png", picture)[1].tobytes())

    def film(self, plan: ShotPlan, folder: Path) -> tuple[str, str]:
        """Gives the digests of a keyframe, brighter to the right, and of a take filmed from it."""
        ramp = np.linspace(0.4, 1.2, plan.width)[None, :, None]
        keyframe = self.keep((noise(plan) * ramp).clip(0, 255).astype(np.uint8))
        store = self.shop.log.store
        folder.mkdir(parents=True, exist_ok=True)
        video = FakeCamera._film(plan, store.path(keyframe), folder, None)
        return keyframe, store.put(video)

    @property
    def notes(self) -> list[str]:
        return [event.text for event in self.bench.events if isinstance(event, Reported)]

    @property
    def made(self) -> list[str]:
        return [e.tool for e in self.bench.events if isinstance(e, ActionDone) and not e.reused]


@pytest.fixture
def court(
    bench: Callable[..., Bench], workshop_of: Callable[[Bench], Workshop], board: Storyboard
) -> Court:
    one = bench()
    return Court(one, workshop_of(one), board.shots[0].staging)


def silent(review: Review) -> dict[str, str]:
    return dict(tuple(one.split(": ", 1)) for one in review.not_judged)  # type: ignore[misc]


def marked(review: Review, name: str) -> float:
    return next(one.value for one in review.findings if one.measure == name)


GOOD = {"text_alignment": 0.9, "nudity": 0.8}


async def test_without_anybody_every_question_is_said_to_be_open(court: Court) -> None:
    plan = court.plan()
    review = await Judging(court.shop).keyframe(plan, court.keep(noise(plan)))
    assert review.passed
    assert [
        one for one in review.not_judged if one.partition(":")[0] in JUDGED[Subject.KEYFRAME]
    ] == [f"{name}: no judge is installed for it" for name in JUDGED[Subject.KEYFRAME]]
    assert review.not_judged[-1] == NO_EYES
    assert court.notes == []


async def test_judges_of_the_subject_answer_after_the_measures(court: Court) -> None:
    judge = FakeJudge(answers=GOOD | {"unasked_text": "the picture is too small"})
    ears = FakeJudge(name="ears", answers={"transcript": 0.0}, subjects=[Subject.LINE])
    plan = court.plan()
    picture = court.keep(noise(plan))
    review = await Judging(court.with_judges(judge, ears).shop).keyframe(plan, picture)
    assert marked(review, "text_alignment") == 0.9
    assert [one.measure for one in review.findings][-2:] == ["text_alignment", "nudity"]
    said = silent(review)
    assert said["unasked_text"] == "fake-judge: the picture is too small"
    assert said["aesthetic_quality"] == "no judge is installed for it"
    assert "text_alignment" not in said
    assert not ears.shown
    (shown,) = judge.shown
    assert (shown.subject, shown.plan, shown.frames) == (Subject.KEYFRAME, plan, (0,))
    assert (shown.locale, shown.audio, shown.text) == (Locale.ZH, None, "")
    assert shown.pictures[0] == court.shop.log.store.path(picture)


async def test_nobody_is_asked_about_what_the_measures_turned_down(court: Court) -> None:
    judge, eyes = FakeJudge(answers=GOOD), FakeEyes()
    judging = Judging(court.with_judges(judge).seeing(FakeEndpoint(eyes=eyes)).shop)
    plan = court.plan(width=1080, height=1920)
    review = await judging.keyframe(plan, court.keep(np.zeros((1920, 1080, 3), np.uint8)))
    assert not review.passed
    assert not judge.shown
    assert not eyes.looks
    for name in (*JUDGED[Subject.KEYFRAME], "opinion"):
        assert silent(review)[name] == "not asked, as something had failed before"
    (evidence,) = review.evidence
    assert evidence.frame == 0
    still = court.shop.log.store.path(evidence.picture)
    assert still.read_bytes().startswith(b"\xff\xd8\xff")
    assert read_picture(still).shape == (853, 480, 3)


async def test_no_model_looks_at_what_a_judge_turned_down(court: Court) -> None:
    judge, eyes = FakeJudge(answers={"nudity": 0.1}), FakeEyes()
    judging = Judging(court.with_judges(judge).seeing(FakeEndpoint(eyes=eyes)).shop)
    plan = court.plan()
    review = await judging.keyframe(plan, court.keep(noise(plan)))
    assert [one.measure for one in review.failed] == ["nudity"]
    assert not eyes.looks
    assert silent(review)["opinion"] == "not asked, as something had failed before"


async def test_a_judge_sees_frames_of_a_take_and_the_one_that_convicts_is_kept(
    court: Court, tmp_path: Path
) -> None:
    pictures: list[list[Picture]] = []

    class Looking(FakeJudge):
        async def judge(self, exhibit: Exhibit) -> Mapping[str, Finding | NotJudged]:
            pictures.append([read_picture(path) for path in exhibit.pictures])
            assert all(path.read_bytes().startswith(b"\x89PNG") for path in exhibit.pictures)
            return await super().judge(exhibit)

    judge = Looking(answers={"nudity": 0.1}, frame=30)
    plan = court.plan()
    keyframe, video = court.film(plan, tmp_path)
    review = await Judging(court.with_judges(judge).shop).take(plan, video, keyframe)
    assert judge.shown[0].frames == (0, 24, 47, 71)
    real = frames_of(court.shop.log.store.path(video), range(72))
    assert len(real) == 72
    for at, picture in zip(judge.shown[0].frames, pictures[0], strict=True):
        assert np.array_equal(picture, real[at]), f"frame {at} at its own size, losslessly"
    (evidence,) = review.evidence
    still = read_picture(court.shop.log.store.path(evidence.picture))
    distance = {at: float(np.abs(one.astype(int) - still).mean()) for at, one in real.items()}
    assert evidence.frame == min(distance, key=lambda at: distance[at]) == 30


@pytest.mark.parametrize(("seconds", "shown"), [(1, 4), (3, 4), (4, 5), (5, 6), (20, 6)])
def test_longer_takes_are_shown_in_more_frames(court: Court, seconds: int, shown: int) -> None:
    frames = frames_shown(court.plan(num_frames=24 * seconds))
    assert (len(frames), frames[0], frames[-1]) == (shown, 0, 24 * seconds - 1)
    steps = np.diff(frames)
    assert steps.max() - steps.min() <= 1
    assert frames_shown(court.plan(num_frames=1)) == (0,)


async def test_another_judge_measures_nothing_again(court: Court) -> None:
    plan = court.plan()
    picture = court.keep(noise(plan))
    await Judging(court.shop).keyframe(plan, picture)
    first, second = FakeJudge(name="one", answers=GOOD), FakeJudge(name="two", answers=GOOD)
    await Judging(court.with_judges(first).shop).keyframe(plan, picture)
    await Judging(court.with_judges(first, second).shop).keyframe(plan, picture)
    assert court.made == ["measure/keyframe", "judge/one", "judge/two"]
    assert len(first.shown) == len(second.shown) == 1
    first.version = "2"
    await Judging(court.with_judges(first, second).shop).keyframe(plan, picture)
    assert court.made[3:] == ["judge/one"]
    await Judging(court.with_judges(first).shop).keyframe(court.plan(seed=8), picture)
    assert court.made[4:] == ["measure/keyframe", "judge/one"]
    other = court.keep(noise(court.plan(seed=9)))
    await Judging(court.with_judges(first).shop).keyframe(plan, other)
    assert court.made[6:] == ["measure/keyframe", "judge/one"]


async def test_another_reference_picture_is_another_question(court: Court) -> None:
    judge, eyes = FakeJudge(answers=GOOD), FakeEyes(dark=0)
    judging = Judging(court.with_judges(judge).seeing(FakeEndpoint(eyes=eyes)).shop)
    for level in (10, 200):
        reference = court.keep(np.full((64, 64, 3), level, np.uint8))
        plan = court.plan(cast=(Cast(id="su", name="苏轼", look=Look(), reference=reference),))
        await judging.keyframe(plan, court.keep(noise(plan)))
        assert judge.shown[-1].references == {"su": court.shop.log.store.path(reference)}
    assert len(judge.shown) == 2
    assert [sent[0].brightness for sent in eyes.looks] == pytest.approx([10, 200], abs=1)


async def test_a_judge_that_cannot_is_told_once_and_never_fails_the_film(court: Court) -> None:
    judge = FakeJudge(answers=GOOD, fails=[BackendError("its weights are broken")] * 9)
    other = FakeJudge(name="other", answers={"nudity": 0.7})
    judging = Judging(court.with_judges(judge, other).shop)
    for seed in range(1, 6):
        plan = court.plan(seed)
        review = await judging.keyframe(plan, court.keep(noise(plan)))
        assert review.passed
        assert silent(review)["text_alignment"] == "fake-judge: its weights are broken"
        assert marked(review, "nudity") == 0.7, "the other judge answers for it"
        assert "nudity" not in silent(review)
    assert len(judge.shown) == 2, "after two failures in a row it is left alone"
    assert len(other.shown) == 5
    assert len(court.notes) == 2
    assert "the judge fake-judge: its weights are broken" in court.notes[0]
    assert "not asked again" in court.notes[1]


@pytest.mark.parametrize("error", [BackendError("no face"), InputError("cannot be read")])
async def test_one_failure_between_answers_ends_nobodys_work(
    court: Court, error: BackendError | InputError
) -> None:
    judge = FakeJudge(answers=GOOD)
    judging = Judging(court.with_judges(judge).shop)
    for seed in range(1, 7):
        if seed % 2:
            judge._fails.append(error)
        plan = court.plan(seed)
        review = await judging.keyframe(plan, court.keep(noise(plan)))
        assert ("text_alignment" in silent(review)) is bool(seed % 2)
    assert len(judge.shown) == 6
    assert len(court.notes) == 1, "told once"
    assert "asked about the next shot" in court.notes[0]


async def test_a_fault_that_passes_is_waited_for(court: Court) -> None:
    judge = FakeJudge(answers=GOOD, fails=[TransientError("busy"), TransientError("busy")])
    plan = court.plan()
    review = await Judging(court.with_judges(judge).shop).keyframe(plan, court.keep(noise(plan)))
    assert marked(review, "text_alignment") == 0.9
    assert len(judge.shown) == 3
    assert court.notes == []


async def test_a_failure_is_not_remembered_as_an_answer(court: Court) -> None:
    judge = FakeJudge(answers=GOOD, fails=[BackendError("out of memory")])
    plan = court.plan()
    picture = court.keep(noise(plan))
    judging = Judging(court.with_judges(judge).shop)
    assert "out of memory" in silent(await judging.keyframe(plan, picture))["nudity"]
    assert marked(await judging.keyframe(plan, picture), "nudity") == 0.8


async def test_a_judge_that_leaves_a_question_out_is_named(court: Court) -> None:
    judge = FakeJudge(answers=GOOD)
    judge.judges = {Subject.KEYFRAME: ("text_alignment", "aesthetic_quality")}
    plan = court.plan()
    review = await Judging(court.with_judges(judge).shop).keyframe(plan, court.keep(noise(plan)))
    assert silent(review)["aesthetic_quality"] == "fake-judge: it gave no answer"


@pytest.mark.parametrize(("at_once", "most"), [(None, 1), (3, 3)])
async def test_a_judge_has_as_many_calls_at_once_as_it_wants(
    court: Court, at_once: int | None, most: int
) -> None:
    full, inside, counts = asyncio.Event(), set(), []

    class Slow(FakeJudge):
        async def judge(self, exhibit: Exhibit) -> Mapping[str, Finding | NotJudged]:
            inside.add(exhibit.pictures)
            counts.append(len(inside))
            if len(inside) >= most:
                full.set()
            await full.wait()
            # Long enough for others to come in, if they were let.
            await asyncio.sleep(0.1)
            inside.remove(exhibit.pictures)
            return await super().judge(exhibit)

    judge = Slow(answers=GOOD, at_once=at_once)
    judging = Judging(court.with_judges(judge).shop)
    plans = [court.plan(seed) for seed in range(1, 7)]
    async with asyncio.timeout(60):
        await asyncio.gather(*(judging.keyframe(plan, court.keep(noise(plan))) for plan in plans))
    assert len(counts) == 6
    assert max(counts) == most


async def test_a_model_with_eyes_decides_by_the_picture_itself(court: Court) -> None:
    eyes = FakeEyes()
    judging = Judging(court.seeing(FakeEndpoint(eyes=eyes)).shop)
    plan = court.plan()
    bright = noise(plan)
    dim = (bright * 0.7).astype(np.uint8)
    eyes.dark = float(bright.mean() + dim.mean()) / 2
    good = await judging.keyframe(plan, court.keep(bright), action="苏轼立于江边。")
    bad = await judging.keyframe(plan, court.keep(dim), action="苏轼立于江边。")
    assert good.passed
    assert [(one.measure, one.value, one.threshold) for one in bad.failed] == [
        ("opinion.place", 2, 3)
    ]
    (failed,) = bad.failed
    assert failed.unit == "marks of 5"
    assert failed.note == f"Picture 1 has a brightness of {dim.mean():.0f}. Light the place."
    assert [(one.frame) for one in bad.evidence] == [0]
    assert [one.measure for one in good.findings if one.measure.startswith("opinion.")] == [
        f"opinion.{aspect}" for aspect in Aspect if aspect is not Aspect.MOTION
    ]
    for sent, real in zip((eyes.looks[0][0], eyes.looks[1][0]), (bright, dim), strict=True):
        assert sent.brightness == pytest.approx(real.mean(), abs=1)
        assert (sent.media_type, sent.width, sent.height) == ("image/jpeg", 128, 228)
    assert eyes.orders[0].action == "苏轼立于江边。"
    assert eyes.orders[0].wording == plan.prompt
    assert "opinion" not in silent(good)


@pytest.mark.parametrize(
    ("refuses", "form"),
    [
        ((), Form.SCHEMA),
        ((Form.SCHEMA,), Form.TOOL),
        ((Form.SCHEMA, Form.TOOL), Form.OBJECT),
        ((Form.SCHEMA, Form.TOOL, Form.OBJECT), Form.TEXT),
    ],
)
async def test_references_then_frames_are_sent_in_order_in_every_form(
    court: Court, tmp_path: Path, refuses: Sequence[Form], form: Form
) -> None:
    eyes = FakeEyes(dark=0)
    endpoint = FakeEndpoint(eyes=eyes, refuses=frozenset(refuses))
    people = tuple(
        Cast(
            id=name,
            name=name,
            look=Look(),
            reference=court.keep(np.full((1200, 900, 3), level, np.uint8)) if level else "",
        )
        for name, level in (("lin", 210), ("nobody", 0), ("su", 20))
    )
    plan = court.plan(cast=people)
    keyframe, video = court.film(plan, tmp_path)
    review = await Judging(court.seeing(endpoint).shop).take(plan, video, keyframe)
    assert endpoint.forms[-1] is form
    (sent,), (order,) = eyes.looks, eyes.orders
    at = [0, 24, 47, 71]
    real = frames_of(court.shop.log.store.path(video), at)
    wanted = [210.0, 20.0, *(float(real[frame].mean()) for frame in at)]
    assert min(np.diff(sorted(wanted))) > 2, "no other order could be taken for this one"
    assert [one.brightness for one in sent] == pytest.approx(wanted, abs=0.5)
    assert [(one.width, one.height) for one in sent] == [(576, 768)] * 2 + [(128, 228)] * 4
    assert [(one.number, one.character, one.frame) for one in order.pictures] == [
        (1, "lin", None),
        (2, "su", None),
        *((number, "", frame) for number, frame in enumerate(at, 3)),
    ]
    assert [one.at_s for one in order.pictures[2:]] == [0.0, 1.0, 1.96, 2.96]
    assert [one.id for one in order.cast] == ["lin", "nobody", "su"]
    assert not any(one.reference for one in order.cast)
    assert marked(review, "opinion.motion") == 5


async def test_equal_pictures_are_looked_at_and_paid_once(court: Court) -> None:
    eyes = FakeEyes(dark=0)
    endpoint = FakeEndpoint(eyes=eyes)
    seeing = court.seeing(endpoint)
    plan = court.plan()
    picture = court.keep(noise(plan))
    first = await Judging(seeing.shop).keyframe(plan, picture)
    second = await Judging(seeing.shop).keyframe(plan, picture)
    assert first == second
    assert len(eyes.looks) == 1
    used = [event for event in court.bench.events if isinstance(event, TokensUsed)]
    assert [(one.agent, one.requests) for one in used] == [("critic", 1)]
    assert used[0].cost_usd > 0
    assert seeing.shop.counts.cost_usd == pytest.approx(used[0].cost_usd)
    assert seeing.shop.budget.spent.usd == pytest.approx(used[0].cost_usd)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=400, message="image input not supported"),
        Fault(status=500, message="image input is not supported - hint: provide the mmproj"),
        None,
    ],
)
async def test_a_blind_model_is_told_once_and_not_asked_again(
    court: Court, fault: Fault | None
) -> None:
    endpoint = FakeEndpoint(replies=[fault or "{}"], takes_pictures=fault is not None)
    judging = Judging(court.seeing(endpoint).shop)
    plans = [court.plan(seed) for seed in range(1, 6)]
    reviews = await asyncio.gather(
        *(judging.keyframe(plan, court.keep(noise(plan))) for plan in plans)
    )
    assert len(endpoint.requests) == 1
    for review in reviews:
        assert review.passed
        assert (
            "some-model takes no pictures: set [agents.critic] model" in silent(review)["opinion"]
        )
    (note,) = court.notes
    assert "not asked again" in note


async def test_an_endpoint_that_is_away_does_not_hold_up_every_shot(court: Court) -> None:
    endpoint = FakeEndpoint(replies=[Fault(status=503)])
    judging = Judging(court.seeing(endpoint).shop)
    for seed in range(1, 6):
        plan = court.plan(seed)
        review = await judging.keyframe(plan, court.keep(noise(plan)))
        assert review.passed
        assert "cannot be reached" in silent(review)["opinion"]
    assert len(endpoint.requests) == 6, "two shots, three tries each"


async def test_a_budget_that_is_used_up_ends_the_looking_and_not_the_film(
    bench: Callable[..., Bench], workshop_of: Callable[[Bench], Workshop], board: Storyboard
) -> None:
    one = bench(budget_usd=0.000001)
    court = Court(one, workshop_of(one), board.shots[0].staging)
    eyes = FakeEyes()
    judging = Judging(court.seeing(FakeEndpoint(eyes=eyes)).shop)
    for seed in (1, 2):
        plan = court.plan(seed)
        review = await judging.keyframe(plan, court.keep(noise(plan)))
        assert review.passed
        assert "opinion" in silent(review)
    assert not eyes.looks
    assert len(court.notes) == 1


async def test_a_blind_crew_is_never_sent_a_picture(court: Court) -> None:
    writer = ScriptedWriter({"critic/look": [Opinion(seen="x", marks=())]})
    agents = replace(court.shop.agents, critic=Critic(writer=writer, prompts=Prompts()))
    plan = court.plan()
    review = await Judging(replace(court.shop, agents=agents)).keyframe(
        plan, court.keep(noise(plan))
    )
    assert writer.asked == []
    assert review.not_judged[-1] == NO_EYES


async def test_an_opinion_that_breaks_the_rules_is_no_verdict_and_is_paid_all_the_same(
    court: Court,
) -> None:
    lazy = Opinion(seen="x", marks=(Mark(aspect=Aspect.PEOPLE, evidence="-", mark=1),))
    endpoint = FakeEndpoint(replies=[lazy.model_dump_json()])
    seeing = court.seeing(endpoint)
    plan = court.plan()
    review = await Judging(seeing.shop).keyframe(plan, court.keep(noise(plan)))
    assert review.passed
    assert "broke the rules of critic/look" in silent(review)["opinion"]
    assert len(endpoint.requests) == 3
    assert seeing.shop.counts.writing["critic"].requests == 3
    assert seeing.shop.counts.cost_usd > 0
    assert seeing.shop.counts.cost_usd == pytest.approx(seeing.shop.budget.spent.usd)


def test_what_the_eyes_turn_down_is_taken_again_with_their_words(
    bench: Callable[..., Bench],
) -> None:
    class Strict(FakeEyes):
        def __call__(self, body: Mapping[str, JsonValue]) -> str:
            self.dark = 0.0 if self.looks else 256.0
            return super().__call__(body)

    one, eyes = bench(), Strict()
    judge = FakeJudge(answers=GOOD, subjects=[Subject.KEYFRAME])
    endpoint = FakeEndpoint(eyes=eyes, replies=[Advice(note="把岸边照亮。").model_dump_json()])
    critic = ChatWriter(endpoint.client(), model="some-model", tariff=PRICED, sees=True)
    tools = replace(one.tools(), judges=(judge,))
    studio = replace(
        one.studio(),
        fitting=lambda _: (lambda agent: critic if agent == "critic" else one.writer, tools),
    )
    report = studio.produce(one.production(), sink=one.events.append, until=Stage.KEYFRAMES)
    (rejected,) = [event for event in one.events if isinstance(event, TakeRejected)]
    assert (rejected.note, rejected.measures) == ("把岸边照亮。", ("opinion.place",))
    assert len(eyes.looks) == len(judge.shown) == 4, "three shots, one of them twice"
    assert {order.action for order in eyes.orders} == {"第1镜", "第2镜", "第3镜"}
    asked = [body for body in endpoint.requests if "image_url" not in str(body)]
    assert "Light the place." in str(asked[0]), "the advice is given the eyes' own words"
    assert report.writing["critic"].requests == 5
    assert report.cost_usd > 0


async def test_a_line_is_heard_after_its_sound_was_measured(court: Court, tmp_path: Path) -> None:
    text = "清风徐来，水波不兴。"
    said = await FakeSpeech(clips=1).speak(
        text=text,
        voice="one",
        locale=Locale.ZH,
        kind=LineKind.NARRATION,
        delivery="",
        scratch=tmp_path,
    )
    clipped = court.shop.log.store.put(said.audio)
    said = await FakeSpeech().speak(
        text=text,
        voice="one",
        locale=Locale.ZH,
        kind=LineKind.NARRATION,
        delivery="",
        scratch=tmp_path,
    )
    clean = court.shop.log.store.put(said.audio)
    judge = FakeJudge(answers={"transcript": 0.2}, subjects=[Subject.LINE])
    judging = Judging(court.with_judges(judge).shop)
    review = await judging.line(clipped, text=text, locale=Locale.ZH, shot="s01")
    assert [one.measure for one in review.failed] == ["clipping"]
    assert not judge.shown
    review = await judging.line(clean, text=text, locale=Locale.ZH, shot="s01")
    assert [one.measure for one in review.failed] == ["transcript"]
    (shown,) = judge.shown
    assert (shown.subject, shown.text, shown.locale) == (Subject.LINE, text, Locale.ZH)
    assert shown.audio == court.shop.log.store.path(clean)
    assert shown.pictures == ()
    assert "opinion" not in silent(review)
    other = text.replace("清风", "清水")
    await judging.line(clean, text=other, locale=Locale.ZH, shot="s01")
    await judging.line(clean, text=text, locale=Locale.ZH, shot="s01")
    assert [one.text for one in judge.shown] == [text, other]
    review = await Judging(court.shop).line(clean, text=text, locale=Locale.ZH, shot="s01")
    assert silent(review) == {"transcript": "no judge is installed for it"}

"""Every shipped service films and paints as promised, and no fault of theirs pays twice."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import httpx2
import pytest

from nightshoot.artifacts import Action, ActionLog, Job, JobState, Made, Store
from nightshoot.budget import Budget
from nightshoot.domain.limits import Limits
from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.retry import Retry
from nightshoot.tools.hosted.account import Lines
from nightshoot.tools.hosted.fake_service import FakeService, Mishap
from nightshoot.tools.hosted.service import load_service, preset_names
from nightshoot.tools.hosted.service_camera import ServiceCamera
from nightshoot.tools.hosted.service_painter import ServicePainter
from nightshoot.tools.hosted.settings import ServiceConfig
from nightshoot.tools.protocols import Footage
from nightshoot.tools.registry import Surroundings

ALL = {name: load_service(name, Path()) for name in preset_names()}
CAMERAS = sorted(name for name, service in ALL.items() if service.makes == "video")
PAINTERS = sorted(name for name, service in ALL.items() if service.makes == "picture")

Camera = Callable[..., ServiceCamera]
Kept = Callable[[], Job]


@pytest.fixture
def shot(plan: Callable[..., ShotPlan]) -> ShotPlan:
    return plan(width=96, height=160, num_frames=6, fps=Fraction(24))


@pytest.fixture
def film(
    shot: ShotPlan, keyframe_of: Callable[[ShotPlan], Path], tmp_path: Path
) -> Callable[..., object]:
    async def run(camera: ServiceCamera, job: Job | None) -> Footage:
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        return await camera.film(
            plan=shot,
            keyframe=keyframe_of(shot),
            layers=None,
            scratch=scratch,
            progress=lambda _: None,
            job=job,
        )

    return run


@pytest.mark.parametrize("name", CAMERAS)
async def test_every_shipped_camera_keeps_the_contract(
    name: str,
    camera: Camera,
    shot: ShotPlan,
    kept: Kept,
    keyframe_of: Callable[[ShotPlan], Path],
    films_as_promised: Callable[..., object],
    tmp_path: Path,
) -> None:
    fake = FakeService.of(ALL[name])
    job = kept()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    hired = camera(fake, usd_per_unit=0.0001)
    await films_as_promised(hired, shot, keyframe_of(shot), scratch, job=job)  # type: ignore[misc]
    assert (fake.paid, fake.submissions, fake.leaks) == (1, 1, [])
    assert (job.state, job.id) == (JobState.RUNNING, "job-1")
    can = hired.capabilities
    assert can.paid
    assert can.fits
    assert not can.deterministic
    assert list(scratch.iterdir()) == [scratch / "take.mp4"]


@pytest.mark.parametrize("name", PAINTERS)
async def test_every_shipped_painter_keeps_the_contract(
    name: str,
    painter: Callable[..., ServicePainter],
    plan: Callable[..., ShotPlan],
    kept: Kept,
    paints_as_promised: Callable[..., object],
    tmp_path: Path,
) -> None:
    fake = FakeService.of(ALL[name])
    await paints_as_promised(painter(fake), plan(), tmp_path, job=kept())  # type: ignore[misc]
    assert (fake.paid, fake.leaks) == (1, [])


@pytest.mark.parametrize("name", CAMERAS)
async def test_a_job_with_an_id_is_gone_on_with_by_the_next_process(
    name: str, camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    fake = FakeService.of(ALL[name], ask=[Mishap.ASK_500] * 3)
    with pytest.raises(TransientError, match="500"):
        await film(camera(fake), kept())  # type: ignore[misc]
    footage = await film(camera(fake), kept())  # type: ignore[misc]
    assert footage.video.is_file()
    assert (fake.paid, fake.submissions) == (1, 1)


UNSURE = [
    Mishap.PAID_500,
    Mishap.PAID_TIMEOUT,
    Mishap.PAID_RESET,
    Mishap.PAID_GARBAGE,
    Mishap.PAID_WITHOUT_ID,
    Mishap.UNPAID_500,
    Mishap.UNPAID_TIMEOUT,
]


@pytest.mark.parametrize("mishap", UNSURE, ids=str)
async def test_an_unknown_outcome_is_found_out_by_the_token_where_the_service_can(
    mishap: Mishap, camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    fake = FakeService.of(ALL["kling"], submit=[mishap])
    with pytest.raises(TransientError, match="looked for"):
        await film(camera(fake), kept())  # type: ignore[misc]
    assert kept().state is JobState.SENDING
    await film(camera(fake), kept())  # type: ignore[misc]
    assert fake.paid == 1


@pytest.mark.parametrize("mishap", UNSURE, ids=str)
async def test_an_unknown_outcome_is_never_paid_again_blindly(
    mishap: Mishap, camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    fake = FakeService.of(ALL["minimax"], submit=[mishap])
    for _ in range(3):
        with pytest.raises(BackendError, match=r"not known.*minimax.*pay_again = true") as caught:
            await film(camera(fake), kept())  # type: ignore[misc]
        assert not isinstance(caught.value, TransientError)
    assert fake.submissions == 1
    await film(camera(fake, pay_again=True), kept())  # type: ignore[misc]
    assert fake.submissions == 2


@pytest.mark.parametrize("status", [302, 408, 409, 502])
async def test_an_answer_that_does_not_say_that_nothing_was_begun_is_an_unknown_outcome(
    status: int, around: Surroundings, film: Callable[..., object], kept: Kept
) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, json={"message": "?"})

    config = ServiceConfig(service="pika")
    lines = Lines(transport=httpx2.MockTransport(answer))
    with pytest.raises(BackendError, match="not known"):
        await film(ServiceCamera.configured("hired", config, around, lines), kept())  # type: ignore[misc]
    assert kept().state is JobState.SENDING


async def test_a_crash_between_sending_and_the_answer_is_an_unknown_outcome(
    camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    kept().sending()
    fake = FakeService.of(ALL["vidu"])
    with pytest.raises(BackendError, match="cut off while it was sent"):
        await film(camera(fake), kept())  # type: ignore[misc]
    assert fake.submissions == 0
    kling = FakeService.of(ALL["kling"])
    await film(camera(kling), kept())  # type: ignore[misc]
    assert kling.paid == 1


@pytest.mark.parametrize("name", CAMERAS)
@pytest.mark.parametrize(
    ("mishap", "kind", "said"),
    [
        (Mishap.UNREACHABLE, TransientError, "cannot be reached"),
        (Mishap.BUSY, TransientError, "busy"),
        (Mishap.BAD_KEY, InputError, "refused the key"),
        (Mishap.NO_CREDIT, InputError, "no credit"),
        (Mishap.REFUSED, BackendError, "refused the prompt"),
    ],
    ids=str,
)
async def test_what_surely_did_not_arrive_may_be_sent_again(
    name: str,
    mishap: Mishap,
    kind: type[Exception],
    said: str,
    camera: Camera,
    film: Callable[..., object],
    kept: Kept,
) -> None:
    fake = FakeService.of(ALL[name], submit=[mishap])
    with pytest.raises(kind, match=said) as caught:
        await film(camera(fake), kept())  # type: ignore[misc]
    assert isinstance(caught.value, TransientError) == (kind is TransientError)
    if mishap is Mishap.BUSY:
        assert getattr(caught.value, "retry_after_s", None) == 7.0
    assert kept().state is JobState.NONE
    await film(camera(fake), kept())  # type: ignore[misc]
    assert fake.paid == 1


async def test_a_failed_job_is_over_and_the_next_one_has_a_token_of_its_own(
    camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    fake = FakeService.of(ALL["kling"], ask=[Mishap.FAILED])
    with pytest.raises(BackendError, match="failed the job: worker broke") as caught:
        await film(camera(fake), kept())  # type: ignore[misc]
    assert caught.value.charged
    assert kept().state is JobState.RUNNING, "until what it cost is counted"
    kept().ended()
    await film(camera(fake), kept())  # type: ignore[misc]
    assert (len(fake.jobs), fake.paid) == (2, 1)
    assert len({job.token for job in fake.jobs}) == 2


async def test_a_token_that_is_taken_is_found_out_whatever_code_says_so(
    camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    described = ALL["kling"]
    assert described.find is not None
    silent = described.find.model_copy(update={"duplicate_codes": (1201,)})
    fake = FakeService.of(described.model_copy(update={"find": silent}), ask=[Mishap.FAILED])
    with pytest.raises(BackendError, match="failed the job"):
        await film(camera(fake), kept())  # type: ignore[misc]
    kept().ended()
    await film(camera(fake), kept())  # type: ignore[misc]
    assert (len(fake.jobs), fake.paid) == (2, 1)


@pytest.mark.parametrize("name", CAMERAS)
async def test_a_refusal_by_moderation_is_named_at_whatever_step_it_comes(
    name: str, camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    fake = FakeService.of(ALL[name], ask=[Mishap.REFUSED_LATER])
    with pytest.raises(BackendError, match=r"refused the prompt.*word the shot differently"):
        await film(camera(fake), kept())  # type: ignore[misc]
    assert (fake.submissions, fake.paid) == (1, 0)


@pytest.mark.parametrize(
    ("mishaps", "said"),
    [
        ([Mishap.LOST], "no longer knows job job-1"),
        ([Mishap.NONE, *[Mishap.NO_RESULT] * 9], "gives no result"),
        ([Mishap.HANG], "still works on job job-1"),
    ],
)
async def test_a_job_that_was_paid_and_gives_nothing_is_not_sent_again(
    mishaps: list[Mishap],
    said: str,
    camera: Camera,
    film: Callable[..., object],
    kept: Kept,
) -> None:
    fake = FakeService.of(ALL["seedance"], ask=mishaps)
    hurried = {"patience_s": 0.05} if Mishap.HANG in mishaps else {}
    with pytest.raises(BackendError, match=said):
        await film(camera(fake, hurried), kept())  # type: ignore[misc]
    assert kept().state is JobState.RUNNING
    if mishaps[0] is not Mishap.LOST:
        fake.on_ask.clear()
        await film(camera(fake), kept())  # type: ignore[misc]
    assert (fake.submissions, fake.paid) == (1, 1)


async def test_pay_again_lets_a_dead_job_go_and_the_next_run_pays_once_more(
    camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    fake = FakeService.of(ALL["seedance"], ask=[Mishap.LOST])
    with pytest.raises(BackendError, match="the next run sends, and pays") as caught:
        await film(camera(fake, pay_again=True), kept())  # type: ignore[misc]
    assert caught.value.charged, "the action log counts it, and lets go of it"
    kept().ended()
    await film(camera(fake, pay_again=True), kept())  # type: ignore[misc]
    assert fake.paid == 2


async def test_short_faults_of_asking_are_waited_out(
    camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    hiccups = [Mishap.ASK_500, Mishap.ASK_TIMEOUT, Mishap.NONE, Mishap.ASK_BUSY, Mishap.ASK_GARBAGE]
    fake = FakeService.of(ALL["pika"], ask=hiccups)
    await film(camera(fake), kept())  # type: ignore[misc]
    assert (fake.submissions, fake.paid) == (1, 1)


@pytest.mark.parametrize(
    ("mishap", "kind", "said"),
    [
        (Mishap.FILE_500, None, ""),
        (Mishap.FILE_BREAKS, None, ""),
        (Mishap.FILE_CUT, None, ""),
        (Mishap.TO_OTHER_HOST, None, ""),
        (Mishap.FILE_DRIPS, None, ""),
        (Mishap.FILE_PAGE, BackendError, "text/html, not a video"),
        (Mishap.FILE_TYPE, BackendError, "no video"),
        (Mishap.FILE_GONE, BackendError, "HTTP 403"),
        (Mishap.FILE_LARGE, BackendError, "more than"),
        (Mishap.TO_LOOPBACK, BackendError, "plain http address on 127.0.0.1"),
        (Mishap.TO_METADATA, BackendError, r"not on the public internet \(169.254.169.254\)"),
    ],
    ids=str,
)
async def test_a_result_that_will_not_do_is_fetched_again_and_not_made_again(
    mishap: Mishap,
    kind: type[Exception] | None,
    said: str,
    camera: Camera,
    film: Callable[..., object],
    kept: Kept,
    tmp_path: Path,
) -> None:
    fake = FakeService.of(ALL["vidu"], file=[mishap])
    if kind is not None:
        with pytest.raises(kind, match=said):
            await film(camera(fake), kept())  # type: ignore[misc]
        assert kept().state is JobState.RUNNING
        assert list((tmp_path / "scratch").iterdir()) == []
    await film(camera(fake), kept())  # type: ignore[misc]
    assert (fake.submissions, fake.paid, fake.leaks) == (1, 1, [])


async def test_the_request_says_what_the_plan_says(
    camera: Camera,
    plan: Callable[..., ShotPlan],
    keyframe_of: Callable[[ShotPlan], Path],
    tmp_path: Path,
) -> None:
    first = plan(width=96, height=160, num_frames=150)
    end = keyframe_of(plan(seed=4, width=96, height=160))
    wanted = first.model_copy(update={"last_frame": "a" * 64, "prompt": "river " * 900})
    fake = FakeService.of(ALL["vidu"])
    hired = camera(fake, model="viduq3-turbo", quality="540p")
    footage = await hired.film(
        plan=wanted,
        keyframe=keyframe_of(first),
        layers=None,
        scratch=tmp_path,
        progress=lambda _: None,
        files={"a" * 64: end},
    )
    body = fake.jobs[0].body
    assert isinstance(body, dict)
    assert fake.paths[0] == "POST /ent/v2/start-end2video"
    images = body["images"]
    assert isinstance(images, list)
    assert len(images) == 2
    assert all(str(image).startswith("data:image/png;base64,iVBOR") for image in images)
    assert body["duration"] == 7
    assert body["seed"] == 11
    assert body["resolution"] == "540p"
    assert len(str(body["prompt"])) <= 5000
    assert footage.notes == ("The prompt of shot s01 was cut to 4997 characters for Vidu.",)
    assert hired.estimate(plan=wanted).cost_usd == pytest.approx(7 * 0.04)


async def test_kling_is_sent_bare_base64_large_enough_and_without_a_last_frame_that_is_not_there(
    camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    import base64

    import cv2
    import numpy as np

    fake = FakeService.of(ALL["kling"])
    await film(camera(fake, model="kling-v3"), kept())  # type: ignore[misc]
    body = fake.jobs[0].body
    assert isinstance(body, dict)
    assert "image_tail" not in body
    assert (body["duration"], body["mode"]) == ("3", "pro")
    assert "Camera: push in." in str(body["prompt"])
    picture = cv2.imdecode(
        np.frombuffer(base64.b64decode(str(body["image"])), np.uint8), cv2.IMREAD_COLOR
    )
    assert picture is not None
    assert min(picture.shape[:2]) == 300


def test_a_shot_that_is_longer_than_the_longest_clip_is_refused_before_anything_is_sent(
    camera: Camera, plan: Callable[..., ShotPlan]
) -> None:
    hired = camera(FakeService.of(ALL["minimax"]), quality="1080P")
    assert hired.estimate(plan=plan(num_frames=144)).cost_usd == 0.49
    with pytest.raises(InputError, match=r"at most 6 s at 1080P: shot s01 lasts 7\.0 s"):
        hired.estimate(plan=plan(num_frames=168))


async def test_real_costs_are_told_where_the_service_counts_units(
    camera: Camera, film: Callable[..., object], kept: Kept
) -> None:
    fake = FakeService.of(ALL["kling"])
    footage = await film(camera(fake), kept())  # type: ignore[misc]
    assert footage.cost_usd == pytest.approx(2.5 * 0.14)
    plain = await film(camera(FakeService.of(ALL["minimax"])), None)  # type: ignore[misc]
    assert plain.cost_usd is None


def written_below(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.read_bytes().decode(errors="ignore") for path in files]


@pytest.mark.parametrize("name", CAMERAS)
async def test_no_key_is_in_a_message_a_log_a_repr_or_a_file(
    name: str,
    camera: Camera,
    film: Callable[..., object],
    kept: Kept,
    planted: tuple[str, str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    fake = FakeService.of(ALL[name], submit=[Mishap.BAD_KEY, Mishap.PAID_500])
    hired = camera(fake)
    told = [repr(hired), str(vars(hired)), hired.version, hired.available().why]
    for _ in range(2):
        with pytest.raises((InputError, BackendError)) as caught:
            await film(hired, kept())  # type: ignore[misc]
        told.append(str(caught.value))
    assert "***" in told[-2]
    told += [caplog.text, *fake.paths]
    told += written_below(tmp_path)
    for key in planted:
        assert not [text for text in told if key in text]
    assert "eyJ" not in "".join(told)


@pytest.mark.parametrize(
    ("mishap", "paid"),
    [(Mishap.PAID_500, 1), (Mishap.PAID_TIMEOUT, 1), (Mishap.UNPAID_500, 1), (Mishap.BUSY, 1)],
    ids=str,
)
async def test_the_action_log_gets_there_by_itself_and_charges_once(
    mishap: Mishap,
    paid: int,
    camera: Camera,
    shot: ShotPlan,
    keyframe_of: Callable[[ShotPlan], Path],
    tmp_path: Path,
) -> None:
    fake = FakeService.of(ALL["kling"], submit=[mishap])
    hired = camera(fake)
    retry = Retry(attempts=3, first_wait_s=0.001, longest_wait_s=0.01)
    log = ActionLog(Store(tmp_path / "store"), retry=retry)
    budget = Budget(tmp_path / "ledger.sqlite", account="a", limits=Limits(usd=0.4))
    estimate = hired.estimate(plan=shot)
    action = Action(tool="video/hired", version=hired.version, request=shot, estimate=estimate)

    async def make(scratch: Path) -> Made:
        footage = await hired.film(
            plan=shot,
            keyframe=keyframe_of(shot),
            layers=None,
            scratch=scratch,
            progress=lambda _: None,
            job=log.job(action),
        )
        return Made(outputs={"video": footage.video}, cost_usd=footage.cost_usd)

    outcome = await log.perform(action, make, budget=budget)
    assert fake.paid == paid
    assert outcome.cost_usd == pytest.approx(0.35)
    assert budget.spent.usd == pytest.approx(0.35)
    assert log.job(action).state is JobState.NONE
    assert (await log.perform(action, make, budget=budget)).reused
    assert fake.paid == paid
    log.close()
    budget.close()


KILLED = """
import asyncio, os, sys
from pathlib import Path
from nightshoot.artifacts import Action, ActionLog, Store
from nightshoot.domain.shot import Estimate
from nightshoot.tools.hosted.discipline import Accepted, Discipline, Manners, Pacing

class Desk:
    finds = False
    async def submit(self, token):
        Path(sys.argv[1], "paid").write_text(token)
        if sys.argv[2] == "before the answer":
            os.kill(os.getpid(), 9)
        return Accepted(id="job-1")
    async def ask(self, job):
        os.kill(os.getpid(), 9)

action = Action(tool="video/hired", version="1", request=Estimate(gpu_s=1))
job = ActionLog(Store(Path(sys.argv[1], "store"))).job(action)
manners = Manners(service="Fake", console="", table="video.hired")
asyncio.run(Discipline(manners, Pacing()).see_through(job, Desk(), lambda _: None))
"""


@pytest.mark.parametrize(
    ("when", "state"),
    [("before the answer", JobState.SENDING), ("while it waits", JobState.RUNNING)],
)
def test_a_kill_leaves_on_the_disk_what_the_next_run_has_to_know(
    when: str, state: JobState, kept: Kept, tmp_path: Path
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), when], check=False)
    assert killed.returncode == -9
    assert (tmp_path / "paid").read_text() == kept().token[:32]
    assert kept().state is state
    assert kept().id == ("job-1" if state is JobState.RUNNING else "")

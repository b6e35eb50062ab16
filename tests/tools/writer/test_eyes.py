"""A model with eyes at an endpoint: what is sent can be read back, and what cannot is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import JsonValue, SecretStr

from nightshoot.agents.critic import Critic
from nightshoot.cli.wiring import writers_for
from nightshoot.domain.opinion import RUBRIC, Aspect, LookedAt, Opinion
from nightshoot.domain.orders import LookOrder, PictureShown
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.vocabulary import Locale
from nightshoot.llm import Ask, Seeing
from nightshoot.prompts import Prompts
from nightshoot.settings import Endpoint, Override, Settings
from nightshoot.sheet import CrewChoice
from nightshoot.tools.writer.chat import ChatWriter
from nightshoot.tools.writer.fake_endpoint import FakeEndpoint
from nightshoot.tools.writer.fake_eyes import FakeEyes, pictures_in

LEVELS = (30, 200, 120)


@pytest.fixture
def look(tmp_path: Path, board: Storyboard) -> Callable[[tuple[int, ...]], Ask[Opinion]]:
    """Builds an ask with pictures of these levels of grey, PNG and JPEG by turns."""

    def build(levels: tuple[int, ...]) -> Ask[Opinion]:
        paths = []
        for number, level in enumerate(levels):
            path = tmp_path / f"{number}.{('png', 'jpg')[number % 2]}"
            cv2.imwrite(str(path), np.full((32, 20 + number, 3), level, np.uint8))
            paths.append(path)
        shot = board.shots[0]
        order = LookOrder(
            subject=LookedAt.TAKE,
            staging=shot.staging,
            camera=shot.camera,
            wording="a river",
            pictures=tuple(
                PictureShown(number=at, frame=12 * (at - 1)) for at in range(1, len(levels) + 1)
            ),
            locale=Locale.ZH,
        )
        return Ask(
            task="critic/look",
            given=order,
            prompt=Prompts().render("critic/look", Locale.ZH, given=order),
            output=Opinion,
            locale=Locale.ZH,
            pictures=tuple(paths),
        )

    return build


async def test_pictures_arrive_in_order_as_they_lie_on_the_disk(
    look: Callable[[tuple[int, ...]], Ask[Opinion]], writing: Callable[..., ChatWriter]
) -> None:
    eyes = FakeEyes()
    opinion = await writing(FakeEndpoint(eyes=eyes)).write(look(LEVELS))
    (sent,) = eyes.looks
    assert [one.media_type for one in sent] == ["image/png", "image/jpeg", "image/png"]
    assert [(one.width, one.height) for one in sent] == [(20, 32), (21, 32), (22, 32)]
    assert [one.brightness for one in sent] == pytest.approx(LEVELS, abs=1)
    bad = [one for one in opinion.marks if one.mark < 3]
    assert [(one.aspect, one.picture) for one in bad] == [(Aspect.PLACE, 1)]
    assert [one.aspect for one in opinion.marks] == list(RUBRIC[LookedAt.TAKE])


async def test_the_same_question_about_brighter_pictures_gets_another_answer(
    look: Callable[[tuple[int, ...]], Ask[Opinion]], writing: Callable[..., ChatWriter]
) -> None:
    opinion = await writing(FakeEndpoint(eyes=FakeEyes())).write(look((90, 200, 120)))
    assert {one.mark for one in opinion.marks} == {5}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://example.org/a.png", "no data URL"),
        ("data:image/png;base64,!!!!", "no base64"),
        ("data:image/png;base64,AAAA", "no image/png"),
    ],
)
def test_eyes_do_not_see_what_is_no_picture(url: str, says: str) -> None:
    part: JsonValue = {"type": "image_url", "image_url": {"url": url}}
    with pytest.raises(ValueError, match=says):
        list(pictures_in({"messages": [{"role": "user", "content": [part]}]}))


def test_a_writer_is_blind_unless_it_was_told(writing: Callable[..., ChatWriter]) -> None:
    assert isinstance(writing(FakeEndpoint()), Seeing)
    assert not writing(FakeEndpoint()).sees
    assert writing(FakeEndpoint(), sees=True).sees


def test_the_settings_give_the_critic_its_eyes_and_nobody_else(tmp_path: Path) -> None:
    endpoint = Endpoint(base_url="http://127.0.0.1:9/v1", api_key=SecretStr("k"), model="words")
    crew = CrewChoice(writer="llm", image="x", video="x", voice="none", music="none")
    settings = Settings(
        home=tmp_path,
        endpoint=endpoint,
        agents={"critic": Override(model="eyes", sees=True)},
    )
    writers = writers_for(crew, settings)
    assert Critic(writer=writers("critic"), prompts=Prompts()).sees
    assert writers("critic").model == "eyes"
    assert not Critic(writer=writers("screenwriter"), prompts=Prompts()).sees
    blind = writers_for(crew, settings.model_copy(update={"agents": {}}))
    assert not Critic(writer=blind("critic"), prompts=Prompts()).sees

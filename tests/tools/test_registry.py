"""Backends are found by entry points and settings, and loaded when they are chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from nightshoot.errors import BackendError, InputError
from nightshoot.settings import Section, Settings
from nightshoot.sheet import CrewChoice
from nightshoot.tools import registry as module
from nightshoot.tools.registry import KINDS, Registry
from nightshoot.workplace import tools_for


def registry(
    home: Path, environment: Mapping[str, str] | None = None, **kinds: dict[str, Section]
) -> Registry:
    settings = Settings.model_validate({"home": home, "folder": home, **kinds})
    return Registry.of(settings, environment or {})


def test_the_embedded_backends_are_installed_and_fit_for_use(tmp_path: Path) -> None:
    found = registry(tmp_path)
    assert {one.name for one in found.listed("image")} >= {"shadow-play"}
    assert found.image_generator("shadow-play").capabilities.layers
    assert found.video_generator("multiplane").name == "multiplane"
    assert found.composer("pluck").available().ready


def test_every_listed_backend_loads_under_its_own_name(tmp_path: Path) -> None:
    found = registry(tmp_path)
    for kind in KINDS:
        names = [one.name for one in found.listed(kind)]
        assert names == sorted(names)
        for one in found.listed(kind):
            backend = one.load()
            assert backend.name == one.name
            assert backend.version
            assert backend.capabilities.licence
            available = backend.available()
            assert available.ready or available.why


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"judge"}))
def test_a_name_that_is_not_installed_is_told_with_those_that_are(
    kind: str, tmp_path: Path
) -> None:
    found = registry(tmp_path)
    chosen = {
        "image": found.image_generator,
        "video": found.video_generator,
        "speech": found.speech_synthesizer,
        "music": found.composer,
    }[kind]
    with pytest.raises(InputError, match=rf"no {kind} backend 'nothing': choose from \w") as caught:
        chosen("nothing")
    for one in found.listed(kind):
        assert one.name in str(caught.value)


def test_usable_voices_are_ready_and_the_usual_ones_come_first(tmp_path: Path) -> None:
    voices = registry(tmp_path).usable_voices()
    assert all(voice.available().ready for voice in voices)
    names = [voice.name for voice in voices]
    assert names[:2] == ["edge", "kokoro"]


def test_a_backend_whose_library_is_missing_is_told() -> None:
    point = EntryPoint(name="far", value="no_such_package:Thing", group="nightshoot.image")
    with pytest.raises(BackendError, match=r"backend far cannot be loaded: .*no_such_package"):
        module._loaded(point)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"backend": "nothing"}, r"\[image.mine\] in the settings: there is no backend 'nothing'"),
        ({"backend": "shadow-play"}, "shadow-play takes no settings"),
        ({}, "no backend 'mine'"),
        (
            {"backend": "diffusers", "modle": "x"},
            "there is no setting 'modle': choose from .*model,",
        ),
    ],
)
def test_a_table_that_cannot_be_used_is_told_by_its_name(
    section: Section, said: str, tmp_path: Path
) -> None:
    found = registry(tmp_path, image={"mine": section})
    assert "mine" in [one.name for one in found.listed("image")]
    with pytest.raises(InputError, match=said):
        found.image_generator("mine")


def test_a_registry_never_shows_a_key(tmp_path: Path) -> None:
    section: Section = {"backend": "shadow-play", "api_key": "sk-planted"}
    found = registry(tmp_path, {"KEY": "sk-planted"}, image={"mine": section})
    assert not re.search("sk-planted", repr(found.sections) if "sections" in repr(found) else "")
    with pytest.raises(InputError) as caught:
        found.image_generator("mine")
    assert "sk-planted" not in str(caught.value)


PLANTED = """
from nightshoot.tools.fake import FakeJudge
from nightshoot.tools.protocols import Available, Capabilities
from pydantic import BaseModel, ConfigDict


class Plain(FakeJudge):
    def __init__(self, name="plain"):
        super().__init__(name=name, answers={"nudity": 1.0})


class Unready(Plain):
    def available(self):
        return Available(ready=False, why="it lacks weights")


class Told(Plain):
    class Config(BaseModel):
        model_config = ConfigDict(extra="forbid")
        weights: str

    @classmethod
    def configured(cls, name, config, around):
        judge = cls(name)
        judge.version = config.weights
        return judge

    def available(self):
        return Available(ready=self.version != "1", why="write [judge.told]")


class Either(Told):
    class Config(BaseModel):
        weights: str = "0"


class Paid(Told):
    def __init__(self, name="paid"):
        super().__init__(name)
        self.capabilities = Capabilities(licence="terms", paid=True)

    def available(self):
        return Available(ready=True)
"""


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Installs another distribution with judges; gives its module's name."""
    folder = tmp_path / "site"
    module_name = f"planted_{tmp_path.name}"
    info = folder / "planted-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: planted\nVersion: 1.0\n")
    classes = {"a-plain": "Plain", "b-unready": "Unready", "c-told": "Told", "d-paid": "Paid"}
    classes["f-either"] = "Either"
    points = [f"{name} = {module_name}:{kind}" for name, kind in classes.items()]
    points.append(f"e-broken = {module_name}_gone:Nothing")
    text = "[nightshoot.judge]\n" + "\n".join(points) + "\n"
    (info / "entry_points.txt").write_text(text)
    (folder / f"{module_name}.py").write_text(PLANTED)
    monkeypatch.syspath_prepend(folder)
    return module_name


def judges(found: Registry, module_name: str) -> list[tuple[str, str]]:
    """Gives the planted ones' names and versions."""
    return [
        (judge.name, judge.version)
        for judge in found.usable_judges()
        if type(judge).__module__ == module_name
    ]


def test_judges_that_are_ready_are_used_and_a_paid_one_only_where_it_is_configured(
    planted: str, tmp_path: Path
) -> None:
    assert {one.name for one in registry(tmp_path).listed("judge")} >= {"a-plain", "e-broken"}
    assert judges(registry(tmp_path), planted) == [("plain", "1"), ("f-either", "0")]
    found = registry(
        tmp_path,
        judge={
            "z-mine": {"backend": "c-told", "weights": "7"},
            "b-dear": {"backend": "d-paid", "weights": "8"},
        },
    )
    assert judges(found, planted) == [
        ("plain", "1"),
        ("b-dear", "8"),
        ("f-either", "0"),
        ("z-mine", "7"),
    ]


def test_a_crews_tools_have_the_judges_that_are_ready(planted: str, tmp_path: Path) -> None:
    crew = CrewChoice(
        writer="rehearsal", image="shadow-play", video="multiplane", voice="none", music="none"
    )
    found = registry(tmp_path, judge={"mine": {"backend": "c-told", "weights": "7"}})
    tools = tools_for(crew, found)
    names = [one.name for one in tools.judges if type(one).__module__ == planted]
    assert names == ["plain", "f-either", "mine"]


def test_a_judge_under_a_name_of_ones_own_is_not_asked_twice(planted: str, tmp_path: Path) -> None:
    found = registry(tmp_path, judge={"mine": {"backend": "f-either", "weights": "7"}})
    assert judges(found, planted) == [("plain", "1"), ("mine", "7")]
    same = registry(tmp_path, judge={"c-told": {"weights": "9"}})
    assert judges(same, planted) == [("plain", "1"), ("c-told", "9"), ("f-either", "0")]


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"backend": "c-told"}, r"\[judge.mine\] in the settings: weights: Field required"),
        ({"backend": "a-plain"}, "a-plain takes no settings"),
        ({"backend": "nobody"}, "there is no backend 'nobody'"),
    ],
)
def test_a_judges_table_that_cannot_be_used_is_told(
    planted: str, tmp_path: Path, section: Section, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        registry(tmp_path, judge={"mine": section}).usable_judges()


def test_a_configured_judge_that_cannot_be_loaded_is_not_passed_over(
    planted: str, tmp_path: Path
) -> None:
    with pytest.raises(BackendError, match="e-broken cannot be loaded"):
        registry(tmp_path, judge={"mine": {"backend": "e-broken"}}).usable_judges()

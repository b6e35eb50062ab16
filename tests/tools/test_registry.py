"""Backends are found by entry points and settings, and loaded when they are chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from nightshoot.errors import BackendError, InputError
from nightshoot.settings import Section, Settings
from nightshoot.tools import registry as module
from nightshoot.tools.registry import KINDS, Registry


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


@pytest.mark.parametrize("kind", KINDS)
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

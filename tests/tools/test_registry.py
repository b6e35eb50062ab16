"""Backends are found by their entry points and loaded when they are chosen."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from nightshoot.errors import BackendError, InputError
from nightshoot.tools import registry


def test_the_embedded_backends_are_installed_and_fit_for_use() -> None:
    assert {one.name for one in registry.listed("image")} >= {"shadow-play"}
    assert registry.image_generator("shadow-play").capabilities.layers
    assert registry.video_generator("multiplane").name == "multiplane"
    assert registry.composer("pluck").available().ready


def test_every_listed_backend_loads_under_its_own_name() -> None:
    for kind in registry.KINDS:
        names = [one.name for one in registry.listed(kind)]
        assert names == sorted(names)
        for one in registry.listed(kind):
            backend = one.load()
            assert backend.name == one.name
            assert backend.version
            available = backend.available()
            assert available.ready or available.why


@pytest.mark.parametrize("kind", registry.KINDS)
def test_a_name_that_is_not_installed_is_told_with_those_that_are(kind: str) -> None:
    chosen = {
        "image": registry.image_generator,
        "video": registry.video_generator,
        "speech": registry.speech_synthesizer,
        "music": registry.composer,
    }[kind]
    with pytest.raises(InputError, match=rf"no {kind} backend 'nothing': choose from \w") as caught:
        chosen("nothing")
    for one in registry.listed(kind):
        assert one.name in str(caught.value)


def test_usable_voices_come_in_the_order_asked_and_are_ready() -> None:
    voices = registry.usable_voices(order=("kokoro", "edge"))
    assert all(voice.available().ready for voice in voices)
    names = [voice.name for voice in voices]
    assert names == sorted(names, key=("kokoro", "edge").index)


def test_a_backend_whose_library_is_missing_is_told() -> None:
    point = EntryPoint(name="far", value="no_such_package:Thing", group="nightshoot.image")
    with pytest.raises(BackendError, match=r"backend far cannot be loaded: .*no_such_package"):
        registry._loader(point)()

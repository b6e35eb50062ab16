from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import JsonValue

from nightshoot.errors import InputError
from nightshoot.tools.hosted.fake_service import FakeService
from nightshoot.tools.hosted.openai_images import OpenAIPainter
from nightshoot.tools.hosted.openai_videos import OpenAICamera
from nightshoot.tools.hosted.service import PRESETS, load_service, preset_names
from nightshoot.tools.hosted.service_camera import ServiceCamera
from nightshoot.tools.hosted.service_painter import ServicePainter
from nightshoot.tools.hosted.signing import signed_token
from nightshoot.tools.hosted.templates import at, filled, steps_of, written
from nightshoot.tools.registry import Surroundings


def test_every_preset_says_where_it_comes_from_and_that_nobody_tried_it() -> None:
    assert set(preset_names()) >= {"kling", "kling-image", "vidu", "pika", "seedance", "minimax"}
    for name in preset_names():
        service = load_service(name, Path())
        assert service.name == name
        assert not service.verified
        assert service.documented
        assert all(page.startswith("https://") for page in service.documented)
        assert service.base_url.startswith("https://")
        for offer in service.offers.values():
            assert offer.qualities()
            assert all(price > 0 for price in offer.usd_per_second.values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "nothing"}, "model: nothing is not among offers"),
        ({"quality": "8k"}, "quality: 8k has no price"),
        ({"base_url": "ftp://x"}, "base_url"),
        ({"pacing": {"speed": 1}}, "there is no speed"),
        ({"poll": {"path": "/a/{token}"}}, "needs the placeholder {id}"),
        ({"submit": {"body": {"a": "{secret}"}}}, "unknown placeholder secret"),
        ({"submit": {"id": "a..b"}}, "submit.id: 'a..b' is not a path"),
        ({"submit": {"encoding": "form"}}, "a form carries files"),
        ({"surprise": 1}, "surprise: Extra inputs"),
        ({"documented": []}, "documented"),
    ],
)
def test_a_description_that_does_not_hold_together_is_told_by_its_part(
    change: dict[str, object], said: str, tmp_path: Path
) -> None:
    data = yaml.safe_load((PRESETS / "kling.yaml").read_text(encoding="utf-8"))
    for key, value in change.items():
        data[key] = {**data[key], **value} if isinstance(value, dict) and key in data else value
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_service("own.yaml", tmp_path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["a: [", "- 1", "", "!!python/object/apply:os.system ['true']", "a: " + "x" * 300_000]
)
def test_a_file_that_is_no_description_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"the service file .*own\.yaml"):
        load_service("own.yaml", tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        load_service("missing.yaml", tmp_path)
    with pytest.raises(InputError, match="no service 'sora': choose from kling"):
        load_service("sora", tmp_path)


async def test_a_description_of_ones_own_is_a_backend(
    around: Surroundings,
    lines: Callable[..., object],
    plan: Callable[..., object],
    keyframe_of: Callable[..., Path],
    tmp_path: Path,
) -> None:
    data = yaml.safe_load((PRESETS / "seedance.yaml").read_text(encoding="utf-8"))
    data |= {"name": "mine", "title": "Mine", "base_url": "https://films.mine.example/v9"}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    fake = FakeService.of(load_service("mine.yaml", tmp_path))
    table = {"service": "mine.yaml", "model": "new", "seconds": [2, 3], "usd_per_second": 0.5}
    config = ServiceCamera.Config.model_validate(table)
    camera = ServiceCamera.configured("mine", config, around, lines(fake))  # type: ignore[arg-type]
    shot = plan(width=96, height=160, num_frames=6)
    assert camera.estimate(plan=shot).cost_usd == 1.0  # type: ignore[arg-type]
    await camera.film(
        plan=shot,  # type: ignore[arg-type]
        keyframe=keyframe_of(shot),
        layers=None,
        scratch=tmp_path,
        progress=lambda _: None,
    )
    assert fake.paths[0] == "POST /contents/generations/tasks"
    assert fake.jobs[0].seconds == 2


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"service": "kling", "model": "kling-v9"}, "write seconds and usd_per_second"),
        ({"service": "kling", "quality": "4k"}, "has std, pro, not 4k"),
        ({"service": "kling-image"}, "makes a picture there, not a video"),
        ({"service": "kling", "api_key_env": "NOT_SET"}, "the variable NOT_SET is not set"),
        ({"service": "kling", "api_key": "键"}, "beyond ASCII"),
        ({"service": "kling", "base_url": "http://kling.example"}, "plain http"),
    ],
)
def test_a_table_that_cannot_be_used_is_told_by_its_name(
    table: dict[str, object], said: str, around: Surroundings
) -> None:
    config = ServiceCamera.Config.model_validate(table)
    with pytest.raises(InputError, match=rf"\[video\.hired\] in the settings: .*{said}"):
        ServiceCamera.configured("hired", config, around)


def test_without_a_table_or_a_key_it_says_what_to_write(tmp_path: Path) -> None:
    from nightshoot.tools.gpu import Gpu

    for kind, backend in (("video", ServiceCamera()), ("image", ServicePainter())):
        assert backend.name == "service"
        assert not backend.available().ready
        assert f"[{kind}.NAME]" in backend.available().why
        assert backend.capabilities.paid
        assert backend.version
    bare = Surroundings(environment={}, home=tmp_path, folder=tmp_path, gpu=Gpu())
    config = ServiceCamera.Config.model_validate({"service": "kling"})
    why = ServiceCamera.configured("k", config, bare).available().why
    assert "KLING_ACCESS_KEY and KLING_SECRET_KEY" in why


def test_a_new_price_does_not_make_a_paid_job_another_job(
    around: Surroundings, tmp_path: Path
) -> None:
    data = yaml.safe_load((PRESETS / "kling.yaml").read_text(encoding="utf-8"))

    def version() -> str:
        (tmp_path / "own.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
        config = ServiceCamera.Config.model_validate({"service": "own.yaml"})
        return ServiceCamera.configured("own", config, around).version

    first = version()
    data["offers"]["kling-v2-5-turbo"]["usd_per_second"]["pro"] = 0.5
    data["checked"] = "2027-01-01"
    assert version() == first
    data["submit"]["body"]["cfg_scale"] = 0.5
    assert version() != first


def test_a_token_is_signed_as_the_standard_says() -> None:
    token = signed_token("access", "secret", now=1_700_000_000)
    head, claims, signature = token.split(".")

    def unpacked(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    assert json.loads(unpacked(head)) == {"alg": "HS256", "typ": "JWT"}
    assert json.loads(unpacked(claims)) == {
        "iss": "access",
        "exp": 1_700_001_800,
        "nbf": 1_699_999_995,
    }
    wanted = hmac.new(b"secret", f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert unpacked(signature) == wanted
    assert "=" not in token


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("{seconds}", 5),
        ("{seconds} s of {prompt}", "5 s of {seconds}"),
        ({"a": "{none}", "b": 1}, {"b": 1}),
        (["{none}", "{prompt}"], ["{seconds}"]),
        ([{"url": {"u": "{none}"}, "role": "last"}, {"role": "first"}], [{"role": "first"}]),
        ({"a": {"b": "{none}"}}, {"a": {}}),
        ({"a": "x {none}"}, {}),
        (True, True),
        ("{none}", None),
    ],
)
def test_templates_are_filled_once_and_without_what_is_absent(
    template: JsonValue, result: JsonValue
) -> None:
    values: dict[str, JsonValue] = {"seconds": 5, "prompt": "{seconds}", "none": None}
    assert filled(template, values) == result


def test_paths_lead_to_what_is_there_and_otherwise_to_nothing() -> None:
    answer: JsonValue = {"data": {"videos": [{"url": "u"}, {"url": "v"}]}, "code": 0}
    assert at(answer, "data.videos[0].url") == "u"
    assert at(answer, "data.videos[-1].url") == "v"
    for path in ("data.videos[2].url", "data.nothing.url", "code.x", "data[0]", ""):
        assert at(answer, path) is None
    values: tuple[JsonValue, ...] = (0, 1.0, "a", None, {}, True)
    assert [written(value) for value in values] == [
        "0",
        "1",
        "a",
        "",
        "",
        "True",
    ]
    assert steps_of("[0].a-b") == [0, "a-b"]
    for wrong in ("a b", "a[", "a[x]", "."):
        with pytest.raises(ValueError, match="is not a path"):
            steps_of(wrong)


def test_what_the_documentation_shows_can_be_used(around: Surroundings, tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "services.md"
    text = page.read_text(encoding="utf-8")
    described = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    tables = [tomllib.loads(one) for one in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]
    assert described
    assert tables
    (tmp_path / "mine.yaml").write_text(described[0], encoding="utf-8")
    assert load_service("mine.yaml", tmp_path).name == "mine"
    around = replace(around, environment={**around.environment, "STUDIO_KEY": "sk-studio"})
    makers: dict[tuple[str, str], type] = {
        ("image", "openai"): OpenAIPainter,
        ("video", "openai"): OpenAICamera,
        ("video", "service"): ServiceCamera,
    }
    for kind, name, table in (
        (kind, name, dict(table))
        for one in tables
        for kind, named in one.items()
        for name, table in named.items()
    ):
        maker: Any = makers[kind, table.pop("backend")]
        backend = maker.configured(name, maker.Config.model_validate(table), around)
        assert backend.available().ready
    for name in preset_names():
        assert name in text

"""Settings out of the environment and one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightshoot.batch import DISK_PATIENCE_S, REST_S
from nightshoot.errors import InputError
from nightshoot.providers import CircuitTerms
from nightshoot.settings import Endpoint, settings_from

KEY = "sk-planted-0123456789"


def config(folder: Path, text: str | bytes) -> dict[str, str]:
    path = folder / "nightshoot.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return {"NIGHTSHOOT_CONFIG": str(path)}


def nothing(folder: Path) -> dict[str, str]:
    return {"NIGHTSHOOT_CONFIG": str(folder / "none.toml")}


def test_without_anything_the_rehearsal_writes(tmp_path: Path) -> None:
    settings = settings_from(nothing(tmp_path))
    assert settings.endpoint is None
    assert settings.home.name == "nightshoot"
    assert settings.store.parent == settings.ledger.parent == settings.home


def test_the_home_can_be_moved(tmp_path: Path) -> None:
    assert settings_from(nothing(tmp_path) | {"NIGHTSHOOT_HOME": "/x/y"}).home == Path("/x/y")
    assert settings_from(config(tmp_path, 'home = "/in/file"')).home == Path("/in/file")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = config(
        tmp_path,
        'home = "/in/file"\n[endpoint]\nbase_url = "http://file/v1"\nmodel = "m"\ntimeout_s = 9\n',
    )
    assert settings_from(file).endpoint == Endpoint(
        base_url="http://file/v1", model="m", timeout_s=9
    )
    settings = settings_from(
        file
        | {
            "NIGHTSHOOT_HOME": "/in/env",
            "NIGHTSHOOT_BASE_URL": " http://env/v1 ",
            "OPENAI_BASE_URL": "http://other/v1",
            "NIGHTSHOOT_MODEL": "n",
        }
    )
    assert settings.home == Path("/in/env")
    assert settings.endpoint == Endpoint(base_url="http://env/v1", model="n", timeout_s=9)


@pytest.mark.parametrize(
    "variable",
    ["NIGHTSHOOT_BASE_URL", "OPENAI_BASE_URL", "NIGHTSHOOT_API_KEY", "OPENAI_API_KEY"],
)
def test_any_of_these_makes_an_endpoint(tmp_path: Path, variable: str) -> None:
    assert settings_from(nothing(tmp_path) | {variable: "http://x"}).endpoint is not None
    assert settings_from(nothing(tmp_path) | {variable: "  "}).endpoint is None


def test_a_model_alone_makes_no_endpoint(tmp_path: Path) -> None:
    assert settings_from(nothing(tmp_path) | {"NIGHTSHOOT_MODEL": "m"}).endpoint is None


def test_a_key_is_not_shown(tmp_path: Path) -> None:
    settings = settings_from(nothing(tmp_path) | {"OPENAI_API_KEY": KEY})
    assert settings.endpoint is not None
    assert settings.endpoint.api_key.get_secret_value() == KEY
    assert KEY not in f"{settings!r} {settings} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("home = ", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        ("colour = 1", "the setting colour .*not permitted"),
        ("endpoint = 'x'", "the setting endpoint"),
        (f"[endpoint]\napi_key = '{KEY}'\ntimeout_s = 0", "the setting timeout_s"),
        (f"[endpoint]\napi_key = ['{KEY}']", "the setting api_key"),
        (f"[endpoint]\napi_key = '{KEY}'\nkey = '{KEY}'", "the setting key"),
        (f"[endpoint]\napi_key = '{KEY}", "cannot be read"),
    ],
)
def test_a_broken_file_is_told_in_a_line_without_its_keys(
    tmp_path: Path, text: str | bytes, says: str
) -> None:
    with pytest.raises(InputError, match=says) as caught:
        settings_from(config(tmp_path, text))
    assert "nightshoot.toml" in str(caught.value)
    assert KEY not in str(caught.value)
    assert KEY not in repr(caught.value.__cause__)


@pytest.mark.parametrize(
    ("text", "sees"),
    [
        ("", False),
        ("[endpoint]\nsees = true", True),
        ("[agents.critic]\nsees = true", True),
        ("[endpoint]\nsees = true\n[agents.critic]\nsees = false", False),
        ("[endpoint]\nsees = true\n[agents.critic]\ntimeout_s = 9", True),
        ("[endpoint]\nsees = true\n[agents.critic]\nmodel = 'm'", False),
        ("[endpoint]\nsees = true\n[agents.critic]\nbase_url = 'http://y/v1'", False),
        ("[agents.critic]\nmodel = 'm'\nsees = true", True),
    ],
)
def test_a_model_has_eyes_where_a_person_says_so_of_that_very_model(
    tmp_path: Path, text: str, sees: bool
) -> None:
    found = settings_from(config(tmp_path, text) | {"NIGHTSHOOT_BASE_URL": "http://x/v1"})
    endpoint = found.endpoint_of("critic")
    assert endpoint is not None
    assert endpoint.sees is sees
    other = found.endpoint_of("screenwriter")
    assert other is not None
    assert other.sees is text.startswith("[endpoint]")


def test_judges_are_configured_by_tables_that_are_not_shown(tmp_path: Path) -> None:
    text = f"[judge.mine]\nbackend = 'siglip'\nmodel = 'weights'\nkey = '{KEY}'"
    found = settings_from(config(tmp_path, text))
    assert found.judge == {"mine": {"backend": "siglip", "model": "weights", "key": KEY}}
    assert KEY not in repr(found)


def test_lanes_are_as_wide_as_a_person_says(tmp_path: Path) -> None:
    assert settings_from(config(tmp_path, "[lanes]\ncpu = 3\n'video/far' = 5")).lanes == {
        "cpu": 3,
        "video/far": 5,
    }
    with pytest.raises(InputError, match=r"lanes\.cpu"):
        settings_from(config(tmp_path, "[lanes]\ncpu = 0"))


def test_how_long_a_night_waits_for_what_is_away_can_be_said(tmp_path: Path) -> None:
    faults = settings_from(nothing(tmp_path)).faults
    terms = CircuitTerms()
    assert (faults.patience_s, faults.failures) == (terms.patience_s, terms.failures)
    assert (faults.first_rest_s, faults.longest_rest_s) == (
        terms.first_rest_s,
        terms.longest_rest_s,
    )
    assert (faults.film_rest_s, faults.disk_patience_s) == (REST_S, DISK_PATIENCE_S)
    text = "[faults]\npatience_s = 7200\nfirst_rest_s = 1\nidle_s = 0.5\n"
    told = settings_from(config(tmp_path, text)).faults
    assert (told.patience_s, told.first_rest_s, told.idle_s) == (7200, 1, 0.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("patience_s = -1", "faults.patience_s"),
        ("first_rest_s = 60\nlongest_rest_s = 30", "at least first_rest_s, which is 60"),
        ("patience = 60", "faults.patience"),
    ],
)
def test_a_wait_that_cannot_be_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        settings_from(config(tmp_path, f"[faults]\n{text}\n"))

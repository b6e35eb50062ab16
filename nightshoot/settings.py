"""Where things lie and which endpoint writes, read from the environment and one file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import Field, JsonValue, SecretStr, ValidationError, ValidationInfo, field_validator

from nightshoot.domain.value import Value
from nightshoot.errors import InputError


class Endpoint(Value):
    """An OpenAI-compatible endpoint."""

    base_url: str = ""
    """Empty: OpenAI's own."""
    api_key: SecretStr = SecretStr("")
    """Plain ASCII, as it travels in a header."""
    model: str = "gpt-5-mini"
    timeout_s: float = Field(default=180.0, gt=0)
    sees: bool = False
    """Whether the model may be sent pictures; said by a person, as asking a blind one costs."""

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not re.match(r"https?://[^\s/]+\S*$", url):
            raise ValueError("it begins with http:// or https://")
        return url

    @field_validator("api_key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr) -> SecretStr:
        if not key.get_secret_value().isascii():
            raise ValueError("a key has no characters beyond ASCII: copy it again")
        return key


class Override(Value):
    """What one agent has otherwise than the others: a stronger model, one with eyes."""

    base_url: str | None = None
    api_key: SecretStr | None = None
    model: str | None = None
    timeout_s: float | None = None
    sees: bool | None = None


class Price(Value):
    """What a model costs."""

    prompt_usd: float = Field(ge=0)
    """A million tokens of the prompt, in USD."""
    completion_usd: float = Field(ge=0)
    """A million tokens of the answer, in USD."""


class Faults(Value):
    """How long a night waits for what is away: `[faults]`. Its defaults say why in their places."""

    patience_s: float = Field(default=1800.0, ge=0, le=86400)
    """How much time one action may lose with a provider that is away, before it fails."""
    failures: int = Field(default=3, ge=1, le=100)
    """How many different requests in a row have to fail for their provider to be left alone."""
    first_rest_s: float = Field(default=15.0, gt=0, le=86400)
    """After how long it is asked whether it is back; each time later, twice that."""
    longest_rest_s: float = Field(default=300.0, gt=0, le=86400)
    """What that doubles to."""
    film_rest_s: float = Field(default=300.0, ge=0, le=86400)
    """How long a film rests that failed by a fault that may pass."""
    idle_s: float = Field(default=5.0, gt=0, le=3600)
    """How often a runner with nothing to do asks the queue."""
    disk_patience_s: float = Field(default=3600.0, ge=0, le=86400)
    """How long a night waits for room on a full disk."""

    @field_validator("longest_rest_s")
    @classmethod
    def _no_shorter_than_the_first(cls, longest_s: float, told: ValidationInfo) -> float:
        first_s = told.data.get("first_rest_s", 0.0)
        if longest_s < first_s:
            raise ValueError(f"it is at least first_rest_s, which is {first_s:g}")
        return longest_s


Section = dict[str, JsonValue]
"""A table of the settings file that a backend reads by itself; it may hold a key."""

AGENTS = (
    "ideation",
    "screenwriter",
    "storyboarder",
    "prompt_engineer",
    "character_designer",
    "critic",
    "reviser",
)
"""The agents that may have an endpoint of their own: `[agents.critic]`."""


class Settings(Value):
    """What the installation is told once, rather than at each command."""

    home: Path
    """Holds the store and the action log."""
    folder: Path = Path()
    """What relative paths in the settings file start from: the file's own folder."""
    endpoint: Endpoint | None = None
    """The endpoint that writes, or None: the rehearsal writer does."""
    agents: dict[str, Override] = Field(default_factory=dict)
    prices: dict[str, Price] = Field(default_factory=dict)
    """Prices of models, by name; they win over those that Nightshoot knows."""
    image: dict[str, Section] = Field(default_factory=dict, repr=False)
    """Painters that are configured, by the name that `--image` takes."""
    video: dict[str, Section] = Field(default_factory=dict, repr=False)
    speech: dict[str, Section] = Field(default_factory=dict, repr=False)
    music: dict[str, Section] = Field(default_factory=dict, repr=False)
    judge: dict[str, Section] = Field(default_factory=dict, repr=False)
    """Judges that are configured, by a name of the user's own; those that are ready are asked."""
    gpu: Section = Field(default_factory=dict)
    """How the GPU is used, whatever the model: see `nightshoot.tools.gpu`."""
    lanes: dict[str, Annotated[int, Field(ge=1, le=256)]] = Field(default_factory=dict)
    """How many calls run at once, by the lane's name: `cpu`, `writing`, `video/kling`."""
    faults: Faults = Faults()
    """How long a night waits for what is away."""

    @field_validator("agents")
    @classmethod
    def _agents_exist(cls, agents: dict[str, Override]) -> dict[str, Override]:
        unknown = sorted(set(agents) - set(AGENTS))
        if unknown:
            raise ValueError(f"there is no agent {unknown[0]!r}: choose from {', '.join(AGENTS)}")
        return agents

    def endpoint_of(self, agent: str) -> Endpoint | None:
        """Gives the endpoint that one agent writes through, or None."""
        own = self.agents.get(agent)
        changed = own.model_dump(exclude_none=True) if own else {}
        if not changed:
            return self.endpoint
        base = self.endpoint.model_dump() if self.endpoint else {}
        if "base_url" in changed and "api_key" not in changed:
            # A key is for the address that it was given with, and goes to no other.
            base.pop("api_key", None)
        if "base_url" in changed or "model" in changed:
            # So are eyes the model's that they were said of.
            base.pop("sees", None)
        return Endpoint.model_validate(base | changed)

    @property
    def store(self) -> Path:
        """The folder of the content-addressed store."""
        return self.home / "store"

    @property
    def ledger(self) -> Path:
        """The file of the money and GPU time that films have used."""
        return self.home / "ledger.sqlite"


def settings_file(environment: Mapping[str, str]) -> Path:
    """Gives the path of the settings file, whether it is there or not."""
    named = environment.get("NIGHTSHOOT_CONFIG")
    return (
        Path(named)
        if named
        else Path(platformdirs.user_config_dir("nightshoot")) / "nightshoot.toml"
    )


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Reads the settings file, then the environment, which wins.

    `NIGHTSHOOT_HOME` moves the store. An endpoint is used where `NIGHTSHOOT_BASE_URL`,
    `OPENAI_BASE_URL`, `NIGHTSHOOT_API_KEY` or `OPENAI_API_KEY` is set; `NIGHTSHOOT_MODEL` names its
    model. The file has the same under `[endpoint]`: `base_url`, `api_key`, `model`, `timeout_s`,
    `sees`; what one agent has otherwise under `[agents.NAME]`; backends under `[image.NAME]`,
    `[video.NAME]`, `[speech.NAME]`, `[music.NAME]`, `[judge.NAME]`; and `[gpu]`, `[lanes]`,
    `[faults]`, `[prices."MODEL"]`, `home`.

    Raises:
        InputError: the file cannot be read, or holds something that is not a setting.
    """
    file = settings_file(environment)
    written: dict[str, object] = {}
    try:
        if file.is_file():
            written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"the settings file {file} cannot be read: {error}") from None
    endpoint = written.pop("endpoint", {})
    if not isinstance(endpoint, dict):
        raise InputError(f"the setting endpoint in {file}: write [endpoint] and its parts below it")
    chosen = dict(endpoint)
    for name, variables in (
        ("base_url", ("NIGHTSHOOT_BASE_URL", "OPENAI_BASE_URL")),
        ("api_key", ("NIGHTSHOOT_API_KEY", "OPENAI_API_KEY")),
        ("model", ("NIGHTSHOOT_MODEL",)),
    ):
        for variable in variables:
            if environment.get(variable, "").strip():
                chosen[name] = environment[variable].strip()
                break
    written_home = written.pop("home", None)
    home = environment.get("NIGHTSHOOT_HOME") or written_home
    try:
        return Settings(
            **written,
            folder=file.parent,
            home=Path(str(home)).expanduser()
            if home
            else platformdirs.user_data_path("nightshoot"),
            endpoint=Endpoint.model_validate(chosen)
            if chosen.get("base_url") or chosen.get("api_key")
            else None,
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise InputError(
            f"the setting {where} (in {file} or the environment) cannot be used: {reason}"
        ) from None

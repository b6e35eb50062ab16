"""The description of a job service: how a job is handed in, asked about and fetched, as data."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, Field, JsonValue, ValidationError, model_validator

from nightshoot.domain.value import Value
from nightshoot.errors import InputError
from nightshoot.tools.hosted.discipline import Pacing
from nightshoot.tools.hosted.downloads import TIMED
from nightshoot.tools.hosted.templates import placeholders, steps_of

PRESETS = Path(__file__).parent / "services"

_MOST_BYTES = 256 * 1024
"""A description is a page of text; a larger file is something else."""


def _a_path(path: str) -> str:
    if path:
        steps_of(path)
    return path


PathInto = Annotated[str, AfterValidator(_a_path)]
"""Where something lies in an answer, such as `data.videos[0].url`; empty: nowhere."""

Codes = tuple[str | int, ...]

PICTURES = frozenset({"keyframe", "last_frame", "reference"})

PLACEHOLDERS = PICTURES | {
    "aspect",
    "height",
    "model",
    "negative",
    "prompt",
    "quality",
    "seconds",
    "seconds_text",
    "seed",
    "token",
    "width",
}
"""What a request may be filled with. `seconds_text` is `seconds` as a string."""


class Auth(Value):
    """How a request says who sends it."""

    scheme: Literal["header", "jwt"] = "header"
    """`header`: the key itself. `jwt`: a token signed by HS256 with an access and a secret key, as
    Kling takes it."""
    header: str = "Authorization"
    value: str = "Bearer {key}"
    """`{key}` is the key, or the signed token."""
    key_env: str
    """The environment variable that is looked into where the settings give no key."""
    secret_env: str = ""
    """The same for the secret key of `jwt`."""


class Pictures(StrEnum):
    """How a request carries a picture."""

    BASE64 = "base64"
    DATA_URL = "data-url"
    FILE = "file"
    """As a file of a form."""


class Submit(Value):
    """The request that hands a job in."""

    method: Literal["POST", "PUT"] = "POST"
    path: str
    encoding: Literal["json", "form"] = "json"
    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, JsonValue]
    id: PathInto
    """Where the answer holds the job's id."""


class Poll(Value):
    """The request that asks how a job stands."""

    path: str
    """`{id}` is the job's id."""
    status: PathInto
    waiting: tuple[str, ...]
    done: tuple[str, ...]
    failed: tuple[str, ...]
    id: PathInto = ""
    """Where this answer holds the id; needed where jobs are found by their token."""
    result: PathInto
    """Where the address of what was made is, or what `fetch` asks for."""
    share: PathInto = ""
    share_whole: float = Field(default=100.0, gt=0)
    """What `share` says of a job that is done."""
    reason: PathInto = ""
    reason_code: PathInto = ""
    units: PathInto = ""
    """Where it says how many units the job cost."""


class Fetch(Value):
    """A request between a job that is done and the address of what it made."""

    path: str
    """`{result}` is what `poll.result` gave."""
    result: PathInto


class Find(Value):
    """The request that looks for a job by its token; it answers as `poll` does."""

    path: str
    """`{token}` is the token."""
    none_codes: Codes = ()
    """Codes that say that there is no such job, besides HTTP 404."""
    duplicate_codes: Codes = ()
    """Codes by which `submit` says that a job with this token is there already."""


class Replies(Value):
    """What the service's codes mean, beside those of HTTP."""

    code: PathInto = ""
    """Where an answer holds its own code."""
    ok: Codes = ()
    """Its values in a good answer; empty: HTTP decides."""
    message: PathInto = ""
    refused: Codes = ()
    """Moderation refused the prompt or the picture."""
    busy: Codes = ()
    """Too many requests: the same may be sent later."""
    key: Codes = ()
    """The key is wrong, or may not."""
    balance: Codes = ()
    """There is no money left."""
    wrong: Codes = ()
    """The request is not as the service wants it."""
    refused_words: tuple[str, ...] = ()
    """Words that a refusal by moderation has where there is no code, in lower case."""


class Offer(Value):
    """A model of the service: what it makes, and what that costs."""

    seconds: tuple[int, ...] = ()
    """The lengths that it offers, the shortest first."""
    last_frame: bool = False
    usd_per_second: dict[str, float] = Field(default_factory=dict)
    """By quality."""
    usd_per_clip: dict[str, dict[int, float]] = Field(default_factory=dict)
    """By quality, then by seconds; wins over `usd_per_second`."""
    usd_per_picture: dict[str, float] = Field(default_factory=dict)

    def qualities(self) -> tuple[str, ...]:
        """Gives the qualities that have a price, each once."""
        return tuple(
            dict.fromkeys([*self.usd_per_clip, *self.usd_per_second, *self.usd_per_picture])
        )


class Service(Value):
    """A job service, as one file describes it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: str
    makes: Literal["picture", "video"]
    verified: bool = False
    """Somebody has paid for a job with this description, and it worked."""
    documented: tuple[str, ...] = Field(min_length=1)
    """The pages that it was written from."""
    checked: dt.date
    """When those pages were read, prices included."""
    terms: str
    console: str
    """Where a person sees their jobs and what they paid."""
    base_url: str = Field(pattern=r"^https?://[^\s/]+\S*[^/\s]$")
    auth: Auth
    pictures: Pictures = Pictures.DATA_URL
    least_side: int = Field(default=0, ge=0)
    """A picture whose shorter side has fewer pixels is scaled up before it is sent."""
    max_prompt: int = Field(default=2000, ge=1)
    """In characters; a longer prompt is cut off at a word, and the user is told."""
    aspects: tuple[str, ...] = ()
    """Such as `9:16`; the one nearest to the plan's is asked for."""
    at_once: int | None = Field(default=None, ge=1)
    submit: Submit
    submit_last: Submit | None = None
    """In place of `submit` where the plan has a last frame."""
    poll: Poll
    fetch: Fetch | None = None
    find: Find | None = None
    replies: Replies = Field(default_factory=Replies)
    usd_per_unit: float | None = Field(default=None, ge=0)
    """What a unit of `poll.units` costs; None: what was estimated is taken."""
    failed_free: bool = False
    """The service says that a job which failed costs nothing. Without that word it counts as paid,
    unless `poll.units` says otherwise."""
    pacing: dict[str, float] = Field(default_factory=dict)
    """What is otherwise than `Pacing`."""
    downloads: dict[str, float] = Field(default_factory=dict)
    """What is otherwise than `Limits`: its times and its speed."""
    model: str
    """The model where the settings name none."""
    quality: str
    offers: dict[str, Offer] = Field(min_length=1)
    """By model."""

    @model_validator(mode="after")
    def _holds_together(self) -> Service:
        for submit in filter(None, (self.submit, self.submit_last)):
            strange = placeholders([submit.body, submit.path, *submit.headers.values()])
            if strange - PLACEHOLDERS:
                raise ValueError(f"submit: unknown placeholder {min(strange - PLACEHOLDERS)}")
            if (submit.encoding == "form") != (self.pictures is Pictures.FILE):
                raise ValueError("pictures: a form carries files, and JSON does not")
        for path, allowed in (
            (self.poll.path, "id"),
            (self.fetch.path if self.fetch else "{result}", "result"),
            (self.find.path if self.find else "{token}", "token"),
        ):
            if placeholders(path) != {allowed}:
                raise ValueError(f"{path}: it needs the placeholder {{{allowed}}} and no other")
        if self.find and not self.poll.id:
            raise ValueError("poll.id: needed to find a job by its token")
        if self.model not in self.offers:
            raise ValueError(f"model: {self.model} is not among offers")
        if self.quality not in self.offers[self.model].qualities():
            raise ValueError(f"quality: {self.quality} has no price at {self.model}")
        if self.makes == "video" and not all(offer.seconds for offer in self.offers.values()):
            raise ValueError("offers: a video model needs seconds")
        unknown = set(self.pacing) - set(Pacing.__dataclass_fields__)
        if unknown:
            raise ValueError(f"pacing: there is no {min(unknown)}")
        strange = set(self.downloads) - TIMED
        if strange:
            raise ValueError(f"downloads: there is no {min(strange)}")
        return self


def preset_names() -> tuple[str, ...]:
    """Gives the names of the services that ship."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.yaml")))


def load_service(name: str, folder: Path) -> Service:
    """Gives a service by the name of a preset, or by the path of a file of one's own.

    Args:
        name: `kling`, or a path that ends in `.yaml`.
        folder: what a relative path starts from.

    Raises:
        InputError: there is none, or it describes no service.
    """
    own = name.endswith((".yaml", ".yml"))
    path = (folder / Path(name).expanduser()) if own else PRESETS / f"{name}.yaml"
    if not own and name not in preset_names():
        raise InputError(
            f"there is no service {name!r}: choose from {', '.join(preset_names())}, or give the "
            "path of a .yaml file"
        )
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"the service file {path} is too large to describe a service")
        return Service.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"the service file {path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            f"the service file {path} is not YAML: {' '.join(str(error).split())}"
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        reason = first["msg"].removeprefix("Value error, ")
        raise InputError(f"the service file {path}: {where}: {reason}") from None

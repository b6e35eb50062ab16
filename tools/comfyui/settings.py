"""What `[image.NAME]` and `[video.NAME]` may hold for ComfyUI."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from nightshoot.domain.brief import Rate
from nightshoot.domain.value import Value
from nightshoot.errors import InputError

MIB = 1024 * 1024

Scalar = str | bool | int | float

_HEADER = re.compile(r"^[A-Za-z0-9-]+$")


class Config(Value):
    """What painters and cameras share."""

    workflow: str = Field(min_length=1)
    """The workflow's JSON file, in API or UI format; starts from the settings file's folder."""
    servers: tuple[str, ...] = Field(default=("http://127.0.0.1:8188",), min_length=1)
    """Addresses of ComfyUI servers. Source: 8188 is the port of ComfyUI's `--port` default."""
    headers: dict[str, SecretStr] = Field(default_factory=dict, repr=False)
    """Sent with each request, for a proxy before the server."""
    api_key_env: str = ""
    """The environment variable of a proxy's key."""
    api_key_header: str = "Authorization"
    api_key_prefix: str = "Bearer "
    bind: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """What is filled in where: `{prompt = "6.text", seed = "3.seed"}`; wins over titles."""
    values: dict[str, Scalar] = Field(default_factory=dict)
    """Values of the user's own: a node titled `nightshoot:denoise` takes `denoise`."""
    steps: int | None = Field(default=None, ge=1, le=1000)
    cfg: float | None = Field(default=None, ge=0, le=100)
    unchecked: tuple[str, ...] = ()
    """Inputs, as `12.lora_name`, whose value is sent though the server does not list it."""
    size_multiple: int = Field(default=16, ge=2, le=256)
    """Source: the step of width and height in ComfyUI's own video and latent nodes is 16, or 8."""
    best_pixels: int | None = Field(default=None, ge=64 * 64)
    """The area that the model is best at; None: the film's own."""
    max_pixels: int = Field(default=4096 * 4096, ge=64 * 64)
    patience_s: float = Field(default=900.0, gt=0)
    """A running job that shows no sign of work for so long is cancelled. Source: an estimate;
    loading 40 GB of weights from a slow disk at 60 MB/s takes 11 minutes without a message."""
    timeout_s: float = Field(default=4 * 3600.0, gt=0)
    """A job that has not ended after so long, its wait in the queue included, is cancelled."""
    request_s: float = Field(default=30.0, gt=0)
    """For one request; an upload or a download may take as long between two pieces."""
    unreachable_s: float = Field(default=60.0, gt=0)
    """A server that stops to answer for so long is given up. Source: an estimate: ComfyUI with many
    node packs is up again within a minute."""
    poll_s: float = Field(default=2.0, gt=0)
    """How often the queue and the history are asked while nothing is heard."""
    max_download_mib: int = Field(default=2048, ge=1)
    at_once: int | None = Field(default=None, ge=1)
    """How many jobs are sent at the same time; None: as many as there are servers."""
    licence: str = "that of the models in the workflow"
    """The licence of the workflow's models, for the film's documents."""

    @field_validator("servers", mode="before")
    @classmethod
    def _without_a_slash(cls, servers: object) -> object:
        if isinstance(servers, (list, tuple)):
            return tuple(one.rstrip("/") if isinstance(one, str) else one for one in servers)
        return servers

    @field_validator("servers")
    @classmethod
    def _are_addresses(cls, servers: tuple[str, ...]) -> tuple[str, ...]:
        for server in servers:
            parts = urlsplit(server)
            if parts.scheme not in ("http", "https") or not parts.hostname or " " in server:
                raise ValueError(f"a server is written as http://HOST:8188, not {server[:60]!r}")
            if parts.username or parts.password or parts.query or parts.fragment:
                # It would end in logs and in the record of jobs.
                raise ValueError(
                    "an address holds no key: put it into the environment and name it with "
                    "api_key_env"
                )
        if len(set(servers)) < len(servers):
            raise ValueError("a server is listed twice")
        return servers

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in headers.items():
            if not _HEADER.match(name):
                raise ValueError("the name of a header has letters, digits and hyphens only")
            if not _fits_a_header(value.get_secret_value()):
                raise ValueError(f"the header {name} has characters that no header may have")
        return headers

    @field_validator("bind")
    @classmethod
    def _name_inputs(
        cls, bind: dict[str, str | tuple[str, ...]]
    ) -> dict[str, str | tuple[str, ...]]:
        for role, wanted in bind.items():
            for one in (wanted,) if isinstance(wanted, str) else wanted:
                node, dot, name = one.partition(".")
                if not (node and dot and name):
                    raise ValueError(f"{role} is bound as NODE.INPUT, such as 6.text, not {one!r}")
        return bind

    def secrets(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Gives the headers to send, the key among them.

        Raises:
            InputError: the variable that `api_key_env` names is empty, or holds no key.
        """
        found = {name: value.get_secret_value() for name, value in self.headers.items()}
        if self.api_key_env:
            key = environment.get(self.api_key_env, "").strip()
            if not key:
                raise InputError(
                    f"the key of ComfyUI's proxy is missing: set the environment variable "
                    f"{self.api_key_env}"
                )
            if not _fits_a_header(key):
                raise InputError(
                    f"the key in {self.api_key_env} has characters beyond ASCII: copy it again"
                )
            found[self.api_key_header] = f"{self.api_key_prefix}{key}"
        return found

    def own_values(self) -> dict[str, Scalar]:
        """Gives the values that are the same for every shot."""
        own = dict(self.values)
        if self.steps is not None:
            own["steps"] = self.steps
        if self.cfg is not None:
            own["cfg"] = self.cfg
        return own


class PainterConfig(Config):
    """What `[image.NAME]` may hold."""

    gpu_s: float = Field(default=60.0, ge=0)
    """The GPU time that is reserved for a picture. Source: an estimate; set what you measure."""


class CameraConfig(Config):
    """What `[video.NAME]` may hold."""

    gpu_s: float = Field(default=900.0, ge=0)
    """The GPU time that is reserved for a take. Source: an estimate; set what you measure."""
    fps: Rate | None = None
    """The rate that the model's motion is right at, such as 16 for Wan 2.1; None: any."""
    frame_rule: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=0)]] = (4, 1)
    """`(a, b)`: the number of frames is a multiple of `a` plus `b`. Source: the step of `length` in
    ComfyUI's WanImageToVideo is 4 from 1; a rule of `[8, 1]` is for LTX, `[1, 0]` for any."""
    max_frames: int = Field(default=81, ge=1)
    """The most frames of one take. Source: the default `length` of ComfyUI's WanImageToVideo."""
    wordless: bool = False
    """The model takes no words, as Stable Video Diffusion: a prompt need not be bound."""


def _fits_a_header(text: str) -> bool:
    return text.isascii() and text.isprintable()

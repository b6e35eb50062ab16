"""Paints by OpenAI's image models, or by a server that speaks as they do."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, Field, SecretStr, ValidationError

from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.hosted.account import Lines
from nightshoot.tools.hosted.decoding import Kind, verify
from nightshoot.tools.hosted.discipline import Discipline, Manners, NotTaken, Pacing, Unsure
from nightshoot.tools.hosted.downloads import Downloader
from nightshoot.tools.hosted.keys import found_key
from nightshoot.tools.hosted.openai_client import CONSOLE, OPENAI, client_of, outcome_of
from nightshoot.tools.hosted.pictures import carried, write_at_size
from nightshoot.tools.hosted.prices import PictureModel, named, prices
from nightshoot.tools.hosted.rising import Rising
from nightshoot.tools.hosted.settings import HostedConfig, check_plain_http
from nightshoot.tools.hosted.wording import picture_prompt, shortened
from nightshoot.tools.protocols import NO_FILES, Available, Capabilities, Painting, Progress
from nightshoot.tools.registry import Surroundings

_VERSION = "1"
_MODEL, _QUALITY = "gpt-image-2", "medium"

_MOST_PROMPT = 32_000
"""Source: openai 3.54, ImageGenerateParams.prompt."""

_MOST_REFERENCES = 4
"""Of the 16 that the API takes: more than four people are in no shot, and each is paid for."""

_TIMEOUT_S = 300.0
"""Source: OpenAI, image generation guide: a complex prompt may take up to two minutes."""


class OpenAIImagesConfig(HostedConfig):
    """A table whose backend is the painter `openai`."""

    sizes: tuple[str, ...] = ()
    """What a model that is not OpenAI's paints, such as `1024x1536`; empty: the plan's own size."""
    usd_per_image: float | None = Field(default=None, ge=0)
    """What a picture costs at a model whose price is not known; 0 for a server of your own."""


class OpenAIPainter:
    """Paints a keyframe in one request, with reference pictures of the cast where there are any."""

    Config: ClassVar[type[OpenAIImagesConfig]] = OpenAIImagesConfig

    def __init__(
        self,
        name: str = "openai",
        config: OpenAIImagesConfig | None = None,
        key: SecretStr | None = None,
        lines: Lines | None = None,
    ) -> None:
        """Keeps what it needs. Raises InputError where the table cannot be used."""
        lines = lines or Lines()
        self._name = name
        self._config = config or OpenAIImagesConfig()
        self._key = key or SecretStr("")
        self._transport = lines.transport
        self._base_url = self._config.base_url or OPENAI
        self._model_name = self._config.model or _MODEL
        self._model = _model(self._config, self._model_name, name)
        self._quality = self._config.quality or (
            _QUALITY if _QUALITY in self._model.usd_at_1024 else next(iter(self._model.usd_at_1024))
        )
        if self._quality not in self._model.usd_at_1024:
            raise InputError(
                f"[image.{name}] in the settings: quality: the price of {self._model_name} is "
                f"known at {', '.join(self._model.usd_at_1024)}, not at {self._quality}"
            )
        check_plain_http(self._base_url, self._config.allow_hosts, f"image.{name}")
        self._downloader = Downloader(
            allow_hosts=frozenset(self._config.allow_hosts),
            limits=lines.limits,
            transport=lines.transport,
            resolve=lines.resolve,
        )
        self._discipline = Discipline(
            Manners(
                service="OpenAI",
                console=CONSOLE,
                table=f"image.{name}",
                pay_again=self._config.pay_again,
            ),
            Pacing(),
        )

    @classmethod
    def configured(
        cls,
        name: str,
        config: OpenAIImagesConfig,
        around: Surroundings,
        lines: Lines | None = None,
    ) -> Self:
        """Gives the painter that a table describes. Raises InputError where it cannot be used."""
        key = found_key(
            given=config.api_key,
            variable=config.api_key_env,
            # OpenAI's key is for OpenAI: another server gets one only where the table names it.
            usual="" if config.base_url else "OPENAI_API_KEY",
            environment=around.environment,
            table=f"image.{name}",
        )
        return cls(name, config, key, lines)

    @property
    def name(self) -> str:
        """The name of its table."""
        return self._name

    @property
    def version(self) -> str:
        """Names the model, its quality and the server."""
        return f"{_VERSION}+{self._base_url}+{self._model_name}+{self._quality}"

    @property
    def capabilities(self) -> Capabilities:
        """Costs money; any size; several references."""
        return Capabilities(
            needs=("network", "a key of OpenAI"),
            licence="OpenAI services agreement",
            deterministic=False,
            offline=False,
            paid=True,
            fits=True,
            references=_MOST_REFERENCES,
            at_once=4,
        )

    def available(self) -> Available:
        """Says whether a key is there; a server of your own may need none."""
        if self._key.get_secret_value() or self._config.base_url:
            return Available(ready=True)
        return Available(
            ready=False,
            why="it needs a key: set OPENAI_API_KEY, or write a table "
            f'[image.{self._name}] with backend = "openai" and api_key_env = "VARIABLE"',
        )

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the most that the picture costs, by the prices that ship."""
        references = min(_MOST_REFERENCES, sum(bool(one.reference) for one in plan.cast))
        most = self._model.most(
            self._model.size_for(plan.width, plan.height),
            self._quality,
            words=len(_prompt(plan)),
            references=references,
        )
        return Estimate(cost_usd=most)

    async def paint(
        self,
        *,
        plan: ShotPlan,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Painting:
        """Paints `plan`; a request whose outcome is not known is never sent again by itself.

        Raises:
            InputError: the key, the credit or the model will not do.
            TransientError: the request surely was not taken, and may be on another try.
            BackendError: it was refused, or its outcome is not known.
        """
        rising = Rising(progress)
        known = [person.reference for person in plan.cast if person.reference]
        references = [files[digest] for digest in dict.fromkeys(known)][:_MOST_REFERENCES]
        rising(0.02)
        answer = await self._discipline.at_once(job, lambda: self._asked(plan, references))
        rising(0.9)
        try:
            found = await self._received(answer, scratch / "painted")
            picture = await asyncio.to_thread(
                write_at_size, found, scratch / "keyframe.png", width=plan.width, height=plan.height
            )
        except TransientError as error:
            # The answer is gone with this call: another try cannot have it again.
            raise self._discipline.dead_end(job, f"OpenAI: {error}") from error
        except BackendError as error:
            raise self._discipline.dead_end(job, f"OpenAI: {error}") from error
        found.unlink()
        rising(1.0)
        return Painting(picture=picture, cost_usd=self._cost(answer))

    async def _asked(self, plan: ShotPlan, references: list[Path]) -> _Answer | NotTaken | Unsure:
        from openai import OpenAIError

        own = self._model_name in prices().pictures
        request: dict[str, Any] = {
            "model": self._model_name,
            "prompt": shortened(_prompt(plan), _MOST_PROMPT),
            "size": named(self._model.size_for(plan.width, plan.height)),
            "n": 1,
        }
        # Servers of others refuse what they do not know, and send addresses unless asked not to.
        request |= (
            {"quality": self._quality, "output_format": "png"}
            if own
            else {"response_format": "b64_json"}
        )
        if references and self._model.input_fidelity:
            request["input_fidelity"] = "high"
        try:
            images = [carried(path, f"cast-{n}") for n, path in enumerate(references)]
        except BackendError as error:
            return NotTaken(error=error)
        try:
            async with (
                asyncio.timeout(_TIMEOUT_S),
                client_of(
                    base_url=self._base_url,
                    key=self._key,
                    transport=self._transport,
                    timeout_s=_TIMEOUT_S,
                ) as client,
            ):
                if images:
                    sent = [(one.name, one.data, one.media_type) for one in images]
                    return _read(await client.images.edit(image=sent, **request))
                return _read(await client.images.generate(**request))
        except OpenAIError as error:
            return outcome_of(error, self._key)
        except TimeoutError:
            return Unsure(why="it did not answer in time")

    async def _received(self, answer: _Answer, into: Path) -> Path:
        """Gives the picture of an answer as a file that can be decoded."""
        first = answer.data[0] if answer.data else None
        if first is not None and first.b64_json:
            return await asyncio.to_thread(_unpacked, first.b64_json, into)
        if first is not None and first.url:
            return await self._downloader.fetch(first.url, into, Kind.PICTURE)
        raise BackendError("the answer holds no picture")

    def _cost(self, answer: _Answer) -> float | None:
        usage, rates = answer.usage, self._model.usd_per_million
        if usage is None or rates is None:
            return None
        read = usage.input_tokens_details
        used = read.text_tokens * rates.text_in + read.image_tokens * rates.image_in
        return (used + usage.output_tokens * rates.image_out) / 1e6


class _Painted(BaseModel):
    b64_json: str | None = None
    url: str | None = None


class _Read(BaseModel):
    text_tokens: int = Field(ge=0)
    image_tokens: int = Field(ge=0)


class _Usage(BaseModel):
    input_tokens_details: _Read
    output_tokens: int = Field(ge=0)


class _Answer(BaseModel):
    """What is wanted of an answer; the client hands on whatever a server sends."""

    data: tuple[_Painted, ...] = ()
    usage: _Usage | None = None


def _read(answer: object) -> _Answer | Unsure:
    raw = answer.model_dump(warnings=False) if isinstance(answer, BaseModel) else answer
    try:
        return _Answer.model_validate(raw)
    except ValidationError:
        return Unsure(why="it answered with something that is no picture")


def _unpacked(text: str, into: Path) -> Path:
    try:
        into.write_bytes(base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise BackendError("the picture that came is not base64") from error
    verify(into, Kind.PICTURE)
    return into


def _prompt(plan: ShotPlan) -> str:
    prompt = picture_prompt(plan)
    avoided = plan.negative_prompt.strip()
    return f"{prompt}\nNot in the picture: {avoided}." if avoided else prompt


def _model(config: OpenAIImagesConfig, model: str, name: str) -> PictureModel:
    known = prices().pictures.get(model)
    if config.usd_per_image is not None:
        quality = config.quality or "any"
        return PictureModel(
            source=("the settings",),
            sizes=config.sizes or (known.sizes if known else ()),
            free=known.free if known and not config.sizes else None,
            usd_at_1024={quality: config.usd_per_image},
        )
    if known is None:
        raise InputError(
            f"[image.{name}] in the settings: what {model} costs is not known: write "
            f"usd_per_image, or choose from {', '.join(prices().pictures)}"
        )
    return known

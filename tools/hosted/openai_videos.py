"""Films by a server that speaks as OpenAI's video API does.

OpenAI's own client (openai 3.54) marks each call of it as deprecated: the service was to shut down
on 24 September 2026. So it is used where a table names a server; the shapes are the client's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import quote

from pydantic import Field, SecretStr

from nightshoot.artifacts import Job
from nightshoot.domain.shot import Estimate, ShotPlan
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.hosted.account import Lines
from nightshoot.tools.hosted.decoding import Kind
from nightshoot.tools.hosted.discipline import (
    Accepted,
    Answer,
    Discipline,
    Manners,
    Pacing,
    Report,
    Standing,
    Unsure,
)
from nightshoot.tools.hosted.downloads import Downloader
from nightshoot.tools.hosted.faults import scrubbed
from nightshoot.tools.hosted.keys import found_key
from nightshoot.tools.hosted.openai_client import client_of, error_of, outcome_of
from nightshoot.tools.hosted.pictures import carried, write_at_size
from nightshoot.tools.hosted.prices import Size, VideoModel, named, nearest_size, prices
from nightshoot.tools.hosted.rising import Rising
from nightshoot.tools.hosted.settings import HostedConfig, check_plain_http
from nightshoot.tools.hosted.wording import video_prompt
from nightshoot.tools.protocols import NO_FILES, Available, Capabilities, Footage, Progress
from nightshoot.tools.registry import Surroundings

if TYPE_CHECKING:
    import openai
    from openai.types import Video

_VERSION = "1"
_MODEL = "sora-2"
_TIMEOUT_S = 120.0

_SPARE_S = 0.1
"""As `nightshoot.tools.hosted.account`: a clip this much too short holds its last frame."""

_REFUSALS = frozenset({"moderation_blocked", "content_policy_violation", "sentinel_block"})
"""Source: OpenAI's error codes of failed videos."""


class OpenAIVideosConfig(HostedConfig):
    """A table whose backend is the camera `openai`."""

    sizes: tuple[str, ...] = ()
    """What a model that is not OpenAI's films, such as `720x1280`; empty: the plan's own size."""
    seconds: tuple[int, ...] = ()
    usd_per_second: float | None = Field(default=None, ge=0)
    """0 for a server of your own."""


class OpenAICamera:
    """Films a plan as one job: create, poll, download, bring to the plan."""

    Config: ClassVar[type[OpenAIVideosConfig]] = OpenAIVideosConfig

    def __init__(
        self,
        name: str = "openai",
        config: OpenAIVideosConfig | None = None,
        key: SecretStr | None = None,
        lines: Lines | None = None,
    ) -> None:
        """Keeps what it needs. Raises InputError where the table cannot be used."""
        lines = lines or Lines()
        self._name = name
        self._config = config or OpenAIVideosConfig()
        self._key = key or SecretStr("")
        self._transport = lines.transport
        self._model_name = self._config.model or _MODEL
        self._model = _model(self._config, self._model_name, name)
        table = f"video.{name}"
        check_plain_http(self._config.base_url, self._config.allow_hosts, table)
        self._downloader = Downloader(
            allow_hosts=frozenset(self._config.allow_hosts),
            limits=lines.limits,
            transport=lines.transport,
            resolve=lines.resolve,
        )
        pacing = Pacing()
        if self._config.patience_s is not None:
            pacing = replace(pacing, patience_s=self._config.patience_s)
        self._discipline = Discipline(
            Manners(
                service="OpenAI",
                console=self._config.base_url,
                table=table,
                pay_again=self._config.pay_again,
            ),
            replace(pacing, **dict(lines.pacing or {})),  # type: ignore[arg-type]
        )

    @classmethod
    def configured(
        cls,
        name: str,
        config: OpenAIVideosConfig,
        around: Surroundings,
        lines: Lines | None = None,
    ) -> Self:
        """Gives the camera that a table describes. Raises InputError where it cannot be used."""
        key = found_key(
            given=config.api_key,
            variable=config.api_key_env,
            # OpenAI's key is for OpenAI: another server gets one only where the table names it.
            usual="",
            environment=around.environment,
            table=f"video.{name}",
        )
        return cls(name, config, key, lines)

    @property
    def name(self) -> str:
        """The name of its table."""
        return self._name

    @property
    def version(self) -> str:
        """Names the model and the server."""
        return f"{_VERSION}+{self._config.base_url}+{self._model_name}"

    @property
    def capabilities(self) -> Capabilities:
        """Costs money; any size and rate; as long as the model's longest clip."""
        return Capabilities(
            needs=("network", "a server that speaks OpenAI's video API"),
            licence="the server's terms",
            deterministic=False,
            offline=False,
            paid=True,
            fits=True,
            at_once=4,
            longest_s=(self._config.patience_s or Pacing().patience_s) + self._downloader.longest_s,
        )

    def available(self) -> Available:
        """Says whether a server is named."""
        if self._config.base_url:
            return Available(ready=True)
        return Available(
            ready=False,
            why="OpenAI's own video service was to shut down on 24 September 2026; for a server "
            f'that speaks as it did, write a table [video.{self._name}] with backend = "openai", '
            "base_url, model, seconds, usd_per_second and api_key_env",
        )

    def estimate(self, *, plan: ShotPlan) -> Estimate:
        """Gives the price of the clip that is asked for.

        Raises:
            InputError: the shot is longer than the model's longest clip.
        """
        return Estimate(cost_usd=self._model.price(self._size(plan), self._seconds(plan)))

    async def film(
        self,
        *,
        plan: ShotPlan,
        keyframe: Path,
        layers: Path | None,
        scratch: Path,
        progress: Progress,
        files: Mapping[str, Path] = NO_FILES,
        job: Job | None = None,
    ) -> Footage:
        """Films `plan`; a job that is written down is gone on with, and never sent again.

        Raises:
            InputError: the plan, the key or the credit will not do.
            TransientError: another try goes on with the same job.
            BackendError: the service failed or refused it, or its outcome is not known.
        """
        from nightshoot.tools.video.bring import bring_to_plan

        del layers, files
        if not self._config.base_url:
            raise InputError(self.available().why)
        rising = Rising(progress)
        size, seconds = self._size(plan), self._seconds(plan)
        picture = await asyncio.to_thread(_first_frame, keyframe, size)
        request = {
            "model": self._model_name,
            "prompt": video_prompt(plan),
            "seconds": str(seconds),
            "size": named(size),
        }
        async with client_of(
            base_url=self._config.base_url,
            key=self._key,
            transport=self._transport,
            timeout_s=_TIMEOUT_S,
        ) as client:
            desk = _Desk(client, self._key, request, picture)
            report = await self._discipline.see_through(job, desk, rising)
        try:
            clip = await self._downloader.fetch(
                f"{self._config.base_url}/videos/{quote(report.result, safe='')}/content",
                scratch / "clip",
                Kind.VIDEO,
                headers=self._authorization(),
            )
            rising(0.93)
            video = await asyncio.to_thread(
                bring_to_plan, clip, plan, scratch / "take.mp4", progress=rising.part(0.93, 1.0)
            )
        except TransientError:
            raise
        except BackendError as error:
            raise self._discipline.dead_end(job, f"OpenAI: {error}") from error
        clip.unlink()
        return Footage(video=video)

    def _authorization(self) -> dict[str, str]:
        key = self._key.get_secret_value()
        return {"Authorization": f"Bearer {key}"} if key else {}

    def _size(self, plan: ShotPlan) -> Size:
        return nearest_size(plan.width, plan.height, self._model.sizes)

    def _seconds(self, plan: ShotPlan) -> int:
        wanted = float(plan.num_frames / plan.fps)
        for seconds in sorted(self._model.seconds):
            if seconds >= wanted - _SPARE_S:
                return seconds
        raise InputError(
            f"{self._model_name} gives at most {max(self._model.seconds)} s: shot {plan.shot} "
            f"lasts {wanted:.1f} s; divide it in storyboard.yaml"
        )


class _Desk:
    """One job's desk. The calls go by path: the client's own methods warn that they are old."""

    finds = False

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        key: SecretStr,
        request: dict[str, str],
        picture: tuple[str, bytes, str],
    ) -> None:
        self._client = client
        self._key = key
        self._request = request
        self._picture = picture

    async def submit(self, token: str) -> Answer:
        """Sends the job, once. The API takes no token of the caller."""
        from openai import OpenAIError
        from openai.types import Video

        del token
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                video: Video = await self._client.post(
                    "/videos",
                    cast_to=Video,
                    body=self._request,
                    files=[("input_reference", self._picture)],
                    options={"headers": {"Content-Type": "multipart/form-data"}},
                )
        except OpenAIError as error:
            return outcome_of(error, self._key)
        except (TimeoutError, ValueError):
            return Unsure(why="it did not answer in time, or with something that is no job")
        number: Any = getattr(video, "id", None)
        if not isinstance(number, str) or not number:
            return Unsure(why="it answered without a job")
        return Accepted(id=number)

    async def find(self, token: str) -> Report | None:
        """Finds nothing: the API keeps no token."""
        del token
        return None

    async def ask(self, job: str) -> Report | None:
        """Gives how a job stands."""
        from openai import NotFoundError, OpenAIError
        from openai.types import Video

        try:
            async with asyncio.timeout(_TIMEOUT_S):
                video: Video = await self._client.get(
                    f"/videos/{quote(job, safe='')}", cast_to=Video
                )
        except NotFoundError:
            return None
        except OpenAIError as error:
            raise error_of(error, self._key) from error
        except (TimeoutError, ValueError) as error:
            raise TransientError("OpenAI did not answer in time, or not with a job") from error
        return self._report(video, job)

    def _report(self, video: Video, job: str) -> Report:
        status, progress = getattr(video, "status", ""), getattr(video, "progress", None)
        share = progress / 100 if isinstance(progress, (int, float)) else None
        if status == "completed":
            return Report(standing=Standing.DONE, id=job, result=job, share=1.0)
        if status != "failed":
            return Report(standing=Standing.WAITING, id=job, share=share)
        fault = getattr(video, "error", None)
        code = str(getattr(fault, "code", "") or "")
        reason = getattr(fault, "message", "") or code
        return Report(
            standing=Standing.FAILED,
            id=job,
            reason=scrubbed(reason, (self._key.get_secret_value(),)),
            refused=code in _REFUSALS,
        )


def _first_frame(keyframe: Path, size: Size) -> tuple[str, bytes, str]:
    """Gives the keyframe at exactly the size that is asked for, which the API insists on."""
    with TemporaryDirectory() as folder:
        path = write_at_size(keyframe, Path(folder) / "k.png", width=size[0], height=size[1])
        picture = carried(path, "keyframe")
    return (picture.name, picture.data, picture.media_type)


def _model(config: OpenAIVideosConfig, model: str, name: str) -> VideoModel:
    known = prices().videos.get(model)
    if known is None and (not config.seconds or config.usd_per_second is None):
        raise InputError(
            f"[video.{name}] in the settings: what {model} films and costs is not known: write "
            f"seconds and usd_per_second, or choose from {', '.join(prices().videos)}"
        )
    per_second = None if config.usd_per_second is None else {"": config.usd_per_second}
    return VideoModel(
        source=known.source if known else ("the settings",),
        sizes=config.sizes or (known.sizes if known else ()),
        seconds=config.seconds or (known.seconds if known else ()),
        usd_per_second=per_second or (known.usd_per_second if known else {}),
    )

"""An account at a described service: the model chosen, what it costs, and how a job is run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import JsonValue

from nightshoot.artifacts import Job
from nightshoot.domain.shot import ShotPlan
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.hosted.addresses import Resolve, resolved
from nightshoot.tools.hosted.decoding import Kind
from nightshoot.tools.hosted.discipline import Discipline, Manners, Pacing, Report
from nightshoot.tools.hosted.downloads import Downloader, Limits
from nightshoot.tools.hosted.keys import found_key
from nightshoot.tools.hosted.pictures import aspect_near, carried
from nightshoot.tools.hosted.service import Offer, Pictures, Service, load_service
from nightshoot.tools.hosted.service_desk import Order, ServiceDesk
from nightshoot.tools.hosted.settings import ServiceConfig, check_plain_http
from nightshoot.tools.hosted.signing import Credentials
from nightshoot.tools.hosted.wire import Wire
from nightshoot.tools.hosted.wording import shortened
from nightshoot.tools.protocols import Available, Progress
from nightshoot.tools.registry import Surroundings

if TYPE_CHECKING:
    import httpx2

_VERSION = "1"

_SPARE_S = 0.1
"""A clip that is this much shorter than the shot is long enough: the next length would cost up to
twice as much for two frames. Source: `nightshoot.tools.video.bring.HOLD_S` covers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """How the outside is reached; tests give their own."""

    transport: httpx2.AsyncBaseTransport | None = None
    resolve: Resolve = resolved
    limits: Limits | None = None
    pacing: Mapping[str, float] | None = None
    """What is otherwise than the service's pacing."""


class Account:
    """One account at one service, with one model."""

    def __init__(
        self,
        service: Service,
        config: ServiceConfig,
        credentials: Credentials,
        *,
        table: str,
        lines: Lines,
    ) -> None:
        """Puts the description and the table together. Raises InputError where they do not fit."""
        base_url = config.base_url or service.base_url
        check_plain_http(base_url, config.allow_hosts, table)
        pacing = replace(Pacing(), **service.pacing)  # type: ignore[arg-type]
        if config.patience_s is not None:
            pacing = replace(pacing, patience_s=config.patience_s)
        self.service = service
        self.table = table
        self.model = config.model or service.model
        self.offer = _offer(service, config, self.model, table)
        self.quality = _quality(service, config, self.model, self.offer, table)
        self._credentials = credentials
        self._base_url = base_url
        pacing = replace(pacing, **dict(lines.pacing or {}))  # type: ignore[arg-type]
        self._wire = Wire(
            base_url=base_url,
            transport=lines.transport,
            send_s=pacing.send_s,
            ask_s=pacing.ask_s,
        )
        self._usd_per_unit = (
            service.usd_per_unit if config.usd_per_unit is None else config.usd_per_unit
        )
        self._downloader = Downloader(
            allow_hosts=frozenset(config.allow_hosts),
            limits=lines.limits or replace(Limits(), **service.downloads),  # type: ignore[arg-type]
            transport=lines.transport,
            resolve=lines.resolve,
        )
        self.longest_s = pacing.patience_s + self._downloader.longest_s
        """When a job is given up, whatever the service says, in seconds."""
        self._discipline = Discipline(
            Manners(
                service=service.title,
                console=service.console,
                table=table,
                pay_again=config.pay_again,
                failed_free=service.failed_free
                if config.failed_free is None
                else config.failed_free,
            ),
            pacing,
        )

    @classmethod
    def of(
        cls, config: ServiceConfig, around: Surroundings, *, table: str, makes: str, lines: Lines
    ) -> Self:
        """Gives the account that a table describes. Raises InputError where it cannot be used."""
        service = load_service(config.service, around.folder)
        if service.makes != makes:
            raise InputError(
                f"[{table}] in the settings: {service.title} makes a {service.makes} there, "
                f"not a {makes}"
            )
        own_key = config.access_key if config.access_key.get_secret_value() else config.api_key
        key = found_key(
            given=own_key,
            variable=config.access_key_env or config.api_key_env,
            usual=service.auth.key_env,
            environment=around.environment,
            table=table,
        )
        secret = found_key(
            given=config.secret_key,
            variable=config.secret_key_env,
            usual=service.auth.secret_env,
            environment=around.environment,
            table=table,
        )
        credentials = Credentials(auth=service.auth, key=key, secret=secret)
        return cls(service, config, credentials, table=table, lines=lines)

    @property
    def version(self) -> str:
        """Names everything of the description and the table that the result depends on.

        Prices are not among it: a new one must not make a job that was paid another job.
        """
        service = self.service
        parts = [
            *(part.model_dump_json() for part in (service.submit, service.submit_last) if part),
            service.pictures,
            *service.aspects,
            str(service.max_prompt),
            self._base_url,
        ]
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
        return f"{_VERSION}+{service.name}-{digest}+{self.model}+{self.quality}"

    def available(self) -> Available:
        """Says whether the keys are there; whether they are good is known only by asking."""
        if self._credentials.complete:
            return Available(ready=True)
        auth = self.service.auth
        wanted = " and ".join(filter(None, (auth.key_env, auth.secret_env)))
        return Available(
            ready=False,
            why=f"{self.service.title} needs a key: set {wanted}, or name another variable "
            f"under [{self.table}]",
        )

    def seconds_for(self, plan: ShotPlan) -> int:
        """Gives the length to ask for. Raises InputError where the shot is longer than any."""
        wanted = float(plan.num_frames / plan.fps)
        offered = self.offer.seconds
        if self.quality in self.offer.usd_per_clip:
            offered = tuple(self.offer.usd_per_clip[self.quality])
        for seconds in sorted(offered):
            if seconds >= wanted - _SPARE_S:
                return seconds
        raise InputError(
            f"{self.service.title} {self.model} gives at most {max(offered)} s at {self.quality}: "
            f"shot {plan.shot} lasts {wanted:.1f} s; divide it in storyboard.yaml"
        )

    def price_of_clip(self, seconds: int) -> float:
        """Gives what a clip of this length costs, in USD."""
        by_clip = self.offer.usd_per_clip.get(self.quality)
        if by_clip is not None:
            return by_clip[seconds]
        return seconds * self.offer.usd_per_second[self.quality]

    def price_of_picture(self) -> float:
        """Gives what a picture costs, in USD."""
        return self.offer.usd_per_picture[self.quality]

    def order(
        self, plan: ShotPlan, prompt: str, *, seconds: int, pictures: Mapping[str, Path]
    ) -> tuple[Order, tuple[str, ...]]:
        """Gives the job that a plan becomes, and what the user should know of it.

        Args:
            plan: what is to be seen.
            prompt: its words.
            seconds: the length to ask for; 0 for a picture.
            pictures: by placeholder: `keyframe`, `last_frame`, `reference`.

        Raises:
            BackendError: a picture cannot be read.
        """
        service = self.service
        words = shortened(prompt, service.max_prompt)
        notes = (
            ()
            if words == prompt
            else (
                f"The prompt of shot {plan.shot} was cut to {len(words)} characters for "
                f"{service.title}.",
            )
        )
        values: dict[str, JsonValue] = {
            "prompt": words,
            "negative": shortened(plan.negative_prompt, service.max_prompt) or None,
            "keyframe": None,
            "last_frame": None,
            "reference": None,
            "seconds": seconds or None,
            "seconds_text": str(seconds) if seconds else None,
            "seed": plan.seed,
            "model": self.model,
            "quality": self.quality,
            "aspect": aspect_near(plan.width, plan.height, service.aspects),
            "width": plan.width,
            "height": plan.height,
        }
        files = {}
        for name, path in pictures.items():
            picture = carried(path, name, least_side=service.least_side)
            if service.pictures is Pictures.FILE:
                files[name] = picture
            else:
                values[name] = picture.data_url(bare=service.pictures is Pictures.BASE64)
        return Order(values=values, files=files, last="last_frame" in pictures), notes

    async def run(self, job: Job | None, order: Order, progress: Progress) -> Report:
        """Sees a job through; gives its report when it is done."""
        desk = ServiceDesk(
            self.service, self._wire, self._credentials, order, usd_per_unit=self._usd_per_unit
        )
        return await self._discipline.see_through(job, desk, progress)

    async def download(self, report: Report, into: Path, kind: Kind, job: Job | None) -> Path:
        """Fetches what a job made. The job stays written down until it is recorded as made.

        Raises:
            TransientError: another try may fetch it.
            BackendError: it cannot be had.
        """
        try:
            return await self._downloader.fetch(report.result, into, kind)
        except TransientError:
            raise
        except BackendError as error:
            raise self.dead_end(job, error) from error

    def dead_end(self, job: Job | None, error: BackendError) -> BackendError:
        """Gives the error for a job that is done and paid, and whose result will not do."""
        return self._discipline.dead_end(job, f"{self.service.title}: {error}")


def _offer(service: Service, config: ServiceConfig, model: str, table: str) -> Offer:
    known = service.offers.get(model)
    quality = config.quality or service.quality
    own: dict[str, object] = {}
    if config.seconds:
        own["seconds"] = tuple(sorted(config.seconds))
    if config.usd_per_second is not None:
        own |= {"usd_per_second": {quality: config.usd_per_second}, "usd_per_clip": {}}
    if config.usd_per_picture is not None:
        own["usd_per_picture"] = {quality: config.usd_per_picture}
    if known is not None:
        return known.model_copy(update=own)
    wanted = ("usd_per_picture",) if service.makes == "picture" else ("seconds", "usd_per_second")
    missing = [name for name in wanted if name not in own]
    if missing:
        raise InputError(
            f"[{table}] in the settings: what {service.title} takes for {model} is not known: "
            f"write {' and '.join(missing)}, or choose from {', '.join(service.offers)}"
        )
    return Offer.model_validate(own)


def _quality(service: Service, config: ServiceConfig, model: str, offer: Offer, table: str) -> str:
    priced = offer.qualities()
    wanted = config.quality or (service.quality if service.quality in priced else priced[0])
    if wanted not in priced:
        raise InputError(
            f"[{table}] in the settings: quality: {service.title} {model} has "
            f"{', '.join(priced)}, not {wanted}"
        )
    return wanted

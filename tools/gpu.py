"""The one owner of the GPU: a process of its own holds the models, and this end speaks to it.

A crash of CUDA, a leak or a `kill -9` ends that process and not the film: it is started again, and
what it was making is made again.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from importlib.util import find_spec
from typing import Self

from pydantic import Field, JsonValue, ValidationError

from nightshoot.domain.value import Value
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.tools.diffusion.messages import DeviceFacts, key_of
from nightshoot.tools.diffusion.orders import ModelSpec, Request, Result
from nightshoot.tools.gpu_owner import Owner
from nightshoot.tools.gpu_queue import Ticket
from nightshoot.tools.growth import Growth
from nightshoot.tools.protocols import Progress
from nightshoot.tools.restarts import Restarts

_CHANCES = 3
"""How often the process is started to say what it computes on."""


class Config(Value):
    """What `[gpu]` of the settings file may hold."""

    device: str = Field(default="auto", pattern=r"^(auto|cpu|mps|(cuda|xpu)(:\d+)?)$")
    """As torch names it; `auto`: the first accelerator there is, else the CPU."""
    vram_gib: float | None = Field(default=None, gt=0)
    """How much all models together may take; None: what the device has."""
    patience_s: float = Field(default=600.0, gt=0)
    """How long loading, or one step, may take before the process counts as hung. Source: 60 GB, the
    largest weights of `docs/models.md`, from a disk of 100 MB/s."""
    idle_s: float | None = Field(default=None, gt=0)
    """After how long without work the memory is given back; None: at the end of the run."""
    memory_gib: float | None = Field(default=None, gt=0)
    """How much of the computer's memory the process may keep between two requests before it is
    started anew; None: half as much again as it had after its first requests with the same models,
    and 2 GiB. Where these need more, it is as if it were None. On Linux only."""
    restarts_an_hour: int = Field(default=20, ge=1)
    """How often the process may end unasked within an hour before its work is refused for a time.
    A request that ends it is given up after two ends, so ten such requests an hour are borne."""


class Gpu:
    """Speaks to the GPU's process; starts it when it is first used."""

    def __init__(self, config: Config | None = None, *, loader: str = "") -> None:
        """Keeps the settings.

        Args:
            config: as `[gpu]` has it.
            loader: `MODULE:FUNCTION` that loads models in the process; empty: those of diffusers.
        """
        self.config = config or Config()
        self._loader = loader
        self._gate = threading.Lock()
        self._owner: Owner | None = None
        self._facts: DeviceFacts | None = None
        # Of all owners: closing one, or its thread's end, makes nothing undone.
        self._restarts = Restarts(self.config.restarts_an_hour)

    @classmethod
    def configured(cls, section: Mapping[str, JsonValue]) -> Self:
        """Gives the owner that `[gpu]` of the settings file describes.

        Raises:
            InputError: the section holds something that is not a setting.
        """
        try:
            return cls(Config.model_validate(dict(section)))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            known = ", ".join(Config.model_fields)
            raise InputError(
                f"[gpu] in the settings: {where}: {first['msg']} (it may have {known})"
            ) from None

    async def make(self, spec: ModelSpec, request: Request, progress: Progress) -> Result:
        """Has a model make what is asked; waits for its turn, and for its weights to be loaded.

        Requests of one model that wait at the same time are made in batches. What a process that
        died was making is made again by a new one, and the result says so.

        Args:
            spec: the model; equal specs are loaded once.
            request: what to make. A file at `out` is replaced.
            progress: is told the share that is done, never less than before, in the caller's loop.

        Raises:
            InputError: the model cannot be loaded from there, or cannot do what is asked.
            TransientError: the model failed in a way that may pass.
            BackendError: it will not; or this request ended the process twice.
            ArtifactError: the disk does not take what was made.
        """
        loop = asyncio.get_running_loop()
        ticket = Ticket(
            key=key_of(spec),
            spec=spec,
            request=request,
            progress=progress,
            loop=loop,
            answer=loop.create_future(),
            asked_at=time.monotonic(),
        )
        owner = self._started()
        owner.ask(ticket)
        try:
            return await ticket.answer
        except BaseException:
            # Cancelled, or the caller's own progress failed: the GPU need not go on.
            owner.drop(ticket)
            raise

    def facts(self, *, timeout_s: float = 120.0) -> DeviceFacts:
        """Says what there is to compute on; `none`, at once, where torch is not installed.

        Starts the process, which imports torch: seconds, the first time. Blocks: in an event loop,
        call it in a thread.

        Raises:
            TransientError: the process did not answer in time, as it makes something else.
            BackendError: it cannot be started, or torch cannot speak to the device.
        """
        if find_spec("torch") is None:
            return DeviceFacts()
        for chance in range(_CHANCES):
            if self._facts is not None:
                break
            question: Future[DeviceFacts] = self._started().facts()
            try:
                self._facts = question.result(timeout_s)
            except TimeoutError:
                raise TransientError(
                    f"the GPU's process did not say what it computes on within {timeout_s:g} s"
                ) from None
            except BackendError:
                # Somebody ended the process; nothing that it could have been asked to do did.
                if chance == _CHANCES - 1:
                    raise
        assert self._facts is not None, "the last chance gives or raises"
        return self._facts

    def close(self) -> None:
        """Ends the process. Safe to call twice, before it was started, and from any thread.

        What still waits fails; a request after it starts a new process.
        """
        with self._gate:
            owner, self._owner = self._owner, None
        if owner is not None:
            owner.close()

    def _started(self) -> Owner:
        with self._gate:
            if self._owner is None or self._owner.closed:
                arguments = ["--device", self.config.device]
                if self.config.vram_gib is not None:
                    arguments += ["--vram-gib", str(self.config.vram_gib)]
                if self._loader:
                    arguments += ["--loader", self._loader]
                self._owner = Owner(
                    arguments,
                    patience_s=self.config.patience_s,
                    idle_s=self.config.idle_s,
                    growth=Growth(self.config.memory_gib),
                    restarts=self._restarts,
                )
            return self._owner

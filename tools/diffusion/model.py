"""What the GPU's process knows of a loaded model, whatever its family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from nightshoot.tools.diffusion.orders import ModelSpec, Request, Result
from nightshoot.tools.protocols import Progress


class OutOfMemory(Exception):
    """The accelerator has no room for what was asked; a cheaper setting may fit."""


class Model(Protocol):
    """A loaded model. Lives in the GPU's process; one thread calls it."""

    @property
    def gib(self) -> float:
        """How much of the accelerator's memory it holds while idle."""
        ...

    @property
    def most_at_once(self) -> int:
        """How many requests one call may hold."""
        ...

    def fits_together(self, one: Request, other: Request) -> bool:
        """Whether two requests can be in one call: same size, steps, adapters."""
        ...

    def make(self, requests: Sequence[Request], progress: Progress) -> list[Result]:
        """Makes what is asked, each request with a generator of its own, and writes the files.

        A request gives the same result alone as in a batch.

        Raises:
            OutOfMemory: nothing was written; the same call may work after `make_cheaper`.
            InputError: a file cannot be read, or the model cannot do what is asked.
            BackendError: the model failed.
        """
        ...

    def make_cheaper(self) -> str:
        """Goes to the next cheaper setting; says which in a sentence, or gives "" at the last."""
        ...

    def close(self) -> None:
        """Lets go of its memory."""
        ...


Load = Callable[[ModelSpec], Model]
"""Loads a model: `image_model.load` and `video_model.load`. Raises OutOfMemory too."""

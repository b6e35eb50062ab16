"""What the libraries below say to themselves, and nobody can act on."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_SAYINGS: tuple[tuple[str, type[Warning]], ...] = (
    # diffusers' schedulers hand tensors to NumPy, which reads them well.
    ("__array__ implementation", DeprecationWarning),
    # diffusers' own FluxControlNetModel imports it from where it was.
    ("`FluxPosEmbed` is deprecated", FutureWarning),
    # diffusers' own SDXL pipelines decode in FP32 by it.
    ("`upcast_vae` is deprecated", FutureWarning),
    # peft warns of the second LoRA; several are what characters are for.
    ("Already found a `peft_config` attribute", UserWarning),
)
"""Source: seen with diffusers 0.42, peft 0.21, NumPy 2 and torch 2.13."""


@contextmanager
def quiet() -> Iterator[None]:
    """Silences those, and nothing else. For one thread, as Python's filters are the process's."""
    with warnings.catch_warnings():
        for beginning, kind in _SAYINGS:
            warnings.filterwarnings("ignore", message=beginning, category=kind)
        yield

"""Prompt embeddings that were computed before: retakes and shots that share words skip the encoder.

With a text encoder of billions of parameters, encoding is a good part of a few-step picture, and
with offload the encoder has to be brought to the GPU for it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

Embeddings = Mapping[str, Any]
"""Tensors by the pipeline's argument, such as `prompt_embeds`; None where there is none."""


class EmbeddingCache:
    """The most recently used embeddings of one loaded model. One thread uses it."""

    def __init__(self, most: int = 64) -> None:
        """Keeps up to `most` entries: one of a T5 of 512 tokens in 16 bits takes 4 MiB."""
        if most < 1:
            raise ValueError("a cache holds at least one entry")
        self._most = most
        self._held: OrderedDict[Hashable, dict[str, Any]] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable, encode: Callable[[], Embeddings]) -> dict[str, Any]:
        """Gives the embeddings of a key on the CPU; has them encoded where they are not held.

        Args:
            key: everything that decides them: the prompt, the negative prompt, the adapters that
                change the text encoder, and how they are encoded.
            encode: computes them, on any device.
        """
        if key in self._held:
            self.hits += 1
            self._held.move_to_end(key)
            return dict(self._held[key])
        self.misses += 1
        kept = {name: _on_cpu(value) for name, value in encode().items()}
        self._held[key] = kept
        while len(self._held) > self._most:
            self._held.popitem(last=False)
        return dict(kept)

    def clear(self) -> None:
        """Forgets all; the counts stay."""
        self._held.clear()


def _on_cpu(value: Any) -> Any:
    """Gives a tensor, or a list of tensors, on the CPU and without its history."""
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return type(value)(_on_cpu(part) for part in value)
    return value.detach().to("cpu")

"""Words that were encoded before are not encoded again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nightshoot.tools.diffusion.embeddings import EmbeddingCache

torch = pytest.importorskip("torch", reason='the extra "gpu" is not installed')


class Encoder:
    """Counts what it is asked to encode."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def of(self, text: str) -> Callable[[], dict[str, object]]:
        def encode() -> dict[str, object]:
            self.asked.append(text)
            weight = torch.nn.Parameter(torch.full((1, 2), float(len(text))))
            return {"prompt_embeds": weight * 2, "layers": [weight], "pooled": None}

        return encode


def test_same_words_are_encoded_once() -> None:
    encoder, cache = Encoder(), EmbeddingCache()
    first = cache.get(("moon", "", ()), encoder.of("moon"))
    again = cache.get(("moon", "", ()), encoder.of("moon"))
    assert encoder.asked == ["moon"]
    assert (cache.hits, cache.misses) == (1, 1)
    assert torch.equal(first["prompt_embeds"], again["prompt_embeds"])


def test_adapters_and_negative_prompts_are_part_of_the_key() -> None:
    encoder, cache = Encoder(), EmbeddingCache()
    for key in (("moon", "", ()), ("moon", "blur", ()), ("moon", "", (("su.safetensors", 0.8),))):
        cache.get(key, encoder.of("moon"))
    assert len(encoder.asked) == 3


def test_tensors_are_kept_without_their_history() -> None:
    kept = EmbeddingCache().get("moon", Encoder().of("moon"))
    assert kept["prompt_embeds"].device.type == "cpu"
    assert not kept["prompt_embeds"].requires_grad
    assert not kept["layers"][0].requires_grad
    assert kept["pooled"] is None


def test_least_recently_used_goes_first() -> None:
    encoder, cache = Encoder(), EmbeddingCache(most=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        cache.get(text, encoder.of(text))
    assert encoder.asked == ["a", "b", "c", "b"]
    assert len(cache) == 2


def test_fault_of_the_encoder_leaves_nothing_behind() -> None:
    cache = EmbeddingCache()

    def fails() -> dict[str, object]:
        raise RuntimeError("CUDA out of memory")

    with pytest.raises(RuntimeError):
        cache.get("moon", fails)
    assert len(cache) == 0
    assert cache.get("moon", Encoder().of("moon"))


def test_what_a_caller_adds_is_not_kept() -> None:
    cache = EmbeddingCache()
    cache.get("moon", Encoder().of("moon"))["extra"] = 1
    assert "extra" not in cache.get("moon", Encoder().of("moon"))
    cache.clear()
    assert len(cache) == 0


def test_cache_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        EmbeddingCache(most=0)

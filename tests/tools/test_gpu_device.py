from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from nightshoot.errors import InputError
from nightshoot.tools.gpu_device import GIB, TorchAccelerator, free_ram_gib, reserved_gib


class Cuda:
    """Two cards of 24 GiB, as `torch.cuda` shows them; a name without a number is refused."""

    def __init__(self) -> None:
        self.initialized = False
        self.available = True
        self.fractions: dict[int, float] = {}
        self.emptied = 0

    def is_available(self) -> bool:
        return self.available

    def is_initialized(self) -> bool:
        return self.initialized

    def device_count(self) -> int:
        return 2

    def current_device(self) -> int:
        return 0

    def mem_get_info(self, device: object) -> tuple[int, int]:
        return (10 if device in {0, "cuda"} else 20) * GIB, 24 * GIB

    def memory_reserved(self, device: int) -> int:
        return 5 * GIB

    def memory_allocated(self, device: int) -> int:
        return 3 * GIB

    def set_per_process_memory_fraction(self, fraction: float, device: int) -> None:
        # Source: torch.cuda._utils._get_device_index without `optional`.
        if not isinstance(device, int):
            raise ValueError(f"Expected a torch.device with a specified index, not {device}")
        self.fractions[device] = fraction

    def get_device_name(self, device: object) -> str:
        return f"Card {device}"

    def empty_cache(self) -> None:
        self.emptied += 1


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> Cuda:
    torch: Any = ModuleType("torch")
    torch.__spec__ = ModuleSpec("torch", None)
    torch.__version__ = "2.13.0"
    torch.cuda = Cuda()
    torch.backends = SimpleNamespace(mps=SimpleNamespace(is_available=lambda: False))
    monkeypatch.setitem(sys.modules, "torch", torch)
    found: Cuda = torch.cuda
    return found


def test_it_says_which_card_there_is_and_how_much_memory_it_has(cuda: Cuda) -> None:
    facts = TorchAccelerator().facts()
    assert (facts.device, facts.name, facts.vram_gib) == ("cuda", "Card cuda", 24.0)
    assert (facts.free_gib, facts.torch) == (10.0, "2.13.0")
    assert TorchAccelerator("cuda:1").facts().free_gib == 20.0


def test_without_a_card_it_is_the_processor_unless_a_card_was_named(cuda: Cuda) -> None:
    cuda.available = False
    assert TorchAccelerator().facts().device == "cpu"
    with pytest.raises(InputError, match=r"names the device cuda:1, which torch 2\.13\.0 does"):
        TorchAccelerator("cuda:1").facts()


def test_what_torch_keeps_for_later_counts_as_free(cuda: Cuda) -> None:
    accelerator = TorchAccelerator()
    assert accelerator.free_gib("cuda") is None
    cuda.initialized = True
    assert accelerator.free_gib("cuda") == 12.0
    assert accelerator.free_gib("cuda:1") == 22.0
    assert accelerator.free_gib("cpu") is None


@pytest.mark.parametrize(("device", "number"), [("cuda", 0), ("cuda:1", 1)])
def test_a_limit_is_a_share_of_the_card_and_never_more_than_all_of_it(
    cuda: Cuda, device: str, number: int
) -> None:
    accelerator = TorchAccelerator()
    accelerator.limit(6, device)
    assert cuda.fractions == {number: 0.25}
    accelerator.limit(80, device)
    assert cuda.fractions == {number: 1.0}
    accelerator.limit(6, "cpu")
    accelerator.limit(6, "mps")


def test_emptying_gives_torchs_cache_back(cuda: Cuda) -> None:
    TorchAccelerator().empty()
    assert cuda.emptied == 1


def test_what_torch_keeps_of_all_cards_is_told_once_it_uses_one(cuda: Cuda) -> None:
    assert reserved_gib() is None
    cuda.initialized = True
    assert reserved_gib() == 10.0


def test_the_computers_free_memory_is_told_in_gib() -> None:
    free = free_ram_gib()
    assert free is None or 0 < free < 100_000

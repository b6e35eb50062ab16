"""LoRAs on a loaded image model: those that are always on, and each request's own."""

from __future__ import annotations

import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.memory import is_out_of_memory
from nightshoot.tools.diffusion.orders import Adapter, PersonLora
from nightshoot.tools.diffusion.upstream import quiet
from nightshoot.tools.diffusion.weights import header_of

_MOST_KEPT = 4
"""How many characters' LoRAs stay loaded: a shot seldom has more people, and one of SDXL takes
about 0.2 GiB."""

_FITS = "it has to be made for this family, and to be safetensors"


class Loras:
    """The LoRAs of one pipeline. What one request turns on is off again for the next."""

    def __init__(self, pipe: Any, always: Sequence[Adapter]) -> None:
        """Loads those that are always on.

        Raises:
            InputError: a file is none, or not one for this model.
        """
        self._pipe = pipe
        self._always: dict[str, float] = {}
        self._kept: OrderedDict[tuple[str, int, int], str] = OrderedDict()
        self._loaded = 0
        for adapter in always:
            self._always[self._load(Path(adapter.path))] = adapter.scale
        self.use(())

    @property
    def any(self) -> bool:
        """Whether there is one at all, on or off."""
        return bool(self._always or self._kept)

    def use(self, loras: Sequence[PersonLora]) -> tuple[tuple[str, float], ...]:
        """Turns on those that are always on and these, and nothing else.

        Returns:
            What is on, with its scale: what else than the prompt decides the embeddings.

        Raises:
            InputError: a file is none, or not one for this model.
        """
        wanted = dict(self._always)
        for lora in loras:
            wanted[self._named(Path(lora.path), keep=len(loras))] = lora.scale
        if wanted:
            self._pipe.enable_lora()
            self._pipe.set_adapters(list(wanted), list(wanted.values()))
        elif self.any:
            self._pipe.disable_lora()
        return tuple(wanted.items())

    def _named(self, path: Path, *, keep: int) -> str:
        """Gives the adapter of a file; loads it where it is not there."""
        try:
            facts = path.stat()
        except OSError as error:
            raise InputError(f"the LoRA {path} cannot be read: {error.strerror}") from None
        key = (str(path), facts.st_size, facts.st_mtime_ns)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        while len(self._kept) >= max(_MOST_KEPT, keep):
            _, oldest = self._kept.popitem(last=False)
            self._pipe.delete_adapters(oldest)
        self._kept[key] = self._load(path)
        return self._kept[key]

    def _load(self, path: Path) -> str:
        header_of(path)
        name = f"lora{self._loaded}"
        # A number is never used twice: embeddings are remembered by it.
        self._loaded += 1
        with tempfile.TemporaryDirectory(prefix="nightshoot-lora-") as folder:
            # Files of the store have no ending, and diffusers goes by it.
            file = Path(folder) / "lora.safetensors"
            try:
                file.symlink_to(path.resolve())
            except OSError:
                shutil.copyfile(path, file)
            try:
                with quiet():
                    self._pipe.load_lora_weights(
                        folder, weight_name=file.name, adapter_name=name, local_files_only=True
                    )
            except (ValueError, KeyError, RuntimeError, TypeError, IndexError, OSError) as error:
                self._forget(name)
                if is_out_of_memory(error):
                    raise
                reason = " ".join(str(error).split())[:200]
                raise InputError(f"the LoRA {path} cannot be used: {_FITS} ({reason})") from None
        if not any(name in names for names in self._pipe.get_list_adapters().values()):
            raise InputError(f"the LoRA {path} changes nothing in this model: {_FITS}")
        return name

    def _forget(self, name: str) -> None:
        """Removes what a failed load left behind."""
        if any(name in names for names in self._pipe.get_list_adapters().values()):
            self._pipe.delete_adapters(name)

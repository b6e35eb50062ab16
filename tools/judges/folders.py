"""Where a judge's model is: a folder on disk, or one of the Hub's that was fetched before.

Nothing here imports torch, reads weights or uses the network.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.weights import header_of, identity

CONFIG = "config.json"

_SAFE = ".safetensors"
_PICKLES = frozenset({".bin", ".ckpt", ".pt", ".pth", ".pkl", ".h5", ".msgpack"})
_CONVERTED = "model.bin"
"""CTranslate2's own format, which is numbers only, for all that pickles have the same ending."""
_DECIDES = frozenset({_SAFE, ".json", ".txt", ".model"})
_HUB_ID = re.compile(r"(?P<id>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?")


def resolve(model: str, start: Path) -> Path:
    """Gives the folder of a model.

    Args:
        model: a folder, relative to `start` unless it is absolute, or a name on the Hub,
            `org/name[@revision]`, which is looked for in the Hub's cache on this disk.
        start: what a relative one starts from.

    Raises:
        InputError: it is not here.
    """
    local = start / Path(model).expanduser()
    if local.is_dir():
        return local.resolve()
    named = _HUB_ID.fullmatch(model)
    if named is None:
        raise InputError(
            f"there is no folder {local}: set model to a folder with {CONFIG} and safetensors, or "
            "to a name on the Hub"
        )
    return _in_cache(named["id"], named["revision"])


def _in_cache(name: str, revision: str | None) -> Path:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError
    except ImportError:
        raise InputError(
            f"{name} is a name on the Hub, and huggingface_hub is not installed: "
            'pip install "nightshoot[gpu]"'
        ) from None
    try:
        return Path(snapshot_download(name, revision=revision, local_files_only=True))
    except LocalEntryNotFoundError:
        raise InputError(
            f"{name} is neither a folder nor in the Hub's cache: run `hf download {name}`"
        ) from None


def is_converted(folder: Path) -> bool:
    """Whether it holds a Whisper model for CTranslate2."""
    return (folder / _CONVERTED).is_file() and not any(folder.glob(f"*{_SAFE}"))


def check(folder: Path) -> None:
    """Looks at the files of a model of transformers, without reading its weights.

    Raises:
        InputError: the folder holds none, or weights that are pickled or cut short.
    """
    if not (folder / CONFIG).is_file():
        raise InputError(
            f"{folder} has no {CONFIG}: model is to be a folder as transformers saves it"
        )
    files = sorted(folder.glob(f"*{_SAFE}"))
    if not files:
        raise InputError(_no_weights(folder))
    for path in files:
        header_of(path)
    for listing in sorted(folder.glob(f"*{_SAFE}.index*.json")):
        try:
            parts = set(json.loads(listing.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise InputError(f"{listing} cannot be read: copy the model again") from None
        for part in sorted(map(str, parts)):
            if not (folder / part).is_file():
                raise InputError(f"{folder} lacks {part}: copy the model again")


def check_converted(folder: Path) -> None:
    """Looks at the files of a Whisper model for CTranslate2. Raises InputError."""
    for name in (CONFIG, "tokenizer.json"):
        if not (folder / name).is_file():
            raise InputError(f"{folder} has {_CONVERTED} and no {name}: copy the model again")
    with (folder / _CONVERTED).open("rb") as file:
        # Source: CTranslate2's format begins with a version below 256; a pickle or a zip does not.
        if not 0 < int.from_bytes(file.read(4), "little") < 256:
            raise InputError(
                f"{folder / _CONVERTED} is pickled, which can run any code when it is read: take "
                "the model's safetensors, or one converted for faster-whisper"
            )


def _no_weights(folder: Path) -> str:
    pickles = sorted(path.name for path in folder.glob("*") if path.suffix in _PICKLES)
    if pickles:
        return (
            f"{folder} has no safetensors, only {pickles[0]}, which can run any code when it is "
            "read: take the model's safetensors, or convert it once where you trust it, with "
            "AutoModel.from_pretrained(FOLDER).save_pretrained(NEW_FOLDER)"
        )
    return f"{folder} holds no weights (*{_SAFE}): copy the model again"


def revision_of(folder: Path) -> str:
    """Gives the identity of a model's weights and configuration, 16 hex digits.

    The same for every copy, whenever and wherever it was made.

    Raises:
        InputError: a file is broken.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file() and (path.suffix in _DECIDES or path.name == _CONVERTED):
            digest.update(f"{path.name}\0{identity(path)}\n".encode())
    return digest.hexdigest()[:16]

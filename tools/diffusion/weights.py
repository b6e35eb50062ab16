"""Weights on disk: whether a folder can be loaded, who they are, and where a model's name leads.

Only safetensors are ever read: a pickle runs whatever code is in it. Nothing here imports torch.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nightshoot.errors import InputError, TransientError

INDEX = "model_index.json"

_SAFE = ".safetensors"
_PICKLES = frozenset({".bin", ".ckpt", ".pt", ".pth", ".pkl"})
_CONFIGS = frozenset({".json", ".txt", ".model", ".jinja"})
"""What configures a component and its tokenizer. Source: the files of diffusers' own layouts."""

_WITHOUT_WEIGHTS = re.compile(
    r"(Tokenizer|Processor|FeatureExtractor|Scheduler|Guidance)(Fast|Pil)?$"
)
"""Components that are code and configuration only, by their class."""

_LEFT_OUT = frozenset({"safety_checker"})
"""Components that a pipeline is right without."""

_MOST_HEADER = 100_000_000
"""Bytes. Source: safetensors' own limit, MAX_HEADER_SIZE in its tensor.rs."""

_SAMPLES = 16
_SAMPLE_BYTES = 64 * 1024
"""How much of a large weights file is read for its identity: with its header, which holds each
tensor's name, type and place, 1 MiB a file tells trainings apart, and 30 GB take well below a
second."""

_HUB_ID = re.compile(r"(?P<id>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?")
_HUB_FILES = [INDEX, *(f"*/*{end}" for end in (_SAFE, *sorted(_CONFIGS)))]
"""What is fetched of a model on the Hub: no pickles, and no single-file copies in its root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of a model, a folder of its own."""

    name: str
    library: str
    class_name: str
    folder: Path

    @property
    def has_weights(self) -> bool:
        """Whether it is a network, rather than a tokenizer or a scheduler."""
        return not _WITHOUT_WEIGHTS.search(self.class_name)

    def weights(self) -> list[Path]:
        """Gives its safetensors files, by name."""
        return sorted(path for path in self.folder.glob(f"*{_SAFE}") if path.is_file())


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What `model_index.json` says."""

    folder: Path
    pipeline: str
    """The `_class_name`: which pipeline of diffusers it is."""
    components: tuple[Component, ...]
    variant: str = ""
    """`fp16` where a component has its weights under that name only."""


def check_folder(folder: Path) -> Index:
    """Gives the index of a model whose weights are all there, readable and safe.

    Raises:
        InputError: it is no model, something is missing or cut short, or a component has pickled
            weights only.
    """
    index = read_index(folder)
    variant = ""
    for component in index.components:
        if not component.has_weights or component.name in _LEFT_OUT:
            continue
        files = component.weights()
        if not files:
            raise InputError(_no_weights(component))
        for path in files:
            header_of(path)
        _check_shards(component)
        if all(path.name.split(".")[-2] == "fp16" or ".fp16-" in path.name for path in files):
            variant = "fp16"
    return Index(
        folder=index.folder, pipeline=index.pipeline, components=index.components, variant=variant
    )


def read_index(folder: Path) -> Index:
    """Gives what `model_index.json` says, without a look at the weights.

    Raises:
        InputError: there is none, or it is none.
    """
    path = folder / INDEX
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}: a model is a folder with {INDEX}")
    if not path.is_file():
        raise InputError(
            f"{folder} has no {INDEX}: it is not in diffusers' layout. A single safetensors file "
            "is converted by from_single_file(...).save_pretrained(FOLDER) of its pipeline"
        )
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {error}: copy the model again") from None
    name = said.get("_class_name") if isinstance(said, dict) else None
    if not isinstance(name, str) or not name:
        raise InputError(f"{path} names no pipeline in _class_name: copy the model again")
    parts = []
    for part, made in said.items():
        # Null twice: a component that the model goes without.
        if part.startswith("_") or not (isinstance(made, list) and len(made) == 2):
            continue
        library, class_name = made
        if isinstance(library, str) and isinstance(class_name, str):
            parts.append(
                Component(name=part, library=library, class_name=class_name, folder=folder / part)
            )
    return Index(folder=folder, pipeline=name, components=tuple(parts))


def header_of(path: Path) -> bytes:
    """Gives the header of a safetensors file, whose data is all there.

    Raises:
        InputError: it is none, or it is cut short.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
            if head == b"version ":
                raise InputError(
                    f"{path} is a git-lfs pointer, not the weights: run `git lfs pull` there"
                )
            length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
            if not 2 <= length <= _MOST_HEADER:
                raise InputError(f"{path} is no safetensors file: copy it again")
            header = file.read(length)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    if len(header) < length:
        raise InputError(f"{path} is cut short: copy it again")
    needed = 8 + length + _data_bytes(path, header)
    if size != needed:
        kind = "cut short" if size < needed else "longer than its header says"
        raise InputError(f"{path} is {kind}: {size} of {needed} bytes; copy it again")
    return header


def _data_bytes(path: Path, header: bytes) -> int:
    try:
        tensors = json.loads(header)
        ends = [
            tensor["data_offsets"][1] for name, tensor in tensors.items() if name != "__metadata__"
        ]
        return max((int(end) for end in ends), default=0)
    except _SHAPELESS:
        raise InputError(f"{path} is no safetensors file: copy it again") from None


_SHAPELESS = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What reading JSON of another shape than expected raises."""


def numbers_in(path: Path) -> dict[str, int]:
    """Gives how many numbers each tensor of a safetensors file has, by its name.

    Raises:
        InputError: it is none, or it is cut short.
    """
    header = header_of(path)
    try:
        return {
            name: math.prod(int(side) for side in tensor["shape"])
            for name, tensor in json.loads(header).items()
            if name != "__metadata__"
        }
    except _SHAPELESS:
        raise InputError(f"{path} is no safetensors file: copy it again") from None


def _no_weights(component: Component) -> str:
    folder = component.folder
    pickles = sorted(path.name for path in folder.glob("*") if path.suffix in _PICKLES)
    if pickles:
        return (
            f"{folder} has pickled weights only ({pickles[0]}), which can run any code when they "
            "are read: take the model's safetensors, or convert it once where you trust it, with "
            "Pipeline.from_pretrained(FOLDER, use_safetensors=False).save_pretrained(NEW_FOLDER)"
        )
    if not folder.is_dir():
        return f"{folder} is missing, which {INDEX} names: copy the model again"
    return f"{folder} holds no weights (*{_SAFE}): copy the model again"


def _check_shards(component: Component) -> None:
    """Refuses a component of which a part is missing."""
    for listing in sorted(component.folder.glob(f"*{_SAFE}.index*.json")):
        try:
            parts = set(json.loads(listing.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise InputError(f"{listing} cannot be read: copy the model again") from None
        for part in sorted(parts):
            if not (component.folder / str(part)).is_file():
                raise InputError(f"{component.folder} lacks {part}: copy the model again")


def revision_of(folder: Path) -> str:
    """Gives the identity of a model's weights and configuration, 16 hex digits.

    The same for every copy, whenever and wherever it was made. Of each weights file the header, the
    size and samples count, of each configuration file every byte.

    Raises:
        InputError: it is no model, or a file is broken.
    """
    index = read_index(folder)
    digest = hashlib.sha256()
    try:
        files = sorted(_files(index))
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}") from None
    for name, path in files:
        digest.update(f"{name}\0{identity(path)}\n".encode())
    return digest.hexdigest()[:16]


def revision_of_file(path: Path) -> str:
    """Gives the identity of one file, such as a LoRA, 16 hex digits. Raises InputError."""
    return identity(path)[:16]


def identity(path: Path) -> str:
    """Gives the digest of a file: of all of it, or of the header and samples of large weights.

    Raises:
        InputError: it cannot be read, or is no safetensors file though it is called one.
    """
    try:
        stat = path.stat()
        return _identity(path, stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


@lru_cache(maxsize=4096)
def _identity(path: Path, size: int, mtime_ns: int) -> str:
    del mtime_ns
    digest = hashlib.sha256(str(size).encode())
    if path.suffix == _SAFE:
        digest.update(header_of(path))
    with path.open("rb") as file:
        if size <= _SAMPLES * _SAMPLE_BYTES or path.suffix != _SAFE:
            while piece := file.read(1 << 20):
                digest.update(piece)
        else:
            for number in range(_SAMPLES):
                file.seek((size - _SAMPLE_BYTES) * number // (_SAMPLES - 1))
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def _files(index: Index) -> Iterator[tuple[str, Path]]:
    yield INDEX, index.folder / INDEX
    for component in index.components:
        if component.name in _LEFT_OUT or not component.folder.is_dir():
            continue
        for path in component.folder.iterdir():
            if path.is_file() and (path.suffix == _SAFE or path.suffix in _CONFIGS):
                yield f"{component.name}/{path.name}", path


def resolve(model: str, folder: Path, *, download: bool = False) -> Path:
    """Gives the folder of a model: one on disk, or one of the Hub's, `org/name[@revision]`.

    A model of the Hub is looked for in the local cache, and fetched only where `download` allows.
    Fetching is unverified: no network was at hand.

    Args:
        model: a folder, relative to `folder` unless it is absolute, or a name on the Hub.
        folder: what a relative one starts from.
        download: fetch what is not there.

    Raises:
        InputError: it is neither here nor there.
        TransientError: the Hub does not answer.
    """
    local = folder / Path(model).expanduser()
    if local.is_dir():
        return local.resolve()
    named = _HUB_ID.fullmatch(model)
    if named is None:
        raise InputError(
            f"there is no folder {local}: set model to a folder with {INDEX}, or to a name on the "
            "Hub such as stabilityai/stable-diffusion-xl-base-1.0"
        )
    return _from_hub(named["id"], named["revision"], download=download)


def _from_hub(name: str, revision: str | None, *, download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        found = snapshot_download(
            name, revision=revision, local_files_only=not download, allow_patterns=_HUB_FILES
        )
    except GatedRepoError:
        raise InputError(
            f"{name} asks you to accept its licence first, at https://huggingface.co/{name}; then "
            "run `hf auth login`"
        ) from None
    except (RepositoryNotFoundError, RevisionNotFoundError):
        raise InputError(f"the Hub has no model {name} (revision {revision or 'main'})") from None
    except LocalEntryNotFoundError:
        if download:
            raise TransientError(f"the Hub does not answer, and {name} is not here yet") from None
        raise InputError(
            f"{name} is neither a folder nor in the Hub's cache: run `hf download {name}`, or set "
            "download = true"
        ) from None
    except HfHubHTTPError as error:
        status = getattr(error.response, "status_code", "no status")
        raise TransientError(f"the Hub refused {name}: HTTP {status}") from None
    return Path(found)

"""A loaded video model, in the GPU's process: films takes stretch by stretch and writes them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from nightshoot.errors import BackendError, InputError
from nightshoot.tools.diffusion import loading
from nightshoot.tools.diffusion.embeddings import EmbeddingCache
from nightshoot.tools.diffusion.memory import gib_of, out_of_memory_raised
from nightshoot.tools.diffusion.orders import ModelSpec, Request, Result, VideoRequest
from nightshoot.tools.diffusion.schedulers import few_step_scheduler
from nightshoot.tools.diffusion.tuning import Precision, Tuning, cheaper
from nightshoot.tools.diffusion.video_recipe import Call, Recipe
from nightshoot.tools.diffusion.video_recipes import recipe_of
from nightshoot.tools.protocols import Progress
from nightshoot.tools.video.conform import conformed, contained
from nightshoot.tools.video.encode import FrameWriter
from nightshoot.tools.video.interpolate import Picture

_FILMING = 0.9
"""The share of a take's progress that the model has; bringing it to the plan has the rest."""

_BLACK = 4
"""A picture whose brightest place is darker, 0 to 255, shows nothing. Source: noise of FP16 and of
8 bits stays below; a night scene has a light, a rim or a moon far above."""

_WORDS_KEPT = 16
"""Prompts whose embeddings are kept. Source: those of LTX-2, which keeps each layer of its text
encoder, take up to 0.8 GiB a prompt in 16 bits with the negative one: 12 GiB at most."""


def load(spec: ModelSpec) -> VideoModel:
    """Loads a video model.

    Raises:
        InputError: it cannot be loaded from there.
        OutOfMemory: there is no room for it.
    """
    recipe = recipe_of(spec.family)
    pipe = loading.load_pipeline(Path(spec.path), spec.tuning, pipeline=recipe.pipeline)
    if spec.schedule:
        pipe.scheduler = few_step_scheduler(pipe, spec.schedule)
    _add_adapters(pipe, recipe, spec)
    notes = loading.apply(pipe, spec.tuning)
    return VideoModel(pipe, recipe, spec.tuning, notes=notes)


class VideoModel:
    """A loaded video model."""

    def __init__(
        self, pipe: Any, recipe: Recipe, tuning: Tuning, *, notes: Sequence[str] = ()
    ) -> None:
        self._pipe = pipe
        self._recipe = recipe
        self._tuning = tuning
        self._notes = tuple(notes)
        self._scheduler = pipe.scheduler
        self._words = EmbeddingCache(_WORDS_KEPT)

    @property
    def gib(self) -> float:
        """How much of the accelerator's memory it holds while idle."""
        return gib_of(self._pipe)

    @property
    def most_at_once(self) -> int:
        """One: a take fills a GPU by itself."""
        return 1

    def fits_together(self, one: Request, other: Request) -> bool:
        """Never."""
        del one, other
        return False

    def make(self, requests: Sequence[Request], progress: Progress) -> list[Result]:
        """Films each request and writes its file.

        Raises:
            OutOfMemory: nothing of the request was written.
            InputError: a picture cannot be read, or the model cannot do what is asked.
            BackendError: the model gave no picture.
            ArtifactError: the disk is full.
        """
        results = []
        for number, request in enumerate(requests):
            if not isinstance(request, VideoRequest):
                raise InputError("a video model makes no single pictures")

            def part(share: float, number: int = number) -> None:
                progress((number + share) / len(requests))

            results.append(self._made(request, part))
        return results

    def make_cheaper(self) -> str:
        """Goes to the next cheaper setting; says which, or gives "" at the last."""
        found = cheaper(self._tuning)
        if found is None:
            return ""
        self._tuning, said = found
        self._notes = loading.apply(self._pipe, self._tuning)
        return said

    def close(self) -> None:
        """Lets go of its memory."""
        self._words.clear()
        loading.unload(self._pipe)

    def _made(self, request: VideoRequest, progress: Progress) -> Result:
        started = time.monotonic()
        frames = self._filmed(request, lambda share: progress(_FILMING * share))
        gpu_s = time.monotonic() - started
        pictures = conformed(
            frames,
            fps=request.fps,
            out_width=request.out_width,
            out_height=request.out_height,
            out_fps=request.out_fps,
            out_frames=request.out_frames,
            to_the_end=bool(request.last_frame),
        )
        with FrameWriter(
            Path(request.out),
            width=request.out_width,
            height=request.out_height,
            fps=request.out_fps,
        ) as writer:
            for picture in pictures:
                writer.write(picture)
                progress(_FILMING + (1 - _FILMING) * writer.frames / request.out_frames)
        return Result(out=request.out, gpu_s=gpu_s, notes=self._notes)

    def _filmed(self, request: VideoRequest, progress: Progress) -> list[Picture]:
        """Gives the frames of all stretches, each shown once."""
        import torch

        width, height = self._recipe.canvas(self._pipe, request)
        first = contained(read_picture(request.keyframe), width, height)
        last = (
            contained(read_picture(request.last_frame), width, height)
            if request.last_frame
            else None
        )
        generator = torch.Generator("cpu").manual_seed(request.seed)
        steps = _Steps(request.num_inference_steps * len(request.stretches), progress)
        frames: list[Picture] = []
        for number, num_frames in enumerate(request.stretches):
            final = number == len(request.stretches) - 1
            made = self._stretch(
                request,
                first=first,
                last=last if final else None,
                num_frames=num_frames,
                generator=generator,
                steps=steps,
            )
            frames += made if number == 0 else made[1:]
            first = made[-1]
        return frames

    def _stretch(
        self,
        request: VideoRequest,
        *,
        first: Picture,
        last: Picture | None,
        num_frames: int,
        generator: Any,
        steps: _Steps,
    ) -> list[Picture]:
        from PIL import Image

        # A recipe may set another scheduler for a call; the next begins with the model's own.
        self._pipe.scheduler = self._scheduler
        with out_of_memory_raised():
            call = Call(
                request=request,
                first=Image.fromarray(first),
                last=None if last is None else Image.fromarray(last),
                width=first.shape[1],
                height=first.shape[0],
                num_frames=num_frames,
                generator=generator,
                words=self._read(request),
            )
            try:
                frames = self._recipe.film(self._pipe, call, steps.step)
            except ValueError as error:
                said = " ".join(str(error).split())
                raise BackendError(
                    f"{self._recipe.pipeline} refuses {call.width}x{call.height}, {num_frames} "
                    f"frames: {said[:300]}"
                ) from error
            pictures = as_pictures(frames, self._tuning, seen=first)
        if len(pictures) != num_frames:
            raise BackendError(
                f"{self._recipe.pipeline} gave {len(pictures)} frames where {num_frames} were asked"
            )
        return pictures

    def _read(self, request: VideoRequest) -> dict[str, Any]:
        """Gives the prompts' embeddings on the device; retakes find them ready."""
        import torch

        if not self._recipe.reads:
            return {}
        key = (request.prompt, request.negative_prompt, request.guidance_scale > 1.0)

        def encoded() -> Any:
            with torch.no_grad():
                return self._recipe.words(self._pipe, request)

        device = self._pipe._execution_device  # noqa: SLF001 - it has no public name
        held = self._words.get(key, encoded)
        return {name: None if value is None else value.to(device) for name, value in held.items()}


class _Steps:
    """Counts steps towards all of them."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total = total
        self._progress = progress
        self._done = 0

    def step(self) -> None:
        self._done += 1
        self._progress(min(1.0, self._done / self._total))


def read_picture(path: str) -> Picture:
    """Gives a picture as `(height, width, 3)` uint8 RGB. Raises InputError."""
    try:
        data = np.frombuffer(Path(path).read_bytes(), np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except (OSError, cv2.error) as error:
        raise InputError(f"the picture {path} cannot be read: {error}") from None
    if picture is None:
        raise InputError(f"{path} is no picture: give a PNG")
    return np.ascontiguousarray(picture[..., ::-1])


def as_pictures(frames: Any, tuning: Tuning, *, seen: Picture) -> list[Picture]:
    """Gives a model's frames as `(height, width, 3)` uint8 RGB.

    Args:
        frames: a tensor `(num_frames, 3, height, width)`, 0.0 to 1.0.
        tuning: for the advice where they show nothing.
        seen: the picture that they started from.

    Raises:
        BackendError: they hold no numbers, or are black though their first picture is not.
    """
    import torch

    pictures = []
    for frame in frames:
        # One at a time: all of them in 32 bits would take more memory than they do.
        if not bool(torch.isfinite(frame).all()):
            raise BackendError(_unseen("no picture (its numbers overflowed)", tuning))
        levels = frame.float().mul(255).round_().clamp_(0, 255).to(torch.uint8)
        pictures.append(levels.permute(1, 2, 0).contiguous().cpu().numpy())
    if max(int(picture.max()) for picture in pictures) < _BLACK <= int(seen.max()):
        raise BackendError(_unseen("nothing but black", tuning))
    return pictures


def _unseen(what: str, tuning: Tuning) -> str:
    advice = (
        'set precision = "bf16"'
        if tuning.precision is Precision.FP16
        else 'set vae_fp32 = true, or precision = "fp32"'
    )
    return f"the model gave {what}: {advice} in its table of the settings"


def _add_adapters(pipe: Any, recipe: Recipe, spec: ModelSpec) -> None:
    scales: dict[str, float] = {}
    for adapter in spec.adapters:
        path = Path(adapter.path)
        name = f"a{hashlib.sha256(adapter.path.encode()).hexdigest()[:12]}"
        if path.suffix != ".safetensors" or not path.is_file():
            raise InputError(f"the LoRA {path} is no safetensors file: convert it, or name another")
        if not hasattr(pipe, "load_lora_weights"):
            raise InputError(f"{spec.family} takes no LoRA: leave adapters empty")
        try:
            recipe.add_adapter(pipe, path, name)
        except Exception as error:
            said = " ".join(str(error).split())[:300]
            raise InputError(f"the LoRA {path} does not fit {spec.family}: {said}") from error
        scales[name] = adapter.scale
    if scales:
        pipe.set_adapters(list(scales), adapter_weights=list(scales.values()))

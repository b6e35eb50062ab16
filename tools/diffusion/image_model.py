"""A loaded image model: what the GPU's process calls to paint."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nightshoot.errors import BackendError, InputError
from nightshoot.tools.diffusion import loading
from nightshoot.tools.diffusion.embeddings import EmbeddingCache
from nightshoot.tools.diffusion.families import family_named
from nightshoot.tools.diffusion.image_adapters import Loras
from nightshoot.tools.diffusion.image_controls import ControlNets
from nightshoot.tools.diffusion.image_dialects import Dialect, Sees, dialect_of, stacked
from nightshoot.tools.diffusion.image_files import read_reference, write_picture
from nightshoot.tools.diffusion.image_prompting import PicturePrompts
from nightshoot.tools.diffusion.image_reading import left_out, put_in
from nightshoot.tools.diffusion.image_vae import between_precisions
from nightshoot.tools.diffusion.memory import gib_of, out_of_memory_raised
from nightshoot.tools.diffusion.orders import ImageRequest, ModelSpec, Request, Result
from nightshoot.tools.diffusion.quantizing import precision_of
from nightshoot.tools.diffusion.schedulers import few_step_scheduler
from nightshoot.tools.diffusion.speeding import cache_where_told
from nightshoot.tools.diffusion.tuning import Precision, Tuning, cheaper
from nightshoot.tools.diffusion.upstream import quiet
from nightshoot.tools.diffusion.weights import read_index
from nightshoot.tools.protocols import Progress

FLAGGED = (
    "The model's safety checker blacked the picture out. Another seed or other words may pass; the "
    "checker is part of the model's folder."
)


def load(spec: ModelSpec) -> ImageModel:
    """Gives a loaded image model.

    Raises:
        InputError: something that the spec names is missing or does not fit.
        OutOfMemory: there is no room for it.
    """
    dialect = dialect_of(spec.family)
    folder = Path(spec.path)
    index = read_index(folder)
    known = family_named(spec.family).pipelines
    pipe = loading.load_pipeline(
        folder,
        spec.tuning,
        # Another class for the same weights may stand in the folder, as with `family` set.
        pipeline="" if index.pipeline in known else known[0],
        components=left_out(index),
    )
    put_in(pipe, index)
    if spec.schedule:
        pipe.register_modules(scheduler=few_step_scheduler(pipe, spec.schedule))
    if spec.tiny_vae:
        loading.with_tiny_vae(pipe, Path(spec.tiny_vae), spec.tuning)
    if spec.tuning.vae_fp32:
        between_precisions(pipe.vae, precision_of(spec.tuning.precision))
    prompts = (
        PicturePrompts(pipe, Path(spec.ip_adapter), Path(spec.image_encoder), spec.tuning)
        if spec.ip_adapter
        else None
    )
    loras = Loras(pipe, spec.adapters)
    controls = ControlNets(pipe, dialect, spec.controlnets, spec.tuning)
    notes = loading.apply(pipe, spec.tuning)
    return ImageModel(
        pipe,
        dialect,
        spec.tuning,
        loras=loras,
        controls=controls,
        prompts=prompts,
        notes=notes,
    )


class ImageModel:
    """One family's model with its adapters and ControlNets; a `Model`."""

    def __init__(
        self,
        pipe: Any,
        dialect: Dialect,
        tuning: Tuning,
        *,
        loras: Loras,
        controls: ControlNets,
        prompts: PicturePrompts | None,
        notes: Sequence[str] = (),
    ) -> None:
        self._pipe = pipe
        self._dialect = dialect
        self._tuning = tuning
        self._loras = loras
        self._controls = controls
        self._prompts = prompts
        self._untold = list(notes)
        self._words_only: Any = None
        self.embeddings = EmbeddingCache()
        """What the text encoders gave; public for those who count."""

    @property
    def gib(self) -> float:
        """How much of the accelerator's memory it holds while idle."""
        return gib_of(self._pipe) + self._controls.gib

    @property
    def most_at_once(self) -> int:
        """How many pictures one call paints."""
        return self._tuning.at_once

    def fits_together(self, one: Request, other: Request) -> bool:
        """Whether two pictures can be painted in one call, each as it would be alone."""
        if not (isinstance(one, ImageRequest) and isinstance(other, ImageRequest)):
            return False
        if one.references and self._dialect.sees is Sees.ALONE:
            return False
        return _shared(one) == _shared(other)

    def make(self, requests: Sequence[Request], progress: Progress) -> list[Result]:
        """Paints the pictures in one call, each from its own seed, and writes them.

        The random numbers come from the CPU, so that a seed means the same on every device.

        Raises:
            OutOfMemory: nothing was written.
            InputError: a file cannot be read or does not fit the model.
            BackendError: what was painted is not a picture, or cannot be written.
        """
        wanted = [request for request in requests if isinstance(request, ImageRequest)]
        if len(wanted) != len(requests):
            raise InputError("an image model makes no video: choose it for [image] only")
        if any(not self.fits_together(wanted[0], other) for other in wanted[1:]):
            raise BackendError("requests that do not fit together were put into one call")
        began = time.perf_counter()
        with out_of_memory_raised():
            pictures, flagged = self._painted(wanted, progress)
        took = (time.perf_counter() - began) / len(wanted)
        notes, self._untold = tuple(self._untold), []
        results = []
        for request, picture, flag in zip(wanted, pictures, flagged, strict=True):
            write_picture(picture, Path(request.out), request.out_width, request.out_height)
            said = (*notes, FLAGGED) if flag else notes
            results.append(Result(out=request.out, gpu_s=took, notes=said))
        progress(1.0)
        return results

    def make_cheaper(self) -> str:
        """Goes to the next tuning that needs less memory; says which, or gives "" at the last."""
        # A smaller batch is the caller's first answer, before it comes here.
        step = cheaper(self._tuning.model_copy(update={"at_once": 1}))
        if step is None:
            return ""
        self._tuning, said = step
        self._untold += loading.apply(self._pipe, self._tuning)
        return said

    def close(self) -> None:
        """Lets go of its memory."""
        self._controls.close()
        self._words_only = None
        self.embeddings.clear()
        loading.unload(self._pipe)

    def _painted(
        self, requests: Sequence[ImageRequest], progress: Progress
    ) -> tuple[Any, list[bool]]:
        """Gives `(requests, height, width, 3)` pictures, 0 to 1, and which the checker flagged."""
        import numpy as np
        import torch

        first = requests[0]
        on = self._loras.use(first.loras)
        pipe = self._pipeline(first)
        arguments = {
            **self._worded(pipe, requests, on),
            **self._seen(first),
            **(self._controls.arguments(requests) if first.controls else {}),
        }
        if self._dialect.area and pipe is self._pipe:
            arguments[self._dialect.area] = first.width * first.height
        with torch.no_grad(), quiet(), cache_where_told(pipe):
            made = pipe(
                width=first.width,
                height=first.height,
                num_inference_steps=first.num_inference_steps,
                generator=[
                    torch.Generator("cpu").manual_seed(request.seed) for request in requests
                ],
                output_type="np",
                callback_on_step_end=_teller(progress),
                **arguments,
            )
        if pipe is not self._pipe:
            # What it shares with the model's own pipeline goes back to where offload wants it.
            self._pipe.maybe_free_model_hooks()
        pictures = np.asarray(made.images, dtype=np.float32)
        if not np.isfinite(pictures).all():
            raise BackendError(self._overflowed())
        flagged = getattr(made, "nsfw_content_detected", None) or [False] * len(requests)
        return pictures, [bool(flag) for flag in flagged]

    def _pipeline(self, request: ImageRequest) -> Any:
        if request.controls:
            return self._controls.pipeline(tuple(control.kind for control in request.controls))
        if request.references or not self._dialect.words_only:
            return self._pipe
        if self._words_only is None:
            import diffusers

            made = getattr(diffusers, self._dialect.words_only)
            parts = {
                name: part for name, part in self._pipe.components.items() if name != "processor"
            }
            self._words_only = made(**parts)
            self._words_only.set_progress_bar_config(disable=True)
        return self._words_only

    def _worded(
        self, pipe: Any, requests: Sequence[ImageRequest], on: tuple[tuple[str, float], ...]
    ) -> dict[str, Any]:
        """Gives the words as the pipeline takes them, and the guidance."""
        dialect, scale = self._dialect, requests[0].guidance_scale
        guided = dialect.classifier_free and scale > 1
        arguments: dict[str, Any] = {dialect.guidance: scale}
        if requests[0].references and dialect.sees is Sees.ALONE:
            arguments["prompt"] = requests[0].prompt
            if guided:
                arguments["negative_prompt"] = requests[0].negative_prompt or dialect.empty
            return arguments
        arguments |= self._encoded(pipe, [request.prompt for request in requests], on)
        if guided:
            against = [request.negative_prompt or dialect.empty for request in requests]
            negative = self._encoded(pipe, against, on)
            arguments |= {f"negative_{name}": value for name, value in negative.items()}
        return arguments

    def _encoded(
        self, pipe: Any, texts: Sequence[str], on: tuple[tuple[str, float], ...]
    ) -> dict[str, Any]:
        import torch

        def encode(text: str) -> Callable[[], Any]:
            def encoded() -> Any:
                with torch.no_grad():
                    return self._dialect.encode(pipe, text)

            return encoded

        batch = stacked([self.embeddings.get((text, on), encode(text)) for text in texts])
        device = pipe._execution_device  # noqa: SLF001 - as the pipeline itself asks
        return {name: tensor.to(device) for name, tensor in batch.items()}

    def _seen(self, first: ImageRequest) -> dict[str, Any]:
        """Gives the reference pictures, which are the whole batch's, as the pipeline takes them."""
        if self._prompts is not None:
            guided = self._dialect.classifier_free and first.guidance_scale > 1
            return self._prompts.arguments(first, doubled=guided)
        if not first.references:
            return {}
        if self._dialect.sees is Sees.NONE:
            raise InputError("this family sees no pictures by itself: set ip_adapter, or give none")
        pictures = [read_reference(Path(path)) for path in first.references]
        return {"image": pictures if len(pictures) > 1 else pictures[0]}

    def _overflowed(self) -> str:
        way = 'precision = "bf16", or "fp32"'
        if self._tuning.precision is Precision.FP16:
            way = 'precision = "bf16", or vae_fp32 = true'
        return (
            f"what was painted is not a number: the model overflowed in "
            f"{self._tuning.precision.value}. Set {way} in its table of the settings"
        )


def _shared(request: ImageRequest) -> tuple[object, ...]:
    """What all requests of one call have in common."""
    return (
        request.width,
        request.height,
        request.num_inference_steps,
        request.guidance_scale,
        request.references,
        request.reference_weight,
        request.loras,
        tuple((control.kind, control.weight) for control in request.controls),
    )


def _teller(progress: Progress) -> Callable[..., dict[str, Any]]:
    """Gives the callback that turns steps into a share; decoding is as long as one step more."""

    def told(pipe: Any, step: int, _: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        progress(min(1.0, (step + 1) / (pipe.num_timesteps + 1)))
        return tensors

    return told

"""How a family's pipeline is called to film one stretch: what all families share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nightshoot.tools.diffusion.embeddings import Embeddings
from nightshoot.tools.diffusion.orders import VideoRequest
from nightshoot.tools.diffusion.upstream import quiet

if TYPE_CHECKING:
    from PIL.Image import Image

Stepped = Callable[[], None]
"""Is called after each step of a stretch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One stretch: what the pipeline is given."""

    request: VideoRequest
    first: Image
    """The picture that it starts from, of exactly `width` by `height`."""
    last: Image | None
    """The picture that it ends on, of the same size."""
    width: int
    height: int
    num_frames: int
    generator: Any
    """A torch generator on the CPU, so that a seed means the same on every device."""
    words: Embeddings
    """What `Recipe.words` gave, on the pipeline's device."""

    @property
    def few(self) -> bool:
        """Whether a distilled model is asked for few steps without guidance."""
        return self.request.guidance_scale <= 1.0 and self.request.num_inference_steps <= MOST_FEW


MOST_FEW = 12
"""Source: the distilled models of these families are trained for 4 to 12 steps."""


class Recipe:
    """One family; others override what differs."""

    pipeline: str
    """The class of diffusers that films; it takes the weights of the family's other classes."""
    reads = True
    """It takes a prompt."""
    denoiser = "transformer"
    """The part whose calls are counted where the pipeline tells nobody of its steps."""
    passes = 1
    """How often a step calls the denoiser, with guidance."""
    few_steps = ""
    """The few-step recipe of its best known distilled models, a name of `schedulers`; empty: they
    step as the family does."""
    tells = True
    """The pipeline takes `callback_on_step_end`."""

    def canvas(self, pipe: Any, request: VideoRequest) -> tuple[int, int]:
        """Gives the width and height that the pipeline will make; usually what is asked."""
        del pipe
        return request.width, request.height

    def words(self, pipe: Any, request: VideoRequest) -> Embeddings:
        """Gives the prompt and the negative prompt as the pipeline's own arguments."""
        guided = request.guidance_scale > 1.0
        prompt, negative = pipe.encode_prompt(
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            do_classifier_free_guidance=guided,
        )
        return {"prompt_embeds": prompt, "negative_prompt_embeds": negative}

    def arguments(self, pipe: Any, call: Call) -> dict[str, Any]:
        """Gives what the pipeline is called with."""
        del pipe
        return {
            "image": call.first,
            "width": call.width,
            "height": call.height,
            "num_frames": call.num_frames,
            "num_inference_steps": call.request.num_inference_steps,
            "guidance_scale": call.request.guidance_scale,
            "generator": call.generator,
            **call.words,
        }

    def film(self, pipe: Any, call: Call, stepped: Stepped) -> Any:
        """Gives the frames as a tensor `(num_frames, 3, height, width)`, 0.0 to 1.0."""
        arguments = self.arguments(pipe, call)
        if self.tells:
            return self.called(pipe, call, arguments | {"callback_on_step_end": told(stepped)})
        passes = self.passes if call.request.guidance_scale > 1.0 else 1
        with counted(getattr(pipe, self.denoiser), passes, stepped):
            return self.called(pipe, call, arguments)

    def called(self, pipe: Any, call: Call, arguments: dict[str, Any]) -> Any:
        """Calls the pipeline."""
        del call
        with quiet():
            return pipe(**arguments, output_type="pt").frames[0]

    def add_adapter(self, pipe: Any, path: Path, name: str) -> None:
        """Loads a LoRA."""
        pipe.load_lora_weights(str(path.parent), weight_name=path.name, adapter_name=name)


def told(stepped: Stepped) -> Callable[[Any, int, Any, dict[str, Any]], dict[str, Any]]:
    """Gives a callback for the pipeline that changes nothing."""

    def callback(pipe: Any, step: int, time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        del pipe, step, time
        stepped()
        return tensors

    return callback


@contextmanager
def counted(part: Any, passes: int, stepped: Stepped) -> Iterator[None]:
    """Counts the calls of a network as steps, `passes` calls each."""
    calls = 0

    def hook(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls % passes == 0:
            stepped()

    handle = part.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()

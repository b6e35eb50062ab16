"""Makes pictures and clips with a plain script of diffusers: what `gpu.py` compares with.

Each is one call of the family's pipeline, as its documentation shows it, with the prompt in words.
What is a decision rather than a way of computing is taken from the order, so that both make the
same: size, steps, guidance, rate, and how many frames are decoded at once.
"""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from nightshoot.tools.diffusion.image_dialects import dialect_of
from nightshoot.tools.diffusion.image_reading import left_out, put_in
from nightshoot.tools.diffusion.orders import ImageRequest, ModelSpec, Request, VideoRequest
from nightshoot.tools.diffusion.quantizing import precision_of
from nightshoot.tools.diffusion.tuning import Offload, Precision
from nightshoot.tools.diffusion.video_model import read_picture
from nightshoot.tools.diffusion.video_recipes import recipe_of
from nightshoot.tools.diffusion.weights import read_index
from nightshoot.tools.video.conform import conformed, contained
from nightshoot.tools.video.encode import FrameWriter

_AT_ONCE = 2
"""Frames that Stable Video Diffusion decodes at once: another number is another picture."""

_DECODE: Mapping[str, float] = {"decode_timestep": 0.05, "decode_noise_scale": 0.025}
"""Source: diffusers' documentation, api/pipelines/ltx_video."""


def plain(spec: ModelSpec, device: str, orders: Sequence[Request]) -> float:
    """Makes all orders one after another, after one to warm up; gives the seconds of one."""
    pipe = _loaded(spec, device)

    def one(order: Request) -> None:
        if isinstance(order, ImageRequest):
            _painted(pipe, spec, order)
        else:
            _filmed(pipe, spec, order)

    one(orders[0])
    began = time.perf_counter()
    for order in orders:
        one(order)
    return (time.perf_counter() - began) / len(orders)


def _loaded(spec: ModelSpec, device: str) -> Any:
    import diffusers

    folder = Path(spec.path)
    index = read_index(folder)
    if spec.kind.value == "video":
        name = recipe_of(spec.family).pipeline
    else:
        name = dialect_of(spec.family).words_only or index.pipeline
    made = getattr(diffusers, name)
    module = sys.modules[made.__module__]
    if find_spec("ftfy") is None and not hasattr(module, "ftfy"):
        # Some pipelines fail without it. It mends words that were decoded wrongly: not these.
        module.ftfy = SimpleNamespace(fix_text=str)  # type: ignore[attr-defined]
    # Readers that ask for torchvision are left out, and put in where words are read by them.
    takes = inspect.signature(made.__init__).parameters
    apart = {part: None for part in left_out(index) if part in takes}
    pipe = made.from_pretrained(folder, dtype=precision_of(spec.tuning.precision), **apart)
    if apart:
        put_in(pipe, index)
    if spec.tuning.vae_fp32:
        pipe.vae.to(dtype=precision_of(Precision.FP32))
    if spec.tuning.offload is Offload.NONE:
        pipe.to(device)
    else:
        # What a script does that does not fit: one line.
        pipe.enable_model_cpu_offload(device=device)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _painted(pipe: Any, spec: ModelSpec, order: ImageRequest) -> None:
    from PIL import Image

    takes = _takes(pipe)
    arguments: dict[str, Any] = {
        "prompt": order.prompt,
        "width": order.width,
        "height": order.height,
        "num_inference_steps": order.num_inference_steps,
        dialect_of(spec.family).guidance: order.guidance_scale,
    }
    if order.negative_prompt and "negative_prompt" in takes:
        arguments["negative_prompt"] = order.negative_prompt
    elif order.negative_prompt:
        arguments["negative_prompt_embeds"] = pipe.encode_prompt(order.negative_prompt)[0]
    if "max_area" in takes:
        arguments["max_area"] = order.width * order.height
    if type(pipe).__name__ == "FluxPipeline" and not pipe.transformer.config.guidance_embeds:
        # As on the model card of FLUX.1 [schnell].
        arguments["max_sequence_length"] = 256
    made = pipe(**arguments, generator=_seeded(order), output_type="np").images[0]
    Image.fromarray(_levels(made)).save(order.out)


def _filmed(pipe: Any, spec: ModelSpec, order: VideoRequest) -> None:
    takes = _takes(pipe)
    width, height = recipe_of(spec.family).canvas(pipe, order)
    first = _picture(order.keyframe, width, height)
    last = _picture(order.last_frame, width, height) if order.last_frame else None
    (frames,) = order.stretches
    wanted = {
        "prompt": order.prompt,
        "negative_prompt": order.negative_prompt,
        "image": first,
        "last_image": last,
        "width": width,
        "height": height,
        "num_frames": frames,
        "num_inference_steps": order.num_inference_steps,
        "guidance_scale": order.guidance_scale,
        "max_guidance_scale": order.guidance_scale,
        "frame_rate": float(order.fps),
        "fps": round(order.fps),
        "decode_chunk_size": _AT_ONCE,
        "use_dynamic_cfg": True,
    }
    arguments = {key: wanted[key] for key in wanted.keys() & takes if wanted[key] is not None}
    arguments |= _own(pipe, spec, order, [first, last])
    made = pipe(**arguments, generator=_seeded(order), output_type="np").frames[0]
    pictures = conformed(
        [_levels(frame) for frame in made],
        fps=order.fps,
        out_width=order.out_width,
        out_height=order.out_height,
        out_fps=order.out_fps,
        out_frames=order.out_frames,
    )
    with FrameWriter(
        Path(order.out), width=order.out_width, height=order.out_height, fps=order.out_fps
    ) as writer:
        for picture in pictures:
            writer.write(picture)


def _own(pipe: Any, spec: ModelSpec, order: VideoRequest, ends: list[Any]) -> dict[str, Any]:
    """Gives what only this pipeline is told."""
    kind = type(pipe).__name__
    if kind == "I2VGenXLPipeline":
        # Its own way to read a prompt fails with transformers 5.
        words = recipe_of(spec.family).words(pipe, order)
        return {"prompt": None, "negative_prompt": None, **words}
    if kind == "HunyuanVideo15ImageToVideoPipeline":
        pipe.guider = pipe.guider.new(guidance_scale=order.guidance_scale)
    conditions: list[Any] = []
    if kind == "LTXConditionPipeline":
        from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition

        places = (0, order.stretches[0] - 1)
        conditions = [
            LTXVideoCondition(image=end, frame_index=place)
            for end, place in zip(ends, places, strict=True)
            if end
        ]
    elif kind == "LTX2ConditionPipeline":
        from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition

        conditions = [
            LTX2VideoCondition(frames=end, index=place)
            for end, place in zip(ends, (0, -1), strict=True)
            if end
        ]
    own: dict[str, Any] = {"conditions": conditions, "image": None} if conditions else {}
    if kind == "LTX2ConditionPipeline":
        del own["image"]
    return own | (dict(_DECODE) if pipe.vae.config.get("timestep_conditioning") else {})


def _takes(pipe: Any) -> set[str]:
    return set(inspect.signature(pipe.__call__).parameters)


def _picture(path: str, width: int, height: int) -> Any:
    from PIL import Image

    return Image.fromarray(contained(read_picture(path), width, height))


def _seeded(order: Request) -> Any:
    """Gives the seed's generator: torch's own, for a pipeline that draws from that one as well."""
    import torch

    return torch.manual_seed(order.seed)


def _levels(picture: Any) -> Any:
    return (np.asarray(picture).clip(0, 1) * 255).round().astype(np.uint8)

"""What is asked of a model, and what came of it: the values that cross to the GPU's process.

All paths are absolute. Nothing here imports torch.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from nightshoot.domain.brief import Rate
from nightshoot.domain.storyboard import ControlKind
from nightshoot.domain.value import Value
from nightshoot.tools.diffusion.tuning import Tuning


class Kind(StrEnum):
    """What a model makes."""

    IMAGE = "image"
    VIDEO = "video"


class Adapter(Value):
    """A LoRA that is always on: a style, or one that distils a model to few steps."""

    path: str
    """A safetensors file."""
    scale: float = Field(default=1.0, ge=-4, le=4)


class ModelSpec(Value):
    """What has to be loaded; two equal specs are one loaded model."""

    kind: Kind
    family: str
    """A name of `nightshoot.tools.diffusion.families`."""
    path: str
    """A folder in diffusers' layout, with `model_index.json`."""
    revision: str
    """Of the weights: see `weights.revision_of`."""
    adapters: tuple[Adapter, ...] = ()
    controlnets: dict[ControlKind, str] = Field(default_factory=dict)
    """Folders of ControlNets, by what they obey."""
    ip_adapter: str = ""
    """A safetensors file of an IP-Adapter; empty: none."""
    image_encoder: str = ""
    """The folder of the image encoder that the IP-Adapter was trained with."""
    tiny_vae: str = ""
    """A folder of a tiny VAE decoder, for previews; empty: the model's own VAE."""
    schedule: str = ""
    """The few-step recipe that it is sampled by, a name of `schedulers.py`; empty: its own way."""
    tuning: Tuning


class PersonLora(Value):
    """A character's own LoRA, on for one request."""

    path: str
    scale: float


class ControlPicture(Value):
    """A control picture, at any size."""

    kind: ControlKind
    path: str
    weight: float


class ImageRequest(Value):
    """One picture."""

    type: Literal["image"] = "image"
    prompt: str
    negative_prompt: str = ""
    width: int
    """In pixels, a multiple of the family's size rule: the plan's size is fitted before."""
    height: int
    seed: int
    num_inference_steps: int
    guidance_scale: float
    references: tuple[str, ...] = ()
    """Pictures of the cast, for families that are guided by pictures or have an IP-Adapter."""
    reference_weight: float = 0.6
    controls: tuple[ControlPicture, ...] = ()
    loras: tuple[PersonLora, ...] = ()
    out_width: int
    """The size of the PNG that is written; what is painted is scaled and cropped to it."""
    out_height: int
    out: str
    """The PNG to write."""


class VideoRequest(Value):
    """One take."""

    type: Literal["video"] = "video"
    prompt: str
    negative_prompt: str = ""
    keyframe: str
    """The PNG that it starts from, at any size."""
    last_frame: str = ""
    """The PNG that it ends on; empty: it ends where it likes."""
    width: int
    height: int
    seed: int
    num_inference_steps: int
    guidance_scale: float
    motion: float = Field(default=0.5, ge=0, le=1)
    """How much is to move, for families that can be told."""
    flow_shift: float = Field(default=0.0, ge=0)
    """Moves the steps towards the noisy end, for families that follow a flow; 0: their own."""
    stretches: tuple[int, ...]
    """How many frames each call of the model makes: the first starts from the keyframe, each later
    one from the last frame of the one before, which is not shown twice."""
    fps: Rate = Fraction(24)
    """The model's frame rate."""
    out_width: int
    out_height: int
    out_frames: int
    out_fps: Rate
    """What the file has: the model's frames are brought to it without judder."""
    out: str
    """The MP4 to write."""


Request = Annotated[ImageRequest | VideoRequest, Field(discriminator="type")]


class Result(Value):
    """What came of one request."""

    out: str
    gpu_s: float = Field(ge=0)
    """The time that the model was busy with it; of a batch, its share."""
    notes: tuple[str, ...] = ()
    """What the user should know, such as a cheaper setting after memory ran out."""

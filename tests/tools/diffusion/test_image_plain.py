"""What each image family paints, against a plain script of diffusers with the same settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from nightshoot.tools.diffusion.image_dialects import DIALECTS, Sees
from nightshoot.tools.diffusion.image_files import read_reference
from nightshoot.tools.diffusion.image_model import ImageModel
from nightshoot.tools.diffusion.image_reading import left_out, put_in
from nightshoot.tools.diffusion.orders import ImageRequest
from nightshoot.tools.diffusion.upstream import quiet
from nightshoot.tools.diffusion.weights import read_index

Load = Callable[..., ImageModel]
Order = Callable[..., ImageRequest]
Read = Callable[..., NDArray[np.int16]]

ROUNDING = 2
"""Of 255: sums in another order."""

CASES = [
    (family, seen)
    for family, dialect in DIALECTS.items()
    for seen in (False, True)
    if not seen or dialect.sees is not Sees.NONE
]


def script(family: str, folder: Path, request: ImageRequest) -> NDArray[np.int16]:
    """Paints by the pipeline alone, with the words and without embeddings of ours."""
    index, dialect = read_index(folder), DIALECTS[family]
    name = index.pipeline if request.references else dialect.words_only or index.pipeline
    made = getattr(diffusers, name)
    apart = left_out(index) if name == index.pipeline else {}
    with quiet():
        pipe = made.from_pretrained(folder, **apart)
    if apart:
        put_in(pipe, index)
    pipe.set_progress_bar_config(disable=True)
    takes = inspect.signature(pipe.__call__).parameters
    told: dict[str, Any] = {
        "prompt": request.prompt,
        "width": request.width,
        "height": request.height,
        "num_inference_steps": request.num_inference_steps,
        dialect.guidance: request.guidance_scale,
    }
    if request.references:
        # A small one is enlarged, as the models want it.
        told["image"] = read_reference(Path(request.references[0]))
    if dialect.area:
        told[dialect.area] = request.width * request.height
    if dialect.classifier_free and "negative_prompt" in takes:
        told["negative_prompt"] = request.negative_prompt
    elif dialect.classifier_free:
        with torch.no_grad():
            told["negative_prompt_embeds"] = pipe.encode_prompt(request.negative_prompt)[0]
    if family == "flux1_schnell":
        # As on the model card.
        told["max_sequence_length"] = 256
    generator = torch.Generator("cpu").manual_seed(request.seed)
    with quiet():
        picture = pipe(**told, generator=generator, output_type="np").images[0]
    levels: NDArray[np.int16] = np.rint(np.asarray(picture) * 255).astype(np.int16)[..., ::-1]
    return levels


@pytest.mark.parametrize(("family", "seen"), CASES)
def test_every_family_paints_what_a_plain_script_paints(
    family: str,
    seen: bool,
    model: Load,
    order: Order,
    pixels: Read,
    picture: Callable[[int], Path],
    tiny: Callable[[str], Path],
) -> None:
    references = (str(picture(3)),) if seen else ()
    request = order(seed=7, references=references)
    before = torch.get_rng_state()
    model(family).make([request], lambda _: None)
    assert torch.equal(torch.get_rng_state(), before), "only the seed's own numbers are drawn"
    ours, plain = pixels(request), script(family, tiny(family), request)
    assert ours.shape == plain.shape
    assert np.abs(ours - plain).max() <= ROUNDING
    # A picture of one grey would be as alike.
    assert plain.std() > 10

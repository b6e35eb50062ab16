"""Loads a pipeline, puts it where its tuning says, and lets go of it.

pipe = load_pipeline(folder, tuning)
pipe.load_lora_weights(...)  # adapters come between: offload and compilation must know them
notes = apply(pipe, tuning)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nightshoot.errors import InputError
from nightshoot.tools.diffusion import speeding
from nightshoot.tools.diffusion.memory import free, is_out_of_memory, out_of_memory_raised
from nightshoot.tools.diffusion.placing import place, take_back
from nightshoot.tools.diffusion.quantizing import precision_of, quantization_config
from nightshoot.tools.diffusion.tuning import Precision, Tuning
from nightshoot.tools.diffusion.weights import Index, check_folder

NO_COMPONENTS: Mapping[str, object] = {}


def load_pipeline(
    folder: Path,
    tuning: Tuning,
    *,
    pipeline: str = "",
    components: Mapping[str, object] = NO_COMPONENTS,
) -> Any:
    """Gives a pipeline with its weights in the computer's memory; `apply` puts it to work.

    Args:
        folder: a model in diffusers' layout; only safetensors are read, and no network is used.
        tuning: its precision and quantization count here.
        pipeline: another class of diffusers for the same weights, such as
            `StableDiffusionImg2ImgPipeline`; empty: the folder's own.
        components: parts that are given rather than read; None leaves one out.

    Raises:
        InputError: the folder cannot be loaded, or a package that the tuning needs is missing.
        OutOfMemory: there is no room for it.
    """
    import diffusers
    import transformers

    index = check_folder(folder)
    name = pipeline or index.pipeline
    made = getattr(diffusers, name, None)
    if made is None or not hasattr(made, "from_pretrained"):
        raise InputError(
            f"{folder} is a {name}, which diffusers {diffusers.__version__} does not have: "
            "pip install -U diffusers, or take another model"
        )
    own = [part for part in index.components if part.name not in components]
    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()
    with out_of_memory_raised():
        try:
            pipe = made.from_pretrained(
                str(folder),
                dtype=_dtypes(tuning),
                variant=_variant(index, tuning),
                use_safetensors=True,
                local_files_only=True,
                quantization_config=quantization_config(own, tuning.quantization, tuning.precision),
                **components,
            )
        except Exception as error:
            if is_out_of_memory(error) or isinstance(error, InputError):
                raise
            # Whatever the libraries raise for a folder that does not hold together.
            raise InputError(
                f"{folder} cannot be loaded as {name}: {_first_line(error)}"
            ) from error
    pipe.set_progress_bar_config(disable=True)
    return pipe


def apply(pipe: Any, tuning: Tuning) -> tuple[str, ...]:
    """Puts a pipeline where its tuning says, and makes it as quick; says what could not be done.

    May be called again with a cheaper tuning of the same precision and quantization: what the one
    before set up is taken back first.

    Returns:
        A sentence for each setting that this model or this machine does not take.

    Raises:
        InputError: a setting is none that diffusers knows.
        OutOfMemory: it does not fit so; a cheaper tuning may.
    """
    take_back(pipe)
    speeding.take_back(pipe)
    with out_of_memory_raised():
        notes = [*speeding.tile(pipe, tuning), *speeding.set_attention(pipe, tuning)]
        # Caches wrap a block's own forward, which offload must find already wrapped.
        notes += speeding.set_cache(pipe, tuning)
        notes += place(pipe, tuning)
        notes += _slow_numbers(tuning)
        notes += speeding.compile_blocks(pipe, tuning)
    return tuple(notes)


def _slow_numbers(tuning: Tuning) -> list[str]:
    """Says where a GPU has to imitate BF16. Source: NVIDIA GPUs have it from Ampere on."""
    import torch

    if not tuning.device.startswith("cuda") or tuning.precision is not Precision.BF16:
        return []
    if torch.cuda.is_bf16_supported(including_emulation=False):
        return []
    return ['this GPU has no BF16 of its own and is slow with it: try precision = "fp16"']


def unload(pipe: Any) -> None:
    """Lets go of a pipeline's memory; it cannot be used after."""
    take_back(pipe)
    for name in list(pipe.components):
        setattr(pipe, name, None)
    free()


def with_tiny_vae(pipe: Any, folder: Path, tuning: Tuning) -> Any:
    """Gives the pipeline with a tiny VAE, which decodes previews in a fraction of the time.

    Source: TAESD, https://github.com/madebyollin/taesd: `madebyollin/taesd`, `taesdxl`, `taef1`.

    Raises:
        InputError: it is no tiny VAE, or not one for this model's latents.
    """
    from diffusers import AutoencoderTiny

    try:
        tiny = AutoencoderTiny.from_pretrained(
            str(folder),
            dtype=precision_of(tuning.precision),
            use_safetensors=True,
            local_files_only=True,
        )
    except Exception as error:
        raise InputError(f"{folder} is no tiny VAE: {_first_line(error)}") from error
    own = pipe.vae.config
    kind = type(pipe.vae).__name__
    if kind not in {"AutoencoderKL", "AutoencoderTiny"}:
        raise InputError(f"there is no tiny VAE for a model with {kind}: leave tiny_vae empty")
    if own.latent_channels != tiny.config.latent_channels:
        raise InputError(
            f"{folder} decodes {tiny.config.latent_channels} channels, the model has "
            f"{own.latent_channels}: take the tiny VAE of its family"
        )
    pipe.register_modules(vae=tiny)
    return pipe


def _dtypes(tuning: Tuning) -> Any:
    own = precision_of(tuning.precision)
    if tuning.vae_fp32 and tuning.precision is not Precision.FP32:
        return {"vae": precision_of(Precision.FP32), "default": own}
    return own


def _variant(index: Index, tuning: Tuning) -> str | None:
    """Gives `fp16` where there is nothing else, or where it is half to read of the same numbers."""
    halves = any(
        ".fp16." in path.name or ".fp16-" in path.name
        for part in index.components
        for path in part.weights()
    )
    wanted = index.variant or (tuning.precision is Precision.FP16 and halves)
    return "fp16" if wanted else None


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__

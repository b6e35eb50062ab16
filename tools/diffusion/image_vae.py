"""A VAE that computes in FP32 beside a model in 16 bits."""

from __future__ import annotations

from typing import Any


def between_precisions(vae: Any, outside: Any) -> None:
    """Has a VAE take and give what the rest of the pipeline computes in, whatever its own numbers.

    The pipelines hand latents over as they are, which a VAE in other numbers refuses.

    Args:
        vae: is changed in place.
        outside: torch's dtype of the rest.
    """
    from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution

    decode, encode = vae.decode, vae.encode

    def decoded(latents: Any, *args: Any, **options: Any) -> Any:
        return decode(latents.to(vae.dtype), *args, **options)

    def encoded(pictures: Any, *args: Any, **options: Any) -> Any:
        made = encode(pictures.to(vae.dtype), *args, **options)
        seen = getattr(made, "latent_dist", None)
        if isinstance(seen, DiagonalGaussianDistribution):
            made.latent_dist = DiagonalGaussianDistribution(seen.parameters.to(outside))
        return made

    vae.decode, vae.encode = decoded, encoded

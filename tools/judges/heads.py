"""A head: linear layers on a model's embedding, read from safetensors without torch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nightshoot.errors import InputError
from nightshoot.tools.diffusion.weights import header_of
from nightshoot.tools.judges.messages import Vector

_LAYER = re.compile(r"(?:.*?(?P<place>\d+)\.|(?:.*\.)?)(?P<part>weight|bias)")
"""`layers.0.weight`, as in LAION's second predictor, or `weight`, as in its first."""

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Head:
    """Layers, the first of which takes the embedding."""

    layers: tuple[tuple[Weights, Weights], ...]
    """Matrices `(out, in)` with their biases `(out,)`."""

    def score(self, embedding: Vector) -> float:
        """Gives what the layers make of an embedding of length 1. Raises InputError."""
        values = np.asarray(embedding)
        if values.size != self.layers[0][0].shape[1]:
            raise InputError(
                f"the head takes embeddings of {self.layers[0][0].shape[1]} numbers, and the model "
                f"gives {values.size}: take the model that the head was trained with"
            )
        for matrix, bias in self.layers:
            values = matrix @ values + bias
        return float(values[0])


def read_head(path: Path) -> Head:
    """Reads a head.

    Raises:
        InputError: it is no safetensors file, or holds something else than linear layers.
    """
    from safetensors.numpy import load_file

    header_of(path)
    found: dict[int, dict[str, Weights]] = {}
    for name, values in load_file(path).items():
        layer = _LAYER.fullmatch(name)
        if layer is None:
            raise InputError(f"{path} holds {name}, which is no linear layer")
        found.setdefault(int(layer["place"] or 0), {})[layer["part"]] = values.astype(np.float64)
    layers = []
    for place in sorted(found):
        parts = found[place]
        if set(parts) != {"weight", "bias"} or parts["weight"].ndim != 2:
            raise InputError(f"the layer {place} of {path} has no weight, or no bias")
        layers.append((parts["weight"], parts["bias"]))
    sizes = [(matrix.shape, bias.shape) for matrix, bias in layers]
    fits = all(one[0][0] == two[0][1] for one, two in pairwise(sizes))
    if not layers or not fits or layers[-1][0].shape[0] != 1:
        raise InputError(f"the layers of {path} do not lead from an embedding to one score")
    return Head(tuple(layers))

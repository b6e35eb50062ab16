"""ControlNets beside a loaded image model: one pipeline for each set of kinds that a shot uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from nightshoot.domain.storyboard import ControlKind
from nightshoot.errors import InputError
from nightshoot.tools.diffusion.image_dialects import Dialect
from nightshoot.tools.diffusion.image_files import control_array
from nightshoot.tools.diffusion.memory import gib_of, is_out_of_memory, out_of_memory_raised
from nightshoot.tools.diffusion.orders import ImageRequest
from nightshoot.tools.diffusion.quantizing import precision_of
from nightshoot.tools.diffusion.sizes import Size
from nightshoot.tools.diffusion.tuning import Tuning
from nightshoot.tools.diffusion.upstream import quiet


class ControlNets:
    """The ControlNets of one model. They stay on the device, small as they are beside it."""

    def __init__(
        self, pipe: Any, dialect: Dialect, folders: Mapping[ControlKind, str], tuning: Tuning
    ) -> None:
        """Loads them; two kinds that name the same folder share one net.

        Raises:
            InputError: a folder holds no ControlNet for this model.
            OutOfMemory: there is no room.
        """
        self._pipe = pipe
        self._dialect = dialect
        self._by_folder = {
            folder: _loaded(Path(folder), dialect, tuning) for folder in set(folders.values())
        }
        for folder, net in self._by_folder.items():
            _check_fits(folder, net, pipe)
        self._nets = {kind: self._by_folder[folder] for kind, folder in folders.items()}
        self._pipelines: dict[tuple[ControlKind, ...], Any] = {}

    def pipeline(self, kinds: tuple[ControlKind, ...]) -> Any:
        """Gives the pipeline for these kinds, which shares its parts with the model's own.

        Raises:
            InputError: there is no ControlNet of a kind.
        """
        if kinds not in self._pipelines:
            import diffusers

            missing = [kind.value for kind in kinds if kind not in self._nets]
            if missing:
                raise InputError(f"there is no ControlNet for {missing[0]}: add one to controlnets")
            made = getattr(diffusers, self._dialect.control_pipeline)
            parts = self._pipe.components
            self._pipelines[kinds] = made(**parts, controlnet=self._net(kinds))
            self._pipelines[kinds].set_progress_bar_config(disable=True)
        pipeline = self._pipelines[kinds]
        # A scheduler or a VAE may have been exchanged since.
        pipeline.register_modules(**self._pipe.components)
        return pipeline

    def arguments(self, requests: Sequence[ImageRequest]) -> dict[str, Any]:
        """Gives what the pipeline is told of the pictures: of each kind a batch, and its weight.

        Raises:
            InputError: a picture cannot be read.
        """
        import numpy as np
        import torch

        first = requests[0]
        batches = [
            torch.from_numpy(
                np.stack(
                    [
                        control_array(
                            Path(request.controls[place].path),
                            Size(width=request.width, height=request.height),
                            request.out_width,
                            request.out_height,
                        )
                        for request in requests
                    ]
                )
            )
            for place in range(len(first.controls))
        ]
        weights = [float(control.weight) for control in first.controls]
        modes = [self._mode(control.kind) for control in first.controls]
        alone = len(batches) == 1
        arguments: dict[str, Any] = {
            self._dialect.control_argument: batches[0] if alone else batches,
            "controlnet_conditioning_scale": weights[0] if alone else weights,
        }
        if any(mode is not None for mode in modes):
            arguments["control_mode"] = modes[0] if alone else modes
        return arguments

    def close(self) -> None:
        """Lets go of them."""
        self._pipelines.clear()
        self._nets.clear()
        self._by_folder.clear()

    @property
    def gib(self) -> float:
        """How much of the accelerator's memory they hold."""
        return gib_of(SimpleNamespace(components=self._by_folder))

    def _net(self, kinds: tuple[ControlKind, ...]) -> Any:
        import diffusers
        from diffusers.models.controlnets import controlnet_qwenimage, multicontrolnet

        chosen = [self._nets[kind] for kind in kinds]
        if len(chosen) == 1:
            return chosen[0]
        several = {
            "ControlNetModel": multicontrolnet.MultiControlNetModel,
            "FluxControlNetModel": diffusers.FluxMultiControlNetModel,
            "QwenImageControlNetModel": controlnet_qwenimage.QwenImageMultiControlNetModel,
        }[self._dialect.control_net]
        distinct = list({id(net): net for net in chosen}.values())
        if len(distinct) > 1 and not self._dialect.many_control_nets:
            raise InputError(
                "this family takes control pictures of several kinds from one ControlNet only: "
                "name one for many kinds for each of them, or ask for one kind a shot"
            )
        # The families with ControlNets of many kinds call a single one for each picture.
        shared = len(distinct) == 1 and self._dialect.control_net != "ControlNetModel"
        return several(distinct if shared else chosen)

    def _mode(self, kind: ControlKind) -> int | None:
        if not getattr(self._nets[kind], "union", False):
            return None
        return dict(self._dialect.control_modes).get(kind.value)


def _check_fits(folder: str, net: Any, pipe: Any) -> None:
    """Refuses a ControlNet that was trained for another family, before it fails at a picture."""
    own = (getattr(pipe, "unet", None) or pipe.transformer).config
    for name in ("in_channels", "cross_attention_dim", "joint_attention_dim"):
        theirs, ours = net.config.get(name), own.get(name)
        if theirs is not None and ours is not None and theirs != ours:
            raise InputError(
                f"the ControlNet {folder} is for another model: its {name} is {theirs}, and "
                f"{ours} here"
            )


def _loaded(folder: Path, dialect: Dialect, tuning: Tuning) -> Any:
    import diffusers
    import torch

    made = getattr(diffusers, dialect.control_net)
    if not (folder / "config.json").is_file():
        raise InputError(f"{folder} has no config.json: a ControlNet is a folder with one")
    with out_of_memory_raised(), quiet():
        try:
            net = made.from_pretrained(
                str(folder),
                torch_dtype=precision_of(tuning.precision),
                use_safetensors=True,
                local_files_only=True,
            )
            return net.to(torch.device(tuning.device))
        except Exception as error:
            if is_out_of_memory(error):
                raise
            # Whatever the libraries raise for a folder that does not hold together.
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"{folder} is no {dialect.control_net} with safetensors weights: {reason}"
            ) from None

"""The node types that the fake server has, as `/object_info` describes them.

Source: ComfyUI nodes.py, comfy_extras/nodes_wan.py, nodes_video.py, nodes_model_advanced.py,
nodes_primitive.py; comfyui_ipadapter_plus and VideoHelperSuite for the two that are not its own.
Only what a client can notice is here: names, types, order, limits, which nodes give results.
"""

from __future__ import annotations

from pydantic import JsonValue

_MODELS: dict[str, tuple[str, ...]] = {
    "checkpoints": ("sd_xl_base_1.0.safetensors", "v1-5-pruned-emaonly.safetensors"),
    "unets": (
        "wan2.1_i2v_480p_14B_fp16.safetensors",
        "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors",
    ),
    "clips": ("umt5_xxl_fp8_e4m3fn_scaled.safetensors", "t5xxl_fp16.safetensors"),
    "vaes": ("wan_2.1_vae.safetensors", "ae.safetensors"),
    "visions": ("clip_vision_h.safetensors",),
    "controls": ("controlnet-depth-sdxl-1.0.safetensors",),
    "adapters": ("ip-adapter-plus_sdxl_vit-h.safetensors",),
    "samplers": ("euler", "euler_ancestral", "dpmpp_2m", "uni_pc"),
    "schedulers": ("normal", "karras", "simple"),
}

_SIZE = {"default": 512, "min": 16, "max": 16384, "step": 8}
_SEED = {"default": 0, "min": 0, "max": 2**64 - 1, "control_after_generate": True}
_STEPS = {"default": 20, "min": 1, "max": 10000}
_CFG = {"default": 8.0, "min": 0.0, "max": 100.0, "step": 0.1}
_WORDS = {"multiline": True, "dynamicPrompts": True}

Told = dict[str, tuple[object, ...]]


def object_info() -> dict[str, JsonValue]:
    """Gives what `/object_info` answers: every node type by name."""
    info: dict[str, JsonValue] = {}
    for name, (required, optional, outputs, gives) in _nodes().items():
        sections: dict[str, JsonValue] = {"required": _told(required)}
        if optional:
            sections["optional"] = _told(optional)
        info[name] = {
            "input": sections,
            "input_order": {"required": list(required), "optional": list(optional)},
            "output": list(outputs),
            "output_is_list": [False for _ in outputs],
            "output_name": list(outputs),
            "name": name,
            "display_name": name,
            "description": "",
            "python_module": "nodes",
            "category": "fake",
            "output_node": gives,
        }
    return info


def _told(inputs: Told) -> dict[str, JsonValue]:
    return {name: _listed(told) for name, told in inputs.items()}


def _listed(told: tuple[object, ...]) -> JsonValue:
    found: list[JsonValue] = []
    for one in told:
        if isinstance(one, tuple):
            found.append([str(option) for option in one])
        elif isinstance(one, dict):
            found.append(dict(one))
        else:
            found.append(str(one))
    return found


def _nodes() -> dict[str, tuple[Told, Told, tuple[str, ...], bool]]:
    return {**_loaders(), **_words_and_latents(), **_video(), **_ends()}


def _loaders() -> dict[str, tuple[Told, Told, tuple[str, ...], bool]]:
    return {
        "CheckpointLoaderSimple": (
            {"ckpt_name": (_MODELS["checkpoints"],)},
            {},
            ("MODEL", "CLIP", "VAE"),
            False,
        ),
        "UNETLoader": (
            {
                "unet_name": (_MODELS["unets"],),
                "weight_dtype": (("default", "fp8_e4m3fn", "fp8_e5m2"),),
            },
            {},
            ("MODEL",),
            False,
        ),
        "CLIPLoader": (
            {
                "clip_name": (_MODELS["clips"],),
                "type": (("stable_diffusion", "sd3", "flux", "wan"),),
            },
            {"device": (("default", "cpu"), {"advanced": True})},
            ("CLIP",),
            False,
        ),
        # The newer way to write a choice.
        "VAELoader": (
            {"vae_name": ("COMBO", {"options": list(_MODELS["vaes"])})},
            {},
            ("VAE",),
            False,
        ),
        "CLIPVisionLoader": ({"clip_name": (_MODELS["visions"],)}, {}, ("CLIP_VISION",), False),
        "ControlNetLoader": (
            {"control_net_name": (_MODELS["controls"],)},
            {},
            ("CONTROL_NET",),
            False,
        ),
        "IPAdapterModelLoader": (
            {"ipadapter_file": (_MODELS["adapters"],)},
            {},
            ("IPADAPTER",),
            False,
        ),
        "LoadImage": (
            {"image": (("example.png",), {"image_upload": True})},
            {},
            ("IMAGE", "MASK"),
            False,
        ),
        "ModelSamplingSD3": (
            {"model": ("MODEL",), "shift": ("FLOAT", {"default": 3.0, "min": 0.0, "max": 100.0})},
            {},
            ("MODEL",),
            False,
        ),
        "IPAdapterAdvanced": (
            {
                "model": ("MODEL",),
                "ipadapter": ("IPADAPTER",),
                "image": ("IMAGE",),
                "weight": ("FLOAT", {"default": 1.0, "min": -1, "max": 5}),
            },
            {"clip_vision": ("CLIP_VISION",)},
            ("MODEL",),
            False,
        ),
    }


def _words_and_latents() -> dict[str, tuple[Told, Told, tuple[str, ...], bool]]:
    sampling: Told = {
        "steps": ("INT", _STEPS),
        "cfg": ("FLOAT", _CFG),
        "sampler_name": (_MODELS["samplers"],),
        "scheduler": (_MODELS["schedulers"],),
        "positive": ("CONDITIONING",),
        "negative": ("CONDITIONING",),
        "latent_image": ("LATENT",),
    }
    return {
        "CLIPTextEncode": (
            {"text": ("STRING", _WORDS), "clip": ("CLIP",)},
            {},
            ("CONDITIONING",),
            False,
        ),
        "CLIPTextEncodeSDXL": (
            {
                "clip": ("CLIP",),
                "width": ("INT", _SIZE),
                "height": ("INT", _SIZE),
                "text_g": ("STRING", _WORDS),
                "text_l": ("STRING", _WORDS),
            },
            {},
            ("CONDITIONING",),
            False,
        ),
        "ConditioningZeroOut": ({"conditioning": ("CONDITIONING",)}, {}, ("CONDITIONING",), False),
        "ControlNetApplyAdvanced": (
            {
                "positive": ("CONDITIONING",),
                "negative": ("CONDITIONING",),
                "control_net": ("CONTROL_NET",),
                "image": ("IMAGE",),
                "strength": ("FLOAT", {"default": 1.0, "min": 0.0, "max": 10.0}),
                "start_percent": ("FLOAT", {"default": 0.0, "min": 0.0, "max": 1.0}),
                "end_percent": ("FLOAT", {"default": 1.0, "min": 0.0, "max": 1.0}),
            },
            {"vae": ("VAE",)},
            ("CONDITIONING", "CONDITIONING"),
            False,
        ),
        "EmptyLatentImage": (
            {
                "width": ("INT", _SIZE),
                "height": ("INT", _SIZE),
                "batch_size": ("INT", {"default": 1, "min": 1, "max": 4096}),
            },
            {},
            ("LATENT",),
            False,
        ),
        "KSampler": (
            {
                "model": ("MODEL",),
                "seed": ("INT", _SEED),
                **sampling,
                "denoise": ("FLOAT", {"default": 1.0, "min": 0.0, "max": 1.0}),
            },
            {},
            ("LATENT",),
            False,
        ),
        "VAEDecode": ({"samples": ("LATENT",), "vae": ("VAE",)}, {}, ("IMAGE",), False),
        "VAEEncode": ({"pixels": ("IMAGE",), "vae": ("VAE",)}, {}, ("LATENT",), False),
        "ImageScale": (
            {
                "image": ("IMAGE",),
                "upscale_method": (("nearest-exact", "bilinear", "area", "lanczos"),),
                "width": ("INT", _SIZE | {"min": 0}),
                "height": ("INT", _SIZE | {"min": 0}),
                "crop": (("disabled", "center"),),
            },
            {},
            ("IMAGE",),
            False,
        ),
        "PrimitiveInt": (
            {"value": ("INT", {"control_after_generate": True})},
            {},
            ("INT",),
            False,
        ),
        "PrimitiveStringMultiline": (
            {"value": ("STRING", {"multiline": True})},
            {},
            ("STRING",),
            False,
        ),
    }


def _video() -> dict[str, tuple[Told, Told, tuple[str, ...], bool]]:
    wan: Told = {
        "positive": ("CONDITIONING",),
        "negative": ("CONDITIONING",),
        "vae": ("VAE",),
        "width": ("INT", {"default": 832, "min": 16, "max": 16384, "step": 16}),
        "height": ("INT", {"default": 480, "min": 16, "max": 16384, "step": 16}),
        "length": ("INT", {"default": 81, "min": 1, "max": 16384, "step": 4}),
        "batch_size": ("INT", {"default": 1, "min": 1, "max": 4096}),
    }
    outputs = ("CONDITIONING", "CONDITIONING", "LATENT")
    return {
        "CLIPVisionEncode": (
            {"clip_vision": ("CLIP_VISION",), "image": ("IMAGE",), "crop": (("center", "none"),)},
            {},
            ("CLIP_VISION_OUTPUT",),
            False,
        ),
        "WanImageToVideo": (
            wan,
            {"clip_vision_output": ("CLIP_VISION_OUTPUT",), "start_image": ("IMAGE",)},
            outputs,
            False,
        ),
        "WanFirstLastFrameToVideo": (
            wan,
            {
                "clip_vision_start_image": ("CLIP_VISION_OUTPUT",),
                "clip_vision_end_image": ("CLIP_VISION_OUTPUT",),
                "start_image": ("IMAGE",),
                "end_image": ("IMAGE",),
            },
            outputs,
            False,
        ),
        "CreateVideo": (
            {
                "images": ("IMAGE",),
                "fps": ("FLOAT", {"default": 30.0, "min": 1.0, "max": 120.0, "step": 1.0}),
            },
            {"audio": ("AUDIO",)},
            ("VIDEO",),
            False,
        ),
    }


def _ends() -> dict[str, tuple[Told, Told, tuple[str, ...], bool]]:
    return {
        "SaveImage": (
            {"images": ("IMAGE",), "filename_prefix": ("STRING", {"default": "ComfyUI"})},
            {},
            (),
            True,
        ),
        "PreviewImage": ({"images": ("IMAGE",)}, {}, (), True),
        "SaveVideo": (
            {
                "video": ("VIDEO",),
                "filename_prefix": ("STRING", {"default": "video/ComfyUI"}),
                "format": ("COMBO", {"options": ["auto", "mp4"]}),
                "codec": ("COMBO", {"options": ["auto", "h264"]}),
            },
            {},
            (),
            True,
        ),
        "VHS_VideoCombine": (
            {
                "images": ("IMAGE",),
                "frame_rate": ("FLOAT", {"default": 8, "min": 1}),
                "loop_count": ("INT", {"default": 0, "min": 0, "max": 100}),
                "filename_prefix": ("STRING", {"default": "AnimateDiff"}),
                "format": (("image/gif", "video/h264-mp4"),),
                "pingpong": ("BOOLEAN", {"default": False}),
                "save_output": ("BOOLEAN", {"default": True}),
            },
            {},
            ("VHS_FILENAMES",),
            True,
        ),
    }

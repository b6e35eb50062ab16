"""Tiny models with random weights, as transformers saves them, and the bench that they sit on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from nightshoot.settings import Settings
from nightshoot.tools.judges.bench import Bench
from nightshoot.tools.registry import Registry, Surroundings

WORDS = "a picture of the river sea night day rain snow person people in wide shot moon"

torch = pytest.importorskip("torch", reason="the extra gpu is not installed")


def _tokenizer(folder: Path, special: tuple[str, ...] = ()) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import PreTrainedTokenizerFast

    known = ["<pad>", "<unk>", *special, *WORDS.split()]
    model = WordLevel({word: place for place, word in enumerate(known)}, unk_token="<unk>")
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        unk_token="<unk>",
        eos_token="<pad>",
        additional_special_tokens=list(special),
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(folder)


def _seeded(build: Callable[[], Any], folder: Path) -> None:
    """Saves a model whose weights are large enough to tell inputs apart."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        model = build()
        with torch.no_grad():
            for name, weights in model.named_parameters():
                if weights.dim() > 1 and "scale" not in name:
                    weights.normal_(std=1.5 / weights[0].numel() ** 0.5)
    model.save_pretrained(folder, safe_serialization=True)


_TOWER = {
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
}
_SEES = _TOWER | {"image_size": 32, "patch_size": 8}
_READS = _TOWER | {
    "vocab_size": 64,
    "max_position_embeddings": 16,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 0,
}


@pytest.fixture(scope="session")
def siglip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SigLIP."""
    from transformers import SiglipConfig, SiglipImageProcessorPil, SiglipModel

    folder = tmp_path_factory.mktemp("siglip")
    config = SiglipConfig(text_config=_READS | {"projection_size": 16}, vision_config=_SEES)
    _seeded(lambda: SiglipModel(config), folder)
    SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    _tokenizer(folder)
    return folder


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP."""
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    folder = tmp_path_factory.mktemp("clip")
    config = CLIPConfig(text_config=_READS, vision_config=_SEES, projection_dim=16)
    _seeded(lambda: CLIPModel(config), folder)
    CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    ).save_pretrained(folder)
    _tokenizer(folder)
    return folder


@pytest.fixture(scope="session")
def dino(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DINOv2."""
    from transformers import BitImageProcessorPil, Dinov2Config, Dinov2Model

    folder = tmp_path_factory.mktemp("dino")
    config = Dinov2Config(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        mlp_ratio=1,
        image_size=32,
        patch_size=8,
    )
    _seeded(lambda: Dinov2Model(config), folder)
    BitImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ViT with the classes `normal` and `nsfw`."""
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessorPil

    folder = tmp_path_factory.mktemp("vit")
    config = ViTConfig(
        **_SEES, id2label={0: "normal", 1: "nsfw"}, label2id={"normal": 0, "nsfw": 1}
    )
    _seeded(lambda: ViTForImageClassification(config), folder)
    ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Whisper that knows Chinese and English."""
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
    )

    folder = tmp_path_factory.mktemp("whisper")
    special = (
        "<|endoftext|>",
        "<|startoftranscript|>",
        "<|en|>",
        "<|zh|>",
        "<|transcribe|>",
        "<|translate|>",
        "<|notimestamps|>",
    )
    at = {name: place for place, name in enumerate(special, 2)}
    config = WhisperConfig(
        vocab_size=64,
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        num_mel_bins=80,
        max_target_positions=24,
        pad_token_id=0,
        bos_token_id=at["<|endoftext|>"],
        eos_token_id=at["<|endoftext|>"],
        decoder_start_token_id=at["<|startoftranscript|>"],
    )

    def build() -> Any:
        model = WhisperForConditionalGeneration(config)
        model.generation_config = GenerationConfig(
            is_multilingual=True,
            lang_to_id={"<|en|>": at["<|en|>"], "<|zh|>": at["<|zh|>"]},
            task_to_id={"transcribe": at["<|transcribe|>"], "translate": at["<|translate|>"]},
            no_timestamps_token_id=at["<|notimestamps|>"],
            decoder_start_token_id=at["<|startoftranscript|>"],
            eos_token_id=at["<|endoftext|>"],
            pad_token_id=0,
            max_length=20,
            suppress_tokens=list(at.values())[1:],
            begin_suppress_tokens=[at["<|endoftext|>"]],
        )
        return model

    _seeded(build, folder)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)
    _tokenizer(folder, special)
    return folder


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """The judges' process, one for all tests that leave it alone."""
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def around(tmp_path: Path, bench: Bench) -> Surroundings:
    """An installation whose settings lie in an empty folder."""
    usual = Registry.of(Settings(home=tmp_path, folder=tmp_path), {}).around
    return Surroundings(
        environment={}, home=usual.home, folder=usual.folder, gpu=usual.gpu, bench=bench
    )


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Writes a picture of soft colours by its seed, as PNG."""

    def write(seed: int, *, width: int = 48, height: int = 48) -> Path:
        coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
        path = tmp_path / f"picture-{seed}-{width}x{height}.png"
        soft = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        path.write_bytes(cv2.imencode(".png", soft)[1].tobytes())
        return path

    return write

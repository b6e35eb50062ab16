"""Tokenizers and text encoders with random weights, for model folders that need no download.

The tokenizers are small and real: trained on the spot, on the lines that the pipelines themselves
put around a prompt. Their ids fit the embeddings of the tiny and of the full text encoders.
"""

from __future__ import annotations

from typing import Any

SAMPLE = (
    "a man in a robe on a boat, moonlight on the river, misty mountains at dawn",
    "medium shot, close-up, wide shot, soft light, film grain, night, rain in the city",
    "text, watermark, blurry, low quality, bad hands",
    "Describe the image by detailing the color, shape, size, texture, quantity, text, spatial "
    "relationships of the objects and background:",
    "Describe the key features of the input image (color, shape, size, texture, objects, "
    "background), then explain how the user's text instruction should alter or modify the image. "
    "Generate a new image that meets the user's requirements while maintaining consistency with "
    "the original input where appropriate.",
    "You are an AI that reasons about image descriptions. You give structured responses focusing "
    "on object relationships, object attribution and actions without speculation.",
    "system user assistant Picture",
)
"""What the tokenizers are trained on. Source: the templates in diffusers' Qwen-Image and FLUX.2
pipelines, which are long: cut to single letters they would leave no room for the prompt."""

QWEN_SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)

_MISTRAL_SPECIAL = {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "pad": "<pad>"}

_VOCABULARY = 900


def clip_tokenizer() -> Any:
    """Gives a CLIP tokenizer that spells each word letter by letter, 77 tokens at most."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    letters = sorted(ByteLevel.alphabet())
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{one}</w>" for one in letters)]
    vocabulary = {word: number for number, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def t5_tokenizer() -> Any:
    """Gives a T5 tokenizer that spells letter by letter; what is not ASCII is unknown to it."""
    from transformers import T5Tokenizer

    letters = [(chr(code), -3.0) for code in range(33, 127)]
    known = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -10.0), ("▁", -2.0), *letters]
    return T5Tokenizer(vocab=known, extra_ids=0, model_max_length=512)


def qwen_tokenizer() -> Any:
    """Gives a Qwen tokenizer with its special tokens and a short chat template."""
    from transformers import Qwen2Tokenizer

    vocabulary, merges = _byte_pairs()
    tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=merges, model_max_length=4096)
    tokenizer.add_tokens(list(QWEN_SPECIAL), special_tokens=True)
    tokenizer.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    return tokenizer


def mistral_tokenizer() -> Any:
    """Gives a byte-pair tokenizer with a chat template whose messages have parts."""
    from tokenizers import Tokenizer, decoders, pre_tokenizers
    from tokenizers.models import BPE
    from transformers import PreTrainedTokenizerFast

    vocabulary, merges = _byte_pairs()
    words = Tokenizer(BPE(vocab=vocabulary, merges=merges))
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words,
        **{f"{kind}_token": word for kind, word in _MISTRAL_SPECIAL.items()},
        padding_side="left",
        model_max_length=4096,
    )
    tokenizer.chat_template = (
        "<s>{% for m in messages %}[{{ m.role }}]{% for part in m.content %}"
        "{% if part.type == 'text' %}{{ part.text }}{% endif %}{% endfor %}{% endfor %}"
    )
    return tokenizer


def clip_text(*, hidden: int, layers: int, heads: int, projection: int, act: str) -> Any:
    """Gives a CLIP text encoder; with `projection` above 0, the kind that projects its summary."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        hidden_size=hidden,
        intermediate_size=4 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        projection_dim=projection or hidden,
        vocab_size=49408 if hidden >= 768 else 1000,
        hidden_act=act,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config)


def t5_encoder(*, full: bool) -> Any:
    """Gives a T5 encoder: XXL in full. Source: the config of google/t5-v1_1-xxl."""
    from transformers import T5Config, T5EncoderModel

    sizes = (
        {"d_model": 4096, "d_ff": 10240, "num_layers": 24, "num_heads": 64, "d_kv": 64}
        if full
        else {"d_model": 32, "d_ff": 37, "num_layers": 2, "num_heads": 4, "d_kv": 8}
    )
    return T5EncoderModel(
        T5Config(
            **sizes,
            vocab_size=32128 if full else 1000,
            feed_forward_proj="gated-gelu",
            pad_token_id=0,
            eos_token_id=1,
        )
    )


def qwen_vl(tokenizer: Any, *, full: bool) -> Any:
    """Gives a Qwen2.5-VL: 7B in full. Source: the config of Qwen/Qwen2.5-VL-7B-Instruct."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    words = (
        {
            "hidden_size": 3584,
            "intermediate_size": 18944,
            "num_hidden_layers": 28,
            "num_attention_heads": 28,
            "num_key_value_heads": 4,
            "vocab_size": 152064,
            "rope_parameters": _mrope([16, 24, 24]),
        }
        if full
        else {
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "vocab_size": 1000,
            "rope_parameters": _mrope([1, 1, 2]),
        }
    )
    pictures = (
        {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16}
        if full
        else {"depth": 2, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2}
    )
    token = tokenizer.convert_tokens_to_ids
    return Qwen2_5_VLForConditionalGeneration(
        Qwen2_5_VLConfig(
            text_config={**words, "bos_token_id": None, "eos_token_id": None},
            vision_config={**pictures, "out_hidden_size": words["hidden_size"]},
            vision_start_token_id=token("<|vision_start|>"),
            vision_end_token_id=token("<|vision_end|>"),
            image_token_id=token("<|image_pad|>"),
            video_token_id=token("<|video_pad|>"),
        )
    )


def qwen3(*, full: bool) -> Any:
    """Gives a Qwen3: 4B in full. FLUX.2 klein reads its layers 9, 18 and 27."""
    from transformers import Qwen3Config, Qwen3ForCausalLM

    sizes = (
        {
            "hidden_size": 2560,
            "intermediate_size": 9728,
            "num_hidden_layers": 36,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "head_dim": 128,
            "vocab_size": 151936,
            "tie_word_embeddings": True,
        }
        if full
        else {
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 28,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 8,
            "vocab_size": 1000,
        }
    )
    return Qwen3ForCausalLM(Qwen3Config(**sizes, bos_token_id=None, eos_token_id=None))


def mistral3(*, full: bool) -> Any:
    """Gives a Mistral 3: Small, 24B, in full. FLUX.2 reads its layers 10, 20 and 30."""
    from transformers import Mistral3Config, Mistral3ForConditionalGeneration

    words = (
        {
            "hidden_size": 5120,
            "intermediate_size": 32768,
            "num_hidden_layers": 40,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "head_dim": 128,
            "vocab_size": 131072,
        }
        if full
        else {
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 31,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 8,
            "vocab_size": 1000,
        }
    )
    pictures = (
        {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24}
        if full
        else {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1}
    )
    heads = 16 if full else 1
    return Mistral3ForConditionalGeneration(
        Mistral3Config(
            text_config={"model_type": "mistral", **words},
            vision_config={
                "model_type": "pixtral",
                **pictures,
                "num_attention_heads": heads,
                "image_size": 1540 if full else 28,
                "patch_size": 14,
            },
            image_token_index=10,
        )
    )


def _mrope(section: list[int]) -> dict[str, object]:
    return {"rope_type": "default", "rope_theta": 1_000_000.0, "mrope_section": section}


def _byte_pairs() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Trains a byte-level vocabulary on `SAMPLE`; gives it with its merges."""
    import json

    from tokenizers import Tokenizer, pre_tokenizers, trainers
    from tokenizers.models import BPE

    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY,
        special_tokens=sorted(_MISTRAL_SPECIAL.values()),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SAMPLE, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [(left, right) for left, right in model["merges"]]

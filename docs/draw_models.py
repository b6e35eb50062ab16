"""Draws the tables of `docs/models.md` from the cards: `python docs/draw_models.py [--check]`.

The page holds each between `<!-- drawn:NAME -->` and `<!-- /drawn:NAME -->`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from nightshoot.tools.diffusion.families import Family, families
from nightshoot.tools.diffusion.orders import Kind
from nightshoot.tools.diffusion.presets import SIZES_GIB, Row, Wishes, in_words, preset, rows

PAGE = Path(__file__).parent / "models.md"


def drawings() -> dict[str, str]:
    """Gives each table and section by its name."""
    found = {row.family: row for row in rows()}
    drawn = {}
    for kind in Kind:
        some = [family for family in families() if family.kind is kind]
        drawn[f"{kind.value}-families"] = _overview(some, found)
        drawn[f"{kind.value}-presets"] = _presets(some, found)
        drawn[f"{kind.value}-settings"] = "\n\n".join(_section(family) for family in some)
    return drawn


def redrawn(text: str) -> str:
    """Gives the page's text with its tables drawn anew.

    Raises:
        SystemExit: the page has no place for a table.
    """
    for name, drawing in drawings().items():
        place = re.compile(rf"<!-- drawn:{name} -->.*?<!-- /drawn:{name} -->", re.DOTALL)
        if not place.search(text):
            sys.exit(f"{PAGE.name} has no place for {name}: <!-- drawn:{name} -->")
        block = f"<!-- drawn:{name} -->\n{drawing}\n<!-- /drawn:{name} -->"
        # The drawing's own backslashes are no references to groups.
        text = place.sub(block.replace("\\", r"\\"), text)
    return text


def _overview(some: Sequence[Family], found: dict[str, Row]) -> str:
    heads = ["family", "model", "licence", "weights GiB", "all on the GPU, GiB", "takes"]
    lines = [
        [
            f"`{family.name}`",
            f"[{family.title}]({family.source})",
            family.licence,
            f"{found[family.name].weights_gib:g}",
            f"{family.vram_gib:g}",
            _takes(family),
        ]
        for family in some
    ]
    return _table(heads, lines)


def _presets(some: Sequence[Family], found: dict[str, Row]) -> str:
    heads = ["family", *(f"{size} GiB" for size in SIZES_GIB)]
    lines = [
        [f"`{family.name}`", *(found[family.name].presets[size] for size in SIZES_GIB)]
        for family in some
    ]
    return _table(heads, lines)


def _section(family: Family) -> str:
    """Gives what to copy for one family, and how it is run on a common GPU."""
    name = family.name.replace("_", "-")
    model = family.source.removeprefix("https://huggingface.co/")
    quantized = in_words(preset(family, 16, "cuda", wishes=Wishes(quantize=True)))
    lines = [
        f"### {family.title}",
        "",
        f"{family.licence}. {_sampling(family)}",
        "",
        "```toml",
        f"[{family.kind.value}.{name}]",
        'backend = "diffusers"',
        f'model = "{model}"  # or a folder',
        "```",
        "",
        "```sh",
        f"nightshoot make story.txt --{family.kind.value} {name}",
        "```",
    ]
    if "int8" in quantized or "nf4" in quantized:
        lines += ["", f"On 16 GiB with `quantize = true`: {quantized}."]
    return "\n".join(lines)


def _sampling(family: Family) -> str:
    said = f"{family.num_inference_steps} steps, guidance {family.guidance_scale:g}"
    if family.few_steps:
        said += f"; distilled: {family.few_steps} steps, guidance {family.few_guidance_scale:g}"
    if family.kind is Kind.VIDEO:
        rate = f"{family.fps} frames a second" if family.fps else "any frame rate"
        step, rest = family.frame_rule
        rule = f"{step}k+{rest}" if rest else f"{step}k"
        said += f". Up to {family.max_frames} frames ({rule}) at {rate}"
    return f"{said}. Sizes in multiples of {family.size_multiple}."


def _takes(family: Family) -> str:
    takes = []
    if family.references:
        takes.append(f"{family.references} reference(s)")
    if family.ip_adapter:
        takes.append("IP-Adapter")
    if family.controls:
        takes.append("ControlNet: " + ", ".join(kind.value for kind in family.controls))
    if family.last_frame:
        takes.append("last frame")
    if family.few_steps:
        takes.append(f"{family.few_steps} steps")
    return "; ".join(takes) or "-"


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, ["---"] * len(heads), *lines))


def main(arguments: list[str] | None = None) -> None:
    """Draws the tables, or says whether the page shows them as they are."""
    parser = argparse.ArgumentParser(description="Draws the tables of docs/models.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when stale")
    given = parser.parse_args(arguments)
    old = PAGE.read_text(encoding="utf-8")
    new = redrawn(old)
    if given.check and new != old:
        sys.exit(f"{PAGE.name} is stale: run `python docs/draw_models.py`")
    if new != old:
        PAGE.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()

"""The boards of the stories that the critic is calibrated on, as they were written once.

    python -m benchmarks.critic.boards [--anew]

Kept in `benchmarks/inputs/boards.json.xz`, so that a better writer does not move the critic's
figures: the same story is the same shots. Stories that are new in the inputs are written by the
rehearsal writer and added; `--anew` writes all of them again, after which every figure has to be
measured anew.
"""

from __future__ import annotations

import argparse
import json
import lzma
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from nightshoot.domain.brief import Brief
from nightshoot.domain.orders import BoardOrder, ScreenplayOrder
from nightshoot.domain.storyboard import Shot
from nightshoot.sources import read_source
from nightshoot.tools.writer.rehearsal.boarding import board
from nightshoot.tools.writer.rehearsal.conceiving import conceive
from nightshoot.tools.writer.rehearsal.screenwriting import write_screenplay

INPUTS = Path(__file__).resolve().parents[1] / "inputs"
KEPT = INPUTS / "boards.json.xz"

_FORM: TypeAdapter[dict[str, tuple[Shot, ...]]] = TypeAdapter(dict[str, tuple[Shot, ...]])


def shots_of(story: str) -> tuple[Shot, ...]:
    """Gives the shots of a story. Raises LookupError where its board is not kept."""
    try:
        return _kept()[story]
    except KeyError:
        raise LookupError(
            f"no board of {story!r} is kept: run `python -m benchmarks.critic.boards`"
        ) from None


def listed() -> Iterator[str]:
    """Gives the stories of all inputs of the critic's benchmarks."""
    parts: list[object] = [*yaml.safe_load((INPUTS / "critic.yaml").read_text("utf-8")).values()]
    parts += tomllib.loads((INPUTS / "camera.toml").read_text("utf-8")).values()
    told = tomllib.loads((INPUTS / "continuity.toml").read_text("utf-8"))
    parts += [part["stories"] for part in told.values()]
    for part in parts:
        assert isinstance(part, list)
        yield from part


@cache
def _kept() -> dict[str, tuple[Shot, ...]]:
    return _FORM.validate_json(lzma.decompress(KEPT.read_bytes()))


def _written(story: str) -> tuple[Shot, ...]:
    source = read_source(story, locale=None)
    told = Brief(source=source, locale=source.locale)
    concept = conceive(told)
    screenplay = write_screenplay(ScreenplayOrder(brief=told, concept=concept))
    return board(BoardOrder(brief=told, concept=concept, screenplay=screenplay)).shots


def main() -> None:
    """Writes the boards that are missing, or all of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--anew", action="store_true", help="all of them")
    known = {} if parser.parse_args().anew or not KEPT.is_file() else _kept()
    boards = {story: known.get(story) or _written(story) for story in dict.fromkeys(listed())}
    told = json.dumps(_FORM.dump_python(boards, mode="json"), ensure_ascii=False, indent=0)
    KEPT.write_bytes(lzma.compress(told.encode(), preset=9 | lzma.PRESET_EXTREME))
    added = len(boards.keys() - known.keys())
    print(f"{KEPT.name}: {len(boards)} boards, {added} written now, {KEPT.stat().st_size} bytes")


if __name__ == "__main__":
    main()

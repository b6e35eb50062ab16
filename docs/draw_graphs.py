"""Draws the graphs of `docs/architecture.md` from the code: `python docs/draw_graphs.py [--check]`.

The page holds each drawing between `<!-- graph:NAME -->` and `<!-- /graph:NAME -->`.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from nightshoot.graphs.film import build_film_graph
from nightshoot.graphs.shot import build_shot_graph

PAGE = Path(__file__).parent / "architecture.md"

_HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_STYLE = re.compile(r"^\tclassDef .*\n", re.MULTILINE)


def drawings() -> dict[str, str]:
    """Gives each graph's drawing as Mermaid, by its name."""
    graphs = {
        "film": build_film_graph().compile().get_graph(),
        "shot": build_shot_graph().compile().get_graph(),
    }
    return {name: _plain(graph.draw_mermaid()) for name, graph in graphs.items()}


def _plain(mermaid: str) -> str:
    """Leaves out LangGraph's colours, which no dark page can show."""
    plain = _STYLE.sub("", _HEAD.sub("", mermaid))
    return plain.replace(":::first", "").replace(":::last", "").replace("\t", "    ").strip()


def redrawn(text: str) -> str:
    """Gives the page's text with its graphs drawn anew.

    Raises:
        SystemExit: the page has no place for a graph.
    """
    for name, drawing in drawings().items():
        place = re.compile(rf"<!-- graph:{name} -->.*?<!-- /graph:{name} -->", re.DOTALL)
        if not place.search(text):
            sys.exit(f"{PAGE.name} has no place for the graph {name}: <!-- graph:{name} -->")
        block = f"<!-- graph:{name} -->\n```mermaid\n{drawing}\n```\n<!-- /graph:{name} -->"
        # The drawing's own backslashes are no references to groups.
        text = place.sub(block.replace("\\", r"\\"), text)
    return text


def main(arguments: list[str] | None = None) -> None:
    """Draws the graphs, or says whether the page shows them as they are."""
    parser = argparse.ArgumentParser(description="Draws the graphs of docs/architecture.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when stale")
    given = parser.parse_args(arguments)
    old = PAGE.read_text(encoding="utf-8")
    new = redrawn(old)
    if given.check and new != old:
        sys.exit(f"{PAGE.name} is stale: run `python docs/draw_graphs.py`")
    if new != old:
        PAGE.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()

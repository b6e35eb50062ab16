"""Counts how often requests for revision are understood exactly.

    python -m benchmarks.revise [--writer rehearsal|scripted] [--set NAME]... [--json FILE]

The rehearsal writer understands a request by rule. The scripted one gives the expected answer
through the reviser agent, which checks that the documents allow it and what it makes stale, and
no understanding. Prints the shares by kind and by language, and
every miss.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.revise.cases import SETS, Case, cases, order
from benchmarks.revise.judging import Judged, judged
from nightshoot.agents.reviser import TASK, Reviser
from nightshoot.domain.revision import Question, Revision
from nightshoot.prompts import Prompts
from nightshoot.tools.fake import ScriptedWriter
from nightshoot.tools.writer.rehearsal.revising.reviser import revise

WRITERS = ("rehearsal", "scripted")


def run(name: str, writer: str = "rehearsal") -> list[Judged]:
    """Gives the judgement of every case of a set, with one of the writers."""
    if writer == "rehearsal":
        return [judged(case, revise(order(case))) for case in cases(name)]
    prompts = Prompts()
    return [judged(case, asyncio.run(_scripted(case, prompts))) for case in cases(name)]


async def _scripted(case: Case, prompts: Prompts) -> Revision:
    writer = ScriptedWriter({TASK: [expected(case)]})
    return await Reviser(writer=writer, prompts=prompts)(order(case))


def expected(case: Case) -> Revision:
    """Gives the answer that a case expects."""
    if case.outcome == "ask":
        return Revision(question=Question(text="?", choices=("?",) * case.choices))
    if case.outcome == "refuse":
        return Revision(refused=("?",))
    return Revision(operations=case.operations)


def _shares(found: Sequence[Judged], by: Callable[[Judged], str]) -> list[str]:
    rows = []
    for key in sorted({by(one) for one in found}):
        group = [one for one in found if by(one) == key]
        exact = sum(one.exact for one in group)
        rows.append(f"| {key} | {len(group)} | {exact} | {exact / len(group):.0%} |")
    return rows


def report(found: Sequence[Judged]) -> str:
    """Gives the tables and the misses as Markdown."""
    lines = ["| | requests | exact | share |", "|---|---|---|---|"]
    lines += _shares(found, lambda one: one.case.kind)
    lines += _shares(found, lambda one: one.case.language)
    lines += _shares(found, lambda one: "all")
    lines += ["", f"guessed wrong: {sum(one.guessed for one in found)}", ""]
    for one in found:
        if not one.exact:
            said = one.revision.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
            came = json.dumps(said, ensure_ascii=False)
            lines.append(f"- {one.case.id}: {one.case.request!r} came to {came}")
    return "\n".join(lines)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--writer", choices=WRITERS, default="rehearsal", help="[%(default)s]")
    parser.add_argument("--set", action="append", choices=SETS, help="which requests [all]")
    parser.add_argument("--json", type=Path, help="where the figures go")
    given = parser.parse_args()
    found = [one for name in given.set or SETS for one in run(name, given.writer)]
    print(report(found))
    if given.json:
        rows = [
            {"id": one.case.id, "kind": one.case.kind, "exact": one.exact, "guessed": one.guessed}
            for one in found
        ]
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

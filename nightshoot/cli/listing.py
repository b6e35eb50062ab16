"""`nightshoot tools`: the backends that are installed."""

from __future__ import annotations

from nightshoot.errors import BackendError
from nightshoot.tools import registry

Row = dict[str, str | bool | float | list[str]]


def listing() -> dict[str, list[Row]]:
    """Gives every installed backend by kind, with what it needs and whether it is ready."""
    return {kind: [_row(one) for one in registry.listed(kind)] for kind in registry.KINDS}


def _row(one: registry.Listed) -> Row:
    try:
        backend = one.load()
    except BackendError as error:
        return {"name": one.name, "ready": False, "why": str(error)}
    available, can = backend.available(), backend.capabilities
    return {
        "name": one.name,
        "version": backend.version,
        "ready": available.ready,
        "why": available.why,
        "needs": list(can.needs),
        "licence": can.licence,
        "offline": can.offline,
        "deterministic": can.deterministic,
        "vram_gib": can.vram_gib,
    }


def listing_text(found: dict[str, list[Row]]) -> str:
    """Gives the list for a person."""
    lines: list[str] = []
    for kind, rows in found.items():
        lines.append(kind)
        for row in rows:
            state = "ready" if row["ready"] else f"not ready: {row['why']}"
            needs = row.get("needs")
            wants = f", needs {', '.join(needs)}" if isinstance(needs, list) and needs else ""
            lines.append(f"  {row['name']:<14} {state}{wants} ({row.get('licence', '')})")
    return "\n".join(lines)

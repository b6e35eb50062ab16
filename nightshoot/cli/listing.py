"""`nightshoot tools`: the backends that are installed or configured."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from pydantic import JsonValue

from nightshoot.errors import BackendError, InputError
from nightshoot.tools.protocols import Capabilities
from nightshoot.tools.registry import KINDS, Listed, Registry

Row = dict[str, JsonValue]


@runtime_checkable
class Tuned(Protocol):
    """A backend that runs a model in one of several ways."""

    def tuned(self) -> str:
        """Says in which, in a few words."""
        ...


def listing(registry: Registry, *, tuned: bool = False) -> dict[str, list[Row]]:
    """Gives every backend by kind, with what it can take and needs, and if it is ready.

    Args:
        registry: of the installation.
        tuned: say of models how they are run, too, which has to ask the GPU.
    """
    found = {}
    for kind in KINDS:
        rows = found[kind] = [_row(one, tuned=tuned) for one in registry.listed(kind)]
        for row in rows:
            row["configured"] = row["name"] in registry.sections.get(kind, {})
    return found


def models() -> list[Row]:
    """Gives every family of models that is known, with how it is run by the size of the GPU."""
    from nightshoot.tools.diffusion.presets import rows

    return [row.model_dump(mode="json") for row in rows()]


def models_text(found: list[Row]) -> str:
    """Gives the families for a person."""
    lines = []
    for row in found:
        lines.append(f"{row['kind']} {row['family']}: {row['title']} ({row['licence']})")
        lines.append(f"  weights {row['weights_gib']} GiB, all on the GPU {row['vram_gib']} GiB")
        presets = row["presets"]
        assert isinstance(presets, dict)
        lines += [f"  {size:>3} GiB: {text}" for size, text in presets.items()]
    return "\n".join(lines)


def _row(one: Listed, *, tuned: bool) -> Row:
    try:
        backend = one.load()
        available, can = backend.available(), backend.capabilities
        version = backend.version
        runs = backend.tuned() if tuned and available.ready and isinstance(backend, Tuned) else ""
    except (BackendError, InputError) as error:
        return {"name": one.name, "ready": False, "why": str(error)}
    facts: Row = {
        "name": one.name,
        "version": version,
        "ready": available.ready,
        "why": available.why,
        "needs": list(can.needs),
        "licence": can.licence,
        "offline": can.offline,
        "paid": can.paid,
        "deterministic": can.deterministic,
        "vram_gib": can.vram_gib,
    }
    if runs:
        facts["runs"] = runs
    return facts | _limits(one.kind, can)


def _limits(kind: str, can: Capabilities) -> Row:
    """Gives what a painter or a camera can take."""
    if kind not in ("image", "video"):
        return {"locales": [locale.value for locale in can.locales]}
    limits: Row = {
        "size_multiple": can.size_multiple,
        "max_pixels": can.max_pixels,
        "fits_plans": can.fits,
        "layers": can.layers,
        "references": can.references,
        "controls": [control.value for control in can.controls],
        "loras": can.loras,
    }
    if kind == "video":
        limits |= {
            "frame_rule": list(can.frame_rule),
            "max_frames": can.max_frames,
            "fps": str(can.fps) if can.fps else "any",
            "last_frame": can.last_frame,
        }
    return limits


def listing_text(found: dict[str, list[Row]]) -> str:
    """Gives the list for a person."""
    lines: list[str] = []
    for kind, rows in found.items():
        lines.append(kind)
        width = max((len(str(row["name"])) for row in rows), default=0)
        for row in rows:
            state = "ready" if row["ready"] else f"not ready: {row['why']}"
            needs = row.get("needs")
            facts = [
                f"needs {', '.join(map(str, needs))}" if isinstance(needs, list) and needs else ""
            ]
            if row["ready"]:
                facts += [str(row.get("runs", "")), "costs money" if row.get("paid") else ""]
                facts.append(str(row.get("licence", "")))
            told = ", ".join(fact for fact in facts if fact)
            lines.append(f"  {row['name']!s:<{width}}  {state}{f' ({told})' if told else ''}")
    return "\n".join(lines)

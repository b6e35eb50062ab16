"""Hair and headgear, in the units of a head (see `heads`), from the side, before and behind."""

from __future__ import annotations

from collections.abc import Callable

from nightshoot.domain.vocabulary import Headgear
from nightshoot.tools.image.shadow_play.hair import Gear, Head, bald, long, ponytail, scalp, short
from nightshoot.tools.image.shadow_play.strokes import Brush, mirrored, mixed, oval


def _topknot(head: Head, brush: Brush, fill: str) -> Gear:
    x = 0.0 if head.frontal else -11.0
    knot = brush.mass(oval(x, -66, 11.5, 12), fill=fill)
    ring = brush.tone(
        (
            f"M{x - 10},-56 C{x - 5},-52.6 {x + 5},-52.6 {x + 10},-56 L{x + 8.6},-63 "
            f"C{x + 4},-60.6 {x - 4},-60.6 {x - 8.6},-63 Z"
        ),
        brush.accent,
    )
    pin = brush.line(f"M{x - 22},-63 L{x + 22},-66", 2.2) + brush.tone(
        oval(x + 22, -66, 2.6, 2.6), brush.accent
    )
    return Gear(front=knot + scalp(head, brush, fill) + ring + pin)


def _bun(head: Head, brush: Brush, fill: str) -> Gear:
    if head.frontal:
        loops = brush.mass(
            oval(-17, -62, 16, 15), oval(17, -62, 16, 15), oval(0, -74, 15, 15), fill=fill
        )
        pins = brush.line("M-30,-58 L-52,-68 M30,-58 L52,-68", 2.2) + "".join(
            brush.tone(oval(x, y, 3.6, 3.6), brush.accent)
            for x, y in ((-53, -68), (53, -68), (0, -56), (-8, -54), (8, -54))
        )
        drops = brush.line("M-52,-65 L-52,-40 M52,-65 L52,-40", 1.2, dash="0.1 4.4")
        return Gear(front=loops + scalp(head, brush, fill) + pins + drops)
    loops = brush.mass(
        oval(-26, -58, 22, 17), oval(-8, -70, 17, 15), oval(-46, -38, 13, 15), fill=fill
    )
    swirl = brush.line(
        (
            "M-42,-56 C-38,-68 -20,-70 -10,-60 M-20,-72 C-14,-82 2,-82 5,-70 M-54,-38 "
            "C-52,-48 -42,-48 -38,-40"
        ),
        0.9,
        brush.rim,
        opacity=0.35,
    )
    pin = brush.line("M-58,-66 L8,-54", 2.0) + brush.tone(oval(9, -54, 4.6, 4.6), brush.accent)
    petals = "".join(
        brush.tone(oval(9 + dx, -54 + dy, 2.8, 2.8), brush.accent)
        for dx, dy in ((5, -3), (4, 4), (-4, -5), (-3, 5))
    )
    drop = brush.line("M11,-49 L12,-30 M15,-50 L17,-35", 1.3, dash="0.1 4")
    return Gear(front=loops + swirl + scalp(head, brush, fill) + pin + petals + drop)


def _scholar(head: Head, brush: Brush, fill: str) -> Gear:
    hair = scalp(head, brush, fill)
    if head.frontal:
        box = "M-31,-30 L-35,-88 C-20,-92 20,-92 35,-88 L31,-30 C16,-38 -16,-38 -31,-30 Z"
        flap = "M-38,-18 L-43,-62 L-6,-52 L0,-58 L6,-52 L43,-62 L38,-18 C20,-36 -20,-36 -38,-18 Z"
        ribbons = "M-24,-20 C-30,20 -34,50 -32,86 L-22,86 C-20,50 -18,20 -12,-20 Z"
    else:
        box = "M-40,-26 L-46,-84 C-24,-92 6,-92 25,-86 L31,-34 C10,-42 -18,-40 -40,-26 Z"
        flap = "M-47,-8 L-53,-58 L-12,-50 L4,-60 L38,-28 C10,-38 -20,-32 -47,-8 Z"
        ribbons = "M-42,-16 C-54,6 -54,30 -64,58 L-53,64 C-46,36 -44,10 -36,-8 Z"
    cap = brush.mass(box, fill=brush.ink) + brush.mass(
        flap, fill=mixed(brush.ink, brush.lining, 0.7), rim=0.8
    )
    edge = (
        "M-43,-61 L-6,-51 L0,-57 L6,-51 L43,-61"
        if head.frontal
        else "M-52,-57 L-12,-49 L4,-59 L37,-28.6"
    )
    tail = brush.mass(
        ribbons, *([mirrored(ribbons)] if head.frontal else []), fill=brush.lining, rim=0.5
    )
    trim = brush.line(edge, 2.2) + (
        brush.tone(oval(0, -40, 4, 4), brush.accent) if head.frontal and not head.away else ""
    )
    return Gear(front=hair + cap + trim, behind=tail)


def _official(head: Head, brush: Brush, fill: str) -> Gear:
    hair = scalp(head, brush, fill)
    if head.frontal:
        crown = (
            "M-36,-22 C-38,-48 -30,-58 -22,-62 C-20,-84 20,-84 22,-62 C30,-58 38,-48 "
            "36,-22 C18,-32 -18,-32 -36,-22 Z"
        )
        wing = "M34,-34 C52,-44 84,-44 104,-38 C108,-34 106,-30 100,-29 C80,-27 54,-27 34,-30 Z"
        band = "M-36,-24 C-18,-34 18,-34 36,-24"
        wings = brush.mass(wing, mirrored(wing), fill=brush.ink)
        edge = "M42,-34.6 C60,-38 84,-38 98,-34.6"
        trims = brush.line(edge, 1.0, opacity=0.8) + brush.line(mirrored(edge), 1.0, opacity=0.8)
    else:
        crown = (
            "M35,-27 C35,-47 25,-57 9,-60 C5,-78 -10,-86 -24,-83 C-41,-79 -49,-58 "
            "-47,-36 L-44,-8 C-20,-24 10,-31 35,-27 Z"
        )
        wing = (
            "M-40,-30 C-58,-48 -88,-54 -112,-50 C-118,-46 -116,-40 -108,-38 C-86,-34 "
            "-60,-26 -42,-22 Z"
        )
        band = "M34,-29 C10,-34 -20,-27 -45,-11"
        wings = brush.mass(wing, fill=brush.ink)
        trims = brush.line("M-50,-33 C-68,-43 -90,-46 -108,-44.6", 1.0, opacity=0.8)
    jade = brush.tone(
        oval(0, -44, 4.4, 5.4) if head.frontal else oval(22, -42, 3.8, 5), brush.accent
    )
    step = brush.line(
        "M-22,-61 C-10,-55 10,-55 22,-61" if head.frontal else "M9,-60 C-2,-53 -26,-52 -46,-44",
        0.9,
        brush.soft,
    )
    return Gear(
        front=hair
        + wings
        + brush.mass(crown, fill=brush.ink)
        + step
        + trims
        + brush.line(band, 2.4)
        + ("" if head.away else jade)
    )


def _crown(head: Head, brush: Brush, fill: str) -> Gear:
    hair = scalp(head, brush, fill)
    if head.frontal:
        base = (
            "M-34,-26 C-36,-50 -28,-64 -20,-68 L20,-68 C28,-64 36,-50 34,-26 C16,-34 "
            "-16,-34 -34,-26 Z"
        )
        board = "M-56,-76 L56,-76 L50,-66 L-50,-66 Z"
        strings = [(x, -65.0) for x in (-44.0, -34.0, -24.0, -14.0, 14.0, 24.0, 34.0, 44.0)]
        long = 30.0
    else:
        base = (
            "M-41,-22 C-46,-46 -38,-62 -26,-68 L18,-66 C28,-60 34,-48 34,-32 C12,-38 "
            "-20,-36 -41,-22 Z"
        )
        board = "M-62,-80 L56,-69 L55,-62 L-62,-72 Z"
        strings = [(52.0, -61.0), (45.0, -62.0), (-58.0, -71.0), (-51.0, -70.0)]
        long = 34.0
    beads = brush.line(
        " ".join(f"M{x},{y} L{x},{y + long}" for x, y in strings), 2.4, dash="0.1 4.6"
    ) + brush.line(" ".join(f"M{x},{y} L{x},{y + long}" for x, y in strings), 0.6, opacity=0.7)
    band = "M-33,-30 C-16,-38 16,-38 33,-30" if head.frontal else "M33,-36 C12,-42 -20,-40 -42,-27"
    pin = "M-50,-52 L50,-52" if head.frontal else "M-56,-48 L-34,-50"
    return Gear(
        front=hair
        + brush.mass(base, fill=brush.ink)
        + brush.line(pin, 2.4)
        + brush.mass(board, fill=brush.ink)
        + brush.line("M-50,-66 L50,-66" if head.frontal else "M-62,-73.4 L55,-63.4", 1.6)
        + brush.line(band, 3.2)
        + beads
    )


def _helmet(head: Head, brush: Brush, fill: str) -> Gear:
    if head.frontal:
        dome = "M-40,-14 C-44,-52 -24,-70 0,-72 C24,-70 44,-52 40,-14 C20,-28 -20,-28 -40,-14 Z"
        guard = "M-40,-18 C-50,10 -50,34 -46,50 L-28,44 C-32,24 -34,4 -32,-18 Z"
        sides = brush.mass(guard, mirrored(guard), fill=brush.cloth)
        if head.away:
            sides = brush.mass(
                "M-40,-18 C-50,10 -50,34 -48,54 C-20,62 20,62 48,54 "
                "C50,34 50,10 40,-18 C20,-32 -20,-32 -40,-18 Z"
            )
        brim, spike, plume = (
            "M-39,-19 C-20,-32 20,-32 39,-19",
            "M0,-72 L0,-88",
            "M0,-86 C-16,-92 -22,-108 -8,-120 C-8,-110 8,-110 8,-120 C22,-108 16,-92 0,-86 Z",
        )
        plates = "M-47,12 L-33,10 M-48,28 L-30,26 M47,12 L33,10 M48,28 L30,26"
    else:
        dome = "M38,-20 C38,-50 18,-70 -6,-71 C-34,-70 -50,-48 -49,-16 C-30,-16 6,-26 38,-20 Z"
        guard = (
            "M-49,-18 C-52,10 -56,34 -58,50 C-44,56 -30,52 -22,44 C-12,34 -8,20 -8,6 "
            "C-6,-4 0,-12 6,-18 Z"
        )
        sides = brush.mass(guard)
        brim, spike = "M38,-22 C8,-28 -28,-18 -48,-17", "M-6,-71 L-6,-88"
        plume = (
            "M-6,-92 C-26,-104 -56,-94 -70,-58 C-72,-44 -66,-34 -62,-28 C-60,-52 -46,-72 -6,-80 Z"
        )
        plates = (
            "M-51,4 C-38,8 -24,8 -10,2 M-53,20 C-40,25 -26,24 -12,18 M-56,36 C-44,41 -32,40 -20,34"
        )
    return Gear(
        front=sides
        + brush.line(plates, 1.6, opacity=0.5)
        + brush.tone(plume, brush.accent)
        + brush.mass(dome, fill=brush.ink)
        + brush.line(spike, 3.0)
        + brush.line(brim, 3.6)
        + brush.line(
            "M0,-70 L0,-30" if head.frontal else "M-6,-70 C8,-60 18,-46 20,-25", 1.2, brush.soft
        ),
        covers_ear=True,
    )


def _bamboo(head: Head, brush: Brush, fill: str) -> Gear:
    x = 0.0 if head.frontal else -4.0
    cone = (
        f"M{x - 86},-16 C{x - 52},-34 {x - 18},-64 {x},-82 C{x + 18},-64 {x + 52},-34 "
        f"{x + 86},-16 C{x + 40},-6 {x - 40},-6 {x - 86},-16 Z"
    )
    ribs = " ".join(
        f"M{x},-80 C{x + k * 0.35:.1f},-58 {x + k * 0.72:.1f},-34 {x + k},-13"
        for k in (-56, -30, -6, 20, 46)
    )
    rings = (
        f"M{x - 24},-58 C{x - 8},-53 {x + 8},-53 {x + 24},-58 M{x - 50},-36 "
        f"C{x - 18},-27 {x + 18},-27 {x + 50},-36"
    )
    cord = (
        "M-26,-14 C-24,20 -8,48 0,52 C8,48 24,20 26,-14"
        if head.frontal
        else "M6,-12 C4,14 10,36 18,49"
    )
    return Gear(
        front=scalp(head, brush, fill)
        + ("" if head.away else brush.line(cord, 1.5))
        + brush.mass(cone, fill=brush.cloth)
        + brush.line(ribs + " " + rings, 0.8, brush.rim, opacity=0.28)
        + brush.line(f"M{x - 82},-15.4 C{x - 40},-7.6 {x + 40},-7.6 {x + 82},-15.4", 2.0)
    )


def _hood(head: Head, brush: Brush, fill: str) -> Gear:
    if head.away:
        shape, edge = (
            (
                "M0,-66 C36,-66 50,-30 48,4 C48,30 54,50 62,70 C30,80 -30,80 -62,70 C-54,50 "
                "-48,30 -48,4 C-50,-30 -36,-66 0,-66 Z"
            ),
            "M-58,64 C-30,74 30,74 58,64",
        )
    elif head.frontal:
        half = (
            "M0,-66 C36,-66 52,-30 48,6 C46,34 52,54 60,72 L18,76 C28,50 34,20 31,-8 "
            "C28,-30 16,-40 0,-41 Z"
        )
        shape, edge = (
            half + " " + mirrored(half),
            (
                "M22,62 C30,44 33,18 31,-8 C28,-30 16,-40 0,-41 C-16,-40 -28,-30 -31,-8 "
                "C-33,18 -30,44 -22,62"
            ),
        )
    else:
        shape = (
            "M40,-34 C40,-56 16,-68 -10,-66 C-44,-63 -58,-34 -55,2 C-54,26 -60,48 -68,68 "
            "C-44,78 -6,80 22,72 "
            "C10,62 2,50 2,38 C8,26 8,8 14,-8 C20,-22 32,-28 40,-34 Z"
        )
        edge = "M40,-34 C32,-28 20,-22 14,-8 C8,8 8,26 2,38 C2,50 10,62 22,72"
    front = "" if head.away else scalp(head, brush, fill)
    return Gear(
        front=front + brush.mass(shape, fill=brush.cloth) + brush.line(edge, 2.4), covers_ear=True
    )


def _cap(head: Head, brush: Brush, fill: str) -> Gear:
    hair = short(head, brush, fill) if head.modern else Gear(front=scalp(head, brush, fill))
    if head.frontal:
        dome = "M-40,-20 C-44,-52 -24,-66 0,-66 C24,-66 44,-52 40,-20 C20,-28 -20,-28 -40,-20 Z"
        peak = "M-30,-27 C-14,-34 14,-34 30,-27 C22,-14 -22,-14 -30,-27 Z"
        knot = "M-6,-60 L-14,-74 L0,-66 L14,-74 L6,-60 Z"
    else:
        dome = "M36,-24 C36,-50 14,-64 -8,-62 C-38,-60 -52,-40 -50,-12 C-20,-22 10,-28 36,-24 Z"
        peak = "M26,-30 C44,-34 62,-29 70,-18 C56,-21 40,-21 28,-19 Z"
        knot = (
            "M-46,-20 C-56,-26 -66,-24 -72,-14 C-64,-14 -60,-12 -56,-4 C-54,-10 -50,-14 -44,-14 Z"
        )
    band = "M-40,-22 C-20,-31 20,-31 40,-22" if head.frontal else "M36,-26 C10,-31 -20,-24 -49,-14"
    if not head.modern:
        return Gear(
            front=hair.front
            + brush.mass(dome, fill=brush.cloth)
            + brush.line(band, 4.4)
            + brush.mass(knot, fill=brush.lining)
        )
    front = "" if head.away else brush.tone(peak, brush.accent)
    return Gear(front=hair.front + brush.mass(dome, fill=brush.ink) + brush.line(band, 2.0) + front)


_WORN: dict[Headgear, Callable[[Head, Brush, str], Gear]] = {
    Headgear.SCHOLAR_CAP: _scholar,
    Headgear.OFFICIAL_HAT: _official,
    Headgear.CROWN: _crown,
    Headgear.HELMET: _helmet,
    Headgear.BAMBOO_HAT: _bamboo,
    Headgear.TOPKNOT: _topknot,
    Headgear.HAIRPIN_BUN: _bun,
    Headgear.HOOD: _hood,
    Headgear.BALD: bald,
    Headgear.SHORT_HAIR: short,
    Headgear.LONG_HAIR: long,
    Headgear.PONYTAIL: ponytail,
    Headgear.CAP: _cap,
    Headgear.BEARD: _topknot,
}


def worn(head: Head, brush: Brush, fill: str) -> Gear:
    """Paints a head's hair and headgear; `fill` is the hair's colour."""
    if head.gear is Headgear.BEARD and head.modern:
        return short(head, brush, fill)
    return _WORN[head.gear](head, brush, fill)

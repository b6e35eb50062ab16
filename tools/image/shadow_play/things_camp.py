"""Camps and crowds: banners, tents, fires, and people without names."""

from __future__ import annotations

from random import Random

from nightshoot.tools.image.shadow_play.lamps import silk
from nightshoot.tools.image.shadow_play.site import box, disc, mix, oval, path, stroke
from nightshoot.tools.image.shadow_play.spot import Spot
from nightshoot.tools.image.shadow_play.svg import Plane
from nightshoot.tools.image.shadow_play.svg import number as n


def banners(spot: Spot) -> tuple[Plane, ...]:
    """Banners on tall poles: the poles stand, the cloth waves."""
    rng, ink = spot.rng, spot.ink
    poles, cloth = spot.shade(120), ""
    red = mix(silk(spot.palette, 0.7 + 0.3 * spot.lit), ink, 0.28)
    for index, x in enumerate((-104.0, -34.0, 42.0, 108.0)):
        tall = rng.uniform(236, 290)
        poles += box(x - 1.8, -tall, 3.6, tall, ink)
        poles += path(
            f"M{n(x - 4)} {n(-tall)}L{n(x)} {n(-tall - 20)}L{n(x + 4)} {n(-tall)}Z", spot.gold
        )
        poles += oval(x, -tall + 3, 6, 3, mix(red, ink, 0.3))
        hue = red if index % 2 else mix(ink, spot.palette.glow, 0.35)
        cloth += (
            _flag(x, -tall + 8, rng, hue, spot)
            if index % 2
            else _pennon(x, -tall + 8, rng, hue, spot)
        )
    amplitude = max(1.0, spot.scale * 0.022)
    return (spot.plane(poles), spot.plane(cloth, name="cloth", motion=f"wave {n(amplitude)} 2.4"))


def _flag(x: float, y: float, rng: Random, hue: str, spot: Spot) -> str:
    """An upright army flag with a toothed edge and a ring for an emblem."""
    w, h = rng.uniform(50, 58), rng.uniform(92, 110)
    teeth = "".join(f"L{n(x + w + (6 if k % 2 else 0))} {n(y + h * k / 10)}" for k in range(1, 10))
    data = (
        f"M{n(x)} {n(y)}Q{n(x + w / 2)} {n(y - 5)} {n(x + w)} {n(y)}{teeth}L"
        f"{n(x + w)} {n(y + h)}Q{n(x + w / 2)} {n(y + h + 6)} {n(x)} {n(y + h)}"
        "Z"
    )
    edge = mix(hue, spot.palette.ink, 0.45)
    return (
        path(data, hue)
        + stroke(f"M{n(x + 4)} {n(y + 4)}H{n(x + w - 4)}V{n(y + h - 3)}H{n(x + 4)}", edge, 2)
        + disc(x + w / 2, y + h * 0.45, w * 0.26, "none", stroke=spot.gold, stroke_width=3)
        + disc(x + w / 2, y + h * 0.45, w * 0.1, spot.gold)
    )


def _pennon(x: float, y: float, rng: Random, hue: str, spot: Spot) -> str:
    """A long pennon that tapers in the wind."""
    w, h = rng.uniform(66, 82), rng.uniform(28, 36)
    data = (
        f"M{n(x)} {n(y)}C{n(x + w * 0.3)} {n(y - 8)} {n(x + w * 0.6)} {n(y + 14)}"
        f" {n(x + w)} {n(y + h * 0.5)}C{n(x + w * 0.6)} {n(y + h * 0.95)} {n(x + w * 0.3)}"
        f" {n(y + h * 0.7)} {n(x)} {n(y + h)}Z"
    )
    return path(data, hue) + stroke(
        (
            f"M{n(x)} {n(y + h * 0.5)}Q{n(x + w * 0.5)} {n(y + h * 0.4)} {n(x + w * 0.8)}"
            f" {n(y + h * 0.5)}"
        ),
        mix(hue, spot.palette.ink, 0.4),
        2,
    )


def tent(spot: Spot) -> tuple[Plane, ...]:
    """A tent with scalloped eaves and light inside; a ridge tent today."""
    ink, lamp = spot.ink, spot.hue.lamp
    warm = mix(ink, lamp, 0.42)
    if spot.modern:
        body = path("M-105 0L-22 -118Q0 -128 22 -118L105 0Z", mix(ink, lamp, 0.2)) + path(
            "M-105 0L-22 -118L-8 -120L-52 0Z", ink
        )
        door = path("M-14 0Q-8 -60 6 -112Q20 -60 40 0Z", lamp) + path(
            "M6 -112Q22 -60 44 0H30Q20 -60 6 -112Z", warm
        )
        lines = stroke("M-70 -50L-140 2M70 -50L140 2", ink, 1.4) + stroke(
            "M-22 -118Q0 -128 22 -118L105 0", spot.rim, 1.8
        )
        return (
            spot.plane(
                spot.shade(130) + spot.light(6, -50, 110, strength=0.4) + body + door + lines
            ),
        )
    roof = (
        "M0 -212C-30 -186 -90 -142 -150 -124Q-140 -112 -130 -118Q-118 -106 "
        "-105 -114Q-92 -102 -78 -110Q-64 -98 -50 -107Q-36 -96 -22 -105Q-10 "
        "-95 0 -104Q10 -95 22 -105Q36 -96 50 -107Q64 -98 78 -110Q92 -102 "
        "105 -114Q118 -106 130 -118Q140 -112 150 -124C90 -142 30 -186 0 "
        "-212Z"
    )
    walls = "M-128 0L-118 -122H118L128 0Z"
    folds = "M-96 -110L-104 0M-64 -104L-70 0M64 -104L70 0M96 -110L104 0"
    ribs = (
        "M0 -208C-14 -176 -60 -130 -78 -110M0 -208C-6 -170 -18 -130 -22 "
        "-105M0 -208C6 -170 18 -130 22 -105M0 -208C14 -176 60 -130 78 -110"
    )
    door = "M-6 -104Q-14 -50 -44 0H44Q14 -50 6 -104Z"
    flaps = "M-6 -104Q-20 -60 -56 0H-44Q-14 -50 -6 -104ZM6 -104Q20 -60 56 0H44Q14 -50 6 -104Z"
    ropes = "M-140 -122L-176 2M140 -122L176 2"
    flag = path("M0 -244q18 -8 36 2q-16 4 -36 16Z", mix(silk(spot.palette, 1), ink, 0.3)) + box(
        -1.5, -246, 3, 38, ink
    )
    body = (
        flag
        + path(walls, mix(ink, lamp, 0.14))
        + stroke(folds, ink, 1.6, opacity=0.7)
        + path(door, lamp)
        + path(flaps, warm)
        + path(roof, ink)
        + stroke(ribs, spot.soft, 1.3)
        + stroke("M0 -212C30 -186 90 -142 150 -124", spot.rim, 2)
        + stroke(ropes, ink, 1.4)
    )
    return (spot.plane(spot.shade(165) + spot.light(0, -40, 150, strength=0.4) + body),)


def fire(spot: Spot) -> tuple[Plane, ...]:
    """A fire on crossed logs: the wood lies still, the flames and their light flicker."""
    rng, ink, pale = spot.rng, spot.ink, spot.palette
    outer, inner = mix(pale.glow, "#d8481c", 0.55), mix(pale.glow, pale.light, 0.35)
    flames = spot.light(0, -30, 120, strength=0.75)
    for hue, tall, wide, count in (
        (outer, 74.0, 30.0, 5),
        (mix(outer, inner, 0.55), 52.0, 21.0, 4),
        (mix(inner, pale.light, 0.4), 30.0, 12.0, 3),
    ):
        data = ""
        for k in range(count):
            x = (k - (count - 1) / 2) * wide * 0.52
            h = tall * (1 - 0.3 * abs(x) / wide) * rng.uniform(0.8, 1.0)
            w, bend = wide * 0.5, rng.uniform(-8, 8)
            data += (
                f"M{n(x - w)} -6C{n(x - w * 1.1)} {n(-h * 0.4)} {n(x + bend - w * 0.2)}"
                f" {n(-h * 0.55)} {n(x + bend)} {n(-h)}C{n(x + bend + w * 0.1)} {n(-h * 0.6)}"
                f" {n(x + w * 1.2)} {n(-h * 0.45)} {n(x + w)} -6Z"
            )
        flames += path(data, hue, opacity=0.9)
    for _ in range(9):
        flames += disc(rng.uniform(-34, 34), rng.uniform(-130, -70), rng.uniform(0.7, 1.6), inner)
    logs = "M-46 -2L30 -17L33 -10L-42 6ZM46 -2L-30 -17L-33 -10L42 6ZM-30 2h60v7h-60Z"
    stones = "".join(
        oval(x, 5 + (4 if abs(x) < 30 else 0), 8, 5, ink) for x in (-56, -40, -20, 2, 24, 42, 57)
    )
    return (
        spot.plane(flames, motion="flicker 0.22 0.9", name="flames"),
        spot.plane(
            path(logs, ink) + stones + stroke("M-44 -3L28 -17M44 -3L-28 -17", outer, 1.2),
            name="wood",
        ),
    )


def crowd(spot: Spot) -> tuple[Plane, ...]:
    """Two rows of people, or of soldiers with spears; nobody in it is anybody."""
    rng = spot.rng
    army = not spot.modern and rng.random() < 0.5
    parts: list[str] = []
    for row, (lift, size, fade) in enumerate(((-10.0, 0.93, 0.3), (0.0, 1.0, 0.0))):
        ink = mix(spot.ink, spot.palette.middle, fade)
        shapes, spears, edges = "", "", ""
        for k in range(9):
            x = (k - 4) * 46 + (23 if row else 0) + rng.uniform(-9, 9) - 12
            tall = size * rng.uniform(90, 103)
            body, edge = _passer(x, lift, tall, rng, army=army, modern=spot.modern)
            shapes, edges = shapes + body, edges + edge
            if army:
                spears += f"M{n(x + 13)} {n(lift)}V{n(lift - tall - 46)}"
                shapes += (
                    f"M{n(x + 10)} {n(lift - tall - 44)}L{n(x + 13)} {n(lift - tall - 66)}"
                    f"L{n(x + 16)} {n(lift - tall - 44)}Z"
                )
        parts.append(
            path(shapes, ink)
            + stroke(spears, ink, 2)
            + stroke(edges, mix(ink, spot.palette.rim, 0.5), 1.1)
        )
    return (
        spot.plane(
            spot.shade(220) + "".join(parts), motion=f"breathe 0.004 4.6 {n(spot.x)} {n(spot.y)}"
        ),
    )


def _passer(
    x: float, y: float, tall: float, rng: Random, *, army: bool, modern: bool
) -> tuple[str, str]:
    """One silhouette, and the light along its head and shoulder."""
    head, w = tall * 0.068, tall * rng.uniform(0.15, 0.19)
    top = y - tall
    hem = w * (0.7 if modern else 1.0)
    data = (
        f"M{n(x - hem)} {n(y)}C{n(x - hem)} {n(y - tall * 0.4)} {n(x - w)} {n(y - tall * 0.62)}"
        f" {n(x - w * 0.9)} {n(y - tall * 0.72)}Q{n(x - w * 0.8)} {n(y - tall * 0.81)}"
        f" {n(x - head * 0.5)} {n(y - tall * 0.835)}H{n(x + head * 0.5)}Q{n(x + w * 0.8)}"
        f" {n(y - tall * 0.81)} {n(x + w * 0.9)} {n(y - tall * 0.72)}C{n(x + w)}"
        f" {n(y - tall * 0.62)} {n(x + hem)} {n(y - tall * 0.4)} {n(x + hem)}"
        f" {n(y)}Z"
    )
    data += (
        f"M{n(x - head)} {n(top + head)}a{n(head)} {n(head * 1.2)} 0 1 1 {n(2 * head)}"
        f" 0a{n(head)} {n(head * 1.2)} 0 1 1 {n(-2 * head)} 0Z"
    )
    data += (
        f"M{n(x - head * 0.45)} {n(top + head)}h{n(head * 0.9)}v{n(tall * 0.13)}h{n(-head * 0.9)}Z"
    )
    if army:
        data += (
            f"M{n(x - head * 1.35)} {n(top + head * 1.5)}Q{n(x - head * 1.2)} {n(top - head * 0.6)}"
            f" {n(x)} {n(top - head * 1.5)}Q{n(x + head * 1.2)} {n(top - head * 0.6)}"
            f" {n(x + head * 1.35)} {n(top + head * 1.5)}Z"
        )
    elif not modern and rng.random() < 0.6:
        data += f"M{n(x - head * 0.5)} {n(top)}a{n(head * 0.5)} {n(head * 0.5)} 0 1 1 {n(head)} 0Z"
    elif not modern:
        data += (
            f"M{n(x - head * 2.3)} {n(top + head * 0.6)}L{n(x)} {n(top - head * 0.9)}"
            f"L{n(x + head * 2.3)} {n(top + head * 0.6)}Z"
        )
    edge = (
        f"M{n(x + head * 0.6)} {n(y - tall * 0.835)}Q{n(x + w * 0.8)} {n(y - tall * 0.81)}"
        f" {n(x + w * 0.9)} {n(y - tall * 0.72)}"
    )
    return data, edge

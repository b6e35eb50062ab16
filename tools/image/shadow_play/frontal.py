"""Faces seen from before, from near: split light, modelled nose and lips, eyes that look.

Head units, as `heads` has them. Light comes from the right of the figure's own drawing, where
`Brush.mass` puts the rim: the left half of the face lies in shade up to the line of the nose.
"""

from __future__ import annotations

from nightshoot.domain.screenplay import Look
from nightshoot.domain.vocabulary import Age, Headgear, Sex
from nightshoot.tools.image.shadow_play.strokes import Brush, mirrored, mixed, oval

_SHADE = (
    "M-1,-48 C-24,-48 -34,-33 -34,-10 C-33.6,8 -29.6,25 -20.4,37 C-14,45 -7,49 "
    "0,49.4 C-1.6,45 -1,41 0.4,37.6 "
    "C-1,34 -1,31 0,28 C-1,25 -1.4,22 -0.6,19 C-3.6,18.6 -5,16 -3.8,12.6 C-2.2,7 -2.6,0 -3.2,-6 "
    "C-5,-9 -5.6,-14 -4,-22 C-3,-30 -2,-40 -1,-48 Z"
)
_SOCKETS = "M5,-8.6 C11,-13 21,-13 28,-7.6 C29,-2 25,3.4 17,4 C10,4.2 5,1 5,-8.6 Z"
_NOSE = "M0.4,-8 C1.8,0 3,7 6,12.8 C6.6,15.6 4.2,17.4 0.6,17.8 C2,14 0,2 0.4,-8 Z"
_WINGS = "M-6.4,12.4 C-8.2,14.4 -7.6,17 -5,17.2 M6.4,12.4 C8.2,14.4 7.6,17 5,17.2"
_NOSTRILS = "M-4.6,17.6 C-3.4,16.4 -2,16.6 -1.2,18 M4.6,17.6 C3.4,16.4 2,16.6 1.2,18"
_CHEEK = "M31,-2 C32,8 28,20 20,30 C16,34 12,36 9,36.6 C15,30 18,22 19.6,14 C23,9 27,4 31,-2 Z"
_CHIN = "M-9,42 C-4,39.6 4,39.6 9,42 C7,47 3,49 0,49 C-3,49 -7,47 -9,42 Z"


def _brows(look: Look, brush: Brush) -> str:
    """Paints brows as tapering strokes of the brush; an old man's are bushy."""
    pale = mixed(brush.skin, brush.rim, 0.62)
    if look.age is Age.OLD:
        shape = "M5,-9.4 C11,-16.4 21,-16.6 29,-8.4 C22,-12 12,-12.4 5,-9.4 Z"
    elif look.sex is Sex.FEMALE:
        shape = "M6.6,-11.2 C12,-15.8 20,-16.6 28,-11.4 C20.4,-14.2 12.6,-13.6 6.6,-11.2 Z"
    else:
        shape = "M5.4,-9.6 C11,-15.4 20,-16.6 28.6,-11 C21,-13.2 12,-12 5.4,-9.6 Z"
    return brush.tone(shape, pale, 0.85) + brush.tone(mirrored(shape), pale, 0.6)


def _closed(look: Look, brush: Brush) -> str:
    """Paints lowered lids with their lashes."""
    pale = mixed(brush.skin, brush.rim, 0.85)
    lid = "M8,-1.6 C12,2.6 20,2.8 25,-1.6"
    body = brush.line(lid, 1.4, pale) + brush.line(mirrored(lid), 1.4, pale, opacity=0.75)
    lashes = "M24.4,-1.2 L27.6,1 M21.4,0.6 L23.6,3.2 M17.6,1.6 L18.4,4.2"
    if look.sex is Sex.FEMALE:
        body += brush.line(lashes, 0.6, pale) + brush.line(mirrored(lashes), 0.6, pale, opacity=0.7)
    return body


def _open(look: Look, brush: Brush) -> str:
    """Paints eyes: white, iris with the light in it, the weight of the upper lid, a crease."""
    woman = look.sex is Sex.FEMALE
    pale = mixed(brush.skin, brush.rim, 0.85)
    white = mixed(brush.skin, brush.light, 0.6)
    ball = "M8,-0.4 C11.6,-4.8 19,-5.4 25,-1.6 C20.4,1.6 12.4,2.2 8,-0.4 Z"
    lid = (
        "M7.2,0.2 C11,-6.4 20,-7 26.6,-2.4 C27.4,-2.6 28.6,-3.8 29.2,-4.8 "
        "C28.4,-1.8 26.8,-0.6 25,-1.2 "
        "C19,-5 12,-4.6 7.2,0.2 Z"
        if woman
        else "M7.4,-0.2 C11,-5.8 19.6,-6.2 26,-2 C25.6,-1.4 25.2,-1.2 25,-1.2 "
        "C19,-4.8 12,-4.4 7.4,-0.2 Z"
    )
    crease = "M9,-5.4 C13,-8.8 20,-9 25.4,-6"
    body = ""
    for side, strength in ((1.0, 1.0), (-1.0, 0.72)):

        def at(path: str, side: float = side) -> str:
            return path if side > 0 else mirrored(path)

        body += brush.tone(at(ball), white, strength)
        body += brush.tone(oval(16.4 * side, -1.7, 3.0, 3.1), mixed(brush.ink, "#5a3418", 0.4))
        body += brush.tone(oval(16.4 * side, -1.7, 1.5, 1.6), brush.ink)
        body += brush.tone(oval(16.4 * side + 1.1, -2.9, 0.8, 0.8), brush.light)
        body += brush.tone(at(lid), mixed(brush.ink, brush.skin, 0.12))
        body += brush.line(at(crease), 0.6, pale, opacity=0.55 * strength)
        body += brush.line(at("M10.4,1 C14,2.6 19,2.4 22.6,0.6"), 0.5, pale, opacity=0.4 * strength)
    return body


def _mouth(look: Look, brush: Brush) -> str:
    """Paints an upper lip in shade and a lower lip that catches the light."""
    woman = look.sex is Sex.FEMALE
    red = mixed("#a3202c", brush.rim, 0.08) if woman else mixed(brush.skin, brush.rim, 0.26)
    wide = 9.4 if woman else 10.4
    upper = (
        f"M{-wide},29 C-6,27 -3,25.4 -1.4,25.6 C-0.6,26.2 0.6,26.2 1.4,25.6 C3,25.4 6,27 {wide},29 "
        f"C4,28.8 1.4,29.4 0,29.4 C-1.4,29.4 -4,28.8 {-wide},29 Z"
    )
    full = 35.0 if woman else 33.4
    lower = (
        f"M{-wide},29 C-4,28.8 -1.4,29.4 0,29.4 C1.4,29.4 4,28.8 {wide},29 "
        f"C6,{full - 1} 3,{full} 0,{full} C-3,{full} -6,{full - 1} {-wide},29 Z"
    )
    return (
        brush.tone(upper, mixed(red, brush.ink, 0.3), 0.95)
        + brush.tone(lower, red, 0.95)
        + brush.tone("M0.6,31 C3,30.6 5,30.8 6,30.8 C4.6,32.6 2.4,33 0.6,32.8 Z", brush.light, 0.28)
        + brush.line(
            f"M{-wide - 0.8},28.8 C-4,28.6 -1.4,29.5 0,29.4 C1.4,29.5 4,28.6 {wide + 0.8},28.8",
            0.6,
            brush.ink,
        )
        + brush.line("M-5,38 C-2,39.4 2,39.4 5,38", 0.7, brush.ink, opacity=0.4)
    )


def _years(look: Look, brush: Brush) -> str:
    """Paints what age leaves: folds beside the mouth, at the eyes and on the brow."""
    if look.age is not Age.OLD:
        return ""
    folds = (
        "M9,16 C13,21 14,26 12.6,31 M27,1 L31,3.4 M27.4,-1 L31.6,-1.4 M12,5.4 C15,7.4 19,7.4 22,5.6"
    )
    brow = "M-16,-27 C-6,-29.6 6,-29.6 16,-27 M-13,-22.6 C-5,-24.6 5,-24.6 13,-22.6"
    pale = mixed(brush.skin, brush.rim, 0.6)
    return brush.line(f"{folds} {mirrored(folds)} {brow}", 0.6, pale, opacity=0.5)


def frontal(look: Look, brush: Brush, nod: float) -> str:
    """Paints the features of a face seen from before; who looks down has the eyes closed."""
    woman = look.sex is Sex.FEMALE
    bearded = look.sex is Sex.MALE and look.age is Age.OLD
    hidden = bearded or (look.headgear is Headgear.BEARD and not woman)
    warm = mixed(brush.skin, brush.glow, 0.55)
    deep = mixed(brush.ink, brush.skin, 0.3)
    jaw = "M26,26 C17,44 8,49.4 0,49.6"
    body = (
        brush.halo(17.0, 8.0, 16.0, brush.glow, 0.24)
        + brush.tone(_CHEEK, warm, 0.20)
        + ("" if hidden else brush.tone(_CHIN, warm, 0.16))
        + brush.tone(_SOCKETS, deep, 0.28)
        + brush.tone(mirrored(_SOCKETS), deep, 0.28)
        + brush.tone(_SHADE, brush.ink, 0.32)
        + brush.tone(_NOSE, brush.rim, 0.20)
        + ("" if hidden else brush.line(jaw, 0.8, brush.rim, opacity=0.35))
    )
    pale = mixed(brush.skin, brush.rim, 0.8)
    body += (
        brush.line("M0.6,-5 C2,3 3.4,9 5.6,13", 0.6, pale, opacity=0.45)
        + brush.line(_WINGS, 0.7, pale, opacity=0.45)
        + brush.line(_NOSTRILS, 1.0, brush.ink, opacity=0.9)
        + brush.line("M-1.4,20.4 L-1.8,23.6 M1.4,20.4 L1.8,23.6", 0.5, pale, opacity=0.3)
    )
    eyes = _closed(look, brush) if nod > 5.5 else _open(look, brush)
    return (
        body
        + eyes
        + _brows(look, brush)
        + _years(look, brush)
        + ("" if hidden else _mouth(look, brush))
    )

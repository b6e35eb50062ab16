"""The few colours of a shot, chosen by mood and light."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from nightshoot.domain.vocabulary import Era, Mood, Setting, TimeOfDay, Weather
from nightshoot.tools.image.shadow_play.colours import grey, lightness, mix, shade, tinted, turn
from nightshoot.tools.image.shadow_play.moods import INDOORS, OUTDOORS, Tones


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours as `#rrggbb`, from the back of the picture to the lens."""

    sky_top: str
    sky_mid: str
    horizon: str
    """Where the sky is lightest."""
    light: str
    """The disc of the moon or the sun, a lit window, a paper screen."""
    glow: str
    """The halo around lights: lanterns, flames."""
    far: str
    middle: str
    near: str
    """Ridges and houses, paler with distance."""
    ground: str
    ground_near: str
    water: str
    water_near: str
    glint: str
    """Light on water and wet stone."""
    ink: str
    """Silhouettes: people, boats, what is near the lens."""
    ink_soft: str
    """Inner shapes of silhouettes: a fold, hair against a face; a shade lighter than ink."""
    rim: str
    """The thin line of light on an outline that faces the light."""


_INTERIORS = (Setting.PALACE, Setting.ROOM)
_EARTH = {
    Setting.DESERT: ("#c9853f", 0.62),
    Setting.FIELD: ("#7c9440", 0.62),
    Setting.FOREST: ("#3f7a4a", 0.45),
    Setting.VILLAGE: ("#8a7440", 0.40),
    Setting.COURTYARD: ("#8a7f66", 0.30),
    Setting.SEA: ("#b08d55", 0.35),
    Setting.MOUNTAIN: ("#5f7d4c", 0.38),
}
"""The tint of the soil or of what grows on it, and how strongly it shows."""

_WITHERED = (Mood.DESOLATE, Mood.MELANCHOLY, Mood.TENSE, Mood.FURIOUS, Mood.HEROIC)
"""Moods in which grass is dry."""

_STRAW = "#b08a48"


def palette_for(
    *,
    mood: Mood,
    time_of_day: TimeOfDay,
    weather: Weather,
    setting: Setting,
    era: Era,
    seed: int,
) -> Palette:
    """Gives the colours of a shot; another seed turns and shades them a little."""
    tones = OUTDOORS[mood, time_of_day]
    if setting in _INTERIORS:
        share = 0.12 if time_of_day is TimeOfDay.NIGHT else 0.28
        share += 0.14 if era is Era.MODERN else 0.0
        tones = _between(INDOORS[mood], tones, share)
    elif setting is Setting.FOREST:
        tones = _between(tones, _FOREST_LIGHT, 0.16)
    rng = Random(f"palette {seed}")
    tones = _varied(tones, rng.uniform(-7.0, 7.0), rng.uniform(0.965, 1.035))
    if setting not in _INTERIORS:
        tones = _weathered(tones, weather)
    palette = _derived(tones, setting, dry=mood in _WITHERED)
    return _snowed(palette) if weather is Weather.SNOW else palette


_FOREST_LIGHT = Tones("#16302c", "#4f7a5c", "#d5dca6", "#f8f6d4", "#0c1c18")


def _between(first: Tones, second: Tones, share: float) -> Tones:
    pairs = zip(first, second, strict=True)
    return Tones(*(mix(one, other, share) for one, other in pairs))


def _varied(tones: Tones, degrees: float, factor: float) -> Tones:
    return Tones(*(shade(turn(colour, degrees), factor) for colour in tones))


def _weathered(tones: Tones, weather: Weather) -> Tones:
    veil = grey(mix(tones.mid, tones.horizon, 0.5), 0.55)
    dull = {Weather.CLOUDY: 0.35, Weather.RAIN: 0.3, Weather.STORM: 0.35, Weather.SNOW: 0.45}
    dull |= {Weather.WIND: 0.12, Weather.FOG: 0.3}
    dim = {Weather.RAIN: 0.9, Weather.STORM: 0.85}.get(weather, 1.0)
    top, mid, horizon, light, deep = (shade(grey(c, dull.get(weather, 0.0)), dim) for c in tones)
    match weather:
        case Weather.CLOUDY:
            top, horizon = mix(top, mid, 0.3), mix(horizon, mid, 0.2)
        case Weather.FOG:
            top, mid, horizon = mix(top, veil, 0.5), mix(mid, veil, 0.6), mix(horizon, veil, 0.2)
            deep = mix(deep, veil, 0.10)
        case Weather.RAIN:
            horizon, light = mix(horizon, mid, 0.35), mix(light, horizon, 0.2)
        case Weather.STORM:
            top, mid, horizon = shade(top, 0.78), mix(mid, horizon, 0.16), mix(horizon, light, 0.12)
        case Weather.SNOW:
            top, horizon = mix(top, mid, 0.35), mix(horizon, "#e8eef4", 0.25)
        case _:
            pass
    return Tones(top, mid, horizon, light, deep)


def _derived(tones: Tones, setting: Setting, *, dry: bool) -> Palette:
    top, mid, horizon, light, deep = tones
    haze = mix(mid, horizon, 0.32)
    near = mix(mix(haze, mid, 0.5), deep, 0.80)
    tint, strength = _EARTH.get(setting, (near, 0.0))
    if dry and setting in (Setting.FIELD, Setting.MOUNTAIN):
        tint = _STRAW
    dusk = min(1.0, 0.35 + lightness(mid))
    soil = tinted(mix(mix(mid, horizon, 0.15), deep, 0.50), tint, strength * dusk)
    ink = shade(deep, 0.46)
    glow = mix("#ffac4d", light, 0.22)
    return Palette(
        sky_top=top,
        sky_mid=mid,
        horizon=horizon,
        light=light,
        glow=glow,
        far=mix(haze, deep, 0.10),
        middle=mix(mix(haze, mid, 0.4), deep, 0.45),
        near=near,
        ground=soil,
        ground_near=mix(soil, deep, 0.72),
        water=mix(mix(mid, top, 0.35), deep, 0.12),
        water_near=mix(top, deep, 0.58),
        glint=mix(light, horizon, 0.22),
        ink=ink,
        ink_soft=mix(ink, mix(deep, mid, 0.30), 0.38),
        rim=mix(light, glow, 0.3),
    )


def _snowed(palette: Palette) -> Palette:
    """Snow lies on the ground and on every slope; what stands upright keeps its darkness."""
    white = mix(palette.horizon, "#eef4fa", 0.55)
    return replace(
        palette,
        far=mix(palette.far, white, 0.35),
        ground=mix(palette.ground, white, 0.72),
        ground_near=mix(palette.ground_near, white, 0.38),
    )

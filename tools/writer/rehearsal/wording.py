"""Answers the prompt engineer: a shot in the words that text-to-image and video models know."""

from __future__ import annotations

import re

from nightshoot.domain.orders import SheetOrder, Wording, WordingOrder
from nightshoot.domain.shot import Cast
from nightshoot.domain.storyboard import Figure, Staging
from nightshoot.domain.vocabulary import (
    CameraAngle,
    CameraMove,
    Era,
    Gesture,
    Mood,
    MoveStrength,
    Posture,
    Setting,
    Sex,
    ShotSize,
    TimeOfDay,
    Weather,
)

_SIZES = {
    ShotSize.EWS: "extreme wide shot, 18mm lens, tiny figures in a vast place",
    ShotSize.WS: "wide shot, 24mm lens, full figures with the place around them",
    ShotSize.MWS: "medium wide shot, 35mm lens, figures from the knees up",
    ShotSize.MS: "medium shot, 50mm lens, figures from the waist up",
    ShotSize.MCU: "medium close-up, 65mm lens, head and shoulders",
    ShotSize.CU: "close-up, 85mm lens, the face fills the frame, shallow depth of field",
    ShotSize.ECU: "extreme close-up, 100mm macro lens, one detail fills the frame",
}
_ANGLES = {
    CameraAngle.EYE: "at eye level",
    CameraAngle.HIGH: "from a high angle looking down",
    CameraAngle.LOW: "from a low angle looking up",
    CameraAngle.DUTCH: "with a tilted dutch angle",
    CameraAngle.OVERHEAD: "from directly overhead",
}
_MOVES = {
    CameraMove.STATIC: "locked-off camera",
    CameraMove.PAN_LEFT: "camera pans left",
    CameraMove.PAN_RIGHT: "camera pans right",
    CameraMove.TILT_UP: "camera tilts up",
    CameraMove.TILT_DOWN: "camera tilts down",
    CameraMove.PUSH_IN: "camera dollies in",
    CameraMove.PULL_OUT: "camera dollies out",
    CameraMove.TRUCK_LEFT: "camera trucks left",
    CameraMove.TRUCK_RIGHT: "camera trucks right",
    CameraMove.PEDESTAL_UP: "camera rises",
    CameraMove.PEDESTAL_DOWN: "camera sinks",
    CameraMove.FOLLOW: "camera follows the subject",
    CameraMove.ORBIT: "camera orbits the subject",
    CameraMove.CRANE: "sweeping crane move",
    CameraMove.ROLL: "camera rolls",
    CameraMove.HANDHELD: "handheld camera, slight shake",
    CameraMove.ZOOM_IN: "lens zooms in",
    CameraMove.ZOOM_OUT: "lens zooms out",
}
_POWER = {
    MoveStrength.GENTLE: "slowly",
    MoveStrength.MEDIUM: "steadily",
    MoveStrength.STRONG: "fast",
}
_PLACES = {
    Setting.RIVER: "on a broad river",
    Setting.SEA: "by the sea",
    Setting.MOUNTAIN: "among mountain ridges",
    Setting.FOREST: "in a forest",
    Setting.DESERT: "in a desert of dunes",
    Setting.FIELD: "on an open field",
    Setting.VILLAGE: "in a village",
    Setting.STREET: "in a street",
    Setting.CITY: "in a city",
    Setting.PALACE: "in a great hall",
    Setting.COURTYARD: "in a courtyard garden",
    Setting.ROOM: "inside a room",
    Setting.HEAVEN: "among clouds and stars, a dreamlike sky",
}
_LIGHT = {
    TimeOfDay.DAWN: "pale light of dawn, soft backlight",
    TimeOfDay.DAY: "clear daylight, soft shadows",
    TimeOfDay.DUSK: "golden hour, low warm backlight",
    TimeOfDay.NIGHT: "night, moonlight as backlight, deep shadows",
}
_WEATHER = {
    Weather.CLEAR: "clear air",
    Weather.CLOUDY: "overcast sky",
    Weather.FOG: "drifting mist",
    Weather.RAIN: "falling rain, wet reflections",
    Weather.STORM: "storm, lightning, driving rain",
    Weather.SNOW: "falling snow",
    Weather.WIND: "strong wind, dust and flying cloth",
}
_MOODS = {
    Mood.SERENE: "serene, still",
    Mood.MELANCHOLY: "melancholy, muted colours",
    Mood.JOYFUL: "joyful, bright",
    Mood.TENSE: "tense, hard contrast",
    Mood.ROMANTIC: "romantic, soft glow",
    Mood.HEROIC: "heroic, epic scale",
    Mood.MYSTERIOUS: "mysterious, veiled light",
    Mood.DESOLATE: "desolate, empty space",
    Mood.WARM: "warm, tender",
    Mood.FURIOUS: "furious, red accents",
}
_GESTURES = {
    Gesture.REST: "",
    Gesture.RAISE: "raising a hand",
    Gesture.PLAY: "playing an instrument",
    Gesture.POINT: "pointing",
    Gesture.REACH: "reaching out",
    Gesture.HANDS_BEHIND: "hands clasped behind the back",
    Gesture.CLASP: "hands clasped in front",
    Gesture.EMBRACE: "embracing",
    Gesture.WAVE: "waving",
    Gesture.STRIKE: "striking with the hand",
    Gesture.WRITE: "writing",
    Gesture.READ: "reading",
    Gesture.LOOK_UP: "looking up",
    Gesture.LOOK_DOWN: "head lowered",
    Gesture.FOLD_ARMS: "arms folded",
    Gesture.DANCE: "dancing",
}
_NEGATIVE = (
    "text, watermark, logo, subtitles, extra limbs, deformed hands, duplicated people, "
    "flicker, blur, low quality"
)
_CURES = (
    (
        r"black|dark|exposure|luma|过暗|全黑|太暗|黑",
        "brightly exposed, strong rim light, visible detail in the shadows",
        "black frame, underexposed",
    ),
    (
        r"bright|white|clipp|过曝|太亮|blown",
        "balanced exposure, detail in the highlights",
        "overexposed, blown highlights",
    ),
    (
        r"blank|flat|detail|contrast|empty|空白|单调",
        "rich detail in foreground, middle ground and background, strong contrast",
        "blank frame, flat colour",
    ),
    (
        r"frozen|motion|still|move|static|静止|冻结|不动|运动",
        "clearly visible continuous movement, cloth, water and air in motion",
        "frozen frame, still image",
    ),
    (r"sharp|blur|focus|模糊|清晰", "crisp focus, sharp outlines", "out of focus, motion blur"),
    (
        r"flicker|jump|cut|闪烁|跳",
        "steady light, smooth continuous shot",
        "flicker, jump cut, scene change",
    ),
    (r"face|hand|limb|脸|手", "natural anatomy, clear outline of face and hands", "bad anatomy"),
    (
        r"refused|拒绝",
        "a calm and peaceful picture, everybody unharmed and fully dressed",
        "violence, blood, weapons, nudity",
    ),
    (r"colou?r|palette|色", "restrained palette of few colours", "garish colours"),
)


def word(order: WordingOrder) -> Wording:
    """Words a shot; each note of the critic changes the wording."""
    staging, camera = order.shot.staging, order.shot.camera
    cures, avoided = _answers(order.notes)
    move = f"{_MOVES[camera.move]}"
    if camera.move is not CameraMove.STATIC:
        move += f" {_POWER[camera.strength]}"
    parts = [
        *cures,
        f"{_SIZES[camera.size]}, {_ANGLES[camera.angle]}",
        _people(staging, order.cast),
        f"{_era(staging.era)} {_PLACES[staging.setting]}{_things(staging)}",
        f"{_LIGHT[staging.time_of_day]}, {_WEATHER[staging.weather]}",
        _MOODS[staging.mood],
        move,
        order.style.strip(),
    ]
    prompt = ". ".join(part.strip(" .,") for part in parts if part.strip(" .,")) + "."
    if order.take > 1 and not cures:
        prompt += f" Alternative composition {order.take}, clearer outlines."
    return Wording(prompt=prompt, negative_prompt=", ".join((_NEGATIVE, *avoided)))


def word_sheet(order: SheetOrder) -> Wording:
    """Words a character's reference sheet."""
    look = order.person.look
    person = look.details or ", ".join(
        (
            f"{look.age.value} {'woman' if look.sex is Sex.FEMALE else 'man'}",
            f"{look.build.value} build",
            f"wearing a {look.dress.value.replace('_', ' ')}",
            f"headgear: {look.headgear.value.replace('_', ' ')}",
        )
    )
    parts = [
        "Character reference, one person alone, full figure from head to foot, facing the camera",
        f"{_era(order.era)} {person}, accent colour {look.accent}",
        "standing still, arms at rest, calm face",
        "plain light grey ground, soft even light",
        order.style.strip(),
    ]
    prompt = ". ".join(part.strip(" .,") for part in parts if part.strip(" .,")) + "."
    return Wording(
        prompt=prompt,
        negative_prompt=f"{_NEGATIVE}, second person, cropped limbs, held things, borders",
    )


def _era(era: Era) -> str:
    return "Ancient China," if era is Era.ANCIENT else "Present day,"


def _things(staging: Staging) -> str:
    names = [str(one.value).replace("_", " ") for one in staging.dressing]
    return f", with {', '.join(names)}" if names else ""


def _people(staging: Staging, cast: tuple[Cast, ...]) -> str:
    if not staging.figures:
        return "no people in the picture"
    looks = {person.id: person for person in cast}
    order = list(range(len(staging.figures)))
    if staging.subject is not None:
        order.remove(staging.subject)
        order.insert(0, staging.subject)
    return "; ".join(_person(staging.figures[i], looks) for i in order)


def _person(figure: Figure, looks: dict[str, Cast]) -> str:
    known = looks.get(figure.character)
    look = known.look.details if known and known.look.details else "a person"
    accent = f", accent colour {known.look.accent}" if known else ""
    holding = f", holding a {figure.holding.value.replace('_', ' ')}" if figure.holding else ""
    mount = f", on a {figure.mount.value}" if figure.mount else ""
    gesture = f", {_GESTURES[figure.gesture]}" if _GESTURES[figure.gesture] else ""
    posture = "" if figure.posture is Posture.STANDING and gesture else f", {figure.posture.value}"
    side = {
        "left": ", in profile facing left",
        "right": ", in profile facing right",
        "toward": ", facing the camera",
        "away": ", seen from behind",
    }[figure.facing.value]
    return f"{look}{accent}{posture}{gesture}{holding}{mount}{side}"


def _answers(notes: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Gives what the notes ask for and what they ask to avoid; the newest first."""
    wanted: list[str] = []
    avoided: list[str] = []
    for note in reversed(notes):
        hits = [
            (want, avoid)
            for pattern, want, avoid in _CURES
            if re.search(pattern, note, re.IGNORECASE)
        ]
        for want, avoid in hits:
            wanted.append(want)
            avoided.append(avoid)
        if not hits and note.strip():
            wanted.append(f"correct this: {note.strip()[:160]}")
    return list(dict.fromkeys(wanted)), list(dict.fromkeys(avoided))

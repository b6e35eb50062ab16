"""`difference.html`: two versions of a film side by side, on one self-contained page."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from importlib.resources import files

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from nightshoot.comparing import Difference, Seen, ShotChange
from nightshoot.domain.storyboard import Grade
from nightshoot.domain.vocabulary import Locale

FIELDS = {
    Locale.ZH: {
        "added": "新增", "deleted": "删去", "number": "编号", "scene": "场景",
        "description": "画面内容", "camera": "机位与运镜", "staging": "场面", "lines": "台词",
        "min_duration_s": "最短时长", "transition": "转场", "sound": "音效", "controls": "控制图",
        "grade": "调色", "note": "给剧组的话", "again": "重拍", "keyframe": "关键帧",
        "take": "成片镜头",
    },
    Locale.EN: {
        "added": "added", "deleted": "deleted", "number": "number", "scene": "scene",
        "description": "description", "camera": "camera", "staging": "staging", "lines": "lines",
        "min_duration_s": "least length", "transition": "transition", "sound": "sound",
        "controls": "control pictures", "grade": "grade", "note": "note to the crew",
        "again": "taken again", "keyframe": "keyframe", "take": "take",
    },
}  # fmt: skip
"""What the parts of a shot are called."""

_WORDS = {
    Locale.ZH: {
        "version": "版本 {}", "title": "{}：版本 {} 与 {}",
        "documents": "文稿", "nothing": "这个版本没有这个镜头", "none": "两个版本一样。",
        "shot": "镜头", "joint": "、", "seconds": "至少 {:g} 秒", "transition": "转场：{}",
        "note": "给剧组的话：{}", "sound": "音效：{}",
        "stops": "曝光 {:+g} 档", "warmth": "冷暖 {:+g}", "saturation": "饱和 {:+g}",
        "contrast": "反差 {:+g}", "plain": "不调色",
    },
    Locale.EN: {
        "version": "version {}", "title": "{}: version {} and {}",
        "documents": "Documents", "nothing": "This version does not have the shot",
        "none": "The two versions are the same.",
        "shot": "Shot", "joint": ", ", "seconds": "at least {:g} s", "transition": "then: {}",
        "note": "note to the crew: {}", "sound": "sound: {}",
        "stops": "exposure {:+g} stops", "warmth": "warmth {:+g}", "saturation": "saturation {:+g}",
        "contrast": "contrast {:+g}", "plain": "no grade",
    },
}  # fmt: skip


_COUNTS = {
    Locale.ZH: {
        "differ": ("{} 个镜头有变化", "{} 个镜头有变化"),
        "same": ("{} 个镜头逐字节未动", "{} 个镜头逐字节未动"),
    },
    Locale.EN: {
        "differ": ("{} shot differs", "{} shots differ"),
        "same": ("{} shot is the same to the byte", "{} shots are the same to the byte"),
    },
}
"""For one, and for several."""

Stills = Mapping[tuple[str, Grade], bytes]
"""A small JPEG of each keyframe as it is graded, by its digest and the grade."""


def difference_page(difference: Difference, stills: Stills) -> str:
    """Gives the page as HTML that needs nothing else.

    Args:
        difference: what differs.
        stills: pictures of both sides; a shot without one has none on the page.
    """
    environment = SandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = files("nightshoot.pages").joinpath("difference.html.j2").read_text(encoding="utf-8")
    return environment.from_string(text).render(
        difference=difference,
        words=_WORDS[difference.locale],
        fields=FIELDS[difference.locale],
        counts=_counts(difference),
        locale=difference.locale.value,
        ratio=f"{difference.width} / {difference.height}",
        upright=difference.height >= difference.width,
        still=lambda seen: _data_url(stills.get((seen.keyframe, seen.shot.grade), b"")),
        rows=lambda change, seen: _rows(change, seen, difference.locale),
    )


def difference_text(difference: Difference) -> str:
    """Gives the difference as plain text: which shots differ in what, then the documents."""
    words, fields = _WORDS[difference.locale], FIELDS[difference.locale]
    joint = words["joint"]
    title = words["title"].format(difference.title, difference.before, difference.after)
    rows = [title, f"  {joint.join(_counts(difference))}"]
    for change in difference.shots:
        seen = change.after or change.before
        number = seen.shot.number if seen else ""
        what = joint.join(fields[one] for one in change.what)
        rows.append(f"  {words['shot']} {number} ({change.id}): {what}")
    for document in difference.documents:
        rows += ["", f"--- {document.name}", *document.lines]
    if not difference.shots and not difference.documents:
        rows.append(f"  {words['none']}")
    return "\n".join(rows)


def _counts(difference: Difference) -> tuple[str, str]:
    """Gives how many shots differ, and how many do not."""
    words = _COUNTS[difference.locale]
    differ, same = len(difference.shots), difference.same
    return words["differ"][differ != 1].format(differ), words["same"][same != 1].format(same)


def _rows(change: ShotChange, seen: Seen, locale: Locale) -> list[tuple[bool, str]]:
    """Gives what is told of one side of a shot: each with whether it differs."""
    words, shot = _WORDS[locale], seen.shot
    camera, staging = shot.camera, shot.staging
    framed = (camera.size, camera.angle, camera.move, camera.strength)
    placed = (staging.setting, staging.time_of_day, staging.weather, staging.mood)
    rows = [
        ("camera", " · ".join(term.label(locale) for term in framed)),
        ("staging", " · ".join(term.label(locale) for term in placed)),
        ("description", shot.description),
        *(("lines", f"“{line}”") for line in seen.lines),
    ]
    further = {
        "min_duration_s": words["seconds"].format(shot.min_duration_s),
        "transition": words["transition"].format(shot.transition.label(locale)),
        "sound": words["sound"].format(shot.sound) if shot.sound else "",
        "grade": _graded(shot.grade, locale),
        "note": words["note"].format(shot.note) if shot.note else "",
    }
    rows += [(name, text) for name, text in further.items() if name in change.what]
    return [(name in change.what, text) for name, text in rows if text]


def _graded(grade: Grade, locale: Locale) -> str:
    words = _WORDS[locale]
    amounts = {
        "stops": grade.exposure_stops,
        "warmth": grade.warmth,
        "saturation": grade.saturation,
        "contrast": grade.contrast,
    }
    told = [words[name].format(round(amount, 2)) for name, amount in amounts.items() if amount]
    return " · ".join(told) or words["plain"]


def _data_url(data: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(data).decode() if data else ""

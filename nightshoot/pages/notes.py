"""Puts the measures' English sentences into the page's language, as far as a table can.

Measures note what they saw in English, which painters and cameras are told. A Chinese page says the
same from the measure's id, the numbers and the few words that vary; what it cannot say so is shown
as it is noted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nightshoot.domain.remedy import Remedy, RemedyKind
from nightshoot.domain.review import Finding
from nightshoot.domain.storyboard import Camera
from nightshoot.domain.vocabulary import CameraMove, Dressing, MoveStrength
from nightshoot.pages.measures import numbers

_FAULTS: Mapping[str, str] = {
    "format": "尺寸或帧率与计划不符。",
    "frame_count": "帧数差 {value} 帧。",
    "black_frames": "画面全黑，主体没有光。",
    "blank_frames": "画面空白，只有一片平色。",
    "dynamic_degree": "全条几乎不动：镜头没有运动，人物景物也没有生气。",
    "frozen_stretch": "中途定格 {value} 秒。",
    "violent_motion": "运动过猛，观众看不清。",
    "jump_cut": "一条之内有跳切。",
    "temporal_flickering": "光线闪烁或忽明忽暗。",
    "first_frame": "起幅不是已定的关键帧。",
    "imaging_quality": "画面模糊，缺少细节。",
    "sharpness_kept": "越拍越糊，不如关键帧清晰。",
    "detail_kept": "画面失去细节：发白、过暗或糊成一片。",
    "colour_cast": "色彩偏离关键帧。",
    "borders": "四周有黑边或边框。",
    "clipping": "声音削波失真。",
    "noise": "字句之间有噪声。",
    "silence": "静默 {value} 秒。",
    "cut_off": "话没说完就断了。",
    "audio_video_drift": "声音与画面没有同时结束。",
    "black_joins": "镜头接缝处出现黑帧。",
    "duplicate_shots": "有两个镜头画面相同。",
    "caption_overlap": "字幕前后重叠。",
    "caption_reading_speed": "有字幕来不及读完。",
    "caption_safe_area": "有字幕超出安全区。",
    "true_peak": "真峰值过高。",
}

_DARK, _LIT = "暗部死黑，看不见细节。", "亮部过曝，细节全白。"

_MOVES: Mapping[str, CameraMove] = {
    "stands still": CameraMove.STATIC,
    "pans left": CameraMove.PAN_LEFT,
    "pans right": CameraMove.PAN_RIGHT,
    "tilts up": CameraMove.TILT_UP,
    "tilts down": CameraMove.TILT_DOWN,
    "pushes in": CameraMove.PUSH_IN,
    "pulls out": CameraMove.PULL_OUT,
    "trucks left": CameraMove.TRUCK_LEFT,
    "trucks right": CameraMove.TRUCK_RIGHT,
    "rises": CameraMove.PEDESTAL_UP,
    "sinks": CameraMove.PEDESTAL_DOWN,
    "follows a subject": CameraMove.FOLLOW,
    "orbits": CameraMove.ORBIT,
    "cranes": CameraMove.CRANE,
    "rolls": CameraMove.ROLL,
    "sways like a hand": CameraMove.HANDHELD,
    "zooms in": CameraMove.ZOOM_IN,
    "zooms out": CameraMove.ZOOM_OUT,
}
"""How `camera_motion` says what the camera does."""

_TINTS = {
    "bluer": "偏蓝",
    "yellower": "偏黄",
    "redder": "偏红",
    "greener": "偏绿",
    "more saturated": "更浓艳",
    "paler in colour": "更素淡",
}

_REASONS: Mapping[str, str] = {
    "no judge is installed for it": "未安装相应的评审模型",
    "no model with eyes is configured": "未配置视觉模型",
    "not asked, as something had failed before": "前面已有不合格，不再送审",
    "it gave no answer": "评审没有作答",
    "nothing in this shot has to move": "本镜头无须有动",
    "the picture has too few edges": "画面线条太少",
    "the picture has too little texture to track": "画面纹理太少，无从跟踪",
    "no points of the picture can be followed": "画面上没有可跟踪的点",
    "what moves fills the picture, and hides what the camera does": "主体占满画面，看不出运镜",
    "hardly anything moves in this take": "全条几乎不动",
    "the camera follows a path of its own": "镜头走自定路径",
    "no keyframe is at hand": "没有关键帧可比",
    "the keyframe has hardly any detail": "关键帧几乎没有细节",
    "fewer than three frames": "不足三帧",
    "fewer than four frames": "不足四帧",
    "the framing shows neither the place nor who is there": "景别太近，看不出场所和人物",
    "no other shot of the scene has this place, hour, weather and mood": "同场没有同地同时同气氛"
    "的镜头可比",
    "only later shots to compare with, and they are judged by this one": "以本镜头为准，比较后面"
    "的镜头",
    "the brief asks for no length": "没有指定片长",
    "the film has no captions": "成片没有字幕",
    "the film has no sound": "成片没有声音",
    "the film is silent": "成片没有声音",
    "there are no two shots to compare": "没有两个镜头可比",
    "no frame at a join of two shots could be seen": "看不到镜头接缝处的画面",
}
"""Why measures have no verdict."""


def fault_in_chinese(finding: Finding, camera: Camera | None) -> str:
    """Gives what is wrong, in Chinese; empty where there are no words for it.

    Args:
        finding: one that failed.
        camera: what the shot's plan asks of the camera.
    """
    match finding.measure:
        case "camera_motion":
            return _wrong_move(finding.note, camera)
        case "clipped_exposure":
            return _LIT if finding.note.startswith("Lights") else _DARK
        case "scene_continuity":
            return _odd_one_out(finding.note)
        case known if known in _FAULTS:
            return _FAULTS[known].format(value=numbers(finding)[0])
        case _:
            return ""


def _wrong_move(note: str, camera: Camera | None) -> str:
    done = note.partition(", but the board asks")[0]
    seen = [move.chinese for words, move in _MOVES.items() if re.search(rf"\b{words}\b", done)]
    if not seen or camera is None:
        return ""
    asked = camera.move.chinese
    if camera.move is not CameraMove.STATIC:
        asked = f"{camera.strength.chinese}的「{asked}」"
    else:
        asked = f"「{asked}」"
    return f"分镜要{asked}，拍成了「{'」或「'.join(seen)}」。"


def _odd_one_out(note: str) -> str:
    found = re.search(r"is (.+) than shots? (.+) of the scene", note)
    if not found:
        return ""
    stops = re.search(r"([\d.]+) stops (darker|brighter)", found[1])
    differs = []
    if stops:
        differs.append(f"{'暗' if stops[2] == 'darker' else '亮'} {stops[1]} 档")
    differs += [chinese for english, chinese in _TINTS.items() if english in found[1]]
    others = "、".join(found[2].split(" and "))
    return f"与同场镜头 {others} 相比{'，'.join(differs) or '光色不同'}。"


def reason_in_chinese(why: str) -> str:
    """Gives why something was not judged, in Chinese where there are words for it."""
    return _REASONS.get(why, why)


def told_in_chinese(remedy: Remedy) -> str:
    """Gives what a remedy changed, in Chinese where it can be said so."""
    parts = [_part(remedy.kind, part.strip()) for part in remedy.told.split(";")]
    return "；".join(part for part in parts if part)


def _part(kind: RemedyKind, told: str) -> str:
    if told == "new words for the note":
        return "按意见重写"
    if told == "nothing in the hands, no gesture":
        return "不持物，不做手势"
    if found := re.fullmatch(r"seed (\d+) to (\d+)", told):
        return f"种子 {found[1]} → {found[2]}"
    if found := re.fullmatch(r"without (.+)", told):
        return "去掉" + "、".join(_thing(one.strip()) for one in found[1].split(","))
    if found := re.fullmatch(r"(\S+) to (\S+)", told):
        words = [_strength(one) for one in found.groups()]
        return " → ".join(words)
    return told


def _thing(word: str) -> str:
    if found := re.fullmatch(r"(\d+) people", word):
        return f"{found[1]} 人"
    known = Dressing.parse(word)
    return known.chinese if known else word


def _strength(word: str) -> str:
    known = {one.value: one.chinese for one in MoveStrength}
    return known.get(word, word)


def told_in_english(remedy: Remedy) -> str:
    """Gives what a remedy changed, with arrows for what went over into what."""
    return re.sub(r"(?<=\S) to (?=\S)", " → ", remedy.told)

"""The columns of a list of films, Chinese and English, and what their cells mean."""

from __future__ import annotations

import re

NAMES: dict[str, tuple[str, ...]] = {
    "brief": (
        "brief", "idea", "logline", "premise", "synopsis", "source",
        "简介", "故事", "故事简介", "梗概", "故事梗概", "创意", "来源",
    ),
    "path": ("path", "file", "文件", "路径", "剧本", "故事文件"),
    "name": ("name", "title", "名称", "片名", "标题", "剧名"),
    "priority": ("priority", "优先级", "优先"),
    "out": ("out", "folder", "输出", "文件夹", "输出目录"),
    "duration": ("duration", "length", "时长", "片长"),
    "aspect": ("aspect", "aspect ratio", "shape", "画幅", "比例", "宽高比"),
    "size": ("size", "resolution", "尺寸", "分辨率"),
    "fps": ("fps", "frame rate", "帧率"),
    "locale": ("locale", "language", "lang", "语言"),
    "style": ("style", "look", "风格", "画风"),
    "writer": ("writer", "编剧"),
    "image": ("image", "painter", "画师", "绘图"),
    "video": ("video", "camera", "摄影", "视频"),
    "voice": ("voice", "配音", "声音"),
    "music": ("music", "composer", "音乐", "配乐"),
    "takes": ("takes", "最多条数", "条数"),
    "candidates": ("candidates", "候选", "候选数"),
    "other_image": ("other image", "备用画师"),
    "other_video": ("other video", "备用摄影"),
    "shot_usd": ("shot usd", "单镜预算"),
    "shot_minutes": ("shot minutes", "单镜分钟"),
    "seed": ("seed", "种子"),
    "budget_usd": ("budget usd", "budget", "预算"),
    "gpu_hours": ("gpu hours", "显卡小时", "gpu小时"),
    "takes_in_all": ("takes in all", "总条数"),
    "review": ("review", "审阅", "审核"),
}  # fmt: skip
"""What each part of an entry may be called."""

_IGNORED = ("", "no", "no.", "#", "id", "number", "序号", "编号")
"""Columns that number the rows, and say nothing of a film."""

SEVERAL = ("other_image", "other_video")
"""Parts that take several names."""

_WORDS: dict[str, dict[str, str]] = {
    "locale": {
        "中文": "zh", "汉语": "zh", "chinese": "zh", "zh-cn": "zh", "自动": "auto",
        "英文": "en", "英语": "en", "english": "en",
    },
    "review": {"是": "true", "否": "false", "要": "true", "不要": "false"},
    "priority": {
        "high": "10", "normal": "0", "low": "-10", "高": "10", "中": "0", "低": "-10",
        "urgent": "20", "紧急": "20",
    },
}  # fmt: skip
"""What a cell may say instead of the value itself."""

_BUDGET = re.compile(r"[$＄]?\s*(\d+(?:\.\d+)?)\s*(?:usd|美元|[$＄])?", re.IGNORECASE)


def part_named(heading: str) -> str | None:
    """Gives the part of an entry that a heading names; empty: it is ignored; None: unknown."""
    # A bracket in a heading gives the unit or an example: 时长（秒）.
    word = re.sub(r"[（(].*?[）)]", " ", heading)
    word = re.sub(r"[\s_\-*]+", " ", word).strip(" .:：").casefold()
    if word in _IGNORED:
        return ""
    return next((part for part, names in NAMES.items() if word in names), None)


def meant(part: str, text: str) -> str | tuple[str, ...]:
    """Gives what a cell says for a part, in the form that the options take."""
    text = text.strip() if part == "brief" else " ".join(text.split())
    if part in SEVERAL:
        return tuple(one for one in re.split(r"[\s,，;；、|]+", text) if one)
    if part == "aspect":
        return text.replace("：", ":")
    if part == "duration":
        return text.replace("：", ":")
    if part in ("budget_usd", "shot_usd"):
        found = _BUDGET.fullmatch(text)
        return found[1] if found else text
    return _WORDS.get(part, {}).get(text.casefold(), text)

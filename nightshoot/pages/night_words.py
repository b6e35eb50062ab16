"""The words of the morning's page, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nightshoot.domain.vocabulary import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class NightWords:
    """What the page says besides the facts."""

    said: Mapping[str, str]
    ends: Mapping[str, str]
    """Why a night ended; empty: it goes on."""
    causes: Mapping[str, str]
    lanes: Mapping[str, str]
    """What lanes are called; others by their own name."""
    kinds: Mapping[str, str]
    """What a service does, by what stands before its name."""
    units: tuple[str, str, str]
    """Of hours, minutes and seconds, after the number."""

    def lane(self, name: str) -> str:
        """Gives what a lane is called: `video/kling` as `kling`, with what it does."""
        kind, _, service = name.partition("/")
        if not service:
            return self.lanes.get(name, name)
        return f"{service} {self.kinds.get(kind, kind)}"

    def span(self, seconds: float) -> str:
        """Gives how long something took, to two units: `1 h 12 min`, `42 s`."""
        whole = round(seconds)
        hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
        parts = [(hours, self.units[0]), (minutes, self.units[1]), (rest, self.units[2])]
        if hours or minutes >= 10:
            parts.pop()
        told = [f"{count} {unit}" for count, unit in parts if count]
        return " ".join(told) or f"0 {self.units[2]}"


WORDS: Mapping[Locale, NightWords] = {
    Locale.ZH: NightWords(
        said={
            "title": "夜班报告", "night": "第 {} 夜", "films": "成片", "failed": "未成",
            "left": "留待下次", "unusable": "片单中用不上的", "retry": "重试",
            "date": "{0.year}年{0.month}月{0.day}日 {0:%H:%M}", "until": "至 {:%H:%M}",
            "spent": "花费", "of": "/", "length": "片长共 {}",
            "took": "用时 {}", "takes": "{} 镜 {} 条", "rejected": "废 {} 条", "look": "请看",
            "board": "全部镜头", "cost": "${:.2f}", "free": "未花钱",
            "priority": "优先级 {}", "earlier": "此前已成 {} 部",
            "done": "{} 部", "aside": "{} 部未成", "open": "{} 部待拍",
            "none": "这一夜没有成片。", "running": "正在拍",
            "gpu": "GPU {}", "waited": "等候", "paused": "暂停 {}",
            "these": "{}（{}）", "notes": "附注 {} 条", "more": "还有 {} 镜",
            "work": "这一夜", "gpu_time": "GPU 用时", "all_takes": "拍摄条数",
            "busy": "忙 {}", "night_busy": "全夜 {}",
            "between": "首末之间", "whole": "全夜", "calls": "次数", "bad_calls": "失败",
            "lane": "工位", "swapped": "换模型",
            "swap_mark": "换模型", "bad_mark": "失败", "gap_mark": "暂停", "no_runner": "无人值守",
            "ceiling": "上限 ${:.2f}", "unsettled": "另有 ${:.2f} 未结清，按已花计",
            "gpu_use": "{} 在首末两次之间忙 {}，全夜忙 {}，换模型 {} 次。",
            "away": "出过故障的工位", "away_failed": "连续失败 {} 次", "away_films": "涉及 {}",
            "lanes_table": "各工位细目", "nobody": "其他", "comma": "，",
            "join": "、", "about": "每格约 {}，颜色取占时最多的影片",
        },
        ends={
            "done": "全部做完", "deadline": "到时收工", "budget": "预算用尽", "disk": "磁盘已满",
            "stopped": "被人叫停", "interrupted": "中断", "": "还在进行",
        },
        causes={
            "input": "素材或选项有误", "backend": "工具或服务出错", "passing": "一时的故障",
            "refused": "服务方拒绝制作", "budget": "超出预算", "deadline": "时间不够",
            "store": "存储读写失败", "died": "制作进程屡次中断", "approval": "等待审阅",
            "unforeseen": "意外错误",
        },
        lanes={"gpu": "GPU", "cpu": "处理器", "writing": "编剧", "judging": "评审"},
        kinds={
            "image": "绘画", "video": "摄影", "speech": "配音", "music": "音乐", "judge": "评审",
        },
        units=("小时", "分", "秒"),
    ),
    Locale.EN: NightWords(
        said={
            "title": "The night's films", "night": "night {}", "films": "Films",
            "failed": "Not made", "left": "Left for another night",
            "unusable": "Not usable in the lists", "retry": "Try again",
            "date": "{0.day} {0:%B} {0.year}, {0:%H:%M}", "until": "to {:%H:%M}",
            "spent": "Spent", "of": "of", "length": "{} in all",
            "took": "took {}", "takes": "{} shots, {} takes", "rejected": "{} rejected",
            "look": "Look at", "board": "All takes", "cost": "${:.2f}",
            "free": "no cost", "priority": "priority {}", "earlier": "{} done in nights before",
            "done": "{}", "aside": "{} not made", "open": "{} to be made",
            "none": "No film was finished this night.", "running": "being made",
            "gpu": "GPU {}", "waited": "waited for", "paused": "{} paused",
            "these": "{} ({})", "notes": "Notes ({})", "more": "{} more",
            "work": "The night", "gpu_time": "GPU time", "all_takes": "Takes",
            "busy": "{} busy", "night_busy": "{} of the night",
            "between": "first to last", "whole": "whole night", "calls": "calls",
            "bad_calls": "failed", "lane": "lane", "swapped": "swaps",
            "swap_mark": "model swap", "bad_mark": "failed call", "gap_mark": "paused",
            "no_runner": "no runner",
            "ceiling": "ceiling ${:.2f}",
            "unsettled": "${:.2f} more is not settled and counts as spent",
            "gpu_use": "{} was busy {} of the time between its first call and its last, {} of the "
            "night, with {} model swaps.",
            "away": "What was away", "away_failed": "{} calls failed in a row",
            "away_films": "touched {}", "lanes_table": "Lanes in figures", "nobody": "other",
            "comma": ", ", "join": ", ",
            "about": "about {} a step, in the colour of the film with most of it",
        },
        ends={
            "done": "all done", "deadline": "time was up", "budget": "the money was used up",
            "disk": "the disk was full", "stopped": "stopped by hand", "interrupted": "interrupted",
            "": "still going on",
        },
        causes={
            "input": "What was ordered cannot be made", "backend": "A tool or a service failed",
            "passing": "A fault that may pass", "refused": "A service refused it",
            "budget": "A budget was reached", "deadline": "The night was too short",
            "store": "The store failed", "died": "Whoever made it died several times",
            "approval": "Waits for approval", "unforeseen": "Something unforeseen",
        },
        lanes={"gpu": "GPU", "cpu": "processors", "writing": "writing", "judging": "judging"},
        kinds={
            "image": "pictures", "video": "camera", "speech": "voice", "music": "music",
            "judge": "judge",
        },
        units=("h", "min", "s"),
    ),
}  # fmt: skip

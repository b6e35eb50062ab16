"""`report.html`: what a night came to, on one self-contained page."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from urllib.parse import quote

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from nightshoot.domain.batch import BatchFault, Cause, EntryState
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale


class FilmFacts(Value):
    """What the report says of one film."""

    id: int
    name: str
    state: EntryState
    cause: Cause | None = None
    error: str = ""
    priority: int = 0
    place: str = ""
    """Where it stands in its list."""
    folder: str = ""
    """From the folder of the report."""
    film: str = ""
    """The path of the film, from the folder of the report; empty: there is none."""
    board: str = ""
    """That of the page with all takes."""
    size: str = ""
    duration_s: float = 0.0
    shots: int = 0
    takes: int = 0
    rejected: int = 0
    flagged_shots: tuple[str, ...] = ()
    cost_usd: float = 0.0
    """What it cost this night."""
    worked_s: float = 0.0
    """How long it was worked on, over all tries."""


class Failures(Value):
    """Films that failed for one cause, and what tries them again."""

    cause: Cause
    films: tuple[FilmFacts, ...]
    command: str


class NightFacts(Value):
    """What `report.json` says of a night."""

    night: int
    begun_at: str
    """ISO 8601 with the offset from UTC; as the others."""
    ended_at: str
    ended: str
    """`done`, `deadline`, `budget`, `disk`, `stopped`; empty while it goes on."""
    budget_usd: float | None
    spent_usd: float
    """What running films may still spend counts as spent."""
    wall_s: float
    films: tuple[FilmFacts, ...]
    """Those of this night, those that are still to be made, and those that were set aside."""
    earlier: int
    """How many films are done from nights before."""
    failures: tuple[Failures, ...]
    faults: tuple[BatchFault, ...]
    """What could not be used of the lists."""

    def count(self, *states: EntryState) -> int:
        """Gives how many films stand so."""
        return sum(film.state in states for film in self.films)


_WORDS = {
    Locale.ZH: {
        "title": "夜班报告", "night": "第 {} 夜", "films": "成片", "failed": "未成",
        "left": "留待下次", "unusable": "片单中用不上的", "retry": "重试：", "to": "至",
        "spent": "花费", "of": "预算", "length": "片长", "took": "用时", "takes": "{} 镜 · {} 条",
        "rejected": "废 {} 条", "flagged": "请看", "watch": "看片", "board": "看全部镜头",
        "cost": "${:.2f}", "free": "未花钱", "priority": "优先级 {}", "earlier": "此前已成 {} 部",
        "done": "完成 {} 部", "aside": "搁置 {} 部", "open": "待拍 {} 部", "total": "共 {}",
        "none": "这一夜没有成片。", "tried": "失败一次，还会再试", "running": "正在拍",
        "ends": {
            "done": "全部做完", "deadline": "到时收工", "budget": "预算用尽", "disk": "磁盘已满",
            "stopped": "被人叫停", "interrupted": "中断", "": "还在进行",
        },
        "causes": {
            "input": "素材或选项有误", "backend": "工具或服务出错", "passing": "一时的故障",
            "refused": "服务方拒绝制作", "budget": "超出该片预算", "store": "存储读写失败",
            "died": "制作进程屡次中断", "approval": "等待审阅", "unforeseen": "意外错误",
        },
    },
    Locale.EN: {
        "title": "The night's films", "night": "night {}", "films": "Films", "failed": "Not made",
        "left": "Left for another night", "unusable": "Not usable in the lists",
        "retry": "try again: ", "to": "to",
        "spent": "spent", "of": "of", "length": "length", "took": "took",
        "takes": "{} shots · {} takes",
        "rejected": "{} rejected", "flagged": "look at", "watch": "watch", "board": "all takes",
        "cost": "${:.2f}", "free": "no cost", "priority": "priority {}",
        "earlier": "{} done in nights before",
        "done": "{} done", "aside": "{} set aside", "open": "{} to be made", "total": "{} in all",
        "none": "No film was finished this night.", "tried": "failed once, will be tried again",
        "running": "being made",
        "ends": {
            "done": "all done", "deadline": "time was up", "budget": "the money was used up",
            "disk": "the disk was full", "stopped": "stopped by hand", "interrupted": "interrupted",
            "": "still going on",
        },
        "causes": {
            "input": "What was ordered cannot be made", "backend": "A tool or a service failed",
            "passing": "A fault that may pass", "refused": "A service refused it",
            "budget": "The film's own budget was reached", "store": "The store failed",
            "died": "Whoever made it died several times", "approval": "Waits for approval",
            "unforeseen": "Something unforeseen",
        },
    },
}  # fmt: skip


def night_page(
    facts: NightFacts,
    *,
    locale: Locale,
    posters: Mapping[int, bytes],
    flagged: Mapping[tuple[int, str], bytes],
) -> str:
    """Gives the page as HTML that needs nothing else but the films that it links to.

    Args:
        facts: what the night came to.
        locale: the page's language.
        posters: a small JPEG of each film, by its id; a film without one has a blank.
        flagged: small JPEGs of flagged shots, by film and shot.
    """
    environment = SandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = files("nightshoot.pages").joinpath("night.html.j2").read_text(encoding="utf-8")
    made = [film for film in facts.films if film.state is EntryState.DONE]
    broken = {film.id for group in facts.failures for film in group.films}
    return environment.from_string(text).render(
        facts=facts,
        words=_WORDS[locale],
        locale=locale.value,
        made=made,
        left=[film for film in facts.films if film.state.open and film.id not in broken],
        done=facts.count(EntryState.DONE),
        aside=facts.count(EntryState.SET_ASIDE),
        open=facts.count(EntryState.WAITING, EntryState.FAILED, EntryState.RUNNING),
        length=clock(sum(film.duration_s for film in made)),
        clock=clock,
        time=lambda text: datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M"),
        poster=lambda film: _data_url(posters.get(film.id, b"")),
        frame=lambda film, shot: _data_url(flagged.get((film.id, shot), b"")),
        link=quote,
        upright=_upright,
        share=_share(facts),
    )


def clock(seconds: float) -> str:
    """Gives a length as `1:02:03`, `4:05` or `0:07`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _share(facts: NightFacts) -> float | None:
    """Gives how much of the budget is used, in per cent; None where there is none."""
    if not facts.budget_usd:
        return None
    return round(min(100.0, 100 * facts.spent_usd / facts.budget_usd), 1)


def _upright(film: FilmFacts) -> bool:
    width, _, height = film.size.partition("x")
    return not width.isdecimal() or not height.isdecimal() or int(height) >= int(width)


def _data_url(data: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(data).decode() if data else ""

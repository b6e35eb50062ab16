"""`storyboard.html`: one self-contained page with a still of every shot and how it was judged."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from importlib.resources import files

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from nightshoot.domain.film import Film, ShotResult, Take
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.domain.vocabulary import Locale


class BoardPage(Value):
    """What the page shows."""

    board: Storyboard
    screenplay: Screenplay
    results: tuple[ShotResult, ...]
    film: Film | None
    width: int
    height: int
    """The size of the pictures in pixels."""
    crew: tuple[tuple[str, str], ...]
    """Who did what, as `(role, name)`."""
    reports: tuple[str, ...]


_WORDS = {
    Locale.ZH: {
        "shots": "镜头", "takes": "条", "rejected": "条被退回", "flagged": "需人工复核",
        "measures": "测量", "plan": "拍摄计划", "seconds": "秒", "film": "成片", "notes": "说明",
        "take": "第{}条", "chosen": "采用", "again": "退回重拍", "prompt": "提示词", "cast": "人物",
        "at_least": "不低于", "at_most": "不高于", "advice": "给下一条的意见",
        "writer": "编剧", "image": "画面", "video": "摄影", "voice": "配音",
        "music": "音乐", "film_review": "成片质检", "passed": "通过", "not_judged": "未判定",
    },
    Locale.EN: {
        "shots": "shots", "takes": "takes", "rejected": "rejected", "flagged": "needs a look",
        "measures": "Measures", "plan": "Plan", "seconds": "s", "film": "Film", "notes": "Notes",
        "take": "take {}", "chosen": "in the film", "again": "shot again", "prompt": "Prompt",
        "cast": "Cast", "at_least": "at least", "at_most": "at most",
        "advice": "For the next take", "writer": "writer", "image": "pictures", "video": "camera",
        "voice": "voices", "music": "music", "film_review": "The film's measures",
        "passed": "passed", "not_judged": "not judged",
    },
}  # fmt: skip

_FILM_MEASURES = {
    Locale.ZH: {
        "frame_count": "帧数", "length": "片长", "audio_video_drift": "声画同步",
        "loudness": "响度", "true_peak": "真峰值", "black_joins": "接缝黑帧",
        "duplicate_shots": "重复镜头",
        "caption_overlap": "字幕重叠", "caption_reading_speed": "字幕阅读速度",
        "caption_safe_area": "字幕安全区",
    },
    Locale.EN: {
        "frame_count": "frame count", "length": "length against the brief",
        "audio_video_drift": "picture and sound end together", "loudness": "loudness",
        "true_peak": "true peak", "black_joins": "black at the joins",
        "duplicate_shots": "duplicate shots", "caption_overlap": "captions overlap",
        "caption_reading_speed": "reading speed of captions",
        "caption_safe_area": "captions in the safe area",
    },
}  # fmt: skip
"""What a reader calls the measures of a film; one that is not here goes by its id."""


def board_page(page: BoardPage, stills: Mapping[str, bytes]) -> str:
    """Gives the page as HTML that needs nothing else: pictures, style and all are in it.

    Args:
        page: the documents.
        stills: a small JPEG of each keyframe, by its digest.
    """
    environment = SandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = files("nightshoot.pages").joinpath("storyboard.html.j2").read_text(encoding="utf-8")
    results = {result.shot: result for result in page.results}
    return environment.from_string(template).render(
        page=page,
        results=results,
        words=_WORDS[page.board.locale],
        film_measures=_FILM_MEASURES[page.board.locale],
        upright=page.height >= page.width,
        ratio=f"{page.width} / {page.height}",
        locale=page.board.locale.value,
        said={line.id: line for line in page.screenplay.lines},
        names={person.id: person.name for person in page.screenplay.characters},
        still=lambda take: _data_url(stills, take),
        rejected=sum(len(result.takes) - 1 for result in page.results),
        takes=sum(len(result.takes) for result in page.results),
    )


def _data_url(stills: Mapping[str, bytes], take: Take) -> str:
    data = stills.get(take.keyframe, b"")
    return "data:image/jpeg;base64," + base64.b64encode(data).decode()

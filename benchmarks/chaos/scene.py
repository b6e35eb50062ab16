"""A night as its seed has it: its films, crews and budgets, what goes wrong, and the settings."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from benchmarks.chaos.provider import KEY, UNIT_USD, USD, Provider
from benchmarks.chaos.weather import CALM, STORM, USUAL, Weather

PAINTERS = ("atlas-image", "atlas-image", "atlas-image", "bora-image", "shadow-play")
CAMERAS = ("atlas-video", "atlas-video", "atlas-video", "bora-video", "multiplane")

_PACING = {
    "first_s": 0.05, "growth": 1.3, "longest_s": 0.3, "patience_s": 3.0, "faults": 4, "losses": 2,
    "settle_s": 0.6, "typical_s": 1.0, "send_s": 1.2, "ask_s": 0.8,
}  # fmt: skip
"""Everything that a person would wait for is a few hundred times shorter than it is."""

_DOWNLOADS = {
    "rest_s": 0.05, "deadline_s": 4.0, "idle_s": 0.8, "slowest": 4096.0, "window_s": 0.5,
}  # fmt: skip

_BOARD = """# {title}

| 镜号 | 景别 | 运镜 | 画面 | 时长 |
|---|---|---|---|---|
| 1 | 远景 | 推 | {first} | 1 |
| 2 | 中景 | 推 | {second} | 1 |
"""

_FIRSTS = ("月夜江上，一叶小舟", "雪后山路，无人", "雨中长街，灯火", "城门将闭")
_SECONDS = ("老人立于船头", "书生抬头望月", "女子撑伞走过", "守门人回头")


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One entry of the list."""

    board: str
    image: str
    video: str
    budget_usd: float | None
    takes: int
    candidates: int
    priority: int
    other: bool
    """Another camera stands by."""

    def row(self) -> dict[str, object]:
        """The entry as the list has it."""
        told: dict[str, object] = {
            "path": self.board, "size": "128x128", "fps": "12", "voice": "none", "music": "none",
            "image": self.image, "video": self.video, "takes": self.takes,
            "candidates": self.candidates, "priority": self.priority,
        }  # fmt: skip
        if self.other and self.video != "atlas-video":
            told["other_video"] = ["atlas-video"]
        return told if self.budget_usd is None else {**told, "budget_usd": self.budget_usd}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One night, before it happens."""

    seed: str
    films: tuple[Film, ...]
    boards: dict[str, str]
    budget_usd: float
    share: float
    """Of requests that go wrong."""
    outages: tuple[tuple[int, float, str], ...]
    kills: int
    """Runners that are killed before one is left alone."""
    runners: int
    """At once."""
    morning: bool
    """In the morning all that is not done is tried again, with enough money, and nothing fails."""

    @classmethod
    def of(cls, seed: str) -> Scene:
        """Gives the night of a seed."""
        chance = random.Random(f"scene {seed}")
        boards = {
            f"board-{number}.md": _BOARD.format(
                title=f"夜{number}", first=chance.choice(_FIRSTS), second=chance.choice(_SECONDS)
            )
            for number in range(1, chance.randint(3, 5) + 1)
        }
        films = [_film(board, chance) for board in boards]
        if chance.random() < 0.3:
            # The same film twice: every action of one is an action of the other.
            films.append(films[0])
        most = sum(map(_most_usd, films))
        budget = round(most * chance.choice((0.3, 0.6, 0.9, 1.5, 4.0)), 2)
        outages = tuple(
            sorted(
                (
                    chance.randint(5, 120),
                    chance.uniform(0.5, 2.5),
                    chance.choice(("503", "refused")),
                )
                for _ in range(chance.choice((0, 0, 1, 2)))
            )
        )
        return cls(
            seed=seed,
            films=tuple(films),
            boards=boards,
            budget_usd=max(0.1, budget),
            share=chance.choice((CALM, USUAL, USUAL, STORM)),
            outages=outages,
            kills=chance.randint(2, 8),
            runners=2 if chance.random() < 0.25 else 1,
            morning=chance.random() < 0.3,
        )

    def provider(self, folder: Path) -> Provider:
        """Gives the provider of this night; it writes into `folder`."""
        return Provider(
            folder=folder,
            weather={
                name: Weather(seed=f"{self.seed} {name}", share=self.share)
                for name in ("atlas", "bora")
            },
            outages=self.outages,
        )

    def lay_out(self, place: Path, port: int) -> None:
        """Writes the list, the boards, the settings and the services' descriptions."""
        for name, text in self.boards.items():
            (place / name).write_text(text, encoding="utf-8")
        rows = [film.row() for film in self.films]
        (place / "tonight.yaml").write_text(yaml.safe_dump(rows, allow_unicode=True))
        settings = [f'home = "{place / "home"}"']
        for name in ("atlas", "bora"):
            for section, kind in (("image", "picture"), ("video", "video")):
                described = _service(name, kind, port)
                (place / f"{name}-{section}.yaml").write_text(yaml.safe_dump(described))
                settings.append(
                    f'[{section}.{name}-{section}]\nbackend = "service"\n'
                    f'service = "{name}-{section}.yaml"\napi_key_env = "CHAOS_KEY"\n'
                    f'allow_hosts = ["127.0.0.1"]'
                )
        settings.append(_FAULTS)
        (place / "settings.toml").write_text("\n".join(settings) + "\n")

    @property
    def environment(self) -> dict[str, str]:
        """What the runners' environment has besides the settings' places."""
        return {"CHAOS_KEY": KEY, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


_FAULTS = """
[faults]
film_rest_s = 1.0
idle_s = 1.0
first_rest_s = 0.5
longest_rest_s = 2.0
"""
"""Shorter than in a real night, as a night of the chaos has minutes; all else is the same."""


def _film(board: str, chance: random.Random) -> Film:
    film = Film(
        board=board,
        image=chance.choice(PAINTERS),
        video=chance.choice(CAMERAS),
        budget_usd=None,
        takes=chance.choice((1, 2, 3)),
        candidates=chance.choice((1, 1, 2)),
        priority=chance.choice((0, 0, 5, -5)),
        other=chance.random() < 0.3,
    )
    if chance.random() >= 0.4:
        return film
    own = round(_most_usd(film) * chance.choice((0.4, 0.8, 1.2, 2.0)), 2)
    return replace(film, budget_usd=own)


def _most_usd(film: Film) -> float:
    """Gives what a film costs whose first takes are good."""
    picture = USD["picture"] * film.candidates if film.image != "shadow-play" else 0.0
    clip = USD["video"] * 2 if film.video != "multiplane" else 0.0
    return 2 * (picture + clip)


def _service(name: str, kind: str, port: int) -> dict[str, object]:
    """Gives the description of one of the provider's services."""
    codes = name == "atlas"
    poll: dict[str, object] = {
        "path": f"/{kind}/{{id}}", "id": "id", "status": "status", "waiting": ["running"],
        "done": ["done"], "failed": ["failed"], "result": "url", "reason": "reason",
    }  # fmt: skip
    replies: dict[str, object] = {"message": "message", "refused_words": ["moderation"]}
    body = {"prompt": "{prompt}", "seed": "{seed}", "token": "{token}"}
    price: dict[str, object] = {"usd_per_picture": {"plain": USD["picture"]}}
    if kind == "video":
        body |= {"image": "{keyframe}", "seconds": "{seconds}"}
        price = {"seconds": [1, 2, 3, 4, 5], "usd_per_second": {"plain": USD["video"]}}
    described: dict[str, object] = {
        "name": f"{name}-{kind}", "title": name.title(), "makes": kind,
        "documented": ["benchmarks/chaos/provider.py"], "checked": "2026-11-22", "terms": "none",
        "console": f"http://127.0.0.1:{port}", "base_url": f"http://127.0.0.1:{port}/{name}",
        "auth": {"key_env": "CHAOS_KEY"}, "at_once": 2, "pacing": dict(_PACING),
        "downloads": dict(_DOWNLOADS),
        "submit": {"path": f"/{kind}", "body": body, "id": "id"}, "poll": poll,
        "replies": replies, "model": "one", "quality": "plain", "offers": {"one": price},
    }  # fmt: skip
    if codes:
        poll["units"] = "units"
        replies |= {"code": "code", "ok": [0], "refused": [1301], "busy": [1302]}
        find = {"path": f"/{kind}/by/{{token}}", "none_codes": [1203], "duplicate_codes": [1206]}
        described |= {"find": find, "usd_per_unit": UNIT_USD}
    return described

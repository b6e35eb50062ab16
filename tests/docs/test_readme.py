"""The README and its Chinese twin say what the code does, alike."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from nightshoot.cli.app import main
from nightshoot.sources import read_source

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "README.zh.md")
LINKED = (
    *PAGES,
    "CONTRIBUTING.md",
    "examples/README.md",
    "docs/architecture.md",
    "docs/models.md",
    "docs/comfyui.md",
    "docs/services.md",
    "docs/endpoints.md",
    "docs/voices.md",
    "docs/benchmarks.md",
    "docs/critic.md",
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
MOST_BYTES = 300_000


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def options(command: str) -> set[str]:
    found = main.commands[command]
    assert isinstance(found, click.Command)
    # A command that has commands of its own takes what they take.
    within = list(found.commands.values()) if isinstance(found, click.Group) else [found]
    return {
        name
        for one in within
        for parameter in one.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
        if name.startswith("--") and name != "--help"
    }


@pytest.mark.parametrize("page", LINKED)
def test_links_lead_somewhere(page: str) -> None:
    links = [link for link in LINK.findall(text(page)) if "://" not in link]
    missing = [link for link in links if not ((ROOT / page).parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_pictures_load_at_once(page: str) -> None:
    pictures = [link for link in LINK.findall(text(page)) if link.endswith((".jpg", ".png"))]
    assert len(pictures) >= 2
    assert all((ROOT / picture).stat().st_size < MOST_BYTES for picture in pictures)


@pytest.mark.parametrize("page", PAGES)
def test_option_table_lists_the_options_of_make(page: str) -> None:
    rows = [row for row in text(page).splitlines() if row.startswith("| `--")]
    listed = set(re.findall(r"`(--[a-z-]+)", "\n".join(row.split("|")[1] for row in rows)))
    assert listed == options("make")


@pytest.mark.parametrize("page", PAGES)
def test_commands_exist_and_take_the_options_shown(page: str) -> None:
    calls = re.findall(r"\bnightshoot ([a-z]+)\b([^`\n]*)", text(page))
    assert {name for name, _ in calls} == {
        "make", "resume", "approve", "reject", "show", "tools", "doctor",
        "revise", "chat", "log", "diff", "undo", "checkout", "release", "clean", "batch",
    }  # fmt: skip
    for name, rest in calls:
        assert set(re.findall(r"(?<![\w-])--[a-z-]+", rest)) <= options(name)


@pytest.mark.parametrize("page", PAGES)
def test_examples_that_are_named_can_be_read(page: str) -> None:
    named = re.findall(r"nightshoot make (examples/\S+?)[`\s]", text(page))
    assert len(set(named)) == 3
    assert len({read_source(str(ROOT / example)).kind for example in named}) == 3


def test_twin_has_the_same_structure() -> None:
    english, chinese = text("README.md"), text("README.zh.md")
    for mark in (r"^#+ ", r"^```", r"^!\[", r"^\| ", r"^- "):
        counts = [len(re.findall(mark, page, re.MULTILINE)) for page in (english, chinese)]
        assert counts[0] == counts[1], mark
    assert len(BLOCK.findall(english)) == len(BLOCK.findall(chinese))
    assert LINK.findall(english)[1:] == LINK.findall(chinese)[1:]


def test_first_command_is_the_one_that_was_promised() -> None:
    wanted = 'make film BRIEF="苏轼与客泛舟夜游赤壁，月明星稀，客吹洞箫，主客问答，豁然开朗"\n'
    assert [BLOCK.findall(text(page))[0] for page in PAGES] == [wanted, wanted]

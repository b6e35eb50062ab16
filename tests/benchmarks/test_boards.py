"""The critic is calibrated on boards that are kept, whatever the writer learns."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The benchmarks are not installed.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.critic import boards


def test_the_board_of_every_story_is_kept() -> None:
    stories = set(boards.listed())
    assert len(stories) > 80
    assert all(boards.shots_of(story) for story in stories)


def test_a_story_without_a_board_is_told_with_the_command_that_writes_it() -> None:
    with pytest.raises(LookupError, match=r"python -m benchmarks\.critic\.boards"):
        boards.shots_of("a story that nobody listed")

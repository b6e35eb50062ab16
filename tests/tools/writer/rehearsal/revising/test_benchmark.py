"""The whole benchmark of requests: what is understood stays understood, and nothing is guessed."""

from __future__ import annotations

import pytest

from benchmarks.revise.__main__ import run
from benchmarks.revise.cases import SETS, cases
from benchmarks.revise.judging import Judged


@pytest.fixture(scope="module")
def judgements() -> list[Judged]:
    return [one for name in SETS for one in run(name)]


def test_nine_of_ten_requests_come_to_exactly_what_was_expected(judgements: list[Judged]) -> None:
    for language in ("zh", "en"):
        group = [one for one in judgements if one.case.language == language]
        misses = [one.case.id for one in group if not one.exact]
        assert len(misses) <= len(group) / 10, (language, misses)


def test_nothing_is_guessed_wrong(judgements: list[Judged]) -> None:
    assert [one.case.id for one in judgements if one.guessed] == []


def test_what_was_written_down_is_allowed_by_the_documents_and_makes_stale_what_it_says() -> None:
    misses = [one.case.id for name in SETS for one in run(name, "scripted") if not one.exact]
    assert misses == []


def test_both_languages_and_both_films_are_asked_about_equally() -> None:
    known = [one for name in SETS for one in cases(name)]
    assert len(known) >= 80
    assert len({one.id for one in known}) == len(known)
    for share in (
        sum(one.language == "zh" for one in known) / len(known),
        sum(one.film == "crossing" for one in known) / len(known),
    ):
        assert 0.4 < share < 0.6


def test_every_choice_of_a_question_can_be_done_without_another(judgements: list[Judged]) -> None:
    asked = [one for one in judgements if one.case.kind == "ambiguous"]
    assert asked
    for one in asked:
        question = one.revision.question
        assert question is not None
        assert len(question.choices) >= 2, one.case.id

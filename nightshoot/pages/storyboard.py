"""`storyboard.html`: one self-contained page of all takes, and how each of them was judged."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import DictLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from nightshoot.domain.film import Film, ShotResult
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.pages.silences import Silences
from nightshoot.pages.views import ShotView, Viewing
from nightshoot.pages.words import WORDS

_PARTS = ("storyboard.html.j2", "storyboard.css.j2", "takes.html.j2")


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


def board_page(page: BoardPage, pictures: Mapping[str, bytes]) -> str:
    """Gives the page as HTML that needs nothing else: pictures, style and all are in it.

    Args:
        page: the documents.
        pictures: small JPEGs by digest: of each keyframe and candidate, and the frames that
            convict (`Review.evidence`); what is missing is left out.
    """
    locale = page.board.locale
    words = WORDS[locale]

    def data_url(digest: str) -> str:
        data = pictures.get(digest, b"")
        return "data:image/jpeg;base64," + base64.b64encode(data).decode() if data else ""

    silences = Silences(page.results, locale)
    viewing = Viewing(locale, data_url, silences, page.crew)
    views = {result.shot: viewing.shot(result) for result in page.results}
    return _environment().get_template("storyboard.html.j2").render(
        page=page,
        views=views,
        words=words,
        upright=page.height >= page.width,
        ratio=f"{page.width} / {page.height}",
        locale=locale.value,
        said={line.id: line for line in page.screenplay.lines},
        names={person.id: person.name for person in page.screenplay.characters},
        film_findings=[
            viewing.finding(finding, film=True)
            for finding in (page.film.review.findings if page.film else ())
        ],
        film_silences=silences.named(page.film.review, film=True) if page.film else (),
        silences=silences.of_film,
        alone=_alone(page.board, views),
        lengths={
            result.shot: float(result.take.plan.num_frames / result.take.plan.fps)
            for result in page.results
        },
        flagged=[shot for shot in page.board.shots if shot.id in views and views[shot.id].flagged],
        again=sum(len(result.takes) > 1 for result in page.results),
        rejected=sum(
            not take.passed for result in page.results for take in result.takes
        ),
        approved=sum(
            take.state in {"approved", "overruled"} for view in views.values()
            for take in view.takes
        ),
        takes=sum(len(result.takes) for result in page.results),
    )  # fmt: skip


def _alone(board: Storyboard, views: Mapping[str, ShotView]) -> frozenset[str]:
    """Gives the shots that would stand alone in a row of two beside a wide one: they fill it."""
    alone, waiting = set(), ""
    for shot in board.shots:
        view = views.get(shot.id)
        if view is not None and view.wide:
            alone.add(waiting)
            waiting = ""
        else:
            waiting = "" if waiting else shot.id
    return frozenset(alone - {""})


@cache
def _environment() -> SandboxedEnvironment:
    # Compiled once: that takes longer than filling it in.
    home = files("nightshoot.pages")
    parts = {name: home.joinpath(name).read_text(encoding="utf-8") for name in _PARTS}
    return SandboxedEnvironment(
        loader=DictLoader(parts),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

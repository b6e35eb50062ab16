"""A take to show, and a reader of pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from html.parser import HTMLParser

import pytest

from nightshoot.domain.film import Film, ShotResult, Take
from nightshoot.domain.review import Direction, Evidence, Finding, Review
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.storyboard import Shot, Storyboard
from nightshoot.domain.vocabulary import Locale
from nightshoot.pages.storyboard import BoardPage, board_page

_VOID = {"img", "meta", "input", "link", "br"}


@dataclass
class Node:
    """An element of a page."""

    tag: str
    attrs: dict[str, str]
    children: list[Node] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, with single spaces."""
        return re.sub(r"\s+", " ", " ".join(self.texts)).strip()

    @property
    def classes(self) -> set[str]:
        return set(self.attrs.get("class", "").split())

    def all(self, *, tag: str = "", cls: str = "", named: str = "") -> list[Node]:
        """Gives the elements below that have all of what is asked for."""
        found = []
        for child in self.children:
            fits = tag in ("", child.tag) and (not cls or cls in child.classes)
            if fits and named in ("", child.attrs.get("id")):
                found.append(child)
            found += child.all(tag=tag, cls=cls, named=named)
        return found

    def one(self, *, tag: str = "", cls: str = "", named: str = "") -> Node:
        found = self.all(tag=tag, cls=cls, named=named)
        assert len(found) == 1, f"{len(found)} of {tag} .{cls} #{named}"
        return found[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("root", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for node in self.open:
            node.texts.append(data)


@pytest.fixture
def read() -> Callable[[str], Node]:
    """Reads a page; every element must be closed in its turn."""

    def tree(text: str) -> Node:
        reader = _Reader()
        reader.feed(text)
        assert len(reader.open) == 1
        return reader.open[0]

    return tree


@dataclass
class Desk:
    """Makes takes and pages of them."""

    board: Storyboard
    screenplay: Screenplay

    def finding(
        self,
        measure: str = "black_frames",
        value: float = 20,
        threshold: float = 4,
        *,
        unit: str = "luma of 255",
        at_most: bool = False,
        note: str = "The picture goes black.",
        frame: int | None = None,
    ) -> Finding:
        return Finding(
            measure=measure,
            value=value,
            unit=unit,
            threshold=threshold,
            direction=Direction.AT_MOST if at_most else Direction.AT_LEAST,
            note=note,
            frame=frame,
        )

    def review(self, *findings: Finding, silent: tuple[str, ...] = (), **frames: str) -> Review:
        """Gives a review; `f36="digest"` is the evidence of frame 36."""
        return Review(
            findings=findings or (self.finding(),),
            not_judged=silent,
            evidence=tuple(
                Evidence(frame=int(name[1:]), picture=digest) for name, digest in frames.items()
            ),
        )

    def take(
        self,
        number: int = 1,
        *,
        shot: Shot | None = None,
        keyframe: Review | None = None,
        video: Review | None = None,
        filmed: bool = True,
        **parts: object,
    ) -> Take:
        shot = shot or self.board.shots[0]
        made = {
            "number": number,
            "plan": ShotPlan(
                shot=shot.id,
                prompt="a river",
                staging=shot.staging,
                camera=shot.camera,
                width=128,
                height=228,
                fps=Fraction(24),
                num_frames=36,
                seed=number,
            ),
            "keyframe": f"{shot.id}-{number}",
            "video": f"v-{shot.id}-{number}" if filmed else "",
            "keyframe_review": keyframe or self.review(),
            "video_review": (video or self.review()) if filmed else None,
            "painter": "fake",
            "camera": "fake" if filmed else "",
        }
        return Take.model_validate(made | parts)

    def page(
        self,
        *results: ShotResult,
        locale: Locale = Locale.ZH,
        film: Film | None = None,
        crew: tuple[tuple[str, str], ...] = (("image", "fake"), ("video", "fake")),
    ) -> str:
        digests = {take.keyframe for result in results for take in result.takes}
        for result in results:
            for take in result.takes:
                digests |= {one.picture for one in take.candidates}
                if take.video_review:
                    digests |= {one.picture for one in take.video_review.evidence}
        return board_page(
            BoardPage(
                board=self.board.model_copy(update={"locale": locale}),
                screenplay=self.screenplay,
                results=results,
                film=film,
                width=128,
                height=228,
                crew=crew,
                reports=(),
            ),
            {digest: digest.encode() for digest in digests},
        )


@pytest.fixture
def desk(board: Storyboard, screenplay: Screenplay) -> Desk:
    return Desk(board, screenplay)

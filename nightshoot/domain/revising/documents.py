"""Documents: everything about a film that a revision may change."""

from __future__ import annotations

from pydantic import Field

from nightshoot.domain.brief import FilmOptions
from nightshoot.domain.orders import RevisionOrder
from nightshoot.domain.revision import ShotTakes
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value


class Pick(Value):
    """The take that a person chose for a shot, as the shot is now."""

    shot: str
    take: int = Field(ge=1)


class Documents(Value):
    """A film's documents at one version."""

    title: str
    options: FilmOptions
    screenplay: Screenplay
    storyboard: Storyboard
    picks: tuple[Pick, ...] = ()
    takes: tuple[ShotTakes, ...] = ()
    """The takes that there are, to choose from."""
    pins: tuple[str, ...] = ()
    """Files of the folder that a person put there or edited."""

    @classmethod
    def of(cls, order: RevisionOrder) -> Documents:
        """Gives the documents that a reviser was shown."""
        return cls(
            title=order.storyboard.title,
            options=order.options or FilmOptions(locale=order.storyboard.locale),
            screenplay=order.screenplay,
            storyboard=order.storyboard,
            takes=order.takes,
            pins=order.pins,
        )

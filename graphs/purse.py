"""What is left for the film, and what is still needed for shots that have no take yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from nightshoot.budget import Budget
from nightshoot.domain.film import Shortage
from nightshoot.graphs.reserves import Left, Needs, Option, Piece, Tail, economies
from nightshoot.pace import Least, Pace

Pieces = tuple[Piece, ...]


@dataclass(slots=True)
class _Debt:
    pieces: Pieces
    key: str = ""
    """Of the action that will pay it, once that is known."""


@dataclass(slots=True, kw_only=True)
class _Shot:
    paint: _Debt | None
    film: _Debt
    plain: Pieces | None
    """Another way to film it, in need; None: there is none, or it was filmed before."""
    filmed: bool
    """It has a take: a further one may be left undone."""


@dataclass(slots=True, kw_only=True)
class Purse:
    """Which actions are sure to come, so that nothing else takes what they need."""

    budget: Budget
    pace: Pace
    film: str = ""
    """Which of the films that share the pace this is."""
    tail: Tail = field(default_factory=Tail)
    """What the cut needs."""
    whole: bool = True
    """All shots that the film has are known: before, nobody could say how much it needs."""
    _shots: dict[str, _Shot | None] = field(default_factory=dict)
    """None for one that needs nothing more."""
    _chosen: dict[str, Shortage | None] = field(default_factory=dict)
    _tail_anew: Callable[[], Tail] | None = None

    @property
    def bounded(self) -> bool:
        """Whether there is an end to anything at all."""
        return bool(self.budget.limits.given) or self.pace.ends_at is not None

    @property
    def left(self) -> Left:
        """What there is now."""
        below = self.budget.limits.left(self.budget.spent)
        return Left(
            usd=below.usd,
            gpu_s=below.gpu_s,
            takes=below.takes,
            time_s=self.pace.left_s(),
            films=self.pace.sharing(self.film),
            others=self.pace.others(self.film),
            tail=self.tail,
        )

    def knows(self, shot: str) -> bool:
        """Whether it is known what a shot still needs."""
        return shot in self._shots

    def owe(
        self,
        shot: str,
        *,
        painting: Pieces,
        filming: Pieces,
        plain: Pieces | None = None,
        filmed: bool = False,
        key: str = "",
    ) -> None:
        """Notes what a shot's next take needs.

        Args:
            shot: its id; what was noted for it before is forgotten, but not how it is filmed.
            painting: for its keyframe.
            filming: for the take.
            plain: for the take by the plain camera, where that may film it.
            filmed: it has a take already.
            key: the action that paints, where there is one.
        """
        self._shots[shot] = _Shot(
            paint=_Debt(painting, key) if painting else None,
            film=_Debt(filming),
            plain=plain,
            filmed=filmed,
        )
        self._note()

    def keyed(self, shot: str, key: str) -> None:
        """Notes the action that films a shot."""
        owed = self._shots.get(shot)
        if owed:
            owed.film.key = key

    def painted(self, shot: str) -> None:
        """Notes that a shot's keyframe is there."""
        owed = self._shots.get(shot)
        if owed:
            owed.paint = None
            self._note()

    def done(self, shot: str) -> None:
        """Notes that a shot needs nothing more."""
        self._shots[shot] = None
        self._note()

    def lacks(self, need: Sequence[Piece], *, shot: str = "") -> Shortage | None:
        """Gives what would be lacking for a need and all that is sure to come, or None.

        Args:
            need: what would be made besides.
            shot: whose own next take does not count, as the need stands in its place.
        """
        needs = Needs()
        needs.add(need)
        for of, owed in self._shots.items():
            if owed and of != shot:
                needs.add(self._painting(owed))
                needs.add(self._filming(of, owed))
        # A retake waits for the first takes of all films, also of those that may come too late.
        left = replace(
            self.left, films=max(1, self.pace.films), others=self.pace.others(self.film, all_=True)
        )
        return left.for_what_uses(need).lacks(needs)

    def impossible(self) -> Shortage | None:
        """Gives what there is too little of even for the cheapest film, or None.

        That is one in which every shot without a take gets one keyframe, and is filmed plainly
        where it can be. Films give way to each other, so the time is that which it would take
        alone, all going well: who cannot end in time even so is not begun.
        """
        needs = Needs()
        for owed in self._shots.values():
            if owed and not owed.filmed:
                needs.add(self._painting(owed))
                needs.add(owed.plain if owed.plain is not None else self._unpaid(owed.film))
        return replace(self.left, films=1, others=None, slack=0.0).lacks(needs)

    def choose(self, shot: str, order: Sequence[str]) -> Shortage | None:
        """Decides how a shot is filmed that has no take: None as ordered, else why plainly.

        What was decided stays decided, and counts as sure to come.

        Args:
            shot: its id.
            order: the ids of all shots, in the order of the film.
        """
        if shot not in self._chosen:
            options: dict[str, Option] = {}
            certain: list[Piece] = []
            for of in order:
                owed = self._shots.get(of)
                if not owed:
                    continue
                certain += self._painting(owed)
                if owed.plain is None or of in self._chosen:
                    certain += self._filming(of, owed)
                else:
                    options[of] = Option(full=self._unpaid(owed.film), plain=owed.plain)
            self._chosen[shot] = economies(options, certain, self.left).get(shot)
            self._note()
        return self._chosen[shot]

    def economise(self, shot: str, why: Shortage) -> None:
        """Notes that a shot is filmed plainly, whatever was decided before."""
        self._chosen[shot] = why
        self._note()

    def ends_with(self, tail: Tail, *, anew: Callable[[], Tail] | None = None) -> None:
        """Notes what the cut needs, and that all shots before it are known.

        Args:
            tail: as far as is known now.
            anew: gives it as it is known later; None: it stays as it is.
        """
        self.tail, self.whole = tail, True
        self._tail_anew = anew or (lambda: tail)
        self._note()

    def _note(self) -> None:
        """Tells the other films what this one must still have."""
        if self.pace.ends_at is not None and self.whole:
            self.pace.note(self.film, self._least(), anew=self._least_anew)

    def _least_anew(self) -> Least:
        if self._tail_anew is not None:
            self.tail = self._tail_anew()
        return self._least()

    def _least(self) -> Least:
        """Gives what the film must still have: what is decided, else the least."""
        needs = Needs()
        for shot, owed in self._shots.items():
            if owed:
                needs.add(owed.paint.pieces if owed.paint else ())
                as_ordered = shot in self._chosen and self._chosen[shot] is None
                needs.add(owed.film.pieces if as_ordered or owed.plain is None else owed.plain)
        return Least(lanes=needs.lanes, tail_s=self.tail.time_s(1))

    def _painting(self, owed: _Shot) -> Pieces:
        return self._unpaid(owed.paint) if owed.paint else ()

    def _filming(self, shot: str, owed: _Shot) -> Pieces:
        if owed.plain is not None and self._chosen.get(shot):
            return owed.plain
        return self._unpaid(owed.film)

    def _unpaid(self, debt: _Debt) -> Pieces:
        # What has been reserved or paid is in `spent` already, but has yet to be done.
        if debt.key and self.budget.counts(debt.key):
            return tuple(piece.waiting for piece in debt.pieces)
        return debt.pieces

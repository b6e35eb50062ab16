"""Talks to a film: a request becomes a proposal with its price, and once accepted a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nightshoot.authorship import now, whoever
from nightshoot.documents import to_yaml
from nightshoot.domain.approval import Ruling, Verdict
from nightshoot.domain.orders import RevisionOrder
from nightshoot.domain.revising import Applied, Documents, Told, Touched, applied, touched
from nightshoot.domain.revision import Operation, Revision, ShotTakes, Turn
from nightshoot.domain.screenplay import Screenplay
from nightshoot.domain.storyboard import Storyboard
from nightshoot.domain.value import Value
from nightshoot.errors import InputError
from nightshoot.events import Sink
from nightshoot.folder import RULINGS
from nightshoot.forecasting import Forecast
from nightshoot.graphs.writing import CONCEPT, SCREENPLAY, STORYBOARD
from nightshoot.production import Production
from nightshoot.remaking import Given, forecast, remake, understand
from nightshoot.versions import Version
from nightshoot.workplace import Report, Workplace

_HEADINGS = {
    SCREENPLAY: "Every word that is spoken. Edit it, then resume.",
    STORYBOARD: "Every shot as it is to be seen. Edit it, then resume.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a request comes to, before anything is changed."""

    request: str
    revision: Revision
    applied: Applied | None = None
    """None where something is asked, or nothing can be done."""
    forecast: Forecast | None = None
    touched: Touched | None = None
    base: int | None = None
    """The version that it was worked out for."""

    @property
    def changes(self) -> bool:
        """Whether accepting it changes anything."""
        return self.applied is not None and self.forecast is not None


class Accepted(Value):
    """A revision that was made."""

    version: int
    told: tuple[str, ...]
    report: Report


class Revisions:
    """The conversation about one film."""

    def __init__(self, workplace: Workplace, production: Production) -> None:
        self._workplace = workplace
        self.production = production
        self.turns: list[Turn] = []

    def propose(self, request: str, *, sink: Sink, wait: bool = False) -> Proposal:
        """Works out what a request means, what it makes stale, and what that costs.

        Nothing of the film is changed. The request becomes a part of the conversation where it was
        understood.

        Args:
            request: in plain words, in Chinese or in English.
            sink: is told what the writer uses.
            wait: for another process that is at work in the folder.

        Raises:
            InputError: the folder has no film yet, another process is at work in it, a document
                was edited and is broken, or the documents do not allow what was asked.
            BackendError: no answer could be had.
            BudgetExceeded: asking would pass the ceiling.
        """
        if not request.strip():
            raise InputError("say what is to be changed, in quotes")
        with self.production.held(wait=wait):
            before = self._documents()
            order = RevisionOrder(
                request=request.strip()[:2000],
                screenplay=before.screenplay,
                storyboard=before.storyboard,
                options=before.options,
                takes=before.takes,
                pins=before.pins,
                turns=tuple(self.turns),
            )
            revision = understand(self._workplace, self.production, order, sink)
            proposal = self._weighed(request, revision, before)
        self.turns.append(Turn(request=order.request, revision=revision))
        return proposal

    def weigh(self, request: str, operations: Sequence[Operation]) -> Proposal:
        """Gives the proposal of operations that are known already. Raises as `propose` does."""
        with self.production.held():
            return self._weighed(request, Revision(operations=tuple(operations)), self._documents())

    def _weighed(self, request: str, revision: Revision, before: Documents) -> Proposal:
        base = self.production.versions.head
        if not revision.operations:
            return Proposal(request=request, revision=revision, base=base)
        after = applied(before, revision.operations)
        if after.documents == before:
            return Proposal(request=request, revision=revision, applied=after, base=base)
        return Proposal(
            request=request,
            revision=revision,
            applied=after,
            forecast=forecast(
                self._workplace, self.production, self._given(before, after.documents)
            ),
            touched=touched(before, after.documents, layers=self._layered()),
            base=base,
        )

    def accept(self, proposal: Proposal, *, sink: Sink, wait: bool = False) -> Accepted:
        """Makes what a proposal asks for, and shows it as a new version.

        The folder has the old version whole until the new one is, and then the new one. What was
        made before a failure is kept and not made again.

        Raises:
            InputError: the film has changed since the proposal, or it changes nothing.
            BackendError: a tool could not, after every try.
            BudgetExceeded: the next step would pass the ceiling.
        """
        if proposal.applied is None or proposal.forecast is None:
            raise InputError("there is nothing to be made: the request changes nothing")
        with self.production.held(wait=wait):
            before = self._documents()
            if self.production.versions.head != proposal.base:
                raise InputError("the film has been changed meanwhile: ask again")
            after = applied(before, proposal.revision.operations)
            if after != proposal.applied:
                raise InputError("the film's documents have been edited meanwhile: ask again")
            locale = after.documents.options.locale
            told = tuple(one.text(locale) for one in (*after.told, *after.also))
            report, version = remake(
                self._workplace,
                self.production,
                self._given(before, after.documents),
                sink=sink,
                about=Version(
                    number=self.production.versions.next_number,
                    parent=self.production.versions.head,
                    at=now(),
                    author=whoever(),
                    request=proposal.request,
                    operations=proposal.revision.operations,
                    told=told,
                ),
            )
        return Accepted(version=version.number, told=told, report=report)

    def _documents(self) -> Documents:
        """Gives the film's documents as they lie in the folder, edits by hand included."""
        production = self.production
        if not (production.folder / STORYBOARD).is_file():
            raise InputError(
                f"{production.folder} has no storyboard yet: `nightshoot resume` makes the film"
            )
        board = production.read(STORYBOARD, Storyboard)
        noted = {shot.id: production.takes_of(shot.id) for shot in board.shots}
        return Documents(
            title=production.sheet.title,
            options=production.sheet.options,
            screenplay=production.read(SCREENPLAY, Screenplay),
            storyboard=board,
            takes=tuple(
                ShotTakes(
                    shot=shot,
                    takes=len(takes),
                    best=next((take.number for take in takes if take.shown), len(takes)),
                )
                for shot, takes in noted.items()
                if takes
            ),
            pins=production.pins,
        )

    def _layered(self) -> bool:
        """Whether the painter works in layers, and paints anew what is filmed longer."""
        _, tools = self._workplace.fitting(self.production.sheet.crew)
        try:
            return tools.image.capabilities.layers
        finally:
            tools.close()

    def _given(self, before: Documents, after: Documents) -> Given:
        """Gives what the new version is made from.

        All documents, changed or not: what was written is not written again by an agent that is
        asked otherwise, as after a change of the picture's size.
        """
        production = self.production
        given = {
            SCREENPLAY: _kept(production, SCREENPLAY, before.screenplay, after.screenplay),
            STORYBOARD: _kept(production, STORYBOARD, before.storyboard, after.storyboard),
        }
        if (production.folder / CONCEPT).is_file():
            given[CONCEPT] = (production.folder / CONCEPT).read_bytes()
        picks = [pick for pick in after.picks if pick not in before.picks]
        if picks:
            rulings = (self._ruling(pick.shot, pick.take) for pick in picks)
            given[RULINGS] = production.with_rulings(*rulings)
        return Given(
            sheet=production.sheet.model_copy(
                update={"title": after.title, "options": after.options}
            ),
            documents=given,
            released=frozenset(before.pins) - frozenset(after.pins),
        )

    def _ruling(self, shot: str, take: int) -> Ruling:
        made = next(one for one in self.production.takes_of(shot) if one.number == take)
        if not made.video:
            raise InputError(f"take {take} of shot {shot} was never filmed: pick another")
        return Ruling(
            shot=shot,
            made=made.video,
            take=take,
            verdict=Verdict.APPROVED,
            note="picked",
            by=whoever(),
            at=now(),
        )


def told_texts(proposal: Proposal) -> tuple[Told, ...]:
    """Gives what a proposal changes, a sentence or two each."""
    return (*proposal.applied.told, *proposal.applied.also) if proposal.applied else ()


def _kept(
    production: Production,
    name: str,
    before: Screenplay | Storyboard,
    after: Screenplay | Storyboard,
) -> bytes:
    """Gives a document's bytes: those in the folder where nothing in it changed."""
    if before == after:
        return (production.folder / name).read_bytes()
    return to_yaml(after, heading=_HEADINGS[name])

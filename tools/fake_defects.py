"""What the fakes of pictures and sound share: how they misbehave on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.vocabulary import MoveStrength
from nightshoot.errors import BackendError, Refused, TransientError
from nightshoot.tools.protocols import Available, Capabilities


class Defect(StrEnum):
    """How a fake spoils a take."""

    BLACK = "black"
    BLANK = "blank"
    FROZEN = "frozen"
    SHORT = "short"
    """A few frames are missing."""
    FAULT = "fault"
    """The call fails in a way that may pass."""
    BROKEN = "broken"
    """The call fails for good."""
    REFUSED = "refused"
    """The first words are refused, others taken."""
    LAZY = "lazy"
    """The camera stands still unless a strong move is asked for."""
    RUSHED = "rushed"
    """The picture is torn half-way unless a gentle move is asked for."""
    TINTED = "tinted"
    """The picture is good, but dark and red: it does not go with others."""
    SMALL = "small"
    """The picture has half the size that was asked for."""
    STUB = "stub"
    """There are far too few frames to make a take of them."""
    CORRUPT = "corrupt"
    """The file is no picture and no video."""
    EMPTY = "empty"
    """The file has no bytes."""
    DENIED = "denied"
    """All words are refused."""
    CROWDED = "crowded"
    """The picture is blank as long as anything is staged besides one figure."""


class Fake:
    """What all fakes share."""

    name = "fake"
    version = "1"
    capabilities = Capabilities(licence="Apache-2.0")

    def __init__(
        self,
        *,
        spoils: Mapping[str, Sequence[Defect | None]] | None = None,
        flaws: Mapping[str, Defect] | None = None,
        name: str = "fake",
        ignores: Sequence[str] = (),
        cost_usd: float = 0.0,
        delay_s: float = 0.0,
    ) -> None:
        """Makes a fake.

        Args:
            spoils: for a shot's id, or `*` for every shot, how its first, second, ... take is
                spoiled; after the last the takes are good.
            flaws: for a shot's id, or `*`, how each of its takes is spoiled, whatever the seed.
            name: what it is called.
            ignores: the fields of a plan that it says it does not heed.
            cost_usd: what a call is said to cost.
            delay_s: how long a call waits.
        """
        self.name = name
        self.calls: list[str] = []
        """The shots or texts that were asked for, in order."""
        self._spoils = dict(spoils or {})
        self._flaws = dict(flaws or {})
        self._ignores = frozenset(ignores)
        self._takes: dict[str, list[tuple[int, MoveStrength]]] = {}
        self._faults: set[tuple[str, int]] = set()
        self._refused: dict[tuple[str, int], str] = {}
        self._cost_usd = cost_usd
        self._delay_s = delay_s

    def available(self) -> Available:
        """It is always ready."""
        return Available(ready=True)

    def _defect(self, plan: ShotPlan) -> Defect | None:
        """Says how this take is spoiled; takes are told apart by their seeds and moves."""
        takes = self._takes.setdefault(plan.shot, [])
        take = (plan.seed, plan.camera.strength)
        if take not in takes:
            takes.append(take)
        wanted = self._spoils.get(plan.shot, self._spoils.get("*", ()))
        place = takes.index(take)
        defect = wanted[place] if place < len(wanted) else None
        defect = defect or self._flaw(plan)
        if defect is Defect.BROKEN:
            raise BackendError(f"the fake broke {plan.shot} as it was told to")
        if defect is Defect.DENIED:
            raise Refused(f"the fake refused the prompt of {plan.shot} as it was told to")
        if (
            defect is Defect.REFUSED
            and self._refused.setdefault((plan.shot, plan.seed), plan.prompt) == plan.prompt
        ):
            raise Refused(f"the fake refused the prompt of {plan.shot} as it was told to")
        if defect is Defect.FAULT and (plan.shot, plan.seed) not in self._faults:
            self._faults.add((plan.shot, plan.seed))
            raise TransientError(f"the fake failed {plan.shot} once as it was told to")
        return defect

    def _flaw(self, plan: ShotPlan) -> Defect | None:
        """Says how every such take of the shot is spoiled."""
        defect = self._flaws.get(plan.shot, self._flaws.get("*"))
        staged = len(plan.staging.figures) + len(plan.staging.dressing)
        cured = {
            Defect.LAZY: plan.camera.strength is MoveStrength.STRONG,
            Defect.RUSHED: plan.camera.strength is MoveStrength.GENTLE,
            Defect.CROWDED: staged <= 1,
        }
        return None if defect is None or cured.get(defect, False) else defect


def damage(path: Path, defect: Defect | None) -> None:
    """Damages a file that was written, where a defect is one of the file."""
    if defect is Defect.CORRUPT:
        path.write_bytes(b"not what the name says\n" * 40)
    elif defect is Defect.EMPTY:
        path.write_bytes(b"")

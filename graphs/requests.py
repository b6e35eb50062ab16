"""What a planned take asks of its backends, and whether that was asked before."""

from __future__ import annotations

from collections.abc import Sequence

from nightshoot.domain.film import Take
from nightshoot.domain.remedy import Remedy, RemedyKind
from nightshoot.domain.shot import ShotPlan
from nightshoot.domain.value import Value
from nightshoot.errors import InputError
from nightshoot.tools.protocols import Backend, Capabilities


class Planned(Value):
    """A take before it is made."""

    number: int
    plan: ShotPlan
    painter: str
    camera: str
    remedies: tuple[Remedy, ...] = ()
    kept: int = 0
    """The take whose keyframe is filmed again; 0: one is painted."""
    plainly: bool = False
    """The plain camera films it, as no other gives a take that can be shown."""
    cost_usd: float = 0.0
    work_s: float = 0.0
    """What wording it took."""


def as_painted(plan: ShotPlan, can: Capabilities) -> ShotPlan:
    """Gives what a keyframe depends on: a longer line does not have it painted again.

    A painter in layers draws as much beyond the frame as the camera's way needs, which grows with
    the length.
    """
    if can.layers:
        return plan
    return plan.model_copy(update={"num_frames": 1, "last_frame": ""})


def same_request(planned: Planned, take: Take, painter: Backend, camera: Backend) -> bool:
    """Whether a plan asks for nothing else than a take before did, as far as backends heed it.

    Args:
        planned: the next take.
        take: one of those before.
        painter: who would paint it.
        camera: who would film it.
    """
    if planned.kept:
        alike = planned.kept in {take.number, take.kept}
    else:
        can = painter.capabilities
        alike = (
            take.kept == 0
            and take.painter == painter.name
            and _alike(as_painted(planned.plan, can), as_painted(take.plan, can), can.ignores)
        )
    if not alike or not take.camera:
        return alike
    return take.camera == camera.name and _alike(
        planned.plan, take.plan, camera.capabilities.ignores
    )


def _alike(one: ShotPlan, other: ShotPlan, ignored: frozenset[str]) -> bool:
    return one.model_dump(exclude=set(ignored)) == other.model_dump(exclude=set(ignored))


def check(plan: ShotPlan, name: str, can: Capabilities) -> None:
    """Refuses a plan that breaks the rules of a backend that does not fit plans itself."""
    if can.fits:
        return
    multiple, (step, rest) = can.size_multiple, can.frame_rule
    if plan.width % multiple or plan.height % multiple:
        raise InputError(
            f"{name} needs a width and a height that are multiples of {multiple}, "
            f"not {plan.width}x{plan.height}: choose another --size"
        )
    if plan.width * plan.height > can.max_pixels:
        raise InputError(
            f"{plan.width}x{plan.height} is too large for {name}: choose another --size"
        )
    if can.fps is not None and plan.fps != can.fps:
        raise InputError(f"{name} gives {can.fps} frames per second only: use --fps {can.fps}")
    if plan.num_frames > can.max_frames or plan.num_frames % step != rest % step:
        raise InputError(f"{name} cannot give a take of {plan.num_frames} frames")


def told(
    remedies: Sequence[Remedy],
    kinds: frozenset[RemedyKind],
    last: Take,
    plan: ShotPlan,
    painter: str,
    camera: str,
) -> tuple[Remedy, ...]:
    """Gives the remedies, each with what it changed."""
    old = last.plan
    seed = f"seed {old.seed} to {plan.seed}"
    strength = f"{old.camera.strength.value} to {plan.camera.strength.value}"
    texts = {
        RemedyKind.NEW_SEED: seed,
        RemedyKind.REWORDED: f"new words for the note; {seed}",
        RemedyKind.GENTLER: strength,
        RemedyKind.STRONGER: strength,
        RemedyKind.SIMPLER: _left_out(old, plan),
        RemedyKind.OTHER_PAINTER: f"{last.painter} to {painter}",
        RemedyKind.OTHER_CAMERA: f"{last.camera} to {camera}",
    }
    return tuple(
        one.model_copy(update={"told": texts[one.kind]}) for one in remedies if one.kind in kinds
    )


def _left_out(old: ShotPlan, new: ShotPlan) -> str:
    """Says what a simpler staging does without."""
    people = len(old.staging.figures) - len(new.staging.figures)
    things = [one.value for one in old.staging.dressing if one not in new.staging.dressing]
    told = [f"{people} people"] if people else []
    told += things
    return f"without {', '.join(told)}" if told else "nothing in the hands, no gesture"

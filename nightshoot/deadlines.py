"""Deadlines of calls: how long one may take before it counts as hung, and what happens then.

Tools find most faults sooner by themselves: a service's patience with a job, a GPU without a sign
of progress. What is here is for what they miss, as a reply that trickles in for ever, so that no
call can hold up a night: it is many times longer than a call usually takes, and never shorter than
the tool's own deadlines.

Work in a thread cannot be stopped. Past its deadline its caller goes on with a TransientError and
its place in the lane goes to others, while the thread may still run: one that is stuck mostly
waits, and does not compute, and a place that waited for it would be lost for the night. Whatever it
writes goes into a scratch folder that nobody reads any more. As a computer may be slow for many
reasons, such work gets most of a night.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from nightshoot.providers import Hung

Result = TypeVar("Result")

_FACTOR = 10.0
"""How many times as long as usual a call may take. Source: an estimate: one tool's calls differ by
length and size, hardly by more than this; a GPU that is shared or hot is up to three times slower.
"""

_LEAST_S = 900.0
"""The shortest deadline. Source: an estimate: half of the patience that a service's job is given
(`tools/hosted/discipline.py`)."""

_LOADING_S = 1200.0
"""More, for what has to be loaded into a GPU. Source: twice `[gpu]`'s `patience_s`, which is for
loading, and for one step after it."""

_UNKNOWN_S = 3600.0
"""For a tool that nobody has used here and that estimates nothing."""

MOST_S = 6 * 3600.0
"""The longest deadline of a tool that names none itself: most of a night."""

_SLACK_S = 300.0
"""What a call may take beyond its tool's own deadline, so that the tool's word comes first."""

_GRACE_S = 10.0
"""How long a call that was told to stop is waited for; then it is left behind."""


def deadline_s(usual_s: float, *, own_s: float | None = None, loads: bool = False) -> float:
    """Gives how many seconds a call may take.

    Args:
        usual_s: what such calls take; 0.0: not known.
        own_s: when the tool itself gives it up; None: it does not, or does not say.
        loads: a model may have to be loaded first.
    """
    if own_s is not None:
        return own_s + _SLACK_S
    least_s = _LEAST_S + _LOADING_S * loads
    usual_s = usual_s or _UNKNOWN_S / _FACTOR
    return min(max(least_s, _FACTOR * usual_s), MOST_S)


async def within(seconds: float, work: Awaitable[Result], *, tool: str) -> Result:
    """Gives what work gives, unless it takes too long.

    Work that ends while it is being stopped is not lost: it may have been paid. Work that does not
    stop when it is told to is left behind. Where the caller is cancelled, the work is too, and is
    waited for as long.

    Args:
        seconds: how long it may take.
        work: to be awaited; in a task of its own.
        tool: for the message.

    Raises:
        Hung: it took longer.
    """
    task = asyncio.ensure_future(work)
    # Whatever becomes of one that is left behind, nobody is going to look at it.
    task.add_done_callback(lambda one: one.cancelled() or one.exception())
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if not done:
            task.cancel()
            await asyncio.wait({task}, timeout=_GRACE_S)
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task}, timeout=_GRACE_S)
        raise
    if done or (task.done() and not task.cancelled()):
        return task.result()
    raise Hung(f"{tool} has not answered for {seconds / 60:.0f} min and was given up")

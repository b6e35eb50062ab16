"""The durable queue of films: what is to be made, who makes it, and what it may cost."""

from nightshoot.queueing.clock import Clock, SystemClock
from nightshoot.queueing.leases import Claim, Leases, Released
from nightshoot.queueing.owners import Owner
from nightshoot.queueing.queue import Added, Queue
from nightshoot.queueing.rows import Happening, Night, Queued

__all__ = [
    "Added",
    "Claim",
    "Clock",
    "Happening",
    "Leases",
    "Night",
    "Owner",
    "Queue",
    "Queued",
    "Released",
    "SystemClock",
]

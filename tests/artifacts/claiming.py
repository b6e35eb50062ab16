"""One process among several that make actions in one store, for `test_claims_of_processes`.

    python claiming.py FOLDER NAME ACTIONS HOW

Each making is a line in FOLDER/made. What it does meanwhile is said on stdout, a line each.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from pathlib import Path

from nightshoot.artifacts import Action, ActionLog, Made, Store
from nightshoot.budget import Budget
from nightshoot.domain.shot import Estimate
from nightshoot.errors import BackendError, NightshootError
from nightshoot.retry import Retry

FOLDER, NAME, ACTIONS, HOW = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def action(number: int) -> Action:
    request = Estimate(gpu_s=number + 1)
    return Action(tool="t", version="1", request=request, estimate=Estimate(cost_usd=1))


def allow_writing(most: int) -> None:
    """Has the system refuse what makes a file longer than this, as a full disk does."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def outlive() -> None:
    """Stays when its parent is gone."""
    time.sleep(280)
    os._exit(0)


async def main() -> None:
    log = ActionLog(Store(FOLDER / "store"), retry=Retry(attempts=1))
    budget = Budget(FOLDER / "ledger.sqlite", account=NAME)

    async def perform(number: int) -> bool:
        wanted = action(number)

        async def make(scratch: Path) -> Made:
            with (FOLDER / "made").open("a") as file:
                file.write(f"{number} {NAME}\n")
            job = log.job(wanted)
            say(f"makes {number} {job.state.value} {job.id}")
            if HOW == "hang":
                job.running("job-7")
                say("hangs")
                await asyncio.sleep(600)
            elif HOW == "fork":
                if os.fork() == 0:
                    outlive()
                say("hangs")
                await asyncio.sleep(600)
            elif HOW == "fail":
                say("fails")
                await asyncio.to_thread(sys.stdin.readline)
                raise BackendError("it fails")
            elif HOW == "full":
                allow_writing(0)
            await asyncio.sleep(0.002)
            (scratch / "take").write_text(str(number))
            return Made(outputs={"video": scratch / "take"})

        return (await log.perform(wanted, make, budget=budget)).reused

    if HOW == "full from the start":
        allow_writing(0)
    try:
        reused = await asyncio.gather(*(perform(number) for number in range(ACTIONS)))
        say(f"reused {sum(reused)} spent {budget.spent.usd:g}")
    except NightshootError as error:
        say(f"{type(error).__name__} {error}")
        await asyncio.to_thread(sys.stdin.readline)
        say("closes")
    log.close()
    budget.close()


asyncio.run(main())

"""How every command ends: errors become one line and an exit code."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec

import click

from nightshoot.errors import BudgetExceeded, InputError, NightshootError

Given = ParamSpec("Given")

_log = logging.getLogger("nightshoot")


def answering(command: Callable[Given, None]) -> Callable[Given, None]:
    """Turns errors into one line and an exit code: 2 the user can fix it, 3 over budget, 1 else."""

    @wraps(command)
    def answer(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            with suppress(ValueError):
                # Asked to end, as at a shutdown: the same as Ctrl-C. Not ours in a thread.
                signal.signal(signal.SIGTERM, _asked_to_end)
            command(*args, **kwargs)
        except InputError as error:
            fail(str(error), 2)
        except BudgetExceeded as error:
            fail(str(error), 3)
        except NightshootError as error:
            fail(str(error), 1)
        except BrokenPipeError:
            # Whoever read has seen enough; nothing more can be said, not even by the interpreter.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except OSError as error:
            _log.info("refused by the system", exc_info=True)
            what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            fail(f"{what}; mend that, and `nightshoot resume` goes on", 1)
        except KeyboardInterrupt:
            fail("stopped; `nightshoot resume` goes on from here", 130)
        except Exception:  # noqa: BLE001 the process edge: logged whole, told in a line
            _log.exception("unforeseen")
            fail("something unforeseen happened; the lines above say where. Please report it", 1)

    return answer


def _asked_to_end(number: int, frame: object) -> None:
    del number, frame
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A script's shell has what it begins in the background ignore Ctrl-C, but not this.
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)


def fail(message: str, code: int) -> None:
    """Says what is wrong in one line, and ends with this code."""
    click.echo(f"nightshoot: {' '.join(message.split())}", err=True)
    sys.exit(code)

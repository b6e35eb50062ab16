"""What is done when a night has ended: a command of the user's, and a message to a webhook.

Neither changes what became of the night: what goes wrong here is told, and nothing more.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nightshoot.cli.reporting import FACTS, PAGE
from nightshoot.cli.summary import Summary
from nightshoot.errors import BackendError, InputError, TransientError
from nightshoot.pages.night_facts import NightFacts
from nightshoot.retry import Retry

if TYPE_CHECKING:
    import httpx2

COMMAND_S = 3600.0
"""How long a command may take. Source: 20 films of 20 MB at 1 Mbit/s up take 53 minutes."""

ANSWER_S = 30.0
"""How long a webhook may take for one answer. Source: they are asked to answer within seconds, as
https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks says of 10."""

_RETRY = Retry(attempts=4, first_wait_s=2.0, longest_wait_s=60.0)

_NEAR = ("localhost", "127.0.0.1", "::1")

_BUSY = (408, 425, 429)
"""What may pass, besides 5xx. Source: RFC 9110, RFC 8470, RFC 6585."""


def check_afterwards(command: str | None, url: str | None) -> None:
    """Refuses at dusk what could not be done at dawn.

    Raises:
        InputError: the command cannot be read, or the address is no webhook's.
    """
    if command is not None:
        _words(command)
    if url is not None:
        _place(url)


def afterwards(
    facts: NightFacts,
    out: Path,
    *,
    command: str | None = None,
    url: str | None = None,
    ended: str = "",
    environment: Mapping[str, str] = os.environ,
    command_s: float = COMMAND_S,
    retry: Retry = _RETRY,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> tuple[str, ...]:
    """Posts the summary, then runs the command; gives what the user should know of it.

    Args:
        facts: those of the report that was written.
        out: the batch's folder, with the report in it.
        command: words for a program, without a shell; None: none.
        url: the webhook; None: none.
        ended: why this run ended, where the facts do not say it because the night goes on.
        environment: what the command is given, besides the three variables of the report.
        command_s: how long the command may take.
        retry: how often the webhook is tried.
        transport: what posts, for tests.

    Raises:
        InputError: as `check_afterwards`; to be asked first.
    """
    ended = ended or facts.ended
    told = []
    if url is not None:
        told += _posted(Summary.of(facts, ended=ended), url, retry, transport)
    if command is not None:
        given = {
            "NIGHTSHOOT_REPORT": str((out / PAGE).resolve()),
            "NIGHTSHOOT_REPORT_JSON": str((out / FACTS).resolve()),
            "NIGHTSHOOT_ENDED": ended,
        }
        told += _ran(command, {**environment, **given}, command_s)
    return tuple(told)


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(f"--then cannot be read: {str(error).lower()}; mind the quotes") from None
    if not words:
        raise InputError("--then names no program: give a command, or leave it out")
    return words


def _ran(command: str, environment: Mapping[str, str], limit_s: float) -> list[str]:
    """Runs a command to its end; its output goes to standard error, where progress is told.

    The arguments, which may hold a password, are never repeated.
    """
    words = _words(command)
    name = Path(words[0]).name
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
    try:
        # Neither a shell nor our standard output, which may have to be one JSON object.
        process = subprocess.Popen(
            words,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=2,
            stderr=2,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "a word of it cannot be passed on"
        return [f"--then: {name} cannot be run: {why}"]
    try:
        code = process.wait(limit_s)
    except subprocess.TimeoutExpired:
        _end(process)
        return [f"--then: {name} was ended: it took longer than {limit_s:.0f} s"]
    except KeyboardInterrupt:
        _end(process)
        return [f"--then: {name} was stopped by hand"]
    if code < 0:
        return [f"--then: {name} was killed by signal {-code}"]
    return [f"--then: {name} ended with status {code}"] if code else []


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a command and what it started."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait()


def _place(url: str) -> str:
    """Gives the part of a webhook's address that may be shown: its path is often its key."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InputError("--webhook: that is no address") from None
    if not host or parts.scheme not in ("http", "https"):
        raise InputError("--webhook: give an address that begins with https://")
    if parts.scheme == "http" and host not in _NEAR:
        raise InputError(
            f"--webhook: {host} would be told in the clear: give its https address; http is for "
            "localhost"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}"


def _posted(
    summary: Summary, url: str, retry: Retry, transport: httpx2.AsyncBaseTransport | None
) -> list[str]:
    """Posts the summary; gives what went wrong."""
    place, body = _place(url), summary.model_dump_json().encode()
    try:
        with _hushed():
            asyncio.run(retry(lambda: _post(url, body, transport)))
    except BackendError as error:
        return [f"--webhook: {place} {error}"]
    except KeyboardInterrupt:
        return [f"--webhook: {place} was given up by hand"]
    return []


async def _post(url: str, body: bytes, transport: httpx2.AsyncBaseTransport | None) -> None:
    """Posts once.

    Raises:
        TransientError: it may work later.
        BackendError: it will not.
    """
    import httpx2

    try:
        async with (
            asyncio.timeout(ANSWER_S),
            httpx2.AsyncClient(
                transport=transport,
                timeout=ANSWER_S,
                follow_redirects=False,
                # What is on this machine is not asked for by way of a proxy.
                trust_env=urlsplit(url).hostname not in _NEAR,
            ) as client,
            # The answer's status is all that counts: its body is not read.
            client.stream(
                "POST", url, content=body, headers={"content-type": "application/json"}
            ) as response,
        ):
            status, headers = response.status_code, response.headers
    except (TimeoutError, httpx2.TimeoutException):
        raise TransientError("did not answer in time") from None
    except (httpx2.HTTPError, httpx2.StreamError, OSError):
        # Their own words may have the address in them.
        raise TransientError("cannot be reached") from None
    except (httpx2.InvalidURL, ValueError):
        raise BackendError("has an address that cannot be used") from None
    if status < 300:
        return
    if status < 400:
        raise BackendError(f"answered {status}: it points elsewhere, and that is not followed")
    if status in _BUSY or status >= 500:
        wait = headers.get("retry-after", "")
        raise TransientError(
            f"answered {status}", retry_after_s=float(wait) if wait.isdecimal() else None
        )
    raise BackendError(f"answered {status}: see that its address is right and still valid")


@contextmanager
def _hushed() -> Iterator[None]:
    """Keeps the address out of the logs, where the client would write it."""
    loggers = [logging.getLogger(name) for name in ("httpx2", "httpcore2")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)

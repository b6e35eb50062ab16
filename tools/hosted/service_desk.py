"""Speaks to a job service as its description says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from pydantic import JsonValue

from nightshoot.errors import BackendError, InputError, NightshootError, Refused, TransientError
from nightshoot.tools.hosted.discipline import (
    Accepted,
    Answer,
    Duplicate,
    NotTaken,
    Report,
    Standing,
    Unsure,
)
from nightshoot.tools.hosted.faults import REFUSED, retry_after, scrubbed
from nightshoot.tools.hosted.service import PICTURES, Codes, Service, Submit
from nightshoot.tools.hosted.signing import Credentials
from nightshoot.tools.hosted.templates import Values, at, filled, written
from nightshoot.tools.hosted.wire import File, NoReply, Reply, Wire

_LONGEST_ID = 512

Kind = Literal["good", "refused", "busy", "key", "balance", "wrong", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A job that is to be handed in."""

    values: Values
    """What the request's placeholders stand for, the token and pictures of a form excepted."""
    files: Mapping[str, File]
    """Pictures of a form, by their placeholder."""
    last: bool = False
    """The plan has a last frame."""


class ServiceDesk:
    """One job's desk at a described service."""

    def __init__(
        self,
        service: Service,
        wire: Wire,
        credentials: Credentials,
        order: Order,
        *,
        usd_per_unit: float | None,
    ) -> None:
        """Keeps what one job needs."""
        self._service = service
        self._wire = wire
        self._credentials = credentials
        self._order = order
        self._usd_per_unit = usd_per_unit

    @property
    def finds(self) -> bool:
        """Says whether the service can be asked by token."""
        return self._service.find is not None

    async def submit(self, token: str) -> Answer:
        """Sends the job, once, and says what came of it."""
        service = self._service
        submit = service.submit_last if self._order.last and service.submit_last else service.submit
        reply = await self._sent(submit, token)
        if isinstance(reply, NoReply):
            why = scrubbed(reply.why, self._secrets())
            if reply.reached:
                return Unsure(why=why)
            return NotTaken(error=TransientError(f"{service.title}: {why}"))
        kind = self._kind(reply)
        codes = _texts(service.find.duplicate_codes) if service.find else set()
        if self._code(reply) in codes or (kind == "wrong" and await self._has(token)):
            return Duplicate()
        number = written(at(reply.body, submit.id))
        if kind == "good" and number and len(number) <= _LONGEST_ID and number.isprintable():
            return Accepted(id=number)
        if kind in ("good", "unclear"):
            return Unsure(why=self._told(reply) or f"it answered HTTP {reply.status} without a job")
        return NotTaken(error=self._error(kind, reply))

    async def _has(self, token: str) -> bool:
        """Says whether a request is wrong because its token is taken, whatever code says so."""
        if not self.finds:
            return False
        try:
            return await self.find(token) is not None
        except NightshootError:
            return False

    async def find(self, token: str) -> Report | None:
        """Gives the job with this token, or None where there is none."""
        find = self._service.find
        assert find is not None, "only where finds is true"
        reply = await self._asked(find.path.replace("{token}", quote(token, safe="")))
        if reply.status == 404 or self._is_none(reply):
            return None
        kind = self._kind(reply)
        if kind == "wrong":
            raise BackendError(f"{self._service.title} cannot look for a job: {self._told(reply)}")
        if kind != "good":
            raise self._error(kind, reply)
        report = await self._report(reply)
        # An empty list, or an envelope around nothing, is an answer too.
        return report if report.id else None

    async def ask(self, job: str) -> Report | None:
        """Gives how a job stands, or None where the service knows none of this id."""
        reply = await self._asked(self._service.poll.path.replace("{id}", quote(job, safe="")))
        if reply.status in (404, 410) or self._is_none(reply):
            return None
        kind = self._kind(reply)
        if kind == "wrong":
            return None
        # Some say of a failed job that the request was refused: it is the job that was.
        if kind not in ("good", "refused"):
            raise self._error(kind, reply)
        report = await self._report(reply)
        if kind == "refused" and report.standing is Standing.WAITING:
            return Report(standing=Standing.FAILED, refused=True, reason=self._told(reply))
        return report

    def _is_none(self, reply: Reply) -> bool:
        """Says whether a code says that there is no such job, whatever HTTP says."""
        find = self._service.find
        return find is not None and self._code(reply) in _texts(find.none_codes)

    async def _report(self, reply: Reply) -> Report:
        poll, replies = self._service.poll, self._service.replies
        word = written(at(reply.body, poll.status)).lower()
        standing = Standing.WAITING
        if word in {one.lower() for one in poll.done}:
            standing = Standing.DONE
        elif word in {one.lower() for one in poll.failed}:
            standing = Standing.FAILED
        reason = scrubbed(written(at(reply.body, poll.reason)), self._secrets())
        code = written(at(reply.body, poll.reason_code))
        share = _figure(at(reply.body, poll.share))
        units = _figure(at(reply.body, poll.units))
        return Report(
            standing=standing,
            id=written(at(reply.body, poll.id)),
            result=await self._result(reply) if standing is Standing.DONE else "",
            reason=reason or scrubbed(code, self._secrets()),
            refused=code in _texts(replies.refused) or self._sounds_refused(reason),
            share=None if share is None else share / poll.share_whole,
            cost_usd=None
            if units is None or self._usd_per_unit is None
            else max(0.0, units * self._usd_per_unit),
        )

    async def _result(self, reply: Reply) -> str:
        found = written(at(reply.body, self._service.poll.result))
        fetch = self._service.fetch
        if fetch is None or not found:
            return found
        reply = await self._asked(fetch.path.replace("{result}", quote(found, safe="")))
        return written(at(reply.body, fetch.result)) if self._kind(reply) == "good" else ""

    async def _sent(self, submit: Submit, token: str) -> Reply | NoReply:
        headers = {**submit.headers, **self._credentials.headers()}
        if submit.encoding == "json":
            body = filled(submit.body, {**self._order.values, "token": token})
            return await self._wire.send_json(submit.method, submit.path, body, headers=headers)
        fields: dict[str, JsonValue | File] = {}
        for name, template in submit.body.items():
            picture = template[1:-1] if isinstance(template, str) else ""
            if picture in PICTURES:
                if picture in self._order.files:
                    fields[name] = self._order.files[picture]
                continue
            value = filled(template, {**self._order.values, "token": token})
            if value is not None:
                fields[name] = value
        return await self._wire.send_form(submit.method, submit.path, fields, headers=headers)

    async def _asked(self, path: str) -> Reply:
        reply = await self._wire.get(path, headers=self._credentials.headers())
        if isinstance(reply, NoReply):
            why = scrubbed(reply.why, self._secrets())
            raise TransientError(f"{self._service.title}: {why}")
        return reply

    def _kind(self, reply: Reply) -> Kind:
        """Says what an answer means. What nobody documented is unclear, and never a refusal."""
        replies, code = self._service.replies, self._code(reply)
        named: tuple[tuple[Kind, Codes], ...] = (
            ("refused", replies.refused),
            ("busy", replies.busy),
            ("key", replies.key),
            ("balance", replies.balance),
            ("wrong", replies.wrong),
        )
        for kind, codes in named:
            if code and code in _texts(codes):
                return kind
        status = reply.status
        if 200 <= status < 300:
            return "good" if not replies.ok or code in _texts(replies.ok) else "unclear"
        plain: dict[int, Kind] = {401: "key", 403: "key", 402: "balance", 429: "busy"}
        # A time-out and a conflict do not say that nothing was begun.
        if not 400 <= status < 500 or status in (408, 409):
            return "unclear"
        if self._sounds_refused(written(at(reply.body, replies.message))):
            return "refused"
        return plain.get(status, "wrong")

    def _error(self, kind: Kind, reply: Reply) -> NightshootError:
        title, told = self._service.title, self._told(reply)
        because = f": {told}" if told else f" (HTTP {reply.status})"
        if kind == "refused":
            return Refused(f"{title} {REFUSED}{because}; word the shot differently")
        if kind == "busy":
            return TransientError(
                f"{title} is busy{because}", retry_after_s=retry_after(reply.headers)
            )
        if kind == "key":
            return InputError(
                f"{title} refused the key{because}; see {self._service.console} and "
                f"{self._service.auth.key_env}"
            )
        if kind == "balance":
            return InputError(f"{title} has no credit left{because}; see {self._service.console}")
        if kind == "wrong":
            return BackendError(f"{title} did not take the request{because}")
        return TransientError(f"{title} answered HTTP {reply.status}{because}")

    def _code(self, reply: Reply) -> str:
        return written(at(reply.body, self._service.replies.code))

    def _told(self, reply: Reply) -> str:
        """Gives the service's own words, without keys; "" where it said nothing."""
        said = written(at(reply.body, self._service.replies.message)) or self._code(reply)
        return scrubbed(said, self._secrets())

    def _sounds_refused(self, text: str) -> bool:
        return any(word in text.lower() for word in self._service.replies.refused_words)

    def _secrets(self) -> tuple[str, ...]:
        return self._credentials.secrets()


def _texts(codes: Codes) -> set[str]:
    return {str(code) for code in codes}


def _figure(value: JsonValue) -> float | None:
    try:
        figure = float(written(value))
    except ValueError:
        return None
    return figure if 0 <= figure < 1e12 else None

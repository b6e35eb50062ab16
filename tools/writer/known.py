"""What was found out about endpoints, kept on disk so that it is found out once."""

from __future__ import annotations

import json
import logging
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from nightshoot.domain.value import Value
from nightshoot.errors import ArtifactError
from nightshoot.files import write_atomically

_log = logging.getLogger(__name__)


class Form(StrEnum):
    """How an endpoint is asked for JSON."""

    SCHEMA = "schema"
    """A strict JSON schema."""
    TOOL = "tool"
    """A call of a tool whose arguments are the answer."""
    OBJECT = "object"
    """Any JSON object."""
    TEXT = "text"
    """Plain text; the prompt asks for JSON."""


LADDER = tuple(Form)
"""Best first."""


class Limit(StrEnum):
    """The parameter that limits the tokens of an answer."""

    OLD = "max_tokens"
    """Understood by most; first, for who does not know the other one ignores it in silence."""
    NEW = "max_completion_tokens"
    """Asked for by OpenAI's reasoning models.
    Source: https://platform.openai.com/docs/api-reference/chat/create"""
    NONE = "none"


class Abilities(Value):
    """What one model at one endpoint takes."""

    limit: Limit = Limit.OLD
    most_tokens: int | None = Field(default=None, ge=1)
    """The most that the endpoint lets an answer be limited to, where it said so."""
    system: bool = True
    """Whether a message of the role `system` is taken."""
    works: tuple[Form, ...] = ()
    """Forms that have answered at least once."""
    refused: dict[str, tuple[Form, ...]] = Field(default_factory=dict)
    """Forms that were refused, by the digest of the schema."""

    def form_for(self, schema: str) -> Form:
        """Gives the best form for a schema that is not known to be refused.

        A form that was refused for another schema, and has never worked, is not tried.
        """
        never = {
            form for forms in self.refused.values() for form in forms if form not in self.works
        }
        never.update(self.refused.get(schema, ()))
        return next((form for form in LADDER if form not in never), Form.TEXT)

    def learned(self, schema: str, *, works: Form, refused: tuple[Form, ...]) -> Abilities:
        """Gives these abilities and what one answered request showed."""
        before = self.refused.get(schema, ())
        now = tuple(form for form in LADDER if form in {*before, *refused} - {works})
        return self.model_copy(
            update={
                "works": tuple(form for form in LADDER if form in {*self.works, works}),
                "refused": {**self.refused, schema: now} if now or before else self.refused,
            }
        )


class _Book(Value):
    version: int = 1
    endpoints: dict[str, Abilities] = Field(default_factory=dict)


class KnownEndpoints:
    """The abilities of endpoints, by address and model.

    The file holds no key: neither an address's user and password nor its query are kept. It can be
    deleted at any time; what it held is then found out again. A file that is damaged counts as
    none, and a disk that takes nothing is no reason to stop a film.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Takes the file; None: what is found out is forgotten at the end."""
        self._path = path
        self._known: dict[str, Abilities] | None = None

    def of(self, base_url: str, model: str) -> Abilities:
        """Gives what is known of a model at an address."""
        if self._known is None:
            self._known = self._read()
        return self._known.get(_key(base_url, model), Abilities())

    def keep(self, base_url: str, model: str, abilities: Abilities) -> None:
        """Keeps what was found out."""
        if self.of(base_url, model) == abilities:
            return
        key = _key(base_url, model)
        # Another process may have found out about other endpoints meanwhile.
        known = {**(self._known or {}), **self._read(), key: abilities}
        self._known = known
        if self._path is None:
            return
        text = json.dumps(_Book(endpoints=known).model_dump(mode="json"), indent=1, sort_keys=True)
        try:
            write_atomically(self._path, text.encode())
        except (ArtifactError, OSError) as error:
            _log.info("what endpoints can do is not kept: %s", error)

    def _read(self) -> dict[str, Abilities]:
        if self._path is None:
            return {}
        try:
            return _Book.model_validate_json(self._path.read_bytes()).endpoints
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError, ValueError) as error:
            _log.info("%s is not used: %s", self._path, type(error).__name__)
            return {}


def bare_address(url: str) -> str:
    """Gives an address without its user, password, query and fragment, which may be secret."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def _key(base_url: str, model: str) -> str:
    return f"{bare_address(base_url)} {model}"

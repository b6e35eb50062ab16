"""Where spans go: by OpenTelemetry's own environment variables, or nowhere.

Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from nightshoot import __version__
from nightshoot.queueing import Clock
from nightshoot.watching.spans import NightSpans

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

_log = logging.getLogger(__name__)

_GROUP = "opentelemetry_traces_exporter"
"""The entry points by which exporters of spans are found. Source: opentelemetry-sdk."""

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_BY_PROTOCOL = {"http/protobuf": "otlp_proto_http", "grpc": "otlp_proto_grpc"}

_LAST_S = 3.0
"""How long the end of a night waits for the last spans to be sent."""

_EXTRA = "pip install 'nightshoot[telemetry]'"


def exporter_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Gives which exporters are configured, by their entry points; none where none is."""
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return ()
    named = [one.strip() for one in environ.get("OTEL_TRACES_EXPORTER", "").split(",")]
    named = [one for one in named if one]
    if not named and any(environ.get(name, "").strip() for name in _ENDPOINTS):
        named = ["otlp"]
    if "none" in named:
        return ()
    protocol = next((found for name in _PROTOCOLS if (found := environ.get(name, "").strip())), "")
    otlp = _BY_PROTOCOL.get(protocol or "http/protobuf", protocol)
    return tuple(dict.fromkeys(otlp if one == "otlp" else one for one in named))


def night_spans(environ: Mapping[str, str], *, clock: Clock) -> NightSpans | None:
    """Gives a follower whose spans go where the environment says; None: nowhere.

    What is configured and not installed is logged, and left out: the variables may be there for
    other programs. The exporters read the process's environment themselves.
    """
    names = exporter_names(environ)
    if not names:
        return None
    exporters = [found for name in names if (found := _exporter(name)) is not None]
    return spans_to(exporters, clock=clock) if exporters else None


def spans_to(exporters: Sequence[SpanExporter], *, clock: Clock) -> NightSpans:
    """Gives a follower whose spans go to these exporters, from a thread of their own."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # The environment's OTEL_SERVICE_NAME wins over what is given here, by the SDK.
    known = Resource.create({"service.version": __version__})
    named = {} if _is_named(known) else {"service.name": "nightshoot"}
    provider = TracerProvider(resource=known.merge(Resource(named)), shutdown_on_exit=False)
    for exporter in exporters:
        provider.add_span_processor(BatchSpanProcessor(_quiet(exporter)))

    def close() -> None:
        # A collector that is away must not keep a night from ending.
        last = threading.Thread(target=provider.shutdown, name="last-spans", daemon=True)
        last.start()
        last.join(_LAST_S)
        if last.is_alive():
            _log.warning("the last spans may be lost: their collector takes long to answer")

    return NightSpans(provider.get_tracer("nightshoot", __version__), clock=clock, close=close)


def _is_named(resource: object) -> bool:
    name = str(getattr(resource, "attributes", {}).get("service.name", ""))
    return bool(name) and not name.startswith("unknown_service")


def _exporter(name: str) -> SpanExporter | None:
    try:
        import opentelemetry.sdk.trace.export as sdk
    except ImportError:
        _log.warning("spans are configured, but the SDK is not installed: %s", _EXTRA)
        return None
    if name == "console":
        # Standard output is for what `--json` and `--events -` print.
        return sdk.ConsoleSpanExporter(out=sys.stderr)
    found = next(iter(entry_points(group=_GROUP, name=name)), None)
    if found is None:
        _log.warning("no exporter %r is installed, so no spans are sent: %s", name, _EXTRA)
        return None
    try:
        exporter: SpanExporter = found.load()()
    except Exception as error:  # noqa: BLE001 the edge of another package
        # Its words may hold what the environment does: headers with a key.
        _log.warning("the exporter %r cannot be used (%s)", name, type(error).__name__)
        return None
    return exporter


def _quiet(inner: SpanExporter) -> SpanExporter:
    """Gives an exporter that tells a fault once, until one batch has got through again."""
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    # It would say each few seconds of a night that its collector is away.
    logging.getLogger(type(inner).__module__).setLevel(logging.CRITICAL)

    class Quiet(SpanExporter):
        told = False

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            try:
                result, why = inner.export(spans), "its collector did not take them"
            except Exception as error:  # noqa: BLE001 the edge of another package
                result, why = SpanExportResult.FAILURE, type(error).__name__
            failed = result is not SpanExportResult.SUCCESS
            if failed and not self.told:
                _log.warning("spans are lost for now: %s", why)
            self.told = failed
            return result

        def shutdown(self) -> None:
            inner.shutdown()

        def force_flush(self, timeout_millis: int = 30000) -> bool:
            return inner.force_flush(timeout_millis)

    return Quiet()

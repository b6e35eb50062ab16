"""A night as OpenTelemetry spans, and where they go."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from typing import Any

import pytest

pytest.importorskip("opentelemetry.sdk", reason="the telemetry extra is not installed")

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from nightshoot.events import Event
from nightshoot.lane import Span
from nightshoot.queueing import Night, Queued
from nightshoot.watching.exporters import exporter_names, night_spans, spans_to
from nightshoot.watching.spans import NightSpans

TURN = Span(
    lane="gpu", film="4", model="video/wan", place=1,
    asked_at=10.0, begun_at=12.5, ended_at=30.0, swapped=True, failed=True,
)  # fmt: skip


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def spans(kept: InMemorySpanExporter, clock: Any) -> NightSpans:
    return spans_to([kept], clock=clock)


def by_name(kept: InMemorySpanExporter) -> dict[str, list[ReadableSpan]]:
    found: dict[str, list[ReadableSpan]] = {}
    for span in kept.get_finished_spans():
        found.setdefault(span.name, []).append(span)
    return found


def test_a_film_holds_its_turns_and_its_actions(
    spans: NightSpans,
    kept: InMemorySpanExporter,
    clock: Any,
    night: Night,
    queued: Callable[..., Queued],
    failed: Queued,
    story: tuple[Event, ...],
) -> None:
    begun = clock.wall()
    spans.beat(night)
    spans.begun(queued())
    for event in story:
        spans.event(4, event)
    clock.now += 60
    spans.span(TURN)
    spans.ended(failed, "set aside")
    spans.close()

    found = by_name(kept)
    assert {name: len(them) for name, them in found.items()} == {
        "film": 1,
        "turn gpu": 1,
        "action image": 1,
        "action video": 1,
    }, "what was found in the log is no action"
    (film,), (turn,), (action,) = found["film"], found["turn gpu"], found["action video"]
    assert film.parent is None
    assert film.context is not None
    for inner in (turn, action):
        assert inner.parent is not None
        assert inner.parent.span_id == film.context.span_id
    assert film.attributes is not None
    assert dict(film.attributes) == {
        "nightshoot.entry": 4,
        "nightshoot.film": "月夜渔舟",
        "nightshoot.priority": 0,
        "nightshoot.night": 3,
        "nightshoot.state": "set_aside",
        "nightshoot.what": "set aside",
        "nightshoot.cause": "refused",
    }
    assert (film.start_time, film.end_time) == (int(begun * 1e9), int((begun + 60) * 1e9))
    assert film.status.status_code is StatusCode.ERROR
    assert [event.name for event in film.events] == ["stage_started", "take_rejected"]
    assert turn.attributes is not None
    assert dict(turn.attributes) == {
        "nightshoot.lane": "gpu",
        "nightshoot.model": "video/wan",
        "nightshoot.place": 1,
        "nightshoot.waited_s": 2.5,
        "nightshoot.swapped": True,
        "nightshoot.failed": True,
    }
    assert turn.end_time is not None
    assert turn.start_time is not None
    assert turn.end_time - turn.start_time == 17_500_000_000
    assert turn.status.status_code is StatusCode.ERROR
    assert action.attributes is not None
    assert action.attributes["nightshoot.cost_usd"] == 0.3
    assert film.resource.attributes["service.name"] == "nightshoot"


def test_no_key_and_no_prompt_is_in_a_span(
    spans: NightSpans,
    kept: InMemorySpanExporter,
    failed: Queued,
    queued: Callable[..., Queued],
    story: tuple[Event, ...],
) -> None:
    spans.begun(queued())
    for event in story:
        spans.event(4, event)
    spans.ended(failed, "set aside")
    spans.close()
    text = "".join(span.to_json() for span in kept.get_finished_spans())
    assert "take_rejected" in text
    assert "lighthouse" not in text
    assert "sk-" not in text
    assert "will not make" not in text, "the error's words are in the queue"


def test_films_that_are_open_when_the_night_ends_are_sent_too(
    spans: NightSpans, kept: InMemorySpanExporter, queued: Callable[..., Queued]
) -> None:
    spans.begun(queued())
    spans.begun(
        queued(),
    )
    spans.close()
    assert len(by_name(kept)["film"]) == 2, "one that was begun again ends the one before"


def test_what_belongs_to_no_film_here_harms_nothing(
    spans: NightSpans, kept: InMemorySpanExporter, failed: Queued, story: tuple[Event, ...]
) -> None:
    spans.event(4, story[1])
    spans.ended(failed, "taken over")
    spans.span(TURN)
    spans.close()
    (turn,) = kept.get_finished_spans()
    assert turn.parent is None


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        ({}, ()),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, ("otlp_proto_http",)),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318"}, ("otlp_proto_http",)),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, ("otlp_proto_http",)),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            ("otlp_proto_grpc",),
        ),
        ({"OTEL_TRACES_EXPORTER": "console, otlp"}, ("console", "otlp_proto_http")),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"}, ()),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "TRUE"}, ()),
    ],
)
def test_the_standard_variables_say_where_spans_go(
    environ: dict[str, str], names: tuple[str, ...]
) -> None:
    assert exporter_names(environ) == names


def test_without_a_configured_exporter_there_are_no_spans(clock: Any) -> None:
    assert night_spans({}, clock=clock) is None


def test_an_exporter_that_is_not_installed_is_logged_and_left_out(
    clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert night_spans({"OTEL_TRACES_EXPORTER": "carrier-pigeon"}, clock=clock) is None
    (record,) = caplog.records
    assert "no exporter 'carrier-pigeon'" in record.getMessage()
    assert "nightshoot[telemetry]" in record.getMessage()


class Away(SpanExporter):
    """A collector that is away for some batches."""

    def __init__(self, *answers: SpanExportResult | Exception) -> None:
        self.answers = list(answers)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_collector_that_is_away_is_logged_once_each_time(
    clock: Any, queued: Callable[..., Queued], caplog: pytest.LogCaptureFixture
) -> None:
    failure, success = SpanExportResult.FAILURE, SpanExportResult.SUCCESS
    away = Away(failure, ConnectionError("key=sk-1"), failure, success, failure)
    spans = spans_to([away], clock=clock)
    processor = spans._tracer.span_processor  # type: ignore[attr-defined]
    with caplog.at_level(logging.WARNING):
        for number in range(5):
            spans.begun(queued(number))
            spans.ended(queued(number), "done")
            processor.force_flush()
        spans.close()
    assert not away.answers
    assert [record.getMessage() for record in caplog.records] == [
        "spans are lost for now: its collector did not take them"
    ] * 2


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_real_exporter_without_a_collector_costs_one_line(
    clock: Any,
    queued: Callable[..., Queued],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    pytest.importorskip(
        "opentelemetry.exporter.otlp.proto.http", reason="the telemetry extra is not installed"
    )
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"}
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        spans = night_spans(environ, clock=clock)
        assert spans is not None
        with caplog.at_level(logging.WARNING):
            for number in range(3):
                spans.begun(queued(number))
                spans.ended(queued(number), "done")
            spans.close()
    assert [record.getMessage() for record in caplog.records] == [
        "spans are lost for now: its collector did not take them"
    ]

"""A night in Prometheus' text format, asked for over a local port."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("prometheus_client", reason="the telemetry extra is not installed")

from prometheus_client.parser import text_string_to_metric_families

from nightshoot.domain.batch import EntryState
from nightshoot.domain.limits import Limits, Used
from nightshoot.errors import InputError
from nightshoot.events import Event
from nightshoot.lane import Lane, Span
from nightshoot.providers import CircuitPhase, CircuitState
from nightshoot.queueing import Night, Queued
from nightshoot.watching import NightWatch, QueueFacts
from nightshoot.watching.metrics import MetricsServer, serve_metrics

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def asked(server: MetricsServer) -> str:
    # No proxy of the environment stands between this machine and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(server.address, timeout=100) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        return str(answer.read().decode())


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def watch(
    clock: Any, night: Night, queued: Callable[..., Queued], story: tuple[Event, ...]
) -> NightWatch:
    gpu = Lane("gpu", width=2)
    gpu.facts.busy_s, gpu.facts.swaps = 90.0, 3
    facts = QueueFacts(
        counts={EntryState.RUNNING: 1, EntryState.DONE: 2},
        next=(),
        used=Used(usd=1.5, gpu_s=3600, takes=14),
        limits=Limits(usd=20.0),
        paused="",
    )
    circuit = CircuitState(
        tool="video/kling", state=CircuitPhase.OPEN, failures=3, since_s=5.0, why="HTTP 503"
    )
    watch = NightWatch(
        clock=clock,
        lanes=lambda: (gpu,),
        circuits=lambda: (circuit,),
        facts=lambda _: facts,
        ends_at=1_790_030_000.0,
    )
    watch.begun(queued(name='a "quoted" \\ name\nin two lines'))
    for event in story:
        watch.event(4, event)
    watch.span(
        Span(
            lane="gpu", film="4", model="image/flux", place=0,
            asked_at=1.0, begun_at=3.0, ended_at=5.0, swapped=True, failed=True,
        )
    )  # fmt: skip
    watch.beat(night)
    return watch


@pytest.fixture
def server(watch: NightWatch) -> Iterator[MetricsServer]:
    server = serve_metrics(watch.state, 0)
    yield server
    server.close()


def test_the_night_is_told_in_prometheus_own_words(server: MetricsServer) -> None:
    text = asked(server)
    found = samples(text)

    def value(metric: str, /, **labels: str) -> float:
        return found[f"nightshoot_{metric}", frozenset(labels.items())]

    assert value("films", state="done") == 2
    assert value("films", state="waiting") == 0, "a state without films is told, too"
    assert value("spent_usd") == 1.5
    assert value("limit_usd") == 20
    assert value("gpu_used_seconds") == 3600
    assert value("takes_used") == 14
    assert value("night_ends_timestamp_seconds") == 1_790_030_000.0
    assert value("lane_busy_seconds_total", lane="gpu") == 90
    assert value("lane_swaps_total", lane="gpu") == 3
    assert value("lane_turns_total", lane="gpu") == 1
    assert value("lane_turns_failed_total", lane="gpu") == 1
    assert value("lane_waited_seconds_total", lane="gpu") == 2
    assert value("lane_width", lane="gpu") == 2
    assert value("circuit_open", tool="video/kling", state="open") == 1
    name = 'a "quoted" \\ name\nin two lines'
    assert value("film_takes_rejected", entry="4", name=name) == 1
    assert ("nightshoot_gpu_limit_seconds", frozenset()) not in found, "there is no such limit"
    assert "# TYPE nightshoot_lane_busy_seconds_total counter" in text or (
        "# TYPE nightshoot_lane_busy_seconds counter" in text
    )


def test_only_the_nights_own_metrics_are_told(server: MetricsServer) -> None:
    names = {name for name, _ in samples(asked(server))}
    assert all(name.startswith("nightshoot_") for name in names)


def test_no_key_and_no_prompt_is_told(server: MetricsServer) -> None:
    text = asked(server)
    assert "lighthouse" not in text
    assert "sk-" not in text
    assert "503" not in text


def test_it_answers_on_this_machine_alone(server: MetricsServer) -> None:
    assert server._server.server_address[0] == "127.0.0.1"
    assert server.address == f"http://127.0.0.1:{server.port}/metrics"


def test_a_port_that_is_taken_is_told_with_what_to_do(watch: NightWatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"--metrics-port {port} cannot be used.*or 0 for"):
            serve_metrics(watch.state, port)


def test_the_port_is_free_again_afterwards(watch: NightWatch) -> None:
    first = serve_metrics(watch.state, 0)
    first.close()
    second = serve_metrics(watch.state, first.port)
    assert second.port == first.port
    second.close()


def test_without_the_package_it_says_what_to_install(
    watch: NightWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(InputError, match=r"pip install 'nightshoot\[telemetry\]'"):
        serve_metrics(watch.state, 0)


def test_the_package_is_not_loaded_where_nobody_asks() -> None:
    script = (
        "import sys, nightshoot.watching.metrics, nightshoot.watching.exporters, "
        "nightshoot.cli.night_watching\n"
        "bad = [m for m in sys.modules if m.startswith(('prometheus', 'opentelemetry'))]\n"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", script], check=True)

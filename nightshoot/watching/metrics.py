"""A night in Prometheus' text format, on a port of this machine alone.

Names and units follow Prometheus' conventions: base units, the unit at the end, `_total` behind
what only grows. Source: https://prometheus.io/docs/practices/naming/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIServer

from nightshoot.domain.batch import EntryState
from nightshoot.errors import InputError
from nightshoot.watching.state import FilmState, LaneState, NightState

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_HERE = "127.0.0.1"


class NightMetrics:
    """A collector in the sense of `prometheus_client`: reads the state each time it is asked."""

    def __init__(self, state: Callable[[], NightState]) -> None:
        """Takes what gives the night's state."""
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """Gives the night's metrics."""
        state = self._state()
        yield from _night(state)
        yield from _films(state.making)
        yield from _lanes(state.lanes)
        yield _gauge(
            "circuit_open",
            "1 while a tool is left alone because it fails.",
            ((1, {"tool": one.tool, "state": one.state.value}) for one in state.circuits),
            labels=("tool", "state"),
        )


@dataclass(frozen=True, slots=True)
class MetricsServer:
    """Answers on a local port until it is closed."""

    port: int
    _server: WSGIServer

    def close(self) -> None:
        """Lets the port go."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{_HERE}:{self.port}/metrics"


def serve_metrics(state: Callable[[], NightState], port: int) -> MetricsServer:
    """Answers questions for the night's metrics, on 127.0.0.1 and nowhere else.

    Args:
        state: gives the night's state; asked from the server's threads.
        port: 0: any that is free.

    Raises:
        InputError: the port is taken, or the package is not installed.
    """
    try:
        from prometheus_client import CollectorRegistry, start_http_server
    except ImportError:
        raise InputError(
            "--metrics-port needs a package that is not there: pip install 'nightshoot[telemetry]'"
        ) from None
    registry = CollectorRegistry(auto_describe=False)
    registry.register(NightMetrics(state))
    try:
        server, _ = start_http_server(port, addr=_HERE, registry=registry)
    except OSError as error:
        raise InputError(
            f"--metrics-port {port} cannot be used ({error.strerror}): name another, or 0 for one "
            "that is free"
        ) from None
    return MetricsServer(server.server_port, server)


def _night(state: NightState) -> Iterator[Metric]:
    counts = ((state.counts.get(one, 0), {"state": one.value}) for one in EntryState)
    yield _gauge("films", "This night's films and those to be made.", counts, labels=("state",))
    yield _one("night_progress_ratio", "The share of the night's films that is made.", state.share)
    yield _one("paused", "1 while no further film is begun.", float(bool(state.paused)))
    yield _one("state_timestamp_seconds", "When this was looked at.", state.at)
    if state.begun_at is not None:
        yield _one("night_begun_timestamp_seconds", "When the night began.", state.begun_at)
    if state.ends_at is not None:
        yield _one("night_ends_timestamp_seconds", "By when films have to end.", state.ends_at)
    if state.left_s is not None:
        yield _one("night_left_seconds", "About how long it still takes.", state.left_s)
    used, limits = state.used, state.limits
    # Gauges, as a night's end begins them anew.
    yield _one("spent_usd", "What the night has cost.", used.usd)
    yield _one("gpu_used_seconds", "GPU time of the night.", used.gpu_s)
    yield _one("takes_used", "Takes that were filmed in the night.", used.takes)
    for name, text, limit in (
        ("limit_usd", "The most that the night may cost.", limits.usd),
        ("gpu_limit_seconds", "The most GPU time that the night may take.", limits.gpu_s),
        ("takes_limit", "The most takes that the night may film.", limits.takes),
    ):
        if limit is not None:
            yield _one(name, text, limit)


def _films(films: Iterable[FilmState]) -> Iterator[Metric]:
    told = [(one, {"entry": str(one.id), "name": one.name}) for one in films]
    values: tuple[tuple[str, str, Callable[[FilmState], float]], ...] = (
        ("film_progress_ratio", "The share of a film's work that is done.", lambda one: one.share),
        ("film_spent_usd", "What a film has cost in this run.", lambda one: one.used.usd),
        ("film_waiting_seconds", "How long it has waited for its lane.", lambda one: one.waits_s),
        ("film_takes_rejected", "Takes turned down in this run.", lambda one: one.rejected),
        ("film_shots_flagged", "Shots whose best take is bad.", lambda one: one.flagged),
    )
    for name, text, value in values:
        samples = [(value(one), labels) for one, labels in told]
        yield _gauge(name, text, samples, labels=("entry", "name"))


def _lanes(lanes: Iterable[LaneState]) -> Iterator[Metric]:
    told = [(one, {"lane": one.name}) for one in lanes]
    levels: tuple[tuple[str, str, Callable[[LaneState], float]], ...] = (
        ("lane_width", "How many turns run at once.", lambda one: one.width),
        ("lane_running", "Turns that run.", lambda one: one.running),
        ("lane_waiting", "Turns that wait.", lambda one: one.waiting),
        ("lane_paused", "1 while it, or a model in it, is paused.", lambda one: bool(one.paused)),
    )
    for name, text, value in levels:
        yield _gauge(name, text, [(value(one), labels) for one, labels in told], labels=("lane",))
    sums: tuple[tuple[str, str, Callable[[LaneState], float]], ...] = (
        ("lane_busy_seconds", "Time in which places worked, over all.", lambda one: one.busy_s),
        ("lane_waited_seconds", "Time that ended turns had waited.", lambda one: one.waited_s),
        ("lane_swaps", "How often a model was loaded.", lambda one: one.swaps),
        ("lane_turns", "Turns that ended.", lambda one: one.turns),
        ("lane_turns_failed", "Turns that failed.", lambda one: one.failed),
    )
    for name, text, value in sums:
        yield _counter(name, text, [(value(one), labels) for one, labels in told])


_Samples = Iterable[tuple[float, dict[str, str]]]


def _one(name: str, text: str, value: float) -> Metric:
    return _gauge(name, text, ((value, {}),), labels=())


def _gauge(name: str, text: str, samples: _Samples, *, labels: tuple[str, ...]) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"nightshoot_{name}", text, labels=labels)
    for value, of in samples:
        family.add_metric([of[label] for label in labels], float(value))
    return family


def _counter(name: str, text: str, samples: _Samples) -> Metric:
    from prometheus_client.core import CounterMetricFamily

    family = CounterMetricFamily(f"nightshoot_{name}", text, labels=("lane",))
    for value, of in samples:
        family.add_metric([of["lane"]], float(value))
    return family

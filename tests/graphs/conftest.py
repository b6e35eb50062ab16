"""What the tests of single steps share: the workshop of a bench, without a graph around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from nightshoot.graphs.workshop import Workshop

if TYPE_CHECKING:
    from tests.conftest import Bench
else:
    Bench = object


@pytest.fixture
def workshop_of() -> Iterator[Callable[[Bench], Workshop]]:
    """Opens the workshop of a bench's production, as a new run does."""
    with ExitStack() as stack:
        yield lambda bench: bench.studio()._workshop(bench.production(), bench.events.append, stack)

"""What a person sees of a night: a live table on a terminal, and plain lines elsewhere."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.control import Control
from rich.live import Live
from rich.text import Text

from nightshoot.cli.night_view import clean, night_view
from nightshoot.following import Nobody
from nightshoot.queueing import Night, Queued
from nightshoot.watching import NightState

_log = logging.getLogger(__name__)

_REFRESH_S = 0.5
"""How often the table is drawn: often enough to look alive, and 1 % of a processor."""

_MOST_LINES = 1000
"""How many lines wait at most where nobody takes them, as in a terminal that was stopped."""

_LAST_S = 2.0
"""How long the end of a night waits for a terminal."""


class NightTable(Nobody):
    """A follower that draws in a thread of its own, so that a terminal that stands still stops it.

    What happens is said in lines that stay; on a terminal they scroll away above the table.
    """

    def __init__(
        self,
        state: Callable[[], NightState],
        *,
        console: Console | None = None,
        live: bool | None = None,
        refresh_s: float = _REFRESH_S,
        last_s: float = _LAST_S,
    ) -> None:
        """Draws nothing yet.

        Args:
            state: gives the night's state; asked from the drawing thread.
            console: where to; standard error where none is given.
            live: whether to draw a table; None: where the console is a terminal.
            refresh_s: how often to draw.
            last_s: how long the end waits for the terminal.
        """
        self._state = state
        self._console = console or Console(stderr=True)
        self._live = _can_draw(self._console) if live is None else live
        self._refresh_s, self._last_s = refresh_s, last_s
        self._lines: deque[Text] = deque(maxlen=_MOST_LINES)
        self._note = ""
        self._known: dict[str, str] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="night-table", daemon=True)

    def __enter__(self) -> Self:
        """Starts to draw."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Takes the table away; the lines stay."""
        self._ending.set()
        self._thread.join(self._last_s)

    def begun(self, entry: Queued) -> None:
        """Says that a film was begun."""
        self._tell(entry, "begun")

    def ended(self, entry: Queued, what: str) -> None:
        """Says how a film was let go."""
        self._tell(entry, what)

    def beat(self, night: Night) -> None:
        """Says what was paused since, and what goes on again."""
        del night
        state = self._state()
        now = {"": state.paused} if state.paused else {}
        now |= {one.name: ", ".join(one.paused) for one in state.lanes if one.paused}
        now |= {one.tool: one.why or one.state.value for one in state.circuits}
        for name, why in now.items():
            if name not in self._known:
                self._say(f"  {name or 'the queue'} is paused: {why}".rstrip(": "), "yellow")
        for name in self._known.keys() - now.keys():
            self._say(f"  {name or 'the queue'} goes on", "")
        self._known = now

    def note(self, text: str) -> None:
        """Says something at once, below everything else; may be called from a signal's handler.

        It takes no lock, which what the signal interrupted may hold.
        """
        self._note = text
        if not self._live:
            self._lines.append(Text(text))

    def abandon(self) -> None:
        """Leaves the terminal as it was found, for a process that ends this very moment."""
        if self._live:
            # Past the console, which what the signal interrupted may be using.
            os.write(self._console.file.fileno(), b"\x1b[?25h\n")

    def _tell(self, entry: Queued, what: str) -> None:
        error = f": {entry.error}" if entry.error else ""
        self._say(f"  {entry.id:>4} {entry.name}  {what}{error}", "")

    def _say(self, text: str, style: str) -> None:
        self._lines.append(Text(clean(text), style=style))

    def _work(self) -> None:
        try:
            if self._live:
                self._draw()
        except Exception:  # noqa: BLE001 the edge of what is only looked at
            _log.exception("the table is given up; lines go on")
            self._live = False
        while not self._ending.wait(self._refresh_s):
            self._print_lines()
        self._print_lines()

    def _draw(self) -> None:
        with self._screen() as live:
            width, height = self._console.size
            while not self._ending.wait(self._refresh_s):
                size = self._console.size
                if size.width < width or size.height < height:
                    # The terminal has broken the lines of the table anew, nobody knows where.
                    self._console.control(Control.clear(), Control.home())
                width, height = size
                self._print_lines()
                live.update(self._view(), refresh=True)

    @contextmanager
    def _screen(self) -> Iterator[Live]:
        live = Live(
            Text(""),
            console=self._console,
            auto_refresh=False,
            transient=True,
            vertical_overflow="crop",
        )
        with live:
            # A process that is killed could not give it back.
            self._console.show_cursor(True)
            yield live

    def _view(self) -> Group:
        width, height = self._console.size
        lines = night_view(
            self._state(),
            width=width,
            # The last line is the cursor's.
            height=max(1, height - 1),
            note=self._note,
        )
        return Group(*lines)

    def _print_lines(self) -> None:
        while self._lines:
            self._console.print(self._lines.popleft(), soft_wrap=True)


def _can_draw(console: Console) -> bool:
    able = console.is_terminal and not console.is_dumb_terminal and console.file.isatty()
    # Bars and names need more than ASCII.
    return able and not console.options.ascii_only

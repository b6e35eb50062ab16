"""After the night: a command of the user's and a webhook, neither of which changes its outcome."""

from __future__ import annotations

import json
import logging
import os
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx2
import pytest

from nightshoot.cli.afterwards import afterwards, check_afterwards
from nightshoot.domain.batch import Cause, EntryState
from nightshoot.errors import InputError
from nightshoot.pages.night_facts import Failures, FilmFacts, NightFacts
from nightshoot.retry import Retry

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SECRET = "T0PSECRET-hook-9876"

QUICK = Retry(attempts=3, first_wait_s=0.01, longest_wait_s=0.05)


@pytest.fixture
def facts() -> NightFacts:
    made = FilmFacts(
        id=1, name="江月", state=EntryState.DONE, film="江月/film.mp4", duration_s=65.0,
        flagged_shots=("s02",), cost_usd=1.25,
    )  # fmt: skip
    broken = FilmFacts(
        id=2, name="雨夜", state=EntryState.SET_ASIDE, cause=Cause.BACKEND, error="/home/me/secret"
    )
    command = "nightshoot batch retry --cause backend"
    return NightFacts(
        night=4, begun_at="2026-03-01T22:30:00+08:00", ended_at="2026-03-02T06:58:00+08:00",
        ended="deadline", budget_usd=20.0, spent_usd=5.0, wall_s=30_480.0, films=(made, broken),
        earlier=0, failures=(Failures(cause=Cause.BACKEND, films=(broken,), command=command),),
        faults=(),
    )  # fmt: skip


@dataclass
class Hook:
    """A webhook on this machine."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    """What is answered, in turn; then 204."""
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    told = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.got.append((self.path, dict(self.headers), body))
            self.send_response(told.statuses.pop(0) if told.statuses else 204)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            del args

    server = HTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}/services/{SECRET}?token={SECRET}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def python(code: str, *words: str) -> str:
    return shlex.join([sys.executable, "-c", code, *words])


def test_nothing_asked_for_is_nothing_done(facts: NightFacts, tmp_path: Path) -> None:
    assert afterwards(facts, tmp_path) == ()


def test_a_command_is_given_the_report(
    facts: NightFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = tmp_path / "told.json"
    code = (
        "import json, os, sys; names = ['NIGHTSHOOT_REPORT', 'NIGHTSHOOT_REPORT_JSON',"
        " 'NIGHTSHOOT_ENDED', 'MINE']; open(sys.argv[1], 'w').write("
        "json.dumps([[os.environ[name] for name in names], sys.argv[2:], sys.stdin.read()]))"
    )
    command = python(code, str(told), "a word", "$HOME; echo `id`")
    environment = {**os.environ, "MINE": "kept"}
    assert afterwards(facts, Path("films"), command=command, environment=environment) == ()
    given, words, asked = json.loads(told.read_text())
    out = str(tmp_path / "films")
    assert given == [f"{out}/report.html", f"{out}/report.json", "deadline", "kept"]
    # There is no shell.
    assert (words, asked) == (["a word", "$HOME; echo `id`"], "")


@pytest.mark.parametrize("ended", ["stopped", "disk", "deadline"])
def test_why_the_run_ended_is_told_where_the_night_goes_on(
    facts: NightFacts, tmp_path: Path, hook: Hook, ended: str
) -> None:
    open_night = facts.model_copy(update={"ended": ""})
    code = "import os, sys; open(sys.argv[1], 'w').write(os.environ['NIGHTSHOOT_ENDED'])"
    command = python(code, str(tmp_path / "told"))
    assert afterwards(open_night, tmp_path, command=command, url=hook.url, ended=ended) == ()
    assert (tmp_path / "told").read_text() == ended
    assert json.loads(hook.got[0][2])["ended"] == ended


def test_what_a_command_prints_goes_to_standard_error(
    facts: NightFacts, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    afterwards(facts, tmp_path, command=python("print('to whom it concerns')"))
    assert capfd.readouterr() == ("", "to whom it concerns\n")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (python("raise SystemExit(3)", SECRET), "ended with status 3"),
        (python("import os; os.kill(os.getpid(), 9)", SECRET), "was killed by signal 9"),
        (f"no-such-program-here {SECRET}", "no-such-program-here cannot be run: No such file"),
        (f"'a\0b' {SECRET}", "cannot be run"),
    ],
)
def test_a_command_that_fails_is_told_without_its_words(
    facts: NightFacts, tmp_path: Path, command: str, says: str
) -> None:
    (note,) = afterwards(facts, tmp_path, command=command)
    assert note.startswith("--then: ")
    assert says in note
    assert SECRET not in note


def test_a_command_that_hangs_is_ended_with_what_it_began(
    facts: NightFacts, tmp_path: Path
) -> None:
    child = tmp_path / "child"
    # A shell has begun its child long before Python would have.
    script = 'sleep 200 & echo $! > "$1"; wait'
    command = shlex.join(["sh", "-c", script, "sh", str(child)])
    begun = time.monotonic()
    (note,) = afterwards(facts, tmp_path, command=command, command_s=2.0)
    assert time.monotonic() - begun < 100
    assert "took longer than 2 s" in note
    assert _gone(int(child.read_text()))


def _gone(pid: int) -> bool:
    for _ in range(3000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_webhook_is_told_the_summary(facts: NightFacts, tmp_path: Path, hook: Hook) -> None:
    assert afterwards(facts, tmp_path, url=hook.url) == ()
    ((path, headers, body),) = hook.got
    assert path == f"/services/{SECRET}?token={SECRET}"
    assert {name.lower(): value for name, value in headers.items()}["content-type"] == (
        "application/json"
    )
    told = json.loads(body)
    assert told["text"] == "Nightshoot, night 4 (deadline): 1 done, 1 set aside; $5.00"
    assert (told["films"], told["spent_usd"]) == ({"done": 1, "set_aside": 1}, 5.0)
    assert told["made"] == [
        {
            "id": 1, "name": "江月", "duration_s": 65.0, "cost_usd": 1.25,
            "flagged_shots": ["s02"], "film": "江月/film.mp4",
        }
    ]  # fmt: skip
    assert told["failed"][0]["films"] == ["雨夜"]
    # Errors name files and services; they stay at home.
    assert "secret" not in body.decode()


def test_a_busy_webhook_is_tried_again(facts: NightFacts, tmp_path: Path, hook: Hook) -> None:
    hook.statuses = [503, 429]
    assert afterwards(facts, tmp_path, url=hook.url, retry=QUICK) == ()
    assert len(hook.got) == 3


@pytest.mark.parametrize(
    ("statuses", "says", "asked"),
    [
        ([500, 500, 500], "answered 500", 3),
        ([404], "answered 404: see that its address is right", 1),
        ([302], "answered 302: it points elsewhere", 1),
        ([307], "answered 307: it points elsewhere", 1),
    ],
)
def test_a_webhook_that_fails_is_told_by_its_host_alone(
    facts: NightFacts,
    tmp_path: Path,
    hook: Hook,
    caplog: pytest.LogCaptureFixture,
    statuses: list[int],
    says: str,
    asked: int,
) -> None:
    hook.statuses = statuses
    hook.headers = {"location": hook.url.replace("services", "elsewhere")}
    caplog.set_level(logging.DEBUG)
    (note,) = afterwards(facts, tmp_path, url=hook.url, retry=QUICK)
    assert note.startswith(f"--webhook: {hook.url.partition('/services')[0]} {says}")
    assert len(hook.got) == asked
    assert SECRET not in note + caplog.text


def test_a_webhook_that_is_away_hangs_or_breaks_off_is_told(
    facts: NightFacts, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"https://user:{SECRET}@hooks.example/{SECRET}"
    told: list[str] = []
    faults: list[Callable[[str], Exception]] = [
        httpx2.ConnectError, httpx2.ReadTimeout, httpx2.RemoteProtocolError
    ]  # fmt: skip
    for fault in faults:

        def answer(request: httpx2.Request, fault: Callable[[str], Exception] = fault) -> None:
            raise fault(f"no answer from {request.url}")

        transport = httpx2.MockTransport(answer)  # type: ignore[arg-type]
        told += afterwards(facts, tmp_path, url=url, retry=QUICK, transport=transport)
    assert told == [
        "--webhook: https://hooks.example cannot be reached",
        "--webhook: https://hooks.example did not answer in time",
        "--webhook: https://hooks.example cannot be reached",
    ]
    assert SECRET not in caplog.text


def test_a_command_runs_though_the_webhook_failed(
    facts: NightFacts, tmp_path: Path, hook: Hook
) -> None:
    hook.statuses = [404]
    ran = tmp_path / "ran"
    command = python("import sys; open(sys.argv[1], 'w')", str(ran))
    assert len(afterwards(facts, tmp_path, command=command, url=hook.url)) == 1
    assert ran.is_file()


@pytest.mark.parametrize(
    ("command", "url", "says"),
    [
        ("say 'done", None, "--then cannot be read: no closing quotation"),
        ("  ", None, "--then names no program"),
        (None, "http://hooks.example/x", "hooks.example would be told in the clear"),
        (None, "http://127.0.0.1.evil.example/x", "would be told in the clear"),
        (None, f"ftp://hooks.example/{SECRET}", "begins with https://"),
        (None, f"hooks.example/{SECRET}", "begins with https://"),
        (None, f"https:///{SECRET}", "begins with https://"),
        (None, f"https://hooks.example:{SECRET}/", "no address"),
        (None, f"https://[{SECRET}/", "no address"),
    ],
)
def test_what_could_not_be_done_is_refused_beforehand(
    command: str | None, url: str | None, says: str
) -> None:
    with pytest.raises(InputError) as caught:
        check_afterwards(command, url)
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["https://hooks.example/x", "http://localhost:9/x", "http://127.0.0.1/x", "http://[::1]:80/"],
)
def test_good_addresses_are_taken(url: str) -> None:
    check_afterwards("say 'it is done'", url)
    check_afterwards(None, None)

"""Against real sockets on the loopback interface, and against a transport for the rest."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import av
import httpx2
import pytest
from av.container import InputContainer

from nightshoot.errors import ArtifactError, BackendError, TransientError
from nightshoot.tools.hosted.decoding import Kind
from nightshoot.tools.hosted.downloads import Downloader, Limits
from nightshoot.tools.hosted.fake_service import a_picture, a_video

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUICK = Limits(rest_s=0.0, breaks=3, deadline_s=90.0, idle_s=30.0, window_s=30.0, slowest=50_000)

Answer = Callable[[dict[str, str], asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(*answers: Answer) -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    """Serves each connection by the next answer, the last one again and again."""
    seen: list[dict[str, str]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {"": head[0]} | {
            name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:-2])
        }
        seen.append(headers)
        try:
            await answers[min(len(seen), len(answers)) - 1](headers, writer)
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield f"127.0.0.1:{port}", seen


def whole(data: bytes, *extra: str, cut: int | None = None, status: str = "200 OK") -> Answer:
    async def answer(headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", "Connection: close", *extra]
        writer.write("\r\n".join([*lines, "", ""]).encode() + data[:cut])
        await writer.drain()
        if cut is not None:
            writer.transport.abort()

    return answer


def rest(data: bytes, tag: str = '"one"') -> Answer:
    """Honours Range where the tag is the one that was given."""

    async def answer(headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        start = int(headers["range"][6:-1])
        if headers.get("if-range") != tag:
            await whole(data, f"ETag: {tag}")(headers, writer)
            return
        extra = (f"Content-Range: bytes {start}-{len(data) - 1}/{len(data)}", f"ETag: {tag}")
        await whole(data[start:], *extra, status="206 Partial Content")(headers, writer)

    return answer


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def fetcher(host: str, **options: object) -> Downloader:
    return Downloader(allow_hosts=frozenset({host}), limits=QUICK, **options)  # type: ignore[arg-type]


async def test_a_download_that_breaks_off_goes_on_where_it_was(tmp_path: Path) -> None:
    data = a_video(1)
    async with server(whole(data, 'ETag: "one"', cut=len(data) // 2), rest(data)) as (host, seen):
        path = await fetcher(host).fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)
    assert path.read_bytes() == data
    assert len(seen) == 2
    assert 0 < int(seen[1]["range"][6:-1]) <= len(data) // 2
    assert seen[1]["if-range"] == '"one"'
    assert names_in(tmp_path) == [path.name]


async def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(tmp_path: Path) -> None:
    old, new = a_video(2), a_video(1)
    answers = (whole(old, 'ETag: "old"', cut=len(old) // 2), rest(new, tag='"new"'))
    async with server(*answers) as (host, _):
        path = await fetcher(host).fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)
    assert path.read_bytes() == new


async def test_without_a_validator_or_ranges_it_begins_again(tmp_path: Path) -> None:
    data = a_video(1)
    async with server(whole(data, cut=3000), whole(data)) as (host, seen):
        path = await fetcher(host).fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)
    assert path.read_bytes() == data
    assert "range" not in seen[1]


async def test_another_part_than_was_asked_for_is_not_pasted_on(tmp_path: Path) -> None:
    data = a_video(1)

    async def wrong(headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        extra = f"Content-Range: bytes 0-{len(data) - 1}/{len(data)}"
        await whole(data, extra, status="206 Partial Content")(headers, writer)

    answers = (whole(data, 'ETag: "one"', cut=4000), wrong, whole(data))
    async with server(*answers) as (host, _):
        path = await fetcher(host).fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)
    assert path.read_bytes() == data


async def test_one_that_breaks_off_for_ever_is_transient_and_leaves_nothing(tmp_path: Path) -> None:
    data = a_video(1)
    async with server(whole(data, cut=2000)) as (host, seen):
        with pytest.raises(TransientError, match="broke off"):
            await fetcher(host).fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)
    assert len(seen) == 4
    assert names_in(tmp_path) == []


async def test_a_reset_before_the_answer_and_silence_are_transient(tmp_path: Path) -> None:
    async def hangs_up(headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def silent(headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(200)

    for answer, said, idle_s in ((hangs_up, "broke off", 30.0), (silent, "in time", 0.2)):
        async with server(answer) as (host, _):
            limits = Limits(rest_s=0.0, breaks=0, idle_s=idle_s)
            downloader = Downloader(allow_hosts=frozenset({host}), limits=limits)
            with pytest.raises(TransientError, match=said):
                await downloader.fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)


async def test_a_slow_drip_and_the_deadline_end_it(tmp_path: Path) -> None:
    async def drips(headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + a_video(1)[:32])
        while True:
            writer.write(b"x" * 10)
            await writer.drain()
            await asyncio.sleep(0.05)

    slow = Limits(rest_s=0.0, breaks=0, window_s=0.2, slowest=50_000)
    late = Limits(rest_s=0.0, breaks=0, deadline_s=0.4)
    for limits, said in ((slow, "too slow"), (late, "longer than 0 s")):
        async with server(drips) as (host, _):
            downloader = Downloader(allow_hosts=frozenset({host}), limits=limits)
            with pytest.raises(TransientError, match=said):
                await downloader.fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (whole(b"<html>", "Content-Type: text/html"), "text/html, not a video"),
        (whole(b'{"error": 1}', "Content-Type: application/json"), "json, not a video"),
        (whole(b"<html>it works</html>"), "no video known here"),
        (whole(a_picture()), "no video known here"),
        (whole(a_picture(), "Content-Type: image/png"), "image/png, not a video"),
        (whole(a_video(1)[:3000]), "cannot be decoded|cut off"),
        (whole(a_video(1)[:400] + bytes(9000)), "cannot be decoded|cut off"),
        (whole(a_video(1), "Content-Encoding: gzip"), "packed"),
        (whole(b"", status="404 Not Found"), "HTTP 404"),
        (whole(b"", status="403 Forbidden"), "HTTP 403"),
        (whole(b"", status="204 No Content"), "HTTP 204"),
        (whole(b""), "no video"),
    ],
)
async def test_what_is_no_whole_video_does_not_count(
    answer: Answer, said: str, tmp_path: Path
) -> None:
    async with server(answer) as (host, _):
        with pytest.raises(BackendError, match=said) as caught:
            await fetcher(host).fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)
    assert not isinstance(caught.value, TransientError)
    assert names_in(tmp_path) == []


def with_its_index_first(data: bytes, path: Path) -> bytes:
    """The same MP4 with its index before its frames, as services send it: it opens when cut off."""
    with av.open(io.BytesIO(data)) as source:
        options = {"movflags": "faststart"}
        with av.open(str(path), "w", format="mp4", options=options) as target:
            stream = target.add_stream_from_template(source.streams.video[0])
            assert isinstance(source, InputContainer)
            for packet in source.demux(source.streams.video[0]):
                if packet.dts is not None:
                    packet.stream = stream
                    target.mux(packet)
    return path.read_bytes()


async def test_a_video_that_opens_and_has_lost_its_last_frames_does_not_count(
    tmp_path: Path,
) -> None:
    data = with_its_index_first(a_video(2), tmp_path / "first.mp4")
    async with server(whole(data)) as (host, _):
        await fetcher(host).fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)
    with av.open(str(tmp_path / "first.mp4")) as container:
        begins = [packet.pos for packet in container.demux() if packet.size]
    begin = begins[40]
    assert begin is not None
    for cut, said in ((begin, "cut off: 40 of 48 frames"), (begin + 9, "cannot be decoded")):
        async with server(whole(data[:cut])) as (host, _):
            with pytest.raises(BackendError, match=said):
                await fetcher(host).fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)


async def test_a_picture_that_is_cut_off_does_not_count(tmp_path: Path) -> None:
    data = a_picture()
    async with server(whole(data[:-200])) as (host, _):
        with pytest.raises(BackendError, match="cut off"):
            await fetcher(host).fetch(f"http://{host}/a", tmp_path / "p", Kind.PICTURE)
    async with server(whole(data)) as (host, _):
        path = await fetcher(host).fetch(f"http://{host}/a", tmp_path / "p", Kind.PICTURE)
    assert path.read_bytes() == data


async def test_too_large_is_refused_by_what_is_said_and_by_what_comes(tmp_path: Path) -> None:
    data = a_video(1)
    small = Limits(rest_s=0.0, breaks=1, max_bytes={Kind.VIDEO: 4096, Kind.PICTURE: 1})

    async def endless(headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + data)

    for answer in (whole(data), endless):
        async with server(answer) as (host, seen):
            downloader = Downloader(allow_hosts=frozenset({host}), limits=small)
            with pytest.raises(BackendError, match="more than 4096"):
                await downloader.fetch(f"http://{host}/a", tmp_path / "clip", Kind.VIDEO)
        assert len(seen) == 1


async def test_headers_stay_with_the_server_that_they_are_for(tmp_path: Path) -> None:
    data = a_video(1)
    own = {"Authorization": "Bearer sk-planted"}
    async with server(whole(data)) as (other, seen_there):

        async def away(headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
            place = "/b" if headers[""].startswith("GET /a") else f"http://{other}/c"
            await whole(b"", f"Location: {place}", status="302 Found")(headers, writer)

        async with server(away) as (host, seen):
            downloader = Downloader(allow_hosts=frozenset({host, other}), limits=QUICK)
            await downloader.fetch(f"http://{host}/a", tmp_path / "c", Kind.VIDEO, headers=own)
    assert [one["authorization"] for one in seen] == ["Bearer sk-planted"] * 2
    assert "authorization" not in seen_there[0]
    assert seen_there[0]["host"] == other


async def test_a_redirect_to_a_private_address_and_a_circle_of_them_are_not_followed(
    tmp_path: Path,
) -> None:
    async with server(whole(b"secret")) as (inside, seen_inside):
        to_inside = whole(b"", f"Location: http://{inside}/admin", status="307 Temporary Redirect")
        async with server(to_inside) as (host, _):
            with pytest.raises(BackendError, match=r"plain http address on 127\.0\.0\.1"):
                await fetcher(host).fetch(f"http://{host}/a", tmp_path / "c", Kind.VIDEO)
        assert seen_inside == []
    circle = whole(b"", "Location: /a", status="302 Found")
    async with server(circle) as (host, seen):
        with pytest.raises(BackendError, match="redirected more than 4 times"):
            await fetcher(host).fetch(f"http://{host}/a", tmp_path / "c", Kind.VIDEO)
    assert len(seen) == 5
    nowhere = whole(b"", status="302 Found")
    async with server(nowhere) as (host, _):
        with pytest.raises(BackendError, match="redirected to nowhere"):
            await fetcher(host).fetch(f"http://{host}/a", tmp_path / "c", Kind.VIDEO)


async def test_the_connection_goes_to_the_address_that_was_checked(tmp_path: Path) -> None:
    """A name that is public when it is checked, and another when it is connected to."""
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return httpx2.Response(200, stream=httpx2.ByteStream(a_video(1)))

    turns = iter([("93.184.216.34",), ("127.0.0.1",)])

    async def rebinding(host: str, port: int) -> tuple[str, ...]:
        return next(turns)

    downloader = Downloader(transport=httpx2.MockTransport(answer), resolve=rebinding)
    await downloader.fetch("https://evil.example/a", tmp_path / "clip", Kind.VIDEO)
    assert requests[0].url.host == "93.184.216.34"
    assert requests[0].headers["host"] == "evil.example"
    assert requests[0].extensions["sni_hostname"] == "evil.example"
    with pytest.raises(BackendError, match="not on the public internet"):
        await downloader.fetch("https://evil.example/a", tmp_path / "clip", Kind.VIDEO)
    assert len(requests) == 1


async def test_the_next_address_is_tried_where_the_first_does_not_answer(tmp_path: Path) -> None:
    tried: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        tried.append(request.url.host)
        if len(tried) == 1:
            raise httpx2.ConnectError("unreachable")
        return httpx2.Response(200, stream=httpx2.ByteStream(a_picture()))

    async def two(host: str, port: int) -> tuple[str, ...]:
        return ("2606:4700::1111", "1.1.1.1")

    downloader = Downloader(transport=httpx2.MockTransport(answer), resolve=two)
    await downloader.fetch("https://cdn.example/a", tmp_path / "p", Kind.PICTURE)
    assert tried == ["2606:4700::1111", "1.1.1.1"]


async def test_a_disk_that_takes_nothing_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    async with server(whole(a_picture())) as (host, _):
        with pytest.raises(ArtifactError, match="cannot be written to"):
            await fetcher(host).fetch(f"http://{host}/a", tmp_path / "file" / "p", Kind.PICTURE)

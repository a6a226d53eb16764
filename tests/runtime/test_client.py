"""The one HTTP client, against real servers on loopback."""

import random
from collections.abc import Awaitable

import pytest
import trio

from smallfed.errors import Invalid, TooLarge
from smallfed.runtime.client import Answer, NoAnswer
from tests.runtime.far import Asked, Far, Handler, hello, trial


async def far(nursery: trio.Nursery, handler: Handler = hello) -> tuple[Far, str]:
    """Start a server and return it with its URL."""
    server = await Far(nursery, handler).start()
    return server, f"http://127.0.0.1:{server.port}"


def says(text: str) -> Handler:
    """Return a handler that sends ``text`` and closes."""

    async def handler(asked: Asked) -> None:
        await asked.say(text)
        await asked.stream.aclose()

    return handler


async def kind(request: Awaitable[Answer]) -> str:
    """Return why there was no answer."""
    with pytest.raises(NoAnswer) as caught:
        await request
    return caught.value.kind


async def test_a_get_and_its_answer(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        await asked.answer(200, b'{"id":1}', headers="Content-Type: application/activity+json\r\nX-A: 1\r\nX-A: 2\r\n")

    server, base = await far(nursery, handler)

    answer = await trial(nursery).request(
        "GET", f"{base}/a?b=%7e&c#d", headers=[("Accept", "application/activity+json")]
    )

    assert answer == Answer(
        200,
        f"{base}/a?b=%7e&c",
        [("content-length", "8"), ("content-type", "application/activity+json"), ("x-a", "1"), ("x-a", "2")],
        b'{"id":1}',
    )
    assert (answer.header("x-a"), answer.header("etag")) == ("1", None)
    assert server.asked[0].line == "GET /a?b=%7e&c HTTP/1.1"
    assert server.asked[0].headers == [
        ("host", f"127.0.0.1:{server.port}"),
        ("user-agent", "test"),
        ("accept", "application/activity+json"),
        ("accept-encoding", "identity"),
    ]


async def test_a_signed_post(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        await asked.answer(202)

    def sign(method: str, url: str, body: bytes | None) -> list[tuple[str, str]]:
        host = url.split("/")[2]
        return [("Host", host), ("Date", "now"), ("Signature", f"{method} {url} {body!r}")]

    server, base = await far(nursery, handler)

    answer = await trial(nursery).request(
        "POST", f"{base}/inbox", headers=[("content-type", "application/activity+json")], body=b"{}", sign=sign
    )

    assert (answer.status, answer.body) == (202, b"")
    assert (server.asked[0].line, server.asked[0].body) == ("POST /inbox HTTP/1.1", b"{}")
    assert server.asked[0].headers == [
        ("host", f"127.0.0.1:{server.port}"),
        ("user-agent", "test"),
        ("accept", "*/*"),
        ("content-type", "application/activity+json"),
        ("date", "now"),
        ("signature", f"POST {base}/inbox b'{{}}'"),
        ("accept-encoding", "identity"),
        ("content-length", "2"),
    ]


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
async def test_every_status_is_an_answer(status: int, nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        await asked.answer(status, b"why", headers="Retry-After: 5\r\n")

    _, base = await far(nursery, handler)

    answer = await trial(nursery).request("GET", base)

    assert (answer.status, answer.body, answer.header("retry-after")) == (status, b"why", "5")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X", "a\r\nEvil: 1"),
        ("X", "a\nb"),
        ("X", "a\x00b"),
        ("X", "ü"),
        ("X: y\r\nZ", "a"),
        ("", "a"),
        ("Host", "other.example"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "0"),
        ("Accept-Encoding", "gzip"),
        ("Connection", "close"),
    ],
)
async def test_headers_that_are_not_sent(name: str, value: str, nursery: trio.Nursery) -> None:
    server, base = await far(nursery)
    client = trial(nursery)

    with pytest.raises(Invalid):
        await client.request("GET", base, headers=[(name, value)])
    with pytest.raises(Invalid):
        await client.request("GET", base, sign=lambda *_: [(name, value)])

    assert (server.connections, client.places.in_flight) == (0, 0)


async def test_a_method_that_is_none_is_not_sent(nursery: trio.Nursery) -> None:
    server, base = await far(nursery)

    with pytest.raises(Invalid):
        await trial(nursery).request("GET / HTTP/1.1\r\nX:", base)

    assert server.connections == 0


async def test_a_url_that_is_not_asked_for(nursery: trio.Nursery) -> None:
    assert await kind(trial(nursery, allow_http=False).request("GET", "http://127.0.0.1:1/")) == "url"
    assert await kind(trial(nursery).request("GET", "https://user@127.0.0.1/")) == "url"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nX-Long: " + "a" * 200_000 + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\n" + "X-Many: a\r\n" * 20_000 + "\r\n",
        "HTTP/1.1 200 OK\r\n bad: header\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_no_answer(answer: str, nursery: trio.Nursery) -> None:
    _, base = await far(nursery, says(answer))
    client = trial(nursery)

    assert await kind(client.request("GET", base)) == "protocol"
    assert (len(client.pool), client.places.in_flight) == (0, 0)


async def test_an_answer_without_length_ends_with_the_connection(nursery: trio.Nursery) -> None:
    _, base = await far(nursery, says("HTTP/1.0 200 OK\r\n\r\nuntil the end"))
    client = trial(nursery)

    answer = await client.request("GET", base)

    assert (answer.body, len(client.pool)) == (b"until the end", 0)


async def test_interim_answers_are_passed_over(nursery: trio.Nursery) -> None:
    _, base = await far(nursery, says("HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n"))

    answer = await trial(nursery).request("GET", base)

    assert (answer.status, answer.headers, answer.body) == (204, [], b"")


@pytest.mark.parametrize("chunked", [False, True])
async def test_an_answer_is_taken_up_to_its_limit_and_not_a_byte_further(chunked: bool, nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        body = bytes(int(asked.path[1:]))
        if chunked:
            await asked.say(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n")
            await asked.stream.send_all(body + b"\r\n0\r\n\r\n")
        else:
            await asked.answer(200, body)

    _, base = await far(nursery, handler)
    client = trial(nursery)

    whole = await client.request("GET", f"{base}/70000", limit=70000)
    kept = len(client.pool)
    with pytest.raises(TooLarge):
        await client.request("GET", f"{base}/70001", limit=70000)

    assert (len(whole.body), kept, len(client.pool)) == (70000, 1, 0)


async def test_an_endless_body_is_dropped_not_drained(nursery: trio.Nursery) -> None:
    sent = 0

    async def handler(asked: Asked) -> None:
        nonlocal sent
        await asked.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await asked.stream.send_all(b"ffff\r\n" + bytes(0xFFFF) + b"\r\n")
            sent += 0xFFFF

    _, base = await far(nursery, handler)
    client = trial(nursery)

    with pytest.raises(TooLarge):
        await client.request("GET", base)
    await trio.testing.wait_all_tasks_blocked()

    assert sent < 32 << 20  # what fits into socket buffers besides the limit
    assert (len(client.pool), client.places.in_flight) == (0, 0)


async def test_a_dripping_server_runs_into_the_one_deadline(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        await asked.say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            await asked.say("x")
            await trio.sleep(0.01)

    _, base = await far(nursery, handler)
    client = trial(nursery)

    assert await kind(client.request("GET", base, deadline=0.2)) == "timeout"
    assert (len(client.pool), client.places.in_flight) == (0, 0)


async def test_dripping_headers_and_silence_run_into_it_too(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        if asked.path == "/drip":
            await asked.say("HTTP/1.1 200 OK\r\n")
            while True:
                await asked.say("X: y\r\n")
                await trio.sleep(0.01)
        await trio.sleep_forever()

    _, base = await far(nursery, handler)

    assert await kind(trial(nursery).request("GET", f"{base}/drip", deadline=0.1)) == "timeout"
    assert await kind(trial(nursery).request("POST", f"{base}/silent", body=b"", deadline=0.1)) == "timeout"


async def test_a_compressed_answer_is_refused(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        await asked.answer(200, bytes(10), headers=f"Content-Encoding: {asked.path[1:]}\r\n")

    _, base = await far(nursery, handler)

    assert await kind(trial(nursery).request("GET", f"{base}/gzip")) == "encoding"
    assert (await trial(nursery).request("GET", f"{base}/identity")).body == bytes(10)


@pytest.mark.parametrize(
    "rest",
    [
        "Content-Length: 5\r\nContent-Encoding: br\r\n\r\nabcde",
        "Content-Length: 9999999\r\n\r\nmuch",
        "Content-Length: 99\r\n\r\ncut short",
        "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    ],
)
@pytest.mark.parametrize(("method", "status"), [("POST", 202), ("GET", 410)])
async def test_where_the_status_counts_a_bad_body_does_not(
    rest: str, method: str, status: int, nursery: trio.Nursery
) -> None:
    _, base = await far(nursery, says(f"HTTP/1.1 {status} X\r\n{rest}"))

    answer = await trial(nursery).request(method, base)

    assert (answer.status, answer.body) == (status, b"")


async def test_head_has_no_body(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        await asked.say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Encoding: gzip\r\n\r\n")

    _, base = await far(nursery, handler)

    answer = await trial(nursery).request("HEAD", base)

    assert (answer.status, answer.header("content-length"), answer.body) == (200, "1000", b"")


async def test_connections_are_kept_and_used_again(nursery: trio.Nursery) -> None:
    server, base = await far(nursery)
    client = trial(nursery)

    bodies = [(await client.request(method, f"{base}/{method}")).body for method in ("GET", "POST", "GET")]

    assert bodies == [b"/GET", b"/POST", b"/GET"]
    assert (server.connections, len(client.pool)) == (1, 1)


async def test_a_kept_connection_that_was_closed_is_replaced(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        await asked.answer(200, asked.path.encode())
        if asked.path == "/last":
            await asked.stream.aclose()

    server, base = await far(nursery, handler)
    client = trial(nursery)

    await client.request("GET", f"{base}/last")
    await trio.testing.wait_all_tasks_blocked(0.01)
    answer = await client.request("GET", f"{base}/next")

    assert (answer.body, server.connections) == (b"/next", 2)


async def test_a_kept_connection_that_closes_while_we_speak_is_replaced_once(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        if server.connections == 1 and len(server.asked) == 2:
            await asked.stream.aclose()
        else:
            await asked.answer(202, asked.body)

    server, base = await far(nursery, handler)
    client = trial(nursery)

    await client.request("POST", base, body=b"one")
    answer = await client.request("POST", base, body=b"two")

    assert (answer.body, server.connections) == (b"two", 2)
    assert [asked.body for asked in server.asked] == [b"one", b"two", b"two"]


async def test_a_server_that_asks_to_close_is_obeyed(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        await asked.answer(200, headers="Connection: close\r\n")

    _, base = await far(nursery, handler)
    client = trial(nursery)

    await client.request("GET", base)

    assert len(client.pool) == 0


async def test_idle_connections_are_closed_after_a_while(nursery: trio.Nursery) -> None:
    gone = trio.Event()

    async def handler(asked: Asked) -> None:
        await asked.answer(200)
        assert await asked.stream.receive_some() == b""
        gone.set()
        await asked.stream.aclose()

    _, base = await far(nursery, handler)
    client = trial(nursery, idle=0.05)

    await client.request("GET", base)
    with trio.fail_after(5):
        await gone.wait()

    assert len(client.pool) == 0


async def test_only_so_many_connections_are_kept(nursery: trio.Nursery) -> None:
    client = trial(nursery, most_idle=3)

    for _ in range(5):
        _, base = await far(nursery)
        await client.request("GET", base)

    assert len(client.pool) == 3


async def test_two_requests_at_a_time_to_one_server(nursery: trio.Nursery) -> None:
    busy, most, two, gate = 0, 0, trio.Event(), trio.Event()

    async def handler(asked: Asked) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        if busy == 2:
            two.set()
        await gate.wait()
        busy -= 1
        await asked.answer(200)

    server, base = await far(nursery, handler)
    client = trial(nursery)

    async with trio.open_nursery() as asking:
        for _ in range(6):
            asking.start_soon(client.request, "GET", base)
        await two.wait()
        await trio.testing.wait_all_tasks_blocked(0.01)
        gate.set()

    assert (most, server.connections, len(server.asked)) == (2, 2, 6)


@pytest.mark.parametrize("seed", range(3))
async def test_cancellation_anywhere_never_locks_up(seed: int, nursery: trio.Nursery) -> None:
    dice = random.Random(seed)

    async def handler(asked: Asked) -> None:
        await trio.sleep(dice.random() / 200)
        await asked.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        await trio.sleep(dice.random() / 200)
        await asked.say("world")

    bases = [(await far(nursery, handler))[1] for _ in range(4)]
    client = trial(nursery)

    async def ask(patience: float) -> None:
        with trio.move_on_after(patience):
            await client.request("GET", dice.choice(bases))

    async with trio.open_nursery() as asking:
        for _ in range(200):
            asking.start_soon(ask, dice.random() / 10)
    after = [(await client.request("GET", base)).body for base in bases * 5]

    assert after == [b"helloworld"] * 20
    assert (client.places.in_flight, client.places.hosts) == (0, 0)
    assert len(client.pool) <= 8


async def test_a_slow_server_does_not_delay_another(nursery: trio.Nursery) -> None:
    async def silent(asked: Asked) -> None:
        await trio.sleep_forever()

    client = trial(nursery)
    silent_ones = [(await far(nursery, silent))[1] for _ in range(40)]
    _, healthy = await far(nursery)

    async with trio.open_nursery() as asking:
        for base in silent_ones:
            asking.start_soon(client.request, "GET", base)
        await trio.testing.wait_all_tasks_blocked()
        with trio.fail_after(5):
            answer = await client.request("GET", f"{healthy}/x")
        asking.cancel_scope.cancel()

    assert answer.body == b"/x"

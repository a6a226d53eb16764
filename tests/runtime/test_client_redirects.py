"""Redirects: every hop is checked like a first request."""

from collections.abc import Mapping

import pytest
import trio

from smallfed.config import Endpoint
from smallfed.errors import Forbidden
from smallfed.runtime.client import NoAnswer
from tests.runtime.far import LOOPBACK, Asked, Far, Handler, trial


def leads(routes: Mapping[str, str], status: int = 302) -> Handler:
    """Return a handler that redirects from path to location and answers everything else."""

    async def handler(asked: Asked) -> None:
        if asked.path in routes:
            await asked.answer(status, b"moved", headers=f"Location: {routes[asked.path]}\r\n")
        else:
            await asked.answer(200, asked.path.encode())

    return handler


async def anywhere(url: str) -> None:
    """Let a redirect lead wherever it leads."""


async def far(nursery: trio.Nursery, handler: Handler) -> tuple[Far, str]:
    """Start a server and return it with its URL."""
    server = await Far(nursery, handler).start()
    return server, f"http://127.0.0.1:{server.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_redirect_is_followed_and_signed_anew(status: int, method: str, nursery: trio.Nursery) -> None:
    other, other_base = await far(nursery, leads({}))
    server, base = await far(nursery, leads({"/a": "b?x", "/b?x": f"{other_base}/c"}, status))

    def sign(method: str, url: str, body: bytes | None) -> list[tuple[str, str]]:
        return [("Signature", url)]

    answer = await trial(nursery).request(
        method, f"{base}/a", sign=sign, headers=[("accept", "text/plain")], onward=anywhere
    )

    assert (answer.status, answer.url) == (200, f"{other_base}/c")
    asked = [dict(asked.headers) for asked in (*server.asked, *other.asked)]
    assert [headers["signature"] for headers in asked] == [f"{base}/a", f"{base}/b?x", f"{other_base}/c"]
    assert [headers["host"] for headers in asked] == [
        f"127.0.0.1:{server.port}",
        f"127.0.0.1:{server.port}",
        f"127.0.0.1:{other.port}",
    ]
    assert {headers["accept"] for headers in asked} == {"text/plain"}


async def test_secrets_stay_with_the_server_they_were_meant_for(nursery: trio.Nursery) -> None:
    other, other_base = await far(nursery, leads({}))
    server, base = await far(nursery, leads({"/a": "/b", "/b": f"{other_base}/c"}))

    await trial(nursery).request(
        "GET", f"{base}/a", headers=[("Authorization", "Bearer x"), ("Cookie", "y")], onward=anywhere
    )

    assert ["authorization" in dict(asked.headers) for asked in server.asked] == [True, True]
    assert not {"authorization", "cookie"} & dict(other.asked[0].headers).keys()


async def test_a_redirect_of_a_post_is_for_the_caller_to_judge(nursery: trio.Nursery) -> None:
    server, base = await far(nursery, leads({"/inbox": "/other"}, 308))

    answer = await trial(nursery).request("POST", f"{base}/inbox", body=b"{}", onward=anywhere)

    assert (answer.status, answer.url, answer.header("location")) == (308, f"{base}/inbox", "/other")
    assert len(server.asked) == 1


async def test_a_caller_who_wants_none_sees_the_redirect(nursery: trio.Nursery) -> None:
    _, base = await far(nursery, leads({"/a": "/b"}))

    answer = await trial(nursery).request("GET", f"{base}/a")

    assert (answer.status, answer.url) == (302, f"{base}/a")


async def test_nothing_is_sent_to_where_a_redirect_may_not_lead(nursery: trio.Nursery) -> None:
    """Each hop is asked about before it is made, and the first that is refused ends the trail."""
    server, base = await far(nursery, leads({"/a": "/b", "/b": "/c", "/c": "/d"}))
    led: list[str] = []

    async def onward(url: str) -> None:
        led.append(url)
        if url.endswith("/c"):
            raise Forbidden("not there")

    with pytest.raises(Forbidden, match="not there"):
        await trial(nursery).request("GET", f"{base}/a", onward=onward)

    assert led == [f"{base}/b", f"{base}/c"]
    assert [asked.path for asked in server.asked] == ["/a", "/b"]


async def test_a_redirect_without_a_location_is_an_answer(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        await asked.answer(304)

    _, base = await far(nursery, handler)

    assert (await trial(nursery).request("GET", base, onward=anywhere)).status == 304


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("/start", "redirects"),  # to itself
        ("/start#fragment", "redirects"),
        ("/ping", "redirects"),  # a circle of two
        ("/1", "redirects"),  # one too many
        ("http://10.0.0.1/", "refused-address"),
        ("http://169.254.169.254/latest/meta-data/", "refused-address"),
        ("http://[::ffff:10.0.0.1]/", "redirects"),
        ("http://0.0.0.0/", "refused-address"),
        ("http://inside.example/", "refused-address"),
        ("ftp://127.0.0.1/", "redirects"),
        ("file:///etc/passwd", "redirects"),
        ("http://user@127.0.0.1/", "redirects"),
        ("http://127.0.0.1:0/", "redirects"),
        ("http://[/", "redirects"),
        ("gopher:x", "redirects"),
    ],
)
async def test_where_no_redirect_leads(location: str, kind: str, nursery: trio.Nursery) -> None:
    routes = {"/start": location, "/ping": "/pong", "/pong": "/ping"}
    routes |= {f"/{number}": f"/{number + 1}" for number in range(1, 6)}
    server, base = await far(nursery, leads(routes))
    client = trial(nursery, loopback_only=False, allow=LOOPBACK, resolve={"inside.example": Endpoint("10.1.2.3", 80)})

    with pytest.raises(NoAnswer) as caught:
        await client.request("GET", f"{base}/start", onward=anywhere)

    assert caught.value.kind == kind
    assert caught.value.elsewhere == (kind == "refused-address")
    assert len(server.asked) <= 6


async def test_five_redirects_are_followed(nursery: trio.Nursery) -> None:
    server, base = await far(nursery, leads({f"/{number}": f"/{number + 1}" for number in range(5)}))

    answer = await trial(nursery).request("GET", f"{base}/0", onward=anywhere)

    assert (answer.url, len(server.asked)) == (f"{base}/5", 6)


async def test_one_deadline_for_all_hops(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        await trio.sleep(0.06)
        await asked.answer(302, headers=f"Location: {asked.path}x\r\n")

    server, base = await far(nursery, handler)

    with pytest.raises(NoAnswer) as caught:
        await trial(nursery).request("GET", base, deadline=0.15, onward=anywhere)

    assert caught.value.kind == "timeout"
    assert len(server.asked) <= 3


async def test_the_body_of_a_redirect_does_not_matter(nursery: trio.Nursery) -> None:
    async def handler(asked: Asked) -> None:
        if asked.path == "/a":
            await asked.say(
                "HTTP/1.1 302 X\r\nLocation: /b\r\nContent-Encoding: gzip\r\nContent-Length: 99999\r\n\r\nx"
            )
        else:
            await asked.answer(200, b"here")

    _, base = await far(nursery, handler)

    assert (await trial(nursery).request("GET", f"{base}/a", limit=10, onward=anywhere)).body == b"here"

"""TLS: verified against the name, whatever address was dialled."""

import ssl
from pathlib import Path

import pytest
import trio
import trustme

from smallfed.errors import Misconfigured
from smallfed.runtime.client import NoAnswer
from smallfed.runtime.streams import tls_context
from tests.runtime.far import Far, hello, listen, trial


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return an authority of our own."""
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that makes the client believe it."""
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


async def test_the_certificate_is_the_names_and_the_connection_is_kept(
    nursery: trio.Nursery, authority: trustme.CA, ca_file: Path
) -> None:
    server = await Far(nursery, hello, authority).start("far.example")
    client = trial(nursery, ca_file=ca_file, resolve={"far.example": server.endpoint}, allow_http=False)

    answers = [await client.request("GET", f"https://far.example/{number}") for number in range(3)]

    assert [answer.body for answer in answers] == [b"/0", b"/1", b"/2"]
    assert dict(server.asked[0].headers)["host"] == "far.example"
    assert server.connections == 1


async def test_an_address_may_be_the_name(nursery: trio.Nursery, authority: trustme.CA, ca_file: Path) -> None:
    server = await Far(nursery, hello, authority).start("127.0.0.1")

    answer = await trial(nursery, ca_file=ca_file).request("GET", f"https://127.0.0.1:{server.port}/x")

    assert answer.body == b"/x"


async def test_a_certificate_for_another_name_is_refused(
    nursery: trio.Nursery, authority: trustme.CA, ca_file: Path
) -> None:
    server = await Far(nursery, hello, authority).start("other.example")
    client = trial(nursery, ca_file=ca_file, resolve={"far.example": server.endpoint})

    with pytest.raises(NoAnswer) as caught:
        await client.request("GET", "https://far.example/")

    assert caught.value.kind == "tls"
    assert "far.example" in caught.value.detail
    assert (server.asked, client.places.in_flight) == ([], 0)


async def test_an_unknown_authority_is_refused(nursery: trio.Nursery, authority: trustme.CA) -> None:
    server = await Far(nursery, hello, authority).start("far.example")
    client = trial(nursery, resolve={"far.example": server.endpoint})

    with pytest.raises(NoAnswer) as caught:
        await client.request("GET", "https://far.example/")

    assert caught.value.kind == "tls"
    assert server.asked == []


async def test_a_server_that_speaks_no_tls_is_refused(nursery: trio.Nursery, ca_file: Path) -> None:
    async def chatter(stream: trio.SocketStream) -> None:
        async with stream:
            await stream.send_all(b"220 mail.example ESMTP\r\n")

    port = await listen(nursery, chatter)

    with pytest.raises(NoAnswer) as caught:
        await trial(nursery, ca_file=ca_file).request("GET", f"https://127.0.0.1:{port}/")

    assert caught.value.kind == "tls"


async def test_a_handshake_cut_off_leaves_no_socket_behind(nursery: trio.Nursery, ca_file: Path) -> None:
    async def silent(stream: trio.SocketStream) -> None:
        async with stream:
            while await stream.receive_some():
                pass
            gone.set()

    gone = trio.Event()
    port = await listen(nursery, silent)

    with pytest.raises(NoAnswer) as caught:
        await trial(nursery, ca_file=ca_file).request("GET", f"https://127.0.0.1:{port}/", deadline=0.1)
    with trio.fail_after(5):
        await gone.wait()

    assert caught.value.kind == "timeout"


def test_nothing_older_than_tls_1_2() -> None:
    context = tls_context()

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_is_none_is_named(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)

    with pytest.raises(Misconfigured, match="ca_file"):
        tls_context(path)


def test_ca_file_is_believed_besides_the_system(ca_file: Path) -> None:
    assert len(tls_context(ca_file).get_ca_certs()) == len(tls_context().get_ca_certs()) + 1

"""Whose key is it, and what does asking cost."""

from collections.abc import AsyncIterator, Callable
from gc import collect
from pathlib import Path
from weakref import ref

import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.rule import Action, Family
from smallfed.errors import Forbidden, SmallfedError
from smallfed.protocol.signatures.keys import PublicKey, generate_ed25519
from smallfed.runtime.no_answer import NoAnswer
from smallfed.services import blocking, legislating
from smallfed.store import accounts
from smallfed.store.tx import Tx
from smallfed.workers.fetching import Fetcher
from smallfed.workers.keys import KeyUnreachable, NoKey
from tests.workers.far import Person
from tests.workers.house import Here, living

BOB = Person("bob@far.example")
EVE = Person("eve@evil.example")


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


@pytest.fixture
def fetcher(here: Here) -> Fetcher:
    return Fetcher(here.db, here.http, here.clock, here.identity)


async def refusal(fetcher: Fetcher, key_id: str) -> type[SmallfedError]:
    with pytest.raises(SmallfedError) as caught:
        await fetcher.key(key_id)
    return type(caught.value)


async def test_a_key_is_fetched_once(here: Here, fetcher: Fetcher) -> None:
    BOB.settle(here.http)

    assert await fetcher.key(BOB.key_id) == (BOB.uri, BOB.key.public)
    assert await fetcher.key(BOB.key_id) == (BOB.uri, BOB.key.public)

    assert here.http.asked == [BOB.uri]


@pytest.mark.parametrize(
    "shut",
    [
        lambda tx: blocking.block_domain(tx, "far.example"),
        lambda tx: legislating.make(tx, Family.DOMAIN, "far.example", Action.REJECT, comment="secret"),
    ],
)
@pytest.mark.parametrize("led", [False, True])
async def test_by_what_somebody_is_shut_out_is_not_for_them_to_read(
    here: Here, fetcher: Fetcher, shut: Callable[[Tx], object], led: bool
) -> None:
    """Nor is anything asked, there or by way of another."""
    await here.db.write(shut)
    here.http.lead(EVE.uri, BOB.uri)
    BOB.settle(here.http)

    with pytest.raises(Forbidden, match=r"^This server does not talk to yours\.$"):
        await fetcher.key(EVE.key_id if led else BOB.key_id)

    assert here.http.asked == ([EVE.uri] if led else [])


async def test_who_only_knocks_leaves_nothing(here: Here, fetcher: Fetcher) -> None:
    """Requests that are not verified yet write nothing into the database."""
    BOB.settle(here.http)

    await fetcher.key(BOB.key_id)

    assert await here.db.read(accounts.find_uri, BOB.uri) is None
    assert await here.db.read(accounts.find_key, BOB.key_id) is None


async def test_the_actor_is_not_fetched_again(here: Here, fetcher: Fetcher) -> None:
    """The door has seen the actor; the intake only asks whether its handle is its own."""
    BOB.settle(here.http)
    await fetcher.key(BOB.key_id)

    account = await fetcher.actor(BOB.uri)

    assert account.handle == "bob@far.example"
    assert here.http.asked == [BOB.uri, BOB.webfinger_url]


async def test_keys_of_people_we_know_are_at_hand(here: Here, fetcher: Fetcher) -> None:
    BOB.settle(here.http)
    await fetcher.actor(BOB.uri)
    here.http.asked.clear()

    again = Fetcher(here.db, here.http, here.clock, here.identity)

    assert await again.key(BOB.key_id) == (BOB.uri, BOB.key.public)
    assert here.http.asked == []


async def test_a_bare_key_names_an_owner_who_must_list_it(here: Here, fetcher: Fetcher) -> None:
    key_id = f"{BOB.uri}/publickey"
    key = {"id": key_id, "type": "Key", "owner": BOB.uri, "publicKeyPem": BOB.key.public.pem()}
    here.http.put(key_id, key)
    BOB.settle(here.http, publicKey=key)

    assert await fetcher.key(key_id) == (BOB.uri, BOB.key.public)
    assert here.http.asked == [key_id, BOB.uri]


async def test_a_bare_key_that_its_owner_does_not_list(here: Here, fetcher: Fetcher) -> None:
    key_id = f"{BOB.uri}/publickey"
    here.http.put(key_id, {"id": key_id, "owner": BOB.uri, "publicKeyPem": EVE.key.public.pem()})
    BOB.settle(here.http)

    assert await refusal(fetcher, key_id) is NoKey


async def test_a_bare_key_of_somebody_elsewhere(here: Here, fetcher: Fetcher) -> None:
    """Another server is not even asked."""
    key_id = f"{EVE.uri}/publickey"
    here.http.put(key_id, {"id": key_id, "owner": BOB.uri, "publicKeyPem": EVE.key.public.pem()})
    BOB.settle(here.http)

    assert await refusal(fetcher, key_id) is NoKey
    assert here.http.asked == [key_id]


async def test_the_stub_of_gotosocial(here: Here, fetcher: Fetcher) -> None:
    key_id = f"{BOB.uri}/main-key"
    key = {"id": key_id, "owner": BOB.uri, "publicKeyPem": BOB.key.public.pem()}
    here.http.put(key_id, {"id": BOB.uri, "type": "Person", "preferredUsername": "bob", "publicKey": key})
    BOB.settle(here.http, publicKey=key)

    assert await fetcher.key(key_id) == (BOB.uri, BOB.key.public)
    assert here.http.asked == [key_id, BOB.uri]


async def test_a_multikey(here: Here, fetcher: Fetcher) -> None:
    ed25519 = generate_ed25519().public
    key_id = f"{BOB.uri}#ed25519-key"
    key = {"id": key_id, "type": "Multikey", "controller": BOB.uri, "publicKeyMultibase": ed25519.multibase()}
    BOB.settle(here.http, assertionMethod=[key])

    assert await fetcher.key(key_id) == (BOB.uri, ed25519)


async def test_the_only_key_under_its_owners_id(here: Here, fetcher: Fetcher) -> None:
    """Hubzilla signs with the channel's own address as keyId."""
    BOB.settle(here.http)

    assert await fetcher.key(BOB.uri) == (BOB.uri, BOB.key.public)


async def test_a_key_that_the_document_does_not_list(here: Here, fetcher: Fetcher) -> None:
    BOB.settle(here.http)

    assert await refusal(fetcher, f"{BOB.uri}#other-key") is NoKey


async def test_a_document_of_somebody_else_at_ones_own_address(here: Here, fetcher: Fetcher) -> None:
    """CVE-2024-23832: eve's server shows bob's actor with eve's key."""
    forged = BOB.actor(publicKey={"id": EVE.key_id, "owner": BOB.uri, "publicKeyPem": EVE.key.public.pem()})
    here.http.put(EVE.uri, forged)
    BOB.settle(here.http)

    assert await refusal(fetcher, EVE.key_id) is NoKey
    assert here.http.asked == [EVE.uri, BOB.uri]


@pytest.mark.parametrize(
    ("status", "type_", "kind"),
    [
        (404, "", NoKey),
        (410, "", NoKey),
        (200, "text/html", NoKey),
        (500, "", KeyUnreachable),
        (401, "", KeyUnreachable),
        (429, "", KeyUnreachable),
    ],
)
async def test_failures_are_remembered(
    here: Here, fetcher: Fetcher, status: int, type_: str, kind: type[SmallfedError], autojump_clock: MockClock
) -> None:
    """A flood of requests with one bad key costs one fetch in ten minutes."""
    here.http.put(BOB.uri, b"{}", type_=type_, status=status)

    assert [await refusal(fetcher, BOB.key_id) for _ in range(3)] == [kind] * 3
    if status != 429:
        assert here.http.asked == [BOB.uri]

    await trio.sleep(601)
    BOB.settle(here.http)
    assert await fetcher.key(BOB.key_id) == (BOB.uri, BOB.key.public)


class Body:
    """What somebody sends."""


async def test_of_a_request_that_failed_nothing_is_kept(here: Here, fetcher: Fetcher) -> None:
    """Errors know where they were raised, and there is the request, with a body of up to a megabyte."""
    here.http.put(BOB.uri, b"{}", status=404)

    async def knock() -> "ref[Body]":
        body = Body()
        with pytest.raises(NoKey):
            await fetcher.key(BOB.key_id)
        return ref(body)

    kept = [await knock() for _ in range(3)]
    collect()

    assert [body() for body in kept] == [None] * 3


async def test_a_host_that_is_down_is_not_asked_for_a_while(
    here: Here, fetcher: Fetcher, autojump_clock: MockClock
) -> None:
    here.http.pages[BOB.uri] = NoAnswer("connect", "far.example takes no connection")
    assert await refusal(fetcher, BOB.key_id) is KeyUnreachable

    assert await refusal(fetcher, "https://far.example/users/carol#main-key") is KeyUnreachable
    assert here.http.asked == [BOB.uri]

    await trio.sleep(301)
    BOB.settle(here.http)
    assert (await fetcher.key(BOB.key_id))[0] == BOB.uri


async def test_one_bad_page_does_not_shut_out_its_host(here: Here, fetcher: Fetcher) -> None:
    """Otherwise anybody could silence a server by naming a page of it as a key."""
    here.http.put("https://far.example/about", b"<html>", type_="text/html")
    here.http.put("https://far.example/broken", b"", status=500)
    elsewhere = NoAnswer("connect", "dead.example takes no connection")
    elsewhere.elsewhere = True
    here.http.pages["https://far.example/redirect"] = elsewhere
    BOB.settle(here.http)

    assert await refusal(fetcher, "https://far.example/about") is NoKey
    assert await refusal(fetcher, "https://far.example/broken") is KeyUnreachable
    assert await refusal(fetcher, "https://far.example/redirect") is KeyUnreachable

    assert (await fetcher.key(BOB.key_id))[0] == BOB.uri


async def test_key_ids_that_nobody_could_ask_for(here: Here, fetcher: Fetcher) -> None:
    """Whoever sends such a key need not come again: 401, not 503."""
    here.http.pages["https://127.1/k"] = NoAnswer("url", "'https://127.1/k' names no valid host and port")

    assert await refusal(fetcher, "https://127.1/k") is NoKey


@pytest.mark.parametrize("key_id", ["acct:bob@far.example", "did:key:z6Mk", "javascript:1", "https://", "bob"])
async def test_key_ids_that_are_no_urls(here: Here, fetcher: Fetcher, key_id: str) -> None:
    assert await refusal(fetcher, key_id) is NoKey
    assert here.http.asked == []


async def test_our_own_key_is_not_taken_from_outside(here: Here, fetcher: Fetcher) -> None:
    assert await refusal(fetcher, here.house.key_id) is NoKey
    assert here.http.asked == []


async def test_blocked_hosts(here: Here, fetcher: Fetcher) -> None:
    await here.db.write(blocking.block_domain, "far.example")

    assert await refusal(fetcher, BOB.key_id) is Forbidden


async def test_a_new_key_is_seen_after_one_look(here: Here, fetcher: Fetcher, autojump_clock: MockClock) -> None:
    """Rotation: the signature did not hold, so the owner is asked again, at most once in ten minutes."""
    BOB.settle(here.http)
    await fetcher.actor(BOB.uri)
    await fetcher.key(BOB.key_id)
    new = generate_ed25519().public
    rotate(here, new)
    here.http.asked.clear()

    assert await fetcher.refreshed_key(BOB.key_id) == (BOB.uri, new)
    assert await fetcher.refreshed_key(BOB.key_id) == (BOB.uri, new)
    assert here.http.asked == [BOB.uri]

    newest = generate_ed25519().public
    rotate(here, newest)
    assert await fetcher.refreshed_key(BOB.key_id) == (BOB.uri, new)
    await trio.sleep(601)
    assert await fetcher.refreshed_key(BOB.key_id) == (BOB.uri, newest)
    assert await here.db.read(stored_der) == newest.der


def rotate(here: Here, key: PublicKey) -> None:
    here.http.put(BOB.uri, BOB.actor(publicKey={"id": BOB.key_id, "owner": BOB.uri, "publicKeyPem": key.pem()}))


def stored_der(tx) -> bytes | None:  # type: ignore[no-untyped-def]
    found = accounts.find_key(tx, BOB.key_id)
    return None if found is None else found.der


async def test_a_failed_look_leaves_the_key(here: Here, fetcher: Fetcher) -> None:
    """Whoever forges a signature cannot take a key away while its server is down."""
    BOB.settle(here.http)
    await fetcher.actor(BOB.uri)
    here.http.put(BOB.uri, b"", status=500)

    with pytest.raises(KeyUnreachable):
        await fetcher.refreshed_key(BOB.key_id)

    assert await fetcher.key(BOB.key_id) == (BOB.uri, BOB.key.public)


async def test_an_account_that_is_gone_is_forgotten(here: Here, fetcher: Fetcher) -> None:
    BOB.settle(here.http)
    await fetcher.actor(BOB.uri)
    here.http.put(BOB.uri, b"", status=410)

    with pytest.raises(NoKey):
        await fetcher.refreshed_key(BOB.key_id)

    account = await here.db.read(accounts.find_uri, BOB.uri)
    assert account is not None
    assert account.gone_at is not None


async def test_many_strangers_from_one_domain(autojump_clock: MockClock, here: Here, fetcher: Fetcher) -> None:
    """Sixty a minute for a host, four times that for all subdomains together; the minute does not pass meanwhile."""
    kinds = [await refusal(fetcher, f"https://far.example/users/{n}#main-key") for n in range(70)]
    assert kinds.count(NoKey) == 60
    assert kinds.count(KeyUnreachable) == 10

    kinds = [await refusal(fetcher, f"https://h{n}.far.example/users/bob#main-key") for n in range(200)]
    assert kinds.count(NoKey) == 180


async def test_webfinger_is_not_asked_by_the_door(here: Here, fetcher: Fetcher) -> None:
    BOB.settle(here.http)
    await fetcher.key(BOB.key_id)
    assert here.http.count("webfinger") == 0

"""One signed GET, and what is believed of the answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.rule import Action, Family
from smallfed.errors import Forbidden, Gone, Invalid, NotFound, SmallfedError, TooMany, Unreachable
from smallfed.policy.budgets import FETCHES, Budgets, Purpose
from smallfed.runtime.client import Answer
from smallfed.services import blocking, legislating, moderating
from smallfed.store import hosts
from smallfed.store.hosts import Scheme
from smallfed.workers.documents import Documents, Unusable
from tests.workers.far import ACTIVITY, AS2, Person
from tests.workers.house import Here, living

BOB = Person("bob@far.example")
NOTE = "https://far.example/notes/1"
PAGE = "https://far.example/@bob/1"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


@pytest.fixture
def documents(here: Here) -> Documents:
    return Documents(here.db, here.http, here.clock, here.identity, Budgets())


async def get(documents: Documents, uri: str, purpose: Purpose = Purpose.STRANGER, *, pasted: bool = False) -> str:
    return str((await documents.get(uri, documents.errand(purpose), pasted=pasted)).id)


async def test_signed_by_the_house(here: Here, documents: Documents) -> None:
    here.http.put(NOTE, BOB.note())

    assert await get(documents, NOTE) == NOTE

    [headers] = here.http.signed
    assert 'keyId="https://home.example/actor#main-key"' in headers["signature"]
    assert headers["accept"].startswith("application/activity+json, application/ld+json")


@pytest.mark.parametrize(
    ("type_", "taken"),
    [
        ("application/activity+json", True),
        ("Application/Activity+JSON; charset=utf-8", True),
        (f'application/ld+json; profile="{AS2}"', True),
        ("application/ld+json", False),
        ("application/json", False),
        ("image/png", False),
        ("text/html", False),
    ],
)
async def test_only_activitypub_is_activitypub(here: Here, documents: Documents, type_: str, taken: bool) -> None:
    """Somebody's upload on a server is not that server's word."""
    here.http.put(NOTE, BOB.note(), type_=type_)

    if taken:
        assert await get(documents, NOTE) == NOTE
    else:
        with pytest.raises(Unusable):
            await get(documents, NOTE)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, NotFound), (410, Gone), (429, TooMany), (403, Unreachable), (500, Unreachable), (301, Unreachable)],
)
async def test_statuses(here: Here, documents: Documents, status: int, kind: type[SmallfedError]) -> None:
    here.http.put(NOTE, b"", status=status)

    with pytest.raises(kind):
        await get(documents, NOTE)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("0", 2.0),
        ("1", 2.0),
        ("30", 30.0),
        ("9999999", 3600.0),
        ("soon", 60.0),
        (None, 60.0),
        ("Sun, 01 Mar 2026 12:05:00 GMT", 300.0),
    ],
)
async def test_who_was_asked_too_often_is_left_alone_for_a_while(
    here: Here, documents: Documents, autojump_clock: MockClock, said: str | None, wait: float
) -> None:
    """As long as they say, but never for no time at all: else we would ask again and again."""
    here.http.pages[NOTE] = Answer(429, NOTE, [] if said is None else [("retry-after", said)], b"")

    with pytest.raises(TooMany) as error:
        await get(documents, NOTE)

    assert error.value.retry_after == wait


async def test_the_id_that_a_page_names_is_asked(here: Here, documents: Documents) -> None:
    """What people paste is the address of a page; its document has another id, which must confirm itself."""
    here.http.put(PAGE, BOB.note())
    here.http.put(NOTE, BOB.note())

    assert await get(documents, PAGE) == NOTE
    assert here.http.asked == [PAGE, NOTE]


async def test_a_redirect_leads_to_the_id(here: Here, documents: Documents) -> None:
    here.http.put(PAGE, BOB.note(), at=NOTE)

    assert await get(documents, PAGE) == NOTE
    assert here.http.asked == [PAGE]


@pytest.mark.parametrize(
    "confirmation",
    [
        {"id": "https://far.example/notes/2"},
        {"id": PAGE},
        {"id": None},
    ],
)
async def test_an_id_that_does_not_confirm_itself(
    here: Here, documents: Documents, confirmation: dict[str, str]
) -> None:
    """A document on one host cannot pass for one of another."""
    here.http.put("https://evil.example/notes/1", BOB.note())
    here.http.put(NOTE, BOB.note(**confirmation))

    with pytest.raises(Invalid):
        await get(documents, "https://evil.example/notes/1")
    assert len(here.http.asked) == 2


@pytest.mark.parametrize(
    ("id_", "taken"),
    [
        ("https://xn--bcher-kva.example/notes/1", True),
        ("HTTPS://XN--BCHER-KVA.EXAMPLE/notes/1", True),
        ("https://bücher.example/notes/1", False),
        ("https://BÜCHER.example/notes/1", False),
        ("https://xn--bcher-kva.example./notes/1", False),
    ],
)
async def test_an_id_is_spelt_as_its_host_is_found(here: Here, documents: Documents, id_: str, taken: bool) -> None:
    """Or else what comes from a blocked host could be stored so that nobody sees where it is from."""
    url = "https://xn--bcher-kva.example/notes/1"
    for address in (url, id_):
        here.http.put(address, BOB.note(id=id_))

    if taken:
        assert await get(documents, url) == id_
    else:
        with pytest.raises(Invalid):
            await get(documents, url)


@pytest.mark.parametrize("id_", [None, "", "urn:uuid:1", "javascript:alert(1)", 7])
async def test_without_an_id_that_can_be_asked(here: Here, documents: Documents, id_: object) -> None:
    here.http.put(NOTE, BOB.note(id=id_))

    with pytest.raises(Invalid):
        await get(documents, NOTE)
    assert here.http.asked == [NOTE]


@pytest.mark.parametrize(
    ("asked", "id_"),
    [
        ("https://far.example/users/bob#main-key", "https://far.example/users/bob"),
        ("https://far.example/users/bob", "https://FAR.example:443/users/bob"),
        ("https://far.example/users/bob", "https://far.example/users/bob#me"),
    ],
)
async def test_spellings_of_one_address(here: Here, documents: Documents, asked: str, id_: str) -> None:
    here.http.put(BOB.uri, BOB.actor(id=id_))

    assert await get(documents, asked) == id_
    assert here.http.asked == [BOB.uri]


@pytest.mark.parametrize("different", [f"{BOB.uri}/", f"{BOB.uri}?x", "http://far.example/users/bob", f"{BOB.uri}x"])
async def test_neighbouring_addresses_are_not_the_same(here: Here, documents: Documents, different: str) -> None:
    here.http.put(BOB.uri, BOB.actor(id=different))

    with pytest.raises((Invalid, NotFound)):
        await get(documents, BOB.uri)


async def test_a_page_names_its_document_for_people_only(here: Here, documents: Documents) -> None:
    page = f'<html><head><link rel="alternate" type="{ACTIVITY}" href="/notes/1"></head></html>'.encode()
    here.http.put(PAGE, page, type_="text/html")
    here.http.put(NOTE, BOB.note())

    assert await get(documents, PAGE, Purpose.OWNER, pasted=True) == NOTE
    with pytest.raises(Unusable):
        await get(documents, PAGE)


async def test_a_page_names_no_document_of_another_server_that_does_not_name_the_page(
    here: Here, documents: Documents
) -> None:
    """Or anybody could show a page of theirs as if somebody else had written it."""
    other = "https://victim.example/notes/1"
    page = f'<link rel="alternate" type="{ACTIVITY}" href="{other}">'.encode()
    here.http.put(PAGE, page, type_="text/html")

    for url, believed in ((None, False), ("https://victim.example/@bob/1", False), (PAGE, True)):
        here.http.put(other, BOB.note(id=other, url=url))
        if believed:
            assert await get(documents, PAGE, Purpose.OWNER, pasted=True) == other
        else:
            with pytest.raises(NotFound):
                await get(documents, PAGE, Purpose.OWNER, pasted=True)


@pytest.mark.parametrize(
    ("uri", "purpose", "tries"),
    [
        (NOTE, Purpose.STRANGER, 2),
        (f"{NOTE}?page=1", Purpose.STRANGER, 3),
        (NOTE, Purpose.KEY, 1),
        (f"{NOTE}?page=1", Purpose.KEY, 1),
    ],
)
async def test_a_refused_signature_is_tried_otherwise(
    here: Here, documents: Documents, uri: str, purpose: Purpose, tries: int
) -> None:
    """With and without the query, then RFC 9421; but who is not verified causes one request, not three."""
    here.http.put(uri, b"", status=401)

    with pytest.raises(Unreachable):
        await get(documents, uri, purpose)

    assert here.http.asked == [uri] * tries
    assert ["signature-input" in headers for headers in here.http.signed] == [False] * (tries - 1) + [tries > 1]


@pytest.mark.parametrize("known", ["cavage", "rfc9421"])
@pytest.mark.parametrize("purpose", [Purpose.STRANGER, Purpose.KEY])
async def test_the_signature_that_a_host_takes_comes_first(
    here: Here, documents: Documents, known: Scheme, purpose: Purpose
) -> None:
    here.http.put(NOTE, BOB.note())
    await here.db.write(hosts.learned, "far.example", known)

    await get(documents, NOTE, purpose)

    assert ["signature-input" in headers for headers in here.http.signed] == [known == "rfc9421"]


@pytest.mark.parametrize(("known", "takes"), [(None, "rfc9421"), ("cavage", "rfc9421"), ("rfc9421", "cavage")])
async def test_the_signature_that_a_host_takes_is_remembered(
    here: Here, documents: Documents, known: Scheme | None, takes: Scheme
) -> None:
    def answer() -> Answer:
        scheme = "rfc9421" if "signature-input" in here.http.signed[-1] else "cavage"
        body = msgspec.json.encode(BOB.note())
        return Answer(200 if scheme == takes else 401, NOTE, [("content-type", ACTIVITY)], body)

    here.http.pages[NOTE] = answer
    if known is not None:
        await here.db.write(hosts.learned, "far.example", known)

    assert await get(documents, NOTE) == NOTE

    assert len(here.http.asked) == 2
    assert await here.db.read(hosts.scheme, "far.example") == takes


@pytest.mark.parametrize("content", [True, False])
async def test_a_challenge_is_answered_once(here: Here, documents: Documents, content: bool) -> None:
    def answer() -> Answer:
        if content and 'nonce="n1"' in here.http.signed[-1].get("signature-input", ""):
            return Answer(200, NOTE, [("content-type", ACTIVITY)], msgspec.json.encode(BOB.note()))
        return Answer(401, NOTE, [("accept-signature", 'sig1=("@method" "@target-uri");created;nonce="n1"')], b"")

    here.http.pages[NOTE] = answer

    if content:
        assert await get(documents, NOTE) == NOTE
    else:
        with pytest.raises(Unreachable):
            await get(documents, NOTE)
    assert len(here.http.asked) == 2
    assert 'keyid="https://home.example/actor#main-key"' in here.http.signed[-1]["signature-input"]


async def test_asked_once_at_a_time(here: Here, documents: Documents, autojump_clock: MockClock) -> None:
    here.http.put(NOTE, BOB.note())
    here.http.slow["far.example"] = 1.0
    found: list[str] = []

    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(lambda: _collect(documents, found))

    assert found == [NOTE] * 5
    assert here.http.asked == [NOTE]


async def _collect(documents: Documents, found: list[str]) -> None:
    found.append(await get(documents, NOTE))


async def test_whoever_waits_takes_over_from_who_is_cancelled(
    here: Here, documents: Documents, autojump_clock: MockClock
) -> None:
    here.http.put(NOTE, BOB.note())
    here.http.slow["far.example"] = 2.0
    found: list[str] = []

    async with trio.open_nursery() as nursery:
        with trio.move_on_after(1.0):
            nursery.start_soon(_later, documents, found)
            await get(documents, NOTE)

    assert found == [NOTE]
    assert here.http.asked == [NOTE, NOTE]


async def _later(documents: Documents, found: list[str]) -> None:
    await trio.sleep(0.5)
    await _collect(documents, found)


async def test_blocked_servers_are_not_asked(here: Here, documents: Documents) -> None:
    await here.db.write(blocking.block_domain, "far.example")

    for uri in (NOTE, "https://sub.far.example/notes/1"):
        with pytest.raises(Forbidden):
            await get(documents, uri)
    assert here.http.asked == []


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("https://blocked.example/notes/1", Forbidden),
        ("https://sub.blocked.example:8443/notes/1", Forbidden),
        ("https://BLOCKED.example/notes/1", Forbidden),
        ("https://BLOCKED.example./notes/1", Invalid),
        ("https://ruled.example/notes/1", Forbidden),
        ("https://home.example/notes/1", NotFound),
    ],
)
async def test_nobody_sends_us_on_to_where_we_do_not_ask(
    here: Here, documents: Documents, to: str, why: type[SmallfedError]
) -> None:
    """Every hop is judged before it is made: blocks, rules, and our own addresses."""
    await here.db.write(blocking.block_domain, "blocked.example")
    await here.db.write(legislating.make, Family.DOMAIN, "ruled.example", Action.REJECT)
    here.http.lead(NOTE, PAGE)
    here.http.lead(PAGE, to)
    here.http.put(to, BOB.note(id=to))

    with pytest.raises(why):
        await get(documents, NOTE)

    assert here.http.asked == [NOTE, PAGE]


async def test_nobody_sends_us_out_of_the_house_that_is_closed(here: Here, documents: Documents) -> None:
    await here.db.write(moderating.allow, "far.example")
    await here.db.write(moderating.close, closed=True)
    here.http.lead(NOTE, "https://other.example/notes/1")
    here.http.put(PAGE, BOB.note(id=PAGE))

    with pytest.raises(Forbidden):
        await get(documents, NOTE)

    assert await get(documents, PAGE) == PAGE
    assert here.http.asked == [NOTE, PAGE]


async def test_where_others_send_us_is_paid_for_as_well(here: Here, documents: Documents) -> None:
    """Or else one server could let us ask another as often as it likes."""
    for number in range(1, 62):
        here.http.lead(f"https://evil{number}.example/", "https://far.example/notes/1")
    here.http.put(NOTE, BOB.note())

    for number in range(1, 61):
        assert await get(documents, f"https://evil{number}.example/") == NOTE
    with pytest.raises(TooMany):
        await get(documents, "https://evil61.example/")


async def test_we_do_not_ask_ourselves(here: Here, documents: Documents) -> None:
    with pytest.raises(NotFound):
        await get(documents, here.house.actor)
    assert here.http.asked == []


async def test_an_errand_has_an_end(here: Here, documents: Documents) -> None:
    """However long the chain, one thing that arrives causes so many fetches and no more."""
    errand = documents.errand(Purpose.STRANGER)
    asked = 0
    with pytest.raises(TooMany):
        while True:
            await documents.fetch(f"https://h{asked}.example{asked}/", errand)
            asked += 1

    assert asked == FETCHES[Purpose.STRANGER]


async def test_broken_json_is_refused(here: Here, documents: Documents) -> None:
    here.http.pages[NOTE] = Answer(200, NOTE, [("content-type", ACTIVITY)], b'{"id": "' + NOTE.encode())

    with pytest.raises(Invalid):
        await get(documents, NOTE)

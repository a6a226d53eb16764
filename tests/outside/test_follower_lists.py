"""Which followers live on the server that asks: rules 16 to 18 and 20 for the lists of FEP-8fcf, on a real process."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from smallfed.protocol.signatures.signing import Scheme, sign
from smallfed.protocol.synchronising import HEADER, NOBODY, digest, read
from tests.outside.conftest import ALICE
from tests.outside.looking import bugs, neighbour, rows
from tests.processes import Laboratory, Server, ask, eventually
from tests.strangers import PUBLIC, Stranger, key

PATH = "/users/alice/followers_synchronization"


@pytest.fixture(scope="module")
def fay(lab: Laboratory) -> Iterator[Stranger]:
    """Follow alice, as a neighbour of hers does."""
    stranger = Stranger(lab, "follower.example", "fay")
    yield stranger
    stranger.close()


@pytest.fixture(scope="module")
def home(lab: Laboratory, fay: Stranger, bob: Stranger, mallory: Stranger) -> Server:
    server = lab.server("home.example")
    server.setup("alice")
    return server.start()


@pytest.fixture(scope="module")
def followers(home: Server, fay: Stranger, bob: Stranger, token: str) -> set[str]:
    """Let four people on two servers follow alice; return who lives on fay's."""
    twin, twin_key = neighbour(fay, "twin")
    fay.post(home, fay.follow(ALICE))
    fay.post(home, fay.activity("Follow", ALICE, actor=twin), key_id=twin_key)
    bob.post(home, bob.follow(ALICE))
    eventually(lambda: home.api("GET", "/api/v1/accounts/verify_credentials", token)["followers_count"] == 3)
    return {fay.id, twin}


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
def test_each_server_is_given_its_own(
    home: Server, followers: set[str], fay: Stranger, bob: Stranger, mallory: Stranger, scheme: Scheme
) -> None:
    found = {who.domain: given(home, who, scheme) for who in (fay, bob, mallory)}

    assert found == {fay.domain: followers, bob.domain: {bob.id}, mallory.domain: set()}


def given(home: Server, who: Stranger, scheme: Scheme = "cavage") -> set[str]:
    answer = who.get(home, PATH, scheme=scheme)
    assert answer.status == 200, answer
    assert answer.headers["cache-control"] == "private, no-store"
    assert "signature" in answer.headers["vary"].lower()
    assert "etag" not in answer.headers
    collection = answer.json()
    assert (collection["id"], collection["type"]) == (f"https://home.example{PATH}", "OrderedCollection")
    return set(collection["orderedItems"])


def test_who_hides_their_followers_still_agrees_with_their_servers(
    home: Server, followers: set[str], fay: Stranger, token: str
) -> None:
    home.call("PATCH", "/api/v1/accounts/update_credentials", token, hide_collections=True)

    assert given(home, fay) == followers


def test_nobody_else_is_told_anything(home: Server, followers: set[str], fay: Stranger, mallory: Stranger) -> None:
    """Unsigned, or signed with a key that is not fay's; as absent looks 401, whoever follows."""
    url, now = f"https://home.example{PATH}", datetime.now(UTC)
    forged = sign("GET", url, None, key_id=fay.key_id, key=key(1), now=now, scheme="cavage")
    answers = [
        ask(f"{home.url}{PATH}", headers={"accept": "application/activity+json"}),
        ask(f"{home.url}{PATH}", headers=dict(forged)),
        ask(f"{home.url}{PATH}", headers={"if-none-match": "*"}),
    ]

    assert [answer.status for answer in answers] == [401] * 3
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert not any(b"fay" in answer.body or b"far.example" in answer.body for answer in answers)


def test_there_is_never_a_304(home: Server, followers: set[str], fay: Stranger) -> None:
    assert fay.get(home, PATH, **{"if-none-match": "*"}).status == 200


@pytest.mark.parametrize("page", ["1", "2", "10000", "10001", "0", "-1", "x", "9" * 19])
def test_pages(home: Server, followers: set[str], fay: Stranger, page: str) -> None:
    answer = fay.get(home, f"{PATH}?page={page}")

    got = (answer.status, set(answer.json().get("orderedItems", [])))
    expected = {
        "1": (200, followers),
        "2": (200, set()),
        "10000": (200, set()),
        "0": (404, set()),
        "10001": (404, set()),
    }
    assert got == expected.get(page, (200, followers))  # what is no number is as if it was not there
    assert bugs(home) == []


def test_every_word_to_followers_says_so(home: Server, followers: set[str], fay: Stranger, token: str) -> None:
    """The header is signed, and agrees with the list; what is for one alone has none."""
    home.api("POST", "/api/v1/statuses", token, status="to followers", visibility="private")

    def heard() -> dict[str, str]:
        return next(
            headers for method, path, headers in reversed(fay.asked) if method == "POST" and HEADER.lower() in headers
        )

    headers = eventually(lambda: heard() if any(HEADER.lower() in each[2] for each in fay.asked) else {})
    said = read(headers[HEADER.lower()])
    assert said is not None
    assert said.digest == digest(followers)
    assert said.url == f"https://home.example{PATH}"
    assert HEADER.lower() in headers["signature"]
    accepts = [each for each, body in zip(posts(fay), fay.received, strict=True) if body["type"] == "Accept"]
    assert accepts
    assert all(HEADER.lower() not in each for each in accepts)


def posts(who: Stranger) -> list[dict[str, str]]:
    return [headers for method, _, headers in who.asked if method == "POST"]


def test_only_what_is_signed_is_heard(home: Server, followers: set[str], bob: Stranger, token: str) -> None:
    """Bob says that alice does not follow him, which she does: only when his signature covers it do we look."""
    bob_list = f"{bob.id}/synchronization"
    bob.serve(bob_list.removeprefix(bob.base), {"id": bob_list, "type": "OrderedCollection", "orderedItems": []})
    account = home.api("GET", f"/api/v2/search?q=@bob@{bob.domain}&resolve=true", token)["accounts"][0]["id"]
    home.api("POST", f"/api/v1/accounts/{account}/follow", token)
    follow = eventually(lambda: next((each for each in bob.received if each["type"] == "Follow"), None))
    bob.post(home, bob.activity("Accept", follow))
    eventually(lambda: home.api("GET", f"/api/v1/accounts/relationships?id[]={account}", token)[0]["following"])
    said = f'collectionId="{bob.id}/followers", url="{bob_list}", digest="{NOBODY}"'
    note = bob.create(bob.note(to=[f"{bob.id}/followers"], cc=[]))

    bob.post(home, note, change=lambda headers: [*headers, (HEADER, said)])
    unsigned = rows(home, "SELECT count(*) FROM synchronizations")
    body = json.dumps(bob.create(bob.note(to=[PUBLIC]))).encode()
    signed = sign(
        "POST",
        "https://home.example/inbox",
        body,
        key_id=bob.key_id,
        key=bob.key,
        now=datetime.now(UTC),
        scheme="cavage",
        extra=[(HEADER, said)],
    )
    sent = {name: value for name, value in signed if name.lower() != "content-length"}
    answer = ask(f"{home.url}/inbox", method="POST", body=body, headers=sent)

    assert unsigned == [(0,)]
    assert answer.status == 202
    eventually(lambda: not home.api("GET", f"/api/v1/accounts/relationships?id[]={account}", token)[0]["following"])
    assert bugs(home) == []


def test_the_blocked_see_nothing_here(home: Server, followers: set[str], mallory: Stranger, token: str) -> None:
    """As if the address did not exist."""
    home.api("POST", "/api/v1/domain_blocks", token, domain=mallory.domain)

    eventually(lambda: mallory.get(home, PATH).status == 404)

    absent = mallory.get(home, "/users/alice/nothing")
    assert absent.status == mallory.get(home, PATH).status

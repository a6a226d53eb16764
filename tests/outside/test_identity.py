"""Who may say what: rules 1 to 15, against a real process."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from smallfed.protocol.signatures import proofs
from smallfed.protocol.signatures.keys import generate_ed25519
from smallfed.protocol.signatures.signing import Scheme
from tests.outside.conftest import ALICE
from tests.outside.looking import neighbour, rows, settled, verdict
from tests.processes import Server, ask, eventually
from tests.strangers import CONTEXT, PUBLIC, Document, Headers, Stranger, key

HOUR = timedelta(hours=1)
PROVER = generate_ed25519()


def without(*names: str) -> Callable[[Headers], Headers]:
    return lambda headers: [(name, value) for name, value in headers if name.lower() not in names]


def replaced(name: str, value: str) -> Callable[[Headers], Headers]:
    return lambda headers: [(n, value if n.lower() == name else v) for n, v in headers]


def uncovered(word: str) -> Callable[[Headers], Headers]:
    """Take a word out of what the signature says that it covers."""
    return lambda headers: [(n, v.replace(f" {word}", "") if n.lower() == "signature" else v) for n, v in headers]


def notified(home: Server, token: str, text: str) -> bool:
    return any(text in n.get("status", {}).get("content", "") for n in home.api("GET", "/api/v1/notifications", token))


def reason(home: Server, text: str) -> bool:
    return text in home.log.read_text()


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
def test_an_honest_activity_is_taken(home: Server, bob: Stranger, token: str, scheme: Scheme) -> None:
    note = bob.mention(ALICE, f"<p>honest {scheme}</p>")

    answer = bob.post(home, bob.create(note), scheme=scheme)

    assert answer.status == 202
    eventually(lambda: notified(home, token, f"honest {scheme}"))


@pytest.mark.parametrize(
    ("how", "status", "why"),
    [
        ({"change": without("signature")}, 401, "not signed"),
        ({"change": without("digest")}, 401, "digest"),
        ({"body": b'{"id":1}'}, 400, ""),
        ({"change": replaced("digest", "SHA-256=" + 43 * "A" + "=")}, 401, "digest"),
        ({"change": uncovered("digest")}, 401, "does not cover digest"),
        ({"change": uncovered("host")}, 401, "does not cover host"),
        ({"change": uncovered("date")}, 401, "neither date nor"),
        ({"change": replaced("signature", 'keyId="')}, 400, "ignature"),
        ({"now": datetime.now(UTC) - 2 * HOUR}, 401, "more than an hour"),
        ({"now": datetime.now(UTC) + 2 * HOUR}, 401, "more than an hour"),
        ({"host": "other.example"}, 401, "not a name of this server"),
        ({"key": key(2)}, 401, "not that of the key"),
    ],
)
def test_a_dishonest_signature_is_refused(
    home: Server, bob: Stranger, how: dict[str, object], status: int, why: str
) -> None:
    """Rules 1 to 4: the digest, what is covered, the time, our name, the key itself."""
    answer = bob.post(home, bob.create(bob.mention(ALICE)), **how)  # type: ignore[arg-type]

    assert (answer.status, answer.headers["content-type"]) == (status, "application/json; charset=utf-8")
    assert why in answer.json()["error"]
    assert reason(home, why)


@pytest.mark.parametrize("kind", ["Delete", "Update"])
def test_the_ends_of_people_we_never_met_cost_nothing(home: Server, bob: Stranger, kind: str) -> None:
    """Rule 24: large servers send thousands; they are answered 202 without a row, a signature read, or a question."""
    before, asked = rows(home, "SELECT count(*) FROM inbound"), len(bob.asked)
    people = [f"{bob.base}/people/unknown-{number}" for number in range(100)]

    statuses = {bob.post(home, bob.activity(kind, who, actor=who), key_id=f"{who}#main-key").status for who in people}

    assert statuses == {202}
    assert rows(home, "SELECT count(*) FROM inbound") == before
    assert len(bob.asked) == asked


def test_that_somebody_watches_costs_nothing(home: Server, bob: Stranger) -> None:
    """PeerTube tells of each who watches a film: nothing follows from it, now or later, and nothing is kept."""
    before, asked = rows(home, "SELECT count(*) FROM inbound"), len(bob.asked)
    films = [f"{bob.base}/videos/{number}" for number in range(100)]

    assert {bob.post(home, bob.activity("View", film)).status for film in films} == {202}

    assert rows(home, "SELECT count(*) FROM inbound") == before
    assert len(bob.asked) == asked


def test_activities_in_a_collection_are_taken_one_by_one(home: Server, bob: Stranger, token: str) -> None:
    notes = [bob.mention(ALICE, f"<p>wrapped {number}</p>") for number in range(2)]
    wrapper = {"@context": CONTEXT, "type": "OrderedCollection", "orderedItems": [bob.create(note) for note in notes]}

    assert bob.post(home, wrapper).status == 202
    eventually(lambda: all(notified(home, token, f"wrapped {number}") for number in range(2)))

    too_many = {**wrapper, "orderedItems": [bob.create(notes[0])] * 21}
    assert bob.post(home, too_many).status == 400


def test_a_new_key_comes_with_an_update_that_the_old_one_signs(home: Server, bob: Stranger, token: str) -> None:
    """Nobody is asked for it, and the old one is worth nothing any more; without a word see tests/workers/test_keys."""
    carl, key_id = neighbour(bob, "carl")
    new = {"id": key_id, "owner": carl, "publicKeyPem": key(2).public.pem()}
    renewed = bob.actor(id=carl, preferredUsername="carl", publicKey=new)
    assert bob.post(home, bob.activity("Follow", ALICE, actor=carl), key_id=key_id).status == 202
    eventually(lambda: carl in followers(home, token))
    bob.asked.clear()

    assert bob.post(home, bob.activity("Update", renewed, actor=carl), key_id=key_id).status == 202
    settled(home)
    notes = [bob.mention(ALICE, f"<p>with the {age} key</p>", attributedTo=carl) for age in ("new", "old")]
    creates = [bob.activity("Create", note, actor=carl) for note in notes]
    statuses = [
        bob.post(home, creates[0], key_id=key_id, key=key(2)).status,
        bob.post(home, creates[1], key_id=key_id).status,
    ]

    assert statuses == [202, 401]
    eventually(lambda: notified(home, token, "with the new key"))
    assert [path for method, path, _ in bob.asked if method == "GET"] == []


@pytest.mark.parametrize("path", ["/inbox", "/users/alice/inbox", "/actor/inbox"])
def test_an_inbox_is_not_read(home: Server, path: str) -> None:
    answer = ask(f"{home.url}{path}", headers={"accept": "application/activity+json"})

    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("component", "why"),
    [("@method", "@method"), ("@target-uri", "@target-uri"), ("content-digest", "content-digest")],
)
def test_what_a_message_signature_leaves_out_is_refused(home: Server, bob: Stranger, component: str, why: str) -> None:
    """Rule 2 for RFC 9421."""

    def leave_out(headers: Headers) -> Headers:
        return [(n, v.replace(f'"{component}"', "") if n.lower() == "signature-input" else v) for n, v in headers]

    answer = bob.post(home, bob.create(bob.mention(ALICE)), scheme="rfc9421", change=leave_out)

    assert answer.status == 401
    assert why in answer.json()["error"]


def test_another_body_than_the_signed_one_is_refused(home: Server, bob: Stranger) -> None:
    """Rule 1: the digest is that of the bytes received."""
    other = json.dumps(bob.create(bob.mention(ALICE, "<p>swapped</p>"))).encode()

    answer = bob.post(home, bob.create(bob.mention(ALICE)), body=other)

    assert answer.status == 401
    assert "digest" in answer.json()["error"]


def test_a_foreign_key_speaks_for_nobody(home: Server, bob: Stranger, mallory: Stranger, token: str) -> None:
    """Rule 5: what mallory says in bob's name is taken as something handed over, and asked of bob's server."""
    note = bob.mention(ALICE, "<p>what bob wrote himself</p>")
    forged = bob.create({**note, "content": "<p>forged by mallory</p>"})

    assert mallory.post(home, forged).status == 202

    eventually(lambda: notified(home, token, "what bob wrote himself"))
    assert verdict(home, forged)[0] == "done"
    assert not notified(home, token, "forged by mallory")


@pytest.mark.parametrize(
    ("kind", "object_", "why"),
    [
        ("Follow", ALICE, "It is between two"),
        ("Undo", "https://far.example/follows/1", "We do not know its actor"),
        ("Delete", "https://far.example/users/carl", "It deletes what we do not have"),
        ("Like", "https://home.example/users/alice/notes/1", "It is about a post that we do not have"),
        ("Create", "https://far.example/notes/nowhere", "is not there (HTTP 404)"),
    ],
)
def test_what_is_handed_over_in_vain_has_a_reason(
    home: Server, bob: Stranger, mallory: Stranger, kind: str, object_: str, why: str
) -> None:
    """Rules 5 and 24: answered 202, without effect, and nobody's server is asked about what would change nothing."""
    forged = bob.activity(kind, object_, actor=f"{bob.base}/users/nobody")
    asked = len(bob.asked)

    assert mallory.post(home, forged).status == 202

    state, reason = verdict(home, forged)
    assert (state, why in reason) == ("ignored", True)
    assert len(bob.asked) - asked == (kind == "Create")


@pytest.mark.parametrize("kind", ["made by bob", "made by mallory", "changed", "with a graph"])
def test_only_a_proof_of_its_actor_spares_the_question(
    home: Server, bob: Stranger, mallory: Stranger, token: str, kind: str
) -> None:
    """Rules 5 and 13: FEP-8b32, made by a key that bob lists for it, over exactly these bytes."""
    key_id = f"{bob.id}#ed25519-key"
    multikey = {"type": "Multikey", "controller": bob.id, "publicKeyMultibase": PROVER.public.multibase()}
    bob.serve("/users/bob", bob.actor(assertionMethod=[{"id": key_id, **multikey}]))
    note = bob.mention(ALICE, f"<p>a proof {kind}</p>")
    del bob.served[note["id"].removeprefix(bob.base)]  # whoever asks finds nothing
    key = generate_ed25519() if kind == "made by mallory" else PROVER
    document = proofs.create(bob.create(note), key=key, verification_method=key_id, now=datetime.now(UTC))
    change = {"changed": {"published": "2026-01-01T00:00:00Z"}, "with a graph": {"@graph": []}}.get(kind, {})
    activity = {**document, **change}

    assert mallory.post(home, activity).status == 202

    assert verdict(home, activity)[0] == ("done" if kind == "made by bob" else "ignored")
    assert notified(home, token, f"a proof {kind}") is (kind == "made by bob")


def test_a_key_cannot_claim_another_owner(home: Server, bob: Stranger, mallory: Stranger, token: str) -> None:
    """Rule 5: that mallory's key document says it is bob's makes it no key of bob's."""
    mallory.serve(
        "/stolen",
        {
            "@context": "https://w3id.org/security/v1",
            "id": f"{mallory.base}/stolen",
            "type": "Key",
            "owner": bob.id,
            "publicKeyPem": mallory.key.public.pem(),
        },
    )

    answer = mallory.post(home, bob.create(bob.mention(ALICE, "<p>claimed</p>")), key_id=f"{mallory.base}/stolen")

    assert answer.status == 401
    assert not notified(home, token, "claimed")


def test_a_document_cannot_claim_a_foreign_id(home: Server, bob: Stranger, mallory: Stranger) -> None:
    """Rule 6: bob's actor document on mallory's host, with mallory's key in it, is nobody's."""
    fake = bob.actor(
        publicKey={"id": f"{mallory.base}/fake#k", "owner": bob.id, "publicKeyPem": mallory.key.public.pem()}
    )
    mallory.serve("/fake", fake)

    answer = mallory.post(home, bob.create(bob.mention(ALICE, "<p>fake id</p>")), key_id=f"{mallory.base}/fake#k")

    assert answer.status == 401


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "image/png", "application/ld+json"])
def test_an_uploaded_file_is_no_actor(home: Server, mallory: Stranger, content_type: str) -> None:
    """Rule 7: what is served as something else than ActivityPub is not ActivityPub."""
    name = content_type.replace("/", "-")
    id_ = f"{mallory.base}/media/{name}"
    actor = mallory.actor(id=id_, publicKey={"id": f"{id_}#k", "owner": id_, "publicKeyPem": mallory.key.public.pem()})
    mallory.serve(f"/media/{name}", actor, content_type=content_type)

    answer = mallory.post(home, mallory.activity("Follow", ALICE, actor=id_), key_id=f"{id_}#k")

    assert answer.status == 401


def test_the_id_of_an_activity_is_on_its_actors_host(home: Server, bob: Stranger) -> None:
    answer = bob.post(home, bob.activity("Follow", ALICE, id="https://evil.example/1"))

    assert answer.status == 401
    assert "another host" in answer.json()["error"]


def test_an_embedded_object_of_another_host_is_asked_for_there(
    home: Server, bob: Stranger, mallory: Stranger, token: str
) -> None:
    """Rules 8 and 9: mallory may carry bob's note, but what it says is what bob's server says."""
    note = bob.mention(ALICE, "<p>what bob wrote</p>")
    twisted = {**note, "content": "<p>what mallory made of it</p>"}

    assert mallory.post(home, mallory.create(twisted)).status == 202

    eventually(lambda: reason(home, "ignored") or notified(home, token, "what bob wrote"))
    assert not notified(home, token, "what mallory made of it")


@pytest.mark.parametrize("forged", ["author", "id"])
def test_a_note_is_on_its_authors_host(home: Server, bob: Stranger, mallory: Stranger, token: str, forged: str) -> None:
    """Rule 8: neither a note of mallory's that bob is said to have written, nor one of bob's that she wrote."""
    text = f"<p>forged {forged}</p>"
    note = mallory.mention(ALICE, text, attributedTo=bob.id) if forged == "author" else bob.mention(ALICE, text)
    if forged == "id":
        del bob.served[note["id"].removeprefix(bob.base)]  # nobody there knows of it
        note["attributedTo"] = mallory.id
    activity = mallory.create(note)

    answer = mallory.post(home, activity)

    assert answer.status == 202
    assert verdict(home, activity)[0] == "ignored"
    assert not notified(home, token, f"forged {forged}")


def test_only_the_author_edits_and_deletes(home: Server, bob: Stranger, mallory: Stranger, token: str) -> None:
    """Rule 10, for strangers and for a neighbour on the same host."""
    note = bob.mention(ALICE, "<p>to stay as it is</p>")
    bob.post(home, bob.create(note))
    eventually(lambda: notified(home, token, "to stay as it is"))
    neighbour = f"{bob.base}/users/neighbour"
    keys = {"id": f"{neighbour}#main-key", "owner": neighbour, "publicKeyPem": key(2).public.pem()}
    bob.serve("/users/neighbour", bob.actor(id=neighbour, preferredUsername="neighbour", publicKey=keys))
    changed = {**note, "content": "<p>changed by another</p>", "updated": "2030-01-01T00:00:00Z"}

    for kind, object_ in (
        ("Update", changed),
        ("Delete", note["id"]),
        ("Update", {**changed, "attributedTo": neighbour}),
    ):
        assert mallory.post(home, mallory.activity(kind, object_)).status == 202
        near = bob.activity(kind, object_, actor=neighbour)
        assert bob.post(home, near, key=key(2), key_id=keys["id"]).status == 202
    settled(home)

    assert notified(home, token, "to stay as it is")
    assert not notified(home, token, "changed by another")


def test_undo_is_for_ones_own(home: Server, bob: Stranger, mallory: Stranger, token: str) -> None:
    """Rule 10: mallory cannot undo bob's follow."""
    follow = bob.follow(ALICE)
    bob.post(home, follow)
    eventually(lambda: bob.id in followers(home, token))

    assert mallory.post(home, mallory.activity("Undo", follow)).status == 202
    settled(home)

    assert bob.id in followers(home, token)


def test_a_follow_is_accepted_by_the_followed_only(home: Server, bob: Stranger, mallory: Stranger, token: str) -> None:
    """Rule 11: nobody becomes followed because somebody else says so."""
    account = home.api("GET", "/api/v2/search?q=@mallory@evil.example&resolve=true", token)["accounts"][0]
    assert home.api("POST", f"/api/v1/accounts/{account['id']}/follow", token)["requested"]
    follow = eventually(lambda: next((a for a in mallory.received if a["type"] == "Follow"), None))

    assert bob.post(home, bob.activity("Accept", follow)).status == 202
    settled(home)
    waiting = home.api("GET", f"/api/v1/accounts/relationships?id[]={account['id']}", token)[0]
    mallory.post(home, mallory.activity("Accept", follow))

    assert (waiting["following"], waiting["requested"]) == (False, True)
    eventually(lambda: home.api("GET", f"/api/v1/accounts/relationships?id[]={account['id']}", token)[0]["following"])


@pytest.mark.parametrize("trick", ["@graph", "@included", "@reverse"])
def test_graph_tricks_are_refused(home: Server, bob: Stranger, token: str, trick: str) -> None:
    """Rule 13."""
    activity = {**bob.create(bob.mention(ALICE, f"<p>with {trick}</p>")), trick: [{"id": "https://evil.example/x"}]}

    bob.post(home, activity)

    state, why = verdict(home, activity)
    assert (state, trick in why) == ("ignored", True)
    assert not notified(home, token, f"with {trick}")


def test_likes_are_unique_and_can_be_undone(home: Server, bob: Stranger, token: str) -> None:
    """Rule 14."""
    post = home.api("POST", "/api/v1/statuses", token, status="like me")
    likes = [bob.activity("Like", post["uri"]) for _ in range(3)]

    for like in likes:
        bob.post(home, like)
    eventually(lambda: count(home, post, "favourites_count") == 1)
    settled(home)
    counted = count(home, post, "favourites_count")
    bob.post(home, bob.activity("Undo", likes[0]))

    assert counted == 1
    eventually(lambda: count(home, post, "favourites_count") == 0)


def test_strangers_cannot_touch_what_is_not_public(home: Server, bob: Stranger, token: str) -> None:
    """Rule 15."""
    post = home.api("POST", "/api/v1/statuses", token, status="only for followers", visibility="private")
    secret = home.api("POST", "/api/v1/statuses", token, status="a note to myself", visibility="direct")

    for uri in (post["uri"], secret["uri"]):
        bob_like = Stranger.activity(bob, "Like", uri, actor=bob.id)
        bob.post(home, bob_like)
        bob.post(home, bob.activity("Announce", uri, to=[PUBLIC]))
    settled(home)

    shown = home.api("GET", f"/api/v1/statuses/{secret['id']}", token)
    assert (shown["favourites_count"], shown["reblogs_count"]) == (0, 0)


def followers(home: Server, token: str) -> list[str]:
    me = home.api("GET", "/api/v1/accounts/verify_credentials", token)
    return [account["uri"] for account in home.api("GET", f"/api/v1/accounts/{me['id']}/followers", token)]


def count(home: Server, post: Document, name: str) -> int:
    number: int = home.api("GET", f"/api/v1/statuses/{post['id']}")[name]
    return number

"""Who may see what: rules 16 to 20, against a real process, on every path where a post can appear."""

import json
import re
from collections.abc import Iterator, Mapping

import pytest
from msgspec import Struct

from smallfed.protocol.signatures.signing import Scheme
from tests.outside.conftest import ALICE
from tests.outside.looking import bugs, neighbour, rows, settled, verdict
from tests.processes import Answer, Laboratory, Server, ask, eventually
from tests.strangers import ACTIVITY_JSON, PUBLIC, Document, Stranger, key

AP = {"accept": ACTIVITY_JSON}
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OPEN, CLOSED = ("public", "unlisted"), ("private", "direct", "local")
VISIBILITIES = (*OPEN, *CLOSED)

ONE_POST = [
    (f"/users/alice/{tail}", accept)
    for tail in ("notes/N", "notes/N/activity", "notes/N/replies", "notes/N/replies?page=true", "notes/N/likes")
    for accept in (AP, HTML, {})
] + [
    ("/users/alice/notes/N/shares", AP),
    ("/users/alice/notes/N/context", AP),
    ("/users/alice/notes/N/context?page=true", AP),
    ("/users/alice/notes/N/replies?page=true&only_other_accounts=true", AP),
    ("/stamps/N", AP),
    ("/users/alice/boosts/N", AP),
    ("/@alice/N", AP),
    ("/@alice/N", HTML),
    ("/@alice@home.example/N", HTML),
    ("/@alice/N/embed", HTML),
    ("/api/v1/statuses/N", {}),
    ("/api/v1/statuses/N/context", {}),
    ("/api/v1/statuses/N/history", {}),
    ("/api/v1/statuses/N/source", {}),
    ("/api/v1/statuses/N/favourited_by", {}),
    ("/api/v1/statuses/N/reblogged_by", {}),
    ("/api/v1/statuses/N/card", {}),
    ("/api/v1/statuses/N/quotes", {}),
    ("/api/v1/pleroma/statuses/N/reactions", {}),
    ("/api/v1/polls/N", {}),
    ("/api/v1/statuses?id[]=N", {}),
    ("/api/oembed?url=https://home.example/@alice/N", {}),
    ("/authorize_interaction?uri=https://home.example/users/alice/notes/N", HTML),
]
"""Every address that is about one post, and how it is asked for; N is the post."""

LISTS = [
    ("/users/alice/outbox", AP),
    ("/users/alice/outbox?page=true", AP),
    ("/users/alice/collections/featured", AP),
    ("/users/alice/collections/tags", AP),
    ("/users/alice/liked", AP),
    ("/users/alice", AP),
    ("/@alice", HTML),
    ("/@alice/feed", {}),
    ("/tags/word", HTML),
    ("/api/v1/timelines/public", {}),
    ("/api/v1/timelines/public?local=true", {}),
    ("/api/v1/timelines/tag/word", {}),
    ("/api/v1/tags/word", {}),
    ("/api/v1/accounts/ME/statuses", {}),
    ("/api/v1/accounts/ME/statuses?pinned=true", {}),
    ("/api/v1/accounts/ME/statuses?tagged=word", {}),
    ("/api/v1/accounts/ME/statuses?only_media=true", {}),
    ("/api/v1/accounts/ME", {}),
    ("/api/v1/statuses/ROOT/context", {}),
    ("/api/v1/statuses/ROOT", {}),
    ("/users/alice/notes/ROOT/replies", AP),
    ("/users/alice/notes/ROOT/replies?page=true", AP),
    ("/users/alice/notes/ROOT/context", AP),
    ("/users/alice/notes/ROOT/context?page=true", AP),
    ("/api/v1/statuses/ROOT/quotes", {}),
    ("/api/v1/pleroma/statuses/ROOT/reactions", {}),
    ("/api/v1/accounts/ME/featured_tags", {}),
    ("/@alice/ROOT", HTML),
    ("/api/v1/trends/statuses", {}),
    ("/api/v1/instance", {}),
    ("/api/v2/instance", {}),
    ("/nodeinfo/2.1", {}),
]
"""Every list that posts can be in. ME is the owner's id, ROOT a public post that the others answer."""


class People(Struct, frozen=True):
    """``follower`` follows alice, ``named`` is mentioned by her; so were the two that she then shut out."""

    follower: Stranger
    named: Stranger
    blocked: Stranger
    shut: Stranger

    @property
    def all(self) -> dict[str, Stranger]:
        return {name: getattr(self, name) for name in self.__struct_fields__}


class Said(Struct, frozen=True):
    """What alice has said: by visibility a post that answers ``root``; ``deleted`` were of those in ``CLOSED``."""

    me: str
    root: Document
    posts: dict[str, Document]
    deleted: list[Document]
    boost: Document
    nothing: str

    def id(self, which: str) -> str:
        return str(self.posts[which]["id"])


@pytest.fixture(scope="module")
def people(lab: Laboratory) -> Iterator[People]:
    names = {"follower": "fay", "named": "max", "blocked": "ben", "shut": "sue"}
    people = People(**{part: Stranger(lab, f"{part}.example", name) for part, name in names.items()})
    yield people
    for stranger in people.all.values():
        stranger.close()


@pytest.fixture(scope="module")
def home(lab: Laboratory, people: People, bob: Stranger, mallory: Stranger) -> Server:
    server = lab.server("home.example")
    server.setup("alice")
    return server.start()


@pytest.fixture(scope="module")
def app_token(home: Server) -> str:
    """Return the token of an app that speaks for itself."""
    app = home.api("POST", "/api/v1/apps", client_name="app", redirect_uris="urn:ietf:wg:oauth:2.0:oob", scopes="read")
    asked = {"grant_type": "client_credentials", "scope": "read"}
    wanted = {name: app[name] for name in ("client_id", "client_secret")}
    return str(home.api("POST", "/oauth/token", **asked, **wanted)["access_token"])


@pytest.fixture(scope="module")
def said(home: Server, people: People, token: str) -> Said:
    """Let alice meet people, write to them, and shut two of them out."""
    for stranger in (people.follower, people.blocked, people.shut):
        assert stranger.post(home, stranger.follow(ALICE)).status == 202
    eventually(lambda: home.api("GET", "/api/v1/accounts/verify_credentials", token)["followers_count"] == 3)
    for name, stranger in (("max", people.named), ("ben", people.blocked), ("sue", people.shut)):
        met(home, token, f"@{name}@{stranger.domain}")

    named = " ".join(
        f"@{stranger.name}@{stranger.domain}" for stranger in people.all.values() if stranger.name != "fay"
    )
    root = write(home, token, "the root #word", "public")
    posts = {
        visibility: write(
            home,
            token,
            f"{visibility}words {named if visibility in ('direct', 'local') else ''} #word #{visibility}tag",
            visibility,
            in_reply_to_id=root["id"],
            spoiler_text=f"{visibility}warning",
            quoted_status_id=root["id"],
        )
        for visibility in VISIBILITIES
    }
    delivered(home)  # else an edit goes into what still waits
    posts = {which: edited(home, token, post) for which, post in posts.items()}
    home.api("POST", f"/api/v1/statuses/{posts['private']['id']}/pin", token)
    home.api("POST", f"/api/v1/statuses/{posts['public']['id']}/pin", token)
    boost = home.api("POST", f"/api/v1/statuses/{root['id']}/reblog", token, visibility="private")
    deleted = [write(home, token, f"deleted {visibility}", visibility) for visibility in CLOSED]
    for post in deleted:
        home.api("DELETE", f"/api/v1/statuses/{post['id']}", token)
    me = home.api("GET", "/api/v1/accounts/verify_credentials", token)["id"]
    delivered(home)

    account = met(home, token, f"@ben@{people.blocked.domain}")
    assert home.api("POST", f"/api/v1/accounts/{account}/block", token)["blocking"]
    home.api("POST", "/api/v1/domain_blocks", token, domain=people.shut.domain)
    eventually(lambda: people.shut.get(home, "/users/alice").status == 404)
    delivered(home)
    nothing = str(int(posts["public"]["id"]) + 1)
    return Said(me=me, root=root, posts=posts, deleted=deleted, boost=boost, nothing=nothing)


def met(home: Server, token: str, handle: str) -> str:
    return str(home.api("GET", f"/api/v2/search?q={handle}&resolve=true", token)["accounts"][0]["id"])


def write(home: Server, token: str, text: str, visibility: str, **more: object) -> Document:
    post: Document = home.api("POST", "/api/v1/statuses", token, status=text, visibility=visibility, **more)
    return post


def edited(home: Server, token: str, post: Document) -> Document:
    source = home.api("GET", f"/api/v1/statuses/{post['id']}/source", token)
    wish = {"status": f"{source['text']} edited", "spoiler_text": source["spoiler_text"]}
    changed: Document = home.api("PUT", f"/api/v1/statuses/{post['id']}", token, **wish)
    return changed


def delivered(home: Server) -> None:
    """Wait until nothing is on its way any more."""
    eventually(lambda: rows(home, "SELECT 1 FROM deliveries WHERE state = 'waiting' LIMIT 1") == [])


def shown(answer: Answer, number: str) -> tuple[int, dict[str, str], bytes]:
    """Return all there is in an answer but the number that was asked for, which is as long in all, and what each has.

    The date, and the name of a request in the log, which is drawn by chance whatever is asked.
    """
    own = ("date", "x-request-id")
    headers = {name: value.replace(number, "N") for name, value in answer.headers.items() if name not in own}
    return answer.status, headers, answer.body.replace(number.encode(), b"N")


def plain(home: Server, path: str, headers: Mapping[str, str], token: str | None = None, method: str = "GET") -> Answer:
    bearer = {"authorization": f"Bearer {token}"} if token else {}
    return ask(f"{home.url}{path}", method=method, headers={**headers, **bearer})


# Rule 17: private and absent answer alike -----------------------------------------------------------------------------
@pytest.mark.parametrize(("path", "headers"), ONE_POST)
def test_what_is_not_for_strangers_looks_absent(
    home: Server, said: Said, app_token: str, bob: Stranger, path: str, headers: dict[str, str]
) -> None:
    """Followers-only, direct, local, all of them deleted, and a followers-only boost: like a number that never was."""
    hidden = [*(said.posts[which] for which in CLOSED), *said.deleted, said.boost]
    numbers = [str(post["id"]) for post in hidden]

    def everybody(number: str) -> list[tuple[int, dict[str, str], bytes]]:
        asked = path.replace("N", number)
        known = '"whatever", *'
        return [
            shown(plain(home, asked, headers), number),
            shown(plain(home, asked, headers, method="HEAD"), number),
            shown(plain(home, asked, {**headers, "if-none-match": known}), number),
            shown(plain(home, asked, headers, token=app_token), number),
            shown(bob.get(home, asked, **headers), number),
        ]

    absent = everybody(said.nothing)

    assert [everybody(number) for number in numbers] == [absent] * len(numbers)
    assert {status for status, _, _ in absent} <= {404, 303, 401, 200, 422}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/v1/statuses/N"),
        ("DELETE", "/api/v1/statuses/N"),
        ("PUT", "/api/v1/statuses/N/interaction_policy"),
        ("PUT", "/api/v1/pleroma/statuses/N/reactions/%F0%9F%A6%86"),
        ("POST", "/api/v1/statuses/N/react/%F0%9F%A6%86"),
        ("POST", "/api/v1/statuses/N/unreact/%F0%9F%A6%86"),
        ("POST", "/api/v1/statuses/N/quotes/N/revoke"),
        ("POST", "/api/v1/polls/N/votes"),
        ("POST", "/api/v1/statuses/N/favourite"),
        ("POST", "/api/v1/statuses/N/reblog"),
        ("POST", "/api/v1/statuses/N/bookmark"),
    ],
)
def test_what_strangers_try_to_change_looks_absent(
    home: Server, said: Said, app_token: str, method: str, path: str
) -> None:
    for token in (None, app_token):
        answers = [
            shown(plain(home, path.replace("N", number), {}, token, method), number)
            for number in (said.nothing, *map(said.id, CLOSED))
        ]

        assert answers[1:] == [answers[0]] * len(CLOSED)


# Rule 16: one visibility for every list -------------------------------------------------------------------------------
@pytest.mark.parametrize(("path", "headers"), LISTS)
def test_no_list_holds_what_is_not_for_strangers(
    home: Server, said: Said, people: People, app_token: str, path: str, headers: dict[str, str]
) -> None:
    path = path.replace("ME", said.me).replace("ROOT", str(said.root["id"]))
    secrets = [re.compile(f"{which}(words|tag|warning)".encode()) for which in CLOSED]
    secrets += [re.compile(str(post["id"]).encode()) for post in (*(said.posts[c] for c in CLOSED), *said.deleted)]

    answers = [
        plain(home, path, headers),
        plain(home, path, headers, token=app_token),
        people.follower.get(home, path, **headers),
        people.named.get(home, path, **headers),
    ]

    assert {answer.status for answer in answers} <= {200, 404}
    assert [secret.pattern for secret in secrets for answer in answers if secret.search(answer.body)] == []


@pytest.mark.parametrize(
    ("path", "headers", "there"),
    [
        ("/users/alice/outbox?page=true", AP, OPEN),
        ("/users/alice/collections/featured", AP, ("public",)),
        ("/@alice/feed", {}, ()),
        ("/@alice", HTML, ("public",)),
        ("/tags/word", HTML, ("public",)),
        ("/api/v1/timelines/public", {}, ("public",)),
        ("/api/v1/timelines/tag/word", {}, ("public",)),
        ("/api/v1/accounts/ME/statuses", {}, OPEN),
        ("/api/v1/accounts/ME/statuses?pinned=true", {}, ("public",)),
        ("/api/v1/statuses/ROOT/context", {}, OPEN),
        ("/api/v1/statuses/ROOT/quotes", {}, OPEN),
        ("/@alice/ROOT", HTML, OPEN),
    ],
)
def test_lists_hold_what_is_for_everybody(
    home: Server, said: Said, path: str, headers: dict[str, str], there: tuple[str, ...]
) -> None:
    """So that the test above means something."""
    path = path.replace("ME", said.me).replace("ROOT", str(said.root["id"]))

    body = plain(home, path, headers).body

    assert {which for which in VISIBILITIES if f"{which}words".encode() in body} >= set(there)


@pytest.mark.parametrize(("path", "headers"), [("/tags/word", HTML), ("/api/v1/timelines/tag/word", {})])
def test_unlisted_posts_are_not_listed_under_their_hashtags(
    home: Server, said: Said, path: str, headers: dict[str, str]
) -> None:
    assert b"unlistedwords" not in plain(home, path, headers).body


def test_what_is_local_never_left(home: Server, said: Said) -> None:
    """Not the post, which mentions people, answers and quotes what they have; nor its edit, nor that it is gone."""
    left = {which: rows(home, "SELECT 1 FROM bodies WHERE instr(body, ?)", f"{which}words") for which in CLOSED}
    gone = {
        str(post["uri"]): rows(home, "SELECT 1 FROM bodies WHERE instr(body, ?)", post["uri"]) for post in said.deleted
    }

    assert {which for which, bodies in left.items() if bodies} == {"private", "direct"}
    assert gone[str(said.deleted[-1]["uri"])] == []
    assert said.posts["local"]["local_only"] is True


def test_counts_do_not_tell_of_what_is_hidden(home: Server, said: Said) -> None:
    root = home.api("GET", f"/api/v1/statuses/{said.root['id']}")
    context = home.api("GET", f"/api/v1/statuses/{said.root['id']}/context")
    replies = plain(home, f"/users/alice/notes/{said.root['id']}/replies", AP).json()
    shares = plain(home, f"/users/alice/notes/{said.root['id']}/shares", AP).json()
    quotes = home.api("GET", f"/api/v1/statuses/{said.root['id']}/quotes")
    account = home.api("GET", f"/api/v1/accounts/{said.me}")
    outbox = plain(home, "/users/alice/outbox", AP).json()

    assert [post["id"] for post in context["descendants"]] == [said.id(which) for which in OPEN]
    assert (root["replies_count"], replies["totalItems"]) == (2, 2)
    assert (root["reblogs_count"], shares["totalItems"]) == (0, 0)
    assert (root["quotes_count"], [post["id"] for post in quotes]) == (2, [said.id(which) for which in OPEN[::-1]])
    assert (account["statuses_count"], outbox["totalItems"]) == (3, 3)


def test_the_page_of_a_post_promises_nothing_that_it_hides(home: Server, said: Said) -> None:
    """OpenGraph tags show the warning instead of the text; a private post has no tags at all."""
    page = plain(home, f"/@alice/{said.id('public')}", HTML).body.decode()
    tags = "\n".join(re.findall(r"<(?:meta|title)[^>]*>[^<]*", page))

    assert "publicwarning" in tags
    assert "publicwords" not in tags


def test_searching_is_for_the_owner(home: Server, said: Said, token: str, app_token: str) -> None:
    def search(bearer: str | None) -> Answer:
        return plain(home, "/api/v2/search?q=privatewords", {}, token=bearer)

    assert [post["id"] for post in search(token).json()["statuses"]] == [said.id("private")]
    assert (search(None).status, search(app_token).status) == (401, 422)


def test_the_owner_sees_everything(home: Server, said: Said, token: str) -> None:
    numbers = [said.id(which) for which in VISIBILITIES]

    assert [home.api("GET", f"/api/v1/statuses/{number}", token)["id"] for number in numbers] == numbers


# Rules 18 and 20: who asks with a signature ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "may_see"),
    [
        ("follower", {"public", "unlisted", "private"}),
        ("named", {"public", "unlisted", "direct"}),
        ("blocked", {"public", "unlisted"}),
        ("shut", set()),
    ],
)
@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
@pytest.mark.parametrize("path", ["/users/alice/notes/N", "/users/alice/notes/N/activity", "/@alice/N"])
def test_a_signature_shows_what_its_owner_may_see(
    home: Server, said: Said, people: People, who: str, may_see: set[str], scheme: Scheme, path: str
) -> None:
    """A public object is judged by the key's host alone (RULINGS 22); what is not public, by the account."""

    def look(number: str) -> Answer:
        return people.all[who].get(home, path.replace("N", number), scheme=scheme, **AP)

    answers = {which: look(said.id(which)) for which in VISIBILITIES}
    absent = shown(look(said.nothing), said.nothing)

    assert {which for which, answer in answers.items() if answer.status == 200} == may_see
    for which in set(VISIBILITIES) - may_see:
        assert shown(answers[which], said.id(which)) == absent
    for which in may_see & set(CLOSED):
        assert answers[which].headers["cache-control"] == "private, no-store"
        assert "etag" not in answers[which].headers
        assert f"{which}words" in answers[which].body.decode()


@pytest.mark.parametrize("path", ["/users/alice", "/users/alice/outbox", "/users/alice/followers", "/@alice"])
def test_a_blocked_server_finds_nobody(home: Server, said: Said, people: People, path: str) -> None:
    absent = people.shut.get(home, f"/users/alice/notes/{said.nothing}", **AP)

    assert shown(people.shut.get(home, path, **AP), "-") == shown(absent, "-")
    assert people.follower.get(home, path, **AP).status == 200


def test_only_a_signature_that_holds_shows_anything(home: Server, said: Said, people: People, bob: Stranger) -> None:
    fay, path = people.follower, f"/users/alice/notes/{said.id('private')}"

    def pretend(*, key_number: int, key_id: str, signed_path: str = path) -> int:
        impostor = Impostor(fay, key_number=key_number, key_id=key_id)
        return impostor.look(home, signed_path, path)

    statuses = {
        "honest": pretend(key_number=0, key_id=fay.key_id),
        "another key": pretend(key_number=1, key_id=fay.key_id),
        "another's key": pretend(key_number=0, key_id=bob.key_id),
        "no key": pretend(key_number=0, key_id=f"{fay.base}/nowhere"),
        "of another path": pretend(key_number=0, key_id=fay.key_id, signed_path=f"/users/alice/notes/{said.nothing}"),
    }

    assert statuses == {name: 200 if name == "honest" else 404 for name in statuses}


def test_a_new_key_shows_what_the_old_one_did(home: Server, token: str, mallory: Stranger) -> None:
    """Keys change without a word; whoever is refused for it would never be let in again by reading alone."""
    path = str(write(home, token, "to you @mallory@evil.example", "direct")["uri"]).removeprefix("https://home.example")
    assert mallory.get(home, path).status == 200

    mallory.key = key(5)
    mallory.serve("/users/mallory", mallory.actor())

    assert mallory.get(home, path).status == 200


class Impostor:
    """Somebody who signs with a key and a key id of choice."""

    def __init__(self, whom: Stranger, *, key_number: int, key_id: str) -> None:
        self._whom, self._key, self._key_id = whom, key(key_number), key_id

    def look(self, home: Server, signed_path: str, path: str) -> int:
        return self.ask(home, signed_path, path).status

    def ask(self, home: Server, signed_path: str, path: str) -> Answer:
        before = self._whom.key, self._whom.key_id
        self._whom.key, self._whom.key_id = self._key, self._key_id
        try:
            signed = self._whom.signed(home, signed_path)
        finally:
            self._whom.key, self._whom.key_id = before
        return ask(f"{home.url}{path}", headers=signed)


@pytest.mark.parametrize(
    ("who", "may_see"),
    [
        ("follower", {"public", "unlisted", "private"}),
        ("named", {"public", "unlisted", "direct"}),
        ("blocked", {"public", "unlisted"}),
        ("shut", set()),
    ],
)
@pytest.mark.parametrize("changes", [{"type": "Application"}, {"type": "Service", "preferredUsername": "ITS-HOST"}])
def test_a_server_sees_what_those_who_live_there_may_see(
    home: Server, said: Said, people: People, who: str, may_see: set[str], changes: Document
) -> None:
    """Servers fetch in the name of one actor of theirs: an Application, or one that is called like the host."""
    stranger = people.all[who]
    changes = {name: value.replace("ITS-HOST", stranger.domain) for name, value in changes.items()}
    _, key_id = neighbour(stranger, f"server-{changes['type']}", **changes)
    server = Impostor(stranger, key_number=0, key_id=key_id)
    paths = {which: f"/users/alice/notes/{said.id(which)}" for which in VISIBILITIES}

    answers = {which: server.ask(home, path, path) for which, path in paths.items()}

    assert {which for which, answer in answers.items() if answer.status == 200} == may_see
    assert {answers[which].headers["cache-control"] for which in may_see & set(CLOSED)} <= {"private, no-store"}


def test_a_neighbour_sees_nothing_more_than_strangers_do(home: Server, said: Said, people: People) -> None:
    """Another person on the follower's server is not the server."""
    _, key_id = neighbour(people.follower, "nora")
    nora = Impostor(people.follower, key_number=0, key_id=key_id)
    paths = {which: f"/users/alice/notes/{said.id(which)}" for which in VISIBILITIES}

    assert {which for which, path in paths.items() if nora.look(home, path, path) == 200} == {"public", "unlisted"}


def test_nobody_gets_anothers_answer(home: Server, said: Said, people: People) -> None:
    """Whoever asks after the follower, and the follower after whomever: each is answered anew."""
    path = f"/users/alice/notes/{said.id('private')}"

    statuses = [
        plain(home, path, AP).status,
        people.follower.get(home, path, **AP).status,
        plain(home, path, AP).status,
        people.named.get(home, path, **AP).status,
        people.follower.get(home, path, **AP, **{"if-none-match": "*"}).status,
    ]

    assert statuses == [404, 200, 404, 404, 200]


@pytest.mark.parametrize(("path", "headers"), [("/users/alice/notes/N", AP), ("/@alice/N", HTML), ("/@alice", HTML)])
def test_not_modified_is_for_what_is_public(
    home: Server, said: Said, people: People, path: str, headers: dict[str, str]
) -> None:
    path = path.replace("N", said.id("public"))
    answer = plain(home, path, headers)
    known = {**headers, "if-none-match": answer.headers["etag"]}

    again = plain(home, path, known)

    assert answer.headers["cache-control"].startswith("public")
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    if headers is AP:
        assert people.shut.get(home, path, **known).status == 404


def test_a_boost_is_no_note_and_a_note_no_boost(home: Server, said: Said, bob: Stranger, token: str) -> None:
    """Each has one address; at the other's it looks absent."""
    post = write(home, token, "to be boosted", "public")
    boost = home.api("POST", f"/api/v1/statuses/{post['id']}/reblog", token)

    def look(path: str) -> tuple[int, str | None]:
        answer = plain(home, f"/users/alice/{path}", AP)
        return answer.status, answer.json().get("type")

    assert look(f"notes/{post['id']}") == (200, "Note")
    assert look(f"notes/{post['id']}/activity") == (200, "Create")
    assert look(f"boosts/{boost['id']}") == (200, "Announce")
    wrong = [
        f"boosts/{post['id']}",
        *(f"notes/{boost['id']}{tail}" for tail in ("", "/activity", "/replies", "/likes")),
    ]
    assert [look(path) for path in wrong] == [(404, None)] * 5


def test_who_does_not_follow_any_more_sees_no_more(home: Server, said: Said, bob: Stranger, token: str) -> None:
    path, follow = f"/users/alice/notes/{said.id('private')}", bob.follow(ALICE)
    bob.post(home, follow)
    eventually(lambda: bob.get(home, path, **AP).status == 200)

    bob.post(home, bob.activity("Undo", follow))

    eventually(lambda: bob.get(home, path, **AP).status == 404)


def test_a_deleted_public_post_is_gone_and_a_cached_one_too(home: Server, said: Said, token: str) -> None:
    post = write(home, token, "public but not for long", "public")
    paths = [(f"/users/alice/notes/{post['id']}", AP), (f"/@alice/{post['id']}", HTML)]
    before = [plain(home, path, headers) for path, headers in paths]

    home.api("DELETE", f"/api/v1/statuses/{post['id']}", token)

    known = [{"if-none-match": answer.headers["etag"]} for answer in before]
    after = [plain(home, path, {**headers, **k}) for (path, headers), k in zip(paths, known, strict=True)]
    assert [answer.status for answer in (*before, *after)] == [200, 200, 410, 410]
    assert not any(b"not for long" in answer.body for answer in after)


# Rule 19: delivery ----------------------------------------------------------------------------------------------------
def heard(stranger: Stranger, word: str) -> list[str]:
    """Return the types of the activities that tell ``word``."""
    return [activity["type"] for activity in stranger.received if word in json.dumps(activity)]


def test_delivery_goes_to_whom_it_is_addressed(said: Said, people: People, bob: Stranger, mallory: Stranger) -> None:
    """Before they were shut out, ben and sue followed and were mentioned like the others."""
    told = ["Create", "Update"]
    everybody = {**people.all, "bob": bob, "mallory": mallory}

    got = {
        which: {name for name, someone in everybody.items() if sorted(heard(someone, f"{which}words")) == told}
        for which in VISIBILITIES
    }

    followers = {"follower", "blocked", "shut"}
    assert got == {
        "public": followers,
        "unlisted": followers,
        "private": followers,
        "direct": {"named", "blocked", "shut"},
        "local": set(),
    }


def test_nobody_is_told_of_silent_recipients(said: Said, people: People) -> None:
    everything = [activity for someone in people.all.values() for activity in someone.received]

    assert everything
    assert [a for a in everything if re.search(r'"(bto|bcc)"', json.dumps(a))] == []


def test_a_direct_post_names_nobody_else(said: Said, people: People) -> None:
    whom = {stranger.id for name, stranger in people.all.items() if name != "follower"}

    (create,) = (a for a in people.named.received if a["type"] == "Create" and "directwords" in json.dumps(a))

    assert {*addressed(create), *addressed(create["object"])} == whom


def addressed(thing: Document) -> list[str]:
    fields = [thing.get(name, []) for name in ("to", "cc")]
    return [who for field in fields for who in (field if isinstance(field, list) else [field])]


# Rule 20: blocks ------------------------------------------------------------------------------------------------------
def test_a_block_is_told_once_and_then_nothing_goes_out(home: Server, said: Said, people: People, token: str) -> None:
    named = f"@ben@{people.blocked.domain} @sue@{people.shut.domain} @max@{people.named.domain}"

    for visibility in VISIBILITIES:
        write(home, token, f"after the block {named}", visibility)
    delivered(home)

    assert [a["type"] for a in people.blocked.received].count("Block") == 1
    assert heard(people.blocked, "after the block") == heard(people.shut, "after the block") == []
    assert len(heard(people.named, "after the block")) == 4


def test_who_is_kept_out_is_not_told_why(lab: Laboratory, home: Server) -> None:
    """By a rule about a server of which nobody is known; the owner reads which rule that was."""
    rob = Stranger(lab, "ruled.example", "rob")
    home.command("rules", "add", "domain", rob.domain, "reject")

    answer = rob.post(home, rob.follow(ALICE))
    rob.close()

    assert answer.status == 403
    assert b"This server does not talk to yours." in answer.body
    assert [word in answer.body for word in (b"rule", b"domain")] == [False] * 2
    assert "reject: It comes from ruled.example." in home.command("ledger", "why", rob.id).stdout


def test_what_the_blocked_say_is_not_heard(home: Server, said: Said, people: People, bob: Stranger, token: str) -> None:
    ben, sue = people.blocked, people.shut
    before = home.api("GET", f"/api/v1/statuses/{said.id('public')}", token)
    said_by_ben = ben.mention(ALICE, "<p>ben speaks</p>")

    said_activities = [
        ben.create(said_by_ben),
        ben.follow(ALICE),
        ben.activity("Like", said.posts["public"]["uri"]),
        ben.activity("Announce", said.posts["public"]["uri"], to=[PUBLIC]),
        ben.create(ben.note("<p>ben answers</p>", inReplyTo=said.posts["public"]["uri"])),
    ]
    taken = [ben.post(home, activity).status for activity in said_activities]
    refused = sue.post(home, sue.create(sue.mention(ALICE, "<p>sue speaks</p>"))).status
    bob.post(home, carried := bob.activity("Announce", said_by_ben["id"], to=[PUBLIC]))
    settled(home)

    assert (taken, refused) == ([202] * len(taken), 403)
    followed = ["done"]  # that is: refused, and told so
    verdicts = [verdict(home, activity)[0] for activity in (*said_activities, carried)]
    assert verdicts == ["ignored", *followed, *["ignored"] * 4]
    assert b"speaks" not in plain(home, "/api/v1/notifications", {}, token).body
    after = home.api("GET", f"/api/v1/statuses/{said.id('public')}", token)
    assert [after[n] == before[n] for n in ("favourites_count", "reblogs_count", "replies_count")] == [True] * 3
    me = home.api("GET", "/api/v1/accounts/verify_credentials", token)
    assert me["followers_count"] == 1


def test_nothing_is_fetched_from_a_blocked_server(home: Server, said: Said, people: People, token: str) -> None:
    sue = people.shut
    note, asked = sue.note("<p>on a blocked server</p>"), len(sue.asked)

    for text in (note["id"], f"@other@{sue.domain}", f"@other@sub.{sue.domain}"):
        found = plain(home, f"/api/v2/search?resolve=true&q={text}", {}, token)
        assert b"on a blocked server" not in found.body

    assert sue.asked[asked:] == []


def test_a_block_hides_the_blocked_from_the_owner(home: Server, said: Said, people: People, token: str) -> None:
    notifications = home.api("GET", "/api/v1/notifications?limit=80", token)

    assert {n["account"]["acct"] for n in notifications} & {"ben@blocked.example", "sue@shut.example"} == set()


def test_a_block_takes_answers_off_what_is_kept_for_everybody(
    home: Server, said: Said, people: People, token: str
) -> None:
    """Public pages are kept until something changes: so is who is listed there."""
    max_, path = people.named, f"/users/alice/notes/{said.id('public')}/replies?page=true&only_other_accounts=true"
    answer = max_.note("<p>an answer</p>", inReplyTo=said.posts["public"]["uri"])
    max_.post(home, max_.create(answer))
    eventually(lambda: answer["id"] in plain(home, path, AP).body.decode())
    account = met(home, token, f"@max@{max_.domain}")

    listed = []
    for how in ("block", "unblock", "block"):
        home.api("POST", f"/api/v1/accounts/{account}/{how}", token)
        listed.append(answer["id"] in plain(home, path, AP).body.decode())

    assert listed == [False, True, False]


def test_nothing_of_this_is_a_bug(home: Server, said: Said) -> None:
    assert bugs(home) == []

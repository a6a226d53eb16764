"""Addresses for people of every kind of server lead to exactly the one thing, with a token and when that is asked.

How each software answers is modelled on what it does: ``negotiated`` gives the document at the very address, or
after a redirection to its id; ``elsewhere`` gives it under an id that is another address; ``linked`` is a page that
names it; ``named`` is a page without a link, whose server says in its API, or by WebFinger, what it is.
"""

from typing import Any

import pytest
from msgspec import Struct

from smallfed.mastodon.entities import Search
from smallfed.protocol import webfinger
from smallfed.runtime.client import Answer
from tests.mastodon.api import Api
from tests.mastodon.facts import hear, say
from tests.workers.far import ACTIVITY, JRD, FakeHttp, Person

HTML = "text/html; charset=utf-8"


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of address of a software: ``page`` is what is pasted, ``id`` what it shows; ``type`` of that."""

    software: str
    page: str
    id: str
    how: str = "negotiated"
    type: str = "Note"
    hint: str = ""


POSTS = [
    Kind(software="Mastodon", page="/@bob/1", id="/users/bob/statuses/1"),
    Kind(software="Mastodon 4.6", page="/@bob/1", id="/ap/users/7/statuses/1", how="elsewhere"),
    Kind(
        software="Mastodon, old links", page="/statuses/1", id="/users/bob/statuses/1", how="named", hint="statuses/1"
    ),
    Kind(software="Mastodon, leaving", page="/redirect/statuses/1", id="/n/1", how="named", hint="statuses/1"),
    Kind(software="Pleroma", page="/notice/AbC", id="/objects/0-1", how="negotiated"),
    Kind(software="Akkoma", page="/notice/AbC", id="/objects/0-1", how="elsewhere"),
    Kind(software="Misskey", page="/notes/9x", id="/notes/9x"),
    Kind(software="Sharkey", page="/notes/9x", id="/notes/9x"),
    Kind(software="GoToSocial", page="/@bob/statuses/01H", id="/users/bob/statuses/01H", how="linked"),
    Kind(software="Pixelfed", page="/p/bob/1", id="/p/bob/1"),
    Kind(software="Loops", page="/v/abc", id="/ap/users/1/video/2", how="linked", type="Video"),
    Kind(software="Lemmy", page="/post/1", id="/post/1", type="Page"),
    Kind(software="Lemmy, a comment", page="/comment/1", id="/comment/1"),
    Kind(software="PieFed", page="/c/cats/p/1/cats", id="/post/1", type="Page", how="linked"),
    Kind(software="Mbin", page="/m/cats/t/1/cats", id="/m/cats/t/1", type="Page", how="elsewhere"),
    Kind(software="PeerTube", page="/w/abc", id="/videos/watch/0-1", type="Video"),
    Kind(software="PeerTube, old links", page="/videos/watch/0-1", id="/videos/watch/0-1", type="Video"),
    Kind(software="WordPress", page="/2026/03/hello/", id="/?p=1", type="Article", how="linked"),
    Kind(software="WordPress, negotiating", page="/2026/03/hello/", id="/?p=1", type="Article", how="elsewhere"),
    Kind(software="Ghost", page="/hello/", id="/.ghost/activitypub/article/0-1", type="Article", how="linked"),
    Kind(software="WriteFreely", page="/bob/hello", id="/api/posts/1", type="Article", how="elsewhere"),
    Kind(software="Friendica", page="/display/0-1", id="/objects/0-1", how="linked"),
    Kind(software="Hubzilla", page="/channel/bob?mid=1", id="/item/0-1", how="elsewhere"),
    Kind(software="Mobilizon", page="/events/0-1", id="/events/0-1", type="Event"),
    Kind(software="BookWyrm", page="/user/bob/review/1/s/x", id="/user/bob/review/1", type="Article", how="elsewhere"),
    Kind(software="Threads", page="/@bob/post/AbC", id="/ap/users/1/post/2/", how="linked"),
    Kind(software="Flipboard", page="/@bob/cats-1/a-2", id="/@bob/cats-1/a-2"),
    Kind(software="NodeBB", page="/topic/1/hello", id="/post/1", type="Article", how="linked"),
    Kind(software="Discourse", page="/t/hello/1", id="/ap/object/1", how="linked"),
    Kind(software="snac", page="/bob/p/1.2", id="/bob/p/1.2"),
    Kind(software="Mitra", page="/post/0-1", id="/objects/0-1", how="elsewhere"),
]

PEOPLE = [
    Kind(software="Mastodon", page="/@bob", id="/users/bob", type="Person"),
    Kind(software="Misskey", page="/@bob", id="/users/9x", type="Person", how="elsewhere"),
    Kind(software="Pleroma", page="/bob", id="/users/bob", type="Person", how="linked"),
    Kind(software="PeerTube, a channel", page="/c/cats", id="/video-channels/cats", type="Group"),
    Kind(software="PeerTube, an account", page="/a/bob", id="/accounts/bob", type="Person"),
    Kind(software="Lemmy, a community", page="/c/cats", id="/c/cats", type="Group"),
    Kind(software="Mbin, a magazine", page="/m/cats", id="/m/cats", type="Group"),
    Kind(software="Funkwhale", page="/channels/bob", id="/federation/actors/bob", type="Person", how="linked"),
    Kind(software="WordPress", page="/author/bob/", id="/?author=1", type="Person", how="named"),
    Kind(software="Ghost", page="/", id="/.ghost/activitypub/users/index", type="Person", how="named"),
    Kind(software="Mobilizon, a group", page="/@cats", id="/@cats", type="Group"),
    Kind(software="Hubzilla", page="/channel/bob", id="/channel/bob", type="Person"),
    Kind(software="Friendica", page="/profile/bob", id="/profile/bob", type="Person"),
    Kind(
        software="Mastodon, old links",
        page="/web/accounts/7",
        id="/users/bob",
        type="Person",
        how="named",
        hint="accounts/7",
    ),
]


def serve(http: FakeHttp, kind: Kind, document: dict[str, Any], author: Person) -> None:
    """Let a server answer as this kind does."""
    base = f"https://{author.host}"
    page, uri = base + kind.page, base + kind.id
    http.put(uri, document)
    match kind.how:
        case "negotiated":
            http.put(page, document, at=uri)
        case "elsewhere":
            http.put(page, document)
        case "linked":
            head = f'<html><head><link rel="alternate" type="{ACTIVITY}" href="{uri}"></head>'
            http.put(page, head.encode(), type_=HTML)
        case "named":
            http.put(page, b"<html><head></head>", type_=HTML)
            if kind.hint:
                http.put(f"{base}/api/v1/{kind.hint}", {"id": "1", "uri": uri}, type_="application/json")
            else:
                http.put(base + webfinger.query(page), author.webfinger(), type_=JRD)


async def found(api: Api, q: str, **query: Any) -> tuple[list[str], list[str]]:
    """Return (addresses of accounts, addresses of posts) that are found."""
    result = await api.get("/api/v2/search", Search, q=q, **query)
    return [account.uri for account in result.accounts], [status.uri for status in result.statuses]


@pytest.mark.parametrize("kind", POSTS, ids=lambda kind: kind.software)
async def test_a_post(api: Api, kind: Kind) -> None:
    bob = Person("bob@peer.example").settle(api.http)
    uri = f"https://peer.example{kind.id}"
    serve(api.http, kind, bob.note(id=uri, type=kind.type, name="Hello"), bob)

    assert await found(api, f"https://peer.example{kind.page}", resolve="true") == ([], [uri])
    assert await found(api, f"https://peer.example{kind.id}") == ([], [uri])  # it is here now


@pytest.mark.parametrize("kind", PEOPLE, ids=lambda kind: kind.software)
async def test_somebody(api: Api, kind: Kind) -> None:
    bob = Person("bob@peer.example")
    bob.uri = f"https://peer.example{kind.id}"
    bob.settle(api.http, type=kind.type)
    serve(api.http, kind, bob.actor(type=kind.type), bob)

    assert await found(api, f"https://peer.example{kind.page}", resolve="true") == ([bob.uri], [])


async def test_a_post_that_another_server_shows(api: Api) -> None:
    """Mastodon redirects who asks for the document; where it shows a page, its API says what it is."""
    bob = Person("bob@peer.example").settle(api.http)
    first, second = bob.note(1), bob.note(2)
    for note in (first, second):
        api.http.put(note["id"], note)
    api.http.put("https://other.example/@bob@peer.example/1", first, at=first["id"])
    api.http.put("https://other.example/@bob@peer.example/2", b"<html>", type_=HTML)
    api.http.put("https://other.example/api/v1/statuses/2", {"uri": second["id"]}, type_="application/json")

    assert await found(api, "https://other.example/@bob@peer.example/1", resolve="true") == ([], [first["id"]])
    assert await found(api, "https://other.example/@bob@peer.example/2", resolve="true") == ([], [second["id"]])


@pytest.mark.parametrize("says_so", [True, False])
async def test_a_page_that_names_a_document_elsewhere_must_be_named_by_it(api: Api, says_so: bool) -> None:
    bob = Person("bob@social.peer.example").settle(api.http)
    page = "https://www.peer.example/hello"
    note = bob.note(url=page if says_so else "https://social.peer.example/1")
    api.http.put(note["id"], note)
    link = f'<{note["id"]}>; rel="alternate"; type="{ACTIVITY}"'
    api.http.pages[page] = Answer(200, page, [("content-type", HTML), ("link", link)], b"<html>")

    assert await found(api, page, resolve="true") == ([], [note["id"]] if says_so else [])


@pytest.mark.parametrize(
    "spelling",
    [
        "@bob@peer.example",
        "bob@PEER.example",
        "acct:bob@peer.example",
        " @bob@peer.example, hello",
        "https://peer.example/@bob?utm_source=x#top",
        "http://peer.example/@bob/",
        "peer.example/@bob",
        "web+ap://peer.example/@bob",
        "https://other.example/@bob@peer.example",
        "https://home.example/@bob@peer.example",
        "https://home.example/authorize_interaction?uri=https://peer.example/@bob",
    ],
)
async def test_spellings_of_somebody_known_ask_nobody(api: Api, spelling: str) -> None:
    bob = await api.know("bob@peer.example")

    assert await found(api, spelling, resolve="true") == ([bob.uri], [])
    assert await found(api, spelling) == ([bob.uri], [])
    assert api.http.asked == []


async def test_names_of_hosts_in_other_scripts(api: Api) -> None:
    bob = Person("bob@xn--bcher-kva.example").settle(api.http)

    assert await found(api, "@bob@bücher.example", resolve="true") == ([bob.uri], [])
    assert await found(api, "https://bücher.example/users/bob", resolve="true") == ([bob.uri], [])


async def test_our_own_addresses_of_every_form(api: Api) -> None:
    said = await say(api, "Hello")
    heard = await hear(api, await api.know("bob@peer.example"))
    ours = ["/@alice/{}", "/users/alice/notes/{}", "/users/alice/statuses/{}", "/statuses/{}", "/web/statuses/{}"]
    forms = {
        **{f"https://home.example{form.format(said.id)}": ([], [said.uri]) for form in ours},
        f"http://HOME.example/@alice/{said.id}?x=1#y": ([], [said.uri]),
        f"https://home.example/@bob@peer.example/{heard.id}": ([], [heard.uri]),
        "https://home.example/@alice": ([api.owner.uri], []),
        "https://home.example/@Alice/": ([api.owner.uri], []),
        "https://home.example/users/alice": ([api.owner.uri], []),
        "@alice@home.example": ([api.owner.uri], []),
        "https://home.example/@nobody": ([], []),
        "https://home.example/@alice/123": ([], []),
        "https://home.example/": ([], []),
        "https://home.example/about": ([], []),
    }

    assert {form: await found(api, form, resolve="true") for form in forms} == forms
    assert api.http.asked == []

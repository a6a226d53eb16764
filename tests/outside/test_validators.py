"""What may be kept, by whom and for how long: every kind of public address, and what is never kept by anybody.

Spec: RFC 9110 §9.3.2 (HEAD), §13 (conditions), §15.4.5 (304); RFC 9111; SAFETY rules 17, 18.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.outside.people import Browser
from tests.processes import Answer, Server, ask

AP = {"accept": "application/activity+json"}
HTML = {"accept": "text/html"}
MINUTE = "public, max-age=60, stale-while-revalidate=600"
HOUR = "public, max-age=3600, stale-while-revalidate=86400"
MEDIA = "public, max-age=31536000, immutable"
WEEK = "public, max-age=604800, immutable"
OWN = "private, no-store"
EVERY_TIME = {"date", "x-request-id", "connection"}

PUBLIC: dict[str, tuple[str, Mapping[str, str], str, str | None]] = {
    # what: (address, asked with, Cache-Control, Vary)
    "a picture": ("{picture}", {}, MEDIA, None),
    "its preview": ("{preview}", {}, MEDIA, None),
    "an emoji's picture": ("{emoji}", {}, MEDIA, None),
    "the avatar of who has none": ("/media/avatars/default.png", {}, WEEK, None),
    "the header of who has none": ("/media/headers/missing.png", {}, WEEK, None),
    "a style sheet": ("{style}", HTML, MEDIA, None),
    "a style sheet of before": ("/static/000000000000/smallfed.css", HTML, "public, max-age=300", None),
    "the profile": ("/@alice", HTML, MINUTE, "Accept"),
    "the profile, further down": ("/@alice?max_id=1", HTML, MINUTE, "Accept"),
    "a post's page": ("/@alice/{post}", HTML, MINUTE, "Accept"),
    "a hashtag's page": ("/tags/word", HTML, MINUTE, "Accept"),
    "the feed": ("/@alice/feed", {}, MINUTE, "Accept"),
    "about": ("/about", HTML, MINUTE, "Accept"),
    "the actor": ("/users/alice", AP, MINUTE, "Accept"),
    "the actor, at its page": ("/@alice", AP, MINUTE, "Accept"),
    "the server's actor": ("/actor", AP, MINUTE, "Accept"),
    "a post": ("/users/alice/notes/{post}", AP, MINUTE, "Accept"),
    "a post, at its page": ("/@alice/{post}", AP, MINUTE, "Accept"),
    "its Create": ("/users/alice/notes/{post}/activity", AP, MINUTE, "Accept"),
    "its replies": ("/users/alice/notes/{post}/replies", AP, MINUTE, "Accept"),
    "a boost": ("/users/alice/boosts/{boost}", AP, MINUTE, "Accept"),
    "the outbox": ("/users/alice/outbox", AP, MINUTE, "Accept"),
    "a page of the outbox": ("/users/alice/outbox?page=true", AP, MINUTE, "Accept"),
    "the followers": ("/users/alice/followers", AP, MINUTE, "Accept"),
    "the following": ("/users/alice/following", AP, MINUTE, "Accept"),
    "what is featured": ("/users/alice/collections/featured", AP, MINUTE, "Accept"),
    "an emoji": ("/emojis/cat", AP, MINUTE, "Accept"),
    "webfinger": ("/.well-known/webfinger?resource=acct:alice@home.example", {}, HOUR, "Accept"),
    "host-meta": ("/.well-known/host-meta", {}, HOUR, "Accept"),
    "nodeinfo": ("/.well-known/nodeinfo", {}, HOUR, "Accept"),
    "nodeinfo 2.1": ("/nodeinfo/2.1", {}, HOUR, "Accept"),
    "what apps are offered": ("/.well-known/oauth-authorization-server", {}, "public, max-age=300", None),
}
PRIVATE: dict[str, tuple[str, Mapping[str, str]]] = {
    "a post for followers, by the owner's browser": ("/@alice/{private}", {**HTML, "cookie": "{cookie}"}),
    "a post for followers": ("/@alice/{private}", HTML),
    "what is not there": ("/@alice/1", HTML),
    "a post for followers, for servers": ("/users/alice/notes/{private}", AP),
    "what is not there, for servers": ("/users/alice/notes/1", AP),
    "a file that is not there": ("/media/files/00000000000000000000000000000000.png", {}),
    "the owner's page": ("/owner", {**HTML, "cookie": "{cookie}"}),
    "the login": ("/login", HTML),
    "an app's question": ("/api/v1/timelines/home", {"authorization": "Bearer {token}"}),
    "a public post, as apps ask for it": ("/api/v1/statuses/{post}", {}),
    "an address of nothing": ("/nowhere", HTML),
    "health": ("/readyz", {}),
}


@pytest.fixture(scope="module")
def names(home: Server, token: str) -> dict[str, str]:
    """What stands in the addresses."""
    browser = Browser(home).log_in()
    picture = BytesIO()
    Image.new("RGB", (640, 480), "red").save(picture, "PNG")
    kind = {"authorization": f"Bearer {token}", "content-type": "multipart/form-data; boundary=x"}
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x.png"\r\n\r\n'
    body = head + picture.getvalue() + b"\r\n--x--\r\n"
    media = ask(f"{home.url}/api/v2/media", method="POST", body=body, headers=kind, timeout=60).json()
    post = home.api("POST", "/api/v1/statuses", token, status="#word", media_ids=[media["id"]])
    boost = home.api("POST", f"/api/v1/statuses/{post['id']}/reblog", token)
    private = home.api("POST", "/api/v1/statuses", token, status="for followers", visibility="private")
    file = home.data / "cat.png"
    file.write_bytes(picture.getvalue())
    home.command("emoji", "add", "cat", str(file))
    emoji = next(each for each in home.api("GET", "/api/v1/custom_emojis") if each["shortcode"] == "cat")
    style = ask(f"{home.url}/@alice", headers=HTML).body.partition(b'rel="stylesheet" href="')[2].partition(b'"')[0]
    return {
        "picture": path(media["url"]),
        "preview": path(media["preview_url"]),
        "emoji": path(emoji["url"]),
        "style": style.decode(),
        "post": str(post["id"]),
        "boost": str(boost["id"]),
        "private": str(private["id"]),
        "cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
        "token": token,
    }


def path(url: str) -> str:
    assert url.startswith("https://home.example/")
    return url.removeprefix("https://home.example")


def said(answer: Answer, *but: str) -> dict[str, Any]:
    return {name: value for name, value in answer.headers.items() if name not in EVERY_TIME | set(but)}


@pytest.mark.parametrize("what", PUBLIC)
def test_what_is_public_may_be_kept_and_checked(home: Server, names: dict[str, str], what: str) -> None:
    address, headers, keep, vary = PUBLIC[what]
    url = home.url + address.format(**names)

    answer = ask(url, headers=headers)
    again = ask(url, headers={**headers, "cookie": names["cookie"]})
    head = ask(url, method="HEAD", headers=headers)
    etag = answer.headers["etag"]
    conditions = (etag, f"W/{etag}", f'"other", {etag}', "*")
    unchanged = [ask(url, headers={**headers, "if-none-match": known}) for known in conditions]
    changed = ask(url, headers={**headers, "if-none-match": '"other"'})

    assert answer.status == 200, answer
    assert (answer.headers["cache-control"], answer.headers.get("vary")) == (keep, vary)
    assert "set-cookie" not in answer.headers
    assert (again.status, again.body, said(again)) == (200, answer.body, said(answer))
    assert (head.status, head.body, said(head)) == (200, b"", said(answer))
    assert answer.headers["content-length"] == str(len(answer.body))
    for each in unchanged:
        assert (each.status, each.body) == (304, b"")
        assert said(each) == said(answer, "content-length", "content-type")
    assert (changed.status, changed.body) == (200, answer.body)


@pytest.mark.parametrize("what", PRIVATE)
def test_what_is_for_one_alone_is_kept_by_nobody(home: Server, names: dict[str, str], what: str) -> None:
    """Nor is it said whether it has changed: whoever guesses the validator learns nothing."""
    address, headers = PRIVATE[what]
    url, asked = home.url + address.format(**names), {name: value.format(**names) for name, value in headers.items()}

    answers = [ask(url, headers=asked), ask(url, headers={**asked, "if-none-match": "*"})]

    for answer in answers:
        assert answer.status not in (304, 500)
        assert answer.headers["cache-control"] in (OWN, "no-store")
        assert not {"etag", "last-modified", "expires", "age"} & answer.headers.keys()
    assert answers[0].status == answers[1].status


def test_what_is_edited_is_new_at_once(home: Server, names: dict[str, str], token: str) -> None:
    """Here, that is: proxies may show the old for a minute."""
    paths = [("/@alice/{post}", HTML), ("/@alice", HTML), ("/@alice/feed", {}), ("/users/alice/notes/{post}", AP)]
    before = [ask(home.url + each.format(**names), headers=headers) for each, headers in paths]

    home.api("PUT", f"/api/v1/statuses/{names['post']}", token, status="#word, edited")
    after = [
        ask(home.url + each.format(**names), headers={**headers, "if-none-match": answer.headers["etag"]})
        for (each, headers), answer in zip(paths, before, strict=True)
    ]

    assert [answer.status for answer in after] == [200] * len(paths)
    assert all(b"edited" in answer.body for answer in after)


def test_where_to_go_is_not_kept(home: Server, names: dict[str, str]) -> None:
    """A redirect depends on what is asked for, and on the day."""
    answers = [
        ask(home.url + each.format(**names), headers=HTML)
        for each in ("/", "/users/alice", "/users/alice/notes/{post}")
    ]

    assert [answer.status for answer in answers] == [303] * 3
    assert {answer.headers["cache-control"] for answer in answers} <= {OWN, "no-cache"}

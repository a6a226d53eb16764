"""What others may send, and what comes of it: rules 28 to 32 against a real process.

Whatever it is, it is answered 4xx or taken and understood as far as it goes; it costs little memory and no time.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from smallfed.protocol.signatures.signing import sign
from tests.outside.conftest import ALICE
from tests.outside.looking import DATABASE, Memory, answering, bugs, neighbour, rows, settled, verdict
from tests.processes import Server, ask, eventually
from tests.strangers import PUBLIC, Document, Stranger

MB = 1 << 20
FULL = MB - 4096  # what an activity may hold besides its envelope
HOME = "/api/v1/timelines/home"


@pytest.fixture(scope="module")
def watched(home: Server, bob: Stranger, token: str) -> Iterator[Server]:
    """The house, in which alice follows bob; nothing that comes in may bring a bug to light or end it."""
    account = home.api("GET", "/api/v2/search?q=@bob@far.example&resolve=true", token)["accounts"][0]
    home.api("POST", f"/api/v1/accounts/{account['id']}/follow", token)
    follow = eventually(lambda: next((a for a in bob.received if a["type"] == "Follow"), None))
    assert bob.post(home, bob.activity("Accept", follow)).status == 202
    settled(home)
    yield home
    assert ask(f"{home.url}/readyz").status == 200
    unreadable = "cannot be read|cannot be presented"  # the rows that the last tests spoil
    assert [line for line in bugs(home) if not re.search(unreadable, line)] == []


# 28: malformed ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"[{}]",
        b'"Create"',
        b"17",
        b"{}",
        b"{",
        b'{"type":"Create"}',
        b'{"actor":"https://far.example/users/bob"}',
        b'{"type":"Create","actor":null}',
        b'{"type":[],"actor":"https://far.example/users/bob"}',
        b'{"type":"Create","actor":[]}',
        b'{"type":"Create","actor":{}}',
        b'{"type":"Create","actor":17}',
        b'{"type":"Create","actor":"https://far.example/users/bob",}',
        b'{"type":"Create","actor":"https://far.example/users/bob"} {}',
        b'{"type":"Create","actor":"https://far.example/users/bob","x":NaN}',
        b'{"type":"Create","actor":"https://far.example/users/bob","x":Infinity}',
        b'{"type":"Create","actor":"https://far.example/users/bob","x":01}',
        b"{'type':'Create'}",
        b'\xef\xbb\xbf{"type":"Create","actor":"https://far.example/users/bob"}',
        b'{"type":"Create","actor":"https://far.example/users/\xff"}',
        '{"type":"Create","actor":"https://far.example/users/bob"}'.encode("utf-16"),
        b"type=Create&actor=bob",
        b"<xml/>",
        b"\x00" * 1000,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"type":"Create","actor":' + b"[" * 400_000,
        b'{"type":"Create","actor":"https://far.example/users/bob","object":' + b'{"object":' * 90_000,
        b'{"type":"Create","actor":"https://far.example/' + b"x" * FULL + b'"}',
    ],
    ids=lambda body: repr(body[:60]),
)
def test_what_is_no_activity_is_refused(watched: Server, bob: Stranger, body: bytes) -> None:
    answer = bob.post(watched, body)

    assert answer.status in (400, 401)
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/statuses", b"{"),
        ("POST", "/api/v1/statuses", b"[" * 100_000),
        ("POST", "/api/v1/statuses", b'{"status":' * 50_000),
        ("POST", "/api/v1/statuses", b"[]"),
        ("POST", "/api/v1/statuses", b'{"status":{"a":1}}'),
        ("POST", "/api/v1/statuses", b'{"status":"\xff"}'),
        ("POST", "/api/v1/statuses", b'{"status":"\\ud800"}'),
        ("POST", "/api/v1/statuses", b'{"status":"' + b"a" * FULL + b'"}'),
        ("POST", "/api/v1/statuses", b'{"status":"a","visibility":"secret"}'),
        ("POST", "/api/v1/statuses", b'{"status":"a","in_reply_to_id":"' + b"9" * 5000 + b'"}'),
        ("POST", "/api/v1/statuses", b'{"status":"a","in_reply_to_id":' + b"9" * 5000 + b"}"),
        ("POST", "/api/v1/statuses", b'{"status":"a","media_ids":[' + b"1," * 50_000 + b"1]}"),
        ("POST", "/api/v1/apps", b'{"client_name":"a","redirect_uris":' + b"[" * 50_000 + b"}"),
        ("POST", "/api/v1/apps", b'{"client_name":"a","redirect_uris":"javascript:alert(1)"}'),
        ("POST", "/oauth/token", b"{"),
        ("PATCH", "/api/v1/accounts/update_credentials", b'{"fields_attributes":' + b"[" * 50_000 + b"}"),
        ("GET", "/api/v1/statuses/" + "9" * 5000, b""),
        ("GET", "/api/v1/statuses/0x10", b""),
        ("GET", "/api/v1/timelines/home?max_id=abc", b""),
        ("GET", "/api/v1/accounts/relationships?" + "id[]=x&" * 1000, b""),
        ("GET", "/.well-known/webfinger?resource=" + "acct:a@b" * 900, b""),
        ("GET", "/.well-known/webfinger?resource=acct:%00@home.example", b""),
        ("GET", "/.well-known/webfinger?" + "rel=a&" * 1000, b""),
        ("GET", "/users/alice/notes/" + "9" * 19, b""),
        ("GET", "/users/alice/notes/-1/replies", b""),
        ("GET", "/@alice/" + "9" * 19, b""),
        ("GET", "/users/alice/notes/" + "9" * 19 + "/likes", b""),
    ],
    ids=lambda value: repr(value[:60]),
)
def test_what_no_client_would_say_is_refused(watched: Server, token: str, method: str, path: str, body: bytes) -> None:
    """Every answer is 4xx, and tells programs so in JSON."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}

    answer = ask(f"{watched.url}{path}", method=method, body=body or None, headers=headers)

    assert 400 <= answer.status < 500, answer
    assert not path.startswith("/api/") or answer.json()["error"]


WEIRD: list[Any] = [
    *(None, 0, -1, 17.5, 10**30, True, "", "\0", "a\u202eb", "x" * 70_000, "javascript:alert(1)", "https://", "//[/"),
    *("2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"),
    *([], {}, [[[]]], [{}], [None, 1, "a", {}], {"id": {}}, {"id": []}, {"type": 1}, {"type": "Link", "href": 1}),
    *({"type": "Image", "url": [{"href": {}}]}, {"en": 1}, {"en": {"a": {}}}, [[{"id": "https://far.example/x"}]]),
]


NOTE = [
    *(
        "inReplyTo",
        "summary",
        "contentMap",
        "source",
        "url",
        "attachment",
        "sensitive",
        "updated",
        "context",
        "replies",
    ),
    *("likes", "shares", "name", "quoteUrl", "endTime", "oneOf", "anyOf", "votersCount"),
]
ACTOR = [
    *(
        "name",
        "summary",
        "url",
        "icon",
        "image",
        "attachment",
        "tag",
        "published",
        "alsoKnownAs",
        "movedTo",
        "featured",
    ),
    *("discoverable", "manuallyApprovesFollowers", "suspended", "assertionMethod"),
]


KINDS = ("Follow", "Accept", "Reject", "Undo", "Like", "Announce", "Delete", "Move", "Add", "Flag")


def weird(document: Document, more: Sequence[str] = ()) -> Iterator[Document]:
    """Yield ``document`` with all its properties, and ``more``, in every shape there is, a quarter of them at once."""
    names = [name for name in (*document, *more) if name not in ("id", "type", "attributedTo")]
    for begin in range(4):
        for turn in range(len(WEIRD)):
            some = enumerate(names[begin::4])
            yield {**document, **{name: WEIRD[(place * 5 + turn) % len(WEIRD)] for place, name in some}}


def test_every_property_may_have_any_shape(watched: Server, bob: Stranger, token: str) -> None:
    """Notes and actors whose author took leave of the specification at one place each."""
    id_, key_id = neighbour(bob, "eve")
    note = bob.note(attributedTo=id_)
    notes = [{**each, "id": f"{bob.base}/weird/{number}"} for number, each in enumerate(weird(note, NOTE))]
    actors = weird(json.loads(bob.served["/people/eve"].body), ACTOR)
    activities = [
        *(bob.activity("Create", each, actor=id_) for each in notes),
        *(bob.activity("Update", each, actor=id_) for each in actors),
        *(bob.activity(kind, value, actor=id_) for kind in KINDS for value in WEIRD),
        *({**each, "actor": id_} for each in weird(bob.activity("Block", ALICE), ("to", "cc", "published", "target"))),
    ]

    statuses = [bob.post(watched, activity, key_id=key_id).status for activity in activities]
    settled(watched, within=60)

    assert set(statuses) <= {202, 400, 401}
    assert statuses.count(202) > len(activities) * 0.9
    assert rows(watched, "SELECT reason FROM inbound WHERE state = 'parked' AND reason NOT LIKE '%far.example%'") == []
    assert watched.call("GET", HOME, token).status == 200


# 29, 30: heavy ------------------------------------------------------------------------------------------------------
def filled(one: Any, size: int = FULL) -> list[Any]:
    """Return a list of ``one`` that takes up ``size`` bytes."""
    return [one] * (size // (len(json.dumps(one, separators=(",", ":"))) + 1))


def text(one: str, size: int = FULL) -> str:
    """Return text that takes up ``size`` bytes of JSON."""
    return one * (size // (len(json.dumps(one, ensure_ascii=False).encode()) - 2))


HEAVY: dict[str, Callable[[], dict[str, Any]]] = {
    "combining marks": lambda: {"content": text("\u0301")},
    "joined emojis": lambda: {"content": text("\U0001f469\u200d")},
    "right-to-left": lambda: {"content": text("\u202e")},
    "line breaks": lambda: {"content": text("\n")},
    "nested divs": lambda: {"content": text("<div>")},
    "nested lists": lambda: {"content": text("<ul><li>")},
    "nested quotes": lambda: {"content": text("<blockquote>")},
    "unclosed links": lambda: {"content": text("<a href=")},
    "links": lambda: {"content": text('<a href="https://x.example/">x</a>')},
    "attributes": lambda: {"content": "<p " + text("a=b ") + ">x</p>"},
    "one attribute": lambda: {"content": '<a href="https://x.example/' + text("x") + '">x</a>'},
    "tables in tables": lambda: {"content": text("<table><tr><td>")},
    "formatting": lambda: {"content": text("<b><i>")},
    "misnested formatting": lambda: {"content": text("<b><p><i></b>")},
    "tag openers": lambda: {"content": text("<")},
    "comments": lambda: {"content": text("<!--")},
    "entities": lambda: {"content": text("&")},
    "entities spelt out": lambda: {"content": text("&#x3c;")},
    "handles": lambda: {"content": text("@a@b.c ")},
    "at signs": lambda: {"content": text("@")},
    "hash signs": lambda: {"content": text("#a")},
    "addresses": lambda: {"content": text("https://")},
    "shortcodes": lambda: {"content": text(":a:")},
    "mathml": lambda: {"content": text("<math><annotation-xml><svg>")},
    "languages": lambda: {"contentMap": {f"x-{n}": "a" for n in range(60_000)}},
    "mentions": lambda: {"tag": [{"type": "Mention", "href": f"{ALICE}/{n}"} for n in range(14_000)]},
    "hashtags": lambda: {"tag": [{"type": "Hashtag", "name": f"#a{n}"} for n in range(24_000)]},
    "emojis": lambda: {"tag": filled({"type": "Emoji", "name": ":a:", "icon": {"url": "https://x.example/a"}})},
    "recipients": lambda: {"to": [PUBLIC, *(f"https://far.example/{n}" for n in range(30_000))]},
    "attachments": lambda: {"attachment": filled({"type": "Image", "url": "https://x.example/a.png", "name": "a"})},
    "options": lambda: {"oneOf": filled({"type": "Note", "name": "a"}), "type": "Question"},
    "addresses of it": lambda: {"url": filled({"type": "Link", "href": "https://far.example/a"})},
    "small numbers": lambda: {"x": filled(1)},
    "empty lists": lambda: {"x": filled([])},
    "empty objects": lambda: {"x": filled({})},
    "many names": lambda: {f"n{n}": n for n in range(70_000)},
    "a long name": lambda: {text("n"): 1},
    "a long number": lambda: {"sensitive": 10**4000},
    "a long summary": lambda: {"summary": text("<b>")},
    "a long title": lambda: {"name": text("x"), "type": "Article"},
    "a long language": lambda: {"language": text("x")},
    "sixty levels": lambda: {"x": json.loads("[" * 60 + "]" * 60), "y": filled(json.loads("[" * 50 + "]" * 50))},
}


@pytest.mark.parametrize("shape", HEAVY)
def test_heavy_notes_cost_little(watched: Server, bob: Stranger, token: str, shape: str) -> None:
    """Up to 1 MB each of what is most expensive, signed by somebody whom alice follows."""
    note = {**bob.mention(ALICE), **HEAVY[shape]()}
    activity = json.dumps(bob.activity("Create", note), ensure_ascii=False, separators=(",", ":")).encode()
    assert len(activity) <= MB
    memory = Memory(watched)

    with ExitStack() as stack:
        for path in ("/readyz", HOME):
            stack.enter_context(answering(watched, path, token if path == HOME else None))
        status = bob.post(watched, activity).status
        settled(watched)

    assert status == 202
    assert memory.moved < 50


@pytest.mark.parametrize("field", ["name", "summary", "preferredUsername", "attachment", "alsoKnownAs", "tag", "url"])
def test_heavy_people_cost_little(watched: Server, mallory: Stranger, token: str, field: str) -> None:
    """What has to be fetched: an actor of nearly 1 MB, looked for by its handle."""
    values: dict[str, Any] = {
        "attachment": filled({"type": "PropertyValue", "name": "a", "value": "<a href='https://x.example'>x</a>"}),
        "alsoKnownAs": [f"https://far.example/{number}" for number in range(30_000)],
        "tag": filled({"type": "Emoji", "name": ":a:", "icon": {"url": "https://x.example/a"}}),
        "url": filled("https://evil.example/u"),
    }
    id_, _ = neighbour(mallory, f"heavy-{field}", **{field: values.get(field) or text("<b>a")})
    memory = Memory(watched)

    with answering(watched, "/readyz"), answering(watched, HOME, token):
        found = watched.call("GET", f"/api/v2/search?q={id_}&resolve=true", token)

    assert found.status == 200
    assert memory.moved < 50


@pytest.mark.parametrize(
    "words",
    [
        "@a@b.c ",
        "@",
        "#a ",
        "https://",
        "https://x.example/?",
        "[",
        "![](",
        "**_",
        "> ",
        "`",
        "    \n",
        "<div>",
        "\\",
        "| ",
    ],
)
@pytest.mark.parametrize("content_type", ["text/plain", "text/markdown"])
def test_what_the_owner_writes_is_read_in_linear_time(
    watched: Server, token: str, words: str, content_type: str
) -> None:
    """Rule 30, at the length that a post may have."""
    status = text(words, 4990)

    with answering(watched, "/readyz"):
        answer = watched.call(
            "POST", "/api/v1/statuses", token, status=status, content_type=content_type, visibility="direct"
        )

    assert answer.status in (200, 422)


# 31: sanitised ------------------------------------------------------------------------------------------------------
EVIL = (
    "<p onclick=alert(1)>kept<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>a</a>"
    "<a href=' java\tscript:alert(1)'>b</a><a href='data:text/html,x'>c</a><iframe src=//x.example></iframe>"
    "<svg onload=alert(1)><style>*{}</style><form action=//x.example><input></form><object data=x></object>"
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'></p>"
)
TAGS = frozenset(
    {
        *("p", "br", "a", "span", "del", "s", "pre", "blockquote", "code", "b", "strong", "u", "i", "em", "ul", "ol"),
        *("li", "ruby", "rt", "rp", "h1", "h2", "h3", "h4", "h5", "h6"),
    }
)
ATTRIBUTES = frozenset({"href", "rel", "class", "target", "translate", "lang"})


class Reader(HTMLParser):
    """Collects what a browser would make of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.links = set[str](), set[str](), set[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}


NOT_WEB = ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://x.example/a", "//x.example/a"]


def leaves(value: Any) -> Iterator[str]:
    """Yield every text in an answer of the API."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from leaves(inner)
    if isinstance(value, str):
        yield value


def test_html_is_sanitised_wherever_it_is(watched: Server, mallory: Stranger, token: str) -> None:
    """Post, content warning, title, poll, name, bio, fields, descriptions, on every way out."""
    profile = {
        "name": EVIL,
        "summary": EVIL,
        "attachment": [{"type": "PropertyValue", "name": EVIL, "value": EVIL}],
        "tag": [{"type": "Emoji", "name": f":{EVIL}:", "icon": {"url": NOT_WEB[0]}}],
    }
    mallory.serve("/users/mallory", mallory.actor(**profile))
    notes = [
        mallory.mention(
            ALICE, EVIL, summary=EVIL, attachment=[{"type": "Image", "url": "https://x.example/a", "name": EVIL}]
        ),
        mallory.mention(ALICE, EVIL, type="Article", name=EVIL, url=f"{mallory.base}/article"),
        mallory.mention(ALICE, EVIL, type="Question", oneOf=[{"type": "Note", "name": EVIL}] * 2),
    ]

    assert mallory.post(watched, mallory.activity("Update", mallory.actor(**profile))).status == 202
    assert [mallory.post(watched, mallory.create(note)).status for note in notes] == [202] * 3
    settled(watched)

    told = watched.api("GET", "/api/v1/notifications?limit=40", token)
    about = [each for each in told if each["status"]["account"]["acct"] == "mallory@evil.example"]
    account = watched.api("GET", f"/api/v1/accounts/{about[0]['account']['id']}", token)
    assert len(about) == 3
    assert all("kept" in each["status"]["content"] for each in about)
    for html in (*(each["status"]["content"] for each in about), account["note"], account["fields"][0]["value"]):
        read = Reader(html)
        assert (read.tags - TAGS, read.attributes - ATTRIBUTES) == (set(), set())
        assert all(link.startswith(("https://", "http://")) for link in read.links)
    assert account["fields"][0]["name"] == "keptabc"
    links = [leaf for each in (account, *about) for leaf in leaves(each) if leaf.startswith(("javascript:", "data:"))]
    assert links == []


def test_only_addresses_of_the_web_leave_the_api(watched: Server, mallory: Stranger, token: str) -> None:
    """Rule 31, for everything that is called an address."""
    for number, address in enumerate(NOT_WEB):
        image = {"type": "Image", "url": address}
        changes = {"url": address, "icon": image, "image": image, "featured": address, "followers": address}
        id_, key_id = neighbour(mallory, f"addresses{number}", endpoints={"sharedInbox": address}, **changes)
        note = mallory.mention(
            ALICE,
            f"<p>addressed {number}</p>",
            attributedTo=id_,
            url=address,
            attachment=[{"type": "Image", "url": address, "mediaType": "image/png"}],
        )
        note["tag"] += [
            {"type": "Emoji", "name": ":a:", "icon": {"url": address}},
            {"type": "Hashtag", "name": "#a", "href": address},
        ]
        activity = mallory.activity("Create", note, actor=id_)
        assert mallory.post(watched, activity, key_id=key_id).status == 202
        assert verdict(watched, activity)[0] == "done"

    told = watched.api("GET", "/api/v1/notifications?limit=40", token)
    about = [each for each in told if "addressed" in each["status"]["content"]]

    assert len(about) == len(NOT_WEB)
    assert [leaf for each in about for leaf in leaves(each) if leaf in NOT_WEB] == []


# 32: one bad row ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("posts", "emojis", "{not json"),
        ("posts", "emojis", '[{"shortcode":1}]'),
        ("posts", "language", "\0"),
        ("posts", "content", "<annotation><svg>"),
        ("posts", "published_at", -(10**17)),
        ("posts", "url", "javascript:alert(1)"),
        ("accounts", "fields", '{"a":1}'),
        ("accounts", "emojis", "null"),
        ("accounts", "created_at", 10**17),
        ("accounts", "url", "https://["),
    ],
)
def test_one_bad_row_breaks_no_timeline(
    watched: Server, bob: Stranger, mallory: Stranger, token: str, table: str, column: str, value: object
) -> None:
    """However it came to be so: here by force."""
    name = f"row-{table}-{column}-{len(str(value))}"
    id_, key_id = neighbour(mallory, name)
    bad = mallory.mention(ALICE, "<p>bad</p>", attributedTo=id_)
    good = bob.mention(ALICE, f"<p>good beside {name}</p>")
    assert mallory.post(watched, mallory.activity("Create", bad, actor=id_), key_id=key_id).status == 202
    assert bob.post(watched, bob.create(good)).status == 202
    settled(watched)
    log = watched.log.stat().st_size

    with closing(sqlite3.connect(watched.data / DATABASE, timeout=20)) as sql, sql:
        sql.execute("PRAGMA wal_autocheckpoint = 0")  # that is for the server alone
        uri = bad["id"] if table == "posts" else id_
        assert sql.execute(f"UPDATE {table} SET {column} = ? WHERE uri = ?", (value, uri)).rowcount == 1
    told = watched.api("GET", "/api/v1/notifications?limit=40", token)
    shown = watched.api("GET", f"{HOME}?limit=40", token)

    assert any(name in each["status"]["content"] for each in told if "status" in each)
    assert any(name in each["content"] for each in shown)
    assert watched.log.stat().st_size >= log


def test_signatures_of_all_shapes(watched: Server, bob: Stranger) -> None:
    """Rule 28 for the headers that are parsed."""
    body = json.dumps(bob.follow(ALICE)).encode()
    signed = sign(
        "POST",
        "https://home.example/inbox",
        body,
        key_id=bob.key_id,
        key=bob.key,
        now=datetime.now(UTC),
        scheme="cavage",
    )
    headers = {name.lower(): value for name, value in signed if name.lower() != "content-length"}
    values = ["", '"', "=", "a=", 'keyId="', "keyId=" + '"' * 8000, "," * 8000, 'keyId="a",' * 500, "sig1=(" * 1000]
    values += ['keyId="https://far.example/k",headers="' + "host " * 1500 + '",signature="AA=="', "sig1=:" + "A" * 7000]
    names = (
        "signature",
        "signature-input",
        "digest",
        "content-digest",
        "date",
        "authorization",
        "host",
        "content-type",
    )

    answers = [
        ask(f"{watched.url}/inbox", method="POST", body=body, headers={**headers, name: value})
        for name in names
        for value in values
    ]

    assert {answer.status for answer in answers} <= {202, 400, 401, 415, 431}

"""A list server that does everything wrong that one can do, and a real process that reads it."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from smallfed.control import SOCKET
from smallfed.protocol.signatures.digest import content_digest
from tests.outside.looking import bugs, rows
from tests.outside.raw import Raw
from tests.processes import Laboratory, Server

HOST, ELSEWHERE = "lists.example", "moved.example"
ROWS = "bad.example,suspend\nloud.example,silence\n"
LIST = f"domain,severity\n{ROWS}".encode()
BOTH = {"bad.example": "suspend", "loud.example": "silence"}
CANARY = "000delete.this.line.if.you.have.read.the.documentation.example,suspend\n"
FAILS = "HTTP/1.1 {} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"


def reply(body: bytes, *headers: str, status: int = 200, length: int | None = None) -> bytes:
    """Return what stands on the wire."""
    size = len(body) if length is None else length
    lines = (f"HTTP/1.1 {status} X", f"Content-Length: {size}", "Connection: close", *headers)
    return "\r\n".join((*lines, "", "")).encode() + body


class ListServer(Raw):
    """It answers each path with what stands in ``pages``, byte by byte as it is there, and hangs up."""

    def __init__(self, lab: Laboratory, *domains: str) -> None:
        self.pages: dict[str, bytes] = {}
        self.asked: list[str] = []
        super().__init__(lab, *domains)

    def answer(self, connection: socket.socket) -> None:
        """Answer one request."""
        head = b""
        while b"\r\n\r\n" not in head and (chunk := connection.recv(65536)):
            head += chunk
        self.asked.append(head.decode("latin-1"))
        connection.sendall(self.pages.get(head.split(b" ")[1].decode(), FAILS.format(404).encode()))


@pytest.fixture(scope="module")
def lists(lab: Laboratory) -> Iterator[ListServer]:
    server = ListServer(lab, HOST, ELSEWHERE)
    yield server
    server.close()


@pytest.fixture(scope="module")
def reader(lab: Laboratory, lists: ListServer) -> Server:
    """The house of @alice@reader.example, running."""
    server = lab.server("reader.example")
    server.setup("alice")
    return server.start()


def say(reader: Server, call: str, **args: object) -> Any:
    """Say something to the running server as its commands do, and return what it answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(reader.data / SOCKET))
        connection.sendall(json.dumps({"call": call, "args": args}).encode() + b"\n")
        with connection.makefile("rb") as lines:
            answer = json.loads(lines.readline())
    return answer.get("result", answer)


def subscribe(reader: Server, name: str) -> None:
    """Subscribe to what stands under this name."""
    say(reader, "lists.subscribe", url=f"https://{HOST}/{name}", trust={"name": name})


def said(reader: Server, name: str) -> dict[str, str]:
    """Return what a list says, as it is stored."""
    return dict(
        rows(
            reader,
            """SELECT e.subject, e.severity FROM blocklist_entries e JOIN blocklists l ON l.id = e.list_id
                WHERE l.name = ? AND e.retracted_at IS NULL""",
            name,
        )
    )


CANARIES = {"it is a canary, deleted by whoever reads what the list says of itself": 1}
ODD = f"""domain,severity
{ROWS}loud.example,noop
{CANARY}com,suspend
reader.example,suspend
*.BÜCHER.example.:443,suspend
"quoted.example",suspend
"""


@pytest.mark.parametrize(
    ("name", "answer", "entries", "dropped"),
    [
        ("plain", reply(LIST, "Content-Type: text/html"), BOTH, {}),
        ("bom", reply(b"\xef\xbb\xbf" + LIST.replace(b"\n", b"\r\n")), BOTH, {}),
        ("semicolons", reply(LIST.replace(b",", b";")), BOTH, {}),
        ("tabs", reply(LIST.replace(b",", b"\t")), BOTH, {}),
        ("json", reply(json.dumps([{"domain": d, "severity": s} for d, s in BOTH.items()]).encode()), BOTH, {}),
        ("canary", reply(LIST + CANARY.encode()), BOTH, CANARIES),
        ("checked", reply(LIST, f"Content-Digest: {content_digest(LIST)}"), BOTH, {}),
        ("unending", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + LIST, BOTH, {}),
        (
            "odd",
            reply(ODD.encode()),
            BOTH | {"xn--bcher-kva.example": "suspend", "quoted.example": "suspend"},
            CANARIES | {"it is named twice": 1, "it is a whole top-level domain": 1, "it is where you live": 1},
        ),
    ],
)
def test_what_is_understood(
    lists: ListServer, reader: Server, name: str, answer: bytes, entries: dict[str, str], dropped: dict[str, int]
) -> None:
    """In whatever form it comes; what is left out is said, before one subscribes and afterwards."""
    lists.pages[f"/{name}"] = answer

    seen = say(reader, "lists.preview", url=f"https://{HOST}/{name}", trust={})
    subscribe(reader, name)
    outcome = say(reader, "lists.refresh", name=name)

    assert outcome["state"] == "fine", outcome
    assert said(reader, name) == entries
    for told in (seen, outcome):
        assert {drop["reason"]: drop["count"] for drop in told["dropped"]} == dropped


@pytest.mark.parametrize(
    ("name", "answer", "why"),
    [
        ("missing", FAILS.format(404).encode(), "is not there (HTTP 404)"),
        ("gone", FAILS.format(410).encode(), "is gone (HTTP 410)"),
        ("broken", FAILS.format(500).encode(), "answered HTTP 500"),
        ("later", FAILS.format(429).encode(), "asks us to come later"),
        ("page", reply(b"<!DOCTYPE html><title>It works!</title>"), "this is a web page"),
        ("cut", reply(LIST, length=len(LIST) + 100), "broke off"),
        ("forged", reply(LIST, f"Content-Digest: {content_digest(b'x')}"), "its checksum is another one"),
        ("none", reply(b""), "this list is empty"),
        ("comments", reply(b"# nobody\n# yet\n"), "this list is empty"),
        ("header", reply(b"#domain,#severity\n"), "this list is empty"),
        ("huge", reply(b"x", length=9 << 20), "too large"),
        ("round", reply(b"", f"Location: https://{HOST}/round", status=302), "redirect"),
        ("inward", reply(b"", "Location: https://reader.example/users/alice", status=302), "our own"),
        ("around", reply(b"", "Location: http://127.0.0.1/", status=302), "is not an https URL"),
        ("deaf", b"", "broke off"),
        ("noise", b"\x00\x01\x02\r\n\r\n", "broke off"),
    ],
)
def test_what_cannot_be_read_changes_nothing(
    lists: ListServer, reader: Server, name: str, answer: bytes, why: str
) -> None:
    """It is said why; a list that was read before says what it said; one that was not says nothing."""
    lists.pages[f"/{name}"] = answer
    subscribe(reader, name)
    new = say(reader, "lists.refresh", name=name)
    lists.pages[f"/{name}"] = reply(LIST)
    fine = say(reader, "lists.refresh", name=name)
    lists.pages[f"/{name}"] = answer

    again = say(reader, "lists.refresh", name=name)
    state, reason = rows(reader, "SELECT state, reason FROM blocklists WHERE name = ?", name)[0]

    assert why in new["error"]
    assert (fine["state"], fine["size"]) == ("fine", 2)
    assert state == ("held" if "empty" in why else "failing")
    assert reason == (again["reason"] if "empty" in why else again["error"])
    assert said(reader, name) == BOTH


def test_what_has_moved_is_read_where_it_is(lists: ListServer, reader: Server) -> None:
    """On another host, too; it is asked with the validator of what was read last, and 304 means what it says."""
    lists.pages["/old"] = reply(b"", f"Location: https://{ELSEWHERE}/new", status=301)
    lists.pages["/new"] = reply(LIST, 'ETag: "7"')
    subscribe(reader, "old")

    first = say(reader, "lists.refresh", name="old")
    lists.pages["/new"] = reply(b"", 'ETag: "7"', status=304)
    lists.asked.clear()
    second = say(reader, "lists.refresh", name="old")

    assert (first["size"], second["size"], second["state"]) == (2, 2, "fine")
    assert [head.split(" ")[1] for head in lists.asked] == ["/old", "/new"]
    assert all('if-none-match: "7"' in head.lower() for head in lists.asked)
    assert all("signature" not in head.lower() for head in lists.asked)


def names(count: int) -> bytes:
    """Return a list of so many."""
    return "".join(f"spam{number}.example\n" for number in range(count)).encode()


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (400, 1400, "it has 1400 entries, and had 400"),
        (400, 40, "it has only 40 of its 400 entries left"),
        (400, 0, "it is empty, and named 400 before"),
    ],
)
def test_a_list_that_is_suddenly_another_waits(
    lists: ListServer, reader: Server, before: int, after: int, why: str
) -> None:
    """For the owner's word, with what it said before; then it is believed."""
    name = f"from{before}to{after}"
    lists.pages[f"/{name}"] = reply(names(before))
    subscribe(reader, name)
    say(reader, "lists.refresh", name=name)
    lists.pages[f"/{name}"] = reply(names(after))

    doubted = say(reader, "lists.refresh", name=name)
    meanwhile = len(said(reader, name))
    diff = say(reader, "lists.diff", name=name)
    believed = say(reader, "lists.refresh", name=name, believe=True)

    assert (doubted["state"], doubted["reason"], meanwhile) == ("held", why, before)
    assert (diff["before"], diff["after"], diff["doubtful"]) == (before, after, why)
    assert (believed["state"], believed["size"], len(said(reader, name))) == ("fine", after, after)
    say(reader, "lists.unsubscribe", name=name)


def test_of_a_data_set_only_what_changed_is_asked_for(lists: ListServer, reader: Server) -> None:
    """Where its snapshot says; what is retracted there ends, and who says so since when is kept."""
    base = f"https://{HOST}/datasets/1"
    feed = f"{base}/changes?since=2"
    drop = {"type": "Recommendation", "entityKind": "domain", "recommendedPolicy": "drop"}
    first, second = (drop | {"id": f"{base}/changes/{n}", "entityKey": f"fires{n}.example"} for n in (1, 2))
    retraction = {
        "type": "Retraction",
        "id": f"{base}/changes/3",
        "entityKind": "domain",
        "entityKey": "fires1.example",
    }
    nothing = {"type": "OrderedCollectionPage", "orderedItems": []}
    page = nothing | {"orderedItems": [retraction], "next": f"{base}/changes?since=3"}
    for name, document in (
        ("", {"type": "Dataset", "endpoints": {"snapshot": f"{base}/snapshot"}}),
        ("/snapshot", {"type": "Collection", "orderedItems": [second, first], "changes": feed}),
        ("/changes?since=2", nothing),
        ("/changes?since=3", nothing),
    ):
        lists.pages[f"/datasets/1{name}"] = reply(json.dumps(document).encode())
    subscribe(reader, "datasets/1")

    whole = say(reader, "lists.refresh", name="datasets/1")
    lists.pages["/datasets/1/changes?since=2"] = reply(json.dumps(page).encode())
    lists.asked.clear()
    changed = say(reader, "lists.refresh", name="datasets/1")
    asked = [head.split(" ")[1] for head in lists.asked]
    again = say(reader, "lists.refresh", name="datasets/1")
    shown = json.loads(reader.command("lists", "show", "fires1.example", "--json").stdout)
    about = reader.command("lists", "show", "datasets/1").stdout

    assert (whole["size"], whole["new"]) == (2, 2)
    assert (changed["size"], changed["new"], changed["gone"]) == (1, 0, 1)
    assert asked == ["/datasets/1/changes?since=2", "/datasets/1/changes?since=3"]
    assert (again["size"], again["gone"], lists.asked[-1].split(" ")[1]) == (1, 0, "/datasets/1/changes?since=3")
    assert said(reader, "datasets/1") == {"fires2.example": "suspend"}
    assert "only what changes in it is read, all of it once a week" in about
    assert [(word["list"], word["counts"], word["retracted_at"] is None) for word in shown["words"]] == [
        ("datasets/1", False, False)
    ]


def test_nothing_of_it_was_a_bug(reader: Server) -> None:
    """Of all of the above; and the house is well."""
    assert bugs(reader) == []

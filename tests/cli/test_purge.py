"""smallfed purge: whatever was done with a post before, nothing of it is left in any file."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smallfed.__main__ import run
from smallfed.cli.exits import Exit
from smallfed.cli.frame import frame
from smallfed.domain.account import Account
from smallfed.domain.bulk import Line
from smallfed.domain.copy import Copy, Subject
from smallfed.domain.incoming import IncomingPost, IncomingQuote
from smallfed.domain.post import Attachment, Post
from smallfed.domain.refusal import Path as RefusedAt
from smallfed.domain.relay import Direction, Relay
from smallfed.domain.report import Category
from smallfed.domain.rule import Action, Verdict
from smallfed.domain.wave import Item, Kind
from smallfed.runtime.clock import Clock
from smallfed.services import liking, receiving, reporting, revising
from smallfed.services.receiving import FETCHED, SENT
from smallfed.store import (
    accounts,
    bookmarks,
    copies,
    documents,
    fetches,
    ids,
    imports,
    inbound,
    posts,
    refusals,
    relayed,
    relays,
    tombstones,
    wave_items,
    waves,
)
from smallfed.store.inbound import Arriving
from smallfed.store.refusals import Came
from smallfed.store.relayed import Coming
from smallfed.store.tx import Tx
from tests.cli.house import looked_at, written
from tests.prepared import prepared
from tests.services.conftest import PUBLIC
from tests.world import acquaint, befriend, lend_keys, say

BOB, EVE = "https://far.example/users/bob", "https://bad.example/users/eve"
URI = f"{EVE}/notes/Xylophagous"
URL = "https://bad.example/@eve/Quetzalcoatlus"
PICTURE = "https://files.bad.example/Brobdingnag.jpg"
TEXT = "Floccinaucinihilipilification"
BYTES = b"\x89 the picture itself " * 9
SMALL = b"\x89 its small form " * 9
Deed = Callable[[Tx], object]


def post(**changes: Any) -> IncomingPost:
    """Return eve's post as it arrives."""
    said = {
        "author": EVE,
        "kind": "Note",
        "uri": URI,
        "url": URL,
        "content": f"<p>{TEXT}</p>",
        "to": (PUBLIC,),
        "hashtags": ("Zyzzyva",),
        "attachments": (Attachment(id=0, kind="image", media_type="image/jpeg", url=PICTURE),),
        "raw": json.dumps({"id": URI, "content": TEXT}).encode(),
    }
    return IncomingPost(**{"published_at": Clock().now(), **said, **changes})


def _known(tx: Tx) -> Post:
    found = posts.find_uri(tx, URI)
    assert found is not None
    return found


def _letter(tx: Tx, body: str) -> None:
    arriving = Arriving(
        actor=EVE,
        activity=f"{URI}#create",
        type="Create",
        host="bad.example",
        order_key=URI,
        personal=False,
        body=body.encode(),
    )
    inbound.put(tx, arriving)


def _other(tx: Tx, **changes: Any) -> Post:
    """Let bob say something about it."""
    number = ids.fresh(tx, "posts")
    said = post(
        author=BOB,
        uri=f"{BOB}/notes/{number}",
        url=f"{BOB}/notes/{number}",
        content="<p>mine</p>",
        hashtags=(),
        attachments=(),
        raw=json.dumps({"id": "x", "inReplyTo": URI}).encode(),
        **changes,
    )
    stored = receiving.receive(tx, said, FETCHED)
    assert isinstance(stored, Post)
    documents.put(tx, stored.id, said.raw)
    return stored


def _edited(tx: Tx) -> None:
    later = tx.now + timedelta(hours=1)
    revising.revise(tx, post(content=f"<p>{TEXT} anew</p>", attachments=(), updated_at=later))


def _bob(tx: Tx) -> Account:
    found = accounts.find_uri(tx, BOB)
    assert found is not None
    return found


def _refused(tx: Tx) -> None:
    came = Came(path=RefusedAt.POST, actor=BOB, host="far.example", type="Note", object=f"{BOB}/9", raw=post().raw)
    refusals.put(tx, came, Verdict(Action.HOLD, "why", "rule"))


def _copied(tx: Tx, folder: Path) -> None:
    (folder / "media" / "remote").mkdir(parents=True, exist_ok=True)
    for name, data in (("aa.jpg", BYTES), ("aa-small.webp", SMALL)):
        (folder / "media" / "remote" / name).write_bytes(data)
    copies.put(
        tx,
        Copy(
            id=0,
            url=PICTURE,
            host="files.bad.example",
            subject=Subject.ATTACHMENT,
            file="aa.jpg",
            media_type="image/jpeg",
            size=len(BYTES),
            digest=sha256(BYTES).digest(),
            preview="aa-small.webp",
            preview_type="image/webp",
            preview_size=len(SMALL),
            fetched_at=tx.now,
            seen_at=tx.now,
        ),
    )


def _reported(tx: Tx) -> None:
    eve = accounts.find_uri(tx, EVE)
    assert eve is not None
    reporting.file(tx, eve, named=[_known(tx).id], comment="bad", category=Category.SPAM, rules=(), forward=())


def _held(tx: Tx) -> None:
    """Let it be the first of a wave."""
    found = _known(tx)
    wave = waves.begin(tx, Kind.ALIKE, sample=f"{TEXT} and more")
    item = Item(type="mention", account_id=found.account_id, post_id=found.id, at=tx.now, held=True)
    wave_items.add(tx, wave, item, "bad.example", points=1)


def _relayed(tx: Tx) -> None:
    """Let a relay bring it twice: looked at already, and not yet."""
    relay = Relay(
        id=ids.fresh(tx, "relays"),
        address="https://relay.example/inbox",
        host="relay.example",
        direction=Direction.RECEIVE,
        follow="https://home.example/relays/1",
        created_at=tx.now,
    )
    relays.put(tx, relay)
    relayed.put(tx, relay.id, [Coming(host="bad.example", body=json.dumps({"object": URI}).encode())])
    (first,) = relayed.fresh(tx, limit=1, enough=1)
    relayed.want(tx, first.id, uri=URI, host="bad.example")
    relayed.put(
        tx, relay.id, [Coming(host="bad.example", body=json.dumps({"type": "Create", "object": {"id": URI}}).encode())]
    )


def _imported(tx: Tx) -> None:
    """Let a file of bookmarks name it that is being worked through."""
    imports.add(tx, imports.put(tx, "bookmarks", overwrite=False), [Line(number=1, address=URI, host="bad.example")])


DEEDS: dict[str, Deed] = {
    "held of a stranger": _held,
    "brought by a relay": _relayed,
    "to be imported": _imported,
    "liked": lambda tx: liking.like(tx, _known(tx)),
    "bookmarked": lambda tx: bookmarks.put(tx, _known(tx).id),
    "boosted by others": lambda tx: say(tx, _bob(tx), kind="Announce", boost_of_id=_known(tx).id),
    "edited": _edited,
    "answered by others": lambda tx: _other(tx, in_reply_to=URI),
    "answered by its page": lambda tx: _other(tx, in_reply_to=URL),
    "quoted by others": lambda tx: _other(tx, quote=IncomingQuote(uri=URI, legacy=True)),
    "in its conversation": lambda tx: _other(tx, context=URI),
    "kept as it came": lambda tx: documents.put(tx, _known(tx).id, post().raw),
    "in a letter": lambda tx: _letter(tx, json.dumps({"object": URI, "content": TEXT})),
    "in a letter with escapes": lambda tx: _letter(tx, json.dumps({"object": URI}).replace("/", "\\/")),
    "refused from somebody": _refused,
    "looked for": lambda tx: fetches.put(tx, URI, kind="poll"),
    "deleted by a stranger": lambda tx: tombstones.put(tx, URI, BOB),
    "undone": lambda tx: tombstones.put_undone(tx, EVE, f"{URI}"),
    "complained of": _reported,
}


@contextmanager
def house(done: list[str]) -> Iterator[Path]:
    """Make a data directory where all this was done with eve's post."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "data"
        folder.mkdir(mode=0o700)
        prepared(folder / "smallfed.db")
        with written(folder) as tx:
            alice = acquaint(tx, "alice@home.example", local=True)
            lend_keys(tx)
            acquaint(tx, "bob@far.example")
            eve = acquaint(tx, "eve@bad.example", indexable=True)
            befriend(tx, alice, eve)
            assert isinstance(receiving.receive(tx, post(), SENT), Post)
            _copied(tx, folder)
            for deed in done:
                DEEDS[deed](tx)
        yield folder


def holding(folder: Path) -> set[tuple[str, str]]:
    """Return (file, word) of what names the post, or is of it."""
    words = [URI, URL, PICTURE, TEXT, TEXT.lower(), "Zyzzyva", "zyzzyva", URI.replace("/", "\\/")]
    data = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    named = {(name, word) for name, held in data.items() for word in words if word.encode() in held}
    return named | {(name, "picture") for name, held in data.items() if held in (BYTES, SMALL)}


def type_in(folder: Path, *arguments: str) -> int:
    return run(frame(), ["purge", "--data", str(folder), *arguments])


@settings(max_examples=8, deadline=None)
@given(done=st.lists(st.sampled_from(sorted(DEEDS)), unique=True))
def test_nothing_of_it_is_left(done: list[str]) -> None:
    with house(done) as folder:
        before = holding(folder)

        code = type_in(folder, URL, "--yes", "--json", "--reason", "court")

        assert {"picture", URI, TEXT} <= {word for _, word in before}
        assert code == Exit.OK
        assert holding(folder) == set()


def test_with_all_of_it_nothing_is_left() -> None:
    with house([deed for deed in DEEDS if deed != "in a letter"]) as folder:
        code = type_in(folder, URL, "--yes", "--json")

        assert (code, holding(folder)) == (Exit.OK, set())
        with looked_at(folder) as tx:
            assert tx.sql.execute("SELECT count(*) FROM posts WHERE content = '<p>mine</p>'").fetchone()[0] > 0
            assert tx.sql.execute("PRAGMA foreign_key_check").fetchall() == []


def test_everything_of_somebody_goes() -> None:
    with house([*list(DEEDS)[:3], "bookmarked", "boosted by others", "edited"]) as folder:
        code = type_in(folder, "@eve@bad.example", "--yes", "--json")

        assert (code, holding(folder)) == (Exit.OK, set())
        with looked_at(folder) as tx:
            assert tx.sql.execute("SELECT username FROM accounts ORDER BY 1").fetchall() == [("alice",), ("bob",)]
            assert tx.sql.execute("PRAGMA foreign_key_check").fetchall() == []


def test_seen_before_listed_and_forgotten(capsys: pytest.CaptureFixture[str]) -> None:
    """What it was is not kept; once it is forgotten it may come back."""
    with house([]) as folder:
        type_in(folder, URI, "--dry-run", "--json")
        plan = json.loads(capsys.readouterr().out)
        assert (plan["kind"], plan["host"], plan["here"], plan["posts"], plan["files"]) == (
            "post",
            "bad.example",
            True,
            1,
            2,
        )
        assert holding(folder)

        type_in(folder, URI, "--yes", "--reason", "court order")
        said = capsys.readouterr().out
        type_in(folder, "list", "--json")
        (listed,) = json.loads(capsys.readouterr().out)
        type_in(folder, "list")
        table = capsys.readouterr().out

        assert "1 post and 2 files went" in said
        assert "Backups" in said
        assert (listed["kind"], listed["host"], listed["reason"], listed["refused"]) == (
            "post",
            "bad.example",
            "court order",
            5,
        )
        assert "court order" in table
        assert again(folder) == "You have purged it here."
        assert type_in(folder, "forget", str(listed["id"])) == Exit.OK
        assert again(folder) == "came"


def test_what_was_purged_already_is_not_purged_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """Or one would be forgotten, and it would come, though the other still says that it does not."""
    with house([]) as folder:
        for _ in range(2):
            assert type_in(folder, URI, "--yes") == Exit.OK
        said = capsys.readouterr().out
        type_in(folder, "list", "--json")
        (listed,) = json.loads(capsys.readouterr().out)

        assert said.count(f"It does not come back (purge {listed['id']}).") == 2
        assert type_in(folder, "forget", listed["id"]) == Exit.OK
        assert again(folder) == "came"


def again(folder: Path) -> str:
    """Return what becomes of the post when it comes again."""
    with written(folder) as tx:
        outcome = receiving.receive(tx, post(), SENT)
    return "came" if isinstance(outcome, Post) else getattr(outcome, "reason", "?")


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("alice", "is nothing that can be purged"),
        ("https://home.example/users/alice", "this is your own account"),
        ("https://home.example/nothing", "is no post of yours"),
    ],
)
def test_what_cannot_be(target: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with house([]) as folder:
        code = type_in(folder, target, "--yes")

        assert code == Exit.FAILED
        assert says in capsys.readouterr().err


def test_what_is_not_here_yet_never_comes(capsys: pytest.CaptureFixture[str]) -> None:
    with house([]) as folder:
        assert type_in(folder, f"{EVE}/notes/later", "--json") == Exit.OK
        assert type_in(folder, "@mallory@bad.example", "--json") == Exit.OK

        with written(folder) as tx:
            later = receiving.receive(tx, post(uri=f"{EVE}/notes/later", url=None), SENT)
        assert getattr(later, "reason", later) == "You have purged it here."

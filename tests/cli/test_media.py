"""smallfed media: shown, pruned and verified, with a server and without one."""

import json
import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from smallfed.domain.account import Account
from smallfed.domain.copy import Cause, Copy, Subject
from smallfed.domain.medium import Medium, MediumState
from smallfed.runtime.clock import Clock
from smallfed.services import liking
from smallfed.store import accounts, copies, growth, media
from smallfed.store.growth import Sizes
from smallfed.store.tx import Tx
from tests.cli.conftest import Call
from tests.cli.house import written
from tests.store.test_holdings import attach
from tests.world import acquaint, say

COMMAND = "media"
OLD = 10_000  # seconds


@pytest.fixture
def data(data: Path) -> Path:
    """Return the data directory of a house that is set up."""
    with written(data) as tx:
        acquaint(tx, "bob@far.example")
    return data


def put(data: Path, name: str, content: bytes) -> Path:
    """Write an old file below the folder of media."""
    path = data / "media" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    then = Clock().now().timestamp() - OLD
    os.utime(path, (then, then))
    return path


def bob(tx: Tx) -> Account:
    found = accounts.find_handle(tx, "bob", "far.example")
    assert found is not None
    return found


def keep(data: Path, name: str, *, days: int = 0, liked: bool = False, host: str = "far.example") -> None:
    """Keep a copy of a picture of bob's, of 1000 bytes with a preview of 100, that was looked at so long ago."""
    content = name.encode() * 1000
    put(data, f"remote/{name}.jpg", content[:1000])
    put(data, f"remote/{name}-small.jpg", b"p" * 100)
    with written(data) as tx:
        post = say(tx, bob(tx))
        if liked:
            liking.like(tx, post)
        copies.put(
            tx,
            Copy(
                id=0,
                url=f"https://{host}/{name}.jpg",
                host=host,
                subject=Subject.ATTACHMENT,
                subject_id=attach(tx, post),
                cause=Cause.BOOST,
                file=f"{name}.jpg",
                media_type="image/jpeg",
                size=1000,
                digest=sha256(content[:1000]).digest(),
                preview=f"{name}-small.jpg",
                preview_type="image/jpeg",
                preview_size=100,
                fetched_at=tx.now,
                seen_at=tx.now - timedelta(days=days),
            ),
        )


def upload(data: Path, name: str, content: bytes) -> None:
    """Let the owner have a picture."""
    with written(data) as tx:
        medium = Medium(
            id=tx.new_id(),
            state=MediumState.READY,
            uploaded=b"",
            kind="image",
            media_type="image/jpeg",
            file=name,
            size=len(content),
            digest=sha256(content).digest(),
            kept_until=tx.now,
            created_at=tx.now,
        )
        media.put(tx, medium)


def there(data: Path) -> set[str]:
    return {path.name for path in (data / "media" / "remote").iterdir()}


def test_what_takes_how_much_and_why(call: Call, data: Path) -> None:
    keep(data, "a")
    keep(data, "b", liked=True)
    put(data, "files/own.jpg", b"x" * 5000)
    with written(data) as tx:
        today = growth.day(tx.now)
        tx.run("INSERT INTO growth VALUES (?, 'boost', 'far.example', 3, 3000, 2, 2200)", today - 1)
        for day in range(7):
            sizes = Sizes(day=today - 7 + day, database=10**9 + day * 10**9, own=0, copies=0, free=0)
            growth.measured(tx, sizes)

    code, out, _ = call()
    told = json.loads(call("--json")[1])

    assert code == 0
    assert "7.2 kB of 10 GB (5.0 kB yours, 2.2 kB copies)" in out
    for line in ("posts", "what you touched", "strangers", "boost", "attachment", "far.example", "bob@far.example"):
        assert line in out
    assert (
        "Yesterday came 3 posts (about 3.0 kB) and 2 files (2.2 kB):\n  by boost 100%\n  from far.example 100%" in out
    )
    assert "far.example alone brought 100% of it." in out
    assert told["used"] == 7200
    assert {line["key"]: line["files"] for line in told["copies"]["standings"]} == {"touched": 1, "stranger": 1}
    free, reserve = told["glance"]["disk"]["free"], told["glance"]["disk"]["reserve"]
    expected = round((free - reserve) / 10**9)
    assert told["glance"]["days_left"] == (expected if expected <= 3650 else None)


def test_an_empty_house_says_so(call: Call) -> None:
    code, out, _ = call()

    assert code == 0
    assert "There is nothing of yours yet." in out


def test_pruning_shows_then_does(call: Call, data: Path) -> None:
    """By age, without what the owner touched, and thumbnails stay unless they are named; the files are gone at once."""
    keep(data, "fresh")
    keep(data, "old", days=40)
    keep(data, "touched", days=40, liked=True)

    dry = call("prune", "--older-than", "30 days", "--dry-run")
    before = there(data)
    done = call("prune", "--older-than", "30 days", "--json")
    after = there(data)
    again = call("prune", "--older-than", "30 days", "--previews")
    last = there(data)
    all_ = call("prune", "--touched", "--previews")

    assert dry[:2] == (0, "FROM         FILES  SIZE\nfar.example  1      1.0 kB\n1 file, 1.0 kB, would go.\n")
    assert json.loads(done[1]) == [{"host": "far.example", "files": 1, "bytes": 1000}]
    assert before - after == {"old.jpg"}
    assert again[1].endswith("1 file, 100 bytes, went.\n")
    assert after - last == {"old-small.jpg"}
    assert all_[1].endswith("4 files, 2.2 kB, went.\n")
    assert there(data) == set()


def test_pruning_a_server_or_an_account(call: Call, data: Path) -> None:
    keep(data, "here")
    keep(data, "elsewhere", host="cdn.example")

    one = call("prune", "--host", "cdn.example")
    unknown = call("prune", "--account", "@eve@far.example")
    other = call("prune", "--account", "@bob@far.example")
    wrong = call("prune", "--older-than", "long")

    assert one[1].endswith("1 file, 1.0 kB, went.\n")
    assert unknown[0] == 1
    assert "there is no account '@eve@far.example' here" in unknown[2]
    assert other[1].endswith("1 file, 1.0 kB, went.\n")
    assert wrong[0] == 1
    assert '--older-than must be a span like "90 days"' in wrong[2]


def test_which_posts_would_go(call: Call, data: Path) -> None:
    with written(data) as tx:
        then = tx.now - timedelta(days=91)
        say(tx, bob(tx), received_at=then, published_at=then, content="x" * 1000)
        liking.like(tx, say(tx, bob(tx), received_at=then, published_at=then))

    code, out, _ = call("prune", "--posts")

    assert code == 0
    assert out.splitlines()[1].split() == ["far.example", "1", "2.7", "kB"]
    assert json.loads(call("prune", "--posts", "--json")[1]) == [{"host": "far.example", "posts": 1, "bytes": 2700}]


def test_all_is_well(call: Call, data: Path) -> None:
    keep(data, "a")
    upload(data, "own.jpg", b"own")
    put(data, "files/own.jpg", b"own")
    put(data, "avatars/default.png", b"drawn")

    assert call("verify")[:2] == (0, "3 files looked at, 0 findings.\n")


def test_what_is_wrong_is_told_and_repaired(call: Call, data: Path) -> None:
    """But for the owner's files, of which there is no other."""
    for name in ("missing", "damaged", "small", "well"):
        keep(data, name)
    (data / "media" / "remote" / "missing.jpg").unlink()
    put(data, "remote/damaged.jpg", b"y" * 1000)
    (data / "media" / "remote" / "small-small.jpg").unlink()
    upload(data, "gone.jpg", b"gone")
    upload(data, "own.jpg", b"own")
    put(data, "files/own.jpg", b"OWN")
    put(data, "files/orphan.jpg", b"?")
    (data / "media" / "remote" / "young.jpg").write_bytes(b"on its way into the database")

    told = call("verify", "--json")
    before = there(data)
    repaired = call("verify", "--repair")
    second = call("verify")

    findings = {(each["name"], each["what"], each["own"]) for each in json.loads(told[1])["findings"]}
    assert told[0] == repaired[0] == second[0] == 1
    assert findings == {
        ("remote/missing.jpg", "is not there", False),
        ("remote/damaged.jpg", "is damaged", False),
        ("remote/small-small.jpg", "is not there", False),
        ("files/gone.jpg", "is not there", True),
        ("files/own.jpg", "is damaged", True),
        ("files/orphan.jpg", "belongs to nothing", False),
    }
    assert before - there(data) == {"damaged.jpg"}
    assert (data / "media" / "astray" / "files" / "orphan.jpg").read_bytes() == b"?"
    assert (data / "media" / "files" / "own.jpg").read_bytes() == b"OWN"
    assert "YOURS: files/gone.jpg is not there" in repaired[1]
    assert "2 files of your own cannot be brought back from anywhere but a backup of yours." in repaired[1]
    assert second[1].splitlines()[-2] == "7 files looked at, 2 findings."
    with written(data) as tx:
        kept = {copy.url: (copy.file is None, copy.preview is None) for copy in _all(tx)}
    assert kept == {
        "https://far.example/missing.jpg": (True, False),
        "https://far.example/damaged.jpg": (True, False),
        "https://far.example/small.jpg": (False, True),
        "https://far.example/well.jpg": (False, False),
    }


def _all(tx: Tx) -> list[Copy]:
    return [copies.SHAPE.read(row) for row in tx.all(f"SELECT {copies.SHAPE.columns('c')} FROM copies c")]

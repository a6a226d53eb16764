"""Holdings: sums that are always true, what a copy is to the owner, and letting files go."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.domain.copy import Cause, Copy, CopyState, Subject
from smallfed.domain.post import Post
from smallfed.policy.evicting import Part, Standing
from smallfed.services import liking
from smallfed.store import bookmarks, copies, discards, holdings, mentions
from smallfed.store.holdings import Choice, Holding
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.world import befriend, later, say, wrap

KB = 1000


@pytest.fixture
def bob(know: Know) -> Account:
    return know("bob@far.example")


def keep(
    tx: Tx,
    subject: Subject = Subject.ATTACHMENT,
    subject_id: int = 0,
    *,
    size: int = 300 * KB,
    preview: int | None = 20 * KB,
    **columns: object,
) -> Copy:
    """Keep a copy with its preview, as if it had been fetched now."""
    number = tx.dice(40)
    fields: dict[str, object] = {
        "id": 0,
        "url": f"https://far.example/{number}.jpg",
        "host": "far.example",
        "subject": subject,
        "subject_id": subject_id,
        "file": f"{number:032x}.jpg",
        "media_type": "image/jpeg",
        "size": size,
        "digest": b"digest",
        "preview": None if preview is None else f"{number:032x}-small.jpg",
        "preview_type": "" if preview is None else "image/jpeg",
        "preview_size": preview,
        "fetched_at": tx.now,
        "seen_at": tx.now,
    }
    return copies.put(tx, Copy(**{**fields, **columns}))  # type: ignore[arg-type]


def attach(tx: Tx, post: Post, url: str = "https://far.example/x.jpg") -> int:
    number = tx.dice(40)
    tx.run(
        "INSERT INTO attachments (id, post_id, kind, url, created_at) VALUES (?, ?, 'image', ?, 0)",
        number,
        post.id,
        url,
    )
    return number


def sums(tx: Tx) -> list[Holding]:
    """Count by hand what the triggers keep."""
    found: dict[str, list[int]] = {}
    for cause, file, size, preview, preview_size in tx.all(
        "SELECT cause, file, size, preview, preview_size FROM copies WHERE file IS NOT NULL OR preview IS NOT NULL"
    ):
        line = found.setdefault(cause, [0, 0, 0, 0])
        more = (file is not None, size if file else 0, preview is not None, preview_size if preview else 0)
        found[cause] = [a + b for a, b in zip(line, more, strict=True)]
    lines = [Holding(key=cause, files=f, bytes=b, previews=p, preview_bytes=s) for cause, (f, b, p, s) in found.items()]
    return sorted(lines, key=lambda line: (-line.total, line.key))


def test_sums_are_kept_in_step(tx: Tx) -> None:
    """Through everything that can happen to a row."""
    one = keep(tx, cause=Cause.FOLLOW)
    two = keep(tx, cause=Cause.BOOST, preview=None, size=7)
    failed = keep(tx, file=None, preview=None, size=None, state=CopyState.FAILED)
    after_coming = holdings.by_cause(tx), sums(tx)
    copies.change(tx, one.id, file=None)
    copies.change(tx, two.id, cause=Cause.THREAD, size=9)
    copies.change(tx, failed.id, file="f", size=11, digest=b"x", media_type="image/png", state=CopyState.KEPT)
    after_changes = holdings.by_cause(tx), sums(tx)
    tx.run("DELETE FROM copies WHERE id = ?", two.id)

    assert after_coming[0] == after_coming[1]
    assert after_changes[0] == after_changes[1]
    assert holdings.by_cause(tx) == sums(tx)
    assert holdings.total(tx) == 20 * KB + 11


TOUCHES: list[Callable[[Tx, Account, Post], object]] = [
    lambda tx, owner, post: liking.like(tx, post),
    lambda tx, owner, post: bookmarks.put(tx, post.id),
    lambda tx, owner, post: wrap(tx, owner, post),
    lambda tx, owner, post: mentions.put(tx, post.id, owner.id),
    lambda tx, owner, post: say(tx, owner, in_reply_to=post.uri, in_reply_to_id=post.id),
    lambda tx, owner, post: tx.run(
        "INSERT INTO quotes (id, post_id, quoted, quoted_id, state, created_at) VALUES (1, ?, 'u', ?, 'accepted', 0)",
        say(tx, owner).id,
        post.id,
    ),
]


def standings(tx: Tx) -> list[Standing]:
    return [kept.standing for kept in sorted(holdings.kept(tx), key=lambda kept: kept.copy)]


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_the_owner_touched(
    tx: Tx, owner: Account, bob: Account, touch: Callable[[Tx, Account, Post], object]
) -> None:
    post = say(tx, bob)
    keep(tx, subject_id=attach(tx, post))
    before = standings(tx)

    touch(tx, owner, post)

    assert (before, standings(tx)) == ([Standing.STRANGER], [Standing.TOUCHED])


def test_people_followed_strangers_and_what_is_lost(tx: Tx, owner: Account, bob: Account, know: Know) -> None:
    carol = know("carol@near.example")
    befriend(tx, owner, carol)
    for subject, whose in (
        (Subject.ATTACHMENT, attach(tx, say(tx, carol))),
        (Subject.ATTACHMENT, attach(tx, say(tx, bob))),
        (Subject.AVATAR, carol.id),
        (Subject.HEADER, bob.id),
        (Subject.EMOJI, 0),
        (Subject.AVATAR, 12345),
        (Subject.ATTACHMENT, 12345),
        (Subject.CARD, 12345),
    ):
        later(tx, seconds=1)
        keep(tx, subject, whose)

    assert standings(tx) == [
        Standing.FOLLOWED,
        Standing.STRANGER,
        Standing.FOLLOWED,
        Standing.STRANGER,
        Standing.FOLLOWED,
        Standing.LOST,
        Standing.LOST,
        Standing.LOST,
    ]


def test_an_edit_loses_nothing(tx: Tx, owner: Account, bob: Account) -> None:
    """Attachments have other ids then; what they show is the same."""
    post = say(tx, bob)
    copy = keep(tx, subject_id=attach(tx, post))
    tx.run("DELETE FROM attachments")
    again = attach(tx, post, copy.url)
    lost = standings(tx)

    holdings.follow_edit(tx, post.id)

    assert (lost, standings(tx)) == ([Standing.LOST], [Standing.STRANGER])
    assert copies.find(tx, copy.url) == Copy(**{**_fields(copy), "subject_id": again})


def _fields(copy: Copy) -> dict[str, object]:
    return {name: getattr(copy, name) for name in Copy.__struct_fields__}


def test_the_original_goes_before_its_preview(tx: Tx, owner: Account, bob: Account) -> None:
    copy = keep(tx, subject_id=attach(tx, say(tx, bob)))
    first = list(holdings.kept(tx))
    freed = holdings.evict(tx, first)
    second = list(holdings.kept(tx))
    too_early = holdings.evict(tx, first)
    late = holdings.evict(tx, second)

    assert [(kept.part, kept.size) for kept in (*first, *second)] == [
        (Part.ORIGINAL, 300 * KB),
        (Part.PREVIEW, 20 * KB),
    ]
    assert (freed, too_early, late) == (300 * KB, 0, 20 * KB)
    assert sorted(discards.some(tx)) == sorted([f"remote/{copy.file}", f"remote/{copy.preview}"])
    assert list(holdings.kept(tx)) == []


def test_what_was_looked_at_meanwhile_stays(tx: Tx, owner: Account) -> None:
    copy = keep(tx)
    chosen = list(holdings.kept(tx))
    copies.change(tx, copy.id, seen_at=tx.now + timedelta(days=1))

    assert holdings.evict(tx, chosen) == 0
    assert discards.some(tx) == []


def test_rows_that_hold_nothing_for_nobody_go(tx: Tx, owner: Account, bob: Account) -> None:
    wanted = keep(tx, subject_id=attach(tx, say(tx, bob)), file=None, preview=None)
    lost = keep(tx, file=None, preview=None)
    held = keep(tx)

    empty = holdings.empty(tx, 10)

    assert empty == [lost.id]
    assert holdings.forget(tx, [wanted.id, lost.id, held.id]) == 2
    assert copies.find(tx, held.url) is not None


def test_who_has_most_and_choices(tx: Tx, owner: Account, bob: Account, know: Know) -> None:
    carol = know("carol@near.example")
    keep(tx, Subject.AVATAR, carol.id, host="cdn.example", size=1 * KB, preview=None)
    later(tx, days=5)
    keep(tx, subject_id=attach(tx, say(tx, bob)))

    assert [(line.key, line.total) for line in holdings.by_host(tx, 5)] == [
        ("far.example", 320 * KB),
        ("cdn.example", KB),
    ]
    assert [line.key for line in holdings.by_account(tx, 1)] == ["bob@far.example"]
    assert [line.key for line in holdings.by_subject(tx)] == ["attachment", "avatar"]
    assert [line.key for line in holdings.by_standing(tx)] == ["stranger"]
    assert len(list(holdings.kept(tx, Choice(host="near.example")))) == 1  # by somebody there, wherever the file is
    assert len(list(holdings.kept(tx, Choice(host="far.example", account=bob.id)))) == 1
    assert len(list(holdings.kept(tx, Choice(unseen_since=tx.now - timedelta(days=1))))) == 1

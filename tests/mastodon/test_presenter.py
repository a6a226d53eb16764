"""The presenter, called by itself: batches, and rows that cannot be presented."""

import sqlite3
from functools import partial

import pytest
from msgspec import UNSET, structs

from smallfed.domain.account import Account
from smallfed.domain.copy import Subject
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.mastodon import entities
from smallfed.mastodon.presenter import Presenter
from smallfed.store import attachments, houses, notifications
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know


def _presenter(tx: Tx, viewer: int | None) -> Presenter:
    return Presenter(tx, houses.get(tx), viewer)


async def test_one_bad_post_does_not_break_a_timeline(
    tx: Tx, owner: Account, know: Know, caplog: pytest.LogCaptureFixture
) -> None:
    bob = know("bob@far.example")
    good = world.say(tx, bob)
    bad: Post = structs.replace(good, id=good.id + 1, kind="Announce", boost_of_id=12345)

    shown = _presenter(tx, owner.id).statuses([bad, good])

    assert [status.id for status in shown] == [str(good.id)]
    assert f"the post {bad.id} cannot be presented" in caplog.text


async def test_a_boost_has_the_original_in_it(tx: Tx, owner: Account, know: Know) -> None:
    bob, carol = know("bob@far.example"), know("carol@far.example")
    original = world.say(tx, bob, content="<p>Hi</p>", in_reply_to="https://x.example/1", language="de")
    boost = world.wrap(tx, carol, original, visibility=Visibility.UNLISTED)

    (shown,) = _presenter(tx, owner.id).statuses([boost])

    assert isinstance(shown.reblog, entities.Status)
    assert (shown.id, shown.account.username, shown.visibility) == (str(boost.id), "carol", "unlisted")
    assert (shown.reblog.id, shown.reblog.account.username, shown.reblog.reblog) == (str(original.id), "bob", None)
    assert (shown.content, shown.language, shown.in_reply_to_id) == ("<p>Hi</p>", "de", None)


async def test_a_stranger_learns_nothing_of_the_owners_marks(tx: Tx, owner: Account, know: Know) -> None:
    post = world.say(tx, owner)

    strangers = _presenter(tx, None).status(post)
    mine = _presenter(tx, owner.id).status(post)

    marks = ("favourited", "reblogged", "muted", "bookmarked", "pinned", "filtered")
    assert {getattr(strangers, mark) for mark in marks} == {UNSET}
    assert [getattr(mine, mark) for mark in marks] == [False, False, False, False, False, []]


@pytest.mark.parametrize(
    ("media", "meta"),
    [
        ({}, None),
        ({"focus": (0.5, -0.5)}, entities.Meta(focus=entities.Focus(x=0.5, y=-0.5))),
        ({"duration": 3.5}, entities.Meta(original=entities.Size(duration=3.5))),
        (
            {"width": 400, "height": 200},
            entities.Meta(
                original=entities.Size(width=400, height=200, size="400x200", aspect=2.0),
                small=entities.Size(width=400, height=200, size="400x200", aspect=2.0),
            ),
        ),
    ],
)
async def test_measures_of_media(
    tx: Tx, owner: Account, know: Know, media: dict[str, object], meta: entities.Meta | None
) -> None:
    post = world.say(tx, know("bob@far.example"))
    kept = Attachment(id=0, kind="image", url="https://far.example/cat.png", **media)  # type: ignore[arg-type]
    attachments.replace(tx, post.id, [kept])

    (shown,) = _presenter(tx, owner.id).status(post).media_attachments

    proxied = partial(houses.get(tx).proxied, Subject.ATTACHMENT, int(shown.id), kept.url)
    assert shown == entities.MediaAttachment(
        id=shown.id,
        type="image",
        url=proxied(),
        preview_url=proxied(small=True),
        remote_url=kept.url,
        meta=meta,
        description=None,
        blurhash=None,
    )


async def test_notifications_without_their_post_are_left_out(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@far.example")
    hidden = world.say(tx, bob, visibility=Visibility.DIRECT)
    seen = world.say(tx, owner)
    told = [
        notifications.put(tx, "follow", bob.id),
        notifications.put(tx, "mention", bob.id, hidden.id),
        notifications.put(tx, "favourite", bob.id, seen.id),
    ]

    shown = _presenter(tx, owner.id).notifications([one for one in told if one is not None])

    assert [(one.type, one.status is UNSET) for one in shown] == [("follow", True), ("favourite", False)]


async def test_a_page_costs_the_same_questions_however_long_it_is(tx: Tx, owner: Account, know: Know) -> None:
    posts = [world.say(tx, know(f"bob{number}@far.example")) for number in range(30)]

    def questions(some: list[Post]) -> int:
        asked: list[str] = []
        tx.known.clear()
        tx.sql.set_trace_callback(asked.append)
        _presenter(tx, owner.id).statuses(some)
        tx.sql.set_trace_callback(None)
        return len(asked)

    assert isinstance(tx.sql, sqlite3.Connection)
    assert questions(posts) == questions(posts[:1]) < 21

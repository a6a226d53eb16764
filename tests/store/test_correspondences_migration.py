"""Direct posts from before there were correspondences are put into them."""

import sqlite3

from sqlite_utils import Database

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.store import blocks, correspondences, mentions, migrations
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know

STEP = next(step for step in migrations.steps() if step.name.endswith("_correspondences"))


def undo(sql: sqlite3.Connection) -> None:
    """Take away what the step made."""
    for name in ("correspondence_posts", "correspondences"):
        sql.execute(f"DROP TABLE {name}")
    sql.execute("DROP INDEX posts_direct")


def whisper(tx: Tx, author: Account, *names: Account, answers: Post | None = None, silent: bool = False) -> Post:
    """Store a direct post, a second after whatever was before."""
    world.later(tx, seconds=1)
    above = {} if answers is None else {"in_reply_to": answers.uri, "in_reply_to_id": answers.id}
    post = world.say(tx, author, visibility=Visibility.DIRECT, **above)
    for name in names:
        mentions.put(tx, post.id, name.id, silent=silent)
    return post


def test_they_are_grouped_and_read(tx: Tx, owner: Account, know: Know) -> None:
    bob, carol, mallory = know("bob@far.example"), know("carol@other.example"), know("mallory@evil.example")
    undo(tx.sql)
    first = whisper(tx, bob, owner)
    answer = whisper(tx, owner, bob, answers=first)
    three = whisper(tx, owner, bob, carol, answers=answer)
    back = whisper(tx, bob, owner, answers=three)
    note = whisper(tx, owner)
    quiet = whisper(tx, carol, owner, silent=True)
    public = world.say(tx, carol)
    below_public = whisper(tx, carol, owner, answers=public)
    whisper(tx, mallory, owner)
    blocks.put(tx, owner.id, mallory.id, "https://home.example/blocks/1")

    STEP.load()(Database(tx.sql, execute_plugins=False))

    found = correspondences.page(tx, Page(limit=40))
    assert [(one.thread, set(one.people), one.last_post_id, one.unread) for one in found] == [
        (public.id, {carol.id}, below_public.id, False),
        (quiet.id, {carol.id}, quiet.id, False),
        (note.id, set(), note.id, False),
        (first.id, {bob.id}, back.id, False),
        (first.id, {bob.id, carol.id}, three.id, False),
    ]
    assert correspondences.find_of(tx, answer.id) == correspondences.find_of(tx, first.id) == found[3]


def test_a_house_that_is_not_set_up_has_none(tx: Tx) -> None:
    undo(tx.sql)

    STEP.load()(Database(tx.sql, execute_plugins=False))

    assert correspondences.page(tx, Page(limit=40)) == []

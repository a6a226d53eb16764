"""Threads: what a post answers, and what answers it.

Spec: CLIENT_API §5 (context): ancestors oldest first, descendants depth first, self-replies before others as Mastodon
has them; PROTOCOL §4.12 (what we serve of ours).
"""

from smallfed.domain.post import Post
from smallfed.store import visibility
from smallfed.store.posts import SELECT, SHAPE
from smallfed.store.rows import each
from smallfed.store.tx import Tx

HIGH = 100  # ancestors shown
DEEP = 60  # generations of descendants looked at
MANY = 1000  # descendants looked at

_SHOWN = f"{visibility.seen('p')} AND {visibility.wanted('p')}"


def ancestors(tx: Tx, post: Post, viewer: int | None) -> list[Post]:
    """Return what ``post`` answers, the oldest first, as far as ``viewer`` may see and wants to."""
    statement = f"""WITH RECURSIVE up (id, height) AS (
            SELECT :parent, 1 WHERE :parent IS NOT NULL
            UNION ALL SELECT q.in_reply_to_id, height + 1 FROM up JOIN posts q ON q.id = up.id
            WHERE q.in_reply_to_id IS NOT NULL AND height < {HIGH}
        )
        {SELECT.replace("FROM posts p", "FROM up JOIN posts p ON p.id = up.id")}
        WHERE {_SHOWN} ORDER BY up.height DESC"""
    values = {**visibility.values(tx, viewer), "parent": post.in_reply_to_id}
    found = list(each(SHAPE.read, tx.sql.execute(statement, values)))
    nearest = {above.id: above for above in found if above.id != post.id}  # others can make a ring of theirs
    return list(nearest.values())


def descendants(tx: Tx, post: Post, viewer: int | None) -> list[Post]:
    """Return what answers ``post``, each answer followed by its own, as far as ``viewer`` may see it and wants to.

    Of the answers to a post those of its own author come first: they go on with what it says. Below a post that is not
    shown nothing is shown. The newest of very many are left out.
    """
    statement = f"""WITH RECURSIVE down (id, parent, depth) AS (
            SELECT id, in_reply_to_id, 1 FROM posts WHERE in_reply_to_id = :post
            UNION ALL SELECT q.id, q.in_reply_to_id, depth + 1 FROM down JOIN posts q ON q.in_reply_to_id = down.id
            WHERE depth < {DEEP} AND q.id <> :post LIMIT {MANY}
        )
        {SELECT.replace("FROM posts p", "FROM down JOIN posts p ON p.id = down.id")}
        WHERE {_SHOWN} ORDER BY p.id"""
    rows = tx.sql.execute(statement, {**visibility.values(tx, viewer), "post": post.id})
    return _depth_first(post.id, list(each(SHAPE.read, rows)))


def _depth_first(root: int, posts: list[Post]) -> list[Post]:
    """Sort answers behind what they answer. Others can make a ring of theirs: each post's answers are used up once."""
    answers: dict[int | None, list[Post]] = {}
    for post in sorted(posts, key=lambda post: post.in_reply_to_account_id != post.account_id):
        answers.setdefault(post.in_reply_to_id, []).append(post)
    ordered: list[Post] = []
    waiting = answers.pop(root, [])[::-1]
    while waiting:
        post = waiting.pop()
        ordered.append(post)
        waiting.extend(answers.pop(post.id, [])[::-1])
    return ordered


# Whole conversations, whoever may see them --------------------------------------------------------------------------
def top(tx: Tx, post: Post) -> Post:
    """Return the topmost of what ``post`` answers that we hold; itself when that is none."""
    row = tx.sql.execute(
        f"""WITH RECURSIVE up (id, height) AS (
            SELECT ?, 0
            UNION ALL SELECT q.in_reply_to_id, height + 1 FROM up JOIN posts q ON q.id = up.id
            WHERE q.in_reply_to_id IS NOT NULL AND height < {HIGH}
        )
        {SELECT.replace("FROM posts p", "FROM up JOIN posts p ON p.id = up.id")} ORDER BY up.height DESC LIMIT 1""",
        (post.id,),
    ).fetchone()
    return post if row is None else SHAPE.read(row)


def below(tx: Tx, post: int) -> list[tuple[Post, int]]:
    """Return ``post`` and everything below it, with the generation of each, the elder generations first."""
    rows = tx.sql.execute(
        f"""WITH RECURSIVE down (id, depth) AS (
            SELECT ?, 0
            UNION ALL SELECT q.id, depth + 1 FROM down JOIN posts q ON q.in_reply_to_id = down.id
            WHERE depth < {DEEP} LIMIT {MANY}
        )
        SELECT down.depth, {SHAPE.columns("p")} FROM down JOIN posts p ON p.id = down.id ORDER BY down.depth, p.id""",
        (post,),
    ).fetchall()
    eldest: dict[int, tuple[Post, int]] = {}
    for depth, *columns in rows:
        found = SHAPE.read(columns)
        eldest.setdefault(found.id, (found, depth))
    return list(eldest.values())


# What we show of ours to everybody ----------------------------------------------------------------------------------
_SHOWN_TO_ALL = f"""p.visibility IN ('public', 'unlisted') AND p.boost_of_id IS NULL AND NOT p.removed
    AND NOT {visibility.cut_off("p.account_id")}"""


def replies(tx: Tx, post: int, *, own: bool, after: int = 0, limit: int) -> list[tuple[int, str]]:
    """Return (id, object id) of the public answers to a post of ours by ourselves, or by others; the oldest first.

    Nobody is listed whom a block stands between.
    """
    rows = tx.sql.execute(
        f"""SELECT p.id, p.uri FROM posts p WHERE p.in_reply_to_id = :post AND p.local = :own AND p.id > :after
        AND {_SHOWN_TO_ALL} ORDER BY p.id LIMIT :limit""",
        {**visibility.values(tx, None), "post": post, "own": own, "after": after, "limit": limit},
    )
    return list(rows.fetchall())


def count_replies(tx: Tx, post: int) -> int:
    """Return how many public answers there are to a post of ours."""
    statement = f"SELECT count(*) FROM posts p WHERE p.in_reply_to_id = :post AND {_SHOWN_TO_ALL}"
    return int(tx.sql.execute(statement, {**visibility.values(tx, None), "post": post}).fetchone()[0])


def conversation(tx: Tx, post: int, *, after: int = 0, limit: int) -> tuple[int, list[tuple[int, str]]]:
    """Return of the conversation that a public post of ours began how much is public, and a page of (id, object id).

    The oldest come first, so ``post`` itself does.
    """
    values = {**visibility.values(tx, None), "post": post, "after": after, "limit": limit}
    whole = f"""WITH RECURSIVE down (id, depth) AS (
            SELECT :post, 0
            UNION SELECT q.id, depth + 1 FROM down JOIN posts q ON q.in_reply_to_id = down.id WHERE depth < {DEEP}
            LIMIT {MANY}
        ) SELECT {{what}} FROM posts p WHERE p.id IN (SELECT id FROM down) AND {_SHOWN_TO_ALL}"""
    (total,) = tx.sql.execute(whole.format(what="count(*)"), values).fetchone()
    page = f"{whole.format(what='p.id, p.uri')} AND p.id > :after ORDER BY p.id LIMIT :limit"
    return int(total), list(tx.sql.execute(page, values).fetchall())


def spoken_privately(tx: Tx, post: Post, speaker: int, listener: int) -> bool:
    """Whether ``post`` stands below a direct post of ``speaker`` that names ``listener``, at most 100 above it."""
    statement = f"""WITH RECURSIVE up (id, height) AS (
            SELECT :parent, 1 WHERE :parent IS NOT NULL
            UNION ALL SELECT q.in_reply_to_id, height + 1 FROM up JOIN posts q ON q.id = up.id
            WHERE q.in_reply_to_id IS NOT NULL AND height < {HIGH})
        SELECT 1 FROM up JOIN posts p ON p.id = up.id WHERE p.account_id = :speaker AND p.visibility = 'direct'
        AND EXISTS (SELECT 1 FROM mentions m WHERE m.post_id = p.id AND m.account_id = :listener AND NOT m.silent)
        LIMIT 1"""
    values = {"parent": post.in_reply_to_id, "speaker": speaker, "listener": listener}
    return tx.sql.execute(statement, values).fetchone() is not None

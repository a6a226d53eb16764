"""Threads: what a post answers, and what answers it.

Spec: CLIENT_API §5 (context): ancestors oldest first, descendants depth first.
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
    return list(each(SHAPE.read, tx.sql.execute(statement, values)))


def descendants(tx: Tx, post: Post, viewer: int | None) -> list[Post]:
    """Return what answers ``post``, each answer followed by its own, as far as ``viewer`` may see it and wants to.

    Below a post that is not shown nothing is shown. The newest of very many are left out.
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
    for post in posts:
        answers.setdefault(post.in_reply_to_id, []).append(post)
    ordered: list[Post] = []
    waiting = answers.pop(root, [])[::-1]
    while waiting:
        post = waiting.pop()
        ordered.append(post)
        waiting.extend(answers.pop(post.id, [])[::-1])
    return ordered

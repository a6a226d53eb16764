"""What belongs to the conversation below a public post of ours: its answers, and the whole that it began.

Spec: PROTOCOL §4.12; FEP-7888; FEP-f228 (collection of posts); https://docs.joinmastodon.org/spec/activitypub/
(replies). Of others' posts only the ids are given: they are theirs to show.
"""

from urllib.parse import urlencode

from smallfed.domain.numbers import number
from smallfed.errors import NotFound
from smallfed.protocol.emitted import Thing
from smallfed.services import rendering
from smallfed.store import accounts, posts, threads
from smallfed.store.tx import Tx
from smallfed.translate import notes, outward

PAGE = 60
Query = dict[str, list[str]]


def replies(tx: Tx, uri: str, post: int, query: Query) -> Thing:
    """Return the answers to a post of ours, or a page of them: first our own, then those of others."""
    if "page" not in query:
        own = rendering.own_replies(tx, post)
        return notes.replies(uri, own, total=threads.count_replies(tx, post))
    others, after = "only_other_accounts" in query, _after(query)
    found = threads.replies(tx, post, own=not others, after=after, limit=PAGE)
    collection = f"{uri}/replies"
    return outward.collection_page(
        f"{collection}?{_page(others=others, after=after)}",
        part_of=collection,
        items=[reply for _, reply in found],
        next_page=_next(collection, others=others, last=found[-1][0] if len(found) == PAGE else None),
        ordered=False,
    )


def _next(collection: str, *, others: bool, last: int | None) -> str | None:
    if last is not None:
        return f"{collection}?{_page(others=others, after=last)}"
    return None if others else f"{collection}?{_page(others=True, after=0)}"


def _page(*, others: bool, after: int) -> str:
    named = {"only_other_accounts": "true"} if others else {}
    return urlencode({**named, "page": "true", **({"min_id": after} if after else {})})


def context(tx: Tx, uri: str, post: int, query: Query) -> Thing:
    """Return the conversation that a post of ours has begun, or a page of it, the oldest first."""
    if posts.get(tx, post).in_reply_to is not None:
        raise NotFound("not found")
    collection, after = f"{uri}/context", _after(query)
    total, found = threads.conversation(tx, post, after=after, limit=PAGE)
    if "page" not in query:
        owner = accounts.owner(tx).uri
        return outward.collection(collection, total=total, first=f"{collection}?page=true", owner=owner)
    more = len(found) == PAGE
    return outward.collection_page(
        f"{collection}?{_page(others=False, after=after)}",
        part_of=collection,
        items=[each for _, each in found],
        next_page=f"{collection}?{_page(others=False, after=found[-1][0])}" if more else None,
    )


def _after(query: Query) -> int:
    return number(query.get("min_id", [""])[0]) or 0

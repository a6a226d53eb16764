"""Storing what was fetched, and waking what waited for it: the transactions of the fetcher.

Spec: RULINGS 16; PROTOCOL §4.7.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from smallfed.domain.account import Account
from smallfed.domain.events import FetchQueued, InboundQueued
from smallfed.domain.incoming import IncomingAccount, IncomingPost
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.domain.uris import spelt
from smallfed.policy.budgets import DEPTH
from smallfed.services import meeting, moving, pinning, receiving, removing, revising, tagging
from smallfed.services.receiving import Coming
from smallfed.store import accounts, fetches, houses, inbound, posts
from smallfed.store.tx import Tx

_OWN = re.compile(r"/(?:(?:@|users/)([\w.@-]+)/?)?(?:(?:notes|statuses|boosts)/)?([1-9][0-9]{0,18})?/?")
_SPY = re.compile(r"utm_|fbclid$|gclid$|igsh|igshid$|mc_|ref$", re.IGNORECASE)  # who tells whom, and no address


def wake(tx: Tx, uri: str) -> None:
    """Let the activities that wait for ``uri`` be asked again."""
    if inbound.wake(tx, uri):
        tx.announce(InboundQueued())


def meet(tx: Tx, incoming: IncomingAccount, host: str, *, sure: bool) -> Account:
    """Store or refresh an account; who had its handle before is looked for where we are ``sure`` of it."""
    account = meeting.meet(tx, incoming, host)
    if sure:
        moving.suspect(tx, account)
    wake(tx, account.uri)
    return account


def succeed(tx: Tx, uri: str) -> None:
    """Let what the owner has to do with an account that is no more go over to who has its handle now."""
    moving.succeed(tx, uri)


def receive(tx: Tx, incoming: IncomingPost, depth: int, *, home: bool = True) -> Post | Refused | Need:
    """Store a post as context, ``depth`` answers away from what made us fetch it; what it answers is fetched later.

    Without ``home`` it stays out of the home timeline, whoever wrote it.
    """
    post = receiving.receive(tx, incoming, Coming(fresh=False, home=home))
    if isinstance(post, Post):
        wake(tx, post.uri)
        is_orphan = post.in_reply_to is not None and post.in_reply_to_id is None
        if is_orphan and depth < DEPTH and fetches.put(tx, str(post.in_reply_to), depth=depth + 1):
            tx.announce(FetchQueued())
    return post


def revise(tx: Tx, incoming: IncomingPost) -> None:
    """Store what stands at a post's own address now. Of a post that was deleted meanwhile nothing is stored."""
    if posts.find_uri(tx, incoming.uri) is not None:
        revising.revise(tx, incoming)


def find(tx: Tx, url: str) -> Account | Post | None:
    """Return what has this id or page, in whatever form its address was pasted; of ours every form leads there."""
    for spelling in _spellings(url):
        found = accounts.find_url(tx, spelling) or posts.find_url(tx, spelling)
        if found is not None:
            return found
    house = houses.find(tx)
    parts = urlsplit(spelt(url))
    if house is None or parts.netloc not in house.names:
        return None
    own = _OWN.fullmatch(unquote(parts.path))
    if own is None:
        return None
    if own[2] is not None:
        return posts.find(tx, int(own[2]))
    return accounts.owner(tx) if (own[1] or "").lower() == house.username.lower() else None


def _spellings(url: str) -> Iterator[str]:
    yield url
    parts = urlsplit(spelt(url))
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _SPY.match(name)]
    base = f"https://{parts.netloc}{parts.path}"
    for path in dict.fromkeys((base, base.rstrip("/"))):
        yield f"{path}?{urlencode(query)}" if query else path


def vanished(tx: Tx, uri: str, *, gone: bool) -> None:
    """Delete a post of somebody else that its server no longer has. What is not public may only be hidden from us."""
    post = posts.find_uri(tx, uri)
    if post is None or post.local or not (gone or post.visibility.is_open):
        return
    removing.remove(tx, uri, accounts.get(tx, post.account_id).uri)


def count(tx: Tx, account: int, counts: dict[str, int], *, hidden: bool) -> None:
    """Note how many followers, follows and posts the origin claims."""
    meeting.count(tx, account, counts, hidden=hidden)


def feature(tx: Tx, account: int, pinned: list[int]) -> None:
    """Note which of their posts an account shows first."""
    pinning.replace(tx, account, pinned)


def tag(tx: Tx, account: int, shown: dict[str, str]) -> None:
    """Note which hashtags an account features: as written → its page."""
    tagging.replace(tx, account, shown)

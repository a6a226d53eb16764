"""Explaining: why something never came, or came and was not seen: all that is known of an address or somebody.

What came with a signature that did not hold, or faster than anybody may send, was answered so at the door and is not
written down: nobody knows who sent it.

Spec: issue of moderation, item 4.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.finding import Finding as Listed
from smallfed.domain.post import Post
from smallfed.domain.uris import host
from smallfed.policy import filtering
from smallfed.store import (
    accounts,
    blocks,
    domain_blocks,
    filters,
    findings,
    houses,
    judgements,
    keeping,
    mutes,
    notifications,
    posts,
    purges,
    refusals,
    tombstones,
    wave_items,
)
from smallfed.store.refusals import Which
from smallfed.store.rows import listed
from smallfed.store.tx import Tx
from smallfed.text.sanitise import words

SHOWN = 20  # lines of each kind


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is known about why something is not to be seen, or that it is; ``at``: since or when."""

    what: str
    why: str
    at: datetime | None = None


def why(tx: Tx, about: str) -> list[Finding]:
    """Return all that is known of an address, a handle or an id: what stands in its way, and what was refused.

    May look at all that is kept: for a thread.
    """
    found = posts.find_url(tx, about)
    account = accounts.find_url(tx, about) if "://" in about else _named(tx, about)
    if found is not None and account is None:
        account = accounts.find(tx, found.account_id)
    name = account.host if account is not None else host(about) or about.rpartition("@")[2].lower()
    ids = {about} | ({account.uri} if account is not None and found is None and host(about) is None else set())
    ids |= {account.uri} if account is not None and about in (account.uri, account.url) else set()
    return [
        *_purged(tx, about, None if account is None else account.uri),
        *_of_server(tx, name),
        *(() if account is None else _of_person(tx, account)),
        *(() if found is None else _of_post(tx, found)),
        *_gone(tx, about, None if account is None else account.uri),
        *(finding for one in sorted(ids) for finding in _refused(tx, one)),
    ]


def _named(tx: Tx, about: str) -> Account | None:
    user, _, name = about.strip().removeprefix("@").partition("@")
    return accounts.find_handle(tx, user, name.lower()) if name else None


def _of_server(tx: Tx, name: str) -> list[Finding]:
    cut_by = domain_blocks.holding(tx, name)
    rows = [row for row in domain_blocks.covering(tx, name) if not row.holds_nothing]
    found = [
        Finding(what="server", why=f"{row.severity.value} of {row.domain} by {row.origin.value}", at=row.created_at)
        for row in rows
    ]
    overridden = any(row.cuts for row in rows) and cut_by is None
    return [*found, Finding(what="server", why=f"{name} is allowed all the same")] if overridden else found


def _purged(tx: Tx, about: str, actor: str | None) -> list[Finding]:
    return [Finding(what="purge", why="you have purged it")] if purges.holds(tx, about, actor) else []


def _of_person(tx: Tx, account: Account) -> list[Finding]:
    owner, mute = houses.owner_id(tx), mutes.find(tx, account.id)
    kept_back, held = len(notifications.filtered_mentions(tx, account.id)), wave_items.count_held(tx, account.id)
    known = (
        (account.gone_at is not None, "their account is gone", account.gone_at),
        (account.suspended, "their own server has suspended them", None),
        (blocks.has(tx, owner, account.id), "you block them", None),
        (blocks.has(tx, account.id, owner), "they block you", None),
        (mute is not None, "you mute them", None),
        *((True, f"lists {one.holds} them: {one.because}", one.changed_at) for one in _listed(tx, account)),
        (kept_back > 0, f"your policy keeps back {kept_back} of their posts: filtered notifications in apps", None),
        (held > 0, f"{held} of what they did waits in `smallfed review`", None),
    )
    return [Finding(what="person", why=f"@{account.handle}: {text}", at=at) for holds, text, at in known if holds]


def _listed(tx: Tx, account: Account) -> list[Listed]:
    found = findings.several(tx, [account.uri, f"@{account.handle}".lower()]).values()
    return [one for one in found if one.holds is not None]


def _of_post(tx: Tx, stored: Post) -> list[Finding]:
    home = "and stood in your home timeline" if stored.in_home else "but not for your home timeline"
    quiet = bool(mutes.quiet(tx, listed([stored.id])))
    return [
        Finding(what="post", why=f"it is here, {home}", at=stored.received_at),
        *([Finding(what="post", why="moderators of its group have removed it")] if stored.removed else []),
        *([Finding(what="post", why="you mute the conversation it is in")] if quiet else []),
        *(Finding(what="filter", why=f"{title}: {', '.join(found)}") for title, found in _filtered(tx, stored)),
        *(
            Finding(what="rule", why=f"{one.action.value}: {one.reason} ({one.rule})")
            for one in judgements.of(tx, stored.id)
        ),
    ]


def _filtered(tx: Tx, post: Post) -> Iterator[tuple[str, list[str]]]:
    """Yield (name of a filter of the owner's, what it matches of a post)."""
    hay = filtering.haystack("\n\n".join([post.title, post.summary, words(post.content)]))
    for rule in filters.rules(tx):
        written = filtering.found(rule.needles, hay)
        if written:
            yield rule.filter.title, written
    for number, _ in sorted(filters.matching(tx, [post.id])):
        yield filters.get(tx, number).title, ["this very post"]


def _gone(tx: Tx, uri: str, actor: str | None) -> list[Finding]:
    if actor is None or not tombstones.has(tx, uri, actor):
        return []
    return [Finding(what="post", why="its author has deleted it")]


def _refused(tx: Tx, uri: str) -> list[Finding]:
    lines = refusals.newest(tx, Which(about=uri), limit=SHOWN)
    ledger = [
        Finding(
            what=f"ledger {one.id}",
            why=f"{one.type} {one.action.value}: {one.reason} ({one.rule})"
            + (f", {one.times} times" * (one.times > 1)),
            at=one.refused_at,
        )
        for one in lines
    ]
    kept = [
        Finding(what=f"{one.type} {one.state}", why=one.reason or "it waits", at=one.at)
        for one in keeping.about(tx, uri, limit=SHOWN)
    ]
    return [*ledger, *kept]

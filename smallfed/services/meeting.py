"""Meeting: actors of other servers become known, change, and go for good.

Spec: PROTOCOL §1.4, §2.8, §4.3, §4.11, §6.2.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.events import AccountGone, AccountSeen, ConsentToSearchChanged, FetchQueued, PostsHidden
from smallfed.domain.incoming import IncomingAccount, IncomingKey
from smallfed.domain.purge import PURGED
from smallfed.errors import Forbidden
from smallfed.policy.emojis import renewed
from smallfed.services import corresponding, following, freezing, polling, withholding
from smallfed.store import (
    accounts,
    domain_blocks,
    featured_tags,
    fetches,
    follows,
    houses,
    ids,
    likes,
    mentions,
    notifications,
    pasts,
    posts,
    purges,
)
from smallfed.store.tx import Tx

STALE = timedelta(days=1)
WEEK = timedelta(days=7)
SHOWN = 100  # posts in home that apps are told of when they go, at most
DOUBTED = 50  # accounts behind one inbox that are asked for when it is gone

_TAKEN = tuple(field.name for field in structs.fields(IncomingAccount) if field.name not in ("claim", "keys", "uri"))


def meet(tx: Tx, actor: IncomingAccount, host: str) -> Account:
    """Store or refresh an account as ``actor`` says, with its keys; ``host`` is that of its handle.

    What only we know about it (when we met it, counts) stays; one that was gone is back. That the document came from
    where it must is *not* checked here. Forbidden when it has an address of ours.
    """
    known = accounts.find_uri(tx, actor.uri)
    if (known is not None and known.local) or houses.get(tx).is_ours(actor.uri):
        raise Forbidden("This server's own accounts are not taken from others.")
    if purges.holds(tx, actor.uri, actor.url, f"@{actor.username}@{host}".lower()):
        raise Forbidden(PURGED)
    actor = withholding.of_person(tx, actor)
    account = _merged(tx, actor, host.lower(), known)
    was_away = known is not None and domain_blocks.covers_account(tx, known.id)
    accounts.put(tx, account)
    if known is not None and was_away != domain_blocks.covers_account(tx, known.id):
        freezing.settle_renamed(tx, account)
    _take_keys(tx, account, actor.keys)
    for post in mentions.introduce(tx, account):
        corresponding.regroup(tx, post)
    tx.announce(AccountSeen(account=account.id, uri=account.uri))
    if known is not None and known.indexable != account.indexable:
        tx.announce(ConsentToSearchChanged(account=account.id))
    if known is not None and account.suspended and not known.suspended:
        _hide(tx, account)
    return account


def _hide(tx: Tx, account: Account) -> None:
    """Say that what somebody has posted is not shown any more, as far as apps may show it now."""
    shown = posts.at_home_of(tx, account.id, SHOWN)
    if shown:
        tx.announce(PostsHidden(posts=tuple(shown)))


def _take_keys(tx: Tx, account: Account, keys: Collection[IncomingKey]) -> None:
    before, now = accounts.key_values(tx, account.uri), {key.der for key in keys}
    accounts.drop_keys(tx, account.uri, except_=[key.key_id for key in keys])
    for key in keys:
        accounts.put_key(tx, key.key_id, owner=account.uri, algorithm=key.algorithm, der=key.der, proves=key.proves)
    if before and now and before.isdisjoint(now):
        following.remind(tx, account)  # a server that was installed again has new keys, and has lost its followers


def keep_key(tx: Tx, uri: str, key: IncomingKey) -> None:
    """Store a key that the account ``uri`` lists, if we know it; who is only passing by leaves nothing here."""
    account = accounts.find_uri(tx, uri)
    if account is None:
        return
    before = accounts.find_key(tx, key.key_id)
    accounts.put_key(tx, key.key_id, owner=uri, algorithm=key.algorithm, der=key.der, proves=key.proves)
    if before is not None and before.der != key.der:
        following.remind(tx, account)  # as above


def _merged(tx: Tx, actor: IncomingAccount, host: str, known: Account | None) -> Account:
    said = {name: getattr(actor, name) for name in _TAKEN}
    if known is None:
        number = ids.fresh(tx, "accounts")
        return Account(id=number, uri=actor.uri, host=host, created_at=tx.now, fetched_at=tx.now, **said)
    said["emojis"] = renewed(known.emojis, actor.emojis)
    return structs.replace(known, host=host, fetched_at=tx.now, gone_at=None, **said)


def stale(tx: Tx, account: Account) -> list[fetches.Kind]:
    """Return what about an account of another server was not asked for today."""
    if account.local or account.gone_at is not None:
        return []
    asked: list[tuple[datetime | None, fetches.Kind]] = [(account.counted_at, "counts"), (account.fetched_at, "object")]
    if account.featured is not None:
        asked.append((account.featured_at, "featured"))
    if account.featured_tags is not None:
        asked.append((account.tagged_at, "tags"))
    past = pasts.find(tx, account.id)
    if account.outbox is not None and (past is None or past.head_at is None):
        asked.append((None, "outbox"))
    return [kind for at, kind in asked if at is None or tx.now - at > STALE]


def look_at(tx: Tx, account: Account) -> None:
    """Ask for what is stale about somebody at whom the owner looks."""
    fresh = [fetches.put(tx, account.uri, kind=kind) for kind in stale(tx, account)]
    if account.moved_to is not None and accounts.find_uri(tx, account.moved_to) is None:
        fresh.append(fetches.put(tx, account.moved_to))
    if any(fresh):
        tx.announce(FetchQueued())


def revisit(tx: Tx, uri: str) -> None:
    """Ask again for the profile of whoever does something here and was not asked for within a week."""
    account = accounts.find_uri(tx, uri)
    if account is None or account.local or account.gone_at is not None:
        return
    if (account.fetched_at is None or tx.now - account.fetched_at > WEEK) and fetches.put(tx, uri):
        tx.announce(FetchQueued())


def ask(tx: Tx, account: Account) -> None:
    """Ask for the profile of somebody of whom nothing was heard for a while."""
    if fetches.put(tx, account.uri):
        tx.announce(FetchQueued())


def doubt(tx: Tx, inboxes: Collection[str]) -> None:
    """Ask whether those are gone whose inboxes are: their own servers know."""
    fresh = [fetches.put(tx, uri) for inbox in inboxes for uri in accounts.behind(tx, inbox, limit=DOUBTED)]
    if any(fresh):
        tx.announce(FetchQueued())


def count(tx: Tx, account: int, counts: Mapping[str, int], *, hidden: bool) -> None:
    """Note how many ``followers``, ``following`` and ``posts`` the origin claims; what it does not say stays."""
    claims = {f"{name}_claimed": number for name, number in counts.items()}
    accounts.change(tx, account, hide_collections=hidden, counted_at=tx.now, **claims)


def forget(tx: Tx, uri: str) -> Account | None:
    """Remove what an account that is gone has left here, but for its name; None when we never knew it."""
    account = accounts.find_uri(tx, uri)
    if account is None or account.local:
        return None
    for follow in follows.between(tx, account.id):
        follows.drop(tx, follow.id)
    _hide(tx, account)
    posts.drop_all(tx, account.id)
    likes.drop_all(tx, account.id)
    featured_tags.drop_all(tx, account.id)
    polling.forget_voter(tx, account.id)
    notifications.drop_of(tx, account.id)
    accounts.drop_keys(tx, uri)
    accounts.change(tx, account.id, gone_at=tx.now, note="", fields=(), avatar=None, header=None)
    tx.announce(AccountGone(account=account.id, uri=uri))
    return account

"""Targeting: what the owner names to be purged, and what would go with it."""

from msgspec import Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.domain.purge import PurgeKind
from smallfed.domain.uris import host, web
from smallfed.errors import Invalid, Malformed
from smallfed.protocol import webfinger
from smallfed.services import slicing
from smallfed.store import accounts, copies, erasing, follows, houses, posts, purges
from smallfed.store.tx import Tx

HEX = 64  # letters of a SHA-256


class Plan(Struct, frozen=True, kw_only=True):
    """What a purge is about, and what would go. ``shown_by``: posts of the owner that show the file, and keep it."""

    kind: PurgeKind
    host: str = ""
    own: bool = False
    words: tuple[str, ...] = ()
    digests: tuple[bytes, ...] = ()
    account_id: int | None = None
    here: bool = False
    posts: int = 0
    boosts: int = 0
    files: int = 0
    follows: bool = False
    followed: bool = False
    shown_by: tuple[str, ...] = ()


def plan(tx: Tx, named: str) -> Plan:
    """Say what ``named`` (an address, an id, a handle, the SHA-256 of a file) is, and what would go.

    What is not here can be purged, too: then it never comes. Invalid for what is none of these, or the owner.
    """
    named = named.strip()
    if len(named) == HEX and all(letter in "0123456789abcdef" for letter in named.lower()):
        return _of_file(tx, bytes.fromhex(named))
    if web(named) is None:
        return _of_handle(tx, named)
    post, account, copy = posts.find_url(tx, named), accounts.find_url(tx, named), copies.find(tx, named)
    if post is not None:
        return _of_post(tx, post)
    if account is not None:
        return _of_account(tx, account)
    if copy is not None and copy.media_type:
        found = Plan(kind=PurgeKind.FILE) if copy.digest is None else _of_file(tx, copy.digest)
        return structs.replace(found, host=copy.host, words=(named,), here=True)
    if host(named) in houses.get(tx).names:
        raise Invalid(f"{named} is no post of yours that is still here")
    return Plan(kind=PurgeKind.POST, host=host(named) or "", words=(named,))


def _of_handle(tx: Tx, named: str) -> Plan:
    try:
        meant = webfinger.handle(named)
    except Malformed as why:
        raise Invalid(
            f"{named!r} is nothing that can be purged: give an address, @user@example.org, or a SHA-256"
            " (a whole server is kept away by `smallfed block`)"
        ) from why
    account = accounts.find_handle(tx, meant.username, meant.host)
    if account is not None:
        return _of_account(tx, account)
    return Plan(kind=PurgeKind.ACTOR, host=meant.host, words=(_handle(meant.username, meant.host),))


def _handle(user: str, name: str) -> str:
    """Return a handle as it is remembered."""
    return f"@{user}@{name}".lower()


def _of_post(tx: Tx, post: Post) -> Plan:
    author = accounts.get(tx, post.account_id)
    return Plan(
        kind=PurgeKind.POST,
        host=author.host,
        own=post.local,
        words=slicing.words(tx, post),
        here=True,
        posts=1,
        boosts=erasing.boosts(tx, post.id),
        files=len(slicing.of_posts(tx, [post.id]).files),
    )


def _of_account(tx: Tx, account: Account) -> Plan:
    if account.local:
        raise Invalid("this is your own account: to leave for good there is `smallfed farewell`")
    owner, total, keys = houses.owner_id(tx), erasing.totals(tx, account.id), accounts.key_ids(tx, account.uri)
    return Plan(
        kind=PurgeKind.ACTOR,
        host=account.host,
        words=tuple(filter(None, (account.uri, account.url, _handle(account.username, account.host), *keys))),
        account_id=account.id,
        here=True,
        posts=total.posts,
        boosts=total.boosts,
        files=total.files,
        follows=follows.has(tx, owner, account.id),
        followed=follows.has(tx, account.id, owner),
    )


def _of_file(tx: Tx, digest: bytes) -> Plan:
    found = erasing.copies_of_file(tx, digest)
    unused = purges.unused_media(tx, digest)
    return Plan(
        kind=PurgeKind.FILE,
        digests=(digest,),
        here=bool(found or unused),
        files=len(found) + len(unused),
        shown_by=tuple(purges.showing(tx, digest)),
    )

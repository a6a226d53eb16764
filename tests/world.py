"""A small world for tests of rules and rows: an empty database, a Tx at a fixed moment, and people to know."""

import random
import sqlite3
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.custom_emoji import Arrival, CustomEmoji
from smallfed.domain.house import House
from smallfed.domain.post import Post, Visibility
from smallfed.domain.relation import Follow
from smallfed.protocol.signatures.keys import PrivateKey, generate_ed25519
from smallfed.services import illustrating
from smallfed.store import accounts, cut_offs, domain_blocks, emojis, follows, houses, ids, migrations, posts
from smallfed.store.houses import Owner
from smallfed.store.tx import Tx

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REMOTE_MEDIA = b"r" * 32


@cache
def _schema() -> bytes:
    sql = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(sql, migrations.steps())
    return sql.serialize()


def empty_tx(*, now: datetime = NOW, seed: int = 1) -> Tx:
    """Return a Tx on a fresh database in memory: no consequences, only announced events."""
    sql = sqlite3.connect(":memory:", isolation_level=None)
    sql.deserialize(_schema())
    sql.execute("PRAGMA foreign_keys = ON")
    return Tx(sql, now=now, dice=random.Random(seed).getrandbits)


def later(tx: Tx, **delta: float) -> Tx:
    """Move the Tx on in time by ``timedelta(**delta)``, and return it."""
    tx.now += timedelta(**delta)
    return tx


def acquaint(tx: Tx, handle: str, *, local: bool = False, **columns: Any) -> Account:
    """Store an account and return it; with ``local`` the house is set up too, as its owner's."""
    username, _, host = handle.partition("@")
    account = _owner(tx, username, host) if local else _stranger(tx, username, host)
    if columns:
        accounts.put(tx, structs.replace(accounts.get(tx, account), **columns))
    return accounts.get(tx, account)


def _stranger(tx: Tx, username: str, host: str) -> int:
    uri = f"https://{host}/users/{username}"
    account = Account(
        id=ids.fresh(tx, "accounts"),
        uri=uri,
        username=username,
        host=host,
        name=username.title(),
        url=f"https://{host}/@{username}",
        inbox=f"{uri}/inbox",
        shared_inbox=f"https://{host}/inbox",
        outbox=f"{uri}/outbox",
        followers=f"{uri}/followers",
        following=f"{uri}/following",
        created_at=tx.now,
        fetched_at=tx.now,
    )
    accounts.put(tx, account)
    return account.id


def _owner(tx: Tx, username: str, host: str) -> int:
    house = House(scheme="https", domain=host, account_domain=host, username=username, trial=False, created_at=tx.now)
    account = Account(
        id=ids.fresh(tx, "accounts"),
        uri=house.actor,
        local=True,
        username=username,
        host=host,
        name=username.title(),
        url=house.profile,
        inbox=house.inbox,
        shared_inbox=house.shared_inbox,
        outbox=house.outbox,
        followers=house.followers,
        following=house.following,
        featured=house.featured,
        created_at=tx.now,
    )
    accounts.put(tx, account)
    houses.put(tx, scheme=house.scheme, domain=host, account_domain=host, trial=False)
    houses.put_secret(tx, houses.REMOTE_MEDIA, REMOTE_MEDIA)
    owner = Owner(
        account_id=account.id,
        password="unset",
        note="",
        fields=(),
        visibility=Visibility.PUBLIC,
        sensitive=False,
        language=None,
    )
    houses.put_owner(tx, owner)
    return account.id


def lend_keys(tx: Tx) -> None:
    """Give the owner keys to show in the profile."""
    for name in ("owner-rsa", "owner-ed25519"):
        key = _key()
        houses.put_key(tx, name, algorithm=key.algorithm, private_pem=key.pem(), public_pem=key.public.pem())


@cache
def _key() -> PrivateKey:
    return generate_ed25519()


def say(tx: Tx, author: Account, **columns: Any) -> Post:
    """Store a post by ``author`` and return it: public, published now, with a uri of its own, unless told otherwise."""
    number = columns.pop("id", None) or ids.fresh(tx, "posts")
    post = Post(
        id=number,
        account_id=author.id,
        local=author.local,
        **{
            "uri": f"{author.uri}/notes/{number}",
            "visibility": Visibility.PUBLIC,
            "published_at": tx.now,
            "received_at": tx.now,
            **columns,
        },
    )
    posts.put(tx, post)
    return post


def keep_away(tx: Tx, domain: str) -> None:
    """Let a domain be blocked, and nothing else come of it."""
    domain_blocks.put(tx, domain)
    cut_offs.settle(tx, domain)


def let_near(tx: Tx, domain: str) -> None:
    """Let a domain be blocked no longer, and nothing else come of it."""
    domain_blocks.forget_all(tx, [one.id for one in domain_blocks.covering(tx, domain)])
    cut_offs.settle(tx, domain)


def illustrate(tx: Tx, shortcode: str, picture: str = "a.webp", still: str = "b.png", **fields: Any) -> CustomEmoji:
    """Let the owner have a custom emoji, and return it."""
    arrival = Arrival(shortcode=shortcode, picture=picture, still=still, **fields)
    illustrating.take(tx, [arrival], overwrite=True)
    return next(emoji for emoji in emojis.all_(tx) if emoji.shortcode == shortcode.strip(":"))


def wrap(tx: Tx, booster: Account, post: Post, **columns: Any) -> Post:
    """Store a boost of ``post`` and return it."""
    return say(tx, booster, kind="Announce", boost_of_id=post.id, **columns)


def befriend(tx: Tx, follower: Account, target: Account, **columns: Any) -> Follow:
    """Store that ``follower`` follows ``target``, accepted unless told otherwise, and return it."""
    number = ids.fresh(tx, "follows")
    follow = Follow(
        id=number,
        follower_id=follower.id,
        target_id=target.id,
        **{"uri": f"{follower.uri}#follows/{number}", "accepted": True, "created_at": tx.now, **columns},
    )
    follows.put(tx, follow)
    return follow

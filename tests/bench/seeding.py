"""Databases to begin with: a house that is set up, people it knows, posts it holds."""

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from smallfed.app import DATABASE
from smallfed.control import calls
from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.domain.relation import Follow
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.services import settling
from smallfed.services.settling import Beginning
from smallfed.store import accounts, follows, posts
from smallfed.store.opening import open_writer, prepare, private_folder
from smallfed.store.tx import Tx
from smallfed.workers.keymaking import fresh_keys
from tests.bench.people import HOME, Person

TOKEN = "the-token-of-the-benchmark"


@contextmanager
def writing(data: Path) -> Iterator[Tx]:
    """Open the database in ``data`` for one large transaction; make it where there is none."""
    now = datetime.now(UTC)
    private_folder(data)
    prepare(data / DATABASE, now=now)
    with closing(open_writer(data / DATABASE)) as sql:
        sql.execute("BEGIN IMMEDIATE")
        yield Tx(sql, now=now, dice=random.Random(1).getrandbits)
        sql.execute("COMMIT")
        sql.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def set_up(tx: Tx) -> None:
    """Set up the house of @alice, with an access token."""
    beginning = Beginning(
        username="alice",
        name="Alice",
        password="nobody logs in with it",
        domain=HOME,
        account_domain=HOME,
        trial=False,
        keys=fresh_keys(),
    )
    settling.set_up(tx, beginning)
    calls.token(tx, app="bench", scopes="read write follow", digest=sha256(TOKEN.encode()).hexdigest())


def know(tx: Tx, people: Iterable[Person], pems: Sequence[str], *, follow_us: bool, followed: bool) -> list[int]:
    """Store people, their keys, and who follows whom; return their ids."""
    owner = accounts.owner(tx).id
    keys = [PublicKey.from_pem(pem) for pem in pems]
    known = []
    for person in people:
        account = _account(tx, person)
        accounts.put(tx, account)
        key = keys[person.number % len(keys)]
        accounts.put_key(tx, person.key_id, owner=person.uri, algorithm=key.algorithm, der=key.der)
        if follow_us:
            follows.put(tx, _follow(tx, 2 * account.id, account.id, owner, f"{person.uri}/follow"))
        if followed:
            uri = f"https://{HOME}/follows/{account.id}"
            follows.put(tx, _follow(tx, 2 * account.id + 1, owner, account.id, uri))
        known.append(account.id)
    return known


def _account(tx: Tx, person: Person) -> Account:
    return Account(
        id=person.number + 1,
        uri=person.uri,
        username=f"u{person.number}",
        host=person.host,
        name=f"Number {person.number}",
        url=f"https://{person.host}/@u{person.number}",
        inbox=f"{person.uri}/inbox",
        followers=f"{person.uri}/followers",
        following=f"{person.uri}/following",
        outbox=f"{person.uri}/outbox",
        created_at=tx.now,
        fetched_at=tx.now,
    )


def _follow(tx: Tx, number: int, follower: int, target: int, uri: str) -> Follow:
    return Follow(id=number, follower_id=follower, target_id=target, uri=uri, accepted=True, created_at=tx.now)


def fill(tx: Tx, authors: Sequence[int], count: int) -> None:
    """Store posts of the last year in the home timeline, the newest a minute ago."""
    begun = tx.now - timedelta(days=365)
    step = timedelta(days=365) / (count + 1)
    for number in range(count):
        moment = begun + number * step
        uri = f"https://h0000.bench.example/statuses/{number}"
        posts.put(
            tx,
            Post(
                id=(int(moment.timestamp() * 1000) << 16) | tx.dice(16),
                uri=uri,
                url=uri,
                account_id=authors[tx.dice(20) % len(authors)],
                local=False,
                visibility=Visibility.PUBLIC,
                in_home=True,
                content=f"<p>This is number {number}, and it goes on for about as long as people write.</p>",
                language="en",
                published_at=moment,
                received_at=moment,
            ),
        )

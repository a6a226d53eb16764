"""Notifications: pages of a hundred thousand, one by one and in groups, with a post that went round the world."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.policy.notifying import group_keys
from smallfed.store import accounts, ids, notifications, posts
from smallfed.store.tx import Tx
from tests.bench import seeding
from tests.bench.budget import Row
from tests.bench.measures.reading import library
from tests.bench.people import HOME
from tests.bench.stage import Bench, Stage

MANY, PEOPLE, POSTS = 100_000, 10_000, 500
VIRAL = 12_000  # of them: likes and boosts of one post, just now

PATHS = {
    "notifications": "/api/v1/notifications?limit=40",
    "notifications typed": "/api/v1/notifications?limit=40&types[]=mention&types[]=quote",
    "notifications grouped": "/api/v2/notifications?limit=40&expand_accounts=partial_avatars",
    "notifications whole": "/api/v2/notifications?limit=40",
}


def notices(bench: Bench) -> Iterator[Row]:
    """One client, request after request."""
    stage = _library(bench)
    with stage.running():
        for name, path in PATHS.items():
            token = f"Authorization: Bearer {seeding.TOKEN}\r\n"
            request = f"GET {path} HTTP/1.1\r\nHost: {HOME}\r\n{token}\r\n".encode()
            stage.blast([request], connections=1, seconds=1)
            used = stage.cpu()
            came = stage.blast([request], connections=1, seconds=max(1.0, 5 * bench.scale))
            each = (stage.cpu() - used) / came.count * 1e3
            if set(came.statuses) != {"200"}:
                raise RuntimeError(f"{path}: {came.statuses}")
            note = f"of {MANY:,}, {bench.posts:,} posts, p50 {came.p50:.1f} ms, {each:.1f} ms of processor each"
            yield Row(name=name, value=came.p99, note=note)


def _library(bench: Bench) -> Stage:
    kept = library(bench)
    told = kept.with_name(f"{kept.name}-told")
    stage = bench.stage("notices")
    if not told.exists():
        shutil.copytree(kept, stage.data)
        with seeding.writing(stage.data) as tx:
            _fill(tx)
        shutil.copytree(stage.data, told)
        shutil.rmtree(stage.data)
    shutil.copytree(told, stage.data)
    return stage


def _fill(tx: Tx) -> None:
    """Store notifications of the last months, the newest a minute ago."""
    people, said, now = _people(tx), _said(tx), tx.now
    quiet = timedelta(days=200) / MANY
    for number in range(MANY - VIRAL):
        tx.now = now - timedelta(hours=VIRAL / 3600) - (MANY - VIRAL - number) * quiet
        _happen(tx, people[tx.dice(20) % PEOPLE], said[3 + tx.dice(20) % (POSTS - 3)], tx.dice(8))
    for number in range(VIRAL):
        tx.now = now - (VIRAL - number + 20) * timedelta(seconds=1)
        _happen(tx, people[number % PEOPLE], said[0], 2 + number // PEOPLE)
    for number in range(20):
        tx.now = now - (20 - number) * timedelta(seconds=1)
        _happen(tx, people[number], said[number + 3], number)
    tx.now = now
    tx.run("ANALYZE")


def _happen(tx: Tx, who: int, about: int, what: int) -> None:
    """Of eight one follows and one mentions the owner, two boost and four like a post."""
    type_ = ("follow", "mention", "favourite", "reblog", "favourite", "reblog", "favourite", "favourite")[what % 8]
    post = None if type_ == "follow" else _heard(tx, who) if type_ == "mention" else about
    notifications.put(tx, type_, who, post, keys=group_keys(type_, post, tx.now))


def _people(tx: Tx) -> list[int]:
    known = []
    for number in range(PEOPLE):
        uri = f"https://crowd.bench.example/users/{number}"
        account = Account(
            id=ids.fresh(tx, "accounts"),
            uri=uri,
            username=f"c{number}",
            host="crowd.bench.example",
            url=uri,
            inbox=f"{uri}/inbox",
            created_at=tx.now,
        )
        accounts.put(tx, account)
        known.append(account.id)
    return known


def _said(tx: Tx) -> list[int]:
    owner = accounts.owner(tx).id
    return [_post(tx, owner, f"https://{HOME}/said/{number}", local=True) for number in range(POSTS)]


def _heard(tx: Tx, author: int) -> int:
    return _post(tx, author, f"https://crowd.bench.example/said/{tx.new_id()}", local=False)


def _post(tx: Tx, author: int, uri: str, *, local: bool) -> int:
    post = Post(
        id=ids.fresh(tx, "posts"),
        uri=uri,
        url=uri,
        account_id=author,
        local=local,
        visibility=Visibility.PUBLIC,
        content="<p>Something that somebody has something to say about</p>",
        published_at=tx.now,
        received_at=tx.now,
    )
    posts.put(tx, post)
    return post.id

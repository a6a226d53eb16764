"""What is said and heard in the tests of posts, timelines and notifications."""

from typing import Any

import trio

from smallfed.domain.account import Account
from smallfed.domain.events import PostReceived
from smallfed.domain.post import Post, Visibility
from smallfed.domain.relation import Follow
from smallfed.mastodon.entities import Status
from smallfed.services import indexing
from smallfed.store import follows, houses, ids, mentions, posts
from smallfed.store.tx import Tx
from tests.mastodon.api import Api


async def say(api: Api, text: str, **form: Any) -> Status:
    """Publish a post, a second after whatever was before."""
    await trio.sleep(1)
    said: Status = await api.post("/api/v1/statuses", Status, status=text, **form)
    return said


async def ids_of(api: Api, path: str, **query: Any) -> list[str]:
    """Return the ids in a list of posts."""
    return [status.id for status in await api.get(path, list[Status], **query)]


async def follow(api: Api, *targets: Account) -> None:
    """Let the owner follow somebody, accepted."""
    for target in targets:
        await api.do(_follow, target)


def _follow(tx: Tx, target: Account) -> None:
    number = ids.fresh(tx, "follows")
    known = Follow(
        id=number,
        follower_id=houses.owner_id(tx),
        target_id=target.id,
        uri=f"https://home.example/follows/{number}",
        accepted=True,
        created_at=tx.now,
    )
    follows.put(tx, known)


async def hear(
    api: Api, author: Account, text: str = "Hello", *, answers: str | None = None, names: bool = False, **fields: Any
) -> Post:
    """Store a post of somebody else, in the home timeline, a second after whatever was before; the owner is told.

    ``answers`` is the id of a post that we hold; with ``names`` it names the owner.
    """
    await trio.sleep(1)
    return await api.do(_hear, author, text, answers, names, fields)


def _hear(tx: Tx, author: Account, text: str, answers: str | None, names: bool, fields: dict[str, Any]) -> Post:
    number = posts.arrival_id(tx, tx.now)
    above = None if answers is None else posts.get(tx, int(answers))
    if above is not None:
        fields = {
            "in_reply_to": above.uri,
            "in_reply_to_id": above.id,
            "in_reply_to_account_id": above.account_id,
            **fields,
        }
    post = Post(
        id=number,
        uri=f"{author.uri}/notes/{number}",
        url=f"{author.url}/{number}",
        account_id=author.id,
        local=False,
        content=f"<p>{text}</p>",
        published_at=tx.now,
        received_at=tx.now,
        **{"visibility": Visibility.PUBLIC, "in_home": True, **fields},
    )
    posts.put(tx, post)
    if names:
        mentions.put(tx, number, houses.owner_id(tx))
    tx.announce(PostReceived(post=number, fresh=True))
    indexing.catch_up(tx)
    return post

"""What everybody may read of the conversations that we have begun."""

from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.errors import NotFound
from smallfed.federation import conversations
from smallfed.services import blocking
from smallfed.store.tx import Tx
from smallfed.translate import outward
from tests import world


def told(thing: object) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(outward.body(thing))  # type: ignore[arg-type]
    return found


def answer(tx: Tx, author: Account, parent: Post, **fields: object) -> Post:
    links = {
        "in_reply_to": parent.uri,
        "in_reply_to_id": parent.id,
        "in_reply_to_account_id": parent.account_id,
    }
    return world.say(world.later(tx, seconds=1), author, **links | fields)


@pytest.fixture
def people(tx: Tx) -> tuple[Account, Account]:
    return world.acquaint(tx, "alice@home.example", local=True), world.acquaint(tx, "bob@far.example")


def test_what_is_public_and_wanted_the_oldest_first(tx: Tx, people: tuple[Account, Account]) -> None:
    alice, bob = people
    eve = world.acquaint(tx, "eve@evil.example")
    root = world.say(tx, alice)
    one = answer(tx, bob, root)
    own = answer(tx, alice, root)
    deeper = answer(tx, bob, own, visibility=Visibility.UNLISTED)
    secret = answer(tx, alice, root, visibility=Visibility.PRIVATE)
    answer(tx, bob, root, visibility=Visibility.DIRECT)
    below_secret = answer(tx, bob, secret)
    answer(tx, eve, root)
    blocking.block(tx, eve)

    page = told(conversations.context(tx, root.uri, root.id, {"page": ["true"]}))
    whole = told(conversations.context(tx, root.uri, root.id, {}))
    replies = told(conversations.replies(tx, root.uri, root.id, {}))
    others = told(conversations.replies(tx, root.uri, root.id, {"page": ["true"], "only_other_accounts": ["true"]}))

    assert page["orderedItems"] == [post.uri for post in (root, one, own, deeper, below_secret)]
    assert (whole["type"], whole["attributedTo"], whole["totalItems"]) == ("OrderedCollection", alice.uri, 5)
    assert (replies["totalItems"], others["items"]) == (2, [one.uri])
    assert replies["first"] == {
        "type": "CollectionPage",
        "partOf": f"{root.uri}/replies",
        "next": f"{root.uri}/replies?only_other_accounts=true&page=true",
        "items": [own.uri],
    }


def test_what_moderators_removed_is_not_shown_around(tx: Tx, people: tuple[Account, Account]) -> None:
    alice, bob = people
    root = world.say(tx, alice)
    removed = answer(tx, bob, root, removed=True)
    below = answer(tx, bob, removed)

    page = told(conversations.context(tx, root.uri, root.id, {"page": ["true"]}))
    replies = told(conversations.replies(tx, root.uri, root.id, {"page": ["true"], "only_other_accounts": ["true"]}))

    assert (page["orderedItems"], replies["items"]) == ([root.uri, below.uri], [])


def test_pages(tx: Tx, people: tuple[Account, Account]) -> None:
    """Every page leads to the next, our own answers to those of others; nothing is missing and nothing is twice."""
    alice, bob = people
    root = world.say(tx, alice)
    said = [answer(tx, who, root).uri for _ in range(70) for who in (alice, bob)]

    def walk(render: object, first: dict[str, list[str]], name: str) -> list[str]:
        found, query = [], first
        while True:
            page = told(render(tx, root.uri, root.id, query))  # type: ignore[operator]
            found += page[name]  # type: ignore[arg-type]
            if "next" not in page:
                return found
            query = parse_qs(urlsplit(str(page["next"])).query)

    assert walk(conversations.context, {"page": ["true"]}, "orderedItems") == [root.uri, *said]
    assert sorted(walk(conversations.replies, {"page": ["true"]}, "items")) == sorted(said)


def test_only_who_began_it_has_it(tx: Tx, people: tuple[Account, Account]) -> None:
    alice, bob = people
    reply = answer(tx, alice, world.say(tx, bob))

    with pytest.raises(NotFound):
        conversations.context(tx, reply.uri, reply.id, {})

"""Nothing a stranger sends raises anything but Invalid, and what comes out keeps its promises."""

import random
import re
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain.incoming import (
    Create,
    Incoming,
    IncomingAccount,
    IncomingPoll,
    IncomingPost,
    UpdateAccount,
    UpdatePost,
    Votes,
)
from smallfed.domain.uris import web
from smallfed.errors import Invalid, Malformed
from smallfed.protocol import limits
from smallfed.protocol.envelope import open_envelope, open_letter
from smallfed.protocol.jsonld import Document
from smallfed.translate import inward
from smallfed.translate.activities import READERS
from tests.protocol.test_jsonld import ANY_JSON
from tests.wire.mutation import mutated

WIRE = Path(__file__).parents[1] / "wire"
SEEDS: dict[str, dict[str, Any]] = {
    f"{path.parent.name}/{path.stem}": msgspec.json.decode(path.read_bytes())["wire"]
    for path in sorted(WIRE.glob("*/*.json"))
}
NAMES = sorted(
    {name for seed in SEEDS.values() for node in (seed, seed.get("object")) if isinstance(node, dict) for name in node}
)
URI = "https://a.example/1"


def digest(document: dict[str, Any]) -> None:
    """Put a document through every reader; check what comes out."""
    body = msgspec.json.encode(document)
    for reading in (lambda: inward.understand(body), lambda: open_envelope(body)):
        try:
            result = reading()
        except Invalid:
            continue
        if isinstance(result, Incoming):
            _check_activity(result)
    for reader, check in ((inward.post, _check_post), (inward.account, _check_account)):
        try:
            check(reader(Document(document)))
        except Invalid:
            continue
    inward.keys(Document(document))
    inward.kind_of(Document(document))


def _check_activity(activity: Incoming) -> None:
    assert web(activity.actor)
    if isinstance(activity, Create | UpdatePost):
        assert activity.post.author == activity.actor
        _check_post(activity.post)
    if isinstance(activity, Votes):
        assert {(vote.author, vote.vote) for vote in activity.posts} == {(activity.actor, True)}
    if isinstance(activity, UpdateAccount):
        assert activity.account.uri == activity.actor
        _check_account(activity.account)


def _check_post(post: IncomingPost) -> None:
    urls = [post.uri, post.author, *(attachment.url for attachment in post.attachments)]
    urls += [mention.href for mention in post.mentions] + [emoji.url for emoji in post.emojis] + [*post.to, *post.cc]
    assert all(web(url) for url in urls)
    assert post.url is None or web(post.url)
    assert "<script" not in post.content
    assert all(moment is None or moment.tzinfo for moment in (post.published_at, post.updated_at))
    assert all(attachment.kind in ("image", "video", "audio", "unknown") for attachment in post.attachments)
    assert post.raw
    if post.poll is not None:
        _check_poll(post.poll)


def _check_poll(poll: IncomingPoll) -> None:
    assert 0 < len(poll.options) <= limits.OPTIONS
    assert all(option.name and option.title and len(option.title) <= 2 * limits.OPTION for option in poll.options)
    assert not any(re.search(r"<[a-zA-Z/!?]", option.title) for option in poll.options)
    assert all(option.votes is None or 0 <= option.votes < 2**53 for option in poll.options)
    assert poll.voters is None or 0 <= poll.voters < 2**53
    assert poll.ends_at is None or poll.ends_at.tzinfo


def _check_account(account: IncomingAccount) -> None:
    optional = (account.url, account.avatar, account.header, account.shared_inbox, account.moved_to)
    assert all(url is None or web(url) for url in optional)
    assert web(account.uri)
    assert web(account.inbox)
    assert account.username


@given(ANY_JSON)
def test_any_json_whatever(value: Any) -> None:
    """The door and the readers take any JSON value, or refuse it in our words."""
    body = msgspec.json.encode(value)

    for reading in (open_letter, open_envelope, inward.understand):
        with suppress(Malformed):
            reading(body)
    if isinstance(value, dict):
        digest(value)


@given(st.sampled_from(sorted(READERS)), st.dictionaries(st.sampled_from(NAMES), ANY_JSON | st.just(URI), max_size=12))
def test_any_activity_of_a_kind_we_read(kind: str, document: dict[str, Any]) -> None:
    """Every reader takes any values of any properties, or says that they mean nothing."""
    activity = inward.understand(msgspec.json.encode({**document, "type": kind, "actor": URI}))

    assert activity.actor == URI
    _check_activity(activity)


@given(st.dictionaries(st.sampled_from(NAMES), ANY_JSON | st.just(URI), max_size=12))
def test_any_document_with_known_names(document: dict[str, Any]) -> None:
    """Known properties with any values whatever."""
    digest({"id": URI, "type": "Create", "actor": URI, **document})


@given(st.sampled_from(list(SEEDS.values())), st.sampled_from(NAMES), ANY_JSON)
def test_real_documents_with_one_property_replaced(seed: dict[str, Any], name: str, value: Any) -> None:
    """Documents as they come, with any value in the place of one property, outside and inside."""
    digest({**seed, name: value})
    if isinstance(seed.get("object"), dict):
        digest({**seed, "object": {**seed["object"], name: value}})


@pytest.mark.parametrize("name", SEEDS)
def test_mutated_documents(name: str) -> None:
    """Values of real documents, moved about, and the documents made wrong at random (always the same random)."""
    dice = random.Random(name)

    for _ in range(10):
        document = deepcopy(SEEDS[name])
        for _ in range(dice.randint(1, 4)):
            _mutate(document, dice)
        digest(document)
        digest(mutated(SEEDS[name], dice))


def _mutate(document: dict[str, Any], dice: random.Random) -> None:
    nodes = list(_nodes(document))
    node, other = dice.choice(nodes), dice.choice(nodes)
    key = dice.choice(list(node) or ["type"])
    stranger = deepcopy(other[dice.choice(list(other))]) if other else None
    value = node.get(key)
    node[key] = dice.choice(
        [None, [], {}, "", 0, -1, 1.5, True, [value, value], {"id": value}, [[value]], "\0", "x" * 3000, stranger]
    )


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 12:
        return
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in list(inner):
        yield from _nodes(child, depth + 1)

"""People and posts for tests of services."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import json

from smallfed.domain.account import Account
from smallfed.domain.draft import Draft
from smallfed.domain.incoming import IncomingMention, IncomingPost
from smallfed.services import consequences
from smallfed.store.tx import Tx
from tests.conftest import Know

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
Incoming = Callable[..., IncomingPost]


@pytest.fixture
def bob(know: Know, owner: Account) -> Account:
    """Return @bob@far.example."""
    return know("bob@far.example")


@pytest.fixture
def carol(know: Know, owner: Account) -> Account:
    """Return @carol@other.example."""
    return know("carol@other.example")


@pytest.fixture
def lively(tx: Tx) -> Tx:
    """Return the Tx as the house uses it: what follows from an event is written at once."""
    tx.then = consequences.follow
    return tx


@pytest.fixture
def incoming(tx: Tx) -> Incoming:
    """Return ``incoming(author, number=1, named=(), **fields)``: a public post as it arrives."""

    def make(author: Account, number: int = 1, named: tuple[Account, ...] = (), **fields: Any) -> IncomingPost:
        return IncomingPost(
            author=author.uri,
            **{
                "kind": "Note",
                "uri": f"{author.uri}/notes/{number}",
                "mentions": tuple(IncomingMention(href=account.uri) for account in named),
                "content": f"<p>{number}</p>",
                "to": (PUBLIC,),
                "cc": (author.followers or "", *(account.uri for account in named)),
                "published_at": tx.now,
                **fields,
            },
        )

    return make


def draft(text: str = "hello", **fields: Any) -> Draft:
    """Return a draft that says ``text``."""
    return Draft(text=text, **{"html": f"<p>{text}</p>", **fields})


def queued(tx: Tx) -> list[tuple[str, str]]:
    """Return (type of the activity, inbox) of everything that waits to be delivered, and forget it."""
    rows = tx.all(
        "SELECT b.type, d.inbox FROM deliveries d JOIN bodies b ON b.id = d.body_id WHERE d.state = 'waiting'"
        " ORDER BY d.id"
    )
    tx.run("DELETE FROM deliveries")
    return [(type_, inbox) for type_, inbox in rows]


def heard(tx: Tx) -> None:
    """Let everything that waits have been tried, so that it may have arrived."""
    tx.run("UPDATE deliveries SET attempts = 1 WHERE state = 'waiting'")


def last_body(tx: Tx) -> dict[str, Any]:
    """Return the activity that was rendered last."""
    (body,) = tx.one("SELECT body FROM bodies ORDER BY id DESC LIMIT 1")
    activity: dict[str, Any] = json.decode(body)
    return activity


def told(tx: Tx) -> list[tuple[str, int, int | None]]:
    """Return (type, account, post) of what the owner is told, oldest first."""
    return [tuple(row) for row in tx.all("SELECT type, account_id, post_id FROM notifications ORDER BY created_at, id")]

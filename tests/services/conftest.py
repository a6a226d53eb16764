"""People and posts for tests of services."""

from collections.abc import Callable
from typing import Any

import pytest

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
            kind="Note",
            **{
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

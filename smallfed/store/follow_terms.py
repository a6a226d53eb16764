"""The terms on which requests to follow are accepted by themselves."""

from msgspec import json

from smallfed.domain.welcome import Welcome
from smallfed.store.tx import Tx


def get(tx: Tx) -> Welcome:
    """Return the terms."""
    row = tx.one("SELECT terms FROM follow_terms")
    return Welcome() if row is None else json.decode(row[0], type=Welcome)


def put(tx: Tx, terms: Welcome) -> None:
    """Let these be the terms."""
    tx.run("INSERT OR REPLACE INTO follow_terms (id, terms) VALUES (1, ?)", json.encode(terms).decode())

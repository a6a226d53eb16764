"""Works: how each kind of errand is done that brings or asks about single accounts and posts.

Spec: RULINGS 9, 18. Whoever has loops of their own adds theirs (see ``app``).
"""

from smallfed.policy.budgets import Errand, Purpose
from smallfed.runtime.database import Database
from smallfed.store.fetches import Kind
from smallfed.workers import counting, featuring, namesakes, quotations, relays, tallying
from smallfed.workers.errands import Work
from smallfed.workers.fetching import Fetcher


def works(db: Database, fetcher: Fetcher) -> dict[Kind, Work]:
    """Return the table from kinds of errands to what is done; each has the budget of what a stranger causes."""

    def stranger() -> Errand:
        return fetcher.documents.errand(Purpose.STRANGER)

    return {
        "object": lambda fetch: fetcher.obtain(fetch.uri, stranger(), depth=fetch.depth),
        "counts": lambda fetch: counting.count(db, fetcher.documents, fetch.uri, stranger()),
        "featured": lambda fetch: featuring.feature(db, fetcher, fetch.uri, stranger()),
        "tags": lambda fetch: featuring.tag(db, fetcher.documents, fetch.uri, stranger()),
        "poll": lambda fetch: tallying.tally(db, fetcher, fetch.uri, stranger()),
        "namesake": lambda fetch: namesakes.look(db, fetcher, fetch.uri, stranger()),
        "relay": lambda fetch: relays.look(db, fetcher.documents, fetch, fetcher.documents.errand(Purpose.OWNER)),
        "quote": lambda fetch: quotations.look(db, fetcher, fetch.uri, stranger()),
    }

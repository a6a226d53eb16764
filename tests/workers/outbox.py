"""An outbox on another server for tests, in the shapes that are out there."""

from datetime import timedelta
from typing import Any

from tests.workers.far import AS2, FakeHttp, Person
from tests.world import NOW

PUBLIC = f"{AS2}#Public"


def note(person: Person, number: int, **changes: Any) -> dict[str, Any]:
    """Return the post ``number`` of a person, written that many days ago."""
    moment = (NOW - timedelta(days=number)).isoformat()
    return person.note(number, content=f"<p>{number}</p>", published=moment, **changes)


def create(person: Person, number: int, **changes: Any) -> dict[str, Any]:
    """Return the Create of it."""
    stated = note(person, number, **changes)
    return {
        "id": f"{stated['id']}/activity",
        "type": "Create",
        "actor": person.uri,
        "published": stated["published"],
        "to": stated["to"],
        "object": stated,
    }


def announce(person: Person, number: int, uri: str) -> dict[str, Any]:
    """Return a boost that a person made so many days ago."""
    return {
        "id": f"https://{person.host}/boosts/{number}",
        "type": "Announce",
        "actor": person.uri,
        "published": (NOW - timedelta(days=number)).isoformat(),
        "to": [PUBLIC],
        "object": uri,
    }


class Outbox:
    """The outbox of ``person``, page by page."""

    def __init__(self, http: FakeHttp, person: Person) -> None:
        self.http, self.person, self.uri = http, person, f"{person.uri}/outbox"

    def page(self, number: int) -> str:
        """Return the address of a page."""
        return f"{self.uri}?page={number}"

    def put(self, *pages: list[Any], total: int | None = None) -> "Outbox":
        """Serve these pages, the first of them first."""
        count = sum(map(len, pages)) if total is None else total
        self.http.put(
            self.uri, {"id": self.uri, "type": "OrderedCollection", "totalItems": count, "first": self.page(1)}
        )
        for number, items in enumerate(pages, 1):
            self.put_page(number, items, next_=self.page(number + 1) if number < len(pages) else None)
        return self

    def put_page(self, number: int, items: list[Any], *, next_: str | None) -> None:
        """Serve one page."""
        page = {"id": self.page(number), "type": "OrderedCollectionPage", "partOf": self.uri, "orderedItems": items}
        self.http.put(self.page(number), page | ({} if next_ is None else {"next": next_}))

    def put_all(self, items: list[Any]) -> "Outbox":
        """Serve everything in the collection itself."""
        self.http.put(self.uri, {"id": self.uri, "type": "OrderedCollection", "orderedItems": items})
        return self

"""Somebody's profile is paged to its end over real connections, and goes on after a kill."""

from tests.outside.conftest import ALICE
from tests.processes import Server
from tests.strangers import Document, Stranger

PAGES, PAGE = 6, 20


def fill(bob: Stranger) -> list[str]:
    """Give a stranger an outbox of several pages, the last of them with a forgery; return the texts, newest first."""
    said = []
    for page in range(PAGES):
        items: list[Document] = []
        for number in range(page * PAGE, (page + 1) * PAGE):
            said.append(f"<p>number {number}</p>")
            note = bob.note(said[-1], published=f"2026-01-{28 - number // 20:02d}T{23 - number % 20:02d}:00:00Z")
            items.append(bob.create(note))
        if page == PAGES - 1:
            items.append(bob.create(bob.note("<p>forged</p>", attributedTo=ALICE)))
        further = {"next": f"{bob.id}/outbox?page={page + 2}"} if page + 1 < PAGES else {}
        address = f"{bob.id}/outbox?page={page + 1}"
        served = {"id": address, "type": "OrderedCollectionPage", "orderedItems": items, **further}
        bob.serve(address.removeprefix(bob.base), served)
    outbox = {"id": f"{bob.id}/outbox", "type": "OrderedCollection", "totalItems": len(said)}
    bob.serve(f"/users/{bob.name}/outbox", outbox | {"first": f"{bob.id}/outbox?page=1"})
    return said


def test_a_profile_is_paged_to_its_end(home: Server, token: str, bob: Stranger) -> None:
    said = fill(bob)
    found = home.api("GET", f"/api/v2/search?q=@{bob.name}@{bob.domain}&resolve=true", token)
    (person,) = found["accounts"]
    shown: list[str] = []
    statuses = below = f"/api/v1/accounts/{person['id']}/statuses?limit=30"

    while page := home.api("GET", below, token):
        shown += [status["content"] for status in page]
        below = f"{statuses}&max_id={page[-1]['id']}"
        if len(shown) == 60:
            home.kill()
            home.start()

    assert shown == said
    assert len([path for _, path, _ in bob.asked if "page=1" in path]) == 1

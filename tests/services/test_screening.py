"""What the notification policy keeps back, and whom the owner hears after all."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import Event, NotificationFiltered, NotificationMade, NotificationsMerged
from smallfed.domain.notification import Handling, Policy
from smallfed.domain.post import Post, Visibility
from smallfed.errors import NotFound
from smallfed.services import blocking, notifying, removing, screening
from smallfed.store import mentions, notification_requests, notifications
from smallfed.store.notifications import Choice
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import told

ACCEPT, FILTER, DROP = Handling


def private(tx: Tx, author: Account, to: Account, below: Post | None = None) -> Post:
    """Store a private mention, and let the owner be told if it is for the owner."""
    post = world.say(
        world.later(tx, seconds=1),
        author,
        visibility=Visibility.DIRECT,
        in_reply_to=below and below.uri,
        in_reply_to_id=below and below.id,
        in_reply_to_account_id=below and below.account_id,
    )
    mentions.put(tx, post.id, to.id)
    if to.local:
        notifying.tell(tx, "mention", author.id, post.id)
    return post


def announced(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


@pytest.mark.parametrize(
    ("handling", "stored", "said"),
    [(ACCEPT, [0], [NotificationMade]), (FILTER, [1], [NotificationFiltered]), (DROP, [], [])],
)
def test_what_becomes_of_a_strangers_mention(
    tx: Tx, owner: Account, bob: Account, events: list[Event], handling: Handling, stored: list[int], said: list[Event]
) -> None:
    screening.change(tx, Policy(not_following=handling))

    notifying.tell(tx, "mention", bob.id, world.say(tx, bob, content="<p>hello</p>").id)

    assert [filtered for (filtered,) in tx.all("SELECT filtered FROM notifications")] == stored
    assert announced(events) == said
    assert notification_requests.pending(tx) == ((1, 1) if handling is FILTER else (0, 0))


def test_only_what_is_addressed_to_the_owner_makes_a_request(tx: Tx, owner: Account, bob: Account) -> None:
    """Other things are kept back as well, and wait with it."""
    screening.change(tx, Policy(not_following=FILTER))
    post = world.say(tx, owner)

    for type_ in ("favourite", "reblog", "follow"):
        notifying.tell(tx, type_, bob.id, None if type_ == "follow" else post.id)
    before = notification_requests.newest(tx, Page())
    quoting = world.say(tx, bob)
    notifying.tell(tx, "quote", bob.id, quoting.id)

    (request,) = notification_requests.newest(tx, Page())
    assert before == []
    assert (request.account, request.count, request.last_post_id) == (bob, 1, quoting.id)
    assert len(told(tx)) == 4
    assert notifications.newest(tx, Page()) == []


def test_an_answer_to_a_private_word_of_the_owner_is_heard(
    tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]
) -> None:
    """Wherever it stands below that; to others the owner has said nothing."""
    screening.change(tx, Policy(private_mentions=FILTER))
    said = private(tx, owner, bob)
    answer = private(tx, bob, owner, said)
    private(tx, bob, owner, answer)
    assert announced(events) == [NotificationMade, NotificationMade]
    events.clear()

    private(tx, carol, owner, said)
    private(tx, bob, owner)
    private(tx, bob, owner, world.say(tx, owner))

    assert announced(events) == [NotificationFiltered] * 3
    assert [request.account for request in notification_requests.newest(tx, Page())] == [bob, carol]


def test_whoever_is_followed_is_heard(tx: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    screening.change(tx, Policy(not_following=DROP, new_accounts=DROP, private_mentions=DROP))
    world.befriend(tx, owner, bob)

    private(tx, bob, owner)

    assert announced(events) == [NotificationMade]


def test_accepting(tx: Tx, owner: Account, bob: Account, carol: Account, events: list[Event]) -> None:
    """What was kept back is there, where it belongs by its age, and from now on they are heard."""
    screening.change(tx, Policy(not_following=FILTER))
    first = private(tx, bob, owner)
    private(tx, carol, owner)
    events.clear()

    screening.accept(tx, [request for request in notification_requests.newest(tx, Page()) if request.account == bob])
    second = private(tx, bob, owner)

    assert [one.post_id for one in notifications.newest(tx, Page())] == [second.id, first.id]
    assert [request.account for request in notification_requests.newest(tx, Page())] == [carol]
    assert events[0] == NotificationsMerged(account=bob.id, mentions=(first.id,))
    assert announced(events) == [NotificationsMerged, NotificationMade]

    blocking.block(tx, bob)
    blocking.unblock(tx, bob)
    events.clear()
    private(tx, bob, owner)
    assert announced(events) == [NotificationFiltered]  # a block ends the permission


def test_dismissing(tx: Tx, owner: Account, bob: Account) -> None:
    """What was kept back is gone; what comes later is judged anew."""
    notifying.tell(tx, "favourite", bob.id, world.say(tx, owner).id)
    screening.change(tx, Policy(not_following=FILTER))
    private(tx, bob, owner)

    (request,) = notification_requests.newest(tx, Page())
    screening.dismiss(tx, [request])
    dismissed = notification_requests.newest(tx, Page())
    again = private(tx, bob, owner)

    assert dismissed == []
    assert [one.type for one in notifications.newest(tx, Page())] == ["favourite"]
    with pytest.raises(NotFound):
        notification_requests.get(tx, request.id)
    assert [(one.count, one.last_post_id) for one in notification_requests.newest(tx, Page())] == [(1, again.id)]


def test_a_request_goes_with_what_it_stands_for(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """Deleted posts count no more; the last one leaves nothing, whichever way it went."""
    screening.change(tx, Policy(not_following=FILTER))
    first, second = private(tx, bob, owner), private(tx, bob, owner)
    private(tx, carol, owner)
    kept = notifications.newest(tx, Page(), Choice(filtered=True))

    removing.remove(tx, second.uri, bob.uri)
    (_, bobs) = notification_requests.newest(tx, Page())
    removing.remove(tx, first.uri, bob.uri)
    notifying.dismiss(tx, kept[0].id)

    assert (bobs.count, bobs.last_post_id) == (1, first.id)
    assert notification_requests.newest(tx, Page()) == []
    assert notification_requests.pending(tx) == (0, 0)


def test_more_than_a_hundred_are_not_counted(tx: Tx, owner: Account, bob: Account) -> None:
    screening.change(tx, Policy(not_following=FILTER))
    for _ in range(103):
        private(tx, bob, owner)

    (request,) = notification_requests.newest(tx, Page())

    assert request.count == 100
    assert notification_requests.pending(tx) == (1, 100)

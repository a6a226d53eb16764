"""Posts for later: kept whole, published once, and never lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.draft import Ballot
from smallfed.domain.events import Event, PostScheduled
from smallfed.domain.interaction import QuotePolicy
from smallfed.domain.post import Visibility
from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.domain.wish import Wish
from smallfed.errors import Forbidden, Invalid, NotFound
from smallfed.policy.scheduling import DRAFT, MOST, MOST_A_DAY
from smallfed.services import posting, scheduling
from smallfed.store import accounts, posts, scheduled_posts
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import draft

WISH = Wish(
    text="Later",
    summary="A warning",
    poll=Ballot(options=("a", "b"), lasts=300, multiple=True),
    quote_policy=QuotePolicy.NOBODY,
)
DECIDED = structs.replace(
    WISH, content_type="text/plain", visibility=Visibility.UNLISTED, sensitive=True, language="de", local=False
)


def _schedule(tx: Tx, hours: float = 1, key: str | None = None) -> ScheduledPost:
    said = draft(
        "Later",
        visibility=Visibility.UNLISTED,
        sensitive=True,
        language="de",
        quote_policy=QuotePolicy.NOBODY,
        application="Tests",
        idempotency=None if key is None else (1, key),
    )
    return scheduling.schedule(tx, WISH, said, tx.now + timedelta(hours=hours))


def test_what_is_kept(tx: Tx, owner: Account, events: list[Event]) -> None:
    """Everything the app said, and what the owner preferred then; it comes back from the disk as it went."""
    kept = _schedule(tx, key="k")

    at = tx.now + timedelta(hours=1)
    assert kept == ScheduledPost(
        id=kept.id,
        wish=DECIDED,
        scheduled_at=at,
        due=at,
        application="Tests",
        idempotency=(1, "k"),
        created_at=tx.now,
    )
    assert scheduled_posts.get(tx, kept.id) == kept
    assert events == [PostScheduled()]


def test_the_same_key_is_the_same_post_for_a_day(tx: Tx, owner: Account) -> None:
    first, again = _schedule(tx, key="k"), _schedule(tx, hours=2, key="k")
    world.later(tx, days=1)

    new = _schedule(tx, key="k")

    assert again == first
    assert new.id != first.id


def test_it_is_published_once(tx: Tx, owner: Account) -> None:
    """Not before its hour, and in the same step it is forgotten."""
    kept = _schedule(tx)
    early = scheduling.publish(tx, kept.id, draft("Later"))
    world.later(tx, hours=1)

    published = [scheduling.publish(tx, kept.id, draft("Later")) for _ in range(2)]

    assert early is None
    assert published[0] is not None
    assert published[1] is None
    assert scheduled_posts.find(tx, kept.id) is None
    assert posts.get(tx, published[0].id).published_at == tx.now


def test_a_key_that_was_used_again_swallows_nothing(tx: Tx, owner: Account) -> None:
    kept = _schedule(tx, hours=48, key="k")
    world.later(tx, hours=47)
    other = posting.publish(tx, draft("Other", idempotency=(1, "k")))
    world.later(tx, hours=1)

    published = scheduling.publish(tx, kept.id, draft("Later", idempotency=(1, "k")))

    assert published is not None
    assert (published.id != other.id, published.content) == (True, "<p>Later</p>")


def test_what_cannot_be_published_stays_as_it_was(tx: Tx, owner: Account) -> None:
    """An error leaves the row to whoever rolls back; halted, it waits for the owner, with the reason."""
    kept = _schedule(tx)
    world.later(tx, hours=1)

    scheduled_posts.halt(tx, kept.id, "The post is gone.")

    halted = scheduled_posts.get(tx, kept.id)
    assert halted == structs.replace(kept, due=None, problem="The post is gone.")
    assert (halted.draft, scheduled_posts.first(tx), scheduled_posts.next_due(tx)) == (False, None, None)
    moved = scheduling.move(tx, kept.id, tx.now + timedelta(hours=1))
    assert (moved.problem, moved.due) == ("", tx.now + timedelta(hours=1))


def test_what_was_moved_in_the_meantime_is_not_halted(tx: Tx, owner: Account) -> None:
    kept = _schedule(tx)
    world.later(tx, hours=1)
    moved = scheduling.move(tx, kept.id, tx.now + timedelta(hours=1))

    scheduled_posts.halt(tx, kept.id, "The post is gone.")
    scheduled_posts.postpone(tx, kept.id, tx.now + timedelta(days=1))

    assert scheduled_posts.get(tx, kept.id) == moved


def test_a_draft_waits_for_nothing_until_it_is_released(tx: Tx, owner: Account) -> None:
    kept = scheduling.schedule(tx, WISH, draft("Later"), DRAFT)

    assert (kept.draft, kept.scheduled_at, scheduled_posts.next_due(tx)) == (True, DRAFT, None)
    released = scheduling.release(tx, kept.id)
    assert (released.draft, released.due, scheduled_posts.first(tx)) == (False, tx.now, released)
    assert scheduling.move(tx, kept.id, DRAFT).draft is True


def test_what_could_not_be_published_now_is_not_kept(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@far.example")
    secret = world.say(tx, bob, visibility=Visibility.DIRECT)
    at = tx.now + timedelta(hours=1)

    for said, error in (
        (draft(in_reply_to_id=secret.id), NotFound),
        (draft(quoted_id=secret.id), NotFound),
        (draft(quoted_id=world.say(tx, bob).id), Invalid),
    ):
        with pytest.raises(error):
            scheduling.schedule(tx, WISH, said, at)
    accounts.change(tx, owner.id, moved_to="https://new.example/alice")
    with pytest.raises(Forbidden):
        scheduling.schedule(tx, WISH, draft(), at)
    assert scheduled_posts.books(tx, at).total == 0


def test_limits(tx: Tx, owner: Account) -> None:
    """So many a day, so many in all; moving one within its day is always possible."""
    day = [_schedule(tx, hours=1 + number / 100) for number in range(MOST_A_DAY)]

    with pytest.raises(Invalid):
        _schedule(tx)
    moved = scheduling.move(tx, day[0].id, tx.now + timedelta(hours=2))
    for _ in range(MOST - MOST_A_DAY):
        scheduling.schedule(tx, WISH, draft(), DRAFT)
    with pytest.raises(Invalid):
        scheduling.schedule(tx, WISH, draft(), DRAFT)
    scheduling.cancel(tx, day[1].id)
    assert moved.scheduled_at == tx.now + timedelta(hours=2)
    assert scheduling.schedule(tx, WISH, draft(), DRAFT).draft is True


@pytest.mark.parametrize("call", [scheduling.release, scheduling.cancel])
def test_what_is_not_there(tx: Tx, owner: Account, call: Callable[[Tx, int], object]) -> None:
    with pytest.raises(NotFound):
        call(tx, 1)

"""A house, its owner and a friend, for the tests of what leaves and enters."""

from datetime import UTC, datetime

from smallfed.domain.account import Account, Emoji, Field
from smallfed.domain.house import House

DAY = datetime(2026, 11, 23, 2, 0, 0, tzinfo=UTC)

HOUSE = House(
    scheme="https",
    domain="social.example.org",
    account_domain="example.org",
    username="alice",
    trial=False,
    created_at=DAY,
)

ALICE = Account(
    attribution_domains=("alice.example",),
    show_media=False,
    id=1,
    uri=HOUSE.actor,
    local=True,
    username="alice",
    host="example.org",
    name="Alice",
    note="<p>bio</p>",
    inbox=HOUSE.inbox,
    avatar="https://social.example.org/media/avatar.png",
    discoverable=True,
    fields=(Field(name="Site", value='<a href="https://alice.example">alice.example</a>'),),
    emojis=(Emoji(shortcode="blob", url="https://social.example.org/blob.png"),),
    also_known_as=("https://old.example/users/alice",),
    created_at=DAY,
)

BOB = Account(
    id=2,
    uri="https://peer.example/users/bob",
    username="bob",
    host="peer.example",
    inbox="https://peer.example/users/bob/inbox",
    created_at=DAY,
)

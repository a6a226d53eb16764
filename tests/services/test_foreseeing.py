"""What lists would cut off is said before anything is agreed to: people, posts, and what the owner uses."""

from smallfed.domain.account import Account
from smallfed.domain.blocklist import Entry
from smallfed.domain.domain_block import Severity
from smallfed.domain.relay import Style
from smallfed.services import foreseeing, relaying, trusting
from smallfed.services.trusting import Trust
from smallfed.store import blocklists
from smallfed.store.tx import Tx
from tests.conftest import Know

BAD = Entry(subject="bad.example")
WORSE = Entry(subject="worse.example")


def subscribe(tx: Tx, *entries: Entry, url: str = "https://lists.example/blocks.csv", **trust: object) -> str:
    """Subscribe to a list that says this; return its address."""
    made = trusting.subscribe(tx, url, Trust(**trust))  # type: ignore[arg-type]
    trusting.take(tx, made.id, entries)
    return url


def test_a_list_that_is_subscribed_to_does_not_speak_twice(lively: Tx, owner: Account) -> None:
    """Seen again it is trusted as it is, unless something else is said; what others say goes on counting."""
    url = subscribe(lively, BAD, WORSE, name="mine")
    subscribe(lively, WORSE, url="https://other.example/list.txt", name="other")
    known = blocklists.get(lively, url)

    again = foreseeing.with_list(lively, [BAD, WORSE], Trust(), known)
    heavier = foreseeing.with_list(lively, [BAD, WORSE], Trust(weight=2), known)
    milder = foreseeing.with_list(lively, [BAD, WORSE], Trust(weight=2, ceiling=Severity.SILENCE), known)
    one_more = foreseeing.with_list(lively, [BAD, WORSE], Trust())

    assert (again.blocks, again.limits) == (1, 1)
    assert (heavier.blocks, heavier.limits) == (2, 0)
    assert (milder.blocks, milder.limits) == (0, 2)
    assert (one_more.blocks, one_more.limits) == (2, 0)


def test_relays_and_lists_that_would_be_cut_off(lively: Tx, owner: Account) -> None:
    """By a block, also of what is above them; a limit cuts neither off."""
    relaying.add(lively, "https://hub.relay.example/inbox", style=Style.MASTODON)
    subscribe(lively, BAD)
    blocks = [Entry(subject=name) for name in ("relay.example", "lists.example", "far.example")]
    limits = [Entry(subject="hub.relay.example", severity=Severity.SILENCE)]

    found = foreseeing.with_list(lively, blocks, Trust(weight=2))
    limited = foreseeing.with_list(lively, limits, Trust(weight=2))

    assert (found.relays, found.lists, found.following, found.posts) == (1, 1, 0, 0)
    assert [(cut.subject, cut.relays, cut.lists) for cut in found.cuts] == [
        ("lists.example", (), ("https://lists.example/blocks.csv",)),
        ("relay.example", ("https://hub.relay.example/inbox",), ()),
    ]
    assert (limited.relays, limited.cuts) == (0, ())


def test_how_many_servers_are_below_a_name(lively: Tx, owner: Account, know: Know) -> None:
    """So that nobody agrees to what hosts many as if it were one; each is counted where it is covered, and once."""
    for handle in (
        "a@one.host.example",
        "b@one.host.example",
        "c@two.host.example",
        "d@host.example",
        "e@ghost.example",
    ):
        know(handle)
    names = ("host.example", "two.host.example", "@e@ghost.example")

    found = foreseeing.with_list(lively, [Entry(subject=name) for name in names], Trust(weight=2))

    assert {cut.subject: (cut.below, cut.people) for cut in found.cuts} == {
        "host.example": (1, 3),
        "two.host.example": (0, 1),
        "@e@ghost.example": (0, 1),
    }

"""Why something never came: whatever stands in its way is said."""

import pytest
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Severity
from smallfed.domain.filter import Action as Hiding
from smallfed.domain.filter import Context
from smallfed.domain.notification import Handling
from smallfed.domain.post import Attachment
from smallfed.domain.rule import Action, Family
from smallfed.errors import Invalid
from smallfed.services import (
    blocking,
    explaining,
    filtering,
    legislating,
    moderating,
    muting,
    posting,
    purging,
    receiving,
    reckoning,
    releasing,
    screening,
)
from smallfed.services.moderating import Wish
from smallfed.services.receiving import SENT
from smallfed.store import mutes, notification_requests, posts, refusals
from smallfed.store.refusals import Which
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import Incoming, draft, queued


def said(tx: Tx, about: str) -> list[tuple[str, str]]:
    """Return what is said about something, with the first word of what it is."""
    return [(one.what.split()[0], one.why) for one in explaining.why(tx, about)]


STRANGER = (
    "follow",
    "@bob@far.example: you do not follow them: of what they say only what names or answers you is sent here",
)


def test_what_was_refused(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    rule = legislating.make(lively, Family.KEYWORD, "airdrop", Action.DROP)
    post = incoming(bob, content="airdrop", named=(owner,))
    receiving.receive(lively, post, SENT)
    blocking.block(lively, bob)
    moderating.block(lively, "far.example", Wish(reject_media=True))

    of_post, of_person = said(lively, post.uri), said(lively, "@bob@far.example")

    assert of_post == [
        ("server", "silence, reject-media of far.example by you"),
        ("person", "@bob@far.example: you block them"),
        STRANGER,
        ("ledger", f"Note drop: It says 'airdrop'. (rule {rule.id}: keyword airdrop)"),
    ]
    assert of_person[:2] == [
        ("server", "silence, reject-media of far.example by you"),
        ("person", "@bob@far.example: you block them"),
    ]
    assert len(of_person) == 4
    assert said(lively, "https://nobody.example/1") == []


def test_what_is_here_and_not_to_be_seen(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """A policy keeps it back, a filter matches it, its author and its conversation are muted."""
    screening.change(lively, structs.replace(notification_requests.policy(lively), not_following=Handling.FILTER))
    made = filtering.create(
        lively, filtering.Wish(title="Scams", contexts=[Context.HOME], action=Hiding.HIDE, keywords=[])
    )
    filtering.add_keyword(lively, made.id, "airdrop", whole_word=True)
    post = incoming(bob, content="<p>An Airdrop!</p>", named=(owner,))
    receiving.receive(lively, post, SENT)
    stored = posts.find_uri(lively, post.uri)
    assert stored is not None
    muting.mute(lively, bob)
    mutes.put_thread(lively, stored.id)

    found = said(lively, post.uri)

    assert ("person", "@bob@far.example: you mute them") in found
    assert (
        "person",
        "@bob@far.example: your policy keeps back 1 of their posts: filtered notifications in apps",
    ) in found
    assert ("person", "@bob@far.example: 1 of what they did waits in `smallfed review`") in found
    assert ("post", "it is here, but not for your home timeline") in found
    assert ("post", "you mute the conversation it is in") in found
    assert ("filter", "Scams: Airdrop") in found


def test_what_rules_say_of_whom_nothing_has_come_yet(lively: Tx, owner: Account, bob: Account) -> None:
    """Of somebody, of a server, and of an address there that was never heard of."""
    rule = legislating.make(lively, Family.DOMAIN, "far.example", Action.REJECT)
    line = ("rule", f"reject: It comes from far.example. (rule {rule.id}: domain far.example)")

    assert said(lively, "@bob@far.example") == [STRANGER, line]
    assert said(lively, "@nobody@far.example") == [line]
    assert said(lively, "far.example") == [line]
    assert said(lively, "https://far.example/@bob/77") == [line]
    assert said(lively, "https://other.example/@bob/77") == []


def test_a_house_that_is_closed(lively: Tx, owner: Account, bob: Account) -> None:
    moderating.close(lively, closed=True)

    assert said(lively, "@bob@far.example") == [("server", "only servers that you allow are let in"), STRANGER]


def test_what_a_follow_leaves_out(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    world.befriend(lively, owner, bob, reblogs=False, languages=("en",))
    world.befriend(lively, owner, carol, accepted=False)

    assert said(lively, "@bob@far.example") == [
        ("follow", "@bob@far.example: you hide their boosts"),
        ("follow", "@bob@far.example: you follow them in some languages only"),
    ]
    assert said(lively, "@carol@other.example") == [
        ("follow", "@carol@other.example: they have not accepted your follow yet")
    ]


def test_pictures_that_are_unwanted(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """Where they are fetched from counts, and whose they are."""
    pictures = (Attachment(id=0, kind="image", url="https://files.example/1.png", media_type="image/png"),)
    post = incoming(bob, named=(owner,), attachments=pictures)
    receiving.receive(lively, post, SENT)
    before = said(lively, post.uri)
    moderating.block(lively, "files.example", Wish(severity=Severity.NOOP, reject_media=True))

    line = ("media", "you want no pictures of theirs from files.example")
    assert line not in before
    assert line in said(lively, post.uri)
    assert said(lively, "files.example") == [("server", "reject-media of files.example by you")]


def test_to_whom_a_post_of_ours_was_not_sent(lively: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """A rule keeps it from a server, and that stays to be read; to others it goes."""
    for fan in (bob, carol):
        world.befriend(lively, fan, owner)
    rule = legislating.make(lively, Family.DOMAIN, "far.example", Action.REJECT)

    posted = posting.publish(lively, draft())

    unsent = [one for one in said(lively, posted.uri) if one[0] == "delivery"]
    assert unsent == [("delivery", f"Create dropped: not sent: rule {rule.id}: domain far.example")]
    assert queued(lively) == [("Create", carol.shared_inbox or carol.inbox)]


def test_a_word_is_nothing_to_ask_about(lively: Tx, owner: Account) -> None:
    with pytest.raises(Invalid, match="no address"):
        explaining.why(lively, "nonsense")


@pytest.mark.parametrize(
    "typed", ["home.example", "@Alice@home.example", "https://home.example/", "https://home.example/users/alice"]
)
def test_of_the_owner_there_is_nothing_to_say(lively: Tx, owner: Account, typed: str) -> None:
    with pytest.raises(Invalid, match="is yours"):
        explaining.why(lively, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "bücher.example",
        "BÜCHER.example:443",
        "https://bücher.example/",
        "@eve@bücher.example",
        "acct:eve@bücher.example",
    ],
)
def test_a_name_is_found_in_whatever_letters(lively: Tx, owner: Account, typed: str) -> None:
    moderating.block(lively, "bücher.example", Wish(severity=Severity.SUSPEND))

    assert said(lively, typed) == [("server", "suspend of xn--bcher-kva.example by you")]


def test_somebody_who_was_purged(lively: Tx, owner: Account) -> None:
    purging.begin(lively, "@Eve@bücher.example")

    assert said(lively, "@EVE@bücher.example") == [("purge", "you have purged it")]


def test_who_has_decided_about_somebody(lively: Tx, owner: Account, bob: Account) -> None:
    reckoning.decide(lively, bob.uri, Severity.SUSPEND)

    assert said(lively, "@bob@far.example") == [("person", "@bob@far.example: you suspend them"), STRANGER]


def test_what_was_let_in(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    rule = legislating.make(lively, Family.KEYWORD, "airdrop", Action.HOLD)
    post = incoming(bob, content="airdrop", named=(owner,))
    receiving.receive(lively, post, SENT)
    releasing.release(lively, refusals.newest(lively, Which(), limit=1)[0].id)

    line = ("ledger", f"Note hold: It says 'airdrop'. (rule {rule.id}: keyword airdrop), let in since")
    assert line in said(lively, post.uri)


def test_a_post_of_ours_and_followers_on_a_blocked_server(lively: Tx, owner: Account, bob: Account) -> None:
    world.befriend(lively, bob, owner)
    moderating.block(lively, "far.example", Wish(severity=Severity.SUSPEND))

    posted = posting.publish(lively, draft())

    assert ("delivery", "none, while it is blocked") in said(lively, posted.uri)


def test_of_a_server_that_is_heard_it_is_said_what_is_here(lively: Tx, bob: Account) -> None:
    world.say(lively, bob)
    world.say(lively, bob)

    assert said(lively, "far.example") == [("server", "2 of its posts are here")]
    assert said(lively, "nowhere.example") == []

"""Featured hashtags: the owner's are told, others' are kept."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import Event, TagFeatured, TagUnfeatured
from smallfed.domain.incoming import Add, Remove
from smallfed.domain.post import Visibility
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid, NotFound
from smallfed.services import blocking, meeting, tagging
from smallfed.store import accounts, featured_tags, mentions
from smallfed.store.featured_tags import Used
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import last_body, queued

FEATURED, TAGS, PAGE = (f"https://far.example/users/bea/{name}" for name in ("featured", "tags", "tagged/Cats"))


@pytest.fixture
def bea(owner: Account, know: Know) -> Account:
    """Return somebody who has both collections."""
    return know("bea@far.example", featured=FEATURED, featured_tags=TAGS)


def shown(tx: Tx, account: Account) -> list[tuple[str, str | None]]:
    """Return (as written, page) of what an account features."""
    return [(tag.title, tag.url) for tag in featured_tags.of_account(tx, account.id)]


def adding(account: Account, title: str = "Cats", target: str = FEATURED) -> Add:
    return Add(id=None, actor=account.uri, object=PAGE, target=target, hashtag=title)


def removing(account: Account, title: str = "Cats", target: str = FEATURED) -> Remove:
    return Remove(id=None, actor=account.uri, object=PAGE, target=target, hashtag=title)


# Ours -----------------------------------------------------------------------------------------------------------------
def test_featuring_is_told(lively: Tx, owner: Account, bob: Account, events: list[Event]) -> None:
    """To followers; the contrary that still waits is dropped."""
    world.befriend(lively, bob, owner)

    tag = tagging.feature(lively, "#Cats")
    sent = last_body(lively)
    tagging.unfeature(lively, tag.id)

    assert (tag.name, tag.title) == ("cats", "Cats")
    assert (sent["type"], sent["object"]["name"], sent["target"]) == (
        "Add",
        "#Cats",
        "https://home.example/users/alice/collections/featured",
    )
    assert (last_body(lively)["type"], last_body(lively)["object"]) == ("Remove", sent["object"])
    assert queued(lively) == [("Remove", "https://far.example/inbox")]
    assert [event for event in events if isinstance(event, TagFeatured | TagUnfeatured)] == [
        TagFeatured(name="cats", title="Cats"),
        TagUnfeatured(name="cats", title="Cats"),
    ]


@pytest.mark.parametrize("text", ["", "#", "two words", "123", "a#b", "x" * 300 + " "])
def test_what_cannot_be_featured(tx: Tx, owner: Account, text: str) -> None:
    with pytest.raises(Invalid):
        tagging.feature(tx, text)


def test_how_many_can_be_featured(tx: Tx, owner: Account) -> None:
    """Each once, in whatever spelling."""
    for number in range(tagging.MOST):
        tagging.feature(tx, f"tag{number}")

    with pytest.raises(Invalid, match="already been taken"):
        tagging.feature(tx, "TAG1")
    with pytest.raises(Invalid, match="maximum number"):
        tagging.feature(tx, "another")


def test_only_ours_can_be_taken_away(tx: Tx, owner: Account, bea: Account) -> None:
    tagging.receive_tag(tx, adding(bea))
    (theirs,) = featured_tags.of_account(tx, bea.id)

    for number in (theirs.id, 1):
        with pytest.raises(NotFound):
            tagging.unfeature(tx, number)


def test_how_much_there_is(tx: Tx, owner: Account, bea: Account) -> None:
    """What is for all to see; suggestions leave out what is shown already."""
    for number, (names, seen_by) in enumerate(
        [
            (["cats", "dogs"], Visibility.PUBLIC),
            (["cats"], Visibility.UNLISTED),
            (["cats", "owls"], Visibility.PRIVATE),
            (["ants"], Visibility.PUBLIC),
        ]
    ):
        world.later(tx, minutes=number)
        mentions.replace_hashtags(tx, world.say(tx, owner, visibility=seen_by).id, names)
    mentions.replace_hashtags(tx, world.say(tx, bea).id, ["cats"])
    tagging.feature(tx, "dogs")

    used = featured_tags.used(tx, owner.id, ["cats", "dogs", "owls"])

    assert {name: each.posts for name, each in used.items()} == {"cats": 2, "dogs": 1}
    assert used["dogs"] == Used(posts=1, last_at=world.NOW)
    assert featured_tags.favourites(tx, owner.id, limit=10) == ["cats", "ants"]


# Others' --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("target", [FEATURED, TAGS])
def test_a_hashtag_and_its_end(tx: Tx, bea: Account, target: str) -> None:
    """Both may come twice, by either collection, in any spelling."""
    for _ in range(2):
        assert tagging.receive_tag(tx, adding(bea, target=target)) is None
    assert shown(tx, bea) == [("Cats", PAGE)]

    assert tagging.receive_untag(tx, removing(bea, "CATS", target)) is None
    assert tagging.receive_untag(tx, removing(bea)) == Refused("Its actor does not show this hashtag.")
    assert shown(tx, bea) == []


def test_whose_hashtags_do_not_count(tx: Tx, owner: Account, bea: Account, bob: Account) -> None:
    """Strangers', ours by others, those of other collections, and of whom the owner blocks."""
    refused = [
        tagging.receive_tag(tx, adding(bea, target="https://far.example/users/carol/featured")),
        tagging.receive_tag(tx, adding(bob)),
        tagging.receive_tag(tx, adding(owner)),
        tagging.receive_untag(tx, removing(owner)),
    ]
    blocking.block(tx, bea)
    refused.append(tagging.receive_tag(tx, adding(bea)))

    assert [type(one) for one in refused] == [Refused] * 5
    assert (shown(tx, bea), shown(tx, owner)) == ([], [])


def test_nobody_shows_everything(tx: Tx, bea: Account) -> None:
    refused = [tagging.receive_tag(tx, adding(bea, f"tag{number}")) for number in range(tagging.MOST_OF_OTHERS + 1)]

    assert refused == [None] * tagging.MOST_OF_OTHERS + [Refused("Its actor shows 20 hashtags already.")]


def test_what_was_read_replaces_what_was_known(tx: Tx, bea: Account) -> None:
    tagging.replace(tx, bea.id, {"Cats": PAGE, "Owls": None})
    tagging.replace(tx, bea.id, {"owls": None, "Dogs": None})

    assert sorted(title for title, _ in shown(tx, bea)) == ["Dogs", "Owls"]
    assert accounts.get(tx, bea.id).tagged_at == tx.now
    meeting.forget(tx, bea.uri)
    assert shown(tx, bea) == []

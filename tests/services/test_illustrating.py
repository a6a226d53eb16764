"""Custom emoji: the owner's come, change and go; those of others are renewed."""

import pytest

from smallfed.domain.account import Account, Emoji
from smallfed.domain.custom_emoji import CustomEmoji
from smallfed.domain.events import EmojisChanged, Event, ProfileChanged
from smallfed.domain.profile import ProfileChange
from smallfed.domain.reaction import Reaction
from smallfed.errors import Invalid, NotFound
from smallfed.services import illustrating, liking, posting, profiles, receiving, revising
from smallfed.services.receiving import SENT
from smallfed.store import accounts, details, edits, emojis, posts
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import Incoming, draft, last_body

URL, STILL, OTHER = (
    f"https://home.example/media/emojis/{n}.{e}" for n, e in (("a", "webp"), ("b", "png"), ("c", "png"))
)
NOW = world.NOW


def add(tx: Tx, shortcode: str = "blob", picture: str = "a.webp", category: str | None = None) -> CustomEmoji:
    return world.illustrate(tx, shortcode, picture, category=category)


def test_adding_and_changing(tx: Tx, owner: Account, events: list[Event]) -> None:
    """Another picture is a new one, a category alone is none; one that is not said stays."""
    added = add(tx, "blob", category="Cats")
    world.later(tx, hours=1)
    moved = add(tx, category="Dogs")
    drawn = add(tx, picture="c.png")

    assert added == CustomEmoji(
        id=added.id, shortcode="blob", category="Cats", url=URL, still=STILL, created_at=NOW, updated_at=NOW
    )
    assert (moved.category, moved.updated_at) == ("Dogs", NOW)
    assert (drawn.id, drawn.category, drawn.url, drawn.updated_at) == (added.id, "Dogs", OTHER, tx.now)
    assert add(tx, category="").category is None
    assert emojis.all_(tx) == [emojis.find(tx, "blob")]
    assert [type(event) for event in events] == [EmojisChanged] * 4


@pytest.mark.parametrize("shortcode", ["", "a", "blob cat", "blöb", "a" * 65, "a-b", "a@b"])
def test_what_is_no_name(tx: Tx, owner: Account, shortcode: str) -> None:
    with pytest.raises(Invalid):
        add(tx, shortcode)


def test_removing(tx: Tx, owner: Account) -> None:
    """A post keeps the picture that it was said with."""
    add(tx)
    post = posting.publish(tx, draft(":blob:", shortcodes=("blob", "none")))

    illustrating.remove(tx, [":blob:"])

    assert posts.get(tx, post.id).emojis == (Emoji(shortcode="blob", url=URL, still=STILL, updated_at=NOW),)
    assert posting.publish(tx, draft(":blob:", shortcodes=("blob",))).emojis == ()
    with pytest.raises(NotFound):
        illustrating.remove(tx, ["blob"])


def test_an_edit_takes_the_pictures_there_are(lively: Tx, owner: Account) -> None:
    post = posting.publish(lively, draft(":blob:", shortcodes=("blob",)))
    add(lively)
    edited = posting.edit(lively, post.id, draft(":blob:", shortcodes=("blob",)))

    sent = last_body(lively) if lively.all("SELECT 1 FROM bodies") else None
    assert edited.emojis == (Emoji(shortcode="blob", url=URL, still=STILL, updated_at=NOW),)
    assert sent is None


def test_the_profile_is_illustrated(tx: Tx, owner: Account, events: list[Event]) -> None:
    """In the name, the bio and the lines; also when the emoji comes, changes or goes later."""
    change = ProfileChange(
        name="Alice :blob:",
        note="<p>:fox:</p>",
        note_source=":fox:",
        fields_source=((":owl:", "x"), ("y", ":cat:")),
    )
    for name in ("fox", "owl", "cat", "unused"):
        add(tx, name)
    profiles.update(tx, change)
    before = [emoji.shortcode for emoji in accounts.owner(tx).emojis]
    events.clear()

    add(tx)
    added = [emoji.shortcode for emoji in accounts.owner(tx).emojis]
    illustrating.remove(tx, ["fox"])

    assert (before, added) == (["fox", "owl", "cat"], ["blob", "fox", "owl", "cat"])
    assert [emoji.shortcode for emoji in accounts.owner(tx).emojis] == ["blob", "owl", "cat"]
    assert events == [EmojisChanged(), ProfileChanged(account=owner.id)] * 2


def test_a_reaction_of_ours(lively: Tx, owner: Account, bob: Account) -> None:
    """The tag has an id that can be asked; others react with our emoji as with an emoji of ours."""
    add(lively)
    post = world.say(lively, bob)
    liking.react(lively, post, "blob")
    theirs = Reaction(emoji=":blob@home.example:", picture="https://far.example/copy.png")

    liking.receive_like(lively, bob, post, None, theirs)

    (tally,) = details.of_posts(lively, [post])[post.id].reactions
    assert (tally.reaction, tally.count, tally.mine) == (Reaction(emoji=":blob:", picture=URL), 2, True)
    assert liking.undo_like(lively, bob, uri=None, object=post.uri, emoji=theirs.emoji)
    assert last_body(lively)["tag"] == [
        {
            "id": "https://home.example/emojis/blob",
            "type": "Emoji",
            "name": ":blob:",
            "updated": "2026-03-01T12:00:00.000Z",
            "icon": {"type": "Image", "mediaType": "image/webp", "url": URL},
        }
    ]


def test_a_claim_to_be_ours_that_is_not_true(tx: Tx, owner: Account, bob: Account) -> None:
    """It is shown as it came, under our name with its own picture, which is none of ours."""
    post = world.say(tx, owner)
    theirs = Reaction(emoji=":verified@home.example:", picture="https://far.example/v.png")

    liking.receive_like(tx, bob, post, None, theirs)

    (tally,) = details.of_posts(tx, [post])[post.id].reactions
    assert tally.reaction == theirs


# Others' --------------------------------------------------------------------------------------------------------------
def test_emoji_of_others_are_renewed_without_an_edit(tx: Tx, bob: Account, incoming: Incoming) -> None:
    """When their picture changed; but not by an older one."""
    old, new = (Emoji(shortcode="x", url=f"https://far.example/{n}.png", updated_at=at) for n, at in _dated())
    world.befriend(tx, accounts.owner(tx), bob)
    receiving.receive(tx, incoming(bob, emojis=(old,)), SENT)
    seen = []

    for emoji in (new, old):
        post = revising.revise(tx, incoming(bob, emojis=(emoji,)))
        seen.append(getattr(post, "emojis", None))

    stored = posts.find_uri(tx, f"{bob.uri}/notes/1")
    assert seen == [(new,), (new,)]
    assert stored is not None
    assert (stored.edited_at, edits.of_post(tx, stored.id)) == (None, [])


def _dated() -> list[tuple[int, object]]:
    return [(1, NOW), (2, world.NOW.replace(hour=13))]

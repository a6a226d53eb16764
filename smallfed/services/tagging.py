"""Tagging: which hashtags a profile shows; others find the owner's in the collection ``featuredTags``.

Spec: https://docs.joinmastodon.org/methods/featured_tags/; PROTOCOL §1.4 (featuredTags), §4.2 (Add, Remove), §4.6.
"""

from collections.abc import Mapping

from smallfed.domain.account import Account
from smallfed.domain.events import TagFeatured, TagUnfeatured
from smallfed.domain.featured_tag import FeaturedTag
from smallfed.domain.incoming import Add, Remove
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid, NotFound
from smallfed.protocol.limits import HASHTAG as LONGEST
from smallfed.store import accounts, blocks, featured_tags, houses, ids
from smallfed.store.tx import Tx
from smallfed.text.scan import hashtags, normal_tag

MOST = 10  # as Mastodon; of others we keep twice as many
MOST_OF_OTHERS = 20


def feature(tx: Tx, text: str) -> FeaturedTag:
    """Show a hashtag on the owner's profile and return it; Invalid for what is none, or one too many."""
    title = text.strip().removeprefix("#")
    owner, name = houses.owner_id(tx), normal_tag(title)
    if hashtags(f"#{title}") != [title] or len(title) > LONGEST:
        raise Invalid("Validation failed: Name is invalid")
    if featured_tags.find(tx, owner, name) is not None:
        raise Invalid("Validation failed: Name has already been taken")
    if len(featured_tags.of_account(tx, owner)) >= MOST:
        raise Invalid("Validation failed: You have already featured the maximum number of hashtags")
    tag = _put(tx, owner, title, None)
    tx.announce(TagFeatured(name=tag.name, title=tag.title))
    return tag


def unfeature(tx: Tx, tag: int) -> None:
    """Show a hashtag on the owner's profile no longer; NotFound."""
    known = featured_tags.find_id(tx, tag)
    if known is None or known.account_id != houses.owner_id(tx):
        raise NotFound("Record not found")
    featured_tags.drop(tx, tag)
    tx.announce(TagUnfeatured(name=known.name, title=known.title))


def feature_named(tx: Tx, name: str) -> str:
    """Show a hashtag on the owner's profile, if it is not shown yet, and return it clean; Invalid as ``feature``."""
    known = featured_tags.find(tx, houses.owner_id(tx), normal_tag(name.strip().removeprefix("#")))
    return (known or feature(tx, name)).name


def unfeature_named(tx: Tx, name: str) -> str:
    """Show a hashtag on the owner's profile no longer, and return it clean; nothing happens when it is not shown."""
    clean = normal_tag(name.strip().removeprefix("#"))
    known = featured_tags.find(tx, houses.owner_id(tx), clean)
    if known is not None:
        unfeature(tx, known.id)
    return clean


def _put(tx: Tx, account: int, title: str, url: str | None) -> FeaturedTag:
    tag = FeaturedTag(
        id=ids.fresh(tx, "featured_tags"),
        account_id=account,
        name=normal_tag(title),
        title=title,
        url=url,
        created_at=tx.now,
    )
    featured_tags.put(tx, tag)
    return tag


# Others' --------------------------------------------------------------------------------------------------------------
def receive_tag(tx: Tx, add: Add) -> Refused | None:
    """Note that somebody shows a hashtag."""
    account = _shows(tx, add)
    if isinstance(account, Refused):
        return account
    if blocks.has(tx, houses.owner_id(tx), account.id):
        return Refused("The owner blocks its actor.")
    if featured_tags.find(tx, account.id, normal_tag(add.hashtag)) is not None:
        return None
    if len(featured_tags.of_account(tx, account.id)) >= MOST_OF_OTHERS:
        return Refused(f"Its actor shows {MOST_OF_OTHERS} hashtags already.")
    _put(tx, account.id, add.hashtag, add.object or None)
    return None


def receive_untag(tx: Tx, remove: Remove) -> Refused | None:
    """Note that somebody no longer shows a hashtag."""
    account = _shows(tx, remove)
    if isinstance(account, Refused):
        return account
    known = featured_tags.find(tx, account.id, normal_tag(remove.hashtag))
    if known is None:
        return Refused("Its actor does not show this hashtag.")
    featured_tags.drop(tx, known.id)
    return None


def _shows(tx: Tx, activity: Add | Remove) -> Account | Refused:
    """Return the actor when it is its own profile that changes: Mastodon names the collection of pins for hashtags."""
    account = accounts.find_uri(tx, activity.actor)
    if account is None or account.local:
        return Refused("It is about a profile that we do not know.")
    if activity.target not in (account.featured, account.featured_tags):
        return Refused("It is not about what its actor shows.")
    return account


def replace(tx: Tx, account: int, shown: Mapping[str, str | None]) -> None:
    """Note all hashtags that somebody of another server shows: as written → its page."""
    titles = {normal_tag(title): title for title in shown}
    known = {tag.name: tag for tag in featured_tags.of_account(tx, account)}
    for name in known.keys() - titles.keys():
        featured_tags.drop(tx, known[name].id)
    for name, title in titles.items():
        if name not in known:
            _put(tx, account, title, shown[title])
    accounts.change(tx, account, tagged_at=tx.now)

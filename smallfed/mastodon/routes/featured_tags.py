"""Hashtags that profiles show.

Spec: https://docs.joinmastodon.org/methods/featured_tags/, https://docs.joinmastodon.org/methods/accounts/#featured_tags;
CLIENT_API §14.
"""

from smallfed.domain import featured_tag as facts
from smallfed.domain.account import Account
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Entity, FeaturedTag, Tag
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.routes.accounts import present
from smallfed.services import tagging
from smallfed.store import accounts, featured_tags
from smallfed.store.featured_tags import Used

SUGGESTED = 10


class Nothing(Entity, frozen=True, kw_only=True):
    """All that is to be said after something was removed."""


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/featured_tags", owner("read:accounts"), ours)
    door.post("/api/v1/featured_tags", owner("write:accounts"), feature)
    door.get("/api/v1/featured_tags/suggestions", owner("read:accounts"), suggestions)
    door.delete("/api/v1/featured_tags/<number>", owner("write:accounts"), unfeature)
    door.get("/api/v1/accounts/<account>/featured_tags", anyone("read:accounts"), theirs)


async def ours(ask: Ask) -> list[FeaturedTag]:
    """Answer those of the owner."""
    return await ask.read(lambda show: _shown(show, accounts.owner(show.tx)))


async def theirs(ask: Ask, account: str) -> list[FeaturedTag]:
    """Answer those of an account, as far as we know."""
    return await ask.read(lambda show: _shown(show, present(show, identifier(account))))


async def feature(ask: Ask) -> FeaturedTag:
    """Show a hashtag on the owner's profile."""
    return await ask.write(_feature, ask.params.text("name") or "")


def _feature(show: Presenter, name: str) -> FeaturedTag:
    made = tagging.feature(show.tx, name)
    return next(each for each in _shown(show, accounts.owner(show.tx)) if each.id == str(made.id))


async def unfeature(ask: Ask, number: str) -> Nothing:
    """Show one no longer."""
    await ask.write(lambda show: tagging.unfeature(show.tx, identifier(number)))
    return Nothing()


async def suggestions(ask: Ask) -> list[Tag]:
    """Answer the hashtags that the owner uses most, and does not show yet."""
    return await ask.read(_suggestions)


def _suggestions(show: Presenter) -> list[Tag]:
    return show.tags(featured_tags.favourites(show.tx, accounts.owner(show.tx).id, limit=SUGGESTED))


def _shown(show: Presenter, account: Account) -> list[FeaturedTag]:
    known = featured_tags.of_account(show.tx, account.id)
    used = featured_tags.used(show.tx, account.id, [each.name for each in known])
    return [_entity(show, each, used.get(each.name)) for each in known]


def _entity(show: Presenter, known: facts.FeaturedTag, used: Used | None) -> FeaturedTag:
    return FeaturedTag(
        id=str(known.id),
        name=known.title,
        url=known.url or show.house.tag_page(known.name),
        statuses_count=str(used.posts if used else 0),
        last_status_at=used.last_at.date().isoformat() if used else None,
    )

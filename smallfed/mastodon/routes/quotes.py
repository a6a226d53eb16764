"""Quotes of a post, who may quote it, and taking the consent back.

Spec: CLIENT_API §5; https://docs.joinmastodon.org/methods/statuses/#quotes, #revoke_quote, #edit_interaction_policy.
"""

from smallfed.domain.interaction import QuotePolicy, ReplyPolicy
from smallfed.mastodon import composing
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Status
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.services import consenting, permitting
from smallfed.services.boosting import original
from smallfed.store import posts, preferences, quotes
from smallfed.store.paging import Page

READ, WRITE = "read:statuses", "write:statuses"


def register(door: Door) -> None:
    """Take the routes of this page."""
    one = "/api/v1/statuses/<number>"
    door.get(f"{one}/quotes", anyone(READ), quoting)
    door.post(f"{one}/quotes/<quoting>/revoke", owner(WRITE), revoke)
    door.put(f"{one}/interaction_policy", owner(WRITE), change_policy)


async def quoting(ask: Ask, number: str) -> Part:
    """Answer what quotes a post with consent."""
    return await ask.read(_quoting, identifier(number), ask.page())


def _quoting(show: Presenter, number: int, page: Page) -> Part:
    post = original(show.tx, posts.get_visible(show.tx, number, show.viewer))
    found = [] if show.keeps_who(post) else quotes.quoting(show.tx, post.id, show.viewer, page)
    return Part(items=show.statuses([quote for _, quote in found]), ids=[row for row, _ in found])


async def revoke(ask: Ask, number: str, quoting: str) -> Status:
    """Take the consent to a quote of a post of the owner back, and answer the quoting post."""
    return await ask.write(_revoke, identifier(number), identifier(quoting))


def _revoke(show: Presenter, number: int, quoting_post: int) -> Status:
    post = posts.get_visible(show.tx, number, show.viewer)
    return show.status(consenting.revoke_quote(show.tx, post, quoting_post))


async def change_policy(ask: Ask, number: str) -> Status:
    """Let those quote and answer a post of the owner; may quote whom the owner prefers, where nothing is said."""
    quotes_by = composing.quote_policy(ask.params.text("quote_approval_policy"))
    replies_by = composing.reply_policy(ask.params.text("reply_approval_policy"))
    return await ask.write(_change_policy, identifier(number), quotes_by, replies_by)


def _change_policy(
    show: Presenter, number: int, quotes_by: QuotePolicy | None, replies_by: ReplyPolicy | None
) -> Status:
    post = posts.get_visible(show.tx, number, show.viewer)
    if quotes_by is None and replies_by is None:
        quotes_by = preferences.find(show.tx).quotes
    return show.status(permitting.set_policy(show.tx, post, quotes_by, replies_by))

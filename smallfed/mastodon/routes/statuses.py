"""Posts, one by one: saying, reading, changing and taking back.

Spec: CLIENT_API §5; https://docs.joinmastodon.org/methods/statuses/.
"""

from msgspec import structs
from quart import request

from smallfed.domain.draft import Draft
from smallfed.errors import Forbidden, Invalid, NotFound
from smallfed.mastodon import composing
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import ScheduledStatus, Status
from smallfed.mastodon.params import identifier, identifiers
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.mastodon.routes import scheduled_statuses
from smallfed.mastodon.routes.versions import content_type, own
from smallfed.services import boosting, posting
from smallfed.store import likes, posts
from smallfed.store.paging import Page
from smallfed.workers.composing import compose

READ, WRITE = "read:statuses", "write:statuses"
LONGEST_KEY = 200  # characters of an Idempotency-Key
MOST_AT_ONCE = 40


def register(door: Door) -> None:
    """Take the routes of this page."""
    one = "/api/v1/statuses/<number>"
    door.post("/api/v1/statuses", owner(WRITE), create)
    door.get("/api/v1/statuses", anyone(READ), several)
    door.get(one, anyone(READ), show)
    door.put(one, owner(WRITE), edit)
    door.delete(one, owner(WRITE), delete)
    door.post(f"{one}/translate", owner(READ), translate)
    door.get(f"{one}/favourited_by", anyone(READ), favourited_by)
    door.get(f"{one}/reblogged_by", anyone(READ), reblogged_by)


# Saying ---------------------------------------------------------------------------------------------------------------
async def create(ask: Ask) -> Status | ScheduledStatus:
    """Publish a post, or keep it for later; with an Idempotency-Key used within a day, answer what came of it then."""
    key = _idempotency(ask)
    known = None if key is None else await ask.read(_repeated, *key)
    if known is not None:
        return known
    application = None if ask.token is None else ask.token.app_name
    wish = composing.read(ask.params)
    at = scheduled_statuses.when(ask.params)
    draft = await compose(ask.parts, wish, application=application, idempotency=key)
    if at is not None:
        return await ask.write(scheduled_statuses.schedule, wish, draft, at)
    return await ask.write(_publish, draft)


def _idempotency(ask: Ask) -> tuple[int, str] | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise Invalid(f"an Idempotency-Key may have at most {LONGEST_KEY} characters")
    return (ask.token.id, key) if key and ask.token is not None else None


def _repeated(show: Presenter, token: int, key: str) -> Status | ScheduledStatus | None:
    known = posts.find_repeated(show.tx, token, key)
    return scheduled_statuses.find_repeated(show, token, key) if known is None else show.status(known)


def _publish(show: Presenter, draft: Draft) -> Status:
    return show.status(posting.publish(show.tx, draft))


async def edit(ask: Ask, number: str) -> Status:
    """Give a post its next version: everything that is not sent is as in a new one, but for visibility and language."""
    post = await ask.read(own, identifier(number))
    draft = await compose(ask.parts, composing.read(ask.params), editing=post)
    return await ask.write(_edit, post.id, draft)


def _edit(show: Presenter, post: int, draft: Draft) -> Status:
    return show.status(posting.edit(show.tx, post, draft))


async def delete(ask: Ask, number: str) -> Status:
    """Delete a post, and answer it once more with what was typed, for whoever wants to write it anew.

    Its media can be used anew for a day, unless they are to be deleted with it.
    """
    return await ask.write(_delete, identifier(number), media=ask.params.flag("delete_media") or False)


def _delete(show: Presenter, number: int, *, media: bool) -> Status:
    post = posts.get_visible(show.tx, number, show.viewer)
    shown, typed = show.status(post), posts.source(show.tx, post.id)
    posting.delete(show.tx, post.id, media=media)
    if typed is None:
        return structs.replace(shown, text="")
    return structs.replace(shown, text=typed[0], content_type=content_type(typed[1]))


# Reading --------------------------------------------------------------------------------------------------------------
async def show(ask: Ask, number: str) -> Status:
    """Answer one post."""
    return await ask.read(_show, identifier(number))


def _show(show: Presenter, number: int) -> Status:
    return show.status(posts.get_visible(show.tx, number, show.viewer))


async def several(ask: Ask) -> list[Status]:
    """Answer those of ``id[]`` that there are, in their order."""
    return await ask.read(_several, identifiers(ask.params, "id")[:MOST_AT_ONCE])


def _several(show: Presenter, wanted: list[int]) -> list[Status]:
    known = posts.several_visible(show.tx, wanted, show.viewer)
    return show.statuses([known[one] for one in wanted if one in known])


async def translate(ask: Ask, number: str) -> Status:
    """Answer as Mastodon without a service: NotFound, and Forbidden for what it would not translate anyway."""
    return await ask.read(_translate, identifier(number))


def _translate(show: Presenter, number: int) -> Status:
    post = boosting.original(show.tx, posts.get_visible(show.tx, number, show.viewer))
    if not post.visibility.is_open:
        raise Forbidden("This action is not allowed")
    raise NotFound("Record not found")


async def favourited_by(ask: Ask, number: str) -> Part:
    """Answer who likes a post, as far as we know."""
    return await ask.read(_favourited_by, identifier(number), ask.page(default=40, most=80))


def _favourited_by(show: Presenter, number: int, page: Page) -> Part:
    post = boosting.original(show.tx, posts.get_visible(show.tx, number, show.viewer))
    found = [] if show.keeps_who(post) else likes.likers(show.tx, post.id, page)
    return Part(items=show.accounts([account for _, account in found]), ids=[like for like, _ in found])


async def reblogged_by(ask: Ask, number: str) -> Part:
    """Answer who has boosted a post for all to see, as far as we know."""
    return await ask.read(_reblogged_by, identifier(number), ask.page(default=40, most=80))


def _reblogged_by(show: Presenter, number: int, page: Page) -> Part:
    post = boosting.original(show.tx, posts.get_visible(show.tx, number, show.viewer))
    found = [] if show.keeps_who(post) else likes.boosters(show.tx, post.id, page)
    return Part(items=show.accounts([account for _, account in found]), ids=[boost for boost, _ in found])

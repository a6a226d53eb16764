"""What a post was before, and how it was typed.

Spec: CLIENT_API §5, §14 (StatusSource, StatusEdit); https://docs.joinmastodon.org/methods/statuses/#history, #source.
"""

from msgspec import UNSET, UnsetType, structs

from smallfed.domain.house import House
from smallfed.domain.post import Post
from smallfed.errors import NotFound
from smallfed.mastodon import entities
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Status, StatusEdit, StatusSource, moment
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting import polls
from smallfed.mastodon.presenting.media import attachments as shown_media
from smallfed.services import withholding
from smallfed.services.boosting import original
from smallfed.store import attachments, edits, posts, quotes, standings
from smallfed.store import polls as known_polls
from smallfed.store.edits import Edit
from smallfed.text.markup import CONTENT_TYPES, ContentType

READ = "read:statuses"


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/statuses/<number>/source", owner(READ), source)
    door.get("/api/v1/statuses/<number>/history", anyone(READ), history)


def own(show: Presenter, number: int) -> Post:
    """Return a post that the owner wrote: of what others wrote there is nothing to change, and no source."""
    post = posts.get_visible(show.tx, number, show.viewer)
    if not post.local or post.boost_of_id is not None:
        raise NotFound("Record not found")
    return post


def content_type(stored: str) -> ContentType:
    """Return the way of writing that was stored with a source."""
    return next(known for known in CONTENT_TYPES if known == stored)


async def source(ask: Ask, number: str) -> StatusSource:
    """Answer what the owner typed."""
    return await ask.read(_source, identifier(number))


def _source(show: Presenter, number: int) -> StatusSource:
    post = own(show, number)
    typed = posts.source(show.tx, post.id)
    if typed is None:
        raise NotFound("Record not found")
    text, written = typed
    return StatusSource(id=str(post.id), text=text, spoiler_text=post.summary, content_type=content_type(written))


async def history(ask: Ask, number: str) -> list[StatusEdit]:
    """Answer all versions of a post, the oldest first, the present one last."""
    return await ask.read(_history, identifier(number))


def _history(show: Presenter, number: int) -> list[StatusEdit]:
    post = original(show.tx, posts.get_visible(show.tx, number, show.viewer))
    shown, quote = show.status(post), quotes.of_post(show.tx, post.id)
    present = Edit(
        id=post.id,
        post_id=post.id,
        content=post.content,
        summary=post.summary,
        sensitive=post.sensitive,
        attachments=attachments.of_post(show.tx, post.id),
        options=known_polls.titles(show.tx, post.id),
        quote_id=None if quote is None else quote.id,
        created_at=post.edited_at or post.published_at,
    )
    versions = [*edits.of_post(show.tx, post.id), present]
    if standings.hides_pictures(show.tx, post.account_id):
        versions = [structs.replace(version, attachments=()) for version in versions]
    left = withholding.earlier(show.tx, [version.attachments for version in versions])
    versions = [structs.replace(version, attachments=some) for version, some in zip(versions, left, strict=True)]
    house, last = show.house, versions[-1]
    return [_version(house, edit, shown, _quoted(edit, present, shown), past=edit is not last) for edit in versions]


def _quoted(edit: Edit, present: Edit, shown: Status) -> entities.Quote | UnsetType:
    """Return what a version quoted; of a quote that the post does not have any more only that it was there."""
    if edit.quote_id is None:
        return UNSET
    return (shown.quote or UNSET) if edit.quote_id == present.quote_id else entities.Quote(state="deleted")


def _version(house: House, edit: Edit, shown: Status, quote: entities.Quote | UnsetType, *, past: bool) -> StatusEdit:
    return StatusEdit(
        content=edit.content,
        spoiler_text=edit.summary,
        sensitive=edit.sensitive,
        created_at=moment(edit.created_at),
        account=shown.account,
        poll=polls.past(edit.options),
        media_attachments=shown_media(house, edit.attachments, past=past),
        emojis=shown.emojis,
        quote=quote,
    )

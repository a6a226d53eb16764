"""Composing: from what the owner wishes to say to a draft that is ready to be published.

Everything slow happens here, before the transaction: people who are mentioned are looked up, the text is rendered.

Spec: CLIENT_API §5 (POST and PUT of statuses); RULINGS 7, 15.
"""

import logging
from collections.abc import Iterable, Mapping

import trio
from msgspec import Struct

from smallfed.domain import uris
from smallfed.domain.account import Account
from smallfed.domain.draft import Draft
from smallfed.domain.house import House
from smallfed.domain.post import Post, Visibility
from smallfed.domain.wish import Wish
from smallfed.errors import Invalid, NotFound, SmallfedError
from smallfed.observe.logging import event
from smallfed.store import accounts, houses, posts, quotes, threads
from smallfed.store.tx import Tx
from smallfed.text.markup import CONTENT_TYPES, ContentType, Mentioned, mentioned, render
from smallfed.text.quoting import fallback
from smallfed.text.scan import normal_tag, shortcodes
from smallfed.workers import carding
from smallfed.workers.lookup import Finder
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds for all people we have not met; who is still unknown then stays plain text
MOST_STRANGERS = 50  # of one text that are looked up


class Ground(Struct, frozen=True, kw_only=True):
    """What a wish becomes with all that the house knows: nothing is left open."""

    content_type: ContentType
    visibility: Visibility
    sensitive: bool
    language: str | None
    parent: int | None
    quoted: Post | None


# What is meant --------------------------------------------------------------------------------------------------------
async def compose(
    parts: Parts,
    wish: Wish,
    *,
    editing: Post | None = None,
    application: str | None = None,
    idempotency: tuple[int, str] | None = None,
) -> Draft:
    """Return the draft of ``wish``, for a new post or the next version of ``editing``.

    What is left open is as the owner prefers it, also in an edit; but the visibility and the language stay, and so does
    the way of writing: an app that does not know Markdown shall not undo it. NotFound when it answers or quotes what is
    absent, Invalid when there is too much media, or when the thread is closed.
    """
    house = parts.identity.here
    if len(wish.media) > parts.config.media.per_post:
        raise Invalid(f"Validation failed: Cannot attach more than {parts.config.media.per_post} files")
    ground = await parts.db.read(_survey, wish, editing)
    handles = mentioned(wish.text, ground.content_type)
    known = await parts.db.read(find_people, house, handles)
    people = {**known, **await meet(parts.finder, _strangers(house, handles, known))}
    rendered = render(
        wish.text,
        ground.content_type,
        mentions={handle: Mentioned(url=a.url or a.uri, username=a.username) for handle, a in people.items()},
        tag_url=house.tag_page,
    )
    quoted = ground.quoted
    page = None
    if not wish.media:
        page = await carding.glance(parts.db, parts.fetcher.documents, parts.aside, rendered.html)
    return Draft(
        text=wish.text,
        content_type=ground.content_type,
        html=rendered.html if quoted is None else fallback(rendered.html, quoted.url or quoted.uri),
        mentions=tuple(dict.fromkeys(people[handle].id for handle in rendered.mentions)),
        hashtags=tuple(normal_tag(name) for name in rendered.hashtags),
        shortcodes=(*rendered.emojis, *shortcodes(wish.summary, *(wish.poll.options if wish.poll else ()))),
        visibility=ground.visibility,
        summary=wish.summary,
        sensitive=ground.sensitive,
        language=wish.language or ground.language,
        in_reply_to_id=ground.parent,
        poll=wish.poll,
        page=page,
        media=wish.media,
        retouches=wish.retouches,
        quoted_id=None if quoted is None else quoted.id,
        quote_policy=wish.quote_policy,
        reply_policy=wish.reply_policy,
        application=application,
        idempotency=idempotency,
    )


def _survey(tx: Tx, wish: Wish, editing: Post | None) -> Ground:
    owner = houses.owner(tx)
    source = None if editing is None else posts.source(tx, editing.id)
    asked = wish.content_type or (None if source is None else source[1])
    quoted = _quoted_by(tx, editing) if editing else _quoted(tx, owner.account_id, wish.quoted_id)
    parent = editing.in_reply_to_id if editing else _parent(tx, owner.account_id, wish.in_reply_to_id)
    visibility = editing.visibility if editing else wish.visibility or owner.visibility
    if quoted is not None and quoted.visibility is Visibility.PRIVATE and visibility.is_open:
        visibility = Visibility.PRIVATE  # whoever quotes themselves says it to the same people
    answered = None if parent is None else posts.get(tx, parent)
    about = (post for post in (answered, quoted) if post is not None)
    if editing is None and (wish.local or any(post.visibility is Visibility.LOCAL for post in about)):
        visibility = Visibility.LOCAL  # what is said about it would tell of it
    return Ground(
        content_type=next((known for known in CONTENT_TYPES if known == asked), CONTENT_TYPES[0]),
        visibility=visibility,
        sensitive=bool(wish.summary) or (owner.sensitive if wish.sensitive is None else wish.sensitive),
        language=(editing.language if editing else None) or owner.language,
        parent=parent,
        quoted=quoted,
    )


def _quoted(tx: Tx, owner: int, wanted: int | None) -> Post | None:
    """Return the post that is quoted; for a boost that is the post it shows."""
    if wanted is None:
        return None
    found = posts.find_visible(tx, wanted, owner)
    if found is not None and found.boost_of_id is not None:
        found = posts.find_visible(tx, found.boost_of_id, owner)
    if found is None:
        raise NotFound("The post you are trying to quote does not appear to exist.")
    return found


def _quoted_by(tx: Tx, editing: Post) -> Post | None:
    """Return what a post quotes: an edit does not change that."""
    quote = quotes.of_post(tx, editing.id)
    return None if quote is None or quote.quoted_id is None else posts.find(tx, quote.quoted_id)


def _parent(tx: Tx, owner: int, wanted: int | None) -> int | None:
    """Return the post that is answered; for a boost that is the post it shows."""
    if wanted is None:
        return None
    parent = posts.find_visible(tx, wanted, owner)
    if parent is None:
        raise NotFound("The post you are trying to reply to does not appear to exist.")
    answered = posts.get(tx, parent.boost_of_id or parent.id)
    if any(post.locked for post in (answered, *threads.ancestors(tx, answered, owner))):
        raise Invalid("Validation failed: The moderators of the group have closed this thread")
    return answered.id


# Who is mentioned -----------------------------------------------------------------------------------------------------
def find_people(tx: Tx, house: House, handles: Iterable[str]) -> dict[str, Account]:
    """Return those of ``handles`` (lower case, ``bob`` or ``bob@host``) whom we know, by handle."""
    found = ((handle, accounts.find_handle(tx, *_address(house, handle))) for handle in handles)
    return {handle: account for handle, account in found if account is not None and account.gone_at is None}


def _address(house: House, handle: str) -> tuple[str, str]:
    """Split a handle; one without a host, or with either of our names, is of this house."""
    username, _, written = handle.partition("@")
    host = uris.host(f"https://{written}") or written
    return username, house.account_domain if not host or host in house.names else host


def _strangers(house: House, handles: Iterable[str], known: Mapping[str, Account]) -> list[str]:
    ours = house.account_domain
    unknown = [handle for handle in handles if handle not in known and _address(house, handle)[1] != ours]
    return unknown[:MOST_STRANGERS]


async def meet(finder: Finder, handles: Iterable[str]) -> dict[str, Account]:
    """Return those of ``handles`` who can be found within ``PATIENCE``, asked for all at once."""
    found: dict[str, Account] = {}

    async def ask(handle: str) -> None:
        try:
            found[handle] = await finder.handle(handle)
        except SmallfedError as error:
            event(log, "mention.unknown", handle=handle, error=error)

    with trio.move_on_after(PATIENCE):
        async with trio.open_nursery() as nursery:
            for handle in handles:
                nursery.start_soon(ask, handle)
    return found

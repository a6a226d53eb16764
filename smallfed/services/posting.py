"""Posting: what the owner says, changes and takes back.

Spec: CLIENT_API §5, PROTOCOL §6.1, RULINGS 13.
"""

from smallfed.domain.draft import Draft
from smallfed.domain.events import PostDeleted, PostEdited, PostPublished
from smallfed.domain.interaction import Interaction
from smallfed.domain.post import Post, Visibility
from smallfed.errors import Invalid, NotFound
from smallfed.services import asking, attaching, boosting, carding, departing, grouping, permitting, polling, rendering
from smallfed.store import (
    accounts,
    approvals,
    attachments,
    edits,
    emojis,
    houses,
    ids,
    mentions,
    policies,
    posts,
    preferences,
    quotes,
    recipients,
    relays,
    tombstones,
)
from smallfed.store.tx import Tx
from smallfed.translate.notes import context_of


def publish(tx: Tx, draft: Draft) -> Post:
    """Publish a draft and return the post; with the same ``idempotency`` within a day, the post it became then.

    NotFound when it answers or quotes a post that the owner may not see, Invalid when its author forbids that or it
    shows media that cannot be had, Forbidden to who has moved. Length and number of things are *not* checked here.
    """
    if draft.idempotency is not None:
        known = posts.find_repeated(tx, *draft.idempotency)
        if known is not None:
            return known
    departing.require_here(tx)
    parent = _parent(tx, draft, houses.owner_id(tx))
    post = _written(tx, draft, parent)
    posts.put(tx, post)
    attaching.attach(tx, post.id, attaching.choose(tx, draft.media, draft.retouches))
    _put_parts(tx, post, draft)
    carding.bring(tx, post, draft.page)
    if draft.poll is not None:
        polling.begin(tx, post.id, draft.poll)
    asks = _put_consent(tx, post, draft, parent)
    if draft.idempotency is not None:
        posts.remember(tx, *draft.idempotency, post.id)
    if draft.visibility.is_open:  # everybody is shown the day
        accounts.change(tx, post.account_id, last_post_at=tx.now)
    tx.announce(PostPublished(post=post.id))
    if asks:
        asking.ask(tx, post)
    return post


def _written(tx: Tx, draft: Draft, parent: Post | None) -> Post:
    """Return what a draft becomes now, as an answer to ``parent``."""
    house, number = houses.get(tx), ids.fresh(tx, "posts")
    return Post(
        id=number,
        uri=house.note(number),
        url=house.note_page(number),
        account_id=houses.owner_id(tx),
        local=True,
        kind=_kind(draft),
        visibility=draft.visibility,
        in_home=True,
        content=draft.html,
        summary=draft.summary,
        sensitive=draft.sensitive or bool(draft.summary),
        language=draft.language,
        in_reply_to=None if parent is None else parent.uri,
        in_reply_to_id=None if parent is None else parent.id,
        in_reply_to_account_id=None if parent is None else parent.account_id,
        context=_context(house.note(number), draft.visibility, parent),
        audience=grouping.choose(tx, parent, draft.mentions) if draft.visibility.is_open else None,
        emojis=emojis.pictures(tx, draft.shortcodes),
        application=draft.application,
        published_at=tx.now,
        received_at=tx.now,
    )


def require_possible(tx: Tx, draft: Draft) -> None:
    """Raise what ``publish`` would raise, were ``draft`` published now."""
    departing.require_here(tx)
    parent = _parent(tx, draft, houses.owner_id(tx))
    if parent is not None and draft.visibility is not Visibility.LOCAL:
        permitting.must_ask(tx, parent, Interaction.REPLY)
    attaching.choose(tx, draft.media, draft.retouches)
    asking.require_quotable(tx, draft)


def _put_consent(tx: Tx, post: Post, draft: Draft, parent: Post | None) -> bool:
    """Store who may quote and answer the post, whose word it needs; return whether a quoted author is to be asked."""
    usual = preferences.find(tx)
    quoted_by, answered_by = draft.quote_policy or usual.quotes, draft.reply_policy or usual.replies
    policies.put(tx, post.id, permitting.policy_of(tx, quoted_by, answered_by, post.visibility))
    heard = post.visibility is not Visibility.LOCAL
    if heard and parent is not None and permitting.must_ask(tx, parent, Interaction.REPLY):
        approvals.put(tx, post.id, parent.account_id)
    return asking.quote(tx, post, draft)


def _kind(draft: Draft) -> str:
    return "Note" if draft.poll is None else "Question"


def _parent(tx: Tx, draft: Draft, owner: int) -> Post | None:
    if draft.in_reply_to_id is None:
        return None
    named = posts.get_visible(tx, draft.in_reply_to_id, owner)
    parent = posts.get_visible(tx, boosting.original(tx, named).id, owner)
    if parent.visibility is Visibility.LOCAL and draft.visibility is not Visibility.LOCAL:
        raise Invalid("Validation failed: A post that only you can see can only be answered by such a post")
    return parent


def _context(uri: str, visibility: Visibility, parent: Post | None) -> str | None:
    """Return the conversation of a new post ``uri``: that of its parent, or the one it begins for everybody to read."""
    if parent is not None and parent.context is not None:
        return parent.context
    begun, seen_by = (uri, visibility) if parent is None else (parent.uri, parent.visibility)
    ours = parent is None or (parent.local and parent.in_reply_to is None)
    return context_of(begun) if ours and seen_by.is_open else None


def _put_parts(tx: Tx, post: Post, draft: Draft) -> None:
    for account in draft.mentions:
        mentions.put(tx, post.id, account)
    mentions.hush(tx, post.id, except_=draft.mentions)
    mentions.replace_hashtags(tx, post.id, draft.hashtags)
    posts.put_source(tx, post.id, draft.text, draft.content_type)


def edit(tx: Tx, post_id: int, draft: Draft) -> Post:
    """Give a post of the owner a new version and return it; NotFound for what is no post of the owner.

    The earlier version is kept. Who is not named any more still gets it.
    """
    post = _own(tx, post_id)
    if draft.quote_policy is not None or draft.reply_policy is not None:
        post = permitting.set_policy(tx, post, draft.quote_policy, draft.reply_policy)
    sensitive = draft.sensitive or bool(draft.summary)
    shown = emojis.pictures(tx, draft.shortcodes)
    pictures = attachments.of_post(tx, post_id)
    chosen = attaching.choose(tx, draft.media, draft.retouches, post=post_id)
    new = (draft.html, draft.summary, sensitive, draft.language, shown, (draft.text, draft.content_type))
    polled = draft.poll is not None or post.kind == "Question"  # a poll that is sent again runs anew
    old = (post.content, post.summary, post.sensitive, post.language, post.emojis, posts.source(tx, post_id))
    if new == old and not polled and attaching.shown(tx, chosen) == pictures:
        return post
    edits.put(tx, post, pictures, quotes.of_post(tx, post_id))
    attaching.attach(tx, post_id, chosen)
    posts.change(
        tx,
        post_id,
        kind=_kind(draft),
        content=draft.html,
        summary=draft.summary,
        sensitive=sensitive,
        language=draft.language,
        emojis=shown,
        edited_at=tx.now,
    )
    _put_parts(tx, post, draft)
    carding.bring(tx, posts.get(tx, post_id), draft.page)
    voters = polling.edit(tx, post, draft.poll) if polled else ()
    tx.announce(PostEdited(post=post_id, local=True, voters=voters))
    return posts.get(tx, post_id)


def delete(tx: Tx, post_id: int, *, media: bool = False) -> Post:
    """Delete a post, or take a boost, of the owner back and return what it was; NotFound for what is another's.

    What it showed can be used anew for a day; with ``media`` that is removed, too.
    """
    known = posts.get(tx, post_id)
    if known.boost_of_id is not None and known.local:
        boosting.take_back(tx, known)
        return known
    post = _own(tx, post_id)
    note = rendering.note(tx, houses.get(tx), post)
    inboxes = _may_have(tx, post)
    attaching.release(tx, post_id, remove=media)
    boosts = posts.drop(tx, post_id)
    if post.visibility.is_open:  # of any other a tombstone would tell strangers that it was there
        tombstones.put(tx, post.uri, accounts.owner(tx).uri)
    tx.announce(
        PostDeleted(
            post=post_id,
            uri=post.uri,
            local=True,
            account=post.account_id,
            audience=(*note.to, *note.cc),
            inboxes=inboxes,
            boosts=boosts,
        )
    )
    return post


def _may_have(tx: Tx, post: Post) -> tuple[str, ...]:
    """Return the inboxes, beside those of followers, where the post may be.

    Anybody can say to have answered a post: of one that is not public, only those it was sent to shall hear.
    """
    if post.visibility is Visibility.LOCAL:
        return ()
    if post.visibility.is_open:
        people, personal = recipients.concerned(tx, post.id), False
    else:
        people = [account.id for account in mentions.of_post(tx, post.id, silent=True)]
        personal = post.visibility is Visibility.DIRECT
    passed_on = relays.inboxes(tx) if post.visibility is Visibility.PUBLIC else ()
    reached = (*recipients.had(tx, post.id), *recipients.inboxes(tx, people, personal=personal), *passed_on)
    return tuple(dict.fromkeys(reached))


def _own(tx: Tx, post_id: int) -> Post:
    post = posts.get(tx, post_id)
    if not post.local or post.boost_of_id is not None:
        raise NotFound("Record not found")
    return post

"""Liking: favourites and reactions, the owner's and others'.

The owner thinks one thing of a post at a time, since that is all that others can show of it: Mastodon knows favourites
only, Misskey one reaction, and by an Undo they take back whatever there is. Others may have several (Pleroma).

Spec: PROTOCOL §§4.2, 4.9 (Like, EmojiReact, Dislike, Undo), FEP-c0e0; SAFETY rules 14 and 15.
"""

from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.events import LikeUndone, PostLiked
from smallfed.domain.interaction import Interaction
from smallfed.domain.post import Post
from smallfed.domain.reaction import DISLIKE, FAVOURITE, Reaction
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid
from smallfed.protocol.limits import REACTIONS
from smallfed.services import permitting
from smallfed.services.boosting import original
from smallfed.store import blocks, domain_blocks, emojis, houses, ids, likes, notifications, posts, tombstones
from smallfed.store.likes import Like
from smallfed.store.tx import Tx
from smallfed.text.emoji import is_emoji, normal_emoji


# Ours -----------------------------------------------------------------------------------------------------------------
def like(tx: Tx, post: Post) -> Post:
    """Like a post (or what it wraps) and return it; NotFound when the owner may not see it, Invalid when not like it.

    Only its author hears of it: where their word is needed, they take it back with a Reject.
    Who has reacted to it likes it already.
    """
    owner = houses.owner_id(tx)
    post = posts.get_visible(tx, original(tx, post).id, owner)
    known = likes.all_of(tx, owner, post.id)
    if not any(one.reaction.favours for one in known):
        permitting.must_ask(tx, post, Interaction.LIKE)
        _replace(tx, known, post, FAVOURITE)
    return post


def react(tx: Tx, post: Post, text: str) -> Post:
    """React to a post (or what it wraps) instead of whatever the owner thought of it before, and return it.

    ``text`` is an emoji or the name of a custom one; Invalid when there is no such. NotFound as ``like``.
    """
    owner = houses.owner_id(tx)
    post = posts.get_visible(tx, original(tx, post).id, owner)
    reaction = _meant(tx, post, text)
    if likes.find(tx, owner, post.id, reaction.emoji) is None:
        permitting.must_ask(tx, post, Interaction.LIKE)
        _replace(tx, likes.all_of(tx, owner, post.id), post, reaction)
    return post


def _meant(tx: Tx, post: Post, text: str) -> Reaction:
    """Return the reaction by the name of it: others' custom emoji can be taken up where somebody brought them."""
    emoji = named(text)
    if not emoji.startswith(":"):
        return Reaction(emoji=emoji)
    ours = _ours(tx, emoji)
    if ours is not None and emojis.pictures(tx, [ours.name]):  # one that is disabled cannot be taken up
        return ours
    picture = likes.find_picture(tx, post.id, emoji)
    if picture is None:
        raise Invalid("Validation failed: Name is not a recognized emoji")
    return Reaction(emoji=emoji, picture=picture)


def _ours(tx: Tx, emoji: str) -> Reaction | None:
    """Return the reaction with a custom emoji of ours that ``:name:``, or ``:name@host:`` with our host, means."""
    name, _, host = emoji.strip(":").partition("@")
    known = emojis.find(tx, name) if not host or host in houses.get(tx).names else None
    return None if known is None else Reaction(emoji=f":{name}:", picture=known.url)


def named(text: str) -> str:
    """Return the emoji that apps call so, as we write it: an emoji, or a custom one with colons."""
    return normal_emoji(text) if is_emoji(text) else f":{text.strip(':')}:"


def unlike(tx: Tx, post: Post) -> Post:
    """Take the owner's like of a post (or of what it wraps) back, whatever it looks like, and return the post."""
    post = original(tx, post)
    for known in likes.all_of(tx, houses.owner_id(tx), post.id):
        if known.reaction.favours:
            _take_back(tx, known, local=True)
    return post


def unreact(tx: Tx, post: Post, text: str | None = None) -> Post:
    """Take the owner's reaction to a post (or to what it wraps) back, if it is this one, and return the post."""
    post = original(tx, post)
    meant = None if text is None else named(text)
    for known in likes.all_of(tx, houses.owner_id(tx), post.id):
        if known.emoji and meant in (None, known.emoji):
            _take_back(tx, known, local=True)
    return post


def _replace(tx: Tx, known: list[Like], post: Post, reaction: Reaction) -> None:
    for one in known:
        _take_back(tx, one, local=True)
    one = _new(tx, houses.owner_id(tx), post, None, reaction)
    _put(tx, structs.replace(one, uri=houses.get(tx).thing("likes", one.id)), local=True, instead=bool(known))


# Others' --------------------------------------------------------------------------------------------------------------
def receive_like(
    tx: Tx, account: Account, post: Post, uri: str | None, reaction: Reaction = FAVOURITE
) -> Refused | None:
    """Store that somebody else likes a post, or reacts to it, once; ``uri`` is the id of the activity.

    Of posts that are not ours, only public ones: we cannot know who else may see another's post.
    """
    reaction = _ours(tx, reaction.emoji) or reaction if reaction.picture else reaction
    refused = _inadmissible(tx, account, post)
    if refused is not None:
        return refused
    if tombstones.swallow(tx, account.uri, uri):
        return Refused("It was undone before it came.")
    others = likes.all_of(tx, account.id, post.id)
    known = next((one for one in others if one.emoji == reaction.emoji), None)
    if known is not None:
        _renew(tx, known, reaction)
        return None
    if len(others) >= REACTIONS:
        return Refused(f"{account.handle} has reacted to it {REACTIONS} times already.")
    contrary = {DISLIKE: "", "": DISLIKE}.get(reaction.emoji)  # votes change without an Undo
    for one in others:
        if one.emoji == contrary:
            _take_back(tx, one, local=False)
    _put(tx, _new(tx, account.id, post, uri, reaction), local=False)
    return None


def _inadmissible(tx: Tx, account: Account, post: Post) -> Refused | None:
    if post.boost_of_id is not None:
        return Refused("It is a boost: only what was said can be liked.")
    if not post.local and not post.visibility.is_open:
        return Refused("It is about a post of somebody else that is not public.")
    shunned = blocks.has(tx, houses.owner_id(tx), account.id) or domain_blocks.covers_account(tx, account.id)
    if account.local or shunned:
        return Refused(f"{account.handle} is blocked.")
    if posts.find_visible(tx, post.id, account.id) is None:
        return Refused(f"{account.handle} may not see the post.")
    return None


def _renew(tx: Tx, known: Like, reaction: Reaction) -> None:
    if reaction.picture is not None and reaction.picture != known.picture:
        likes.change(tx, known.id, picture=reaction.picture)


def undo_like(tx: Tx, account: Account, *, uri: str | None, object: str | None, emoji: str = "") -> bool:  # noqa: A002
    """Take a like by ``account`` back, found by its ``uri``, else by the post and the emoji; False: there is none."""
    known = None if uri is None else likes.find_uri(tx, uri)
    if known is None and object is not None:
        post = posts.find_uri(tx, object)
        known = None if post is None else _undone(tx, account, post, emoji)
    if known is None or known.account_id != account.id:
        return False
    _take_back(tx, known, local=False)
    return True


def _undone(tx: Tx, account: Account, post: Post, emoji: str) -> Like | None:
    """Return what is meant: that very reaction, the favourite that one we could not read is here, or the only one."""
    known = {one.emoji: one for one in likes.all_of(tx, account.id, post.id)}
    ours = _ours(tx, emoji)
    emoji = ours.emoji if ours else emoji
    liked = [one for one in known.values() if one.reaction.favours]
    return known.get(emoji) or known.get("") or (liked[0] if not emoji and len(liked) == 1 else None)


def _new(tx: Tx, account: int, post: Post, uri: str | None, reaction: Reaction) -> Like:
    return Like(
        id=ids.fresh(tx, "likes"),
        account_id=account,
        post_id=post.id,
        emoji=reaction.emoji,
        picture=reaction.picture,
        uri=uri,
        created_at=tx.now,
    )


def _put(tx: Tx, one: Like, *, local: bool, instead: bool = False) -> None:
    likes.put(tx, one)
    tx.announce(PostLiked(like=one.id, account=one.account_id, post=one.post_id, local=local, instead=instead))


def _take_back(tx: Tx, known: Like, *, local: bool) -> None:
    likes.drop(tx, known.id)
    if not any(one.reaction.favours for one in likes.all_of(tx, known.account_id, known.post_id)):
        notifications.drop_of(tx, known.account_id, "favourite", known.post_id)
    tx.announce(
        LikeUndone(
            uri=known.uri or "",
            account=known.account_id,
            post=known.post_id,
            local=local,
            reaction=known.reaction,
        )
    )

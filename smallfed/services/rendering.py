"""Rendering: what is stored of us, as the documents that others read. Deliveries and pages of objects use the same."""

from smallfed.domain.account import Emoji
from smallfed.domain.house import House
from smallfed.domain.post import Post
from smallfed.domain.reaction import Reaction
from smallfed.protocol.emitted import Activity, Actor, EmojiTag, Note, Source
from smallfed.protocol.signatures.keys import PublicKey
from smallfed.services import grouping
from smallfed.store import (
    accounts,
    approvals,
    attachments,
    cards,
    emojis,
    houses,
    likes,
    mentions,
    policies,
    polls,
    posts,
    preferences,
    quotes,
    threads,
)
from smallfed.store.tx import Tx
from smallfed.translate import outward
from smallfed.translate.notes import SELF_REPLIES


def note(tx: Tx, house: House, post: Post) -> Note:
    """Return a post of ours with everything that belongs to it."""
    source, hidden = posts.source(tx, post.id), preferences.hidden(tx, None).posts
    return outward.note(
        house,
        post,
        source=None if source is None else Source(content=source[0], media_type=source[1]),
        mentions=mentions.of_post(tx, post.id),
        hashtags=mentions.hashtags_of(tx, post.id),
        attachments=attachments.of_post(tx, post.id),
        card=cards.of_post(tx, post.id),
        own_replies=own_replies(tx, post.id),
        likes=None if hidden else likes.count(tx, post.id),
        boosts=None if hidden else likes.count_boosts(tx, post.id),
        poll=polls.find(tx, post.id) if post.kind == "Question" else None,
        quote=quotes.of_post(tx, post.id),
        policy=policies.find(tx, post.id),
        approved_by=_proof(tx, post),
    )


def _proof(tx: Tx, post: Post) -> str | None:
    known = approvals.find(tx, post.id)
    return None if known is None else known.uri


def own_replies(tx: Tx, post: int) -> list[str]:
    """Return the ids of the first public answers of ours to a post of ours."""
    return [uri for _, uri in threads.replies(tx, post, own=True, limit=SELF_REPLIES)]


def activity(tx: Tx, house: House, post: Post) -> Activity:
    """Return the Create of a note of ours, or the Announce of a boost of ours."""
    if post.boost_of_id is None:
        return outward.create(house, note(tx, house, post))
    boosted = posts.get(tx, post.boost_of_id)
    author = accounts.get(tx, boosted.account_id)
    return outward.announce(
        house, post, post=boosted.uri, author=author.uri, group=_group(tx, boosted), approved_by=_proof(tx, post)
    )


def _group(tx: Tx, post: Post) -> str | None:
    group = grouping.find_home(tx, post)
    return None if group is None else group.uri


def like(tx: Tx, house: House, post: Post, uri: str, reaction: Reaction) -> Activity:
    """Return the Like ``uri`` of a post, with the owner's reaction if it is more than a favourite."""
    author = accounts.get(tx, post.account_id)
    tag = _emoji(tx, house, reaction) if reaction.picture is not None else None
    group = _group(tx, post)
    return outward.like(house, uri=uri, post=post.uri, author=author.uri, group=group, reaction=reaction, emoji=tag)


def _emoji(tx: Tx, house: House, reaction: Reaction) -> EmojiTag:
    """Return the custom emoji of a reaction: one of ours, or one of somebody else's that the owner took up."""
    ours = emojis.find(tx, reaction.name)
    if ours is not None and ours.url == reaction.picture:
        return outward.emoji(ours.shown, house)
    return outward.emoji(Emoji(shortcode=reaction.name.partition("@")[0], url=str(reaction.picture)))


def actor(tx: Tx, house: House) -> Actor:
    """Return the owner's actor with its public keys."""
    keys = houses.keys(tx)
    return outward.actor(
        house,
        accounts.owner(tx),
        rsa_pem=keys["owner-rsa"][1],
        ed25519_multibase=PublicKey.from_pem(keys["owner-ed25519"][1]).multibase(),
    )


def instance_actor(tx: Tx, house: House) -> Actor:
    """Return the actor of the server itself."""
    return outward.instance_actor(house, rsa_pem=houses.keys(tx)["instance-rsa"][1])


def relay_actor(tx: Tx, house: House) -> Actor:
    """Return the actor that relays of the LitePub kind follow."""
    return outward.relay_actor(house, rsa_pem=houses.keys(tx)["instance-rsa"][1])

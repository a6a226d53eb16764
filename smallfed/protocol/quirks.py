"""Deviations of other servers, by name: what each sends, since when, where that is documented.

Whatever many servers do in their own ways (scalars for arrays, absent ids) is no quirk but ``jsonld``'s daily work.
"""

from collections.abc import Sequence
from typing import Literal

from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import ACTIVITIES, COLLECTIONS

_FAVOURITES = frozenset({"❤", "❤️", "♥", "♥️", "⭐", "👍"})
_MISSKEY_NAMES = {
    "like": "👍",
    "love": "❤️",
    "laugh": "😆",
    "hmm": "🤔",
    "surprise": "😮",
    "congrats": "🎉",
    "angry": "💢",
    "confused": "😥",
    "rip": "😇",
    "pudding": "🍮",
    "star": "⭐",
}


def misskey_reaction(name: str) -> str:
    """Return the emoji of a reaction that is given by its old name.

    Misskey before 11 and servers that imitate it (an Akkoma fork still in 2025) write names into ``content`` or
    ``_misskey_reaction``. https://github.com/misskey-dev/misskey/blob/develop/packages/backend/src/core/ReactionService.ts
    """
    return _MISSKEY_NAMES.get(name, name)


def misskey_favourite(reaction: str) -> bool:
    """Whether a Like with this content is no more than a Like.

    Misskey and its family give every Like a ``content``; what a user means by the plain ones is a favourite.
    https://misskey-hub.net/ns/#_misskey_reaction
    """
    return reaction in _FAVOURITES


def misskey_votes(option: Document) -> int | None:
    """Return how many votes an option of a poll has where only Misskey says so.

    Misskey and its family write ``_misskey_votes`` beside ``replies``; forks and old versions leave ``replies`` out.
    https://misskey-hub.net/ns/#_misskey_votes
    """
    return option.integer("_misskey_votes")


def piefed_question(document: Document) -> bool:
    """Whether a Question is a work with a title, as in a forum, and not a short text.

    PieFed (all versions) sends its polls so: ``name`` is the title, ``content`` what stands below.
    https://codeberg.org/rimu/pyfedi/src/branch/main/docs/activitypub_examples/posts.md
    """
    return "Question" in document.types and bool(document.text("name"))


def litepub_reaction(document: Document) -> bool:
    """Whether a reaction is one in any case, and a heart no mere favourite.

    Pleroma, Akkoma and those who follow them (Mitra, Hollo, Iceshrimp.NET) send EmojiReact for it, and Like for
    favourites. https://codeberg.org/fediverse/fep/src/branch/main/fep/c0e0/fep-c0e0.md
    """
    return "EmojiReact" in document.types


def threadiverse_dislike(document: Document) -> bool:
    """Whether a reaction is a vote down, which has no emoji and may replace a vote up without an Undo.

    Lemmy, PieFed, Mbin, PeerTube and Friendica send Dislike.
    https://join-lemmy.org/docs/contributors/05-federation.html
    """
    return "Dislike" in document.types


def peertube_owners(document: Document) -> tuple[str, ...]:
    """Return whom an object is attributed to, people before groups.

    PeerTube (all versions) and Mobilizon name the account *and* the channel or group, in either order, as objects with
    a type. https://docs.joinpeertube.org/api/activitypub#video
    """
    groups = {owner.id for owner in document.documents("attributedTo") if "Group" in owner.types}
    owners = document.uris("attributedTo")
    return tuple(sorted(owners, key=lambda owner: owner in groups))


def peertube_markdown(document: Document) -> bool:
    """Whether ``content`` is Markdown although HTML is what everybody expects there.

    PeerTube up to 7 gives a video's description as it was typed, with a ``mediaType`` that says so. Others state that
    type as well but send HTML (Lemmy), so the type alone proves nothing. https://docs.joinpeertube.org/api/activitypub
    """
    return "Video" in document.types and document.text("mediaType") == "text/markdown"


def peertube_comments(document: Document) -> str:
    """Return the name of the property that holds the replies.

    PeerTube (all versions) calls those to a video ``comments``. https://docs.joinpeertube.org/api/activitypub#video
    """
    return "comments" if "Video" in document.types else "replies"


def writefreely_used_id(type_: str) -> bool:
    """Whether an activity of this type may come under an id that another one of its actor had before.

    WriteFreely (all versions) gives Create, Update and Delete the id of the post; BookWyrm (to 0.7) gives a Delete the
    id of the Create; Friendica (to 2026) and early snac give all Updates of a post one id.
    https://github.com/friendica/friendica/blob/develop/src/Protocol/ActivityPub/Transmitter.php,
    https://github.com/bookwyrm-social/bookwyrm/blob/main/bookwyrm/models/activitypub_mixin.py
    """
    return type_ in ("Update", "Delete")


def piefed_replies(document: Document) -> tuple[Document, ...]:
    """Return the replies to a post where they stand in a bare array, without a collection around them.

    PieFed (all versions) embeds them so, each with those to itself.
    https://codeberg.org/rimu/pyfedi/src/branch/main/docs/activitypub_examples/posts.md
    """
    things = document.documents("replies")
    return tuple(thing for thing in things if thing.types and COLLECTIONS.isdisjoint(thing.types))


def lemmy_language(document: Document) -> str:
    """Return the code of a language that is given as an object; "" when there is none.

    Lemmy since 0.17 and PeerTube send ``{"identifier": "en", "name": "English"}``.
    https://join-lemmy.org/docs/contributors/05-federation.html
    """
    language = document.document("language")
    return language.text("identifier") if language else ""


def wordpress_language(document: Document) -> str:
    """Return the ``@language`` of the document's context; "" when there is none.

    WordPress' plugin up to 2.x states the language there only, and so does what is compacted by some JSON-LD libraries.
    https://www.w3.org/TR/activitystreams-core/#defaultlangcontext
    """
    return next((text for context in document.documents("@context") if (text := context.text("@language"))), "")


def group_announce(document: Document) -> Document | None:
    """Return the activity that a group hands to its followers inside of an Announce; None for a common boost.

    Lemmy, PieFed, Mbin and NodeBB wrap everything so that is done in a group, votes included, and Lemmy sends an
    Announce of the post itself as well, for servers that know nothing of this. https://codeberg.org/fediverse/fep/src/branch/main/fep/1b12/fep-1b12.md
    """
    inner = document.document("object") if "Announce" in document.types else None
    return inner if inner is not None and inner.type_in(ACTIVITIES) is not None else None


def lemmy_ban(document: Document) -> str | None:
    """Return what a Block shuts somebody out of; None of one between two people.

    Lemmy and PieFed name a community or a server as ``target`` and mean a ban by its moderators, which is nothing
    personal. https://join-lemmy.org/docs/contributors/05-federation.html
    """
    return document.uri("target")


def gotosocial_votes(document: Document) -> tuple[Document, ...]:
    """Return the objects of a Create that holds several; none of one that holds one, as everybody else's do.

    GoToSocial (all versions) sends all votes in a multiple choice together.
    https://docs.gotosocial.org/en/latest/federation/posts/#polls
    """
    things = document.documents("object", limits.OPTIONS)
    return things if len(things) > 1 else ()


def hubzilla_key_id(document: Document, key_id: str) -> bool:
    """Whether a signature names the actor itself for its key: then the only key of the actor is meant.

    Hubzilla and its relatives (osada, streams) do so. https://framagit.org/hubzilla/core/-/blob/dev/Zotlabs/Web/HTTPSig.php
    """
    return key_id == document.id


def litepub_direct(document: Document) -> bool:
    """Whether a post is to be treated as direct, whatever it is addressed to.

    Pleroma and Akkoma mark direct messages so. http://litepub.social/ns#directMessage
    """
    return document.flag("directMessage") is True


GOTOSOCIAL_AUTOMATIC, GOTOSOCIAL_MANUAL = "always", "approvalRequired"
"""How GoToSocial up to 0.20 calls the two parts of a policy.
https://docs.gotosocial.org/en/v0.20.1/federation/interaction_policy/"""

_QUOTE_RELATIONS = frozenset(
    {"https://misskey-hub.net/ns#_misskey_quote", "https://misskey-hub.net/ns/#_misskey_quote"}
)


def misskey_quote_link(document: Document) -> str | None:
    """Return what a post quotes by a tag, None when no tag says so.

    FEP-e232 links carry the relation in either of two spellings: that of Misskey's context, and that of its
    documentation. https://codeberg.org/fediverse/fep/src/branch/main/fep/e232/fep-e232.md
    """
    links = (tag for tag in document.documents("tag", limits.TAGS) if "Link" in tag.types)
    quotes = (link for link in links if not _QUOTE_RELATIONS.isdisjoint(link.uris("rel")))
    return next((uri for link in quotes if (uri := link.uri("href"))), None)


def peertube_moderation(document: Document) -> Literal["open", "asked", "closed"]:
    """Return whether everybody may comment, only who has asked, or nobody.

    PeerTube (since 6.2) has a ``commentsPolicy``, where 2 is closed and 3 needs approval, which comes as ApproveReply;
    Lemmy, Pixelfed and older ones only ``commentsEnabled``. https://docs.joinpeertube.org/api/activitypub#video
    """
    if document.flag("commentsEnabled") is False or document.integer("commentsPolicy") == 2:
        return "closed"
    return "asked" if document.integer("commentsPolicy") == 3 else "open"


def mastodon_request_without_actor(types: Sequence[str]) -> bool:
    """Whether an activity of these types may name no actor: whoever signed it is meant.

    Mastodon since 4.6, and the example of FEP-7aa9, leave ``actor`` out of a FeatureRequest.
    https://codeberg.org/fediverse/fep/src/branch/main/fep/7aa9/fep-7aa9.md
    """
    return "FeatureRequest" in types

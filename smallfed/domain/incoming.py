"""What arrived, understood: the facts that a document of another server states, before anybody believes them.

``translate/inward`` makes these, ``inbox`` and ``services`` judge and store them. All HTML in here is sanitised
already, all URLs are http(s), all lists are cut to their limits; nothing else about the content is checked.
"""

from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Emoji, Field, Kind
from smallfed.domain.interaction import Interaction, Policy
from smallfed.domain.post import Attachment
from smallfed.domain.reaction import FAVOURITE, Reaction


class IncomingKey(Struct, frozen=True, kw_only=True):
    """A public key in an actor document; ``owner`` equals the actor's id. ``proves``: it is one for FEP-8b32 proofs."""

    key_id: str
    algorithm: str
    der: bytes
    proves: bool = False


class IncomingAccount(Struct, frozen=True, kw_only=True):
    """An actor document. ``claim`` is the handle it says it has (FEP-2c59), not yet confirmed by webfinger."""

    uri: str
    kind: Kind
    username: str
    claim: str | None = None
    name: str = ""
    note: str = ""
    url: str | None = None
    inbox: str
    shared_inbox: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    featured_tags: str | None = None
    moderators: str | None = None
    avatar: str | None = None
    header: str | None = None
    locked: bool = False
    discoverable: bool = False
    indexable: bool = False
    fields: tuple[Field, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    suspended: bool = False
    memorial: bool = False
    attribution_domains: tuple[str, ...] = ()
    avatar_description: str = ""
    header_description: str = ""
    show_media: bool = True
    show_media_replies: bool = True
    show_featured: bool = True
    published_at: datetime | None = None
    keys: tuple[IncomingKey, ...] = ()


class IncomingMention(Struct, frozen=True, kw_only=True):
    """A Mention tag: ``href`` is an actor id (sometimes a profile page), ``name`` as written, maybe empty."""

    href: str
    name: str = ""


class IncomingOption(Struct, frozen=True, kw_only=True):
    """A choice in a poll: ``name`` as written, ``title`` as plain text; ``votes`` is None where it does not say."""

    name: str
    title: str
    votes: int | None = None


class IncomingPoll(Struct, frozen=True, kw_only=True):
    """What a Question lets people choose from. ``closed``: it says that it has ended, but not when."""

    options: tuple[IncomingOption, ...]
    multiple: bool = False
    ends_at: datetime | None = None
    closed: bool = False
    voters: int | None = None

    @property
    def shape(self) -> tuple[bool, tuple[str, ...]]:
        """What cannot change without making the votes worthless."""
        return self.multiple, tuple(option.name for option in self.options)


class IncomingQuote(Struct, frozen=True, kw_only=True):
    """That a post quotes ``uri``, None where only a tombstone is left of it.

    ``stamp`` is the proof of consent that it names; ``legacy``: written in a form that knows no consent.
    """

    uri: str | None
    stamp: str | None = None
    legacy: bool = False


class IncomingStamp(Struct, frozen=True, kw_only=True):
    """A document that shall prove consent: ``author`` lets ``interacting`` do something with ``target``."""

    id: str | None
    types: tuple[str, ...]
    author: str | None
    interacting: str | None
    target: str | None


class IncomingVersion(Struct, frozen=True, kw_only=True):
    """What a post was like from ``made_at`` on, until it was edited."""

    made_at: datetime
    content: str = ""
    summary: str = ""
    sensitive: bool = False
    attachments: tuple[Attachment, ...] = ()


class IncomingPost(Struct, frozen=True, kw_only=True):
    """A Note or something like it. ``to`` and ``cc`` hold the full Public IRI; attachment ids are 0.

    ``vote`` is True for a Note that is a poll vote (``name`` set and no content). ``links``: objects that tags name.
    """

    uri: str
    author: str
    kind: str
    url: str | None = None
    content: str = ""
    summary: str = ""
    title: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to: str | None = None
    context: str | None = None
    audience: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    mentions: tuple[IncomingMention, ...] = ()
    hashtags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    likes_claimed: int | None = None
    boosts_claimed: int | None = None
    replies_claimed: int | None = None
    direct: bool = False  # litepub's directMessage: true
    vote: bool = False
    poll: IncomingPoll | None = None
    quote: IncomingQuote | None = None
    policy: Policy | None = None
    former: tuple[IncomingVersion, ...] = ()
    raw: bytes = b""


# Activities ---------------------------------------------------------------------------------------------------------
class Incoming(Struct, frozen=True, kw_only=True):
    """An activity. ``id`` is None where the sender gave none; ``actor`` is what the body says."""

    id: str | None
    actor: str


class Follow(Incoming, frozen=True, kw_only=True):
    """``actor`` wants to follow ``object``."""

    object: str


class FollowReference(Struct, frozen=True, kw_only=True):
    """A Follow as it is named inside Accept, Reject or Undo: any part may be missing."""

    id: str | None = None
    actor: str | None = None
    object: str | None = None


class Accept(Incoming, frozen=True, kw_only=True):
    """``actor`` lets somebody follow, or do what else was asked.

    ``kind`` is the type of what is answered, None for a Follow, and where only its id came; ``instrument`` is what was
    asked for, ``result`` what proves the consent.
    """

    follow: FollowReference
    kind: str | None = None
    instrument: str | None = None
    result: str | None = None


class Reject(Incoming, frozen=True, kw_only=True):
    """``actor`` does not let somebody follow, or do what else was asked, or not any more."""

    follow: FollowReference
    kind: str | None = None
    instrument: str | None = None


class Undo(Incoming, frozen=True, kw_only=True):
    """``actor`` takes something back. ``kind`` is the type of what is undone, None where only its id came.

    ``emoji`` is that of a reaction (kind Like), "" where it is not said. ``target`` is set for a ban from a group (kind
    Block); ``restores``: what it took away comes back.
    """

    undone: str | None = None
    kind: str | None = None
    object: str | None = None
    target: str | None = None
    restores: bool = False
    emoji: str = ""


class Create(Incoming, frozen=True, kw_only=True):
    """A new post, embedded."""

    post: IncomingPost


class Votes(Incoming, frozen=True, kw_only=True):
    """Several votes at once, all of ``actor`` and in one poll."""

    posts: tuple[IncomingPost, ...]


class Mentioned(Incoming, frozen=True, kw_only=True):
    """A Create (or Update, ``update``) whose object came by id only, or must be fetched from its origin."""

    object: str
    update: bool = False


class UpdatePost(Incoming, frozen=True, kw_only=True):
    """A new version of a post."""

    post: IncomingPost


class UpdateAccount(Incoming, frozen=True, kw_only=True):
    """A new version of an actor."""

    account: IncomingAccount


class Delete(Incoming, frozen=True, kw_only=True):
    """``object`` is gone; it equals ``actor`` when the account itself is."""

    object: str


class Like(Incoming, frozen=True, kw_only=True):
    """``actor`` likes ``object``, or whatever else ``reaction`` says."""

    object: str
    reaction: Reaction = FAVOURITE


class Announce(Incoming, frozen=True, kw_only=True):
    """``actor`` boosts ``object``. ``to`` and ``cc`` are the boost's own audience."""

    object: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    published_at: datetime | None = None


class Block(Incoming, frozen=True, kw_only=True):
    """``actor`` blocks ``object``. ``target`` is set for a ban from a group, which is no personal block.

    ``sweeps``: what was written in that group goes with it.
    """

    object: str
    target: str | None = None
    sweeps: bool = False


class Lock(Incoming, frozen=True, kw_only=True):
    """``actor``, a moderator, closes the thread of ``object``."""

    object: str


class Add(Incoming, frozen=True, kw_only=True):
    """``actor`` puts ``object`` into the collection ``target``. ``hashtag`` (as written) is set for one."""

    object: str
    target: str
    hashtag: str = ""


class Remove(Incoming, frozen=True, kw_only=True):
    """``actor`` takes ``object`` out of the collection ``target``. ``hashtag`` (as written) is set for one."""

    object: str
    target: str
    hashtag: str = ""


class Move(Incoming, frozen=True, kw_only=True):
    """``object`` has moved to ``target``; ``actor`` is the one or (FEP-7628, pull) the other."""

    object: str
    target: str


class Flag(Incoming, frozen=True, kw_only=True):
    """``actor`` complains of ``objects``: people, posts, or both. ``comment`` may be HTML, and may name more posts."""

    objects: tuple[str, ...]
    comment: str


class Request(Incoming, frozen=True, kw_only=True):
    """``actor`` asks to do something with ``object``: ``instrument`` is the id of what they would do.

    ``post`` is the quote or reply itself where it came along, ``announce`` the boost.
    """

    kind: Interaction
    object: str
    instrument: str
    post: IncomingPost | None = None
    announce: Announce | None = None


class NotUnderstood(Incoming, frozen=True, kw_only=True):
    """An activity we have no meaning for (yet); it is kept with ``reason``."""

    type: str
    reason: str


class Handed(Incoming, frozen=True, kw_only=True):
    """``actor`` hands over what somebody else did: ``activity``, as it stands in ``document``. Nobody believes it yet.

    ``wrapped``: a group announces it (FEP-1b12), and ``id`` is that of the Announce; else it was passed on as it is, or
    the owner of a conversation adds it to that (FEP-171b).
    """

    activity: Incoming
    document: bytes
    wrapped: bool = False


class Shown(Struct, frozen=True, kw_only=True):
    """A group shows in its outbox what somebody else has posted in it: ``post`` is as its author wrote it."""

    post: IncomingPost


class Arrival(Struct, frozen=True, kw_only=True):
    """How an activity came: ``actor`` said it; ``personal``: at the owner's own inbox.

    ``handed_by`` is who handed it over where that was not its actor, but ``actor`` has said it indeed.
    """

    actor: str
    personal: bool
    received_at: datetime
    handed_by: str | None = None

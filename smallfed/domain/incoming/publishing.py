"""Activities about posts and profiles: new ones, new versions, and what is gone."""

from smallfed.domain.incoming.activity import Incoming
from smallfed.domain.incoming.people import IncomingAccount
from smallfed.domain.incoming.posts import IncomingPost


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

"""The house and its addresses: every URI and URL that is ours is made here.

Spec: ActivityPub §3.1 (ids). The domain is stored once, at setup; ids never depend on configuration or on Host headers.
"""

from datetime import datetime
from urllib.parse import quote

from msgspec import Struct

from smallfed.domain import remote
from smallfed.domain.copy import Subject
from smallfed.domain.numbers import number
from smallfed.domain.remote import Signet

MEDIA = "/media/"


class House(Struct, frozen=True, kw_only=True):
    """Where we live. ``domain`` (host[:port]) serves us, ``account_domain`` is the one of the handle.

    ``left_at``: the owner is gone since, for good. ``media_host`` (host[:port]) serves media, too. ``signet`` makes
    addresses for others' media; a house that is left has none.
    """

    scheme: str
    domain: str
    account_domain: str
    username: str
    trial: bool
    created_at: datetime
    left_at: datetime | None = None
    media_host: str | None = None
    signet: Signet | None = None

    @property
    def base(self) -> str:
        """Origin of everything we serve, without a trailing slash."""
        return f"{self.scheme}://{self.domain}"

    @property
    def handle(self) -> str:
        """The owner's handle, without a leading @."""
        return f"{self.username}@{self.account_domain}"

    @property
    def names(self) -> frozenset[str]:
        """Hosts we answer to, lower case."""
        return frozenset({self.domain.lower(), self.account_domain.lower()})

    # The owner
    @property
    def actor(self) -> str:
        """Id of the owner."""
        return f"{self.base}/users/{self.username}"

    @property
    def profile(self) -> str:
        """The owner's page for people."""
        return f"{self.base}/@{self.username}"

    @property
    def key_id(self) -> str:
        """Id of the owner's RSA key."""
        return f"{self.actor}#main-key"

    @property
    def ed25519_key_id(self) -> str:
        """Id of the owner's Ed25519 Multikey."""
        return f"{self.actor}#ed25519-key"

    @property
    def inbox(self) -> str:
        """The owner's own inbox."""
        return f"{self.actor}/inbox"

    @property
    def shared_inbox(self) -> str:
        """The inbox for everything."""
        return f"{self.base}/inbox"

    @property
    def outbox(self) -> str:
        """What the owner has published."""
        return f"{self.actor}/outbox"

    @property
    def followers(self) -> str:
        """The collection that followers-only posts are addressed to."""
        return f"{self.actor}/followers"

    @property
    def followers_here(self) -> str:
        """Which followers live on the server that asks (FEP-8fcf)."""
        return f"{self.actor}/followers_synchronization"

    @property
    def following(self) -> str:
        """Whom the owner follows."""
        return f"{self.actor}/following"

    @property
    def liked(self) -> str:
        """What the owner likes (served empty)."""
        return f"{self.actor}/liked"

    @property
    def featured(self) -> str:
        """Pinned posts."""
        return f"{self.actor}/collections/featured"

    @property
    def featured_tags(self) -> str:
        """Featured hashtags."""
        return f"{self.actor}/collections/tags"

    @property
    def default_avatar(self) -> str:
        """The picture that is drawn for the owner until there is another."""
        return self.page("/media/avatars/default.png")

    # The instance actor
    @property
    def instance_actor(self) -> str:
        """Id of the actor of the server itself."""
        return f"{self.base}/actor"

    @property
    def instance_key_id(self) -> str:
        """Id of the server's RSA key."""
        return f"{self.instance_actor}#main-key"

    # The actor for relays of the LitePub kind, who know such actors by the end of their id
    @property
    def relay_actor(self) -> str:
        """Id of the actor that follows relays, and that relays follow."""
        return f"{self.base}/relay"

    @property
    def relay_key_id(self) -> str:
        """Id of its RSA key, which is the server's."""
        return f"{self.relay_actor}#main-key"

    @property
    def relay_followers(self) -> str:
        """The collection that its Announces are addressed to."""
        return f"{self.relay_actor}/followers"

    # Things
    def note(self, post: int) -> str:
        """Id of a post of ours."""
        return f"{self.actor}/notes/{post}"

    def note_page(self, post: int) -> str:
        """The page of a post of ours, for people."""
        return f"{self.profile}/{post}"

    def boost(self, post: int) -> str:
        """Id of an Announce of ours, for the row of the boost."""
        return f"{self.actor}/boosts/{post}"

    def thing(self, cluster: str, number: int) -> str:
        """Id of a follow, like, accept, … of ours: ``BASE/cluster/number``."""
        return f"{self.base}/{cluster}/{number}"

    def emoji(self, shortcode: str) -> str:
        """Id of a custom emoji of ours (FEP-9098)."""
        return f"{self.base}/emojis/{shortcode}"

    def medium(self, name: str) -> str:
        """Address of a file that a post of ours shows."""
        return self.page(f"/media/files/{name}")

    def shown(self, url: str) -> str:
        """Address under which a file of ours at ``url`` is shown: where media have a host of their own, there."""
        if self.media_host is None or not url.startswith(f"{self.base}{MEDIA}"):
            return url
        return self.media_base + url.removeprefix(self.base)

    def proxied(self, subject: Subject, whose: int, url: str, *, small: bool = False, ending: str = "jpg") -> str:
        """Address of ours for what somebody else shows from ``url``; what is a file of ours stays one.

        ``whose`` is the id of the attachment, account or card; 0 for what has none, which ``remote.can_be_carried``
        must allow. ``small``: a still picture as large as it is shown in passing. ``ending``: for a URL that
        has none.
        """
        if url.startswith(f"{self.base}{MEDIA}"):
            return self.shown(url)
        if self.signet is None:
            raise ValueError("a house without a signet shows nothing of others")
        return self.media_base + remote.path(self.signet, subject, whose, url, small=small, ending=ending)

    @property
    def media_base(self) -> str:
        """Origin of the media that we show, without a trailing slash."""
        return self.base if self.media_host is None else f"{self.scheme}://{self.media_host}"

    def departure(self, number: int) -> str:
        """Id of a Move of ours."""
        return f"{self.actor}#moves/{number}"

    def tag_page(self, name: str) -> str:
        """The page of a hashtag."""
        return f"{self.base}/tags/{quote(name)}"

    def page(self, path: str) -> str:
        """Absolute URL of a ``path`` that begins with a slash."""
        return self.base + path

    def is_ours(self, uri: str) -> bool:
        """Whether a URI is one of those that are made here."""
        return uri.startswith(f"{self.base}/")

    def note_id(self, uri: str) -> int | None:
        """The number in the id or page of one of our posts, or None."""
        for prefix in (f"{self.actor}/notes/", f"{self.profile}/", f"{self.actor}/boosts/"):
            tail = uri.removeprefix(prefix)
            if tail != uri:
                return number(tail)
        return None

"""Posts: notes and boosts, the owner's and others'."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from smallfed.domain.account import Emoji


class Visibility(StrEnum):
    """Who may see a post, in the words of the client API; ``local`` is the owner alone: such a post stays here."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"
    DIRECT = "direct"
    LOCAL = "local"

    @property
    def is_open(self) -> bool:
        """Whether everybody may see such a post, wherever it is shown."""
        return self in (Visibility.PUBLIC, Visibility.UNLISTED)


class Attachment(Struct, frozen=True, kw_only=True):
    """A picture, sound or film of a post. ``focus`` is (x, y) in −1…1, y upwards.

    ``frame_rate`` (``30/1``), ``bit_rate`` and ``small`` (the size of the preview) are known of what was uploaded here.
    """

    id: int
    kind: str  # image | gifv | video | audio | unknown
    media_type: str = ""
    url: str
    preview_url: str | None = None
    description: str = ""
    blurhash: str | None = None
    width: int | None = None
    height: int | None = None
    focus: tuple[float, float] | None = None
    duration: float | None = None
    frame_rate: str | None = None
    bit_rate: int | None = None
    small: tuple[int, int] | None = None


class Post(Struct, frozen=True, kw_only=True):
    """One row of posts. ``content`` is sanitised HTML, ``summary`` the content warning as plain text.

    ``audience`` is the group (actor id) that it was made in; moderators of that have ``removed`` it, or ``locked`` its
    thread. ``by_tag``: it is in home for a followed hashtag alone. A boost has ``kind`` 'Announce' and ``boost_of_id``;
    everything else about it is in the boosted post.
    """

    id: int
    uri: str
    url: str | None = None
    account_id: int
    local: bool
    kind: str = "Note"
    boost_of_id: int | None = None
    visibility: Visibility
    in_home: bool = False
    by_tag: bool = False
    content: str = ""
    summary: str = ""
    title: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to: str | None = None
    in_reply_to_id: int | None = None
    in_reply_to_account_id: int | None = None
    context: str | None = None
    audience: str | None = None
    removed: bool = False
    locked: bool = False
    emojis: tuple[Emoji, ...] = ()
    application: str | None = None
    published_at: datetime
    received_at: datetime
    edited_at: datetime | None = None
    likes_claimed: int | None = None
    boosts_claimed: int | None = None
    replies_claimed: int | None = None

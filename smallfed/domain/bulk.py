"""In bulk: what is brought from another server or taken to one, a line for each thing."""

from typing import Literal

from msgspec import Struct

Kind = Literal["follows", "followers", "blocks", "mutes", "domain-blocks", "bookmarks"]


class Line(Struct, frozen=True, kw_only=True):
    """One thing: ``address`` is a handle, a domain or a URI. The rest is what is wanted of it, as far as it applies.

    ``host`` is the server to ask, "" for none.
    """

    number: int
    address: str
    host: str = ""
    reblogs: bool = True
    notify: bool = False
    languages: tuple[str, ...] | None = None
    notifications: bool = True


class Unread(Struct, frozen=True, kw_only=True):
    """A line that says nothing of use, and why."""

    number: int
    text: str
    reason: str

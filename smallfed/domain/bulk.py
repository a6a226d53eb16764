"""In bulk: what is brought from another server or taken to one, a line for each thing."""

from typing import Literal

from msgspec import Struct

Kind = Literal["follows", "followers", "blocks", "mutes", "domain-blocks", "bookmarks", "lists"]


class Line(Struct, frozen=True, kw_only=True):
    """One thing: ``address`` is a handle, a domain or a URI. The rest is what is wanted of it, as far as it applies.

    ``host`` is the server to ask, "" for none. ``title`` is that of the list in which the account is.
    """

    number: int
    address: str
    title: str = ""
    host: str = ""
    reblogs: bool = True
    notify: bool = False
    languages: tuple[str, ...] | None = None
    notifications: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same thing as another line."""
        return self.title, self.address.lower()


class Unread(Struct, frozen=True, kw_only=True):
    """A line that says nothing of use, and why."""

    number: int
    text: str
    reason: str

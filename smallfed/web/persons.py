"""People, their words and pictures as the public pages show them: nothing that is loaded from others."""

from collections.abc import Sequence

from markupsafe import Markup, escape
from msgspec import Struct

from smallfed.domain.account import Account, Emoji
from smallfed.domain.house import House
from smallfed.domain.post import Post
from smallfed.text import picturing


class Person(Struct, frozen=True, kw_only=True):
    """An author. ``display`` is the ``name`` with pictures of custom emoji.

    ``avatar`` is None for others: our pages show no remote pictures (they would tell on our readers).
    """

    name: str
    display: Markup
    handle: str
    host: str
    url: str
    local: bool
    avatar: str | None

    @property
    def initial(self) -> str:
        """The first letter of the name, which stands for a picture."""
        return next((letter for letter in self.name if letter.isalnum()), "·").upper()


def person(house: House, account: Account) -> Person:
    """Return somebody as shown."""
    return Person(
        name=account.name or account.username,
        display=named(house, account),
        handle=f"@{account.handle}",
        host=account.host,
        url=account.url or account.uri,
        local=account.local,
        avatar=avatar(house, account) if account.local else None,
    )


def named(house: House, account: Account) -> Markup:
    """Return somebody's name, with pictures."""
    return illustrated(house, escape(account.name or account.username), account.emojis)


def avatar(house: House, owner: Account) -> str:
    """Return the path of the owner's picture: pages show it from wherever they were opened."""
    return (owner.avatar or house.default_avatar).removeprefix(house.base)


def page_of(house: House, post: Post) -> str:
    """Return the address of a post's page."""
    return house.note_page(post.id) if post.local else post.url or post.uri


def illustrated(house: House, html: str, emojis: Sequence[Emoji]) -> Markup:
    """Return sanitised HTML with the pictures of custom emoji of ours: those of others would tell on our readers."""
    pictures = {emoji.shortcode: emoji.url for emoji in emojis if is_ours(house, emoji.url)}
    return Markup(picturing.illustrated(html, pictures))  # noqa: S704 - sanitised before it was stored, or escaped


def is_ours(house: House, address: str | None) -> bool:
    """Whether a picture is loaded from us."""
    return address is not None and address.startswith(f"{house.base}/")

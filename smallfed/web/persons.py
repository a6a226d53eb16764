"""People, their words and pictures as the public pages show them: all pictures are loaded from us."""

from collections.abc import Sequence

from markupsafe import Markup, escape
from msgspec import Struct, structs

from smallfed.domain.account import Account, Emoji
from smallfed.domain.copy import Subject
from smallfed.domain.house import House
from smallfed.domain.post import Post
from smallfed.domain.remote import can_be_carried
from smallfed.policy.emojis import in_names
from smallfed.text import picturing


class Person(Struct, frozen=True, kw_only=True):
    """An author. ``display`` is the ``name`` with pictures of custom emoji.

    ``avatar`` is a path, None for who has no picture.
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
        avatar=avatar(house, account) if account.local or account.avatar else None,
    )


def bare(account: Account) -> Account:
    """Return somebody of whose server the owner wants no pictures."""
    return structs.replace(account, avatar=None, emojis=())


def named(house: House, account: Account) -> Markup:
    """Return somebody's name, with pictures."""
    emojis = account.emojis if account.local else in_names(account.name, account.emojis)
    return illustrated(house, escape(account.name or account.username), emojis)


def avatar(house: House, account: Account) -> str:
    """Return the path of somebody's picture, or of the one that was drawn for the owner."""
    if account.avatar is None:
        return loaded(house, house.default_avatar)
    return loaded(house, house.proxied(Subject.AVATAR, account.id, account.avatar, small=not account.local))


def loaded(house: House, address: str) -> str:
    """Return the path of a picture that we serve: pages show it from wherever they were opened."""
    return address.removeprefix(house.media_base).removeprefix(house.base)


def page_of(house: House, post: Post) -> str:
    """Return the address of a post's page."""
    return house.note_page(post.id) if post.local else post.url or post.uri


def illustrated(house: House, html: str, emojis: Sequence[Emoji]) -> Markup:
    """Return sanitised HTML with the pictures of custom emoji."""
    pictures = {emoji.shortcode: emoticon(house, emoji.url) for emoji in emojis if can_be_carried(emoji.url)}
    return Markup(picturing.illustrated(html, pictures))  # noqa: S704 - sanitised before it was stored, or escaped


def emoticon(house: House, address: str) -> str:
    """Return the address of the picture of a custom emoji, under our domain: texts are read in feeds, too."""
    return house.page(loaded(house, house.proxied(Subject.EMOJI, 0, address, ending="png")))

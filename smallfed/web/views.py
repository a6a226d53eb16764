"""Facts as the public pages show them: what a template needs of a post, gathered for a whole page at once."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup
from msgspec import Struct

from smallfed.domain.account import Account, Emoji
from smallfed.domain.house import House
from smallfed.domain.poll import Poll
from smallfed.domain.post import Attachment, Post
from smallfed.store import accounts, details, posts
from smallfed.store.likes import Tally
from smallfed.store.tx import Tx
from smallfed.text import picturing
from smallfed.text.sanitise import cut, plain


class Person(Struct, frozen=True, kw_only=True):
    """An author. ``avatar`` is None for others: our pages show no remote pictures (they would tell on our readers)."""

    name: str
    handle: str
    url: str
    local: bool
    avatar: str | None

    @property
    def initial(self) -> str:
        """The first letter of the name, which stands for a picture."""
        return next((letter for letter in self.name if letter.isalnum()), "·").upper()


class Felt(Struct, frozen=True, kw_only=True):
    """How many gave a post a reaction; ``picture`` is that of a custom emoji of ours."""

    emoji: str
    picture: str | None
    count: int


class Shown(Struct, frozen=True, kw_only=True):
    """A post on a page. ``content`` is sanitised HTML; ``boosted`` is set when the owner only passes it on."""

    id: int
    url: str
    author: Person
    content: Markup
    text: str
    summary: str
    sensitive: bool
    language: str | None
    published_at: datetime
    edited_at: datetime | None
    attachments: tuple[Attachment, ...]
    likes: int
    boosts: int
    replies: int
    likes_verified: int
    boosts_verified: int
    reactions: tuple[Felt, ...] = ()
    local: bool = False
    poll: Poll | None = None
    boosted: bool = False
    pinned: bool = False


def illustrated(house: House, html: str, emojis: Sequence[Emoji]) -> Markup:
    """Return sanitised HTML with the pictures of custom emoji of ours: those of others would tell on our readers."""
    pictures = {emoji.shortcode: emoji.url for emoji in emojis if _is_ours(house, emoji.url)}
    return Markup(picturing.illustrated(html, pictures))  # noqa: S704 - sanitised before it was stored


def _is_ours(house: House, address: str | None) -> bool:
    return address is not None and address.startswith(f"{house.base}/")


def person(house: House, account: Account) -> Person:
    """Return somebody as shown."""
    return Person(
        name=account.name or account.username,
        handle=f"@{account.handle}",
        url=account.url or account.uri,
        local=account.local,
        avatar=avatar(house, account) if account.local else None,
    )


def avatar(house: House, owner: Account) -> str:
    """Return the path of the owner's picture: pages show it from wherever they were opened."""
    return (owner.avatar or house.default_avatar).removeprefix(house.base)


def several(tx: Tx, house: House, found: Sequence[Post], *, pinned: bool = False) -> list[Shown]:
    """Return posts as shown, in their order; boosts as what they pass on, ``pinned`` ones as such."""
    boosted = posts.several_visible(tx, [post.boost_of_id for post in found if post.boost_of_id], None)
    originals = [boosted.get(post.boost_of_id or 0, post) for post in found]
    parts = details.of_posts(tx, originals)
    people = accounts.several(tx, {post.account_id for post in originals})
    return [
        _shown(
            house,
            original,
            people[original.account_id],
            parts[original.id],
            boosted=original.id != post.id,
            pinned=pinned,
        )
        for post, original in zip(found, originals, strict=True)
        if original.boost_of_id is None
    ]


def _shown(house: House, post: Post, author: Account, detail: details.Detail, *, boosted: bool, pinned: bool) -> Shown:
    return Shown(
        id=post.id,
        url=house.note_page(post.id) if post.local else post.url or post.uri,
        author=person(house, author),
        content=illustrated(house, post.content, post.emojis),
        text=cut(plain(post.content), 200),
        summary=post.summary,
        sensitive=post.sensitive,
        language=post.language,
        published_at=post.published_at,
        edited_at=post.edited_at,
        attachments=detail.attachments,
        likes=detail.likes,
        boosts=detail.boosts,
        replies=detail.replies,
        likes_verified=detail.likes_verified,
        boosts_verified=detail.boosts_verified,
        reactions=tuple(_felt(house, tally) for tally in detail.reactions),
        local=post.local,
        poll=detail.poll,
        boosted=boosted,
        pinned=pinned,
    )


def _felt(house: House, tally: Tally) -> Felt:
    reaction = tally.reaction
    picture = reaction.picture if _is_ours(house, reaction.picture) else None
    return Felt(emoji=reaction.emoji, picture=picture, count=tally.count)
